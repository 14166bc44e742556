use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::excerpt::Excerpt;
use super::redact::{MARK, fit_to_show, merged, ranges, shown_path};
use super::{AdvisedPackage, Exposure, Finding, Place, Seal, Step};
use crate::rule::{Confidence, Rule, Severity};
use crate::source::{Aside, AsideKind, FileId, Role, SourceFile, Span};
use crate::standing;
use crate::target::Workspace;

/// Why a matcher's own limit holds.
pub const LESSER_FORM: &str = "a weaker form of the defect";

/// The only way to make a [`Finding`]: it sees to places, excerpts, fingerprints, and that no secret is repeated.
#[derive(Debug)]
pub struct FindingBuilder<'a> {
    rule: &'a Arc<Rule>,
    workspace: &'a Workspace,
    file: &'a SourceFile,
    span: Span,
    whole: Option<Span>,
    message: Option<String>,
    severity: Severity,
    confidence: Confidence,
    exposure: Exposure,
    severity_reason: Option<String>,
    ceilings: Vec<(Severity, String)>,
    counts_in: Option<Role>,
    flow: Vec<(FileId, Span, String)>,
    related: Vec<(FileId, Span, String)>,
    subject: Option<String>,
    package: Option<Box<AdvisedPackage>>,
    secrets: Vec<Span>,
    excuse: Option<String>,
    is_by_name: bool,
    form: Option<String>,
    group: Option<String>,
}

impl<'a> FindingBuilder<'a> {
    /// A finding of `rule` at `span`; an empty span at 0 stands for the whole file.
    #[must_use]
    pub fn new(rule: &'a Arc<Rule>, workspace: &'a Workspace, file: FileId, span: Span) -> Self {
        let file = workspace.file(file);
        Self {
            rule,
            workspace,
            file,
            span: fitted(file, span),
            whole: None,
            message: None,
            severity: rule.body.severity,
            confidence: rule.body.confidence,
            exposure: exposure(file.role),
            severity_reason: None,
            ceilings: Vec::new(),
            counts_in: None,
            flow: Vec::new(),
            related: Vec::new(),
            subject: None,
            package: None,
            secrets: Vec::new(),
            excuse: None,
            is_by_name: false,
            form: None,
            group: None,
        }
    }

