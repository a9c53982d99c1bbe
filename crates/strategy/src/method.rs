//! The method strategy.

use crate::{Decision, ExitFacts, Load, PATIENT_THRESHOLD, SURVEYS, SiteFacts, Strategy, TrialFacts, UnitKind, WINDOW, Where};
use whipsnake_contract::exit::{ExitPolicy, ExitReason};
use std::time::Duration;
use whipsnake_contract::options::Options;

/// Compiles whole functions and loops when they are hot, and again when guards fail often.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    threshold: u64,
    place: Where,
    /// Sites may be left uncounted for a time.
    is_patient: bool,
    /// The part of the processor time that compilations may take; `None` for any.
    share: Option<f64>,
    /// Exits by failed guards after which a function is left alone for good.
    exit_limit: Option<u64>,
}

/// Bounds for the count of one exit at which a wrong speculation is compiled into the unit: within them, the exits so far have cost
/// about as much time as the compilation is going to.
const SPECULATION_LIMITS: (u32, u32) = (32, 1024);
const STRAIGHT_LIMITS: (u32, u32) = (128, 4096);
/// How many times the greatest bound counts where fewer than one entry in so many leaves there: it has not become the usual way.
const SELDOM_FAILING: u32 = 16;
/// Bytes of machine code that take as long to compile as an exit costs with what the interpreter then does: a byte takes some 0.4 µs
/// (compile time and code of docutils, sympy and genshi in the report of `cargo xtask bench`), and the rest of a loop some 20 µs, but leaving code without loops costs only 0.1 to 0.5 µs and the rest of one call.
const BYTES_PER_EXIT: u32 = 24;
const BYTES_PER_STRAIGHT_EXIT: u32 = 2;
/// Time that compilations may take in any case: some thirty units.
const FREE_COMPILING: Duration = Duration::from_millis(60);
/// Processor time of the program after which compilations may take half their share of what follows: what gets hot later is, more and more, not
/// worth it. (sympy's `sum` in a loop spent a tenth of its time on compilations, still after 30 s.)
const HORIZON: Duration = Duration::from_secs(10);
/// Time that a code unit takes to compile, on average (`whipsnake run --stats`: 1 ms for a loop in a function of 40 units, 13 ms for one of
/// 600). Code must have run for as long before it is compiled: then a program takes at most twice as long as with all of that known before
/// (the rule of ski rental; A. Karlin et al., "Competitive randomized algorithms for nonuniform problems", 1994).
const TIME_PER_UNIT: Duration = Duration::from_micros(25);
/// How many times as long before there are events of it: they cost a program with many functions that are all a little hot as much as
/// compilations. (Test suites of a second, beautifulsoup4 and markdown-it-py, took 1.31 and 1.32 of plain Python's processor time with events from
/// the start, 1.24 to 1.30 with a factor of 1, 1.16 and 1.23 with 2, 1.08 to 1.11 and 1.17 to 1.20 with 4. Benchmarks of a second took 1 to 2 % more
/// with 4, and as much as before once the threshold was halved.)
const TIMES_BEFORE_EVENTS: u32 = 4;
/// How many times as long code must have run when it is listened to again after that was in vain: what is all the time a little hot is listened to a
/// few times, not for ever. (In sympy and SQLAlchemy, some 100 events in each millisecond came from such code.)
const TIMES_AFTER_VAIN: u32 = 2;
/// How many times as long as a function takes to compile one of its loops must have run natively, in as many calls as [`Method`] is asked about, before the whole
/// function is compiled: only then are iterators and generators that it makes before its loops never made. Such functions are not called often enough to be
/// counted.
const TIMES_BEFORE_WHOLE: u32 = 16;
/// Calls or back edges per second below which a site is not worth counting: at some 100 ns that each could save if it were compiled, it is
/// a thousandth of the time that is at stake.
const LEAST_RATE: f64 = 10_000.0;
/// Code units from which that rate falls with the length of the code: a call of long code saves more.
const LONG: usize = 200;
/// The most that the load of compilations multiplies that rate with: what is hotter goes first, and what never gets there would not have paid
/// for its compilation.
const MOST_PATIENCE: f64 = 64.0;
/// The most that it multiplies limits of exits with.
const MOST_EXCESS: f64 = 8.0;
/// The most that it multiplies thresholds with: their events cost some ten milliseconds.
const MOST_RELUCTANCE: f64 = 16.0;
/// Compilations of one site, whatever happens.
const MAX_COMPILES: u32 = 10;
/// Broken assumptions after which a site is left alone.
const MAX_INVALIDATIONS: u32 = 8;
/// Time in native code per entry below which the interpreter is faster: entering and leaving a running loop takes about 0.7 µs, and
/// native code is typically two to four times as fast.
const WORTH_ENTERING: Duration = Duration::from_nanos(750);
/// How many times as long a loop must run that goes on in the interpreter, with what is left of its turn, each time that it stops.
const TIMES_WORTH_STOPPING: u32 = 8;
/// Exits of one kind before that time is asked for where guards fail.
const LEAST_JUDGED: u32 = 128;
/// Turns per call of its function below which a loop is not compiled by itself: the function is going to be, and entering a loop costs as
/// much as some turns. Asked from a count of turns on that tells something.
const TURNS_WORTH_ENTERING: u64 = 8;
const COUNTED_TURNS: u64 = 512;
/// Exits of one kind after which it is asked whether the unit is worth while; fewer where a loop or a generator stops at something that is
/// not compiled, such as an `await` in each turn.
const FRUITLESS_EXITS: u32 = 1024;
const FRUITLESS_LOOP_EXITS: u32 = 128;

