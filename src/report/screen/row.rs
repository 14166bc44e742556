//! A row for each rule: its title, and where it speaks.

use super::Row;
use crate::finding::Finding;
use crate::report::order::rank;
use crate::report::page::{Line, Paint, cut, cut_path, wrapped};
use crate::report::text::place_of;
use crate::rule::Severity;

/// Findings of one rule and severity.
pub(super) struct RuleRow<'a> {
    /// The one that is nearest to the keys.
    pub(super) first: &'a Finding,
    places: usize,
    /// Why they have another severity than the rule, the different reasons.
    notes: Vec<&'a str>,
}

/// One row for each rule and severity, in the order of the reports.
pub(super) fn rows<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<RuleRow<'a>> {
    let mut rows: Vec<RuleRow<'a>> = Vec::new();
    for finding in findings {
        let is_its = |row: &RuleRow<'_>| row.first.rule.id == finding.rule.id && row.first.severity == finding.severity;
        let at = rows.iter().position(is_its).unwrap_or_else(|| {
            rows.push(RuleRow { first: finding, places: 0, notes: Vec::new() });
            rows.len() - 1
        });
        let row = &mut rows[at];
        row.places += 1;
        if rank(finding) < rank(row.first) {
            row.first = finding;
        }
        let note = finding.severity_reason.as_deref();
        row.notes.extend(note.filter(|note| !row.notes.contains(note)));
    }
    rows.sort_by_cached_key(|row| rank(row.first));
    rows
}

impl Row for RuleRow<'_> {
    fn severity(&self) -> Severity {
        self.first.severity
    }

    fn findings(&self) -> usize {
        self.places
    }

    fn noun(&self) -> &'static str {
        "rule"
    }

    fn lines(&self, width: usize) -> Vec<Line> {
        let more = if self.places > 1 { format!(" (+{})", self.places - 1) } else { String::new() };
        let title = headline(&self.first.rule.body.title);
        let title = clause(&title, width.saturating_sub(SEVERITY + 2 + PLACE + more.len()));
        lines(self.first.severity, &format!("{title}{more}"), self.note().as_deref(), &place_of(self.first), width)
    }
}

impl RuleRow<'_> {
    /// Why the severity is not the rule's, of each of its findings.
    fn note(&self) -> Option<String> {
        let notes = &self.notes;
        (!notes.is_empty()).then(|| format!("(rule: {}; {})", self.first.rule.body.severity.name(), notes.join(", or ")))
    }
}

/// Columns of the severity, with the blanks around it.
const SEVERITY: usize = 11;
/// Of the name of a file so much is shown, whatever stands beside it.
const PLACE: usize = 26;

/// A severity, what there is to say, and at the right edge where. Of a place its folders give way before a word of the text does; what
/// still does not fit, and a note that does not, are told in the next lines.
pub(super) fn lines(grade: Severity, text: &str, note: Option<&str>, place: &str, width: usize) -> Vec<Line> {
    let room = width.saturating_sub(SEVERITY);
    let length = |text: &str| text.chars().count();
    let name = place.rsplit('/').next().unwrap_or(place);
    let least = if name == place { length(name) } else { length(name) + 2 }.min(PLACE).min(room * 2 / 5);
    let fits = |text: &str| length(text) + 2 + least <= room;
    let whole = note.map(|note| format!("{text} {note}")).filter(|whole| fits(whole));
    let note = note.filter(|_| whole.is_none());
    let text = whole.as_deref().unwrap_or(text);
    let place = cut_path(place, room.saturating_sub(2 + if fits(text) { length(text) } else { room - 2 - least }));
    let room_beside = room.saturating_sub(2 + length(&place));
    let mut broken = wrapped(text, room_beside);
    let first = if broken.is_empty() { String::new() } else { cut(&broken.remove(0), room_beside) };
    let rest = cut(&broken.join(" "), room);
    let below = wrapped(&format!("{rest} {}", note.unwrap_or_default()), room);
    let mut lines = vec![Line(vec![severity(grade), (Paint::Plain, format!("{first:room_beside$}  ")), (Paint::Faint, place)])];
    let inset = " ".repeat(SEVERITY);
    lines.extend(below.iter().map(|line| Line(vec![(Paint::Plain, inset.clone()), (Paint::Plain, cut(line, room))])));
    lines
}

