//! Expressions in the templates of Vue and Svelte files: what an element's attribute is bound to, and markup that is put in as it is.
//!
//! `<div v-html="text">` is a call of `<v:div>` with the object `{ "v-html": text }`. A name that no script of the file declares is a
//! member of the component. Names that the template itself binds (`v-for`, slots) are not known.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use crate::source::Span;

/// Most bindings of a file that are read.
const MOST_BINDINGS: usize = 2_000;

/// The longest expression that is read, in bytes: templates hold short ones.
const LONGEST: usize = 1_000;

/// An expression of a template and what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub(super) span: Span,
    /// The element, as code knows it: `<v:div>`.
    pub(super) element: String,
    /// The attribute without the mark of the binding: `href` of `:href`; directives keep their name.
    pub(super) attribute: String,
}

/// The bindings of a file with markup: Vue's directives, Svelte's `{@html …}`.
pub(super) fn bindings(text: &str, extension: &str) -> Vec<Binding> {
    let mut found = match extension {
        "vue" => directives(text),
        "svelte" => raw_markup(text),
        _ => Vec::new(),
    };
    found.truncate(MOST_BINDINGS);
    found
}

fn directives(text: &str) -> Vec<Binding> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut found = Vec::new();
    for token in Tokenizer::new_with_emitter(text, emitter) {
        if let Ok(Token::StartTag(tag)) = token {
            found.extend(directives_of(text, &tag));
        }
    }
    found
}

fn directives_of(text: &str, tag: &StartTag<usize>) -> Vec<Binding> {
    let element = format!("<v:{}>", String::from_utf8_lossy(tag.name.as_slice()));
    let binding = |name: &str, span: Span| {
        let attribute = bound_attribute(name)?;
        let written = text.get(span.start as usize..span.end as usize)?;
        let is_read = !written.trim().is_empty() && written.len() <= LONGEST && !written.trim_start().starts_with('{');
        is_read.then(|| Binding { span, element: element.clone(), attribute: attribute.to_owned() })
    };
    let attributes = tag.attributes.iter().filter_map(|(name, value)| {
        let name = String::from_utf8_lossy(name.as_slice());
        let place = value_place(text, Span::new(value.span.start as u32, value.span.end as u32), value.value.as_slice())?;
        binding(&name, place)
    });
    attributes.collect()
}

/// Where the value of an attribute stands, of which the whole place is known; None if the markup escapes what the value says.
fn value_place(text: &str, whole: Span, value: &[u8]) -> Option<Span> {
    let value = std::str::from_utf8(value).ok()?;
    let end = (whole.end as usize).min(text.len());
    let start = whole.start as usize + text.get(whole.start as usize..end)?.rfind(value)?;
    Some(Span::new(start as u32, (start + value.len()) as u32))
}

/// The attribute that a directive binds; None for attributes that are text, and for directives that bind names of their own.
fn bound_attribute(name: &str) -> Option<&str> {
    match name {
        "v-html" | "v-text" | "v-model" => Some(name),
        _ => name.strip_prefix("v-bind:").or_else(|| name.strip_prefix(':')).or_else(|| name.starts_with('@').then_some(name)),
    }
    .filter(|attribute| !matches!(*attribute, "key" | "ref" | "class" | "style"))
}

/// `{@html …}`
fn raw_markup(text: &str) -> Vec<Binding> {
    const MARK: &str = "{@html ";
    let place = |(at, _): (usize, &str)| {
        let start = at + MARK.len();
        let mut depth = 1;
        let length = text[start..].bytes().take(LONGEST).position(|byte| {
            depth += i32::from(byte == b'{') - i32::from(byte == b'}');
            depth == 0
        })?;
        let span = Span::new(start as u32, (start + length) as u32);
        Some(Binding { span, element: "<v:html>".into(), attribute: "v-html".into() })
    };
    text.match_indices(MARK).filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, extension: &str) -> Vec<String> {
        let found = bindings(text, extension);
        found
            .iter()
            .map(|binding| {
                let source = &text[binding.span.start as usize..binding.span.end as usize];
                format!("{} {} {source}", binding.element, binding.attribute)
            })
            .collect()
    }

    #[test]
    fn bindings_are_found_where_they_stand() {
        let vue = r#"<template><div v-html="a.b" :class="x" title="v"><a :href='url' @click="go(url)" v-for="i in l">{{ i }}</a></div></template>
            <script>const x = '<p v-html="no">';</script>"#;
        assert_eq!(shown(vue, "vue"), ["<v:div> v-html a.b", "<v:a> href url", "<v:a> @click go(url)"]);
        assert_eq!(shown("<p>{@html f({ a })}</p>{#if x}", "svelte"), ["<v:html> v-html f({ a })"]);
        assert!(shown("<p>{@html never closed", "svelte").is_empty());
        assert!(shown(vue, "html").is_empty());
    }
}
