//! Subscripts, dicts and sets.

use super::{Obj, Ptr};
use crate::dict_keys::{self, SetPlace};
use crate::plain_keys::Key;
use std::ptr::null_mut;
use whipsnake_contract::helpers::FOUND_TO_SET;
use whipsnake_cpython::ffi;

unsafe extern "C" {
    fn _PyDict_SetItem_KnownHash(dict: Obj, key: Obj, value: Obj, hash: isize) -> std::ffi::c_int;
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
/// `dict` is an exact dict, `key` an exact str or int.
pub unsafe extern "C" fn dict_has_plain(dict: Obj, key: Obj) -> i64 {
    // SAFETY: the caller vouches for the types.
    unsafe { dict_keys::seek(dict, Key::of(key)).map_or(-1, |value| i64::from(!value.is_null())) }
}

/// # Safety
/// `dict` is an exact dict, `key` an exact str or int.
pub unsafe extern "C" fn dict_get_plain(dict: Obj, key: Obj, missing: Obj) -> Obj {
    // SAFETY: the caller vouches for the types.
    match unsafe { dict_keys::seek(dict, Key::of(key)) } {
        Some(value) if value.is_null() => missing,
        found => found.unwrap_or(std::ptr::null_mut()),
    }
}

/// # Safety
/// `dict` is an exact dict, `items` leads to `count` alive objects.
pub unsafe extern "C" fn dict_has_tuple(dict: Obj, items: Ptr, count: i64) -> i64 {
    // SAFETY: the caller vouches for the type, and for the items.
    unsafe {
        let key = Key::of_items(items.cast(), count as usize);
        dict_keys::seek(dict, key).map_or(-1, |value| i64::from(!value.is_null()))
    }
}

/// # Safety
/// `dict` is an exact dict, `items` leads to `count` alive objects.
pub unsafe extern "C" fn dict_get_tuple(dict: Obj, items: Ptr, count: i64, missing: Obj) -> Obj {
    // SAFETY: the caller vouches for the type, and for the items.
    match unsafe { dict_keys::seek(dict, Key::of_items(items.cast(), count as usize)) } {
        Some(value) if value.is_null() => missing,
        found => found.unwrap_or(std::ptr::null_mut()),
    }
}

/// # Safety
/// `dict` is an exact dict, `key` alive, with that hash.
pub unsafe extern "C" fn dict_has_hashed(dict: Obj, key: Obj, hash: i64) -> i64 {
    // SAFETY: the caller vouches for the types.
    unsafe { dict_keys::seek(dict, Key::Hashed(key, hash as isize)).map_or(-1, |value| i64::from(!value.is_null())) }
}

/// # Safety
/// `dict` is an exact dict, `key` alive, with that hash.
pub unsafe extern "C" fn dict_get_hashed(dict: Obj, key: Obj, hash: i64, missing: Obj) -> Obj {
    // SAFETY: the caller vouches for the types.
    match unsafe { dict_keys::seek(dict, Key::Hashed(key, hash as isize)) } {
        Some(value) if value.is_null() => missing,
        found => found.unwrap_or(null_mut()),
    }
}

/// # Safety
/// `tuple` is an exact tuple.
pub unsafe extern "C" fn hash_of_tuple(tuple: Obj) -> i64 {
    // SAFETY: the caller vouches for the type.
    unsafe { Key::of(tuple).hash().map_or(-1, |hash| hash as i64) }
}

/// # Safety
/// `items` leads to `count` alive objects.
pub unsafe extern "C" fn hash_of_items(items: Ptr, count: i64) -> i64 {
    // SAFETY: the caller vouches for the items.
    unsafe { Key::of_items(items.cast(), count as usize).hash().map_or(-1, |hash| hash as i64) }
}

/// What [`dict_can_set_plain`] tells [`dict_set_plain`]: the value that is there, borrowed or NULL, first; and the key's hash.
#[repr(C)]
struct FoundToSet {
    old: Obj,
    place: SetPlace,
    hash: isize,
}

const _: () = assert!(size_of::<FoundToSet>() <= FOUND_TO_SET as usize * size_of::<usize>());

/// # Safety
/// `dict` is an exact dict, `key` an exact str or int, `found` leads to [`FOUND_TO_SET`] words.
pub unsafe extern "C" fn dict_can_set_plain(dict: Obj, key: Obj, found: Ptr) -> i64 {
    // SAFETY: the caller vouches for all of them.
    unsafe { can_set(dict, Key::of(key), found) }
}

/// # Safety
/// `dict` is an exact dict, `key` alive, with that hash, `found` leads to [`FOUND_TO_SET`] words.
pub unsafe extern "C" fn dict_can_set_hashed(dict: Obj, key: Obj, hash: i64, found: Ptr) -> i64 {
    // SAFETY: the caller vouches for all of them.
    unsafe { can_set(dict, Key::Hashed(key, hash as isize), found) }
}

/// # Safety
/// As of [`dict_can_set_plain`], for any key.
#[inline(always)]
unsafe fn can_set(dict: Obj, key: Key<'_>, found: Ptr) -> i64 {
    // SAFETY: the caller vouches for all of them; a place holds a value.
    unsafe {
        let (Some(place), Some(hash)) = (dict_keys::place_to_set(dict, key), key.hash()) else { return 0 };
        let old = match place {
            SetPlace::Value(place) => place.read(),
            SetPlace::Missing(_) => null_mut(),
        };
        found.cast::<FoundToSet>().write(FoundToSet { old, place, hash });
        1
    }
}

/// # Safety
/// `dict` is an exact dict, `key` an exact str or int, `value` is alive, `found` is what [`dict_can_set_plain`] gave, and the dict has not
/// been changed since.
pub unsafe extern "C" fn dict_set_plain(dict: Obj, key: Obj, value: Obj, found: Ptr) -> i64 {
    // SAFETY: the caller vouches for all of them. The dict gives up its reference to the old value, which has another one by then.
    unsafe {
        let FoundToSet { old, place, hash } = found.cast::<FoundToSet>().read();
        match place {
            SetPlace::Value(place) if dict_keys::VALUES_CHANGE_IN_PLACE => {
                // The caller takes the dict's reference over.
                place.write(ffi::Py_NewRef(value));
                return 0;
            }
            SetPlace::Missing(Some(place)) if dict_keys::add(dict, place, key, value) => return 0,
            _ => {}
        }
        ffi::Py_XINCREF(old);
        let status = _PyDict_SetItem_KnownHash(dict, key, value, hash);
        if status != 0 {
            ffi::Py_XDECREF(old);
        }
        i64::from(status)
    }
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
/// As [`build_map`].
pub unsafe extern "C" fn build_plain_map(items: Ptr, pairs: i64) -> Obj {
    // SAFETY: as the caller says.
    unsafe { build_map(items, pairs) }
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