fn severity(severity: Severity) -> (Paint, String) {
    (paint(severity), format!(" {:10}", severity.name().to_uppercase()))
}

/// How a severity stands out.
pub(in crate::report) const fn paint(severity: Severity) -> Paint {
    match severity {
        Severity::Critical | Severity::High => Paint::Bad,
        Severity::Medium => Paint::Warning,
        Severity::Low | Severity::Info => Paint::Bold,
    }
}

/// The first clause of a title that is too long as a whole: what follows the comma says why.
pub(super) fn clause(title: &str, room: usize) -> String {
    // A comma within brackets ends no clause.
    let is_whole = |first: &&str| first.matches('(').count() == first.matches(')').count();
    let first = title.split_once(", ").map(|(first, _)| first).filter(is_whole);
    let first = first.filter(|first| first.chars().count() > CLAUSE);
    match first {
        Some(first) if title.chars().count() > room => first.to_owned(),
        _ => title.to_owned(),
    }
}

/// Characters of a clause that says something by itself.
const CLAUSE: usize = 20;

/// A title without the article that hides its noun in a list.
pub(in crate::report) fn headline(title: &str) -> String {
    let rest = ["A ", "An ", "The "].iter().find_map(|article| title.strip_prefix(article)).unwrap_or(title);
    let mut chars = rest.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_begin_with_their_noun() {
        assert_eq!(headline("A window shares its world"), "Window shares its world");
        assert_eq!(headline("Another thing"), "Another thing");
        assert_eq!(headline(""), "");
    }

    fn drawn(text: &str, note: Option<&str>, place: &str) -> Vec<String> {
        lines(Severity::High, text, note, place, 60).into_iter().map(|line| line.plain()).collect()
    }

    #[test]
    fn folders_give_way_before_words_and_words_go_on_below() {
        let place = "packages/wallet/src/Reveal.tsx:7";
        let short = drawn("Short", None, place);
        assert!(short.len() == 1 && short[0].ends_with(place) && short[0].chars().count() == 60, "{short:#?}");
        let title = "Secret is written to a log";
        let narrow = drawn(title, None, place);
        assert!(narrow.len() == 1 && narrow[0].contains(title) && narrow[0].ends_with("…/src/Reveal.tsx:7"), "{narrow:#?}");
        let long = drawn("Secret is shown in a field that browsers remember (+3)", Some("(rule: high; a long way)"), place);
        assert!(long.len() == 2 && long[0].ends_with("…/Reveal.tsx:7"), "{long:#?}");
        assert_eq!(long[1].trim_start(), "browsers remember (+3) (rule: high; a long way)");
        let reason = "(rule: high; the write itself does not say that it stores a secret, or its name says so)";
        let told = drawn("Secret is in a log", Some(reason), place);
        assert!(told.len() == 3 && told[0].ends_with("Reveal.tsx:7"), "{told:#?}");
        assert_eq!(told[1..].iter().map(|line| line.trim()).collect::<Vec<_>>().join(" "), reason, "a reason is never cut");
        let long = drawn(&"word ".repeat(40), None, &"name".repeat(40));
        assert!(long.len() == 2 && long.iter().all(|line| line.chars().count() <= 60), "{long:#?}");
    }

    #[test]
    fn a_title_is_cut_between_clauses() {
        let title = "Window shares its world with the script, since this Electron does";
        assert_eq!(clause(title, 50), "Window shares its world with the script");
        assert_eq!(clause(title, 80), title);
        assert_eq!(clause("One, two and so on without an end", 10), "One, two and so on without an end");
        let brackets = "Weak derivation of a key (PBKDF2, scrypt)";
        assert_eq!(clause(brackets, 10), brackets);
    }
}
