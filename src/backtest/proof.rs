//! Whether the score can be believed: figures over cases and audited controls, each with what chance and simpler guesses reach.

use std::collections::BTreeSet;

use serde::Serialize;

use super::judge::HEADS;
use super::sample::{self, Bin, Estimate, Item};
use super::{Backtest, Incident, IncidentRun, Run};
use crate::rule::{Date, Severity};

/// Shares of false alarms at which it is told how many cases are warned of.
const RATES: [f64; 3] = [0.05, 0.1, 0.2];
/// Trees from which on there is a side of their own before and after these days.
const SPLITS: [Date; 2] = [Date { year: 2022, month: 1, day: 1 }, Date { year: 2024, month: 1, day: 1 }];
/// A score that changes by less is the same.
const SAME: f64 = 0.05;
/// A rise by more than this is counted by itself.
const CLEAR_RISE: f64 = 2.0;
/// A control is as large as a case if neither has more than so many times the lines of the other.
const LIKE_IN_SIZE: f64 = 4.0;

/// Everything that speaks for or against the score.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// Trees with a disclosed defect that have a score.
    pub cases: usize,
    /// Audited trees without one that have a score.
    pub controls: usize,
    /// Trees that were scanned and have no score: too little of them was analysed.
    pub unscored: usize,
    /// Cases against controls.
    pub auc: Option<Estimate>,
    /// The same over the sealed trees alone, on which no rule was written.
    pub unseen: Side,
    /// The same against controls of the same kind and about the same size; and how many cases have any.
    pub matched: Option<(Estimate, usize)>,
    /// The mean square of what the probability was wrong by, cases counting as much as controls (as in the fit): 0.25 for somebody who
    /// says one half every time.
    pub brier: Option<f64>,
    /// By how much the probability is wrong on the average, cases counting as much as controls.
    pub calibration_error: Option<f64>,
    /// The same if each tree counts once, whatever the share of cases in the corpus is.
    pub calibration_error_by_tree: Option<f64>,
    /// What was said and what was, by tenths.
    pub calibration: Vec<Bin>,
    /// Cases warned of at a share of false alarms.
    pub recall: Vec<Recall>,
    /// The same wallet with the defect and without it.
    pub pairs: Pairs,
    /// Pairs whose defect was located.
    pub located_pairs: Pairs,
    /// Whether the defect stands at the top of the report.
    pub named: Named,
    /// How long before disclosure the defect could have been told of.
    pub lead: Lead,
    /// The figure on either side of a day.
    pub splits: Vec<Split>,
    /// The figure without one weakness.
    pub ablation: Vec<Ablation>,
    /// Simpler guesses.
    pub baselines: Vec<Baseline>,
    /// Scores by what the trees are.
    pub groups: Vec<Group>,
}

/// How many cases are warned of.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recall {
    /// The share of controls that may be warned of.
    pub false_alarms: f64,
    /// The share of the cases.
    pub recall: Estimate,
    /// The score from which on there is a warning.
    pub threshold: f64,
}

/// What becomes of the score when the defect is fixed, as of the same day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pairs {
    /// It falls.
    pub falls: usize,
    /// It stays.
    pub same: usize,
    /// It rises.
    pub rises: usize,
    /// It rises by more than two points.
    pub rises_clearly: usize,
}

impl Pairs {
    fn add(&mut self, change: f64) {
        self.falls += usize::from(change <= -SAME);
        self.same += usize::from(change.abs() < SAME);
        self.rises += usize::from(change >= SAME);
        self.rises_clearly += usize::from(change > CLEAR_RISE);
    }

    pub(super) const fn all(self) -> usize {
        self.falls + self.same + self.rises
    }
}

/// Whether the defect is among the first findings of a report: told by a rule of its class within twenty lines of a named place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// Cases that were scanned.
    pub cases: usize,
    /// Cases whose defect is anywhere in the report.
    pub located: usize,
    /// Cases whose defect is among the first three, and the first five.
    pub first: [usize; HEADS.len()],
    /// How many would be if these findings lay anywhere in the code.
    pub by_chance: [f64; HEADS.len()],
}

