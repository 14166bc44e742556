//! The hash by which GitHub code scanning recognises a line that has moved: `primaryLocationLineHash` of SARIF, computed as its upload
//! action does (a rolling hash over a hundred characters from the start of the line, white space left out, and a count).

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::Finding;
use super::redact::MARK;
use crate::source::{FileId, Span};
use crate::target::Workspace;

/// Characters that a hash covers.
const BLOCK: usize = 100;
const FACTOR: u64 = 37;
/// What stands for the end of the file.
const END: u16 = 65535;
/// Bytes from the start of a line within which a secret would be a part of its hash.
const REACH: u32 = 2048;

/// Gives findings the hash of their line. One that would cover a secret is withheld: short secrets can be found by trying.
pub(super) fn mark(findings: &mut [Finding], workspace: &Workspace) {
    let mut lines: BTreeMap<FileId, BTreeSet<u32>> = BTreeMap::new();
    let mut secrets: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
    for finding in &*findings {
        lines.entry(finding.place.file).or_default().insert(finding.place.start.line);
        secrets.entry(finding.place.file).or_default().extend(&finding.secrets);
    }
    let hashes: BTreeMap<_, _> = lines.iter().map(|(file, lines)| (*file, of_lines(&workspace.file(*file).text, lines))).collect();
    for finding in findings {
        let file = finding.place.file;
        let (start, column) = (finding.place.span.start, finding.place.start.column);
        // A character has four bytes at most: the line begins no earlier.
        let is_near = |secret: &Span| secret.end > start.saturating_sub(4 * column) && secret.start < start + REACH;
        let hides = secrets.get(&file).is_some_and(|spans| spans.iter().any(is_near));
        if !hides && !finding.excerpt.lines.iter().any(|line| line.contains(MARK)) {
            finding.line_hash = hashes.get(&file).and_then(|hashes| hashes.get(&finding.place.start.line)).cloned();
        }
    }
}

/// The hashes of the wanted lines of a text.
fn of_lines(text: &str, wanted: &BTreeSet<u32>) -> BTreeMap<u32, String> {
    let mut window = Window::new(wanted);
    let (mut line, mut starts_line, mut after_return) = (0, true, false);
    for unit in text.encode_utf16().chain([END]) {
        let (is_return, is_feed) = (unit == u16::from(b'\r'), unit == u16::from(b'\n'));
        if unit == u16::from(b' ') || unit == u16::from(b'\t') || (after_return && is_feed) {
            after_return = false;
            continue;
        }
        after_return = is_return;
        window.finish();
        // How often a hash was seen counts from the top: what stands below the last wanted line plays no part.
        if window.hashes.len() == wanted.len() {
            break;
        }
        if starts_line {
            line += 1;
            window.lines[window.at] = Some(line);
        }
        starts_line = is_return || is_feed;
        window.push(if is_return { u16::from(b'\n') } else { unit });
    }
    for _ in 0..BLOCK {
        window.finish();
        window.push(0);
    }
    window.hashes
}

/// The last hundred characters, and which of them begin a line.
struct Window<'w> {
    wanted: &'w BTreeSet<u32>,
    units: [u16; BLOCK],
    lines: [Option<u32>; BLOCK],
    at: usize,
    hash: u64,
    /// The weight of the character that leaves the window.
    first: u64,
    counts: FxHashMap<u64, u32>,
    hashes: BTreeMap<u32, String>,
}

impl<'w> Window<'w> {
    fn new(wanted: &'w BTreeSet<u32>) -> Self {
        let first = (0..BLOCK).fold(1_u64, |weight, _| weight.wrapping_mul(FACTOR));
        let (counts, hashes) = (FxHashMap::default(), BTreeMap::new());
        Self { wanted, units: [0; BLOCK], lines: [None; BLOCK], at: 0, hash: 0, first, counts, hashes }
    }

    /// Notes the hash of the line whose first character is about to leave.
    fn finish(&mut self) {
        if let Some(line) = self.lines[self.at].take() {
            let count = self.counts.entry(self.hash).or_default();
            *count += 1;
            if self.wanted.contains(&line) {
                self.hashes.insert(line, format!("{:x}:{count}", self.hash));
            }
        }
    }

    fn push(&mut self, unit: u16) {
        let leaving = u64::from(std::mem::replace(&mut self.units[self.at], unit));
        let moved = self.hash.wrapping_mul(FACTOR).wrapping_add(u64::from(unit));
        self.hash = moved.wrapping_sub(self.first.wrapping_mul(leaving));
        self.at = (self.at + 1) % BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<String> {
        of_lines(text, &(1..100).collect()).into_values().collect()
    }

    /// The expectations of the tests of GitHub's own action.
    #[test]
    fn hashes_are_those_of_the_upload_action() {
        assert_eq!(
            hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        assert_eq!(
            hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End"),
            [
                "8b7cf3e952e7aeb2:1",
                "b1ae1287ec4718d9:1",
                "bff680108adb0fcc:1",
                "c6805c5e1288b612:1",
                "b86d3392aea1be30:1",
                "e6ceba753e1a442:1"
            ]
        );
    }

    #[test]
    fn line_ends_and_white_space_do_not_count() {
        assert_eq!(hashes("a\r\nb c\rd"), hashes("a\nbc\n\td"));
        let twice = hashes(&"x\n".repeat(300));
        assert_ne!(twice[0], twice[1], "equal lines are told apart by their number");
    }

    #[test]
    fn a_line_near_a_secret_has_no_hash() {
        let rule = crate::finding::test_rule("a-rule");
        let has_hash = |before: usize, behind: usize| {
            let secret = |lines: usize| if lines == 0 { String::new() } else { "pin(8321)\n".to_owned() };
            let filler = "//\n";
            let text = format!("{}{}x()\n{}{}", secret(before), filler.repeat(before), filler.repeat(behind), secret(behind));
            let workspace = Workspace::in_memory([("a.ts", text.as_str())]);
            let at = |part: &str| text.find(part).map(|at| Span::new(at as u32, (at + part.len()) as u32)).expect("a part");
            let build = |part: &str| crate::finding::FindingBuilder::new(&rule, &workspace, FileId(0), at(part));
            let mut findings = [build("x()").build(), build("pin(8321)").secret(at("8321")).build()];
            mark(&mut findings, &workspace);
            assert_eq!(findings[1].line_hash, None, "the line of the secret itself");
            findings[0].line_hash.is_some()
        };
        assert!(!has_hash(0, 100), "the hash covers what follows");
        assert!(has_hash(0, 1_000), "it does not reach so far");
        assert!(has_hash(10, 0), "nor what stands on lines before");
    }
}
