//! What people who opened the code said of findings: a ledger in tab-separated values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::signal::{Evidence, Signal, judged_as, rule_and_form};
use crate::finding::Exposure;
use crate::rule::{Confidence, Graded, RuleSet, Severity};

/// What a reader said of one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is right, and as grave as it says.
    True,
    /// It is right in fact, and less grave than it says.
    Overstated,
    /// Its claim is wrong.
    False,
}

/// A judged finding: one line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The rule.
    pub rule: String,
    /// The form of its defect, if that is judged apart.
    pub form: Option<String>,
    /// The severity that was reported.
    pub severity: Severity,
    /// The confidence that was reported.
    pub confidence: Confidence,
    /// How far the place is from a user.
    pub exposure: Exposure,
    /// What the claim rests on.
    pub evidence: Evidence,
    /// Whether the claim was right.
    pub verdict: Verdict,
    /// What an auditor would rate it; None if the claim is wrong.
    pub rating: Option<Severity>,
    /// `owner/name` of the repository in which it was found.
    pub repository: String,
    /// Whether it is a second reading of a finding that is in the ledger already: it shows how far readers agree, and counts no second
    /// time.
    pub is_second: bool,
}

/// The readers who read again, blind, what others had judged.
const SECOND_READERS: [&str; 2] = ["d", "q"];

/// Each judged finding once.
#[must_use]
pub fn first_readings(ledger: &[Judgement]) -> Vec<Judgement> {
    ledger.iter().filter(|judgement| !judgement.is_second).cloned().collect()
}

/// The ledger as the rules would report it now. A rule that was lowered after it had been judged says less of the same finding, and
/// what is learned of a severity is used for findings of today.
#[must_use]
pub fn reported_now(mut ledger: Vec<Judgement>, rules: &RuleSet) -> Vec<Judgement> {
    for judgement in &mut ledger {
        if let Some(rule) = rules.rules.iter().find(|rule| rule.id == judgement.rule) {
            let graded = rule.body.grades.iter().filter_map(|grade| match grade.severity {
                Graded::As(severity) => Some(severity),
                Graded::None => None,
            });
            judgement.severity = judgement.severity.min(graded.fold(rule.body.severity, Severity::max));
        }
    }
    ledger
}

impl Judgement {
    /// The finding as the score sees it.
    #[must_use]
    pub fn signal(&self, pack: String) -> Signal {
        let &Self { severity, confidence, exposure, evidence, .. } = self;
        Signal { rule: self.rule.clone(), form: self.form.clone(), pack, severity, confidence, exposure, evidence }
    }

    /// Under which name it counts.
    #[must_use]
    pub fn judged_as(&self) -> Cow<'_, str> {
        judged_as(&self.rule, self.form.as_deref())
    }

    /// Whether an auditor would report it as serious.
    #[must_use]
    pub fn is_serious(&self) -> bool {
        self.rating >= Some(Severity::High)
    }
}

/// How often each verdict was given of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Verdicts of [`Verdict::True`].
    pub right: usize,
    /// Verdicts of [`Verdict::Overstated`].
    pub overstated: usize,
    /// Verdicts of [`Verdict::False`].
    pub wrong: usize,
}

impl Tally {
    /// How many findings were judged.
    #[must_use]
    pub const fn judged(self) -> usize {
        self.right + self.overstated + self.wrong
    }

    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::True => self.right += 1,
            Verdict::Overstated => self.overstated += 1,
            Verdict::False => self.wrong += 1,
        }
    }
}

/// The verdicts by rule, each finding counted once.
#[must_use]
pub fn tallies(ledger: &[Judgement]) -> BTreeMap<String, Tally> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for judgement in ledger.iter().filter(|judgement| !judgement.is_second) {
        tallies.entry(judgement.rule.clone()).or_default().add(judgement.verdict);
    }
    tallies
}

/// The ledger that is part of the program.
///
/// # Panics
/// Never in a released program: a test reads it.
#[must_use]
pub fn embedded_ledger() -> Vec<Judgement> {
    read_ledger(include_str!("../../rules/risk/judgements.tsv")).expect("a test reads the embedded ledger")
}

/// A ledger that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the ledger: {problem}")]
pub struct LedgerError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// Reads a ledger. The first line names the columns; lines that begin with `#` are notes.
///
/// # Errors
/// At a line without the columns that are read, at a word that none of them has, and at a rating that contradicts its verdict.
pub fn read_ledger(text: &str) -> Result<Vec<Judgement>, LedgerError> {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let Some((first, header)) = lines.next() else { return Ok(Vec::new()) };
    let names: Vec<_> = header.split('\t').collect();
    if let Some(missing) = COLUMNS.iter().find(|column| !names.contains(column)) {
        return Err(LedgerError { line: first, problem: format!("there is no column `{missing}`") });
    }
    lines.map(|(line, text)| read_line(&names, text).map_err(|problem| LedgerError { line, problem })).collect()
}

