//! The rules of the house that no compiler holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use forewarn::frontend::FRONTENDS;
use forewarn::rule::{RuleSet, Status};
use forewarn::source::SourceFile;
use forewarn::target::{OpenOptions, Workspace, open_folder};
use regex::Regex;

use crate::tree::repository;

/// Lines that a file may have.
const LONGEST: usize = 800;

/// Files that are longer, with the lines that they have: this list may only shrink.
const LONG_FILES: &[(&str, usize)] = &[];

/// Families: the folder, the trait that its members implement, and the table that names them.
const FAMILIES: &[(&str, &str, &str)] = &[
    ("frontend", "Frontend", "FRONTENDS"),
    ("configfile", "ConfigReader", "CONFIGS"),
    ("lockfile", "LockfileReader", "LOCKFILES"),
    ("audit", "Audit", "AUDITS"),
    ("report", "Reporter", "REPORTERS"),
];

/// Readers that may not know each other.
const SIBLINGS: &[&str] = &["frontend", "configfile", "lockfile"];

fn sources() -> Workspace {
    open_folder(&repository().join("src"), &OpenOptions::default()).expect("the sources")
}

fn rust_files(workspace: &Workspace) -> impl Iterator<Item = &SourceFile> {
    workspace.files.iter().filter(|file| file.path.ends_with(".rs"))
}

