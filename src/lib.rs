//! Forewarn: a static-analysis auditor for cryptocurrency wallets.
//!
//! The modules stand in the order in which they may import each other: a module imports only from those above it.

pub mod timing;

pub mod source;

pub mod cache;

pub mod rule;

pub mod settings;

pub mod ir;

pub mod configfile;
pub mod frontend;
pub mod lockfile;

pub mod standing;

pub mod target;

pub mod program;

pub mod taint;

pub mod advisory;

pub mod db;

pub mod finding;

pub mod audit;

pub mod risk;

pub mod label;

pub mod report;

pub mod scan;

pub mod history;

pub mod backtest;

pub mod train;
