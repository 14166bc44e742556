//! Golden texts of the IR: `tests/fixtures/ir/LANGUAGE/NAME.EXTENSION` is lowered to the text in the file beside it that ends with
//! `.ir`. `BLESS=1 cargo test --test it golden` writes them anew.

use std::path::{Path, PathBuf};

use forewarn::frontend;
use forewarn::ir::write_text;
use forewarn::target::Workspace;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the fixtures are there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension != "ir") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The text form of a source file's unit.
fn lowered(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a readable fixture");
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let workspace = Workspace::in_memory([(name.as_str(), text.as_str())]);
    let file = &workspace.files[0];
    let lowered = frontend::find(file).unwrap_or_else(|| panic!("{name} has no front end")).lower(file);
    assert!(lowered.notices.is_empty(), "{name}: {:?}", lowered.notices);
    write_text(&lowered.unit)
}

#[test]
fn sources_are_lowered_to_the_golden_texts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ir");
    let mut stale = Vec::new();
    for path in files(&folder) {
        let golden = PathBuf::from(format!("{}.ir", path.display()));
        let fresh = lowered(&path);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&golden, &fresh).expect("a golden text");
        }
        if std::fs::read_to_string(&golden).unwrap_or_default() != fresh {
            stale.push(golden);
        }
    }
    assert!(stale.is_empty(), "stale: {stale:?}; look at `BLESS=1 cargo test --test it golden`");
}
