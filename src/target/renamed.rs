//! Which file of a tree is which file of an earlier state of it, under another path.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::source::SourceFile;

/// Pairs of files that are compared; with more of them only files that did not change are recognised.
const MOST_PAIRS: usize = 250_000;

/// Old paths by new ones: files that are equal, or of which at least half of the lines are.
#[must_use]
pub fn renamed(before: &[SourceFile], after: &[SourceFile]) -> BTreeMap<Arc<str>, Arc<str>> {
    let is_in = |files: &[SourceFile], path: &str| files.binary_search_by(|file| (*file.path).cmp(path)).is_ok();
    let mut gone: Vec<_> = before.iter().filter(|file| !is_in(after, &file.path) && !file.text.is_empty()).collect();
    let mut fresh: Vec<_> = after.iter().filter(|file| !is_in(before, &file.path) && !file.text.is_empty()).collect();
    let mut renamed = BTreeMap::new();
    let mut by_text: HashMap<&str, Vec<&SourceFile>> = HashMap::new();
    gone.iter().rev().for_each(|file| by_text.entry(&file.text).or_default().push(file));
    fresh.retain(|new| match by_text.get_mut(&*new.text).and_then(Vec::pop) {
        Some(old) => {
            renamed.insert(Arc::clone(&new.path), Arc::clone(&old.path));
            gone.retain(|file| file.path != old.path);
            false
        }
        None => true,
    });
    if gone.len() * fresh.len() <= MOST_PAIRS {
        renamed.extend(similar(&gone, &fresh));
    }
    renamed
}

/// The pairs that have most in common, the best first; each file is in one pair at most.
fn similar(gone: &[&SourceFile], fresh: &[&SourceFile]) -> Vec<(Arc<str>, Arc<str>)> {
    let lines = |file: &&SourceFile| -> FxHashSet<String> {
        let filled = file.text.lines().map(str::trim).filter(|line| line.len() > 1);
        filled.map(ToOwned::to_owned).collect()
    };
    let (old, new): (Vec<_>, Vec<_>) = (gone.iter().map(lines).collect(), fresh.iter().map(lines).collect());
    let mut pairs = Vec::new();
    for (at_new, new) in new.iter().enumerate() {
        for (at_old, old) in old.iter().enumerate() {
            let common = new.intersection(old).count();
            if common * 2 >= new.len().max(old.len()) && common > 0 {
                pairs.push((common, at_old, at_new));
            }
        }
    }
    pairs.sort_by_key(|&(common, at_old, at_new)| (std::cmp::Reverse(common), at_old, at_new));
    let (mut used_old, mut used_new) = (FxHashSet::default(), FxHashSet::default());
    let free = pairs.into_iter().filter(|&(_, at_old, at_new)| {
        let is_free = !used_old.contains(&at_old) && !used_new.contains(&at_new);
        is_free && used_old.insert(at_old) && used_new.insert(at_new)
    });
    free.map(|(_, at_old, at_new)| (Arc::clone(&fresh[at_new].path), Arc::clone(&gone[at_old].path))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Workspace;

    #[test]
    fn files_are_known_again_by_what_they_hold() {
        let long = "one line\ntwo lines\nthree lines\nfour lines\n";
        let before = Workspace::in_memory([("a.ts", long), ("kept.ts", "x"), ("gone.ts", "nothing like it")]);
        let changed = long.replace("four", "five");
        let after = Workspace::in_memory([("src/a.ts", changed.as_str()), ("kept.ts", "x"), ("new.ts", "other words")]);
        let found = renamed(&before.files, &after.files);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [("src/a.ts".into(), "a.ts".into())]);
    }
}
