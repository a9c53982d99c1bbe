//! Taking a dying container apart, as far as that runs no Python code.
//!
//! References are given up in the interpreter's order, and their places set to NULL, which the interpreter's destructors skip. So it can
//! take over at any point: where Python code might run, frames are built first, and it goes on from there.

use crate::destroy::{Budget, goes_silently, is_plain};
use crate::destroy_type::{Destruction, DestructionCache, is_watched};
use crate::dict_keys::Keys;
use whipsnake_cpython::ffi::{Py_DECREF, Py_REFCNT, Py_TYPE, PyObject};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::offsets;
use whipsnake_cpython::slot::is_immortal;

/// Containers in containers that are looked into.
const DEPTH: u32 = 8;
/// References that are looked at: the interpreter does it again, and building frames costs about as much as so many.
const BUDGET: usize = 512;

/// A container that is being taken apart.
pub(crate) struct Apart<'a> {
    types: &'a DestructionCache,
    budget: Budget,
}

impl Apart<'_> {
    /// Gives up references of a container that nobody refers to any more. False if the rest may run Python code; if not, what is left of
    /// it does not. `None` for what is no such container; it is as it was.
    ///
    /// # Safety
    ///
    /// The GIL is held; the object's contents are intact, and are not looked at before it is destroyed. Its type destroys it in that way.
    #[inline]
    pub(crate) unsafe fn take(types: &DestructionCache, object: *mut PyObject, destruction: Destruction) -> Option<bool> {
        // SAFETY: as the caller says.
        unsafe { Apart { types, budget: Budget(BUDGET) }.contents(object, destruction, DEPTH) }
    }

    /// # Safety
    ///
    /// As for [`Self::take`].
    unsafe fn contents(&mut self, object: *mut PyObject, destruction: Destruction, depth: u32) -> Option<bool> {
        let base = object.cast::<u8>();
        // SAFETY: fields are read according to the object's type.
        unsafe {
            match destruction {
                Destruction::Tuple => Some(self.backwards(base.add(offsets::TUPLE_ITEMS).cast(), read(base, offsets::OB_SIZE), depth)),
                Destruction::List => Some(self.backwards(read(base, offsets::LIST_ITEMS), read(base, offsets::OB_SIZE), depth)),
                Destruction::Dict => {
                    let keys = Keys::of_dict(object);
                    if keys.is_empty() {
                        return Some(true);
                    }
                    if read::<usize>(base, offsets::DICT_VALUES) != 0 {
                        return None;
                    }
                    if let Some(mut places) = keys.value_places_of_strs() {
                        return Some(self.budget.spend(keys.len()) && places.all(|place| self.release(place, depth)));
                    }
                    let mut places = keys.general_places()?.flatten();
                    Some(self.budget.spend(2 * keys.len()) && places.all(|place| self.release(place, depth)))
                }
                Destruction::Instance => {
                    let kind = &*Py_TYPE(object);
                    let values = base.offset(kind.tp_basicsize);
                    let dict = base.offset(offsets::MANAGED_DICT).cast::<usize>().read();
                    if dict != 0 || read::<u8>(values, offsets::VALUES_VALID) != 1 || is_watched(object, kind) {
                        return None;
                    }
                    let first = values.add(offsets::VALUES_ITEMS).cast::<*mut PyObject>();
                    let capacity = usize::from(read::<u8>(values, offsets::VALUES_CAPACITY));
                    Some(self.budget.spend(capacity) && (0..capacity).all(|index| self.release(first.add(index), depth)))
                }
                _ => None,
            }
        }
    }

    /// Sequences give up their items from the last one to the first.
    ///
    /// # Safety
    ///
    /// `first` leads to that many objects or NULLs of a container that is being taken apart.
    unsafe fn backwards(&mut self, first: *mut *mut PyObject, count: usize, depth: u32) -> bool {
        // SAFETY: as the caller says.
        unsafe { self.budget.spend(count) && (0..count).rev().all(|index| self.release(first.add(index), depth)) }
    }

    /// Gives up one reference, unless what it leads to goes silently with its container. False if Python code may run.
    ///
    /// # Safety
    ///
    /// `place` is in a container that is being taken apart and holds NULL or an alive object.
    #[inline(always)]
    unsafe fn release(&mut self, place: *mut *mut PyObject, depth: u32) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            let object = place.read();
            if object.is_null() || is_immortal(object) {
                return true;
            }
            if Py_REFCNT(object) > 1 {
                place.write(std::ptr::null_mut());
                Py_DECREF(object);
                return true;
            }
            let kind = Py_TYPE(object);
            if is_plain(kind) {
                return true;
            }
            self.last(place, object, depth)
        }
    }

    /// [`Self::release`] for the last reference to an object.
    ///
    /// # Safety
    ///
    /// As for [`Self::release`]; `object` is there.
    #[inline(never)]
    unsafe fn last(&mut self, place: *mut *mut PyObject, object: *mut PyObject, depth: u32) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            match Destruction::of(self.types, Py_TYPE(object)) {
                Destruction::Leaf => true,
                Destruction::Unknown => false,
                _ if depth == 0 => false,
                destruction => {
                    if let Some(silent) = self.contents(object, destruction, depth - 1) {
                        // It stays in its place.
                        return silent;
                    }
                    let silent = goes_silently(self.types, object, destruction);
                    if silent {
                        // At once: what it refers to may be referred to by the next objects, too.
                        place.write(std::ptr::null_mut());
                        Py_DECREF(object);
                    }
                    silent
                }
            }
        }
    }
}
