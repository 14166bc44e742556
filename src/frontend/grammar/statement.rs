//! Forms that do something: blocks, branches, loops, assignments.

use tree_sitter::Node;

use super::part::{LAST, first, node_span, parts, with_receiver};
use super::reader::Reader;
use super::{At, Form, Switch};
use crate::frontend::lower::{Arm, Operator, binary};
use crate::ir::{Block, Expr, NodeId, Statement, StatementKind};

/// How deep the type of an error stands in what a handler says of it.
const DEEPEST_TYPE: u32 = 4;

impl<'t> Reader<'t> {
    /// What a node means that has a form.
    pub(in crate::frontend) fn form_flow(&mut self, node: Node<'_>, form: Form, is_used: bool) -> Option<NodeId> {
        match form {
            Form::Skip | Form::Import(_) | Form::Head(_) => None,
            Form::Own(read) | Form::Declares { read, .. } => read(self, node),
            Form::Null => Some(self.ir.null(node_span(node))),
            Form::Inner => match parts(node).into_iter().find(|part| !self.is_type(*part)) {
                Some(inner) => self.flow(inner, is_used),
                None => Some(self.ir.null(node_span(node))),
            },
            Form::Block => {
                self.ir.scopes.enter();
                let value = self.statements(&parts(node), is_used);
                self.ir.scopes.leave();
                value
            }
            Form::Evaluate => {
                let parts = parts(node);
                if !self.ir.scopes.is_module() {
                    self.imports(&parts);
                }
                let (last, rest) = parts.split_last()?;
                rest.iter().for_each(|part| self.statement(*part));
                self.flow(*last, is_used)
            }
            Form::Assign(target, value) => self.assignment(node, target, value),
            Form::If { before, condition, then, otherwise } => self.branch(node, (before, condition, then, otherwise), is_used),
            Form::Switch(switch) => self.switch(node, &switch, is_used),
            Form::Try { resources, body, handler, error, finally } => {
                self.attempt(node, (resources, body, finally), handler, error, is_used)
            }
            other if self.loop_form(node, other) || self.jump(node, other) || self.declaration(node, other) => None,
            other => Some(self.value_form(node, other)),
        }
    }

    fn branch(&mut self, node: Node<'_>, (before, condition, then, otherwise): (At, At, At, At), is_used: bool) -> Option<NodeId> {
        if let Some(before) = before.of(node) {
            self.statement(before);
        }
        let condition = self.must(node, condition);
        let then = self.way(then.of(node), is_used);
        let otherwise = self.way(otherwise.of(node), is_used);
        self.ir.choose(condition, then, otherwise, is_used, node_span(node))
    }

    pub(in crate::frontend) fn loop_form(&mut self, node: Node<'_>, form: Form) -> bool {
        let span = node_span(node);
        match form {
            Form::While(condition, body) => {
                let test = self.apart(|reader| reader.must(node, condition));
                let body = self.round(body.of(node));
                self.ir.repeat(Some(test), body, Block::new(), span);
            }
            Form::DoWhile(condition, body) => {
                let body = self.round(body.of(node));
                let test = self.apart(|reader| reader.must(node, condition));
                self.ir.repeat_until(body, test, span);
            }
            Form::For { first, condition, update, body } => {
                self.ir.scopes.enter();
                first.all_of(node).into_iter().for_each(|part| self.statement(part));
                let test = condition.of(node).map(|condition| self.apart(|reader| reader.value(condition)));
                let round = self.round(body.of(node));
                let (update, ()) = self.apart(|reader| update.all_of(node).into_iter().for_each(|part| reader.statement(part)));
                self.ir.repeat(test, round, update, span);
                self.ir.scopes.leave();
            }
            Form::Each { targets, ty, iterable, body } => self.each(node, (targets, ty, iterable, body)),
            _ => return false,
        }
        true
    }