/// The columns that are read.
const COLUMNS: [&str; 9] = ["rule", "severity", "confidence", "exposure", "evidence", "verdict", "rating", "repository", "reader"];

fn read_line(names: &[&str], text: &str) -> Result<Judgement, String> {
    let cells: Vec<_> = text.split('\t').collect();
    if cells.len() < names.len() {
        return Err("it is too short".into());
    }
    let cell = |name: &str| names.iter().position(|column| *column == name).map_or("", |at| cells[at]);
    let severity = |name| word(cell(name), name, &Severity::ALL.map(|one| (one.name(), one)));
    let verdicts = [("true", Verdict::True), ("overstated", Verdict::Overstated), ("false", Verdict::False)];
    let verdict = word(cell("verdict"), "verdict", &verdicts)?;
    let rating = if cell("rating") == "none" { None } else { Some(severity("rating")?) };
    let (rule, form) = rule_and_form(cell("rule"));
    let judgement = Judgement {
        rule,
        form,
        severity: severity("severity")?,
        confidence: word(cell("confidence"), "confidence", &Confidence::ALL.map(|one| (one.name(), one)))?,
        exposure: word(cell("exposure"), "exposure", &Exposure::ALL.map(|one| (one.name(), one)))?,
        evidence: word(cell("evidence"), "evidence", &Evidence::ALL.map(|one| (one.name(), one)))?,
        verdict,
        rating,
        repository: cell("repository").to_owned(),
        is_second: SECOND_READERS.contains(&cell("reader")),
    };
    let expected = match judgement.rating {
        None => Verdict::False,
        Some(rating) if rating < judgement.severity => Verdict::Overstated,
        Some(_) => Verdict::True,
    };
    if expected == verdict { Ok(judgement) } else { Err(format!("the rating `{}` contradicts the verdict", cell("rating"))) }
}

fn word<T: Copy>(text: &str, column: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        format!("`{text}` is not a {column} ({})", words.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# a note\nrule\tseverity\tconfidence\texposure\tevidence\tverdict\trating\trepository\treader\treason\n";

    fn ledger(rows: &[&str]) -> Result<Vec<Judgement>, LedgerError> {
        let rows: String = rows.iter().map(|row| format!("{}\to/n\tc\tr\n", row.replace(' ', "\t"))).collect();
        read_ledger(&format!("{HEAD}{rows}"))
    }

    #[test]
    fn a_ledger_counts_verdicts_by_rule_and_names_the_line_that_is_wrong() {
        let rows = [
            "a high high shipped api true critical",
            "b high low test name false none",
            "a high high shipped api overstated medium",
        ];
        let ledger_read = ledger(&rows).unwrap();
        let tallies = tallies(&ledger_read);
        assert_eq!(tallies["a"], Tally { right: 1, overstated: 1, wrong: 0 });
        assert_eq!(tallies["b"].judged(), 1);
        assert_eq!(ledger_read.iter().map(Judgement::is_serious).collect::<Vec<_>>(), [true, false, false]);
        assert_eq!(ledger(&["a high high shipped api perhaps high"]).unwrap_err().line, 3);
        assert_eq!(read_ledger("rule\nb\n").unwrap_err().line, 1);
    }

    #[test]
    fn a_rating_agrees_with_its_verdict() {
        for wrong in [
            "a high high shipped api true medium",
            "a high high shipped api false low",
            "a high high shipped api overstated critical",
        ] {
            assert!(ledger(&[wrong]).unwrap_err().problem.contains("contradicts"), "{wrong}");
        }
    }

    #[test]
    fn the_ledger_of_the_program_can_be_read_and_every_form_in_it_is_one_of_its_rule() {
        let ledger = embedded_ledger();
        assert!(ledger.len() > 100);
        let rules = RuleSet::embedded().expect("the embedded rules load");
        let is_known = |judgement: &&Judgement| {
            let rule = rules.find(&judgement.rule);
            judgement.form.as_deref().is_none_or(|form| rule.is_some_and(|rule| rule.forms().any(|known| known == form)))
        };
        let unknown: Vec<_> = ledger.iter().filter(|judgement| !is_known(judgement)).map(Judgement::judged_as).collect();
        assert!(unknown.is_empty() && ledger.iter().any(|judgement| judgement.form.is_some()), "{unknown:?}");
    }
}
