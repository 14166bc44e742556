//! `forewarn languages`: what is understood of each language.

use forewarn::report::languages::{LanguageSummary, languages, unread};
use serde_json::json;

use super::output::{Format, print};
use super::{Failure, RuleFolders};

/// How to show it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Format of the list.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    rules: RuleFolders,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let languages = languages(&self.rules.load()?);
        let text = match self.format {
            Format::Table => table(&languages),
            Format::Json => {
                format!("{:#}\n", json!({ "schema": "forewarn-languages/v1", "languages": languages, "unread": unread() }))
            }
        };
        print(&text).map(|()| 0)
    }
}

fn table(languages: &[LanguageSummary]) -> String {
    let mut text = format!(
        "{:<11} {:<12} {:<9} {:>6} {:>5} {:>6} {:>6}  CHANNELS\n",
        "LANGUAGE", "PARSER", "SEES", "MODELS", "ROWS", "FLOWS", "CALLS"
    );
    for language in languages {
        let sees = [("c", language.calls), ("t", language.types), ("m", language.classes), ("f", language.closures)];
        let sees: String = sees.into_iter().map(|(letter, seen)| if seen { letter } else { "-" }).collect();
        let line = format!(
            "{:<11} {:<12} {sees:<9} {:>6} {:>5} {:>6} {:>6}  {}",
            language.language,
            language.parser,
            language.models,
            language.rows,
            language.flow_rules,
            language.call_rules,
            language.channels.join(", ")
        );
        text += line.trim_end();
        text.push('\n');
    }
    text += "\nSEES: c calls, t types, m methods of classes, f functions as values.\n\
             ROWS: what models say of libraries. FLOWS, CALLS: rules that follow values, and rules about calls and declarations.\n";
    text + &format!("Seen and named in reports, but not read: {}.\n", unread().join(", "))
}
