//! Taking a dying container apart, as far as that runs no Python code.
//!
//! References are given up in the interpreter's order, and their places set to NULL, which the interpreter's destructors skip. So it can
//! take over at any point: where Python code might run, frames are built first, and it goes on from there.

use crate::destroy::{Budget, goes_silently, is_number_or_str};
use crate::destroy_type::{Destruction, DestructionCache, closes_unseen, frame_of, has_ended, is_watched, used_values};
use crate::dict_keys::Keys;
use whipsnake_cpython::ffi::{Py_DECREF, Py_REFCNT, Py_TYPE, PyObject};
use whipsnake_cpython::memory::{read, write};
use whipsnake_cpython::slot::is_immortal;
use whipsnake_cpython::{Frame, Slot, offsets};

/// Containers in containers that are looked into.
const DEPTH: u32 = 8;
/// References that are looked at: the interpreter does it again, and building frames costs about as much as so many.
const BUDGET: usize = 512;

/// How what a container holds ends with it.
enum End {
    /// Without running Python code.
    Silent,
    /// So, but it must go at once: what it refers to may be referred to by the next objects, too.
    SilentAlone,
    /// Python code may run.
    Heard,
}

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
                Destruction::List => Some(self.list(object, depth)),
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
                    let mut places = keys.general_places()?;
                    Some(self.budget.spend(2 * keys.len()) && places.all(|[key, value]| self.release(key, depth) && self.release(value, depth)))
                }
                Destruction::Instance => {
                    let kind = &*Py_TYPE(object);
                    let values = base.offset(kind.tp_basicsize);
                    let dict = base.offset(offsets::MANAGED_DICT).cast::<usize>().read();
                    if dict != 0 || read::<u8>(values, offsets::VALUES_VALID) != 1 || is_watched(object, kind) {
                        return None;
                    }
                    let first = values.add(offsets::VALUES_ITEMS).cast::<*mut PyObject>();
                    let count = used_values(Py_TYPE(object), values);
                    Some(self.budget.spend(count) && (0..count).all(|index| self.release(first.add(index), depth)))
                }
                Destruction::Generator => self.generator(object, depth),
                _ => None,
            }
        }
    }

    /// A generator that waits, or was never started: its frame gives up its slots, and then what it runs.
    ///
    /// # Safety
    ///
    /// As for [`Self::contents`].
    unsafe fn generator(&mut self, object: *mut PyObject, depth: u32) -> Option<bool> {
        // SAFETY: as the caller says; a generator that has not ended has a frame.
        unsafe {
            let handles = read::<usize>(object.cast(), offsets::GEN_EXC_STATE) != 0;
            if has_ended(object) || handles || !closes_unseen(object) || is_watched(object, &*Py_TYPE(object)) {
                return None;
            }
            let frame = frame_of(object).filter(|frame| frame.object().is_null() && frame.locals().is_null())?;
            let (slots, count) = (frame.slots(), frame.stack_top());
            let mut indices = 0..count;
            let silent = self.budget.spend(count)
                && if Frame::ENDS_FROM_TOP {
                    indices.rev().all(|index| self.slot(slots.add(index), depth))
                } else {
                    indices.all(|index| self.slot(slots.add(index), depth))
                };
            // The frame and the function both refer to the code.
            Some(silent && Py_REFCNT(frame.executable()) > 2 && self.stays_or_goes(frame.function()))
        }
    }

    /// True unless the loss of one reference to an object may run Python code.
    ///
    /// # Safety
    ///
    /// The object is alive.
    unsafe fn stays_or_goes(&self, object: *mut PyObject) -> bool {
        // SAFETY: as the caller says.
        unsafe { Py_REFCNT(object) > 1 || goes_silently(self.types, object, Destruction::of(self.types, Py_TYPE(object))) }
    }

    /// [`Self::release`] for a word of a frame.
    ///
    /// # Safety
    ///
    /// `place` is in a frame that is being taken apart.
    #[inline(always)]
    unsafe fn slot(&mut self, place: *mut Slot, depth: u32) -> bool {
        // SAFETY: as the caller says; what a slot owns is alive.
        unsafe {
            let slot = place.read();
            !slot.owns() || self.give_up(slot.borrow(), depth, || place.write(Slot::NULL))
        }
    }

    /// A list loses its items one by one, from the last one on: nothing is left to be looked at again, however many there are.
    ///
    /// # Safety
    ///
    /// As for [`Self::contents`], and the object is a list.
    unsafe fn list(&mut self, object: *mut PyObject, depth: u32) -> bool {
        let base = object.cast::<u8>();
        // SAFETY: as the caller says; what a list holds is alive.
        unsafe {
            let items: *const *mut PyObject = read(base, offsets::LIST_ITEMS);
            let mut left: usize = read(base, offsets::OB_SIZE);
            let mut silent = true;
            while left > 0 {
                let item = items.add(left - 1).read();
                if !item.is_null() && !is_immortal(item) {
                    silent = Py_REFCNT(item) > 1 || is_number_or_str(Py_TYPE(item)) || !matches!(self.last(item, depth), End::Heard);
                    if !silent {
                        break;
                    }
                    Py_DECREF(item);
                }
                left -= 1;
            }
            write(base, offsets::OB_SIZE, left);
            silent
        }
    }

    /// Tuples give up their items from the last one to the first.
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
            object.is_null() || self.give_up(object, depth, || place.write(std::ptr::null_mut()))
        }
    }

    /// Gives up a reference that `clear` takes out of its place, unless the object goes silently with its container. False if Python code may run.
    ///
    /// # Safety
    ///
    /// The object is alive, and the place in a container that is being taken apart.
    #[inline(always)]
    unsafe fn give_up(&mut self, object: *mut PyObject, depth: u32, clear: impl FnOnce()) -> bool {
        // SAFETY: as the caller says.
        unsafe {
            if is_immortal(object) {
                return true;
            }
            if Py_REFCNT(object) == 1 {
                if is_number_or_str(Py_TYPE(object)) {
                    return true;
                }
                match self.last(object, depth) {
                    End::Silent => return true,
                    End::Heard => return false,
                    End::SilentAlone => {}
                }
            }
            clear();
            Py_DECREF(object);
            true
        }
    }

    /// How an object ends that loses its last reference.
    ///
    /// # Safety
    ///
    /// As for [`Self::give_up`].
    #[inline(never)]
    unsafe fn last(&mut self, object: *mut PyObject, depth: u32) -> End {
        // SAFETY: as the caller says.
        unsafe {
            match Destruction::of(self.types, Py_TYPE(object)) {
                Destruction::Leaf => End::Silent,
                Destruction::Unknown => End::Heard,
                _ if depth == 0 => End::Heard,
                destruction => match self.contents(object, destruction, depth - 1) {
                    Some(true) => End::Silent,
                    None if goes_silently(self.types, object, destruction) => End::SilentAlone,
                    Some(false) | None => End::Heard,
                },
            }
        }
    }
}