/// Exits at one point from which a unit is not entered until the next one is there, if they are that part of all entries: interpreted
/// calls cost less than exits, and the queue of the compiling thread may be long.
const FAILING_EXITS: u32 = 512;
const FAILING_PART: u64 = 16;

/// Bytes of machine code for an exit from which everything that follows is new to the unit.
const BYTES_PER_COLD_EXIT: u32 = 48;

impl Method {
    /// The name.
    pub const NAME: &'static str = "method";

    /// The strategy with the thresholds and the compile mode of `options`.
    pub fn new(options: &Options) -> Method {
        let is_patient = options.threshold >= PATIENT_THRESHOLD && !options.sync;
        Method {
            is_patient,
            threshold: options.threshold,
            place: if options.sync { Where::Here } else { Where::Background },
            share: (is_patient && options.compile_share < 100).then_some(options.compile_share as f64 / 100.0),
            exit_limit: (options.exit_limit > 0).then_some(options.exit_limit),
        }
    }

    /// How many times their share of the time compilations have taken; 1 if they are within it.
    fn excess(&self, load: Load) -> f64 {
        let Some(share) = self.share else { return 1.0 };
        let horizon = HORIZON.as_secs_f64();
        let counted = horizon * (load.process.as_secs_f64() / horizon).ln_1p();
        let allowed = FREE_COMPILING.as_secs_f64() + counted * share;
        (load.compiling.as_secs_f64() / allowed).max(1.0)
    }

    /// Count of one exit at which the unit of `site` is compiled again.
    fn speculation_limit(&self, ExitFacts { reason, count, .. }: ExitFacts, site: SiteFacts<'_>, load: Load) -> u32 {
        let seldom = u64::from(count) * u64::from(SELDOM_FAILING) < site.entries;
        let limit = |bytes_per_exit: u32, (least, most): (u32, u32)| {
            (site.code_bytes / bytes_per_exit).clamp(least, if seldom { most * SELDOM_FAILING } else { most })
        };
        match site.has_loops {
            true if reason == ExitReason::ColdBranch => limit(BYTES_PER_COLD_EXIT, SPECULATION_LIMITS),
            true => limit(BYTES_PER_EXIT, SPECULATION_LIMITS),
            false => (f64::from(limit(BYTES_PER_STRAIGHT_EXIT, STRAIGHT_LIMITS)) * self.excess(load).min(MOST_EXCESS)) as u32,
        }
    }

    /// How many times hotter something must be than without the load of compilations so far.
    fn reluctance(&self, load: Load) -> f64 {
        self.excess(load).powi(2).min(MOST_RELUCTANCE)
    }

    /// Time that code of so many code units must have run for before it is compiled.
    fn compile_time(&self, units: usize, load: Load) -> Duration {
        (TIME_PER_UNIT * units as u32).mul_f64(self.reluctance(load))
    }
}

