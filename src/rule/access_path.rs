use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A part of a call that values go into or come out of: `Argument[0].Field[seed]`, `Argument[1].Parameter[0]`, `Argument[1, key:]`,
/// `Return`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessPath {
    /// Where it begins.
    pub root: Port,
    /// The members on the way; [`ELEMENT`] for any element, [`EACH`] for what a loop is given, [`ENTRY`] for the one under a key.
    pub fields: Vec<String>,
    /// A port of the function that is found there, with the members behind it.
    pub function: Option<(FunctionPort, Vec<String>)>,
}

/// The name that stands for any element of an array, map or iteration.
pub const ELEMENT: &str = "*";

/// The name that stands for what a loop is given: an element or, of a table, a key with what is under it, or the key alone.
pub const EACH: &str = "~";

/// The name that stands for the element of a table under the key that is the first argument of the call; before a name, under the
/// key that is given by that name.
pub const ENTRY: &str = "@";

/// The name that stands for all that the functions of an object write to their `this`.
pub const OWN: &str = "this";

/// The name that stands for what a call throws.
pub const THROWN: &str = "!";

/// The name that stands for every member of an object that the source writes out.
pub const MEMBER: &str = "+";

/// Which argument of a call: the one at an index, from 0, that has no name; the one with a name; or whichever of both is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    index: Option<usize>,
    name: Option<Box<str>>,
}

impl Position {
    /// The argument at an index.
    #[must_use]
    pub const fn nth(index: usize) -> Self {
        Self { index: Some(index), name: None }
    }

    /// Its index, where it has no name.
    #[must_use]
    pub const fn index(&self) -> Option<usize> {
        self.index
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl FromStr for Position {
    type Err = String;

    /// `1`, `key:` or `1, key:`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not an argument: write an index from 0, a name with a colon, or both: `1, key:`");
        let mut position = Self { index: None, name: None };
        for part in text.split(',').map(str::trim) {
            let is_new = match part.strip_suffix(':') {
                Some(name) if !name.is_empty() => position.name.replace(name.into()).is_none(),
                Some(_) => false,
                None => position.index.replace(part.parse().map_err(|_| wrong())?).is_none(),
            };
            if !is_new {
                return Err(wrong());
            }
        }
        Ok(position)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Index(usize),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Index(index) => Ok(Self::nth(index)),
            Written::Text(text) => text.parse().map_err(D::Error::custom),
        }
    }
}

/// A part of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// `Argument[2]`, `Argument[key:]`, `Argument[2, key:]`.
    Argument(Position),
    /// `Argument[*]` (from 0) or `Argument[1..]`; those with a name count wherever they stand.
    ArgumentsFrom(usize),
    /// The result.
    Return,
    /// The object that the method is called on.
    Receiver,
    /// What is assigned to the member.
    Assigned,
    /// The name by which the method that is called was chosen at run time: `key` of `keyring[key](…)`.
    Key,
}

/// A part of a function that is handed to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionPort {
    /// `Parameter[0]`: what goes in there or, where values are taken from, what the function leaves in it.
    Parameter(usize),
    /// `Return`.
    Return,
    /// `Parameter[0].Argument[0]`: what the function passes on when it calls its parameter.
    Passed(usize),
}

impl FromStr for AccessPath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            format!(
                "`{text}` is not an access path: write `Argument[0]`, `Argument[key:]`, `Argument[1..]`, `Argument[*]`, `Return`, `Receiver` or `Assigned`, then `.Field[name]`, `.Element`, `.Each`, `.Entry`, `.Entry[key:]`, `.This`, `.Thrown`, `.Member`, `.Parameter[0]` or `.Return`"
            )
        };
        let mut parts = split(text).into_iter();
        let root = parts.next().and_then(port).ok_or_else(wrong)?;
        let mut path = Self { root, fields: Vec::new(), function: None };
        for part in parts {
            if let Some(field) = field(part) {
                path.function.as_mut().map_or(&mut path.fields, |(_, fields)| fields).push(field);
            } else if let (None, Some(port)) = (&path.function, function_port(part)) {
                path.function = Some((port, Vec::new()));
            } else if let (Some((FunctionPort::Parameter(index), fields)), "Argument[0]") = (&path.function, part)
                && fields.is_empty()
            {
                path.function = Some((FunctionPort::Passed(*index), Vec::new()));
            } else {
                return Err(wrong());
            }
        }
        Ok(path)
    }
}

/// Splits at dots outside brackets.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    text.split(|letter| {
        depth = match letter {
            '[' => depth + 1,
            ']' => depth.saturating_sub(1),
            _ => depth,
        };
        letter == '.' && depth == 0
    })
    .collect()
}

fn bracket<'a>(part: &'a str, name: &str) -> Option<&'a str> {
    part.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')
}

fn port(part: &str) -> Option<Port> {
    match part {
        "Return" => return Some(Port::Return),
        "Receiver" => return Some(Port::Receiver),
        "Assigned" => return Some(Port::Assigned),
        "Key" => return Some(Port::Key),
        _ => {}
    }
    let inside = bracket(part, "Argument")?;
    if inside == "*" {
        return Some(Port::ArgumentsFrom(0));
    }
    inside
        .strip_suffix("..")
        .map_or_else(|| inside.parse().ok().map(Port::Argument), |from| from.parse().ok().map(Port::ArgumentsFrom))
}

fn field(part: &str) -> Option<String> {
    match part {
        "Element" => return Some(ELEMENT.into()),
        "Each" => return Some(EACH.into()),
        "Entry" => return Some(ENTRY.into()),
        "This" => return Some(OWN.into()),
        "Thrown" => return Some(THROWN.into()),
        "Member" => return Some(MEMBER.into()),
        _ => {}
    }
    if let Some(key) = bracket(part, "Entry").and_then(|key| key.strip_suffix(':')) {
        return Some(format!("{ENTRY}{key}"));
    }
    bracket(part, "Field").filter(|name| !name.is_empty()).map(ToOwned::to_owned)
}

fn function_port(part: &str) -> Option<FunctionPort> {
    if part == "Return" {
        return Some(FunctionPort::Return);
    }
    bracket(part, "Parameter")?.parse().ok().map(FunctionPort::Parameter)
}

impl<'de> Deserialize<'de> for AccessPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_paths_are_read() {
        let path: AccessPath = "Argument[1].Field[on.Change].Parameter[0].Element".parse().expect("a path");
        assert_eq!(path.root, Port::Argument(Position::nth(1)));
        assert_eq!(path.fields, ["on.Change"]);
        assert_eq!(path.function, Some((FunctionPort::Parameter(0), vec!["*".into()])));
        assert_eq!("Argument[2..]".parse::<AccessPath>().map(|path| path.root), Ok(Port::ArgumentsFrom(2)));
        let named = "Argument[1, forKey:].Field[a]".parse::<AccessPath>().map(|path| path.root);
        assert_eq!(named, Ok(Port::Argument(Position { index: Some(1), name: Some("forKey".into()) })));
        for wrong in [
            "",
            "Argument",
            "Argument[x]",
            "Argument[:]",
            "Argument[1, 2]",
            "Argument[a:, b:]",
            "Return.Foo",
            "Receiver.Return.Return",
            "Field[a]",
        ] {
            assert!(wrong.parse::<AccessPath>().is_err(), "{wrong}");
        }
    }
}
