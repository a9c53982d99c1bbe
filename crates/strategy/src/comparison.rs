//! Native code and interpreter compared by the times that calls of one function take.
//!
//! Times are compared by the mean of their logarithms, whose error is estimated from their variance: calls of one function may take
//! very different times, and a few may be interrupted. The mean of the times themselves must agree, so that a function that is slower
//! for most arguments but saves more with a few stays, and one that saves a little with most but loses more with a few does not: where
//! many calls tell that, it decides alone.

use crate::mean::Mean;
use std::time::Duration;

/// Timed calls after which it is asked whether they tell enough; at first more often, since calls that would be much faster compiled may
/// be long.
const STEP: u32 = 64;
const FIRST_STEP: u32 = 4;
/// Calls in each of the two ways before native code can be called faster, and before it can be called slower.
const FASTER_CALLS: u32 = 3;
const SLOWER_CALLS: u32 = 16;
/// Calls in each of the two ways before the mean of the times can decide alone: a few long ones make it doubtful.
const CALLS_BY_TIME: u32 = 64;
/// Timed calls after which a unit stays, if nothing speaks against it.
const MOST: u32 = 8192;
/// Standard errors from which on a difference is none by chance. It is looked at again and again, so two would not do.
const STANDARD_ERRORS: f64 = 3.5;
/// Logarithm of the factor below which native code is not called slower.
const LEAST: f64 = 0.02;
/// The part of an interpreted call's time that is no detour, at least: what one takes is an estimate.
const LEAST_LEFT: f64 = 0.5;
/// Times are counted as no longer than so many times the typical one.
const OUTLIER: f64 = 16.0;

/// How often a function was called in one way, and how long it took.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    /// Logarithms of the nanoseconds.
    logarithms: Mean,
    /// Nanoseconds, outliers cut.
    nanos: Mean,
}

impl Times {
    fn add(&mut self, nanos: f64) {
        self.logarithms.add(nanos.max(1.0).ln());
        self.nanos.add(nanos.min(self.logarithms.mean.exp() * OUTLIER));
    }

    fn average(&self) -> Duration {
        Duration::from_nanos(self.nanos.mean as u64)
    }
}

/// Timed calls of one function.
#[derive(Clone, Copy, Debug, Default)]
pub struct Comparison {
    native: Times,
    interpreted: Times,
    /// Sum of what native calls cost besides their time, in nanoseconds.
    detours: f64,
}

/// What a comparison tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing yet.
    Open,
    /// Native code is faster, or many calls have not shown that it is slower.
    Stays,
    /// Native code is slower.
    Slower,
}

impl Comparison {
    /// Adds a native call that took that many nanoseconds. The detour that led to it costs as many more as it would not with a function
    /// that is not compiled.
    pub fn add_native(&mut self, nanos: f64, detour: f64) {
        self.native.add(nanos + detour);
        self.detours += detour;
    }

    /// Adds a call that took that many nanoseconds in the interpreter, so many of them for detours of the calls that it made: they would not be
    /// there if nothing were compiled.
    pub fn add_interpreted(&mut self, nanos: f64, detours: f64) {
        self.interpreted.add((nanos - detours).max(nanos * LEAST_LEFT));
    }

    /// Timed calls.
    pub fn calls(&self) -> u32 {
        self.native.logarithms.count + self.interpreted.logarithms.count
    }

    /// Mean time of native calls, without and with their detour, and of interpreted ones.
    pub fn averages(&self) -> [Duration; 3] {
        let detour = Duration::from_nanos((self.detours / f64::from(self.native.logarithms.count)) as u64);
        let native = self.native.average();
        [native.saturating_sub(detour), native, self.interpreted.average()]
    }

    /// True if it is time to ask for the verdict.
    pub fn is_asked(&self) -> bool {
        let calls = self.calls();
        calls.is_multiple_of(if calls < STEP { FIRST_STEP } else { STEP })
    }

