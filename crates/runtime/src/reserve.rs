//! Memory put by for objects that native code cannot do without.
//!
//! A box can be needed where no exception can be raised. If there is no memory for it, some of the reserve is given back and it is tried
//! again; the next pending call fills the reserve up, or switches native code off.

use crate::session::{Session, session};
use std::cell::RefCell;
use std::ffi::c_void;
use whipsnake_cpython::ffi::{Py_FatalError, PyErr_Clear, PyMem_RawFree, PyMem_RawMalloc, PyObject};

/// Bytes of one piece: too few for a mapping of its own, so that the allocator can use them for anything.
const PIECE: usize = 32 << 10;
/// Pieces, each for one attempt.
const PIECES: usize = 16;

/// The pieces that are left.
#[derive(Debug, Default)]
pub(crate) struct Reserve(RefCell<Vec<*mut c_void>>);

impl Reserve {
    /// Allocates what is missing. False if there is no memory for it.
    fn fill(&self) -> bool {
        let mut pieces = self.0.borrow_mut();
        pieces.reserve_exact(PIECES);
        while pieces.len() < PIECES {
            // SAFETY: the raw allocator can be called at any time.
            let piece = unsafe { PyMem_RawMalloc(PIECE) };
            if piece.is_null() {
                return false;
            }
            pieces.push(piece);
        }
        true
    }

    /// Gives a piece back. False if there is none.
    fn give(&self) -> bool {
        let piece = self.0.borrow_mut().pop();
        // SAFETY: the piece came from that allocator.
        piece.inspect(|&piece| unsafe { PyMem_RawFree(piece) }).is_some()
    }

    /// Pieces that are there.
    fn left(&self) -> usize {
        self.0.borrow().len()
    }
}

impl Session {
    /// Fills the reserve up. If there is no memory for it and half of it is gone, native code is switched off.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    pub(crate) unsafe fn fill_reserve(&self) {
        if self.enabled.get() && self.reserve.left() < PIECES && !self.reserve.fill() && self.reserve.left() < PIECES / 2 {
            // SAFETY: as the caller says.
            unsafe { self.switch_off("there is no memory left for native code") };
        }
    }
}

/// The object that `make` makes, which fails for want of memory only: then it is tried again with memory from the reserve. NULL with
/// `MemoryError` once nothing is left of it.
///
/// # Safety
///
/// The GIL is held.
#[inline]
pub(crate) unsafe fn persist(make: impl Fn() -> *mut PyObject) -> *mut PyObject {
    let object = make();
    // SAFETY: as the caller says.
    if object.is_null() { unsafe { persist_slowly(&make) } } else { object }
}

/// [`persist`] where nothing but the object will do: the process ends if it cannot be made.
///
/// # Safety
///
/// The GIL is held.
#[inline]
pub(crate) unsafe fn insist(make: impl Fn() -> *mut PyObject) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe {
        let object = persist(make);
        if object.is_null() {
            Py_FatalError(c"whipsnake: no memory for an object that native code cannot do without".as_ptr());
        }
        object
    }
}

/// # Safety
///
/// As for [`persist`].
#[cold]
unsafe fn persist_slowly(make: &dyn Fn() -> *mut PyObject) -> *mut PyObject {
    crate::worker::ask_for_attention();
    loop {
        if !session().is_some_and(|session| session.reserve.give()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the failed attempt has raised `MemoryError`.
        unsafe { PyErr_Clear() };
        let object = make();
        if !object.is_null() {
            return object;
        }
    }
}