/// The top-level module of a source file.
fn module(file: &SourceFile) -> &str {
    file.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The modules of the library, in the order in which they may import each other.
fn order(workspace: &Workspace) -> Vec<String> {
    let text = &workspace.find("lib.rs").expect("lib.rs").text;
    let names = Regex::new(r"(?m)^pub mod (\w+);").expect("a pattern");
    names.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

/// The top-level modules that a text names after `crate::`, in `use crate::{a, b::C}` as well.
fn imports(text: &str) -> BTreeSet<String> {
    let code: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let text = &code.join("\n");
    let single = Regex::new(r"\bcrate::(\w+)").expect("a pattern");
    let grouped = Regex::new(r"\bcrate::\{([^;]*)\};").expect("a pattern");
    let nested = Regex::new(r"\{[^{}]*\}").expect("a pattern");
    let mut names: BTreeSet<_> = single.captures_iter(text).map(|found| found[1].to_owned()).collect();
    for group in grouped.captures_iter(text) {
        let flat = nested.replace_all(&group[1], "").into_owned();
        names.extend(flat.split(',').filter_map(|item| item.trim().split("::").next()).map(ToOwned::to_owned));
    }
    names.remove("");
    names
}

#[test]
fn modules_import_only_from_those_before_them() {
    let workspace = sources();
    let order = order(&workspace);
    let place = |name: &str| order.iter().position(|module| module == name);
    let mut wrong = Vec::new();
    let is_library = |file: &&SourceFile| !["lib", "main", "cli"].contains(&module(file)) && !is_test(file);
    for file in rust_files(&workspace).filter(is_library) {
        let own = module(file);
        let Some(own_place) = place(own) else {
            wrong.push(format!("src/{}: lib.rs does not list `{own}`", file.path));
            continue;
        };
        for other in imports(without_tests(&file.text)).iter().filter(|other| *other != own) {
            let is_before = place(other).is_some_and(|place| place < own_place);
            let is_sibling = SIBLINGS.contains(&own) && SIBLINGS.contains(&other.as_str());
            if !is_before || is_sibling {
                wrong.push(format!("src/{} imports crate::{other}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The modules of the same folder that a file names after `super::`.
fn neighbours(text: &str) -> BTreeSet<String> {
    imports(&text.replace("super::", "crate::")).into_iter().collect()
}

/// Circles that are left, by their files: this list may only shrink.
const CIRCLES: &[&str] = &[];

#[test]
fn files_of_a_folder_do_not_import_each_other_in_circles() {
    let workspace = sources();
    let mut folders: BTreeMap<&str, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
    for file in rust_files(&workspace).filter(|file| !is_test(file) && file.name() != "mod.rs" && file.path.contains('/')) {
        // What `crate::` names is another folder; the same names in it are none of these files.
        let own = without_tests(&file.text).replace("crate::", "elsewhere::");
        folders.entry(file.folder()).or_default().insert(file.name().trim_end_matches(".rs"), neighbours(&own));
    }
    let mut found = BTreeSet::new();
    for (folder, files) in &folders {
        for &file in files.keys().filter(|file| leads_back(files, file)) {
            found.insert(format!("{folder}/{file}.rs"));
        }
    }
    let new: Vec<_> = found.iter().filter(|file| !CIRCLES.contains(&file.as_str())).collect();
    assert!(new.is_empty(), "these import each other: {new:?}");
    let opened: Vec<_> = CIRCLES.iter().filter(|file| !found.contains(**file)).collect();
    assert!(opened.is_empty(), "these do no longer: take them off the list: {opened:?}");
}

/// Whether the imports of a file lead back to it.
fn leads_back(files: &BTreeMap<&str, BTreeSet<String>>, file: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![file];
    while let Some(at) = waiting.pop() {
        for next in files.get(at).into_iter().flatten().filter(|next| files.contains_key(next.as_str())) {
            if next == file {
                return true;
            }
            if seen.insert(next.as_str()) {
                waiting.push(next);
            }
        }
    }
    false
}

/// Modules that work on every language alike.
const ENGINE: &[&str] = &["program", "taint"];

#[test]
fn the_engine_knows_no_language() {
    let mut words: BTreeSet<&str> = BTreeSet::new();
    for frontend in FRONTENDS {
        let facts = frontend.facts();
        words.insert(frontend.language());
        words.extend(facts.global_objects.iter().chain(facts.common_methods).chain(facts.plain_types));
        words.extend(facts.self_type);
        words.extend(facts.component.iter().flat_map(|component| [component.runs, component.attributes]));
    }
    let literal = Regex::new(r#""([^"\\]*)""#).expect("a pattern");
    let workspace = sources();
    let mut wrong = Vec::new();
    for file in rust_files(&workspace).filter(|file| ENGINE.contains(&module(file)) && !is_test(file)) {
        for line in without_tests(&file.text).lines().filter(|line| !line.trim_start().starts_with("//")) {
            let literals = literal.captures_iter(line).map(|found| found[1].to_owned());
            wrong.extend(literals.filter(|text| words.contains(text.as_str())).map(|text| format!("src/{}: {text:?}", file.path)));
        }
    }
    assert!(wrong.is_empty(), "words of languages: {}", wrong.join(", "));
}

#[test]
fn only_the_command_line_knows_clap() {
    let workspace = sources();
    let knows = rust_files(&workspace).filter(|file| file.text.contains("clap::"));
    let wrong: Vec<_> = knows.filter(|file| !["main", "cli"].contains(&module(file))).map(|file| &file.path).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn files_are_short() {
    let mut wrong = Vec::new();
    for root in ["src", "tests", "benches"] {
        let workspace = open_folder(&repository().join(root), &OpenOptions::default()).expect("the sources");
        for file in rust_files(&workspace) {
            let path = format!("{root}/{}", file.path);
            let lines = file.text.lines().count();
            let listed = LONG_FILES.iter().find(|(long, _)| *long == path).map(|&(_, most)| most);
            match listed {
                None if lines > LONGEST => wrong.push(format!("{path} has {lines} lines")),
                Some(most) if lines > most => wrong.push(format!("{path} has grown from {most} to {lines} lines")),
                Some(_) if lines <= LONGEST => wrong.push(format!("{path} is short now: take it off the list")),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_member_of_a_family_stands_in_its_table() {
    let workspace = sources();
    let entry = Regex::new(r"(\w+)\s*(?:,|$|\{)").expect("a pattern");
    for (folder, trait_name, table_name) in FAMILIES {
        let member = Regex::new(&format!(r"impl(?:<[^>]*>)? {trait_name} for (\w+)")).expect("a pattern");
        let of_family = rust_files(&workspace).filter(|file| module(file) == *folder);
        let texts: Vec<_> = of_family.map(|file| without_tests(&file.text)).collect();
        let types = texts.iter().flat_map(|text| member.captures_iter(text).map(|found| found[1].to_owned()));
        // A type of which there are several values is named by each of them.
        let values = |name: String| {
            let value = Regex::new(&format!(r"static (\w+): {name} =")).expect("a pattern");
            let found: Vec<_> = texts
                .iter()
                .flat_map(|text| value.captures_iter(text).map(|found| found[1].to_owned()).collect::<Vec<_>>())
                .collect();
            if found.is_empty() { vec![name] } else { found }
        };
        let members: BTreeSet<_> = types.flat_map(values).collect();
        let home = &workspace.find(&format!("{folder}/mod.rs")).expect("a mod.rs").text;
        let table = Regex::new(&format!(r"(?s)static {table_name}:[^=]*=\s*&\[(.*?)\];")).expect("a pattern");
        let Some(found) = table.captures(home) else {
            assert!(members.is_empty(), "src/{folder} has no table {table_name} for {members:?}");
            continue;
        };
        let named: BTreeSet<_> = entry.captures_iter(found[1].trim()).map(|found| found[1].to_owned()).collect();
        let lost: Vec<_> = members.difference(&named).collect();
        assert!(lost.is_empty(), "src/{folder}: {table_name} lacks {lost:?}");
    }
}

/// Whether a file holds unit tests only: they may use what they like, and quote code of others.
fn is_test(file: &SourceFile) -> bool {
    file.name() == "tests.rs" || file.path.contains("/tests/")
}

/// A file up to its unit tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or_default()
}

#[test]
fn nothing_is_called_after_nothing() {
    let workspace = sources();
    let empty = ["util", "utils", "helper", "helpers", "common", "misc", "stuff"];
    let is_empty = |file: &&SourceFile| file.path.trim_end_matches(".rs").split('/').any(|segment| empty.contains(&segment));
    let wrong: Vec<_> = rust_files(&workspace).filter(is_empty).map(|file| &file.path).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn rules_are_named_after_defects_in_kebab_case() {
    let rules = open_folder(&repository().join("rules"), &OpenOptions::default()).expect("the rules");
    let kebab = Regex::new(r"^packs/[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*\.toml$").expect("a pattern");
    let packs = rules.files.iter().filter(|file| file.path.starts_with("packs/"));
    let wrong: Vec<_> = packs.filter(|file| !kebab.is_match(&file.path)).map(|file| &file.path).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Words that betray where something was written or fetched; put together here so that this file does not hold them.
fn forbidden() -> Vec<String> {
    let pairs = [
        ("registry.", "npmjs.org"),
        ("registry.", "yarnpkg.com"),
        ("static.", "crates.io"),
        ("index.", "crates.io"),
        ("files.", "pythonhosted.org"),
        ("/wo", "rk/wt/"),
        ("/wo", "rk/main"),
        ("/wo", "rk/shared"),
        ("/wo", "rk/.mirror"),
        ("/root", "/."),
    ];
    pairs.iter().map(|(head, tail)| format!("{head}{tail}")).collect()
}

#[test]
fn no_file_names_a_registry_host_or_a_folder_of_one_machine() {
    let workspace = open_folder(&repository(), &OpenOptions::default()).expect("the repository");
    let forbidden = forbidden();
    let wrong: Vec<_> = workspace
        .files
        .iter()
        .flat_map(|file| {
            forbidden.iter().filter(|word| file.text.contains(*word)).map(move |word| format!("{}: {word}", file.path))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `docs/rules.md` is written by this test: run it with `BLESS=1` after a rule has changed.
#[test]
fn the_list_of_rules_is_fresh() {
    let rules = RuleSet::embedded().expect("the embedded rules load");
    let fresh = rules_page(&rules);
    let path = repository().join("docs/rules.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &fresh).expect("docs/rules.md");
    }
    let written = read(&path);
    assert!(written == fresh, "docs/rules.md is stale: run `BLESS=1 cargo test --test it tidy`");
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn rules_page(rules: &RuleSet) -> String {
    let mut page = format!(
        "# Rules\n\nWritten by `BLESS=1 cargo test --test it tidy` from the {} files under `rules/packs/`.\n",
        rules.rules.len()
    );
    let packs: BTreeSet<_> = rules.rules.iter().map(|rule| rule.pack.as_str()).collect();
    for pack in packs {
        page += &format!("\n## {pack}\n\n| rule | severity | confidence | defect |\n|---|---|---|---|\n");
        for rule in rules.rules.iter().filter(|rule| rule.pack == pack) {
            let body = &rule.body;
            let title = body.title.replace('|', "\\|");
            let preview = if body.status == Status::Preview { " (preview: off by default)" } else { "" };
            page += &format!("| `{}` | {} | {} | {title}{preview} |\n", rule.id, body.severity.name(), body.confidence.name());
        }
    }
    page
}

/// Dependencies that nothing names, with the reason why they are still there: this list may only shrink.
const IDLE: [(&str, &str); 1] = [("argmin-math", "gives argmin its plain vectors")];

#[test]
fn every_dependency_is_used() {
    let root = repository();
    let open = |folder: &str| open_folder(&root.join(folder), &OpenOptions::default()).expect("a folder of the repository").files;
    let text = |files: Vec<SourceFile>| files.iter().map(|file| file.text.to_string()).collect::<Vec<_>>().join("\n");
    let library = text(open("src")) + &text(open("build.rs"));
    // This file names the idle ones.
    let tests = open("tests/it").into_iter().filter(|file| file.name() != "tidy.rs").collect();
    let tests = format!("{library}{}{}", text(tests), text(open("benches")));
    let manifest = text(open("Cargo.toml"));
    let manifest: toml::Table = manifest.parse().expect("a manifest");
    let mut idle = Vec::new();
    for (section, code) in [("dependencies", &library), ("build-dependencies", &library), ("dev-dependencies", &tests)] {
        for name in manifest[section].as_table().expect("a table").keys() {
            let used = Regex::new(&format!(r"\b{}\b", name.replace('-', "_"))).expect("a pattern");
            idle.extend((!used.is_match(code)).then(|| name.clone()));
        }
    }
    idle.sort();
    idle.dedup();
    assert_eq!(idle, IDLE.map(|(name, _)| name), "dependencies that nothing names");
}
