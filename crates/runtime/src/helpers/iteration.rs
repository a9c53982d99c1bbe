//! Iteration and unpacking.

use super::{Obj, Ptr};
use std::ffi::c_int;
use crate::dict_keys;
use crate::generator;
use crate::rebuild::count;
use crate::set_keys;
use whipsnake_cpython::{Frame, Thread, datastack, ffi, iterators, memory, monitoring, offsets};

/// # Safety
/// `object` is alive.
pub unsafe extern "C" fn get_iter(object: Obj) -> Obj {
    // SAFETY: the object is alive.
    unsafe { ffi::PyObject_GetIter(object) }
}

/// # Safety
/// `tstate` is the thread's state, `iterator` an iterator.
pub unsafe extern "C" fn iter_next(tstate: Ptr, iterator: Obj) -> Obj {
    // SAFETY: the iterator is alive.
    unsafe {
        let resumed = Thread::from_ptr(tstate.cast()).and_then(|thread| generator::next_of(thread, iterator));
        match resumed {
            Some(item) if !item.is_null() => item,
            _ => next_or_end(tstate, iterator, resumed),
        }
    }
}

/// [`iter_next`] of what is no generator, or of one that has ended or raised an exception.
///
/// # Safety
/// As for [`iter_next`]; `resumed` is what a generator has returned.
#[inline(never)]
unsafe fn next_or_end(tstate: Ptr, iterator: Obj, resumed: Option<Obj>) -> Obj {
    // SAFETY: the iterator is alive.
    unsafe {
        let item = match (resumed, (*ffi::Py_TYPE(iterator)).tp_iternext) {
            (Some(item), _) => item,
            (None, Some(next)) => next(iterator),
            (None, None) => {
                let name = (*ffi::Py_TYPE(iterator)).tp_name;
                return ffi::PyErr_Format(ffi::PyExc_TypeError, c"'%.200s' object is not an iterator".as_ptr(), name);
            }
        };
        if item.is_null()
            && !ffi::PyErr_Occurred().is_null()
            && ffi::PyErr_ExceptionMatches(ffi::PyExc_StopIteration) != 0
        {
            let thread = Thread::from_ptr(tstate.cast());
            if let Some((thread, frame, code, offset)) = thread.and_then(|thread| {
                let frame = thread.current_frame()?;
                Some((thread, frame, frame.code()?, frame.offset()?))
            }) {
                // Tools hear of it in the frame of the loop, too.
                monitoring::fire_raise(thread, frame, code, offset);
            }
            ffi::PyErr_Clear();
        }
        item
    }
}

/// # Safety
/// `range` is an exact range, `out` has room for three words.
pub unsafe extern "C" fn open_range(range: Obj, out: Ptr) -> i64 {
    // SAFETY: as the caller says; the iterator is new, and laid out as its type says.
    unsafe {
        let iterator = ffi::PyObject_GetIter(range);
        if iterator.is_null() {
            ffi::PyErr_Clear();
            return 0;
        }
        let fits = std::ptr::eq(ffi::Py_TYPE(iterator), &raw const ffi::PyRangeIter_Type);
        if fits {
            let fields = [offsets::RANGE_ITER_START, offsets::RANGE_ITER_STEP, offsets::RANGE_ITER_LEN];
            for (index, field) in fields.into_iter().enumerate() {
                out.cast::<i64>().add(index).write(memory::read(iterator.cast(), field));
            }
        }
        ffi::Py_DECREF(iterator);
        i64::from(fits)
    }
}

/// # Safety
/// `object` is alive, of an exact builtin type whose iterator is one of C.
pub unsafe extern "C" fn get_plain_iter(object: Obj) -> Obj {
    // SAFETY: the object is alive.
    unsafe { get_iter(object) }
}

/// # Safety
/// `dict` is an alive dict; `out` points to three words.
pub unsafe extern "C" fn dict_next(dict: Obj, used: i64, position: i64, left: i64, out: Ptr) -> i64 {
    // SAFETY: as the caller says.
    unsafe {
        if dict_keys::used(dict) != used as usize {
            return -1;
        }
        let Some(([key, value], after)) = dict_keys::next(dict, position as usize) else { return 0 };
        if left == 0 {
            return -1;
        }
        out.cast::<[usize; 3]>().write([key as usize, value as usize, after]);
        1
    }
}

