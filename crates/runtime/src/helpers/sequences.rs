//! Lists, tuples and slices.

use super::{Obj, Ptr, binary_op};
use crate::plain_tuples;
use crate::reserve::insist;
use std::ffi::c_int;
use whipsnake_cpython::{ffi, int, memory, offsets};

unsafe extern "C" {
    /// Grows a list that is full and appends, taking over the reference, also if it fails.
    fn _PyList_AppendTakeRefListResize(list: *mut ffi::PyListObject, item: Obj) -> c_int;
    /// `list.extend`; borrowed `None`, which is immortal, or NULL.
    fn _PyList_Extend(list: *mut ffi::PyListObject, iterable: Obj) -> Obj;
}

/// # Safety
/// `items` points to `count` references, which the list takes over.
pub unsafe extern "C" fn build_list(items: Ptr, count: i64) -> Obj {
    let items = items.cast::<Obj>();
    let count = count as isize;
    // SAFETY: the caller vouches for the items; the list has room for all of them.
    unsafe {
        let list = insist(|| ffi::PyList_New(count));
        if count > 0 {
            let to = (*list.cast::<ffi::PyListObject>()).ob_item;
            std::ptr::copy_nonoverlapping(items, to, count as usize);
        }
        list
    }
}

/// # Safety
/// `items` points to `count` references, which the tuple takes over.
pub unsafe extern "C" fn build_tuple(items: Ptr, count: i64) -> Obj {
    let (items, count) = (items.cast::<Obj>(), count as isize);
    // SAFETY: the caller vouches for the items; the new tuple has room for all of them.
    unsafe {
        let tuple = insist(|| ffi::PyTuple_New(count));
        for i in 0..count {
            ffi::PyTuple_SET_ITEM(tuple, i, *items.offset(i));
        }
        plain_tuples::settle(tuple);
        tuple
    }
}

/// # Safety
/// `class` derives from `tuple`, with the generic allocator; `items` points to `count` references, which the instance takes over.
pub unsafe extern "C" fn build_tuple_of(class: Obj, items: Ptr, count: i64) -> Obj {
    let count = count as usize;
    // SAFETY: the caller vouches for class and items; the new instance has room for all of them.
    unsafe {
        let tuple = insist(|| ffi::PyType_GenericAlloc(class.cast(), count as isize));
        if offsets::TUPLE_ITEMS > size_of::<ffi::PyVarObject>() {
            // Since 3.14 tuples keep their hash before the items: -1 until it is asked for.
            memory::write::<isize>(tuple.cast(), size_of::<ffi::PyVarObject>(), -1);
        }
        std::ptr::copy_nonoverlapping(items.cast::<Obj>(), tuple.cast::<u8>().add(offsets::TUPLE_ITEMS).cast(), count);
        tuple
    }
}

/// # Safety
/// `list` is an exact list.
pub unsafe extern "C" fn list_to_tuple(list: Obj) -> Obj {
    // SAFETY: the object is a list.
    unsafe { ffi::PyList_AsTuple(list) }
}

/// # Safety
/// `list` is an exact list; the caller gives up its reference to `item`.
pub unsafe extern "C" fn list_append(list: Obj, item: Obj) -> i64 {
    let list = list.cast::<ffi::PyListObject>();
    // SAFETY: the object is a list; a slot below `allocated` is room for an item.
    unsafe {
        let size = (*list).ob_base.ob_size;
        if size < (*list).allocated {
            (*list).ob_item.offset(size).write(item);
            (*list).ob_base.ob_size = size.wrapping_add(1);
            return 0;
        }
        i64::from(_PyList_AppendTakeRefListResize(list, item))
    }
}

/// # Safety
/// The operands are alive and of such types.
pub unsafe extern "C" fn sequence_binary(left: Obj, right: Obj, op: i64) -> Obj {
    // SAFETY: as the caller says.
    unsafe { binary_op(left, right, op) }
}

/// # Safety
/// Both are alive lists.
pub unsafe extern "C" fn list_extended(list: Obj, other: Obj) -> Obj {
    // SAFETY: as the caller says.
    unsafe {
        if _PyList_Extend(list.cast(), other).is_null() {
            return std::ptr::null_mut();
        }
        ffi::Py_INCREF(list);
    }
    list
}

