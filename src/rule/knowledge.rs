use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Match;
use super::kind::{Kind, KindRole, Kinds};
use super::lexicon::Lexicon;
use super::load::{RuleError, invalid_at, unpack};
use super::matcher::flow::Follows;
use super::model::{ModelError, ModelText, Models};

/// What is believed about values: their kinds, what libraries do with them, and which names give them away.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// The kinds.
    pub kinds: Kinds,
    /// The models.
    pub models: Models,
    /// The lexicon.
    pub lexicon: Lexicon,
}

impl Knowledge {
    /// Reads kinds, lexicon and models from their texts, each with its path.
    ///
    /// # Errors
    /// At the first file that cannot be used.
    pub fn from_texts<'a>(
        kinds: (&str, &str),
        lexicon: (&str, &str),
        models: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, RuleError> {
        let table: BTreeMap<String, Kind> = toml::from_str(kinds.1)
            .map_err(|error| invalid_at(kinds.0, kinds.1, error.span().map_or(0, |span| span.start), error.message()))?;
        let kinds = Kinds::new(table).map_err(|error| invalid_at(kinds.0, kinds.1, 0, &error.to_string()))?;
        let lexicon = Lexicon::parse(lexicon.1, &kinds).map_err(|error| invalid_at(lexicon.0, lexicon.1, 0, &error.to_string()))?;
        let mut knowledge = Self { kinds, models: Models::default(), lexicon };
        let models: Vec<_> = models.into_iter().collect();
        let read: Vec<_> = models.par_iter().map(|(_, text)| ModelText::parse(text)).collect();
        for ((path, text), model) in models.into_iter().zip(read) {
            knowledge.add(path, text, model)?;
        }
        Ok(knowledge)
    }

    /// The same from what is part of the program.
    pub(super) fn from_packed(kinds: (&str, &[u8]), lexicon: (&str, &[u8]), models: &[(&str, &[u8])]) -> Result<Self, RuleError> {
        let broken = |path: &str, error: &dyn std::error::Error| invalid_at(path, "", 0, &error.to_string());
        let table = Kinds::new(unpack(kinds.0, kinds.1)?).map_err(|error| broken(kinds.0, &error))?;
        let words = Lexicon::new(unpack(lexicon.0, lexicon.1)?, &table).map_err(|error| broken(lexicon.0, &error))?;
        let mut knowledge = Self { kinds: table, models: Models::default(), lexicon: words };
        for (path, bytes) in models {
            knowledge.add(path, "", Ok(unpack(path, bytes)?))?;
        }
        Ok(knowledge)
    }

    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.models.files.is_empty()
    }

    /// Adds a model.
    ///
    /// # Errors
    /// If it cannot be used.
    pub fn add_model(&mut self, path: &str, text: &str) -> Result<(), RuleError> {
        self.add(path, text, ModelText::parse(text))
    }

    fn add(&mut self, path: &str, text: &str, model: Result<ModelText, ModelError>) -> Result<(), RuleError> {
        let added = model.and_then(|model| self.models.add(path, model, &self.kinds));
        added.map_err(|error| invalid_at(path, text, error.offset, &error.message))
    }

    /// Checks the kinds that a rule names; `text` is its file's.
    ///
    /// # Errors
    /// At the first kind that does not exist or is of the wrong sort.
    pub fn check(&self, path: &str, text: &str, matcher: &Match) -> Result<(), RuleError> {
        for (names, role) in named_kinds(matcher) {
            for name in names {
                self.kinds.closure_of(std::slice::from_ref(name), &[role]).map_err(|error| {
                    let offset = text.find(&format!("\"{name}\"")).unwrap_or(0);
                    invalid_at(path, text, offset, &error.to_string())
                })?;
            }
        }
        Ok(())
    }
}

/// The kinds that a matcher names, and of what role they must be.
fn named_kinds(matcher: &Match) -> Vec<(&[String], KindRole)> {
    match matcher {
        Match::Flow(flow) => vec![
            (&*flow.from, KindRole::Value),
            (&flow.to, KindRole::Place),
            (&flow.also, KindRole::Place),
            (&flow.unless, KindRole::Cleaner),
            (&flow.through, KindRole::Cleaner),
            (&flow.unguarded_by, KindRole::Guard),
        ],
        Match::Call(call) => {
            let Some(Follows { from, to, through }) = &call.follows else { return Vec::new() };
            vec![(from, KindRole::Value), (to, KindRole::Place), (through, KindRole::Cleaner)]
        }
        _ => Vec::new(),
    }
}
