//! Answers to `isinstance`, as far as no Python code has a say in them.

use crate::address_hash::place_of;
use crate::capture::has_plain_class;
use std::cell::Cell;
use whipsnake_cpython::ffi::{self, Py_TYPE, PyObject, PyTypeObject};
use whipsnake_cpython::symbols::{_PyType_Lookup, PyUnstable_Type_AssignVersionTag};

/// Answers remembered at a time: a power of two.
const CACHED: usize = 512;

/// Whether instances of a type are instances of a class.
#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: usize,
    class: usize,
    /// The class's own class.
    meta: usize,
    /// Version of the type. It stands for its bases: a class that is none of them stays none, whatever takes its address later.
    version: u32,
    /// Version of the class's own class, which answers as `type` does.
    meta_version: u32,
    answer: bool,
}

const EMPTY: Entry = Entry { kind: 0, class: 0, meta: 0, version: 0, meta_version: 0, answer: false };

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
        // SAFETY: as the caller says; the classes of both are alive.
        unsafe {
            let (kind, meta) = (Py_TYPE(object), Py_TYPE(class));
            let place = &self.0[place_of(kind as usize ^ (class as usize).rotate_left(u32::BITS), CACHED)];
            let entry = place.get();
            let is_it = entry.kind == kind as usize && entry.class == class as usize && entry.meta == meta as usize;
            let [version, meta_version] = [kind, meta].map(|kind| (*kind).tp_version_tag);
            if is_it && entry.version == version && entry.meta_version == meta_version && version != 0 && meta_version != 0 {
                return Some(entry.answer);
            }
            find(place, kind, class, meta)
        }
    }
}

/// # Safety
///
/// As for [`InstanceChecks::ask`]; `meta` is the class's class.
#[cold]
unsafe fn find(place: &Cell<Entry>, kind: *mut PyTypeObject, class: *mut PyObject, meta: *mut PyTypeObject) -> Option<bool> {
    // SAFETY: as the caller says.
    unsafe {
        if ffi::PyType_Check(class) == 0 || !answers_as_type(meta) {
            return None;
        }
        let answer = ffi::PyType_IsSubtype(kind, class.cast()) != 0;
        if !answer && !has_plain_class(kind) {
            return None;
        }
        let [version, meta_version] = [kind, meta].map(|kind| {
            PyUnstable_Type_AssignVersionTag(kind);
            (*kind).tp_version_tag
        });
        place.set(Entry { kind: kind as usize, class: class as usize, meta: meta as usize, version, meta_version, answer });
        Some(answer)
    }
}

/// True if the class of classes leaves `isinstance` to `type`.
///
/// # Safety
///
/// `meta` is alive; the GIL is held.
unsafe fn answers_as_type(meta: *mut PyTypeObject) -> bool {
    let base = &raw mut ffi::PyType_Type;
    if std::ptr::eq(meta, base) {
        return true;
    }
    // SAFETY: the name is an exact str, given back after the lookups, which run no Python code under it.
    unsafe {
        let name = ffi::PyUnicode_InternFromString(c"__instancecheck__".as_ptr());
        if name.is_null() {
            ffi::PyErr_Clear();
            return false;
        }
        let answers = std::ptr::eq(_PyType_Lookup(meta, name), _PyType_Lookup(base, name));
        ffi::Py_DECREF(name);
        answers
    }
}
