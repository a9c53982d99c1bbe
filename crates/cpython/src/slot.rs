//! Words of a frame's locals and value stack.
//!
//! Up to 3.13 a word is an object pointer. From 3.14 it is a `_PyStackRef`: a set tag bit says that the word
//! owns no reference (the object is immortal, or somebody else keeps it alive).

use crate::ffi::{Py_DECREF, Py_INCREF, PyObject};
use crate::offsets;

/// One word of a frame: empty, or a reference to an object.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot(u64);

/// Both tag bits set mark an integer that is no object (3.14: the `lasti` of a pending re-raise, the index of some loops).
const INT_TAG: u64 = 3;

impl Slot {
    /// An empty slot.
    pub const NULL: Slot = Slot(offsets::SLOT_NULL as u64);

    /// The slot of a raw word.
    pub const fn from_word(word: u64) -> Slot {
        Slot(word)
    }

    /// The raw word.
    pub const fn word(self) -> u64 {
        self.0
    }

    /// A slot that takes over a reference.
    ///
    /// # Safety
    ///
    /// `object` is alive and the caller owns a reference, which it gives up.
    #[inline]
    pub unsafe fn from_owned(object: *mut PyObject) -> Slot {
        // SAFETY: the object is alive.
        Slot(object as u64 | unsafe { immortal_tag(object) })
    }

    /// A slot with a reference of its own.
    ///
    /// # Safety
    ///
    /// `object` is alive.
    #[inline]
    pub unsafe fn new(object: *mut PyObject) -> Slot {
        // SAFETY: the object is alive; the new reference goes into the slot.
        unsafe {
            Py_INCREF(object);
            Slot::from_owned(object)
        }
    }

    /// A slot for an integer that marks a position, as the interpreter pushes it before a re-raise.
    ///
    /// # Errors
    ///
    /// `None` with `MemoryError` raised when the integer is an object and cannot be made (3.13).
    ///
    /// # Safety
    ///
    /// The GIL is held.
    pub unsafe fn position(value: i64) -> Option<Slot> {
        if offsets::TAGGED_SLOTS == 1 {
            return Some(Slot(((value as u64) << 2) | INT_TAG));
        }
        // SAFETY: the GIL is held; the new int is owned by the slot.
        unsafe {
            let int = crate::ffi::PyLong_FromLongLong(value);
            (!int.is_null()).then(|| Slot::from_owned(int))
        }
    }

    /// True for an empty slot.
    #[inline]
    pub const fn is_null(self) -> bool {
        self.0 == Slot::NULL.0
    }

    /// True for an integer that is no object.
    #[inline]
    pub const fn is_position(self) -> bool {
        offsets::TAGGED_SLOTS == 1 && self.0 & INT_TAG == INT_TAG
    }

    /// The object, without a reference; NULL for an empty slot or a position.
    #[inline]
    pub const fn borrow(self) -> *mut PyObject {
        if self.is_position() {
            return std::ptr::null_mut();
        }
        (self.0 & !(offsets::SLOT_TAG as u64)) as *mut PyObject
    }

    /// The object with the slot's reference (or a new one if the slot owned none); NULL for an empty slot or a position.
    ///
    /// # Safety
    ///
    /// The slot's content is valid, and is not used afterwards.
    #[inline]
    pub unsafe fn steal(self) -> *mut PyObject {
        let object = self.borrow();
        if !object.is_null() && !self.owns() {
            // SAFETY: a valid slot's object is alive.
            unsafe { Py_INCREF(object) };
        }
        object
    }

    /// Another slot with the same content.
    ///
    /// # Safety
    ///
    /// The slot's content is valid.
    #[inline]
    pub unsafe fn duplicate(self) -> Slot {
        if self.owns() {
            // SAFETY: an owning slot's object is alive.
            unsafe { Py_INCREF(self.borrow()) };
        }
        self
    }

    /// Gives the slot's reference up, if it owns one. Any Python code may run.
    ///
    /// # Safety
    ///
    /// The slot's content is valid, is not used afterwards, and no frame shows it any more.
    #[inline]
    pub unsafe fn close(self) {
        if self.owns() {
            // SAFETY: the slot owns the reference.
            unsafe { Py_DECREF(self.borrow()) };
        }
    }

    /// True if the slot owns a reference.
    #[inline]
    pub const fn owns(self) -> bool {
        !self.is_null() && self.0 & offsets::SLOT_TAG as u64 == 0
    }
}

/// The tag that the interpreter gives to an object when it takes over a reference.
///
/// # Safety
///
/// `object` is alive.
#[inline]
unsafe fn immortal_tag(object: *mut PyObject) -> u64 {
    if offsets::TAGGED_SLOTS == 0 {
        return 0;
    }
    // SAFETY: on tagged builds objects have 16 flag bits there.
    let flags: u16 = unsafe { crate::memory::read(object.cast(), offsets::OBJECT_FLAGS) };
    u64::from(flags) & offsets::SLOT_TAG as u64
}

/// True if the object's reference count never changes.
///
/// # Safety
///
/// `object` is alive.
#[inline]
pub unsafe fn is_immortal(object: *mut PyObject) -> bool {
    // SAFETY: the low 32 bits of the reference count are at that offset on 64-bit builds.
    unsafe { crate::memory::read::<i32>(object.cast(), offsets::OB_REFCNT) < 0 }
}
