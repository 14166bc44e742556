//! What an expression always is.

use super::{Linkage, Value};
use crate::ir::{BinaryOp, Expr, Literal, LogicalOp, NodeId, UnaryOp, VariableKind};

/// How deep an expression is folded.
const MAX_DEPTH: u32 = 24;

/// The longest string that folding builds, in bytes: a program may not make us build more than it contains.
const MAX_TEXT: usize = 64 * 1024;

/// A value that is known before the program runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// Null or undefined.
    Null,
}

impl Constant {
    /// As it would be printed.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Null => "null".into(),
        }
    }

    /// Whether a condition takes it for true, as scripts do.
    fn is_truthy(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0,
            Self::Bool(value) => *value,
            Self::Null => false,
        }
    }
}

impl Linkage<'_> {
    pub(super) fn constant(&self, value: Value) -> Option<Constant> {
        self.fold(value, MAX_DEPTH)
    }

    fn fold(&self, value: Value, depth: u32) -> Option<Constant> {
        let depth = depth.checked_sub(1)?;
        let value = self.resolve(value);
        let unit = self.unit(value.unit);
        let fold = |node: NodeId| self.fold(Value { unit: value.unit, node }, depth);
        match unit.expr(value.node) {
            Expr::Literal(literal) => match *literal {
                Literal::Text(name) => Some(Constant::Text(unit.name(name).to_owned())),
                Literal::Number(number) => Some(Constant::Number(number)),
                Literal::Bool(flag) => Some(Constant::Bool(flag)),
                Literal::Null => Some(Constant::Null),
                Literal::Regex(_) => None,
            },
            Expr::Template(parts) => {
                parts.iter().try_fold(String::new(), |text, part| append(text, &fold(*part)?.text())).map(Constant::Text)
            }
            Expr::Binary { op, left, right } => binary(*op, &fold(*left)?, &fold(*right)?),
            Expr::Unary { op, operand } => unary(*op, &fold(*operand)?),
            Expr::Logical { op, left, right } => {
                let left = fold(*left)?;
                let takes_left = match op {
                    LogicalOp::And => !left.is_truthy(),
                    LogicalOp::Or => left.is_truthy(),
                    LogicalOp::Coalesce => left != Constant::Null,
                };
                if takes_left { Some(left) } else { fold(*right) }
            }
            Expr::Conditional { condition, then, otherwise } => {
                if fold(*condition)?.is_truthy() {
                    fold(*then)
                } else {
                    fold(*otherwise)
                }
            }
            Expr::Variable(variable) => {
                // The default of a parameter is what most callers get.
                let declared = unit.variable(*variable);
                let parameters = &unit.function(declared.owner).parameters;
                let parameter = parameters.iter().find(|parameter| parameter.variable == *variable)?;
                let is_default_only = declared.kind == VariableKind::Parameter && declared.assignments == 0;
                fold(parameter.default.filter(|_| is_default_only)?)
            }
            Expr::Field { base, name } if matches!(unit.expr(*base), Expr::This) => {
                self.fold(self.lasting_field(value, unit.name(*name))?, depth)
            }
            _ => None,
        }
    }
}

fn append(mut text: String, more: &str) -> Option<String> {
    (text.len() + more.len() <= MAX_TEXT).then(|| {
        text.push_str(more);
        text
    })
}

pub(super) fn binary(op: BinaryOp, left: &Constant, right: &Constant) -> Option<Constant> {
    match (left, right) {
        (Constant::Number(a), Constant::Number(b)) => number(op, *a, *b),
        (Constant::Text(_), _) | (_, Constant::Text(_)) if op == BinaryOp::Add => {
            append(left.text(), &right.text()).map(Constant::Text)
        }
        _ => None,
    }
}

fn number(op: BinaryOp, a: f64, b: f64) -> Option<Constant> {
    let value = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        BinaryOp::Remainder => a % b,
        BinaryOp::Power => a.powf(b),
        BinaryOp::ShiftLeft => a * b.exp2(),
        BinaryOp::ShiftRight => (a / b.exp2()).floor(),
        _ => return None,
    };
    value.is_finite().then_some(Constant::Number(value))
}

pub(super) fn unary(op: UnaryOp, operand: &Constant) -> Option<Constant> {
    match (op, operand) {
        (UnaryOp::Not, value) => Some(Constant::Bool(!value.is_truthy())),
        (UnaryOp::Negate, Constant::Number(number)) => Some(Constant::Number(-number)),
        (UnaryOp::Void, _) => Some(Constant::Null),
        _ => None,
    }
}
