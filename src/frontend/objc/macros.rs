//! Macros that stand where declarations do: the parser is given what they stand for, in as many bytes.

use crate::frontend::grammar::{both_branches, first_branches};

/// Macros around the head of a method that another language calls, and what the parser reads in their place. The second says
/// whether the first argument is the name by which it is called.
const METHODS: &[(&str, bool)] = &[
    ("RCT_EXPORT_METHOD", false),
    ("RCT_EXPORT_BLOCKING_SYNCHRONOUS_METHOD", false),
    ("RCT_EXPORT_SYNCHRONOUS_TYPED_METHOD", true),
    ("RCT_REMAP_METHOD", true),
    ("RCT_REMAP_BLOCKING_SYNCHRONOUS_METHOD", true),
];

/// Macros that name the class around for another language, by their first argument.
const REGISTRATIONS: &[&str] = &["RCT_EXPORT_MODULE", "RCT_EXPORT_PRE_REGISTERED_MODULE", "CAP_PLUGIN"];

/// Macros without a meaning for the code around: with their arguments, if any, they are left out.
const SILENT: &[&str] = &[
    "NS_ASSUME_NONNULL_BEGIN",
    "NS_ASSUME_NONNULL_END",
    "NS_DESIGNATED_INITIALIZER",
    "NS_UNAVAILABLE",
    "NS_REQUIRES_NIL_TERMINATION",
    "NS_EXTENSION_UNAVAILABLE",
    "NS_SWIFT_NAME",
    "NS_SWIFT_UNAVAILABLE",
    "NS_REFINED_FOR_SWIFT",
    "NS_NOESCAPE",
    "NS_RETURNS_RETAINED",
    "NS_FORMAT_FUNCTION",
    "NS_AVAILABLE_IOS",
    "NS_AVAILABLE",
    "NS_DEPRECATED_IOS",
    "API_AVAILABLE",
    "API_UNAVAILABLE",
    "API_DEPRECATED",
    "UI_APPEARANCE_SELECTOR",
    "IBInspectable",
    "IB_DESIGNABLE",
    "DEPRECATED_ATTRIBUTE",
    "DEPRECATED_MSG_ATTRIBUTE",
    "__attribute__",
    "RCT_EXPORT_VIEW_PROPERTY",
    "RCT_CUSTOM_VIEW_PROPERTY_HEAD",
    "RCT_EXTERN_METHOD",
    "RCT_EXTERN__BLOCKING_SYNCHRONOUS_METHOD",
    "RCT_EXTERN_BLOCKING_SYNCHRONOUS_METHOD",
    "FOUNDATION_EXPORT",
    "FOUNDATION_EXTERN",
    "UIKIT_EXTERN",
    "RCT_EXTERN",
];

/// So many macros of a file are looked at.
const MOST: usize = 10_000;

/// The text that the parser is given; None if the file has no such macro.
pub(super) fn prepare(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut changed = false;
    for (at, word) in capitals(text).take(MOST) {
        changed |= match word {
            "RCT_EXTERN_MODULE" | "RCT_EXTERN_REMAP_MODULE" => extern_module(&mut bytes, at, word),
            "NS_ENUM" | "NS_OPTIONS" | "NS_CLOSED_ENUM" | "NS_ERROR_ENUM" => enumeration(&mut bytes, at, word),
            _ if SILENT.contains(&word) || REGISTRATIONS.contains(&word) => blank(&mut bytes, at, word.len()),
            _ => METHODS.iter().find(|(name, _)| *name == word).is_some_and(|(_, names)| method(&mut bytes, at, word, *names)),
        };
    }
    changed.then(|| String::from_utf8(bytes).ok()).flatten()
}

/// The same, with both sides of every condition of the preprocessor.
pub(super) fn prepare_both(text: &str) -> Option<String> {
    both_branches(prepare(text).as_deref().unwrap_or(text))
}

/// The same, with the first side of every condition of the preprocessor.
pub(super) fn prepare_first(text: &str) -> Option<String> {
    first_branches(prepare(text).as_deref().unwrap_or(text))
}

/// The words that may be macros of the lists, with their places.
fn capitals(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let starts = ["NS_", "RCT_", "API_", "UI_", "IB", "CAP_", "DEPRECATED_", "__attribute__", "FOUNDATION_", "UIKIT_"];
    let bytes = text.as_bytes();
    let begins = move |&at: &usize| bytes[at].is_ascii_alphabetic() | (bytes[at] == b'_') && (at == 0 || !is_word(bytes[at - 1]));
    (0..bytes.len()).filter(begins).filter_map(move |at| {
        let rest = text.get(at..)?;
        starts.iter().any(|start| rest.starts_with(start)).then(|| {
            let end = rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len());
            (at, &rest[..end])
        })
    })
}

/// Where the brackets behind a macro begin and end.
fn brackets(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let open = from + bytes.get(from..)?.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if bytes[open] != b'(' {
        return None;
    }
    let mut depth = 0_usize;
    for (index, byte) in bytes[open..].iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((open, open + index));
        }
    }
    None
}

