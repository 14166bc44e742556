//! By which way each package of a lockfile arrives, and whether it ships.

use std::collections::{HashSet, VecDeque};

use super::{Index, Node, Project, Station, Stations, importer};
use crate::lockfile::{Lockfile, Manifest, Package, Purpose};
use crate::source::SourceFile;

/// Walks from the manifests down: first what ships, then what the build needs, then what development needs. A tool among the packages
/// that ship does not, nor does what it alone brings.
pub(super) fn arrive(project: &mut Project<'_>, stations: Stations<'_>) {
    let Some((file, lockfile)) = project.lock else { return };
    let station = |index: usize| stations(lockfile.ecosystem, &lockfile.packages[index].name);
    let roots = roots(file, lockfile, &project.manifests, &project.index);
    let (wanted, developed): (Vec<_>, Vec<_>) = roots.into_iter().partition(|(_, purpose)| !purpose.is_development());
    let (tools, shipped): (Vec<_>, Vec<_>) =
        wanted.into_iter().partition(|(index, purpose)| *purpose == Purpose::Build || station(*index) == Station::Tool);
    let mut walk = Walk::new(lockfile);
    walk.start(&shipped, Node::default());
    let brought = walk.down(&|index| station(index) == Station::Tool);
    walk.start(&tools, Node { is_development: true, is_tool: true, ..Node::default() });
    walk.enter(brought);
    walk.down(&|_| false);
    walk.start(&developed, Node { is_development: true, ..Node::default() });
    walk.down(&|_| false);
    let mut nodes = walk.nodes;
    for (index, (node, package)) in nodes.iter_mut().zip(&lockfile.packages).enumerate() {
        if lockfile.knows_development {
            node.is_development = package.is_development || node.is_tool;
        }
        match station(index) {
            Station::Runtime if node.parent.is_none() => node.is_development = false,
            Station::Tool if !node.is_development => (node.is_development, node.is_tool) = (true, true),
            _ => {}
        }
    }
    project.nodes = nodes;
}

/// What was reached so far.
struct Walk<'l> {
    lockfile: &'l Lockfile,
    nodes: Vec<Node>,
    reached: Vec<bool>,
    open: VecDeque<usize>,
}

impl<'l> Walk<'l> {
    fn new(lockfile: &'l Lockfile) -> Self {
        let count = lockfile.packages.len();
        Self { lockfile, nodes: vec![Node::default(); count], reached: vec![false; count], open: VecDeque::new() }
    }

    /// Begins at what is asked for by name.
    fn start(&mut self, roots: &[(usize, Purpose)], node: Node) {
        for &(index, _) in roots {
            if !std::mem::replace(&mut self.reached[index], true) {
                self.nodes[index] = node;
                self.open.push_back(index);
            }
            self.nodes[index].is_direct = true;
            self.nodes[index].parent = None;
        }
    }

    /// Goes on at tools that something else brings.
    fn enter(&mut self, brought: Vec<(usize, usize)>) {
        for (index, parent) in brought {
            if !std::mem::replace(&mut self.reached[index], true) {
                self.nodes[index] = Node { is_development: true, is_tool: true, is_direct: false, parent: Some(parent) };
                self.open.push_back(index);
            }
        }
    }

    /// Goes down to the end, but not into what is to be left out: that is given back, with what needs it.
    fn down(&mut self, is_left_out: &dyn Fn(usize) -> bool) -> Vec<(usize, usize)> {
        let mut left_out = Vec::new();
        while let Some(index) = self.open.pop_front() {
            for &next in &self.lockfile.packages[index].dependencies {
                if self.reached[next] {
                    continue;
                }
                if is_left_out(next) {
                    left_out.push((next, index));
                    continue;
                }
                self.reached[next] = true;
                self.nodes[next] = Node { is_direct: false, parent: Some(index), ..self.nodes[index] };
                self.open.push_back(next);
            }
        }
        left_out
    }
}

fn said_purpose(package: &Package) -> Purpose {
    if package.is_development { Purpose::Development } else { Purpose::Production }
}

/// What the manifests (or, without them, the lockfile's memory of them) ask for, and whether for development only.
fn roots<'a>(
    file: &SourceFile,
    lockfile: &Lockfile,
    manifests: &[(&SourceFile, &'a Manifest)],
    index: &Index<'a>,
) -> Vec<(usize, Purpose)> {
    let mut roots = Vec::new();
    let mut known = HashSet::new();
    for manifest in manifests {
        let importer = importer(file, lockfile, *manifest);
        known.extend(importer);
        let wishes = manifest.1.requirements.iter();
        roots.extend(wishes.filter_map(|wish| Some((index.find(lockfile, importer, wish)?, wish.purpose))));
    }
    let remembered = lockfile.importers.iter().enumerate().filter(|(number, _)| !known.contains(number));
    for (wish, package) in remembered.flat_map(|(_, importer)| &importer.requirements) {
        roots.extend(package.map(|package| (package, wish.purpose)));
    }
    let said = lockfile.packages.iter().enumerate().filter(|(_, package)| package.is_direct);
    roots.extend(said.map(|(number, package)| (number, said_purpose(package))));
    roots
}
