//! What a person types, turned into calls of the library, and what the library says, turned into text and exit codes.

mod backtest;
mod db;
mod debug;
mod explain;
mod label;
mod output;
mod review;
mod rules;
mod scan;
mod trust;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use forewarn::rule::{RuleError, RuleSet};

/// The exit code for wrong usage, settings or rules.
const USAGE: u8 = 2;
/// The exit code for what was done in part.
const INCOMPLETE: u8 = 3;

/// Audits the code, configuration and dependencies of a cryptocurrency wallet, and warns before the loss.
#[derive(Debug, Parser)]
#[command(name = "forewarn", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Scan a wallet's source tree.
    ///
    /// Exit codes: 0 nothing trips the gate, 1 the gate tripped, 2 wrong usage, settings or rules, 3 the scan is incomplete.
    Scan(Box<scan::Arguments>),
    /// Tell what a rule looks for, why it matters and how to mend it.
    Explain(explain::Arguments),
    /// List rules, or run the examples inside of rule files.
    Rules(rules::Arguments),
    /// Scan trees whose fate is known, and tell what would have been found.
    Backtest(Box<backtest::Arguments>),
    /// Answer ten plain questions about a wallet, as text or as a picture.
    Label(label::Arguments),
    /// Keep a store of all advisories of OSV beside the embedded ones.
    Db(db::Arguments),
    /// Show what Forewarn makes of a file.
    Debug(debug::Arguments),
}

/// Rules beside the embedded ones.
#[derive(Debug, clap::Args)]
struct RuleFolders {
    /// Folder with further rules; may be given more than once.
    #[arg(long = "rules", value_name = "DIR", global = true)]
    folders: Vec<PathBuf>,
}

impl RuleFolders {
    /// The embedded rules and those of the folders.
    fn load(&self) -> Result<RuleSet, RuleError> {
        self.folders.iter().try_fold(RuleSet::embedded()?, |rules, folder| rules.with_folder(folder))
    }
}

/// Why a command failed; every such failure is one of usage, settings or rules.
type Failure = Box<dyn std::error::Error>;

/// Runs the command that was typed.
pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed pipe is no reason to fail while printing help.
            let _ = error.print();
            return ExitCode::from(error.exit_code() as u8);
        }
    };
    let result = match &arguments.command {
        Command::Scan(arguments) => arguments.run(),
        Command::Explain(arguments) => arguments.run(),
        Command::Rules(arguments) => arguments.run(),
        Command::Backtest(arguments) => arguments.run(),
        Command::Label(arguments) => arguments.run(),
        Command::Db(arguments) => arguments.run(),
        Command::Debug(arguments) => arguments.run(),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) if output::is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&*error);
            ExitCode::from(USAGE)
        }
    }
}