    /// The file that it is in.
    #[must_use]
    pub const fn file(&self) -> &'a SourceFile {
        self.file
    }

    /// Where it is.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// What was found here, in one sentence; the rule's title if it is not called.
    #[must_use]
    pub fn message(self, message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..self }
    }

    /// The whole of which the place is a part.
    #[must_use]
    pub fn whole(self, span: Span) -> Self {
        Self { whole: Some(fitted(self.file, span)), ..self }
    }

    /// Another severity than the rule's.
    #[must_use]
    pub fn severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// Another severity than the rule's, for a reason: a clause that goes on `low, since …` or stands alone.
    #[must_use]
    pub fn severity_because(self, severity: Severity, reason: impl Into<String>) -> Self {
        Self { severity, severity_reason: Some(reason.into()), ..self }
    }

    /// It can be no graver than this, if there is such a limit, for a reason; a grade of its rule does not raise it above.
    #[must_use]
    pub fn at_most(mut self, limit: impl Into<Option<Severity>>, reason: impl Into<String>) -> Self {
        self.ceilings.extend(limit.into().map(|limit| (limit, reason.into())));
        self
    }

    /// In a file of this role it counts as in the product.
    #[must_use]
    pub fn counting_in(self, role: Role) -> Self {
        Self { counts_in: Some(role), ..self }
    }

    /// A further clause of the message.
    #[must_use]
    pub fn adding(self, clause: &str) -> Self {
        let message = self.message.map(|message| format!("{message}; {clause}"));
        Self { message, ..self }
    }

    /// It lies in a part of the file that is not the product.
    #[must_use]
    pub fn aside(mut self, aside: &Aside) -> Self {
        self.ceilings.push((standing::ceiling_of_aside(aside.kind), aside.reason.clone()));
        Self { exposure: self.exposure.max(exposure_of_aside(aside.kind)), ..self }
    }

    /// Another confidence than the rule's.
    #[must_use]
    pub fn confidence(self, confidence: Confidence) -> Self {
        Self { confidence, ..self }
    }

    /// A confidence one step lower than before, where there is one.
    #[must_use]
    pub fn confidence_below(self) -> Self {
        let confidence = match self.confidence {
            Confidence::High => Confidence::Medium,
            Confidence::Medium | Confidence::Low => Confidence::Low,
        };
        Self { confidence, ..self }
    }

    /// Another exposure than the file's role gives: a package that only development needs.
    #[must_use]
    pub fn exposure(self, exposure: Exposure) -> Self {
        Self { exposure, ..self }
    }

    /// It rests on what something is called.
    #[must_use]
    pub fn by_name(self, is_by_name: bool) -> Self {
        Self { is_by_name, ..self }
    }

    /// The form of its rule's defect that it is for certain.
    #[must_use]
    pub fn form(self, form: Option<String>) -> Self {
        Self { form, ..self }
    }

    /// What it has in common with others, so that what remains of them is shown as one.
    #[must_use]
    pub fn group(self, group: String) -> Self {
        Self { group: Some(group), ..self }
    }

    /// The way of the value, step by step from where it arises.
    #[must_use]
    pub fn flow(self, flow: Vec<(FileId, Span, String)>) -> Self {
        Self { flow, ..self }
    }

    /// Other places that belong to it, beside those that are known already.
    #[must_use]
    pub fn related(mut self, related: Vec<(FileId, Span, String)>) -> Self {
        self.related.extend(related);
        self
    }

    /// What it is about, if not a place: a package with its version.
    #[must_use]
    pub fn subject(self, subject: String) -> Self {
        Self { subject: Some(subject), ..self }
    }

    /// The package that it is about, with what is known of it.
    #[must_use]
    pub fn package(self, package: AdvisedPackage) -> Self {
        Self { package: Some(Box::new(package.shown())), ..self }
    }

    /// Set aside from the start, for a reason: the makers of the tree have answered it.
    #[must_use]
    pub fn excused(self, reason: String) -> Self {
        Self { excuse: Some(reason), ..self }
    }

    /// Bytes of the file that must not be shown; may be called more than once.
    #[must_use]
    pub fn secret(mut self, span: Span) -> Self {
        self.secrets.push(fitted(self.file, span));
        self
    }

    /// A secret passes here: counts most if the file ships, else as its role does.
    #[must_use]
    pub fn on_secret_path(self) -> Self {
        let exposure = if self.exposure == Exposure::Shipped { Exposure::OnSecretPath } else { self.exposure };
        Self { exposure, ..self }
    }

    /// The finding.
    #[must_use]
    pub fn build(self) -> Finding {
        let place = place(self.file, self.span);
        let ceiling = self.ceiling();
        let (severity, severity_reason) = self.settled_severity(ceiling.clone());
        let excerpt = Excerpt::new(&self.file.text, &place, &self.secrets);
        let seal = self.seal();
        Finding {
            message: self.safe(self.message.as_deref().unwrap_or(&self.rule.body.title)),
            flow: self.steps(&self.flow),
            related: self.steps(&self.related),
            told: Vec::new(),
            subject: self.subject.as_deref().map(|subject| self.safe(subject)),
            package: self.package.clone(),
            fingerprint: fingerprint(&[&self.rule.id, &self.file.path, self.subject.as_deref().unwrap_or_default(), &seal.words]),
            seal,
            rule: Arc::clone(self.rule),
            severity,
            ceiling: ceiling.map_or(Severity::Critical, |(ceiling, _)| ceiling),
            claimed: severity,
            severity_reason: severity_reason.map(|reason| self.safe(&reason)),
            confidence: self.confidence,
            damage: 0.0,
            is_by_name: self.is_by_name,
            role: self.file.role,
            exposure: self.exposure,
            whole: self.whole.unwrap_or(place.span),
            place,
            excerpt,
            line_hash: None,
            excuse: self.excuse.as_deref().map(|reason| self.safe(reason)),
            form: self.form,
            group: self.group,
            merged: Vec::new(),
            secrets: self.secrets,
        }
    }

    /// What no user gets does no user harm: worth a look, not an alarm. The gravest that a finding can be here, and why.
    fn ceiling(&self) -> Option<(Severity, String)> {
        let role = self.file.role;
        let counts = self.rule.body.counts_in.contains(&role) || self.counts_in == Some(role);
        let of_role = standing::ceiling_of_role(role).filter(|_| !counts);
        let of_role = of_role.map(|ceiling| (ceiling, self.file.role_reason.as_ref()));
        let of_exposure = match self.exposure {
            Exposure::Test if of_role.is_none() => Some((Severity::Low, "in a test")),
            _ => None,
        };
        // Critical is what follows from facts alone.
        let of_confidence = (self.confidence < Confidence::High).then_some((Severity::High, "a link of it is inferred"));
        let given = self.ceilings.iter().map(|(ceiling, reason)| (*ceiling, reason.as_str()));
        let lowest = of_role.into_iter().chain(given).chain(of_exposure).chain(of_confidence).min_by_key(|(ceiling, _)| *ceiling);
        lowest.map(|(ceiling, reason)| (ceiling, reason.to_owned()))
    }

    /// The severity, with the reason whenever it is not the rule's.
    fn settled_severity(&self, ceiling: Option<(Severity, String)>) -> (Severity, Option<String>) {
        let reason = || self.severity_reason.clone().or_else(|| Some("because of what was found here".into()));
        match ceiling.filter(|(ceiling, _)| *ceiling < self.severity) {
            Some((ceiling, reason)) => (ceiling, Some(reason).filter(|_| ceiling != self.rule.body.severity)),
            None if self.severity == self.rule.body.severity => (self.severity, None),
            None => (self.severity, reason()),
        }
    }

    fn steps(&self, steps: &[(FileId, Span, String)]) -> Vec<Step> {
        let step = |(file, span, message): &(FileId, Span, String)| {
            let file = self.workspace.file(*file);
            Step { place: place(file, fitted(file, *span)), message: self.safe(message) }
        };
        steps.iter().map(step).collect()
    }

    /// Text for people: neither a secret's value nor anything that steers a terminal.
    fn safe(&self, text: &str) -> String {
        let values = self.secrets.iter().map(|&span| self.file.snippet(span)).filter(|value| !value.trim().is_empty());
        let hidden = values.fold(text.to_owned(), |text, value| text.replace(value, MARK));
        fit_to_show(&hidden)
    }

    /// What stays the same when lines move. The text of a secret is no part of it: nobody shall find a password by trying digests.
    fn seal(&self) -> Seal {
        let mut text = String::new();
        let mut from = self.span.start as usize;
        let end = self.span.end as usize;
        for secret in merged(ranges(&self.secrets)) {
            text.push_str(self.file.text.get(from..secret.start.clamp(from, end)).unwrap_or(""));
            from = secret.end.clamp(from, end);
        }
        text.push_str(self.file.text.get(from..end).unwrap_or(""));
        let words: Vec<_> = text.split_whitespace().collect();
        let subject = self.subject.as_deref().map(|subject| self.safe(subject)).unwrap_or_default();
        Seal { subject, words: words.join(" "), ordinal: 0 }
    }
}

