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
        Expr::Named { name, value } => format!("{}: {}", unit.name(*name), show(unit, *value)),
        Expr::Deref(inner) => format!("*{}", show(unit, *inner)),
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
        "" => {
            let before = &unit.variables[..variable.index()];
            format!("t{}", before.iter().filter(|other| unit.name(other.name).is_empty()).count())
        }
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
        StatementKind::Loop { condition, body, .. } => {
            format!("loop {} {{{}}}", condition.map(|node| show(unit, node)).unwrap_or_default(), show_block(unit, body))
        }
        StatementKind::Try { .. } => "try".into(),
        StatementKind::Break(0) => "break".into(),
        StatementKind::Continue(0) => "continue".into(),
        StatementKind::Break(outer) => format!("break {outer}"),
        StatementKind::Continue(outer) => format!("continue {outer}"),
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

#[test]
fn control_flow_becomes_branches_conditionals_and_made_up_variables() {
    let table = [
        ("fn f() { if a { 1 } else { 2 } }", "return (a ? 1 : 2)"),
        ("fn f() { if a { b(); } else { c() } d() }", "if a {b()} else {c()}; return d()"),
        ("fn f() { let x = if a { b(); 1 } else { 2 }; }", "if a {b(); t0 = 1} else {t0 = 2}; x = t0"),
        (
            "fn f() { let x = match y { Some(v) => v, None => return 3 }; x }",
            "if (y NotEqual null) {v = y; t0 = v} else {return 3}; x = t0; return x",
        ),
        (
            "fn f(y: u8) { match y { 1 => a(), 2 | 3 => b(), _ => c() } }",
            "return ((y Equal 1) ? a() : (((y Equal 2) || (y Equal 3)) ? b() : c()))",
        ),
        (
            "fn f(y: u8) { match y { n if n > 3 => a(n), _ => b() } }",
            "n = y; if (n Greater 3) {t0 = a(n)} else {t0 = b()}; return t0",
        ),
        ("fn f() { if let Some(x) = g() { h(x) } }", "t0 = g(); x = t0; if (t0 NotEqual null) {t1 = h(x)} else {}; return t1"),
        (
            "fn f() { let Ok(x) = g() else { panic!(\"no\") }; x }",
            "t0 = g(); if (t0 NotEqual null) {} else {throw Macro panic!(\"no\")}; x = t0; return x",
        ),
        ("fn f() { while let Some(x) = g() { h(x); } }", "loop  {t0 = g(); x = t0; if (t0 NotEqual null) {} else {break}; h(x)}"),
        ("fn f() { while a < 3 { b() } }", "loop (a Less 3) {b()}"),
        (
            "fn f() { for (i, x) in xs.iter().enumerate() { g(x) } }",
            "t0 = xs.iter().enumerate(); loop  {i = t0[?()][0]; x = t0[?()][1]; g(x)}",
        ),
        ("fn f() { let x = loop { break 3; }; x }", "loop  {t0 = 3; break}; x = t0; return x"),
        ("fn f() { let g = async { return 1; }; g.await? }", "1; g = null; return g"),
        ("fn f() { unsafe { g() } }", "return g()"),
        ("fn f() { a.b().unwrap().c(d.expect(\"e\")).unwrap_or(1) }", "return a.b().c(d).unwrap_or(1)"),
        ("fn f() { g(\"salt\".as_bytes(), 7u8.into(), x.as_bytes()) }", "return g(\"salt\", 7, x.as_bytes())"),
        ("fn f() -> u8 { return 3; }", "return 3"),
    ];
    for (text, expected) in table {
        assert_eq!(body_of_f(text), expected, "{text}");
    }
}

