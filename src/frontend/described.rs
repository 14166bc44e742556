//! Languages that are described by tables and need no code of their own to be found or read.

use super::grammar::Grammar;
use super::{Frontend, Language, Lowered, grammar};
use crate::source::SourceFile;

/// A language that its grammar and what the engine must know of it describe to the end.
pub(super) struct Described {
    pub(super) grammar: &'static Grammar,
    pub(super) facts: &'static Language,
}

impl Frontend for Described {
    fn language(&self) -> &'static str {
        self.grammar.language
    }

    fn extensions(&self) -> &'static [&'static str] {
        self.grammar.extensions
    }

    fn grammar(&self) -> (&'static str, Option<usize>) {
        self.grammar.size()
    }

    fn facts(&self) -> &'static Language {
        self.facts
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        self.grammar.extensions.contains(&file.extension().as_str())
    }

    fn lower(&self, file: &SourceFile) -> Lowered {
        grammar::lower(self.grammar, file)
    }
}
