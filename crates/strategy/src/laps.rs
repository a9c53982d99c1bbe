//! The program as a whole with and without native code, compared by the time of its laps.
//!
//! A unit that is faster by itself can slow down what runs around it: native code is larger than bytecode, and takes the place of the interpreter's
//! own code in the processor's caches. A call timed by itself does not show that. So the program runs for a lap in each regime, in
//! random order, again and again; laps of one such round are compared with each other, since machines change their speed. A lap ends where
//! the same functions have been called a number of times in all.

use crate::comparison::Verdict;
use crate::mean::Mean;
use std::time::Duration;

/// What may run natively.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Regime {
    /// Whatever is compiled.
    #[default]
    Everything,
    /// Functions and loops; generators go on in the interpreter.
    NoResumptions,
    /// Nothing.
    Nothing,
}

/// Number of regimes.
const REGIMES: usize = 3;

impl Regime {
    /// All of them.
    pub const ALL: [Regime; REGIMES] = [Regime::Everything, Regime::NoResumptions, Regime::Nothing];

    /// The name in statistics.
    pub const fn name(self) -> &'static str {
        match self {
            Regime::Everything => "everything",
            Regime::NoResumptions => "no-resumptions",
            Regime::Nothing => "nothing",
        }
    }

    const fn index(self) -> usize {
        self as usize
    }
}

/// Typical shortest lap: changing the regime takes some 50 µs.
pub const LAP: Duration = Duration::from_millis(20);
/// A function that is called more seldom, on average, ends no laps: they would be too few.
const LONGEST_INTERVAL: Duration = Duration::from_millis(150);
/// One that is called more often may become hot, and is counted. (With 100 µs, from which on functions are compiled at all, pathlib found no
/// marker in two runs of four, with this in none of three.)
const SHORTEST_INTERVAL: Duration = Duration::from_micros(20);
/// Functions of which any may be called to end a lap together: none more often than that, so that events of all of them cost little, and the most of
/// them.
const CROWD_INTERVAL: Duration = Duration::from_micros(300);
const LARGEST_CROWD: usize = 48;
/// Calls from which on it is known how often a function is called.
const FEWEST_CALLS: u32 = 4;
/// Times remembered of a function, two at least, and the most calls that are taken to be one group.
const MOST_TIMES: usize = 128;
const LARGEST_GROUP: usize = 8;
/// Laps from which on it is known how uneven they are. Fewer laps look more even than they are, by about one of so many.
const FEWEST_LAPS: usize = 5;
/// How many times longer laps may be than they must: programs that do one thing and then another have uneven short laps.
const LONGER: [usize; 3] = [2, 4, 8];
/// The part of the time between whose ends a function must be called: others are called all at once.
const LEAST_SPAN: f64 = 0.6;
/// Differences between intervals that are taken to be chance, as a part of them.
const LEAST_VARIATION: f64 = 0.03;

/// Logarithm of the factor from which on a single round is enough: laps without such native code are long.
const CLEARLY_FASTER: f64 = -0.7;
/// Rounds before native code can be called faster otherwise, and before it can be called slower.
const FASTER_ROUNDS: u32 = 3;
const SLOWER_ROUNDS: u32 = 8;
/// Rounds after which everything stays native, unless it is slower by more than a standard error.
const MOST_ROUNDS: u32 = 128;
/// Rounds of a trial that the next one begins with, and those that must follow.
const REMEMBERED: usize = 8;
const CONFIRMING_ROUNDS: u32 = 4;
/// Rounds after which laps that are that uneven are given up: a logarithm.
const HOPELESS_ROUNDS: u32 = 12;
const HOPELESS: f64 = 0.3;
/// Standard errors from which on a difference counts. It is looked at after each round, so two would not do; but what is wrong by chance is nearly as
/// fast, and is tried again.
const STANDARD_ERRORS: f64 = 2.5;
/// Of few rounds the deviation is not known well either: by about this, divided by the rounds but one, doubts are greater (Student's t distribution, at
/// the probability of that many standard errors).
const FEW: f64 = 2.2;
/// Least deviation of differences of logarithms: three rounds that happen to be the same prove nothing.
const LEAST_DEVIATION: f64 = 0.02;
/// One in so many differences is left out at each end: a phase of the program without its laps, or a full collection, spoils a lap now and then.
const TRIMMED: usize = 4;
/// Logarithm of the factor below which native code is not called slower, and of the one that it must be below so that it need not be known.
const LEAST: f64 = 0.005;
const TOLERATED: f64 = 0.01;
/// Logarithm of the factor from which on native code gains too much to be in doubt again soon.
const GAIN: f64 = -0.1;

