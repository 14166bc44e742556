//! What belongs together: a lockfile with the manifests that it fixes, and by which way each package arrives.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{Dependencies, Importer, Lockfile, Manifest, Package, PackageSource, Requirement, version};
use crate::source::SourceFile;

mod arrival;
mod unread;

/// Manifests that one lockfile fixes, or one manifest that none does.
#[derive(Clone, Debug)]
pub struct Project<'a> {
    /// The lockfile.
    pub lock: Option<(&'a SourceFile, &'a Lockfile)>,
    /// The manifests, that of the lockfile's folder first.
    pub manifests: Vec<(&'a SourceFile, &'a Manifest)>,
    /// What is known of each package of the lockfile, by its index.
    pub nodes: Vec<Node>,
    index: Index<'a>,
    /// Packages of which another lockfile knows better.
    hidden: HashSet<usize>,
    /// Why no tool reads the lockfile, if none does: then it has no packages.
    pub unread: Option<String>,
}

/// What a package is to those who ask for it, whatever its manifest says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Station {
    /// As its manifest says.
    #[default]
    Plain,
    /// It builds or tests, and what only it needs does the same: it never ships.
    Tool,
    /// It is what the product runs in: it ships, though manifests call it a tool.
    Runtime,
}

/// Says what a package of an ecosystem is.
pub type Stations<'s> = &'s dyn Fn(&str, &str) -> Station;

/// How a package arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Whether a manifest asks for it by name.
    pub is_direct: bool,
    /// Whether only development needs it.
    pub is_development: bool,
    /// Whether it ships to nobody although its manifest says so: it is a tool of the build, or only tools bring it.
    pub is_tool: bool,
    /// A package that needs it, one step nearer to a manifest; None if it is direct or nothing is known to need it.
    pub parent: Option<usize>,
}

impl<'a> Project<'a> {
    fn new(lock: Option<(&'a SourceFile, &'a Lockfile)>) -> Self {
        Self { lock, manifests: Vec::new(), nodes: Vec::new(), index: Index::default(), hidden: HashSet::new(), unread: None }
    }

    /// The packages of the lockfile with what is known of each.
    pub fn packages(&self) -> impl Iterator<Item = (usize, &'a Package, Node)> {
        let packages = self.lock.map_or(&[][..], |(_, lockfile)| &lockfile.packages);
        let all = packages.iter().zip(&self.nodes).enumerate().map(|(index, (package, node))| (index, package, *node));
        all.filter(|(index, ..)| self.unread.is_none() && !self.hidden.contains(index))
    }

    /// Why a package is there: the names from what a manifest asks for down to the package.
    #[must_use]
    pub fn why(&self, index: usize) -> Vec<&'a str> {
        let Some((_, lockfile)) = self.lock else { return Vec::new() };
        let up = std::iter::successors(Some(index), |&index| self.nodes[index].parent);
        let mut names: Vec<_> = up.map(|index| &*lockfile.packages[index].name).collect();
        names.reverse();
        names
    }

    /// The package by which another arrives: the direct one at the top of its way; itself if it is direct.
    #[must_use]
    pub fn root(&self, index: usize) -> Option<usize> {
        std::iter::successors(Some(index), |&index| self.nodes.get(index)?.parent).last()
    }

    /// Whether the tree's own code can import this very copy: what a manifest asks for by name, or, of names that none asks for, the copy
    /// outside of other packages.
    #[must_use]
    pub fn is_importable(&self, index: usize) -> bool {
        let Some((_, lockfile)) = self.lock else { return true };
        if self.nodes.get(index).is_some_and(|node| node.is_direct) {
            return true;
        }
        let package = &lockfile.packages[index];
        let same = self.index.by_name.get(&version::normal_name(lockfile.ecosystem, &package.name)).into_iter().flatten();
        let is_asked = same.into_iter().any(|other| self.nodes.get(*other).is_some_and(|node| node.is_direct));
        lockfile.ecosystem != "crates.io" && !is_asked && !package.is_nested
    }

    /// Where a manifest asks for a package, or for the one by which it arrives.
    #[must_use]
    pub fn asked(&self, index: usize) -> Option<(&'a SourceFile, &'a Requirement)> {
        let (_, lockfile) = self.lock?;
        let root = &lockfile.packages[self.root(index)?];
        let wishes = self.manifests.iter().flat_map(|(file, manifest)| manifest.requirements.iter().map(move |wish| (*file, wish)));
        let name = version::normal_name(lockfile.ecosystem, &root.name);
        let is_it = |wish: &Requirement| version::normal_name(lockfile.ecosystem, &wish.name) == name && wish.alias == root.alias;
        wishes.into_iter().find(|(_, wish)| is_it(wish))
    }

    /// The package that a manifest's wish got.
    #[must_use]
    pub fn locked(&self, manifest: (&SourceFile, &Manifest), wish: &'a Requirement) -> Option<&'a Package> {
        let (file, lockfile) = self.lock?;
        Some(&lockfile.packages[self.index.find(lockfile, importer(file, lockfile, manifest), wish)?])
    }
}

