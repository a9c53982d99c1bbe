//! Objects that builtin functions make of all items of an iterator, where native code asks for these.

use super::Obj;
use crate::reserve::insist;
use whipsnake_contract::exit::Begun;
use whipsnake_cpython::{ffi, offsets};

/// Items that `list` makes room for where an iterable does not tell its length: what `list_extend` asks `PyObject_LengthHint` for.
const ROOM: isize = 8;
/// Minor version since which it keeps room that it does not need.
const KEEPS_ROOM: u8 = 14;

/// # Safety
/// The GIL is held.
pub unsafe extern "C" fn new_collection(begun: i64) -> Obj {
    // SAFETY: the objects are new, and the list's places are empty.
    unsafe {
        if begun == Begun::Set as i64 {
            return insist(|| ffi::PySet_New(std::ptr::null_mut()));
        }
        let list = insist(|| ffi::PyList_New(ROOM));
        (*list.cast::<ffi::PyListObject>()).ob_base.ob_size = 0;
        list
    }
}

/// # Safety
/// `collection` is what [`new_collection`] has made; the caller gives up its reference to `item`.
pub unsafe extern "C" fn collect(collection: Obj, item: Obj) -> i64 {
    // SAFETY: the collection is an exact list or set; adding an object to it gives a reference or no object.
    unsafe {
        let is_list = ffi::PyList_CheckExact(collection) != 0;
        let add = || if is_list { ffi::PyList_Append(collection, item) } else { ffi::PySet_Add(collection, item) };
        insist(|| if add() == 0 { collection } else { std::ptr::null_mut() });
        ffi::Py_DECREF(item);
        0
    }
}

/// # Safety
/// `collection` is what [`new_collection`] has made for the same call; the separator is an exact str if strs are joined.
pub unsafe extern "C" fn collected(collection: Obj, begun: i64, separator: Obj) -> Obj {
    // SAFETY: the collection is an exact list or set as the call wants it.
    unsafe {
        match Begun::from_number(begun) {
            Some(Begun::Tuple) => ffi::PyList_AsTuple(collection),
            Some(Begun::Join) => ffi::PyUnicode_Join(separator, collection),
            Some(Begun::List) if offsets::MINOR < KEEPS_ROOM => {
                shrink(collection.cast());
                ffi::Py_NewRef(collection)
            }
            Some(Begun::Sorted) if ffi::PyList_Sort(collection) < 0 => std::ptr::null_mut(),
            _ => ffi::Py_NewRef(collection),
        }
    }
}

/// Gives back room that a list does not need: `list_resize` of `listobject.c` keeps what is at least half full.
///
/// # Safety
/// Nobody else uses the list.
unsafe fn shrink(list: *mut ffi::PyListObject) {
    // SAFETY: the list is exact, and its items are memory of `PyMem_Malloc` of that length; memory that becomes smaller keeps its contents.
    unsafe {
        let size = ffi::Py_SIZE(list.cast());
        if size >= (*list).allocated / 2 {
            return;
        }
        let room = if size == 0 { 0 } else { (size + (size >> 3) + 6) & !3 };
        if room == 0 {
            ffi::PyMem_Free((*list).ob_item.cast());
            (*list).ob_item = std::ptr::null_mut();
        } else {
            let items = ffi::PyMem_Realloc((*list).ob_item.cast(), room as usize * size_of::<Obj>());
            if items.is_null() {
                return;
            }
            (*list).ob_item = items.cast();
        }
        (*list).allocated = room;
    }
}
