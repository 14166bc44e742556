use std::collections::BTreeMap;

use super::{Aim, Context, Node};
use crate::finding::{Exposure, FindingBuilder};
use crate::ir::{Unit, Variable, VariableKind};
use crate::lockfile::graph::Project;
use crate::lockfile::{Manifest, Requirement};
use crate::program::UnitId;
use crate::rule::{Confidence, Severity};
use crate::source::{FileId, Role, SourceFile, Span};

/// What code that handles secrets imports: the first mention of each package, by its key.
pub(super) struct Usage {
    mentions: BTreeMap<String, Vec<Mention>>,
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
        let mut mentions: BTreeMap<String, Vec<Mention>> = BTreeMap::new();
        for id in context.program.unit_ids() {
            let file = context.workspace.file(context.program.file(id));
            let unit = context.program.unit(id);
            if file.role != Role::Product || unit.imports.is_empty() {
                continue;
            }
            let Some(secret) = followed.get(&id).cloned().or_else(|| named(context, unit)) else { continue };
            let lines = file.lines();
            for import in unit.imports.iter().filter(|import| !import.is_type_only) {
                let line = lines.line(import.span.start);
                let mention =
                    Mention { path: file.path.to_string(), file: file.id, span: import.span, line, secret: secret.clone() };
                for key in keys_of_module(unit.name(import.module)) {
                    mentions.entry(key).or_default().push(mention.clone());
                }
            }
        }
        Self { mentions }
    }

    /// The first import of a package, by the name that the code knows it by, below a folder.
    fn find(&self, folder: &str, ecosystem: &str, name: &str) -> Option<&Mention> {
        let is_below =
            |mention: &&Mention| folder.is_empty() || mention.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.mentions.get(&key_of_package(ecosystem, name))?.iter().find(is_below)
    }
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

/// A severity one step higher for what code with secrets imports itself, but never critical for that reason alone: that it handles
/// secrets is mostly known by names.
pub(super) fn raised(touch: Option<&Touch<'_>>, severity: Severity) -> Severity {
    let is_raised = touch.is_some_and(|touch| touch.is_direct) && severity < Severity::High;
    if is_raised { severity.raised() } else { severity }
}

/// Completes a finding with what code with secrets has to do with it: a sentence, the import as a related place, and its weight.
pub(super) fn told<'a>(builder: FindingBuilder<'a>, message: &str, touch: Option<&Touch<'_>>) -> FindingBuilder<'a> {
    let Some(Touch { mention, name, .. }) = touch else { return builder.message(message) };
    let Mention { path, file, span, line, secret } = mention;
    let what = name.as_ref().map_or(String::new(), |name| format!("{name} is "));
    let builder = builder.message(format!("{message}; {what}imported by {path}:{line}, which handles {secret}"));
    let place = (*file, *span, format!("imported here, beside {secret}"));
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
        if let Some(touch) = self.touch_by_name(file.folder(), package.ecosystem, package.alias.as_ref().unwrap_or(&package.name)) {
            return Some(touch);
        }
        let root = project.root(index).map(|root| &lockfile.packages[root]).filter(|_| !node.is_direct)?;
        let mention = self.scene.usage().find(file.folder(), root.ecosystem, root.alias.as_ref().unwrap_or(&root.name))?;
        Some(Touch { mention, is_direct: false, name: Some(root.name.clone()) })
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
