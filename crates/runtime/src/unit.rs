//! Sites and units.
//!
//! A [`Site`] is a place where native code can be entered: a code object with one pair of globals and builtins, a loop in it, or an
//! instruction at which a generator goes on.
//! A [`Unit`] is one compilation of a site. What is kept for a code object owns its sites, and those own their
//! units, until the code object dies; only the machine code of a unit that was replaced goes earlier.
//!
//! Both begin with the [`Record`] that native code reads. A unit's is named by its own code; a site's stays valid over
//! recompilations and is what other units call through. All fields are used with the GIL held only.

use crate::memory::CodeBlock;
use crate::trial::Trial;
use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::collections::{BTreeMap, BTreeSet};
use std::mem::offset_of;
use std::ptr::NonNull;
use std::rc::Rc;
use std::time::{Duration, Instant};
use whipsnake_contract::exit::{ExitPoint, ExitPolicy, ExitReason};
use whipsnake_contract::selection::FunctionKey;
use whipsnake_contract::snapshot::{Assumption, UnitLayout};
use whipsnake_cpython::Code;
use whipsnake_cpython::ffi::PyObject;
use whipsnake_ir::interp::Program;
use whipsnake_strategy::{SiteFacts, UnitKind};

/// What native code reads of sites and units; the offsets are [`UnitLayout`].
#[repr(C)]
#[derive(Debug)]
pub struct Record {
    /// Native entry point; always callable.
    pub entry: Cell<u64>,
    /// `eval_breaker` value at which nothing is pending.
    pub quiet: Cell<u64>,
    /// Non-zero once an assumption broke.
    pub invalid: Cell<u64>,
}

const _: () = assert!(offset_of!(Record, entry) == UnitLayout::ENTRY as usize);
const _: () = assert!(offset_of!(Record, quiet) == UnitLayout::QUIET as usize);
const _: () = assert!(offset_of!(Record, invalid) == UnitLayout::INVALID as usize);

/// No value of `eval_breaker`: the version bits are never all set.
pub const NEVER_QUIET: u64 = u64::MAX;

impl Record {
    /// A record that sends every entry through the slow path.
    pub fn new(entry: u64) -> Record {
        Record { entry: Cell::new(entry), quiet: Cell::new(NEVER_QUIET), invalid: Cell::new(0) }
    }
}

/// How far a site is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Counting.
    Cold,
    /// A unit is entered.
    Installed,
    /// Never compiled again, and why.
    LeftAlone(String),
}

impl State {
    /// The name in statistics.
    pub const fn name(&self) -> &'static str {
        match self {
            State::Cold => "interpreted",
            State::Installed => "installed",
            State::LeftAlone(_) => "left-alone",
        }
    }
}

/// Where in a code object a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The function itself.
    Function,
    /// The loop with its header at that code unit offset.
    Loop(u32),
    /// Where a generator goes on, at that code unit offset.
    Resume(u32),
}

impl Place {
    /// What units of such a site are.
    pub const fn kind(self) -> UnitKind {
        match self {
            Place::Function => UnitKind::Function,
            Place::Loop(_) => UnitKind::Loop,
            Place::Resume(_) => UnitKind::Resume,
        }
    }

    /// Code unit offset; 0 for the function itself.
    pub const fn offset(self) -> u32 {
        match self {
            Place::Function => 0,
            Place::Loop(offset) | Place::Resume(offset) => offset,
        }
    }
}

/// What a site is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteKey {
    /// The code object.
    pub code: *mut PyObject,
    /// The globals dictionary it runs with.
    pub globals: *mut PyObject,
    /// The builtins dictionary it runs with.
    pub builtins: *mut PyObject,
    /// Where in the code.
    pub place: Place,
}

