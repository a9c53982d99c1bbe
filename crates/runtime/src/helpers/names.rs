//! Importing and deleting names, and objects that the interpreter knows without a name.

use super::{Obj, Ptr};
use crate::dict_keys;
use std::ffi::{CStr, c_char, c_int};
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

/// True for the function `__import__` of the module `builtins`.
///
/// # Safety
/// `function` is alive.
unsafe fn is_original_import(function: Obj) -> bool {
    // SAFETY: a C function has its definition and, if it belongs to a module, the module's name.
    unsafe {
        if ffi::PyCFunction_CheckExact(function) == 0 {
            return false;
        }
        let function = &*function.cast::<ffi::PyCFunctionObject>();
        let module = function.m_module;
        CStr::from_ptr((*function.m_ml).ml_name) == c"__import__"
            && !module.is_null()
            && ffi::PyUnicode_Check(module) != 0
            && ffi::PyUnicode_EqualToUTF8(module, c"builtins".as_ptr()) != 0
    }
}

/// Calls whatever `__import__` is; the original, as in the interpreter, without a call.
///
/// # Safety
/// `frame` is an interpreter frame or NULL; the namespaces are dicts, the other objects alive.
pub unsafe extern "C" fn import_name(frame: Ptr, globals: Obj, builtins: Obj, name: Obj, level: Obj, names: Obj) -> Obj {
    // SAFETY: the caller vouches for the objects; a frame keeps its namespace alive.
    unsafe {
        let locals = Frame::from_ptr(frame).map_or(std::ptr::null_mut(), Frame::locals);
        let locals = if locals.is_null() { ffi::Py_None() } else { locals };
        let mut import: Obj = std::ptr::null_mut();
        if ffi::PyMapping_GetOptionalItemString(builtins, c"__import__".as_ptr(), &mut import) == 0 {
            ffi::PyErr_SetString(ffi::PyExc_ImportError, c"__import__ not found".as_ptr());
        }
        if import.is_null() {
            return import;
        }
        let depth = i32::try_from(ffi::PyLong_AsLong(level)).unwrap_or(-1);
        let module = if depth >= 0 && is_original_import(import) {
            ffi::PyImport_ImportModuleLevelObject(name, globals, locals, names, depth)
        } else {
            ffi::PyErr_Clear();
            let arguments = [name, globals, locals, names, level];
            ffi::PyObject_Vectorcall(import, arguments.as_ptr(), arguments.len(), std::ptr::null_mut())
        };
        ffi::Py_DECREF(import);
        module
    }
}

/// # Safety
/// `object` is alive, `name` an exact str.
pub unsafe extern "C" fn module_entry(object: Obj, name: Obj) -> Obj {
    // SAFETY: a module keeps its dict alive.
    unsafe {
        if ffi::PyModule_CheckExact(object) == 0 {
            return std::ptr::null_mut();
        }
        let dict = ffi::PyModule_GetDict(object);
        if dict.is_null() { dict } else { dict_keys::get(dict, name) }
    }
}