    fn each(&mut self, node: Node<'_>, (targets, ty, iterable, body): (At, At, At, At)) {
        let span = node_span(node);
        let iterable = self.must(node, iterable);
        let iterable = self.ir.stable(iterable);
        self.ir.enter_loop();
        let (round, ()) = self.scoped(|reader| {
            let names: Vec<_> = targets.all_of(node).into_iter().flat_map(|target| reader.names(target)).collect();
            let ty = ty.of(node).and_then(|ty| reader.ty(ty));
            let element = reader.ir.element(iterable, None, span);
            let values = reader.ir.spread_over(element, names.len());
            let only = if let [only] = *names { Some(only) } else { None };
            for (name, value) in names.into_iter().zip(values) {
                reader.bind_or_assign(name, Some(value), ty, node);
            }
            let before = reader.ir.builder.unit().nodes.len();
            if let Some(body) = body.of(node) {
                reader.statement(body);
            }
            if let Some(name) = only.filter(|_| reader.binds_by_reference(node)) {
                reader.write_back(name, (iterable, before), span);
            }
        });
        self.ir.leave_frame();
        self.ir.repeat(None, round, Block::new(), span);
    }

    /// Whether a loop's variable is another name of the element.
    fn binds_by_reference(&self, node: Node<'_>) -> bool {
        let declarator = node.child_by_field_name("declarator");
        declarator.is_some_and(|declarator| self.grammar.words.by_reference.contains(&declarator.kind()))
    }

    /// What a round assigns to another name of the element is written to the element.
    fn write_back(&mut self, name: &str, (iterable, before): (NodeId, usize), span: crate::source::Span) {
        let read = self.ir.name(name, span);
        let Expr::Variable(variable) = *self.ir.expr(read) else { return };
        let unit = self.ir.builder.unit();
        let is_written = unit.nodes[before..].iter().any(|node| match node.expr {
            Expr::Assign { target, .. } => matches!(unit.expr(target), Expr::Variable(it) if *it == variable),
            _ => false,
        });
        if is_written {
            let element = self.ir.element(iterable, None, span);
            self.ir.assign(element, read, span);
        }
    }

    /// The body of a loop.
    pub(in crate::frontend) fn round(&mut self, node: Option<Node<'_>>) -> Block {
        self.ir.enter_loop();
        let body = self.body(node);
        self.ir.leave_frame();
        body
    }

    fn jump(&mut self, node: Node<'_>, form: Form) -> bool {
        let span = node_span(node);
        match form {
            Form::Return => {
                let mut values: Vec<_> = with_receiver(node).into_iter().map(|part| self.value_or_receiver(part)).collect();
                let value = match values.len() {
                    0 | 1 => values.pop(),
                    _ => Some(self.ir.node(Expr::Array(values.into()), span)),
                };
                self.ir.push(StatementKind::Return(value), span);
            }
            Form::Throw => {
                let value = self.must(node, first(0));
                self.ir.push(StatementKind::Throw(value), span);
            }
            Form::Break(label) => {
                let label = label.of(node).map(|label| self.source(label));
                self.ir.leave(label, span);
            }
            Form::Continue(label) => {
                let label = label.of(node).map(|label| self.source(label));
                self.ir.go_on(label, span);
            }
            Form::Labeled(label, statement) => {
                let label = self.source_at(node, label);
                self.ir.label(label);
                if let Some(statement) = statement.of(node) {
                    self.statement(statement);
                }
            }
            Form::Defer => {
                let (block, ()) = self.apart(|reader| parts(node).into_iter().for_each(|part| reader.statement(part)));
                self.ir.defer(block);
            }
            _ => return false,
        }
        true
    }

    pub(in crate::frontend) fn attempt(
        &mut self,
        node: Node<'_>,
        (resources, body, finally): (At, At, At),
        handler: &str,
        error: At,
        is_used: bool,
    ) -> Option<NodeId> {
        let span = node_span(node);
        self.ir.scopes.enter();
        resources.all_of(node).into_iter().for_each(|part| self.statement(part));
        let result = is_used.then(|| self.ir.temporary(span));
        let (body, ()) = self.scoped(|reader| reader.way_into(body.of(node), result));
        let handlers: Vec<_> = parts(node).into_iter().filter(|part| part.kind() == handler).collect();
        let mut parameter = None;
        let mut caught: Option<Block> = None;
        for part in handlers {
            let (block, ()) = self.scoped(|reader| {
                let names = error.of(part).map(|error| reader.names(error)).unwrap_or_default();
                let implied = Some(reader.grammar.words.implied_error).filter(|name| !name.is_empty());
                if let Some(name) = names.last().copied().or(implied) {
                    let variable = reader.ir.declare(name, crate::ir::VariableKind::Local, node_span(part));
                    let ty = error.of(part).and_then(|error| reader.type_within(error, DEEPEST_TYPE));
                    reader.ir.builder.variable_mut(variable).ty = ty;
                    match parameter {
                        Some(first) => {
                            let (target, value) = (reader.ir.read(variable, span), reader.ir.read(first, span));
                            reader.ir.assign(target, value, node_span(part));
                        }
                        None => parameter = Some(variable),
                    }
                }
                reader.way_into(LAST.of(part), result);
            });
            caught = Some(match caught {
                Some(earlier) => {
                    let condition = self.ir.unknown(Vec::new(), node_span(part));
                    let kind = StatementKind::Branch { condition, then: earlier, otherwise: block };
                    vec![Statement { kind, span: node_span(part) }]
                }
                None => block,
            });
        }
        let finally = self.body(finally.of(node));
        self.ir.push(StatementKind::Try { body, parameter, handler: caught, finally }, span);
        self.ir.scopes.leave();
        result.map(|variable| self.ir.read(variable, span))
    }

