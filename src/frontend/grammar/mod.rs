//! A language as a table: which kind of node of a tree-sitter grammar means which form.
//!
//! [`Reader`] walks the tree by the table and calls [`Lowering`](super::lower::Lowering). What no row can say is a function of the
//! language ([`Form::Own`]). `Grammar::faults` holds the table against the grammar, in a test of every language.

mod attribute;
mod bare;
mod declaration;
mod literal;
mod parse;
mod part;
mod reader;
mod repair;
mod statement;
#[cfg(test)]
pub(super) mod testing;
mod types;
mod value;

use std::sync::OnceLock;

use tree_sitter::{Language, Node};

pub(super) use declaration::CONSTRUCTOR;
pub(super) use parse::lower;
pub(super) use part::{At, EACH, LAST, NO, after, along, below, first, innermost, node_span, of_field, of_kind, one_of, without};
pub(super) use reader::Reader;
pub(super) use repair::{both_branches, first_branches, without_macros};

use crate::ir::{NodeId, VariableKind};

/// What a kind of node means.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    // Values
    /// A bare name.
    Name,
    /// The receiver.
    This,
    /// The base class.
    Super,
    /// Text in one piece, with its quotation marks.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null` and its like.
    Null,
    /// Text in parts: fragments, escapes, interpolations.
    Template,
    /// What its first part is.
    Inner,
    /// A list of values.
    List,
    /// All elements of a value.
    Spread,
    /// An argument that names its parameter: the name, the value.
    Named(At, At),
    /// Parts of which nothing more is known.
    Unknown,
    /// `base.name`
    Member(At, At),
    /// `base[index]`
    Index(At, At),
    /// `callee(arguments)`
    Call(At, At),
    /// `receiver.name(arguments)` in one node; without a receiver a bare name is called.
    Method { receiver: At, name: At, arguments: At },
    /// `new Class(arguments)`
    #[allow(dead_code, reason = "a form of tables to come")]
    New(At, At),
    /// An operation of its operands and the operator between them.
    Binary(At, At),
    /// An operation on one value.
    Unary(At),
    /// `target = value`, compound ones too.
    Assign(At, At),
    /// `target++`
    Update(At),
    /// `condition ? then : otherwise`
    Conditional(At, At, At),
    /// A value with a written type.
    Cast(At, At),
    /// A function as a value.
    Closure { parameters: At, body: At },
    /// `Type { key: value }`; entries that are of no such kind are elements.
    Record { ty: At, entries: At, entry: &'static str, key: At, value: At },
    // Statements
    /// Statements in a scope of their own; the last one may be the value.
    Block,
    /// Statements, or a value, in the scope around.
    Evaluate,
    /// `if`
    If { before: At, condition: At, then: At, otherwise: At },
    /// `while`
    While(At, At),
    /// `do … while`
    DoWhile(At, At),
    /// `for (first; condition; update)`
    For { first: At, condition: At, update: At, body: At },
    /// `for (targets of iterable)`
    Each { targets: At, ty: At, iterable: At, body: At },
    /// `switch`, `when`, `match`.
    Switch(Switch),
    /// `try`
    Try { resources: At, body: At, handler: &'static str, error: At, finally: At },
    /// `return`
    Return,
    /// `throw`
    Throw,
    /// `break`, with a label where one is written.
    Break(At),
    /// `continue`, with a label where one is written.
    Continue(At),
    /// `label: statement`
    Labeled(At, At),
    /// What runs when the function is left.
    Defer,
    // Declarations
    /// Variables of a block; fields, where it stands in a class and the row says so.
    Local(Variables),
    /// Fields of a class; where there is none around, variables.
    Field(Variables),
    /// A function or method.
    Function(FunctionParts),
    /// A class or any other type with members.
    Class { name: At, bases: &'static [At], body: At, parameters: At },
    /// Members of the class around that stand in a body of their own: those of a companion object.
    Members(At),
    /// A part of a function's head that acts before its body: a modifier that is called, a result with a name.
    Head(fn(&mut Reader<'_>, Node<'_>)),
    /// A declaration that no row can say: the names that code before it may use, what they name, and how it is read.
    Declares { name: At, kind: VariableKind, read: fn(&mut Reader<'_>, Node<'_>) -> Option<NodeId> },
    /// An import: read before everything else.
    Import(fn(&mut Reader<'_>, Node<'_>)),
    /// Nothing that is followed.
    Skip,
    /// What no row can say; None where it has no value.
    Own(fn(&mut Reader<'_>, Node<'_>) -> Option<NodeId>),
}

/// The parts of a `switch`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Switch {
    /// What is tested; without it each test is a condition.
    pub(super) subject: At,
    /// Where the arms stand, if not in the node itself.
    pub(super) body: At,
    /// Kinds of arms.
    pub(super) arms: &'static [&'static str],
    /// The kind of the part of an arm that holds its tests; empty if the arm itself does.
    pub(super) label: &'static str,
    /// The tests.
    pub(super) test: At,
    /// Kinds of arms that go on with the one behind them unless they end by a jump.
    pub(super) falls_through: &'static [&'static str],
    /// Whether `break` leaves the switch.
    pub(super) breaks: bool,
}

