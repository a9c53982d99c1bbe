//! Deleting names, and objects that the interpreter knows without a name.

use super::{Obj, Ptr};
use std::ffi::{c_char, c_int};
use whipsnake_cpython::{Frame, ffi, instructions};

unsafe extern "C" {
    /// Raises an exception whose message and `name` tell of the name `object`.
    fn _PyEval_FormatExcCheckArg(tstate: *mut ffi::PyThreadState, exception: Obj, format: *const c_char, object: Obj);
    /// Removes an entry of a dict: 1 if there was one, 0 if not, -1 with an exception.
    fn PyDict_Pop(dict: Obj, key: Obj, value: *mut Obj) -> c_int;
}

/// Raises `NameError`, also in place of an exception that is raised already.
///
/// # Safety
/// `name` is a str.
unsafe fn not_defined(name: Obj) {
    // SAFETY: the thread runs Python; the format takes a C string.
    unsafe {
        let tstate = ffi::PyThreadState_Get();
        _PyEval_FormatExcCheckArg(tstate, ffi::PyExc_NameError, c"name '%.200s' is not defined".as_ptr(), name);
    }
}

/// # Safety
/// `globals` is a dict, `name` is a str.
pub unsafe extern "C" fn delete_global(globals: Obj, name: Obj) -> i64 {
    // SAFETY: the caller vouches for the objects; the value is not asked for.
    unsafe {
        match PyDict_Pop(globals, name, std::ptr::null_mut()) {
            0 => not_defined(name),
            found if found > 0 => return 0,
            _ => {}
        }
    }
    -1
}

/// # Safety
/// `frame` is an interpreter frame of module or class code, `name` is a str.
pub unsafe extern "C" fn delete_name(frame: Ptr, name: Obj) -> i64 {
    // SAFETY: the frame is alive, and with it its namespace.
    unsafe {
        let locals = Frame::from_ptr(frame).map_or(std::ptr::null_mut(), Frame::locals);
        if locals.is_null() {
            ffi::PyErr_Format(ffi::PyExc_SystemError, c"no locals when deleting %R".as_ptr(), name);
            return -1;
        }
        if ffi::PyObject_DelItem(locals, name) != 0 {
            not_defined(name);
            return -1;
        }
    }
    0
}

/// # Safety
/// `which` is an argument of `LOAD_COMMON_CONSTANT` of the running version.
pub unsafe extern "C" fn common_constant(which: i64) -> Obj {
    // SAFETY: native code runs with the GIL held; the caller vouches for the number.
    unsafe { instructions::common_constant(which) }
}
