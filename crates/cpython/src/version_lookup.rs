//! Types and functions by the version numbers that inline caches name.

use crate::ffi::{
    Py_DECREF, PyBaseObject_Type, PyInterpreterState, PyList_GET_ITEM, PyList_GET_SIZE, PyObject, PyObject_CallOneArg,
    PyObject_GetAttrString, PyType_Check, PyType_Type, PyTypeObject,
};
use crate::memory::{read, write};
use crate::offsets;
use std::collections::{BTreeMap, BTreeSet};
use std::ptr::null_mut;

/// What a function version stands for, borrowed: the function if it lives, and the code that functions of the version run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FunctionVersion {
    /// The function that has the version now, or NULL.
    pub function: *mut PyObject,
    /// The code whose functions start with the version, or NULL.
    pub code: *mut PyObject,
}

/// Looks a function version up in the interpreter's cache; `None` if both are unknown.
///
/// # Safety
///
/// `interpreter` is the main interpreter; the GIL is held.
pub unsafe fn function_by_version(interpreter: *mut PyInterpreterState, version: u32) -> Option<FunctionVersion> {
    if version == 0 {
        return None;
    }
    let index = version as usize % offsets::FUNCTION_VERSION_CACHE_SIZE;
    let item = offsets::INTERP_FUNCTION_VERSIONS + index * offsets::FUNCTION_VERSION_ITEM_SIZE;
    // SAFETY: the cache holds NULL or functions and code objects that are alive, which have version fields.
    unsafe {
        let mut function: *mut PyObject = read(interpreter.cast(), item + offsets::FUNCTION_VERSION_ITEM_FUNCTION);
        let mut code: *mut PyObject = read(interpreter.cast(), item + offsets::FUNCTION_VERSION_ITEM_CODE);
        if !function.is_null() && read::<u32>(function.cast(), offsets::FUNCTION_VERSION) != version {
            function = std::ptr::null_mut();
        }
        if !code.is_null() && read::<u32>(code.cast(), offsets::CODE_VERSION) != version {
            code = std::ptr::null_mut();
        }
        (!function.is_null() || !code.is_null()).then_some(FunctionVersion { function, code })
    }
}

/// Takes a function or code without a version out of the interpreter's cache, before it dies: the interpreter does that only for those that have
/// one, but 3.14 enters all functions that it makes.
///
/// # Safety
///
/// As for [`function_by_version`].
#[inline]
pub unsafe fn forget_unversioned(interpreter: *mut PyInterpreterState, object: *mut PyObject) {
    for field in [offsets::FUNCTION_VERSION_ITEM_FUNCTION, offsets::FUNCTION_VERSION_ITEM_CODE] {
        let place = offsets::INTERP_FUNCTION_VERSIONS + field;
        // SAFETY: the first item of the cache, that of version 0, holds NULL or alive objects there.
        unsafe {
            if std::ptr::eq(read::<*mut PyObject>(interpreter.cast(), place), object) {
                write(interpreter.cast(), place, null_mut::<PyObject>());
            }
        }
    }
}

/// `func_version` of a function; 0 if it has none.
///
/// # Safety
///
/// `function` is an alive function.
#[inline]
pub unsafe fn function_version(function: *mut PyObject) -> u32 {
    // SAFETY: the caller vouches for the object.
    unsafe { read(function.cast(), offsets::FUNCTION_VERSION) }
}

/// `tp_version_tag` of a type; 0 if it has none.
///
/// # Safety
///
/// `kind` is alive.
#[inline]
pub unsafe fn type_version(kind: *mut PyTypeObject) -> u32 {
    // SAFETY: the caller vouches for the type.
    unsafe { read(kind.cast(), offsets::TYPE_VERSION) }
}

/// The type in the interpreter's table of versions, borrowed; a living type may be missing there.
///
/// # Safety
///
/// `interpreter` is the main interpreter; the GIL is held.
#[cfg(not(py313))]
pub unsafe fn type_in_table(interpreter: *mut PyInterpreterState, version: u32) -> Option<*mut PyTypeObject> {
    let index = version as usize % offsets::TYPE_VERSION_CACHE_SIZE;
    // SAFETY: the table holds NULL or types that are alive.
    unsafe {
        let kind: *mut PyTypeObject =
            read(interpreter.cast(), offsets::INTERP_TYPE_VERSIONS + index * size_of::<usize>());
        (!kind.is_null() && type_version(kind) == version).then_some(kind)
    }
}

/// 3.13 has no table of type versions.
///
/// # Safety
///
/// None.
#[cfg(py313)]
pub unsafe fn type_in_table(_: *mut PyInterpreterState, _: u32) -> Option<*mut PyTypeObject> {
    None
}

/// Visits `object` and all its subclasses until all versions are found: about a millisecond per thousand types. The types found are borrowed;
/// versions that no living type has any more are missing. Leaves no exception.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
pub unsafe fn walk_types(versions: &BTreeSet<u32>) -> BTreeMap<u32, *mut PyTypeObject> {
    let mut missing: BTreeSet<u32> = versions.iter().copied().filter(|&version| version != 0).collect();
    let mut found = BTreeMap::new();
    // SAFETY: the types are alive: each is held by the list it came in until it was visited, and by its own
    // bases or users after that; `type.__subclasses__` runs no Python code.
    unsafe {
        // The method of `type` itself, since metaclasses may override it.
        let subclasses = PyObject_GetAttrString((&raw mut PyType_Type).cast(), c"__subclasses__".as_ptr());
        if subclasses.is_null() {
            crate::ffi::PyErr_Clear();
            return found;
        }
        let mut seen = BTreeSet::new();
        let mut pending: Vec<*mut PyTypeObject> = vec![&raw mut PyBaseObject_Type];
        while let Some(kind) = pending.pop() {
            if missing.is_empty() {
                break;
            }
            if !seen.insert(kind as usize) {
                continue;
            }
            let version = type_version(kind);
            if missing.remove(&version) {
                found.insert(version, kind);
            }
            let list = PyObject_CallOneArg(subclasses, kind.cast());
            if list.is_null() {
                crate::ffi::PyErr_Clear();
                continue;
            }
            for index in 0..PyList_GET_SIZE(list) {
                let item = PyList_GET_ITEM(list, index);
                if PyType_Check(item) != 0 {
                    pending.push(item.cast());
                }
            }
            Py_DECREF(list);
        }
        Py_DECREF(subclasses);
    }
    found
}