/// A place where native code can be entered. What entries read comes first, in one line of the processor's caches.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Site {
    /// What other units call through.
    pub record: Record,
    /// The unit that is entered.
    pub unit: Cell<Option<NonNull<Unit>>>,
    /// The code object, borrowed: it owns the site.
    pub code: *mut PyObject,
    /// Identity of the globals dictionary; never followed.
    pub globals: *mut PyObject,
    /// Identity of the builtins dictionary; never followed.
    pub builtins: *mut PyObject,
    /// Number of positional parameters, if there are no others.
    pub simple_parameters: Option<u32>,
    /// What it is.
    pub kind: UnitKind,
    /// Length in code units of its code, or of the loop itself if that is a module's.
    pub length: usize,
    /// Code unit offset of the loop's header, or of where the generator goes on; 0 for functions.
    pub offset: u32,
    /// Qualified name, for people.
    pub name: String,
    /// What the function is called across runs; set when the first compilation begins.
    pub key: OnceCell<FunctionKey>,
    /// Number over all sites of the process.
    pub id: u64,
    /// Belongs to the self-check, and is no part of statistics and dumps.
    pub hidden: bool,
    /// Calls or back edges counted.
    pub count: Cell<u64>,
    /// Count at which the strategy is asked again.
    pub next: Cell<u64>,
    /// When the present window of counted events began.
    pub window: Cell<Option<Instant>>,
    /// The window before the present one took long.
    pub was_slow: Cell<bool>,
    /// State.
    pub state: RefCell<State>,
    /// A compilation is under way; a previous unit may still be in use.
    pub compiling: Cell<bool>,
    /// To be compiled again at the next entry, with what was seen since.
    pub again: Cell<bool>,
    /// All units ever made; the records of replaced ones stay.
    pub units: RefCell<Vec<Box<Unit>>>,
    /// Somebody asked for its compilation.
    pub requested: Cell<bool>,
    /// A unit has noted enough types of operands.
    pub profiled: Cell<bool>,
    /// Units that noted the types of all operands.
    pub surveys: Cell<usize>,
    /// The next one does.
    pub survey_due: Cell<bool>,
    /// Why the compiler has refused to compile it again.
    pub refused: RefCell<Option<String>>,
    /// Why only native code is to call the unit, if so.
    pub detached: RefCell<Option<String>>,
    /// A unit was slower than the interpreter and was dropped; the next one that is ends it.
    pub was_slower: Cell<bool>,
    /// Compilations begun.
    pub compiles: Cell<u32>,
    /// Broken assumptions.
    pub invalidations: Cell<u32>,
    /// Entries and exits of units that were dropped.
    pub past: RefCell<Past>,
}

impl Site {
    /// A cold site.
    pub fn new(key: SiteKey, name: String, id: u64, threshold: u64, entry: u64, hidden: bool) -> Site {
        // SAFETY: the code object is alive when a site is made for it.
        let code = unsafe { Code::from_object(key.code) };
        Site {
            record: Record::new(entry),
            code: key.code,
            globals: key.globals,
            builtins: key.builtins,
            kind: key.place.kind(),
            offset: key.place.offset(),
            name,
            key: OnceCell::new(),
            simple_parameters: code.and_then(crate::bind::simple_parameters),
            length: code.map_or(0, Code::len),
            id,
            hidden,
            count: Cell::new(0),
            next: Cell::new(threshold),
            window: Cell::new(None),
            was_slow: Cell::new(false),
            state: RefCell::new(State::Cold),
            compiling: Cell::new(false),
            again: Cell::new(false),
            unit: Cell::new(None),
            units: RefCell::default(),
            requested: Cell::new(false),
            profiled: Cell::new(false),
            surveys: Cell::new(0),
            survey_due: Cell::new(false),
            refused: RefCell::default(),
            detached: RefCell::default(),
            was_slower: Cell::new(false),
            compiles: Cell::new(0),
            invalidations: Cell::new(0),
            past: RefCell::default(),
        }
    }

