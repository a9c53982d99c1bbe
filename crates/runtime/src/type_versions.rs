//! Types by the version numbers that inline caches name. Looking one up may take a walk over all types; that such a walk found none is kept.

use rustc_hash::FxHashSet;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use whipsnake_cpython::ffi::{PyInterpreterState, PyTypeObject};
use whipsnake_cpython::version_lookup::{type_in_table, walk_types};

/// Versions that are kept at most.
const MOST: usize = 1 << 14;

/// What walks over all types have shown.
#[derive(Debug, Default)]
pub(crate) struct TypeVersions {
    /// Versions that no living type had. None is given out twice, so none is going to.
    gone: RefCell<FxHashSet<u32>>,
}

impl TypeVersions {
    /// The living types that have these versions, borrowed. Leaves no exception.
    ///
    /// # Safety
    ///
    /// `interpreter` is the main interpreter; the GIL is held; no exception is raised.
    pub(crate) unsafe fn look_up(&self, interpreter: *mut PyInterpreterState, versions: &BTreeSet<u32>) -> BTreeMap<u32, *mut PyTypeObject> {
        let (mut types, mut open) = (BTreeMap::new(), BTreeSet::new());
        for &version in versions.iter().filter(|version| **version != 0) {
            // SAFETY: the caller vouches for the interpreter.
            match unsafe { type_in_table(interpreter, version) } {
                Some(kind) => drop(types.insert(version, kind)),
                None if self.gone.borrow().contains(&version) => {}
                None => drop(open.insert(version)),
            }
        }
        if open.is_empty() {
            return types;
        }
        // SAFETY: the caller vouches for GIL and exception state.
        types.extend(unsafe { walk_types(&open) });
        let mut gone = self.gone.borrow_mut();
        if gone.len() + open.len() > MOST {
            gone.clear();
        }
        gone.extend(open.into_iter().filter(|version| !types.contains_key(version)));
        types
    }
}
