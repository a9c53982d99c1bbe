//! Variables of a module whose loop runs natively.

use super::{Obj, Ptr};
use crate::dict_keys;
use crate::session::session;
use whipsnake_cpython::ffi;

/// # Safety
/// `namespace` is an exact dict, `name` an exact str, `value` is alive; `old` has room for a word.
pub unsafe extern "C" fn swap_variable(namespace: Obj, name: Obj, value: Obj, old: Ptr) -> i64 {
    // SAFETY: the caller vouches for the objects; what was there is held before the dict gives it up.
    unsafe {
        if let Some(before) = replaced_in_place(namespace, name, value) {
            old.cast::<Obj>().write(before);
            return 0;
        }
        let before = dict_keys::get(namespace, name);
        ffi::Py_XINCREF(before);
        old.cast::<Obj>().write(before);
        let status = ffi::PyDict_SetItem(namespace, name, value);
        if status < 0 {
            ffi::Py_XDECREF(before);
        }
        i64::from(status)
    }
}

/// # Safety
/// `namespace` is an exact dict with an entry under the exact str `name`, of a leaf type; `value` is owned.
pub unsafe extern "C" fn set_variable(namespace: Obj, name: Obj, value: Obj) {
    // SAFETY: the caller vouches for the objects. Replacing a value takes no memory, so it cannot fail.
    unsafe {
        if let Some(before) = replaced_in_place(namespace, name, value) {
            ffi::Py_DECREF(before);
        } else {
            let status = ffi::PyDict_SetItem(namespace, name, value);
            debug_assert_eq!(status, 0, "the entry is there");
        }
        ffi::Py_DECREF(value);
    }
}

/// Replaces what a namespace has under a name, if nobody wants to be told of that: what was there, owned.
///
/// # Safety
/// `namespace` is an exact dict, `name` an exact str, `value` is alive.
unsafe fn replaced_in_place(namespace: Obj, name: Obj, value: Obj) -> Option<Obj> {
    let session = session()?;
    let watch = session.watch.borrow();
    // SAFETY: the caller vouches for the objects; the place holds a value, whose reference goes to the caller.
    unsafe {
        if watch.may_rely_on(namespace, name) {
            return None;
        }
        let place = dict_keys::place_of_variable(namespace, name, watch.dict_watcher())?;
        Some(place.replace(ffi::Py_NewRef(value)))
    }
}