#[test]
fn values_and_patterns() {
    let table = [
        ("fn f() { let (a, [b, .., c]) = g(); }", "t0 = g(); a = t0[0]; b = t0[1][0]; c = t0[1][?()]"),
        ("fn f(P { x, y: (z, _) }: P) {}", "x = t0.x; z = t0.y[0]"),
        ("fn f() { let S { k, .. } = &self.s; }", "k = this.s.k"),
        ("fn f() { let x = K { a, b: 2, ..c() }; }", "x = New K({a: a, b: 2, ...c()})"),
        ("fn f() { x.y[2].0 += &1; }", "x.y[2][0] = (x.y[2][0] Add 1)"),
        ("fn f() { (a, b) = (b, a); }", "t0 = [b, a]; a = t0[0]; b = t0[1]; t0"),
        ("fn f() { let n = x as u64 * 2; let k = [0u8; 4]; }", "n = ((x as u64) Multiply 2); k = [0, 0, 0, 0]"),
        ("fn f() { let k = vec![1; N]; let l = vec![b'a', 0xff]; }", "k = [...?(1, N)]; l = [97, 255]"),
        ("fn f() { g(|a, (b, c)| a + b) }", "return g(fn 2)"),
        ("fn f() { a.b::<C>(\"x\", b\"y\", 'z', 1_000u32, 1.5) }", "return a.b(\"x\", \"y\", \"z\", 1000, 1.5)"),
        ("fn f() { !a && -b == c || d..e }", "return ?(((Not a && (Negate b Equal c)) || d), e)"),
    ];
    for (text, expected) in table {
        assert_eq!(body_of_f(text), expected, "{text}");
    }
}

#[test]
fn macros_keep_their_expressions() {
    let table = [
        ("fn f(a: u8) { println!(\"{} {a:?} {n}!\", b, n = c, ) }", "return Macro println!(`b, \" \", a, \" \", c, \"!\"`)"),
        ("fn f() { log::info!(target: \"x\", \"k {}\", k) }", "return Macro <log>.info!(`\"k \", k`, {target: \"x\"})"),
        ("use tracing::warn; fn f() { warn!(%id, err = ?e, \"no\") }", "return Macro <tracing>.warn!(id, \"no\", {err: e})"),
        ("fn f() { write!(out, \"{}\", x)?; vec![] }", "Macro write!(out, `x`); return []"),
        ("fn f() { assert_eq!(a, b); bail!(\"x\") }", "Macro assert_eq!(a, b); throw Macro bail!(\"x\")"),
        ("fn f() { json!({\"k\": key, \"l\": [m(), 2]}) }", "return Macro json!(?(\"k\", key, \"l\", [m(), 2]))"),
        ("fn f() { regex!(r\"\\d{3}\") }", "return Macro regex!(\"\\\\d{3}\")"),
    ];
    for (text, expected) in table {
        assert_eq!(body_of_f(text), expected, "{text}");
    }
}

#[test]
fn types_lose_references_and_wrappers() {
    let table = [
        ("&mut Vec<u8>", "Vec"),
        ("Option<Box<dyn Signer + Send>>", "Signer"),
        ("Result<Arc<Key>, Error>", "Key"),
        ("impl Iterator<Item = u8>", "Iterator"),
        ("bip39::Mnemonic", "<bip39>.Mnemonic"),
        ("[u8; 32]", "[u8]"),
        ("(A, &'a str)", "[A, str]"),
        ("io::Result<()>", "null"),
    ];
    for (ty, expected) in table {
        let unit = lower(&format!("fn f(x: {ty}) -> {ty} {{}}")).unit;
        let function = &unit.functions[1];
        let parameter = unit.variable(function.parameters[0].variable).ty.expect("a parameter has a type");
        assert_eq!(show(&unit, parameter), expected, "{ty}");
        assert_eq!(function.returns.map(|node| show(&unit, node)).as_deref(), Some(expected), "{ty}");
    }
}