/// # Safety
/// `set` is an alive set or frozenset; `out` points to two words.
pub unsafe extern "C" fn set_next(set: Obj, used: i64, position: i64, out: Ptr) -> i64 {
    // SAFETY: as the caller says.
    unsafe {
        if (*set.cast::<ffi::PySetObject>()).used as i64 != used {
            return -1;
        }
        let Some((key, after)) = set_keys::next(set, position as usize) else { return 0 };
        out.cast::<[usize; 2]>().write([key as usize, after]);
        1
    }
}

/// # Safety
/// `iterator` is an alive iterator over a dict, a view of one or a set, or with `text` over a str or bytes; `out` points to a word.
pub unsafe extern "C" fn iter_next_plain(iterator: Obj, text: i64, out: Ptr) -> i64 {
    let out = out.cast::<Obj>();
    // SAFETY: such iterators hold what they run over until they have ended, and call nothing that a program has defined.
    unsafe {
        let place = if text != 0 { iterators::TEXT_CONTAINER } else { iterators::TABLE_CONTAINER };
        let container: Obj = memory::read(iterator.cast(), place);
        // The iterator gives it up when it ends, which may destroy it.
        let last = !container.is_null() && ffi::Py_REFCNT(container) == 1;
        if last {
            ffi::Py_INCREF(container);
        }
        let item = (*ffi::Py_TYPE(iterator)).tp_iternext.map_or(std::ptr::null_mut(), |next| next(iterator));
        if item.is_null() && ffi::PyErr_Occurred().is_null() {
            out.write(if last { container } else { std::ptr::null_mut() });
            return 0;
        }
        if last {
            // The iterator still holds it.
            ffi::Py_DECREF(container);
        }
        if item.is_null() {
            return -1;
        }
        out.write(item);
        1
    }
}

/// # Safety
/// The frame is that of a generator that executes, complete, and stands at a `return` with nothing on its stack.
pub unsafe extern "C" fn finish_generator(tstate: Ptr, frame: Ptr) {
    // SAFETY: what the interpreter does at a `return`.
    unsafe {
        if let (Some(thread), Some(frame)) = (Thread::from_ptr(tstate.cast()), Frame::from_ptr(frame)) {
            count(thread, 1);
            datastack::clear_and_pop(thread, frame);
        }
    }
}

/// # Safety
/// `object` is alive; `out` points to `before` words, with `after >= 0` to `before + 1 + after`.
pub unsafe extern "C" fn unpack_iterable(object: Obj, out: Ptr, before: i64, after: i64) -> i64 {
    let out = out.cast::<Obj>();
    // SAFETY: the caller vouches for the object and the room.
    unsafe {
        if after < 0
            && let Some(items) = exact_items(object, before as isize)
        {
            for i in 0..before as isize {
                out.offset(i).write(ffi::Py_NewRef(*items.offset(i)));
            }
            return 0;
        }
        let iterator = ffi::PyObject_GetIter(object);
        if iterator.is_null() {
            let object_type = ffi::Py_TYPE(object);
            if ffi::PyErr_ExceptionMatches(ffi::PyExc_TypeError) != 0
                && (*object_type).tp_iter.is_none()
                && ffi::PySequence_Check(object) == 0
            {
                ffi::PyErr_Format(
                    ffi::PyExc_TypeError,
                    c"cannot unpack non-iterable %.200s object".as_ptr(),
                    (*object_type).tp_name,
                );
            }
            return -1;
        }
        let mut filled = 0;
        let done = unpack(object, iterator, out, before as c_int, after as c_int, &mut filled);
        if !done {
            while filled > 0 {
                filled = filled.wrapping_sub(1);
                ffi::Py_DECREF(*out.offset(filled));
            }
        }
        ffi::Py_DECREF(iterator);
        if done { 0 } else { -1 }
    }
}

/// # Safety
/// `sequence` is an exact list or tuple of at least `before + after` items; `out` points to one word more.
pub unsafe extern "C" fn unpack_rest(sequence: Obj, out: Ptr, before: i64, after: i64) -> i64 {
    let (out, before, after) = (out.cast::<Obj>(), before as usize, after as usize);
    // SAFETY: as the caller says; making a list runs no Python code.
    unsafe {
        let size = ffi::Py_SIZE(sequence);
        let Some(items) = exact_items(sequence, size) else { return -1 };
        let size = size as usize;
        let between = size - before - after;
        let rest = ffi::PyList_New(between as isize);
        if rest.is_null() {
            return -1;
        }
        let kept = (*rest.cast::<ffi::PyListObject>()).ob_item;
        for index in 0..size {
            let item = ffi::Py_NewRef(items.add(index).read());
            match index.checked_sub(before) {
                None => out.add(index).write(item),
                Some(at) if at < between => kept.add(at).write(item),
                Some(at) => out.add(before + 1 + at - between).write(item),
            }
        }
        out.add(before).write(rest);
        0
    }
}