/// # Safety
/// `list` is an exact list, `iterable` is alive.
pub unsafe extern "C" fn list_extend(list: Obj, iterable: Obj) -> i64 {
    // SAFETY: the objects are alive; the format takes a C string.
    unsafe {
        if !_PyList_Extend(list.cast(), iterable).is_null() {
            return 0;
        }
        let iterable_type = ffi::Py_TYPE(iterable);
        if ffi::PyErr_ExceptionMatches(ffi::PyExc_TypeError) != 0
            && (*iterable_type).tp_iter.is_none()
            && ffi::PySequence_Check(iterable) == 0
        {
            ffi::PyErr_Clear();
            ffi::PyErr_Format(
                ffi::PyExc_TypeError,
                c"Value after * must be an iterable, not %.200s".as_ptr(),
                (*iterable_type).tp_name,
            );
        }
        -1
    }
}

/// # Safety
/// `list` is an exact list.
pub unsafe extern "C" fn list_slice(list: Obj, start: i64, stop: i64) -> Obj {
    let (mut start, mut stop) = (start as isize, stop as isize);
    // SAFETY: the object is a list, and the indices are brought inside it.
    unsafe {
        ffi::PySlice_AdjustIndices(ffi::PyList_GET_SIZE(list), &mut start, &mut stop, 1);
        ffi::PyList_GetSlice(list, start, stop)
    }
}

/// # Safety
/// `list` is an exact list; the step is not 0.
pub unsafe extern "C" fn list_stepped_slice(list: Obj, start: i64, stop: i64, step: i64) -> Obj {
    let (mut start, mut stop, step) = (start as isize, stop as isize, step as isize);
    // SAFETY: the object is a list; the adjusted indices are inside it, and the new list has room for their number.
    unsafe {
        let count = ffi::PySlice_AdjustIndices(ffi::PyList_GET_SIZE(list), &mut start, &mut stop, step);
        let result = ffi::PyList_New(count);
        if result.is_null() {
            return result;
        }
        for i in 0..count {
            let item = ffi::PyList_GET_ITEM(list, start.wrapping_add(i.wrapping_mul(step)));
            ffi::PyList_SET_ITEM(result, i, ffi::Py_NewRef(item));
        }
        result
    }
}

/// # Safety
/// `container` is an exact str, bytes or tuple; the step is not 0.
pub unsafe extern "C" fn slice_plain(container: Obj, start: i64, stop: i64, step: i64) -> Obj {
    // SAFETY: the type of the object is checked; the adjusted indices are inside it.
    unsafe {
        if step != 1 {
            let bounds = [start, stop, step].map(|bound| int::make(bound));
            let slice = if bounds.contains(&std::ptr::null_mut()) { std::ptr::null_mut() } else { ffi::PySlice_New(bounds[0], bounds[1], bounds[2]) };
            bounds.into_iter().for_each(|bound| ffi::Py_XDECREF(bound));
            if slice.is_null() {
                return slice;
            }
            let result = ffi::PyObject_GetItem(container, slice);
            ffi::Py_DECREF(slice);
            return result;
        }
        let (mut start, mut stop) = (start as isize, stop as isize);
        if ffi::PyUnicode_CheckExact(container) != 0 {
            let count = ffi::PySlice_AdjustIndices(ffi::PyUnicode_GetLength(container), &mut start, &mut stop, 1);
            return ffi::PyUnicode_Substring(container, start, start + count);
        }
        let size = ffi::Py_SIZE(container);
        let count = ffi::PySlice_AdjustIndices(size, &mut start, &mut stop, 1);
        if ffi::PyTuple_CheckExact(container) != 0 {
            return ffi::PyTuple_GetSlice(container, start, start + count);
        }
        if count == size {
            return ffi::Py_NewRef(container);
        }
        ffi::PyBytes_FromStringAndSize(ffi::PyBytes_AsString(container).offset(start), count)
    }
}

