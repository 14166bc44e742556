//! What becomes of findings: the same ones made one, those that were accepted set aside, the rest in order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::baseline::Baseline;
use super::builder::fingerprint;
use super::suppression::{self, Suppression};
use super::{Excerpt, Finding, Place, line_hash};
use crate::rule::{Confidence, Date, RuleSet, Severity};
use crate::settings::Settings;
use crate::source::{FileId, Notice, Span};
use crate::target::Workspace;

/// Findings, settled. Each list is ordered: the worst first, then by rule, path and position.
#[derive(Clone, Debug, Default)]
pub struct Triage {
    /// To be shown; they decide about the gate.
    pub reported: Vec<Finding>,
    /// Set aside by a comment in the file, or by an answer to an advisory, with the reason given there.
    pub suppressed: Vec<(Finding, String)>,
    /// In the baseline: seen before and accepted for now. They count for the score, since the wallet still has them.
    pub known: Vec<Finding>,
    /// What the project as a whole lacks, one of a rule: told in a paragraph, and neither counted nor scored.
    pub project: Vec<Finding>,
    /// Below the confidence that was asked for. They count for the score, as little as they do.
    pub unsure: Vec<Finding>,
    /// How many were dropped since the settings leave out their paths for their rule.
    pub excluded: usize,
    /// How many findings have a severity that the settings chose, by rule.
    pub regraded: BTreeMap<String, usize>,
    /// How many comments would set findings aside, and may not.
    pub unheard: usize,
}

impl Triage {
    /// Everything that is held to be true of the wallet, whether it is shown or not: what the score is made of.
    pub fn standing(&self) -> impl Iterator<Item = &Finding> {
        self.reported.iter().chain(&self.known).chain(&self.unsure)
    }

    /// The same, where what is shown as one counts once, even if only some of it was accepted before.
    pub fn weighed(&self) -> impl Iterator<Item = &Finding> {
        let mut seen = BTreeSet::new();
        self.standing().filter(move |finding| finding.group.as_ref().is_none_or(|group| seen.insert(group)))
    }

    /// Lowers to medium what claims to be grave and has not earned it: `unearned` gives the reason. What the settings chose stays.
    pub fn earn(&mut self, settings: &Settings, unearned: impl Fn(&Finding) -> Option<String>) {
        let is_chosen = |finding: &Finding| settings.rule.get(&finding.rule.id).is_some_and(|rule| rule.severity.is_some());
        for finding in self.reported.iter_mut().chain(&mut self.known).chain(&mut self.unsure) {
            if finding.claimed >= Severity::High
                && !is_chosen(finding)
                && let Some(reason) = unearned(finding)
            {
                finding.severity = Severity::Medium;
                finding.severity_reason = Some(reason).filter(|_| finding.rule.body.severity != Severity::Medium);
            }
        }
    }

    /// Says of every finding what is to be expected of it, and puts those first of which most is. Findings of one rule and severity stay
    /// together. What its circumstances lowered comes after everything graver, packages apart from the rest: what readers said of its rule,
    /// they said of findings without these circumstances.
    pub fn rank(&mut self, damage: impl Fn(&Finding) -> f64) {
        for findings in [&mut self.reported, &mut self.known, &mut self.unsure] {
            findings.iter_mut().for_each(|finding| finding.damage = damage(finding).max(0.0));
            below_graver(findings);
            ranked(findings);
        }
    }
}

/// What triage goes by, besides the files.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// Severities and paths by rule.
    pub settings: &'a Settings,
    /// All rules, to see which ids exist.
    pub rules: &'a RuleSet,
    /// Findings that were accepted before.
    pub baseline: Option<&'a Baseline>,
    /// Below it findings are not shown.
    pub min_confidence: Option<Confidence>,
    /// Whether comments of the tree may set findings aside.
    pub hears_comments: bool,
    /// The day on which the tree is judged.
    pub as_of: Date,
}

/// Bytes within which a secret can stand in the excerpt of a finding: its lines are cut, but the neighbours may be long.
const NEAR: u32 = 1 << 16;