    /// The first type that is written in a node.
    fn type_within(&mut self, node: Node<'_>, depth: u32) -> Option<NodeId> {
        let depth = depth.checked_sub(1)?;
        let inner = parts(node);
        match inner.iter().find(|part| self.is_type(**part)) {
            Some(ty) => self.ty(*ty),
            None => inner.into_iter().find_map(|part| self.type_within(part, depth)),
        }
    }

    /// A part whose value, if it has one, is written to a variable.
    pub(in crate::frontend) fn way_into(&mut self, node: Option<Node<'_>>, result: Option<crate::ir::VariableId>) {
        let Some(node) = node else { return };
        let Some(value) = self.flow(node, result.is_some()) else { return };
        match result {
            Some(variable) => {
                let span = self.ir.span_of(value);
                let target = self.ir.read(variable, span);
                self.ir.assign(target, value, span);
            }
            None => self.ir.evaluate(value),
        }
    }

    fn switch(&mut self, node: Node<'_>, switch: &Switch, is_used: bool) -> Option<NodeId> {
        self.ir.scopes.enter();
        let subject = self.maybe(node, switch.subject).map(|value| self.ir.stable(value));
        let body = switch.body.of(node).unwrap_or(node);
        let arms: Vec<_> = parts(body).into_iter().filter(|part| switch.arms.contains(&part.kind())).collect();
        self.ir.enter_arms(switch.breaks);
        let arms = arms.into_iter().map(|arm| self.arm(arm, subject, switch, is_used)).collect();
        self.ir.leave_arms(switch.breaks);
        self.ir.scopes.leave();
        self.ir.arms(arms, is_used, switch.breaks, node_span(node))
    }

    fn arm(&mut self, node: Node<'_>, subject: Option<NodeId>, switch: &Switch, is_used: bool) -> Arm {
        let labels: Vec<_> = match switch.label {
            "" => vec![node],
            label => parts(node).into_iter().filter(|part| part.kind() == label).collect(),
        };
        let tests: Vec<_> = labels.iter().flat_map(|label| switch.test.all_of(*label)).flat_map(|test| self.listed(test)).collect();
        let heads: Vec<_> = labels
            .iter()
            .flat_map(|label| switch.test.all_of(*label))
            .chain(labels.iter().copied())
            .map(|head| head.id())
            .collect();
        let is_default = labels.is_empty() || labels.iter().any(|label| switch.test.of(*label).is_none());
        self.ir.scopes.enter();
        let tests = tests.into_iter().map(|test| self.test(test, subject)).collect();
        let rest: Vec<_> = parts(node).into_iter().filter(|part| !heads.contains(&part.id())).collect();
        let (mut body, value) = self.apart(|reader| reader.statements(&rest, is_used));
        self.ir.scopes.leave();
        let ends = switch.breaks && matches!(body.last().map(|last| &last.kind), Some(StatementKind::Break(0)));
        if ends {
            body.pop();
        }
        let falls_through = switch.falls_through.contains(&node.kind()) && !ends && !jumps(&body);
        Arm { tests, is_default, body, value, falls_through, span: node_span(node) }
    }

