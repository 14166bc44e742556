//! Something that a project of its sort should have, and has nowhere: at most one finding for each rule.

use super::fact::Facts;
use super::{Audit, Context, matching_rules};
use crate::finding::{Finding, FindingBuilder};
use crate::rule::Match;
use crate::rule::matcher::absence::AbsenceMatch;
use crate::source::{FileId, Role, SourceFile, Span};

/// The audit of `[match.absence]`. That a rule's `when` holds is seen to before any audit runs.
pub(super) struct AbsenceAudit;

impl Audit for AbsenceAudit {
    fn stage(&self) -> &'static str {
        "audit/absence"
    }

    fn run(&self, context: &Context<'_>) -> Vec<Finding> {
        let rules = matching_rules(context, |matcher| if let Match::Absence(absence) = matcher { Some(absence) } else { None });
        let facts = Facts::new(context);
        let missing = rules.into_iter().filter(|(_, matcher)| !facts.any(&matcher.expected));
        missing
            .filter_map(|(rule, matcher)| {
                let file = anchor(context, matcher)?;
                Some(FindingBuilder::new(rule, context.workspace, file, Span::default()).build())
            })
            .collect()
    }
}

/// The file that stands for the project: the first pattern's shallowest match, else the shallowest file there is.
fn anchor(context: &Context<'_>, matcher: &AbsenceMatch) -> Option<FileId> {
    let own = || {
        context
            .workspace
            .files
            .iter()
            .filter(|file| !matches!(file.role, Role::Vendored | Role::Test | Role::Example | Role::Tool | Role::Idle))
    };
    let depth = |file: &&SourceFile| file.path.matches('/').count();
    let named = matcher.anchor.iter().find_map(|glob| own().filter(|file| glob.matches_path(&file.path)).min_by_key(depth));
    named.or_else(|| own().min_by_key(depth)).map(|file| file.id)
}
