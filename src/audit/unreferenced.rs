//! Code that nothing in the product names: what is wrong in it may never run.
//!
//! Names are looked for in every text of the product, not in its code alone: a layout, a manifest or a page may name a class or a
//! handler. A name that is put together while the program runs is not seen; so such a finding weighs less and does not go.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;

use super::Context;
use super::fact::Facts;
use super::uses::is_whole;
use crate::finding::Finding;
use crate::ir::{FunctionId, Unit};
use crate::program::FunctionRef;
use crate::rule::Severity;
use crate::source::{AsideKind, FileId, Role, SourceFile, Span};
use crate::standing;

/// A product with less code than this is an excerpt of one: who calls its functions is not in it.
const FEWEST_FILES: usize = 16;

/// Shorter names are those of many things.
const SHORTEST: usize = 5;

/// The kind of a tree whose callers are elsewhere.
const LIBRARY: &str = "library";

/// A function or class, by its name, with the place where it is declared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Declared {
    name: String,
    file: FileId,
    span: Span,
}

/// The findings, of which those in code that nothing names are of medium severity at most. Of six that were medium anyway, readers
/// rated each low or less.
pub(super) fn weighed(context: &Context<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    let weighs = |finding: &Finding| finding.severity >= Severity::Medium;
    let asked: BTreeMap<usize, Vec<Declared>> = findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| weighs(finding))
        .map(|(index, finding)| (index, around(context, finding)))
        .collect();
    let declared: BTreeSet<&Declared> = asked.values().flatten().collect();
    if declared.is_empty() || is_excerpt(context) || Facts::new(context).is_kind(LIBRARY) {
        return findings;
    }
    let named = named_elsewhere(context, &declared);
    for (index, around) in &asked {
        if let Some(unnamed) = around.iter().find(|it| !named.contains(it)) {
            let because = format!("nothing in the product names `{}`, in which it stands", unnamed.name);
            let severity = if findings[*index].severity > Severity::Medium { Severity::Medium } else { Severity::Low };
            findings[*index].grade(severity, None, &because);
        }
    }
    findings
}

/// Whether the product has so little code that it is a part of one.
fn is_excerpt(context: &Context<'_>) -> bool {
    let units = context.program.units().iter();
    units.filter(|(file, _)| context.workspace.file(*file).role == Role::Product).count() < FEWEST_FILES
}

/// The function and the class around a finding, as far as others can only reach them by their names.
fn around(context: &Context<'_>, finding: &Finding) -> Vec<Declared> {
    let file = finding.place.file;
    let Some(id) = context.program.unit_of(file) else { return Vec::new() };
    let unit = context.program.unit(id);
    if context.program.language(id).anyone_calls || unit.exports.iter().any(|export| unit.name(export.name) == "default") {
        return Vec::new();
    }
    let Some(function) = outermost(unit, finding.place.span) else { return Vec::new() };
    let text = &context.workspace.file(file).text;
    let declared = unit.function(function);
    let class = declared.class.map(|class| unit.class(class));
    // What extends or implements something, or is marked for somebody, is called by them.
    if class.is_some_and(|class| !class.bases.is_empty() || !class.attributes.is_empty()) || !declared.attributes.is_empty() {
        return Vec::new();
    }
    let at = |name, span: Span| Declared { name: unit.name(name).to_owned(), file, span: with_head(text, span) };
    let is_called = context.program.is_called(FunctionRef { unit: id, function });
    let own = Some(at(declared.name, declared.span)).filter(|it| it.name != "constructor" && !is_called);
    let class = class.map(|class| at(class.name, class.span));
    own.into_iter().chain(class).filter(|it| is_telling(&it.name)).collect()
}

/// A declaration from the beginning of its line: the name may stand before what it is given, as in `const seal = () => …`.
fn with_head(text: &str, span: Span) -> Span {
    let start = text.get(..span.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    Span::new(start as u32, span.end)
}

/// Whether a name is one that people choose, and not one by which a system calls.
fn is_telling(name: &str) -> bool {
    name.len() >= SHORTEST
        && name.chars().all(|char| char.is_alphanumeric() || char == '_')
        && !name.starts_with("__")
        && !name.starts_with("Java_")
}

/// The function around a place that stands in no other.
fn outermost(unit: &Unit, span: Span) -> Option<FunctionId> {
    let holds = |function: &FunctionId| unit.function(*function).span.contains(span);
    let all = (1..unit.functions.len() as u32).map(FunctionId);
    let inner = all.filter(holds).min_by_key(|function| {
        let span = unit.function(*function).span;
        span.end - span.start
    })?;
    std::iter::successors(Some(inner), |function| unit.function(*function).owner).take_while(|it| *it != FunctionId::MODULE).last()
}

/// Those of some declarations that the product names outside of them.
fn named_elsewhere<'d>(context: &Context<'_>, declared: &BTreeSet<&'d Declared>) -> BTreeSet<&'d Declared> {
    let names: Vec<&str> = declared.iter().map(|it| it.name.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    // A search that cannot be made finds everything: nothing is lowered.
    let Ok(searcher) = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&names) else {
        return declared.iter().copied().collect();
    };
    let counts = |file: &&SourceFile| !matches!(file.role, Role::Test | Role::Docs | Role::Example | Role::Idle);
    let in_file = |file: &SourceFile| {
        let hits = searcher.find_iter(&*file.text).filter(|hit| is_whole(&file.text, hit.range()));
        let hits = hits.map(|hit| (names[hit.pattern().as_usize()], Span::new(hit.start() as u32, hit.end() as u32)));
        let hits = hits.filter(|(_, span)| !is_comment(file, *span));
        let means = |(name, span): (&str, Span)| {
            let is_it = move |it: &&&Declared| it.name == name && !(it.file == file.id && it.span.contains(span));
            declared.iter().filter(is_it).copied().collect::<Vec<_>>()
        };
        hits.flat_map(means).collect::<BTreeSet<_>>()
    };
    context.workspace.files.par_iter().filter(counts).flat_map_iter(in_file).collect()
}

fn is_comment(file: &SourceFile, span: Span) -> bool {
    standing::aside_at(file, span).is_some_and(|aside| matches!(aside.kind, AsideKind::Comment | AsideKind::Documentation))
}
