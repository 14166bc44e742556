use super::*;
use crate::source::{FileId, NoticeKind};

fn read(path: &str, text: &str) -> (Option<Document>, Vec<Notice>) {
    let file = SourceFile::in_memory(FileId(0), path, text);
    find(&file).unwrap_or_else(|| panic!("no reader for {path}")).read(&file)
}

/// A value in one line: what it is.
fn values(value: &Value) -> String {
    render(value, &|entry| entry.key.clone(), &|value| match &value.kind {
        ValueKind::Text(text) => format!("{text:?}"),
        _ => value.scalar_text().expect("a scalar"),
    })
}

/// A value in one line: the text that its spans point at.
fn spans(text: &str, value: &Value) -> String {
    let snippet = |span: Span| text.get(span.start as usize..span.end as usize).unwrap_or("<bad span>").to_owned();
    render(value, &|entry| snippet(entry.key_span), &|value| snippet(value.span))
}

fn render(value: &Value, key: &dyn Fn(&Entry) -> String, scalar: &dyn Fn(&Value) -> String) -> String {
    let join = |parts: Vec<String>| parts.join(", ");
    match &value.kind {
        ValueKind::List(items) => format!("[{}]", join(items.iter().map(|item| render(item, key, scalar)).collect())),
        ValueKind::Map(entries) => {
            let entry = |entry: &Entry| format!("{}: {}", key(entry), render(&entry.value, key, scalar));
            format!("{{{}}}", join(entries.iter().map(entry).collect()))
        }
        _ => scalar(value),
    }
}

fn check(path: &str, text: &str, expected_values: &str, expected_spans: &str) {
    let (document, notices) = read(path, text);
    let roots = document.map(|document| document.roots).unwrap_or_default();
    let all = |show: &dyn Fn(&Value) -> String| roots.iter().map(show).collect::<Vec<_>>().join(" | ");
    assert_eq!(all(&values), expected_values, "{path}: {text}");
    assert_eq!(all(&|value| spans(text, value)), expected_spans, "{path}: {text}");
    assert_eq!(notices, [], "{path}: {text}");
}

