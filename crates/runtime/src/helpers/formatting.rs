//! Formats of f-strings that are known when code is compiled.

use super::Obj;
use std::ffi::{CStr, c_char, c_int};
use whipsnake_contract::format::{Format, Shown, grouped};
use whipsnake_cpython::ffi;

unsafe extern "C" {
    /// Text of a float in memory of its own; NULL with an exception.
    fn PyOS_double_to_string(value: f64, code: c_char, precision: c_int, flags: c_int, kind: *mut c_int) -> *mut c_char;
}

/// A str of ASCII characters, as the interpreter's own writer makes it: one of a single character is shared.
///
/// # Safety
/// The GIL is held.
unsafe fn text(bytes: &[u8]) -> Obj {
    // SAFETY: the bytes are copied.
    unsafe { ffi::PyUnicode_FromStringAndSize(bytes.as_ptr().cast(), bytes.len() as isize) }
}

/// Padded text of a number with that sign.
///
/// # Safety
/// The GIL is held.
unsafe fn padded(format: Format, negative: bool, digits: &[u8]) -> Obj {
    let mut out = Vec::with_capacity(digits.len().max(usize::from(format.width)) + 1);
    let sign: &[u8] = if negative { b"-" } else { b"" };
    if format.groups {
        format.pad(sign, &grouped(digits), &mut out);
    } else {
        format.pad(sign, digits, &mut out);
    }
    // SAFETY: as the caller says.
    unsafe { text(&out) }
}

/// # Safety
/// The GIL is held; `format` is one for ints in digits.
pub unsafe extern "C" fn format_int(value: i64, format: i64) -> Obj {
    let format = Format::from_number(format);
    let magnitude = value.unsigned_abs();
    // SAFETY: as the caller says.
    unsafe {
        match format.shown {
            Shown::Hex => padded(format, value < 0, format!("{magnitude:x}").as_bytes()),
            _ => padded(format, value < 0, itoa::Buffer::new().format(magnitude).as_bytes()),
        }
    }
}

/// # Safety
/// The GIL is held; `format` is one with digits behind the point.
pub unsafe extern "C" fn format_float(value: f64, format: i64) -> Obj {
    let format = Format::from_number(format);
    let percent = format.shown == Shown::Percent;
    let value = if percent { value * 100.0 } else { value };
    // SAFETY: as the caller says; what is returned is a C string in memory of its own.
    unsafe {
        let made = PyOS_double_to_string(value, b'f' as c_char, c_int::from(format.precision), 0, std::ptr::null_mut());
        if made.is_null() {
            return std::ptr::null_mut();
        }
        let shown = CStr::from_ptr(made).to_bytes();
        let (negative, digits) = shown.strip_prefix(b"-").map_or((false, shown), |digits| (true, digits));
        let result = if percent { padded(format, negative, &[digits, b"%"].concat()) } else { padded(format, negative, digits) };
        ffi::PyMem_Free(made.cast());
        result
    }
}

/// # Safety
/// `value` is an exact str of ASCII characters.
pub unsafe extern "C" fn format_str(value: Obj, format: i64) -> Obj {
    let format = Format::from_number(format);
    // SAFETY: as the caller says: it has so many bytes.
    unsafe {
        let length = ffi::PyUnicode_GetLength(value) as usize;
        if usize::from(format.width) <= length {
            return ffi::Py_NewRef(value);
        }
        let bytes = std::slice::from_raw_parts(ffi::PyUnicode_DATA(value).cast::<u8>(), length);
        let mut out = Vec::with_capacity(usize::from(format.width));
        format.pad(b"", bytes, &mut out);
        text(&out)
    }
}
