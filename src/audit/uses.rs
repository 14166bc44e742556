//! Where the product names a thing again: which lines take a constant into their hands, whatever language they are written in.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use regex::Regex;

use super::Context;
use super::layout::{bound_name, headings, is_remark, lines_around};
use crate::finding::Finding;
use crate::source::{FileId, Role, SourceFile};

/// Names that take the value in turn are followed so often.
const MOST_HOPS: usize = 3;
/// Uses of one thing that are kept.
const MOST_USES: usize = 200;
/// A statement goes so many lines up from the line that names the thing.
const STATEMENT_LINES: usize = 4;
/// The same for a name that stands alone in its line, as in a list of imports.
const LIST_LINES: usize = 60;

/// What is known of the name of one thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// The name; None if it has none.
    pub(super) name: Option<String>,
    /// Statements of the product that use it or what was made of it.
    pub(super) uses: Vec<String>,
}

impl Named {
    /// Whether it has a name of its own that nothing uses.
    pub(super) fn is_unused(&self) -> bool {
        self.name.as_deref().is_some_and(is_telling) && self.uses.is_empty()
    }
}

/// A shorter name is imported everywhere.
const SHORTEST_IMPORTED: usize = 4;

/// Something to look for: on behalf of which thing, under which name, where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    thing: usize,
    name: String,
    /// A name like `url` is looked for in its own file only.
    file: FileId,
}

/// The uses of what findings found, by their order.
pub(super) fn uses(context: &Context<'_>, findings: &[&Finding]) -> Vec<Named> {
    let mut things: Vec<Named> = findings.iter().map(|finding| named(context, finding)).collect();
    let mut wanted: BTreeSet<Wanted> = BTreeSet::new();
    for (thing, (named, finding)) in things.iter().zip(findings).enumerate() {
        wanted.extend(named.name.iter().map(|name| Wanted { thing, name: name.clone(), file: finding.place.file }));
    }
    let mut sought = wanted.clone();
    for _ in 0..MOST_HOPS {
        if wanted.is_empty() {
            break;
        }
        let mut next = BTreeSet::new();
        for (want, mention) in mentions(context, &wanted) {
            let origin = &findings[want.thing].place;
            let is_own = mention.file == origin.file && mention.line == origin.start.line;
            if is_own || things[want.thing].uses.len() >= MOST_USES {
                continue;
            }
            next.extend(mention.takers.into_iter().map(|name| Wanted { thing: want.thing, name, file: mention.file }));
            if !things[want.thing].uses.contains(&mention.statement) {
                things[want.thing].uses.push(mention.statement);
            }
        }
        wanted = next.into_iter().filter(|want| sought.insert(want.clone())).collect();
    }
    things
}

fn named(context: &Context<'_>, finding: &Finding) -> Named {
    let file = context.workspace.file(finding.place.file);
    static KEYED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"^\s*(?:-\s+)?["']?([\w.-]+)["']?\s*(?::=|[:=])\s*["'`\[]?\w"#).expect("a valid pattern"));
    // What was found may begin with its key, or with the end of it, as in a file of settings.
    let start = finding.place.span.start as usize;
    let own = KEYED.captures(file.snippet(finding.place.span)).and_then(|found| found.get(1)).map(|key| {
        let is_part = |char: char| char.is_alphanumeric() || char == '_';
        let before = if key.start() == 0 { file.text[..start].trim_end_matches(is_part).len() } else { start + key.start() };
        &file.text[before..start + key.end()]
    });
    let name = own.or_else(|| bound_name(&file.text, start));
    // `networks.main.url` is used as `url`.
    let name = name.map(|name| name.rsplit('.').next().unwrap_or(name));
    Named { name: name.filter(|name| name.len() > 1).map(str::to_owned), uses: Vec::new() }
}

/// A line that names a thing.
#[derive(Clone)]
struct Mention {
    file: FileId,
    line: u32,
    statement: String,
    /// Names that take it there.
    takers: Vec<String>,
}

/// Whether a name is rare enough to mean the same thing in another file.
fn is_telling(name: &str) -> bool {
    name.len() >= 5
        && name.chars().skip(1).any(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || matches!(char, '_' | '-'))
}

