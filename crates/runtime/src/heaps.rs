//! Heaps as `heapq` keeps them in lists, as long as items are compared without Python code: the places that items move through are found first, and
//! nothing is moved if only Python code could tell.
//!
//! Items end up exactly where `_heapqmodule.c` puts them (`siftup`, `siftdown`): programs see the order of the list.

use crate::dict_keys::{_PyUnicode_Equal, is_exactly};
use std::ops::ControlFlow;
use whipsnake_cpython::ffi::{self, PyObject};
use whipsnake_cpython::{int, memory, offsets};

/// Tuples and lists in each other that are compared.
const DEPTH: u32 = 3;

/// What an item that can be compared is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Float,
    Str,
    Tuple,
    List,
}

/// # Safety
/// `object` is alive.
#[inline]
unsafe fn kind(object: *mut PyObject) -> Option<Kind> {
    // SAFETY: as the caller says.
    unsafe {
        let is = |ty: *mut ffi::PyTypeObject| is_exactly(object, ty);
        match () {
            _ if is(&raw mut ffi::PyLong_Type) => Some(Kind::Int),
            _ if is(&raw mut ffi::PyTuple_Type) => Some(Kind::Tuple),
            _ if is(&raw mut ffi::PyFloat_Type) => Some(Kind::Float),
            _ if is(&raw mut ffi::PyUnicode_Type) => Some(Kind::Str),
            _ if is(&raw mut ffi::PyList_Type) => Some(Kind::List),
            _ => None,
        }
    }
}

/// The items of an exact list or tuple, of which those of a list lie elsewhere.
///
/// # Safety
/// The object is alive and of that type, and is not changed as long as the items are used.
#[inline]
unsafe fn items<'a>(object: *mut PyObject, is_list: bool) -> &'a [*mut PyObject] {
    // SAFETY: as the caller says; an empty list has no items to point to.
    unsafe {
        let size: usize = memory::read(object.cast(), offsets::OB_SIZE);
        let first = if is_list { memory::read(object.cast(), offsets::LIST_ITEMS) } else { object.cast::<u8>().add(offsets::TUPLE_ITEMS).cast() };
        if size == 0 { &[] } else { std::slice::from_raw_parts(first, size) }
    }
}

/// `left < right`; `None` if Python code may have to tell, or raises.
///
/// # Safety
/// Both are alive.
unsafe fn less(left: *mut PyObject, right: *mut PyObject, depth: u32) -> Option<bool> {
    // SAFETY: as the caller says; numbers and strs are compared without Python code, and can be.
    unsafe {
        match (kind(left)?, kind(right)?) {
            (Kind::Int, Kind::Int) => match (int::value(left), int::value(right)) {
                (Some(left), Some(right)) => Some(left < right),
                _ => Some(ffi::PyObject_RichCompareBool(left, right, ffi::Py_LT) == 1),
            },
            (Kind::Float, Kind::Float) => Some(float(left) < float(right)),
            (Kind::Int | Kind::Float, Kind::Int | Kind::Float) | (Kind::Str, Kind::Str) => {
                Some(ffi::PyObject_RichCompareBool(left, right, ffi::Py_LT) == 1)
            }
            (Kind::Tuple, Kind::Tuple) | (Kind::List, Kind::List) => match first_difference(left, right, depth)? {
                Ok((left, right)) => less(left, right, depth - 1),
                Err((left, right)) => Some(left < right),
            },
            _ => None,
        }
    }
}

/// `left is right or left == right`, as containers compare their items.
///
/// # Safety
/// Both are alive.
unsafe fn same(left: *mut PyObject, right: *mut PyObject, depth: u32) -> Option<bool> {
    // SAFETY: as for [`less`].
    unsafe {
        if std::ptr::eq(left, right) {
            return Some(true);
        }
        match (kind(left)?, kind(right)?) {
            (Kind::Int, Kind::Int) => match (int::value(left), int::value(right)) {
                (Some(left), Some(right)) => Some(left == right),
                _ => Some(ffi::PyObject_RichCompareBool(left, right, ffi::Py_EQ) == 1),
            },
            (Kind::Float, Kind::Float) => Some(float(left) == float(right)),
            (Kind::Str, Kind::Str) => Some(_PyUnicode_Equal(left, right) != 0),
            (Kind::Int | Kind::Float, Kind::Int | Kind::Float) => Some(ffi::PyObject_RichCompareBool(left, right, ffi::Py_EQ) == 1),
            (Kind::Tuple, Kind::Tuple) | (Kind::List, Kind::List) => {
                Some(first_difference(left, right, depth)?.is_err_and(|(left, right)| left == right))
            }
            _ => Some(false),
        }
    }
}

