//! Where inputs begin: the examples of the rules, the programs of the golden tests, the whole-tree cases, and `tests/fixtures/fuzz/` for
//! what none of them has.

use std::path::Path;

use forewarn::rule::RuleSet;
use walkdir::WalkDir;

/// A file that a target is given.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl Input {
    pub(super) fn new(path: &str, bytes: &[u8]) -> Self {
        Self { path: path.to_owned(), bytes: bytes.to_vec() }
    }

    /// Its text, as a reader is given it.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Longer texts begin with a part of themselves: small inputs are quick.
const MOST_BYTES: usize = 1_500;

/// Every file of this repository that was written to be read by a reader.
pub(super) fn files(rules: &RuleSet) -> Vec<Input> {
    let mut files = Vec::new();
    for example in rules.rules.iter().flat_map(|rule| &rule.body.examples) {
        files.extend(example.files.iter().map(|(path, text)| Input::new(path, text.as_bytes())));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for entry in WalkDir::new(root.join("ir")).sort_by_file_name().into_iter().flatten() {
        let name = entry.file_name().to_string_lossy();
        if entry.file_type().is_file() && !name.ends_with(".ir") {
            files.push(Input::new(&name, &std::fs::read(entry.path()).expect("a fixture")));
        }
    }
    files.extend(written(&root.join("fuzz")));
    files.extend(written(&root.join("cases")));
    files.iter().flat_map(pieces).collect()
}

/// Files of a folder that hold texts, each behind a line `//- PATH`.
fn written(folder: &Path) -> Vec<Input> {
    let mut files: Vec<Input> = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name().into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let text = std::fs::read_to_string(entry.path()).expect("a fixture");
        for line in text.split_inclusive('\n') {
            if let Some(path) = line.strip_prefix("//- ") {
                files.push(Input::new(path.trim(), b""));
            } else if let Some(file) = files.last_mut() {
                file.bytes.extend(line.as_bytes());
            }
        }
    }
    files
}

/// A file in parts of whole lines, none much longer than is quick.
fn pieces(file: &Input) -> Vec<Input> {
    let mut parts = vec![Vec::new()];
    for line in file.bytes.split_inclusive(|&byte| byte == b'\n') {
        if parts.last().is_some_and(|part: &Vec<u8>| part.len() + line.len() > MOST_BYTES && !part.is_empty()) {
            parts.push(Vec::new());
        }
        parts.last_mut().expect("a part").extend(line);
    }
    parts.into_iter().map(|bytes| Input { path: file.path.clone(), bytes }).collect()
}
