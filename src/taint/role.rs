//! What ways of writing amount to, as kinds of the vocabulary.

use crate::rule::Knowledge;
use crate::rule::kind::{KindId, KindRole, KindSet};

/// Places where an object is kept, or sent, with all that it holds.
const KEEPING: &[&str] = &["storage-plain", "file", "telemetry"];

/// Cleaners that ways of writing amount to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roles {
    /// A name that says it is public.
    pub(super) public_name: Option<KindId>,
    /// A member that only describes the whole.
    pub(super) description: Option<KindId>,
    /// A test that says that there is no value.
    pub(super) failure: Option<KindId>,
    /// A place in a text behind a beginning that decides where it leads.
    pub(super) continuation: Option<KindId>,
    /// A part that does not give away the whole.
    pub(super) redaction: Option<KindId>,
    /// What makes a secret unreadable without a key.
    pub(super) encryption: Option<KindId>,
    /// A place where values become text.
    pub(super) log: Option<KindId>,
    /// Places that keep an object with all that it holds.
    pub(super) keeping: KindSet,
}

impl Roles {
    /// Looks the kinds up.
    pub(super) fn new(knowledge: &Knowledge) -> Self {
        let find = |name| knowledge.kinds.find_role(name, KindRole::Cleaner).ok();
        Self {
            public_name: find("public-name"),
            description: find("description"),
            failure: find("failure"),
            continuation: find("continuation"),
            redaction: find("redaction"),
            encryption: find("encryption"),
            log: knowledge.kinds.find_role("log", KindRole::Place).ok(),
            keeping: KEEPING.iter().fold(KindSet::EMPTY, |set, name| {
                let kind = knowledge.kinds.find_role(name, KindRole::Place).ok();
                kind.map_or(set, |kind| set | knowledge.kinds.closure(kind))
            }),
        }
    }
}
