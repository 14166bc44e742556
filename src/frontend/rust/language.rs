//! What the engine must know of Rust.

use crate::frontend::{Language, Tables};

/// What the engine must know of Rust.
pub(super) static RUST: Language = Language {
    plain_types: &["bool", "usize", "u8", "u16", "u32", "u64", "i32", "i64", "f64"],
    common_methods: COMMON_METHODS,
    self_type: Some("Self"),
    derived_constructors: &["default"],
    splits_classes: true,
    tables: Tables::PAIRS,
    ..Language::ORDINARY
};

const COMMON_METHODS: &[&str] = &[
    "to_string",
    "to_owned",
    "to_bytes",
    "as_bytes",
    "as_slice",
    "as_mut_slice",
    "into_iter",
    "into_bytes",
    "into_inner",
    "borrow_mut",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "read_exact",
    "read_to_string",
    "write_all",
    "try_into",
    "is_empty",
];
