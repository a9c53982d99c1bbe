//! References that keep a snapshot's addresses valid.

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

// SAFETY: the pointers are only followed under the GIL, which the functions ask for.
unsafe impl Send for References {}

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