/// Days from when a defect could first be told of to its disclosure: it had come in, and what the rule knows was public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Lead {
    /// Located cases whose history is known.
    pub cases: usize,
    /// The first quarter, the middle and the third quarter of their days.
    pub days: Option<[f64; 3]>,
}

/// The figure on one side of a day.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Split {
    /// The day.
    #[serde(serialize_with = "as_text")]
    pub day: Date,
    /// Of the trees before it.
    pub before: Side,
    /// Of the trees from it on.
    pub after: Side,
}

/// Some of the trees.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Side {
    /// Cases.
    pub cases: usize,
    /// Controls.
    pub controls: usize,
    /// The figure over them.
    pub auc: Option<Estimate>,
}

/// The figure without what is said of a weakness.
#[derive(Clone, Debug, Serialize)]
pub struct Ablation {
    /// The weakness.
    pub weakness: String,
    /// Trees that have something of it.
    pub trees: usize,
    /// The figure without it.
    pub auc: f64,
    /// By how much it is lower than with it.
    pub loss: Estimate,
}

/// A simpler guess.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Baseline {
    /// What it goes by.
    pub name: &'static str,
    /// Its figure.
    pub auc: Estimate,
    /// By how much the score is better.
    pub gain: Estimate,
}

/// The scores of some trees.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Group {
    /// What they are.
    pub name: &'static str,
    /// How many.
    pub trees: usize,
    /// The first quarter, the middle and the third quarter of their scores.
    pub scores: [f64; 3],
}

fn as_text<S: serde::Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// A case or control with a score.
struct Tree<'b> {
    repository: &'b str,
    is_case: bool,
    is_sealed: bool,
    day: Date,
    run: &'b Run,
    score: f64,
}

impl Proof {
    /// What a backtest proves; None without both cases and controls that have a score.
    #[must_use]
    pub fn of(backtest: &Backtest) -> Option<Self> {
        let trees = trees(backtest);
        let cases = trees.iter().filter(|tree| tree.is_case).count();
        let controls = trees.len() - cases;
        if cases == 0 || controls == 0 {
            return None;
        }
        let items = items(&trees, |tree| tree.score / 100.0);
        let balanced = sample::balanced(&items);
        let bins = sample::calibration(&items, &balanced);
        let by_tree = sample::calibration(&items, &vec![1.0; items.len()]);
        Some(Self {
            cases,
            controls,
            unscored: runs(backtest).filter(|run| run.score.is_none()).count(),
            unseen: side(&trees, |tree| tree.is_sealed),
            auc: sample::estimate(&items, |weights| sample::auc(&items, weights)),
            matched: matched(&trees, &items),
            brier: sample::brier(&items, &balanced),
            calibration_error: sample::calibration_error(&bins),
            calibration_error_by_tree: sample::calibration_error(&by_tree),
            calibration: bins,
            recall: RATES.into_iter().filter_map(|rate| recall(&items, rate)).collect(),
            pairs: pairs(backtest, |_| true),
            located_pairs: pairs(backtest, IncidentRun::is_located),
            named: named(backtest),
            lead: lead(backtest),
            splits: SPLITS.into_iter().map(|day| split(&trees, day)).collect(),
            ablation: ablation(&trees, &items),
            baselines: baselines(&trees, &items),
            groups: groups(backtest, &trees),
        })
    }
}

fn runs(backtest: &Backtest) -> impl Iterator<Item = &Run> {
    let incidents = backtest.incidents.iter().filter_map(|(_, tried)| Some(&tried.as_ref().ok()?.run));
    incidents.chain(backtest.controls.iter().filter_map(|(_, tried)| tried.as_ref().ok()))
}

