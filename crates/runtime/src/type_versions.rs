//! Types by the version numbers that inline caches name. Looking one up may take a walk over all types, so what such walks have shown is kept.

use crate::profile::WeakType;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use whipsnake_cpython::ffi::{PyInterpreterState, PyTypeObject};
use whipsnake_cpython::version_lookup::{type_in_table, type_version, walk_types};

/// Versions that are kept of each kind at most.
const MOST: usize = 1 << 14;

/// What walks over all types have shown.
#[derive(Debug, Default)]
pub(crate) struct TypeVersions {
    /// Types by the version that they had.
    found: RefCell<FxHashMap<u32, WeakType>>,
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
        // SAFETY: as the caller says; a type that a walk finds is alive.
        unsafe {
            let (mut types, mut open) = (BTreeMap::new(), BTreeSet::new());
            for &version in versions.iter().filter(|version| **version != 0) {
                match type_in_table(interpreter, version).or_else(|| self.kept(version)) {
                    Some(kind) => drop(types.insert(version, kind)),
                    None if self.gone.borrow().contains(&version) => {}
                    None => drop(open.insert(version)),
                }
            }
            if open.is_empty() {
                return types;
            }
            let walked = walk_types(&open);
            let (mut found, mut gone) = (self.found.borrow_mut(), self.gone.borrow_mut());
            if found.len() + open.len() > MOST {
                found.clear();
            }
            if gone.len() + open.len() > MOST {
                gone.clear();
            }
            for version in open {
                match walked.get(&version) {
                    Some(&kind) => found.extend(WeakType::new(kind).map(|kind| (version, kind))),
                    None => drop(gone.insert(version)),
                }
            }
            types.extend(walked);
            types
        }
    }

    /// The type that a walk has found under a version, if it still has that.
    ///
    /// # Safety
    ///
    /// The GIL is held.
    unsafe fn kept(&self, version: u32) -> Option<*mut PyTypeObject> {
        let found = self.found.borrow();
        // SAFETY: as the caller says; the type is alive during the call.
        unsafe { found.get(&version)?.with(|kind| (type_version(kind) == version).then_some(kind))? }
    }
}
