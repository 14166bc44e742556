use super::{
    Block, CallKind, Class, ClassId, Export, Expr, Function, FunctionId, Import, Literal, Modifiers, NameId, Names, Node, NodeId,
    Unit, Variable, VariableId, VariableKind,
};
use crate::source::Span;

/// Grows a [`Unit`] while a front end walks a syntax tree.
///
/// It keeps the function that is being lowered, so that every node knows its function, and counts the writes of each variable,
/// so that `definition` is set only where there is exactly one.
#[derive(Debug)]
pub struct Builder {
    unit: Unit,
    stack: Vec<FunctionId>,
}

impl Builder {
    /// An empty unit whose module function spans `span`.
    #[must_use]
    pub fn new(language: &'static str, span: Span) -> Self {
        let mut builder = Self {
            unit: Unit {
                language,
                package: None,
                names: Names::default(),
                nodes: Vec::new(),
                variables: Vec::new(),
                functions: Vec::new(),
                classes: Vec::new(),
                imports: Vec::new(),
                exports: Vec::new(),
            },
            stack: Vec::new(),
        };
        builder.enter_function(NameId::EMPTY, span);
        builder
    }

    /// The id of a string.
    pub fn name(&mut self, text: &str) -> NameId {
        self.unit.names.intern(text)
    }

    /// Adds an expression to the function being lowered.
    pub fn node(&mut self, expr: Expr, span: Span) -> NodeId {
        let function = self.function();
        match &expr {
            Expr::Assign { target, value } => self.count_write(*target, *value),
            Expr::Call { callee, arguments, kind: CallKind::Call } => self.bind_at_once(*callee, arguments),
            _ => {}
        }
        self.unit.nodes.push(Node { expr, span, function });
        NodeId(self.unit.nodes.len() as u32 - 1)
    }

    /// Adds a string literal.
    pub fn text(&mut self, text: &str, span: Span) -> NodeId {
        let name = self.name(text);
        self.node(Expr::Literal(Literal::Text(name)), span)
    }

    /// Adds `base.name`.
    pub fn field(&mut self, base: NodeId, name: &str, span: Span) -> NodeId {
        let name = self.name(name);
        self.node(Expr::Field { base, name }, span)
    }

    /// Declares a variable of the function being lowered.
    pub fn variable(&mut self, name: NameId, kind: VariableKind, span: Span) -> VariableId {
        let owner = self.function();
        self.unit.variables.push(Variable { name, owner, kind, ty: None, definition: None, assignments: 0, span });
        VariableId(self.unit.variables.len() as u32 - 1)
    }

    /// Gives a variable its value without a statement: imports, hoisted functions and classes.
    pub fn define(&mut self, variable: VariableId, value: NodeId) {
        let variable = &mut self.unit.variables[variable.index()];
        variable.assignments += 1;
        variable.definition = (variable.assignments == 1).then_some(value);
    }

    /// Counts a write whose value is not known: the binding of a loop, an increment.
    pub fn overwrite(&mut self, variable: VariableId) {
        let variable = &mut self.unit.variables[variable.index()];
        variable.assignments += 1;
        variable.definition = None;
    }

    /// A function that is called where it stands has no other caller: its parameters are its arguments.
    fn bind_at_once(&mut self, callee: NodeId, arguments: &[NodeId]) {
        let Expr::Closure(function) = *self.unit.expr(callee) else { return };
        let parameters: Vec<_> = self.unit.function(function).parameters.iter().map(|parameter| parameter.variable).collect();
        for (variable, argument) in parameters.into_iter().zip(arguments) {
            // What stands behind is not known by its place.
            if matches!(self.unit.expr(*argument), Expr::Spread(_) | Expr::Named { .. }) {
                break;
            }
            let variable = &mut self.unit.variables[variable.index()];
            variable.definition = (variable.assignments == 0).then_some(*argument);
        }
    }

    fn count_write(&mut self, target: NodeId, value: NodeId) {
        match *self.unit.expr(target) {
            Expr::Variable(variable) if self.unit.variable(variable).kind == VariableKind::Parameter => self.overwrite(variable),
            Expr::Variable(variable) => self.define(variable, value),
            Expr::Deref(reference) => self.count_write_through(reference),
            _ => {}
        }
    }

    /// A variable that refers to a constant of its own stands for it no longer.
    fn count_write_through(&mut self, reference: NodeId) {
        let Expr::Variable(variable) = *self.unit.expr(reference) else { return };
        let definition = self.unit.variable(variable).definition;
        if definition.is_some_and(|definition| matches!(self.unit.expr(definition), Expr::Literal(_))) {
            self.overwrite(variable);
        }
    }

    /// Begins a function within the one being lowered; nodes go there until [`Builder::leave_function`].
    pub fn enter_function(&mut self, name: NameId, span: Span) -> FunctionId {
        let id = FunctionId(self.unit.functions.len() as u32);
        self.unit.functions.push(Function {
            name,
            owner: self.stack.last().copied(),
            class: None,
            receiver: None,
            parameters: Vec::new(),
            body: Block::new(),
            returns: None,
            attributes: Vec::new(),
            modifiers: Modifiers::default(),
            span,
        });
        self.stack.push(id);
        id
    }

    /// Ends the function that was entered last and gives it its body.
    ///
    /// # Panics
    /// If no function was entered: a bug of the front end.
    pub fn leave_function(&mut self, body: Block) -> FunctionId {
        let id = self.stack.pop().expect("every leave_function follows an enter_function");
        self.unit.functions[id.index()].body = body;
        id
    }

    /// The function being lowered.
    ///
    /// # Panics
    /// After the module itself was left: a bug of the front end.
    #[must_use]
    pub fn function(&self) -> FunctionId {
        *self.stack.last().expect("the module is left only by finish")
    }

    /// A function that was entered, to set its parameters, class and modifiers.
    pub fn function_mut(&mut self, function: FunctionId) -> &mut Function {
        &mut self.unit.functions[function.index()]
    }

    /// A variable that was declared, to set its type.
    pub fn variable_mut(&mut self, variable: VariableId) -> &mut Variable {
        &mut self.unit.variables[variable.index()]
    }

    /// Adds a class.
    pub fn class(&mut self, class: Class) -> ClassId {
        self.unit.classes.push(class);
        ClassId(self.unit.classes.len() as u32 - 1)
    }

    /// A class that was added, to fill in its members.
    pub fn class_mut(&mut self, class: ClassId) -> &mut Class {
        &mut self.unit.classes[class.index()]
    }

    /// Says which package the file declares itself part of.
    pub fn set_package(&mut self, package: &str) {
        self.unit.package = Some(self.unit.names.intern(package));
    }

    /// Notes a mention of another module.
    pub fn import(&mut self, import: Import) {
        self.unit.imports.push(import);
    }

    /// Notes something that other modules can import.
    pub fn export(&mut self, export: Export) {
        self.unit.exports.push(export);
    }

    /// The unit so far.
    #[must_use]
    pub const fn unit(&self) -> &Unit {
        &self.unit
    }

    /// Gives the module its body and hands out the unit.
    #[must_use]
    pub fn finish(mut self, body: Block) -> Unit {
        self.leave_function(body);
        self.unit
    }
}
