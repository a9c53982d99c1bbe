//! C functions of the runtime that Python objects stand for.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_int};
use whipsnake_cpython::ffi::{METH_FASTCALL, PyCFunction, PyCFunctionFast, PyMethodDef, PyMethodDefPointer};

/// A definition that the interpreter keeps a pointer to.
pub(crate) struct Method(UnsafeCell<PyMethodDef>);

// SAFETY: never changed; the interpreter only reads it.
unsafe impl Sync for Method {}

impl Method {
    /// A function of two objects.
    pub(crate) const fn new(name: &'static CStr, function: PyCFunction, flags: c_int) -> Method {
        Method::with(name, PyMethodDefPointer { PyCFunction: function }, flags)
    }

    /// A function of an object and any number of arguments.
    pub(crate) const fn fast(name: &'static CStr, function: PyCFunctionFast) -> Method {
        Method::with(name, PyMethodDefPointer { PyCFunctionFast: function }, METH_FASTCALL)
    }

    const fn with(name: &'static CStr, pointer: PyMethodDefPointer, flags: c_int) -> Method {
        Method(UnsafeCell::new(PyMethodDef { ml_name: name.as_ptr(), ml_meth: pointer, ml_flags: flags, ml_doc: std::ptr::null() }))
    }

    /// What `PyCFunction_NewEx` takes.
    pub(crate) const fn get(&'static self) -> *mut PyMethodDef {
        self.0.get()
    }
}
