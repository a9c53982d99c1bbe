//! Calls.

use super::{Obj, Ptr};
use whipsnake_cpython::ffi;

unsafe extern "C" {
    /// `qualname()` of a callable, for messages; owned.
    fn _PyObject_FunctionStr(function: Obj) -> Obj;
}

/// # Safety
/// `args` points to self or NULL and `argc` objects behind it; `kwnames` is a tuple of at most so many strs, or NULL.
pub unsafe extern "C" fn call(callable: Obj, args: Ptr, argc: i64, kwnames: Obj) -> Obj {
    let args = args.cast::<Obj>();
    // SAFETY: the caller vouches for the arguments.
    unsafe {
        let keywords = if kwnames.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(kwnames) };
        let positional = (argc as isize).wrapping_sub(keywords) as usize;
        if (*args).is_null() {
            // The callee may use the place of self.
            let nargs = positional | ffi::PY_VECTORCALL_ARGUMENTS_OFFSET;
            ffi::PyObject_Vectorcall(callable, args.add(1), nargs, kwnames)
        } else {
            ffi::PyObject_Vectorcall(callable, args, positional.wrapping_add(1), kwnames)
        }
    }
}

/// # Safety
/// The objects are alive; `kwargs` is an exact dict or NULL.
pub unsafe extern "C" fn call_ex(callable: Obj, args: Obj, kwargs: Obj) -> Obj {
    // SAFETY: the objects are alive; a tuple made here is ours.
    unsafe {
        if ffi::PyTuple_CheckExact(args) != 0 {
            return ffi::PyObject_Call(callable, args, kwargs);
        }
        let args_type = ffi::Py_TYPE(args);
        if (*args_type).tp_iter.is_none() && ffi::PySequence_Check(args) == 0 {
            let function = _PyObject_FunctionStr(callable);
            if !function.is_null() {
                ffi::PyErr_Format(
                    ffi::PyExc_TypeError,
                    c"%U argument after * must be an iterable, not %.200s".as_ptr(),
                    function,
                    (*args_type).tp_name,
                );
                ffi::Py_DECREF(function);
            }
            return std::ptr::null_mut();
        }
        let tuple = ffi::PySequence_Tuple(args);
        if tuple.is_null() {
            return tuple;
        }
        let result = ffi::PyObject_Call(callable, tuple, kwargs);
        ffi::Py_DECREF(tuple);
        result
    }
}

/// See the contract's table.
///
/// # Safety
///
/// The GIL is held; `class` is an alive class with the generic allocator.
pub unsafe extern "C" fn new_instance(class: Obj) -> Obj {
    // SAFETY: the caller vouches for the class.
    unsafe { whipsnake_cpython::ffi::PyType_GenericAlloc(class.cast(), 0) }
}
