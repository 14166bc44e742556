//! Plain answers for somebody who asks whether to trust a wallet. A finding answers; silence answers only where the code that could
//! answer was read.

use crate::finding::{Finding, Triage};
use crate::rule::label::{Good, Question, Questions};
use crate::rule::{Confidence, RuleSet};

/// What is known of a question besides the findings.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The findings.
    pub triage: &'a Triage,
    /// The rules that were applied.
    pub rules: &'a RuleSet,
    /// The share of shipped code that was analysed, 0 to 1.
    pub share: f64,
    /// Of the analysed lines, the share in languages about which silence says something, 0 to 1.
    pub known_share: f64,
    /// The languages about which it says nothing, those with most lines first.
    pub foreign: &'a [&'static str],
    /// Files of code that were analysed.
    pub files: usize,
    /// Whether a limit of the analysis was reached for the tree as a whole.
    pub is_cut: bool,
    /// Submodules that are not checked out: their code could answer differently.
    pub missing: usize,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The question's name for programs.
    pub id: &'static str,
    /// The question.
    pub asks: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// The answer in a word.
    pub word: Word,
    /// Whether it is the reassuring one, as far as there is one.
    pub tone: Tone,
    /// What it rests on, the weightiest first.
    pub evidence: Vec<String>,
}

/// An answer in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Something speaks against it that is not grave or not sure.
    Partly,
    /// What could answer was not read, or is not in the tree.
    Unknown,
}

/// How an answer is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Reassuring.
    Good,
    /// A reason to look closer.
    Doubtful,
    /// A reason not to use the wallet.
    Bad,
    /// Neither.
    Open,
}

impl Word {
    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Partly => "partly",
            Self::Unknown => "unknown",
        }
    }
}

impl Tone {
    /// Its name in pictures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Doubtful => "doubtful",
            Self::Bad => "bad",
            Self::Open => "open",
        }
    }
}

/// So many findings are named for a question.
const NAMED: usize = 3;

/// Answers every question. `seen` says of each, in order, whether the tree has the code that could answer.
#[must_use]
pub fn answers(questions: &'static Questions, ground: Ground<'_>, seen: &[bool]) -> Vec<Answer> {
    let seen = seen.iter().copied().chain(std::iter::repeat(false));
    questions.all.iter().zip(seen).map(|(question, seen)| answer(question, questions, ground, seen)).collect()
}

fn answer(question: &'static Question, questions: &Questions, ground: Ground<'_>, is_seen: bool) -> Answer {
    let (word, tone, evidence) = match against(question, ground) {
        Some((tone, evidence)) => (bad_word(question, tone), tone, evidence),
        None => match unanswerable(question, questions, ground, is_seen) {
            Some(reason) => (Word::Unknown, Tone::Open, vec![reason]),
            None => (good_word(question), Tone::Good, vec![silence(question, ground)]),
        },
    };
    Answer { id: &question.id, asks: &question.asks, why: &question.why, word, tone, evidence }
}

const fn good_word(question: &Question) -> Word {
    match question.good {
        Good::Yes => Word::Yes,
        Good::No => Word::No,
    }
}

const fn bad_word(question: &Question, tone: Tone) -> Word {
    match (tone, question.good) {
        (Tone::Doubtful, _) => Word::Partly,
        (_, Good::Yes) => Word::No,
        (_, Good::No) => Word::Yes,
    }
}

/// What speaks against the reassuring answer, the gravest first.
fn against(question: &Question, ground: Ground<'_>) -> Option<(Tone, Vec<String>)> {
    let all = ground.triage.standing().filter(|finding| question.is_answered_by(&finding.rule));
    let mut all: Vec<_> = all.filter(|finding| finding.severity >= question.partly_from).collect();
    all.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| b.confidence.cmp(&a.confidence)));
    let remarks = ground.triage.project.iter().filter(|remark| question.remarks.contains(&remark.rule.id));
    let remarks: Vec<_> = remarks.filter_map(|remark| remark.rule.body.remark.clone()).collect();
    let is_bad = |finding: &&Finding| finding.severity >= question.bad_from && finding.confidence > Confidence::Low;
    let tone = if all.iter().any(is_bad) || !remarks.is_empty() { Tone::Bad } else { Tone::Doubtful };
    let mut evidence: Vec<String> = Vec::new();
    let mut rules: Vec<&str> = Vec::new();
    for finding in &all {
        if rules.len() < NAMED && !rules.contains(&finding.rule.id.as_str()) {
            rules.push(&finding.rule.id);
            evidence.push(told(finding));
        }
    }
    let rest = all.len().saturating_sub(evidence.len());
    if rest > 0 {
        evidence.push(format!("and {rest} more finding{}", if rest == 1 { "" } else { "s" }));
    }
    evidence.extend(remarks.into_iter().map(|remark| format!("Project: {remark}")));
    (!evidence.is_empty()).then_some((tone, evidence))
}

