//! Forms that declare: variables, functions, classes, fields.

use tree_sitter::Node;

use super::part::{node_span, of_kind, parts};
use super::reader::Reader;
use super::{At, Form, FunctionParts, Variables};
use crate::ir::{ClassId, Expr, FunctionId, NameId, NodeId, VariableKind};

/// What a constructor is called in every language.
pub(in crate::frontend) const CONSTRUCTOR: &str = "constructor";

impl<'t> Reader<'t> {
    pub(super) fn declaration(&mut self, node: Node<'_>, form: Form) -> bool {
        match form {
            Form::Local(row) => self.variables(node, &row),
            Form::Field(row) => match self.ir.class_around() {
                Some(class) => self.fields(class, node, &row),
                None => self.variables(node, &row),
            },
            Form::Members(body) => {
                if let Some(body) = body.of(node) {
                    parts(body).into_iter().for_each(|part| self.statement(part));
                }
            }
            Form::Function(parts) => drop(self.function(node, &parts)),
            Form::Class { name, bases, body, parameters } => drop(self.class(node, (name, bases, body, parameters))),
            _ => return false,
        }
        true
    }

    /// A name that gets a value: declared, or written where assigning is declaring.
    pub(in crate::frontend) fn bind_or_assign(&mut self, name: &str, value: Option<NodeId>, ty: Option<NodeId>, at: Node<'_>) {
        let span = node_span(at);
        if !self.grammar.habits.assignment_declares {
            self.ir.bind(name, value, ty, span);
            return;
        }
        let variable = self.ir.assigned(name, span);
        self.ir.export_once(name, variable, span);
        if let Some(value) = value {
            let target = self.ir.read(variable, span);
            self.ir.assign(target, value, span);
        }
    }

    /// The declarators of a declaration with the names, types and first values of each.
    fn each_declarator<'n>(
        &mut self,
        node: Node<'n>,
        row: &Variables,
        mut make: impl FnMut(&mut Self, Node<'n>) -> Option<NodeId>,
        mut each: impl FnMut(&mut Self, Node<'n>, &'t str, Option<NodeId>, Option<NodeId>),
    ) {
        let common = row.ty.of(node).and_then(|ty| self.ty(ty));
        let declarators = if row.declarator.is_nowhere() { vec![node] } else { row.declarator.all_of(node) };
        let declarators_count = declarators.len();
        for declarator in declarators {
            let ty = common.or_else(|| row.ty.of(declarator).and_then(|ty| self.ty(ty)));
            let names: Vec<_> = row.name.all_of(declarator).into_iter().flat_map(|name| self.names(name)).collect();
            if let Some(value) = make(self, declarator) {
                names.into_iter().for_each(|name| each(self, declarator, name, None, Some(value)));
                continue;
            }
            let is_only = declarators_count == 1;
            let value = row.value.of(declarator).or_else(|| row.value.of(node).filter(|_| is_only));
            let values = value.map(|value| if value.kind() == "expression_list" { parts(value) } else { vec![value] });
            let values: Vec<_> = values.unwrap_or_default().into_iter().map(|value| self.value(value)).collect();
            let values = match values[..] {
                [only] => self.ir.spread_over(only, names.len()),
                _ => values,
            };
            for (index, name) in names.into_iter().enumerate() {
                each(self, declarator, name, ty, values.get(index).copied());
            }
        }
    }

    /// Declares variables.
    pub(in crate::frontend) fn variables(&mut self, node: Node<'_>, row: &Variables) {
        self.variables_made(node, row, |_, _| None);
    }

    /// Declares variables, of which `make` may say what a declarator makes.
    pub(in crate::frontend) fn variables_made<'n>(
        &mut self,
        node: Node<'n>,
        row: &Variables,
        make: impl FnMut(&mut Self, Node<'n>) -> Option<NodeId>,
    ) {
        self.each_declarator(node, row, make, |reader, declarator, name, ty, value| {
            let span = node_span(declarator);
            let variable = reader.ir.bind(name, value, ty, span);
            reader.ir.export_variable(name, variable, span);
        });
    }

