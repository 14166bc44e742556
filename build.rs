//! Embeds `rules/` in the program, so that one binary holds everything that Forewarn believes. What is TOML there is parsed here
//! and embedded in a form that a start of the program reads without parsing; so is what patterns require of a text.

#![allow(clippy::disallowed_methods, reason = "a build script reads the rules and speaks to cargo through the environment")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use toml::Value;

use packed::encode::encode;
use requirement::Requirement;

/// Tables of rules that are read when somebody asks for them.
const LATER: &[&str] = &["example"];

/// What this script shares with the program.
#[path = "src/rule/packed"]
mod packed {
    pub(crate) mod encode;
    pub(crate) mod tag;
}
#[path = "src/rule/bytewise.rs"]
mod bytewise;
#[path = "src/rule/requirement.rs"]
mod requirement;

fn main() {
    for changed in ["build.rs", "rules", "src/rule/packed", "src/rule/bytewise.rs", "src/rule/requirement.rs"] {
        println!("cargo::rerun-if-changed={changed}");
    }
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets the manifest folder");
    let out = env::var("OUT_DIR").expect("cargo sets the output folder");
    let house = House { rules: Path::new(&root).join("rules"), out: PathBuf::from(&out) };
    let code = ["packs", "incidents", "models", ""].map(|folder| house.packed(folder)).concat();
    house.write("embedded.rs", code);
    house.write("advisories.rs", format!("{}{}{}", house.packed("advisories"), house.texts("advisories"), house.ecosystems()));
    house.write("risk.rs", house.packed("risk"));
    house.write("requirements.rs", house.requirements());
}

/// The folder of rules, and where what is made of it goes.
struct House {
    rules: PathBuf,
    out: PathBuf,
}

impl House {
    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.out.join(name), content).expect("the output folder can be written");
    }

    /// A table of (path below `rules/`, packed value) of every TOML file in a folder; of the top folder only what lies in it.
    fn packed(&self, folder: &str) -> String {
        let name = if folder.is_empty() { "vocabulary".to_owned() } else { folder.to_owned() };
        let mut code = format!("static {}: &[(&str, &[u8])] = &[\n", name.to_uppercase());
        for (number, file) in self.files(folder, "toml").iter().enumerate() {
            let mut bytes = Vec::new();
            encode(&read(file), if folder == "packs" { LATER } else { &[] }, &mut bytes);
            let packed = format!("{name}-{number}.packed");
            self.write(&packed, bytes);
            let packed = self.out.join(packed).display().to_string();
            writeln!(code, "    ({:?}, include_bytes!({packed:?})),", self.name(file)).expect("writing to a string");
        }
        code + "];\n"
    }

    /// A table of (path below `rules/`, text) of every TSV file in a folder.
    fn texts(&self, folder: &str) -> String {
        let mut code = "static TABLES: &[(&str, &str)] = &[\n".to_owned();
        for file in self.files(folder, "tsv") {
            let path = file.display().to_string();
            writeln!(code, "    ({:?}, include_str!({path:?})),", self.name(&file)).expect("writing to a string");
        }
        code + "];\n"
    }

    /// A table of (ecosystem, path below `rules/`, number of advisories, newest day) of every table of advisories.
    fn ecosystems(&self) -> String {
        let mut code = "static ECOSYSTEMS: &[(&str, &str, usize, &str)] = &[\n".to_owned();
        for file in self.files("advisories", "tsv") {
            let text = fs::read_to_string(&file).expect("tables can be read");
            let Some(ecosystem) = text.lines().next().and_then(|line| line.strip_prefix("#ecosystem\t")) else { continue };
            let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
            let newest = lines.iter().filter_map(|line| day(line)).max().unwrap_or_default();
            let row = format!("    ({ecosystem:?}, {:?}, {}, {newest:?}),", self.name(&file), lines.len());
            writeln!(code, "{row}").expect("writing to a string");
        }
        code + "];\n"
    }

    /// A table of what the patterns of rules require of a text, ordered by pattern.
    fn requirements(&self) -> String {
        let mut expressions = BTreeMap::new();
        self.files("packs", "toml").iter().chain(&self.files("", "toml")).for_each(|file| patterns(&read(file), &mut expressions));
        for folder in ["models", "risk", "advisories"] {
            self.files(folder, "toml").iter().for_each(|file| patterns(&read(file), &mut expressions));
        }
        let mut code = "static REQUIREMENTS: &[(&str, Known)] = &[\n".to_owned();
        for (expression, (bytes, needs)) in expressions {
            let Requirement { clauses, run, part, least } = needs;
            let clauses = in_one_piece(&clauses);
            writeln!(
                code,
                "    ({expression:?}, Known {{ bytes: {bytes:?}, clauses: &{clauses:?}, run: {run:?}, part: {part:?}, least: {least} }}),"
            )
            .expect("writing to a string");
        }
        code + "];\n"
    }

    /// The path of a file below `rules/`.
    fn name(&self, file: &Path) -> String {
        file.strip_prefix(&self.rules).expect("files lie below rules").to_string_lossy().replace('\\', "/")
    }

    /// The files of a folder and of those below it; of the top folder only its own.
    fn files(&self, folder: &str, extension: &str) -> Vec<PathBuf> {
        let mut files = Vec::new();
        collect(&self.rules.join(folder), !folder.is_empty(), &mut files);
        files.retain(|file| file.extension().is_some_and(|found| found == extension));
        files.sort();
        files
    }
}

