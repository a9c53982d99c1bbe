//! Exact ints.

use crate::ffi::{PyLong_AsLongLongAndOverflow, PyLong_FromLongLong, PyLong_Type, PyObject, Py_TYPE};
use crate::memory::read;
use crate::offsets;

/// True for an exact int (no bool, no subclass).
///
/// # Safety
///
/// `object` is alive.
#[inline]
pub unsafe fn is_exact(object: *mut PyObject) -> bool {
    // SAFETY: the object is alive; the type object is static.
    unsafe { std::ptr::eq(Py_TYPE(object), &raw const PyLong_Type) }
}

/// The value of an exact int or bool, if it fits 64 bits.
///
/// # Safety
///
/// `object` is an alive instance of `int` or a subclass.
#[inline]
pub unsafe fn value(object: *mut PyObject) -> Option<i64> {
    // SAFETY: every int has a tag and at least one digit.
    let (tag, digit) = unsafe {
        (read::<usize>(object.cast(), offsets::LONG_TAG), read::<u32>(object.cast(), offsets::LONG_DIGITS))
    };
    if tag < offsets::LONG_COMPACT_LIMIT {
        let sign = 1 - (tag & offsets::LONG_SIGN_MASK) as i64;
        return Some(sign * i64::from(digit));
    }
    let mut overflow = 0;
    // SAFETY: the object is an int, so the conversion cannot fail otherwise than by overflow.
    let value = unsafe { PyLong_AsLongLongAndOverflow(object, &mut overflow) };
    (overflow == 0).then_some(value)
}

/// A new int (or the shared small one), owned; NULL with `MemoryError` raised.
///
/// # Safety
///
/// The GIL is held.
#[inline]
pub unsafe fn make(value: i64) -> *mut PyObject {
    // SAFETY: the GIL is held.
    unsafe { PyLong_FromLongLong(value) }
}

/// Address of the preallocated int 0; those of the others follow at [`offsets::LONG_SIZE`] bytes each.
pub fn small_zero() -> *mut PyObject {
    let first = &raw const crate::symbols::_PyRuntime;
    first.wrapping_add(offsets::RUNTIME_SMALL_INTS + offsets::SMALL_INTS_NEGATIVE * offsets::LONG_SIZE) as *mut PyObject
}
