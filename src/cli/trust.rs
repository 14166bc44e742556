//! Whose settings a scan goes by: a tree does not decide its own verdict unless the user stands in it, or says so.

use std::path::{Path, PathBuf};

use forewarn::settings::{self, Origin, Settings};
use forewarn::target::{self, repository_of, revision_of};

use super::Failure;

/// Whose word counts.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Settings and suppressions")]
pub(super) struct Trust {
    /// Use this settings file instead of the scanned folder's `forewarn.toml`.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Use no settings file.
    #[arg(long)]
    no_config: bool,
    /// Apply the settings file and suppression comments of a folder that you are not in.
    #[arg(long)]
    trust_config: bool,
    /// Ignore all `forewarn: ignore[…]` comments.
    #[arg(long)]
    no_ignores: bool,
}

/// What a scan goes by.
#[derive(Debug, Default)]
pub(super) struct Decision {
    pub(super) settings: Settings,
    pub(super) origin: Origin,
    pub(super) refuse_comments: bool,
    /// Folders of rules that the settings name.
    pub(super) rule_folders: Vec<PathBuf>,
}

impl Trust {
    /// Decides for a tree on disk.
    pub(super) fn decide(&self, root: &Path) -> Result<Decision, Failure> {
        let is_trusted = self.trust_config || is_own(root);
        let refuse_comments = self.no_ignores || !is_trusted;
        if let Some(file) = &self.config {
            let folder = file.parent().unwrap_or(Path::new(""));
            return Decision { refuse_comments, ..Decision::default() }.with(file, folder, &target::read_text(file)?);
        }
        let found = root.join(settings::FILE_NAME);
        match target::read_own_text(&found) {
            Err(error) if error.is_absent() => Ok(Decision { refuse_comments, origin: above(root), ..Decision::default() }),
            _ if self.no_config => Ok(refused(&found, "--no-config was given", refuse_comments)),
            _ if !is_trusted => {
                let reason = "you are not inside the scanned tree (--trust-config applies it)";
                Ok(refused(&found, reason, refuse_comments))
            }
            Ok(text) => Decision { refuse_comments, ..Decision::default() }.with(&found, root, &text),
            Err(error) => Err(error.into()),
        }
    }

    /// Decides for a tree that is not a folder: nobody stands in it.
    pub(super) fn decide_elsewhere(&self) -> Result<Decision, Failure> {
        let refuse_comments = self.no_ignores || !self.trust_config;
        let decision = Decision { refuse_comments, ..Decision::default() };
        match &self.config {
            None => Ok(decision),
            Some(file) => decision.with(file, file.parent().unwrap_or(Path::new("")), &target::read_text(file)?),
        }
    }
}

impl Decision {
    fn with(self, file: &Path, folder: &Path, text: &str) -> Result<Self, Failure> {
        let settings = Settings::parse(text)?;
        let rule_folders = settings.rules.iter().map(|name| rule_folder(folder, name)).collect::<Result<_, _>>()?;
        Ok(Self { settings, origin: Origin::File(shown(file)), rule_folders, ..self })
    }
}

fn refused(file: &Path, reason: &str, refuse_comments: bool) -> Decision {
    let origin = Origin::Refused { file: shown(file), reason: reason.into() };
    Decision { origin, refuse_comments, ..Decision::default() }
}

fn shown(file: &Path) -> String {
    forewarn::finding::fit_to_show(file.to_string_lossy().trim_start_matches("./"))
}

/// Whether the user stands in a tree, or in the repository that has it as a part: an unpacked archive beside one's own files is not.
fn is_own(root: &Path) -> bool {
    let is_part =
        |here: PathBuf| repository_of(&here).is_some_and(|own| repository_of(root) == Some(own)) && revision_of(root).is_some();
    stands_in(root) || here().is_some_and(is_part)
}

/// Whether the user stands in a tree.
fn stands_in(root: &Path) -> bool {
    let Some((here, root)) = here().zip(root.canonicalize().ok()) else { return false };
    here.starts_with(if root.is_file() { root.parent().unwrap_or(&root) } else { &root })
}

/// Where the user stands.
#[allow(clippy::disallowed_methods, reason = "it is asked here and nowhere else")]
fn here() -> Option<PathBuf> {
    std::env::current_dir().ok()?.canonicalize().ok()
}

/// A settings file further up in the repository is that of another tree. Who stands in its folder or below expects it to count.
fn above(root: &Path) -> Origin {
    let found = root.canonicalize().ok().zip(repository_of(root)).and_then(|(root, repository)| {
        let above = root.ancestors().skip(1).take_while(|folder| folder.starts_with(&repository));
        let found = above.enumerate().find(|(_, folder)| folder.join(settings::FILE_NAME).is_file());
        found.map(|(levels, folder)| (levels, here().is_some_and(|here| here.starts_with(folder))))
    });
    found.map_or(Origin::Default, |(levels, is_expected)| {
        let file = format!("{}{}", "../".repeat(levels + 1), settings::FILE_NAME);
        Origin::Above { file, is_expected }
    })
}

/// A folder of rules that a settings file names. No link leads out of the folder of that file.
fn rule_folder(base: &Path, name: &str) -> Result<PathBuf, Failure> {
    let folder = base.join(name);
    let base = if base.as_os_str().is_empty() { Path::new(".") } else { base };
    let inside = base.canonicalize()?;
    for path in ["", "kinds.toml", "lexicon.toml", "packs", "models"].map(|part| folder.join(part)) {
        let Ok(real) = path.canonicalize() else { continue };
        if !real.starts_with(&inside) {
            return Err(format!("{}: leads out of {}, by a link", path.display(), inside.display()).into());
        }
    }
    Ok(folder)
}