/// The parts of a declaration of variables or fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Variables {
    /// The type, of all or of each declarator.
    pub(super) ty: At,
    /// The declarators, if there are several; [`NO`] if the node itself is one.
    pub(super) declarator: At,
    /// The names.
    pub(super) name: At,
    /// The first values.
    pub(super) value: At,
}

/// The parts of a function.
#[derive(Clone, Copy, Debug)]
pub(super) struct FunctionParts {
    /// The name.
    pub(super) name: At,
    /// Lists of parameters.
    pub(super) parameters: At,
    /// The type of the result.
    pub(super) returns: At,
    /// The body.
    pub(super) body: At,
    /// The receiver, where it is written like a parameter: the function is a method of its type.
    pub(super) receiver: At,
}

/// A kind of parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct ParameterRow {
    /// The kind of node.
    pub(super) kind: &'static str,
    /// The names.
    pub(super) name: At,
    /// The type.
    pub(super) ty: At,
    /// The value when the caller gives none.
    pub(super) default: At,
    /// Whether it takes all remaining arguments.
    pub(super) is_rest: bool,
}

/// A parameter that takes one argument.
pub(super) const fn parameter(kind: &'static str, name: At, ty: At, default: At) -> ParameterRow {
    ParameterRow { kind, name, ty, default, is_rest: false }
}

/// A kind of attribute or annotation.
#[derive(Clone, Copy, Debug)]
pub(super) struct AttributeRow {
    /// The kind of node.
    pub(super) kind: &'static str,
    /// The name, as a value.
    pub(super) name: At,
    /// The arguments, if any.
    pub(super) arguments: At,
}

/// A text as a parser can read it, in as many bytes; None if it has nothing that this would change.
pub(super) type Repair = fn(&str) -> Option<String>;

/// A language that is read by a tree-sitter grammar.
#[derive(Debug)]
pub(super) struct Grammar {
    /// The language's name in rules and reports.
    pub(super) language: &'static str,
    /// Endings of its files.
    pub(super) extensions: &'static [&'static str],
    /// The grammar.
    pub(super) parser: fn() -> Language,
    /// A language whose rows hold too, where this one has none for a kind.
    pub(super) base: Option<&'static Grammar>,
    /// What kinds of nodes mean.
    pub(super) forms: &'static [(&'static str, Form)],
    /// Kinds of parameters.
    pub(super) parameters: &'static [ParameterRow],
    /// Kinds of attributes.
    pub(super) attributes: &'static [AttributeRow],
    /// Kinds of nodes that hold modifiers and attributes of a declaration.
    pub(super) modifiers: &'static [&'static str],
    /// Kinds that name types: never values.
    pub(super) types: &'static [&'static str],
    /// Kinds that are read by their parents: they have no meaning of their own.
    #[cfg_attr(not(test), allow(dead_code, reason = "the test that holds the table against the grammar reads it"))]
    pub(super) parts: &'static [&'static str],
    /// Types that only wrap another: `Optional<T>` counts as `T`.
    pub(super) wrappers: &'static [&'static str],
    /// Kinds of declarations, and names of functions, that are constructors.
    pub(super) constructors: &'static [&'static str],
    /// Attributes that mark a test.
    pub(super) tests: &'static [&'static str],
    /// What else is so in this language.
    pub(super) habits: Habits,
    /// Words by which a declaration says more of itself.
    pub(super) words: Words,
    /// Texts of the same length that the parser is given instead of one that it cannot read, one after the other.
    pub(super) repairs: &'static [Repair],
    /// Whether a function is visible to other files, by its name and its modifiers.
    pub(super) is_public: fn(&str, &[&str]) -> bool,
    /// Made from the rows when the first file is read: `Table::new()`.
    pub(super) table: Table,
}

