//! `forewarn: ignore[rule-id] reason`: an owner's word, in a comment, that a finding is no defect.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::{Finding, fit_to_show};
use crate::rule::{Date, RuleSet};
use crate::source::{FileId, Notice, NoticeKind, SourceFile};
use crate::target::Workspace;

/// A comment that sets findings aside.
#[derive(Clone, Debug)]
pub(super) struct Suppression {
    file: FileId,
    path: Arc<str>,
    /// The line of the comment.
    line: u32,
    /// The line that it speaks of: its own if there is code on it, else the next that is no suppression.
    subject: u32,
    /// The rules, each with whether it covered a finding.
    rules: Vec<(String, bool)>,
    /// Why; None if it is not said.
    pub(super) reason: Option<String>,
    /// The last day on which it holds, and whether that day is over.
    until: Option<(Date, bool)>,
}

/// The comment of any language: begun by `//`, `#`, `/*`, `*`, `<!--`, `--`, `;`, `%`, `{/*` or `'`.
static COMMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?://|#|/\*|\*|<!--|--|;|%|')\s*forewarn:\s*ignore\[(?<rules>[^\]]*)\](?<reason>.*)")
        .expect("constant, and tested")
});

/// A comment that was meant as a suppression and is none: nobody may believe that it silences anything.
static ALMOST: LazyLock<Regex> = LazyLock::new(|| {
    let pattern =
        r"(?i)(?://|#|/\*|\*|<!--|--|;|%|')\s*(?:forewarn[:\s_-]+(?:ignore|disable|allow|skip|suppress)|nosec\s+forewarn)";
    Regex::new(pattern).expect("constant, and tested")
});

/// `until 2027-01-01` in a reason.
static UNTIL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\(?\buntil:?\s+(?<day>\d{4}-\d{2}-\d{2})\b\)?[:,;]?").expect("constant, and tested"));

/// The ways in which a finding of a rule is set aside, the narrowest first: of what, and how.
#[must_use]
pub fn ways_to_silence(id: &str) -> [(&'static str, String); 3] {
    [
        ("One place", format!("a comment on its line or the line above, `forewarn: ignore[{id}] reason (until 2027-06-30)`")),
        ("Some paths, or all", format!("in `forewarn.toml`, `[rule.{id}]` with `exclude = [\"scripts/**\"]` or `enabled = false`")),
        ("All current findings", "`forewarn baseline create`".to_owned()),
    ]
}

/// All suppressions of a workspace, by file and line, as they stand on a day.
pub(super) fn find(workspace: &Workspace, as_of: Date) -> Vec<Suppression> {
    workspace.files.iter().filter(|file| file.text.contains("forewarn:")).flat_map(|file| in_file(file, as_of)).collect()
}

/// Comments that look like suppressions and are none.
pub(super) fn almost(workspace: &Workspace) -> Vec<Notice> {
    let lines = workspace.files.iter().filter(|file| names_us(&file.text)).flat_map(|file| {
        let is_almost = |line: &str| ALMOST.is_match(line) && !COMMENT.is_match(line);
        (1..).zip(file.text.lines()).filter(move |(_, line)| is_almost(line)).map(move |(number, _)| (file, number))
    });
    let message = "this comment suppresses nothing: write `forewarn: ignore[rule-id] reason`";
    lines.map(|(file, number)| Notice::about(&file.path, NoticeKind::Configuration, message).at_line(number)).collect()
}

fn names_us(text: &str) -> bool {
    ["forewarn", "Forewarn", "FOREWARN"].iter().any(|name| text.contains(name))
}

/// The suppression that covers a finding, among those of [`find`]. It is marked as used.
pub(super) fn covering<'a>(suppressions: &'a mut [Suppression], finding: &Finding) -> Option<&'a mut Suppression> {
    let at = |file, line| (finding.place.file, finding.place.start.line).cmp(&(file, line));
    let first = suppressions.partition_point(|one| at(one.file, one.subject).is_gt());
    let here = suppressions[first..].iter_mut().take_while(|one| at(one.file, one.subject).is_eq());
    let in_force = here.into_iter().filter(|one| !one.is_over());
    in_force.filter_map(|one| one.take(&finding.rule.id)).next()
}

fn in_file(file: &SourceFile, as_of: Date) -> Vec<Suppression> {
    let mut found: Vec<Suppression> = Vec::new();
    let last = file.text.lines().count() as u32;
    for (number, line) in (1..).zip(file.text.lines()) {
        let Some(captures) = COMMENT.captures(line) else { continue };
        let comment = captures.get(0).map_or(0, |comment| comment.start());
        let is_alone = line[..comment].trim_matches(|char: char| char.is_whitespace() || char == '{').is_empty();
        let reason = captures["reason"].trim().trim_end_matches(['}', '>', '/', '-', '*']).trim_end();
        found.push(Suppression {
            file: file.id,
            path: Arc::clone(&file.path),
            line: number,
            subject: if is_alone { number + 1 } else { number },
            rules: captures["rules"].split([',', ' ']).filter(|id| !id.is_empty()).map(|id| (id.to_lowercase(), false)).collect(),
            reason: said(reason),
            until: until(reason).map(|last| (last, last < as_of)),
        });
    }
    skip_stacked(&mut found, last);
    found
}

