//! The one representation of code, made for following values and not for printing code.
//!
//! A front end lowers a file into a [`Unit`]: an arena of expressions, the variables they read, and the functions whose bodies
//! are blocks of a few statement forms. Sugar ends in the front end:
//! - `await`, `?`, `!`, references, parentheses and optional chaining are lowered to what they wrap;
//! - destructuring becomes assignments from [`Expr::Field`] and [`Expr::Index`];
//! - an import is a variable whose definition is `Field(Module("x"), "name")`, so that aliases need no table of their own;
//! - JSX `<A b={c}/>` is a call of `A` with one object; `<div>` calls the global `<div>`;
//! - a method call is a call whose callee is a [`Expr::Field`] of the receiver.
//!
//! Every identifier is resolved to a [`VariableId`] or is a [`Expr::Global`].

mod builder;
mod names;
mod text;

pub use builder::Builder;
pub use names::{NameId, Names};
pub use text::write_text;

use crate::source::Span;

macro_rules! index {
    ($(#[$doc:meta] $name:ident;)*) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index into the arena.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

/// How many expressions were looked at one after another, for tests that hold how work grows.
#[cfg(test)]
pub(crate) mod steps {
    use std::cell::Cell;

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    /// Counts steps of this thread.
    pub(crate) fn count(steps: usize) {
        STEPS.with(|all| all.set(all.get() + steps));
    }

    /// How many steps something takes.
    pub(crate) fn of(act: impl FnOnce()) -> usize {
        let before = STEPS.with(Cell::get);
        act();
        STEPS.with(Cell::get) - before
    }
}

index! {
    /// An expression of a unit.
    NodeId;
    /// A variable of a unit: parameter, local, module variable, import, function or class name.
    VariableId;
    /// A function of a unit; 0 is the module's own body.
    FunctionId;
    /// A class, struct, enum or interface of a unit.
    ClassId;
}

impl FunctionId {
    /// The top level of the file.
    pub const MODULE: Self = Self(0);
}

/// One file of code.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Name of the language, from the table of front ends.
    pub language: &'static str,
    /// The package that the file declares itself part of; its units see each other's names.
    pub package: Option<NameId>,
    /// Text of every name and string literal.
    pub names: Names,
    /// Expressions; a node's children come before it.
    pub nodes: Vec<Node>,
    /// Variables.
    pub variables: Vec<Variable>,
    /// Functions; the first is the module's top level.
    pub functions: Vec<Function>,
    /// Classes and other types with members.
    pub classes: Vec<Class>,
    /// Every mention of another module.
    pub imports: Vec<Import>,
    /// What other modules can import.
    pub exports: Vec<Export>,
}

impl Unit {
    /// The expression of a node.
    #[must_use]
    pub fn expr(&self, node: NodeId) -> &Expr {
        &self.nodes[node.index()].expr
    }

    /// Where a node stands.
    #[must_use]
    pub fn span(&self, node: NodeId) -> Span {
        self.nodes[node.index()].span
    }

    /// The text of a name.
    #[must_use]
    pub fn name(&self, name: NameId) -> &str {
        self.names.text(name)
    }

    /// A variable.
    #[must_use]
    pub fn variable(&self, variable: VariableId) -> &Variable {
        &self.variables[variable.index()]
    }

    /// A function.
    #[must_use]
    pub fn function(&self, function: FunctionId) -> &Function {
        &self.functions[function.index()]
    }

    /// A class.
    #[must_use]
    pub fn class(&self, class: ClassId) -> &Class {
        &self.classes[class.index()]
    }

    /// The variable that `this` reads in a function: its own receiver, or that of the function around a closure.
    #[must_use]
    pub fn receiver(&self, function: FunctionId) -> Option<VariableId> {
        let mut at = Some(function);
        while let Some(id) = at {
            let declared = self.function(id);
            if declared.receiver.is_some() || declared.class.is_some() {
                return declared.receiver;
            }
            at = declared.owner;
        }
        None
    }

    /// An argument without the name that it is given by.
    #[must_use]
    pub fn given(&self, argument: NodeId) -> NodeId {
        if let Expr::Named { value, .. } = *self.expr(argument) { value } else { argument }
    }

    /// The name that an argument is given by.
    #[must_use]
    pub fn argument_name(&self, argument: NodeId) -> Option<NameId> {
        if let Expr::Named { name, .. } = *self.expr(argument) { Some(name) } else { None }
    }

    /// All nodes with their ids, in source order of their ends.
    pub fn all_nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        let nodes = self.nodes.iter().enumerate();
        #[cfg(test)]
        let nodes = nodes.inspect(|_| steps::count(1));
        nodes.map(|(index, node)| (NodeId(index as u32), node))
    }
}

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it computes.
    pub expr: Expr,
    /// Its text.
    pub span: Span,
    /// The function in whose body it is evaluated.
    pub function: FunctionId,
}

