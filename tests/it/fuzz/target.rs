//! What inputs are given to: a target for each reader, and for each text that the program takes from outside.

use std::cmp::Ordering;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use forewarn::advisory::{Advisory, osv, purl, rustsec, version, vex};
use forewarn::configfile::{self, CONFIGS, ConfigReader, Entry, Value};
use forewarn::finding::{self, Baseline, Review};
use forewarn::frontend::{self, FRONTENDS, Frontend};
use forewarn::lockfile::{self, LOCKFILES, LockfileReader};
use forewarn::rule::{Date, Glob, Path, RuleSet, TextPattern};
use forewarn::settings::Settings;
use forewarn::source::{FileId, Notice, SourceFile, Span};

use super::corpus::{self, Input};
use super::{store, tree};

/// What an input does to a target: an error says which property is broken.
pub(super) type Run = Box<dyn Fn(&Input) -> Result<(), String> + Send + Sync>;

/// Something that reads what others wrote.
pub(super) struct Target {
    pub(super) name: String,
    /// It is executed once where a cheap target is executed so many times.
    pub(super) share: u64,
    pub(super) seeds: Vec<Input>,
    pub(super) run: Run,
    pub(super) executed: AtomicU64,
    /// Microseconds that its executions took.
    pub(super) time: AtomicU64,
}

impl Target {
    pub(super) fn new(name: impl Into<String>, share: u64, seeds: Vec<Input>, run: Run) -> Self {
        let name = name.into();
        assert!(!seeds.is_empty(), "{name} has nothing to begin with: add a text to tests/fixtures/fuzz");
        Self { name, share, seeds, run, executed: AtomicU64::default(), time: AtomicU64::default() }
    }
}

/// Every target.
pub(super) fn targets() -> Vec<Target> {
    let rules = Arc::new(RuleSet::embedded().expect("the embedded rules"));
    let files = corpus::files(&rules);
    let of =
        |accepts: &dyn Fn(&SourceFile) -> bool| files.iter().filter(|file| accepts(&source(file))).cloned().collect::<Vec<Input>>();
    let mut targets = Vec::new();
    for &reader in FRONTENDS {
        let is_read = |file: &SourceFile| frontend::find(file).is_some_and(|found| found.language() == reader.language());
        targets.push(Target::new(
            format!("frontend {}", reader.language()),
            1,
            of(&is_read),
            Box::new(|input| lower(reader, input)),
        ));
    }
    for &reader in CONFIGS {
        let is_read = |file: &SourceFile| configfile::find(file).is_some_and(|found| found.syntax() == reader.syntax());
        targets.push(Target::new(format!("config {}", reader.syntax()), 1, of(&is_read), Box::new(|input| read(reader, input))));
    }
    for &reader in LOCKFILES {
        let is_read = |file: &SourceFile| lockfile::find(file).is_some_and(|found| found.format() == reader.format());
        targets.push(Target::new(format!("lockfile {}", reader.format()), 1, of(&is_read), Box::new(|input| fix(reader, input))));
    }
    targets.extend(texts(&files));
    targets.extend(store::targets(&files));
    targets.extend(tree::targets(&files, &rules));
    targets
}

/// An input as a file of a tree.
pub(super) fn source(input: &Input) -> SourceFile {
    let mut file = SourceFile::in_memory(FileId(0), &input.path, &input.text());
    if input.bytes.starts_with(b"bplist") {
        file.binary = Arc::from(&*input.bytes);
    }
    file
}

/// Whether a span lies in a text and cuts no character.
fn is_within(text: &str, span: Span) -> bool {
    span.start <= span.end && text.get(span.start as usize..span.end as usize).is_some()
}

fn holds(is_true: bool, what: impl Fn() -> String) -> Result<(), String> {
    if is_true { Ok(()) } else { Err(what()) }
}

