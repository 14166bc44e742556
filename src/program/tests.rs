use super::*;
use crate::frontend;
use crate::ir::Expr;
use crate::rule::model::Models;

/// Links small projects; the workspace is leaked, as a test may.
fn linked(files: &[(&str, &str)]) -> (Program<'static>, &'static Workspace) {
    let workspace: &Workspace = Box::leak(Box::new(Workspace::in_memory(files.iter().copied())));
    let units = workspace.files.iter().filter_map(|file| {
        let unit: &Unit = Box::leak(Box::new(frontend::find(file)?.lower(file).unit));
        Some((file.id, unit))
    });
    let packages = [LocalPackage { name: "@w/core".into(), folder: "packages/core".into() }];
    (Program::link(workspace, units.collect(), &packages, &Models::default()).0, workspace)
}

/// The paths of all callees in the file `main.*`, in source order.
fn callees(files: &[(&str, &str)]) -> Vec<String> {
    let (program, workspace) = linked(files);
    let main = workspace.files.iter().find(|file| file.path.contains("main.")).expect("a main file");
    let unit = program.unit_of(main.id).expect("code");
    let calls = program.unit(unit).nodes.iter().filter_map(|node| match node.expr {
        Expr::Call { callee, .. } => Some((node.span.start, program.path(unit, callee).unwrap_or("-").to_owned())),
        _ => None,
    });
    let mut calls: Vec<_> = calls.collect();
    calls.sort();
    calls.into_iter().map(|(_, path)| path).collect()
}

