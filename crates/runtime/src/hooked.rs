//! Functions whose vectorcall is ours. Most functions made in functions die soon: the last ones are kept apart, where they are found without a table.

use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};

/// Functions kept apart.
const FRESH: usize = 4;

/// Hooked functions by address, with the version that each had.
#[derive(Debug, Default)]
pub struct Hooked {
    /// The last ones, by address; 0 for none.
    fresh: [Cell<(usize, u32)>; FRESH],
    /// The place of the next one.
    next: Cell<usize>,
    others: RefCell<FxHashMap<usize, u32>>,
}

impl Hooked {
    /// Adds a function that is not there.
    pub fn insert(&self, function: usize, version: u32) {
        let free = self.fresh.iter().position(|place| place.get().0 == 0);
        let at = free.unwrap_or_else(|| self.next.replace((self.next.get() + 1) % FRESH));
        let (old, its_version) = self.fresh[at].replace((function, version));
        if old != 0 {
            self.others.borrow_mut().insert(old, its_version);
        }
    }

    /// Takes a function out; the version that it had, if it was there.
    pub fn remove(&self, function: usize) -> Option<u32> {
        match self.fresh.iter().find(|place| place.get().0 == function) {
            Some(place) => Some(place.take().1),
            None => self.others.borrow_mut().remove(&function),
        }
    }

    /// Forgets the version that a function had.
    pub fn forget_version(&self, function: usize) {
        if self.remove(function).is_some() {
            self.insert(function, 0);
        }
    }

    /// The addresses of all.
    pub fn functions(&self) -> Vec<usize> {
        let fresh = self.fresh.iter().map(|place| place.get().0).filter(|&function| function != 0);
        fresh.chain(self.others.borrow().keys().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_kept_with_their_versions() {
        let hooked = Hooked::default();
        for function in 1..=20 {
            hooked.insert(function, function as u32 + 100);
        }
        assert_eq!(hooked.remove(3), Some(103));
        hooked.insert(3, 7);
        hooked.forget_version(20);
        let mut all = hooked.functions();
        all.sort_unstable();
        assert_eq!(all, (1..=20).collect::<Vec<_>>());
        let versions = [3, 19, 20, 5, 5].map(|function| hooked.remove(function));
        assert_eq!(versions, [Some(7), Some(119), Some(0), Some(105), None]);
        assert_eq!(hooked.functions().len(), 16);
    }
}
