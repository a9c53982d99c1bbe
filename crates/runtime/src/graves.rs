//! What died while native code may still use it: it is freed once no native code runs.
//!
//! Programs notice when objects live on, so these go earlier where they can: between two instructions, each native activation has linked
//! frames, and a dead unit whose code no frame of any thread executes uses nothing any more. The activations of loops are counted. Frames that greenlets have put aside cannot be
//! found. Machine code is returned to even from frames that have left it, and stays; where native code runs on and on, as below
//! a loop that never ends, units are made to leave for a moment when much of it has died.

use crate::memory::CodeBlock;
use crate::session::Session;
use crate::unit::Site;
use rustc_hash::FxHashSet;
use std::cell::Cell;
use std::ptr::NonNull;
use std::rc::Rc;
use whipsnake_cpython::Frame;
use whipsnake_cpython::ffi::{Py_DECREF, Py_INCREF, Py_REFCNT, PyErr_GetRaisedException, PyErr_SetRaisedException, PyObject};
use whipsnake_cpython::platform::imported;
use whipsnake_cpython::thread::frames_of_all;
use whipsnake_strategy::UnitKind;

/// Dead sites and blocks of code from which on running units are made to leave.
const RETREAT_AT: usize = 32;
/// Entries that are refused until it is given up that all native code ends soon.
const REFUSED: u32 = 1024;

/// Things that native code may still use.
#[derive(Debug, Default)]
pub struct Graves {
    /// References to give up.
    pub objects: Vec<*mut PyObject>,
    /// What dead units held.
    pub remains: Vec<Remains>,
    /// Code to unmap.
    pub blocks: Vec<CodeBlock>,
    /// Sites of dead code objects.
    pub sites: Vec<Box<Site>>,
}

/// What a dead unit held.
#[derive(Debug)]
pub struct Remains {
    /// Identity of the unit's code object, in whose frames its activations are.
    code: *mut PyObject,
    /// The unit's activations, if they are counted.
    activations: Option<Rc<Cell<u32>>>,
    /// References to give up.
    objects: Vec<*mut PyObject>,
}

impl Remains {
    /// True if no activation of the unit goes on; `running` are the code objects of all frames.
    fn is_unused(&self, running: &FxHashSet<*mut PyObject>) -> bool {
        !running.contains(&self.code) || self.activations.as_ref().is_some_and(|count| count.get() == 0)
    }
}

/// When the graves are emptied.
#[derive(Debug)]
pub(crate) struct Burial {
    /// There is anything in the graves.
    mourning: Cell<bool>,
    /// The interpreter has been asked to call us, so that remains can be freed.
    asked: Cell<bool>,
    /// Size of the graves from which on running units are made to leave.
    retreat_at: Cell<usize>,
    /// Entries that will still be refused; 0 if there is no retreat.
    retreat: Cell<u32>,
}

impl Default for Burial {
    fn default() -> Burial {
        Burial { mourning: Cell::new(false), asked: Cell::new(false), retreat_at: Cell::new(RETREAT_AT), retreat: Cell::new(0) }
    }
}

impl Session {
    /// There is something to free: soon, as far as no native code can use it, the rest when the last activation ends.
    pub(crate) fn something_died(&self) {
        self.burial.mourning.set(true);
        if self.ended.get() {
            return;
        }
        if !self.burial.asked.get() {
            self.burial.asked.set(crate::worker::ask_for_attention());
        }
        if self.active.get() > 0 && self.burial.retreat.get() == 0 {
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

    /// What the activation of a loop's unit does when it ends: if the unit has died, what it held can go.
    #[inline]
    pub(crate) fn loop_ended(&self, unit: &crate::unit::Unit) {
        if self.burial.mourning.get() && unit.record.invalid.get() != 0 && !self.burial.asked.get() && !self.ended.get() {
            self.burial.asked.set(crate::worker::ask_for_attention());
        }
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
        let mut objects = content.owned.take();
        // SAFETY: what the watch was about still holds its object: watchers are called before the change. The unit owns the others, and
        // whose last reference is not given up is not destroyed here, where Python code must not run.
        unsafe {
            if self.active.get() > 0 {
                content.watched.iter().for_each(|&object| Py_INCREF(object));
                objects.extend_from_slice(&content.watched);
            } else {
                // So that what holds them as well destroys them at its own time.
                objects.extract_if(.., |object| Py_REFCNT(*object) > 1).for_each(|object| Py_DECREF(object));
            }
        }
        let mut graves = self.graves.borrow_mut();
        graves.blocks.extend(content.block.borrow_mut().take());
        if !objects.is_empty() {
            let activations = (unit.site().kind == UnitKind::Loop).then(|| unit.activations.clone());
            graves.remains.push(Remains { code: unit.site().code, activations, objects });
        }
        drop(graves);
        self.something_died();
    }

    /// Gives up what dead units held, as far as no native code can use it, where [`Self::mourn`] could not. Any Python code may run.
    ///
    /// # Safety
    ///
    /// The GIL is held, and the interpreter has called us between two instructions.
    pub(crate) unsafe fn mourn_early(&self) {
        // SAFETY: as the caller says.
        unsafe {
            let is_asked = self.burial.asked.replace(false) && self.burial.mourning.get() && !self.ended.get();
            if !is_asked || imported(c"greenlet._greenlet").is_some() {
                return;
            }
            let running: FxHashSet<_> = frames_of_all(self.interpreter).map(Frame::executable).collect();
            let unused = self.graves.borrow_mut().remains.extract_if(.., |remains| remains.is_unused(&running)).collect::<Vec<_>>();
            give_up(unused.into_iter().flat_map(|remains| remains.objects));
        }
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
        let remains = graves.remains.into_iter().flat_map(|remains| remains.objects);
        // SAFETY: the GIL is held; the graves owned the references.
        unsafe { give_up(graves.objects.into_iter().chain(remains)) };
    }
}

/// Gives references up. Any Python code may run; it does not see the exception of a unit that raised.
///
/// # Safety
///
/// The GIL is held; the references are the caller's.
unsafe fn give_up(objects: impl Iterator<Item = *mut PyObject>) {
    // SAFETY: as the caller says.
    unsafe {
        let raised = PyErr_GetRaisedException();
        objects.for_each(|object| Py_DECREF(object));
        if !raised.is_null() {
            PyErr_SetRaisedException(raised);
        }
    }
}
