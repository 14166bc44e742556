//! Embeds `rules/` in the program, so that one binary holds everything that Forewarn believes.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[allow(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]
fn main() {
    println!("cargo::rerun-if-changed=rules");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets the manifest folder");
    let out = env::var("OUT_DIR").expect("cargo sets the output folder");
    let rules = Path::new(&root).join("rules");
    let mut code = String::new();
    embed(&mut code, &rules, "PACKS", "packs");
    embed(&mut code, &rules, "INCIDENTS", "incidents");
    embed(&mut code, &rules, "MODELS", "models");
    embed(&mut code, &rules, "VOCABULARY", "");
    fs::write(Path::new(&out).join("embedded.rs"), code).expect("the output folder can be written");
    let mut code = String::new();
    embed(&mut code, &rules, "ADVISORIES", "advisories");
    fs::write(Path::new(&out).join("advisories.rs"), code).expect("the output folder can be written");
}

/// Writes a table of (path below `rules/`, text) for every TOML or TSV file in `folder`.
fn embed(code: &mut String, rules: &Path, table: &str, folder: &str) {
    let mut files = Vec::new();
    if folder.is_empty() {
        files = ["kinds.toml", "lexicon.toml"].map(|name| rules.join(name)).to_vec();
    } else {
        collect(&rules.join(folder), &mut files);
    }
    files.sort();
    writeln!(code, "static {table}: &[(&str, &str)] = &[").expect("writing to a string");
    for file in files {
        let name = file.strip_prefix(rules).expect("files lie below rules").to_string_lossy().replace('\\', "/");
        writeln!(code, "    ({name:?}, include_str!({:?})),", file.display().to_string()).expect("writing to a string");
    }
    code.push_str("];\n");
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml" || extension == "tsv") {
            files.push(path);
        }
    }
}