/// `forewarn/v1:` and the SHA-256 digest of parts, each ended by a zero byte.
pub(super) fn fingerprint(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let digest = crate::source::Digest(hasher.finalize().into());
    format!("forewarn/v1:{digest}")
}

/// How far findings in a file of some role are from a user.
const fn exposure(role: Role) -> Exposure {
    match role {
        Role::Product => Exposure::Shipped,
        Role::Generated => Exposure::Unknown,
        Role::Build => Exposure::Build,
        Role::Vendored => Exposure::Vendored,
        Role::Test | Role::Example | Role::Tool => Exposure::Test,
        Role::Docs | Role::Idle => Exposure::Docs,
    }
}

/// How far findings in a part of a file are from a user.
const fn exposure_of_aside(kind: AsideKind) -> Exposure {
    match kind {
        AsideKind::Switch => Exposure::Unknown,
        AsideKind::Comment | AsideKind::Documentation => Exposure::Docs,
        AsideKind::Unbuilt | AsideKind::Test | AsideKind::Debug | AsideKind::Environment | AsideKind::Sample => Exposure::Test,
    }
}

/// The span within the file's text, on borders of characters.
fn fitted(file: &SourceFile, span: Span) -> Span {
    let start = file.text.floor_char_boundary(span.start as usize);
    let end = file.text.ceil_char_boundary((span.end as usize).min(file.text.len()));
    Span::new(start as u32, end.max(start) as u32)
}