/// Settles findings. The notices tell of suppressions and baseline entries that are wrong or idle.
#[must_use]
pub fn triage(findings: Vec<Finding>, workspace: &Workspace, terms: Terms<'_>) -> (Triage, Vec<Notice>) {
    let mut triage = Triage::default();
    let findings = configured(findings, terms.settings, &mut triage);
    let mut findings = discreet(numbered(distinct(findings)), workspace);
    line_hash::mark(&mut findings, workspace);
    let mut suppressions = suppression::find(workspace, terms.as_of);
    if !terms.hears_comments {
        triage.unheard = suppressions.len();
        suppressions.clear();
    }
    let mut baseline = terms.baseline.map(|baseline| baseline.usage_in(workspace));
    for finding in findings {
        if let Some(suppression) = suppression::covering(&mut suppressions, &finding) {
            triage.suppressed.push((finding, suppression.reason.clone().unwrap_or_default()));
        } else if let Some(reason) = finding.excuse.clone() {
            triage.suppressed.push((finding, reason));
        } else if finding.rule.body.remark.is_some() {
            triage.project.push(finding);
        } else if baseline.as_mut().is_some_and(|usage| usage.take(&finding)) {
            triage.known.push(finding);
        } else if terms.min_confidence.is_some_and(|least| finding.confidence < least) {
            triage.unsure.push(finding);
        } else {
            triage.reported.push(finding);
        }
    }
    for settled in [&mut triage.reported, &mut triage.known, &mut triage.unsure] {
        *settled = merged(std::mem::take(settled));
    }
    let mut notices: Vec<_> = suppressions.iter().flat_map(|suppression| Suppression::notices(suppression, terms.rules)).collect();
    notices.extend(if terms.hears_comments { suppression::almost(workspace) } else { Vec::new() });
    notices.extend(baseline.and_then(|usage| usage.notice()));
    (triage, notices)
}

/// One finding for each group, with what is left of the group: the gravest, surest, shortest told stands for it.
fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let rank = |finding: &Finding| (finding.severity, finding.confidence, Reverse(finding.flow.len()));
    let mut best: BTreeMap<String, usize> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        if let Some(group) = &finding.group {
            let known = best.entry(group.clone()).or_insert(index);
            if rank(finding) > rank(&findings[*known]) {
                *known = index;
            }
        }
    }
    let stands = |index: usize, finding: &Finding| finding.group.as_ref().is_none_or(|group| best[group] == index);
    let (mut kept, mut others) = (Vec::new(), Vec::new());
    for (index, finding) in findings.into_iter().enumerate() {
        if stands(index, &finding) { kept.push(finding) } else { others.push(finding) }
    }
    others.sort_by(|a, b| a.place.cmp(&b.place));
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (index, finding) in kept.iter().enumerate() {
        places.extend(finding.group.clone().map(|group| (group, index)));
    }
    for finding in others {
        if let Some(&index) = finding.group.as_ref().and_then(|group| places.get(group)) {
            kept[index].merge(finding);
        }
    }
    kept
}

/// Puts the damage of each lowered finding below the least of what is graver than it, and keeps their order among each other.
fn below_graver(findings: &mut [Finding]) {
    let mut least = [f64::INFINITY; 2];
    for severity in Severity::ALL {
        let mut equals: Vec<_> = findings.iter_mut().filter(|finding| finding.severity == severity).collect();
        for finding in &mut equals {
            let graver = least[usize::from(finding.is_of_package())];
            if finding.is_lowered() && graver.is_finite() {
                finding.damage = graver * finding.damage / (graver + finding.damage);
            }
        }
        // What is never weighed stands at the end anyway.
        for finding in equals.iter().filter(|finding| finding.damage > 0.0) {
            let graver = &mut least[usize::from(finding.is_of_package())];
            *graver = graver.min(finding.damage);
        }
    }
}

