//! Models: what the calls and members of a library do with values, one file a library.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::access_path::{AccessPath, Port, Position};
use super::bridge::{Bridge, BridgeEnd};
use super::kind::{KindError, KindId, KindRole, Kinds};
use super::{CalleeIndex, CalleePattern, Confidence, Glob, Matched, TextPattern};

/// A row of a model, as an index into [`Models`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(u32);

/// What a row says.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A value of a kind comes out at these places. Without a kind, the name that is read says which.
    Source(Option<KindId>, Vec<AccessPath>),
    /// What goes in at these places goes to a place of a kind.
    Sink(KindId, Vec<AccessPath>),
    /// What goes in comes out cleaned.
    Sanitizer(KindId, Vec<AccessPath>, AccessPath),
    /// What goes in comes out.
    Propagation(Vec<AccessPath>, AccessPath),
    /// It is a check of a kind, passed when it holds (or, for a call that fails otherwise, when it returns).
    Guard(KindId, When),
    /// Where it holds, what goes in at these places is as if it had been cleaned: a name that is on a list.
    Narrowing(KindId, Vec<AccessPath>),
    /// The result is what this is: a function that is wrapped, options that are merged. Several are one object, the last first.
    Wrapper(Vec<AccessPath>),
    /// The result is a reference to this: what is written to it is written there.
    Reference(AccessPath),
    /// The result is an instance of the class that goes in: what a container of dependencies gives.
    Instance(Vec<AccessPath>),
    /// What goes in at the first comes out wherever a row of the same channel and name has the second.
    Channel(Channel),
    /// The same of an object: its functions can be called where it comes out.
    Object(Channel),
}

/// Two ends that are joined by a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Which sort of channel.
    pub channel: String,
    /// What the name is; all ends of the sort are joined if there is none.
    pub name: Option<ChannelName>,
    /// As which member everything goes in: a constant at a place, or the name of each `.Member`.
    pub under: Option<ChannelName>,
    /// What goes in.
    pub from: Vec<AccessPath>,
    /// What comes out.
    pub to: Vec<AccessPath>,
    /// Such a value goes in here by itself.
    pub source: Option<KindId>,
    /// Whatever is in the channel reaches such a place here.
    pub sink: Option<KindId>,
}

/// What tells one channel of a sort from another.
#[derive(Clone, Debug, PartialEq)]
pub enum ChannelName {
    /// A constant, or the object itself, at this place.
    At(AccessPath),
    /// What the receiver was fetched by: `#key` of `$('#key').val()`.
    Fetched,
    /// The name of the member that is called.
    Callee,
    /// The name of each member of an object, where a path says `.Member`.
    Member,
}

impl<'de> Deserialize<'de> for ChannelName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "Receiver.Argument[0]" => Ok(Self::Fetched),
            "Callee" => Ok(Self::Callee),
            "Member" => Ok(Self::Member),
            path => path.parse().map(Self::At).map_err(serde::de::Error::custom),
        }
    }
}

/// When a check counts as passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Where its result is true.
    #[default]
    True,
    /// After it returned.
    Returned,
    /// Where its result is true, whatever the function in its first argument has checked counts: it was true of some element.
    Some,
}

/// How a row meets the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// Something is called.
    Callee,
    /// A member is read.
    Member,
    /// A member is written.
    Assigned,
    /// A value has this type.
    Type,
    /// A member is compared or tested.
    Compared,
    /// A class of the tree has this attribute.
    Attribute,
}

/// A row of a model.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it says.
    pub effect: Effect,
    /// What it is about.
    pub patterns: Vec<(Subject, CalleePattern)>,
    /// Conditions on constant arguments.
    pub argument: Vec<ArgumentIs>,
    /// Files in which it does not speak: who listens there hears something else.
    pub not_file: Vec<Glob>,
    /// Of an attribute: it says nothing of a class with such a method, which does by itself what the attribute would.
    pub not_method: Vec<String>,
    /// Of an attribute: it says nothing of members of such a type.
    pub not_type: Vec<CalleePattern>,
    /// How sure it is.
    pub confidence: Confidence,
    /// The model, as an index into [`Models::files`].
    pub file: usize,
}

impl Row {
    /// Whether it says what is checked, and nothing of values.
    #[must_use]
    pub const fn is_check(&self) -> bool {
        matches!(self.effect, Effect::Guard(..) | Effect::Narrowing(..))
    }
}

