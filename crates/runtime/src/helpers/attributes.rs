//! Attributes and global names.

use super::{Obj, Ptr};
use crate::attribute_cache::{How, Loaded};
use crate::session::session;
use std::ffi::{c_char, c_int};
use whipsnake_cpython::{Frame, ffi};

unsafe extern "C" {
    /// Finds a method: 1 if `method` is unbound (to be called with the object first), else 0. `method` is owned, NULL
    /// with an exception.
    fn _PyObject_GetMethod(object: Obj, name: Obj, method: *mut Obj) -> c_int;
    /// Raises an exception whose message and `name` tell of the name `object`.
    fn _PyEval_FormatExcCheckArg(tstate: *mut ffi::PyThreadState, exception: Obj, format: *const c_char, object: Obj);
}

/// What helpers give that succeed without running Python code.
const QUIET: i64 = 1;

/// What the session's table knows of `object.name`.
///
/// # Safety
/// `object` is alive, `name` is an exact str.
#[inline(always)]
unsafe fn load(object: Obj, name: Obj) -> Loaded {
    // SAFETY: as the caller says.
    session().map_or(Loaded::MISSED, |session| unsafe { session.attributes.load(session, object, name) })
}

/// # Safety
/// `object` is alive, `name` is an exact str, `out` points to a word.
pub unsafe extern "C" fn get_attr(object: Obj, name: Obj, out: Ptr) -> i64 {
    // SAFETY: both are alive; a method's type has that slot, and the method stays alive during the call.
    unsafe {
        let Loaded { value, how } = load(object, name);
        let (value, status) = match how {
            How::Held => (value, QUIET),
            How::Given => (value, 0),
            How::Method | How::AnyMethod => {
                let bound = match (*ffi::Py_TYPE(value)).tp_descr_get {
                    Some(bind) => bind(value, object, ffi::Py_TYPE(object).cast()),
                    None => ffi::Py_NewRef(value),
                };
                ffi::Py_DECREF(value);
                (bound, i64::from(how == How::Method))
            }
            How::Missed => (ffi::PyObject_GetAttr(object, name), 0),
        };
        out.cast::<Obj>().write(value);
        if value.is_null() { -1 } else { status }
    }
}

/// # Safety
/// `object` and `value` are alive, `name` is an exact str.
pub unsafe extern "C" fn set_attr(object: Obj, name: Obj, value: Obj) -> i64 {
    // SAFETY: all are alive.
    unsafe {
        match session().and_then(|session| session.attributes.store(session, object, name, value)) {
            Some(is_quiet) => i64::from(is_quiet),
            None => i64::from(ffi::PyObject_SetAttr(object, name, value)),
        }
    }
}

/// # Safety
/// `object` is alive, `name` is a str.
pub unsafe extern "C" fn delete_attr(object: Obj, name: Obj) -> i64 {
    // SAFETY: both are alive.
    i64::from(unsafe { ffi::PyObject_DelAttr(object, name) })
}

/// # Safety
/// `object` is alive, `name` is an exact str, `out` points to two words.
pub unsafe extern "C" fn load_method(object: Obj, name: Obj, out: Ptr) -> i64 {
    let out = out.cast::<Obj>();
    let mut method = std::ptr::null_mut();
    // SAFETY: both are alive; the caller gave room for two words.
    unsafe {
        let loaded = load(object, name);
        if loaded.how != How::Missed {
            let is_method = matches!(loaded.how, How::Method | How::AnyMethod);
            out.write(loaded.value);
            out.add(1).write(if is_method { ffi::Py_NewRef(object) } else { std::ptr::null_mut() });
            return if loaded.value.is_null() { -1 } else { i64::from(loaded.how != How::Given) };
        }
        let unbound = _PyObject_GetMethod(object, name, &mut method) != 0;
        if method.is_null() {
            return -1;
        }
        out.write(method);
        out.add(1).write(if unbound { ffi::Py_NewRef(object) } else { std::ptr::null_mut() });
    }
    0
}

/// # Safety
/// `globals` is a dict, `builtins` is alive, `name` is a str.
pub unsafe extern "C" fn load_global(globals: Obj, builtins: Obj, name: Obj) -> Obj {
    // SAFETY: the caller vouches for the objects.
    unsafe { first_found(&[globals, builtins], name) }
}

/// # Safety
/// `frame` is an interpreter frame of module or class code, `name` is a str.
pub unsafe extern "C" fn load_name(frame: Ptr, name: Obj) -> Obj {
    // SAFETY: the frame is alive, and with it its namespaces.
    unsafe {
        let Some(frame) = Frame::from_ptr(frame) else { return std::ptr::null_mut() };
        let locals = frame.locals();
        if locals.is_null() {
            return ffi::PyErr_Format(ffi::PyExc_SystemError, c"no locals found".as_ptr());
        }
        first_found(&[locals, frame.globals(), frame.builtins()], name)
    }
}

/// # Safety
/// `frame` is an interpreter frame of module or class code, `name` is a str, `value` is alive.
pub unsafe extern "C" fn store_name(frame: Ptr, name: Obj, value: Obj) -> i64 {
    // SAFETY: the frame is alive, and with it its namespaces.
    unsafe {
        let locals = Frame::from_ptr(frame).map_or(std::ptr::null_mut(), Frame::locals);
        if locals.is_null() {
            ffi::PyErr_Format(ffi::PyExc_SystemError, c"no locals found when storing %R".as_ptr(), name);
            return -1;
        }
        let result = if ffi::PyDict_CheckExact(locals) != 0 {
            ffi::PyDict_SetItem(locals, name, value)
        } else {
            ffi::PyObject_SetItem(locals, name, value)
        };
        i64::from(result)
    }
}

/// Looks a name up in one namespace after the other; `NameError` if none has it.
///
/// # Safety
/// The namespaces are alive, `name` is a str.
unsafe fn first_found(namespaces: &[Obj], name: Obj) -> Obj {
    // SAFETY: the namespaces and the name are alive; the value is set in all cases; the thread runs Python, and the format
    // takes a C string.
    unsafe {
        for &namespace in namespaces {
            let mut value = std::ptr::null_mut();
            let found = if ffi::PyDict_CheckExact(namespace) != 0 {
                ffi::PyDict_GetItemRef(namespace, name, &mut value)
            } else {
                ffi::PyMapping_GetOptionalItem(namespace, name, &mut value)
            };
            if found != 0 {
                return value;
            }
        }
        let tstate = ffi::PyThreadState_Get();
        _PyEval_FormatExcCheckArg(tstate, ffi::PyExc_NameError, c"name '%.200s' is not defined".as_ptr(), name);
        std::ptr::null_mut()
    }
}

/// # Safety
/// `globals` is a dict, `name` a str, `value` is alive.
pub unsafe extern "C" fn store_global(globals: Obj, name: Obj, value: Obj) -> i64 {
    // SAFETY: the caller vouches for the objects.
    i64::from(unsafe { ffi::PyDict_SetItem(globals, name, value) })
}
