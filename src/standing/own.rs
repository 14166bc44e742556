//! What Forewarn itself wrote into a tree: reports of earlier runs, baselines and reviews. They are no part of the wallet, so they are
//! set aside before anything is read, and named.
//!
//! Nothing can hide by posing as one. Data must be whole and have the members of our own formats and no others, so that nothing that
//! another program takes for its settings is among them; a page must have the policy of our page, which lets no script run but ours,
//! and no element that ours has not.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What our reports in Markdown have in their second line.
pub const AUDIT_MARK: &str = "<!-- forewarn/audit -->";

/// The first line of our tables in CSV.
pub const CSV_HEADER: &str = "severity,rule,title,message,path,line,column,confidence,exposure,status,reason,package,version,fixed_version,advisories,fingerprint";

/// The style of our page.
pub const PAGE_STYLE: &str = include_str!("../report/templates/report.css");
/// The script of our page.
pub const PAGE_SCRIPT: &str = include_str!("../report/templates/report.js");

/// What our page may do: use its own style and its own script, and nothing else.
pub static PAGE_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let (style, script) = (hash(PAGE_STYLE), hash(PAGE_SCRIPT));
    format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'")
});

/// A format of data: the members that its root may have, and what one of them must begin with.
struct Format {
    members: &'static [&'static str],
    mark: (&'static str, &'static str),
}

#[rustfmt::skip]
const FORMATS: &[Format] = &[
    Format {
        members: &[
            "schema", "toolVersion", "asOf", "treeDigest", "subject", "outcome", "counts", "adjustments", "assessment", "findings",
            "suppressed", "known", "belowConfidence", "resolved", "rules", "project", "knowledge", "profile", "coverage", "notices",
        ],
        mark: ("/schema", "forewarn/v1"),
    },
    Format { members: &["schema", "findings"], mark: ("/schema", "forewarn-baseline/v1") },
    Format { members: &["$schema", "version", "runs"], mark: ("/runs/0/tool/driver/name", "Forewarn") },
    Format {
        members: &[
            "bomFormat", "specVersion", "serialNumber", "version", "metadata", "components", "dependencies", "vulnerabilities",
        ],
        mark: ("/metadata/tools/components/0/name", "forewarn"),
    },
    Format {
        members: &["@context", "@id", "author", "role", "timestamp", "version", "tooling", "statements"],
        mark: ("/tooling", "forewarn/"),
    },
];

/// The members of an issue in the format of GitLab.
const ISSUE: &[&str] = &["description", "check_name", "fingerprint", "severity", "location"];

/// The elements of our report for JUnit.
const JUNIT: &[&str] = &["testsuites", "testsuite", "properties", "property", "testcase", "error", "failure", "system-out"];

/// The elements of our page, besides those of its head.
#[rustfmt::skip]
const PAGE: &[&str] = &[
    "html", "head", "title", "style", "body", "header", "main", "footer", "nav", "section", "div", "p", "h1", "h2", "h3", "h4", "a",
    "b", "code", "pre", "mark", "span", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "figure",
    "figcaption", "svg", "rect", "text", "path", "form", "label", "input", "select", "option", "datalist", "output", "button",
    "details", "summary", "noscript", "x-lazy", "script",
];

/// What stands before a mark at most.
const HEAD: usize = 4_000;

/// Whether a file is what Forewarn wrote: a report, a baseline or a review.
pub(super) fn is_own(path: &str, text: &str) -> bool {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "json" | "sarif" => is_data(text),
        "toml" => is_review(text),
        "xml" => is_junit(text),
        "html" | "htm" => is_page(text),
        "md" => text.starts_with('#') && text.lines().nth(1) == Some(AUDIT_MARK),
        "csv" => text.lines().next() == Some(CSV_HEADER),
        _ => false,
    }
}

fn is_data(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(HEAD)];
    // Other data is not parsed a second time.
    let may_be = ["\"forewarn", "\"Forewarn\"", "\"check_name\""].iter().any(|mark| head.contains(mark));
    let Some(root) = may_be.then(|| serde_json::from_str::<Value>(text).ok()).flatten() else { return false };
    let has_only = |value: &Value, members: &[&str]| {
        value.as_object().is_some_and(|object| object.keys().all(|key| members.contains(&key.as_str())))
    };
    if let Some(items) = root.as_array() {
        let is_issue = |item: &Value| has_only(item, ISSUE) && ISSUE.iter().all(|member| item.get(member).is_some());
        return !items.is_empty() && items.iter().all(is_issue);
    }
    let is_marked = |(place, start)| root.pointer(place).and_then(Value::as_str).is_some_and(|text| text.starts_with(start));
    let has_one_run = root.pointer("/runs/1").is_none();
    FORMATS.iter().any(|format| is_marked(format.mark) && has_only(&root, format.members)) && has_one_run
}

fn is_review(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(HEAD)];
    let root = head.contains("forewarn-review/v1").then(|| toml::from_str::<toml::Table>(text).ok()).flatten();
    root.is_some_and(|root| {
        let is_marked = root.get("schema").and_then(toml::Value::as_str) == Some("forewarn-review/v1");
        is_marked && root.keys().all(|key| ["schema", "finding"].contains(&key.as_str()))
    })
}

