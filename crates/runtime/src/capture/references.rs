//! References that keep a snapshot's addresses valid.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use whipsnake_cpython::ffi::{Py_DECREF, Py_INCREF, PyObject};

/// Owned references. They are not given up when the value is dropped, since that needs the GIL: call
/// [`References::release`].
#[derive(Debug, Default)]
pub struct References {
    /// All objects and types of the snapshot: needed until the unit is installed, whose watchers and guards take over then.
    job: Vec<*mut PyObject>,
    /// Inlined code objects, whose constants native code embeds: needed as long as the unit. They lead to no globals, so
    /// that a unit kept by its own code object is in no cycle with them.
    unit: Vec<*mut PyObject>,
}

impl References {
    /// # Safety
    /// The GIL is held and the object is alive.
    pub(super) unsafe fn hold(&mut self, object: *mut PyObject) {
        // SAFETY: the object is alive.
        unsafe { Py_INCREF(object) };
        self.job.push(object);
    }

    /// # Safety
    /// The GIL is held and the object is alive.
    pub(super) unsafe fn hold_for_unit(&mut self, object: *mut PyObject) {
        // SAFETY: the object is alive.
        unsafe { Py_INCREF(object) };
        self.unit.push(object);
    }

    /// Gives up what only the compilation needed. Destructors may run.
    ///
    /// # Safety
    /// The GIL is held.
    pub unsafe fn release_job(&mut self) {
        for object in std::mem::take(&mut self.job) {
            // SAFETY: the reference is ours.
            unsafe { Py_DECREF(object) };
        }
    }

    /// Gives up everything. Destructors may run.
    ///
    /// # Safety
    /// The GIL is held, and no native code of the unit runs.
    pub unsafe fn release(mut self) {
        // SAFETY: the caller holds the GIL; the references are ours.
        unsafe {
            self.release_job();
            for object in std::mem::take(&mut self.unit) {
                Py_DECREF(object);
            }
        }
    }
}

/// What compilations under way keep, by number. The compiling thread has none of it, so that it can be given up without it.
#[derive(Default)]
pub struct Pending {
    next: Cell<u64>,
    held: RefCell<BTreeMap<u64, References>>,
}

impl Pending {
    /// Keeps the references of one compilation, until they are released by the number that this returns.
    pub fn keep(&self, references: References) -> u64 {
        let number = self.next.replace(self.next.get() + 1);
        self.held.borrow_mut().insert(number, references);
        number
    }

    /// Gives up those of one compilation. Destructors may run.
    ///
    /// # Safety
    /// The GIL is held.
    pub unsafe fn release(&self, number: u64) {
        let references = self.held.borrow_mut().remove(&number);
        // SAFETY: the caller holds the GIL; no code of the compilation runs with what only these keep.
        references.into_iter().for_each(|references| unsafe { references.release() });
    }

    /// Gives up those of all compilations: none of them is installed any more. Destructors may run.
    ///
    /// # Safety
    /// The GIL is held.
    pub unsafe fn release_all(&self) {
        for references in self.held.take().into_values() {
            // SAFETY: the caller holds the GIL.
            unsafe { references.release() };
        }
    }
}