    /// A test of an arm: compared with what is switched over, unless it is a condition of its own.
    fn test(&mut self, node: Node<'_>, subject: Option<NodeId>) -> NodeId {
        let value = self.value(node);
        match subject {
            Some(subject) if !matches!(self.ir.expr(value), Expr::Binary { .. } | Expr::Logical { .. } | Expr::Unknown(_)) => {
                self.ir.equals(subject, value)
            }
            _ => value,
        }
    }

    /// The members of a list of values or targets; a node that is no list is its only member.
    pub(in crate::frontend) fn listed<'n>(&self, node: Node<'n>) -> Vec<Node<'n>> {
        let is_list = node.kind().ends_with("_list") || node.kind().contains("tuple") || node.kind() == "pattern_list";
        if is_list { parts(node) } else { vec![node] }
    }

    /// The names that an assignment to a target declares.
    pub(super) fn assigned_names(&self, target: Node<'_>) -> Vec<&'t str> {
        let names = self.listed(target).into_iter().filter(|part| matches!(self.form(*part), Some(Form::Name)));
        names.map(|part| self.source(part)).collect()
    }

    fn assignment(&mut self, node: Node<'_>, target: At, value: At) -> Option<NodeId> {
        let operator = self.assignment_operator(node);
        let targets = target.of(node).map(|target| self.listed(target)).unwrap_or_default();
        let values =
            value.of(node).map(|value| if targets.len() > 1 { self.listed(value) } else { vec![value] }).unwrap_or_default();
        let values: Vec<_> = values.into_iter().map(|value| self.value(value)).collect();
        let values = match values[..] {
            [only] => self.ir.spread_over(only, targets.len()),
            _ => values,
        };
        let is_single = targets.len() == 1;
        let mut last = None;
        for (target, value) in targets.into_iter().zip(values) {
            last = self.assign(target, operator, value, node);
            if let Some(node) = last.filter(|_| !is_single) {
                self.ir.evaluate(node);
            }
        }
        last.filter(|_| is_single)
    }

    /// One assignment; None where it is a declaration.
    pub(in crate::frontend) fn assign(
        &mut self,
        target: Node<'_>,
        operator: &str,
        value: NodeId,
        whole: Node<'_>,
    ) -> Option<NodeId> {
        let span = node_span(whole);
        let is_name = matches!(self.form(target), Some(Form::Name));
        if is_name && operator == ":=" {
            let name = self.ir.builder.name(self.source(target));
            if self.ir.scopes.own(name).is_none() {
                self.ir.bind(self.source(target), Some(value), None, span);
                return None;
            }
        }
        let to = if is_name && self.grammar.habits.assignment_declares && operator == "=" {
            let variable = self.ir.assigned(self.source(target), node_span(target));
            self.ir.export_once(self.source(target), variable, node_span(target));
            self.ir.read(variable, node_span(target))
        } else {
            self.value(target)
        };
        let value = match binary(operator.trim_end_matches('=')) {
            Some(Operator::Binary(op)) if !matches!(operator, "=" | ":=" | "==") => {
                self.ir.operation(Some(Operator::Binary(op)), to, value, span)
            }
            Some(Operator::Logical(op)) => self.ir.node(Expr::Logical { op, left: to, right: value }, span),
            _ => value,
        };
        // `*p = x`: whoever shares the reference sees the write.
        let is_dereference = target.kind() == "unary_expression" && target.child(0).is_some_and(|first| first.kind() == "*");
        let target = if is_dereference { self.ir.node(Expr::Deref(to), node_span(target)) } else { to };
        Some(self.ir.node(Expr::Assign { target, value }, span))
    }

    fn assignment_operator(&self, node: Node<'_>) -> &'t str {
        if let Some(operator) = node.child_by_field_name("operator") {
            return self.source(operator);
        }
        let mut cursor = node.walk();
        let texts = node.children(&mut cursor).filter(|child| !child.is_named()).map(|child| self.source(child));
        texts.into_iter().find(|text| text.ends_with('=')).unwrap_or("=")
    }
}

/// Whether a block never comes to its end.
fn jumps(block: &[Statement]) -> bool {
    block.last().is_some_and(|last| match &last.kind {
        StatementKind::Return(_) | StatementKind::Throw(_) | StatementKind::Break(_) | StatementKind::Continue(_) => true,
        StatementKind::Branch { then, otherwise, .. } => jumps(then) && jumps(otherwise),
        _ => false,
    })
}
