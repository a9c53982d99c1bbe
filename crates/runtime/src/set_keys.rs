//! Sets asked and changed under plain keys, without Python code.
//!
//! Probing as in `set_lookkey` of `setobject.c`. A new key takes the place of the last dummy that was met before the unused entry, or else that entry
//! (as sets of CPython 3.13 and 3.14 were seen to do).

use crate::plain_keys::Key;
use whipsnake_cpython::ffi::{self, PyObject};

unsafe extern "C" {
    /// What stands for a key that has gone.
    static _PySet_Dummy: *mut PyObject;
}

/// `LINEAR_PROBES` and `PERTURB_SHIFT` of `setobject.c`.
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

/// Where a set has a key, or would get it.
pub(crate) enum Seek {
    /// The key's entry.
    Found(*mut ffi::setentry),
    /// The entry that it takes, and the key's hash.
    Missing(*mut ffi::setentry, isize),
    /// Python code would have to hash or compare.
    Unsure,
}

/// The first key in the table from a place on, borrowed, and the place after it.
///
/// # Safety
/// `set` is an alive set or frozenset.
pub(crate) unsafe fn next(set: *mut PyObject, place: usize) -> Option<(*mut PyObject, usize)> {
    // SAFETY: as the caller says; the table has one entry more than its mask says.
    unsafe {
        let set = &*set.cast::<ffi::PySetObject>();
        (place..=set.mask as usize).find_map(|at| {
            let key = (*set.table.add(at)).key;
            (!key.is_null() && key != _PySet_Dummy).then_some((key, at + 1))
        })
    }
}

/// Looks a key up.
///
/// # Safety
/// `set` is an alive exact set or frozenset, and the key's objects are alive.
pub(crate) unsafe fn seek(set: *mut PyObject, key: Key<'_>) -> Seek {
    // SAFETY: as the caller says; the table has one entry more than its mask says, and unused ones, whose hash is 0. Keys in it are alive, or the dummy,
    // with a hash that no key has.
    unsafe {
        let Some(hash) = key.hash() else { return Seek::Unsure };
        let object = key.object();
        let set = &*set.cast::<ffi::PySetObject>();
        let mask = set.mask as usize;
        let mut perturb = hash as usize;
        let mut at = perturb & mask;
        let mut dummy: *mut ffi::setentry = std::ptr::null_mut();
        loop {
            let mut entry = set.table.add(at);
            let last = if at + LINEAR_PROBES <= mask { entry.add(LINEAR_PROBES) } else { entry };
            loop {
                let found = (*entry).hash;
                if (found == 0 || found == hash) && (*entry).key.is_null() {
                    return Seek::Missing(if dummy.is_null() { entry } else { dummy }, hash);
                }
                if found == hash {
                    let other = (*entry).key;
                    match if other == object { Some(true) } else { key.equals(other) } {
                        Some(true) => return Seek::Found(entry),
                        Some(false) => {}
                        None => return Seek::Unsure,
                    }
                }
                if found == -1 {
                    dummy = entry;
                }
                if entry == last {
                    break;
                }
                entry = entry.add(1);
            }
            perturb >>= PERTURB_SHIFT;
            at = (at * 5 + 1 + perturb) & mask;
        }
    }
}

/// Adds a key that [`seek`] has not found, with what it told. False, without having done anything, if the table has to grow.
///
/// # Safety
/// The set is exact and has not been changed since.
pub(crate) unsafe fn add_at(set: *mut PyObject, entry: *mut ffi::setentry, hash: isize, key: *mut PyObject) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        let set = &mut *set.cast::<ffi::PySetObject>();
        let is_unused = (*entry).key.is_null();
        let fits = !is_unused || (set.fill as usize + 1) * 5 < set.mask as usize * 3;
        if fits {
            *entry = ffi::setentry { key: ffi::Py_NewRef(key), hash };
            set.fill += isize::from(is_unused);
            set.used += 1;
        }
        fits
    }
}

/// Takes the key of an entry out of a set.
///
/// # Safety
/// [`seek`] has found the entry; the set is exact and has not been changed since.
pub(crate) unsafe fn discard_at(set: *mut PyObject, entry: *mut ffi::setentry) {
    // SAFETY: as the caller says; the entry's key is plain, so that destroying it runs no Python code.
    unsafe {
        let set = &mut *set.cast::<ffi::PySetObject>();
        let old = std::mem::replace(&mut *entry, ffi::setentry { key: _PySet_Dummy, hash: -1 });
        set.used -= 1;
        ffi::Py_DECREF(old.key);
    }
}
