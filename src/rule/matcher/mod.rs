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

use serde::Deserialize;

/// The matcher of a rule: exactly one.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
