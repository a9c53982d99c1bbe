//! Whether a function's or generator's native code is faster than the interpreter: some of its calls or resumptions run in the one, some in
//! the other, in random order, until their times tell.

use crate::entry::CalledBy;
use crate::session::Session;
use crate::unit::Unit;
use std::cell::Cell;
use std::ptr::NonNull;
use std::time::{Duration, Instant};
use whipsnake_contract::exit::ExitPolicy;
use whipsnake_contract::options::{self, Options};
use whipsnake_strategy::comparison::{Comparison, Verdict};
use whipsnake_strategy::{Decision, PATIENT_THRESHOLD, TrialFacts, UnitKind};

/// Entries before the first timed call: caches are warm by then, and most units that fail have been compiled again.
const FIRST: u64 = 256;
/// Entries of a unit that is detached without a trial.
const FIRST_DETACHED: u64 = 4;
/// A unit that stays is tried again when it has been entered so many times as often: what it calls may have changed. One that is slower for the first
/// time gets a second chance after as many calls.
const AGAIN: u64 = 16;
/// Timed calls that tell how long all have taken: fewer than any verdict needs.
const ASKED: u32 = 8;
/// Nanoseconds that a call from the interpreter takes longer where the function has our vectorcall, whichever way it then runs: the
/// interpreter makes other calls of Python functions without leaving its loop. Methods and functions with a body of one line, called in
/// an interpreted loop on Debian's CPython 3.14: 24 ns a call as they are, 43 to 45 ns by our vectorcall and the interpreter's.
const DETOUR: f64 = 20.0;

/// The trial of one unit.
#[repr(C)]
#[derive(Debug)]
pub struct Trial {
    /// Entries of the unit from which on a call is timed; never again at the greatest number.
    next: Cell<u64>,
    comparison: Cell<Comparison>,
    /// Only native code is to call the unit.
    detached: Cell<bool>,
}

impl Trial {
    /// Not begun yet.
    pub fn new(options: &Options) -> Trial {
        let first = if options.trial == options::Trial::Detach { FIRST_DETACHED } else { FIRST };
        Trial { next: Cell::new(first), comparison: Cell::default(), detached: Cell::new(false) }
    }

    /// True if the call after that many entries is to be timed, unless another one is.
    #[inline]
    pub fn is_due(&self, entries: u64) -> bool {
        entries >= self.next.get()
    }

    /// How long the unit has run natively in so many entries, as far as its timed calls tell; `None` until there are enough of them, and then only now and then.
    pub(crate) fn time_of(&self, entries: u64) -> Option<Duration> {
        let comparison = self.comparison.get();
        let is_asked = comparison.calls() % ASKED == ASKED - 1;
        is_asked.then(|| comparison.averages()[0].saturating_mul(entries.min(u64::from(u32::MAX)) as u32))
    }

    /// Forgets the times; calls are timed again after so many entries.
    fn restart(&self, entries: u64) {
        self.comparison.take();
        self.next.set(entries);
    }

    /// The unit stays.
    pub fn end(&self) {
        self.next.set(u64::MAX);
        self.detached.set(false);
    }

    /// From now on every call asks, and is told to run in the interpreter.
    fn detach(&self) {
        self.next.set(0);
        self.detached.set(true);
    }

    /// True if only native code is to call the unit.
    pub fn is_detached(&self) -> bool {
        self.detached.get()
    }
}

/// What all trials share.
#[derive(Debug)]
pub struct Trials {
    /// The unit of which a call is being timed, and whether natively. Calls that it makes are not timed: that would add to its time.
    timing: Cell<Option<(NonNull<Unit>, bool)>>,
    /// It does not count.
    spoilt: Cell<bool>,
    /// Calls of functions with our vectorcall that the interpreter has made.
    detours: Cell<u64>,
    random: Cell<u64>,
}

impl Default for Trials {
    fn default() -> Trials {
        Trials { timing: Cell::new(None), spoilt: Cell::new(false), detours: Cell::new(0), random: Cell::new(0x9e37_79b9_7f4a_7c15) }
    }
}

impl Trials {
    /// Counts a call that the interpreter makes by our vectorcall.
    #[inline]
    pub(crate) fn count_detour(&self) {
        self.detours.set(self.detours.get() + 1);
    }

    /// Notes that a callback of ours takes time in the call that is being timed, if that is one of the unit: it will not be called for ever.
    pub(crate) fn spoil(&self, unit: Option<NonNull<Unit>>) -> bool {
        let is_timed = self.timing.get().is_some_and(|(timed, _)| Some(timed) == unit);
        if is_timed {
            self.spoilt.set(true);
        }
        is_timed
    }

