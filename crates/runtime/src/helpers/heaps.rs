//! Heaps whose items are compared without Python code.

use super::{Obj, Ptr};
use crate::heaps;
use whipsnake_contract::helpers::HEAP_PLACES;
use whipsnake_cpython::ffi;

/// # Safety
/// `heap` is an exact list, `item` is alive.
pub unsafe extern "C" fn heap_place(heap: Obj, item: Obj) -> i64 {
    // SAFETY: as the caller says.
    unsafe { heaps::place_of_new(heap, item) }.map_or(-1, |place| place as i64)
}

/// # Safety
/// As [`heap_place`], which has found the place.
pub unsafe extern "C" fn heap_push(heap: Obj, item: Obj, place: i64) -> i64 {
    // SAFETY: as the caller says.
    unsafe {
        if ffi::PyList_Append(heap, item) < 0 {
            return -1;
        }
        heaps::move_up(heap, place as usize);
    }
    0
}

/// # Safety
/// `heap` is an exact list; `places` leads to [`HEAP_PLACES`] words.
pub unsafe extern "C" fn heap_places(heap: Obj, places: Ptr) -> i64 {
    // SAFETY: as the caller says.
    unsafe {
        let places = std::slice::from_raw_parts_mut(places.cast::<usize>(), HEAP_PLACES);
        heaps::places_to_the_last(heap, places).map_or(-1, |count| count as i64)
    }
}

/// # Safety
/// The heap is exact; [`heap_places`] has found so many places.
pub unsafe extern "C" fn heap_pop(heap: Obj, places: Ptr, count: i64) -> Obj {
    // SAFETY: as the caller says.
    unsafe { heaps::take_root(heap, std::slice::from_raw_parts(places.cast::<usize>(), count as usize)) }
}
