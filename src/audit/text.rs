//! Texts in files: the patterns run that are possible there, by the words that they require.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::asked::Hit;
use super::layout::lines_around;
use super::place::Places;
use super::run::Run;
use super::{Audit, Context, check, in_function, is_test, matching_rules};
use crate::finding::{Finding, FindingBuilder, LESSER_FORM, entropy};
use crate::ir::Unit;
use crate::program::FunctionRef;
use crate::rule::matcher::text::{TextCheck, TextMatch};
use crate::rule::{Captured, Match, Rule, RunOf, Severity, TextPattern};
use crate::source::{Aside, AsideKind, Role, SourceFile, Span};
use crate::standing;

/// Findings of one rule in one file after which the rest is only counted.
const MOST_FINDINGS: usize = 20;
/// The reach of `near` in lines if the rule says nothing.
const NEAR_LINES: u32 = 3;

/// The audit of `[match.text]`.
pub(super) struct TextAudit;

impl Audit for TextAudit {
    fn stage(&self) -> &'static str {
        "audit/text"
    }

    fn run(&self, context: &Context<'_>) -> Vec<Finding> {
        let rules = matching_rules(context, |matcher| if let Match::Text(text) = matcher { Some(text) } else { None });
        let patterns: FxHashMap<usize, Pattern<'_>> = rules
            .iter()
            .enumerate()
            .flat_map(|(owner, (rule, text))| {
                // The matchers of one rule follow each other.
                let earlier = rules[..owner].iter().rev().take_while(|(other, _)| other.id == rule.id).count();
                let numbers = context.texts.patterns_of(rule).get(earlier).cloned().unwrap_or_default();
                numbers.zip(&text.pattern).map(move |(number, pattern)| {
                    let needs = pattern.requirement();
                    (number, Pattern { number, owner, pattern, run: needs.run.map(Run::from), part: needs.part })
                })
            })
            .collect();
        let parts: FxHashMap<RunOf, Run> =
            patterns.values().filter_map(|pattern| pattern.part).map(|part| (part, part.into())).collect();
        let in_file = |file: &SourceFile| {
            let has = RefCell::new(FxHashMap::default());
            let has_part = |part: RunOf| *has.borrow_mut().entry(part).or_insert_with(|| parts[&part].stands_in(&file.text));
            let possible: Vec<_> = context.texts.possible(file.id).iter().filter_map(|number| patterns.get(number)).collect();
            let unit = context.artifacts.get(file.id.0 as usize).and_then(|artifact| artifact.unit.as_ref());
            let places = &Places::of(unit);
            let mut findings = Vec::new();
            for group in possible.chunk_by(|a, b| a.owner == b.owner) {
                let (rule, matcher) = rules[group[0].owner];
                let search = Search { context, file, places, rule, matcher };
                let found = context
                    .texts
                    .hits(file, group[0].number, || search.hits(group.iter().filter(|it| it.part.is_none_or(has_part))));
                findings.extend(search.findings(&found));
            }
            findings
        };
        context.workspace.files.par_iter().filter(|file| !file.text.is_empty()).flat_map_iter(in_file).collect()
    }
}

/// A pattern of a rule.
struct Pattern<'a> {
    /// Its own number.
    number: usize,
    /// The number of the rule.
    owner: usize,
    pattern: &'a TextPattern,
    /// What its matches are made of, if that tells where to look.
    run: Option<Run>,
    /// What a text without cannot match.
    part: Option<RunOf>,
}

/// One rule in one file.
struct Search<'a> {
    context: &'a Context<'a>,
    file: &'a SourceFile,
    places: &'a Places<'a>,
    rule: &'a Arc<Rule>,
    matcher: &'a TextMatch,
}

impl Hit {
    /// What is judged: the secret, if one is named.
    fn range(&self) -> Range<usize> {
        self.secret.clone().unwrap_or_else(|| self.whole.clone())
    }

    fn judged(&self) -> Span {
        let range = self.range();
        Span::new(range.start as u32, range.end as u32)
    }
}

