//! Languages that are described by tables and need no code of their own to be found or read.

use super::grammar::Grammar;
use super::{Frontend, Language, LocalPackage, Lowered, ModuleResolver, grammar};
use crate::source::SourceFile;

/// How the modules of a language find each other.
type Modules = fn(&[SourceFile], &[LocalPackage]) -> Box<dyn ModuleResolver>;

/// A language that its grammar and what the engine must know of it describe to the end.
pub(super) struct Described {
    pub(super) grammar: &'static Grammar,
    pub(super) facts: &'static Language,
    /// Whether a header with such a text is written in this language: its name does not tell.
    pub(super) accepts_header: fn(&str) -> bool,
    /// How its modules find each other, where names of modules lead to files.
    pub(super) modules: Option<Modules>,
}

impl Described {
    /// A language whose files are known by their endings.
    pub(super) const fn new(grammar: &'static Grammar, facts: &'static Language) -> Self {
        Self { grammar, facts, accepts_header: |_| false, modules: None }
    }
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

    fn modules(&self, files: &[SourceFile], packages: &[LocalPackage]) -> Option<Box<dyn ModuleResolver>> {
        self.modules.map(|modules| modules(files, packages))
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        let extension = file.extension();
        self.grammar.extensions.contains(&extension.as_str()) || extension == "h" && (self.accepts_header)(&file.text)
    }

    fn lower(&self, file: &SourceFile) -> Lowered {
        grammar::lower(self.grammar, file)
    }
}
