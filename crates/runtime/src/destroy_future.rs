//! Futures and tasks of `_asyncio` that are destroyed without a word: they complain when an exception of theirs was never asked for, and tasks
//! when they are still pending.

use std::cell::Cell;
use std::ffi::CStr;
use std::ptr::null_mut;
use whipsnake_cpython::ffi::{self, PyObject, PyTypeObject, Py_DECREF, Py_TYPE};

/// What asks a future for a field, as its type's attributes do. The fields themselves are private to the module, and so is their place.
#[derive(Clone, Copy)]
struct Getters {
    log_traceback: ffi::getter,
    /// Tasks only.
    pending: Option<Pending>,
}

/// Whether a task complains about being pending.
#[derive(Clone, Copy)]
struct Pending {
    log_destroy_pending: ffi::getter,
    state: ffi::getter,
}

/// The functions of both types, as soon as they were needed. They are the module's, which is never unloaded.
#[derive(Default)]
pub(crate) struct FutureGetters {
    future: Cell<Option<Getters>>,
    task: Cell<Option<Getters>>,
}

impl FutureGetters {
    /// True if the finalizer of a future, or of a task, does nothing.
    ///
    /// # Safety
    ///
    /// The GIL is held; the object is an exact `_asyncio.Future`, or an exact `_asyncio.Task`, and intact.
    pub(crate) unsafe fn ends_unheard(&self, future: *mut PyObject, is_task: bool) -> bool {
        let known = if is_task { &self.task } else { &self.future };
        // SAFETY: as the caller says; the functions are those of the object's type. They run no Python code.
        unsafe {
            if !ffi::PyErr_Occurred().is_null() {
                // They raise for futures that were never initialised.
                return false;
            }
            if known.get().is_none() {
                known.set(Getters::find(&*Py_TYPE(future), is_task));
            }
            let Some(getters) = known.get() else { return false };
            let unheard = is_false(future, getters.log_traceback)
                && getters.pending.is_none_or(|pending| is_false(future, pending.log_destroy_pending) || !is_pending(future, pending.state));
            if !ffi::PyErr_Occurred().is_null() {
                ffi::PyErr_Clear();
                return false;
            }
            unheard
        }
    }
}

impl Getters {
    /// # Safety
    ///
    /// The class is alive.
    unsafe fn find(class: &PyTypeObject, is_task: bool) -> Option<Getters> {
        // SAFETY: as the caller says.
        unsafe {
            let log_traceback = getter_of(class, c"_log_traceback")?;
            let pending = if is_task {
                Some(Pending { log_destroy_pending: getter_of(class, c"_log_destroy_pending")?, state: getter_of(class, c"_state")? })
            } else {
                None
            };
            Some(Getters { log_traceback, pending })
        }
    }
}

/// The function behind an attribute of a class made in C, or of what it derives from, if it needs nothing but the object.
///
/// # Safety
///
/// The class is alive.
unsafe fn getter_of(class: &PyTypeObject, name: &CStr) -> Option<ffi::getter> {
    let mut class: *const PyTypeObject = class;
    // SAFETY: a class keeps its base alive; the tables end with an entry without a name.
    unsafe {
        while !class.is_null() {
            let mut at = (*class).tp_getset;
            while !at.is_null() && !(*at).name.is_null() {
                if CStr::from_ptr((*at).name) == name {
                    return (*at).get.filter(|_| (*at).closure.is_null());
                }
                at = at.add(1);
            }
            class = (*class).tp_base;
        }
    }
    None
}

/// # Safety
///
/// The getter is one of the object's type.
unsafe fn is_false(object: *mut PyObject, getter: ffi::getter) -> bool {
    // SAFETY: as the caller says.
    unsafe { answers(getter(object, null_mut()), |value| std::ptr::eq(value, ffi::Py_False())) }
}

/// # Safety
///
/// The getter is that of the state of the object's type.
unsafe fn is_pending(object: *mut PyObject, state: ffi::getter) -> bool {
    // SAFETY: as the caller says; anything that is no str counts as pending.
    unsafe {
        answers(state(object, null_mut()), |value| {
            ffi::PyUnicode_Check(value) == 0 || ffi::PyUnicode_CompareWithASCIIString(value, c"PENDING".as_ptr()) == 0
        })
    }
}

/// What a look at a new reference tells, which is given up; true without one.
///
/// # Safety
///
/// `value` is NULL or owned.
unsafe fn answers(value: *mut PyObject, look: impl FnOnce(*mut PyObject) -> bool) -> bool {
    if value.is_null() {
        return true;
    }
    let answer = look(value);
    // SAFETY: as the caller says.
    unsafe { Py_DECREF(value) };
    answer
}
