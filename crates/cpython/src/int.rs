//! Exact ints.

use crate::ffi::{PyLong_AsLongLongAndOverflow, PyLong_FromLongLong, PyLong_FromUnsignedLongLong, PyLong_Type, PyObject, Py_TYPE};
use crate::memory::read;
use crate::offsets;
use std::ffi::{c_int, c_void};

unsafe extern "C" {
    fn PyLong_AsNativeBytes(object: *mut PyObject, buffer: *mut c_void, size: isize, flags: c_int) -> isize;
    fn PyLong_FromNativeBytes(buffer: *const c_void, size: usize, flags: c_int) -> *mut PyObject;
}

/// Bits of a digit (`PyLong_SHIFT`), and how many of them surely fit 127 bits.
const DIGIT_BITS: usize = 30;
const FOUR_DIGITS: usize = 4;
/// `Py_ASNATIVEBYTES_NATIVE_ENDIAN`, with a sign.
const NATIVE_ENDIAN: c_int = 3;

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

/// The number of two words, the high one with the sign.
pub const fn from_words(low: i64, high: i64) -> i128 {
    (high as i128) << 64 | low as u64 as i128
}

/// The value of an exact int as two words, the low one first and the high one with the sign, if it fits them.
///
/// # Safety
///
/// `object` is an alive exact int.
pub unsafe fn wide_value(object: *mut PyObject) -> Option<(i64, i64)> {
    // SAFETY: every int has a tag and as many digits as it says.
    let (tag, digit) = unsafe {
        let digit = |index: usize| i128::from(read::<u32>(object.cast(), offsets::LONG_DIGITS + index * size_of::<u32>()));
        (read::<usize>(object.cast(), offsets::LONG_TAG), digit)
    };
    let count = tag >> offsets::LONG_NON_SIZE_BITS;
    if count <= FOUR_DIGITS {
        let magnitude = (0..count).rev().fold(0, |sum, index| sum << DIGIT_BITS | digit(index));
        let value = magnitude * (1 - (tag & offsets::LONG_SIGN_MASK) as i128);
        return Some((value as i64, (value >> 64) as i64));
    }
    let mut value = 0_i128;
    let size = size_of::<i128>() as isize;
    // SAFETY: the object is an int, and there is room for that many bytes.
    let needed = unsafe { PyLong_AsNativeBytes(object, (&raw mut value).cast(), size, NATIVE_ENDIAN) };
    (0..=size).contains(&needed).then_some((value as i64, (value >> 64) as i64))
}

/// A new int (or the shared small one) of two such words, owned; NULL with `MemoryError` raised.
///
/// # Safety
///
/// The GIL is held.
pub unsafe fn make_wide(low: i64, high: i64) -> *mut PyObject {
    // SAFETY: the GIL is held, and the value has that many bytes.
    unsafe {
        if high == low >> 63 {
            return make(low);
        }
        if high == 0 {
            return PyLong_FromUnsignedLongLong(low as u64);
        }
        let value = from_words(low, high);
        PyLong_FromNativeBytes((&raw const value).cast(), size_of::<i128>(), NATIVE_ENDIAN)
    }
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
