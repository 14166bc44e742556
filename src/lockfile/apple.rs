//! CocoaPods and the Swift package manager.

use super::tree::{Node, json, span, yaml};
use super::{Dependencies, Lockfile, LockfileReader, Manifest, Package, PackageSource, Requirement};
use crate::source::{Notice, SourceFile};

/// The ecosystems as OSV spells them.
const PODS: &str = "CocoaPods";
const SWIFT: &str = "SwiftURL";

/// `Podfile.lock`.
pub(super) struct PodfileLock;
/// `Podfile`.
pub(super) struct Podfile;
/// `Package.resolved`, versions 1 to 3.
pub(super) struct PackageResolved;
/// Carthage's `Cartfile.resolved`.
pub(super) struct CartfileResolved;

impl LockfileReader for PodfileLock {
    fn format(&self) -> &'static str {
        "Podfile.lock"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "Podfile.lock"
    }

    /// `PODS` lists `Name/Part (1.0)` with what each needs; parts of one pod are one package.
    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = yaml(file);
        let Some(root) = root else { return (None, notices) };
        let mut packages: Vec<Package> = Vec::new();
        let mut needs: Vec<(String, Vec<String>)> = Vec::new();
        for item in root.get("PODS").items() {
            let entry = item.entries().first();
            let Some((name, version)) = entry.map_or_else(|| item.text(), |entry| Some(&entry.key)).and_then(pod) else { continue };
            let wishes = entry.map(|entry| entry.value.texts()).unwrap_or_default();
            needs.push((
                name.to_owned(),
                wishes.iter().filter_map(|wish| Some(pod_name(wish.split(' ').next()?).to_owned())).collect(),
            ));
            if !packages.iter().any(|known| known.name == name) {
                let place = entry.map_or(item.span, |entry| entry.key_span);
                let checksum = root.get("SPEC CHECKSUMS").text_of(name).map(|digest| format!("sha1-{digest}"));
                packages.push(Package {
                    integrity: checksum,
                    source: pod_source(&root, name),
                    ..Package::new(PODS, name, version, place)
                });
            }
        }
        let asked: Vec<String> =
            root.get("DEPENDENCIES").texts().iter().filter_map(|text| Some(pod_name(text.split(' ').next()?).to_owned())).collect();
        link(&mut packages, &needs, &asked);
        let lockfile = Lockfile { format: self.format(), ecosystem: PODS, packages, ..Lockfile::default() };
        (Some(Dependencies { manifest: None, lockfile: Some(lockfile) }), notices)
    }
}

fn pod(text: &str) -> Option<(&str, &str)> {
    let (name, version) = text.trim_matches('"').split_once(" (")?;
    Some((pod_name(name), version.trim_end_matches([')', ':'])))
}

fn pod_name(name: &str) -> &str {
    let name = name.trim_matches('"');
    name.split('/').next().unwrap_or(name)
}

/// Where a pod was checked out from, if it is not a published one.
fn pod_source(root: &Node<'_>, name: &str) -> PackageSource {
    let (asked, fixed) = (root.get("EXTERNAL SOURCES").get(name), root.get("CHECKOUT OPTIONS").get(name));
    match (asked.text_of(":git"), asked.text_of(":path")) {
        (Some(url), _) => PackageSource::Git { url, reference: fixed.text_of(":commit").or_else(|| asked.text_of(":branch")) },
        (None, Some(path)) => PackageSource::Path(path),
        (None, None) => PackageSource::Registry,
    }
}

fn link(packages: &mut [Package], needs: &[(String, Vec<String>)], asked: &[String]) {
    let index: std::collections::HashMap<String, usize> =
        packages.iter().enumerate().map(|(number, package)| (package.name.clone(), number)).collect();
    for (name, wishes) in needs {
        let found = wishes.iter().filter(|wish| *wish != name).filter_map(|wish| index.get(wish).copied());
        if let Some(&from) = index.get(name) {
            packages[from].dependencies.extend(found);
        }
    }
    packages.iter_mut().for_each(|package| package.is_direct = asked.contains(&package.name));
}

