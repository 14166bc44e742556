//! The one integration-test binary: a module for each subject.

mod flow;
mod models;
mod rules;
mod text;
