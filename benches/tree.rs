//! What both benches work on: a tree, parsing alone, and a whole scan.

use std::fs;
use std::path::{Path, PathBuf};

use forewarn::scan::{ScanOptions, scan};
use forewarn::source::SourceFile;
use forewarn::target::{OpenOptions, Workspace, open_folder};
use forewarn::{configfile, lockfile};
use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;
use rayon::prelude::*;
use tempfile::TempDir;

/// A tree to measure: the folder that `FOREWARN_BENCH_TREE` names, or one that is made up.
pub(crate) struct Tree {
    root: PathBuf,
    _made_up: Option<TempDir>,
}

impl Tree {
    #[expect(clippy::disallowed_methods, reason = "a bench is a command line")]
    pub(crate) fn from_environment() -> Self {
        match std::env::var("FOREWARN_BENCH_TREE") {
            Ok(root) => Self { root: root.into(), _made_up: None },
            Err(_) => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                (0..400).for_each(|number| write_module(folder.path(), number));
                Self { root: folder.path().into(), _made_up: Some(folder) }
            }
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn open(&self) -> Workspace {
        open_folder(&self.root, &OpenOptions::default()).expect("the tree opens")
    }
}

/// A module of some 170 lines, which imports from its neighbour.
fn write_module(folder: &Path, number: usize) {
    let mut text = format!("import {{ store{0}, load{0} }} from './module{0}';\n\n", number.saturating_sub(1));
    text += &format!("export const store{number} = new Map<string, number>();\n\n");
    for function in 0..15 {
        text += &format!(
            "export async function step{function}of{number}(account: Account, amount: number): Promise<Result> {{\n\
             \x20 const balance = await account.client.balance(account.address, {{ block: 'latest' }});\n\
             \x20 if (balance < amount + {function}) {{\n    throw new Error(`too little: ${{balance}} of ${{amount}}`);\n  }}\n\
             \x20 const inputs = account.outputs.filter((output) => output.value > {function}).map((output) => ({{\n\
             \x20   id: output.id, value: output.value, owner: account.address,\n  }}));\n\
             \x20 return {{ inputs, change: balance - amount, memo: `step ${{amount}}` }};\n}}\n\n"
        );
    }
    text += &format!(
        "export function load{number}(key: string) {{\n  return store{number}.get(key) ?? store{}.get(key);\n}}\n",
        number.saturating_sub(1)
    );
    fs::write(folder.join(format!("module{number}.ts")), text).expect("a module");
}

/// Opens the tree and parses every file once, without making anything of it: the least that a scan must do.
pub(crate) fn parse_only(tree: &Tree) -> u64 {
    let workspace = tree.open();
    workspace.files.par_iter().map(|file| u64::from(parse(file))).sum()
}

/// Opens, reads, links, follows, judges: what a user waits for.
pub(crate) fn whole_scan(tree: &Tree) -> u64 {
    scan(&ScanOptions::new(tree.root())).expect("the tree scans").coverage.analysed_lines()
}

/// Parses a file with the parser that its front end or reader uses, and counts its lines.
fn parse(file: &SourceFile) -> u32 {
    match file.extension().as_str() {
        "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" => {
            let memory = Allocator::default();
            let source_type = SourceType::from_path(&*file.path).unwrap_or_default();
            drop(Parser::new(&memory, &file.text, source_type).parse());
        }
        "rs" => drop(syn::parse_file(&file.text)),
        extension if grammar(extension).is_some() => {
            let mut parser = tree_sitter::Parser::new();
            let language = grammar(extension).expect("there is one");
            parser.set_language(&language).expect("the grammars are of this version");
            drop(parser.parse(file.text.as_bytes(), None));
        }
        _ => {
            drop(configfile::find(file).map(|reader| reader.read(file)));
            drop(lockfile::find(file).map(|reader| reader.read(file)));
        }
    }
    file.text.lines().count() as u32
}

/// The grammar of a language that tree-sitter parses.
fn grammar(extension: &str) -> Option<tree_sitter::Language> {
    Some(match extension {
        "java" => tree_sitter_java::LANGUAGE.into(),
        "kt" | "kts" => tree_sitter_kotlin_ng::LANGUAGE.into(),
        "swift" => tree_sitter_swift::LANGUAGE.into(),
        "dart" => tree_sitter_dart::LANGUAGE.into(),
        "go" => tree_sitter_go::LANGUAGE.into(),
        "py" => tree_sitter_python::LANGUAGE.into(),
        "sol" => tree_sitter_solidity::LANGUAGE.into(),
        "c" => tree_sitter_c::LANGUAGE.into(),
        "cc" | "cpp" | "cxx" | "h" | "hpp" | "hh" => tree_sitter_cpp::LANGUAGE.into(),
        "m" | "mm" => tree_sitter_objc::LANGUAGE.into(),
        "cs" => tree_sitter_c_sharp::LANGUAGE.into(),
        _ => return None,
    })
}
