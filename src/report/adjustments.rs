//! What settings, comments and options took from a result: a tree may not acquit itself in silence.

use super::text::{counted, listed};
use super::{Gate, Report};
use crate::finding::Triage;
use crate::rule::{Confidence, RuleSet, Severity};
use crate::settings::{FailOn, Origin, Settings};
use crate::target::{Excluded, Workspace};

/// Why settings of a folder above are not those of the tree.
pub(super) const ABOVE: &str = "it is for the folder above; scan that one, or name the file with `--config`";

/// Everything that was asked for and that changes what a report says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adjustments {
    /// The settings file of the run.
    pub origin: Origin,
    /// Files that the settings exclude from the scan.
    pub excluded: Vec<Excluded>,
    /// Ids of rules that are switched off.
    pub rules_off: Vec<String>,
    /// The packs to which the run is limited; all if empty.
    pub only_packs: Vec<String>,
    /// The rules to which the run is limited; all if empty.
    pub only_rules: Vec<String>,
    /// Severities that the settings chose.
    pub severities: Vec<Regraded>,
    /// Findings that do not count, by what silenced them.
    pub silenced: Silenced,
    /// Settings of the gate that come from the settings file, as written there.
    pub gate: Vec<String>,
    /// What the settings claim about the operation of the wallet, by key.
    pub claims: Vec<&'static str>,
    /// Below it findings are not shown.
    pub min_confidence: Option<Confidence>,
    /// The revision since which findings count, if the run is limited to what is new.
    pub since: Option<String>,
    /// Comments that would silence findings and were not obeyed.
    pub unheard_comments: usize,
}

/// A severity that the settings chose for a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regraded {
    /// The rule.
    pub rule: String,
    /// Its own severity.
    pub from: Severity,
    /// That of the settings.
    pub to: Severity,
    /// How many findings have it.
    pub findings: usize,
}

/// Findings that do not count, by what silenced them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silenced {
    /// By a comment in the code.
    pub comments: usize,
    /// By a VEX statement.
    pub vex: usize,
    /// By the baseline.
    pub baseline: usize,
    /// By the least confidence.
    pub confidence: usize,
    /// In a path that the settings exclude for the rule.
    pub paths: usize,
}

impl Silenced {
    fn of(triage: &Triage) -> Self {
        let vex = triage.suppressed.iter().filter(|(finding, _)| finding.excuse.is_some()).count();
        Self {
            comments: triage.suppressed.len() - vex,
            vex,
            baseline: triage.known.len(),
            confidence: triage.unsure.len(),
            paths: triage.excluded,
        }
    }

    /// All of them.
    #[must_use]
    pub const fn total(self) -> usize {
        self.comments + self.vex + self.baseline + self.confidence + self.paths
    }
}

impl Adjustments {
    /// Collects them.
    #[must_use]
    pub fn of(
        (settings, origin): (&Settings, &Origin),
        only: &[String],
        gate: &Gate,
        (workspace, rules, triage): (&Workspace, &RuleSet, &Triage),
    ) -> Self {
        let off = settings.rule.iter().filter(|(_, rule)| rule.enabled == Some(false)).map(|(id, _)| id.clone());
        let regraded = settings.rule.iter().filter_map(|(id, rule)| Some((rules.find(id)?, rule.severity?)));
        let regraded = regraded.filter(|(rule, to)| rule.body.severity != *to).map(|(rule, to)| Regraded {
            rule: rule.id.clone(),
            from: rule.body.severity,
            to,
            findings: triage.regraded.get(&rule.id).copied().unwrap_or(0),
        });
        Self {
            origin: origin.clone(),
            excluded: workspace.excluded.clone(),
            rules_off: off.filter(|id| !only.contains(id)).collect(),
            only_packs: if only.is_empty() { settings.packs.clone() } else { Vec::new() },
            only_rules: only.to_vec(),
            severities: regraded.collect(),
            silenced: Silenced::of(triage),
            gate: gate_keys(settings, gate),
            claims: claims(settings),
            min_confidence: settings.min_confidence,
            since: None,
            unheard_comments: triage.unheard,
        }
    }

