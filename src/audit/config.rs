//! Settings in configuration files.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Artifact, Audit, Context, matching_rules};
use crate::configfile::{Document, Reached, Value, ValueKind, select, select_from};
use crate::finding::{Finding, FindingBuilder, LESSER_FORM};
use crate::rule::matcher::call::Scalar;
use crate::rule::matcher::config::{ConfigMatch, Reference, Setting};
use crate::rule::{Match, Path, TextPattern};
use crate::source::{Role, SourceFile, Span};
use crate::standing;

/// The audit of `[match.config]`.
pub(super) struct ConfigAudit;

/// How many characters of a value a message shows.
const SHOWN: usize = 80;

/// How many findings a rule makes in one file: more of the same tell nothing more.
const MAX_HITS: usize = 50;

impl Audit for ConfigAudit {
    fn stage(&self) -> &'static str {
        "audit/config"
    }

    fn run(&self, context: &Context<'_>) -> Vec<Finding> {
        let rules = matching_rules(context, |matcher| if let Match::Config(config) = matcher { Some(config) } else { None });
        let files: Vec<_> = documents(context).collect();
        let of_file = |(file, document): &(&SourceFile, &Document)| {
            let mut findings = Vec::new();
            for (rule, matcher) in &rules {
                if !applies_to(matcher, file) {
                    continue;
                }
                for hit in hits(matcher, (file, document), &files) {
                    // A build merges this file into another: what is missing here is judged there.
                    if hit.is_absence && file.merged.is_some() {
                        continue;
                    }
                    let aside = standing::aside_at(file, hit.span).cloned();
                    let aside = aside.or_else(|| standing::named_aside(file, hit.span).filter(|_| file.role == Role::Product));
                    let builder =
                        FindingBuilder::new(rule, context.workspace, file.id, hit.span).at_most(matcher.at_most, LESSER_FORM);
                    let builder = hit.secrets.iter().fold(builder, |builder, &secret| builder.secret(secret));
                    let builder = aside.iter().fold(builder, FindingBuilder::aside);
                    findings.push(builder.message(format!("{} ({})", rule.body.title, hit.details.join(", "))).build());
                }
            }
            findings
        };
        files.par_iter().flat_map_iter(of_file).collect()
    }
}

/// The documents that can matter to a user: those of other people's code and of tests configure nothing that ships. Examples are
/// looked at: people copy them, keys and all.
fn documents<'a>(context: &Context<'a>) -> impl Iterator<Item = (&'a SourceFile, &'a Document)> {
    let matters = |file: &SourceFile| !matches!(file.role, Role::Vendored | Role::Test);
    let document = |(file, artifact): (&'a SourceFile, &'a Arc<Artifact>)| Some((file, artifact.document.as_ref()?));
    context.workspace.files.iter().zip(context.artifacts).filter(move |(file, _)| matters(file)).filter_map(document)
}

fn applies_to(matcher: &ConfigMatch, file: &SourceFile) -> bool {
    let matches = |globs: &[crate::rule::Glob]| globs.iter().any(|glob| glob.matches_path(&file.path));
    matches(&matcher.file) && !matches(&matcher.not_file)
}

/// Whether some document of the tree has the setting.
pub(super) fn occurs(context: &Context<'_>, matcher: &ConfigMatch) -> bool {
    let files: Vec<_> = documents(context).collect();
    files.iter().any(|&file| applies_to(matcher, file.0) && !hits(matcher, file, &files).is_empty())
}

/// A file, and the settings in it.
type Read<'a> = (&'a SourceFile, &'a Document);

/// A place where a matcher holds.
#[derive(Debug, PartialEq)]
struct Hit {
    span: Span,
    details: Vec<String>,
    secrets: Vec<Span>,
    /// Something that is missing makes it hold.
    is_absence: bool,
}

/// What made one condition hold.
struct Evidence {
    span: Span,
    detail: String,
    is_secret: bool,
    is_absence: bool,
}

/// A place in a document, and the document around it.
#[derive(Clone, Copy)]
struct Scene<'a> {
    /// All files with settings.
    files: &'a [Read<'a>],
    file: &'a SourceFile,
    root: Reached<'a>,
    place: Reached<'a>,
}

fn hits<'a>(matcher: &ConfigMatch, (file, document): Read<'a>, files: &'a [Read<'a>]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for root in &document.roots {
        let root = Reached::value(root);
        let places = matcher.each.as_ref().map_or_else(|| vec![root], |path| select_from(path, root));
        let found = places.into_iter().filter_map(|place| judge(matcher, Scene { files, file, root, place }));
        for hit in found.take(MAX_HITS) {
            if !hits.contains(&hit) {
                hits.push(hit);
            }
        }
    }
    hits.truncate(MAX_HITS);
    hits
}