/// One input in sixteen is read twice: that costs more than reading.
fn reads_alike<T: Debug>(input: &Input, once: &T, again: impl Fn() -> T) -> Result<(), String> {
    let is_asked = input.bytes.len().is_multiple_of(16);
    holds(!is_asked || format!("{once:?}") == format!("{:?}", again()), || "a second reading gives another answer".into())
}

/// How many parts a reading may have: in proportion to the text, whatever it says.
fn is_in_proportion(parts: usize, input: &Input) -> bool {
    parts <= 64 * input.bytes.len() + 4_096
}

fn lower(reader: &'static dyn Frontend, input: &Input) -> Result<(), String> {
    let file = source(input);
    let lowered = reader.lower(&file);
    let lines = file.text.lines().count() as u32;
    holds(lowered.lines_skipped <= lines.max(1), || format!("{} of {lines} lines skipped", lowered.lines_skipped))?;
    for node in &lowered.unit.nodes {
        holds(is_within(&file.text, node.span), || format!("{:?} is no part of the file", node.span))?;
    }
    holds(is_in_proportion(lowered.unit.nodes.len(), input), || format!("{} nodes", lowered.unit.nodes.len()))?;
    are_short(&lowered.notices)?;
    let print = |lowered: &frontend::Lowered| format!("{:?} {:?}", lowered.unit.nodes, lowered.notices);
    reads_alike(input, &print(&lowered), || print(&reader.lower(&file)))
}

fn read(reader: &'static dyn ConfigReader, input: &Input) -> Result<(), String> {
    let file = source(input);
    let (document, notices) = reader.read(&file);
    let mut count = 0;
    for root in document.iter().flat_map(|document| &document.roots) {
        check(root, &file.text, &mut count)?;
    }
    holds(is_in_proportion(count, input), || format!("{count} values"))?;
    are_short(&notices)?;
    let print = |document: &Option<configfile::Document>| format!("{document:?}");
    reads_alike(input, &print(&document), || print(&reader.read(&file).0))
}

fn check(value: &Value, text: &str, count: &mut usize) -> Result<(), String> {
    *count += 1;
    holds(is_within(text, value.span), || format!("{:?} of a value is no part of the file", value.span))?;
    value.items().iter().try_for_each(|item| check(item, text, count))?;
    for Entry { key, key_span, value } in value.entries() {
        holds(is_within(text, *key_span), || format!("{key_span:?} of the key {key:?} is no part of the file"))?;
        check(value, text, count)?;
    }
    Ok(())
}

fn fix(reader: &'static dyn LockfileReader, input: &Input) -> Result<(), String> {
    let file = source(input);
    let (read, notices) = reader.read(&file);
    are_short(&notices)?;
    if let Some(dependencies) = &read {
        for named in dependencies.named() {
            holds(is_within(&file.text, named.span), || format!("{:?} of {} is no part of the file", named.span, named.name))?;
        }
        if let Some(lockfile) = &dependencies.lockfile {
            let packages = &lockfile.packages;
            let leads = packages.iter().flat_map(|package| &package.dependencies);
            let imports =
                lockfile.importers.iter().flat_map(|importer| importer.requirements.iter().filter_map(|(_, got)| got.as_ref()));
            for index in leads.chain(imports) {
                holds(*index < packages.len(), || format!("package {index} of {}", packages.len()))?;
            }
            holds(is_in_proportion(packages.len(), input), || format!("{} packages", packages.len()))?;
        }
    }
    reads_alike(input, &read, || reader.read(&file).0)
}

fn are_short(notices: &[Notice]) -> Result<(), String> {
    let longest = notices.iter().map(|notice| notice.message.len()).max().unwrap_or_default();
    holds(longest < 20_000, || format!("a notice of {longest} bytes"))
}

/// A target that takes any text.
fn of_text(name: &str, seeds: Vec<Input>, run: impl Fn(&str) -> Result<(), String> + Send + Sync + 'static) -> Target {
    Target::new(name, 1, seeds, Box::new(move |input| run(&input.text())))
}

