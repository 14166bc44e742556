//! JavaScript and TypeScript, alone or inside HTML, Vue and Svelte files.
//!
//! One file per concern: `parse` runs the parser, `flow` takes out what it does not know, `embedded` finds scripts in other files, `lower` holds the state of a lowering,
//! `hoist` and `scope` resolve names, and the others lower the constructs that they are named after.

mod assignment;
mod class;
mod commonjs;
mod component;
mod embedded;
mod enumeration;
mod expression;
mod flow;
mod function;
mod hoist;
mod jsx;
mod jump;
mod language;
mod lower;
mod module;
mod nesting;
mod operator;
mod parse;
mod pattern;
mod resolve;
mod scope;
mod statement;
mod switch;
mod target;
mod template;
#[cfg(test)]
mod tests;
mod types;

use super::{Frontend, Lowered};
use crate::source::SourceFile;

/// The front end of JavaScript, JSX, TypeScript and TSX.
#[derive(Debug)]
pub(super) struct JavaScript;

/// Endings of files that are one script.
const SCRIPTS: &[&str] = EXTENSIONS.split_at(8).0;
/// Endings of files with scripts in them.
const MARKUP: &[&str] = EXTENSIONS.split_at(8).1;
/// Endings of both.
const EXTENSIONS: &[&str] = &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "html", "htm", "vue", "svelte"];

impl Frontend for JavaScript {
    fn language(&self) -> &'static str {
        "javascript"
    }

    fn extensions(&self) -> &'static [&'static str] {
        EXTENSIONS
    }

    fn grammar(&self) -> (&'static str, Option<usize>) {
        ("oxc", None)
    }

    fn facts(&self) -> &'static super::Language {
        &language::JAVASCRIPT
    }

    fn modules(&self, files: &[SourceFile], packages: &[super::LocalPackage]) -> Option<Box<dyn super::ModuleResolver>> {
        Some(Box::new(resolve::ScriptResolver::new(files, packages)))
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        let extension = file.extension();
        SCRIPTS.contains(&extension.as_str()) && !is_markup(&file.text) || MARKUP.contains(&extension.as_str())
    }

    fn lower(&self, file: &SourceFile) -> Lowered {
        let extension = file.extension();
        if !MARKUP.contains(&extension.as_str()) {
            return parse::lower(self.language(), file, &[embedded::whole(file)], &[]);
        }
        let bindings = template::bindings(&file.text, &extension);
        parse::lower(self.language(), file, &embedded::scripts(&file.text), &bindings)
    }
}

/// Whether a text is a document of XML, whatever its name: Qt's translations end like scripts of TypeScript.
fn is_markup(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with("<?xml") || text.starts_with("<!DOCTYPE TS")
}