/// The day of a line that has an id: advice on packages to avoid carries the day on which the table was written, which is no news.
fn day(line: &str) -> Option<&str> {
    let [published, ids] = [5, 6].map(|column| line.split('\t').nth(column));
    published.filter(|_| ids.is_some_and(|ids| !ids.is_empty()))
}

/// Clauses with every word behind its length. A word that is too long is cut and a clause with too many left out: that requires less.
fn in_one_piece(clauses: &[requirement::Clause]) -> Vec<u8> {
    const MOST: usize = u8::MAX as usize;
    let mut bytes = Vec::new();
    for clause in clauses.iter().filter(|clause| clause.len() <= MOST) {
        bytes.push(clause.len() as u8);
        for word in clause.iter().map(|word| &word[..word.len().min(MOST)]) {
            bytes.push(word.len() as u8);
            bytes.extend(word);
        }
    }
    bytes
}

/// A broken file is a broken build: its rule would be missing.
fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).expect("rules can be read");
    match toml::from_str(&text) {
        Ok(value) => value,
        Err(error) => panic!("{}: {error}", file.display()),
    }
}

/// Keys whose texts are patterns. A text under one of them that is none, such as a callee, is looked up by nobody.
const PATTERNS: &[&str] = &[
    "attribute",
    "begins",
    "bound",
    "class-lacks-text",
    "class-text",
    "command",
    "context",
    "event",
    "file-has",
    "file-lacks",
    "found",
    "key",
    "lacks",
    "lacks-reached",
    "lacks-text",
    "lesser",
    "matches",
    "named",
    "near",
    "not-context",
    "not-found",
    "not-key",
    "not-line",
    "not-named",
    "not-near",
    "not-within",
    "only-used",
    "pattern",
    "text",
    "used",
    "within",
    "written",
];

/// The texts under keys that name patterns.
fn patterns(value: &Value, found: &mut BTreeMap<String, (String, Requirement)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| patterns(item, found)),
        Value::Table(table) => {
            for (key, value) in table {
                if PATTERNS.contains(&&**key) {
                    let list = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
                    for text in list.iter().filter_map(Value::as_str) {
                        let Ok(hir) = regex_syntax::parse(text) else { continue };
                        let bytes = bytewise::bytewise(&hir).to_string();
                        found.entry(text.to_owned()).or_insert_with(|| (bytes, Requirement::of(text)));
                    }
                }
                patterns(value, found);
            }
        }
        _ => {}
    }
}

fn collect(folder: &Path, below: bool, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if below {
                collect(&path, below, files);
            }
        } else {
            files.push(path);
        }
    }
}
