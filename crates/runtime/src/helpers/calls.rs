//! Calls.

use super::{Obj, Ptr};
use crate::entry::{self, Call, CalledBy};
use crate::generator;
use crate::session::session;
use std::ffi::c_char;
use std::mem::{offset_of, transmute};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::symbols::PyMethod_Type;
use whipsnake_cpython::{Thread, ffi, offsets};

unsafe extern "C" {
    /// `qualname()` of a callable, for messages; owned.
    fn _PyObject_FunctionStr(function: Obj) -> Obj;
    /// The result of a C function if it is NULL exactly if an exception is raised, else NULL with `SystemError`.
    fn _Py_CheckFunctionResult(tstate: *mut ffi::PyThreadState, callable: Obj, result: Obj, place: *const c_char) -> Obj;
}

/// # Safety
/// `tstate` is the thread's state; `args` points to self or NULL and `argc` objects behind it; `kwnames` is a tuple of at most so many
/// strs, or NULL.
pub unsafe extern "C" fn call(tstate: Ptr, callable: Obj, args: Ptr, argc: i64, kwnames: Obj) -> Obj {
    let args = args.cast::<Obj>();
    // SAFETY: the caller vouches for the arguments; a method keeps its function and self alive, and is alive itself.
    unsafe {
        let keywords = if kwnames.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(kwnames) };
        let positional = (argc as isize).wrapping_sub(keywords) as usize;
        let mut callable = callable;
        if (*args).is_null() {
            if !std::ptr::eq(ffi::Py_TYPE(callable), &raw mut PyMethod_Type) {
                // The callee may use the place of self.
                return vectorcall(tstate, callable, args.add(1), positional | ffi::PY_VECTORCALL_ARGUMENTS_OFFSET, kwnames);
            }
            args.write(read(callable.cast(), offsets::METHOD_SELF));
            callable = read(callable.cast(), offsets::METHOD_FUNCTION);
        }
        vectorcall(tstate, callable, args, positional.wrapping_add(1), kwnames)
    }
}

/// The object's vectorcall, if it has one.
///
/// # Safety
/// The object is alive.
#[inline]
unsafe fn vectorcall_of(callable: Obj) -> Option<ffi::vectorcallfunc> {
    // SAFETY: objects of these types have their vectorcall there; others where their type says.
    unsafe {
        let kind = ffi::Py_TYPE(callable);
        let is = |known: *const ffi::PyTypeObject| std::ptr::eq(kind, known);
        // The frequent ones are told by their address: of their types' fields nothing is needed, and these are seldom in the nearest cache.
        let offset = if is(&raw const ffi::PyFunction_Type) {
            offsets::FUNCTION_VECTORCALL
        } else if is(&raw const ffi::PyCFunction_Type) {
            offset_of!(ffi::PyCFunctionObject, vectorcall)
        } else if is(&raw const ffi::PyMethodDescr_Type) {
            offset_of!(ffi::PyMethodDescrObject, vectorcall)
        } else if is(&raw const ffi::PyType_Type) {
            offset_of!(ffi::PyTypeObject, tp_vectorcall)
        } else if (*kind).tp_flags & ffi::Py_TPFLAGS_HAVE_VECTORCALL != 0 {
            (*kind).tp_vectorcall_offset as usize
        } else {
            return None;
        };
        read(callable.cast(), offset)
    }
}

/// `PyObject_Vectorcall` for a thread whose state is known.
///
/// # Safety
/// As for `PyObject_Vectorcall`.
#[inline]
unsafe fn vectorcall(tstate: Ptr, callable: Obj, args: *mut Obj, nargsf: usize, kwnames: Obj) -> Obj {
    // SAFETY: as the caller says; a type that says so has that slot in its instances.
    unsafe {
        let (Some(thread), Some(function)) = (Thread::from_ptr(tstate.cast()), vectorcall_of(callable)) else {
            return ffi::PyObject_Vectorcall(callable, args, nargsf, kwnames);
        };
        let result = if function as usize == entry::vectorcall as *const () as usize {
            entry::call(thread, Call { callable, args, nargsf, kwnames }, CalledBy::Native)
        } else {
            if let Some(session) = session().filter(|session| function as usize == session.original as usize && kwnames.is_null())
                && let Some(made) = generator::called(session, callable, args, nargsf & !ffi::PY_VECTORCALL_ARGUMENTS_OFFSET)
            {
                return made;
            }
            function(callable, args, nargsf, kwnames)
        };
        if result.is_null() == thread.current_exception().is_null() {
            // One without the other.
            return _Py_CheckFunctionResult(tstate.cast(), callable, result, std::ptr::null());
        }
        result
    }
}

/// # Safety
/// `function` is the address of a C function of that convention, for that receiver; `args` leads to `argc` objects.
pub unsafe extern "C" fn call_c(function: Ptr, receiver: Obj, args: Ptr, argc: i64) -> Obj {
    // SAFETY: as the caller says.
    unsafe { transmute::<Ptr, ffi::PyCFunctionFast>(function)(receiver, args.cast(), argc as isize) }
}

/// # Safety
/// As for [`call_c`]; `kwnames` is NULL or a tuple of strs, whose values are behind the arguments.
pub unsafe extern "C" fn call_c_keywords(function: Ptr, receiver: Obj, args: Ptr, argc: i64, kwnames: Obj) -> Obj {
    // SAFETY: as the caller says.
    unsafe { transmute::<Ptr, ffi::PyCFunctionFastWithKeywords>(function)(receiver, args.cast(), argc as isize, kwnames) }
}

/// # Safety
/// As for [`call_c_keywords`]; `class` is the type that defines the method.
pub unsafe extern "C" fn call_c_method(function: Ptr, receiver: Obj, class: Ptr, args: Ptr, argc: i64, kwnames: Obj) -> Obj {
    // SAFETY: as the caller says.
    unsafe { transmute::<Ptr, ffi::PyCMethod>(function)(receiver, class.cast(), args.cast(), argc as isize, kwnames) }
}

/// # Safety
/// As for [`call_c`], with an object, or NULL where the function takes none.
pub unsafe extern "C" fn call_c_object(function: Ptr, receiver: Obj, argument: Obj) -> Obj {
    // SAFETY: as the caller says.
    unsafe { transmute::<Ptr, ffi::PyCFunction>(function)(receiver, argument) }
}

/// # Safety
/// The objects are alive; `entries` is an exact dict.
pub unsafe extern "C" fn call_ex_of(callable: Obj, args: Obj, entries: Obj) -> Obj {
    // SAFETY: as the caller says; a copy made here is ours.
    unsafe {
        if ffi::PyDict_Size(entries) == 0 {
            return call_ex(callable, args, std::ptr::null_mut());
        }
        // Its values are handed to functions one by one.
        if ffi::Py_TYPE(callable) == &raw mut ffi::PyFunction_Type {
            return call_ex(callable, args, entries);
        }
        let copy = ffi::PyDict_Copy(entries);
        if copy.is_null() {
            return copy;
        }
        let result = call_ex(callable, args, copy);
        ffi::Py_DECREF(copy);
        result
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