/// The greatest damage first, rule by rule; equals stay as they were.
fn ranked(findings: &mut [Finding]) {
    // Numbers that are not negative have the order of their bits.
    let bits = |finding: &Finding| finding.damage.max(0.0).to_bits();
    let mut greatest: BTreeMap<(String, Severity), u64> = BTreeMap::new();
    for finding in &*findings {
        let known = greatest.entry((finding.rule.id.clone(), finding.severity)).or_default();
        *known = bits(finding).max(*known);
    }
    findings.sort_by_cached_key(|finding| {
        let group = (finding.rule.id.clone(), finding.severity);
        (Reverse(greatest[&group]), Reverse(group.1), group.0, Reverse(bits(finding)))
    });
}

/// Applies the settings of each rule, and counts what they change.
fn configured(mut findings: Vec<Finding>, settings: &Settings, triage: &mut Triage) -> Vec<Finding> {
    findings.retain_mut(|finding| {
        let Some(rule) = settings.rule.get(&finding.rule.id) else { return true };
        let is_left_out = rule.exclude.iter().any(|glob| glob.matches_path(&finding.place.path));
        if is_left_out {
            triage.excluded += 1;
        } else if let Some(severity) = rule.severity.filter(|severity| *severity != finding.severity) {
            *triage.regraded.entry(finding.rule.id.clone()).or_default() += 1;
            (finding.severity, finding.claimed) = (severity, severity);
            finding.severity_reason = (severity != finding.rule.body.severity).then(|| "set by the settings".into());
        }
        !is_left_out
    });
    findings
}

/// One finding for each rule, place and subject: the worst, surest, shortest told. Ordered for the reports.
fn distinct(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        let rank = |finding: &Finding| (Reverse(finding.severity), Reverse(finding.confidence), finding.flow.len());
        identity(a).cmp(&identity(b)).then_with(|| rank(a).cmp(&rank(b))).then_with(|| a.message.cmp(&b.message))
    });
    findings.dedup_by(|later, first| identity(later) == identity(first));
    let mut findings = one_of_a_line(findings);
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| identity(a).cmp(&identity(b))));
    findings
}

/// One finding of a rule for a line, where it says something of the line alone: the gravest, with the other places of the line. A list of
/// three addresses is one fact; each secret is one of its own.
fn one_of_a_line(mut findings: Vec<Finding>) -> Vec<Finding> {
    let line = |finding: &Finding| {
        let is_plain =
            finding.flow.is_empty() && finding.subject.is_none() && finding.excuse.is_none() && finding.secrets.is_empty();
        is_plain.then(|| (finding.rule.id.clone(), finding.place.file, finding.place.start.line))
    };
    findings.sort_by_key(|finding| (Reverse(finding.severity), Reverse(finding.confidence)));
    let mut first: BTreeMap<_, usize> = BTreeMap::new();
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        match line(&finding).map(|line| *first.entry(line).or_insert(kept.len())) {
            Some(at) if at < kept.len() => {
                let message = finding.message.clone();
                kept[at].take_in(&finding, &message);
            }
            _ => kept.push(finding),
        }
    }
    kept
}

fn identity(finding: &Finding) -> (&str, &Place, Option<&str>) {
    (&finding.rule.id, &finding.place, finding.subject.as_deref())
}

/// Hides what any finding knows to be a secret in the excerpts of all findings of the file.
fn discreet(mut findings: Vec<Finding>, workspace: &Workspace) -> Vec<Finding> {
    let mut secrets: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
    for finding in &findings {
        secrets.entry(finding.place.file).or_default().extend(&finding.secrets);
    }
    secrets.retain(|_, spans| !spans.is_empty());
    for finding in &mut findings {
        if let Some(spans) = secrets.get(&finding.place.file) {
            let near = |span: &&Span| span.start.abs_diff(finding.place.span.start) < NEAR || finding.place.span.contains(**span);
            let spans: Vec<_> = spans.iter().filter(near).copied().collect();
            finding.excerpt = Excerpt::new(&workspace.file(finding.place.file).text, &finding.place, &spans);
        }
    }
    findings
}