/// What an expression computes.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A constant that is written out.
    Literal(Literal),
    /// Read of (or, as the target of an assignment, write to) a variable.
    Variable(VariableId),
    /// An identifier that the file does not declare: `Math`, `window`, `fetch`.
    Global(NameId),
    /// Another module, by the name that the source gives it: `require("x")`, `import("x")`, the base of an import.
    Module(NameId),
    /// The receiver of the method: a read of [`Function::receiver`], if the function around has one.
    This,
    /// The base class.
    Super,
    /// `base.name`.
    Field {
        /// The object.
        base: NodeId,
        /// The member.
        name: NameId,
    },
    /// `base[index]`; also the element of an iteration, with an unknown index.
    Index {
        /// The object.
        base: NodeId,
        /// The key.
        index: NodeId,
    },
    /// A call.
    Call {
        /// What is called; a field for a method.
        callee: NodeId,
        /// The arguments in order; an [`Expr::Spread`] stands for any number, an [`Expr::Named`] for the parameter of its name.
        arguments: Box<[NodeId]>,
        /// How it is called.
        kind: CallKind,
    },
    /// `{a: 1, ...b}`.
    Object(Box<[Property]>),
    /// `[a, b, ...c]`, tuples, `vec![…]`.
    Array(Box<[NodeId]>),
    /// All elements of a value, in an array, an argument list or an object.
    Spread(NodeId),
    /// An argument that is given by name, `key: value` or `key = value`; stands among the arguments of a call only.
    Named {
        /// The name, as the caller writes it.
        name: NameId,
        /// The argument.
        value: NodeId,
    },
    /// What a reference refers to, `*p`, as the target of an assignment: whoever shares the reference sees the write. Where it is
    /// read, a reference is lowered to what it refers to.
    Deref(NodeId),
    /// A string built of parts; literal parts are nodes too.
    Template(Box<[NodeId]>),
    /// Arithmetic and comparison.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: NodeId,
        /// Right operand.
        right: NodeId,
    },
    /// `&&`, `||`, `??`: the right side may not be evaluated.
    Logical {
        /// The operator.
        op: LogicalOp,
        /// Left operand.
        left: NodeId,
        /// Right operand.
        right: NodeId,
    },
    /// An operator on one value.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: NodeId,
    },
    /// `condition ? then : otherwise`, and a `match` or `if` used as a value.
    Conditional {
        /// Decides.
        condition: NodeId,
        /// If true.
        then: NodeId,
        /// If false.
        otherwise: NodeId,
    },
    /// `target = value` as an expression or a statement; a compound assignment has a [`Expr::Binary`] as its value.
    Assign {
        /// A [`Expr::Variable`], [`Expr::Field`], [`Expr::Index`], [`Expr::Global`] or [`Expr::Deref`].
        target: NodeId,
        /// What is written.
        value: NodeId,
    },
    /// A function as a value.
    Closure(FunctionId),
    /// A class as a value.
    Class(ClassId),
    /// A value with a written type: `x as T`, `<T>x`.
    Typed {
        /// The value.
        value: NodeId,
        /// The type, as an expression that names it.
        ty: NodeId,
    },
    /// Anything else; the parts are evaluated in order.
    Unknown(Box<[NodeId]>),
}