/// Pairs manifests and lockfiles, ordered by path.
#[must_use]
pub fn projects<'a>(files: &[(&'a SourceFile, &'a Dependencies)], stations: Stations<'_>) -> Vec<Project<'a>> {
    let locks = files.iter().filter_map(|(file, found)| Some((*file, found.lockfile.as_ref()?)));
    let mut projects: Vec<_> = locks.map(|lock| Project { index: Index::new(lock.1), ..Project::new(Some(lock)) }).collect();
    let mut manifests: Vec<_> = files.iter().filter_map(|(file, found)| Some((*file, found.manifest.as_ref()?))).collect();
    manifests.sort_by_key(|(file, _)| (file.path.matches('/').count(), file.path.clone()));
    unread::mark(&mut projects, &manifests);
    for manifest in &manifests {
        let owners = owners(&projects, &manifests, *manifest);
        if owners.is_empty() {
            projects.push(Project { manifests: vec![*manifest], ..Project::new(None) });
        }
        owners.into_iter().for_each(|index| projects[index].manifests.push(*manifest));
    }
    projects.iter_mut().for_each(|project| arrival::arrive(project, stations));
    hide(&mut projects);
    projects
}

/// The folder from which on a lockfile counts: Gradle keeps its list of checksums in a folder of its own.
fn home<'f>(file: &'f SourceFile, lockfile: &Lockfile) -> &'f str {
    let folder = file.folder();
    if lockfile.is_checksum_list && lockfile.ecosystem == "Maven" {
        return folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
    folder
}

