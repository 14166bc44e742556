use std::collections::HashMap;
use std::fmt::{self, Write};

use super::{
    BinaryOp, Block, CallKind, Class, ClassId, Expr, Function, FunctionId, Literal, LogicalOp, NameId, NodeId, Property,
    PropertyKey, Statement, StatementKind, UnaryOp, Unit, VariableId, VariableKind,
};

/// Expressions and blocks nested deeper than this are written as `…`.
const MAX_DEPTH: usize = 500;

/// The text form of a unit, for people and for the tests of front ends (`forewarn debug ir FILE`).
///
/// One statement a line, blocks indented. Where two variables, functions or classes have the same name, a number tells them
/// apart; a variable without a name is `%1`, `%2`, …; a name that the file does not declare has an `@`. Positions are left out.
#[must_use]
pub fn write_text(unit: &Unit) -> String {
    let mut writer = Writer { unit, labels: Labels::new(unit), out: String::new(), indent: 0, depth: 0 };
    writer.unit().expect("writing to a string does not fail");
    writer.out
}

/// How variables, functions and classes are called in the text.
struct Labels {
    variables: Vec<String>,
    functions: Vec<String>,
    classes: Vec<String>,
}

impl Labels {
    fn new(unit: &Unit) -> Self {
        let functions = unit.functions.iter().enumerate();
        Self {
            variables: label(unit, unit.variables.iter().map(|variable| variable.name), "%"),
            functions: label(unit, functions.map(|(index, function)| if index == 0 { NameId::EMPTY } else { function.name }), "fn"),
            classes: label(unit, unit.classes.iter().map(|class| class.name), "class"),
        }
    }
}

/// Names with a number where they are not unique or empty.
fn label(unit: &Unit, names: impl Iterator<Item = NameId> + Clone, anonymous: &str) -> Vec<String> {
    let mut counts: HashMap<NameId, usize> = HashMap::new();
    names.clone().for_each(|name| *counts.entry(name).or_default() += 1);
    let mut seen: HashMap<NameId, usize> = HashMap::new();
    let mut number = |name: NameId| {
        let number = seen.entry(name).or_default();
        *number += 1;
        *number
    };
    names
        .map(|name| match (unit.name(name), counts[&name]) {
            ("", _) => format!("{anonymous}{}", number(name)),
            (text, 1) => text.to_owned(),
            (text, _) => format!("{text}#{}", number(name)),
        })
        .collect()
}

struct Writer<'a> {
    unit: &'a Unit,
    labels: Labels,
    out: String,
    indent: usize,
    depth: usize,
}