fn place(file: &SourceFile, span: Span) -> Place {
    let (start, end) = (file.position(span.start), file.position(span.end));
    Place { path: shown_path(&file.path), file: file.id, span, start, end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_rule;
    use crate::source::Position;

    fn build(text: &str, marked: &str, with: impl FnOnce(FindingBuilder<'_>) -> FindingBuilder<'_>) -> Finding {
        let rule = test_rule("a-rule");
        let workspace = Workspace::in_memory([("src/a.ts", text)]);
        let start = text.find(marked).expect("the mark is in the text");
        let span = Span::new(start as u32, (start + marked.len()) as u32);
        with(FindingBuilder::new(&rule, &workspace, FileId(0), span)).build()
    }

    #[test]
    fn places_count_characters() {
        let finding = build("a\n  ü = bad(1)\n", "bad(1)", |builder| builder);
        assert_eq!(finding.place.start, Position { line: 2, column: 7 });
        assert_eq!(finding.place.end, Position { line: 2, column: 13 });
        assert_eq!(finding.message, finding.rule.body.title);
    }

    #[test]
    fn a_fingerprint_outlives_moves_and_hides_secrets() {
        let print = |text, marked| build(text, marked, |builder| builder).fingerprint;
        assert_eq!(print("bad( 1,\n 2)", "bad( 1,\n 2)"), print("\n\n  bad( 1, 2)", "bad( 1, 2)"));
        assert_ne!(print("bad(1)", "bad(1)"), print("bad(2)", "bad(2)"));
        let secret = |text: &str| build(text, text, |builder| builder.secret(Span::new(2, 5))).fingerprint;
        assert_eq!(secret("p=abc"), secret("p=xyz"));
    }

    #[test]
    fn a_secret_shows_neither_in_the_excerpt_nor_in_messages() {
        let finding = build("pin = 'hunter2'", "'hunter2'", |builder| {
            let step = (FileId(0), Span::new(0, 3), "hunter2 arises".to_owned());
            builder.secret(Span::new(7, 14)).message("pin is hunter2\u{1b}[1m").flow(vec![step]).subject("hunter2".into())
        });
        assert_eq!(finding.message, "pin is [redacted]␛[1m");
        assert_eq!(finding.excerpt.lines, ["pin = '[redacted]'"]);
        assert!(!format!("{finding:?}").contains("hunter2"));
    }

    #[test]
    fn spans_outside_of_the_text_do_no_harm() {
        let rule = test_rule("a-rule");
        let workspace = Workspace::in_memory([("a.ts", "ü")]);
        let finding = FindingBuilder::new(&rule, &workspace, FileId(0), Span::new(1, 900)).build();
        assert_eq!(finding.place.span, Span::new(0, 2));
    }
}
