//! How much of a tree was understood: a report that stays silent about the rest would lie.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::audit::Artifact;
use crate::source::{NoticeKind, Role, SourceFile};
use crate::target::Workspace;
use crate::{configfile, frontend};

/// Languages that wallets are written in, by the extensions of their files: what no front end reads is named with them.
#[rustfmt::skip]
pub(super) const LANGUAGES: &[(&str, &[&str])] = &[
    ("assembly", &["asm", "s"]), ("c", &["c"]), ("c++", &["cc", "cpp", "cxx", "h", "hpp", "hh", "ino"]), ("c#", &["cs"]),
    ("cairo", &["cairo"]), ("clojure", &["clj", "cljs", "cljc"]), ("coffeescript", &["coffee"]), ("dart", &["dart"]),
    ("elixir", &["ex", "exs"]), ("elm", &["elm"]), ("erlang", &["erl"]), ("go", &["go"]), ("groovy", &["groovy"]),
    ("haskell", &["hs"]), ("html", &["html", "htm"]), ("java", &["java"]), ("javascript", &["js", "mjs", "cjs", "jsx"]),
    ("kotlin", &["kt", "kts"]), ("lua", &["lua"]), ("move", &["move"]), ("nim", &["nim"]), ("objective-c", &["m", "mm"]),
    ("ocaml", &["ml", "mli"]), ("perl", &["pl", "pm"]), ("php", &["php"]), ("purescript", &["purs"]), ("python", &["py"]),
    ("ruby", &["rb"]), ("rust", &["rs"]), ("scala", &["scala"]), ("shell", &["sh", "bash"]), ("solidity", &["sol"]),
    ("svelte", &["svelte"]), ("swift", &["swift"]), ("typescript", &["ts", "tsx", "mts", "cts"]), ("vue", &["vue"]),
    ("vyper", &["vy"]), ("zig", &["zig"]),
];

/// Languages that the reader of another one reads, which people know by their own names.
const DIALECTS: &[(&str, &str)] = &[("typescript", "javascript"), ("svelte", "javascript"), ("vue", "javascript")];

/// What was read of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Code by language, ordered by name.
    pub languages: Vec<Language>,
    /// Configuration files, manifests and lockfiles that were read, by syntax, ordered by name.
    pub documents: Vec<(&'static str, usize)>,
    /// Files that no reader knows and that are no code that we know: they were searched as texts only.
    pub other_files: usize,
    /// Files of shipped or building code that the settings exclude.
    pub excluded: usize,
    /// Code that ships or builds what ships: files, lines, and how many of each were analysed.
    shipped: Count,
}

/// Code in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Language {
    /// Its name.
    pub name: &'static str,
    /// Whether a front end reads it.
    pub is_supported: bool,
    /// Files that were analysed from the first line to the last.
    pub analysed: usize,
    /// Files that were analysed in part.
    pub partly: usize,
    /// Files that were not analysed.
    pub skipped: usize,
    /// Lines in all files that could be opened.
    pub lines: u64,
    /// Lines that were analysed.
    pub lines_analysed: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    files: u64,
    files_read: u64,
    lines: u64,
    lines_read: u64,
}

/// Roles of code that decides about a wallet's safety.
const COUNTED: [Role; 3] = [Role::Product, Role::Generated, Role::Build];

impl Coverage {
    /// Counts what was read. Files that could not even be opened are known from the notices of the workspace.
    #[must_use]
    pub fn of(workspace: &Workspace, artifacts: &[Arc<Artifact>]) -> Self {
        let mut coverage = Self::default();
        let mut languages = BTreeMap::new();
        let mut documents = BTreeMap::new();
        for (file, artifact) in workspace.files.iter().zip(artifacts) {
            let syntax = syntax(artifact);
            match language(file, artifact) {
                Some(name) => coverage.count(languages.entry(name).or_insert_with(|| Language::named(name)), file, artifact),
                None if syntax.is_some() => {}
                None => coverage.other_files += 1,
            }
            if let Some(syntax) = syntax {
                *documents.entry(syntax).or_default() += 1;
            }
        }
        for name in unopened(workspace) {
            languages.entry(name).or_insert_with(|| Language::named(name)).skipped += 1;
            coverage.shipped.files += 1;
        }
        coverage.leave_out(workspace);
        coverage.languages = languages.into_values().collect();
        coverage.documents = documents.into_iter().collect();
        coverage
    }

