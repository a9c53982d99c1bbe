//! Text of Python strings.

use whipsnake_contract::selection::FunctionKey;
use whipsnake_cpython::Code;
use whipsnake_cpython::ffi::{PyErr_Clear, PyObject, PyUnicode_AsUTF8AndSize, PyUnicode_Check, PyUnicode_GetLength, PyUnicode_ReadChar};

/// The text of a str; `None` for other objects and for text that is not UTF-8. No exception is left behind.
///
/// # Safety
///
/// The GIL is held; `object` is NULL or alive.
pub unsafe fn str_of(object: *mut PyObject) -> Option<String> {
    // SAFETY: the text is copied while the object is alive.
    unsafe {
        if object.is_null() || PyUnicode_Check(object) == 0 {
            return None;
        }
        let mut len = 0;
        let text = PyUnicode_AsUTF8AndSize(object, &mut len);
        if text.is_null() {
            PyErr_Clear();
            return None;
        }
        Some(String::from_utf8_lossy(std::slice::from_raw_parts(text.cast(), len as usize)).into_owned())
    }
}

/// The text of a str for people: surrogates are replaced.
///
/// # Safety
/// `object` is an alive str.
pub(crate) unsafe fn shown_text(object: *mut PyObject) -> String {
    // SAFETY: the indices are inside of the str.
    unsafe {
        (0..PyUnicode_GetLength(object))
            .map(|i| char::from_u32(PyUnicode_ReadChar(object, i)).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    }
}

/// What the function with a code object is called across runs.
pub(crate) fn key_of(code: Code) -> FunctionKey {
    // SAFETY: a code object's strs live as long as it.
    unsafe { FunctionKey { filename: shown_text(code.filename()), line: code.first_line(), qualname: shown_text(code.qualname()) } }
}
