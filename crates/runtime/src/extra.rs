//! The extra slot of code objects: it owns the sites of the code, and with them all units.

use crate::profile::TypeProfile;
use crate::session::{Session, session};
use crate::unit::{Place, Site, SiteKey};
use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::c_void;
use std::ptr::NonNull;
use whipsnake_contract::faults::Fault;
use whipsnake_contract::snapshot::SeenExit;
use whipsnake_cpython::Code;
use whipsnake_cpython::generator::Start;
use whipsnake_cpython::ffi::{PyErr_Clear, PyObject};
use whipsnake_cpython::symbols::{PyUnstable_Code_GetExtra, PyUnstable_Code_SetExtra};

/// Pairs of globals and builtins under which one code object is compiled; code that runs under more is left alone there.
const MAX_NAMESPACES: usize = 4;
/// Loops of one code object that are watched, over all namespaces.
const MAX_LOOPS: usize = 256;
/// Places where generators with one code object go on that are watched, over all namespaces.
const MAX_RESUMES: usize = 64;

/// What is kept for a code object.
#[derive(Debug, Default)]
#[allow(clippy::vec_box, reason = "native code holds the addresses of sites")]
pub struct CodeExtra {
    functions: RefCell<Vec<Box<Site>>>,
    loops: RefCell<Vec<Box<Site>>>,
    resumes: RefCell<Vec<Box<Site>>>,
    /// Exits that units took often in this code; without types, which are numbered by each snapshot anew.
    seen: RefCell<Vec<SeenExit>>,
    /// Types of objects that failed type guards in this code, wherever it was compiled in.
    pub types: RefCell<TypeProfile>,
    /// Types of operands that units of this code have noted, by [`operand_key`](whipsnake_contract::snapshot::operand_key).
    pub operands: RefCell<TypeProfile>,
    /// Excluded by `never()`.
    pub never: Cell<bool>,
    /// The first function site: nearly always the only one.
    first: Cell<Option<NonNull<Site>>>,
    /// How calls of a generator function begin, once somebody has asked.
    start: OnceCell<Option<Start>>,
    /// Number of the last rest of the program when the code was first met.
    pub rests: u32,
    /// Starts seen by the monitoring callback since the unit was installed.
    pub late_starts: Cell<u32>,
}

