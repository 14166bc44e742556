//! What stands behind the name of a dependency: `^1.2.0`, `npm:other@1`, `git+https://…#main`, `workspace:*`, `user/repo`.

use super::super::{PackageSource, Purpose, Requirement};
use crate::source::Span;

/// Prefixes of folders and archives beside the manifest.
const LOCAL: &[&str] = &["workspace:", "file:", "link:", "portal:", "./", "../", "/", "~/"];

/// Prefixes of short names of git hosts, and what they stand for.
const HOSTS: &[(&str, &str)] = &[
    ("github:", "https://github.com/"),
    ("gitlab:", "https://gitlab.com/"),
    ("bitbucket:", "https://bitbucket.org/"),
    ("gist:", "https://gist.github.com/"),
];

/// A dependency as it is written under the name `key`.
pub(super) fn requirement(key: &str, spec: &str, purpose: Purpose, span: Span) -> Requirement {
    let (name, range) = real_name(key, spec.trim());
    let source = source(range);
    let alias = (name != key).then(|| key.to_owned());
    let range = if source == PackageSource::Registry { range } else { "" };
    Requirement { alias, source, purpose, ..Requirement::new(name, range, span) }
}

/// Undoes `npm:name@range` (an alias, or berry's way to write a range) and berry's `patch:name@npm:range#patch`.
fn real_name<'a>(key: &'a str, spec: &'a str) -> (&'a str, &'a str) {
    if let Some(patched) = spec.strip_prefix("patch:") {
        let inner = patched.split('#').next().unwrap_or(patched);
        let (name, range) = split_at_sign(inner);
        return real_name(name, range);
    }
    let Some(rest) = spec.strip_prefix("npm:") else { return (key, spec) };
    let is_name =
        rest.starts_with('@') || rest.starts_with(|first: char| first.is_ascii_alphabetic() && first != 'x' && first != 'v');
    match split_at_sign(rest) {
        (name, range) if rest.chars().skip(1).any(|char| char == '@') => (name, range),
        (name, _) if is_name && !is_tag(name) => (name, "*"),
        _ => (key, rest),
    }
}

/// A distribution tag after `npm:`, which could be a name too.
fn is_tag(text: &str) -> bool {
    ["latest", "next", "beta", "canary", "alpha", "rc"].contains(&text)
}

/// Splits `@scope/name@rest` at the `@` behind the name.
pub(super) fn split_at_sign(text: &str) -> (&str, &str) {
    let from = usize::from(text.starts_with('@'));
    text[from..].find('@').map_or((text, ""), |at| (&text[..from + at], &text[from + at + 1..]))
}

/// Where a range or address leads.
pub(super) fn source(spec: &str) -> PackageSource {
    if LOCAL.iter().any(|prefix| spec.starts_with(prefix)) {
        return PackageSource::Path(spec.split_once(':').map_or(spec, |(_, path)| path).to_owned());
    }
    if let Some((prefix, host)) = HOSTS.iter().find(|(prefix, _)| spec.starts_with(prefix)) {
        return git(&format!("{host}{}", &spec[prefix.len()..]));
    }
    let is_git = ["git+", "git://", "git@", "ssh://"].iter().any(|prefix| spec.starts_with(prefix));
    if is_git {
        return git(spec.strip_prefix("git+").unwrap_or(spec));
    }
    if spec.starts_with("https://") || spec.starts_with("http://") {
        return address(spec);
    }
    if is_short_repository(spec) { git(&format!("https://github.com/{spec}")) } else { PackageSource::Registry }
}

/// An address: a git repository, an archive that a git host makes of a commit, or an archive.
fn address(spec: &str) -> PackageSource {
    let path = spec.split('#').next().unwrap_or(spec);
    if let Some((repository, reference)) = host_archive(path) {
        return PackageSource::Git { url: repository, reference: Some(reference) };
    }
    let segments = path.split('/').skip(3).filter(|segment| !segment.is_empty()).count();
    let is_host = HOSTS.iter().any(|(_, host)| path.starts_with(host));
    let is_git = path.ends_with(".git") || (is_host && segments == 2);
    if is_git { git(spec) } else { PackageSource::Url(spec.to_owned()) }
}

/// `https://codeload.github.com/owner/name/tar.gz/COMMIT` and its like: the repository and what is checked out.
fn host_archive(path: &str) -> Option<(String, String)> {
    let rest = path.strip_prefix("https://codeload.github.com/")?;
    let (repository, reference) = rest.split_once("/tar.gz/").or_else(|| rest.split_once("/zip/"))?;
    Some((format!("https://github.com/{repository}"), reference.to_owned()))
}

fn git(url: &str) -> PackageSource {
    let (url, reference) = url.split_once('#').map_or((url, None), |(url, reference)| (url, Some(reference)));
    let reference = reference.filter(|reference| !reference.is_empty()).map(berry_commit).map(ToOwned::to_owned);
    PackageSource::Git { url: url.to_owned(), reference }
}

/// Berry writes `commit=HASH`, with further fields behind `&`.
fn berry_commit(reference: &str) -> &str {
    let fields = reference.split('&').find_map(|field| field.strip_prefix("commit="));
    fields.unwrap_or(reference)
}

/// `owner/name`, with or without a reference: a repository of the commonest host.
fn is_short_repository(spec: &str) -> bool {
    let path = spec.split('#').next().unwrap_or(spec);
    let allowed = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    let mut segments = path.split('/');
    let is_segment = |segment: Option<&str>| segment.is_some_and(|text| !text.is_empty() && text.chars().all(allowed));
    is_segment(segments.next()) && is_segment(segments.next()) && segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(url: &str, reference: Option<&str>) -> PackageSource {
        PackageSource::Git { url: url.into(), reference: reference.map(Into::into) }
    }

    #[test]
    fn a_specifier_says_name_range_and_source() {
        let registry = PackageSource::Registry;
        let cases = [
            ("^1.2.0", "key", "^1.2.0", registry.clone()),
            ("npm:@a/b@~2", "@a/b", "~2", registry.clone()),
            ("npm:other@1", "other", "1", registry.clone()),
            ("npm:other", "other", "*", registry.clone()),
            ("npm:^3.0.0", "key", "^3.0.0", registry.clone()),
            ("npm:latest", "key", "latest", registry.clone()),
            ("npm:é1.2.3", "key", "é1.2.3", registry.clone()),
            ("npm:", "key", "", registry.clone()),
            ("patch:key@npm%3A4#~/x.patch", "key", "npm%3A4", registry.clone()),
            ("patch:key@npm:4.1.0#~/x.patch", "key", "4.1.0", registry),
            ("workspace:*", "key", "", PackageSource::Path("*".into())),
            ("file:../x", "key", "", PackageSource::Path("../x".into())),
            ("owner/name#dev", "key", "", git("https://github.com/owner/name", Some("dev"))),
            ("github:owner/name", "key", "", git("https://github.com/owner/name", None)),
            ("git+https://h.example/x.git#v1", "key", "", git("https://h.example/x.git", Some("v1"))),
            ("https://github.com/owner/name", "key", "", git("https://github.com/owner/name", None)),
            ("https://codeload.github.com/o/n/tar.gz/abc", "key", "", git("https://github.com/o/n", Some("abc"))),
            ("https://h.example/x.tgz", "key", "", PackageSource::Url("https://h.example/x.tgz".into())),
        ];
        for (spec, name, range, source) in cases {
            let found = requirement("key", spec, Purpose::Production, Span::default());
            assert_eq!((&*found.name, &*found.range, found.source), (name, range, source), "{spec}");
        }
    }
}
