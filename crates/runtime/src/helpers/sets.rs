//! Sets under keys that are plain.

use super::{Obj, Ptr};
use crate::plain_keys::Key;
use crate::set_keys::{self, Seek};
use whipsnake_cpython::ffi;

/// # Safety
/// `set` is an exact set or frozenset, `key` an exact str, int or tuple; `place` leads to two words.
pub unsafe extern "C" fn set_has_plain(set: Obj, key: Obj, place: Ptr) -> i64 {
    // SAFETY: the caller vouches for the types, and for the room.
    unsafe {
        let place = place.cast::<(*mut ffi::setentry, isize)>();
        match set_keys::seek(set, Key::of(key)) {
            Seek::Found(entry) => {
                place.write((entry, 0));
                1
            }
            Seek::Missing(entry, hash) => {
                place.write((entry, hash));
                0
            }
            Seek::Unsure => -1,
        }
    }
}

/// # Safety
/// `set` is an exact set or frozenset, `key` alive, with that hash.
pub unsafe extern "C" fn set_has_hashed(set: Obj, key: Obj, hash: i64) -> i64 {
    // SAFETY: the caller vouches for the types.
    match unsafe { set_keys::seek(set, Key::Hashed(key, hash as isize)) } {
        Seek::Found(_) => 1,
        Seek::Missing(..) => 0,
        Seek::Unsure => -1,
    }
}

/// # Safety
/// `set` is an exact set or frozenset, `items` leads to `count` alive objects.
pub unsafe extern "C" fn set_has_tuple(set: Obj, items: Ptr, count: i64) -> i64 {
    // SAFETY: the caller vouches for the type, and for the items.
    unsafe {
        match set_keys::seek(set, Key::of_items(items.cast(), count as usize)) {
            Seek::Found(_) => 1,
            Seek::Missing(..) => 0,
            Seek::Unsure => -1,
        }
    }
}

/// # Safety
/// The set is exact; [`set_has_plain`] has found that it does not have the key, and it has not been changed since.
pub unsafe extern "C" fn set_add_plain(set: Obj, key: Obj, place: Ptr) -> i64 {
    // SAFETY: as the caller says. What could be compared without Python code may be compared once more.
    unsafe {
        let (entry, hash) = place.cast::<(*mut ffi::setentry, isize)>().read();
        if set_keys::add_at(set, entry, hash, key) { 0 } else { i64::from(ffi::PySet_Add(set, key)) }
    }
}

/// # Safety
/// The set is exact; [`set_has_plain`] has found the key in it, and it has not been changed since.
pub unsafe extern "C" fn set_discard_plain(set: Obj, place: Ptr) {
    // SAFETY: as the caller says.
    unsafe { set_keys::discard_at(set, place.cast::<(*mut ffi::setentry, isize)>().read().0) }
}