impl LockfileReader for Podfile {
    fn format(&self) -> &'static str {
        "Podfile"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "Podfile"
    }

    /// `pod 'Name', '~> 1.0'` and `pod 'Name', :git => 'url', :branch => 'main'`: the lines, for a Podfile is a program.
    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let mut manifest = Manifest { ecosystem: PODS, ..Manifest::default() };
        let mut offset = 0;
        for line in file.text.split_inclusive('\n') {
            if let Some(rest) = line.trim_start().strip_prefix("pod ") {
                let start = offset + line.len() - line.trim_start().len();
                manifest.requirements.extend(pod_wish(rest, span(start, offset + line.trim_end().len())));
            }
            offset += line.len();
        }
        (Some(Dependencies { manifest: Some(manifest), lockfile: None }), Vec::new())
    }
}

fn pod_wish(rest: &str, place: crate::source::Span) -> Option<Requirement> {
    let quoted = |text: &str| text.split(['\'', '"']).nth(1).map(ToOwned::to_owned);
    let option = |key: &str| {
        let at =
            [format!(":{key} =>"), format!("{key}:")].iter().find_map(|word| rest.find(word.as_str()).map(|at| at + word.len()));
        at.and_then(|at| quoted(&rest[at..]))
    };
    let name = quoted(rest)?;
    let reference = ["commit", "tag", "branch"].iter().find_map(|key| option(key));
    let source = match (option("git"), option("path")) {
        (Some(url), _) => PackageSource::Git { url, reference },
        (None, Some(path)) => PackageSource::Path(path),
        (None, None) => PackageSource::Registry,
    };
    let range = rest.split(',').nth(1).filter(|text| source == PackageSource::Registry && !text.contains("=>")).and_then(quoted);
    Some(Requirement { source, ..Requirement::new(pod_name(&name), range.unwrap_or_default(), place) })
}

impl LockfileReader for PackageResolved {
    fn format(&self) -> &'static str {
        "Package.resolved"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "Package.resolved"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let (root, notices) = json(file);
        let Some(root) = root else { return (None, notices) };
        let old = root.get("object").get("pins");
        let pins = if old.items().is_empty() { root.get("pins") } else { old };
        let packages = pins.items().iter().filter_map(pin).collect();
        let lockfile = Lockfile { format: self.format(), ecosystem: SWIFT, packages, ..Lockfile::default() };
        (Some(Dependencies { manifest: None, lockfile: Some(lockfile) }), notices)
    }
}

/// Swift packages are repositories: with a version they count as published, with a branch they do not.
fn pin(node: &Node<'_>) -> Option<Package> {
    let place = node.entry("location").or_else(|| node.entry("repositoryURL"))?;
    let (url, state) = (place.value.text()?, node.get("state"));
    let reference = state.text_of("branch").or_else(|| state.text_of("revision"));
    let source = match state.text_of("version") {
        Some(_) => PackageSource::Registry,
        None => PackageSource::Git { url: url.to_owned(), reference },
    };
    let version = state.text_of("version").unwrap_or_default();
    let name = super::version::normal_name(SWIFT, url).into_owned();
    Some(Package {
        source,
        integrity: state.text_of("revision"),
        ..Package::new(SWIFT, name, version, place.key_span.to(place.value.span))
    })
}

