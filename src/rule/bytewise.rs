//! Expressions over bytes instead of characters: what `\w`, `\s`, `\d`, `\b` and `(?i)` add beyond ASCII makes an expression many
//! times as big and slow, and code is written in ASCII. A class of nearly all characters takes any byte beyond ASCII. Characters that a
//! pattern names are meant and stay. The build script uses this file, too: it knows nothing of the program.

use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition,
};

/// The first character beyond ASCII.
const BEYOND: u32 = 0x80;
/// From how many characters beyond ASCII a class means "anything but".
const NEARLY_ALL: usize = 0x8_0000;

/// What an expression is over bytes.
pub(crate) fn bytewise(hir: &Hir) -> Hir {
    let each = |parts: &[Hir]| parts.iter().map(bytewise).collect();
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0.clone()),
        HirKind::Class(Class::Unicode(class)) => Hir::class(narrowed(class)),
        HirKind::Class(class) => Hir::class(class.clone()),
        HirKind::Look(look) => Hir::look(ascii(*look)),
        HirKind::Repetition(repeated) => {
            Hir::repetition(Repetition { sub: Box::new(grouped(bytewise(&repeated.sub))), ..repeated.clone() })
        }
        HirKind::Capture(capture) => Hir::capture(Capture { sub: Box::new(bytewise(&capture.sub)), ..capture.clone() }),
        HirKind::Concat(parts) => Hir::concat(each(parts)),
        HirKind::Alternation(ways) => Hir::alternation(each(ways)),
    }
}

/// A repetition in brackets, which it needs where it is repeated: the printer leaves them out, and `(?:a+)?` would be read again as the
/// lazy `a+?`.
fn grouped(hir: Hir) -> Hir {
    let is_repetition = matches!(hir.kind(), HirKind::Repetition(_));
    if is_repetition { Hir::capture(Capture { index: 0, name: None, sub: Box::new(hir) }) } else { hir }
}

/// The look-around that knows the words of ASCII only.
const fn ascii(look: Look) -> Look {
    match look {
        Look::WordUnicode => Look::WordAscii,
        Look::WordUnicodeNegate => Look::WordAsciiNegate,
        Look::WordStartUnicode => Look::WordStartAscii,
        Look::WordEndUnicode => Look::WordEndAscii,
        Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
        Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
        other => other,
    }
}

fn narrowed(class: &ClassUnicode) -> Class {
    let beyond = beyond(class);
    let size: usize = beyond.iter().map(|range| range.end() as usize - range.start() as usize + 1).sum();
    let within = || class.ranges().iter().filter(|range| range.start().is_ascii());
    let mut bytes: Vec<_> =
        within().map(|range| ClassBytesRange::new(range.start() as u8, (range.end() as u32).min(BEYOND - 1) as u8)).collect();
    if size >= NEARLY_ALL {
        bytes.push(ClassBytesRange::new(BEYOND as u8, u8::MAX));
    } else if size > 0 && (bytes.is_empty() || !is_by_the_way(&beyond)) {
        return Class::Unicode(class.clone());
    }
    Class::Bytes(ClassBytes::new(bytes))
}

fn beyond(class: &ClassUnicode) -> ClassUnicode {
    let ranges = class.ranges().iter().filter(|range| !range.end().is_ascii());
    ClassUnicode::new(ranges.map(|range| ClassUnicodeRange::new(range.start().max('\u{80}'), range.end())))
}

/// Whether a class has these characters only since a class of ASCII, or letters without case, bring them along.
fn is_by_the_way(beyond: &ClassUnicode) -> bool {
    let is_fold = |range: &ClassUnicodeRange| range.start() == range.end() && matches!(range.start(), '\u{212A}' | '\u{17F}');
    beyond.ranges().iter().all(is_fold) || brought_along().contains(beyond)
}

/// What the classes of Perl and their unions have beyond ASCII.
fn brought_along() -> &'static [ClassUnicode] {
    static CLASSES: std::sync::OnceLock<Vec<ClassUnicode>> = std::sync::OnceLock::new();
    let of = |expression: &&str| match regex_syntax::parse(expression).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(beyond(&class)),
        _ => None,
    };
    CLASSES.get_or_init(|| [r"\w", r"\s", r"\d", r"[\w\s]", r"[\d\s]"].iter().filter_map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_code_is_made_of_is_found_as_before() {
        let cases = [
            (r"\bkey\b", "a key, mykey", "key"),
            (r"(?i)SKIP\s*=", "skip \t= 1", "skip \t="),
            (r"[^\s;]{2,9};", "x = «é»; y", "«é»;"),
            (r"\W\w+", "(word", "(word"),
            (r"[а-я]{3}", "ab где", "где"),
            (r"[\x{FE00}-\x{FE0F}]{2}", "x\u{FE00}\u{FE01}", "\u{FE00}\u{FE01}"),
            (r"[—-]{2}", "a——b", "——"),
            (r"a:\s*(?:\w+)?\[", "a: [", "a: ["),
            (r"x(?:\s+)*y", "xy", "xy"),
            (r"(?:a+){2}", "a", ""),
            (r"(?:a{2}){2}", "aaaaa", "aaaa"),
        ];
        for (expression, text, expected) in cases {
            let bytes = bytewise(&regex_syntax::parse(expression).expect("an expression")).to_string();
            let found =
                regex::bytes::Regex::new(&bytes).expect(&bytes).find(text.as_bytes()).map(|found| found.as_bytes().to_vec());
            let expected = Some(expected.as_bytes()).filter(|expected| !expected.is_empty());
            assert_eq!(found.as_deref(), expected, "{expression} as {bytes}");
        }
    }

    #[test]
    fn classes_lose_what_they_only_bring_along() {
        let is_bytes = |expression: &str| {
            let hir = bytewise(&regex_syntax::parse(expression).expect("an expression"));
            matches!(hir.kind(), HirKind::Class(Class::Bytes(_)))
        };
        assert!([r"\w", r"\s", r"[\d.]", r"\S", r"[^\w]", "[^\"]", "(?i)k", "(?i)[a-z]", "(?s)."].iter().all(|it| is_bytes(it)));
        assert!(["[а-я]", "[aа-я]", r"[\x{202A}-\x{202E}]"].iter().all(|it| !is_bytes(it)));
    }
}
