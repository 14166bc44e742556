//! Format strings: `"{} of {name:>8}"`.

/// A part of a format string, with its bytes in the string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Text that is copied.
    Text(&'t str, usize),
    /// The next positional argument, of which only the address or a few letters are shown.
    NextHidden,
    /// The next positional argument.
    Next(usize),
    /// The nth positional argument.
    Nth(usize, usize),
    /// A named argument or a captured variable.
    Name(&'t str, usize),
}

/// So many letters of a text only tell which one it is.
const FEW: u8 = 6;

/// The parts of a format string; None if it is not one.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            pieces.push(Piece::Text(&rest[..1], at));
            at += 2;
        } else if rest.starts_with('{') {
            let end = rest.find('}')?;
            pieces.push(argument(&rest[1..end], at + 1)?);
            at += end + 1;
        } else if rest.starts_with('}') {
            return None;
        } else {
            let end = rest.find(['{', '}']).unwrap_or(rest.len());
            pieces.push(Piece::Text(&rest[..end], at));
            at += end;
        }
    }
    Some(pieces)
}

/// What stands between braces: an argument, and after `:` how it is shown.
fn argument(text: &str, at: usize) -> Option<Piece<'_>> {
    let (name, how) = text.split_once(':').map_or((text, ""), |(name, how)| (name, how.trim()));
    let name = name.trim();
    let is_cut = how.rsplit_once('.').is_some_and(|(_, letters)| letters.parse::<u8>().is_ok_and(|letters| letters <= FEW));
    if name.is_empty() {
        return Some(if how.ends_with('p') || is_cut { Piece::NextHidden } else { Piece::Next(at) });
    }
    if let Ok(index) = name.parse() {
        return Some(Piece::Nth(index, at));
    }
    let is_name =
        name.chars().all(|char| char.is_alphanumeric() || char == '_') && !name.starts_with(|first: char| first.is_ascii_digit());
    is_name.then_some(Piece::Name(name, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_strings_are_split_and_others_refused() {
        use Piece::{Name, Next, NextHidden, Nth, Text};
        let table = [
            ("a{}b{1:?}", Some(vec![Text("a", 0), Next(2), Text("b", 3), Nth(1, 5)])),
            ("{:p}{:.4}{:.40}", Some(vec![NextHidden, NextHidden, Next(10)])),
            ("{name:>8}", Some(vec![Name("name", 1)])),
            ("{{}}", Some(vec![Text("{", 0), Text("}", 2)])),
            ("\u{e9}{:#x}", Some(vec![Text("\u{e9}", 0), Next(3)])),
            ("{", None),
            ("a}", None),
            ("{a b}", None),
            ("{\"k\": 1}", None),
        ];
        for (text, expected) in table {
            assert_eq!(pieces(text), expected, "{text}");
        }
    }
}
