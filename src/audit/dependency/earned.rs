//! How grave an advisory is for this tree: by what the flaw does, by whether the package ships, and by whether the flawed part is used.

use super::Node;
use super::usage::Use;
use crate::advisory::{Advisory, AdvisoryKind, Impact};
use crate::rule::Severity;

/// An advisory as it counts here.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub(super) advisory: Advisory,
    pub(super) severity: Severity,
    /// Why it is less than its source says.
    pub(super) reason: Option<String>,
}

/// A bound with its reason.
type Ceiling = (Severity, String);

/// Judges an advisory. Its source's rating holds as far as nothing bounds it:
///
/// | what is known | at most |
/// |---|---|
/// | it can only hang or crash, or change prototypes, or nobody says what it does | low; info if a transitive dependency |
/// | other flaws that touch neither keys, signatures, memory nor code | low, unless the flawed part is called; info if brought |
/// | the flawed part is known and not called | low; info if it is not grave |
/// | a transitive dependency, or nothing of the product imports it | low |
/// | it touches keys or code, and the flawed part is called | as rated |
/// | the flawed part is called | high |
/// | everything else: the package is used, nobody knows how | medium |
/// | no longer maintained, or not to be trusted with keys | medium; low if a transitive dependency; info if the part is not used |
///
/// Readers rated 29 findings on packages that a wallet ships: 18 as worth knowing, seven as hygiene, none above. What they missed each
/// time was the use of the flawed part.
pub(super) fn judged(advisory: Advisory, usage: &Use, node: Node) -> Judged {
    let ceilings = if advisory.kind == AdvisoryKind::Malicious { Vec::new() } else { ceilings(&advisory, usage, node) };
    // The first of equal ceilings tells most.
    let lowest = ceilings.into_iter().rev().min_by_key(|(severity, _)| *severity);
    match lowest {
        Some((severity, reason)) if severity < advisory.severity => {
            Judged { severity, reason: Some(reason).filter(|reason| !reason.is_empty()), advisory }
        }
        _ => Judged { severity: advisory.severity, reason: None, advisory },
    }
}

fn ceilings(advisory: &Advisory, usage: &Use, node: Node) -> Vec<Ceiling> {
    let mut ceilings = match advisory.kind {
        AdvisoryKind::Unmaintained | AdvisoryKind::Risky | AdvisoryKind::Notice => vec![advice(usage, node)],
        _ => {
            let mut ceilings = vec![by_impact(advisory, usage, node)];
            ceilings.extend(by_use(advisory, usage, node));
            ceilings
        }
    };
    if let Use::Called(part) = usage {
        ceilings.extend(part.at_most.map(|most| (most, part.because.clone().unwrap_or_default())));
    }
    ceilings
}

/// What is not to be trusted loses nothing today.
fn advice(usage: &Use, node: Node) -> Ceiling {
    match usage {
        Use::NotCalled(part) => (Severity::Info, format!("{} is not used in the analysed code", part.what)),
        _ if !node.is_direct => (Severity::Low, "a transitive dependency".to_owned()),
        _ => (Severity::Medium, String::new()),
    }
}

fn by_impact(advisory: &Advisory, usage: &Use, node: Node) -> Ceiling {
    let minor = if node.is_direct { Severity::Low } else { Severity::Info };
    let is_called = matches!(usage, Use::Called(_));
    match advisory.impact() {
        Impact::Availability => (minor, "it can only hang or crash".to_owned()),
        Impact::Pollution => (minor, "a changed prototype harms only where other code builds on it".to_owned()),
        Impact::Other => (minor, "its source does not say what is lost".to_owned()),
        Impact::Memory if advisory.ecosystem == "crates.io" && !is_called => {
            (minor, "the memory is at risk only in unusual calls".to_owned())
        }
        Impact::Code | Impact::Key if is_called && advisory.kind == AdvisoryKind::Vulnerability => {
            (Severity::Critical, String::new())
        }
        _ if is_called => (Severity::High, String::new()),
        impact if impact.is_grave() => (Severity::Medium, "whether its flawed part is used is not known".to_owned()),
        _ => (minor, "it touches neither keys nor code".to_owned()),
    }
}

fn by_use(advisory: &Advisory, usage: &Use, node: Node) -> Option<Ceiling> {
    let minor = if advisory.impact().is_grave() { Severity::Low } else { Severity::Info };
    match usage {
        Use::NotCalled(part) => Some((minor, format!("{} is not called in the analysed code", part.what))),
        Use::Called(_) => None,
        _ if !node.is_direct => Some((Severity::Low, "only another package calls it".to_owned())),
        Use::NotSeen => Some((Severity::Low, "not imported in the analysed code".to_owned())),
        Use::Imported | Use::Unknown => None,
    }
}
