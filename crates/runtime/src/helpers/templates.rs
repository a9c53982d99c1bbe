//! Template strings.

use super::Obj;
use whipsnake_cpython::{ffi, instructions};

/// # Safety
/// Both are the tuples of `BUILD_TEMPLATE`.
pub unsafe extern "C" fn build_template(strings: Obj, interpolations: Obj) -> Obj {
    // SAFETY: the caller vouches for the tuples.
    unsafe { instructions::template(strings, interpolations) }
}

/// # Safety
/// The objects are alive; `text` is a str, `spec` a str or NULL.
pub unsafe extern "C" fn build_interpolation(value: Obj, text: Obj, conversion: i64, spec: Obj) -> Obj {
    // SAFETY: the caller vouches for the objects; the empty str is ours.
    unsafe {
        if !spec.is_null() {
            return instructions::interpolation(value, text, conversion, spec);
        }
        let empty = ffi::PyUnicode_New(0, 0);
        if empty.is_null() {
            return empty;
        }
        let result = instructions::interpolation(value, text, conversion, empty);
        ffi::Py_DECREF(empty);
        result
    }
}