/// When a function is called while it is watched: in seconds since the start of that.
#[derive(Clone, Debug)]
pub struct Rhythm {
    first: f64,
    last: f64,
    calls: u32,
    /// The times of the first call and of every so many calls after it, from the first to the last.
    times: Vec<f64>,
    every: u32,
}

impl Rhythm {
    /// Called for the first time.
    pub fn new(now: f64) -> Rhythm {
        Rhythm { first: now, last: now, calls: 1, times: vec![now], every: 1 }
    }

    /// Called again. False if that happens so often that it is of no use.
    pub fn again(&mut self, now: f64) -> bool {
        if self.calls.is_multiple_of(self.every) {
            if self.times.len() == MOST_TIMES {
                let mut even = false;
                self.times.retain(|_| {
                    even = !even;
                    even
                });
                self.every *= 2;
            }
            if self.calls.is_multiple_of(self.every) {
                self.times.push(now);
            }
        }
        self.last = now;
        self.calls += 1;
        self.calls < FEWEST_CALLS * 4 || (now - self.first) / f64::from(self.calls - 1) >= SHORTEST_INTERVAL.as_secs_f64()
    }

    /// The average time between calls, if the function is of any use. Now it is not watched any more.
    fn interval(&self, now: f64) -> Option<f64> {
        let time = self.last - self.first;
        let average = time / f64::from(self.calls - 1);
        let useful = SHORTEST_INTERVAL.as_secs_f64()..=LONGEST_INTERVAL.as_secs_f64();
        (self.calls > FEWEST_CALLS && time >= now * LEAST_SPAN && useful.contains(&average)).then_some(average)
    }

    /// How unsure a comparison of laps of that function is after a second, and the calls of a lap; `None` if it is of no use.
    fn judge(&self, now: f64) -> Option<(f64, u32)> {
        let average = self.interval(now)?;
        let shortest = (LAP.as_secs_f64() / (average * f64::from(self.every))).ceil() as usize;
        // Calls may come in groups: laps of one whole group, or of several, are even.
        let groups = (1..=LARGEST_GROUP).map(|group| shortest.next_multiple_of(group));
        let lengths = groups.chain(LONGER.map(|times| shortest * times));
        let judged = lengths.filter_map(|length| Some((self.unsureness(length)?, length as u32 * self.every)));
        judged.min_by(|(one, _), (other, _)| one.total_cmp(other))
    }

    /// How unsure a comparison of laps of that length, in intervals between remembered times, is after a second; `None` for too few of them.
    fn unsureness(&self, length: usize) -> Option<f64> {
        unsureness(self.times.iter().copied().step_by(length))
    }
}

/// How unsure a comparison of laps is after a second that end at those times; `None` for too few of them.
fn unsureness(ends: impl Iterator<Item = f64>) -> Option<f64> {
    let mut laps = Mean::default();
    let mut last = None;
    for end in ends {
        if let Some(begin) = last.replace(end) {
            laps.add(end - begin);
        }
    }
    (laps.count as usize >= FEWEST_LAPS).then(|| {
        let variation = (laps.variance().sqrt() / laps.mean).max(LEAST_VARIATION);
        variation * variation * laps.mean * (1.0 + FEWEST_LAPS as f64 / f64::from(laps.count))
    })
}

/// Functions of which each call counts, and the calls of a lap.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Marker<F> {
    /// Each of them once.
    pub functions: Vec<F>,
    /// Of all of them together.
    pub calls: u32,
}

