use super::JavaScript;
use crate::frontend::{Frontend, Lowered};
use crate::ir::{Expr, NodeId, write_text};
use crate::source::{FileId, NoticeKind, SourceFile};

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile::in_memory(FileId(0), path, text)
}

fn lower(path: &str, text: &str) -> Lowered {
    JavaScript.lower(&file(path, text))
}

/// Checks the text form, its first line left out.
fn check(path: &str, source: &str, expected: &[&str]) {
    let lowered = lower(path, source);
    assert_eq!(lowered.notices, [], "{source}");
    let text = write_text(&lowered.unit);
    let lines: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(lines, expected, "{source}");
}

/// Checks the statements of the top level, of a file without functions, imports and exports.
fn check_statements(source: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|line| format!("  {line}")).collect();
    let mut lines = vec!["module"];
    lines.extend(expected.iter().map(String::as_str));
    check("a.ts", source, &lines);
}

#[test]
fn expressions() {
    let table: &[(&str, &[&str])] = &[
        ("f(a?.b?.[c], ...d)", &["@f(@a.b[@c], ...@d)"]),
        ("x = a['key'] + b[0]", &["@x = (@a.key + @b[0])"]),
        ("x = 'https://' + host + path", &["@x = `https://${@host}${@path}`"]),
        ("x = 1 + n + 'px'", &["@x = `${(1 + @n)}px`"]),
        ("x = `a${b}c`; y = `plain`", &["@x = `a${@b}c`", "@y = \"plain\""]),
        ("q = sql`a ${b}`", &["@q = tag @sql([\"a \", \"\"], @b)"]),
        ("x = (0, lib.f)(1)", &["@x = @lib.f(1)"]),
        ("x = (a(), b)", &["@a()", "@x = @b"]),
        ("x = c ? (a(), b) : d", &["@x = (@c ? ?(@a(), @b) : @d)"]),
        ("x = await f(); y = undefined; z = void 0", &["@x = @f()", "@y = null", "@z = null"]),
        ("n += 1; n++; s ??= d; o.p ||= 2", &["@n = (@n + 1)", "@n = (@n + 1)", "@s = (@s ?? @d)", "@o.p = (@o.p || 2)"]),
        ("x = { a, 'b-c': 1, [k]: 2, ...r }", &["@x = {a: @a, b-c: 1, [@k]: 2, ...@r}"]),
        ("x = new K(1) as Secret; y = <T>z; w = v!", &["@x = (new @K(1) as @Secret)", "@y = (@z as @T)", "@w = @v"]),
        ("x = /a+/g.test(0x10n)", &["@x = /a+/.test(16)"]),
        ("m = import.meta.env.KEY", &["@m = @import.meta.env.KEY"]),
    ];
    table.iter().for_each(|(source, expected)| check_statements(source, expected));
}

#[test]
fn patterns() {
    let table: &[(&str, &[&str])] = &[
        ("const { a, b: { c = 3 }, ...r } = o.p", &["a = @o.p.a", "c = (@o.p.b.c ?? 3)", "r = {...@o.p}"]),
        ("const { a } = f()", &["a = @f().a"]),
        ("const { a, b } = f()", &["%1 = @f()", "a = %1.a", "b = %1.b"]),
        ("const [x, , y = 1, ...z] = l", &["x = @l[0]", "y = (@l[2] ?? 1)", "z = [...@l]"]),
        ("[p, q] = [q, p]", &["%1 = [@q, @p]", "@p = %1[0]", "@q = %1[1]"]),
        ("({ a, b: c.d } = o)", &["@a = @o.a", "@c.d = @o.b"]),
    ];
    table.iter().for_each(|(source, expected)| check_statements(source, expected));
}