/// An argument, or the receiver, must match.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ArgumentIs {
    /// Which argument: `0`, `"key:"` or `"0, key:"`; the receiver if absent.
    #[serde(default)]
    pub index: Option<Position>,
    /// The argument is not that of the call but of the one that made the receiver: `new Store({ encryptionKey })`.
    #[serde(default)]
    pub of_receiver: bool,
    /// The member of it that must match; the argument itself if absent.
    #[serde(default)]
    pub field: Option<String>,
    /// What the text that it always is must match.
    #[serde(default)]
    pub matches: Option<TextPattern>,
    /// What its text must not match, as far as it is known from its beginning on.
    #[serde(default)]
    pub lacks: Option<TextPattern>,
    /// What its text must match, as far as it is known from its beginning on.
    #[serde(default)]
    pub begins: Option<TextPattern>,
    /// Whether all of it is written out in the source: a list of constants.
    #[serde(default)]
    pub fixed: bool,
    /// Whether it is always given. A parameter that some caller leaves out is not.
    #[serde(default)]
    pub present: Option<bool>,
    /// It is something less a number that matches: `text.length - 4`.
    #[serde(default)]
    pub less: Option<TextPattern>,
    /// Whether it is a function that takes a key and what is under it apart, as two parameters.
    #[serde(default)]
    pub pair: Option<bool>,
    /// Its resolved path matches one of these: what is written to must be a file.
    #[serde(default)]
    pub path: Vec<CalleePattern>,
    /// Its resolved path matches none of these: the words of a text are no text.
    #[serde(default)]
    pub not_path: Vec<CalleePattern>,
    /// The same function makes one of these calls.
    #[serde(default)]
    pub beside: Vec<CalleePattern>,
}

/// An example of a model: a file that its rows must speak about.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ModelExample {
    /// The file's path: its ending says the language.
    pub path: String,
    /// The code.
    pub code: String,
}

