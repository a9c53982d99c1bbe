//! What only some instructions of one version need: special methods of `with`, templates, common constants.

use crate::ffi::{self, PyObject};
use crate::memory::read;
use crate::offsets;
use crate::symbols::_PyRuntime;
use crate::thread::Thread;
#[cfg(not(py313))]
use std::ffi::c_int;

/// `__enter__`, an immortal str.
#[inline]
pub fn enter_name() -> *mut PyObject {
    (&raw const _PyRuntime).wrapping_add(offsets::RUNTIME_STR_ENTER).cast_mut().cast()
}

/// `__exit__`, an immortal str.
#[inline]
pub fn exit_name() -> *mut PyObject {
    (&raw const _PyRuntime).wrapping_add(offsets::RUNTIME_STR_EXIT).cast_mut().cast()
}

/// Raises `SystemError` for an instruction that the running version does not have.
///
/// # Safety
///
/// The GIL is held.
unsafe fn no_such_instruction() -> *mut PyObject {
    // SAFETY: the format takes no argument.
    unsafe { ffi::PyErr_Format(ffi::PyExc_SystemError, c"this Python has no such instruction".as_ptr()) }
}

#[cfg(not(py313))]
mod since_314 {
    use super::{PyObject, c_int};
    use std::ffi::c_char;

    /// What `LOAD_SPECIAL` looks up, with the messages for objects that lack it.
    #[repr(C)]
    pub(super) struct SpecialMethod {
        pub(super) name: *mut PyObject,
        pub(super) error: *const c_char,
        pub(super) suggestion: *const c_char,
    }

    unsafe extern "C" {
        /// By the argument of `LOAD_SPECIAL`.
        pub(super) static _Py_SpecialMethods: [SpecialMethod; 4];
        /// Whether the object supports the other kind of `with`.
        pub(super) fn _PyEval_SpecialMethodCanSuggest(object: *mut PyObject, which: c_int) -> c_int;
        /// A `Template` of two tuples.
        pub(super) fn _PyTemplate_Build(strings: *mut PyObject, interpolations: *mut PyObject) -> *mut PyObject;
        /// An `Interpolation`.
        pub(super) fn _PyInterpolation_Build(
            value: *mut PyObject,
            text: *mut PyObject,
            conversion: c_int,
            spec: *mut PyObject,
        ) -> *mut PyObject;
    }
}

/// The name that `LOAD_SPECIAL` number `which` looks up, borrowed; NULL with an exception if there is none.
///
/// # Safety
///
/// The GIL is held.
#[cfg(not(py313))]
pub unsafe fn special_name(which: i64) -> *mut PyObject {
    // SAFETY: the table is constant.
    let method = unsafe { usize::try_from(which).ok().and_then(|which| since_314::_Py_SpecialMethods.get(which)) };
    match method {
        Some(method) => method.name,
        // SAFETY: the GIL is held.
        None => unsafe { no_such_instruction() },
    }
}

/// 3.13 has no `LOAD_SPECIAL`.
///
/// # Safety
///
/// The GIL is held.
#[cfg(py313)]
pub unsafe fn special_name(_: i64) -> *mut PyObject {
    // SAFETY: the GIL is held.
    unsafe { no_such_instruction() }
}

/// Raises what `LOAD_SPECIAL` number `which` raises for an object without the method.
///
/// # Safety
///
/// The GIL is held, no exception is raised; `owner` is alive, [`special_name`] knows `which`.
#[cfg(not(py313))]
pub unsafe fn special_missing(owner: *mut PyObject, which: i64) {
    // SAFETY: the caller vouches for the number; both formats take the owner.
    unsafe {
        let Some(method) = usize::try_from(which).ok().and_then(|which| since_314::_Py_SpecialMethods.get(which)) else {
            return;
        };
        let suggest = since_314::_PyEval_SpecialMethodCanSuggest(owner, which as c_int) != 0;
        let format = if suggest { method.suggestion } else { method.error };
        ffi::PyErr_Format(ffi::PyExc_TypeError, format, owner);
    }
}

/// 3.13 has no `LOAD_SPECIAL`.
///
/// # Safety
///
/// The GIL is held.
#[cfg(py313)]
pub unsafe fn special_missing(_: *mut PyObject, _: i64) {
    // SAFETY: the GIL is held.
    unsafe { no_such_instruction() };
}

/// A `Template`, owned.
///
/// # Safety
///
/// The GIL is held; both are tuples that the bytecode compiler laid out.
#[cfg(not(py313))]
pub unsafe fn template(strings: *mut PyObject, interpolations: *mut PyObject) -> *mut PyObject {
    // SAFETY: the caller vouches for the tuples.
    unsafe { since_314::_PyTemplate_Build(strings, interpolations) }
}

/// 3.13 has no templates.
///
/// # Safety
///
/// The GIL is held.
#[cfg(py313)]
pub unsafe fn template(_: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: the GIL is held.
    unsafe { no_such_instruction() }
}

/// An `Interpolation`, owned; `conversion` is 0 for none.
///
/// # Safety
///
/// The GIL is held; the objects are alive, text and format specification are strs.
#[cfg(not(py313))]
pub unsafe fn interpolation(value: *mut PyObject, text: *mut PyObject, conversion: i64, spec: *mut PyObject) -> *mut PyObject {
    // SAFETY: the caller vouches for the objects.
    unsafe { since_314::_PyInterpolation_Build(value, text, conversion as c_int, spec) }
}

/// 3.13 has no interpolations.
///
/// # Safety
///
/// The GIL is held.
#[cfg(py313)]
pub unsafe fn interpolation(_: *mut PyObject, _: *mut PyObject, _: i64, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: the GIL is held.
    unsafe { no_such_instruction() }
}

/// What `LOAD_COMMON_CONSTANT` number `which` pushes, borrowed; lives as long as the interpreter. 3.13 has only
/// `AssertionError`.
///
/// # Safety
///
/// The GIL is held; the running version's bytecode has that number.
pub unsafe fn common_constant(which: i64) -> *mut PyObject {
    // SAFETY: the interpreter keeps its table of constants for as long as it lives.
    unsafe {
        if offsets::INTERP_COMMON_CONSTS == 0 {
            return ffi::PyExc_AssertionError;
        }
        let constants: *mut u8 = Thread::current().interpreter().cast();
        read(constants, offsets::INTERP_COMMON_CONSTS + which as usize * size_of::<usize>())
    }
}