#[test]
fn control_flow() {
    let table: &[(&str, &[&str])] = &[
        ("if (a) b(); else if (c) d()", &["if @a", "  @b()", "else", "  if @c", "    @d()"]),
        ("a && b(); c || d()", &["if @a", "  @b()", "if @c", "else", "  @d()"]),
        ("a ? b() : c()", &["if @a", "  @b()", "else", "  @c()"]),
        ("while (a) { b(); continue; }", &["loop @a", "  @b()", "  continue"]),
        ("do b(); while (a)", &["do while @a", "  @b()"]),
        ("for (let i = 0; i < n; i++) f(i)", &["i = 0", "loop (i < @n)", "  @f(i)", "update", "  i = (i + 1)"]),
        ("for (const [k, v] of m) f(k, v)", &["loop", "  %1 = @m[?]", "  k = %1[0]", "  v = %1[1]", "  @f(k, v)"]),
        ("for (k in o) f(k)", &["loop", "  @k = @Object.keys(@o)[?]", "  @f(@k)"]),
        ("done: { if (a) break done; b() }", &["loop", "  if @a", "    break", "  @b()", "  break"]),
        ("try { a() } catch (e) { b(e) } finally { c() }", &["try", "  @a()", "catch e", "  @b(e)", "finally", "  @c()"]),
        (
            "try { a() } catch ({ message }) { b(message) }",
            &["try", "  @a()", "catch %1", "  message = %1.message", "  @b(message)"],
        ),
    ];
    table.iter().for_each(|(source, expected)| check_statements(source, expected));
}

#[test]
fn switches_become_branches() {
    let table: &[(&str, &[&str])] = &[
        (
            "switch (x) { case 1: a(); break; case 2: case 3: b(); break; default: c() }",
            &["if (@x == 1)", "  @a()", "else", "  if ((@x == 2) || (@x == 3))", "    @b()", "  else", "    @c()"],
        ),
        ("switch (f()) { case 1: a() }", &["%1 = @f()", "if (%1 == 1)", "  @a()"]),
        // A body that falls through has its own condition.
        ("switch (x) { case 1: a(); case 2: b() }", &["if ((@x == 1) || (@x == 2))", "  if (@x == 1)", "    @a()", "  @b()"]),
        // A break in the middle leaves the switch and no loop around it.
        (
            "switch (x) { case 1: if (y) break; a() }",
            &["loop", "  if (@x == 1)", "    if @y", "      break", "    @a()", "  break"],
        ),
        ("switch (true) { case a > 1: b() }", &["if (@a > 1)", "  @b()"]),
    ];
    table.iter().for_each(|(source, expected)| check_statements(source, expected));
}

#[test]
fn names_are_resolved_before_they_are_declared_and_in_their_scope() {
    check("a.js", "g(); function g() { return x } var x = 1;", &["module", "  g()", "  x = 1", "fn g()", "  return x"]);
    check("a.js", "{ let a = 1; f(a) } f(a)", &["module", "  a = 1", "  @f(a)", "  @f(@a)"]);
    check("a.js", "let a = 1; { let a = 2; f(a) } f(a)", &["module", "  a#1 = 1", "  a#2 = 2", "  @f(a#2)", "  @f(a#1)"]);
    check("a.js", "if (c) { var v = 1 } f(v)", &["module", "  if @c", "    v = 1", "  @f(v)"]);
    check("a.js", "function f(a) { var a; return a }", &["module", "fn f(a)", "  return a"]);
    check(
        "a.js",
        "const f = function self() { return self }; self()",
        &["module", "  f = fn self", "  @self()", "fn self()", "  return self"],
    );
    check(
        "a.js",
        "const undefined_ = (undefined) => undefined",
        &["module", "  undefined_ = fn undefined_", "fn undefined_(undefined)", "  return undefined"],
    );
}

#[test]
fn functions_take_the_name_of_their_place() {
    check(
        "a.js",
        "const a = async () => 1; o.b = function* () { yield 2 }; x = { c() {}, get d() { return 3 } }; (() => { })()",
        &[
            "module",
            "  a = fn a",
            "  @o.b = fn b",
            "  @x = {c: fn c, d: fn d()}",
            "  fn fn2()",
            "async fn a()",
            "  return 1",
            "generator fn b()",
            "  if ?",
            "    return [2]",
            "  2",
            "fn c()",
            "fn d()",
            "  return 3",
            "fn fn2()",
        ],
    );
}

#[test]
fn parameters() {
    check(
        "a.ts",
        "function f(a: Mnemonic, { b, c }: { b: Key[]; c: string }, d = 1, ...e) { return b }",
        &["module", "fn f(a: @Mnemonic, %1, d = 1, ...e)", "  var b: @Key", "  b = %1.b", "  c = %1.c", "  return b"],
    );
}

