//! Answers to `isinstance`, as far as no Python code has a say in them.

use crate::address_hash::place_of;
use crate::capture::has_plain_class;
use std::cell::Cell;
use whipsnake_cpython::ffi::{self, Py_TYPE, PyObject, PyTypeObject};
use whipsnake_cpython::symbols::PyUnstable_Type_AssignVersionTag;

/// Answers remembered at a time: a power of two.
const CACHED: usize = 512;

/// Whether instances of a type are instances of a class.
#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: usize,
    class: usize,
    /// Version of the type. It stands for its bases: a class that is none of them stays none, whatever takes its address later.
    version: u32,
    answer: bool,
}

const EMPTY: Entry = Entry { kind: 0, class: 0, version: 0, answer: false };

/// The table.
pub(crate) struct InstanceChecks(Box<[Cell<Entry>]>);

impl Default for InstanceChecks {
    fn default() -> InstanceChecks {
        InstanceChecks(vec![Cell::new(EMPTY); CACHED].into_boxed_slice())
    }
}

impl InstanceChecks {
    /// `isinstance(object, class)`; `None` if Python code may have to tell: `__instancecheck__`, or an object that says that its class
    /// is another one.
    ///
    /// # Safety
    ///
    /// The GIL is held; both are alive.
    #[inline]
    pub(crate) unsafe fn ask(&self, object: *mut PyObject, class: *mut PyObject) -> Option<bool> {
        // SAFETY: as the caller says; a class whose own class is `type` is a type.
        unsafe {
            if !std::ptr::eq(Py_TYPE(class), &raw mut ffi::PyType_Type) {
                return None;
            }
            let kind = Py_TYPE(object);
            let place = &self.0[place_of(kind as usize ^ (class as usize).rotate_left(u32::BITS), CACHED)];
            let entry = place.get();
            if entry.kind == kind as usize && entry.class == class as usize && entry.version == (*kind).tp_version_tag && entry.version != 0 {
                return Some(entry.answer);
            }
            find(place, kind, class.cast())
        }
    }
}

/// # Safety
///
/// As for [`InstanceChecks::ask`]; `class` is a type.
#[cold]
unsafe fn find(place: &Cell<Entry>, kind: *mut PyTypeObject, class: *mut PyTypeObject) -> Option<bool> {
    // SAFETY: as the caller says.
    unsafe {
        let answer = ffi::PyType_IsSubtype(kind, class) != 0;
        if !answer && !has_plain_class(kind) {
            return None;
        }
        PyUnstable_Type_AssignVersionTag(kind);
        place.set(Entry { kind: kind as usize, class: class as usize, version: (*kind).tp_version_tag, answer });
        Some(answer)
    }
}
