//! How often each rule speaks, and how often it is right: `docs/rule-statistics.md`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::risk::Tally;
use crate::rule::{RuleSet, Severity};

use super::{Backtest, Run};

/// A rule that is grave on more than this share of trees states a fashion.
const FASHION: f64 = 0.15;

/// What one rule did over all trees but the sealed ones, of which no finding is told.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    /// Trees in which it reported anything, at the severities of [`Severity::ALL`] by the gravest finding.
    trees: [usize; Severity::ALL.len()],
    findings: usize,
}

impl Use {
    fn all(self) -> usize {
        self.trees.iter().sum()
    }

    /// Trees in which it was high or critical.
    fn grave(self) -> usize {
        Severity::ALL.iter().zip(self.trees).filter(|(severity, _)| **severity >= Severity::High).map(|(_, trees)| trees).sum()
    }
}

/// Writes Markdown: a row for each rule that spoke or was judged, the most frequent first.
///
/// # Errors
/// If the writer fails.
pub fn write_statistics(
    backtest: &Backtest,
    ledger: &BTreeMap<String, Tally>,
    rules: &RuleSet,
    out: &mut dyn Write,
) -> io::Result<()> {
    let runs: Vec<&Run> = runs(backtest).collect();
    let uses = uses(&runs);
    let mut ids: Vec<&str> = uses.keys().copied().chain(ledger.keys().map(String::as_str)).collect();
    ids.sort_unstable();
    ids.dedup();
    let usage = |id: &str| uses.get(id).copied().unwrap_or_default();
    ids.sort_by_key(|id| (std::cmp::Reverse(usage(id).grave()), std::cmp::Reverse(usage(id).all()), *id));
    head(&runs, ledger, rules, ids.len(), out)?;
    for id in ids {
        let Use { findings, .. } = usage(id);
        let Tally { right, overstated, wrong } = ledger.get(id).copied().unwrap_or_default();
        let severity = rules.rules.iter().find(|rule| rule.id == *id).map_or("retired", |rule| rule.body.severity.name());
        let (all, grave) = (usage(id).all(), usage(id).grave());
        let share = if runs.is_empty() { 0.0 } else { grave as f64 / runs.len() as f64 };
        let mark = if share > FASHION { " (fashion)" } else { "" };
        writeln!(out, "| `{id}` | {severity} | {all} | {grave}{mark} | {findings} | {right} | {overstated} | {wrong} |")?;
    }
    Ok(())
}

fn head(runs: &[&Run], ledger: &BTreeMap<String, Tally>, rules: &RuleSet, rows: usize, out: &mut dyn Write) -> io::Result<()> {
    let judged: usize = ledger.values().map(|tally| tally.judged()).sum();
    writeln!(out, "# How often each rule speaks, and how often it is right\n")?;
    writeln!(
        out,
        "Made by `forewarn backtest CORPUS… --repos DIR --as-of-disclosure --statistics FILE --judgements rules/risk/judgements.tsv`: \
         {} trees, each as of its own day; {judged} judgements of people who opened the code. {} of {} rules spoke or were judged. \
         A rule that is high or critical on more than {:.0} % of the trees is marked: it states a fashion.\n",
        runs.len(),
        rows,
        rules.rules.len(),
        FASHION * 100.0
    )?;
    writeln!(out, "| rule | severity | trees | of these high or critical | findings | judged true | overstated | false |")?;
    writeln!(out, "|---|---|---|---|---|---|---|---|")
}

fn runs(backtest: &Backtest) -> impl Iterator<Item = &Run> {
    let incidents = backtest.incidents.iter().filter(|(incident, _)| !incident.is_sealed);
    let controls = backtest.controls.iter().filter(|(control, _)| !control.is_sealed);
    let incidents = incidents.filter_map(|(_, tried)| Some(&tried.as_ref().ok()?.run));
    incidents.chain(controls.filter_map(|(_, tried)| tried.as_ref().ok()))
}

fn uses<'b>(runs: &[&'b Run]) -> BTreeMap<&'b str, Use> {
    let mut uses: BTreeMap<&str, Use> = BTreeMap::new();
    for (id, firing) in runs.iter().flat_map(|run| &run.rules) {
        let usage = uses.entry(id).or_default();
        usage.findings += firing.findings;
        let place = Severity::ALL.iter().position(|severity| *severity == firing.worst);
        usage.trees[place.expect("every severity is in ALL")] += 1;
    }
    uses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtest::{Control, Firing};

    fn run(rules: &[(&str, usize, Severity)]) -> Run {
        let rules = rules.iter().map(|&(id, findings, worst)| (id.to_owned(), Firing { findings, worst })).collect();
        Run { rules, ..Run::default() }
    }

    #[test]
    fn a_rule_that_is_often_grave_is_marked_and_verdicts_stand_beside_it() {
        let control: Control = toml::from_str("id='a'\nrepo='o/n'\ncommit='HEAD'\ndate='2020-01-01'").unwrap();
        let runs = [run(&[("loud", 3, Severity::High), ("quiet", 1, Severity::Low)]), run(&[("quiet", 2, Severity::Low)])];
        let controls = runs.into_iter().map(|run| (control.clone(), Ok(run))).collect();
        let backtest = Backtest { controls, ..Backtest::default() };
        let ledger = [("quiet".to_owned(), Tally { right: 1, overstated: 0, wrong: 2 })].into();
        let mut out = Vec::new();
        write_statistics(&backtest, &ledger, &RuleSet::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("| `loud` | retired | 1 | 1 (fashion) | 3 | 0 | 0 | 0 |"), "{text}");
        assert!(text.contains("| `quiet` | retired | 2 | 0 | 3 | 1 | 0 | 2 |"), "{text}");
        assert!(text.contains("2 trees") && text.contains("3 judgements"), "{text}");
    }
}