#[test]
fn classes() {
    check(
        "a.ts",
        "@Entity() class W extends B { #k: Key; static n = 1; constructor(private seed: Seed) { super() } \
         get k() { return this.#k } on = () => this.seed; abstract m(): void }",
        &[
            "attribute @Entity()",
            "class W extends @B",
            "  field #k: @Key",
            "  field n = 1",
            "  field seed: @Seed",
            "module",
            "public fn W.constructor(seed: @Seed)",
            "  this.seed = seed",
            "  new super()",
            "public accessor fn W.k()",
            "  return this.#k",
            "public fn W.on()",
            "  return this.seed",
        ],
    );
}

#[test]
fn elements() {
    check(
        "a.jsx",
        "x = <A b='1' {...p}>hi {n} <br/></A>; y = <><M.N c /></>",
        &[
            "module",
            "  @x = element @A({b: \"1\", ...@p, children: [\"hi\", @n, element @<br>({})]})",
            "  @y = element @<>({children: element @M.N({c: true})})",
        ],
    );
}

#[test]
fn typescript() {
    check(
        "a.ts",
        "interface I { seed: Mnemonic | null; f(): void } enum E { A, B = 'b', C } namespace N { export const x = 1 } \
         declare const ambient: I; function o(a: string): void; function o(a: any) { return ambient }",
        &[
            "class I",
            "  field seed: @Mnemonic",
            "module",
            "  E = {A: 0, B: \"b\", C: ?}",
            "  x = 1",
            "  N = {x: x}",
            "fn o(a)",
            "  return @ambient",
        ],
    );
}

#[test]
fn modules() {
    check(
        "a.ts",
        "import d, { a as b } from 'x'; import * as n from 'y'; import type { T } from 'z'; import q = require('r'); \
         export { b as c }; export * from 'w'; export { s } from 'v'; export default d; export const e = 1;",
        &[
            "import type \"z\"",
            "import d = module(\"x\").default",
            "import b = module(\"x\").a",
            "import n = module(\"y\")",
            "import T = module(\"z\").T",
            "import q = module(\"r\")",
            "export c = b",
            "export * = module(\"w\")",
            "export s = module(\"v\").s",
            "export default = d",
            "export e = e",
            "module",
            "  e = 1",
        ],
    );
    let lowered = lower("a.js", "const a = require('x'), b = import('y'); require(z)");
    let imports: Vec<_> = lowered.unit.imports.iter().map(|import| (lowered.unit.name(import.module), import.is_dynamic)).collect();
    assert_eq!(imports, [("x", false), ("y", true), ("", true)]);
}

#[test]
fn commonjs_exports() {
    let table: &[(&str, &[&str])] = &[
        ("module.exports = { a, b: 1 }", &["export default = {a: @a, b: 1}", "export a = @a", "export b = 1"]),
        ("exports.a = module.exports.b = f", &["export b = @f", "export a = @f"]),
        ("exports.a = exports.b = void 0; exports.a = g", &["export a = @g"]),
        ("module.exports = require('x')", &["export default = module(\"x\")", "export * = module(\"x\")"]),
        ("Object.assign(exports, { a: 1 })", &["export a = 1"]),
        ("__exportStar(require('x'), exports)", &["export * = module(\"x\")"]),
        ("Object.defineProperty(exports, 'a', { get: function () { return x.b } })", &["export a = @x.b"]),
        ("function f(exports) { exports.a = 1 }", &[]),
    ];
    for (source, expected) in table {
        let text = write_text(&lower("a.js", source).unit);
        let exports: Vec<&str> = text.lines().filter(|line| line.starts_with("export")).collect();
        assert_eq!(exports, *expected, "{source}");
    }
}

#[test]
fn compiled_imports_are_the_module() {
    check(
        "a.js",
        "var _x = _interopRequireDefault(require('x')); (0, _x.default)(1)",
        &["module", "  _x = module(\"x\")", "  _x.default(1)"],
    );
}