/// Incidents that were scanned and are cases: one that was never disclosed is an example of a pattern.
fn disclosed(backtest: &Backtest) -> impl Iterator<Item = (&Incident, &IncidentRun, Date)> {
    backtest.incidents.iter().filter_map(|(incident, tried)| Some((incident, tried.as_ref().ok()?, incident.disclosed_date?)))
}

/// Cases and audited controls with a score.
fn trees(backtest: &Backtest) -> Vec<Tree<'_>> {
    let cases = disclosed(backtest).filter_map(|(incident, case, day)| {
        let repository = incident.repo.as_deref().or(incident.registry.as_deref()).unwrap_or(&incident.id);
        Some(Tree { repository, is_case: true, is_sealed: incident.is_sealed, day, run: &case.run, score: case.run.score? })
    });
    let controls = backtest.controls.iter().filter(|(control, _)| !control.is_background).filter_map(|(control, tried)| {
        let run = tried.as_ref().ok()?;
        let (repository, is_sealed) = (control.repo.as_str(), control.is_sealed);
        Some(Tree { repository, is_case: false, is_sealed, day: control.date, run, score: run.score? })
    });
    cases.chain(controls).collect()
}

fn items(trees: &[Tree<'_>], value: impl Fn(&Tree<'_>) -> f64) -> Vec<Item> {
    let item = |tree: &Tree<'_>| Item { repository: tree.repository.to_owned(), is_case: tree.is_case, value: value(tree) };
    trees.iter().map(item).collect()
}

