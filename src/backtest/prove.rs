//! The proof as Markdown, by itself or in a document.

use std::io::{self, Write};

use super::judge::HEADS;
use super::proof::{Pairs, Proof, Side};
use super::sample::Estimate;

/// Where the proof stands in a document.
const BEGIN: &str = "<!-- proof: made by forewarn backtest -->";
const END: &str = "<!-- end of proof -->";

/// Writes the proof.
///
/// # Errors
/// If the writer fails.
pub fn write_proof(proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    let Proof { cases, controls, unscored, .. } = *proof;
    writeln!(
        out,
        "{cases} cases (trees before the disclosure of a defect, as of the day before) against {controls} audited controls (as of \
         their own day). Each score comes from a model that saw nothing of the tree's repository. {unscored} further trees have no \
         score because too little of them was analysed.\n"
    )?;
    writeln!(out, "Intervals: 90 %, from repositories resampled with replacement.\n")?;
    ranking(proof, out)?;
    probability(proof, out)?;
    cases_told(proof, out)?;
    spread(proof, out)
}

/// `0.71 (0.63 to 0.79)`
fn told(estimate: Estimate) -> String {
    format!("{:.2} ({:.2} to {:.2})", estimate.value, estimate.low, estimate.high)
}

fn told_or_none(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(|| "none".into(), told)
}

fn percent(estimate: Estimate) -> String {
    let Estimate { value, low, high } = estimate;
    format!("{:.0} % ({:.0} to {:.0})", 100.0 * value, 100.0 * low, 100.0 * high)
}

fn ranking(proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### Does it rank cases above controls?\n")?;
    writeln!(out, "| ranked by | AUC | the score is better by |\n|---|---|---|")?;
    writeln!(out, "| **score** | **{}** | |", told_or_none(proof.auc))?;
    if let Some((auc, cases)) = proof.matched {
        writeln!(out, "| score, against controls of the same kind and size ({cases} cases have one) | {} | |", told(auc))?;
    }
    let unseen = proof.unseen;
    if unseen.auc.is_some() {
        writeln!(out, "| score, trees on which no rule was developed | {} | |", side(unseen))?;
    }
    for baseline in &proof.baselines {
        writeln!(out, "| {} | {} | {} |", baseline.name, told(baseline.auc), told(baseline.gain))?;
    }
    writeln!(out, "\n| controls flagged, at most | cases flagged | from a score of |\n|---|---|---|")?;
    for recall in &proof.recall {
        let from = if recall.threshold.is_finite() { format!("{:.1}", recall.threshold) } else { "none".into() };
        writeln!(out, "| {:.0} % | {} | {from} |", 100.0 * recall.false_alarms, percent(recall.recall))?;
    }
    writeln!(out, "\n| split at | before | since |\n|---|---|---|")?;
    for split in &proof.splits {
        writeln!(out, "| {} | {} | {} |", split.day, side(split.before), side(split.after))?;
    }
    if !proof.ablation.is_empty() {
        writeln!(out, "\n| without | trees with it | AUC | worse by |\n|---|---|---|---|")?;
        for ablation in &proof.ablation {
            writeln!(out, "| {} | {} | {:.2} | {} |", ablation.weakness, ablation.trees, ablation.auc, told(ablation.loss))?;
        }
    }
    writeln!(out)
}

fn side(side: Side) -> String {
    format!("{}; {} cases, {} controls", told_or_none(side.auc), side.cases, side.controls)
}

fn probability(proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    let number = |number: Option<f64>| number.map_or_else(|| "none".into(), |number| format!("{number:.3}"));
    writeln!(out, "### Is it a probability?\n")?;
    writeln!(
        out,
        "Cases have the same total weight as controls here, as in the fit: the score is a probability for wallets half of which have a \
         serious weakness. Brier score {} (always predicting one half: 0.250); expected calibration error {}. If each tree counts once, \
         the error is {}: more of these trees are cases than not, which is our choice and says nothing about the world.\n",
        number(proof.brier),
        number(proof.calibration_error),
        number(proof.calibration_error_by_tree)
    )?;
    writeln!(out, "| trees | predicted | actual cases |\n|---|---|---|")?;
    for bin in &proof.calibration {
        writeln!(out, "| {} | {:.0} % | {:.0} % |", bin.trees, 100.0 * bin.said, 100.0 * bin.was)?;
    }
    writeln!(out)
}

fn cases_told(proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### Does it see the defect itself?\n")?;
    writeln!(out, "The same wallet with the defect and with its fix, both as of the day before disclosure:\n")?;
    writeln!(out, "| pairs | score falls | same | rises | by more than 2 points |\n|---|---|---|---|---|")?;
    for (name, pairs) in [("all", proof.pairs), ("defect located", proof.located_pairs)] {
        let Pairs { falls, same, rises, rises_clearly } = pairs;
        writeln!(out, "| {name}: {} | {falls} | {same} | {rises} | {rises_clearly} |", pairs.all())?;
    }
    let named = proof.named;
    writeln!(
        out,
        "\nOf {} cases, {} are located: a rule of the case's class reports within 20 lines of a place that the case names. \
         How early it stands is counted by expected damage across severities; a report lists the most severe first.\n",
        named.cases, named.located
    )?;
    writeln!(out, "| among the first | cases | of the located | by chance |\n|---|---|---|---|")?;
    for (index, head) in HEADS.into_iter().enumerate() {
        let share = (100 * named.first[index]).checked_div(named.located).unwrap_or(0);
        writeln!(out, "| {head} findings | {} | {share} % | {:.1} |", named.first[index], named.by_chance[index])?;
    }
    if let Some([first, middle, third]) = proof.lead.days {
        writeln!(
            out,
            "\nLead: the defect could have been reported {middle:.0} days before disclosure in the median (quartiles {first:.0} and \
             {third:.0}; {} located cases whose history is known; counted from the day on which the defect was in the code and the \
             knowledge behind the rule was public).",
            proof.lead.cases
        )?;
    }
    writeln!(out)
}

fn spread(proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### Scores by group\n\n| trees | first quartile | median | third quartile |\n|---|---|---|---|")?;
    for group in &proof.groups {
        let [first, middle, third] = group.scores;
        writeln!(out, "| {} {} | {first:.0} | **{middle:.0}** | {third:.0} |", group.trees, group.name)?;
    }
    Ok(())
}

/// A document with the proof in the place of the one that stood there; None if it has no place for one.
#[must_use]
pub fn insert_proof(document: &str, proof: &Proof) -> Option<String> {
    let begin = document.find(BEGIN)? + BEGIN.len();
    let end = begin + document[begin..].find(END)?;
    let mut text = Vec::new();
    write_proof(proof, &mut text).ok()?;
    Some(format!("{}\n\n{}\n{}", &document[..begin], String::from_utf8(text).ok()?, &document[end..]))
}