fn is_junit(text: &str) -> bool {
    let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let rest = text.strip_prefix(start).filter(|rest| rest.starts_with("<testsuites name=\"forewarn\" "));
    rest.is_some_and(|rest| rest.trim_end().ends_with("</testsuites>") && elements(rest).all(|name| JUNIT.contains(&name)))
}

/// A page is ours only if its policy comes before everything else: to pose as ours, a page of the wallet would have to give up its
/// scripts, and whatever loads or leads to another page.
fn is_page(text: &str) -> bool {
    let policy = PAGE_POLICY.replace('\'', "&#39;");
    let start = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"";
    let rest = text.strip_prefix(start).and_then(|rest| rest.strip_prefix(policy.as_str()));
    let Some(rest) = rest.and_then(|rest| rest.strip_prefix("\">\n")) else { return false };
    let Some((head, body)) = rest.split_once("<title>") else { return false };
    let is_named = |line: &str| line.starts_with("<meta name=\"") && line.ends_with("\">") && line.matches('<').count() == 1;
    head.lines().all(is_named) && elements(body).all(|name| PAGE.contains(&name))
}

/// The names of the elements of a text in which every other `<` is escaped; something that is none for a declaration or comment.
fn elements(text: &str) -> impl Iterator<Item = &str> {
    text.split('<').skip(1).filter_map(|part| {
        let rest = part.strip_prefix('/').unwrap_or(part);
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '-').unwrap_or(rest.len());
        match rest.as_bytes().first() {
            Some(b'!' | b'?') => Some("!"),
            Some(first) if first.is_ascii_alphabetic() => Some(&rest[..end]),
            // Neither begins an element: an operator of the script.
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(head: &str, body: &str) -> String {
        let policy = PAGE_POLICY.replace('\'', "&#39;");
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<meta name=\"generator\" content=\"Forewarn 1\">\n\
             {head}<title>x</title>\n</head>\n<body>{body}</body>\n</html>\n"
        )
    }

    #[test]
    fn a_page_that_could_do_something_is_not_ours() {
        assert!(is_own("a.html", &page("", "<p>1 &lt; 2</p><script>if (1<2) x</script>")));
        let refresh = "<meta http-equiv=\"refresh\" content=\"0;url=https://evil.example\">\n";
        assert!(!is_own("a.html", &page(refresh, "")), "it leads to another page");
        for body in
            ["<webview src=\"x\"></webview>", "<meta http-equiv=\"refresh\">", "<!-- x -->", "<base href=\"x\">", "<IFRAME>"]
        {
            assert!(!is_own("a.html", &page("", body)), "{body}");
        }
        assert!(!is_own("a.html", &page("", "").replace("sha256-", "sha256-A")), "it has a script of its own");
        assert!(!is_own("a.html", &format!("<script>x</script>{}", page("", ""))));
        assert!(!is_own("a.js", &page("", "")));
    }

    #[test]
    fn data_with_a_member_that_is_not_ours_is_not_ours() {
        for (path, text, expected) in [
            ("a.json", r#"{"schema": "forewarn/v1", "findings": []}"#, true),
            ("manifest.json", r#"{"schema": "forewarn/v1", "findings": [], "manifest_version": 3}"#, false),
            ("package.json", r#"{"schema": "forewarn/v1", "dependencies": {"a": "1"}}"#, false),
            ("a.json", r#"{"schema": "forewarn/v1", "findings": []"#, false),
            ("a.js", r#"{"schema": "forewarn/v1", "findings": []}"#, false),
            ("a.sarif", r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Forewarn"}}}]}"#, true),
            ("a.sarif", r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Forewarn"}}}, {}]}"#, false),
            ("a.sarif", r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Other"}}}]}"#, false),
            ("a.cdx.json", r#"{"bomFormat": "CycloneDX", "metadata": {"tools": {"components": [{"name": "forewarn"}]}}}"#, true),
            ("a.openvex.json", r#"{"@context": "x", "tooling": "forewarn/0.1.0", "statements": []}"#, true),
            ("a.json", r#"[{"description": "", "check_name": "", "fingerprint": "", "severity": "", "location": {}}]"#, true),
            ("a.json", r#"[{"check_name": "x"}]"#, false),
            ("a.json", r#"{"forewarn": "^1", "check_name": 1}"#, false),
            ("review.toml", "# words\nschema = 'forewarn-review/v1'\n[[finding]]\nrule = 'a'\n", true),
            ("Cargo.toml", "schema = 'forewarn-review/v1'\n[dependencies]\na = '1'\n", false),
            ("a.md", "# A: wallet security audit\n<!-- forewarn/audit -->\n", true),
            ("a.md", "# A\n\n<!-- forewarn/audit -->\n", false),
        ] {
            assert_eq!(is_own(path, text), expected, "{path}: {text}");
        }
        let junit = |body: &str| {
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"forewarn\" tests=\"1\">{body}</testsuites>\n")
        };
        assert!(is_own("a.xml", &junit("<testsuite name=\"a\"><properties/></testsuite>")));
        assert!(!is_own("a.xml", &junit("<application android:debuggable=\"true\"/>")));
        assert!(!is_own("a.xml", &junit("<!DOCTYPE x>")));
    }
}