    /// Declares a variable with its value.
    pub(in crate::frontend) fn variable(&mut self, name: &str, value: NodeId, span: crate::source::Span) {
        let variable = self.ir.bind(name, Some(value), None, span);
        self.ir.export_variable(name, variable, span);
    }

    fn fields(&mut self, class: ClassId, node: Node<'_>, row: &Variables) {
        let attributes = self.attributes(node);
        self.each_declarator(
            node,
            row,
            |_, _| None,
            |reader, declarator, name, ty, value| {
                reader.ir.add_field(class, name, ty, value, attributes.clone(), node_span(declarator));
            },
        );
    }

    /// A member of an enumeration: an instance of it that is made with some arguments, or a plain name.
    pub(in crate::frontend) fn member_of_enum(&mut self, node: Node<'_>, name: At, arguments: At) {
        let Some(class) = self.ir.class_around() else { return };
        let span = node_span(node);
        let given = if arguments.of(node).is_some() { self.arguments(node, arguments) } else { Vec::new() };
        let value = (!given.is_empty()).then(|| {
            let unit = self.ir.builder.unit();
            let owner = unit.name(unit.class(class).name).to_owned();
            let callee = self.ir.name(&owner, span);
            self.ir.call(callee, given, crate::ir::CallKind::New, span)
        });
        let name = self.source_at(node, name);
        self.ir.add_field(class, name, None, value, Vec::new(), span);
    }

    /// A function as a value.
    pub(in crate::frontend) fn closure(&mut self, node: Node<'_>, parameters: At, body: At) -> NodeId {
        let function = self.function_body(NameId::EMPTY, node, parameters, body, |_| ());
        self.ir.node(Expr::Closure(function), node_span(node))
    }

    /// A function without a name in its scope. `begin` runs before its parameters are read.
    pub(in crate::frontend) fn function_body(
        &mut self,
        name: NameId,
        node: Node<'_>,
        parameters: At,
        body: At,
        begin: impl FnOnce(&mut Self),
    ) -> FunctionId {
        let outside = self.ir.enter_function(name, node_span(node));
        let was_in_body = self.ir.set_in_class_body(false);
        begin(self);
        for list in parameters.all_of(node) {
            self.parameters(outside.function(), list);
        }
        for initializer in of_kind(self.grammar.words.first_values).of(node).map(parts).unwrap_or_default() {
            self.field_initializer(initializer);
        }
        for part in parts(node) {
            if let Some(Form::Head(head)) = self.form(part) {
                head(self, part);
            }
        }
        let body = body.of(node);
        // An expression as a body is its value in every language.
        let is_used = self.grammar.habits.last_is_value
            || body.is_some_and(|body| !matches!(self.form(body), Some(Form::Block | Form::Evaluate) | None));
        let value = body.and_then(|body| self.flow(body, is_used));
        let value = value.filter(|&value| {
            if !is_used {
                self.ir.evaluate(value);
            }
            is_used
        });
        self.ir.set_in_class_body(was_in_body);
        self.ir.leave_function(outside, value)
    }

    /// `name(value)` before the body of a constructor.
    fn field_initializer(&mut self, node: Node<'_>) {
        let span = node_span(node);
        let [name, value] = parts(node)[..] else { return };
        let values: Vec<_> = parts(value).into_iter().map(|value| self.value(value)).collect();
        if self.is_delegation(node, self.source(name)) {
            let this = self.ir.node(Expr::This, span);
            let callee = self.ir.field(this, CONSTRUCTOR, span);
            let made = self.ir.call(callee, values, crate::ir::CallKind::Call, span);
            self.ir.evaluate(made);
            return;
        }
        if self.is_base(self.source(name)) {
            let base = self.ir.node(Expr::Super, span);
            let made = self.ir.call(base, values, crate::ir::CallKind::New, span);
            self.ir.evaluate(made);
            return;
        }
        let value = match values[..] {
            [only] => only,
            _ => self.ir.unknown(values, span),
        };
        let this = self.ir.node(Expr::This, span);
        let target = self.ir.field(this, self.source(name), span);
        self.ir.assign(target, value, span);
    }