/// The first items of two tuples, or lists, that are not the same, or the lengths of both if there are none.
///
/// # Safety
/// Both are alive exact tuples, or lists.
#[expect(clippy::type_complexity, reason = "two pairs")]
unsafe fn first_difference(left: *mut PyObject, right: *mut PyObject, depth: u32) -> Option<Result<(*mut PyObject, *mut PyObject), (usize, usize)>> {
    let depth = depth.checked_sub(1)?;
    // SAFETY: as the caller says; both keep their items alive, and no code runs that could change a list.
    unsafe {
        let is_list = is_exactly(left, &raw mut ffi::PyList_Type);
        let (left, right) = (items(left, is_list), items(right, is_list));
        for (&one, &other) in left.iter().zip(right) {
            if !same(one, other, depth)? {
                return Some(Ok((one, other)));
            }
        }
        Some(Err((left.len(), right.len())))
    }
}

/// # Safety
/// `object` is an alive float.
unsafe fn float(object: *mut PyObject) -> f64 {
    // SAFETY: as the caller says.
    unsafe { memory::read(object.cast(), offsets::FLOAT_VALUE) }
}

/// Where `heappush(heap, item)` puts the item. `None` if Python code has to tell.
///
/// # Safety
/// `heap` is an alive exact list, `item` is alive.
pub(crate) unsafe fn place_of_new(heap: *mut PyObject, item: *mut PyObject) -> Option<usize> {
    // SAFETY: as the caller says; nothing changes the list meanwhile.
    unsafe {
        let items = items(heap, true);
        let mut place = items.len();
        while place > 0 {
            let parent = (place - 1) / 2;
            if !less(item, items[parent], DEPTH)? {
                break;
            }
            place = parent;
        }
        Some(place)
    }
}

/// Moves the last item, which has just been appended, up to `place`.
///
/// # Safety
/// The list is exact and not empty; [`place_of_new`] has found the place.
pub(crate) unsafe fn move_up(heap: *mut PyObject, place: usize) {
    // SAFETY: as the caller says: all places are those of items. References only change their places.
    unsafe {
        let mut at = memory::read::<usize>(heap.cast(), offsets::OB_SIZE) - 1;
        let items: *mut *mut PyObject = memory::read(heap.cast(), offsets::LIST_ITEMS);
        let item = items.add(at).read();
        while at > place {
            let parent = (at - 1) / 2;
            items.add(at).write(items.add(parent).read());
            at = parent;
        }
        items.add(place).write(item);
    }
}

/// Stores the places through which `heappop(heap)` moves items to `places`, the root first; how many: each gets the item of the next one, and the last one what was the last item of
/// the list. `None` if the heap is empty, too large for so many places, or Python code has to tell.
///
/// # Safety
/// `heap` is an alive exact list.
pub(crate) unsafe fn places_to_the_last(heap: *mut PyObject, places: &mut [usize]) -> Option<usize> {
    // SAFETY: as the caller says; nothing changes the list meanwhile.
    unsafe {
        let (&last, items) = items(heap, true).split_last()?;
        let end = items.len();
        if end == 0 {
            return Some(0);
        }
        let (mut at, mut count) = (0, 1);
        *places.first_mut()? = 0;
        while at < end / 2 {
            let mut child = 2 * at + 1;
            if child + 1 < end && !less(items[child], items[child + 1], DEPTH)? {
                child += 1;
            }
            *places.get_mut(count)? = child;
            count += 1;
            at = child;
        }
        // The last item goes up again from the leaf.
        let settled = (1..count).rev().try_for_each(|index| match less(last, items[places[index]], DEPTH) {
            Some(true) => ControlFlow::Continue(()),
            Some(false) => ControlFlow::Break(Some(index + 1)),
            None => ControlFlow::Break(None),
        });
        match settled {
            ControlFlow::Continue(()) => Some(1),
            ControlFlow::Break(count) => count,
        }
    }
}

/// Takes the root out; owned. NULL with an exception if there is no memory.
///
/// # Safety
/// The list is exact and not empty; [`places_to_the_last`] has found these places.
pub(crate) unsafe fn take_root(heap: *mut PyObject, places: &[usize]) -> *mut PyObject {
    // SAFETY: as the caller says: all places are those of items. The reference of the last item is kept while it is removed.
    unsafe {
        let size: usize = memory::read(heap.cast(), offsets::OB_SIZE);
        let items: *mut *mut PyObject = memory::read(heap.cast(), offsets::LIST_ITEMS);
        let last = ffi::Py_NewRef(items.add(size - 1).read());
        if ffi::PyList_SetSlice(heap, size as isize - 1, size as isize, std::ptr::null_mut()) < 0 {
            ffi::Py_DECREF(last);
            return std::ptr::null_mut();
        }
        let Some((&lowest, moved)) = places.split_last() else { return last };
        let items: *mut *mut PyObject = memory::read(heap.cast(), offsets::LIST_ITEMS);
        let root = items.read();
        for (index, &place) in moved.iter().enumerate() {
            items.add(place).write(items.add(places[index + 1]).read());
        }
        items.add(lowest).write(last);
        root
    }
}