impl<F: Copy> Marker<F> {
    /// Those whose laps tell most: a single one, or many together, whose differences even out. `now` is the time since they are watched, in seconds.
    pub fn best(functions: &[(F, &Rhythm)], now: f64) -> Option<Marker<F>> {
        let single = functions.iter().filter_map(|&(function, rhythm)| {
            let (unsure, calls) = rhythm.judge(now)?;
            Some((unsure, Marker { functions: vec![function], calls }))
        });
        let best = single.chain(Marker::crowd(functions, now)).min_by(|(one, _), (other, _)| one.total_cmp(other));
        best.map(|(_, marker)| marker)
    }

    /// Those together that are called most often, but not too often; how unsure a comparison of their laps is after a second.
    fn crowd(functions: &[(F, &Rhythm)], now: f64) -> Option<(f64, Marker<F>)> {
        let intervals = functions.iter().filter_map(|&(function, rhythm)| Some((rhythm.interval(now)?, function, rhythm)));
        let mut crowd: Vec<_> = intervals.filter(|(interval, ..)| *interval >= CROWD_INTERVAL.as_secs_f64()).collect();
        crowd.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
        crowd.truncate(LARGEST_CROWD);
        let mut calls: Vec<(f64, u32)> = crowd.iter().flat_map(|(.., rhythm)| rhythm.times.iter().map(|&time| (time, rhythm.every))).collect();
        calls.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let rate: f64 = crowd.iter().map(|(interval, ..)| interval.recip()).sum();
        let shortest = (LAP.as_secs_f64() * rate).ceil() as u32;
        let judged = [1].into_iter().chain(LONGER).filter_map(|times| {
            let lap = shortest * times as u32;
            let mut left = 0;
            let ends = calls.iter().filter_map(|&(time, count)| {
                let ends = left <= count;
                left = if ends { lap } else { left - count };
                ends.then_some(time)
            });
            Some((unsureness(ends)?, lap))
        });
        let (unsure, calls) = judged.min_by(|(one, _), (other, _)| one.total_cmp(other))?;
        Some((unsure, Marker { functions: crowd.into_iter().map(|(_, function, _)| function).collect(), calls }))
    }
}

/// Laps timed so far.
#[derive(Clone, Debug)]
pub struct Rounds {
    /// The laps of this round, as logarithms of nanoseconds.
    present: [Option<f64>; REGIMES],
    /// By how much everything is slower than each other regime: differences of logarithms.
    excess: [Sample; REGIMES],
    /// Regimes that everything is compared with: those that are known to be slower are not.
    compared: [bool; REGIMES],
    /// Rounds so far.
    count: u32,
}

impl Rounds {
    /// None yet; resumptions are no matter of their own if there are none.
    pub fn new(resumptions: bool) -> Rounds {
        Rounds { present: [None; REGIMES], excess: Default::default(), compared: [false, resumptions, true], count: 0 }
    }

    /// Those of another trial of the same program, which begins with some of what these have told: it only has to be confirmed.
    pub fn again(&self, resumptions: bool) -> Rounds {
        Rounds { excess: self.excess.each_ref().map(Sample::remembered), ..Rounds::new(resumptions) }
    }

    /// The regimes of the next round, in the order in which they get their laps. The first round begins with everything native: what a lap takes then is a
    /// measure for the others.
    pub fn order(&self, random: u64) -> Vec<Regime> {
        let takes_part = |regime: &Regime| *regime == Regime::Everything || self.compared[regime.index()];
        let mut regimes: Vec<Regime> = Regime::ALL.into_iter().filter(takes_part).collect();
        if self.count == 0 {
            return regimes;
        }
        let first = random as usize % regimes.len();
        regimes.rotate_left(first);
        if random >> 32 & 1 == 1 {
            regimes.reverse();
        }
        regimes
    }

    /// True if the program is known to be slower with nothing native.
    pub fn gains(&self) -> bool {
        let nothing = &self.excess[Regime::Nothing.index()];
        nothing.0.get(nothing.0.len() / 2).is_some_and(|median| *median < GAIN)
    }

