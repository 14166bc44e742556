use std::cell::RefCell;
use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{Aim, Context, Node};
use crate::advisory::{Advisory, Part};
use crate::finding::{Exposure, FindingBuilder};
use crate::ir::{CallKind, Expr, Unit, Variable, VariableKind};
use crate::lockfile::graph::Project;
use crate::lockfile::{Manifest, Requirement};
use crate::program::{PathId, UnitId};
use crate::rule::Confidence;
use crate::source::{FileId, Role, SourceFile, Span};

/// What the product's own code imports and calls.
pub(super) struct Usage {
    /// Imports in files that handle secrets, by the key of the package.
    mentions: BTreeMap<String, Vec<Mention>>,
    /// The files that import a package, by its key.
    imports: BTreeMap<String, Vec<String>>,
    /// The different paths of calls, and whether something is constructed.
    calls: Vec<(Box<str>, bool)>,
    /// Whether a part was found to be called: lockfiles ask for the same ones again and again.
    called: RefCell<Vec<(&'static Part, bool)>>,
}

/// How the product uses the part of a package that has a flaw.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use {
    /// It calls it.
    Called(&'static Part),
    /// It does not, as far as it was read.
    NotCalled(&'static Part),
    /// Which part is not known; something of the package is imported.
    Imported,
    /// Nothing of the package is imported, as far as it was read.
    NotSeen,
    /// The code in question cannot be read.
    Unknown,
}

/// An import in a file that handles a secret.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    path: String,
    file: FileId,
    span: Span,
    line: u32,
    secret: String,
}

impl Usage {
    /// Looks through the product's own files. A file handles a secret if a value of it is followed from there, or if a variable or
    /// parameter is called like one. Passwords are not enough: every form has them.
    pub(super) fn new(context: &Context<'_>) -> Self {
        let followed = followed(context);
        let mut usage = Self { mentions: BTreeMap::new(), imports: BTreeMap::new(), calls: Vec::new(), called: RefCell::default() };
        let mut called = FxHashSet::default();
        for id in context.program.unit_ids() {
            let file = context.workspace.file(context.program.file(id));
            let unit = context.program.unit(id);
            if file.role != Role::Product {
                continue;
            }
            called.extend(calls(context, id, unit));
            if !unit.imports.is_empty() {
                let secret = followed.get(&id).cloned().or_else(|| named(context, unit));
                usage.add(file, unit, secret.as_deref());
            }
        }
        usage.calls = called.into_iter().map(|(path, is_new)| (context.program.path_text(path).into(), is_new)).collect();
        usage
    }

    fn add(&mut self, file: &SourceFile, unit: &Unit, secret: Option<&str>) {
        let lines = file.lines();
        for import in unit.imports.iter().filter(|import| !import.is_type_only) {
            for key in keys_of_module(unit.name(import.module)) {
                self.imports.entry(key.clone()).or_default().push(file.path.to_string());
                let Some(secret) = secret else { continue };
                let line = lines.line(import.span.start);
                let (path, secret) = (file.path.to_string(), secret.to_owned());
                self.mentions.entry(key).or_default().push(Mention { path, file: file.id, span: import.span, line, secret });
            }
        }
    }

    fn calls_any(&self, part: &'static Part) -> bool {
        let known = self.called.borrow().iter().find(|(other, _)| std::ptr::eq(*other, part)).map(|(_, is_called)| *is_called);
        known.unwrap_or_else(|| {
            let is_it = |path: &str, is_new| part.calls.iter().any(|pattern| pattern.matches(path, is_new));
            let is_called = self.calls.iter().any(|(path, is_new)| is_it(path, *is_new));
            self.called.borrow_mut().push((part, is_called));
            is_called
        })
    }

    fn is_imported(&self, folder: &str, ecosystem: &str, name: &str) -> bool {
        let is_below = |path: &String| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.imports.get(&key_of_package(ecosystem, name)).is_some_and(|paths| paths.iter().any(is_below))
    }