/// The last day that a reason names.
fn until(reason: &str) -> Option<Date> {
    UNTIL.captures(reason)?.name("day")?.as_str().parse().ok()
}

/// The reason without the day; None if nothing else is said.
fn said(reason: &str) -> Option<String> {
    let rest = UNTIL.replace(reason, "");
    let has_words = rest.chars().any(char::is_alphanumeric);
    has_words.then(|| fit_to_show(reason))
}

/// Several suppressions above one line all speak of that line.
fn skip_stacked(found: &mut [Suppression], last: u32) {
    for index in (0..found.len().saturating_sub(1)).rev() {
        let next = &found[index + 1];
        let (line, subject) = (next.line, next.subject);
        let is_stacked = found[index].subject == line && subject > line && subject <= last;
        if is_stacked {
            found[index].subject = subject;
        }
    }
}

impl Suppression {
    /// Whether its last day is over.
    fn is_over(&self) -> bool {
        self.until.is_some_and(|(_, is_over)| is_over)
    }

    /// Itself if it names a rule, which counts as used from now on.
    fn take(&mut self, id: &str) -> Option<&mut Self> {
        let (_, is_used) = self.rules.iter_mut().find(|(rule, _)| rule == id)?;
        *is_used = true;
        Some(self)
    }

    /// What is wrong with it.
    pub(super) fn notices(&self, rules: &RuleSet) -> Vec<Notice> {
        let list = |of: &mut dyn Iterator<Item = &(String, bool)>| of.map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(", ");
        let all = list(&mut self.rules.iter());
        let mut messages = Vec::new();
        if self.reason.is_none() {
            messages.push(format!("`forewarn: ignore[{all}]` gives no reason: add one after the bracket"));
        }
        if let Some((day, true)) = self.until {
            messages.push(format!("`forewarn: ignore[{all}]` expired on {day}: fix the finding, or decide again"));
        } else if self.rules.iter().any(|(_, is_used)| !is_used) || self.rules.is_empty() {
            let idle = list(&mut self.rules.iter().filter(|(_, is_used)| !is_used));
            let unknown = self.rules.iter().find(|(rule, _)| rules.find(rule).is_none());
            let suggestion = unknown.and_then(|(rule, _)| rules.nearest(rule)).map(|rule| format!("; did you mean `{rule}`?"));
            messages.push(format!("`forewarn: ignore[{idle}]` suppresses nothing{}", suggestion.unwrap_or_default()));
        }
        let notice = |message| Notice::about(&self.path, NoticeKind::Configuration, message).at_line(self.line);
        messages.into_iter().map(notice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_every_language_are_read() {
        let cases = [
            ("a(); // forewarn: ignore[r] why", 1, "why"),
            ("# forewarn: ignore[r] why\na()", 2, "why"),
            ("<!-- forewarn: ignore[r] why -->\n<a/>", 2, "why"),
            ("  {/* forewarn: ignore[r] why */}\n<a/>", 2, "why"),
            ("/* forewarn: ignore[q, r] why */\na()", 2, "why"),
            ("/* forewarn: ignore[q R] why */\na()", 2, "why"),
            ("// forewarn: ignore[r] why\n// forewarn: ignore[q] other\na()", 3, "why"),
        ];
        for (text, subject, reason) in cases {
            let workspace = Workspace::in_memory([("a", text)]);
            let found = find(&workspace, Date::LAST);
            assert_eq!((found[0].subject, found[0].reason.as_deref()), (subject, Some(reason)), "{text}");
            assert!(found[0].rules.iter().any(|(rule, _)| rule == "r"), "{text}");
            assert!(almost(&workspace).is_empty(), "{text}");
        }
        assert!(find(&Workspace::in_memory([("a", "say(\"forewarn: ignore[r]\")")]), Date::LAST).is_empty());
    }

    #[test]
    fn a_suppression_ends_on_its_last_day() {
        for (text, day, is_over, has_reason) in [
            ("// forewarn: ignore[r] until 2027-01-01: waits for the vendor", "2027-01-01", false, true),
            ("// forewarn: ignore[r] until 2027-01-01: waits for the vendor", "2027-01-02", true, true),
            ("# forewarn: ignore[r] waits for the vendor (until 2027-01-01)", "2027-02-01", true, true),
            ("# forewarn: ignore[r] until 2027-01-01", "2026-12-01", false, false),
            ("# forewarn: ignore[r] until the vendor answers", "2099-01-01", false, true),
        ] {
            let found = find(&Workspace::in_memory([("a", text)]), day.parse().expect("a day"));
            assert_eq!((found[0].is_over(), found[0].reason.is_some()), (is_over, has_reason), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_suppression_is_told() {
        for text in
            ["x() // forewarn: ignore", "# forewarn-ignore rule-a", "// forewarn: disable=rule-a", "/* Forewarn ignore[r] */"]
        {
            assert_eq!(almost(&Workspace::in_memory([("a", text)])).len(), 1, "{text}");
        }
        for text in ["// forewarn users of what follows", "// forewarn: ignore[r] why", "run(\"forewarn: ignore\")"] {
            assert!(almost(&Workspace::in_memory([("a", text)])).is_empty(), "{text}");
        }
    }
}