    /// What the strategy is told.
    pub fn facts(&self) -> SiteFacts<'_> {
        let content = self.current().and_then(Unit::content);
        SiteFacts {
            length: self.length,
            met: None,
            inside: self.current().and_then(Unit::inside),
            ended: self.current().map_or(0, Unit::ended),
            name: &self.name,
            kind: self.kind,
            count: self.count.get(),
            calls: 0,
            compiles: if self.refused.borrow().is_some() { u32::MAX } else { self.compiles.get() },
            invalidations: self.invalidations.get(),
            entries: self.current().map_or(0, |unit| unit.entries.get()),
            compiling: self.compiling.get(),
            code_bytes: content.map_or(0, |content| content.code_bytes),
            has_loops: content.is_some_and(|content| content.has_loops),
        }
    }

    /// Entries and exits over all units of the site.
    pub fn history(&self) -> Past {
        let mut all = self.past.borrow().clone();
        if let Some(unit) = self.current() {
            all.add(unit);
        }
        all
    }

    /// The unit that is entered, if there is one.
    #[inline]
    pub fn current(&self) -> Option<&Unit> {
        // SAFETY: the site owns its units and keeps them as long as it lives.
        self.unit.get().map(|unit| unsafe { unit.as_ref() })
    }

    /// True if the site belongs to that pair of dictionaries.
    #[inline]
    pub fn belongs_to(&self, globals: *mut PyObject, builtins: *mut PyObject) -> bool {
        self.globals == globals && self.builtins == builtins
    }

    /// The reason why the site is left alone.
    pub fn left_alone(&self) -> Option<String> {
        match &*self.state.borrow() {
            State::LeftAlone(reason) => Some(reason.clone()),
            _ => None,
        }
    }

    /// Nothing is compiled of it any more.
    pub fn set_left_alone(&self, reason: String) {
        self.next.set(u64::MAX);
        self.state.replace(State::LeftAlone(reason));
    }

    /// True if the site has a unit that calls of the function are to enter.
    pub fn takes_calls(&self) -> bool {
        self.is(&State::Installed) && self.detached.borrow().is_none()
    }

    /// True in the given state.
    pub fn is(&self, state: &State) -> bool {
        *self.state.borrow() == *state
    }
}

/// What units of a site did.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Entries.
    pub entries: u64,
    /// Exits by reason.
    pub exits: BTreeMap<ExitReason, u64>,
    /// Time of their compilations.
    pub compile_time: Duration,
    /// Bytes of machine code, over all compilations.
    pub code_bytes: u64,
    /// Backend of the last one.
    pub backend: &'static str,
    /// Functions that were inlined.
    pub inlined: BTreeSet<FunctionKey>,
}

impl Past {
    /// Adds a unit.
    pub fn add(&mut self, unit: &Unit) {
        let Some(content) = unit.content() else { return };
        self.entries += unit.entries.get();
        for (exit, count) in content.exits.iter().zip(&content.counts) {
            if count.get() > 0 {
                *self.exits.entry(exit.reason).or_default() += u64::from(count.get());
            }
        }
        self.compile_time += content.compile_time;
        self.code_bytes += u64::from(content.code_bytes);
        self.backend = content.backend;
        self.inlined.extend(content.inlined.iter().cloned());
    }
}

const _: () = assert!(offset_of!(Site, simple_parameters) + size_of::<Option<u32>>() <= align_of::<Site>());

/// One compilation of a site. What entries read and count comes first, in one line of the processor's caches.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Unit {
    /// What the unit's own code reads.
    pub record: Record,
    /// The site, which owns the unit.
    pub site: NonNull<Site>,
    /// Entries.
    pub entries: Cell<u64>,
    /// The function for the reference backend, which the content owns.
    pub interpreted: Cell<Option<NonNull<Program>>>,
    /// Comparison with the interpreter.
    pub trial: Trial,
    /// Types of operands that are still to be noted.
    pub notes: Cell<u32>,
    /// Time spent in native code by the last timed entries into a loop, and their number.
    pub time_inside: Cell<(Duration, u32)>,
    /// Mean time of the last of them that were judged.
    pub mean_inside: Cell<Option<Duration>>,
    /// Activations of a loop's unit on all threads; those of others are not counted.
    pub activations: Rc<Cell<u32>>,
    /// Filled in when the compilation is installed; never changed afterwards.
    content: UnsafeCell<Option<Content>>,
}