    fn count(&mut self, language: &mut Language, file: &SourceFile, artifact: &Artifact) {
        let lines = u64::from(artifact.lines);
        let read = if artifact.unit.is_some() { lines.saturating_sub(u64::from(artifact.lines_skipped)) } else { 0 };
        let is_read = artifact.unit.is_some() && (read > 0 || lines == 0);
        match (is_read, read == lines) {
            (true, true) => language.analysed += 1,
            (true, false) => language.partly += 1,
            (false, _) => language.skipped += 1,
        }
        language.is_supported |= artifact.unit.is_some();
        language.lines += lines;
        language.lines_analysed += read;
        if COUNTED.contains(&file.role) {
            self.shipped.files += 1;
            self.shipped.files_read += u64::from(is_read);
            self.shipped.lines += lines;
            self.shipped.lines_read += read;
        }
    }

    /// Code that the settings exclude is code that was not analysed.
    fn leave_out(&mut self, workspace: &Workspace) {
        for file in workspace.excluded.iter().filter(|file| COUNTED.contains(&file.role) && is_code(&file.path)) {
            self.shipped.files += 1;
            self.shipped.lines += file.lines;
            self.excluded += 1;
        }
    }

    /// The share of shipped and building code that was analysed, 0 to 1: of files or of lines, whichever is less. A tree without
    /// such code is covered by its documents, if it has any.
    #[must_use]
    pub fn share(&self) -> f64 {
        let Count { files, files_read, lines, lines_read } = self.shipped;
        if files == 0 {
            return if self.is_nothing() { 0.0 } else { 1.0 };
        }
        let of_lines = if lines == 0 { 1.0 } else { lines_read as f64 / lines as f64 };
        of_lines.min(files_read as f64 / files as f64)
    }

    /// Of the analysed lines, the share in some languages, 0 to 1.
    #[must_use]
    pub fn share_in(&self, languages: &[String]) -> f64 {
        let named = self.languages.iter().filter(|language| languages.iter().any(|name| language.is(name)));
        let lines: u64 = named.map(|language| language.lines_analysed).sum();
        lines as f64 / self.analysed_lines().max(1) as f64
    }

    /// The languages of analysed code that are not among some, those with most lines first.
    #[must_use]
    pub fn outside(&self, languages: &[String]) -> Vec<&'static str> {
        let is_outside = |language: &&Language| !languages.iter().any(|name| language.is(name)) && language.lines_analysed > 0;
        let mut outside: Vec<_> = self.languages.iter().filter(is_outside).collect();
        outside.sort_by_key(|language| std::cmp::Reverse(language.lines_analysed));
        outside.into_iter().map(|language| language.name).collect()
    }

    /// Whether no file at all was analysed.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.documents.is_empty() && self.analysed_files() == 0
    }

    /// Files of code that were analysed, in whole or in part.
    #[must_use]
    pub fn analysed_files(&self) -> usize {
        self.languages.iter().map(|language| language.analysed + language.partly).sum()
    }

    /// Lines of code that were analysed.
    #[must_use]
    pub fn analysed_lines(&self) -> u64 {
        self.languages.iter().map(|language| language.lines_analysed).sum()
    }
}

impl Language {
    fn named(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// Whether it is the language of this name, or a dialect of it.
    fn is(&self, name: &str) -> bool {
        self.name == name || DIALECTS.contains(&(self.name, name))
    }

    /// Why files of it were skipped, for people.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        if self.is_supported { "does not parse or could not be opened" } else { "no reader for this language" }
    }
}

/// The language of a file of code.
fn language(file: &SourceFile, artifact: &Artifact) -> Option<&'static str> {
    let of_unit = artifact.unit.as_ref().map(|unit| unit.language);
    let is_document = artifact.document.is_some() || artifact.dependencies.is_some();
    let by_reader = || frontend::find(file).map(|frontend| frontend.language());
    let by_name = || by_extension(&file.extension());
    match of_unit.or_else(by_reader) {
        Some(read) => by_name().filter(|name| DIALECTS.contains(&(*name, read))).or(Some(read)),
        None => by_name().filter(|_| !is_document),
    }
}

/// Whether a path is that of code.
pub(super) fn is_code(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| by_extension(&extension.to_ascii_lowercase()).is_some())
}

