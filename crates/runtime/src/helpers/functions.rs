//! Functions and cells.

use super::{Obj, Ptr};
use crate::reserve::insist;
use std::mem::{offset_of, size_of};
use whipsnake_cpython::ffi::PyFunctionObject;
use whipsnake_cpython::{ffi, memory, offsets, symbols};

/// Offset of `func_annotate`, which only exists from 3.14: the field behind `func_annotations`.
const ANNOTATE: usize = offset_of!(PyFunctionObject, func_annotations) + size_of::<Obj>();
const _: () = assert!(
    offset_of!(PyFunctionObject, func_typeparams) == ANNOTATE + (offsets::MINOR >= 14) as usize * size_of::<Obj>()
);

/// # Safety
/// `code` is a code object, `globals` a dict.
pub unsafe extern "C" fn make_function(code: Obj, globals: Obj) -> Obj {
    // SAFETY: the caller vouches for the types; a code object has a version.
    unsafe {
        let function = ffi::PyFunction_New(code, globals);
        if !function.is_null() {
            symbols::_PyFunction_SetVersion(function, memory::read(code.cast(), offsets::CODE_VERSION));
        }
        function
    }
}

/// # Safety
/// `function` is a function that nothing else refers to, without a value for the attribute; `which` is an argument
/// of `SET_FUNCTION_ATTRIBUTE`. The caller gives up its reference to `value`.
pub unsafe extern "C" fn set_function_attribute(function: Obj, value: Obj, which: i64) {
    let offset = match which {
        1 => offset_of!(PyFunctionObject, func_defaults),
        2 => offset_of!(PyFunctionObject, func_kwdefaults),
        4 => offset_of!(PyFunctionObject, func_annotations),
        8 => offset_of!(PyFunctionObject, func_closure),
        _ => ANNOTATE,
    };
    // SAFETY: the function is new, so its field is empty and nobody has looked at it.
    unsafe {
        memory::write(function.cast(), offset, value);
        if which == 16 && ffi::PyFunction_Check(value) != 0 {
            let qualname = (*function.cast::<PyFunctionObject>()).func_qualname;
            let name = ffi::PyUnicode_FromFormat(c"%U.__annotate__".as_ptr(), qualname);
            if name.is_null() {
                // The name is for people only; without memory the old one stays.
                ffi::PyErr_Clear();
                return;
            }
            let annotate = value.cast::<PyFunctionObject>();
            let old = std::mem::replace(&mut (*annotate).func_qualname, name);
            ffi::Py_XDECREF(old);
        }
    }
}

/// # Safety
/// `value` is alive or NULL.
pub unsafe extern "C" fn make_cell(value: Obj) -> Obj {
    // SAFETY: the value is alive or NULL.
    unsafe { insist(|| ffi::PyCell_New(value)) }
}

/// # Safety
/// `objects` leads to `count` objects, alive or NULL.
pub unsafe extern "C" fn end_unseen(objects: Ptr, count: i64) -> i64 {
    // SAFETY: as the caller says.
    i64::from(unsafe { crate::destroy::are_silent(std::slice::from_raw_parts(objects.cast(), count as usize)) })
}

/// # Safety
/// `object` is of a leaf type, or ends as unseen as one, and its reference count is zero.
pub unsafe extern "C" fn dealloc_leaf(object: Obj) {
    // SAFETY: nobody refers to the object any more.
    unsafe { symbols::_Py_Dealloc(object) }
}
