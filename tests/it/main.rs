//! The one integration-test binary: a module for each subject.

#![allow(clippy::disallowed_methods, reason = "tests read their own fixtures")]

mod backtest;
mod browser;
mod cache;
mod cargo_audit;
mod case;
mod cli;
mod cost;
mod db;
mod dependency;
mod determinism;
mod flow;
mod formats;
mod fuzz;
mod golden;
mod history;
mod hostile;
mod label;
mod losses;
mod models;
mod outside;
mod report;
mod rules;
mod same;
mod samples;
mod sarif;
mod score;
mod screen;
mod secrets;
mod server;
mod site;
mod text;
mod tidy;
mod tree;
mod trust;
mod tutorial;
mod words;
