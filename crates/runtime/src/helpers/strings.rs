//! Strings: concatenation, comparison, formatting.

use super::{Obj, Ptr};
use crate::reserve::insist;
use std::ffi::c_int;
use whipsnake_cpython::ffi;

unsafe extern "C" {
    /// Joins `count` strs; all of them must be strs.
    fn _PyUnicode_JoinArray(separator: Obj, items: *const Obj, count: isize) -> Obj;
    /// Equality of two strs.
    fn _PyUnicode_Equal(left: Obj, right: Obj) -> c_int;
}

/// # Safety
/// `items` points to `count` strs.
pub unsafe extern "C" fn build_string(items: Ptr, count: i64) -> Obj {
    // SAFETY: the caller vouches for the items; the empty str is ours.
    unsafe {
        let empty = ffi::PyUnicode_New(0, 0);
        if empty.is_null() {
            return empty;
        }
        let result = _PyUnicode_JoinArray(empty, items.cast::<Obj>(), count as isize);
        ffi::Py_DECREF(empty);
        result
    }
}

/// # Safety
/// Both are exact strs.
pub unsafe extern "C" fn str_contains(string: Obj, part: Obj) -> i64 {
    // SAFETY: the caller vouches for the types; an error is one of memory, which the interpreter will meet again.
    unsafe {
        let found = ffi::PyUnicode_Contains(string, part);
        if found < 0 {
            ffi::PyErr_Clear();
        }
        i64::from(found)
    }
}

/// # Safety
/// `value` is alive.
pub unsafe extern "C" fn format_simple(value: Obj) -> Obj {
    // SAFETY: the value is alive.
    unsafe {
        if ffi::PyUnicode_CheckExact(value) != 0 {
            return ffi::Py_NewRef(value);
        }
        ffi::PyObject_Format(value, std::ptr::null_mut())
    }
}

/// # Safety
/// The GIL is held.
pub unsafe extern "C" fn str_of_int(value: i64) -> Obj {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value);
    // SAFETY: a new str of so many ASCII characters has them behind its head.
    unsafe {
        let text = ffi::PyUnicode_New(digits.len() as isize, 127);
        if !text.is_null() {
            ffi::PyUnicode_DATA(text).cast::<u8>().copy_from_nonoverlapping(digits.as_ptr(), digits.len());
        }
        text
    }
}

/// # Safety
/// `value` is an exact int, float, bool or `None`.
pub unsafe extern "C" fn format_plain(value: Obj) -> Obj {
    // SAFETY: the value is alive.
    unsafe { ffi::PyObject_Format(value, std::ptr::null_mut()) }
}

/// # Safety
/// `value` and `spec` are alive.
pub unsafe extern "C" fn format_with_spec(value: Obj, spec: Obj) -> Obj {
    // SAFETY: both are alive.
    unsafe { ffi::PyObject_Format(value, spec) }
}

/// # Safety
/// `value` is alive.
pub unsafe extern "C" fn convert_value(value: Obj, conversion: i64) -> Obj {
    // SAFETY: the value is alive; the format takes one long long.
    unsafe {
        match conversion {
            1 => ffi::PyObject_Str(value),
            2 => ffi::PyObject_Repr(value),
            3 => ffi::PyObject_ASCII(value),
            _ => ffi::PyErr_Format(ffi::PyExc_SystemError, c"unknown conversion %lld".as_ptr(), conversion),
        }
    }
}

/// # Safety
/// Both are exact strs.
pub unsafe extern "C" fn str_concat(left: Obj, right: Obj) -> Obj {
    // SAFETY: both are strs.
    unsafe { ffi::PyUnicode_Concat(left, right) }
}

/// # Safety
/// `text` is an exact str, and `values` points to `count` objects.
pub unsafe extern "C" fn str_percent(text: Obj, values: Ptr, count: i64) -> Obj {
    // SAFETY: the caller vouches for the values; the new tuple has room for them, and a reference to each.
    unsafe {
        let tuple = insist(|| ffi::PyTuple_New(count as isize));
        for index in 0..count as isize {
            ffi::PyTuple_SET_ITEM(tuple, index, ffi::Py_NewRef(*values.cast::<Obj>().offset(index)));
        }
        let result = ffi::PyUnicode_Format(text, tuple);
        ffi::Py_DECREF(tuple);
        result
    }
}

/// # Safety
/// Both are exact strs; the caller gives up its reference to `left`.
pub unsafe extern "C" fn str_append(left: Obj, right: Obj) -> Obj {
    let mut result = left;
    // SAFETY: both are strs; the result takes the place of the reference given up.
    unsafe { ffi::PyUnicode_Append(&mut result, right) };
    result
}

/// # Safety
/// Both are exact strs.
pub unsafe extern "C" fn str_equal(left: Obj, right: Obj) -> i64 {
    // SAFETY: both are strs.
    i64::from(unsafe { _PyUnicode_Equal(left, right) })
}

/// # Safety
/// Both are exact strs.
pub unsafe extern "C" fn str_compare(left: Obj, right: Obj) -> i64 {
    // SAFETY: both are strs, for which the comparison cannot fail.
    i64::from(unsafe { ffi::PyUnicode_Compare(left, right) })
}

/// # Safety
/// `string` is an exact str and `index` inside it.
pub unsafe extern "C" fn str_item(string: Obj, index: i64) -> Obj {
    // SAFETY: the index is inside, so that the character can be read.
    unsafe { insist(|| ffi::PyUnicode_FromOrdinal(ffi::PyUnicode_ReadChar(string, index as isize) as c_int)) }
}