/// A constant in the source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// A string or byte string.
    Text(NameId),
    /// A number; big integers too, as far as a double goes.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `null`, `undefined`, `None`, `()`.
    Null,
    /// A regular expression, without its delimiters.
    Regex(NameId),
}

/// How a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// `f(x)`.
    Call,
    /// `new F(x)`, and a struct literal `F { … }` with one object.
    New,
    /// `f!(x)`.
    Macro,
    /// `<F a={x}/>`.
    Element,
    /// `` f`x` ``.
    Tag,
}

/// A member of an object literal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Property {
    /// Its key.
    pub key: PropertyKey,
    /// Its value; for [`PropertyKey::Spread`] the object whose members are copied.
    pub value: NodeId,
}

/// The key of a member of an object literal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PropertyKey {
    /// Written out.
    Name(NameId),
    /// Computed.
    Computed(NodeId),
    /// `...value`.
    Spread,
}

/// Operators on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are the operators' usual names")]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    InstanceOf,
}

impl BinaryOp {
    /// Whether the result is only true or false, so that nothing of the operands but one bit is in it.
    #[must_use]
    pub const fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Equal
                | Self::NotEqual
                | Self::Less
                | Self::LessEqual
                | Self::Greater
                | Self::GreaterEqual
                | Self::In
                | Self::InstanceOf
        )
    }
}

/// Operators that may not evaluate their right side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are the operators' usual names")]
pub enum LogicalOp {
    And,
    Or,
    Coalesce,
}

/// Operators on one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are the operators' usual names")]
pub enum UnaryOp {
    Not,
    Negate,
    BitNot,
    TypeOf,
    Void,
    Delete,
}

/// A variable of a unit.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name in the source; empty for one that a front end made up.
    pub name: NameId,
    /// The function whose variable it is; closures within may use it too.
    pub owner: FunctionId,
    /// How it was declared.
    pub kind: VariableKind,
    /// The written type, as an expression that names it.
    pub ty: Option<NodeId>,
    /// The value of its only assignment. None if there are none or several, and for parameters (see [`Parameter::default`]) but for
    /// those of a function that is called where it stands.
    pub definition: Option<NodeId>,
    /// How many places write it, its declaration included.
    pub assignments: u32,
    /// Where it is declared.
    pub span: Span,
}

/// How a variable was declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// Parameter of a function.
    Parameter,
    /// `let`, `var`, a binding of a pattern.
    Local,
    /// Cannot be assigned again.
    Constant,
    /// A named function.
    Function,
    /// A class or other type.
    Class,
    /// An import.
    Import,
}

/// A function, method, closure, or the top level of a file.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name; empty for a closure. A closure that is assigned or is a property takes that name.
    pub name: NameId,
    /// The function around it; none for the module.
    pub owner: Option<FunctionId>,
    /// The class whose method it is.
    pub class: Option<ClassId>,
    /// The receiver as a variable, with its written type, where callers hand it in as a value: methods of types that are declared
    /// elsewhere, extension functions. None where `this` is known by its class alone.
    pub receiver: Option<VariableId>,
    /// Parameters in order, without the receiver.
    pub parameters: Vec<Parameter>,
    /// What it does. The value of `=> expr` or of a last expression is a [`StatementKind::Return`].
    pub body: Block,
    /// The written type of what it returns, as an expression that names it.
    pub returns: Option<NodeId>,
    /// Decorators, attributes and annotations, as expressions.
    pub attributes: Vec<NodeId>,
    /// Modifiers.
    pub modifiers: Modifiers,
    /// The whole function.
    pub span: Span,
}

/// Modifiers of a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a modifier of the source language")]
pub struct Modifiers {
    /// Runs asynchronously.
    pub is_async: bool,
    /// Yields values.
    pub is_generator: bool,
    /// Reading or writing the member of its name runs it.
    pub is_accessor: bool,
    /// Belongs to the class, not to an instance.
    pub is_static: bool,
    /// Visible to other modules by its own declaration.
    pub is_public: bool,
    /// A test of the language's own framework (`#[test]`), which never ships.
    pub is_test: bool,
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The variable it is bound to.
    pub variable: VariableId,
    /// The name by which callers give it, where that is not the variable's own.
    pub label: Option<NameId>,
    /// The value when the caller gives none.
    pub default: Option<NodeId>,
    /// Takes all remaining arguments as an array.
    pub is_rest: bool,
    /// Assigning it writes the caller's variable.
    pub is_reference: bool,
}

