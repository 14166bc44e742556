//! Bridges: how a call in one language finds the function of another that it means, by names.

use serde::Deserialize;
use serde::de::Error as _;

use super::CalleePattern;

/// One end of a bridge: calls that leave a language by it, or functions that it reaches.
#[derive(Clone, Debug)]
pub struct Bridge {
    /// What it says.
    pub end: BridgeEnd,
    /// Whether it is about functions that are reached, and not about calls.
    pub is_inward: bool,
    /// The languages it is about.
    pub languages: Vec<String>,
}

/// A row about one end of a bridge.
///
/// A call and a function are joined where a row of the same sort gives both the same module and method. Names are compared without
/// regard to case and underscores: `save_seed` is `saveSeed` on the other side. A row without a module joins any.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BridgeEnd {
    /// Which sort of bridge.
    pub bridge: String,
    /// What is called: from here, or with a function or an object that is reached.
    #[serde(default)]
    pub callee: Vec<CalleePattern>,
    /// An attribute of the functions that are reached.
    #[serde(default)]
    pub attribute: Vec<CalleePattern>,
    /// The name of the functions that are reached.
    #[serde(default)]
    pub function: Vec<CalleePattern>,
    /// What the class of the functions that are reached extends.
    #[serde(default)]
    pub extends: Vec<CalleePattern>,
    /// What names the module; all of these do.
    #[serde(default)]
    pub module: Vec<BridgeName>,
    /// What names the method.
    #[serde(default)]
    pub method: Option<BridgeName>,
    /// The argument that is the function which is reached.
    #[serde(default)]
    pub closure: Option<usize>,
    /// The argument whose methods are reached.
    #[serde(default)]
    pub object: Option<usize>,
    /// The first argument that is handed over, or the first parameter that takes one.
    #[serde(default)]
    pub first: usize,
    /// As which member of the parameter an argument arrives.
    #[serde(default)]
    pub under: Option<String>,
    /// Whether the members of that argument are the parameters, by their names.
    #[serde(default)]
    pub members: bool,
}

/// What names a module or a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BridgeName {
    /// The last name of what is called.
    Callee,
    /// The name before it.
    Receiver,
    /// The class of the receiver of a call, or of a function, without a prefix.
    Class(String),
    /// The name of the function.
    Name,
    /// The class, or the method, that the name of a native function is put together from.
    Symbol(bool),
    /// A constant argument of the call.
    Argument(usize),
    /// A constant argument of the call that made the receiver.
    ReceiverArgument(usize),
    /// A constant argument of the call that made what is called.
    CalleeArgument(usize),
    /// The constant argument of an attribute of the function.
    Attribute(String),
    /// The constant argument of an attribute of its class.
    ClassAttribute(String),
    /// The constant that a method of its class returns.
    Method(String),
    /// The constant in a field of its class.
    Field(String),
    /// The constant argument of a call of this in the same function.
    Beside(String),
    /// This text.
    Text(String),
}

impl<'de> Deserialize<'de> for BridgeName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` names no part of a call or function")))
    }
}

impl BridgeName {
    fn parse(text: &str) -> Option<Self> {
        let number = |rest: &str| rest.strip_suffix(']')?.parse().ok();
        Some(match text {
            "Callee" => Self::Callee,
            "Receiver" => Self::Receiver,
            "Class" => Self::Class(String::new()),
            "Name" => Self::Name,
            "Symbol.Class" => Self::Symbol(true),
            "Symbol.Name" => Self::Symbol(false),
            _ if text.starts_with("Argument[") => Self::Argument(number(&text[9..])?),
            _ if text.starts_with("Receiver.Argument[") => Self::ReceiverArgument(number(&text[18..])?),
            _ if text.starts_with("Callee.Argument[") => Self::CalleeArgument(number(&text[16..])?),
            _ if text.starts_with("Class-") => Self::Class(text[6..].into()),
            _ if text.starts_with("Class@") => Self::ClassAttribute(text[6..].into()),
            _ if text.starts_with("Class.") && text.ends_with("()") => Self::Method(text[6..text.len() - 2].into()),
            _ if text.starts_with("Class.") => Self::Field(text[6..].into()),
            _ if text.starts_with("Beside[") => Self::Beside(text[7..].strip_suffix(']')?.into()),
            _ if text.starts_with('@') => Self::Attribute(text[1..].into()),
            _ => Self::Text(text.strip_prefix('=')?.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_nonsense_is_not() {
        let cases = [
            ("Callee", Some(BridgeName::Callee)),
            ("Class-RCT", Some(BridgeName::Class("RCT".into()))),
            ("Class.getName()", Some(BridgeName::Method("getName".into()))),
            ("Receiver.Argument[0]", Some(BridgeName::ReceiverArgument(0))),
            ("@Named", Some(BridgeName::Attribute("Named".into()))),
            ("=post", Some(BridgeName::Text("post".into()))),
            ("Argument[x]", None),
            ("Nonsense", None),
        ];
        for (text, name) in cases {
            assert_eq!(BridgeName::parse(text), name, "{text}");
        }
    }
}
