//! Calls of C functions that run no Python code.

use super::{Obj, Ptr};
use crate::session::session;
use std::ptr::null_mut;
use whipsnake_cpython::ffi;

/// The bits of `ml_flags` that say how the C function takes its arguments.
const CONVENTION: i32 = ffi::METH_VARARGS | ffi::METH_KEYWORDS | ffi::METH_NOARGS | ffi::METH_O | ffi::METH_FASTCALL | ffi::METH_METHOD;
const FAST_WITH_KEYWORDS: i32 = ffi::METH_FASTCALL | ffi::METH_KEYWORDS;

/// # Safety
/// `function` is a function of a C module, a method descriptor or a type, `args` leads to `argc` arguments, a method's receiver first, which is an
/// instance of the descriptor's type.
pub unsafe extern "C" fn call_builtin(function: Obj, args: Ptr, argc: i64) -> Obj {
    let args = args.cast::<Obj>();
    // SAFETY: the caller vouches for function and arguments; a definition's flags say what its function is, and functions without
    // arguments or with one are declared to take so many.
    unsafe {
        let is_method = std::ptr::eq(ffi::Py_TYPE(function), &raw mut ffi::PyMethodDescr_Type);
        let (definition, this, first) = if is_method {
            ((*function.cast::<ffi::PyMethodDescrObject>()).d_method, args.read(), args.add(1))
        } else if std::ptr::eq(ffi::Py_TYPE(function), &raw mut ffi::PyCFunction_Type) {
            let function = &*function.cast::<ffi::PyCFunctionObject>();
            (function.m_ml, function.m_self, args)
        } else {
            return ffi::PyObject_Vectorcall(function, args, argc as usize, null_mut());
        };
        let count = argc as isize - isize::from(is_method);
        let definition = &*definition;
        match definition.ml_flags & CONVENTION {
            ffi::METH_O => (definition.ml_meth.PyCFunction)(this, first.read()),
            ffi::METH_NOARGS => (definition.ml_meth.PyCFunction)(this, null_mut()),
            ffi::METH_FASTCALL => (definition.ml_meth.PyCFunctionFast)(this, first, count),
            FAST_WITH_KEYWORDS => (definition.ml_meth.PyCFunctionFastWithKeywords)(this, first, count, null_mut()),
            _ => ffi::PyObject_Vectorcall(function, args, argc as usize, null_mut()),
        }
    }
}

/// # Safety
/// As [`call_builtin`].
pub unsafe extern "C" fn call_changing_builtin(function: Obj, args: Ptr, argc: i64) -> Obj {
    // SAFETY: as the caller says.
    unsafe { call_builtin(function, args, argc) }
}

/// # Safety
/// Both are alive.
pub unsafe extern "C" fn is_instance_plain(object: Obj, class: Obj) -> i64 {
    // SAFETY: the objects are alive; a tuple keeps its items alive.
    unsafe {
        if std::ptr::eq(ffi::Py_TYPE(object).cast(), class) {
            return 1;
        }
        let Some(session) = session() else { return -1 };
        if ffi::PyTuple_CheckExact(class) == 0 {
            return session.instance_checks.ask(object, class).map_or(-1, i64::from);
        }
        // The first class that is not sure may be asked before the first that is one.
        for index in 0..ffi::PyTuple_GET_SIZE(class) {
            match is_instance_plain(object, ffi::PyTuple_GET_ITEM(class, index)) {
                0 => {}
                answer => return answer,
            }
        }
        0
    }
}