/// The texts that the program takes besides the tree.
fn texts(files: &[Input]) -> Vec<Target> {
    let named = |name: &str| files.iter().filter(|file| file.path == name).cloned().collect::<Vec<_>>();
    let today = Date { year: 2026, month: 1, day: 1 };
    let parse = |name: &'static str, run: fn(&str)| {
        of_text(name, named(name), move |text| {
            run(text);
            Ok(())
        })
    };
    vec![
        parse("settings.fuzz", |text| drop(Settings::parse(text))),
        parse("baseline.fuzz", |text| drop(Baseline::parse(text).map(|read| read.to_text()))),
        parse("review.fuzz", |text| drop(Review::parse(text).map(|read| read.to_text()))),
        parse("vex.fuzz", |text| drop(vex::Vex::default().with("a", text))),
        parse("rustsec.fuzz", |text| drop(rustsec::parse(text))),
        of_text("osv.fuzz", named("osv.fuzz"), move |text| {
            for advisory in osv::parse(text.as_bytes(), today, &|_| true).into_iter().flatten() {
                let read = Advisory::parse(&advisory.ecosystem, &advisory.line());
                holds(read.is_some(), || format!("a line that is not read back: {}", advisory.line()))?;
                let _ = advisory.affects("1.2.3");
            }
            Ok(())
        }),
        parse("record.fuzz", |text| text.lines().for_each(|line| drop(Advisory::parse("npm", line)))),
        parse("purl.fuzz", |text| {
            for line in text.lines() {
                if let Some(read) = purl::Purl::parse(line) {
                    let _ = (read.names("npm", line), read.covers("npm", "a", "1.0.0"));
                }
                let _ = purl::of("npm", line, line);
            }
        }),
        parse("pattern.fuzz", |text| {
            for line in text.lines().take(8) {
                drop((line.parse::<Date>(), Path::parse(line)));
                let glob = Glob::new(line);
                let _ = (glob.matches_path(text), glob.matches_name(line));
                // Patterns are the rules' own: they need not be quick on a text that somebody else wrote.
                drop(TextPattern::check(line));
            }
        }),
        of_text("version.fuzz", named("version.fuzz"), versions),
        of_text("redaction", files.to_vec(), |text| {
            let shown = finding::fit_to_show(text);
            holds(!shown.contains(finding::acts), || format!("a character that acts: {shown:?}"))?;
            holds(shown.len() <= 3 * text.len() + 64, || format!("{} bytes of {}", shown.len(), text.len()))?;
            holds(finding::fit_to_show(&shown) == shown, || format!("shown again, it is another: {shown:?}"))
        }),
    ]
}

/// Ecosystems with an order of their own, and one without.
const ECOSYSTEMS: &[&str] = &["npm", "crates.io", "PyPI", "Go", "Maven", "NuGet", "Pub", "CocoaPods", "Packagist"];

/// The order of versions is one: antisymmetric and transitive. Ranges answer, whatever they say.
fn versions(text: &str) -> Result<(), String> {
    let words: Vec<&str> = text.lines().take(6).collect();
    for ecosystem in ECOSYSTEMS {
        let compare = |a: &str, b: &str| version::compare(ecosystem, a, b);
        for a in &words {
            for b in &words {
                let there = compare(a, b);
                holds(there == compare(b, a).map(Ordering::reverse), || {
                    format!("{ecosystem}: {a:?} and {b:?} the other way round")
                })?;
                let _ = (version::matches(ecosystem, a, b), version::satisfies(ecosystem, a, b));
                for c in words.iter().filter(|_| there == Some(Ordering::Less) || there == Some(Ordering::Equal)) {
                    let onward = compare(b, c);
                    let is_one = onward != there || compare(a, c) == there;
                    holds(is_one, || format!("{ecosystem}: {a:?}, {b:?}, {c:?} have no order"))?;
                }
            }
        }
    }
    Ok(())
}
