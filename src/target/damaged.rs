//! Repositories whose own files are damaged, bit by bit: whatever asks them must come back.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails as well by a panic, and reads what it wrote")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use gix::ObjectId;
use gix::objs::tree::{Entry, EntryKind};

use super::*;

const COMMIT: &str = "1111111111111111111111111111111111111111";
const TAG: &str = "2222222222222222222222222222222222222222";
const PEOPLE: &str = "A <a@b.example> 1700000000 +0000";

/// A repository with a work tree, made by hand so that anything can stand in it.
struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    /// With a file that is committed and a tag for the commit.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let git = gix::init(folder.path()).unwrap();
        let blob = git.write_blob("const a = 1;\n").unwrap().detach();
        let entry = Entry { mode: EntryKind::Blob.into(), filename: "a.js".into(), oid: blob };
        let tree = git.write_object(gix::objs::Tree { entries: vec![entry] }).unwrap().detach();
        git.index_from_tree(&tree).unwrap().write(gix::index::write::Options::default()).unwrap();
        let new = Self { folder };
        new.object(COMMIT, "commit", commit(tree).as_bytes());
        new.object(TAG, "tag", tag(COMMIT).as_bytes());
        new.write(".git/HEAD", b"ref: refs/heads/main\n");
        new.write(".git/refs/heads/main", format!("{COMMIT}\n").as_bytes());
        new.write(".git/packed-refs", packed().as_bytes());
        new.write(".gitignore", b"a.js\n");
        new.write("a.js", b"const a = 1;\n");
        new
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, content: &[u8]) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::remove_file(&path).ok();
        fs::write(path, content).unwrap();
    }

    /// An object by a name of our choice, which nobody holds against its content.
    fn object(&self, name: &str, kind: &str, body: &[u8]) {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        write!(encoder, "{kind} {}\0", body.len()).unwrap();
        encoder.write_all(body).unwrap();
        self.write(&format!(".git/objects/{}/{}", &name[..2], &name[2..]), &encoder.finish().unwrap());
    }

    /// Everything that may be asked of a repository.
    fn ask(&self) -> (Workspace, Result<Workspace, TargetError>) {
        let options = OpenOptions::default();
        let all = |choice| releases(self.root(), &choice).map_or(0, |found| found.len());
        all(Choice::Tags(Vec::new()));
        all(Choice::Every { step: 1, from: "HEAD".into() });
        all(Choice::Every { step: 1, from: "v1~0".into() });
        let _ = remote_of(self.root());
        let _ = revision_of(&self.root().join("a.js"));
        open_commit(self.root(), TAG, "src", &options).ok();
        open_commit(self.root(), "HEAD", "", &options).ok();
        (open_folder(self.root(), &options).unwrap(), open_commit(self.root(), "v1", "", &options))
    }
}

fn commit(tree: ObjectId) -> String {
    format!("tree {tree}\nauthor {PEOPLE}\ncommitter {PEOPLE}\n\nfirst\n")
}

fn tag(target: &str) -> String {
    format!("object {target}\ntype commit\ntag v1\ntagger {PEOPLE}\n\nfirst\n")
}

fn packed() -> String {
    format!("# pack-refs with: peeled fully-peeled sorted \n{TAG} refs/tags/v1\n^{COMMIT}\n{COMMIT} refs/tags/v2\n")
}

/// A text cut short, and with one of its bytes changed, at places all over it.
fn spoiled(whole: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let changed = |at: usize, by: u8| {
        let mut bytes = whole.to_vec();
        bytes[at] ^= by;
        bytes
    };
    let step = whole.len() / 12 + 1;
    let cut = (0..whole.len()).step_by(step).map(|end| whole[..end].to_vec());
    cut.chain((0..whole.len()).step_by(step).flat_map(move |at| [changed(at, 0x80), changed(at, b'\n')]))
}

#[test]
fn a_sound_repository_is_read() {
    let repository = Repository::new();
    let (folder, revision) = repository.ask();
    assert_eq!(folder.files.iter().map(|file| &*file.path).collect::<Vec<_>>(), [".gitignore", "a.js"]);
    assert_eq!(revision.unwrap().files.len(), 1);
    assert_eq!(releases(repository.root(), &Choice::Tags(Vec::new())).unwrap().len(), 1);
}

