use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::super::tree::{fault, span};
use super::super::{Dependencies, Lockfile, LockfileReader, Package};
use super::MAVEN;
use crate::source::{Notice, NoticeKind, SourceFile};

/// `gradle/verification-metadata.xml`: the checksums of everything that the build may fetch.
pub(in crate::lockfile) struct VerificationMetadata;

impl LockfileReader for VerificationMetadata {
    fn format(&self) -> &'static str {
        "verification-metadata"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "verification-metadata.xml"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let mut reader = Reader::from_str(&file.text);
        let mut packages = Vec::new();
        let mut notices = Vec::new();
        loop {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(0);
            match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(Event::Start(tag) | Event::Empty(tag)) => {
                    let end = usize::try_from(reader.buffer_position()).unwrap_or(at);
                    take(&mut packages, &tag, (at, end));
                }
                Ok(_) => {}
                Err(error) => {
                    notices.push(fault(file, NoticeKind::ParseError, at, format!("broken XML: {error}")));
                    break;
                }
            }
        }
        let lockfile =
            Lockfile { format: self.format(), ecosystem: MAVEN, packages, is_checksum_list: true, ..Lockfile::default() };
        (Some(Dependencies { manifest: None, lockfile: Some(lockfile) }), notices)
    }
}

/// A component is a package; the first digest below it is its checksum, unless only SHA-1 or MD5 is known.
fn take(packages: &mut Vec<Package>, tag: &BytesStart<'_>, place: (usize, usize)) {
    match tag.local_name().as_ref() {
        "component" => {
            let [group, name, version] = ["group", "name", "version"].map(|key| attribute(tag, key).unwrap_or_default());
            packages.push(Package::new(MAVEN, format!("{group}:{name}"), version, span(place.0, place.1)));
        }
        digest @ ("sha256" | "sha512" | "sha1" | "md5" | "pgp") => {
            let is_weak = |known: &str| known.starts_with("sha1-") || known.starts_with("md5-");
            let Some(package) = packages.last_mut() else { return };
            if package.integrity.as_deref().is_none_or(is_weak) {
                package.integrity = attribute(tag, "value").map(|value| format!("{digest}-{value}"));
            }
        }
        _ => {}
    }
}

fn attribute(tag: &BytesStart<'_>, key: &str) -> Option<String> {
    let found = tag.try_get_attribute(key).ok()??;
    Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}