impl Strategy for Method {
    fn name(&self) -> &'static str {
        Method::NAME
    }

    fn threshold(&self, _: UnitKind) -> u64 {
        self.threshold
    }

    fn is_patient(&self) -> bool {
        self.is_patient
    }

    fn is_seldom(&self, units: usize, time: Duration, load: Load) -> bool {
        let least = LEAST_RATE * LONG as f64 / units.max(LONG) as f64 * self.excess(load).powi(3).min(MOST_PATIENCE);
        self.is_patient && time.as_secs_f64() * least > WINDOW as f64
    }

    fn is_worth_events(&self, units: usize, met: Duration, load: Load) -> bool {
        self.share.is_none() || met >= self.compile_time(units, load) * TIMES_BEFORE_EVENTS
    }

    fn is_too_early(&self, met: Duration, in_vain: Duration) -> bool {
        met < in_vain * TIMES_AFTER_VAIN
    }

    fn hot(&self, site: SiteFacts<'_>, load: Load) -> Decision {
        if site.compiles >= MAX_COMPILES {
            return Decision::LeaveAlone(format!("compiled {} times already", site.compiles));
        }
        if site.kind == UnitKind::Loop && site.count >= COUNTED_TURNS && site.calls * TURNS_WORTH_ENTERING > site.count {
            return Decision::Keep;
        }
        let reluctance = self.reluctance(load);
        let is_hot = match site.met.filter(|_| self.share.is_some()) {
            Some(met) => site.count >= self.threshold && met >= self.compile_time(site.length, load),
            None => site.count as f64 >= self.threshold as f64 * reluctance,
        };
        if self.is_patient && !is_hot {
            return Decision::Later;
        }
        Decision::Compile
    }

    fn after_exit(&self, site: SiteFacts<'_>, exit: ExitFacts, load: Load) -> Decision {
        if self.exit_limit.is_some_and(|limit| exit.failures >= limit) {
            return Decision::Exclude(format!("guards failed {} times, which is the limit of WHIPSNAKE_EXIT_LIMIT", exit.failures));
        }
        let stops = site.kind != UnitKind::Function && exit.reason.policy() == ExitPolicy::Uncovered;
        let enough = if stops { FRUITLESS_LOOP_EXITS } else { FRUITLESS_EXITS };
        // Whatever ends it, a loop that has run for long was worth its entry.
        let is_long = site.inside.is_some_and(|time| time >= WORTH_ENTERING * TIMES_WORTH_STOPPING);
        let fruitless = exit.count >= enough && u64::from(exit.count) * 2 > site.entries && !(stops && is_long);
        let failing = exit.count >= FAILING_EXITS && u64::from(exit.count) * FAILING_PART > site.entries;
        match exit.reason.policy() {
            // Whoever holds the frames of a unit each time keeps it from going on natively.
            ExitPolicy::Normal if exit.reason == ExitReason::FrameObserved && fruitless => Decision::LeaveAlone(format!(
                "leaves by {} at offset {} in {} of {} entries",
                exit.reason.name(),
                exit.offset,
                exit.count,
                site.entries
            )),
            ExitPolicy::Normal => Decision::Keep,
            ExitPolicy::Speculation | ExitPolicy::Feedback if site.compiling => if failing { Decision::Suspend } else { Decision::Keep },
            // Also while it still learns, most entries are too short; or knowing all types has not made them longer.
            ExitPolicy::Speculation | ExitPolicy::Feedback
                if (site.ended * 2 > site.entries || site.compiles > SURVEYS[0].0 + 1 && exit.count >= LEAST_JUDGED)
                    && let Some(time) = site.inside
                    && let left @ Decision::LeaveAlone(_) = self.after_entries(site, time) =>
            {
                left
            }
            ExitPolicy::Feedback => if site.compiles < MAX_COMPILES { Decision::Compile } else { Decision::Keep },
            ExitPolicy::Speculation if site.compiles < MAX_COMPILES => {
                if exit.count >= self.speculation_limit(exit, site, load) { Decision::Compile } else { Decision::Keep }
            }
            ExitPolicy::Speculation | ExitPolicy::Uncovered if fruitless => Decision::LeaveAlone(format!(
                "leaves by {} at offset {} in {} of {} entries",
                exit.reason.name(),
                exit.offset,
                exit.count,
                site.entries
            )),
            ExitPolicy::Speculation | ExitPolicy::Uncovered => Decision::Keep,
        }
    }

    fn after_entries(&self, site: SiteFacts<'_>, time: Duration) -> Decision {
        if site.kind == UnitKind::Loop && time < WORTH_ENTERING {
            return Decision::LeaveAlone(format!("runs for {} ns per entry, which is not worth entering", time.as_nanos()));
        }
        Decision::Keep
    }

    fn is_worth_whole(&self, function: SiteFacts<'_>, inside: Duration, load: Load) -> bool {
        self.is_patient && function.compiles == 0 && !function.compiling && inside >= self.compile_time(function.length, load) * TIMES_BEFORE_WHOLE
    }

    fn after_trial(&self, site: SiteFacts<'_>, trial: TrialFacts) -> Decision {
        // A unit that still fails often is compiled again; the next one gets a trial of its own.
        let failing = trial.failures * FAILING_PART > site.entries && site.compiles < MAX_COMPILES;
        if site.compiling || failing {
            return Decision::Keep;
        }
        let (native, interpreted) = (trial.native.as_nanos(), trial.interpreted.as_nanos());
        if native < interpreted {
            let all = trial.with_detour.as_nanos();
            return Decision::Detach(format!(
                "calls from the interpreter are not worth the detour: {all} ns with it, {interpreted} ns interpreted, in {} calls",
                trial.calls
            ));
        }
        Decision::LeaveAlone(format!("slower than the interpreter: {native} ns per call compiled, {interpreted} ns interpreted, in {} calls", trial.calls))
    }

    fn after_invalidation(&self, site: SiteFacts<'_>) -> Decision {
        if site.invalidations >= MAX_INVALIDATIONS {
            return Decision::LeaveAlone(format!("assumptions broke {} times", site.invalidations));
        }
        Decision::Compile
    }

    fn place(&self) -> Where {
        self.place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(compiles: u32, entries: u64) -> SiteFacts<'static> {
        SiteFacts {
            name: "f",
            kind: UnitKind::Function,
            count: 200,
            calls: 0,
            length: 100,
            met: None,
            inside: None,
            ended: 0,
            compiles,
            invalidations: 0,
            entries,
            compiling: false,
            code_bytes: 0,
            has_loops: true,
        }
    }

    fn exit(reason: ExitReason, count: u32) -> ExitFacts {
        ExitFacts { reason, offset: 4, count, failures: 0 }
    }

    fn method() -> Method {
        Method::new(&Options::default())
    }

    #[test]
    fn frequent_wrong_guesses_are_compiled_in() {
        let by = |reason, code_bytes, count| {
            let site = SiteFacts { code_bytes, ..site(1, 10_000) };
            method().after_exit(site, exit(reason, count), Load::default())
        };
        let after = |code_bytes, count| by(ExitReason::TypeGuard, code_bytes, count);
        assert_eq!((after(0, 31), after(0, 32)), (Decision::Keep, Decision::Compile));
        assert_eq!((after(6000, 249), after(6000, 250)), (Decision::Keep, Decision::Compile));
        assert_eq!((by(ExitReason::ColdBranch, 6000, 124), by(ExitReason::ColdBranch, 6000, 125)), (Decision::Keep, Decision::Compile));
        assert_eq!((after(1 << 20, 1023), after(1 << 20, 1024)), (Decision::Keep, Decision::Compile));
    }

    #[test]
    fn functions_whose_loops_run_long_are_compiled_as_a_whole() {
        let asked = |compiles, millis| method().is_worth_whole(site(compiles, 0), Duration::from_millis(millis), Load::default());
        // 100 code units take 2.5 ms.
        assert_eq!((asked(0, 39), asked(0, 40), asked(1, 1000)), (false, true, false));
        let busy = Load { compiling: FREE_COMPILING * 2, process: Duration::ZERO };
        assert!(!method().is_worth_whole(site(0, 0), Duration::from_millis(100), busy));
        assert!(!Method::new(&Options { threshold: 1, ..Options::default() }).is_worth_whole(site(0, 0), Duration::from_secs(1), Load::default()));
    }

    #[test]
    fn large_units_are_not_compiled_again_for_what_seldom_fails() {
        let after = |entries, count| method().after_exit(SiteFacts { code_bytes: 1 << 19, ..site(1, entries) }, exit(ExitReason::TypeGuard, count), Load::default());
        assert_eq!((after(16_000, 1024), after(17_000, 1024), after(1 << 20, 16_384)), (Decision::Compile, Decision::Keep, Decision::Compile));
    }

    #[test]
    fn exits_of_code_without_loops_cost_little() {
        let after = |code_bytes, count| {
            let site = SiteFacts { code_bytes, has_loops: false, ..site(1, 10_000) };
            method().after_exit(site, exit(ExitReason::TypeGuard, count), Load::default())
        };
        assert_eq!((after(0, 127), after(0, 128)), (Decision::Keep, Decision::Compile));
        assert_eq!((after(1000, 499), after(1000, 500)), (Decision::Keep, Decision::Compile));
        assert_eq!((after(1 << 20, 4095), after(1 << 20, 4096)), (Decision::Keep, Decision::Compile));
        let late = |has_loops, count| {
            let load = Load { compiling: FREE_COMPILING * 4, process: Duration::ZERO };
            method().after_exit(SiteFacts { code_bytes: 1000, has_loops, ..site(1, 10_000) }, exit(ExitReason::TypeGuard, count), load)
        };
        assert_eq!((late(false, 1999), late(false, 2000), late(true, 64)), (Decision::Keep, Decision::Compile, Decision::Compile));
    }

    #[test]
    fn what_is_seldom_reached_is_not_counted_and_under_load_more_is_seldom() {
        let seldom = |method: &Method, rate: u64, compiling, process| {
            let load = Load { compiling: Duration::from_millis(compiling), process: Duration::from_millis(process) };
            method.is_seldom(100, Duration::from_secs(WINDOW) / rate as u32, load)
        };
        let patient = method();
        assert_eq!((seldom(&patient, 9900, 0, 0), seldom(&patient, 10_100, 0, 0)), (true, false));
        // Seven percent of ten seconds are allowed, besides what is in any case.
        assert!(!seldom(&patient, 10_100, 753, 10_000));
        assert_eq!((seldom(&patient, 79_000, 1506, 10_000), seldom(&patient, 81_000, 1506, 10_000)), (true, false));
        assert_eq!((seldom(&patient, 10_100, 1506, 100_000), seldom(&patient, 650_000, 100_000, 0)), (false, false));
        let of = |options| seldom(&Method::new(&options), 100_000, 100_000, 0);
        assert_eq!((of(Options::default()), of(Options { compile_share: 100, ..Options::default() })), (true, false));
        assert_eq!((of(Options { threshold: 99, ..Options::default() }), of(Options { sync: true, ..Options::default() })), (false, false));
    }

    #[test]
    fn long_code_needs_fewer_calls() {
        let seldom = |units, rate: u32| method().is_seldom(units, Duration::from_secs(WINDOW) / rate, Load::default());
        assert_eq!((seldom(200, 9900), seldom(200, 10_100)), (true, false));
        assert_eq!((seldom(4000, 490), seldom(4000, 510)), (true, false));
    }

    #[test]
    fn units_that_fail_while_the_next_one_is_compiled_are_not_entered() {
        let of = |entries, count| method().after_exit(SiteFacts { compiling: true, ..site(1, entries) }, exit(ExitReason::TypeGuard, count), Load::default());
        assert_eq!((of(1000, 256), of(1000, 512), of(100_000, 512)), (Decision::Keep, Decision::Suspend, Decision::Keep));
    }

    #[test]
    fn recompilation_ends() {
        let decision = method().after_exit(site(MAX_COMPILES, 1500), exit(ExitReason::TypeGuard, 1024), Load::default());
        let Decision::LeaveAlone(reason) = decision else { panic!("{decision:?}") };
        assert!(reason.contains("type-guard at offset 4 in 1024 of 1500"), "{reason}");
        assert!(matches!(method().hot(site(MAX_COMPILES, 0), Load::default()), Decision::LeaveAlone(_)));
    }

    #[test]
    fn a_rare_exit_costs_nothing() {
        let rare = exit(ExitReason::Uncompiled, 4096);
        assert_eq!(method().after_exit(site(1, 1_000_000), rare, Load::default()), Decision::Keep);
        assert!(matches!(method().after_exit(site(1, 4100), rare, Load::default()), Decision::LeaveAlone(_)));
    }

    #[test]
    fn loops_and_generators_that_always_stop_are_left_soon() {
        let after = |kind| method().after_exit(SiteFacts { kind, ..site(1, 200) }, exit(ExitReason::Uncompiled, 128), Load::default());
        assert_eq!(after(UnitKind::Function), Decision::Keep);
        assert!(matches!((after(UnitKind::Loop), after(UnitKind::Resume)), (Decision::LeaveAlone(_), Decision::LeaveAlone(_))));
    }

    #[test]
    fn loops_that_run_for_long_may_stop_anywhere() {
        let of = |nanos, reason| {
            let site = SiteFacts { kind: UnitKind::Loop, inside: Some(Duration::from_nanos(nanos)), ..site(MAX_COMPILES, 200) };
            method().after_exit(site, exit(reason, 160), Load::default())
        };
        assert!(matches!(of(1000, ExitReason::Uncompiled), Decision::LeaveAlone(_)));
        assert_eq!(of(20_000, ExitReason::Uncompiled), Decision::Keep);
    }

    #[test]
    fn loops_must_be_worth_their_entries() {
        let of = |kind, nanos| method().after_entries(SiteFacts { kind, ..site(1, 256) }, Duration::from_nanos(nanos));
        let Decision::LeaveAlone(reason) = of(UnitKind::Loop, 90) else { panic!("a short loop is kept") };
        assert!(reason.contains("90 ns"), "{reason}");
        assert_eq!((of(UnitKind::Loop, 5000), of(UnitKind::Function, 90)), (Decision::Keep, Decision::Keep));
    }

    #[test]
    fn loops_that_are_still_left_at_once_after_a_survey_are_not_compiled_again() {
        let of = |kind, compiles, nanos, count| {
            let site = SiteFacts { kind, inside: Some(Duration::from_nanos(nanos)), code_bytes: 1 << 20, ..site(compiles, 10_000) };
            method().after_exit(site, exit(ExitReason::TypeGuard, count), Load::default())
        };
        assert_eq!((of(UnitKind::Loop, 3, 90, 512), of(UnitKind::Loop, 4, 900, 512)), (Decision::Keep, Decision::Keep));
        assert_eq!((of(UnitKind::Loop, 4, 90, 64), of(UnitKind::Function, 4, 90, 512)), (Decision::Keep, Decision::Keep));
        assert!(matches!(of(UnitKind::Loop, 4, 90, 512), Decision::LeaveAlone(_)));
    }

    #[test]
    fn loops_that_end_at_once_are_not_compiled_a_second_time() {
        let of = |kind, ended, nanos| {
            let site = SiteFacts { kind, ended, inside: Some(Duration::from_nanos(nanos)), ..site(1, 100) };
            method().after_exit(site, exit(ExitReason::Profiled, 1), Load::default())
        };
        assert_eq!((of(UnitKind::Loop, 50, 90), of(UnitKind::Loop, 51, 900)), (Decision::Compile, Decision::Compile));
        assert_eq!(of(UnitKind::Function, 51, 90), Decision::Compile);
        assert!(matches!(of(UnitKind::Loop, 51, 90), Decision::LeaveAlone(_)));
    }

    #[test]
    fn slow_functions_are_left_alone_unless_they_are_compiled_again() {
        let [native, interpreted] = [210, 200].map(Duration::from_nanos);
        let trial = TrialFacts { calls: 640, native, with_detour: native, interpreted, failures: 50 };
        let Decision::LeaveAlone(reason) = method().after_trial(site(1, 900), trial) else { panic!("a slow function is kept") };
        assert!(reason.contains("210 ns per call compiled, 200 ns interpreted, in 640 calls"), "{reason}");
        assert_eq!(method().after_trial(SiteFacts { compiling: true, ..site(1, 900) }, trial), Decision::Keep);
        let [native, with_detour] = [190, 210].map(Duration::from_nanos);
        let short = method().after_trial(site(1, 900), TrialFacts { native, with_detour, ..trial });
        let Decision::Detach(reason) = short else { panic!("{short:?}") };
        assert!(reason.contains("210 ns with it, 200 ns interpreted, in 640 calls"), "{reason}");
        let failing = TrialFacts { failures: 60, ..trial };
        assert_eq!(method().after_trial(site(1, 900), failing), Decision::Keep);
        assert!(matches!(method().after_trial(site(MAX_COMPILES, 900), failing), Decision::LeaveAlone(_)));
    }

    #[test]
    fn loops_of_few_turns_are_left_to_their_functions() {
        let of = |count, calls| method().hot(SiteFacts { kind: UnitKind::Loop, count, calls, ..site(0, 0) }, Load::default());
        assert_eq!((of(2000, 600), of(2000, 200), of(1, 1)), (Decision::Keep, Decision::Compile, Decision::Later));
    }

    #[test]
    fn code_must_have_run_for_as_long_as_it_takes_to_compile() {
        let hot = |options: &Options, count, met, load| {
            let site = SiteFacts { count, met: Some(Duration::from_micros(met)), length: 400, ..site(0, 0) };
            Method::new(options).hot(site, load)
        };
        let (default, idle) = (Options::default(), Load::default());
        let busy = Load { compiling: FREE_COMPILING * 2, process: Duration::ZERO };
        let of = |count, met, load| hot(&default, count, met, load);
        assert_eq!((of(1000, 9999, idle), of(1000, 10_000, idle), of(999, 10_000, idle)), (Decision::Later, Decision::Compile, Decision::Later));
        assert_eq!((of(1000, 39_999, busy), of(1000, 40_000, busy)), (Decision::Later, Decision::Compile));
        let worth = |options: &Options, met, load| Method::new(options).is_worth_events(400, Duration::from_micros(met), load);
        assert_eq!((worth(&default, 39_999, idle), worth(&default, 40_000, idle), worth(&default, 40_000, busy)), (false, true, false));
        // Who allows any time for compilations waits for nothing.
        let all = Options { compile_share: 100, ..Options::default() };
        assert_eq!((hot(&all, 1000, 0, busy), worth(&all, 0, busy)), (Decision::Compile, true));
    }

    #[test]
    fn what_was_listened_to_in_vain_must_have_run_for_twice_as_long() {
        let early = |met, in_vain| method().is_too_early(Duration::from_millis(met), Duration::from_millis(in_vain));
        assert_eq!((early(1, 0), early(3, 3), early(5, 3), early(6, 3)), (false, true, true, false));
    }

    #[test]
    fn under_load_code_must_be_hotter() {
        let hot = |options: &Options, count, compiling: u32| {
            let load = Load { compiling: FREE_COMPILING * compiling, process: Duration::ZERO };
            Method::new(options).hot(SiteFacts { count, ..site(0, 0) }, load)
        };
        let (default, eager) = (Options::default(), Options { threshold: 2, sync: true, ..Options::default() });
        let threshold = default.threshold;
        let of = |count, compiling| hot(&default, count, compiling);
        assert_eq!((of(threshold - 1, 1), of(threshold, 1)), (Decision::Later, Decision::Compile));
        assert_eq!((of(threshold * 4 - 1, 2), of(threshold * 4, 2)), (Decision::Later, Decision::Compile));
        assert_eq!((of(threshold * 16, 1000), hot(&eager, 2, 1000)), (Decision::Compile, Decision::Compile));
    }

    #[test]
    fn units_that_are_always_observed_are_left_alone() {
        let observed = |count| method().after_exit(site(1, 1100), exit(ExitReason::FrameObserved, count), Load::default());
        assert_eq!(observed(512), Decision::Keep);
        assert!(matches!(observed(1024), Decision::LeaveAlone(_)));
    }

    #[test]
    fn functions_are_excluded_from_the_limit_of_failed_guards_on() {
        let after = |exit_limit, failures| {
            let strategy = Method::new(&Options { exit_limit, ..Options::default() });
            strategy.after_exit(site(1, 1_000_000), ExitFacts { failures, ..exit(ExitReason::TypeGuard, 1) }, Load::default())
        };
        assert_eq!((after(0, 1 << 40), after(50, 49)), (Decision::Keep, Decision::Keep));
        let Decision::Exclude(reason) = after(50, 50) else { panic!("the limit does nothing") };
        assert!(reason.contains("50 times") && reason.contains("WHIPSNAKE_EXIT_LIMIT"), "{reason}");
    }

    #[test]
    fn normal_exits_mean_nothing() {
        assert_eq!(method().after_exit(site(1, 1), exit(ExitReason::LoopEnd, 1 << 20), Load::default()), Decision::Keep);
    }

    #[test]
    fn modes_follow_the_options() {
        let mut options = Options { threshold: 7, ..Options::default() };
        assert_eq!((Method::new(&options).place(), Method::new(&options).threshold(UnitKind::Loop)), (Where::Background, 7));
        options.sync = true;
        assert_eq!(Method::new(&options).place(), Where::Here);
        assert!(crate::STRATEGIES.iter().all(|name| crate::strategy_by_name(name, &options).is_some()));
    }
}