/// # Safety
/// `words` has two exact lists and the bounds of their slices; the step is not 0.
pub unsafe extern "C" fn copy_list_slice(words: Ptr) -> i64 {
    let words = words.cast::<i64>();
    // SAFETY: the objects are lists; the adjusted indices are inside them.
    unsafe {
        let word = |index: usize| words.add(index).read() as isize;
        let (left, mut start, mut stop) = (word(0) as Obj, word(1), word(2));
        let (right, mut first, mut last, step) = (word(3) as Obj, word(4), word(5), word(6));
        let count = ffi::PySlice_AdjustIndices(ffi::PyList_GET_SIZE(left), &mut start, &mut stop, 1);
        let given = ffi::PySlice_AdjustIndices(ffi::PyList_GET_SIZE(right), &mut first, &mut last, step);
        if left == right && step == -1 && given == count && count > 0 && first == stop - 1 {
            // A part of a list is turned round: each item stays in it.
            let (mut low, mut high) = (start, stop - 1);
            while low < high {
                let (a, b) = (ffi::PyList_GET_ITEM(left, low), ffi::PyList_GET_ITEM(left, high));
                ffi::PyList_SET_ITEM(left, low, b);
                ffi::PyList_SET_ITEM(left, high, a);
                (low, high) = (low + 1, high - 1);
            }
            return 0;
        }
        let new = list_stepped_slice(right, word(4) as i64, word(5) as i64, step as i64);
        if new.is_null() {
            return -1;
        }
        let status = store_list_slice(left, word(1) as i64, word(2) as i64, new);
        ffi::Py_DECREF(new);
        status
    }
}

/// # Safety
/// `list` is an exact list, `value` an alive object.
pub unsafe extern "C" fn store_list_slice(list: Obj, start: i64, stop: i64, value: Obj) -> i64 {
    let (mut start, mut stop) = (start as isize, stop as isize);
    // SAFETY: the object is a list; the adjusted indices are inside it.
    unsafe {
        let count = ffi::PySlice_AdjustIndices(ffi::PyList_GET_SIZE(list), &mut start, &mut stop, 1);
        let temporary = list != value && ffi::PyList_CheckExact(value) != 0 && ffi::Py_REFCNT(value) == 1;
        if temporary && ffi::PyList_GET_SIZE(value) == count {
            // Nobody sees the list that is stored: it takes the old items, and drops them in the same order when it dies.
            for i in 0..count {
                let (old, new) = (ffi::PyList_GET_ITEM(list, start + i), ffi::PyList_GET_ITEM(value, i));
                ffi::PyList_SET_ITEM(list, start + i, new);
                ffi::PyList_SET_ITEM(value, i, old);
            }
            return 0;
        }
        i64::from(ffi::PyList_SetSlice(list, start, stop.max(start), value))
    }
}

/// # Safety
/// The parts are alive; `step` may be NULL.
pub unsafe extern "C" fn build_slice(start: Obj, stop: Obj, step: Obj) -> Obj {
    // SAFETY: the parts are alive.
    unsafe { ffi::PySlice_New(start, stop, step) }
}

/// # Safety
/// The objects are alive.
pub unsafe extern "C" fn get_slice(container: Obj, start: Obj, stop: Obj) -> Obj {
    // SAFETY: the objects are alive; the slice is ours.
    unsafe {
        let slice = ffi::PySlice_New(start, stop, std::ptr::null_mut());
        if slice.is_null() {
            return slice;
        }
        let result = ffi::PyObject_GetItem(container, slice);
        ffi::Py_DECREF(slice);
        result
    }
}

/// # Safety
/// The objects are alive.
pub unsafe extern "C" fn set_slice(container: Obj, start: Obj, stop: Obj, value: Obj) -> i64 {
    // SAFETY: the objects are alive; the slice is ours.
    unsafe {
        let slice = ffi::PySlice_New(start, stop, std::ptr::null_mut());
        if slice.is_null() {
            return -1;
        }
        let result = ffi::PyObject_SetItem(container, slice, value);
        ffi::Py_DECREF(slice);
        i64::from(result)
    }
}