    /// The first import of a package, by the name that the code knows it by, below a folder.
    fn find(&self, folder: &str, ecosystem: &str, name: &str) -> Option<&Mention> {
        let is_below =
            |mention: &&Mention| folder.is_empty() || mention.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.mentions.get(&key_of_package(ecosystem, name))?.iter().find(is_below)
    }
}

/// The paths of the calls of a unit.
fn calls<'u>(context: &'u Context<'_>, id: UnitId, unit: &'u Unit) -> impl Iterator<Item = (PathId, bool)> + 'u {
    unit.nodes.iter().filter_map(move |node| match node.expr {
        Expr::Call { callee, kind, .. } => Some((context.program.path_id(id, callee)?, kind == CallKind::New)),
        _ => None,
    })
}

/// The secrets that were followed, by the unit in which they arise.
fn followed(context: &Context<'_>) -> BTreeMap<UnitId, String> {
    let mut found = BTreeMap::new();
    for flow in context.taint.flows.iter().filter(|flow| flow.confidence >= Confidence::Medium) {
        if let Some(what) = secret(context, flow.kind) {
            found.entry(flow.source.unit).or_insert(what);
        }
    }
    found
}

/// The first variable that is called like a secret.
fn named(context: &Context<'_>, unit: &Unit) -> Option<String> {
    let holds =
        |variable: &&Variable| matches!(variable.kind, VariableKind::Parameter | VariableKind::Local | VariableKind::Constant);
    let lexicon = &context.rules.knowledge.lexicon;
    let kinds = unit.variables.iter().filter(holds).filter_map(|variable| lexicon.kind(unit.name(variable.name)));
    kinds.filter_map(|kind| secret(context, kind)).next()
}

/// What a kind is called, if it is a secret other than a password.
fn secret(context: &Context<'_>, kind: crate::rule::kind::KindId) -> Option<String> {
    let kinds = &context.rules.knowledge.kinds;
    let is_secret = kinds.name(kinds.root(kind)) == "secret" && kinds.name(kind) != "password";
    is_secret.then(|| kinds.get(kind).what.clone())
}

/// The keys by which a module's package may be known: all its beginnings (`@a/b/c` is of `@a/b` or `@a`), and its first word.
fn keys_of_module(module: &str) -> Vec<String> {
    let module = module.trim_start_matches("package:");
    if module.starts_with(['.', '/']) || module.is_empty() {
        return Vec::new();
    }
    let slashes = module.match_indices('/').map(|(at, _)| &module[..at]).chain([module]);
    let mut keys: Vec<String> = slashes.map(ToOwned::to_owned).collect();
    let first = module.split(['.', ':', '/']).next().unwrap_or(module);
    keys.push(words(first));
    keys.dedup();
    keys
}

/// The key of a package: crates and Python packages are imported by other characters than they are asked for by.
fn key_of_package(ecosystem: &str, name: &str) -> String {
    if matches!(ecosystem, "crates.io" | "PyPI") { words(name) } else { name.to_owned() }
}

fn words(name: &str) -> String {
    name.to_lowercase().replace(['-', '.'], "_")
}

/// Code with secrets imports a package, or the one that brings it.
pub(super) struct Touch<'u> {
    mention: &'u Mention,
    /// Whether it imports the package itself.
    pub(super) is_direct: bool,
    /// The package that is imported, where the finding does not make it plain.
    name: Option<String>,
}

/// Completes a finding with what code with secrets has to do with it: a sentence, the import as a related place, and its weight.
pub(super) fn told<'a>(builder: FindingBuilder<'a>, message: &str, touch: Option<&Touch<'_>>) -> FindingBuilder<'a> {
    let Some(Touch { mention, name, .. }) = touch else { return builder.message(message) };
    let Mention { path, file, span, line, secret } = mention;
    let what = name.as_ref().map_or(String::new(), |name| format!("{name} is "));
    let builder = builder.message(format!("{message}; {what}imported by {path}:{line}, which handles {secret}"));
    let place = (*file, *span, format!("imported here, next to {secret}"));
    builder.related(vec![place]).exposure(Exposure::OnSecretPath)
}

impl Touch<'_> {
    /// The same, with the package's name in the sentence: for findings about several.
    pub(super) fn naming(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }
}

