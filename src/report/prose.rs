//! Sentences with names of code between back-ticks, taken apart for formats that can set code in its own type.

/// A part of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    pub(super) is_code: bool,
}

/// The parts of a sentence. A back-tick without a second one stands for itself.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, code, after)) = code_span(rest) {
        parts.push(Part { text: before, is_code: false });
        parts.push(Part { text: code, is_code: true });
        rest = after;
    }
    parts.push(Part { text: rest, is_code: false });
    parts.retain(|part| !part.text.is_empty());
    parts
}

/// What stands before, in and after the first pair of back-ticks.
fn code_span(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (code, after) = rest.split_once('`')?;
    Some((before, code, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_words() {
        let told = |text| parts(text).into_iter().map(|part| (part.text, part.is_code)).collect::<Vec<_>>();
        assert_eq!(told("`a` calls `b`."), [("a", true), (" calls ", false), ("b", true), (".", false)]);
        assert_eq!(told("a lone ` stays"), [("a lone ` stays", false)]);
        assert_eq!(told(""), []);
    }
}