/// Tells equal texts in one file apart by their order.
fn numbered(mut findings: Vec<Finding>) -> Vec<Finding> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for finding in &mut findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        if *count > 0 {
            finding.fingerprint = fingerprint(&[&finding.fingerprint, &count.to_string()]);
            finding.seal.ordinal = *count;
        }
        *count += 1;
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{FindingBuilder, test_rule};
    use crate::source::{FileId, Span};

    const TEXT: &str = "x();\n// forewarn: ignore[rule-b] a test key\nx();\nx(); # forewarn: ignore[rule-c]\n";

    fn run(settings: &Settings, baseline: Option<&Baseline>) -> (Triage, Vec<Notice>) {
        let workspace = Workspace::in_memory([("a.ts", TEXT)]);
        let rules = ["rule-a", "rule-b"].map(test_rule);
        let set = RuleSet { rules: rules.to_vec(), ..RuleSet::default() };
        let spans = TEXT.match_indices("x()").map(|(at, text)| Span::new(at as u32, (at + text.len()) as u32));
        let findings = spans
            .flat_map(|span| rules.each_ref().map(|rule| FindingBuilder::new(rule, &workspace, FileId(0), span).build()))
            .chain([FindingBuilder::new(&rules[0], &workspace, FileId(0), Span::new(0, 3)).confidence(Confidence::Low).build()])
            .collect();
        let (hears_comments, as_of) = (true, Date::LAST);
        triage(findings, &workspace, Terms { settings, rules: &set, baseline, min_confidence: None, hears_comments, as_of })
    }

    fn lines(findings: &[Finding]) -> Vec<(&str, u32)> {
        findings.iter().map(|finding| (&*finding.rule.id, finding.place.start.line)).collect()
    }

    #[test]
    fn findings_are_ordered_distinct_and_suppressed_where_a_comment_says_so() {
        let (triage, notices) = run(&Settings::default(), None);
        assert_eq!(lines(&triage.reported), [("rule-a", 1), ("rule-a", 3), ("rule-a", 4), ("rule-b", 1), ("rule-b", 4)]);
        assert_eq!(triage.reported[0].confidence, Confidence::High);
        let (finding, reason) = &triage.suppressed[0];
        assert_eq!((finding.place.start.line, reason.as_str()), (3, "a test key"));
        let texts: Vec<_> = notices.iter().map(|notice| (notice.line, notice.message.as_str())).collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts.iter().all(|(line, _)| *line == Some(4)), "{texts:?}");
    }

    #[test]
    fn what_circumstances_lowered_comes_after_everything_graver() {
        let workspace = Workspace::in_memory([("a.ts", TEXT)]);
        let finding = |rule: &str, severity| {
            FindingBuilder::new(&test_rule(rule), &workspace, FileId(0), Span::new(0, 3)).severity(severity).build()
        };
        let own = test_rule("rule-a").body.severity;
        assert!(own > Severity::Medium, "the rule is graver than what is lowered here");
        let reported = vec![finding("lowered", Severity::Low), finding("lowered-too", Severity::Low), finding("graver", own)];
        let mut triage = Triage { reported, ..Triage::default() };
        triage.rank(|finding| match &*finding.rule.id {
            "lowered" => 0.3,
            "lowered-too" => 0.4,
            _ => 0.01,
        });
        let order: Vec<_> = triage.reported.iter().map(|finding| &*finding.rule.id).collect();
        assert_eq!(order, ["graver", "lowered-too", "lowered"]);
    }

    #[test]
    fn what_has_not_earned_its_severity_is_medium_unless_a_person_chose_it() {
        let (mut triage, _) = run(&Settings::default(), None);
        triage.earn(&Settings::default(), |finding| (finding.rule.id == "rule-b").then(|| "0 of 9".into()));
        for finding in &triage.reported {
            let is_doubted = finding.rule.id == "rule-b";
            let (severity, note) = (finding.severity, finding.severity_note());
            assert_eq!(severity, if is_doubted { Severity::Medium } else { Severity::High });
            assert_eq!(note.as_deref(), is_doubted.then_some("rule: high; 0 of 9"));
            assert!(!finding.is_lowered() && finding.claimed == Severity::High, "no circumstance lowered it");
        }
        let settings: Settings = toml::from_str("rule.rule-b.severity = 'high'").expect("settings");
        let (mut triage, _) = run(&settings, None);
        triage.earn(&settings, |_| Some("0 of 9".into()));
        let severity_of = |id: &str| triage.reported.iter().find(|finding| finding.rule.id == id).map(|finding| finding.severity);
        assert_eq!((severity_of("rule-a"), severity_of("rule-b")), (Some(Severity::Medium), Some(Severity::High)));
    }

    #[test]
    fn equal_texts_have_different_fingerprints_that_do_not_change() {
        let prints = |triage: &Triage| triage.standing().map(|finding| finding.fingerprint.clone()).collect::<Vec<_>>();
        let (triage, _) = run(&Settings::default(), None);
        let first = prints(&triage);
        assert_eq!(first.iter().collect::<std::collections::BTreeSet<_>>().len(), first.len());
        let baseline = Baseline::new(triage.standing());
        let (known, notices) = run(&Settings::default(), Some(&baseline));
        assert!(known.reported.is_empty());
        assert_eq!(prints(&known), first);
        assert_eq!(notices.len(), 2);
    }

    /// Findings of one group at every `x()` of a text.
    fn group(text: &str, baseline: Option<&Baseline>) -> Triage {
        let workspace = Workspace::in_memory([("a.ts", text)]);
        let rule = test_rule("rule-b");
        let spans = text.match_indices("x(").map(|(at, text)| Span::new(at as u32, (at + text.len() + 2) as u32));
        let findings =
            spans.map(|span| FindingBuilder::new(&rule, &workspace, FileId(0), span).group("one value".into()).build()).collect();
        let set = RuleSet { rules: vec![rule], ..RuleSet::default() };
        let (settings, hears_comments, as_of) = (&Settings::default(), true, Date::LAST);
        triage(findings, &workspace, Terms { settings, rules: &set, baseline, min_confidence: None, hears_comments, as_of }).0
    }

    #[test]
    fn places_that_are_shown_as_one_are_set_aside_one_by_one() {
        let all = group("x(1);\nx(2);\nx(3);\n", None);
        assert_eq!(lines(&all.reported), [("rule-b", 1)]);
        let shown: Vec<_> = all.reported[0].related.iter().map(|step| step.place.start.line).collect();
        assert_eq!((shown, all.reported[0].all().count()), (vec![2, 3], 3));

        let commented = group("x(1); // forewarn: ignore[rule-b] a test\nx(2);\nx(3);\n", None);
        assert_eq!(lines(&commented.reported), [("rule-b", 2)]);
        assert_eq!(commented.suppressed.len(), 1);

        let accepted = Baseline::new(all.standing());
        assert_eq!(accepted.len(), 3);
        let later = group("x(1);\nx(2);\nx(3);\nx(4);\n", Some(&accepted));
        assert_eq!((lines(&later.reported), lines(&later.known)), (vec![("rule-b", 4)], vec![("rule-b", 1)]));
        assert_eq!((later.standing().count(), later.weighed().count()), (2, 1));
    }

    #[test]
    fn settings_change_severities_and_leave_out_paths() {
        let settings = |text| toml::from_str::<Settings>(text).expect("settings");
        let (triage, _) = run(&settings("rule.rule-b.severity = 'critical'"), None);
        assert_eq!((triage.reported[0].severity, &*triage.reported[0].rule.id), (Severity::Critical, "rule-b"));
        assert_eq!((triage.regraded["rule-b"], triage.regraded.len(), triage.excluded), (3, 1, 0));
        let (triage, _) = run(&settings("rule.rule-a.exclude = ['*.ts']"), None);
        assert_eq!(lines(&triage.reported), [("rule-b", 1), ("rule-b", 4)]);
        assert_eq!(triage.excluded, 4, "each that was found, before those of one place are one");
    }
}