fn by_extension(extension: &str) -> Option<&'static str> {
    LANGUAGES.iter().find(|(_, extensions)| extensions.contains(&extension)).map(|(name, _)| *name)
}

fn syntax(artifact: &Artifact) -> Option<&'static str> {
    let lockfile = || Some(artifact.dependencies.as_ref()?.lockfile.as_ref()?.format);
    // The settings of a module are read from its code, which is counted as that.
    let document = artifact.document.as_ref().filter(|document| document.syntax != configfile::MODULE);
    document.map(|document| document.syntax).or_else(lockfile)
}

/// The languages of code files that were found and not opened, one for each file.
fn unopened(workspace: &Workspace) -> Vec<&'static str> {
    let lost = workspace.notices.iter().filter(|notice| matches!(notice.kind, NoticeKind::Unreadable | NoticeKind::LimitReached));
    let paths: BTreeSet<_> =
        lost.filter_map(|notice| notice.path.as_deref()).filter(|path| workspace.find(path).is_none()).collect();
    let extension = |path: &str| path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    paths.into_iter().filter_map(|path| by_extension(&extension(path)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configfile::Document;
    use crate::ir::Builder;
    use crate::source::Span;

    fn artifact(language: Option<&'static str>, lines: u32, lines_skipped: u32) -> Arc<Artifact> {
        let unit = language.map(|language| Builder::new(language, Span::default()).finish(Vec::new()));
        Arc::new(Artifact { unit, lines, lines_skipped, ..Artifact::default() })
    }

    #[test]
    fn what_was_not_read_lowers_the_share() {
        let workspace = Workspace::in_memory([("a.xyz", "1"), ("b.xyz", "1"), ("c.swift", "1"), ("d.png", "")]);
        let artifacts = [artifact(Some("lang"), 10, 0), artifact(Some("lang"), 10, 5), artifact(None, 20, 0), artifact(None, 0, 0)];
        let coverage = Coverage::of(&workspace, &artifacts);
        let names: Vec<_> = coverage.languages.iter().map(|language| (language.name, language.is_supported)).collect();
        assert_eq!(names, [("lang", true), ("swift", false)]);
        assert_eq!((coverage.languages[0].analysed, coverage.languages[0].partly, coverage.languages[1].skipped), (1, 1, 1));
        assert_eq!(coverage.other_files, 1);
        assert!((coverage.share() - 15.0 / 40.0).abs() < 1e-9);
    }

    #[test]
    fn a_dialect_has_its_own_name_and_is_known_as_its_language() {
        let workspace = Workspace::in_memory([("a.ts", "1"), ("b.js", "1"), ("c.html", "1"), ("d.vue", "1")]);
        let coverage = Coverage::of(&workspace, &[4, 3, 2, 1].map(|lines| artifact(Some("javascript"), lines, 0)));
        let names: Vec<_> = coverage.languages.iter().map(|language| (language.name, language.lines)).collect();
        assert_eq!(names, [("javascript", 5), ("typescript", 4), ("vue", 1)]);
        let script = ["javascript".to_owned()];
        assert!(coverage.share_in(&script) == 1.0 && coverage.outside(&script).is_empty());
    }

    #[test]
    fn files_and_lines_are_counted_by_what_became_of_them() {
        let mut workspace = Workspace::in_memory([("a.xyz", "1"), ("b.xyz", "1"), ("c.xyz", "1"), ("d.xyz", ""), ("e.xyz", "1")]);
        workspace.files[4].role = Role::Test;
        let lines = [(10, 0), (10, 5), (10, 10), (0, 0), (7, 0)];
        let coverage = Coverage::of(&workspace, &lines.map(|(lines, skipped)| artifact(Some("lang"), lines, skipped)));
        let [language] = &coverage.languages[..] else { panic!("{:?}", coverage.languages) };
        assert_eq!((language.analysed, language.partly, language.skipped), (3, 1, 1));
        assert_eq!((language.lines, language.lines_analysed), (37, 22));
        assert_eq!((coverage.analysed_files(), coverage.analysed_lines()), (4, 22));
        // What is tested does not ship: 15 of 30 lines, 3 of 4 files.
        assert_eq!(coverage.share(), 0.5);
        // Of files or of lines, whichever is less.
        let workspace = Workspace::in_memory([("a.xyz", "1"), ("b.rb", "1"), ("c.rb", "1")]);
        let coverage = Coverage::of(&workspace, &[artifact(Some("lang"), 98, 0), artifact(None, 1, 0), artifact(None, 1, 0)]);
        assert_eq!(coverage.share(), 1.0 / 3.0);
    }

    #[test]
    fn files_that_could_not_be_opened_count_once_each() {
        let lost = |path: &str, kind| crate::source::Notice::about(&path.into(), kind, "lost");
        let mut workspace = Workspace::in_memory([("a.xyz", "1"), ("read.ts", "1")]);
        workspace.notices = vec![
            lost("gone.TS", NoticeKind::Unreadable),
            lost("huge.ts", NoticeKind::LimitReached),
            lost("huge.ts", NoticeKind::Unreadable),
            lost("picture.png", NoticeKind::Unreadable),
            lost("link.ts", NoticeKind::Link),
            lost("read.ts", NoticeKind::LimitReached),
        ];
        let coverage = Coverage::of(&workspace, &[artifact(Some("lang"), 1, 0), artifact(Some("javascript"), 1, 0)]);
        let skipped: Vec<_> =
            coverage.languages.iter().map(|language| (language.name, language.analysed, language.skipped)).collect();
        assert_eq!(skipped, [("lang", 1, 0), ("typescript", 1, 2)]);
        assert_eq!(coverage.share(), 0.5);
    }

    #[test]
    fn languages_are_known_and_foreign_by_their_analysed_lines() {
        let workspace = Workspace::in_memory([("a.xyz", "1"), ("b.xyz", "1"), ("c.xyz", "1"), ("d.xyz", "1")]);
        let lines = [("one", 30, 0), ("two", 5, 0), ("three", 10, 5), ("none", 9, 9)];
        let coverage = Coverage::of(&workspace, &lines.map(|(name, lines, skipped)| artifact(Some(name), lines, skipped)));
        let known = ["one".to_owned()];
        assert_eq!(coverage.share_in(&known), 0.75);
        assert_eq!(coverage.share_in(&[]), 0.0);
        assert_eq!(coverage.outside(&known), ["three", "two"]);
        assert_eq!(coverage.outside(&[])[0], "one");
        assert_eq!(Coverage::default().share_in(&known), 0.0);
    }

    #[test]
    fn a_document_is_no_code_whatever_its_name_ends_in() {
        let workspace = Workspace::in_memory([("a.rb", "1"), ("b.rb", "1"), ("c.yml", "1"), ("d.yml", "1")]);
        let document = || Some(Document { syntax: "yaml", roots: Vec::new() });
        let read = |document, dependencies| Arc::new(Artifact { document, dependencies, lines: 1, ..Artifact::default() });
        let asked = Some(crate::lockfile::Dependencies::default());
        let coverage =
            Coverage::of(&workspace, &[read(document(), None), read(None, asked), read(document(), None), read(document(), None)]);
        assert_eq!((coverage.languages.len(), coverage.documents.as_slice(), coverage.other_files), (0, &[("yaml", 3)][..], 1));
    }

    #[test]
    fn what_the_settings_exclude_was_not_analysed() {
        let excluded = |path: &str, role| crate::target::Excluded { path: path.into(), lines: 30, role };
        let workspace = Workspace {
            excluded: vec![excluded("b.ts", Role::Product), excluded("c.ts", Role::Test), excluded("d.png", Role::Product)],
            ..Workspace::in_memory([("a.xyz", "1")])
        };
        let coverage = Coverage::of(&workspace, &[artifact(Some("lang"), 10, 0)]);
        assert_eq!((coverage.share(), coverage.excluded), (0.25, 1));
    }

    #[test]
    fn a_tree_of_settings_is_covered_and_an_empty_one_is_not() {
        let workspace = Workspace::in_memory([("ci.yml", "a: 1")]);
        let document = Some(Document { syntax: "yaml", roots: Vec::new() });
        let coverage = Coverage::of(&workspace, &[Arc::new(Artifact { document, lines: 1, ..Artifact::default() })]);
        assert!(!coverage.is_nothing() && coverage.share() == 1.0);
        let empty = Coverage::of(&Workspace::default(), &[]);
        assert!(empty.is_nothing() && empty.share() == 0.0);
    }
}
