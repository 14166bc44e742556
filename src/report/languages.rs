//! What is understood of each language, as the tables of front ends, models and rules say.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::frontend::{FRONTENDS, Frontend};
use crate::ir::{Expr, Unit};
use crate::rule::model::{Effect, Models};
use crate::rule::{Match, RuleSet};
use crate::source::{FileId, SourceFile};

/// A language, and what is understood of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LanguageSummary {
    /// Its name in rules and reports.
    pub language: &'static str,
    /// Endings of its files.
    pub extensions: &'static [&'static str],
    /// What parses it.
    pub parser: &'static str,
    /// Kinds of nodes that a table gives a meaning; absent where code does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinds: Option<usize>,
    /// Whether calls are seen, as the examples of its models show.
    pub calls: bool,
    /// Whether written types of variables, parameters and fields are.
    pub types: bool,
    /// Whether methods of classes are.
    pub classes: bool,
    /// Whether functions as values are.
    pub closures: bool,
    /// Channels and bridges on which values leave or arrive.
    pub channels: Vec<String>,
    /// Files with models.
    pub models: usize,
    /// Rows of models: where values arise, where they go, what cleans and what passes them on.
    pub rows: usize,
    /// Flow rules of which the models know both a source and a place.
    pub flow_rules: usize,
    /// Rules about calls and declarations that are not limited to other languages.
    pub call_rules: usize,
}

/// What is understood of every language, in the order of their names.
#[must_use]
pub fn languages(rules: &RuleSet) -> Vec<LanguageSummary> {
    let mut languages: Vec<_> = FRONTENDS.iter().map(|frontend| summary(*frontend, rules)).collect();
    languages.sort_unstable_by_key(|summary| summary.language);
    languages
}

fn summary(frontend: &'static dyn Frontend, rules: &RuleSet) -> LanguageSummary {
    let language = frontend.language();
    let (parser, kinds) = frontend.grammar();
    let models = &rules.knowledge.models;
    let speaks = |file: &&crate::rule::model::ModelFile| file.languages.iter().any(|known| known == language);
    let files: Vec<_> = models.files.iter().filter(speaks).collect();
    let examples = files.iter().flat_map(|file| &file.examples);
    let files_of_it = examples.map(|example| SourceFile::in_memory(FileId(0), &example.path, &example.code));
    let units: Vec<_> = files_of_it.filter(|file| frontend.accepts(file)).map(|file| frontend.lower(&file).unit).collect();
    LanguageSummary {
        language,
        extensions: frontend.extensions(),
        parser,
        kinds,
        calls: units.iter().any(|unit| unit.all_nodes().any(|(_, node)| matches!(node.expr, Expr::Call { .. }))),
        types: units.iter().any(has_types),
        classes: units.iter().any(|unit| unit.classes.iter().any(|class| !class.methods.is_empty())),
        closures: units.iter().any(|unit| unit.all_nodes().any(|(_, node)| matches!(node.expr, Expr::Closure(_)))),
        channels: channels(models, language),
        models: files.len(),
        rows: models.rows().filter(|(id, _)| models.speaks(*id, language)).count(),
        flow_rules: count(rules, |matcher| matches!(matcher, Match::Flow(flow) if knows(rules, language, flow))),
        call_rules: call_rules(rules, language),
    }
}

fn has_types(unit: &Unit) -> bool {
    unit.variables.iter().any(|variable| variable.ty.is_some())
        || unit.classes.iter().any(|class| class.fields.iter().any(|field| field.ty.is_some()))
}

/// The sorts of channels and bridges that a language has an end of.
fn channels(models: &Models, language: &str) -> Vec<String> {
    let rows = models.rows().filter(|(id, _)| models.speaks(*id, language));
    let named = rows.filter_map(|(_, row)| match &row.effect {
        Effect::Channel(channel) => Some(channel.channel.clone()),
        _ => None,
    });
    let bridges = models.bridges().iter().filter(|bridge| bridge.languages.iter().any(|known| known == language));
    let all: BTreeSet<String> = named.chain(bridges.map(|bridge| bridge.end.bridge.clone())).collect();
    all.into_iter().collect()
}

/// Whether the models of a language know a source and a place of a flow rule; names of variables tell sources, too.
fn knows(rules: &RuleSet, language: &str, flow: &crate::rule::matcher::flow::FlowMatch) -> bool {
    let knowledge = &rules.knowledge;
    let is_of = |names: &[String], kind| {
        names.iter().filter_map(|name| knowledge.kinds.find(name).ok()).any(|wanted| knowledge.kinds.closure(wanted).contains(kind))
    };
    let rows = || knowledge.models.rows().filter(|(id, _)| knowledge.models.speaks(*id, language)).map(|(_, row)| row);
    let has_source = rows().any(|row| matches!(&row.effect, Effect::Source(Some(kind), _) if is_of(&flow.from, *kind)));
    let has_place = rows().any(|row| matches!(&row.effect, Effect::Sink(kind, _) if is_of(&flow.to, *kind)));
    has_source && has_place
}

fn count(rules: &RuleSet, is_it: impl Fn(&Match) -> bool) -> usize {
    rules.rules.iter().filter(|rule| rule.body.matchers.iter().any(&is_it)).count()
}

fn call_rules(rules: &RuleSet, language: &str) -> usize {
    let is_about = |known: &[String]| known.is_empty() || known.iter().any(|known| known == language);
    let speaks = rules.rules.iter().filter(|rule| is_about(&rule.body.languages));
    speaks.filter(|rule| rule.body.matchers.iter().any(|it| matches!(it, Match::Call(_) | Match::Function(_)))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_front_end_is_told_with_what_its_tables_hold() {
        let rules = RuleSet::embedded().expect("the rules are read by a test of their own");
        let languages = languages(&rules);
        assert_eq!(languages.len(), FRONTENDS.len());
        for language in &languages {
            let name = language.language;
            assert!(language.calls && language.models > 0 && language.rows > 0, "{name}");
            assert!(!language.extensions.is_empty(), "{name}");
        }
        let kotlin = languages.iter().find(|language| language.language == "kotlin").expect("Kotlin is read");
        assert!(kotlin.channels.iter().any(|channel| channel == "react-native"));
        assert!(kotlin.types && kotlin.classes && kotlin.flow_rules > 10);
    }
}
