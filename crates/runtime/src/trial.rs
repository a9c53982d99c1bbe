//! Whether a function's native code is faster than the interpreter: some of its calls run in the one, some in the other, in random
//! order, until their times tell.
//!
//! Times are compared by the mean of their logarithms, whose error is estimated from their variance: calls of one function may take
//! very different times, and a few may be interrupted. The mean of the times themselves must agree, so that a function that is slower
//! for most arguments but saves more with a few stays.

use crate::entry::PATIENT_THRESHOLD;
use crate::session::Session;
use crate::unit::Unit;
use std::cell::Cell;
use std::ptr::NonNull;
use std::time::{Duration, Instant};
use whipsnake_strategy::{Decision, TrialFacts};

/// Entries before the first timed call: caches are warm by then, and most units that fail have been compiled again.
const FIRST: u64 = 256;
/// Timed calls after which it is asked whether they tell enough.
const STEP: u32 = 64;
/// Timed calls after which a unit stays, if nothing speaks against it.
const MOST: u32 = 8192;
/// Standard errors from which on a difference is none by chance. It is looked at again and again, so two would not do.
const STANDARD_ERRORS: f64 = 3.5;
/// Times are counted as no longer than so many times the typical one.
const OUTLIER: f64 = 16.0;

/// How often a unit was called in one way, and how long it took.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    count: u32,
    /// Mean logarithm of the nanoseconds.
    mean: f64,
    /// Sum of squared differences from that mean (Welford's method).
    squares: f64,
    /// Sum of the nanoseconds, outliers cut.
    sum: f64,
}

impl Times {
    fn add(&mut self, nanos: f64) {
        let logarithm = nanos.max(1.0).ln();
        let before = logarithm - self.mean;
        self.count += 1;
        self.mean += before / f64::from(self.count);
        self.squares += before * (logarithm - self.mean);
        self.sum += nanos.min(self.mean.exp() * OUTLIER);
    }

    /// Squared error of the mean.
    fn error(&self) -> f64 {
        let count = f64::from(self.count);
        self.squares / (count * (count - 1.0))
    }

    fn average(&self) -> Duration {
        Duration::from_nanos((self.sum / f64::from(self.count)) as u64)
    }
}

/// What is known so far.
#[derive(Clone, Copy, Debug, Default)]
struct Comparison {
    native: Times,
    interpreted: Times,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Open,
    Faster,
    Slower,
}

impl Comparison {
    fn verdict(&self) -> Verdict {
        let (native, interpreted) = (&self.native, &self.interpreted);
        if native.count.min(interpreted.count) < STEP / 4 {
            return Verdict::Open;
        }
        let difference = native.mean - interpreted.mean;
        let doubt = (native.error() + interpreted.error()).sqrt() * STANDARD_ERRORS;
        if difference + doubt < 0.0 {
            Verdict::Faster
        } else if difference > doubt && native.average() > interpreted.average() {
            Verdict::Slower
        } else {
            Verdict::Open
        }
    }
}

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
    /// A call is being timed. Those that it makes are not: that would add to its time.
    timing: Cell<bool>,
    random: Cell<u64>,
}

impl Default for Trials {
    fn default() -> Trials {
        Trials { timing: Cell::new(false), random: Cell::new(0x9e37_79b9_7f4a_7c15) }
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

/// A call that is timed.
pub struct Timed {
    native: bool,
    start: Instant,
}

impl Session {
    /// Begins to time a call of a unit whose trial is due; `None` if it is to run natively without that.
    pub(crate) fn begin_trial(&self, unit: &Unit) -> Option<Timed> {
        if self.options.threshold < PATIENT_THRESHOLD || unit.site().hidden || unit.site().requested.get() {
            unit.trial.end();
            return None;
        }
        if self.trials.timing.get() {
            return None;
        }
        let random = self.trials.random();
        // Some calls in between are not timed, so that functions which they call get their turn.
        unit.trial.next.set(unit.entries.get() + 1 + (random >> 32 & 1));
        self.trials.timing.set(true);
        Some(Timed { native: random >> 33 & 1 == 1, start: Instant::now() })
    }

    /// Ends the timing of a call. The unit may be dropped.
    pub(crate) fn end_trial(&self, unit: &Unit, timed: &Timed) {
        let nanos = timed.start.elapsed().as_nanos() as f64;
        self.trials.timing.set(false);
        if unit.trial.next.get() == u64::MAX {
            return;
        }
        let mut comparison = unit.trial.comparison.get();
        let times = if timed.native { &mut comparison.native } else { &mut comparison.interpreted };
        times.add(nanos);
        unit.trial.comparison.set(comparison);
        let calls = comparison.native.count + comparison.interpreted.count;
        if !calls.is_multiple_of(STEP) {
            return;
        }
        match comparison.verdict() {
            Verdict::Open if calls < MOST => {}
            Verdict::Open | Verdict::Faster => unit.trial.end(),
            Verdict::Slower => {
                unit.trial.end();
                let facts = TrialFacts { calls, native: comparison.native.average(), interpreted: comparison.interpreted.average() };
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdict on calls that take times around a mean, the native ones `factor` times as long; and after how many calls.
    fn verdict(factor: f64, spread: f64) -> (Verdict, u32) {
        let trials = Trials::default();
        let mut comparison = Comparison::default();
        for calls in 1..=MOST {
            let random = trials.random();
            let noise = ((random >> 40) as f64 / f64::from(1 << 24) * 2.0 - 1.0) * spread;
            let nanos = 200.0 * noise.exp();
            if random & 1 == 1 { comparison.native.add(nanos * factor) } else { comparison.interpreted.add(nanos) }
            if calls % STEP == 0 && comparison.verdict() != Verdict::Open {
                return (comparison.verdict(), calls);
            }
        }
        (Verdict::Open, MOST)
    }

    #[test]
    fn clear_differences_are_seen_soon() {
        assert_eq!(verdict(0.5, 0.5), (Verdict::Faster, STEP));
        assert_eq!(verdict(2.0, 0.5), (Verdict::Slower, STEP));
    }

    #[test]
    fn small_differences_need_many_calls() {
        let (slower, calls) = verdict(1.05, 0.5);
        assert!(slower == Verdict::Slower && calls > 4 * STEP, "{slower:?} after {calls}");
    }

    #[test]
    fn equal_times_leave_it_open() {
        for spread in [0.01, 0.5, 3.0] {
            assert_eq!(verdict(1.0, spread), (Verdict::Open, MOST));
        }
    }

    #[test]
    fn a_few_long_calls_that_gain_keep_the_unit() {
        let mut comparison = Comparison::default();
        for call in 0..1024 {
            let long = call % 8 == 0;
            comparison.native.add(if long { 2000.0 } else { 220.0 } + f64::from(call % 3));
            comparison.interpreted.add(if long { 4000.0 } else { 200.0 } + f64::from(call % 3));
        }
        assert_ne!(comparison.verdict(), Verdict::Slower);
    }

    #[test]
    fn interruptions_do_not_decide() {
        let mut comparison = Comparison::default();
        for call in 0..512 {
            comparison.native.add(if call == 100 { 1e9 } else { 100.0 + f64::from(call % 7) });
            comparison.interpreted.add(150.0 + f64::from(call % 7));
        }
        assert_eq!(comparison.verdict(), Verdict::Faster);
    }
}
