//! Classes: their members, and what a bare name means within them.

use super::Lowering;
use crate::ir::{Class, ClassId, Expr, FieldDeclaration, FunctionId, NameId, NodeId, Promise, VariableId, VariableKind};
use crate::source::Span;

/// A class around the place being lowered.
#[derive(Debug)]
pub(in crate::frontend) struct Surrounding {
    /// None for a block whose receiver is a value: bare names that mean nothing else are its members.
    class: Option<ClassId>,
    /// Names that mean a member of the receiver where they are written without one.
    members: Vec<NameId>,
    /// For a class within a method: the variable that holds the receiver of that method.
    receiver: Option<VariableId>,
    is_body: bool,
}

impl Lowering {
    /// Adds a class without members.
    pub(in crate::frontend) fn class(&mut self, text: &str, bases: Vec<NodeId>, attributes: Vec<NodeId>, span: Span) -> ClassId {
        let name = self.builder.name(text);
        self.builder.class(Class { name, bases, methods: Vec::new(), fields: Vec::new(), promises: Vec::new(), attributes, span })
    }

    /// The class of this file with a name; new if there is none: a method may stand before the type that it belongs to.
    pub(in crate::frontend) fn class_of_file(&mut self, text: &str, span: Span) -> ClassId {
        let name = self.builder.name(text);
        let known = self.builder.unit().classes.iter().position(|class| class.name == name);
        known.map_or_else(|| self.class(text, Vec::new(), Vec::new(), span), |index| ClassId(index as u32))
    }

    /// Gives a class its name in the scope around.
    pub(in crate::frontend) fn name_class(&mut self, text: &str, class: ClassId, span: Span) -> NodeId {
        let value = self.node(Expr::Class(class), span);
        let variable = self.declared(text, VariableKind::Class, span);
        self.builder.define(variable, value);
        self.export_variable(text, variable, span);
        value
    }

    /// Gives a namespace its name in the file, once.
    pub(in crate::frontend) fn namespace(&mut self, text: &str, span: Span) {
        let name = self.builder.name(text);
        if self.scopes.find(name).is_some() {
            return;
        }
        let value = self.node(Expr::Module(name), span);
        let variable = self.declared(text, VariableKind::Import, span);
        self.builder.define(variable, value);
        self.export_variable(text, variable, span);
    }

    /// Whether a field of a class begins with more than a constant.
    pub(in crate::frontend) fn has_first_values(&self, class: ClassId) -> bool {
        let unit = self.builder.unit();
        let values = unit.class(class).fields.iter().filter_map(|field| field.value);
        values.into_iter().any(|value| !matches!(unit.expr(value), Expr::Literal(_)))
    }

    /// Begins the body of a class. Bare names of `members` mean those of the receiver.
    pub(in crate::frontend) fn enter_class(&mut self, class: ClassId, members: &[String], span: Span) {
        let members = members.iter().map(|member| self.builder.name(member)).collect();
        if self.outer_class().is_some_and(|outer| outer.receiver.is_none() && !outer.is_body) {
            let variable = self.temporary(span);
            let (target, this) = (self.read(variable, span), self.node(Expr::This, span));
            self.assign(target, this, span);
            if let Some(outer) = self.outer_class() {
                outer.receiver = Some(variable);
            }
        }
        self.surroundings.push(Surrounding { class: Some(class), members, receiver: None, is_body: true });
        self.scopes.enter();
    }

    /// Ends the body of a class.
    pub(in crate::frontend) fn leave_class(&mut self) {
        self.scopes.leave();
        self.surroundings.pop();
        if let Some(outer) = self.outer_class() {
            outer.receiver = None;
        }
    }

    /// The class in whose body declarations are members.
    pub(in crate::frontend) fn class_around(&self) -> Option<ClassId> {
        self.surroundings.last().filter(|surrounding| surrounding.is_body)?.class
    }