impl Aim<'_> {
    /// How code with secrets comes to a package of a lockfile that ships: by importing it, or the direct dependency that brings it.
    pub(super) fn touch(&self, project: &Project<'_>, index: usize, node: Node) -> Option<Touch<'_>> {
        let (file, lockfile) = project.lock.filter(|_| !node.is_development)?;
        let package = &lockfile.packages[index];
        let known = package.alias.as_ref().unwrap_or(&package.name);
        if project.is_importable(index)
            && let Some(touch) = self.touch_by_name(file.folder(), package.ecosystem, known)
        {
            return Some(touch);
        }
        let root = project.root(index).map(|root| &lockfile.packages[root]).filter(|_| !node.is_direct)?;
        let mention = self.scene.usage().find(file.folder(), root.ecosystem, root.alias.as_ref().unwrap_or(&root.name))?;
        Some(Touch { mention, is_direct: false, name: Some(root.name.clone()) })
    }

    /// How the product uses the flawed part of a package, by the name that its code knows it by; not at all by way of a copy that
    /// only another package can import.
    pub(super) fn use_of(&self, folder: &str, known: &str, is_importable: bool, advisory: &Advisory) -> Use {
        let ecosystem = &*advisory.ecosystem;
        let is_read = matches!(ecosystem, "npm" | "crates.io");
        if let Some(part) = Part::of(advisory) {
            let is_called = is_importable && (self.scene.usage().calls_any(part) || self.mentions_any(&part.modules));
            return match (is_called, is_read || ecosystem == "Go") {
                (true, _) => Use::Called(part),
                (false, true) => Use::NotCalled(part),
                (false, false) => Use::Unknown,
            };
        }
        let is_imported = match ecosystem {
            "Go" => self.mentions_any(&[known.to_owned()]),
            _ => self.scene.usage().is_imported(folder, ecosystem, known),
        };
        match (is_imported && is_importable, is_read || ecosystem == "Go") {
            (true, _) => Use::Imported,
            (false, true) => Use::NotSeen,
            (false, false) => Use::Unknown,
        }
    }

    /// The same for a copy in the tree, which code reaches by a global or a path of its own.
    pub(super) fn use_of_copy(&self, advisory: &Advisory) -> Use {
        match Part::of(advisory).filter(|part| !part.calls.is_empty()) {
            Some(part) if self.scene.usage().calls_any(part) => Use::Called(part),
            Some(part) => Use::NotCalled(part),
            None => Use::NotSeen,
        }
    }

    /// Whether code of the product names one of some modules in quotes: for languages that are not read.
    fn mentions_any(&self, modules: &[String]) -> bool {
        let beginnings: Vec<String> = modules.iter().map(|module| format!("\"{module}")).collect();
        let is_end = |rest: &str| rest.starts_with(['"', '/']);
        let names = |file: &SourceFile| {
            let found = |beginning: &String| {
                file.text.match_indices(&**beginning).any(|(at, _)| is_end(&file.text[at + beginning.len()..]))
            };
            file.role == Role::Product && file.name().ends_with(".go") && beginnings.iter().any(found)
        };
        !modules.is_empty() && self.scene.context.workspace.files.iter().any(names)
    }

    /// How such code comes to what a manifest asks for and ships.
    pub(super) fn touch_of_wish(&self, place: (&SourceFile, &Manifest), wish: &Requirement) -> Option<Touch<'_>> {
        let (file, manifest) = place;
        let known = wish.alias.as_ref().unwrap_or(&wish.name);
        let touch = self.touch_by_name(file.folder(), manifest.ecosystem, known);
        touch.filter(|_| !wish.purpose.is_development())
    }

    fn touch_by_name(&self, folder: &str, ecosystem: &str, name: &str) -> Option<Touch<'_>> {
        let mention = self.scene.usage().find(folder, ecosystem, name)?;
        Some(Touch { mention, is_direct: true, name: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_packages_meet_by_their_keys() {
        let cases = [
            ("npm", "@scope/keys", "@scope/keys/lib/x", true),
            ("npm", "@scope/keys", "@scope/keysmith", false),
            ("npm", "bn.js", "bn.js", true),
            ("npm", "keys", "./keys", false),
            ("crates.io", "tiny-bip39", "tiny_bip39::Mnemonic", true),
            ("PyPI", "eth-account", "eth_account.messages", true),
            ("Go", "example.com/x/crypto", "example.com/x/crypto/scrypt", true),
            ("Pub", "web3dart", "package:web3dart/web3dart.dart", true),
        ];
        for (ecosystem, package, module, expected) in cases {
            let is_met = keys_of_module(module).contains(&key_of_package(ecosystem, package));
            assert_eq!(is_met, expected, "{package} by {module}");
        }
    }
}