/// A model's file.
#[derive(Clone, Debug)]
pub struct ModelFile {
    /// Its path below `rules/`.
    pub path: String,
    /// The languages it is about.
    pub languages: Vec<String>,
    /// Code that meets every row.
    pub examples: Vec<ModelExample>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ModelText {
    languages: Vec<String>,
    #[serde(default)]
    source: Vec<toml::Spanned<RowText>>,
    #[serde(default)]
    sink: Vec<toml::Spanned<RowText>>,
    #[serde(default)]
    sanitizer: Vec<toml::Spanned<RowText>>,
    #[serde(default)]
    propagation: Vec<toml::Spanned<RowText>>,
    #[serde(default)]
    wrapper: Vec<toml::Spanned<RowText>>,
    #[serde(default)]
    reference: Vec<toml::Spanned<RowText>>,
    #[serde(default)]
    guard: Vec<toml::Spanned<RowText>>,
    #[serde(default)]
    channel: Vec<toml::Spanned<RowText>>,
    /// Calls that leave the language by a bridge.
    #[serde(default)]
    calls_out: Vec<BridgeEnd>,
    /// Functions that a bridge reaches.
    #[serde(default)]
    called_from: Vec<BridgeEnd>,
    #[serde(default)]
    object: Vec<toml::Spanned<RowText>>,
    #[serde(default)]
    instance: Vec<toml::Spanned<RowText>>,
    #[serde(default)]
    example: Vec<ModelExample>,
}

impl ModelText {
    /// Reads a file, without looking at what its rows say.
    pub(super) fn parse(text: &str) -> Result<Self, ModelError> {
        toml::from_str(text).map_err(|error| ModelError {
            message: super::load::with_suggestion(error.message()),
            offset: error.span().map_or(0, |span| span.start),
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RowText {
    kind: Option<String>,
    by_name: bool,
    callee: Vec<CalleePattern>,
    member: Vec<CalleePattern>,
    assigned: Vec<CalleePattern>,
    #[serde(rename = "type")]
    ty: Vec<CalleePattern>,
    compared: Vec<CalleePattern>,
    attribute: Vec<CalleePattern>,
    argument: Conditions,
    at: Vec<AccessPath>,
    from: Vec<AccessPath>,
    to: Vec<AccessPath>,
    name: Option<ChannelName>,
    under: Option<ChannelName>,
    channel: Option<String>,
    when: When,
    not_file: Vec<Glob>,
    not_method: Vec<String>,
    not_type: Vec<CalleePattern>,
    confidence: Option<Confidence>,
}

/// One condition, or a list of which all must hold.
#[derive(Debug, Default)]
struct Conditions(Vec<ArgumentIs>);

impl<'de> Deserialize<'de> for Conditions {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(deserializer)?;
        let conditions = match value {
            toml::Value::Array(list) => list,
            one => vec![one],
        };
        let conditions = conditions.into_iter().map(|one| one.try_into::<ArgumentIs>().map_err(serde::de::Error::custom));
        conditions.collect::<Result<_, _>>().map(Self)
    }
}

/// A model that cannot be used: what is wrong, and the byte where.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ModelError {
    /// What is wrong.
    pub message: String,
    /// The byte of the file.
    pub offset: usize,
}

/// All models, indexed by what they speak of.
#[derive(Clone, Debug, Default)]
pub struct Models {
    /// The files.
    pub files: Vec<ModelFile>,
    rows: Vec<Row>,
    index: CalleeIndex<(RowId, Subject)>,
    /// Wrappers alone, and the names with which their paths end.
    wrappers: CalleeIndex<RowId>,
    wrapper_ends: FxHashSet<String>,
    /// The ends of objects alone, and the names with which their paths end.
    objects: CalleeIndex<RowId>,
    object_ends: FxHashSet<String>,
    /// The names with which patterns end that know the object by its name only.
    spoken_ends: FxHashSet<String>,
    bridges: Vec<Bridge>,
}

impl Models {
    /// Adds a file.
    ///
    /// # Errors
    /// If a row says nothing or contradicts itself, or a kind is unknown.
    pub(super) fn add(&mut self, path: &str, file: ModelText, kinds: &Kinds) -> Result<(), ModelError> {
        let sections = [
            ("source", file.source),
            ("sink", file.sink),
            ("sanitizer", file.sanitizer),
            ("propagation", file.propagation),
            ("wrapper", file.wrapper),
            ("reference", file.reference),
            ("guard", file.guard),
            ("channel", file.channel),
            ("object", file.object),
            ("instance", file.instance),
        ];
        for (section, rows) in sections {
            for row in rows {
                let offset = row.span().start;
                let row = self.row(section, row.into_inner(), kinds);
                self.push(row.map_err(|message| ModelError { message, offset })?);
            }
        }
        for (is_inward, ends) in [(false, file.calls_out), (true, file.called_from)] {
            let bridge = |end| Bridge { end, is_inward, languages: file.languages.clone() };
            self.bridges.extend(ends.into_iter().map(bridge));
        }
        self.files.push(ModelFile { path: path.into(), languages: file.languages, examples: file.example });
        Ok(())
    }

    fn row(&self, section: &str, mut text: RowText, kinds: &Kinds) -> Result<Row, String> {
        let argument = std::mem::take(&mut text.argument).0;
        let confidence = text.confidence;
        let not_file = std::mem::take(&mut text.not_file);
        let (not_method, not_type) = (std::mem::take(&mut text.not_method), std::mem::take(&mut text.not_type));
        let subjects = [
            (Subject::Callee, std::mem::take(&mut text.callee)),
            (Subject::Member, std::mem::take(&mut text.member)),
            (Subject::Assigned, std::mem::take(&mut text.assigned)),
            (Subject::Type, std::mem::take(&mut text.ty)),
            (Subject::Compared, std::mem::take(&mut text.compared)),
            (Subject::Attribute, std::mem::take(&mut text.attribute)),
        ];
        let patterns: Vec<_> =
            subjects.into_iter().flat_map(|(subject, list)| list.into_iter().map(move |pattern| (subject, pattern))).collect();
        if patterns.is_empty() {
            return Err(format!("a {section} must say what it is about: callee, member, assigned, type, compared or attribute"));
        }
        let is_written = patterns.iter().any(|(subject, _)| *subject == Subject::Assigned);
        let is_read = patterns.iter().any(|(subject, _)| *subject == Subject::Member);
        let input = if is_written {
            Port::Assigned
        } else if is_read {
            Port::Receiver
        } else {
            Port::ArgumentsFrom(0)
        };
        let effect = effect(section, text, input, kinds)?;
        let guessed = patterns.iter().any(|(_, pattern)| pattern.is_guess());
        let confidence = confidence.unwrap_or(if guessed { Confidence::Medium } else { Confidence::High });
        Ok(Row { effect, patterns, argument, not_file, not_method, not_type, confidence, file: self.files.len() })
    }

    fn push(&mut self, row: Row) {
        let id = RowId(self.rows.len() as u32);
        for (subject, pattern) in &row.patterns {
            self.index.insert(pattern, (id, *subject));
            self.spoken_ends.extend(pattern.spoken_ends().map(ToOwned::to_owned));
            if matches!(row.effect, Effect::Wrapper(_) | Effect::Instance(_)) {
                self.wrappers.insert(pattern, id);
                self.wrapper_ends.extend(pattern.ends().map(ToOwned::to_owned));
            }
            if matches!(row.effect, Effect::Object(_)) {
                self.objects.insert(pattern, id);
                self.object_ends.extend(pattern.ends().map(ToOwned::to_owned));
            }
        }
        self.rows.push(row);
    }

    /// What a call of a wrapper with this path gives back, or of which class it gives an instance.
    #[must_use]
    pub fn wrapper(&self, path: &str, language: &str) -> Option<&Effect> {
        let row = self.wrappers.matching(path).into_iter().map(|matched| matched.owner).find(|&row| self.speaks(row, language))?;
        Some(&self.row_of(row).effect)
    }

    /// Whether the path of a wrapper may end with a name.
    #[must_use]
    pub fn ends_wrapper(&self, name: &str) -> bool {
        self.wrapper_ends.contains(name)
    }

    /// What calls with this path are as ends of objects that are handed on.
    pub fn objects<'a>(&'a self, path: &str, language: &'a str) -> impl Iterator<Item = &'a Channel> {
        let rows = self.objects.matching(path).into_iter().map(|matched| matched.owner);
        rows.filter(|&row| self.speaks(row, language)).filter_map(|row| match &self.row_of(row).effect {
            Effect::Object(ends) => Some(ends),
            _ => None,
        })
    }

    /// Whether the path of an end of an object may end with a name.
    #[must_use]
    pub fn ends_object(&self, name: &str) -> bool {
        self.object_ends.contains(name)
    }

    /// Whether some row that knows an object by its name only is about a member of this name.
    #[must_use]
    pub fn is_spoken(&self, name: &str) -> bool {
        self.spoken_ends.contains(name)
    }

    /// A row.
    #[must_use]
    pub fn row_of(&self, id: RowId) -> &Row {
        &self.rows[id.0 as usize]
    }

    /// The ends of bridges between languages.
    #[must_use]
    pub fn bridges(&self) -> &[Bridge] {
        &self.bridges
    }

    /// All rows with their ids.
    pub fn rows(&self) -> impl Iterator<Item = (RowId, &Row)> {
        self.rows.iter().enumerate().map(|(index, row)| (RowId(index as u32), row))
    }

    /// The patterns of rows that a path matches, each with the way in which it must be met.
    #[must_use]
    pub fn about(&self, path: &str) -> Vec<Matched<(RowId, Subject)>> {
        self.index.matching(path)
    }

    /// Whether a row is about a language.
    #[must_use]
    pub fn speaks(&self, id: RowId, language: &str) -> bool {
        self.files[self.row_of(id).file].languages.iter().any(|known| known == language)
    }

    /// Whether all patterns by which a row is about a path begin with any receiver.
    #[must_use]
    pub fn is_guess(&self, id: RowId, subject: Subject, path: &str) -> bool {
        let about = |(met, pattern): &&(Subject, CalleePattern)| *met == subject && pattern.matches(path, true);
        self.row_of(id).patterns.iter().filter(about).all(|(_, pattern)| pattern.is_guess())
    }
}

/// `input` is where values go in if the row does not say.
fn effect(section: &str, text: RowText, input: Port, kinds: &Kinds) -> Result<Effect, String> {
    let kind = |role| -> Result<KindId, String> {
        let name = text.kind.as_deref().ok_or_else(|| format!("a {section} needs a kind"))?;
        kinds.find_role(name, role).map_err(|error: KindError| error.to_string())
    };
    let or = |paths: &[AccessPath], port: Port| {
        if paths.is_empty() { vec![AccessPath { root: port, fields: Vec::new(), function: None }] } else { paths.to_vec() }
    };
    let to = || or(&text.to, Port::Return).swap_remove(0);
    Ok(match section {
        "source" if text.by_name => Effect::Source(None, or(&text.at, Port::Return)),
        "source" => Effect::Source(Some(kind(KindRole::Value)?), or(&text.at, Port::Return)),
        "sink" => Effect::Sink(kind(KindRole::Place)?, or(&text.at, input)),
        "sanitizer" => Effect::Sanitizer(kind(KindRole::Cleaner)?, or(&text.from, input), to()),
        "propagation" => Effect::Propagation(or(&text.from, input), to()),
        "guard" if text.kind.as_deref().is_some_and(|name| kinds.find_role(name, KindRole::Cleaner).is_ok()) => {
            Effect::Narrowing(kind(KindRole::Cleaner)?, or(&text.at, input))
        }
        "wrapper" => Effect::Wrapper(or(&text.from, Port::Argument(Position::nth(0)))),
        "reference" => Effect::Reference(or(&text.from, Port::Receiver).swap_remove(0)),
        "instance" => Effect::Instance(or(&text.from, Port::Argument(Position::nth(0)))),
        "guard" => Effect::Guard(kind(KindRole::Guard)?, text.when),
        _ => {
            let channel = text.channel.clone().ok_or("such a row needs the name of its sort: channel = \"…\"")?;
            let is_value = text.kind.is_some() && kind(KindRole::Value).is_ok();
            let source = if is_value { Some(kind(KindRole::Value)?) } else { None };
            let sink = if text.kind.is_some() && !is_value { Some(kind(KindRole::Place)?) } else { None };
            let (name, under, from) = (text.name.clone(), text.under.clone(), text.from.clone());
            let ends = Channel { channel, name, under, from, to: text.to, source, sink };
            if section == "object" { Effect::Object(ends) } else { Effect::Channel(ends) }
        }
    })
}
