use super::Rust;
use crate::frontend::{Frontend, Lowered};
use crate::ir::{Expr, Literal, LogicalOp, NodeId, PropertyKey, Statement, StatementKind, Unit};
use crate::source::{FileId, NoticeKind, SourceFile};

fn lower(text: &str) -> Lowered {
    Rust.lower(&SourceFile::in_memory(FileId(0), "src/lib.rs", text))
}

/// An expression on one line, in a notation of these tests.
fn show(unit: &Unit, node: NodeId) -> String {
    let list = |nodes: &[NodeId]| nodes.iter().map(|node| show(unit, *node)).collect::<Vec<_>>().join(", ");
    match unit.expr(node) {
        Expr::Literal(Literal::Text(name)) => format!("{:?}", unit.name(*name)),
        Expr::Literal(Literal::Number(number)) => number.to_string(),
        Expr::Literal(Literal::Bool(flag)) => flag.to_string(),
        Expr::Literal(_) => "null".into(),
        Expr::Variable(variable) => show_variable(unit, *variable),
        Expr::Global(name) => unit.name(*name).into(),
        Expr::Module(name) => format!("<{}>", unit.name(*name)),
        Expr::This => "this".into(),
        Expr::Super => "super".into(),
        Expr::Field { base, name } => format!("{}.{}", show(unit, *base), unit.name(*name)),
        Expr::Index { base, index } => format!("{}[{}]", show(unit, *base), show(unit, *index)),
        Expr::Call { callee, arguments, kind } => {
            format!("{kind:?} {}({})", show(unit, *callee), list(arguments)).replace("Call ", "")
        }
        Expr::Object(properties) => {
            let property = |property: &crate::ir::Property| match property.key {
                PropertyKey::Name(name) => format!("{}: {}", unit.name(name), show(unit, property.value)),
                _ => format!("...{}", show(unit, property.value)),
            };
            format!("{{{}}}", properties.iter().map(property).collect::<Vec<_>>().join(", "))
        }
        Expr::Array(elements) => format!("[{}]", list(elements)),
        Expr::Spread(value) => format!("...{}", show(unit, *value)),
        Expr::Template(parts) => format!("`{}`", list(parts)),
        Expr::Binary { op, left, right } => format!("({} {op:?} {})", show(unit, *left), show(unit, *right)),
        Expr::Logical { op, left, right } => {
            let op = if *op == LogicalOp::And { "&&" } else { "||" };
            format!("({} {op} {})", show(unit, *left), show(unit, *right))
        }
        Expr::Unary { op, operand } => format!("{op:?} {}", show(unit, *operand)),
        Expr::Conditional { condition, then, otherwise } => {
            format!("({} ? {} : {})", show(unit, *condition), show(unit, *then), show(unit, *otherwise))
        }
        Expr::Assign { target, value } => format!("{} = {}", show(unit, *target), show(unit, *value)),
        Expr::Closure(function) => format!("fn {}", function.0),
        Expr::Class(class) => format!("class {}", unit.name(unit.class(*class).name)),
        Expr::Typed { value, ty } => format!("({} as {})", show(unit, *value), show(unit, *ty)),
        Expr::Unknown(parts) => format!("?({})", list(parts)),
    }
}

fn show_variable(unit: &Unit, variable: crate::ir::VariableId) -> String {
    match unit.name(unit.variable(variable).name) {
        "" => format!("t{}", variable.0),
        name => name.into(),
    }
}

/// What a body does, on one line.
fn show_block(unit: &Unit, block: &[Statement]) -> String {
    block.iter().map(|statement| show_statement(unit, &statement.kind)).collect::<Vec<_>>().join("; ")
}

fn show_statement(unit: &Unit, kind: &StatementKind) -> String {
    match kind {
        StatementKind::Evaluate(node) => show(unit, *node),
        StatementKind::Return(node) => format!("return {}", node.map(|node| show(unit, node)).unwrap_or_default()),
        StatementKind::Throw(node) => format!("throw {}", show(unit, *node)),
        StatementKind::Branch { condition, then, otherwise } => {
            format!("if {} {{{}}} else {{{}}}", show(unit, *condition), show_block(unit, then), show_block(unit, otherwise))
        }
        StatementKind::Loop { condition, body } => {
            format!("loop {} {{{}}}", condition.map(|node| show(unit, node)).unwrap_or_default(), show_block(unit, body))
        }
        StatementKind::Try { .. } => "try".into(),
        StatementKind::Break => "break".into(),
        StatementKind::Continue => "continue".into(),
    }
}

/// The body of the function `f` of a file that consists of `before` and `f`.
fn body_of_f(text: &str) -> String {
    let lowered = lower(text);
    assert!(lowered.notices.is_empty(), "{:?}\n{text}", lowered.notices);
    let unit = lowered.unit;
    let function = unit.functions.iter().find(|function| unit.name(function.name) == "f").expect("the sample has a function f");
    show_block(&unit, &function.body)
}

#[test]
fn paths_are_resolved_to_modules_globals_and_variables() {
    let table = [
        ("fn f() { bip39::Mnemonic::generate(12) }", "return <bip39>.Mnemonic.generate(12)"),
        ("fn f() { Vec::new(); u32::MAX; None }", "Vec.new(); u32.MAX; return null"),
        ("use rand::{self, Rng as R}; fn f() { rand::random(); R::gen() }", "rand.random(); return R.gen()"),
        ("fn f() { crate::a::b(); super::c(); ::rand::d() }", "<crate>.a.b(); <super>.c(); return <rand>.d()"),
        ("mod keys; fn f() { keys::make(); self::keys::make() }", "<self>.keys.make(); return <self>.keys.make()"),
        ("mod a { pub fn g() {} } fn f() { a::g() }", "return g()"),
        ("fn g() {} mod tests { use super::*; fn f() { g(); super::g(); super::super::h() } }", "g(); g(); return <super>.h()"),
        ("fn g() {} mod other { fn f() { g() } }", "return g()"),
        ("struct S; impl S { fn new() -> Self { Self } fn f(&self) { Self::new(); self.a.b() } }", "S.new(); return this.a.b()"),
        ("fn f() { <Sha256 as Digest>::digest(x) }", "return Sha256.digest(x)"),
    ];
    for (text, expected) in table {
        assert_eq!(body_of_f(text), expected, "{text}");
    }
}

#[test]
fn a_file_that_is_no_rust_gives_notices_and_what_could_be_read() {
    let lowered = lower("fn a() {}\nfn b( { \n}\nfn c() { d() }\n");
    assert_eq!(lowered.notices.len(), 1);
    assert_eq!((lowered.notices[0].kind, lowered.notices[0].line), (NoticeKind::ParseError, Some(2)));
}