/// Each case against the controls of its kind and size.
fn matched(trees: &[Tree<'_>], items: &[Item]) -> Option<(Estimate, usize)> {
    let is_like = |case: usize, control: usize| {
        let (a, b) = (trees[case].run, trees[control].run);
        let (more, less) = (a.lines.max(b.lines).max(1) as f64, a.lines.min(b.lines).max(1) as f64);
        a.kind == b.kind && more <= less * LIKE_IN_SIZE
    };
    let has_like = |case: &usize| (0..trees.len()).any(|control| !trees[control].is_case && is_like(*case, control));
    let cases = (0..trees.len()).filter(|&index| trees[index].is_case).filter(has_like).count();
    Some((sample::estimate(items, sample::matched_auc(items, is_like))?, cases))
}

fn recall(items: &[Item], rate: f64) -> Option<Recall> {
    let recall = sample::estimate(items, |weights| sample::recall(items, weights, rate))?;
    let threshold = 100.0 * sample::threshold(items, &vec![1.0; items.len()], rate);
    Some(Recall { false_alarms: rate, recall, threshold })
}

/// What the fix of a case's defect does to the score. A commit that is the fix of several cases counts for each of them.
fn pairs(backtest: &Backtest, is_asked: impl Fn(&IncidentRun) -> bool) -> Pairs {
    let mut pairs = Pairs::default();
    for (_, case, _) in disclosed(backtest).filter(|(_, case, _)| is_asked(case)) {
        let fixed = case.fixed.as_ref().and_then(|fixed| fixed.as_ref().ok()?.score);
        if let Some((before, after)) = case.run.score.zip(fixed) {
            pairs.add(after - before);
        }
    }
    pairs
}

fn named(backtest: &Backtest) -> Named {
    let mut named = Named::default();
    for (_, case, _) in disclosed(backtest) {
        named.cases += 1;
        named.located += usize::from(case.is_located());
        for (index, head) in HEADS.into_iter().enumerate() {
            named.first[index] += usize::from(case.rank.first.is_some_and(|place| place <= head));
            named.by_chance[index] += case.rank.chance[index];
        }
    }
    named
}

fn lead(backtest: &Backtest) -> Lead {
    let days: Vec<_> = disclosed(backtest)
        .filter_map(|(incident, case, disclosed)| {
            let known = case.hits.iter().filter(|hit| hit.is_right).map(|hit| hit.known_since).min()?;
            let from = incident.introduced_date?.max(known);
            Some((disclosed.days() - from.days()).max(0) as f64)
        })
        .collect();
    Lead { cases: days.len(), days: sample::quartiles(days) }
}

fn split(trees: &[Tree<'_>], day: Date) -> Split {
    Split { day, before: side(trees, |tree| tree.day < day), after: side(trees, |tree| tree.day >= day) }
}

/// The figure over some of the trees.
fn side(trees: &[Tree<'_>], is_in: impl Fn(&Tree<'_>) -> bool) -> Side {
    let chosen = trees.iter().filter(|tree| is_in(tree));
    let item = |tree: &Tree<'_>| Item { repository: tree.repository.to_owned(), is_case: tree.is_case, value: tree.score };
    let items: Vec<_> = chosen.map(item).collect();
    let cases = items.iter().filter(|item| item.is_case).count();
    Side { cases, controls: items.len() - cases, auc: sample::estimate(&items, |weights| sample::auc(&items, weights)) }
}

/// By how much one order of the trees is better than another, both over the same draws.
fn difference(better: &[Item], other: &[Item]) -> Option<Estimate> {
    sample::estimate(better, |weights| Some(sample::auc(better, weights)? - sample::auc(other, weights)?))
}

fn ablation(trees: &[Tree<'_>], with: &[Item]) -> Vec<Ablation> {
    let weaknesses: BTreeSet<&str> = trees.iter().flat_map(|tree| tree.run.without.keys().map(String::as_str)).collect();
    let ablate = |weakness: &str| {
        let without = items(trees, |tree| tree.run.without.get(weakness).copied().unwrap_or(tree.score));
        Some(Ablation {
            weakness: weakness.to_owned(),
            trees: trees.iter().filter(|tree| tree.run.without.contains_key(weakness)).count(),
            auc: sample::auc(&without, &vec![1.0; without.len()])?,
            loss: difference(with, &without)?,
        })
    };
    let mut ablations: Vec<_> = weaknesses.into_iter().filter_map(ablate).collect();
    ablations.sort_by(|a, b| b.loss.value.total_cmp(&a.loss.value));
    ablations
}

/// What somebody would guess who has no score.
fn baselines(trees: &[Tree<'_>], score: &[Item]) -> Vec<Baseline> {
    /// What a guess goes by, of one tree.
    type Guess = fn(&Run) -> f64;
    let guesses: [(&str, Guess); 4] = [
        ("lines of code", |run| run.lines as f64),
        ("number of findings", |run| run.counts.iter().sum::<usize>() as f64),
        ("number of high and critical findings", |run| (run.count(Severity::Critical) + run.count(Severity::High)) as f64),
        ("gravest severity", |run| run.counts.iter().position(|count| *count > 0).map_or(0.0, |place| 5.0 - place as f64)),
    ];
    let baseline = |(name, guess): (&'static str, Guess)| {
        let guessed = items(trees, |tree| guess(tree.run));
        let auc = sample::estimate(&guessed, |weights| sample::auc(&guessed, weights))?;
        Some(Baseline { name, auc, gain: difference(score, &guessed)? })
    };
    guesses.into_iter().filter_map(baseline).collect()
}

fn groups(backtest: &Backtest, trees: &[Tree<'_>]) -> Vec<Group> {
    let of = |is_case: bool| trees.iter().filter(|tree| tree.is_case == is_case).map(|tree| tree.score).collect();
    let background = backtest.controls.iter().filter(|(control, _)| control.is_background);
    let background = background.filter_map(|(_, tried)| tried.as_ref().ok()?.score).collect();
    let named: [(&str, Vec<f64>); 3] = [("audited controls", of(false)), ("background", background), ("cases", of(true))];
    let group = |(name, scores): (&'static str, Vec<f64>)| {
        let trees = scores.len();
        Some(Group { name, trees, scores: sample::quartiles(scores)? })
    };
    named.into_iter().filter_map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtest::{Control, Fixed, Rank, insert_proof};

    fn run(score: f64, lines: u64) -> Run {
        Run { score: Some(score), lines, kind: "library".into(), counts: [0, 1, 0, 0, 0], ..Run::default() }
    }

    fn case(number: usize, score: f64, fixed: f64, first: Option<usize>) -> (Incident, Result<IncidentRun, String>) {
        let text = format!(
            "id = 'c{number}'\nrepo = 'o/c{number}'\nclass = 'nonce'\ndetectable = 'yes'\nintroduced_date = '2020-01-01'\n\
             disclosed_date = '202{number}-06-01'\n"
        );
        let fixed = Some(Ok(Fixed { score: Some(fixed), still_there: Vec::new() }));
        let rank = Rank { first, chance: [0.1, 0.2] };
        let run = IncidentRun { run: run(score, 1_000), hits: Vec::new(), chance: 0.1, rank, fixed };
        (toml::from_str(&text).expect("an incident"), Ok(run))
    }

    fn control(number: usize, score: f64, is_background: bool) -> (Control, Result<Run, String>) {
        let text = format!("id = 'k{number}'\nrepo = 'o/k{number}'\ncommit = 'HEAD'\ndate = '202{number}-01-02'\n");
        let control: Control = toml::from_str(&text).expect("a control");
        (Control { is_background, ..control }, Ok(run(score, 2_000 + 9_000 * number as u64)))
    }

    fn backtest() -> Backtest {
        Backtest {
            incidents: vec![case(1, 90.0, 80.0, Some(2)), case(2, 60.0, 60.0, Some(4)), case(3, 30.0, 33.0, None)],
            controls: vec![control(0, 10.0, false), control(1, 40.0, false), control(2, 95.0, true)],
        }
    }

    #[test]
    fn cases_are_held_against_audited_controls_and_the_rest_told_beside_them() {
        let proof = Proof::of(&backtest()).expect("cases and controls");
        assert_eq!((proof.cases, proof.controls, proof.unscored), (3, 2, 0));
        // Of six pairs of a case and a control the third case loses one.
        assert!((proof.auc.expect("both").value - 5.0 / 6.0).abs() < 1e-9);
        // Only the smaller control is like them in size.
        assert_eq!(proof.matched.map(|(auc, cases)| (auc.value, cases)), Some((1.0, 3)));
        assert_eq!(proof.pairs, Pairs { falls: 1, same: 1, rises: 1, rises_clearly: 1 });
        assert_eq!((proof.named.first, proof.named.cases), ([1, 2], 3));
        assert!((proof.named.by_chance[1] - 0.6).abs() < 1e-9);
        let sides: Vec<_> = proof.splits.iter().map(|split| (split.before.cases, split.after.cases)).collect();
        assert_eq!(sides, [(1, 2), (3, 0)]);
        let groups: Vec<_> = proof.groups.iter().map(|group| (group.name, group.trees, group.scores[1])).collect();
        assert_eq!(groups, [("audited controls", 2, 25.0), ("background", 1, 95.0), ("cases", 3, 60.0)]);
        assert!(proof.baselines.iter().all(|baseline| baseline.name != "gravest severity" || baseline.auc.value == 0.5));
    }

    #[test]
    fn a_document_keeps_the_newest_proof_alone() {
        let proof = Proof::of(&backtest()).expect("cases and controls");
        let document = "# Score\n\n<!-- proof: made by forewarn backtest -->\nold\n<!-- end of proof -->\n\nThe end.\n";
        let once = insert_proof(document, &proof).expect("a place");
        assert!(
            once.starts_with("# Score\n") && once.ends_with("<!-- end of proof -->\n\nThe end.\n") && !once.contains("old"),
            "{once}"
        );
        assert_eq!(insert_proof(&once, &proof).as_deref(), Some(once.as_str()));
        assert_eq!(insert_proof("nothing", &proof), None);
    }

    #[test]
    fn without_controls_there_is_no_proof() {
        assert!(Proof::of(&Backtest { controls: Vec::new(), ..backtest() }).is_none());
    }
}
