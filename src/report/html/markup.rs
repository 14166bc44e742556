use std::fmt::{self, Write};

use crate::finding::neutralised;

/// How a text stands in a page: it means itself, also inside of an attribute, and steers nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Markup;

impl askama::filters::Escaper for Markup {
    fn write_escaped_str<W: Write>(&self, mut out: W, text: &str) -> fmt::Result {
        for char in neutralised(text).chars() {
            match char {
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '&' => out.write_str("&amp;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                _ => out.write_char(char)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use askama::filters::Escaper as _;

    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        let mut out = String::new();
        Markup.write_escaped_str(&mut out, "<b a='\"'>&\u{1b}").expect("strings can be written");
        assert_eq!(out, "&lt;b a=&#39;&quot;&#39;&gt;&amp;␛");
    }
}
