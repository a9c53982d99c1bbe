//! What died while native code may still use it: it is freed once no native code runs.
//!
//! Where native code runs on and on, as below a loop that never ends, units are made to leave for a moment when much has died.

use crate::memory::CodeBlock;
use crate::session::Session;
use crate::unit::Site;
use std::cell::Cell;
use std::ptr::NonNull;
use whipsnake_cpython::ffi::{Py_DECREF, PyErr_GetRaisedException, PyErr_SetRaisedException, PyObject};

/// Dead sites and blocks of code from which on running units are made to leave.
const RETREAT_AT: usize = 32;
/// Entries that are refused until it is given up that all native code ends soon.
const REFUSED: u32 = 1024;

/// Things that native code may still use.
#[derive(Debug, Default)]
pub struct Graves {
    /// References to give up.
    pub objects: Vec<*mut PyObject>,
    /// Code to unmap.
    pub blocks: Vec<CodeBlock>,
    /// Sites of dead code objects.
    pub sites: Vec<Box<Site>>,
}

/// When the graves are emptied.
#[derive(Debug)]
pub(crate) struct Burial {
    /// There is anything in the graves.
    mourning: Cell<bool>,
    /// Size of the graves from which on running units are made to leave.
    retreat_at: Cell<usize>,
    /// Entries that will still be refused; 0 if there is no retreat.
    retreat: Cell<u32>,
}

impl Default for Burial {
    fn default() -> Burial {
        Burial { mourning: Cell::new(false), retreat_at: Cell::new(RETREAT_AT), retreat: Cell::new(0) }
    }
}

impl Session {
    /// There is something to free: soon, if no native code runs, or when the last activation ends.
    pub(crate) fn something_died(&self) {
        let first = !self.burial.mourning.replace(true);
        if self.ended.get() {
            return;
        }
        if self.active.get() == 0 {
            if first {
                crate::worker::ask_for_attention();
            }
        } else if self.burial.retreat.get() == 0 {
            let graves = self.graves.borrow();
            if graves.sites.len() + graves.blocks.len() >= self.burial.retreat_at.get() {
                self.burial.retreat.set(REFUSED);
                self.silence();
            }
        }
    }

    /// True if a unit must not be entered, or leave, so that what has died can be freed. If native code does not end, it is put off
    /// until there is twice as much.
    #[inline]
    pub(crate) fn retreats(&self) -> bool {
        let left = self.burial.retreat.get();
        if left == 0 {
            return false;
        }
        self.burial.retreat.set(left - 1);
        if left == 1 {
            self.burial.retreat_at.set(self.burial.retreat_at.get() * 2);
        }
        true
    }

    /// What every native activation does when it ends, if it was the last.
    #[inline]
    pub(crate) fn last_activation_ended(&self) {
        if self.burial.mourning.get() {
            self.mourn();
        }
    }

    /// Stops the entry into a site's unit, and takes its code and references away once no native code runs.
    pub fn drop_unit(&self, site: &Site) {
        site.record.entry.set(crate::entry::interpret as *const () as u64);
        site.record.quiet.set(crate::unit::NEVER_QUIET);
        site.detached.replace(None);
        let Some(unit) = site.unit.take() else { return };
        // SAFETY: the site owns its units.
        let unit = unsafe { unit.as_ref() };
        site.past.borrow_mut().add(unit);
        self.bury_unit(unit);
    }

    /// Marks a unit as broken and takes its code and references away once no native code runs.
    pub fn bury_unit(&self, unit: &crate::unit::Unit) {
        unit.record.invalid.set(1);
        unit.record.quiet.set(crate::unit::NEVER_QUIET);
        let Some(content) = unit.content() else { return };
        self.watch.borrow_mut().remove(NonNull::from(unit), &content.assumptions);
        let mut graves = self.graves.borrow_mut();
        graves.objects.append(&mut content.owned.borrow_mut());
        graves.blocks.extend(content.block.borrow_mut().take());
        if self.active.get() > 0 {
            for &object in &content.watched {
                // SAFETY: what the watch was about still holds the object: watchers are called before the change.
                unsafe { whipsnake_cpython::ffi::Py_INCREF(object) };
                graves.objects.push(object);
            }
        }
        drop(graves);
        self.something_died();
    }

    /// Frees what was buried, if no native code runs. Any Python code may run.
    pub fn mourn(&self) {
        if self.burial.mourning.get() && self.active.get() == 0 && !self.ended.get() {
            self.free_the_dead();
        }
    }

    /// Takes all units away, at the end: references that they hold would keep modules from dying. Where native code still runs, they stay.
    pub(crate) fn release_units(&self) {
        let codes: Vec<_> = self.codes.borrow().values().copied().collect();
        for code in codes {
            // SAFETY: the table owns what it leads to, and dropping units runs no code that could change it.
            unsafe { code.as_ref() }.for_each(|site| self.drop_unit(site));
        }
        if self.active.get() == 0 {
            self.free_the_dead();
        }
    }

    /// Frees what was buried. No native code runs; any Python code may be run.
    fn free_the_dead(&self) {
        self.burial.mourning.set(false);
        self.burial.retreat.set(0);
        self.burial.retreat_at.set(RETREAT_AT);
        let graves = self.graves.take();
        {
            let mut memory = self.memory.borrow_mut();
            for block in graves.blocks {
                self.crash.remove(block.base());
                // SAFETY: no native code runs, and the entries that led here have been taken away.
                unsafe { memory.free(block) };
            }
        }
        drop(graves.sites);
        // SAFETY: the GIL is held; the graves owned the references. Destructors must not see the exception of a unit that raised.
        unsafe {
            let raised = PyErr_GetRaisedException();
            for object in graves.objects {
                Py_DECREF(object);
            }
            if !raised.is_null() {
                PyErr_SetRaisedException(raised);
            }
        }
    }
}
