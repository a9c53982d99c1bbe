//! Calls.

use super::{Obj, Ptr};
use whipsnake_cpython::ffi;

unsafe extern "C" {
    /// `qualname()` of a callable, for messages; owned.
    fn _PyObject_FunctionStr(function: Obj) -> Obj;
}

/// # Safety
/// `args` points to `nargs` objects, and as many more as the tuple `kwnames` has names (NULL: none); the word
/// before them may be written.
pub unsafe extern "C" fn vectorcall(callable: Obj, args: Ptr, nargs: i64, kwnames: Obj) -> Obj {
    let nargs = nargs as usize | ffi::PY_VECTORCALL_ARGUMENTS_OFFSET;
    // SAFETY: the caller vouches for the arguments.
    unsafe { ffi::PyObject_Vectorcall(callable, args.cast::<Obj>(), nargs, kwnames) }
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
