//! Small trees on disk, and the program run over them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use forewarn::report::Report;
use forewarn::scan::{ScanOptions, scan};
use forewarn::source::NoticeKind;
use tempfile::TempDir;

/// A folder that is removed in the end.
pub(crate) struct Tree(TempDir);

/// What the program said.
pub(crate) struct Said {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Tree {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(TempDir::new().expect("a temporary folder"));
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("files have a folder")).expect("the folder can be made");
        fs::write(path, bytes).expect("the file can be written");
    }

    #[expect(clippy::disallowed_methods, reason = "a test looks at what the program wrote")]
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("the file is there")
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    /// Runs `forewarn scan` over the tree.
    pub(crate) fn scan(&self, arguments: &[&str]) -> Said {
        forewarn(self.root(), &[&["scan", "."], arguments].concat())
    }
}

/// The root of this repository.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The options of a plain scan with every rule.
pub(crate) fn options(root: &Path) -> ScanOptions {
    ScanOptions { threads: Some(2), ..ScanOptions::new(root) }
}

/// The report of a plain scan.
pub(crate) fn report(root: &Path) -> Report {
    scan(&options(root)).expect("a scan of a folder that is there")
}

/// The kinds of the notices about a file.
pub(crate) fn notices(report: &Report, path: &str) -> Vec<NoticeKind> {
    report.notices.iter().filter(|notice| notice.path.as_deref() == Some(path)).map(|notice| notice.kind).collect()
}

impl Said {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the program starts");
        Self {
            code: output.status.code().expect("the program ends by itself"),
            out: String::from_utf8(output.stdout).expect("output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("remarks are UTF-8"),
        }
    }
}

/// Runs the program in a folder.
pub(crate) fn forewarn(folder: &Path, arguments: &[&str]) -> Said {
    Said::of(&mut command(folder, arguments))
}

pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).env_remove("NO_COLOR");
    // Whatever the user of this machine has in a cache is no part of a test.
    command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
    command.env_remove("FOREWARN_DB").env("XDG_CACHE_HOME", folder).env("FOREWARN_CACHE", "off");
    command
}

/// A rule that finds `danger(…)`, whose argument is a secret, with the given severity.
pub(crate) fn danger_rule(severity: &str) -> String {
    format!(
        "title = 'Something dangerous is called'\nseverity = '{severity}'\nconfidence = 'high'\nknown-since = 2020-01-01\n\
         what = 'It calls danger.'\nwhy = 'Danger loses funds.'\nfix = 'Call safety.'\nincidents = ['slope-2022']\n\
         [match.text]\npattern = ['danger\\((?P<secret>[^)]*)\\)']\nfile = ['**/*.ts']\n\
         [[example]]\nkind = 'bad'\nfiles = {{ 'a.ts' = 'danger(1)' }}\n\
         [[example]]\nkind = 'good'\nfiles = {{ 'a.ts' = 'safety(1)' }}\n"
    )
}

/// A folder with that rule alone, and the arguments that select it.
pub(crate) struct Pack {
    folder: Tree,
}

impl Pack {
    pub(crate) fn danger(severity: &str) -> Self {
        Self { folder: Tree::new(&[("own/own-danger.toml", &danger_rule(severity))]) }
    }

    /// The folder, for a run with every other rule as well.
    pub(crate) fn folder(&self) -> String {
        self.folder.root().to_str().expect("temporary paths are UTF-8").to_owned()
    }

    pub(crate) fn arguments<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let folder = self.folder.root().to_str().expect("temporary paths are UTF-8");
        [&["--rules", folder, "--rule", "own-danger"], more].concat()
    }
}
