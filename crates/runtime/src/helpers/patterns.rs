//! Structural pattern matching.

use super::Obj;
use whipsnake_cpython::ffi;

unsafe extern "C" {
    /// The values under the keys as a tuple, or `None`; owned.
    fn _PyEval_MatchKeys(tstate: *mut ffi::PyThreadState, mapping: Obj, keys: Obj) -> Obj;
    /// The attributes of a class pattern as a tuple; NULL with or without an exception. Owned.
    fn _PyEval_MatchClass(tstate: *mut ffi::PyThreadState, subject: Obj, class: Obj, count: isize, names: Obj) -> Obj;
}

/// # Safety
/// `object` is alive.
pub unsafe extern "C" fn length(object: Obj) -> i64 {
    // SAFETY: the object is alive.
    unsafe { ffi::PyObject_Size(object) as i64 }
}

/// # Safety
/// `mapping` is alive, `keys` is a tuple.
pub unsafe extern "C" fn match_keys(mapping: Obj, keys: Obj) -> Obj {
    // SAFETY: the caller vouches for the objects.
    unsafe { _PyEval_MatchKeys(ffi::PyThreadState_Get(), mapping, keys) }
}

/// # Safety
/// `subject` and `class` are alive, `names` is a tuple of strs.
pub unsafe extern "C" fn match_class(subject: Obj, class: Obj, count: i64, names: Obj) -> Obj {
    // SAFETY: the caller vouches for the objects.
    unsafe {
        let attributes = _PyEval_MatchClass(ffi::PyThreadState_Get(), subject, class, count as isize, names);
        if attributes.is_null() && ffi::PyErr_Occurred().is_null() {
            return ffi::Py_NewRef(ffi::Py_None());
        }
        attributes
    }
}
