//! The fitted numbers as the files that the program reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::risk::fit::{Fit, Snapshot};
use crate::risk::{Effect, Model, Weight};

const HEAD: &str = "# Written by `forewarn train`, see docs/risk-score.md. Do not edit: train anew.\n";

/// `rules/risk/model.toml`.
#[must_use]
pub fn model_text(model: &Model) -> String {
    let mut text = format!("{HEAD}thresholds = {}\n", numbers(&model.thresholds));
    let fitted = &model.fitted;
    let _ = writeln!(
        text,
        "\n[fitted]\njudgements = {}\ncases = {}\ncontrols = {}\nrepositories = {}",
        fitted.judgements, fitted.cases, fitted.controls, fitted.repositories
    );
    let truth = &model.truth;
    let _ = writeln!(
        text,
        "\n# Stage 1, in logits.\n[truth]\nbase = {}\nrepeat = {}\nkin = {}",
        number(truth.base),
        number(truth.repeat),
        number(truth.kin)
    );
    let spread = [truth.spread.tier, truth.spread.pack, truth.spread.rule].map(number);
    let _ = writeln!(text, "spread = {{ tier = {}, pack = {}, rule = {} }}", spread[0], spread[1], spread[2]);
    for (name, table) in [
        ("severity", &truth.severity),
        ("confidence", &truth.confidence),
        ("exposure", &truth.exposure),
        ("evidence", &truth.evidence),
    ] {
        let entries: Vec<_> = table.iter().map(|(key, value)| format!("{key} = {}", number(*value))).collect();
        let _ = writeln!(text, "{name} = {{ {} }}", entries.join(", "));
    }
    for (name, table) in [("pack", &truth.pack), ("rule", &truth.rule)] {
        let _ = writeln!(text, "\n[truth.{name}]\n{}", table.iter().map(effect).collect::<Vec<_>>().join("\n"));
    }
    let _ = writeln!(text, "\n# Stage 2.\n[weight]\n{}", model.weight.iter().map(weight).collect::<Vec<_>>().join("\n"));
    text + &whole(model)
}

fn whole(model: &Model) -> String {
    let whole = &model.whole;
    let columns: Vec<_> = whole.columns.iter().map(|name| quoted(name)).collect();
    let mut text = format!(
        "\n# Stage 3, in logits.\n[whole]\ncolumns = [{}]\ncoefficients = {}\ntypical = {}\ndraws = [\n",
        columns.join(", "),
        numbers(&whole.coefficients),
        number(whole.typical)
    );
    for draw in &whole.draws {
        let _ = writeln!(text, "    {},", numbers(draw));
    }
    text.push_str("]\n");
    for fold in &model.folds {
        let (coefficients, weights) = (numbers(&fold.coefficients), numbers(&fold.weights));
        let _ =
            writeln!(text, "\n[[folds]]\ncoefficients = {coefficients}\ntypical = {}\nweights = {weights}", number(fold.typical));
    }
    text
}

fn effect((name, effect): (&String, &Effect)) -> String {
    let Effect { effect, doubt, judged, serious } = *effect;
    let (name, effect, doubt) = (quoted(name), number(effect), number(doubt));
    format!("{name} = {{ effect = {effect}, doubt = {doubt}, judged = {judged}, serious = {serious} }}")
}

fn weight((name, weight): (&String, &Weight)) -> String {
    let Weight { weight, serious, costly } = *weight;
    format!("{} = {{ weight = {}, serious = {serious}, costly = {costly} }}", quoted(name), number(weight))
}

/// `rules/risk/population.toml`: every tree that has a score, ordered by id.
#[must_use]
pub fn population_text(snapshots: &[Snapshot], fit: &Fit) -> String {
    let scored = snapshots.iter().zip(&fit.scores).filter_map(|(snapshot, score)| Some((&snapshot.id, (snapshot, (*score)?))));
    let scored: BTreeMap<_, _> = scored.collect();
    let mut text = format!("{HEAD}tree = [\n");
    for (id, (snapshot, score)) in scored {
        let Snapshot { repository, side, is_seen, platform, year, lines, .. } = snapshot;
        let (id, repository, platform) = (quoted(id), quoted(repository), quoted(platform));
        let _ = writeln!(
            text,
            "    {{ id = {id}, repository = {repository}, side = \"{}\", seen = {is_seen}, platform = {platform}, year = {year}, \
             lines = {lines}, score = {score:.1} }},",
            side.name()
        );
    }
    text + "]\n"
}

/// Six digits: the last ones are not the same on every machine.
fn number(value: f64) -> String {
    // No minus before a zero.
    let rounded = (value * 1e6).round() / 1e6 + 0.0;
    format!("{rounded:?}")
}

fn numbers(values: &[f64]) -> String {
    format!("[{}]", values.iter().map(|value| number(*value)).collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace(['"', '\\', '\n'], ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::{Population, Truth, Whole};

    #[test]
    fn what_is_written_is_read_again() {
        let mut model = Model::embedded().clone();
        assert_eq!(toml::from_str::<Model>(&model_text(&model)).unwrap(), model);
        model.truth = Truth { base: -0.000_000_1, ..Truth::default() };
        model.whole = Whole { coefficients: vec![1.0, 2.5], ..Whole::default() };
        let text = model_text(&model);
        assert!(text.contains("base = 0.0\n") && text.contains("coefficients = [1.0, 2.5]"), "{text}");
        let read: Model = toml::from_str(&text).unwrap();
        assert_eq!(read.whole, model.whole);
    }

    #[test]
    fn the_population_has_a_row_for_each_scored_tree() {
        let snapshot = |id: &str| Snapshot {
            id: id.into(),
            repository: "o/\"n".into(),
            side: crate::risk::fit::Side::Case,
            is_seen: false,
            year: 2020,
            platform: "web".into(),
            lines: 3,
            coverage: 1.0,
            credits: 0,
            signals: Vec::new(),
        };
        let fit = Fit { model: Model::embedded().clone(), scores: vec![Some(12.34), None, Some(50.0)] };
        let text = population_text(&[snapshot("b"), snapshot("c"), snapshot("a")], &fit);
        let read: Population = toml::from_str(&text).unwrap();
        let told: Vec<_> = read.trees.iter().map(|tree| (tree.id.as_str(), tree.score)).collect();
        assert_eq!(told, [("a", 50.0), ("b", 12.3)]);
    }
}
