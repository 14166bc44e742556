//! What was made for a tree and may serve for the next one.

use std::hash::Hash;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

/// Values by key. What was not asked for between two calls of [`Recent::turn`] is forgotten, so that a walk through a long history
/// holds two trees and not all of them.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    held: Mutex<Held<K, V>>,
}

#[derive(Debug)]
struct Held<K, V> {
    now: FxHashMap<K, V>,
    before: FxHashMap<K, V>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { held: Mutex::new(Held { now: FxHashMap::default(), before: FxHashMap::default() }) }
    }
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// The value of a key, and whether it was there before. `make` is called under the lock: it is to be cheap, such as an empty cell.
    pub(crate) fn get(&self, key: K, make: impl FnOnce() -> V) -> (V, bool) {
        let mut held = self.lock();
        if let Some(value) = held.now.get(&key) {
            return (value.clone(), true);
        }
        let known = held.before.remove(&key);
        let is_known = known.is_some();
        let value = known.unwrap_or_else(make);
        held.now.insert(key, value.clone());
        (value, is_known)
    }

    /// Forgets what was not asked for since the last call.
    pub(crate) fn turn(&self) {
        let mut held = self.lock();
        held.before = mem::take(&mut held.now);
    }

    fn lock(&self) -> MutexGuard<'_, Held<K, V>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_asks_for_is_forgotten() {
        let recent = Recent::default();
        assert_eq!(recent.get("a", || 1), (1, false));
        assert_eq!(recent.get("a", || 2), (1, true));
        recent.turn();
        assert_eq!(recent.get("a", || 3), (1, true));
        recent.turn();
        recent.turn();
        assert_eq!(recent.get("a", || 4), (4, false));
    }
}
