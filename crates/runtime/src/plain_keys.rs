//! Keys that are hashed and compared without Python code: strs, ints, and tuples of what is plain itself.

use crate::destroy::is_number_or_str;
use crate::dict_keys::{_PyUnicode_Equal, is_exactly, str_hash};
use whipsnake_cpython::ffi::{self, PyObject};
use whipsnake_cpython::{int, memory, offsets};

/// Tuples in tuples that are looked into, and the longest of them.
const DEPTH: u32 = 2;
const LONGEST: usize = 8;
/// `_PyHASH_MODULUS` of `pyhash.h`: ints of less magnitude are their own hash, but for -1.
const HASH_MODULUS: u64 = (1 << 61) - 1;

/// The items of a tuple.
///
/// # Safety
/// `tuple` is an alive exact tuple, and outlives what is returned.
unsafe fn items<'a>(tuple: *mut PyObject) -> &'a [*mut PyObject] {
    // SAFETY: as the caller says; the items lie behind each other.
    unsafe { std::slice::from_raw_parts(tuple.cast::<u8>().add(offsets::TUPLE_ITEMS).cast(), memory::read::<usize>(tuple.cast(), offsets::OB_SIZE)) }
}

/// # Safety
/// `object` is alive.
unsafe fn is_plain(object: *mut PyObject, depth: u32) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        if is_exactly(object, &raw mut ffi::PyTuple_Type) {
            let items = items(object);
            return depth > 0 && items.len() <= LONGEST && items.iter().all(|&item| is_number_or_str(ffi::Py_TYPE(item)) || is_plain(item, depth - 1));
        }
        is_number_or_str(ffi::Py_TYPE(object)) || is_exactly(object, &raw mut ffi::PyBool_Type) || std::ptr::eq(object, ffi::Py_None())
    }
}

/// The hash of a key; `None` if it is not plain.
///
/// # Safety
/// `key` is an alive exact str, int or tuple.
pub(crate) unsafe fn hash(key: *mut PyObject) -> Option<isize> {
    // SAFETY: as the caller says; what is plain is hashed without Python code, and can be.
    unsafe {
        if is_exactly(key, &raw mut ffi::PyUnicode_Type) {
            return Some(str_hash(key));
        }
        if is_exactly(key, &raw mut ffi::PyLong_Type) {
            return Some(match int::value(key) {
                Some(-1) => -2,
                Some(value) if value.unsigned_abs() < HASH_MODULUS => value as isize,
                _ => ffi::PyObject_Hash(key),
            });
        }
        is_plain(key, DEPTH).then(|| ffi::PyObject_Hash(key))
    }
}

/// Whether a key of a table with the same hash equals one that was looked up; `None` if Python code may have to tell.
///
/// # Safety
/// Both are alive; `key` is plain.
pub(crate) unsafe fn equal(other: *mut PyObject, key: *mut PyObject) -> Option<bool> {
    let str_type = &raw mut ffi::PyUnicode_Type;
    // SAFETY: as the caller says; comparing what is plain runs no Python code.
    unsafe {
        match (is_exactly(other, str_type), is_exactly(key, str_type)) {
            (true, true) => Some(_PyUnicode_Equal(other, key) != 0),
            (true, false) => Some(false),
            (false, key_is_str) if is_plain(other, DEPTH) => Some(!key_is_str && ffi::PyObject_RichCompareBool(other, key, ffi::Py_EQ) == 1),
            _ => None,
        }
    }
}