const _: () = assert!(offset_of!(Unit, trial) + size_of::<u64>() <= align_of::<Unit>());

/// What an installed unit consists of.
#[derive(Debug)]
pub struct Content {
    /// Machine code, until it is freed.
    pub block: RefCell<Option<CodeBlock>>,
    /// The function for the reference backend.
    pub interpreted: Option<Box<Program>>,
    /// Exit points by number.
    pub exits: Vec<ExitPoint>,
    /// How often each was taken.
    pub counts: Vec<Cell<u32>>,
    /// The part of each count that what is kept for the code has been told of.
    pub told: Vec<Cell<u32>>,
    /// Objects that exit points and code refer to.
    pub objects: Vec<*mut PyObject>,
    /// Code objects that exit points refer to, by their number in the snapshot; NULL for those that the unit has nothing of.
    pub codes: Vec<*mut PyObject>,
    /// References that the unit owns.
    pub owned: RefCell<Vec<*mut PyObject>>,
    /// Objects that something under watch keeps alive; owned from the moment the watch breaks, if native code runs.
    pub watched: Vec<*mut PyObject>,
    /// Assumptions.
    pub assumptions: Vec<Assumption>,
    /// Words of data stack that exits may need.
    pub stack_words: usize,
    /// The functions that were inlined.
    pub inlined: Vec<FunctionKey>,
    /// There are loops in it.
    pub has_loops: bool,
    /// Name of the backend.
    pub backend: &'static str,
    /// Bytes of machine code.
    pub code_bytes: u32,
    /// Time of the compilation.
    pub compile_time: Duration,
}

/// Timed entries into a loop that tell how long they are.
const TELLING_ENTRIES: u32 = 64;
/// Operand types that a unit notes before it is compiled again with them.
const NOTES: u32 = 256;

impl Unit {
    /// A unit without content.
    pub fn new(site: NonNull<Site>, entry: u64, trial: Trial) -> Unit {
        Unit {
            record: Record::new(entry),
            site,
            entries: Cell::new(0),
            interpreted: Cell::new(None),
            notes: Cell::new(NOTES),
            time_inside: Cell::default(),
            mean_inside: Cell::new(None),
            activations: Rc::default(),
            trial,
            content: UnsafeCell::new(None),
        }
    }

    /// The content; `None` until the compilation is installed.
    #[inline]
    pub fn content(&self) -> Option<&Content> {
        // SAFETY: written once, before the unit is entered and before any reference to it was given out.
        unsafe { (*self.content.get()).as_ref() }
    }

    /// Fills the unit in.
    ///
    /// # Panics
    /// If it was filled in before.
    pub fn fill(&self, content: Content) {
        assert!(self.content().is_none(), "a unit is filled in once");
        self.interpreted.set(content.interpreted.as_deref().map(NonNull::from));
        // SAFETY: there is no content yet, so nobody refers to it; the GIL is held.
        unsafe { *self.content.get() = Some(content) }
    }

    /// Mean time that entries into a loop spend in native code, as far as it was timed often enough to tell.
    pub fn inside(&self) -> Option<Duration> {
        let (time, count) = self.time_inside.get();
        self.mean_inside.get().or_else(|| (count >= TELLING_ENTRIES).then(|| time / count))
    }

    /// Entries into a loop that have ended in ways which stay.
    pub fn ended(&self) -> u64 {
        let Some(content) = self.content().filter(|_| self.site().kind == UnitKind::Loop) else { return 0 };
        let stays = |exit: &ExitPoint| exit.reason == ExitReason::LoopEnd || exit.reason.policy() == ExitPolicy::Uncovered;
        content.exits.iter().zip(&content.counts).filter(|(exit, _)| stays(exit)).map(|(_, count)| u64::from(count.get())).sum()
    }

    /// The site.
    #[inline]
    pub fn site(&self) -> &Site {
        // SAFETY: the site owns the unit and lives longer.
        unsafe { self.site.as_ref() }
    }
}
