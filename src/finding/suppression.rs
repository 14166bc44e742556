//! `forewarn: ignore[rule-id] reason`: an owner's word, in a comment, that a finding is no defect.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::{Finding, fit_to_show};
use crate::rule::RuleSet;
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
    rules: Vec<String>,
    /// Why; None if it is not said.
    pub(super) reason: Option<String>,
    /// Whether it covered a finding.
    pub(super) is_used: bool,
}

/// The comment of any language: begun by `//`, `#`, `/*`, `*`, `<!--`, `--`, `;`, `%`, `{/*` or `'`.
static COMMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?://|#|/\*|\*|<!--|--|;|%|')\s*forewarn:\s*ignore\[(?<rules>[^\]]*)\](?<reason>.*)")
        .expect("constant, and tested")
});

/// All suppressions of a workspace, by file and line.
pub(super) fn find(workspace: &Workspace) -> Vec<Suppression> {
    workspace.files.iter().filter(|file| file.text.contains("forewarn:")).flat_map(in_file).collect()
}

/// The suppression that covers a finding, among those of [`find`].
pub(super) fn covering<'a>(suppressions: &'a mut [Suppression], finding: &Finding) -> Option<&'a mut Suppression> {
    let at = |file, line| (finding.place.file, finding.place.start.line).cmp(&(file, line));
    let first = suppressions.partition_point(|one| at(one.file, one.subject).is_gt());
    let here = suppressions[first..].iter_mut().take_while(|one| at(one.file, one.subject).is_eq());
    here.into_iter().find(|one| one.rules.contains(&finding.rule.id))
}

fn in_file(file: &SourceFile) -> Vec<Suppression> {
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
            rules: captures["rules"].split(',').map(|rule| rule.trim().to_owned()).collect(),
            reason: (!reason.is_empty()).then(|| fit_to_show(reason)),
            is_used: false,
        });
    }
    skip_stacked(&mut found, last);
    found
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
    /// What is wrong with it.
    pub(super) fn notices(&self, rules: &RuleSet) -> Vec<Notice> {
        let list = self.rules.join(", ");
        let mut messages = Vec::new();
        if self.reason.is_none() {
            messages.push(format!("the suppression of `{list}` gives no reason: write it behind the bracket"));
        }
        if !self.is_used {
            let unknown = self.rules.iter().find(|rule| rules.find(rule).is_none());
            let suggestion = unknown.and_then(|rule| rules.nearest(rule)).map(|rule| format!("; did you mean `{rule}`?"));
            messages.push(format!("the suppression of `{list}` was not used{}", suggestion.unwrap_or_default()));
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
            ("// forewarn: ignore[r] why\n// forewarn: ignore[q] other\na()", 3, "why"),
        ];
        for (text, subject, reason) in cases {
            let workspace = Workspace::in_memory([("a", text)]);
            let found = find(&workspace);
            assert_eq!((found[0].subject, found[0].reason.as_deref()), (subject, Some(reason)), "{text}");
            assert!(found[0].rules.contains(&"r".to_owned()), "{text}");
        }
        assert!(find(&Workspace::in_memory([("a", "say(\"forewarn: ignore[r]\")")])).is_empty());
    }
}