impl Parameter {
    /// A parameter that takes one value and must be given.
    #[must_use]
    pub const fn new(variable: VariableId) -> Self {
        Self { variable, label: None, default: None, is_rest: false, is_reference: false }
    }
}

/// A class, struct, enum, trait implementation or interface.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name; empty for an anonymous one.
    pub name: NameId,
    /// Base classes, interfaces and traits, in the order in which a member is looked for.
    pub bases: Vec<NodeId>,
    /// Methods; the constructor is named `constructor` in every language.
    pub methods: Vec<FunctionId>,
    /// Declared fields.
    pub fields: Vec<FieldDeclaration>,
    /// Methods that are declared without a body: others are called in their place.
    pub promises: Vec<Promise>,
    /// Decorators, attributes and derives, as expressions.
    pub attributes: Vec<NodeId>,
    /// The whole class.
    pub span: Span,
}

/// A method without a body: of an interface, or an abstract one.
#[derive(Clone, Debug)]
pub struct Promise {
    /// Its name.
    pub name: NameId,
    /// The written type of what it returns, as an expression that names it.
    pub returns: Option<NodeId>,
    /// Decorators, attributes and annotations, as expressions.
    pub attributes: Vec<NodeId>,
}

/// A declared field of a class.
#[derive(Clone, Debug)]
pub struct FieldDeclaration {
    /// Its name.
    pub name: NameId,
    /// Its written type.
    pub ty: Option<NodeId>,
    /// Its first value.
    pub value: Option<NodeId>,
    /// Decorators and attributes.
    pub attributes: Vec<NodeId>,
    /// The declaration.
    pub span: Span,
}

/// A mention of another module.
#[derive(Clone, Copy, Debug)]
pub struct Import {
    /// The module as the source names it.
    pub module: NameId,
    /// Whether only types are used: such an import is erased.
    pub is_type_only: bool,
    /// Whether the name is computed or the import happens at run time only.
    pub is_dynamic: bool,
    /// The mention.
    pub span: Span,
}

/// Something that other modules can import.
#[derive(Clone, Copy, Debug)]
pub struct Export {
    /// The name it is known by outside; `default`; `*` for all exports of a [`Expr::Module`].
    pub name: NameId,
    /// What it is.
    pub value: NodeId,
}

/// Statements in order.
pub type Block = Vec<Statement>;

/// A statement and where it stands.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Its text.
    pub span: Span,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// Evaluates an expression: a call, an assignment.
    Evaluate(NodeId),
    /// Leaves the function.
    Return(Option<NodeId>),
    /// Leaves by an error.
    Throw(NodeId),
    /// One of two ways; `switch` and `match` are chains of these.
    Branch {
        /// Decides.
        condition: NodeId,
        /// If true.
        then: Block,
        /// If false.
        otherwise: Block,
    },
    /// Any number of times. What a `for` assigns per round stands at the head of the body.
    Loop {
        /// Tested for each round, if the source has a test.
        condition: Option<NodeId>,
        /// One round.
        body: Block,
        /// What follows a round, after a [`StatementKind::Continue`] too.
        update: Block,
        /// Whether the test stands behind the round.
        tests_last: bool,
    },
    /// A body whose errors are caught.
    Try {
        /// What may fail.
        body: Block,
        /// The variable that holds the error.
        parameter: Option<VariableId>,
        /// What happens after a failure; none if errors pass through.
        handler: Option<Block>,
        /// What happens in any case.
        finally: Block,
    },
    /// Leaves a loop: the nearest, but for so many.
    Break(u32),
    /// Begins the next round of a loop: the nearest, but for so many.
    Continue(u32),
}
