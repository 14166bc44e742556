//! What the engine must know of JavaScript.

use crate::frontend::{Component, Language, Tables};

/// What the engine must know of JavaScript.
pub(super) static JAVASCRIPT: Language = Language {
    global_objects: &["window", "globalThis", "self", "global"],
    plain_types: &["boolean", "number", "Function", "void"],
    scalar_types: &["string", "number", "boolean", "bigint"],
    common_methods: COMMON_METHODS,
    tables: Tables { are_indexed: false, ..Tables::PAIRS },
    component: Some(Component { runs: "render", attributes: "props" }),
    library,
    ..Language::ORDINARY
};

const COMMON_METHODS: &[&str] = &[
    "toString",
    "toLocaleString",
    "hasOwnProperty",
    "isPrototypeOf",
    "toISOString",
    "toUTCString",
    "toDateString",
    "toLowerCase",
    "toUpperCase",
    "charCodeAt",
    "codePointAt",
    "fromCharCode",
    "startsWith",
    "endsWith",
    "trimStart",
    "trimEnd",
    "replaceAll",
    "lastIndexOf",
    "findIndex",
    "findLast",
    "forEach",
    "reduceRight",
    "getItem",
    "setItem",
    "removeItem",
    "appendChild",
    "setAttribute",
    "getAttribute",
    "addEventListener",
    "removeEventListener",
    "dispatchEvent",
    "preventDefault",
    "stopPropagation",
    "querySelector",
    "postMessage",
    "getTime",
    "getRandomValues",
    "toBuffer",
    "readUInt32BE",
    "writeUInt32BE",
];

/// `node:fs` is `fs`, and `cipher/aes.js` is `cipher/aes`. The ending of a package's own name (`bn.js`) is part of it.
fn library(name: &str) -> &str {
    let name = name.strip_prefix("node:").unwrap_or(name);
    let depth = name.matches('/').count() - usize::from(name.starts_with('@') && name.contains('/'));
    let file = [".js", ".mjs", ".cjs"].iter().find_map(|ending| name.strip_suffix(ending));
    file.filter(|_| depth > 0).unwrap_or(name)
}