#[test]
fn damaged_objects_cost_their_own_part() {
    let tree = gix::init_bare(tempfile::tempdir().unwrap().path()).unwrap().empty_tree().id;
    for (name, kind, whole) in [(COMMIT, "commit", commit(tree)), (TAG, "tag", tag(COMMIT))] {
        for body in spoiled(whole.as_bytes()) {
            let repository = Repository::new();
            repository.object(name, kind, &body);
            assert!(repository.ask().0.find(".gitignore").is_some());
        }
    }
    for kind in ["blob", "tree", "commit", "tag", "nothing"] {
        for name in [COMMIT, TAG] {
            let repository = Repository::new();
            repository.object(name, kind, b"no such thing");
            assert!(repository.ask().0.find(".gitignore").is_some(), "{kind}");
        }
    }
}

#[test]
fn damaged_trees_cost_their_own_part() {
    let tree = [b"100644 a.js\0".as_slice(), &[0x33; 20], b"40000 src\0", &[0x44; 20]].concat();
    for body in spoiled(&tree) {
        let repository = Repository::new();
        let id = ObjectId::from_hex(&[b'4'; 40]).unwrap();
        repository.object(&"4".repeat(40), "tree", &body);
        repository.object(COMMIT, "commit", commit(id).as_bytes());
        assert!(repository.ask().0.find(".gitignore").is_some());
    }
}

#[test]
fn damaged_names_and_indexes_cost_their_own_part() {
    let sound = Repository::new();
    for path in [".git/packed-refs", ".git/index", ".git/HEAD", ".git/refs/heads/main", ".git/config"] {
        let whole = fs::read(sound.root().join(path)).unwrap();
        for content in spoiled(&whole) {
            let repository = Repository::new();
            repository.write(path, &content);
            assert!(repository.ask().0.find(".gitignore").is_some(), "{path}");
        }
    }
}

#[test]
fn what_leads_to_itself_ends() {
    let repository = Repository::new();
    repository.object(TAG, "tag", tag(TAG).replace("type commit", "type tag").as_bytes());
    assert!(repository.ask().1.is_err());
    let repository = Repository::new();
    repository.object(COMMIT, "commit", format!("tree {}\nparent {COMMIT}\nauthor {PEOPLE}\n\n", "4".repeat(40)).as_bytes());
    repository.object(&"4".repeat(40), "tree", &[b"40000 a\0".as_slice(), &[0x44; 20]].concat());
    let _ = repository.ask();
    let repository = Repository::new();
    repository.write(".git/refs/heads/main", b"ref: refs/heads/main\n");
    let _ = repository.ask();
}

#[test]
fn an_object_that_claims_to_be_huge_is_not_made_room_for() {
    let repository = Repository::new();
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    write!(encoder, "commit {}\0tree", 1_u64 << 46).unwrap();
    let path: PathBuf = [".git", "objects", &COMMIT[..2], &COMMIT[2..]].iter().collect();
    repository.write(path.to_str().unwrap(), &encoder.finish().unwrap());
    assert!(repository.ask().1.is_err());
}

#[test]
fn an_index_names_nothing_of_the_machine() {
    let outside = tempfile::tempdir().unwrap();
    let victim = outside.path().canonicalize().unwrap().join("a.js");
    fs::write(&victim, "const secret = 1;\n").unwrap();
    let repository = Repository::new();
    let path = victim.to_str().unwrap();
    let mut entry = vec![0; 40];
    entry[24..28].copy_from_slice(&0o100_644_u32.to_be_bytes());
    let mut index = [b"DIRC".as_slice(), &2_u32.to_be_bytes(), &1_u32.to_be_bytes(), &entry, &[0x33; 20]].concat();
    index.extend((path.len() as u16).to_be_bytes());
    index.extend(path.as_bytes());
    let padding = 8 - (62 + path.len()) % 8;
    index.extend(vec![0; padding]);
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(&index);
    index.extend(hasher.try_finalize().unwrap().as_bytes());
    repository.write(".git/index", &index);
    let (folder, _) = repository.ask();
    assert!(folder.files.iter().all(|file| !file.text.contains("secret")), "{:?}", folder.files.len());
}
