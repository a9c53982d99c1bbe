//! What is kept for a code object: it owns the sites of the code, and with them all units.
//!
//! It lies in a table by the code's address, which a watcher cleans up. The interpreter has extra slots in code objects for this, but
//! takes code that uses them for bound to its interpreter: `concurrent.interpreters` refuses to send such functions.

use crate::module_loops::{Span, spans};
use crate::profile::TypeProfile;
use crate::session::Session;
use crate::unit::{Place, Site, SiteKey};
use std::cell::{Cell, OnceCell, RefCell};
use std::ptr::NonNull;
use std::time::Duration;
use whipsnake_contract::snapshot::SeenExit;
use whipsnake_cpython::Code;
use whipsnake_cpython::generator::Start;
use whipsnake_cpython::ffi::PyObject;
use whipsnake_cpython::version_lookup::forget_unversioned;

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
    /// Types that such guards wanted.
    pub wanted: RefCell<TypeProfile>,
    /// Types of operands that units of this code have noted, by [`operand_key`](whipsnake_contract::snapshot::operand_key).
    pub operands: RefCell<TypeProfile>,
    /// Why the function is never compiled, alone or inlined, if so. The first reason stays.
    excluded: OnceCell<Box<str>>,
    /// Exits by failed guards of all units of the code; counted where there is a limit.
    pub failures: Cell<u64>,
    /// The first function site: nearly always the only one.
    first: Cell<Option<NonNull<Site>>>,
    /// How calls of a generator function begin, once somebody has asked.
    start: OnceCell<Option<Start>>,
    /// Number of the last rest of the program when the code was first met.
    pub rests: u32,
    /// Processor time for which it was met running.
    pub met: Cell<Duration>,
    /// Some of its events are switched off until it is met again.
    pub paused: Cell<bool>,
    /// The time for which it had been met when it was listened to in vain.
    pub heard_in_vain: Cell<Duration>,
    /// Loops, if it is no function's; filled when they are first asked for.
    spans: OnceCell<Box<[Span]>>,
    /// Starts seen by the monitoring callback since the unit was installed.
    pub late_starts: Cell<u32>,
    /// The version that functions made of the code would get, while it is withheld from them; 0 if it is not.
    withheld: Cell<u32>,
}

impl CodeExtra {
    /// Lets functions that are made of the code have no version, or have it again, and returns the one that is withheld. The interpreter gives it to a
    /// function when that has been announced and hooked; a call that was specialised for that version would go past the function's vectorcall.
    ///
    /// # Safety
    ///
    /// The code is alive, and this is kept for it.
    pub unsafe fn withhold_version(&self, code: Code, withhold: bool) -> u32 {
        let withheld = self.withheld.get();
        if withhold && code.version() != 0 {
            self.withheld.set(code.version());
            // SAFETY: it is given back when the code dies.
            unsafe { code.set_version(0) };
        } else if !withhold && withheld != 0 {
            self.withheld.set(0);
            // SAFETY: as the caller says.
            unsafe { code.set_version(withheld) };
        }
        self.withheld.get()
    }

    /// What is kept for a code object, if there is anything. Callers keep the code object alive while they use it.
    #[inline]
    pub fn of(session: &Session, code: Code) -> Option<&'static CodeExtra> {
        // SAFETY: the table owns what it leads to until the code object dies.
        session.codes.borrow().get(&(code.as_object() as usize)).map(|extra| unsafe { extra.as_ref() })
    }

    /// What is kept for a code object, made if there is nothing.
    pub fn of_or_new(session: &Session, code: Code) -> &'static CodeExtra {
        if let Some(extra) = CodeExtra::of(session, code) {
            return extra;
        }
        let excluded = session.unselected(code).map(|reason| OnceCell::from(Box::from(reason))).unwrap_or_default();
        let extra = Box::leak(Box::new(CodeExtra { excluded, rests: session.laps.rests(), ..CodeExtra::default() }));
        session.codes.borrow_mut().insert(code.as_object() as usize, NonNull::from(&*extra));
        extra
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
        if key.place == Place::Function && let Some(site) = self.function(key.globals, key.builtins) {
            return Some(site);
        }
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
        let mut site = Box::new(session.new_site(key, name()));
        // SAFETY: the code object is alive when a site is made for it.
        let code = unsafe { Code::from_object(key.code) };
        if let (Place::Loop(header), Some(code)) = (key.place, code) {
            site.length = self.loop_units(code, header).unwrap_or(site.length);
        }
        if let Some(reason) = self.exclusion() {
            site.set_left_alone(reason.to_owned());
        }
        let address = NonNull::from(&*site);
        if sites.is_empty() && key.place == Place::Function {
            self.first.set(Some(address));
        }
        sites.push(site);
        drop(sites);
        session.register(address);
        Some(address)
    }

    /// How calls of functions with that code, of which this is kept, begin if they only make a generator of their arguments.
    #[inline]
    pub fn generator_start(&self, code: Code) -> Option<Start> {
        *self.start.get_or_init(|| Start::of(code).filter(|_| crate::bind::simple_parameters(code).is_some()))
    }

    /// The loops of a code of which this is kept, if it is no function's.
    pub(crate) fn spans(&self, code: Code) -> &[Span] {
        self.spans.get_or_init(|| spans(code))
    }

    /// Why the function is never compiled; `None` if it may be.
    #[inline]
    pub fn exclusion(&self) -> Option<&str> {
        self.excluded.get().map(|reason| &**reason)
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

/// Forgets a code object that dies.
///
/// # Safety
///
/// The GIL is held; the code object is not dead yet.
pub unsafe fn code_dies(session: &Session, code: *mut PyObject) {
    // SAFETY: as the caller says.
    unsafe {
        if let Some(code) = Code::from_object_unchecked(code)
            && let Some(extra) = CodeExtra::of(session, code)
        {
            extra.withhold_version(code, false);
        }
        forget_unversioned(session.interpreter, code);
    }
    let extra = session.codes.borrow_mut().remove(&(code as usize));
    if let Some(extra) = extra {
        // SAFETY: the table owned the box, and nobody uses what belongs to dead code.
        session.retire(*unsafe { Box::from_raw(extra.as_ptr()) });
    }
}

impl CodeExtra {
    /// Takes the sites out, when the code object dies.
    pub fn into_sites(self) -> impl Iterator<Item = Box<Site>> {
        self.functions.into_inner().into_iter().chain(self.loops.into_inner()).chain(self.resumes.into_inner())
    }
}

impl Session {
    /// Why a code is never compiled, alone or inlined; `None` if it may be. The code stays alive.
    pub(crate) fn exclusion(&self, code: Code) -> Option<&'static str> {
        match CodeExtra::of(self, code) {
            Some(extra) => extra.exclusion(),
            None => self.unselected(code),
        }
    }

    /// Why the options exclude a code from compilation. The self-check's own code is never excluded.
    pub(crate) fn unselected(&self, code: Code) -> Option<&'static str> {
        let selection = self.options.selection();
        if selection.is_everything() || self.self_check.is_running() {
            return None;
        }
        selection.exclusion(&crate::text::key_of(code))
    }

    /// Never compiles the function with that code again, alone or inlined, and drops its units.
    pub(crate) fn exclude(&self, extra: &CodeExtra, reason: &str) {
        let _ = extra.excluded.set(reason.into());
        extra.for_each(|site| self.leave_alone(site, reason.to_owned()));
    }
}