    /// Whether a constructor hands on to another one of its class: `A::A(x) : A(x, 1) {}`.
    fn is_delegation(&self, node: Node<'_>, name: &str) -> bool {
        let constructor = node.parent().and_then(|list| list.parent());
        let head = constructor.and_then(|constructor| self.source(constructor).split('(').next()).unwrap_or_default();
        let before = head.trim_end().strip_suffix(name);
        before.is_some_and(|before| !before.ends_with(|char: char| char.is_alphanumeric() || char == '_'))
    }

    /// Whether a name, with a path before it and arguments of a template behind it, is that of a base of the class around.
    fn is_base(&self, name: &str) -> bool {
        let plain =
            |name: &str| name.split('<').next().and_then(|name| name.rsplit([':', '.']).next().map(str::trim).map(str::to_owned));
        let Some(class) = self.ir.class_around() else { return name.contains("::") };
        let unit = self.ir.builder.unit();
        let mut bases = unit.class(class).bases.iter().filter_map(|&base| match *unit.expr(base) {
            Expr::Global(name) | Expr::Field { name, .. } => Some(unit.name(name)),
            Expr::Variable(variable) => Some(unit.name(unit.variable(variable).name)),
            _ => None,
        });
        let wanted = plain(name);
        bases.any(|base| wanted.as_deref() == Some(base)) || name.contains("::")
    }

    /// The parameters of a list, or the one that stands without a list.
    pub(in crate::frontend) fn parameters(&mut self, function: FunctionId, list: Node<'_>) {
        for (parameter, default) in self.parameter_nodes(list) {
            self.parameter(function, parameter, default);
        }
        let mut cursor = list.walk();
        let words = self.grammar.words.takes_rest;
        if list.children(&mut cursor).any(|child| !child.is_named() && words.contains(&child.kind()))
            && let Some(last) = self.ir.builder.function_mut(function).parameters.last_mut()
        {
            last.is_rest = true;
        }
    }

    /// Whether a parameter is nothing but its name; a language may read names by a function of its own.
    fn is_name(&self, node: Node<'_>) -> bool {
        matches!(self.form(node), Some(Form::Name)) || node.kind() == "identifier" && matches!(self.form(node), Some(Form::Own(_)))
    }

