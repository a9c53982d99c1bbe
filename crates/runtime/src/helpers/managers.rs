//! Context managers.

use super::{Obj, Ptr};
use std::ffi::CStr;
use std::ptr::null_mut;
use whipsnake_cpython::symbols::_PyType_Lookup;
use whipsnake_cpython::{ffi, instructions};

unsafe extern "C" {
    /// A method looked up on the type only, bound and owned; NULL with or without an exception.
    fn _PyObject_LookupSpecial(object: Obj, name: Obj) -> Obj;
}

/// # Safety
/// `owner` is alive, `which` an argument of `LOAD_SPECIAL`, `out` points to two words.
pub unsafe extern "C" fn load_special(owner: Obj, which: i64, out: Ptr) -> i64 {
    let out = out.cast::<Obj>();
    // SAFETY: the owner is alive, and with it its type, which lends what the lookup finds; a reference is taken before
    // a descriptor can run anything. The caller gave room for two words.
    unsafe {
        let name = instructions::special_name(which);
        if name.is_null() {
            return -1;
        }
        let owner_type = ffi::Py_TYPE(owner);
        let found = _PyType_Lookup(owner_type, name);
        if found.is_null() {
            instructions::special_missing(owner, which);
            return -1;
        }
        ffi::Py_INCREF(found);
        let found_type = ffi::Py_TYPE(found);
        let (method, receiver) = if ffi::PyType_HasFeature(found_type, ffi::Py_TPFLAGS_METHOD_DESCRIPTOR) != 0 {
            (found, ffi::Py_NewRef(owner))
        } else if let Some(get) = (*found_type).tp_descr_get {
            let bound = get(found, owner, owner_type.cast());
            ffi::Py_DECREF(found);
            if bound.is_null() {
                return -1;
            }
            (bound, null_mut())
        } else {
            (found, null_mut())
        };
        out.write(method);
        out.add(1).write(receiver);
    }
    0
}

/// # Safety
/// `manager` is alive, `out` points to two words.
pub unsafe extern "C" fn enter_with(manager: Obj, out: Ptr) -> i64 {
    let out = out.cast::<Obj>();
    // SAFETY: the manager is alive, the methods are ours; the caller gave room for two words.
    unsafe {
        let enter = special(manager, instructions::enter_name(), c"'%.200s' object does not support the context manager protocol");
        if enter.is_null() {
            return -1;
        }
        let exit = special(
            manager,
            instructions::exit_name(),
            c"'%.200s' object does not support the context manager protocol (missed __exit__ method)",
        );
        if exit.is_null() {
            ffi::Py_DECREF(enter);
            return -1;
        }
        let result = ffi::PyObject_CallNoArgs(enter);
        ffi::Py_DECREF(enter);
        if result.is_null() {
            ffi::Py_DECREF(exit);
            return -1;
        }
        out.write(exit);
        out.add(1).write(result);
    }
    0
}

/// A bound method of the manager's type, owned; `TypeError` with the name of the type if it has none.
///
/// # Safety
/// `manager` is alive, `name` is a str, `message` takes a C string.
unsafe fn special(manager: Obj, name: Obj, message: &CStr) -> Obj {
    // SAFETY: the caller vouches for the objects and the format.
    unsafe {
        let method = _PyObject_LookupSpecial(manager, name);
        if method.is_null() && ffi::PyErr_Occurred().is_null() {
            ffi::PyErr_Format(ffi::PyExc_TypeError, message.as_ptr(), (*ffi::Py_TYPE(manager)).tp_name);
        }
        method
    }
}
