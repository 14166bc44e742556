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

/// Languages that reports name where they see them and that no front end reads.
#[must_use]
pub fn unread() -> Vec<&'static str> {
    let is_read = |extension: &&&str| FRONTENDS.iter().any(|frontend| frontend.extensions().contains(*extension));
    super::coverage::LANGUAGES.iter().filter(|(_, known)| !known.iter().any(|it| is_read(&it))).map(|(name, _)| *name).collect()
}

fn summary(frontend: &'static dyn Frontend, rules: &RuleSet) -> LanguageSummary {
    let language = frontend.language();
    let (parser, kinds) = frontend.grammar();
    let models = &rules.knowledge.models;
    let speaks = |file: &&crate::rule::model::ModelFile| file.languages.iter().any(|known| known == language);
    let files: Vec<_> = models.files.iter().filter(speaks).collect();
    let seen = Seen::of(frontend, rules);
    LanguageSummary {
        language,
        extensions: frontend.extensions(),
        parser,
        kinds,
        calls: seen.calls,
        types: seen.types,
        classes: seen.classes,
        closures: seen.closures,
        channels: channels(models, language),
        models: files.len(),
        rows: models.rows().filter(|(id, _)| models.speaks(*id, language)).count(),
        flow_rules: count(rules, |matcher| matches!(matcher, Match::Flow(flow) if knows(rules, language, flow))),
        call_rules: call_rules(rules, language),
    }
}

/// What a front end makes of the examples of models and rules.
#[derive(Default)]
struct Seen {
    calls: bool,
    types: bool,
    classes: bool,
    closures: bool,
}

impl Seen {
    fn of(frontend: &dyn Frontend, rules: &RuleSet) -> Self {
        let models = rules.knowledge.models.files.iter().flat_map(|file| &file.examples);
        let models = models.map(|example| (example.path.as_str(), example.code.as_str()));
        let files = rules.rules.iter().flat_map(|rule| rule.body.examples.iter()).flat_map(|example| &example.files);
        let files = files.map(|(path, code)| (path.as_str(), code.as_str()));
        let mut seen = Self::default();
        for (path, code) in models.chain(files) {
            if seen.is_all() {
                break;
            }
            let file = SourceFile::in_memory(FileId(0), path, code);
            if frontend.accepts(&file) {
                seen.add(&frontend.lower(&file).unit);
            }
        }
        seen
    }

    const fn is_all(&self) -> bool {
        self.calls && self.types && self.classes && self.closures
    }

    fn add(&mut self, unit: &Unit) {
        let named = |function: crate::ir::FunctionId| unit.function(function).name != crate::ir::NameId::EMPTY;
        self.types |= has_types(unit);
        self.classes |= unit.classes.iter().any(|class| !class.methods.is_empty());
        for (_, node) in unit.all_nodes() {
            match node.expr {
                Expr::Call { .. } => self.calls = true,
                Expr::Closure(function) if !named(function) => self.closures = true,
                _ => {}
            }
        }
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
        let unread = unread();
        assert!(unread.contains(&"php") && !unread.contains(&"objective-c") && !unread.contains(&"c#"), "{unread:?}");
        let kotlin = languages.iter().find(|language| language.language == "kotlin").expect("Kotlin is read");
        assert!(kotlin.channels.iter().any(|channel| channel == "react-native"));
        assert!(kotlin.types && kotlin.classes && kotlin.flow_rules > 10);
    }
}
