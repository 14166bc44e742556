//! Inputs that once cost more than their size: what a scan makes of them stays in proportion.
//!
//! Costs are counted in steps, which are the same on every machine. Of the inputs whose readers count none, the result is bounded:
//! findings, notices and what is written.

use std::fmt::Write as _;

use forewarn::frontend;
use forewarn::program::Program;
use forewarn::report::{REPORTERS, Style};
use forewarn::rule::{Knowledge, RuleSet};
use forewarn::scan::{ScanOptions, scan_workspace};
use forewarn::standing;
use forewarn::taint;
use forewarn::target::Workspace;
use forewarn::timing::Timings;

/// A phrase that a library makes.
const SECRET: &str = "const m = require('bip39').generateMnemonic();\n";

/// A text of `n` parts.
fn parts(n: usize, part: impl Fn(usize) -> String) -> String {
    (0..n).map(part).collect()
}

/// The same with something before and behind.
fn around(before: &str, n: usize, part: impl Fn(usize) -> String, behind: &str) -> String {
    format!("{before}{}{behind}", parts(n, part))
}

/// A file of so many parts.
type Input = (&'static str, fn(usize) -> String);

/// Programs whose flows once multiplied.
const FLOWS: &[Input] = &[
    ("calls that follow each other", |n| {
        let end = format!("function f{n}(x) {{ localStorage.setItem('m', x) }}\nf0(m);\n");
        around(SECRET, n, |i| format!("function f{i}(x) {{ return f{}(x) }}\n", i + 1), &end)
    }),
    ("calls in circles", |n| {
        let part = |i: usize| format!("function f{i}(x) {{ return f{}(x) + f{}(x) }}\n", (i * 7 + 1) % n, (i * 13 + 5) % n);
        around(SECRET, n, part, "console.log(f0(m));\n")
    }),
    ("listeners and messages of one channel", |n| {
        let part = |i: usize| {
            format!(
                "chrome.runtime.onMessage.addListener((q, s, r) => {{ if (q.type == 't{i}') {{ r(m) }} }});\n\
                 chrome.runtime.sendMessage({{ type: 't{i}', k: m }});\n"
            )
        };
        around(SECRET, n, part, "")
    }),
    ("closures that share a variable", |n| {
        around(&format!("{SECRET}let c = m;\n"), n, |i| format!("(() => {{ c = c + {i}; console.log(c) }})();\n"), "")
    }),
    ("members of one object", |n| {
        around(&format!("{SECRET}const o = {{}};\n"), n, |i| format!("o.f{i} = m; console.log(o.f{i});\n"), "")
    }),
    ("globals", |n| around(SECRET, n, |i| format!("window.g{i} = m; console.log(window.g{i});\n"), "")),
    ("methods that call each other", |n| {
        let part = |i: usize| format!("m{i}() {{ return this.m{}() }}\n", (i + 1) % n);
        around(&format!("{SECRET}class C {{\n"), n, part, "}\nconsole.log(new C().m0());\n")
    }),
    ("things that hold things of their own sort", |n| {
        let part = |i: usize| {
            let next = |by: usize| (i * by + 1) % n;
            format!(
                "function w{i}(x) {{ keep.k{i} = x; return w{}({{ a{}: x, b{}: keep.k{} }}) }}\n",
                next(3),
                i % 5,
                i % 7,
                next(5)
            )
        };
        around(&format!("{SECRET}const keep = {{}};\n"), n, part, "console.log(w0(m));\n")
    }),
    ("names that many classes have", |n| {
        let part = |i: usize| format!("class A{i} {{ go(x) {{ return x }} }}\nu{i}.go(m);\n");
        around(SECRET, n, part, "")
    }),
];

/// How many steps it takes to follow the values of a program.
fn steps(knowledge: &Knowledge, text: &str) -> usize {
    let workspace = Workspace::in_memory([("a.js", text)]);
    let file = &workspace.files[0];
    let lowered = frontend::find(file).expect("a front end").lower(file);
    let (program, _) = Program::link(&workspace, vec![(file.id, &lowered.unit)], &[], &knowledge.models);
    taint::solve(&workspace, &program, knowledge, &Timings::default()).0.steps
}

#[test]
fn following_values_costs_in_proportion_to_the_program() {
    let knowledge = RuleSet::embedded_knowledge().expect("the embedded knowledge");
    let mut wrong = String::new();
    for (name, input) in FLOWS {
        let (few, many) = (steps(&knowledge, &input(40)), steps(&knowledge, &input(160)));
        // Four times as much, and what little grows with the logarithm.
        if many > 6 * few.max(200) {
            writeln!(wrong, "{name}: {few} steps become {many}").expect("writing to memory");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A text of a size.
type Maker = fn(usize) -> String;

/// Other files that once took seconds, or filled the report.
const FILES: &[(&str, Maker)] = &[
    ("build.gradle", |n| parts(n, |i| format!("def v{i} = '1.{i}'\nimplementation \"g:a{i}:$v{i}\"\n"))),
    ("package.json", |n| {
        around("{\"name\": \"a\", \"dependencies\": {", n, |i| format!("\"p{i}\": \"^1.0.0\","), "\"z\": \"1\"}}")
    }),
    ("go.mod", |n| around("module a\ngo 1.20\nrequire (\n", n, |i| format!("\tgithub.com/a/p{i} v1.0.0\n"), ")\n")),
    ("requirements.txt", |n| parts(n, |i| format!("p{i}==1.0 \\\n  --hash=sha256:aa\n"))),
    ("Podfile.lock", |n| {
        let part = |i: usize| format!("  - P{i} (1.0):\n    - P{} (= 1.0)\n", (i + 1) % n);
        around("PODS:\n", n, part, "DEPENDENCIES:\n  - P0\n")
    }),
    ("yarn.lock", |n| {
        let part = |i: usize| {
            format!(
                "\np{i}@^1:\n  version \"1.0.0\"\n  resolved \"https://r.example/p{i}.tgz#abc\"\n  dependencies:\n    p{} \"^1\"\n",
                (i + 1) % n
            )
        };
        around("# yarn lockfile v1\n\n", n, part, "")
    }),
    ("a.toml", |n| "= = =\n".repeat(n)),
    ("a.js", |n| parts(n, |i| format!("// forewarn: ignore[a,b,c] reason {i}\n"))),
    ("line.js", |n| around(SECRET.trim_end(), n, |_| "console.log(m);".into(), "")),
    ("secrets.js", |n| {
        around("x = [", n, |i| format!("{{ privateKey: '0x{}' }},", format!("{:016x}", (i + 1) * 0x9e37_79b9).repeat(4)), "]")
    }),
    ("macros.rs", |n| around("fn f() {", n, |_| "println!(\"{}\", x);".into(), "}")),
    ("Directory.Packages.props", |n| {
        let part = |i: usize| format!("<PackageVersion Include=\"P{i}\" Version=\"1.0.{i}\" />\n");
        around("<Project><ItemGroup>\n", n, part, "</ItemGroup></Project>\n")
    }),
    ("a.yml", |n| around("a0: &a0 [x, x]\n", n.min(100), |i| format!("a{}: &a{} [*a{i}, *a{i}]\n", i + 1, i + 1), "")),
    ("a.xml", |n| {
        let entity = |i: usize| format!("<!ENTITY e{} \"&e{i};&e{i};&e{i};&e{i};\">", i + 1);
        around("<!DOCTYPE a [<!ENTITY e0 \"aaaa\">", n.min(30), entity, "]><a>&e30;</a>")
    }),
];

#[test]
fn hostile_files_give_short_reports() {
    /// How many findings or notices one file may make, by which rules; in reports they are shown in groups.
    const MOST: usize = 4_200;
    let rules = RuleSet::embedded().expect("the embedded rules");
    for (path, input) in FILES {
        let text = input(2_000);
        let mut workspace = Workspace::in_memory([(*path, text.as_str())]);
        standing::assign(&mut workspace.files);
        let report = scan_workspace(&workspace, &rules, &ScanOptions::default());
        assert!(report.triage.reported.len() <= MOST, "{path}: {} findings", report.triage.reported.len());
        assert!(report.notices.len() <= 60, "{path}: {} notices", report.notices.len());
        for reporter in REPORTERS {
            let mut out = Vec::new();
            reporter.write(&report, Style::default(), &mut out).expect("writing to memory");
            let most = 20_000_000 + 50 * text.len();
            assert!(out.len() <= most, "{path}: {} bytes of {} become {}", text.len(), reporter.name(), out.len());
        }
    }
}

#[test]
fn modules_that_export_each_other_are_resolved_once() {
    let n = 120;
    let module = |i: usize| format!("export * from './f{}.js'; export * from './f{}.js';\n", (i + 1) % n, (i * 7 + 3) % n);
    let mut files: Vec<_> = (0..n).map(|i| (format!("f{i}.js"), module(i))).collect();
    files.push(("main.js".into(), format!("{SECRET}import {{ zz }} from './f0.js'; console.log(zz(m));\n")));
    let workspace = Workspace::in_memory(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let rules = RuleSet::embedded().expect("the embedded rules");
    let report = scan_workspace(&workspace, &rules, &ScanOptions::default());
    assert!(report.triage.reported.len() < 20);
}
