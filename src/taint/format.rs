//! Formats of C and those that followed it: `"%s at %p"`. Of each value that they take, whether all of it is shown.

/// Conversions that show where a value is, what its type is called, or one letter of it.
const PARTIAL: [char; 4] = ['p', 'T', 'c', 'C'];

/// So many letters of a text only tell which one it is.
const FEW: u32 = 6;

/// Whether all is shown of each of as many values as follow a format; None if it is none, or one for another number of values.
pub(super) fn shown(text: &str, values: usize) -> Option<Vec<bool>> {
    if !text.contains('%') {
        return None;
    }
    let mut shown = Vec::new();
    for part in text.replace("%%", "").split('%').skip(1) {
        directive(part, &mut shown)?;
    }
    (shown.len() == values && shown.contains(&false)).then_some(shown)
}

/// What a directive shows, from behind its `%`: flags, width, precision, length and the letter. None if it names its value by a place.
fn directive(part: &str, shown: &mut Vec<bool>) -> Option<()> {
    // What the system's log is told to hide or show: `%{public}@`.
    let part = part.strip_prefix('{').and_then(|part| part.split_once('}')).map_or(part, |(_, part)| part);
    let part = part.trim_start_matches(['-', '+', ' ', '#', '0', '\'']);
    let (width, part) = digits(part);
    let (precision, part) = part.strip_prefix('.').map_or(("", part), digits);
    let letter = part.trim_start_matches(['h', 'l', 'L', 'q', 'j', 'z', 't']).chars().next();
    // A letter of length may be the conversion itself: `%t`.
    let letter = letter.filter(|letter| letter.is_ascii_alphabetic() || *letter == '@').or_else(|| part.chars().next())?;
    if !letter.is_ascii_alphabetic() && letter != '@' {
        return None;
    }
    shown.extend([width, precision].iter().filter(|digits| **digits == "*").map(|_| true));
    let is_cut = matches!(letter, 's' | 'S' | 'v' | 'q' | 'x') && precision.parse().is_ok_and(|letters: u32| letters <= FEW);
    shown.push(!PARTIAL.contains(&letter) && !is_cut);
    Some(())
}

/// A number, or a star for one that is given, and what follows it.
fn digits(text: &str) -> (&str, &str) {
    let end = if text.starts_with('*') { 1 } else { text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len()) };
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn addresses_types_and_single_letters_show_nothing() {
        assert_eq!(shown("%s at %p", 2), Some(vec![true, false]));
        assert_eq!(shown("%{public}@ %-8T|%.4s", 3), Some(vec![true, false, false]));
        assert_eq!(shown("100%% %*d %lu %c", 4), Some(vec![true, true, true, false]));
        assert_eq!(shown("%t %p", 2), Some(vec![true, false]));
    }

    #[test]
    fn what_shows_all_or_fits_no_values_says_nothing() {
        for (text, values) in [("%s %v", 2), ("%p", 2), ("%1$s %2$p", 2), ("100 %", 0), ("", 0), ("%.40s", 1), ("%", 1)] {
            assert_eq!(shown(text, values), None, "{text}");
        }
    }
}