    /// A settings file of a folder above, which changed nothing.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        let Origin::Above { file, .. } = &self.origin else { return None };
        Some(format!("{file} was not applied: {ABOVE}."))
    }

    /// The same if the user stands in the scanned folder and may expect it to count: then the first screen says so, too.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        self.remark().filter(|_| matches!(self.origin, Origin::Above { is_expected: true, .. }))
    }

    /// Lines in the excluded files.
    #[must_use]
    pub fn excluded_lines(&self) -> u64 {
        self.excluded.iter().map(|file| file.lines).sum()
    }

    /// Whether the result is what every other user of the program would get of the tree.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.lines().is_empty()
    }

    /// What was changed, a sentence each, for people; empty if nothing was.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        lines.extend(self.source());
        lines.extend(self.scope());
        let silenced = &self.silenced;
        let by = [
            (silenced.comments, "by comments in the code"),
            (silenced.vex, "by VEX statements"),
            (silenced.baseline, if self.since.is_some() { "there before" } else { "known from the baseline" }),
            (silenced.confidence, "below the minimum confidence"),
            (silenced.paths, "in paths that the settings exclude for their rule"),
        ];
        let by: Vec<_> = by.into_iter().filter(|(count, _)| *count > 0).map(|(count, how)| format!("{count} {how}")).collect();
        if !by.is_empty() {
            lines.push(format!("{} silenced: {}.", counted(silenced.total(), "finding"), by.join(", ")));
        }
        let regraded = self.severities.iter();
        lines.extend(regraded.map(|Regraded { rule, from, to, findings }| {
            format!("Severity of {rule}: {} instead of {} ({}).", to.name(), from.name(), counted(*findings, "finding"))
        }));
        lines
    }

    /// Where the settings come from, and what of the tree was not obeyed.
    fn source(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Origin::Refused { file, reason } = &self.origin {
            lines.push(format!("{file} was not applied: {reason}."));
        }
        if self.unheard_comments > 0 {
            lines.push(format!("{} of the tree not applied.", counted(self.unheard_comments, "suppression comment")));
        }
        if !self.gate.is_empty() {
            lines.push(format!("Gate from the settings: {}.", self.gate.join(", ")));
        }
        if !self.claims.is_empty() {
            lines.push(format!("Stated in the settings, not verified: {}.", self.claims.join(", ")));
        }
        lines
    }

    /// What was not looked at, or not looked for.
    fn scope(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.excluded.is_empty() {
            let paths: Vec<_> = self.excluded.iter().map(|file| crate::finding::fit_to_show(&file.path)).collect();
            let (files, all) = (counted(self.excluded.len(), "file"), counted(self.excluded_lines() as usize, "line"));
            lines.push(format!("Excluded by the settings: {files}, {all} ({}).", listed(&paths, 3)));
        }
        if !self.rules_off.is_empty() {
            lines.push(format!("Rules switched off: {}.", listed(&self.rules_off, 5)));
        }
        for (what, names) in [("packs", &self.only_packs), ("rules", &self.only_rules)] {
            if !names.is_empty() {
                lines.push(format!("Only these {what} were applied: {}.", listed(names, 5)));
            }
        }
        if let Some(revision) = &self.since {
            lines.push(format!("Only what is new since {}.", crate::finding::fit_to_show(revision)));
        }
        if let Some(least) = self.min_confidence {
            lines.push(format!("Findings below {} confidence are not shown.", least.name()));
        }
        lines
    }
}

impl Adjustments {
    /// Whether only some of the rules were asked for: what was not looked for is not absent, so that there is no score.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !self.only_rules.is_empty() || !self.only_packs.is_empty()
    }
}

/// The keys of the gate that are in force as the settings file has them.
fn gate_keys(settings: &Settings, gate: &Gate) -> Vec<String> {
    // What is so anyway changes nothing.
    let is_other = |own: &FailOn| own.0 == gate.fail_on && own.0 != Some(Severity::High);
    let fail_on = settings.fail_on.filter(is_other).map(|own| format!("fail-on = {}", own.name()));
    let number = |key: &str, own: Option<f64>, used| own.filter(|_| own == used).map(|value| format!("{key} = {value}"));
    let score = number("max-score", settings.max_score, gate.max_score);
    let coverage = number("min-coverage", settings.min_coverage, gate.min_coverage);
    [fail_on, score, coverage].into_iter().flatten().collect()
}

fn claims(settings: &Settings) -> Vec<&'static str> {
    let operations = &settings.operations;
    let said = [
        (operations.signers.is_some(), "signers"),
        (operations.threshold.is_some(), "threshold"),
        (!operations.key_locations.is_empty(), "key-locations"),
        (!operations.audits.is_empty(), "audits"),
    ];
    said.into_iter().filter(|(is_said, _)| *is_said).map(|(_, key)| key).collect()
}

impl Report {
    /// What settings, comments and options changed, a sentence each; every format shows them under
    /// "Settings that changed this result".
    #[must_use]
    pub fn adjusted(&self) -> Vec<String> {
        self.adjustments.lines()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Date;

    #[test]
    fn everything_that_is_changed_is_told() {
        let text = "packs = ['a']\nfail-on = 'never'\nexclude = ['x']\n[rule.off]\nenabled = false\n[operations]\nsigners = 3\n";
        let settings: Settings = toml::from_str(text).expect("settings");
        let excluded = vec![Excluded { path: "x/a.ts".into(), lines: 12, role: crate::source::Role::Product }];
        let workspace = Workspace { excluded, ..Workspace::default() };
        let triage = Triage { excluded: 2, unheard: 1, ..Triage::default() };
        let origin = Origin::Refused { file: "forewarn.toml".into(), reason: "you are elsewhere".into() };
        let rules = RuleSet::default().as_of(Date::LAST);
        let found = Adjustments::of((&settings, &origin), &[], &Gate::default(), (&workspace, &rules, &triage));
        let expected = [
            "forewarn.toml was not applied: you are elsewhere.",
            "1 suppression comment of the tree not applied.",
            "Gate from the settings: fail-on = never.",
            "Stated in the settings, not verified: signers.",
            "Excluded by the settings: 1 file, 12 lines (x/a.ts).",
            "Rules switched off: off.",
            "Only these packs were applied: a.",
            "2 findings silenced: 2 in paths that the settings exclude for their rule.",
        ];
        assert_eq!(found.lines(), expected);
        assert!(Adjustments::default().is_none());
    }
}