/// Names decide about what ships: in the files of builds they name steps and jobs.
const fn ships(role: Role) -> bool {
    matches!(role, Role::Product | Role::Generated)
}

impl Search<'_> {
    /// What the patterns match, as far as that does not depend on the day.
    fn hits<'p>(&self, patterns: impl Iterator<Item = &'p &'p Pattern<'p>>) -> Vec<Hit> {
        if !self.concerns_file() {
            return Vec::new();
        }
        patterns.flat_map(|pattern| self.hits_of(pattern)).filter(|hit| self.is_met(hit)).collect()
    }

    fn findings(&self, found: &[Hit]) -> Vec<Finding> {
        let mut hits: Vec<_> = found.iter().filter(|hit| !self.is_of_day() || self.passes(hit)).collect();
        hits.sort_by_key(|hit| (hit.whole.start, std::cmp::Reverse(hit.whole.end)));
        hits.dedup_by(|later, kept| later.whole.start < kept.whole.end);
        match self.matcher.min_count {
            Some(wanted) if hits.len() < wanted => return Vec::new(),
            Some(_) => hits.truncate(1),
            None => {}
        }
        let more = hits.len().saturating_sub(MOST_FINDINGS);
        hits.truncate(MOST_FINDINGS);
        let last = hits.len().saturating_sub(1);
        hits.iter().enumerate().map(|(index, hit)| self.finding(hit, if index == last { more } else { 0 })).collect()
    }

    fn concerns_file(&self) -> bool {
        let Self { file, matcher, .. } = self;
        let has_role = if matcher.role.is_empty() { file.role != Role::Vendored } else { self.asks_for(file.role) };
        let has_any = |patterns: &[TextPattern]| patterns.iter().any(|pattern| pattern.is_match(&file.text));
        has_role
            && self.unit().is_none_or(|unit| self.rule.applies_to(unit.language))
            && (self.unit().is_some() || self.rule.body.languages.is_empty())
            && (matcher.file.is_empty() || matcher.file.iter().any(|glob| glob.matches_path(&file.path)))
            && !matcher.not_file.iter().any(|glob| glob.matches_path(&file.path))
            && (matcher.file_has.is_empty() || has_any(&matcher.file_has))
            && !has_any(&matcher.file_lacks)
    }

    /// Whether the rule's list has a role. What developers run is a sort of build.
    fn asks_for(&self, role: Role) -> bool {
        let has = |role| self.matcher.role.contains(&role);
        has(role) || role == Role::Tool && (has(Role::Build) || has(Role::Product))
    }

    fn unit(&self) -> Option<&Unit> {
        self.places.unit
    }

    fn hits_of(&self, pattern: &Pattern<'_>) -> Vec<Hit> {
        let (regex, text) = (|| pattern.pattern.regex(), &self.file.text);
        let whole = |whole: Range<usize>| Hit { secret: self.matcher.secret.then(|| whole.clone()), whole };
        let named = |captures: Captured<'_>| Hit { whole: captures.whole(), secret: captures.name("secret") };
        let names_secret = pattern.pattern.text().contains("<secret>");
        match (&pattern.run, names_secret) {
            (Some(run), true) => run.captures(regex, text).into_iter().map(named).collect(),
            (Some(run), false) => run.captures(regex, text).iter().map(|found| whole(found.whole())).collect(),
            (None, true) => regex().captures_iter(text).map(named).collect(),
            (None, false) => regex().find_iter(text).map(whole).collect(),
        }
    }

    fn is_met(&self, hit: &Hit) -> bool {
        let Self { matcher, file, .. } = self;
        if self.is_in_test(hit) || self.is_void(hit) || matcher.not_in_prose && standing::is_prose(file, hit.whole.start) {
            return false;
        }
        let whole = &file.text[hit.whole.clone()];
        let judged = &file.text[hit.range()];
        let around = |lines: u32| &file.text[lines_around(&file.text, &hit.whole, lines)];
        let has_any = |patterns: &[TextPattern], text: &str| patterns.iter().any(|pattern| pattern.is_match(text));
        let reach = matcher.near_lines.unwrap_or(NEAR_LINES);
        (matcher.lacks.is_empty() || !has_any(&matcher.lacks, whole))
            && (matcher.not_line.is_empty() || !has_any(&matcher.not_line, around(0)))
            && (matcher.near.is_empty() || has_any(&matcher.near, around(reach)))
            && (matcher.not_near.is_empty() || !has_any(&matcher.not_near, around(reach)))
            && matcher.min_entropy.is_none_or(|least| entropy(judged) >= least)
            && (self.is_of_day() || self.passes(hit))
    }

    /// Whether the day decides what passes the checks.
    fn is_of_day(&self) -> bool {
        self.matcher.check.iter().chain(&self.matcher.not_check).any(|check| check.is_of_day())
    }

    fn passes(&self, hit: &Hit) -> bool {
        let passes = |check: &TextCheck| check::passes(*check, &self.file.text[hit.range()], self.context.as_of);
        let Self { matcher, .. } = self;
        (matcher.check.is_empty() || matcher.check.iter().any(passes)) && !matcher.not_check.iter().any(passes)
    }

    /// A rule that leaves out test files leaves out test functions, too.
    fn is_in_test(&self, hit: &Hit) -> bool {
        let is_asked_for = self.matcher.role.is_empty() || self.matcher.role.contains(&Role::Test);
        let is_test_item = || self.aside(hit).is_some_and(|aside| aside.kind == AsideKind::Test);
        !is_asked_for && (is_test_item() || self.unit().is_some_and(|unit| is_test(unit, self.places.function_at(hit.judged()))))
    }

    /// Whether nothing of the kind happens there: a comment does nothing, and what no build takes in does neither.
    fn is_void(&self, hit: &Hit) -> bool {
        self.aside(hit).is_some_and(|aside| match aside.kind {
            AsideKind::Comment => !self.matcher.comments && hit.secret.is_none(),
            AsideKind::Documentation | AsideKind::Unbuilt => !self.matcher.comments,
            _ => false,
        })
    }

    /// The part of the file in which a match lies, if that is not the product. A parser knows better what is a comment.
    fn aside(&self, hit: &Hit) -> Option<&Aside> {
        let aside = standing::aside_at(self.file, hit.judged())?;
        let says_nothing = matches!(aside.kind, AsideKind::Comment | AsideKind::Documentation);
        let is_docstring = || !self.places.has_code(aside.span);
        (!says_nothing || is_docstring()).then_some(aside)
    }

    fn finding(&self, hit: &Hit, more: usize) -> Finding {
        let span = |range: &Range<usize>| Span::new(range.start as u32, range.end as u32);
        let builder = FindingBuilder::new(self.rule, self.context.workspace, self.file.id, span(&hit.whole));
        let mut builder = builder.at_most(self.matcher.at_most, LESSER_FORM).form(self.matcher.form.clone());
        if let Some(secret) = &hit.secret {
            builder = builder.secret(span(secret));
        }
        let named = || standing::named_aside(self.file, hit.judged()).filter(|_| ships(self.file.role));
        match self.aside(hit).filter(|aside| !self.matcher.comments || aside.kind > AsideKind::Documentation) {
            Some(aside) => builder = builder.aside(aside),
            None => builder = named().iter().fold(builder, FindingBuilder::aside),
        }
        if self.matcher.lesser.iter().any(|pattern| pattern.is_match(&self.file.text[hit.range()])) {
            let reason = self.matcher.lesser_because.as_deref().unwrap_or("a lesser case");
            builder = builder.severity_because(self.rule.body.severity.min(Severity::Low), reason);
        }
        if more > 0 {
            builder = builder.message(format!("{} (and {more} more in this file)", self.rule.body.title));
        }
        match self.context.program.unit_of(self.file.id) {
            Some(unit) => {
                let function = self.places.function_at(span(&hit.whole));
                in_function(self.context, builder, FunctionRef { unit, function }).build()
            }
            None => builder.build(),
        }
    }
}