impl CodeExtra {
    /// The extra data of a code object, if it has any.
    #[inline]
    pub fn of(session: &Session, code: Code) -> Option<&'static CodeExtra> {
        let mut extra: *mut c_void = std::ptr::null_mut();
        // SAFETY: the index was reserved; what is in the slot is a leaked box of this type (or NULL), which lives as
        // long as the code object. Callers keep the code object alive while they use it.
        unsafe {
            if PyUnstable_Code_GetExtra(code.as_object(), session.extra_index, &mut extra) != 0 {
                PyErr_Clear();
                return None;
            }
            extra.cast::<CodeExtra>().as_ref()
        }
    }

    /// [`Self::of`] without checks, for entries.
    ///
    /// # Safety
    ///
    /// Extra data was made for some code object before, which is when the layout is checked.
    #[inline]
    pub unsafe fn of_fast(session: &Session, code: Code) -> Option<&'static CodeExtra> {
        // SAFETY: as for `of`.
        unsafe { code.extra(session.extra_index as usize).cast::<CodeExtra>().as_ref() }
    }

    /// The extra data of a code object, made if there is none; `None` if memory is short.
    pub fn of_or_new(session: &Session, code: Code) -> Option<&'static CodeExtra> {
        if let Some(extra) = CodeExtra::of(session, code) {
            return Some(extra);
        }
        let extra = Box::into_raw(Box::new(CodeExtra { rests: session.laps.rests(), ..CodeExtra::default() }));
        let shared = code.has_extra();
        // SAFETY: the box is handed over to the slot, whose free function takes it back.
        unsafe {
            if session.faults.happens(Fault::ExtraSlot) || PyUnstable_Code_SetExtra(code.as_object(), session.extra_index, extra.cast()) != 0 {
                PyErr_Clear();
                drop(Box::from_raw(extra));
                return None;
            }
            if code.extra(session.extra_index as usize) != extra.cast() {
                session.switch_off("extra slots of code objects are not laid out as expected");
            } else if !shared {
                // Other users of extra slots are not told that code dies which they never marked.
                code.trim_extra(session.extra_index as usize);
            }
            extra.as_ref()
        }
    }

    /// The function site of that namespace.
    #[inline]
    pub fn function(&self, globals: *mut PyObject, builtins: *mut PyObject) -> Option<NonNull<Site>> {
        // SAFETY: the site is owned by this value.
        if let Some(first) = self.first.get().filter(|first| unsafe { first.as_ref() }.belongs_to(globals, builtins)) {
            return Some(first);
        }
        if self.first.get().is_none() {
            return None;
        }
        let sites = self.functions.borrow();
        sites.iter().find(|site| site.belongs_to(globals, builtins)).map(|site| NonNull::from(&**site))
    }

    /// The site of a key, made if there is none; `None` if the code has too many sites.
    pub fn site(&self, session: &Session, key: SiteKey, name: impl FnOnce() -> String) -> Option<NonNull<Site>> {
        let (list, limit) = match key.place {
            Place::Function => (&self.functions, MAX_NAMESPACES),
            Place::Loop(_) => (&self.loops, MAX_LOOPS),
            Place::Resume(_) => (&self.resumes, MAX_RESUMES),
        };
        let mut sites = list.borrow_mut();
        let found = sites.iter().find(|site| site.offset == key.place.offset() && site.belongs_to(key.globals, key.builtins));
        if let Some(site) = found {
            return Some(NonNull::from(&**site));
        }
        if sites.len() >= limit {
            return None;
        }
        let site = Box::new(session.new_site(key, name()));
        let address = NonNull::from(&*site);
        if sites.is_empty() && key.place == Place::Function {
            self.first.set(Some(address));
        }
        sites.push(site);
        drop(sites);
        session.register(address);
        Some(address)
    }

    /// How calls of functions with that code, whose extra data this is, begin if they only make a generator of their arguments.
    #[inline]
    pub fn generator_start(&self, code: Code) -> Option<Start> {
        *self.start.get_or_init(|| Start::of(code).filter(|_| crate::bind::simple_parameters(code).is_some()))
    }

    /// True if back edges of a loop are being counted.
    pub fn counts_loops(&self) -> bool {
        self.loops.borrow().iter().any(|site| site.window.get().is_some() && site.unit.get().is_none())
    }

    /// Adds an exit to what the compiler is told of the code.
    pub fn add_seen(&self, exit: SeenExit) {
        let mut seen = self.seen.borrow_mut();
        match seen.iter_mut().find(|other| other.offset == exit.offset && other.reason == exit.reason) {
            Some(other) => other.count = other.count.saturating_add(exit.count),
            None => seen.push(exit),
        }
    }

    /// The exits that units took often in this code, without types.
    pub fn seen(&self) -> Vec<SeenExit> {
        self.seen.borrow().clone()
    }

    /// Calls `f` with every site.
    pub fn for_each(&self, mut f: impl FnMut(&Site)) {
        self.functions.borrow().iter().for_each(|site| f(site));
        self.loops.borrow().iter().for_each(|site| f(site));
        self.resumes.borrow().iter().for_each(|site| f(site));
    }
}

/// Frees the extra data of a dying code object.
///
/// # Safety
///
/// Called by the interpreter with what was stored in the slot.
pub unsafe extern "C" fn free_extra(extra: *mut c_void) {
    if extra.is_null() {
        return;
    }
    // SAFETY: the slot owned the box.
    let extra = unsafe { Box::from_raw(extra.cast::<CodeExtra>()) };
    match session() {
        Some(session) => session.retire(*extra),
        // Nobody could have compiled anything.
        None => drop(extra),
    }
}

impl CodeExtra {
    /// Takes the sites out, when the code object dies.
    pub fn into_sites(self) -> impl Iterator<Item = Box<Site>> {
        self.functions.into_inner().into_iter().chain(self.loops.into_inner()).chain(self.resumes.into_inner())
    }
}