/// What is so in some languages only.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a habit of some language")]
pub(super) struct Habits {
    /// A bare name may mean a member of the receiver.
    pub(super) implicit_receiver: bool,
    /// Assigning to a new name declares it, in the function around.
    pub(super) assignment_declares: bool,
    /// A block whose value is used is worth its last statement; a function's body, too.
    pub(super) last_is_value: bool,
    /// A call of a class makes an instance, without `new`.
    pub(super) calls_construct: bool,
    /// The first parameter of a method is its receiver.
    pub(super) names_receiver: bool,
}

/// Words and kinds of nodes by which a declaration says more of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    /// Of a method: it belongs to the class and not to an instance.
    pub(super) is_static: &'static [&'static str],
    /// Of a function: it goes on later.
    pub(super) is_async: &'static [&'static str],
    /// Of a method: it runs where a member is read or written; one with a dot first ends the name of an attribute.
    pub(super) is_accessor: &'static [&'static str],
    /// Of a parameter: what is assigned to it reaches the caller.
    pub(super) by_reference: &'static [&'static str],
    /// Before the last parameter: it takes all remaining arguments.
    pub(super) takes_rest: &'static [&'static str],
    /// What a handler calls an error that it gives no name.
    pub(super) implied_error: &'static str,
    /// The grammar's scanner looks for the end of an annotation without asking whether the text ends.
    pub(super) endless_annotations: bool,
    /// Methods of the standard library that a function which extends a type calls without naming the receiver; where there are any, a bare
    /// name that the file does not have is a member of that receiver.
    pub(super) of_receiver: &'static [&'static str],
    /// The kind of a list of first values of fields before the body of a constructor.
    pub(super) first_values: &'static str,
    /// Types of many of another: the elements of many of a class are what their type tells, and many numbers are no number.
    pub(super) containers: &'static [&'static str],
}

impl Words {
    /// What most languages say.
    pub(super) const ORDINARY: Self = Self {
        is_static: &["static"],
        is_async: &["async"],
        is_accessor: &[],
        by_reference: &[],
        takes_rest: &[],
        implied_error: "",
        endless_annotations: false,
        of_receiver: &[],
        first_values: "",
        containers: &[],
    };
}

/// The forms of a grammar by the number of the kind.
#[derive(Debug)]
pub(super) struct Table(OnceLock<Vec<Option<Form>>>);

impl Table {
    /// A table that is made at its first use.
    pub(super) const fn new() -> Self {
        Self(OnceLock::new())
    }
}

impl Grammar {
    /// The row of a kind, its own or that of its base.
    fn row(&'static self, kind: &str) -> Option<Form> {
        let own = self.forms.iter().find(|(known, _)| *known == kind).map(|(_, form)| *form);
        own.or_else(|| self.base?.row(kind))
    }

    fn form(&'static self, kind: u16) -> Option<Form> {
        let table = self.table.0.get_or_init(|| {
            let language = (self.parser)();
            let form =
                |id: u16| language.node_kind_for_id(id).filter(|_| language.node_kind_is_named(id)).and_then(|kind| self.row(kind));
            (0..language.node_kind_count() as u16).map(form).collect()
        });
        table.get(usize::from(kind)).copied().flatten()
    }

    /// The parser's sort, and how many kinds of nodes the table knows.
    pub(super) fn size(&'static self) -> (&'static str, Option<usize>) {
        let own = self.forms.len() + self.types.len() + self.parts.len() + self.parameters.len() + self.attributes.len();
        ("tree-sitter", Some(own + self.base.and_then(|base| base.size().1).unwrap_or_default()))
    }

    fn lists(&'static self, kind: &str, list: fn(&'static Self) -> &'static [&'static str]) -> bool {
        list(self).contains(&kind) || self.base.is_some_and(|base| base.lists(kind, list))
    }

    fn is_type(&'static self, kind: &str) -> bool {
        self.lists(kind, |grammar| grammar.types)
    }

    fn is_modifier(&'static self, kind: &str) -> bool {
        self.lists(kind, |grammar| grammar.modifiers)
    }

    fn parameter_row(&'static self, kind: &str) -> Option<&'static ParameterRow> {
        self.parameters.iter().find(|row| row.kind == kind).or_else(|| self.base?.parameter_row(kind))
    }

    fn attribute_row(&'static self, kind: &str) -> Option<&'static AttributeRow> {
        self.attributes.iter().find(|row| row.kind == kind).or_else(|| self.base?.attribute_row(kind))
    }
}
