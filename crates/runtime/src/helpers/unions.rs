//! Adding all of one container to another.

use super::Obj;
use std::ffi::c_int;
use whipsnake_cpython::ffi;

unsafe extern "C" {
    /// `set |= iterable` for any iterable.
    fn _PySet_Update(set: Obj, iterable: Obj) -> c_int;
    /// Merges a mapping into a dict; with 2, a key that is there already is an error.
    fn _PyDict_MergeEx(dict: Obj, other: Obj, duplicates: c_int) -> c_int;
    /// Turns the error of a failed merge into one that names the callable.
    fn _PyEval_FormatKwargsError(tstate: *mut ffi::PyThreadState, callable: Obj, keywords: Obj);
}

/// # Safety
/// `set` is a set, `iterable` is alive.
pub unsafe extern "C" fn set_update(set: Obj, iterable: Obj) -> i64 {
    // SAFETY: the caller vouches for the objects.
    i64::from(unsafe { _PySet_Update(set, iterable) })
}

/// # Safety
/// `dict` is an exact dict; the others are alive.
pub unsafe extern "C" fn dict_merge(dict: Obj, other: Obj, callable: Obj) -> i64 {
    // SAFETY: the caller vouches for the objects; the thread runs Python.
    unsafe {
        if _PyDict_MergeEx(dict, other, 2) < 0 {
            _PyEval_FormatKwargsError(ffi::PyThreadState_Get(), callable, other);
            return -1;
        }
    }
    0
}
