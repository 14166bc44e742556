//! Until when the makers of a runtime mend a release line.

use super::rows;
use crate::rule::Date;

/// A release line of a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line as its makers name it: a major version, or major and minor.
    pub name: &'static str,
    /// The last day with fixes.
    pub end: Date,
}

/// The release line of a version of a package or program (`npm`, `electron`; `runtime`, `node`), and the day on which it ended;
/// None if it is not known.
#[must_use]
pub fn line(ecosystem: &str, name: &str, version: &str) -> Option<Line> {
    let lines = rows("lifecycle.tsv").filter(|row| row.len() == 4 && row[0] == ecosystem && row[1] == name);
    let lines = lines.filter_map(|row| Some(Line { name: row[2], end: row[3].parse().ok()? }));
    lines.filter(|line| is_within(version, line.name)).max_by_key(|line| line.name.len())
}

/// The release lines that still get fixes on a day.
pub fn living(ecosystem: &str, name: &str, as_of: Date) -> impl Iterator<Item = &'static str> {
    let lines = rows("lifecycle.tsv").filter(move |row| row.len() == 4 && row[0] == ecosystem && row[1] == name);
    lines.filter(move |row| row[3].parse::<Date>().is_ok_and(|end| as_of <= end)).map(|row| row[2])
}

fn is_within(version: &str, line: &str) -> bool {
    let rest = version.trim_start_matches('v').strip_prefix(line);
    rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
}