    /// Adds a lap in that regime, with the time of its calls divided by their number. One that took no time does not count.
    pub fn add(&mut self, regime: Regime, nanos: f64) {
        self.present[regime.index()] = (nanos > 0.0).then(|| nanos.ln());
    }

    /// Ends a round: each regime that takes part has had its lap, unless that was spoilt. Returns the regime in which the program is fastest,
    /// and by how much (a factor), once that is clear.
    pub fn end(&mut self) -> Option<(Regime, f64)> {
        self.count += 1;
        let present = std::mem::take(&mut self.present);
        for regime in (1..REGIMES).filter(|&regime| self.compared[regime]) {
            if let (Some(everything), Some(lap)) = (present[Regime::Everything.index()], present[regime]) {
                self.excess[regime].add(everything - lap);
            }
        }
        self.decide(false)
    }

    /// The same where there is no time for another round: everything stays native, unless it is slower by more than a standard error.
    pub fn give_up(&mut self) -> (Regime, f64) {
        self.decide(true).unwrap_or((Regime::Everything, 1.0))
    }

    fn decide(&mut self, is_last: bool) -> Option<(Regime, f64)> {
        let mut best = (Regime::Everything, 0.0);
        // The most that everything could be slower than a regime of which too little is known.
        let mut open = f64::NEG_INFINITY;
        for regime in 1..REGIMES {
            if !self.compared[regime] {
                continue;
            }
            match self.excess[regime].verdict(is_last) {
                (Verdict::Open, _, most) => open = open.max(most),
                (Verdict::Stays, ..) => self.compared[regime] = false,
                (Verdict::Slower, _, most) if self.count < CONFIRMING_ROUNDS => open = open.max(most),
                (Verdict::Slower, mean, _) if mean > best.1 => best = (Regime::ALL[regime], mean),
                (Verdict::Slower, ..) => {}
            }
        }
        let is_clear = open == f64::NEG_INFINITY || best.0 != Regime::Everything && open < best.1;
        is_clear.then_some((best.0, best.1.exp()))
    }
}

/// Numbers in order.
#[derive(Clone, Debug, Default)]
struct Sample(Vec<f64>);

impl Sample {
    fn add(&mut self, number: f64) {
        let place = self.0.partition_point(|other| *other < number);
        self.0.insert(place, number);
    }

    fn count(&self) -> u32 {
        self.0.len() as u32
    }

    /// A few of them that are spread as all are.
    fn remembered(&self) -> Sample {
        let count = self.0.len().min(REMEMBERED);
        Sample((0..count).map(|place| self.0[(place * 2 + 1) * self.0.len() / (count * 2)]).collect())
    }

    /// Their mean without the greatest and the least ones, such as those of a lap with a full garbage collection, and their deviation by which
    /// that is as sure as the mean of all would be (K. K. Yuen, "The two-sample trimmed t for unequal population variances", 1974). Of two at
    /// least.
    fn estimate(&self) -> (f64, f64) {
        let count = self.0.len();
        let cut = count / TRIMMED;
        let kept = &self.0[cut..count - cut];
        let mean = kept.iter().sum::<f64>() / kept.len() as f64;
        let mut winsorized = Mean::default();
        self.0.iter().for_each(|number| winsorized.add(number.clamp(kept[0], kept[kept.len() - 1])));
        (mean, winsorized.variance().sqrt() * count as f64 / kept.len() as f64)
    }