/// Every use of the wanted names, in the order of the files and lines.
fn mentions(context: &Context<'_>, wanted: &BTreeSet<Wanted>) -> Vec<(Wanted, Mention)> {
    let names: Vec<&str> = wanted.iter().map(|want| want.name.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let Ok(searcher) = AhoCorasick::builder().match_kind(aho_corasick::MatchKind::LeftmostLongest).build(&names) else {
        return Vec::new();
    };
    let in_file = |file: &SourceFile| {
        let hits = searcher.find_iter(&*file.text).filter(|hit| is_whole(&file.text, hit.range()));
        let hits: Vec<(&str, usize)> = hits.map(|hit| (names[hit.pattern().as_usize()], hit.start())).collect();
        let imported: BTreeSet<&str> =
            hits.iter().filter(|(name, start)| is_import(file, name, *start)).map(|(name, _)| *name).collect();
        let mut found = Vec::new();
        for (name, start) in hits {
            let means = |want: &&Wanted| want.name == name && (want.file == file.id || is_telling(name) || imported.contains(name));
            if wanted.iter().any(|want| means(&want))
                && let Some(mention) = mention(file, start, name)
            {
                found.extend(wanted.iter().filter(means).map(|want| (want.clone(), mention.clone())));
            }
        }
        found
    };
    let ships = |file: &&SourceFile| matches!(file.role, Role::Product | Role::Build | Role::Generated);
    context.workspace.files.par_iter().filter(ships).flat_map_iter(in_file).collect()
}

/// Whether what stands there is a whole word.
pub(super) fn is_whole(text: &str, range: std::ops::Range<usize>) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || char == '_' || char == '$';
    !text[..range.start].ends_with(is_part) && !text[range.end..].starts_with(is_part)
}

/// Whether the line of a name takes it from another file.
fn is_import(file: &SourceFile, name: &str, start: usize) -> bool {
    name.len() >= SHORTEST_IMPORTED && IMPORTS.is_match(statement(&file.text, &lines_around(&file.text, &(start..start), 0)))
}

static IMPORTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:import\b|from\s+\S+\s+import\b|export\s*(?:type\s*)?\{|(?:pub\s+)?use\s|.*=\s*require\()")
        .expect("a valid pattern")
});

/// The use of a name at a place; None for a comment, an import, or a place that only gives the name another value or a type.
fn mention(file: &SourceFile, start: usize, name: &str) -> Option<Mention> {
    static DEFINES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"^["'`]?\s*(?:\??\s*:\s*(?:&\s*)?[\w<>\[\]]+\s*=\s*["'`\[]|[:=]\s*["'`]|\??\s*:\s*\w+(?:\s*\|\s*\w+)*\s*[?!]?\s*[;,]?\s*$)"#)
            .expect("a valid pattern")
    });
    static DECLARES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:\b(?:function\*?|fun|func|fn|def|class|interface|enum|struct|type)|(?:public|private|protected|static)\s[\w<>\[\] ]*)\s+$")
            .expect("a valid pattern")
    });
    let line = lines_around(&file.text, &(start..start), 0);
    let trimmed = file.text[line.clone()].trim();
    let (before, rest) = (&file.text[line.start..start], &file.text[start + name.len()..line.end]);
    if is_remark(trimmed) || DEFINES.is_match(rest) || DECLARES.is_match(before) && !rest.trim_start().starts_with('.') {
        return None;
    }
    let statement = statement(&file.text, &line);
    if IMPORTS.is_match(statement) {
        return None;
    }
    let takers = takers(&file.text, statement, start, name);
    Some(Mention { file: file.id, line: file.position(start as u32).line, statement: statement.to_owned(), takers })
}

/// The line, and those above it that it goes on from.
fn statement<'t>(text: &'t str, line: &std::ops::Range<usize>) -> &'t str {
    let is_alone =
        text[line.clone()].trim().trim_end_matches(',').chars().all(|char| char.is_alphanumeric() || "_$".contains(char));
    let mut start = line.start;
    for _ in 0..if is_alone { LIST_LINES } else { STATEMENT_LINES } {
        let Some(above) = text[..start].strip_suffix('\n') else { break };
        let above_start = above.rfind('\n').map_or(0, |newline| newline + 1);
        if !above[above_start..].trim_end().ends_with(['(', '[', '{', ',', '=', '+', '?', ':', '&', '|', '.']) {
            break;
        }
        start = above_start;
        // A block is not continued: what stands above its first line is another statement.
        if above.trim_end().ends_with('{') && !above.trim_end().ends_with("({") && !is_alone {
            break;
        }
    }
    &text[start..line.end]
}

/// The names that a statement gives the value to, or the function that returns it.
fn takers(text: &str, statement: &str, start: usize, name: &str) -> Vec<String> {
    static TAKES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"([A-Za-z_$][\w$]*)\s*(?:\??\s*:\s*[^=:(){}]{1,40})?\s*(?::=|=)\s*[^=>\s]").expect("a valid pattern")
    });
    static FUNCTION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:function|fun|func|fn|def|get|const|val|var|let)\s+([A-Za-z_$][\w$]*)").expect("a valid pattern")
    });
    let before = statement.split(name).next().unwrap_or_default();
    let mut takers: Vec<String> = Vec::new();
    let padded = format!("{before}_");
    takers.extend(TAKES.captures_iter(&padded).last().map(|found| found[1].to_owned()));
    if statement.contains("return ") {
        let function = headings(text, start).into_iter().find_map(|heading| Some(FUNCTION.captures(heading)?[1].to_owned()));
        takers.extend(function);
    } else if let Some(found) = FUNCTION.captures(before).filter(|_| before.contains("=>") || before.trim_end().ends_with('=')) {
        takers.push(found[1].to_owned());
    }
    takers.retain(|taker| taker != name && taker.len() > 1);
    takers.dedup();
    takers
}