fn judge(matcher: &ConfigMatch, scene: Scene<'_>) -> Option<Hit> {
    let required: Option<Vec<_>> = matcher.conditions.iter().map(|setting| scene.evidence(setting)).collect();
    let mut evidence = required?;
    let optional: Vec<_> = matcher.any.iter().filter_map(|setting| scene.evidence(setting)).collect();
    let is_met = matcher.any.is_empty() || !optional.is_empty();
    if !is_met || matcher.spare.iter().any(|setting| scene.evidence(setting).is_some()) {
        return None;
    }
    evidence.extend(optional);
    let mut details: Vec<_> = evidence.iter().map(|evidence| evidence.detail.clone()).collect();
    details.dedup();
    Some(Hit {
        span: evidence.first().map_or(scene.place.key_span, |evidence| evidence.span),
        details,
        is_absence: evidence.iter().any(|evidence| evidence.is_absence),
        secrets: evidence.iter().filter(|evidence| evidence.is_secret).map(|evidence| evidence.span).collect(),
    })
}

impl<'a> Scene<'a> {
    /// Why a condition, or one that stands in for it, holds; None if none does.
    fn evidence(&self, setting: &Setting) -> Option<Evidence> {
        self.own_evidence(setting).or_else(|| setting.or.iter().find_map(|other| self.evidence(other)))
    }

    fn own_evidence(&self, setting: &Setting) -> Option<Evidence> {
        let is_in = |globs: &[crate::rule::Glob]| globs.iter().any(|glob| glob.matches_path(&self.file.path));
        if !setting.file.is_empty() && !is_in(&setting.file) || is_in(&setting.not_file) {
            return None;
        }
        let start = if setting.from_root { self.root } else { self.place };
        let paths = || std::iter::once(&setting.path).chain(&setting.or_path);
        let mut reached = paths().flat_map(|path| select_from(path, start));
        let found = reached.find(|reached| self.satisfies(setting, start, *reached));
        if setting.present == Some(false) {
            return found.is_none().then(|| Evidence {
                span: nearest(&setting.path, start),
                detail: setting.say.clone().unwrap_or_else(|| format!("`{}` is missing", setting.path.last_key().unwrap_or("it"))),
                is_secret: false,
                is_absence: true,
            });
        }
        let found = found?;
        let detail = setting.say.clone().unwrap_or_else(|| self.tell(setting, found));
        Some(Evidence { span: self.place_of_match(setting, found), detail, is_secret: setting.secret, is_absence: false })
    }

    fn satisfies(&self, setting: &Setting, start: Reached<'a>, reached: Reached<'a>) -> bool {
        let Some(reference) = &setting.refers else { return self.holds(setting, start, reached) };
        self.referred(reference, reached).into_iter().any(|(file, value)| Scene { file, ..*self }.holds(setting, start, value))
    }