    /// The next number of a xorshift generator (G. Marsaglia, "Xorshift RNGs", 2003).
    pub(crate) fn random(&self) -> u64 {
        let mut state = self.random.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.random.set(state);
        state
    }
}

/// How a call runs whose unit is on trial.
pub(crate) enum Turn {
    /// As any other: natively.
    Native,
    /// In the interpreter, since the call that is being timed is one of the same unit that runs there.
    Interpreted,
    /// In the interpreter, as all further ones.
    Detached,
    /// It is timed.
    Timed(Timed),
}

/// A call that is timed.
pub(crate) struct Timed {
    native: bool,
    detours: u64,
    start: Instant,
}

impl Session {
    /// Begins to time a call of a unit whose trial is due, or says how it is to run without that.
    pub(crate) fn begin_trial(&self, unit: &Unit) -> Turn {
        let site = unit.site();
        let is_tried = match self.options.trial {
            options::Trial::Detach => site.kind == UnitKind::Function,
            options::Trial::Off | options::Trial::Switch => false,
            options::Trial::Time => self.options.threshold >= PATIENT_THRESHOLD,
        };
        if !is_tried || site.hidden || site.requested.get() {
            unit.trial.end();
            return Turn::Native;
        }
        if self.options.trial == options::Trial::Detach && !unit.trial.is_detached() {
            self.detach(unit, "trial=detach".to_owned());
        }
        if unit.trial.is_detached() {
            return Turn::Detached;
        }
        if let Some((timed, native)) = self.trials.timing.get() {
            return if timed == NonNull::from(unit) && !native { Turn::Interpreted } else { Turn::Native };
        }
        let native = self.trials.random() >> 33 & 1 == 1;
        // Recursive calls come here, too.
        unit.trial.next.set(0);
        self.trials.timing.set(Some((NonNull::from(unit), native)));
        Turn::Timed(Timed { native, detours: self.trials.detours.get(), start: Instant::now() })
    }

    /// From now on only native code calls the unit.
    fn detach(&self, unit: &Unit, reason: String) {
        unit.trial.detach();
        unit.site().detached.replace(Some(reason));
    }

    /// Ends the timing of a call. The unit may be dropped.
    pub(crate) fn end_trial(&self, unit: &Unit, timed: &Timed, by: CalledBy) {
        let nanos = timed.start.elapsed().as_nanos() as f64;
        self.trials.timing.set(None);
        let is_spoilt = self.trials.spoilt.take();
        if unit.trial.next.get() == u64::MAX || unit.trial.is_detached() {
            return;
        }
        // Some calls in between are not timed, so that functions which they call get their turn.
        unit.trial.next.set(unit.entries.get() + 1 + (self.trials.random() >> 33 & 1));
        if is_spoilt {
            return;
        }
        let mut comparison = unit.trial.comparison.get();
        match (timed.native, by) {
            (true, CalledBy::Native) => comparison.add_native(nanos, 0.0),
            (true, CalledBy::Interpreter) => comparison.add_native(nanos, DETOUR),
            (false, _) => comparison.add_interpreted(nanos, DETOUR * (self.trials.detours.get() - timed.detours) as f64),
        }
        unit.trial.comparison.set(comparison);
        if !comparison.is_asked() {
            return;
        }
        match comparison.verdict() {
            Verdict::Open => {}
            Verdict::Stays => unit.trial.restart(unit.entries.get().saturating_mul(AGAIN)),
            Verdict::Slower => {
                let site = unit.site();
                let Some(content) = unit.content().filter(|_| site.unit.get() == Some(NonNull::from(unit))) else {
                    unit.trial.end();
                    return;
                };
                let failures = content.exits.iter().zip(&content.counts).filter(|(exit, _)| exit.reason.policy() == ExitPolicy::Speculation);
                let failures = failures.map(|(_, count)| u64::from(count.get())).sum();
                let [native, with_detour, interpreted] = comparison.averages();
                let facts = TrialFacts { calls: comparison.calls(), native, with_detour, interpreted, failures };
                match self.strategy.after_trial(site.facts(), facts) {
                    Decision::LeaveAlone(_) if site.kind == UnitKind::Function && !site.was_slower.replace(true) => {
                        unit.trial.end();
                        let calls = unit.entries.get().saturating_mul(AGAIN);
                        self.suspend(site);
                        site.next.set(site.count.get().saturating_add(calls));
                    }
                    Decision::LeaveAlone(reason) => {
                        unit.trial.end();
                        self.leave_alone(site, reason);
                    }
                    Decision::Detach(reason) => self.detach(unit, reason),
                    _ => unit.trial.restart(unit.entries.get() + FIRST),
                }
            }
        }
    }
}

impl Timed {
    /// True if the call is to run natively.
    pub(crate) fn is_native(&self) -> bool {
        self.native
    }
}