/// Leaves out a macro with its arguments; line breaks stay.
fn blank(bytes: &mut [u8], at: usize, length: usize) -> bool {
    // The line that defines it is left alone.
    let line = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    if bytes[line..at].first() == Some(&b'#') {
        return false;
    }
    let end = brackets(bytes, at + length).filter(|(open, _)| *open == at + length).map_or(at + length, |(_, close)| close + 1);
    // A statement of its own takes its semicolon along.
    spaces(&mut bytes[at..end]);
    true
}

fn spaces(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}

/// `@interface RCT_EXTERN_MODULE(A, B)` is `@interface A : B`.
fn extern_module(bytes: &mut [u8], at: usize, word: &str) -> bool {
    let Some((open, close)) = brackets(bytes, at + word.len()) else { return false };
    let commas: Vec<_> = (open..close).filter(|&index| bytes[index] == b',').collect();
    let Some(&last) = commas.last() else { return false };
    let start = if commas.len() > 1 { commas[0] } else { open };
    spaces(&mut bytes[at..=start]);
    bytes[last] = b':';
    bytes[close] = b' ';
    true
}

/// `typedef NS_ENUM(NSInteger, A) {` is `typedef enum A {`.
fn enumeration(bytes: &mut [u8], at: usize, word: &str) -> bool {
    const HEAD: &[u8] = b"enum";
    let Some((open, close)) = brackets(bytes, at + word.len()) else { return false };
    let start = (open..close).rfind(|&index| bytes[index] == b',').unwrap_or(close);
    spaces(&mut bytes[at..=start]);
    bytes[at..at + HEAD.len()].copy_from_slice(HEAD);
    bytes[close] = b' ';
    true
}

/// `RCT_EXPORT_METHOD(word:(T)a) {` is `- (void) word:(T)a {`.
fn method(bytes: &mut [u8], at: usize, word: &str, is_named: bool) -> bool {
    const HEAD: &[u8] = b"-(void)";
    let Some((open, close)) = brackets(bytes, at + word.len()) else { return false };
    let name_end = (open..close).find(|&index| bytes[index] == b',');
    let start = if is_named { name_end } else { Some(open) };
    let Some(start) = start.filter(|start| start - at >= HEAD.len()) else { return false };
    spaces(&mut bytes[at..=start]);
    bytes[at..at + HEAD.len()].copy_from_slice(HEAD);
    bytes[close] = b' ';
    true
}

/// The macro around the head of a method, as it is written, and the name that it gives.
pub(super) fn exported(source: &str) -> Option<(&'static str, Option<&str>)> {
    let (name, is_named) =
        METHODS.iter().find(|(name, _)| source.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('(')))?;
    let exported = is_named.then(|| source.split(['(', ',']).nth(1).unwrap_or_default().trim());
    Some((name, exported))
}

/// The macros of a class that name it, with the name that each gives.
pub(super) fn registered(source: &str) -> Vec<(&'static str, &str)> {
    let found = REGISTRATIONS.iter().filter_map(|name| {
        let (_, rest) = source.split_once(name)?;
        let argument = rest.strip_prefix('(')?.split([',', ')']).next()?.trim();
        (!argument.is_empty()).then_some((*name, argument))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_become_declarations_of_the_same_length() {
        let cases = [
            ("RCT_EXPORT_METHOD(save:(T *)a\n b:(int)c)\n{ }", "-(void)           save:(T *)a\n b:(int)c \n{ }"),
            ("RCT_REMAP_METHOD(js, save:(T)a) { }", "-(void)              save:(T)a  { }"),
            ("@interface RCT_EXTERN_MODULE(A, NSObject)\n", "@interface                   A: NSObject \n"),
            ("RCT_EXPORT_MODULE(Wallet)\n-a", "                         \n-a"),
            ("typedef NS_ENUM(NSInteger, A) {", "typedef enum               A  {"),
            ("NS_ASSUME_NONNULL_BEGIN\nint NS_X;", "                       \nint NS_X;"),
        ];
        for (text, expected) in cases {
            assert_eq!(prepare(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(prepare("#define NS_SWIFT_NAME(x)\nint a;"), None);
    }

    #[test]
    fn names_given_to_other_languages_are_found() {
        assert_eq!(exported("RCT_EXPORT_METHOD(save:(T)a) {}"), Some(("RCT_EXPORT_METHOD", None)));
        assert_eq!(exported("RCT_REMAP_METHOD(js, save:(T)a) {}"), Some(("RCT_REMAP_METHOD", Some("js"))));
        assert_eq!(exported("- (void)save {}"), None);
        assert_eq!(registered("@implementation A\nRCT_EXPORT_MODULE(Wallet)\n"), [("RCT_EXPORT_MODULE", "Wallet")]);
        assert!(registered("@implementation A\nRCT_EXPORT_MODULE()\n").is_empty());
    }
}