#[test]
fn json_and_its_dialects() {
    for (text, values, spans) in [
        (r#"{"a": 1, "b": [true, null, "x\ny"]}"#, r#"{a: 1, b: [true, null, "x\ny"]}"#, r#"{"a": 1, "b": [true, null, "x\ny"]}"#),
        ("// c\n{a: 'x', /* d */ b: [0xff, +.5,],}", r#"{a: "x", b: [255, 0.5]}"#, "{a: 'x', b: [0xff, +.5]}"),
        ("\u{feff}{\"é\": \"ü\"}", r#"{é: "ü"}"#, r#"{"é": "ü"}"#),
        (r#"{"a": 1, "a": 2}"#, "{a: 1, a: 2}", r#"{"a": 1, "a": 2}"#),
        ("", "", ""),
        ("[]", "[]", "[]"),
    ] {
        check("a.json", text, values, spans);
    }
    assert_eq!(read("a.json", r#" {"a": [1]} "#).0.expect("a document").roots[0].span, Span::new(1, 11));
}

#[test]
fn toml_keeps_the_order_of_the_text() {
    check(
        "a.toml",
        "z = 'y'\na.b = 0x10\n[t]\nd = 2020-01-01\nl = [1.5, { x = true }]\n[[p]]\nn = 1\n[[p]]\nn = 2\n",
        r#"{z: "y", a: {b: 16}, t: {d: "2020-01-01", l: [1.5, {x: true}]}, p: [{n: 1}, {n: 2}]}"#,
        "{z: 'y', a: {b: 0x10}, t: {d: 2020-01-01, l: [1.5, {x: true}]}, p: [{n: 1}, {n: 2}]}",
    );
}

#[test]
fn yaml_with_documents_anchors_and_merge_keys() {
    for (text, values, spans) in [
        (
            "on: [push]\na: 'x'\nb:\n  - 1\n  - yes\nc:\n",
            r#"{on: ["push"], a: "x", b: [1, "yes"], c: null}"#,
            "{on: [push], a: 'x', b: [1, yes], c: }",
        ),
        ("a: 1\n---\nb: 2\n", "{a: 1} | {b: 2}", "{a: 1} | {b: 2}"),
        (
            "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: *x\n",
            "{x: {a: 1, b: 2}, y: {b: 3, a: 1}, z: {a: 1, b: 2}}",
            "{x: {a: 1, b: 2}, y: {b: 3, a: 1}, z: {a: 1, b: 2}}",
        ),
        ("é: ü # ö\nà: 2\n", r#"{é: "ü", à: 2}"#, "{é: ü, à: 2}"),
        ("? [a, b]\n: 1\n", "{: 1}", "{: 1}"),
        ("v: !!str 1\nw: ~\nn: 1e3\ni: inf\n", r#"{v: "1", w: null, n: 1000, i: "inf"}"#, "{v: !!str 1, w: ~, n: 1e3, i: inf}"),
        ("run: |\n  a\n  b\n", r#"{run: "a\nb\n"}"#, "{run: a\n  b\n}"),
    ] {
        check(".github/workflows/ci.yml", text, values, spans);
    }
    let (document, _) = read("a.yml", "a:\n  b: 1\n  c: 2\nd: 3\n");
    let inner = document.expect("a document").roots[0].get("a").expect("a key").span;
    assert_eq!(inner, Span::new(5, 16), "a block ends with its text");
}

#[test]
fn xml_and_plist() {
    check(
        "AndroidManifest.xml",
        "<?xml version=\"1.0\"?>\n<m xmlns:a=\"u\"><app a:b=\"x &amp; y\"/> <!-- c --><t>p &lt; q</t><t>r</t></m>",
        r##"{m: {@xmlns:a: "u", app: {@a:b: "x & y"}, t: {#text: "p < q"}, t: {#text: "r"}}}"##,
        "{m: {xmlns:a: u, app: {a:b: x &amp; y}, t: {p &lt; q: p &lt; q}, t: {r: r}}}",
    );
    check(
        "Info.plist",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE plist>\n<plist version=\"1.0\"><dict><key>A</key><true/><key>B</key><array><string>x</string><integer>3</integer></array><key>C</key><dict/></dict></plist>",
        r#"{A: true, B: ["x", 3], C: {}}"#,
        "{A: <true/>, B: [x, 3], C: {}}",
    );
}

#[test]
fn a_binary_plist_has_values_without_places() {
    let mut bytes = Vec::new();
    let mut inner = ::plist::Dictionary::new();
    inner.insert("NSAllowsArbitraryLoads".into(), ::plist::Value::Boolean(true));
    ::plist::Value::Dictionary(inner).to_writer_binary(&mut bytes).expect("writing to memory");
    let file = SourceFile { binary: bytes.into(), ..SourceFile::in_memory(FileId(0), "Info.plist", "") };
    let (document, notices) = find(&file).expect("a reader").read(&file);
    assert_eq!(values(&document.expect("a document").roots[0]), "{NSAllowsArbitraryLoads: true}");
    assert_eq!(notices, []);
}

#[test]
fn properties_and_dotenv() {
    check(
        ".npmrc",
        "# c\nignore-scripts=true\n//registry.example/:_authToken=${T}\n@a:registry = \"https://r.example/\"\n",
        r#"{ignore-scripts: true, //registry.example/:_authToken: "${T}", @a:registry: "https://r.example/"}"#,
        r#"{ignore-scripts: true, //registry.example/:_authToken: ${T}, @a:registry: "https://r.example/"}"#,
    );
    check(
        "a.properties",
        "a.b: c \\\n  d\nx\n[s]\ny 1\n",
        r#"{a.b: "c d", x: null, s: {y: "1"}}"#,
        "{a.b: c \\\n  d, x: , [s]: {y: 1}}",
    );
    check(
        ".env.production",
        "# c\nexport A=\"x # y\"\nB=z # c\nC=\nD='-----\nE=F\n'\n",
        r#"{A: "x # y", B: "z", C: null, D: "-----\nE=F\n"}"#,
        "{A: \"x # y\", B: z, C: , D: '-----\nE=F\n'}",
    );
}

#[test]
fn html_soup_is_a_tree() {
    check(
        "index.html",
        "<!doctype html><HEAD><meta http-equiv=\"CSP\" content='a &amp; b'><script src=x.js async>if (a < b) {}</script></head><p>one<p>two</body>",
        r##"{head: {meta: {@http-equiv: "CSP", @content: "a & b"}, script: {@src: "x.js", @async: null}}, p: {#text: "one", p: {#text: "two"}}}"##,
        "{HEAD: {meta: {http-equiv: CSP, content: a &amp; b}, script: {src: x.js, async: async}}, p: {one: one, p: {two: two}}}",
    );
}

#[test]
fn dockerfile_instructions() {
    check(
        "Dockerfile",
        "# c\nfrom node:20 AS b\nRUN a && \\\n  # c\n  b\nRUN <<EOF\nx\nEOF\nUSER app\n",
        r#"{FROM: "node:20 AS b", RUN: "a && b", RUN: "<<EOF\nx", USER: "app"}"#,
        "{from: node:20 AS b, RUN: a && \\\n  # c\n  b, RUN: <<EOF\nx\nEOF, USER: app}",
    );
}

#[test]
fn gradle_declarations() {
    for (path, text, values) in [
        (
            "app/build.gradle",
            "apply plugin: 'x'\nandroid {\n  compileSdkVersion 33 // c\n  buildTypes { release { minifyEnabled true\n signingConfig signingConfigs.r } }\n  abi 'a', 'b'\n}\next.v = [1, \"${a[\"b\"]}\"]\n",
            r#"{apply: {plugin: "x"}, android: {compileSdkVersion: 33, buildTypes: {release: {minifyEnabled: true, signingConfig: "signingConfigs.r"}}, abi: ["a", "b"]}, ext.v: [1, "${a[\"b\"]}"]}"#,
        ),
        (
            "build.gradle.kts",
            "plugins { id(\"a\") version \"1\" }\nandroid {\n  buildTypes {\n    getByName(\"release\") { isDebuggable = false; x.set(true) }\n  }\n  l = listOf(\"a\", \"b\")\n  p += file(\"q\")\n}\ndependencies { implementation(\"g:a:1\") { exclude(group = \"x\") } }\n",
            r##"{plugins: {id: "a"}, android: {buildTypes: {release: {isDebuggable: false, x: true}}, l: ["a", "b"], p: "file(\"q\")"}, dependencies: {implementation: {#argument: "g:a:1", exclude: {group: "x"}}}}"##,
        ),
        (
            "build.gradle",
            "repositories {\n  mavenCentral()\n  maven { url 'https://m.example' }\n}\nif (a == b) { x = 1 }\ntasks.withType(Foo).configureEach { t -> k = { 5 } }\nval z by lazy { 3 }\n",
            r##"{repositories: {mavenCentral: null, maven: {url: "https://m.example"}}, if: {#argument: "a == b", x: 1}, tasks.withType: {#argument: "Foo", k: "{ 5 }"}, z: {#argument: "by lazy"}}"##,
        ),
    ] {
        let (document, notices) = read(path, text);
        assert_eq!(self::values(&document.expect("a document").roots[0]), values, "{path}");
        assert_eq!(notices, [], "{path}");
    }
}

#[test]
fn broken_files_keep_what_stands_before_the_fault() {
    for (path, text, expected, line) in [
        ("a.json", "{\"a\": 1,\n\"b\": [2,\n}", "{a: 1, b: [2]}", 3),
        ("a.json", "{\"a\": 1", "{a: 1}", 1),
        ("a.json", "<<<<<<< HEAD\n{}", "", 1),
        ("a.toml", "a = 1\nb = \nc = 3\n", "{a: 1, b: \"\", c: 3}", 2),
        ("a.yml", "a: 1\nb: [2, }\n", "{a: 1, b: [2]}", 2),
        ("a.xml", "<a>\n<b>x</b>\n<c></d>\n</a>", "{a: {b: {#text: \"x\"}, c: {}}}", 3),
        ("a.xml", "<a><b/>", "{a: {b: {}}}", 1),
        ("a.plist", "<plist><dict><key>A</key><true/>\n</array>", "{A: true}", 2),
        (".env", "A=1\nnonsense\nB=2", "{A: \"1\", B: \"2\"}", 2),
    ] {
        let (document, notices) = read(path, text);
        let found = document.map_or(String::new(), |document| document.roots.iter().map(values).collect::<Vec<_>>().join(" | "));
        assert_eq!(found, expected, "{path}: {text}");
        let [notice] = notices.as_slice() else { panic!("{path}: {notices:?}") };
        assert_eq!((notice.kind, notice.line), (NoticeKind::ParseError, Some(line)), "{path}: {text}: {notice:?}");
    }
}

#[test]
fn bombs_reach_a_limit_and_harm_nobody() {
    let deep = 100_000;
    let laughs = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| format!("{text}a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1));
    let fat = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(100_000));
    for (path, text) in [
        ("a.json", "[".repeat(deep)),
        ("a.json", "{\"a\":".repeat(deep)),
        ("a.yml", "- ".repeat(deep)),
        ("a.yml", laughs),
        ("a.yml", fat),
        ("a.xml", "<a>".repeat(deep)),
        ("a.plist", "<array>".repeat(deep)),
        ("a.gradle", "a {".repeat(deep)),
    ] {
        let (_, notices) = read(path, &text);
        assert!(notices.iter().any(|notice| notice.kind == NoticeKind::LimitReached), "{path}: {notices:?}");
    }
    for (path, text) in [
        ("a.yml", "[".repeat(deep)),
        ("a.yml", "{a: ".repeat(deep)),
        ("a.toml", format!("a = {}", "[".repeat(deep))),
        ("a.toml", format!("a = {}1", format!("{{ {}b = ", "a.".repeat(78)).repeat(78))),
        ("a.toml", format!("{}b = 1", "a.".repeat(deep))),
    ] {
        assert!(!read(path, &text).1.is_empty(), "{path}");
    }
    assert_eq!(read("a.html", &"<div>".repeat(deep)).1, []);
    assert_eq!(read("a.gradle", &"a(".repeat(deep)).1, []);
}

#[test]
fn files_are_told_by_their_names() {
    for (path, syntax) in [
        ("tsconfig.json", Some("json")),
        (".babelrc", Some("json")),
        (".yarnrc.yml", Some("yaml")),
        (".github/workflows/ci.yaml", Some("yaml")),
        ("Info.plist", Some("plist")),
        ("a.entitlements", Some("plist")),
        (".env.local", Some("dotenv")),
        ("docker/Dockerfile.prod", Some("dockerfile")),
        ("build.gradle.kts", Some("gradle")),
        ("gradle.properties", Some("properties")),
        ("package-lock.json", None),
        ("pnpm-lock.yaml", None),
        ("Cargo.lock", None),
        ("yarn.lock", None),
        ("main.rs", None),
        (".dockerignore", None),
    ] {
        let file = SourceFile::in_memory(FileId(0), path, "");
        assert_eq!(find(&file).map(ConfigReader::syntax), syntax, "{path}");
    }
}
