//! Subscripts, dicts and sets.

use super::{Obj, Ptr};
use crate::dict_keys;
use whipsnake_cpython::ffi;

unsafe extern "C" {
    /// A dict of `count` pairs at the given strides.
    fn _PyDict_FromItems(keys: *const Obj, key_stride: isize, values: *const Obj, value_stride: isize, count: isize) -> Obj;
}

/// # Safety
/// `container` and `key` are alive.
pub unsafe extern "C" fn get_item(container: Obj, key: Obj) -> Obj {
    // SAFETY: both are alive.
    unsafe { ffi::PyObject_GetItem(container, key) }
}

/// # Safety
/// The objects are alive.
pub unsafe extern "C" fn set_item(container: Obj, key: Obj, value: Obj) -> i64 {
    // SAFETY: all are alive.
    i64::from(unsafe { ffi::PyObject_SetItem(container, key, value) })
}

/// # Safety
/// `container` and `key` are alive.
pub unsafe extern "C" fn delete_item(container: Obj, key: Obj) -> i64 {
    // SAFETY: both are alive.
    i64::from(unsafe { ffi::PyObject_DelItem(container, key) })
}

/// # Safety
/// `container` and `item` are alive.
pub unsafe extern "C" fn contains(container: Obj, item: Obj) -> i64 {
    // SAFETY: both are alive.
    i64::from(unsafe { ffi::PySequence_Contains(container, item) })
}

/// # Safety
/// `dict` is an exact dict, `key` an exact str.
pub unsafe extern "C" fn dict_get_str(dict: Obj, key: Obj) -> Obj {
    // SAFETY: the caller vouches for the types.
    unsafe { dict_keys::get(dict, key) }
}

/// # Safety
/// `dict` is an exact dict, `key` is alive.
pub unsafe extern "C" fn dict_get_int(dict: Obj, key: Obj) -> Obj {
    let mut value = std::ptr::null_mut();
    // SAFETY: the object is a dict, the key is alive; the value is set in all cases.
    unsafe { ffi::PyDict_GetItemRef(dict, key, &mut value) };
    value
}

/// # Safety
/// `dict` is an exact dict; key and value are alive.
pub unsafe extern "C" fn map_add(dict: Obj, key: Obj, value: Obj) -> i64 {
    // SAFETY: the object is a dict, key and value are alive.
    i64::from(unsafe { ffi::PyDict_SetItem(dict, key, value) })
}

/// # Safety
/// `dict` is a dict, `other` is alive.
pub unsafe extern "C" fn dict_update(dict: Obj, other: Obj) -> i64 {
    // SAFETY: the objects are alive; the format takes a C string.
    unsafe {
        if ffi::PyDict_Update(dict, other) == 0 {
            return 0;
        }
        if ffi::PyErr_ExceptionMatches(ffi::PyExc_AttributeError) != 0 {
            ffi::PyErr_Format(
                ffi::PyExc_TypeError,
                c"'%.200s' object is not a mapping".as_ptr(),
                (*ffi::Py_TYPE(other)).tp_name,
            );
        }
        -1
    }
}

/// # Safety
/// `items` points to `pairs` keys and values.
pub unsafe extern "C" fn build_map(items: Ptr, pairs: i64) -> Obj {
    let items = items.cast::<Obj>();
    // SAFETY: the caller vouches for the items.
    unsafe { _PyDict_FromItems(items, 2, items.wrapping_add(1), 2, pairs as isize) }
}

/// # Safety
/// `items` points to `count` objects.
pub unsafe extern "C" fn build_set(items: Ptr, count: i64) -> Obj {
    let items = items.cast::<Obj>();
    // SAFETY: the caller vouches for the items; the set is ours.
    unsafe {
        let set = ffi::PySet_New(std::ptr::null_mut());
        if set.is_null() {
            return set;
        }
        for i in 0..count as isize {
            if ffi::PySet_Add(set, *items.offset(i)) != 0 {
                ffi::Py_DECREF(set);
                return std::ptr::null_mut();
            }
        }
        set
    }
}

/// # Safety
/// `set` is a set, `item` is alive.
pub unsafe extern "C" fn set_add(set: Obj, item: Obj) -> i64 {
    // SAFETY: the object is a set, the item is alive.
    i64::from(unsafe { ffi::PySet_Add(set, item) })
}
