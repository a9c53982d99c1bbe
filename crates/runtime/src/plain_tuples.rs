//! Tuples that the garbage collector need not know.
//!
//! Some versions of the interpreter (3.14.10, but not 3.13.0) do not have it look at new tuples of objects that cannot be part of a cycle, which
//! `gc.is_tracked` tells; others find out at a collection. Which one this is, is tried out. Programs that keep many small tuples would spend much of their time in collections otherwise.

use crate::session::session;
use whipsnake_cpython::ffi::{
    PyErr_Clear, PyList_AsTuple, PyList_New, PyObject, PyObject_GC_IsTracked, PyObject_GC_UnTrack, PyTuple_GET_ITEM, PyTuple_GET_SIZE, Py_DECREF, Py_NewRef, Py_None,
    Py_TPFLAGS_HAVE_GC, Py_TYPE, PyList_SET_ITEM,
};

/// True if new tuples of such objects are unknown to the collector; false also if memory is short.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
pub(crate) unsafe fn stay_unknown() -> bool {
    // SAFETY: the list has room for one object; both are new.
    unsafe {
        let list = PyList_New(1);
        if list.is_null() {
            PyErr_Clear();
            return false;
        }
        PyList_SET_ITEM(list, 0, Py_NewRef(Py_None()));
        let tuple = PyList_AsTuple(list);
        Py_DECREF(list);
        if tuple.is_null() {
            PyErr_Clear();
            return false;
        }
        let tracked = PyObject_GC_IsTracked(tuple) != 0;
        Py_DECREF(tuple);
        !tracked
    }
}

/// Does with a tuple that was made just now what the interpreter would.
///
/// # Safety
///
/// The GIL is held; the tuple is complete, and known to nobody else.
#[inline]
pub(crate) unsafe fn settle(tuple: *mut PyObject) {
    // SAFETY: as the caller says.
    unsafe {
        let count = PyTuple_GET_SIZE(tuple);
        let is_plain = |index: isize| (*Py_TYPE(PyTuple_GET_ITEM(tuple, index))).tp_flags as u64 & Py_TPFLAGS_HAVE_GC as u64 == 0;
        // There is one empty tuple only.
        if count > 0 && session().is_some_and(|session| session.plain_tuples_stay_unknown) && (0..count).all(is_plain) {
            PyObject_GC_UnTrack(tuple.cast());
        }
    }
}