    /// The values that a setting names.
    fn referred(&self, reference: &Reference, reached: Reached<'a>) -> Vec<(&'a SourceFile, Reached<'a>)> {
        let text = reached.value.scalar_text().unwrap_or_default();
        let captures = reference.written.regex().captures(&text);
        let Some(name) = captures.as_ref().and_then(|found| found.name("name")) else { return Vec::new() };
        let is_named = |entry: &Reached<'_>| {
            let names = select_from(&reference.name, *entry);
            names.iter().any(|found| found.value.as_text() == Some(&text[name.clone()]))
        };
        let files = self.files.iter().filter(|(file, _)| reference.file.iter().any(|glob| glob.matches_path(&file.path)));
        let values = |document| {
            let entries = select(&reference.each, document).into_iter().filter(is_named);
            entries.flat_map(|entry| select_from(&reference.value, entry)).collect::<Vec<_>>()
        };
        files.flat_map(|&(file, document)| values(document).into_iter().map(move |value| (file, value))).collect()
    }

    fn holds(&self, setting: &Setting, start: Reached<'a>, reached: Reached<'a>) -> bool {
        let has_key = setting.key.as_ref().is_none_or(|pattern| reached.key.is_some_and(|key| pattern.is_match(key)))
            && setting.not_key.as_ref().is_none_or(|pattern| !reached.key.is_some_and(|key| pattern.is_match(key)));
        has_key && self.has_value(setting, reached.value) && has_size(setting, start, reached.value)
    }

    /// Whether a value is what a setting asks for.
    fn has_value(&self, setting: &Setting, value: &Value) -> bool {
        let text = if setting.command { command(value) } else { self.text(value) };
        let text_is = |test: &dyn Fn(&str) -> bool| text.as_deref().is_some_and(test);
        let is = |scalar: &Scalar| equals(scalar, value, text.as_deref());
        setting.equals.as_ref().is_none_or(is)
            && (setting.one_of.is_empty() || setting.one_of.iter().any(is))
            && (setting.none_of.is_empty() || (text.is_some() && !setting.none_of.iter().any(is)))
            && setting.matches.as_ref().is_none_or(|pattern| text_is(&|text| pattern.is_match(text)))
            && setting.lacks.as_ref().is_none_or(|pattern| text_is(&|text| !pattern.is_match(text)))
    }

    /// A scalar as it is compared with patterns: numbers as they are written.
    fn text(&self, value: &Value) -> Option<String> {
        match &value.kind {
            ValueKind::Number(_) if value.span.end > value.span.start => Some(self.file.snippet(value.span).to_owned()),
            _ => value.scalar_text(),
        }
    }

    /// In a text of several lines (a script), the match rather than the whole.
    fn place_of_match(&self, setting: &Setting, found: Reached<'_>) -> Span {
        if setting.command && !found.value.items().is_empty() {
            return setting.matches.as_ref().map_or_else(|| place_of(found), |pattern| word_of(pattern, found));
        }
        let whole = place_of(found);
        let written = self.file.snippet(whole);
        let matched = setting.matches.as_ref().filter(|_| written.contains('\n')).and_then(|pattern| pattern.regex().find(written));
        matched.map_or(whole, |matched| Span::new(matched.start as u32, matched.end as u32).shifted(whole.start))
    }

    fn tell(&self, setting: &Setting, found: Reached<'_>) -> String {
        let name = found.key.or_else(|| setting.path.last_key());
        let text = if setting.command { command(found.value) } else { self.text(found.value) };
        // What has no value is a word of its own: `jcenter()` in a build file.
        let is_bare = matches!(found.value.kind, ValueKind::Null);
        let value = text.filter(|_| !setting.secret && !is_bare).map(|text| shown(&text));
        match (name, value) {
            (Some(name), Some(value)) => format!("`{}` is `{value}`", shown(name)),
            (Some(name), None) => format!("`{}` is set", shown(name)),
            (None, Some(value)) => format!("`{value}`"),
            (None, None) => "an entry of the list".into(),
        }
    }
}

/// Whether a number, or the number of members, is within the bounds of a setting.
fn has_size(setting: &Setting, start: Reached<'_>, value: &Value) -> bool {
    let members = |value: &Value| value.items().len() + value.entries().len();
    let number = || as_number(value);
    setting.less_than.is_none_or(|limit| number().is_some_and(|number| number < limit))
        && setting.at_least.is_none_or(|limit| number().is_some_and(|number| number >= limit))
        && setting.members_at_least.is_none_or(|least| members(value) >= least)
        && setting.below_share.as_ref().is_none_or(|part| {
            let whole = select_from(&part.of, start).iter().map(|reached| members(reached.value)).max();
            number().zip(whole).is_some_and(|(number, whole)| number < part.share * whole as f64)
        })
}

/// A command line as one text.
fn command(value: &Value) -> Option<String> {
    let words: Option<Vec<_>> = value.items().iter().map(Value::scalar_text).collect();
    match (&value.kind, words) {
        (ValueKind::Text(text), _) => Some(text.replace("\\\r\n", " ").replace("\\\n", " ")),
        (ValueKind::List(_), Some(words)) => Some(words.join(" ")),
        _ => None,
    }
}

/// The first line of a text, cut if it is long.
fn shown(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or("");
    let cut: String = line.chars().take(SHOWN).collect();
    if cut.len() < text.trim().len() { format!("{cut}…") } else { cut }
}

/// In a list of words, the one at which a match begins.
fn word_of(pattern: &TextPattern, found: Reached<'_>) -> Span {
    let line = command(found.value).unwrap_or_default();
    let begin = pattern.regex().find(&line).map_or(0, |matched| matched.start);
    let mut end = 0;
    let holds = |word: &&Value| {
        end += word.scalar_text().map_or(0, |text| text.len()) + 1;
        end > begin
    };
    found.value.items().iter().find(holds).map_or_else(|| place_of(found), |word| word.span)
}

/// A scalar is shown itself, what has parts by its key.
fn place_of(reached: Reached<'_>) -> Span {
    match reached.value.kind {
        ValueKind::List(_) | ValueKind::Map(_) if reached.key.is_some() => reached.key_span,
        ValueKind::List(_) | ValueKind::Map(_) => Span::new(reached.value.span.start, reached.value.span.start),
        _ => reached.value.span,
    }
}