    /// What differences of logarithms tell; their mean, and the most that it could be.
    fn verdict(&self, is_last: bool) -> (Verdict, f64, f64) {
        let count = self.count();
        let is_last = is_last || count >= MOST_ROUNDS;
        let otherwise = if is_last { Verdict::Stays } else { Verdict::Open };
        if count < FASTER_ROUNDS {
            let is_clear = self.0.first().is_some_and(|least| *least < CLEARLY_FASTER);
            return (if is_clear { Verdict::Stays } else { otherwise }, 0.0, f64::INFINITY);
        }
        let (mean, deviation) = self.estimate();
        let error = deviation.max(LEAST_DEVIATION) / f64::from(count).sqrt();
        let doubt = STANDARD_ERRORS * (1.0 + FEW / f64::from(count - 1)) * error;
        let is_hopeless = count >= HOPELESS_ROUNDS && doubt > HOPELESS;
        let verdict = if mean + doubt < TOLERATED || is_hopeless {
            Verdict::Stays
        } else if count >= SLOWER_ROUNDS && mean - if is_last { error } else { doubt } > LEAST {
            Verdict::Slower
        } else {
            otherwise
        };
        (verdict, mean, mean + doubt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from 0 to 1: Knuth's linear congruential generator of MMIX.
    fn chance(mut state: u64) -> impl FnMut() -> f64 {
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / f64::from(1 << 24)
        }
    }

    /// The verdict on a program whose laps take `factors` times 20 ms in each regime on a machine with that noise, and after how many rounds.
    fn compare(factors: [f64; 3], noise: f64, resumptions: bool) -> ((Regime, f64), u32) {
        let mut rounds = Rounds::new(resumptions);
        let mut chance = chance(1);
        let mut random = || chance() * 2.0 - 1.0;
        for round in 1.. {
            // The machine is up to half as fast again in one round as in another.
            let speed = 1.0 + (random() * 0.25);
            for regime in rounds.order(round.into()) {
                rounds.add(regime, 2e7 * speed * factors[regime.index()] * (random() * noise).exp());
            }
            if let Some(verdict) = rounds.end() {
                return (verdict, round);
            }
        }
        unreachable!("there is a verdict after the last round")
    }

    #[test]
    fn the_first_round_begins_with_everything_native() {
        let mut rounds = Rounds::new(true);
        let first = |rounds: &Rounds, random: u64| rounds.order(random << 32 | random)[0];
        assert!((0..8).all(|random| first(&rounds, random) == Regime::Everything));
        Regime::ALL.into_iter().for_each(|regime| rounds.add(regime, 2e7));
        assert_eq!(rounds.end(), None);
        assert!((0..8).any(|random| first(&rounds, random) != Regime::Everything));
    }

    #[test]
    fn what_gains_stays_after_a_few_rounds() {
        for resumptions in [false, true] {
            let ((regime, _), rounds) = compare([1.0, 1.5, 3.0], 0.05, resumptions);
            assert!(regime == Regime::Everything && rounds <= 4, "{regime:?} after {rounds}");
            let ((regime, _), rounds) = compare([1.0, 2.5, 3.0], 0.05, resumptions);
            assert!(regime == Regime::Everything && rounds == 1, "{regime:?} after {rounds}");
        }
    }

    #[test]
    fn the_fastest_regime_is_found() {
        let ((regime, factor), rounds) = compare([1.1, 1.0, 1.05], 0.05, true);
        assert!(regime == Regime::NoResumptions && (factor - 1.1).abs() < 0.03, "{regime:?} by {factor}");
        assert!((8..100).contains(&rounds), "{rounds}");
        let ((regime, _), rounds) = compare([1.1, 1.1, 1.0], 0.02, true);
        assert!(regime == Regime::Nothing, "{regime:?} after {rounds}");
    }

    #[test]
    fn a_regime_that_makes_no_difference_does_not_keep_the_best_one_waiting() {
        let ((regime, _), rounds) = compare([1.1, 1.095, 1.0], 0.02, true);
        assert!(regime == Regime::Nothing && rounds < 40, "{regime:?} after {rounds}");
    }

    #[test]
    fn chance_decides_nothing() {
        for (noise, expected) in [(0.0, 50), (0.02, MOST_ROUNDS - 1), (0.2, MOST_ROUNDS), (1.0, HOPELESS_ROUNDS)] {
            let ((regime, _), rounds) = compare([1.0; 3], noise, true);
            assert_eq!(regime, Regime::Everything);
            // What makes a difference of 1 % at most need not be known.
            assert!(rounds <= expected && (noise < 0.1 || rounds == expected), "{rounds}, {expected}");
        }
    }

    #[test]
    fn long_laps_now_and_then_decide_nothing() {
        let mut rounds = Rounds::new(false);
        for lap in 0u32.. {
            for regime in rounds.order(lap.into()) {
                let collects = regime == Regime::Everything && lap % 10 == 3;
                rounds.add(regime, if collects { 2e8 } else { [2e7, 0.0, 2.3e7][regime.index()] } * (1.0 + f64::from(lap % 3) / 100.0));
            }
            if let Some((regime, _)) = rounds.end() {
                assert!(regime == Regime::Everything && lap < 60, "{regime:?} after {lap}");
                break;
            }
        }
    }

    #[test]
    fn a_regime_that_is_clearly_slower_gets_no_more_laps() {
        let mut rounds = Rounds::new(true);
        for lap in 0..6 {
            for regime in rounds.order(lap) {
                rounds.add(regime, [2e7, 2e7, 9e7][regime.index()]);
            }
            assert_eq!(rounds.end(), None);
        }
        assert!(!rounds.order(0).contains(&Regime::Nothing));
        assert!(rounds.gains());
        assert!(rounds.order(0).contains(&Regime::NoResumptions));
    }

    #[test]
    fn rounds_without_all_laps_do_not_count() {
        let mut rounds = Rounds::new(false);
        for _ in 0..MOST_ROUNDS {
            rounds.add(Regime::Everything, 0.0);
            rounds.add(Regime::Nothing, 1.0);
            assert_eq!(rounds.end(), None);
        }
    }

    /// The trial of a program that was faster with nothing native, by a tenth, and now takes that many times as long with everything native.
    fn retry(factor: f64) -> ((Regime, f64), u32) {
        let mut rounds = Rounds::new(false);
        let mut slower = None;
        for lap in 0u32.. {
            rounds.add(Regime::Everything, 2.2e7 * (1.0 + f64::from(lap % 3) / 100.0));
            rounds.add(Regime::Nothing, 2e7);
            slower = rounds.end();
            if slower.is_some() {
                break;
            }
        }
        assert!(slower.is_some_and(|(regime, _)| regime == Regime::Nothing));
        let mut again = rounds.again(false);
        for lap in 0u32.. {
            again.add(Regime::Everything, 2e7 * factor * (1.0 + f64::from(lap % 3) / 100.0));
            again.add(Regime::Nothing, 2e7);
            if let Some(verdict) = again.end() {
                return (verdict, lap + 1);
            }
        }
        unreachable!("there is a verdict after the last round")
    }

    #[test]
    fn what_was_slower_is_soon_confirmed() {
        let ((regime, factor), rounds) = retry(1.1);
        assert!(regime == Regime::Nothing && (factor - 1.1).abs() < 0.03, "{regime:?} by {factor}");
        assert_eq!(rounds, CONFIRMING_ROUNDS);
    }

    #[test]
    fn what_was_slower_and_gains_now_is_not_held_back_by_what_was() {
        for factor in [0.2, 0.5, 0.8] {
            let ((regime, _), rounds) = retry(factor);
            assert!(regime == Regime::Everything && rounds < 24, "{regime:?} after {rounds} with {factor}");
        }
    }

    #[test]
    fn without_time_for_more_rounds_more_than_a_standard_error_decides() {
        for (factor, expected) in [(1.1, Regime::Nothing), (1.0, Regime::Everything)] {
            let mut rounds = Rounds::new(false);
            for lap in 0..SLOWER_ROUNDS {
                rounds.add(Regime::Everything, 2e7 * factor * (1.0 + f64::from(lap % 4) / 10.0));
                rounds.add(Regime::Nothing, 2.3e7);
                assert_eq!(rounds.end(), None);
            }
            assert_eq!(rounds.give_up().0, expected);
        }
        assert_eq!(Rounds::new(true).give_up().0, Regime::Everything);
    }

    #[test]
    fn orders_have_each_regime_once() {
        for random in [0, 1, 2, 1 << 32, (1 << 32) + 1] {
            for resumptions in [false, true] {
                let order = Rounds::new(resumptions).order(random);
                assert_eq!(order.len(), if resumptions { 3 } else { 2 });
                assert!(order.contains(&Regime::Everything) && order.contains(&Regime::Nothing), "{order:?}");
            }
        }
    }

    /// The judgement on a function that is called at the times.
    fn judge(times: impl IntoIterator<Item = f64>) -> Option<(f64, u32)> {
        let mut times = times.into_iter();
        let mut rhythm = Rhythm::new(times.next()?);
        times.all(|time| rhythm.again(time)).then(|| rhythm.judge(0.8))?
    }

    #[test]
    fn even_rhythms_are_better() {
        let (even, calls) = judge((0..270).map(|call| f64::from(call) * 0.003)).unwrap();
        let (uneven, _) = judge((0..270).map(|call| f64::from(call) * 0.003 + f64::from(call * call % 7) * 0.0004)).unwrap();
        assert!(even < uneven, "{even} {uneven}");
        assert_eq!(calls, 8);
    }

    #[test]
    fn uneven_rhythms_even_out() {
        // Nine functions that are called each 4 ms on average, at times of chance, and one a little more evenly than the others.
        let mut random = chance(3);
        let rhythms: Vec<Rhythm> = (0..10)
            .map(|function| {
                let spread = if function == 3 { 0.7 } else { 1.0 };
                let mut now = random() * 0.004;
                let mut rhythm = Rhythm::new(now);
                while now < 0.8 {
                    now += 0.004 * (1.0 - spread + spread * random() * 2.0);
                    rhythm.again(now);
                }
                rhythm
            })
            .collect();
        let all: Vec<(usize, &Rhythm)> = rhythms.iter().enumerate().collect();
        let together = Marker::best(&all, 0.8).unwrap();
        let mut functions = together.functions.clone();
        functions.sort_unstable();
        assert_eq!(functions, (0..10).collect::<Vec<_>>());
        // Laps of 20 ms at least.
        assert!(together.calls >= 48, "{}", together.calls);
        assert_eq!(Marker::best(&all[3..5], 0.8).unwrap().functions, [3]);
        assert_eq!(Marker::<usize>::best(&[], 0.8), None);
    }

    #[test]
    fn functions_called_too_often_are_in_no_crowd() {
        let rhythm = |interval: f64| {
            let mut rhythm = Rhythm::new(0.0);
            let mut now = 0.0f64;
            while now < 0.79 {
                now += interval * (1.0 + (now * 7919.0).sin() * 0.9);
                rhythm.again(now);
            }
            rhythm
        };
        let rhythms = [rhythm(0.0001), rhythm(0.004), rhythm(0.003)];
        let all: Vec<(usize, &Rhythm)> = rhythms.iter().enumerate().collect();
        let crowd = Marker::crowd(&all, 0.8).unwrap().1;
        assert_eq!(crowd.functions, [2, 1]);
    }

    #[test]
    fn calls_all_at_once_end_no_laps() {
        for start in [0.0, 0.79] {
            assert!(judge((0..30).map(|call| start + f64::from(call) * 3e-5)).is_none());
        }
    }

    #[test]
    fn laps_are_whole_groups_of_calls() {
        let (unsure, calls) = judge((0..201).map(|call| f64::from(call / 3) * 0.012 + f64::from(call % 3) * 0.0005)).unwrap();
        assert_eq!(calls % 3, 0, "{calls}");
        assert!(unsure < 1e-4, "{unsure}");
    }

    #[test]
    fn laps_are_as_long_as_what_programs_do_by_turns() {
        // 40 ms with a call each millisecond, and 40 ms with one each 4 ms.
        let mut now = 0.0;
        let times = (0..600).map(|_| {
            now += if now % 0.08 < 0.04 { 0.001 } else { 0.004 };
            now
        });
        let (_, calls) = judge(times.take_while(|time| *time < 0.85)).unwrap();
        assert!((48..=52).contains(&(calls % 50 + 50 * u32::from(calls % 50 < 25))), "{calls}");
    }

    #[test]
    fn functions_called_seldom_or_all_the_time_are_of_no_use() {
        assert!(judge((0..3).map(f64::from)).is_none());
        assert!(judge((0..9).map(f64::from)).is_none());
        assert!(judge((0..99).map(|call| f64::from(call) * 1e-6)).is_none());
    }
}