/// The items of an exact tuple or list of that length.
///
/// # Safety
/// `object` is alive. The items are valid until Python code runs.
unsafe fn exact_items(object: Obj, count: isize) -> Option<*const Obj> {
    // SAFETY: the types are checked before the structures are read.
    unsafe {
        if ffi::PyTuple_CheckExact(object) != 0 && ffi::PyTuple_GET_SIZE(object) == count {
            return Some((&raw const (*object.cast::<ffi::PyTupleObject>()).ob_item).cast());
        }
        if ffi::PyList_CheckExact(object) != 0 && ffi::PyList_GET_SIZE(object) == count {
            return Some((*object.cast::<ffi::PyListObject>()).ob_item);
        }
        None
    }
}

/// Unpacks an iterator; true if it went well, else an exception is raised and the first `filled` words are owned.
///
/// # Safety
/// As [`unpack_iterable`]; `iterator` is that of `object`.
unsafe fn unpack(object: Obj, iterator: Obj, out: *mut Obj, before: c_int, after: c_int, filled: &mut isize) -> bool {
    // SAFETY: the objects are alive, `out` has room for all parts, and the formats take the arguments given.
    unsafe {
        for i in 0..before {
            let item = ffi::PyIter_Next(iterator);
            if item.is_null() {
                if ffi::PyErr_Occurred().is_null() {
                    let (format, expected) = if after < 0 {
                        (c"not enough values to unpack (expected %d, got %d)", before)
                    } else {
                        (c"not enough values to unpack (expected at least %d, got %d)", before.wrapping_add(after))
                    };
                    ffi::PyErr_Format(ffi::PyExc_ValueError, format.as_ptr(), expected, i);
                }
                return false;
            }
            out.offset(*filled).write(item);
            *filled = filled.wrapping_add(1);
        }
        if after < 0 {
            let extra = ffi::PyIter_Next(iterator);
            if extra.is_null() {
                return ffi::PyErr_Occurred().is_null();
            }
            ffi::Py_DECREF(extra);
            match exact_length(object) {
                Some(length) if offsets::MINOR >= 14 && length > before as isize => {
                    let format = c"too many values to unpack (expected %d, got %zd)";
                    ffi::PyErr_Format(ffi::PyExc_ValueError, format.as_ptr(), before, length);
                }
                _ => {
                    let format = c"too many values to unpack (expected %d)";
                    ffi::PyErr_Format(ffi::PyExc_ValueError, format.as_ptr(), before);
                }
            }
            return false;
        }
        let list = ffi::PySequence_List(iterator);
        if list.is_null() {
            return false;
        }
        out.offset(*filled).write(list);
        *filled = filled.wrapping_add(1);
        let (length, after) = (ffi::PyList_GET_SIZE(list), after as isize);
        if length < after {
            let format = c"not enough values to unpack (expected at least %d, got %zd)";
            let (expected, got) = (before.wrapping_add(after as c_int), length.wrapping_add(before as isize));
            ffi::PyErr_Format(ffi::PyExc_ValueError, format.as_ptr(), expected, got);
            return false;
        }
        let rest = length.wrapping_sub(after);
        for i in 0..after {
            // The list's reference moves out; its size shrinks below.
            out.offset(*filled).write(ffi::PyList_GET_ITEM(list, rest.wrapping_add(i)));
            *filled = filled.wrapping_add(1);
        }
        (*list.cast::<ffi::PyListObject>()).ob_base.ob_size = rest;
        true
    }
}

/// Length of an exact list, tuple or dict.
///
/// # Safety
/// `object` is alive.
unsafe fn exact_length(object: Obj) -> Option<isize> {
    // SAFETY: the types are checked before the structures are read.
    unsafe {
        if ffi::PyDict_CheckExact(object) != 0 {
            return Some(ffi::PyDict_Size(object));
        }
        let sequence = ffi::PyList_CheckExact(object) != 0 || ffi::PyTuple_CheckExact(object) != 0;
        sequence.then(|| ffi::Py_SIZE(object))
    }
}
