//! Whether a function's native code is faster than the interpreter: some of its calls run in the one, some in the other, in random
//! order, until their times tell.

use crate::entry::PATIENT_THRESHOLD;
use crate::session::Session;
use crate::unit::Unit;
use std::cell::Cell;
use std::ptr::NonNull;
use std::time::Instant;
use whipsnake_strategy::comparison::{Comparison, Verdict};
use whipsnake_strategy::{Decision, TrialFacts};

/// Entries before the first timed call: caches are warm by then, and most units that fail have been compiled again.
const FIRST: u64 = 256;

/// The trial of one unit.
#[derive(Debug)]
pub struct Trial {
    /// Entries of the unit from which on a call is timed; never again at the greatest number.
    next: Cell<u64>,
    comparison: Cell<Comparison>,
}

impl Trial {
    /// Not begun yet.
    pub fn new() -> Trial {
        Trial { next: Cell::new(FIRST), comparison: Cell::default() }
    }

    /// True if the call after that many entries is to be timed, unless another one is.
    #[inline]
    pub fn is_due(&self, entries: u64) -> bool {
        entries >= self.next.get()
    }

    /// The unit stays.
    pub fn end(&self) {
        self.next.set(u64::MAX);
    }
}

/// What all trials share.
#[derive(Debug)]
pub struct Trials {
    /// The unit of which a call is being timed, and whether natively. Calls that it makes are not timed: that would add to its time.
    timing: Cell<Option<(NonNull<Unit>, bool)>>,
    random: Cell<u64>,
}

impl Default for Trials {
    fn default() -> Trials {
        Trials { timing: Cell::new(None), random: Cell::new(0x9e37_79b9_7f4a_7c15) }
    }
}

impl Trials {
    /// The next number of a xorshift generator (G. Marsaglia, "Xorshift RNGs", 2003).
    fn random(&self) -> u64 {
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
    /// It is timed.
    Timed(Timed),
}

/// A call that is timed.
pub(crate) struct Timed {
    native: bool,
    start: Instant,
}

impl Session {
    /// Begins to time a call of a unit whose trial is due, or says how it is to run without that.
    pub(crate) fn begin_trial(&self, unit: &Unit) -> Turn {
        if self.options.threshold < PATIENT_THRESHOLD || unit.site().hidden || unit.site().requested.get() {
            unit.trial.end();
            return Turn::Native;
        }
        if let Some((timed, native)) = self.trials.timing.get() {
            return if timed == NonNull::from(unit) && !native { Turn::Interpreted } else { Turn::Native };
        }
        let native = self.trials.random() >> 33 & 1 == 1;
        // Recursive calls come here, too.
        unit.trial.next.set(0);
        self.trials.timing.set(Some((NonNull::from(unit), native)));
        Turn::Timed(Timed { native, start: Instant::now() })
    }

    /// Ends the timing of a call. The unit may be dropped.
    pub(crate) fn end_trial(&self, unit: &Unit, timed: &Timed) {
        let nanos = timed.start.elapsed().as_nanos() as f64;
        self.trials.timing.set(None);
        if unit.trial.next.get() == u64::MAX {
            return;
        }
        // Some calls in between are not timed, so that functions which they call get their turn.
        unit.trial.next.set(unit.entries.get() + 1 + (self.trials.random() >> 33 & 1));
        let mut comparison = unit.trial.comparison.get();
        comparison.add(timed.native, nanos);
        unit.trial.comparison.set(comparison);
        if !comparison.is_asked() {
            return;
        }
        match comparison.verdict() {
            Verdict::Open => {}
            Verdict::Stays => unit.trial.end(),
            Verdict::Slower => {
                unit.trial.end();
                let (native, interpreted) = comparison.averages();
                let facts = TrialFacts { calls: comparison.calls(), native, interpreted };
                let site = unit.site();
                if site.unit.get() == Some(NonNull::from(unit))
                    && let Decision::LeaveAlone(reason) = self.strategy.after_trial(site.facts(), facts)
                {
                    self.leave_alone(site, reason);
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