/// A list of checksums gives way to the lockfiles beside and below it: as a whole if one of them lists everything, else for the names
/// that they know.
fn hide(projects: &mut [Project<'_>]) {
    let locks: Vec<_> = projects.iter().filter(|project| project.unread.is_none()).filter_map(|project| project.lock).collect();
    for project in projects {
        let Some((file, list)) = project.lock.filter(|(_, lockfile)| lockfile.is_checksum_list) else { continue };
        let better = locks.iter().filter(|(other, lockfile)| {
            !lockfile.is_checksum_list && lockfile.ecosystem == list.ecosystem && below(home(file, list), other.folder()).is_some()
        });
        let better: Vec<&Lockfile> = better.map(|(_, lockfile)| *lockfile).collect();
        let is_covered = better.iter().any(|lockfile| !lockfile.is_partial);
        let known: HashSet<&str> = better.iter().flat_map(|lockfile| &lockfile.packages).map(|package| &*package.name).collect();
        let hidden = list.packages.iter().enumerate().filter(|(_, package)| is_covered || known.contains(&*package.name));
        project.hidden = hidden.map(|(index, _)| index).collect();
    }
}

/// The lockfiles that fix a manifest: those of the nearest folder that has one for it.
fn owners(projects: &[Project<'_>], all: &[(&SourceFile, &Manifest)], manifest: (&SourceFile, &Manifest)) -> Vec<usize> {
    let fixes = |project: &Project<'_>| project.unread.is_none() && project.lock.is_some_and(|lock| owns(lock, all, manifest));
    let folder = |index: usize| projects[index].lock.map_or(0, |(file, _)| file.folder().len());
    let is_list = |index: &usize| projects[*index].lock.is_some_and(|(_, lockfile)| lockfile.is_checksum_list);
    let mut owning: Vec<usize> = (0..projects.len()).filter(|&index| fixes(&projects[index])).collect();
    if !owning.iter().all(is_list) {
        owning.retain(|index| !is_list(index));
    }
    let nearest = owning.iter().map(|&index| folder(index)).max();
    owning.into_iter().filter(|&index| Some(folder(index)) == nearest).collect()
}

fn owns(lock: (&SourceFile, &Lockfile), all: &[(&SourceFile, &Manifest)], manifest: (&SourceFile, &Manifest)) -> bool {
    let ((file, lockfile), (asking, asked)) = (lock, manifest);
    let Some(below) = below(home(file, lockfile), asking.folder()).filter(|_| lockfile.ecosystem == asked.ecosystem) else {
        return false;
    };
    if lockfile.is_checksum_list {
        return true;
    }
    let is_listed = |importer: &Importer| {
        importer.folder == below && !below.is_empty()
            || (importer.folder.is_empty() && importer.name.is_some() && importer.name == asked.name)
    };
    let is_member = |(other, root): &(&SourceFile, &Manifest)| {
        other.folder() == file.folder()
            && root.ecosystem == asked.ecosystem
            && root.members.iter().any(|member| is_member(member, below))
    };
    below.is_empty() || lockfile.importers.iter().any(is_listed) || all.iter().any(is_member)
}

/// The path from one folder down to another; None if it does not lie there.
fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    if folder.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

fn is_member(pattern: &str, folder: &str) -> bool {
    fast_glob::glob_match(pattern.trim_start_matches("./").trim_end_matches('/'), folder)
}

/// The number of a lockfile's entry for a manifest.
fn importer(file: &SourceFile, lockfile: &Lockfile, manifest: (&SourceFile, &Manifest)) -> Option<usize> {
    let below = below(file.folder(), manifest.0.folder())?;
    let named = || lockfile.importers.iter().position(|importer| importer.name.is_some() && importer.name == manifest.1.name);
    let placed = || lockfile.importers.iter().position(|importer| importer.folder == below);
    named().or_else(placed)
}

/// An importer, and the name that it asks for.
type Asked<'a> = (usize, Cow<'a, str>);

/// Packages by name: all of them, and those that each importer got.
#[derive(Clone, Debug, Default)]
struct Index<'a> {
    by_name: HashMap<Cow<'a, str>, Vec<usize>>,
    by_importer: HashMap<Asked<'a>, Vec<(&'a Requirement, usize)>>,
}

impl<'a> Index<'a> {
    fn new(lockfile: &'a Lockfile) -> Self {
        let mut index = Self::default();
        for (number, package) in lockfile.packages.iter().enumerate() {
            index.by_name.entry(version::normal_name(lockfile.ecosystem, &package.name)).or_default().push(number);
        }
        for (number, importer) in lockfile.importers.iter().enumerate() {
            for (wish, package) in importer.requirements.iter().filter_map(|(wish, package)| Some((wish, (*package)?))) {
                let key = (number, version::normal_name(lockfile.ecosystem, &wish.name));
                index.by_importer.entry(key).or_default().push((wish, package));
            }
        }
        index
    }

    /// The package that a wish got: what the lockfile says, else the only one of that name, else one that was asked for by this
    /// range or lies in it.
    fn find(&self, lockfile: &Lockfile, importer: Option<usize>, wish: &'a Requirement) -> Option<usize> {
        if matches!(wish.source, PackageSource::Path(_)) {
            return None;
        }
        let name = version::normal_name(lockfile.ecosystem, &wish.name);
        let said = importer.and_then(|importer| self.by_importer.get(&(importer, name.clone()))).into_iter().flatten();
        let is_this = |said: &Requirement| said.alias == wish.alias || said.range.is_empty();
        let mut candidates: Vec<usize> = said.filter(|(said, _)| is_this(said)).map(|(_, package)| *package).collect();
        if candidates.is_empty() {
            candidates.extend(self.by_name.get(&name).into_iter().flatten());
        }
        if candidates.len() < 2 {
            return candidates.first().copied();
        }
        let package = |index: &&usize| &lockfile.packages[**index];
        let is_asked = |index: &&usize| package(index).requested.iter().any(|range| range.trim_start_matches("npm:") == wish.range);
        let is_within = |index: &&usize| version::satisfies(lockfile.ecosystem, &wish.range, &package(index).version) == Some(true);
        let asked = candidates.iter().find(is_asked).or_else(|| candidates.iter().find(is_within));
        asked.or(candidates.first()).copied()
    }
}