    /// What the calls tell.
    pub fn verdict(&self) -> Verdict {
        let (native, interpreted) = (&self.native.logarithms, &self.interpreted.logarithms);
        let calls = native.count.min(interpreted.count);
        if calls < FASTER_CALLS {
            return Verdict::Open;
        }
        let doubt = |native: &Mean, interpreted: &Mean| (native.error() + interpreted.error()).sqrt() * STANDARD_ERRORS;
        let (difference, unsure) = (native.mean - interpreted.mean, doubt(native, interpreted));
        let (native, interpreted) = (&self.native.nanos, &self.interpreted.nanos);
        let lost = native.mean - interpreted.mean;
        let by_time = calls >= CALLS_BY_TIME && lost > doubt(native, interpreted) + LEAST * interpreted.mean;
        if difference + unsure < 0.0 && lost <= 0.0 {
            Verdict::Stays
        } else if calls >= SLOWER_CALLS && lost > 0.0 && (by_time || difference > unsure + LEAST) {
            Verdict::Slower
        } else if self.calls() >= MOST {
            Verdict::Stays
        } else {
            Verdict::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdict on calls that take times around a mean, the native ones `factor` times as long; and after how many calls.
    fn verdict(factor: f64, spread: f64) -> (Verdict, u32) {
        let mut comparison = Comparison::default();
        let mut state = 1u64;
        loop {
            // Knuth's linear congruential generator of MMIX.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let noise = ((state >> 40) as f64 / f64::from(1 << 24) * 2.0 - 1.0) * spread;
            let native = state >> 33 & 1 == 1;
            match native {
                true => comparison.add_native(200.0 * noise.exp() * factor, 0.0),
                false => comparison.add_interpreted(200.0 * noise.exp(), 0.0),
            }
            if comparison.is_asked() && comparison.verdict() != Verdict::Open {
                return (comparison.verdict(), comparison.calls());
            }
        }
    }

    #[test]
    fn clear_differences_are_seen_soon() {
        let (faster, calls) = verdict(0.2, 0.5);
        assert!(faster == Verdict::Stays && calls <= 16, "{faster:?} after {calls}");
        let (slower, calls) = verdict(2.0, 0.5);
        assert!(slower == Verdict::Slower && calls <= STEP, "{slower:?} after {calls}");
    }

    #[test]
    fn small_differences_need_many_calls() {
        let (slower, calls) = verdict(1.05, 0.5);
        assert!(slower == Verdict::Slower && calls > 4 * STEP, "{slower:?} after {calls}");
    }

    #[test]
    fn what_is_not_slower_stays() {
        for spread in [0.0, 0.01, 0.5, 3.0] {
            assert_eq!(verdict(1.0, spread), (Verdict::Stays, MOST));
        }
    }

    #[test]
    fn a_few_long_calls_that_gain_keep_the_unit() {
        let mut comparison = Comparison::default();
        for call in 0..1024 {
            let long = call % 8 == 0;
            comparison.add_native(if long { 2000.0 } else { 220.0 } + f64::from(call % 3), 0.0);
            comparison.add_interpreted(if long { 4000.0 } else { 200.0 } + f64::from(call % 3), 0.0);
        }
        assert_ne!(comparison.verdict(), Verdict::Slower);
    }

    #[test]
    fn a_few_long_calls_that_lose_do_not_keep_the_unit() {
        let mut comparison = Comparison::default();
        for call in 0..256 {
            let raises = call % 2 == 0;
            comparison.add_native(if raises { 250.0 } else { 40.0 } + f64::from(call % 3), 0.0);
            comparison.add_interpreted(if raises { 170.0 } else { 60.0 } + f64::from(call % 3), 0.0);
        }
        assert_eq!(comparison.verdict(), Verdict::Slower);
    }

    #[test]
    fn interruptions_do_not_decide() {
        let mut comparison = Comparison::default();
        for call in 0..512 {
            comparison.add_native(if call == 100 { 1e9 } else { 100.0 + f64::from(call % 7) }, 0.0);
            comparison.add_interpreted(150.0 + f64::from(call % 7), 0.0);
        }
        assert_eq!(comparison.verdict(), Verdict::Stays);
    }

    #[test]
    fn detours_count() {
        let compare = |detour: f64| {
            let mut comparison = Comparison::default();
            for call in 0..64 {
                comparison.add_native(40.0 + f64::from(call % 3), detour);
                comparison.add_interpreted(50.0 + f64::from(call % 3), 0.0);
            }
            comparison
        };
        assert_eq!(compare(0.0).verdict(), Verdict::Stays);
        assert_eq!(compare(20.0).verdict(), Verdict::Slower);
        assert_eq!(compare(20.0).averages().map(|time| time.as_nanos()), [40, 60, 50]);
    }

    #[test]
    fn detours_of_calls_within_do_not_count() {
        let compare = |detours: f64| {
            let mut comparison = Comparison::default();
            for call in 0..64 {
                comparison.add_native(80.0 + f64::from(call % 3), 0.0);
                comparison.add_interpreted(100.0 + f64::from(call % 3), detours);
            }
            comparison
        };
        assert_eq!((compare(0.0).verdict(), compare(40.0).verdict()), (Verdict::Stays, Verdict::Slower));
        assert_eq!(compare(500.0).averages()[2].as_nanos(), 50);
    }
}