/// Every global's span is its text, in the whole file.
fn check_offsets(path: &str, source: &str, expected: &[&str]) {
    let file = file(path, source);
    let lowered = JavaScript.lower(&file);
    let globals = lowered.unit.all_nodes().filter_map(|(id, node)| match node.expr {
        Expr::Global(name) => Some((id, lowered.unit.name(name))),
        _ => None,
    });
    let mut found: Vec<&str> = Vec::new();
    // An element of a template is a global that stands in no text.
    for (NodeId(id), name) in globals.filter(|(_, name)| !name.starts_with('<')) {
        assert_eq!(file.snippet(lowered.unit.nodes[id as usize].span), name, "{source}");
        found.push(name);
    }
    assert_eq!(found, expected, "{source}");
    assert_eq!(lowered.notices, [], "{source}");
}

#[test]
fn scripts_in_other_files_have_offsets_of_the_file() {
    check_offsets("a.html", "<p>é</p><script>one(2)</script>\n<script type=module>two()</script>", &["one", "two"]);
    check_offsets("a.html", "<!-- <script>no()</script> --><script type='application/json'>{\"a\": 1}</script>", &[]);
    check_offsets("a.html", "<SCRIPT>a('</p>')</SCRIPT><script>unclosed()", &["a", "unclosed"]);
    check_offsets("a.vue", "<template><a @b=\"c\"/></template>\n<script lang=\"ts\">\nx as T\n</script>", &["x", "T"]);
    check_offsets("a.svelte", "<script context=\"module\">m()</script>\n<script>n()</script>\n{#if a}<b/>{/if}", &["m", "n"]);
    check_offsets("bom.js", "\u{feff}#!/usr/bin/env node\nrun()", &["run"]);
}

#[test]
fn scripts_of_a_page_share_their_names() {
    check(
        "a.html",
        "<script>f(x)</script><script>var x = 1; function f(a) {}</script>",
        &["module", "  f(x)", "  x = 1", "fn f(a)"],
    );
}

#[test]
fn flow_is_read_as_typescript() {
    let lowered = lower("a.js", "// @flow\nexport const f = (a: string): number => g(a);\n");
    assert_eq!(lowered.notices, []);
    assert!(write_text(&lowered.unit).contains("return @g(a)"));
}

#[test]
fn a_broken_file_gives_a_notice_with_its_line() {
    let lowered = lower("a.js", "one();\nvar = 2;\n");
    let [notice] = &lowered.notices[..] else { panic!("{:?}", lowered.notices) };
    assert_eq!((notice.kind, notice.line), (NoticeKind::ParseError, Some(2)));
    assert!(lowered.lines_skipped > 0);
}

#[test]
fn hostile_depth_neither_panics_nor_overflows() {
    let deep = [
        ("f(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("a=", ""),
        ("!", ""),
        ("x=>", ""),
        ("a?b:", ""),
        ("if(a)b;else ", ""),
        ("for(;;)", ""),
        ("<a>", "</a>"),
        ("`${", "}`"),
        ("a+", ""),
        ("a||", ""),
        ("function f(){", "}"),
    ];
    for (open, close) in deep {
        for depth in [350, 20_000] {
            let lowered = lower("a.js", &format!("{}1{}", open.repeat(depth), close.repeat(depth)));
            let _ = write_text(&lowered.unit);
            assert!(depth < 1000 || !lowered.notices.is_empty() || open.starts_with("a+"), "{open} {depth}");
        }
    }
    for chain in [".b", ".b()", "[0]", "``", "!"] {
        let lowered = lower("a.ts", &format!("a{}", chain.repeat(20_000)));
        assert!(lowered.notices.iter().any(|notice| notice.kind == NoticeKind::LimitReached) || chain == "!", "{chain}");
    }
}

#[test]
fn long_chains_and_switches_keep_all_parts() {
    let sum = lower("a.js", &vec!["f()"; 3000].join("+"));
    assert_eq!(sum.unit.all_nodes().filter(|(_, node)| matches!(node.expr, Expr::Call { .. })).count(), 3000);
    let cases: String = (0..1000).map(|n| format!("case {n}: f(); break;")).collect();
    let switch = lower("a.js", &format!("switch (x) {{ {cases} }}"));
    assert_eq!(switch.unit.all_nodes().filter(|(_, node)| matches!(node.expr, Expr::Call { .. })).count(), 1000);
}
