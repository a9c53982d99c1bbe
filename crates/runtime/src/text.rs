//! Text of Python strings.

use whipsnake_cpython::ffi::{PyErr_Clear, PyObject, PyUnicode_AsUTF8AndSize, PyUnicode_Check};

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
