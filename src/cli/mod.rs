//! What a person types, turned into calls of the library, and what the library says, turned into text and exit codes.

mod backtest;
mod baseline;
mod complete;
mod db;
mod debug;
mod explain;
mod history;
mod init;
mod kept;
mod label;
mod languages;
mod output;
mod pdf;
mod review;
mod rules;
mod scan;
mod selection;
mod train;
mod trust;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Parser, Subcommand};
use forewarn::rule::{Date, RuleError, RuleSet};

/// The exit code for wrong usage, settings or rules.
const USAGE: u8 = 2;
/// The exit code for what was done in part.
const INCOMPLETE: u8 = 3;

/// Static security analyser for cryptocurrency wallets: code, configuration and dependencies.
#[derive(Debug, Parser)]
#[command(name = "forewarn", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Scan a wallet's source code.
    ///
    /// Exit codes: 0 passed, 1 failed (a finding at --fail-on or above, or the score), 2 wrong usage, settings or rules, 3 incomplete:
    /// too little of the code was analysed for a verdict.
    Scan(Box<scan::Arguments>),
    /// Create, update or prune a baseline of accepted findings.
    Baseline(Box<baseline::Arguments>),
    /// Write settings and workflows for a repository.
    Init(init::Arguments),
    /// Explain a rule: what it detects, why it matters, how to fix it.
    Explain(explain::Arguments),
    /// List rules, run their examples, or write them as a web site.
    Rules(rules::Arguments),
    /// Show what is understood of each language: calls, types, channels, models, rules.
    Languages(languages::Arguments),
    /// Show the risk of a repository over its releases.
    History(Box<history::Arguments>),
    /// Replay the scanner on repositories with known incidents.
    Backtest(Box<backtest::Arguments>),
    /// Fit the risk score to judged findings and to wallets with a known outcome.
    Train(Box<train::Arguments>),
    /// Answer ten plain questions about a wallet, as text or as an image.
    Label(label::Arguments),
    /// Keep a local database of all OSV advisories in addition to the built-in ones.
    Db(db::Arguments),
    /// Debug: print the analyser's view of a file.
    Debug(debug::Arguments),
    /// Print a completion script for a shell.
    Completions(complete::Completions),
    /// Print the manual page, or write one for each command to a folder.
    Man(complete::Man),
}

/// Rules in addition to the built-in ones.
#[derive(Debug, clap::Args)]
struct RuleFolders {
    /// Folder with additional rules; may be given more than once.
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
        Command::Baseline(arguments) => arguments.run(),
        Command::Init(arguments) => arguments.run(),
        Command::Explain(arguments) => arguments.run(),
        Command::Rules(arguments) => arguments.run(),
        Command::Languages(arguments) => arguments.run(),
        Command::History(arguments) => arguments.run(),
        Command::Backtest(arguments) => arguments.run(),
        Command::Train(arguments) => arguments.run(),
        Command::Label(arguments) => arguments.run(),
        Command::Db(arguments) => arguments.run(),
        Command::Debug(arguments) => arguments.run(),
        Command::Completions(arguments) => arguments.run(),
        Command::Man(arguments) => arguments.run(),
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

/// The day that it is in Greenwich.
fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Date::from_days((seconds / 86_400) as i64)
}
