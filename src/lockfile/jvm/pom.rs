use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::tree::{fault, span};
use super::super::{Dependencies, LockfileReader, Manifest, Purpose, Requirement};
use super::MAVEN;
use crate::source::{Notice, NoticeKind, SourceFile, Span};

/// `pom.xml`.
pub(in crate::lockfile) struct Pom;

impl LockfileReader for Pom {
    fn format(&self) -> &'static str {
        "pom.xml"
    }

    fn accepts(&self, file: &SourceFile) -> bool {
        file.name() == "pom.xml"
    }

    fn read(&self, file: &SourceFile) -> (Option<Dependencies>, Vec<Notice>) {
        let mut reader = Reader::from_str(&file.text);
        let mut walk = Walk::default();
        let mut notices = Vec::new();
        loop {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(0);
            match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(event) => walk.take(&event, at),
                Err(error) => {
                    notices.push(fault(file, NoticeKind::ParseError, at, format!("broken XML: {error}")));
                    break;
                }
            }
        }
        (Some(Dependencies { manifest: Some(walk.manifest()), lockfile: None }), notices)
    }
}

/// What is known while the elements go by.
#[derive(Default)]
struct Walk {
    path: Vec<String>,
    properties: HashMap<String, String>,
    fields: HashMap<String, String>,
    start: usize,
    wishes: Vec<(HashMap<String, String>, Span)>,
    name: Option<String>,
}

impl Walk {
    fn take(&mut self, event: &Event<'_>, at: usize) {
        match event {
            Event::Start(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                if name == "dependency" {
                    self.fields.clear();
                    self.start = at;
                }
                self.path.push(name);
            }
            Event::Text(text) => self.text(text),
            Event::End(tag) => {
                if tag.local_name().as_ref() == "dependency" {
                    self.wishes.push((std::mem::take(&mut self.fields), span(self.start, at + "</dependency>".len())));
                }
                self.path.pop();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let [.., parent, name] = &self.path[..] else { return };
        match &**parent {
            "dependency" => {
                self.fields.insert(name.clone(), text.trim().to_owned());
            }
            "properties" => {
                self.properties.insert(name.clone(), text.trim().to_owned());
            }
            "project" if name == "artifactId" => self.name = Some(text.trim().to_owned()),
            _ => {}
        }
    }

    fn manifest(self) -> Manifest {
        let wishes = self.wishes.iter().filter_map(|(fields, place)| {
            let name = format!("{}:{}", self.value(fields.get("groupId")?), self.value(fields.get("artifactId")?));
            let range = fields.get("version").map_or_else(String::new, |version| self.value(version));
            let purpose = match fields.get("scope").map(String::as_str) {
                Some("test") => Purpose::Development,
                Some("provided" | "system") => Purpose::Peer,
                _ => Purpose::Production,
            };
            Some(Requirement { purpose, ..Requirement::new(name, range, *place) })
        });
        Manifest { ecosystem: MAVEN, requirements: wishes.collect(), name: self.name.clone(), ..Manifest::default() }
    }

    /// `${name}` stands for a property of the same file.
    fn value(&self, text: &str) -> String {
        let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        name.and_then(|name| self.properties.get(name)).map_or_else(|| text.to_owned(), Clone::clone)
    }
}