impl LockfileReader for CartfileResolved {
    fn format(&self) -> &'static str {
        "Cartfile.resolved"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "Cartfile.resolved"
    }

    /// `github "owner/name" "1.0"`, `git "address" "commit"`; `binary` names a download that no advisory speaks of.
    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let mut packages = Vec::new();
        let mut offset = 0;
        for line in file.text.split_inclusive('\n') {
            let parts: Vec<&str> = line.split('"').collect();
            if let [sort, address, _, version, ..] = parts[..] {
                let url = if sort.trim() == "github" { format!("github.com/{address}") } else { address.to_owned() };
                let place = span(offset, offset + line.trim_end().len());
                let name = super::version::normal_name(SWIFT, &url).into_owned();
                let number = version.trim_start_matches('v');
                let is_version = number.contains('.');
                let source = PackageSource::Git { url, reference: Some(version.to_owned()) };
                let source = if is_version { PackageSource::Registry } else { source };
                packages.push(Package { source, ..Package::new(SWIFT, name, if is_version { number } else { "" }, place) });
            }
            offset += line.len();
        }
        let lockfile = Lockfile { format: self.format(), ecosystem: SWIFT, packages, ..Lockfile::default() };
        (Some(Dependencies { manifest: None, lockfile: Some(lockfile) }), Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn pods_and_pins_are_read() {
        let pods = "PODS:\n  - Keys/Core (1.2.0):\n    - Deep (~> 2.0)\n  - Deep (2.1.0)\nDEPENDENCIES:\n  - Keys/Core (~> 1.2)\nEXTERNAL SOURCES:\n  Deep:\n    :git: https://h.example/deep\n    :branch: main\nSPEC CHECKSUMS:\n  Keys: aa\n";
        let file = SourceFile::in_memory(FileId(0), "ios/Podfile.lock", pods);
        let lockfile = PodfileLock.read(&file).0.and_then(|found| found.lockfile).expect("a lockfile");
        let told: Vec<_> = lockfile.packages.iter().map(|package| (&*package.name, &*package.version, package.is_direct)).collect();
        assert_eq!(told, [("Keys", "1.2.0", true), ("Deep", "2.1.0", false)]);
        assert_eq!(lockfile.packages[0].dependencies, [1]);
        assert!(matches!(&lockfile.packages[1].source, PackageSource::Git { reference: Some(branch), .. } if branch == "main"));
        for text in [
            r#"{"pins": [{"identity": "k", "location": "https://github.com/O/K.git", "state": {"revision": "aa", "version": "1.0.0"}}], "version": 2}"#,
            r#"{"originHash": "aa", "pins": [{"identity": "k", "kind": "remoteSourceControl", "location": "https://github.com/o/k", "state": {"revision": "aa", "version": "1.0.0"}}], "version": 3}"#,
            r#"{"object": {"pins": [{"package": "K", "repositoryURL": "https://github.com/O/K", "state": {"branch": null, "revision": "aa", "version": "1.0.0"}}]}}"#,
        ] {
            let file = SourceFile::in_memory(FileId(0), "Package.resolved", text);
            let lockfile = PackageResolved.read(&file).0.and_then(|found| found.lockfile).expect("a lockfile");
            assert_eq!((&*lockfile.packages[0].name, &*lockfile.packages[0].version), ("github.com/o/k", "1.0.0"));
        }
        let cart = "github \"O/K\" \"v1.0.0\"\ngit \"https://h.example/x.git\" \"c0ffee1\"\n";
        let file = SourceFile::in_memory(FileId(0), "Cartfile.resolved", cart);
        let packages = CartfileResolved.read(&file).0.and_then(|found| found.lockfile).expect("a lockfile").packages;
        assert_eq!((&*packages[0].name, &*packages[0].version), ("github.com/o/k", "1.0.0"));
        assert!(matches!(&packages[1].source, PackageSource::Git { reference: Some(commit), .. } if commit == "c0ffee1"));
        let file = SourceFile::in_memory(
            FileId(0),
            "Podfile",
            "target 'W' do\n  pod 'Keys/Core', '~> 1.2'\n  pod 'Own', :git => 'https://h.example/own', :branch => 'main'\nend\n",
        );
        let wishes = Podfile.read(&file).0.and_then(|found| found.manifest).expect("a manifest").requirements;
        assert_eq!((&*wishes[0].name, &*wishes[0].range), ("Keys", "~> 1.2"));
        assert!(matches!(&wishes[1].source, PackageSource::Git { reference: Some(branch), .. } if branch == "main"));
    }
}