#[test]
fn callees_are_known_through_imports_aliases_and_destructuring() {
    for (source, expected) in [
        (r#"import * as c from "crypto"; c.pbkdf2Sync();"#, "crypto.pbkdf2Sync"),
        (r#"import { pbkdf2Sync as derive } from "node:crypto"; derive();"#, "crypto.pbkdf2Sync"),
        (r#"const { pbkdf2Sync: derive } = require("crypto"); derive();"#, "crypto.pbkdf2Sync"),
        (r#"const derive = require("crypto").pbkdf2Sync; derive();"#, "crypto.pbkdf2Sync"),
        (r#"import AES from "crypto-js/aes"; AES.encrypt();"#, "crypto-js/aes.encrypt"),
        (r#"import AES from "crypto-js/aes.js"; AES.encrypt();"#, "crypto-js/aes.encrypt"),
        (r#"import { gcm } from "@noble/ciphers/aes.js"; gcm();"#, "@noble/ciphers/aes.gcm"),
        (r#"import { Keypair } from "@solana/web3.js"; Keypair.generate();"#, "@solana/web3.js.Keypair.generate"),
        (r#"window.localStorage.setItem("a", b);"#, "localStorage.setItem"),
        (r#"const store = localStorage; store["setItem"]("a", b);"#, "localStorage.setItem"),
        (r#"import { Wallet } from "ethers"; function f(w: Wallet) { w.signMessage(); }"#, "ethers.Wallet().signMessage"),
        (
            r#"import { Wallet } from "ethers"; const w = Wallet.createRandom(); w.connect();"#,
            "ethers.Wallet.createRandom().connect",
        ),
        (r#"const c = window.crypto || window.msCrypto; c.getRandomValues();"#, "crypto.getRandomValues"),
        (r#"function f(event) { event.sender.send(); }"#, "?event.sender.send"),
        (r#"let x = require("a"); x = require("b"); x.f();"#, "?x.f"),
        (r#"(function (M, c) { M.random(); c.seal(); })(Math, require("crypto"));"#, "crypto.seal"),
    ] {
        let found = callees(&[("main.ts", source)]);
        assert_eq!(found.last().map(String::as_str), Some(expected), "{source}: {found:?}");
    }
}

#[test]
fn callees_are_known_through_other_files() {
    let wrapped = [
        ("lib/keys.ts", r#"export { generateMnemonic as make } from "bip39"; export * from "./random";"#),
        ("lib/random.js", r#"const crypto = require("crypto"); module.exports = { bytes: crypto.randomBytes };"#),
        ("lib/client.ts", r#"import axios from "axios"; export const client = axios.create({}); export const get = () => client;"#),
        ("lib/field.tsx", "export default class Field { render() {} }"),
        ("packages/core/package.json", r#"{"name": "@w/core"}"#),
        ("packages/core/src/index.ts", r#"import { ethers } from "ethers"; export const wallet = ethers.Wallet.createRandom();"#),
    ];
    for (main, expected) in [
        (r#"import { make } from "./lib/keys"; make();"#, "bip39.generateMnemonic"),
        (r#"import { bytes } from "./lib/random"; bytes(1);"#, "crypto.randomBytes"),
        (r#"import { client } from "./lib/client"; client.post();"#, "axios.create().post"),
        (r#"import { get } from "./lib/client"; get().post();"#, "axios.create().post"),
        (r#"import Input from "./lib/field"; Input();"#, "?Input"),
        (r#"import { wallet } from "@w/core"; wallet.connect();"#, "ethers.Wallet.createRandom().connect"),
    ] {
        let mut files = wrapped.to_vec();
        files.push(("main.ts", main));
        let found = callees(&files);
        assert!(found.iter().any(|path| path == expected), "{main}: {found:?}");
    }
}

#[test]
fn constants_fold_through_variables_modules_and_defaults() {
    let files = [
        ("config.ts", "export const ROUNDS = 10 * 100; export default { kdf: { rounds: ROUNDS } };"),
        (
            "main.ts",
            r#"import config, { ROUNDS } from "./config";
               const NAME = `aes-${128 * 2}-` + "cbc";
               f(ROUNDS); f(config.kdf.rounds); f(NAME);
               function g(rounds = ROUNDS) { f(rounds); }
               let changing = 1; changing = 2; f(changing);"#,
        ),
    ];
    let (program, workspace) = linked(&files);
    let unit = program.unit_of(workspace.find("main.ts").expect("a file").id).expect("code");
    let arguments = program.unit(unit).nodes.iter().filter_map(|node| match &node.expr {
        Expr::Call { callee, arguments, .. } if program.path(unit, *callee) == Some("f") => Some(arguments[0]),
        _ => None,
    });
    let values: Vec<_> = arguments.map(|node| program.constant(Value { unit, node }).map(|value| value.text())).collect();
    // The body of a nested function is lowered first.
    let expected = ["1000", "1000", "1000", "aes-256-cbc"].map(|text| Some(text.to_owned()));
    assert_eq!(values[..4], expected);
    assert_eq!(values[4], None);
}

#[test]
fn calls_reach_functions_methods_and_constructors_of_the_tree() {
    let files = [
        (
            "vault.ts",
            "export class Base { seal() {} }
             export class Vault extends Base { constructor(private key) { super(); } open() { this.seal(); } static of() {} }
             export function make(): Vault { return new Vault(1); }",
        ),
        (
            "main.ts",
            r#"import { Vault, make } from "./vault";
               const vault = new Vault(2); vault.open(); vault.seal(); Vault.of(); make().open();
               const local = () => 1; local(); function typed(v: Vault) { v.open(); }"#,
        ),
    ];
    let (program, workspace) = linked(&files);
    let unit = program.unit_of(workspace.find("main.ts").expect("a file").id).expect("code");
    let mut calls: Vec<_> = program.unit(unit).all_nodes().filter(|(_, node)| matches!(node.expr, Expr::Call { .. })).collect();
    calls.sort_by_key(|(_, node)| (node.span.start, node.span.end));
    let reached = calls.iter().map(|(node, _)| {
        program.targets(unit, *node).iter().map(|target| program.function_name(*target).into_owned()).collect::<Vec<_>>().join("|")
    });
    let reached: Vec<_> = reached.collect();
    assert_eq!(reached, ["constructor", "open", "seal", "of", "make", "open", "local", "open"]);
}

#[test]
fn rust_calls_reach_other_modules_of_the_crate() {
    let files = [
        ("src/lib.rs", "mod keys; mod log; mod uses;"),
        ("src/keys.rs", "use bip39::Mnemonic; pub fn make() -> Mnemonic { Mnemonic::generate(12) } pub const ROUNDS: u32 = 100;"),
        ("src/log/mod.rs", "pub mod file; pub fn note(text: &str) {}"),
        ("src/log/file.rs", "pub fn flush() { super::note(\"x\") }"),
        (
            "src/uses.rs",
            "use crate::keys::{make, ROUNDS}; fn f() { make(); crate::log::file::flush(); run(ROUNDS); bip39::Mnemonic::parse(\"y\"); }",
        ),
    ];
    let (program, workspace) = linked(&files);
    let unit = program.unit_of(workspace.find("src/uses.rs").expect("a file").id).expect("code");
    let calls = program.unit(unit).all_nodes().filter_map(|(node, content)| match &content.expr {
        Expr::Call { callee, arguments, .. } => Some((node, *callee, arguments)),
        _ => None,
    });
    let mut reached = Vec::new();
    for (node, callee, arguments) in calls {
        let targets: Vec<_> = program.targets(unit, node).iter().map(|target| program.function_name(*target)).collect();
        let constant = arguments.first().and_then(|node| program.constant(Value { unit, node: *node }));
        let path = program.path(unit, callee).unwrap_or("-");
        reached.push(format!("{path} {} {}", targets.join("|"), constant.map_or(String::new(), |value| value.text())));
    }
    assert_eq!(reached, ["?make make ", "?flush flush ", "run  100", "bip39.Mnemonic.parse  y"]);
}

#[test]
fn definitions_in_a_circle_end() {
    let source =
        "let a = b.next; let b = a.next; a.someMethod(); b.other_method().thirdMethod(); class C extends C { m() { super.m(); } }
                  const f = () => f; f().someMethod(); let o = { ...o }; o.someMethod();";
    assert!(!callees(&[("main.ts", source)]).is_empty());
}

#[test]
fn work_per_function_does_not_grow_with_the_file() {
    let steps = |count: usize| {
        let class = |n| format!("class C{n} {{ constructor(a) {{ this.k = a; }} m() {{ let x = 1; x = 2; return f(x); }} }}\n");
        let made = |n| format!("function g{n}() {{ const c = new C{n}(3); return [c.k, c.m(() => h{n}())]; }}\n");
        let source: String = (0..count).map(|n| class(n) + &made(n)).collect();
        let (program, _) = linked(&[("main.ts", &source)]);
        let unit = UnitId(0);
        crate::ir::steps::of(|| {
            for index in 1..program.unit(unit).functions.len() as u32 {
                let function = FunctionRef { unit, function: FunctionId(index) };
                assert!(program.first_call_within(function, |_| false).is_none());
                program.body(function).iter().for_each(|&node| drop(program.possible(Value { unit, node })));
            }
        })
    };
    let (few, many) = (steps(40), steps(160));
    assert!(many <= 5 * few, "{few} steps for 40 classes, {many} for 160");
}