impl Writer<'_> {
    fn unit(&mut self) -> fmt::Result {
        let unit = self.unit;
        writeln!(self.out, "unit {}", unit.language)?;
        if let Some(package) = unit.package {
            writeln!(self.out, "package {}", unit.name(package))?;
        }
        for import in unit.imports.iter().filter(|import| import.is_type_only || import.is_dynamic) {
            let how = if import.is_type_only { "type" } else { "dynamic" };
            writeln!(self.out, "import {how} {:?}", unit.name(import.module))?;
        }
        self.imported_variables()?;
        for export in &unit.exports {
            write!(self.out, "export {} = ", unit.name(export.name))?;
            self.node(export.value)?;
            self.out.push('\n');
        }
        for (index, class) in unit.classes.iter().enumerate() {
            self.class(ClassId(index as u32), class)?;
        }
        for (index, function) in unit.functions.iter().enumerate() {
            self.function(FunctionId(index as u32), function)?;
        }
        Ok(())
    }

    fn imported_variables(&mut self) -> fmt::Result {
        let unit = self.unit;
        for (index, variable) in unit.variables.iter().enumerate().filter(|(_, variable)| variable.kind == VariableKind::Import) {
            if let Some(definition) = variable.definition {
                write!(self.out, "import {} = ", self.labels.variables[index])?;
                self.node(definition)?;
                self.out.push('\n');
            }
        }
        Ok(())
    }

    fn class(&mut self, id: ClassId, class: &Class) -> fmt::Result {
        self.attributes(&class.attributes)?;
        write!(self.out, "class {}", self.labels.classes[id.index()])?;
        if !class.bases.is_empty() {
            self.list(" extends ", &class.bases, "")?;
        }
        self.out.push('\n');
        self.indent += 1;
        for field in &class.fields {
            self.attributes(&field.attributes)?;
            self.line_start();
            write!(self.out, "field {}", self.unit.name(field.name))?;
            self.annotation(field.ty)?;
            self.given(field.value)?;
            self.out.push('\n');
        }
        for promise in &class.promises {
            self.attributes(&promise.attributes)?;
            self.line_start();
            write!(self.out, "promise {}", self.unit.name(promise.name))?;
            self.annotation(promise.returns)?;
            self.out.push('\n');
        }
        self.indent -= 1;
        Ok(())
    }

    fn attributes(&mut self, attributes: &[NodeId]) -> fmt::Result {
        for &attribute in attributes {
            self.line_start();
            self.out.push_str("attribute ");
            self.node(attribute)?;
            self.out.push('\n');
        }
        Ok(())
    }

    fn function(&mut self, id: FunctionId, function: &Function) -> fmt::Result {
        self.attributes(&function.attributes)?;
        self.modifiers(function);
        if id == FunctionId::MODULE {
            self.out.push_str("module");
        } else {
            self.out.push_str("fn ");
            if let Some(class) = function.class {
                write!(self.out, "{}.", self.labels.classes[class.index()])?;
            }
            self.out.push_str(&self.labels.functions[id.index()]);
            self.parameters(function)?;
        }
        if let Some(returns) = function.returns {
            self.out.push_str(" -> ");
            self.node(returns)?;
        }
        self.out.push('\n');
        self.indent += 1;
        self.typed_variables(id, function)?;
        self.block(&function.body)?;
        self.indent -= 1;
        Ok(())
    }

    fn modifiers(&mut self, function: &Function) {
        let modifiers = &function.modifiers;
        let all = [
            (modifiers.is_public, "public "),
            (modifiers.is_static, "static "),
            (modifiers.is_async, "async "),
            (modifiers.is_generator, "generator "),
            (modifiers.is_accessor, "accessor "),
            (modifiers.is_test, "test "),
        ];
        all.iter().filter(|(is, _)| *is).for_each(|(_, text)| self.out.push_str(text));
    }

    fn parameters(&mut self, function: &Function) -> fmt::Result {
        self.out.push('(');
        if let Some(receiver) = function.receiver {
            self.out.push_str("this ");
            self.variable(receiver);
            self.annotation(self.unit.variable(receiver).ty)?;
        }
        for (index, parameter) in function.parameters.iter().enumerate() {
            if index > 0 || function.receiver.is_some() {
                self.out.push_str(", ");
            }
            if let Some(label) = parameter.label {
                write!(self.out, "{} ", self.unit.name(label))?;
            }
            if parameter.is_reference {
                self.out.push('&');
            }
            if parameter.is_rest {
                self.out.push_str("...");
            }
            self.variable(parameter.variable);
            self.annotation(self.unit.variable(parameter.variable).ty)?;
            self.given(parameter.default)?;
        }
        self.out.push(')');
        Ok(())
    }

    /// The variables of a function that have a written type; parameters say theirs in the head.
    fn typed_variables(&mut self, id: FunctionId, function: &Function) -> fmt::Result {
        let unit = self.unit;
        for (index, variable) in unit.variables.iter().enumerate() {
            let is_parameter = function.parameters.iter().any(|parameter| parameter.variable.index() == index)
                || function.receiver.is_some_and(|receiver| receiver.index() == index);
            if variable.owner == id && variable.ty.is_some() && !is_parameter {
                self.line_start();
                write!(self.out, "var {}", self.labels.variables[index])?;
                self.annotation(variable.ty)?;
                self.out.push('\n');
            }
        }
        Ok(())
    }

    fn annotation(&mut self, ty: Option<NodeId>) -> fmt::Result {
        if let Some(ty) = ty {
            self.out.push_str(": ");
            self.node(ty)?;
        }
        Ok(())
    }

    fn given(&mut self, value: Option<NodeId>) -> fmt::Result {
        if let Some(value) = value {
            self.out.push_str(" = ");
            self.node(value)?;
        }
        Ok(())
    }

    fn line_start(&mut self) {
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
    }

    fn line(&mut self, text: &str) {
        self.line_start();
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn indented(&mut self, block: &Block) -> fmt::Result {
        self.indent += 1;
        let result = if self.indent > MAX_DEPTH {
            self.line("…");
            Ok(())
        } else {
            self.block(block)
        };
        self.indent -= 1;
        result
    }

    fn block(&mut self, block: &Block) -> fmt::Result {
        block.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Statement) -> fmt::Result {
        match &statement.kind {
            StatementKind::Evaluate(node) => self.evaluate(*node),
            StatementKind::Return(value) => self.line_with("return", *value),
            StatementKind::Throw(value) => self.line_with("throw", Some(*value)),
            StatementKind::Branch { condition, then, otherwise } => {
                self.line_with("if", Some(*condition))?;
                self.indented(then)?;
                self.section("else", otherwise)
            }
            StatementKind::Loop { condition, body, update, tests_last } => {
                self.line_with(if *tests_last { "do while" } else { "loop" }, *condition)?;
                self.indented(body)?;
                self.section("update", update)
            }
            StatementKind::Try { body, parameter, handler, finally } => {
                self.line("try");
                self.indented(body)?;
                if let Some(handler) = handler {
                    let parameter =
                        parameter.map_or(String::new(), |variable| format!(" {}", self.labels.variables[variable.index()]));
                    self.line(&format!("catch{parameter}"));
                    self.indented(handler)?;
                }
                self.section("finally", finally)
            }
            StatementKind::Break(outer) => self.jump("break", *outer),
            StatementKind::Continue(outer) => self.jump("continue", *outer),
        }
    }

    /// A jump, with the number of loops that it leaves beside the nearest.
    fn jump(&mut self, name: &str, outer: u32) -> fmt::Result {
        match outer {
            0 => self.line(name),
            outer => self.line(&format!("{name} {outer}")),
        }
        Ok(())
    }

    fn section(&mut self, head: &str, block: &Block) -> fmt::Result {
        if block.is_empty() {
            return Ok(());
        }
        self.line(head);
        self.indented(block)
    }

    fn evaluate(&mut self, node: NodeId) -> fmt::Result {
        self.line_start();
        match *self.unit.expr(node) {
            Expr::Assign { target, value } => self.assignment(target, value)?,
            _ => self.node(node)?,
        }
        self.out.push('\n');
        Ok(())
    }

    fn line_with(&mut self, head: &str, value: Option<NodeId>) -> fmt::Result {
        self.line_start();
        self.out.push_str(head);
        if let Some(value) = value {
            self.out.push(' ');
            self.node(value)?;
        }
        self.out.push('\n');
        Ok(())
    }

    fn node(&mut self, node: NodeId) -> fmt::Result {
        if self.depth >= MAX_DEPTH {
            self.out.push('…');
            return Ok(());
        }
        self.depth += 1;
        let result = self.expr(self.unit.expr(node));
        self.depth -= 1;
        result
    }

    fn expr(&mut self, expr: &Expr) -> fmt::Result {
        match expr {
            Expr::Literal(literal) => return self.literal(*literal),
            Expr::Variable(variable) => self.variable(*variable),
            Expr::Global(name) => return write!(self.out, "@{}", self.unit.name(*name)),
            Expr::Module(name) => return write!(self.out, "module({:?})", self.unit.name(*name)),
            Expr::This => self.out.push_str("this"),
            Expr::Super => self.out.push_str("super"),
            Expr::Field { base, name } => {
                self.node(*base)?;
                return write!(self.out, ".{}", self.unit.name(*name));
            }
            Expr::Index { base, index } => {
                self.node(*base)?;
                return self.list("[", &[*index], "]");
            }
            Expr::Call { callee, arguments, kind } => return self.call(*callee, arguments, *kind),
            Expr::Object(properties) => return self.object(properties),
            Expr::Array(elements) => return self.list("[", elements, "]"),
            Expr::Spread(value) => return self.list("...", &[*value], ""),
            Expr::Named { name, value } => {
                write!(self.out, "{}: ", self.unit.name(*name))?;
                return self.node(*value);
            }
            Expr::Deref(reference) => return self.list("*", &[*reference], ""),
            Expr::Template(parts) => return self.template(parts),
            Expr::Binary { op, left, right } => return self.operator(*left, binary(*op), *right),
            Expr::Logical { op, left, right } => return self.operator(*left, logical(*op), *right),
            Expr::Unary { op, operand } => return self.list(unary(*op), &[*operand], ""),
            Expr::Conditional { condition, then, otherwise } => return self.conditional(*condition, *then, *otherwise),
            Expr::Assign { target, value } => {
                self.out.push('(');
                self.assignment(*target, *value)?;
                self.out.push(')');
            }
            Expr::Closure(function) => return write!(self.out, "fn {}", self.labels.functions[function.index()]),
            Expr::Class(class) => return write!(self.out, "class {}", self.labels.classes[class.index()]),
            Expr::Typed { value, ty } => return self.operator(*value, "as", *ty),
            Expr::Unknown(parts) if parts.is_empty() => self.out.push('?'),
            Expr::Unknown(parts) => return self.list("?(", parts, ")"),
        }
        Ok(())
    }

    fn literal(&mut self, literal: Literal) -> fmt::Result {
        match literal {
            Literal::Text(name) => write!(self.out, "{:?}", self.unit.name(name)),
            Literal::Number(number) => write!(self.out, "{number}"),
            Literal::Bool(value) => write!(self.out, "{value}"),
            Literal::Null => write!(self.out, "null"),
            Literal::Regex(name) => write!(self.out, "/{}/", self.unit.name(name)),
        }
    }

    fn variable(&mut self, variable: VariableId) {
        self.out.push_str(&self.labels.variables[variable.index()]);
    }

    fn list(&mut self, open: &str, nodes: &[NodeId], close: &str) -> fmt::Result {
        self.out.push_str(open);
        for (index, &node) in nodes.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.node(node)?;
        }
        self.out.push_str(close);
        Ok(())
    }

    fn call(&mut self, callee: NodeId, arguments: &[NodeId], kind: CallKind) -> fmt::Result {
        self.out.push_str(match kind {
            CallKind::Call | CallKind::Macro => "",
            CallKind::New => "new ",
            CallKind::Element => "element ",
            CallKind::Tag => "tag ",
        });
        self.node(callee)?;
        self.list(if kind == CallKind::Macro { "!(" } else { "(" }, arguments, ")")
    }

    fn object(&mut self, properties: &[Property]) -> fmt::Result {
        self.out.push('{');
        for (index, property) in properties.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            match property.key {
                PropertyKey::Name(name) => write!(self.out, "{}: ", self.unit.name(name))?,
                PropertyKey::Computed(key) => self.list("[", &[key], "]: ")?,
                PropertyKey::Spread => self.out.push_str("..."),
            }
            self.node(property.value)?;
        }
        self.out.push('}');
        Ok(())
    }

    fn template(&mut self, parts: &[NodeId]) -> fmt::Result {
        self.out.push('`');
        for &part in parts {
            match *self.unit.expr(part) {
                Expr::Literal(Literal::Text(name)) => write!(self.out, "{}", self.unit.name(name).escape_debug())?,
                _ => self.list("${", &[part], "}")?,
            }
        }
        self.out.push('`');
        Ok(())
    }

    fn operator(&mut self, left: NodeId, operator: &str, right: NodeId) -> fmt::Result {
        self.out.push('(');
        self.node(left)?;
        write!(self.out, " {operator} ")?;
        self.node(right)?;
        self.out.push(')');
        Ok(())
    }

    fn conditional(&mut self, condition: NodeId, then: NodeId, otherwise: NodeId) -> fmt::Result {
        self.list("(", &[condition], " ? ")?;
        self.list("", &[then], " : ")?;
        self.list("", &[otherwise], ")")
    }

    fn assignment(&mut self, target: NodeId, value: NodeId) -> fmt::Result {
        self.list("", &[target], " = ")?;
        self.node(value)
    }
}

const fn binary(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Remainder => "%",
        BinaryOp::Power => "**",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::ShiftLeft => "<<",
        BinaryOp::ShiftRight => ">>",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::In => "in",
        BinaryOp::InstanceOf => "instanceof",
    }
}

const fn logical(op: LogicalOp) -> &'static str {
    match op {
        LogicalOp::And => "&&",
        LogicalOp::Or => "||",
        LogicalOp::Coalesce => "??",
    }
}

const fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Not => "!",
        UnaryOp::Negate => "-",
        UnaryOp::BitNot => "~",
        UnaryOp::TypeOf => "typeof ",
        UnaryOp::Void => "void ",
        UnaryOp::Delete => "delete ",
    }
}