/// The key of the innermost map in which the rest of a path is missing.
fn nearest(path: &Path, start: Reached<'_>) -> Span {
    let mut parents = std::iter::successors(path.parent(), Path::parent);
    let found = parents.find_map(|path| select_from(&path, start).first().copied());
    place_of(found.unwrap_or(start))
}

fn equals(scalar: &Scalar, value: &Value, text: Option<&str>) -> bool {
    match (scalar, &value.kind) {
        (Scalar::Bool(wanted), ValueKind::Bool(found)) => wanted == found,
        (Scalar::Bool(wanted), ValueKind::Text(found)) => found.eq_ignore_ascii_case(if *wanted { "true" } else { "false" }),
        (Scalar::Number(wanted), _) => as_number(value).is_some_and(|found| found.total_cmp(wanted).is_eq()),
        (Scalar::Text(wanted), _) => text == Some(wanted),
        _ => false,
    }
}

/// A number, or a string that is one.
fn as_number(value: &Value) -> Option<f64> {
    match &value.kind {
        ValueKind::Number(number) => Some(*number),
        ValueKind::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configfile;
    use crate::source::{FileId, LineIndex};

    /// Where a matcher finds something in a YAML text, and what it tells.
    fn found(matcher: &str, text: &str) -> Vec<String> {
        let matcher: ConfigMatch = toml::from_str(&format!("file = [\"*\"]\n{matcher}")).expect("a matcher");
        let file = SourceFile::in_memory(FileId(0), "a.yml", text);
        let (document, _) = configfile::find(&file).expect("a reader").read(&file);
        let lines = LineIndex::new(text);
        let hits = hits(&matcher, (&file, &document.expect("a document")), &[]);
        hits.iter().map(|hit| format!("{}: {}", lines.line(hit.span.start), hit.details.join(", "))).collect()
    }

    #[test]
    fn conditions_hold_for_what_they_say() {
        let text = "a:\n  - name: x\n    n: 1.10\n    on: true\n  - name: yy\n    n: 3\nk: 2\nm: [1, 2, 3, 4]\nempty: {}\ns: |\n  p\n  qq\n";
        for (matcher, expected) in [
            ("where = [{ path = 'a[*].n', less-than = 2 }]", vec!["3: `n` is `1.10`"]),
            ("each = 'a[*]'\nwhere = [{ path = 'n', at-least = 1 }]", vec!["3: `n` is `1.10`", "6: `n` is `3`"]),
            ("each = 'a[*]'\nwhere = [{ path = 'n' }]\nspare = [{ path = 'on', equals = true }]", vec!["6: `n` is `3`"]),
            ("each = 'a[*]'\nwhere = [{ path = 'on', present = false }]", vec!["5: `on` is missing"]),
            ("where = [{ path = 'empty.b.c', present = false }]", vec!["9: `c` is missing"]),
            (
                "each = 'a.name'\nwhere = [{ matches = '^y' }, { path = 'k', from-root = true }]",
                vec!["5: `name` is `yy`, `k` is `2`"],
            ),
            ("where = [{ path = 'x', or-path = ['k'], one-of = [1, 2] }]", vec!["7: `k` is `2`"]),
            (
                "where = [{ path = 'k', below-share = { of = 'm', share = 0.51 } }, { path = 'm', members-at-least = 4 }]",
                vec!["7: `k` is `2`, `m` is set"],
            ),
            ("where = [{ path = 'k', below-share = { of = 'm', share = 0.5 } }]", vec![]),
            ("where = [{ path = '*', key = '^(k|zz)$', none-of = [7] }]", vec!["7: `k` is `2`"]),
            ("where = [{ path = 'k' }]\nany = [{ path = 'q' }, { path = 'm[0]' }]", vec!["7: `k` is `2`, `1`"]),
            ("where = [{ path = 'a[*].name', matches = 'y', secret = true }]", vec!["5: `name` is set"]),
            ("where = [{ path = 'a[*].name', matches = 'z', present = false, say = 'no z' }]", vec!["2: no z"]),
            ("where = [{ path = 'a[*].name', matches = 'y', present = false }]", vec![]),
            ("where = [{ path = 's', matches = 'q+' }]", vec!["12: `s` is `p…`"]),
            ("where = [{ path = 'a[*].name', lacks = '[xy]' }]", vec![]),
        ] {
            assert_eq!(found(matcher, text), expected, "{matcher}");
        }
    }
}
