//! Forms that are worth something.

use tree_sitter::Node;

use super::part::{first, node_span, parts, with_receiver};
use super::reader::Reader;
use super::{At, Form, literal};
use crate::frontend::lower::{Lowering, Operator, binary};
use crate::ir::{BinaryOp, CallKind, Expr, Literal, NodeId, Property, PropertyKey, UnaryOp};
use crate::source::Span;

impl Reader<'_> {
    /// A form whose value is the point of it.
    pub(super) fn value_form(&mut self, node: Node<'_>, form: Form) -> NodeId {
        let span = node_span(node);
        match form {
            Form::Name if is_called(node) => self.called_bare(self.source(node), span),
            Form::Name => self.bare(self.source(node), span),
            Form::This => self.ir.node(Expr::This, span),
            Form::Super => self.ir.node(Expr::Super, span),
            Form::Text => self.ir.builder.text(&literal::unquoted(self.source(node)), span),
            Form::Number => self.ir.node(Expr::Literal(literal::number(self.source(node))), span),
            Form::Bool => {
                let is_true = self.source(node).eq_ignore_ascii_case("true");
                self.ir.node(Expr::Literal(Literal::Bool(is_true)), span)
            }
            Form::Template => self.template(node, |kind| kind.contains("escape")),
            Form::List => {
                let elements: Vec<_> = parts(node).into_iter().map(|part| self.value(part)).collect();
                self.ir.node(Expr::Array(elements.into()), span)
            }
            Form::Spread => {
                let value = self.must(node, first(0));
                self.ir.node(Expr::Spread(value), span)
            }
            Form::Named(name, value) => self.named_argument(node, name, value),
            Form::Unknown => self.unknown(node),
            Form::Binary(left, right) => self.binary(node, left, right),
            Form::Unary(operand) => self.unary(node, operand),
            Form::Update(target) => {
                let op = if self.operator(node) == "--" { BinaryOp::Subtract } else { BinaryOp::Add };
                let target = self.must(node, target);
                self.ir.increment(target, op, span)
            }
            Form::Conditional(condition, then, otherwise) => self.conditional(node, condition, then, otherwise),
            Form::Cast(value, ty) => {
                let value = self.must(node, value);
                match ty.of(node).and_then(|ty| self.ty(ty)) {
                    Some(ty) => self.ir.node(Expr::Typed { value, ty }, span),
                    None => value,
                }
            }
            Form::Closure { parameters, body } => self.closure(node, parameters, body),
            Form::Record { ty, entries, entry, key, value } => {
                let body = entries.of(node).unwrap_or(node);
                let object = self.record(body, ty.of(node), entry, key, value);
                match ty.of(node).and_then(|ty| self.ty(ty)) {
                    Some(callee) => self.ir.call(callee, vec![object], CallKind::New, span),
                    None => object,
                }
            }
            other => self.access(node, other),
        }
    }

    /// Members and calls.
    fn access(&mut self, node: Node<'_>, form: Form) -> NodeId {
        let span = node_span(node);
        match form {
            Form::Member(base, name) => {
                let base = self.must(node, base);
                self.ir.field(base, self.source_at(node, name), span)
            }
            Form::Index(base, index) => {
                let base = self.must(node, base);
                let index = self.must(node, index);
                self.ir.node(Expr::Index { base, index }, span)
            }
            Form::Call(callee, arguments) => {
                let callee = self.must(node, callee);
                let arguments = self.arguments(node, arguments);
                let kind = self.call_kind(callee);
                self.ir.call(callee, arguments, kind, span)
            }
            Form::Method { receiver, name, arguments } => {
                let text = self.source_at(node, name);
                let callee = match self.maybe(node, receiver) {
                    Some(base) => self.ir.field(base, text, span),
                    None => self.ir.name(text, span),
                };
                let arguments = self.arguments(node, arguments);
                let kind = self.call_kind(callee);
                self.ir.call(callee, arguments, kind, span)
            }
            Form::New(class, arguments) => {
                let callee = class.of(node).and_then(|class| self.ty(class)).unwrap_or_else(|| self.ir.unknown(Vec::new(), span));
                let arguments = self.arguments(node, arguments);
                self.ir.call(callee, arguments, CallKind::New, span)
            }
            _ => self.ir.null(span),
        }
    }

    /// Whether a call makes an instance: where classes are called like functions, their names begin with a capital.
    pub(in crate::frontend) fn call_kind(&self, callee: NodeId) -> CallKind {
        let unit = self.ir.builder.unit();
        let name = match *unit.expr(callee) {
            Expr::Field { name, .. } | Expr::Global(name) => name,
            Expr::Variable(variable) => unit.variable(variable).name,
            Expr::Super => return CallKind::New,
            _ => return CallKind::Call,
        };
        let is_class = self.grammar.habits.calls_construct && is_class_name(unit.name(name));
        if is_class { CallKind::New } else { CallKind::Call }
    }

    /// A node of which nothing is known: its parts are evaluated.
    pub(super) fn unknown(&mut self, node: Node<'_>) -> NodeId {
        let values = parts(node).into_iter().filter_map(|part| self.flow(part, true)).collect();
        self.ir.unknown(values, node_span(node))
    }

    /// Arguments: those of a list, or the parts themselves where there is no list.
    pub(in crate::frontend) fn arguments(&mut self, node: Node<'_>, at: At) -> Vec<NodeId> {
        let found = at.all_of(node);
        let list = match found[..] {
            [list] if self.form(list).is_none() && !self.is_type(list) => with_receiver(list),
            _ => found,
        };
        list.into_iter().map(|part| self.value_or_receiver(part)).collect()
    }

    /// A value, or the receiver where a grammar has it as a bare word.
    pub(super) fn value_or_receiver(&mut self, part: Node<'_>) -> NodeId {
        if part.is_named() { self.value(part) } else { self.ir.node(Expr::This, node_span(part)) }
    }

    /// `name = value` in a list of arguments.
    fn named_argument(&mut self, node: Node<'_>, name: At, value: At) -> NodeId {
        let value = self.must(node, value);
        let name = self.ir.builder.name(self.source_at(node, name));
        self.ir.node(Expr::Named { name, value }, node_span(node))
    }

    /// Text in parts, of which those of some kinds hold escapes. Without an interpolation it is one constant.
    pub(in crate::frontend) fn template(&mut self, node: Node<'_>, is_escaped: impl Fn(&str) -> bool) -> NodeId {
        self.template_with(node, is_escaped, |_, _, _| None)
    }

    /// The same, with a language's own way to find a value in what the grammar takes for text: it is asked at every `$`, with the
    /// text from there on, and gives the value and how long it is.
    pub(in crate::frontend) fn template_with(
        &mut self,
        node: Node<'_>,
        is_escaped: impl Fn(&str) -> bool,
        interpolated: impl Fn(&mut Self, &str, Span) -> Option<(NodeId, usize)>,
    ) -> NodeId {
        let span = node_span(node);
        let mut template = Template { values: Vec::new(), text: String::new(), span };
        let mut done = 0;
        for part in parts(node) {
            let at = node_span(part);
            if self.form(part).is_some() {
                if !matches!(self.form(part), Some(Form::Skip)) {
                    template.flush(&mut self.ir);
                    template.values.push(self.value(part));
                }
                continue;
            }
            if is_escaped(part.kind()) {
                template.add(&literal::unescaped(self.source(part)), at);
                continue;
            }
            let mut from = part.start_byte().max(done);
            // A name behind a `$` may begin in the next fragment.
            while let Some(dollar) = self.text.get(from..part.end_byte()).and_then(|rest| rest.find('$')) {
                let start = from + dollar;
                template.add(self.text.get(from..start).unwrap_or_default(), at);
                let rest = self.text.get(start..node.end_byte()).unwrap_or_default();
                match interpolated(self, rest, Span::new(start as u32, node.end_byte() as u32)) {
                    Some((value, length)) => {
                        template.flush(&mut self.ir);
                        template.values.push(value);
                        from = start + length;
                    }
                    None => {
                        template.add("$", at);
                        from = start + 1;
                    }
                }
            }
            template.add(self.text.get(from..part.end_byte()).unwrap_or_default(), at);
            done = from;
        }
        template.finish(&mut self.ir, span)
    }

    /// Texts side by side: one constant where all are.
    pub(in crate::frontend) fn adjacent(&mut self, node: Node<'_>) -> NodeId {
        let pieces: Vec<_> = parts(node).into_iter().map(|part| self.value(part)).collect();
        let constant = |piece: &NodeId| match *self.ir.expr(*piece) {
            Expr::Literal(Literal::Text(text)) => Some(self.ir.builder.unit().name(text)),
            _ => None,
        };
        match pieces.iter().map(constant).collect::<Option<String>>() {
            Some(text) => self.ir.builder.text(&text, node_span(node)),
            None => self.ir.node(Expr::Template(pieces.into()), node_span(node)),
        }
    }

    /// The constant that a text of the source is by itself.
    pub(in crate::frontend) fn constant(&mut self, source: &str, span: Span) -> Option<NodeId> {
        let bare = source.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(source).trim();
        let source =
            ["@\"", "L\"", "u8\""].iter().find(|start| bare.starts_with(**start)).map_or(bare, |start| &bare[start.len() - 1..]);
        if source.starts_with('"') && source.ends_with('"') && source.matches('"').count() == 2 {
            return Some(self.ir.builder.text(&literal::unquoted(source), span));
        }
        let is_number = source.starts_with(|char: char| char.is_ascii_digit()) && source.chars().all(char::is_alphanumeric);
        is_number.then(|| self.ir.node(Expr::Literal(literal::number(source)), span))
    }

    /// An operation. Long chains are walked along their left side, without recursion.
    fn binary(&mut self, node: Node<'_>, left: At, right: At) -> NodeId {
        let mut spine = vec![node];
        let mut start = left.of(node);
        while let Some(inner) = start.filter(|inner| inner.kind_id() == node.kind_id()) {
            spine.push(inner);
            start = left.of(inner);
        }
        let mut value = match start {
            Some(start) => self.value(start),
            None => self.ir.unknown(Vec::new(), node_span(node)),
        };
        let mut length = 0;
        for link in spine.into_iter().rev() {
            let is_text = self.ir.is_text(value);
            length += usize::from(!is_text);
            if length >= self.ir.levels_left() {
                self.ir.cut(node_span(link));
                break;
            }
            let operator = binary(self.operator(link));
            let (effects, operand) = self.apart(|reader| reader.must(link, right));
            value = self.operation(operator, value, effects, operand, node_span(link));
        }
        value
    }

    fn operation(
        &mut self,
        operator: Option<Operator>,
        left: NodeId,
        effects: crate::ir::Block,
        right: NodeId,
        span: Span,
    ) -> NodeId {
        if let Some(Operator::Logical(op)) = operator {
            return self.ir.logical(op, left, (effects, right), span);
        }
        self.ir.append(effects);
        self.ir.operation(operator, left, right, span)
    }

    /// The text of the operator of a node.
    pub(in crate::frontend) fn operator(&self, node: Node<'_>) -> &str {
        if let Some(operator) = node.child_by_field_name("operator").or_else(|| node.child_by_field_name("operators")) {
            return self.source(operator);
        }
        let mut cursor = node.walk();
        let is_operator = |text: &str| matches!(text, "++" | "--" | "!" | "~" | "not") || binary(text).is_some();
        node.children(&mut cursor)
            .filter(|child| !child.is_named())
            .map(|child| self.source(child))
            .find(|text| is_operator(text))
            .unwrap_or("")
    }

    fn unary(&mut self, node: Node<'_>, operand: At) -> NodeId {
        let span = node_span(node);
        let text = match node.child_by_field_name("operator") {
            Some(operator) => self.source(operator),
            None => node.child(0).filter(|child| !child.is_named()).map_or_else(|| self.operator(node), |child| self.source(child)),
        };
        let op = match text {
            "!" | "not" => UnaryOp::Not,
            "-" => UnaryOp::Negate,
            "~" => UnaryOp::BitNot,
            "++" | "--" => {
                let op = if text == "++" { BinaryOp::Add } else { BinaryOp::Subtract };
                let target = self.must(node, operand);
                return self.ir.increment(target, op, span);
            }
            _ => return self.must(node, operand),
        };
        let operand = self.must(node, operand);
        self.ir.node(Expr::Unary { op, operand }, span)
    }

    fn conditional(&mut self, node: Node<'_>, condition: At, then: At, otherwise: At) -> NodeId {
        let condition = self.must(node, condition);
        // `a ?: b`
        if then.of(node).is_none() {
            let otherwise = self.apart(|reader| reader.must(node, otherwise));
            return self.ir.logical(crate::ir::LogicalOp::Coalesce, condition, otherwise, node_span(node));
        }
        let then = self.apart(|reader| reader.must(node, then));
        let otherwise = self.apart(|reader| reader.must(node, otherwise));
        self.ir.conditional(condition, then, otherwise, node_span(node))
    }

    /// An object with named members, or a list where no entry is named.
    pub(in crate::frontend) fn record(&mut self, body: Node<'_>, ty: Option<Node<'_>>, entry: &str, key: At, value: At) -> NodeId {
        let (mut properties, mut elements) = (Vec::new(), Vec::new());
        for part in parts(body) {
            if part.kind() == entry {
                let value = self.must(part, value);
                properties.push(Property { key: self.property_key(part, key), value });
            } else if Some(part.id()) != ty.map(|ty| ty.id()) {
                elements.push(self.value(part));
            }
        }
        let expr = if properties.is_empty() { Expr::Array(elements.into()) } else { Expr::Object(properties.into()) };
        self.ir.node(expr, node_span(body))
    }

    fn property_key(&mut self, entry: Node<'_>, key: At) -> PropertyKey {
        let Some(mut node) = key.of(entry) else { return PropertyKey::Name(crate::ir::NameId::EMPTY) };
        while let (Some(Form::Inner), Some(inner)) = (self.form(node), first(0).of(node)) {
            node = inner;
        }
        if matches!(self.form(node), Some(Form::Name)) || node.kind().ends_with("identifier") {
            return PropertyKey::Name(self.ir.builder.name(self.source(node)));
        }
        let value = self.value(node);
        match *self.ir.expr(value) {
            Expr::Literal(Literal::Text(name)) => PropertyKey::Name(name),
            _ => PropertyKey::Computed(value),
        }
    }
}

/// Whether a name is what a call calls.
fn is_called(node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| {
        parent.kind() == "call_expression" && parent.named_child(0).is_some_and(|callee| callee.id() == node.id())
    })
}

/// Whether a name is written as those of classes are: `Wallet`, not `MAX` or `wallet`.
fn is_class_name(name: &str) -> bool {
    let mut chars = name.trim_start_matches('_').chars();
    chars.next().is_some_and(char::is_uppercase) && (name.len() == 1 || name.chars().any(char::is_lowercase))
}

/// A text that is put together.
struct Template {
    values: Vec<NodeId>,
    text: String,
    span: Span,
}

impl Template {
    fn add(&mut self, text: &str, span: Span) {
        if self.text.is_empty() {
            self.span = span;
        }
        self.text.push_str(text);
    }

    fn flush(&mut self, ir: &mut Lowering) {
        if !self.text.is_empty() {
            self.values.push(ir.builder.text(&std::mem::take(&mut self.text), self.span));
        }
    }

    fn finish(mut self, ir: &mut Lowering, span: Span) -> NodeId {
        if self.values.is_empty() {
            return ir.builder.text(&self.text, span);
        }
        self.flush(ir);
        ir.node(Expr::Template(self.values.into()), span)
    }
}
