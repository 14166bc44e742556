//! What rules may ask for: one file for each way in which a rule meets a model.

pub mod absence;
pub mod call;
pub mod config;
pub mod dependency;
pub mod fact;
pub mod flow;
pub mod function;
pub mod text;

pub use fact::Fact;

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};

/// One way in which the defect of a rule is seen.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a few hundred of them live as long as the program")]
pub enum Match {
    /// A value of some kind reaches a place of some kind.
    Flow(flow::FlowMatch),
    /// A call with certain arguments.
    Call(call::CallMatch),
    /// A declaration with certain content.
    Function(function::FunctionMatch),
    /// A setting in a configuration file.
    Config(config::ConfigMatch),
    /// A package, or the way packages are fixed.
    Dependency(dependency::DependencyMatch),
    /// A text.
    Text(text::TextMatch),
    /// Something expected is nowhere.
    Absence(absence::AbsenceMatch),
}

/// The matchers of a rule, in the order of its file: one table for each, or several of one sort as an array of tables
/// (`[[match.config]]`). The same defect is written in code, in a setting or in a page.
#[derive(Clone, Debug)]
pub struct Matchers(Vec<Match>);

impl std::ops::Deref for Matchers {
    type Target = [Match];

    fn deref(&self) -> &[Match] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Matchers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Tables)
    }
}

/// Reads the tables below `match`.
struct Tables;

impl<'de> Visitor<'de> for Tables {
    type Value = Matchers;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table such as `[match.call]`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Matchers, A::Error> {
        let mut matchers = Vec::new();
        while let Some(sort) = map.next_key::<Sort>()? {
            match sort {
                Sort::Flow => matchers.extend(map.next_value::<Several<_>>()?.0.into_iter().map(Match::Flow)),
                Sort::Call => matchers.extend(map.next_value::<Several<_>>()?.0.into_iter().map(Match::Call)),
                Sort::Function => matchers.extend(map.next_value::<Several<_>>()?.0.into_iter().map(Match::Function)),
                Sort::Config => matchers.extend(map.next_value::<Several<_>>()?.0.into_iter().map(Match::Config)),
                Sort::Dependency => matchers.extend(map.next_value::<Several<_>>()?.0.into_iter().map(Match::Dependency)),
                Sort::Text => matchers.extend(map.next_value::<Several<_>>()?.0.into_iter().map(Match::Text)),
                Sort::Absence => matchers.extend(map.next_value::<Several<_>>()?.0.into_iter().map(Match::Absence)),
            }
        }
        if matchers.is_empty() {
            Err(A::Error::custom("a rule needs a table such as `[match.call]`"))
        } else {
            Ok(Matchers(matchers))
        }
    }
}

/// The sorts of matchers, as they are written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Sort {
    Flow,
    Call,
    Function,
    Config,
    Dependency,
    Text,
    Absence,
}

/// A table, or an array of them.
struct Several<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMore(std::marker::PhantomData))
    }
}

struct OneOrMore<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMore<T> {
    type Value = Several<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table or an array of tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Several<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|one| Several(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Several<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = sequence.next_element()? {
            all.push(one);
        }
        Ok(Several(all))
    }
}
