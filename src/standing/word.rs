//! The words of which a name consists.

/// The words of a name, in lower case: parts between marks, and at capitals. Digits stay with the word before them.
pub(crate) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, &char) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(at + 1);
        let begins = char.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
                || (before.is_some_and(char::is_uppercase) && after.is_some_and(|after| after.is_lowercase())));
        if (begins || !char.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if char.is_alphanumeric() {
            word.extend(char.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_at_marks_and_capitals() {
        for (name, expected) in [
            ("plover-examples", &["plover", "examples"][..]),
            ("Plover.Tests", &["plover", "tests"]),
            ("__test_helpers", &["test", "helpers"]),
            ("androidTest", &["android", "test"]),
            ("UITests", &["ui", "tests"]),
            ("PloverUITests", &["plover", "ui", "tests"]),
            ("latest", &["latest"]),
            ("API_URL2", &["api", "url2"]),
            ("", &[]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }
}
