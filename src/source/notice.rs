use std::sync::Arc;

use rustc_hash::FxHashMap;

/// What a notice is about; its name is part of the reports' contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoticeKind {
    /// A file could not be read at all.
    Unreadable,
    /// A file does not parse, in whole or in part.
    ParseError,
    /// A size, depth, count or step limit was reached.
    LimitReached,
    /// Bytes were not valid in the expected encoding.
    Encoding,
    /// Something that the tree refers to is not there: a submodule, a lockfile, an import.
    Missing,
    /// No rules, readers or data exist for what was found.
    Unsupported,
    /// A suppression, a setting or a baseline entry is wrong or was never used.
    Configuration,
    /// A link was not followed.
    Link,
    /// A report, baseline or review that Forewarn wrote: no part of what is scanned.
    OwnReport,
}

impl NoticeKind {
    /// Its name in the reports: kebab-case, never changed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::ParseError => "parse-error",
            Self::LimitReached => "limit-reached",
            Self::Encoding => "encoding",
            Self::Missing => "missing",
            Self::Unsupported => "unsupported",
            Self::Configuration => "configuration",
            Self::Link => "link",
            Self::OwnReport => "own-report",
        }
    }
}

/// Notices of one sort about one file after which the rest is only counted.
const MOST: usize = 50;

/// Orders notices, and leaves of many that say the same of one file the first and how many more there were.
pub fn tidy(notices: &mut Vec<Notice>) {
    notices.sort();
    notices.dedup();
    let mut counts: FxHashMap<(Option<Arc<str>>, NoticeKind), usize> = FxHashMap::default();
    notices.retain(|notice| {
        let count = counts.entry((notice.path.clone(), notice.kind)).or_default();
        *count += 1;
        *count <= MOST || notice.path.is_none()
    });
    let mut more: Vec<_> = counts.into_iter().filter(|((path, _), count)| path.is_some() && *count > MOST).collect();
    more.sort();
    notices.extend(more.into_iter().map(|((path, kind), count)| Notice {
        path,
        line: None,
        kind,
        message: format!("and {} more of the kind", count - MOST),
    }));
    notices.sort();
}

/// A remark about the analysis, not about the wallet: what could not be seen, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Notice {
    /// The file, relative to the root, if it is about one.
    pub path: Option<Arc<str>>,
    /// The line, from 1, if it is about one.
    pub line: Option<u32>,
    /// What sort of remark.
    pub kind: NoticeKind,
    /// What happened, for a person, without the path.
    pub message: String,
}

impl Notice {
    /// A notice about a whole file.
    #[must_use]
    pub fn about(path: &Arc<str>, kind: NoticeKind, message: impl Into<String>) -> Self {
        Self { path: Some(Arc::clone(path)), line: None, kind, message: message.into() }
    }

    /// A notice about the run.
    #[must_use]
    pub fn general(kind: NoticeKind, message: impl Into<String>) -> Self {
        Self { path: None, line: None, kind, message: message.into() }
    }

    /// The same notice, at a line.
    #[must_use]
    pub fn at_line(self, line: u32) -> Self {
        Self { line: Some(line), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_notices_of_one_sort_are_counted() {
        let path: Arc<str> = "a.toml".into();
        let about = |line| Notice::about(&path, NoticeKind::ParseError, "wrong").at_line(line);
        let mut notices: Vec<_> = (1..=80).rev().map(about).collect();
        notices.push(Notice::about(&path, NoticeKind::Encoding, "odd"));
        tidy(&mut notices);
        assert_eq!(notices.len(), MOST + 2);
        assert!(notices.iter().any(|notice| notice.message == "and 30 more of the kind" && notice.line.is_none()));
        assert!(notices.is_sorted());
    }
}
