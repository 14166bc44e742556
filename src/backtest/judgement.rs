//! What people who opened the code said of findings: a ledger in tab-separated values.

use std::collections::BTreeMap;

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

/// A ledger that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the ledger: {problem}")]
pub struct LedgerError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// The verdicts by rule. The first line names the columns, of which `rule` and `verdict` are read; lines that begin with `#` are notes.
///
/// # Errors
/// At a line without these columns, and at a verdict that is none.
pub fn read_ledger(text: &str) -> Result<BTreeMap<String, Tally>, LedgerError> {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let Some((first, header)) = lines.next() else { return Ok(BTreeMap::new()) };
    let column = |name: &str| header.split('\t').position(|column| column == name);
    let missing = |name: &str| LedgerError { line: first, problem: format!("there is no column `{name}`") };
    let rule_column = column("rule").ok_or_else(|| missing("rule"))?;
    let verdict_column = column("verdict").ok_or_else(|| missing("verdict"))?;
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (line, text) in lines {
        let cells: Vec<_> = text.split('\t').collect();
        let cell = |at: usize| cells.get(at).copied().ok_or_else(|| LedgerError { line, problem: "it is too short".into() });
        let verdict = match cell(verdict_column)? {
            "true" => Verdict::True,
            "overstated" => Verdict::Overstated,
            "false" => Verdict::False,
            other => return Err(LedgerError { line, problem: format!("`{other}` is not a verdict (true, overstated, false)") }),
        };
        tallies.entry(cell(rule_column)?.to_owned()).or_default().add(verdict);
    }
    Ok(tallies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_counts_verdicts_by_rule_and_names_the_line_that_is_wrong() {
        let text = "# a note\nwallet\trule\tverdict\n1\ta\ttrue\n1\tb\tfalse\n2\ta\toverstated\n2\ta\ttrue\n";
        let tallies = read_ledger(text).unwrap();
        assert_eq!(tallies["a"], Tally { right: 2, overstated: 1, wrong: 0 });
        assert_eq!(tallies["b"].judged(), 1);
        assert_eq!(read_ledger("rule\tverdict\na\tperhaps\n").unwrap_err().line, 2);
        assert_eq!(read_ledger("rule\nb\n").unwrap_err().line, 1);
    }
}