/// `Recovery phrase in a log (src/main.js:33, high)`.
fn told(finding: &Finding) -> String {
    let subject = finding.package.as_ref().map(|package| format!(": {} {}", package.name, package.version)).unwrap_or_default();
    let (path, line) = (&finding.place.path, finding.place.start.line);
    format!("{}{subject} ({path}:{line}, {})", finding.rule.body.title, finding.severity.name())
}

/// Why silence is no answer, if it is none.
fn unanswerable(question: &Question, questions: &Questions, ground: Ground<'_>, is_seen: bool) -> Option<String> {
    if question.proves_nothing || !is_seen {
        return Some(question.absent.clone());
    }
    if !question.needs_code {
        return None;
    }
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    if ground.share < questions.least_coverage {
        return Some(format!("Nothing was found, but only {} of the shipped code could be read.", percent(ground.share)));
    }
    if ground.known_share < questions.least_coverage {
        let part = percent(1.0 - ground.known_share);
        let languages = match ground.foreign {
            [] => "languages".to_owned(),
            [one] => (*one).to_owned(),
            [one, other] => format!("{one} and {other}"),
            [one, other, ..] => format!("{one}, {other} and others"),
        };
        return Some(format!("Nothing was found, but {part} of the code is in {languages}, which these rules do not know well."));
    }
    if ground.missing > 0 {
        let (number, verb) = if ground.missing == 1 { ("a submodule", "is") } else { ("submodules", "are") };
        return Some(format!("Nothing was found, but {number} with further code {verb} not checked out."));
    }
    ground.is_cut.then(|| "Nothing was found, but the analysis stopped at a limit.".to_owned())
}

/// What a reassuring answer rests on.
fn silence(question: &Question, ground: Ground<'_>) -> String {
    if let Some(text) = &question.silent {
        return text.clone();
    }
    let rules = ground.rules.rules.iter().filter(|rule| question.is_answered_by(rule)).count();
    let files = if question.needs_code { format!(" in {} files of code", ground.files) } else { String::new() };
    format!("{rules} rules found nothing significant{files}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{FindingBuilder, test_rule};
    use crate::rule::Severity;
    use crate::source::{FileId, Span};
    use crate::target::Workspace;

    fn triage(severity: Option<(Severity, Confidence)>) -> Triage {
        let mut rule = (*test_rule("keygen-own")).clone();
        rule.pack = "key-generation".into();
        let workspace = Workspace::in_memory([("a.ts", "x")]);
        let finding = |(severity, confidence)| {
            let rule = std::sync::Arc::new(rule.clone());
            FindingBuilder::new(&rule, &workspace, FileId(0), Span::new(0, 1)).severity(severity).confidence(confidence).build()
        };
        Triage { reported: severity.into_iter().map(finding).collect(), ..Triage::default() }
    }

    fn randomness(triage: &Triage, change: impl FnOnce(&mut Ground<'_>), seen: bool) -> (Word, Tone) {
        let rules = RuleSet::default();
        let mut ground =
            Ground { triage, rules: &rules, share: 1.0, known_share: 1.0, foreign: &[], files: 1, is_cut: false, missing: 0 };
        change(&mut ground);
        let answer = answers(Questions::embedded(), ground, &[seen]).swap_remove(0);
        assert_eq!(answer.id, "randomness");
        (answer.word, answer.tone)
    }

    #[test]
    fn findings_answer_by_their_weight() {
        let word = |severity, confidence| randomness(&triage(Some((severity, confidence))), |_| {}, true).0;
        assert_eq!(word(Severity::Critical, Confidence::High), Word::No);
        assert_eq!(word(Severity::High, Confidence::Low), Word::Partly);
        assert_eq!(word(Severity::Medium, Confidence::High), Word::Partly);
        assert_eq!(word(Severity::Low, Confidence::High), Word::Yes);
    }

    #[test]
    fn silence_answers_only_where_the_code_was_read() {
        let none = triage(None);
        assert_eq!(randomness(&none, |_| {}, true), (Word::Yes, Tone::Good));
        let unknown = (Word::Unknown, Tone::Open);
        assert_eq!(randomness(&none, |_| {}, false), unknown);
        assert_eq!(randomness(&none, |ground| ground.share = 0.5, true), unknown);
        assert_eq!(randomness(&none, |ground| ground.known_share = 0.5, true), unknown);
        assert_eq!(randomness(&none, |ground| ground.is_cut = true, true), unknown);
        assert_eq!(randomness(&none, |ground| ground.missing = 1, true), unknown, "a submodule may hold what answers");
        let found = triage(Some((Severity::High, Confidence::High)));
        assert_eq!(randomness(&found, |ground| ground.share = 0.0, false).0, Word::No, "a finding is one however little was read");
    }
}