#[test]
fn items_are_classes_constants_imports_and_exports() {
    let text = "
        use a::b::{c as d, self, *};
        pub use e::F;
        mod g;
        pub const N: u32 = 1 << 4;
        const SALT: &[u8] = b\"salt\";
        #[derive(Debug, Clone)]
        pub struct Key { #[serde(skip)] pub seed: [u8; 32], n: Option<Name> }
        #[zeroize(drop)]
        impl Key { const LEN: usize = 32; pub async fn new(n: u8) -> Self { Key::LEN } fn len(&self) {} }
        impl Drop for Key { fn drop(&mut self) {} }
        enum E { A = 3, B { x: u8 } }
        trait T: Send { fn required(&self); fn given(&self) { self.required() } }
        lazy_static! { static ref LIMIT: u64 = limit(3); }
    ";
    let lowered = lower(text);
    assert!(lowered.notices.is_empty(), "{:?}", lowered.notices);
    let unit = &lowered.unit;
    let variable = |name: &str| unit.variables.iter().find(|variable| unit.name(variable.name) == name);
    let value = |name: &str| show(unit, variable(name).and_then(|variable| variable.definition).expect("a single definition"));
    for (name, expected) in [
        ("d", "<a>.b.c"),
        ("b", "<a>.b"),
        ("F", "<e>.F"),
        ("N", "(1 ShiftLeft 4)"),
        ("SALT", "\"salt\""),
        ("Key", "class Key"),
        ("LIMIT", "limit(3)"),
    ] {
        assert_eq!(value(name), expected, "{name}");
    }
    let names = |names: Vec<&str>| names.join(" ");
    assert_eq!(names(unit.imports.iter().map(|import| unit.name(import.module)).collect()), "a a::b::* e self::g");
    let exports: Vec<_> = unit.exports.iter().map(|export| unit.name(export.name)).collect();
    assert!(["F", "N", "Key"].iter().all(|name| exports.contains(name)), "{exports:?}");
    let classes: Vec<_> = unit.classes.iter().map(|class| show_class(unit, class)).collect();
    let expected = [
        "Key(seed: [u8] [serde(skip)], n: Name []) [derive(Debug, Clone)] {}",
        "Key(LEN: usize []) [zeroize(drop)] {async static pub new, len}",
        "Key: Drop() [] {drop}",
        "E(A: - [], B: - [], x: u8 []) [] {}",
        "T: Send() [] {given}",
    ];
    assert_eq!(classes, expected);
    assert_eq!(show_block(unit, &unit.functions[0].body), "N = (1 ShiftLeft 4); SALT = \"salt\"; LIMIT = limit(3)");
}

fn show_class(unit: &Unit, class: &crate::ir::Class) -> String {
    let attributes = |nodes: &[NodeId]| nodes.iter().map(|node| show(unit, *node)).collect::<Vec<_>>().join(", ");
    let base = class.bases.iter().map(|base| format!(": {}", show(unit, *base))).collect::<String>();
    let field = |field: &crate::ir::FieldDeclaration| {
        let ty = field.ty.map_or_else(|| "-".into(), |ty| show(unit, ty));
        format!("{}: {ty} [{}]", unit.name(field.name), attributes(&field.attributes))
    };
    let fields: Vec<_> = class.fields.iter().map(field).collect();
    let method = |id: &crate::ir::FunctionId| {
        let function = unit.function(*id);
        let modifiers = function.modifiers;
        let words = [(modifiers.is_async, "async "), (modifiers.is_static, "static "), (modifiers.is_public, "pub ")];
        let words: String = words.iter().filter(|(is_set, _)| *is_set).map(|(_, word)| *word).collect();
        format!("{words}{}", unit.name(function.name))
    };
    let methods: Vec<_> = class.methods.iter().map(method).collect();
    let (name, fields, methods) = (unit.name(class.name), fields.join(", "), methods.join(", "));
    format!("{name}{base}({fields}) [{}] {{{methods}}}", attributes(&class.attributes))
}

#[test]
fn tests_are_known_by_attribute_and_by_module() {
    let text = "
        fn a() { let x = || 1; }
        #[test] fn b() {}
        #[cfg(test)] mod m { fn c() { let x = || 1; } mod n { fn d() {} } }
        #[cfg(all(test, unix))] fn e() {}
        #[cfg(any(test, feature = \"x\"))] fn g() {}
        #[tokio::test] async fn h() {}
        #[cfg(test)] impl S { fn i() {} }
    ";
    let unit = lower(text).unit;
    let named = |function: &crate::ir::Function| unit.name(function.name).to_owned();
    let tests: Vec<_> = unit.functions.iter().filter(|function| function.modifiers.is_test).map(named).collect();
    assert_eq!(tests, ["b", "c", "x", "d", "e", "h", "i"]);
}

#[test]
fn a_mutable_variable_that_begins_as_a_constant_stands_for_no_value() {
    let unit = lower("fn f() { let mut a = [0u8; 4]; let b = [0u8; 4]; let mut c = Cipher::new(); g(&mut a); }").unit;
    let is_known = |name: &str| {
        let variable = unit.variables.iter().find(|variable| unit.name(variable.name) == name).expect("declared");
        variable.definition.is_some()
    };
    assert_eq!([is_known("a"), is_known("b"), is_known("c")], [false, true, true]);
}

#[test]
fn spans_are_bytes_of_the_file() {
    let prefix = "\u{feff}#!/usr/bin/env run\n// \u{e9}\u{1f600}\n";
    let text = format!(
        "{prefix}fn f(k: u8) {{ \"\u{fc}\"; a.b(c).d?.e(&mut x, -y)[1..2].g; format!(\"\u{e9} {{k}} {{}}\", h()); m!(n, o) }}"
    );
    let lowered = lower(&text);
    assert!(lowered.notices.is_empty(), "{:?}", lowered.notices);
    let unit = &lowered.unit;
    let texts: Vec<_> = unit.nodes.iter().map(|node| &text[node.span.start as usize..node.span.end as usize]).collect();
    for expected in [
        "a",
        "a.b",
        "a.b(c)",
        "a.b(c).d",
        "a.b(c).d?.e",
        "a.b(c).d?.e(&mut x, -y)",
        "-y",
        "1..2",
        "a.b(c).d?.e(&mut x, -y)[1..2]",
        "a.b(c).d?.e(&mut x, -y)[1..2].g",
        "\"\u{e9} {k} {}\"",
        "k",
        "\u{e9} ",
        "h()",
        "m!(n, o)",
        "\"\u{fc}\"",
    ] {
        assert!(texts.contains(&expected), "{expected} is not among {texts:?}");
    }
    let function = unit.functions[1].span;
    assert!(text[function.start as usize..function.end as usize].starts_with("fn f(k: u8) {"));
}

#[test]
fn one_broken_item_does_not_hide_the_others() {
    let text = "fn a() { b() }\nfn c() {\n  let = 3;\n}\nimpl X { fn d() {} }\n";
    let lowered = lower(text);
    let names: Vec<_> = lowered.unit.functions.iter().map(|function| lowered.unit.name(function.name)).collect();
    assert_eq!(names, ["", "a", "d"]);
    let notice = &lowered.notices[0];
    assert_eq!((lowered.notices.len(), notice.kind, notice.line), (1, NoticeKind::ParseError, Some(3)));
    assert_eq!((lowered.lines_analysed, lowered.lines_skipped), (2, 3));
}

#[test]
fn hostile_nesting_ends_in_a_notice_and_never_in_an_overflow() {
    let deep = |open: &str, close: &str, times: usize| format!("fn f() {{ x{}1{}; }}", open.repeat(times), close.repeat(times));
    let samples = [
        deep("=(", ")", 100_000),
        deep("=(", ")", 3_000),
        deep("=!", "", 100_000),
        deep("+1", "", 100_000),
        deep("+1", "", 4_000),
        deep(".a()", "", 4_000),
        deep(" = a", "", 4_000),
        format!("fn f() {{ {} }}", "if a {} else ".repeat(3_000) + "{}"),
        format!("fn f() {{ {} }}", "match a { b => ".repeat(2_000) + "1" + &"}".repeat(2_000)),
        format!("fn f(x: {}u8{}) {{}}", "Vec<".repeat(4_000), ">".repeat(4_000)),
        format!("fn f(x: {}u8) {{}}", "&".repeat(4_000)),
        format!("fn f() {{ m!{{ {} }} }}", "(a: ".repeat(3_000) + &")".repeat(3_000)),
        format!("{}{}", "mod a {".repeat(3_000), "}".repeat(3_000)),
        format!("use a::{}b{};", "{c::".repeat(3_000), "}".repeat(3_000)),
        format!("fn f() {{ let {}x{} = 1; }}", "(".repeat(3_000), ")".repeat(3_000)),
        format!("fn f() {{ {} }}", "|x| ".repeat(3_000) + "1"),
    ];
    for text in &samples {
        let lowered = lower(text);
        let is_limit = |kind| matches!(kind, NoticeKind::LimitReached | NoticeKind::ParseError);
        assert!(lowered.notices.iter().all(|notice| is_limit(notice.kind)), "{:?}", lowered.notices);
    }
    for text in &samples[..6] {
        assert_eq!(lower(text).notices.len(), 1, "{}", &text[..30]);
    }
}

#[test]
fn a_match_with_many_arms_is_no_deep_tree() {
    let arms: String = (0..5_000).map(|arm| format!("{arm} => g({arm}),\n")).collect();
    let lowered = lower(&format!("fn f(x: u32) {{ match x {{ {arms} _ => {{}} }} }}"));
    assert!(lowered.notices.is_empty(), "{:?}", lowered.notices);
}
