//! What stands in a frame for an iterator that could not be built because memory was short.
//!
//! The exit raises `MemoryError`, but a handler in the loop may catch that and the loop go on: its next step then raises
//! `MemoryError` again.

use crate::method::Method;
use whipsnake_contract::exit::Virtual;
use whipsnake_cpython::ffi::{
    METH_NOARGS, Py_DECREF, Py_None, PyCFunction_NewEx, PyCallIter_New, PyErr_NoMemory, PyObject,
};

static NEXT: Method = Method::new(c"lost_iterator", next, METH_NOARGS);

/// # Safety
///
/// Called by the interpreter as a `METH_NOARGS` function.
unsafe extern "C" fn next(_: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: the GIL is held.
    unsafe { PyErr_NoMemory() }
}

/// An iterator whose every step raises `MemoryError`, owned; NULL with an exception.
///
/// # Safety
///
/// The GIL is held.
pub unsafe fn lost_iterator() -> *mut PyObject {
    // SAFETY: the method is static; `None` is a sentinel that the callable never returns.
    unsafe {
        let callable = PyCFunction_NewEx(NEXT.get(), std::ptr::null_mut(), std::ptr::null_mut());
        if callable.is_null() {
            return callable;
        }
        let iterator = PyCallIter_New(callable, Py_None());
        Py_DECREF(callable);
        iterator
    }
}

/// True for iterators, which interpreted loops step without a check that they are one.
pub const fn is_iterator(kind: Virtual) -> bool {
    match kind {
        Virtual::RangeIter | Virtual::ListIter | Virtual::TupleIter | Virtual::AsciiIter | Virtual::Enumerate | Virtual::Zip | Virtual::Generator => true,
        Virtual::DictKeyIter | Virtual::DictValueIter | Virtual::DictItemIter | Virtual::SetIter | Virtual::NewGenerator | Virtual::WaitingGenerator => true,
        Virtual::ListReverseIter => true,
        Virtual::Tuple | Virtual::Range | Virtual::Slice | Virtual::Method | Virtual::ListSlice => false,
        Virtual::Position | Virtual::Dict | Virtual::Begun | Virtual::Wide | Virtual::Complex | Virtual::Instance | Virtual::Real | Virtual::OneTuple => false,
        Virtual::Cell | Virtual::Function | Virtual::DictCopy => false,
    }
}
