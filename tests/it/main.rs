//! The one integration-test binary: a module for each subject.

mod cli;
mod flow;
mod models;
mod report;
mod rules;
mod sarif;
mod secrets;
mod text;
mod tree;
