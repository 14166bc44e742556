//! Package URLs: `pkg:npm/%40scope/name@1.0.0`.

use super::version;

/// Types of package URLs by ecosystem.
const TYPES: &[(&str, &str)] = &[
    ("npm", "npm"),
    ("crates.io", "cargo"),
    ("PyPI", "pypi"),
    ("Go", "golang"),
    ("Maven", "maven"),
    ("NuGet", "nuget"),
    ("Pub", "pub"),
    ("CocoaPods", "cocoapods"),
    ("SwiftURL", "swift"),
    ("RubyGems", "gem"),
    ("Packagist", "composer"),
];

/// A package URL, as far as it names a package: qualifiers and paths inside of it are left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purl {
    ecosystem: &'static str,
    /// In its normal form.
    name: String,
    version: Option<String>,
}

impl Purl {
    /// Reads a package URL; None if it is none, or of a type that no reader knows.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let path = text.strip_prefix("pkg:")?.trim_start_matches('/').split(['?', '#']).next()?;
        let (sort, rest) = path.split_once('/')?;
        let (ecosystem, _) = TYPES.iter().find(|(_, known)| known.eq_ignore_ascii_case(sort))?;
        let at = rest.rfind('@').filter(|at| *at > 0 && !rest[*at..].contains('/'));
        let (name, version) = at.map_or((rest, None), |at| (&rest[..at], Some(decoded(&rest[at + 1..]))));
        let name = decoded(name.trim_matches('/'));
        let name = if *ecosystem == "Maven" { name.replacen('/', ":", 1) } else { name };
        let version = version.map(|version| if *ecosystem == "Go" { version.trim_start_matches('v').to_owned() } else { version });
        Some(Self { ecosystem, name: version::normal_name(ecosystem, &name).into_owned(), version })
    }

    /// Whether it names a package; one without a version names all of them.
    #[must_use]
    pub fn covers(&self, ecosystem: &str, name: &str, version: &str) -> bool {
        self.names(ecosystem, name) && self.version.as_ref().is_none_or(|own| own == version)
    }

    /// Whether it names a package in any version.
    #[must_use]
    pub fn names(&self, ecosystem: &str, name: &str) -> bool {
        self.ecosystem == ecosystem && self.name == version::normal_name(ecosystem, name)
    }
}

/// The URL of a package's version.
#[must_use]
pub fn of(ecosystem: &str, name: &str, version: &str) -> String {
    let sort = TYPES.iter().find(|(known, _)| *known == ecosystem).map_or("generic", |(_, sort)| sort);
    let name = if ecosystem == "Maven" { name.replacen(':', "/", 1) } else { name.to_owned() };
    format!("pkg:{sort}/{}@{}", encoded(&name), encoded(version))
}

/// Percent-encodes what a segment of a package URL may not hold.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Undoes [`encoded`], and any other percent-encoding.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let cases = [
            ("npm", "@noble/curves", "1.9.7"),
            ("npm", "bn.js", "5.2.1"),
            ("crates.io", "k256", "0.13.0+build"),
            ("PyPI", "eth-account", "0.8.0"),
            ("Go", "golang.org/x/crypto", "0.1.0"),
            ("Maven", "org.bouncycastle:bcprov-jdk18on", "1.77"),
            ("SwiftURL", "github.com/own/keys", "1.0.0"),
        ];
        for (ecosystem, name, version) in cases {
            let read = Purl::parse(&of(ecosystem, name, version)).expect("a package URL");
            assert!(read.covers(ecosystem, name, version) && !read.covers(ecosystem, name, "0.0.1"), "{read:?}");
        }
    }

    #[test]
    fn other_spellings_mean_the_same() {
        let covers = |text: &str, ecosystem, name| Purl::parse(text).is_some_and(|purl| purl.covers(ecosystem, name, "1.0.0"));
        assert!(covers("pkg:npm/@noble/curves", "npm", "@noble/curves"));
        assert!(covers("pkg:npm/%40noble%2Fcurves@1.0.0?os=any#lib", "npm", "@noble/curves"));
        assert!(covers("pkg:golang/example.com/x@v1.0.0", "Go", "example.com/x"));
        assert!(covers("pkg:pypi/Eth_Account@1.0.0", "PyPI", "eth-account"));
        assert!(!covers("pkg:oci/wallet", "npm", "wallet") && !covers("npm/wallet", "npm", "wallet"));
    }
}