    /// The parameters of a list, each with the default that stands behind it; a parameter without a list is the only one.
    fn parameter_nodes<'n>(&self, list: Node<'n>) -> Vec<(Node<'n>, Option<Node<'n>>)> {
        let is_one = |node: Node<'_>| self.grammar.parameter_row(node.kind()).is_some() || self.is_name(node);
        if is_one(list) {
            return vec![(list, None)];
        }
        let mut nodes: Vec<(Node<'n>, Option<Node<'n>>)> = Vec::new();
        let mut is_default = false;
        let mut cursor = list.walk();
        for child in list.children(&mut cursor) {
            match nodes.last_mut() {
                Some(last) if is_default && child.is_named() => last.1 = Some(child),
                _ if child.kind().ends_with("parameters") => nodes.extend(parts(child).into_iter().map(|part| (part, None))),
                _ if child.is_named() && is_one(child) => nodes.push((child, None)),
                _ => {}
            }
            is_default = child.kind() == "=";
        }
        nodes
    }

    fn parameter(&mut self, function: FunctionId, node: Node<'_>, default: Option<Node<'_>>) {
        let span = node_span(node);
        let Some(row) = self.grammar.parameter_row(node.kind()) else {
            if self.is_name(node) {
                self.ir.parameter(function, self.source(node), None, span);
            }
            return;
        };
        let ty = row.ty.of(node).and_then(|ty| self.ty(ty));
        let default = row.default.of(node).or(default).map(|default| self.value(default));
        let is_reference = self.is_by_reference(node);
        let mut names: Vec<_> = row.name.all_of(node).into_iter().flat_map(|name| self.names(name)).collect();
        if names.is_empty() && !row.name.is_nowhere() {
            names.push("");
        }
        for name in names {
            let parameter = self.ir.parameter(function, name, ty, span);
            (parameter.default, parameter.is_rest) = (default, row.is_rest);
            parameter.is_reference = is_reference;
        }
    }

    /// Whether what is assigned to a parameter reaches the caller.
    fn is_by_reference(&self, parameter: Node<'_>) -> bool {
        let words = self.grammar.words.by_reference;
        let mut cursor = parameter.walk();
        !words.is_empty()
            && parameter
                .children(&mut cursor)
                .any(|child| words.contains(&child.kind()) || child.child_count() == 0 && words.contains(&self.source(child)))
    }

    /// A declared function: a method of the class around or of its receiver's type, or one with a name in the scope.
    ///
    /// One without a body is only a promise: as a function it would stand for those that are called in its place.
    pub(in crate::frontend) fn function(&mut self, node: Node<'_>, row: &FunctionParts) -> Option<FunctionId> {
        if row.body.of(node).is_none() {
            self.promise(node, row);
            return None;
        }
        let written = self.source_at(node, row.name);
        let receiver = row.receiver.of(node);
        let class = match receiver {
            Some(receiver) => self.receiver_class(receiver),
            None => self.ir.class_around(),
        };
        let is_constructor = self.grammar.constructors.iter().any(|known| [node.kind(), written].contains(known))
            || class.is_some_and(|class| self.ir.builder.unit().name(self.ir.builder.unit().class(class).name) == written);
        let text = if is_constructor { CONSTRUCTOR } else { written };
        let name = self.ir.builder.name(text);
        // A class that is only named is known by itself; a receiver that is a value of its own has a parameter's form or a type's.
        let receiver = receiver.filter(|receiver| !receiver.kind().ends_with("_identifier"));
        let named = self.named_receiver(node, row).filter(|_| class.is_some());
        let parameters = if named.is_some() { At::Nowhere } else { row.parameters };
        let id = self.function_body(name, node, parameters, row.body, |reader| {
            if let Some(receiver) = receiver {
                reader.bind_receiver(receiver);
            }
            if let Some((receiver, rest)) = named {
                reader.ir.receiver(receiver, None, node_span(node));
                let function = reader.ir.builder.function();
                rest.into_iter().for_each(|parameter| reader.parameters(function, parameter));
            }
        });
        let returns = row.returns.of(node).and_then(|ty| self.ty(ty));
        self.ir.builder.function_mut(id).returns = returns;
        self.settle(id, node, text, class);
        Some(id)
    }

    /// A method without a body, for what its attributes and its type say.
    fn promise(&mut self, node: Node<'_>, row: &FunctionParts) {
        let Some(class) = self.ir.class_around().filter(|_| row.receiver.of(node).is_none()) else { return };
        let attributes = self.attributes(node);
        let returns = row.returns.of(node).and_then(|ty| self.ty(ty));
        let name = self.ir.builder.name(self.source_at(node, row.name));
        self.ir.add_promise(class, name, returns, attributes);
    }

    /// Gives a function that is read its attributes and modifiers, and its place in a class or in the scope around.
    pub(in crate::frontend) fn settle(&mut self, id: FunctionId, node: Node<'_>, text: &str, class: Option<ClassId>) {
        self.describe(id, node, text);
        match class {
            Some(class) => self.ir.add_method(class, id),
            None => self.ir.name_function(text, id, node_span(node)),
        }
    }

    /// The name of the receiver that is a method's first parameter, and the parameters behind it.
    fn named_receiver<'n>(&self, node: Node<'n>, row: &FunctionParts) -> Option<(&'t str, Vec<Node<'n>>)> {
        if !self.grammar.habits.names_receiver
            || self.modifiers(node).iter().any(|word| self.grammar.words.is_static.contains(word))
        {
            return None;
        }
        let mut parameters = row.parameters.of(node).map(parts)?.into_iter();
        let first = parameters.next().filter(|first| matches!(self.form(*first), Some(Form::Name)))?;
        Some((self.source(first), parameters.collect()))
    }

    /// Gives a class that is made from its fields the constructor that does so.
    pub(in crate::frontend) fn record_constructor(&mut self, class: ClassId, node: Node<'_>) {
        let unit = self.ir.builder.unit();
        let fields: Vec<_> =
            unit.class(class).fields.iter().map(|field| (unit.name(field.name).to_owned(), field.ty, field.value)).collect();
        let name = self.ir.builder.name(CONSTRUCTOR);
        let outside = self.ir.enter_function(name, node_span(node));
        for (name, ty, default) in fields {
            self.ir.parameter(outside.function(), &name, ty, node_span(node)).default = default;
        }
        let id = outside.function();
        self.fields_from_parameters(id);
        self.ir.leave_function(outside, None);
        self.ir.add_method(class, id);
    }

    /// Writes each parameter of a constructor to the field of its name.
    fn fields_from_parameters(&mut self, id: FunctionId) {
        for field in self.ir.builder.unit().function(id).parameters.clone() {
            let variable = self.ir.builder.unit().variable(field.variable);
            let (name, span) = (variable.name, variable.span);
            let base = self.ir.node(Expr::This, span);
            let target = self.ir.node(Expr::Field { base, name }, span);
            let value = self.ir.read(field.variable, span);
            self.ir.assign(target, value, span);
        }
    }

    /// What reading or writing a member runs that a type from elsewhere is given.
    pub(in crate::frontend) fn extension_accessor(
        &mut self,
        (receiver, accessor): (Node<'_>, Node<'_>),
        name: &str,
        (parameters, body): (At, At),
    ) {
        let Some(class) = self.receiver_class(receiver) else { return };
        let name = self.ir.builder.name(name);
        let id = self.function_body(name, accessor, parameters, body, |reader| reader.bind_receiver(receiver));
        self.ir.builder.function_mut(id).modifiers.is_accessor = true;
        self.ir.add_method(class, id);
    }

    fn receiver_class(&mut self, receiver: Node<'_>) -> Option<ClassId> {
        let names = self.type_names(receiver);
        let mut names = names.iter().filter_map(|path| path.last());
        let first = names.next()?;
        // The receiver's own name comes before its type.
        let is_own = Some(*first) == self.receiver_name(receiver);
        let name = names.next().filter(|_| is_own).unwrap_or(first);
        Some(self.ir.class_of_file(name, node_span(receiver)))
    }

    fn receiver_name(&self, receiver: Node<'_>) -> Option<&'t str> {
        let parameter = parts(receiver).into_iter().next()?;
        let row = self.grammar.parameter_row(parameter.kind())?;
        row.name.of(parameter).map(|name| self.source(name))
    }

    fn receiver_type<'n>(&self, receiver: Node<'n>) -> Option<Node<'n>> {
        let parameter = parts(receiver).into_iter().next()?;
        match self.grammar.parameter_row(parameter.kind()) {
            Some(row) => row.ty.of(parameter),
            None => Some(receiver),
        }
    }

    /// The receiver as a variable, with the name by which a method calls it.
    fn bind_receiver(&mut self, receiver: Node<'_>) {
        let span = node_span(receiver);
        let ty = self.receiver_type(receiver).and_then(|ty| self.ty(ty));
        let name = self.receiver_name(receiver).unwrap_or_default();
        self.ir.receiver(name, ty, span);
    }

    /// A declared class.
    pub(in crate::frontend) fn class(&mut self, node: Node<'_>, (name, bases, body, parameters): (At, &[At], At, At)) -> ClassId {
        self.class_with(node, (name, bases, parameters), body.of(node))
    }

    /// A declared class whose body stands where no row can say.
    pub(in crate::frontend) fn class_with(
        &mut self,
        node: Node<'_>,
        (name, bases, parameters): (At, &[At], At),
        body: Option<Node<'_>>,
    ) -> ClassId {
        let span = node_span(node);
        let text = self.source_at(node, name);
        let bases: Vec<_> = bases.iter().flat_map(|base| base.all_of(node)).collect();
        let bases = bases.into_iter().flat_map(|base| self.base_types(base)).collect();
        let mut attributes = self.attributes(node);
        let printed = crate::frontend::facts(self.grammar.language).printed_classes;
        let words = self.modifiers(node).into_iter().filter(|word| printed.contains(word));
        for word in words.collect::<Vec<_>>() {
            let name = self.ir.builder.name(word);
            attributes.push(self.ir.node(Expr::Global(name), span));
        }
        let class = self.ir.class(text, bases, attributes, span);
        // Before its body: methods name their own class.
        let value = self.ir.name_class(text, class, span);
        self.class_body(class, node, body, parameters);
        // What its fields begin with is evaluated where the class stands.
        if self.ir.has_first_values(class) {
            self.ir.evaluate(value);
        }
        class
    }

    /// A class without a name that is declared where its only instance is made.
    pub(in crate::frontend) fn anonymous_class(&mut self, node: Node<'_>, bases: &[At], body: At) -> ClassId {
        let bases: Vec<_> = bases.iter().flat_map(|base| base.all_of(node)).collect();
        let bases = bases.into_iter().flat_map(|base| self.base_types(base)).collect();
        let class = self.ir.class("", bases, Vec::new(), node_span(node));
        self.class_body(class, node, body.of(node), At::Nowhere);
        class
    }

    /// The members of a class.
    pub(in crate::frontend) fn class_body(&mut self, class: ClassId, node: Node<'_>, body: Option<Node<'_>>, parameters: At) {
        let mut members = body.map(|body| self.member_names(body, 0)).unwrap_or_default();
        let lists = parameters.all_of(node);
        let declared: Vec<_> = lists.into_iter().flat_map(|list| self.parameter_nodes(list)).map(|(node, _)| node).collect();
        members.extend(declared.iter().filter_map(|parameter| Some(self.parameter_name(*parameter)?.to_owned())));
        if !self.grammar.habits.implicit_receiver {
            members.clear();
        }
        self.ir.enter_class(class, &members, node_span(node));
        if !declared.is_empty() {
            self.primary_constructor(class, node, parameters, &declared);
        }
        if let Some(body) = body {
            for part in parts(body) {
                self.statement(part);
            }
        }
        self.ir.leave_class();
    }

    /// The constructor of a class whose parameters are its fields.
    fn primary_constructor(&mut self, class: ClassId, node: Node<'_>, parameters: At, declared: &[Node<'_>]) {
        declared.iter().for_each(|parameter| self.parameter_field(class, *parameter));
        let name = self.ir.builder.name(CONSTRUCTOR);
        let outside = self.ir.enter_function(name, node_span(node));
        let id = outside.function();
        parameters.all_of(node).into_iter().for_each(|list| self.parameters(id, list));
        self.fields_from_parameters(id);
        self.ir.leave_function(outside, None);
        self.ir.add_method(class, id);
    }

    fn parameter_name(&self, parameter: Node<'_>) -> Option<&'t str> {
        let row = self.grammar.parameter_row(parameter.kind())?;
        self.names(row.name.of(parameter)?).first().copied()
    }

    /// A parameter of a class, which is a field as well.
    fn parameter_field(&mut self, class: ClassId, parameter: Node<'_>) {
        let Some((row, name)) = self.grammar.parameter_row(parameter.kind()).zip(self.parameter_name(parameter)) else { return };
        let ty = row.ty.of(parameter).and_then(|ty| self.ty(ty));
        let attributes = self.attributes(parameter);
        self.ir.add_field(class, name, ty, None, attributes, node_span(parameter));
    }

    /// The names of a body's members.
    fn member_names(&self, body: Node<'_>, depth: u32) -> Vec<String> {
        let names = |part: Node<'_>| match self.form(part) {
            Some(Form::Function(row)) => vec![self.source_at(part, row.name).to_owned()],
            Some(Form::Field(row)) => {
                let declarators = if row.declarator.is_nowhere() { vec![part] } else { row.declarator.all_of(part) };
                let names = declarators.into_iter().flat_map(|declarator| row.name.all_of(declarator));
                names.flat_map(|name| self.names(name)).map(ToOwned::to_owned).collect()
            }
            Some(Form::Declares { name, kind, .. }) if kind != VariableKind::Class => {
                name.all_of(part).into_iter().flat_map(|name| self.names(name)).map(ToOwned::to_owned).collect()
            }
            Some(Form::Evaluate) if depth < 3 => self.member_names(part, depth + 1),
            Some(Form::Members(body)) if depth < 3 => {
                body.of(part).map(|body| self.member_names(body, depth + 1)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        parts(body).into_iter().flat_map(names).collect()
    }
}
