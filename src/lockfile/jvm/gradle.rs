use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

use super::super::tree::span;
use super::super::{Dependencies, Lockfile, LockfileReader, Manifest, Package, Purpose, Requirement};
use super::MAVEN;
use crate::source::{Notice, SourceFile};

/// `gradle.lockfile` and the older `*.lockfile` of `gradle/dependency-locks`.
pub(in crate::lockfile) struct GradleLock;

impl LockfileReader for GradleLock {
    fn format(&self) -> &'static str {
        "gradle.lockfile"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name().ends_with("gradle.lockfile")
            || (file.folder().ends_with("dependency-locks") && file.name().ends_with(".lockfile"))
    }

    /// `group:artifact:version=configuration,…`
    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let mut packages = Vec::new();
        let mut offset = 0;
        for line in file.text.split_inclusive('\n') {
            let text = line.trim_end();
            let (coordinates, configurations) = text.split_once('=').unwrap_or((text, ""));
            let mut parts = coordinates.splitn(3, ':');
            if let (false, Some(group), Some(artifact), Some(version)) =
                (text.starts_with('#'), parts.next(), parts.next(), parts.next())
            {
                let is_test = |configuration: &str| configuration.to_lowercase().contains("test");
                let is_development = !configurations.is_empty() && configurations.split(',').all(is_test);
                let place = span(offset, offset + text.len());
                packages.push(Package { is_development, ..Package::new(MAVEN, format!("{group}:{artifact}"), version, place) });
            }
            offset += line.len();
        }
        let lockfile =
            Lockfile { format: self.format(), ecosystem: MAVEN, packages, knows_development: true, ..Lockfile::default() };
        (Some(Dependencies { manifest: None, lockfile: Some(lockfile) }), Vec::new())
    }
}

/// `build.gradle` and `build.gradle.kts`, as far as dependencies are written as `'group:artifact:version'`.
pub(in crate::lockfile) struct BuildGradle;

static WISH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^\s*(\w+)[ (]+(?:platform\()?["']([\w.-]+):([\w.-]+):([^"'@:]+)(?:@\w+)?["']"#).expect("a valid pattern")
});
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^\s*(?:ext\.|def |val |const val |set\(")?(\w+)"?\s*[=,:]\s*["']([\w.+-]+)["']"#).expect("a valid pattern")
});

impl LockfileReader for BuildGradle {
    fn format(&self) -> &'static str {
        "build.gradle"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        [".gradle", ".gradle.kts"].iter().any(|end| file.name().ends_with(end)) && !file.name().starts_with("settings")
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let text = &*file.text;
        let given = if text.contains('$') { variables(text) } else { FxHashMap::default() };
        let requirements = WISH.captures_iter(text).filter_map(|found| {
            let (whole, word) = (found.get(0)?, found.get(1)?.as_str());
            let start = whole.start() + whole.as_str().len() - whole.as_str().trim_start().len();
            let purpose = match word.to_lowercase() {
                word if word.contains("test") => Purpose::Development,
                word if ["classpath", "kapt", "ksp", "annotationprocessor"].contains(&&*word) => Purpose::Build,
                _ => Purpose::Production,
            };
            let name = format!("{}:{}", &found[2], &found[3]);
            Some(Requirement { purpose, ..Requirement::new(name, version(&given, &found[4]), span(start, whole.end())) })
        });
        let manifest = Manifest { ecosystem: MAVEN, requirements: requirements.collect(), ..Manifest::default() };
        (Some(Dependencies { manifest: Some(manifest), lockfile: None }), Vec::new())
    }
}

/// What a file gives to names; the first counts.
fn variables(text: &str) -> FxHashMap<&str, &str> {
    let mut given = FxHashMap::default();
    for found in VARIABLE.captures_iter(text) {
        if let (Some(name), Some(value)) = (found.get(1), found.get(2)) {
            given.entry(name.as_str()).or_insert(value.as_str());
        }
    }
    given
}

/// `$name` and `${name}` stand for what the same file gives that name.
fn version(given: &FxHashMap<&str, &str>, written: &str) -> String {
    let Some(name) = written.strip_prefix('$').map(|name| name.trim_matches(['{', '}'])) else { return written.to_owned() };
    let name = name.rsplit('.').next().unwrap_or(name);
    given.get(name).map_or_else(|| written.to_owned(), |version| (*version).to_owned())
}
