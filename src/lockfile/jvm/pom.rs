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
    wishes: Vec<Wish>,
    name: Option<String>,
}

/// A `<dependency>` with its elements.
struct Wish {
    fields: HashMap<String, String>,
    place: Span,
    /// Whether it stands in `<dependencyManagement>`, where it asks for nothing but fixes what is asked for without a version.
    is_managed: bool,
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
                    let is_managed = self.path.iter().any(|name| name == "dependencyManagement");
                    let place = span(self.start, at + "</dependency>".len());
                    self.wishes.push(Wish { fields: std::mem::take(&mut self.fields), place, is_managed });
                }
                self.path.pop();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let [.., parent, name] = &self.path[..] else { return };
        let text = text.trim().to_owned();
        match (&**parent, self.path.len()) {
            ("dependency", _) => {
                self.fields.insert(name.clone(), text);
            }
            ("properties", _) => {
                self.properties.insert(name.clone(), text);
            }
            // What a project does not say of itself it has from its parent.
            ("parent", 3) => {
                self.properties.entry(format!("project.{name}")).or_insert_with(|| text.clone());
                self.properties.insert(format!("project.parent.{name}"), text);
            }
            ("project", 2) => {
                if name == "artifactId" {
                    self.name = Some(text.clone());
                }
                self.properties.insert(format!("project.{name}"), text);
            }
            _ => {}
        }
    }

    fn manifest(self) -> Manifest {
        let (managed, asked): (Vec<_>, Vec<_>) = self.wishes.iter().partition(|wish| wish.is_managed);
        let shared: Vec<Requirement> = managed.into_iter().filter_map(|wish| self.requirement(wish)).collect();
        let mut requirements: Vec<Requirement> = asked.into_iter().filter_map(|wish| self.requirement(wish)).collect();
        for wish in requirements.iter_mut().filter(|wish| wish.range.is_empty()) {
            if let Some(managed) = shared.iter().find(|managed| managed.name == wish.name) {
                wish.range.clone_from(&managed.range);
            }
        }
        Manifest { ecosystem: MAVEN, requirements, shared, name: self.name.clone(), ..Manifest::default() }
    }

    fn requirement(&self, wish: &Wish) -> Option<Requirement> {
        let field = |key| wish.fields.get(key).map(|text| self.value(text));
        let name = format!("{}:{}", field("groupId")?, field("artifactId")?);
        let is_optional = field("optional").is_some_and(|text| text == "true");
        let purpose = match wish.fields.get("scope").map(String::as_str) {
            Some("test") => Purpose::Development,
            Some("provided" | "system") => Purpose::Peer,
            _ if is_optional => Purpose::Optional,
            _ => Purpose::Production,
        };
        Some(Requirement { purpose, ..Requirement::new(name, field("version").unwrap_or_default(), wish.place) })
    }

    /// `${name}` stands for a property of the same file or a field of the project; a property may name others, to some depth.
    fn value(&self, text: &str) -> String {
        const MAX_PASSES: usize = 8;
        let mut text = text.to_owned();
        for _ in 0..MAX_PASSES {
            let Some((before, rest)) = text.split_once("${") else { break };
            let Some((name, after)) = rest.split_once('}') else { break };
            let Some(value) = self.properties.get(name) else { break };
            text = format!("{before}{value}{after}");
        }
        text
    }
}
