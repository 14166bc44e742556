//! Readers of folders: a store of advisories, an archive of them, rules, and a tree with its git directory. Costly, for they need a disk.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use forewarn::db::{Import, ImportOptions, Origin, Store, Update, open_table};
use forewarn::rule::{Date, RuleSet};
use forewarn::target::{OpenOptions, open_commit, open_folder};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use super::corpus::Input;
use super::target::Target;

pub(super) fn targets(files: &[Input]) -> Vec<Target> {
    let named = |name: &str| files.iter().filter(|file| file.path == name).cloned().collect::<Vec<_>>();
    let store = filled_store(&named("osv.fuzz"));
    let archive = archive(&named("osv.fuzz"));
    vec![
        Target::new("archive", 20, vec![archive], Box::new(import)),
        Target::new("store", 20, contents(store.path(), ""), in_folder(store, open_store)),
        Target::new("git directory", 100, contents(repository().path(), ".git"), in_folder(repository(), open_git)),
        Target::new("rules", 20, named("rule.fuzz"), Box::new(read_rules)),
    ]
}

fn today() -> Date {
    Date { year: 2026, month: 1, day: 1 }
}

/// The files of a folder, by their paths in it.
fn contents(root: &Path, below: &str) -> Vec<Input> {
    let files = walkdir::WalkDir::new(root.join(below)).sort_by_file_name().into_iter().flatten();
    let files = files.filter(|entry| entry.file_type().is_file() && !entry.path().to_string_lossy().contains("hooks"));
    let input = |path: &Path| {
        let name = path.strip_prefix(root).expect("a file of the folder").to_string_lossy();
        Input::new(&name, &fs::read(path).expect("a file"))
    };
    files.map(|entry| input(entry.path())).collect()
}

/// A run in a folder in which one file is that of the input, and all others are as they were.
fn in_folder(folder: TempDir, open: fn(&Path)) -> super::target::Run {
    let lock = std::sync::Mutex::new(folder);
    Box::new(move |input| {
        let folder = lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let path = folder.path().join(&input.path);
        let before = fs::read(&path).map_err(|error| error.to_string())?;
        let put = |bytes: &[u8]| {
            // Objects of git are not writable.
            fs::remove_file(&path).and_then(|()| fs::write(&path, bytes)).map_err(|error| error.to_string())
        };
        put(&input.bytes)?;
        let outcome = std::panic::catch_unwind(|| open(folder.path()));
        put(&before)?;
        outcome.map_err(|panic| format!("panic: {:?}", panic.downcast_ref::<String>()))
    })
}

fn filled_store(records: &[Input]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let (from, store) = (folder.path().join("records"), folder.path().join("store"));
    fs::create_dir_all(&from).expect("a folder");
    for (number, record) in records.iter().enumerate() {
        fs::write(from.join(format!("{number}.json")), &record.bytes).expect("a record");
    }
    let import = Import::read(&from, &ImportOptions::new(today())).expect("records");
    let mut update = Update::begin(&store).expect("a store");
    update.add(import, &Origin { from: "here".into(), on: None, sha256: None, etag: None }).expect("a table");
    update.commit().expect("a store");
    drop(update);
    fs::remove_dir_all(from).expect("the folder");
    folder
}

fn open_store(folder: &Path) {
    let folder = folder.join("store");
    if let Ok(Some(table)) = open_table(&folder) {
        for name in ["left", "right", ""] {
            drop(table.about("npm", name));
        }
        drop(table.problems());
    }
    drop(Store::open(&folder).map(|store| store.map(|store| store.verify())));
}

fn archive(records: &[Input]) -> Input {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (number, record) in records.iter().enumerate() {
        zip.start_file(format!("{number}.json"), SimpleFileOptions::default()).expect("a file");
        zip.write_all(&record.bytes).expect("a record");
    }
    Input::new("all.zip", &zip.finish().expect("an archive").into_inner())
}

fn import(input: &Input) -> Result<(), String> {
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    let path = folder.path().join("all.zip");
    fs::write(&path, &input.bytes).map_err(|error| error.to_string())?;
    drop(Import::read(&path, &ImportOptions::new(today())));
    Ok(())
}

fn read_rules(input: &Input) -> Result<(), String> {
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    fs::write(folder.path().join("own-rule.toml"), &input.bytes).map_err(|error| error.to_string())?;
    drop(RuleSet::default().with_folder(folder.path()));
    Ok(())
}

fn repository() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("a.js"), "a()\n").expect("a file");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(arguments).current_dir(folder.path());
        assert!(command.output().expect("git runs").status.success(), "git {arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--no-verify", "-m", "one"]);
    git(&["tag", "v1"]);
    folder
}

fn open_git(folder: &Path) {
    let options = OpenOptions::default();
    drop(open_folder(folder, &options));
    drop(open_commit(&PathBuf::from(folder), "HEAD", "", &options));
}