    /// Says whether declarations that follow are those of a class's body, or of a function within; gives what was so before.
    pub(in crate::frontend) fn set_in_class_body(&mut self, is_body: bool) -> bool {
        self.surroundings.last_mut().is_some_and(|surrounding| std::mem::replace(&mut surrounding.is_body, is_body))
    }

    /// The innermost class around.
    fn outer_class(&mut self) -> Option<&mut Surrounding> {
        self.surroundings.iter_mut().rev().find(|surrounding| surrounding.class.is_some())
    }

    /// A bare name as a member of a class around.
    pub(super) fn member_of_surrounding(&mut self, name: NameId, span: Span) -> Option<NodeId> {
        let at = self.surroundings.iter().rposition(|surrounding| surrounding.members.contains(&name))?;
        let (class, receiver) = (self.surroundings[at].class, self.surroundings[at].receiver);
        let is_innermost = self.surroundings[at + 1..].iter().all(|within| within.class.is_none());
        let base = match (class, receiver) {
            _ if is_innermost => self.node(Expr::This, span),
            (_, Some(receiver)) => self.read(receiver, span),
            (Some(class), None) => self.node(Expr::Class(class), span),
            (None, None) => return None,
        };
        Some(self.node(Expr::Field { base, name }, span))
    }

    /// The value whose members bare names mean, where nothing else has them.
    pub(in crate::frontend) fn implied(&self) -> Option<VariableId> {
        self.surroundings.last().filter(|surrounding| surrounding.class.is_none())?.receiver
    }

    /// The values whose members bare names may mean, the innermost first.
    pub(in crate::frontend) fn all_implied(&self) -> Vec<VariableId> {
        let blocks = self.surroundings.iter().rev().take_while(|surrounding| surrounding.class.is_none());
        blocks.filter_map(|surrounding| surrounding.receiver).collect()
    }

    /// Begins a block in which bare names may mean members of a value: `with(value) { … }`. [`Lowering::leave_implied`] ends it.
    pub(in crate::frontend) fn enter_implied(&mut self, value: VariableId) {
        self.surroundings.push(Surrounding { class: None, members: Vec::new(), receiver: Some(value), is_body: false });
    }

    /// Ends a block in which bare names may mean members of a value.
    pub(in crate::frontend) fn leave_implied(&mut self) {
        self.surroundings.pop();
    }

    /// Adds a method.
    pub(in crate::frontend) fn add_method(&mut self, class: ClassId, function: FunctionId) {
        self.builder.function_mut(function).class = Some(class);
        self.builder.class_mut(class).methods.push(function);
        let declared = self.builder.unit().function(function);
        if let (Some(ty), false, None) = (self.extended, declared.modifiers.is_static, declared.receiver) {
            let span = declared.span;
            let receiver = self.builder.variable(NameId::EMPTY, VariableKind::Parameter, span);
            let variable = self.builder.variable_mut(receiver);
            (variable.owner, variable.ty) = (function, Some(ty));
            self.builder.function_mut(function).receiver = Some(receiver);
        }
    }

    /// Says whether methods that follow are added to a type from elsewhere, so that callers hand in the receiver as a value; gives what
    /// was so before.
    pub(in crate::frontend) const fn set_extended(&mut self, ty: Option<NodeId>) -> Option<NodeId> {
        std::mem::replace(&mut self.extended, ty)
    }

    /// Adds a method that has no body.
    pub(in crate::frontend) fn add_promise(
        &mut self,
        class: ClassId,
        name: NameId,
        returns: Option<NodeId>,
        attributes: Vec<NodeId>,
    ) {
        self.builder.class_mut(class).promises.push(Promise { name, returns, attributes });
    }

    /// Adds a field.
    pub(in crate::frontend) fn add_field(
        &mut self,
        class: ClassId,
        text: &str,
        ty: Option<NodeId>,
        value: Option<NodeId>,
        attributes: Vec<NodeId>,
        span: Span,
    ) {
        let name = self.builder.name(text);
        self.builder.class_mut(class).fields.push(FieldDeclaration { name, ty, value, attributes, span });
    }
}
