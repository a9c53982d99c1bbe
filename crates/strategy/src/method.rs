//! The method strategy.

use crate::{Decision, ExitFacts, SiteFacts, Strategy, TrialFacts, UnitKind, Where};
use whipsnake_contract::exit::{ExitPolicy, ExitReason};
use std::time::Duration;
use whipsnake_contract::options::Options;

/// Compiles whole functions and loops when they are hot, and again when guards fail often.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    threshold: u64,
    place: Where,
}

/// Bounds for the count of one exit at which a wrong speculation is compiled into the unit: within them, the exits so far have cost
/// about as much time as the compilation is going to.
const SPECULATION_LIMITS: (u32, u32) = (32, 1024);
/// Bytes of machine code that take as long to compile as an exit costs with what the interpreter then does: some 10 µs.
const BYTES_PER_EXIT: u32 = 32;
/// Compilations of one site, whatever happens.
const MAX_COMPILES: u32 = 8;
/// Broken assumptions after which a site is left alone.
const MAX_INVALIDATIONS: u32 = 8;
/// Time in native code per entry below which the interpreter is faster: entering and leaving a running loop takes about 0.7 µs, and
/// native code is typically two to four times as fast.
const WORTH_ENTERING: Duration = Duration::from_nanos(750);
/// Turns per call of its function below which a loop is not compiled by itself: the function is going to be, and entering a loop costs as
/// much as some turns. Asked from a count of turns on that tells something.
const TURNS_WORTH_ENTERING: u64 = 8;
const COUNTED_TURNS: u64 = 512;
/// Exits of one kind after which it is asked whether the unit is worth while; fewer where a loop stops at something that is not compiled,
/// such as a `yield` in each turn.
const FRUITLESS_EXITS: u32 = 1024;
const FRUITLESS_LOOP_EXITS: u32 = 128;

/// Exits at one point from which a unit is not entered until the next one is there, if they are that part of all entries: interpreted
/// calls cost less than exits, and the queue of the compiling thread may be long.
const FAILING_EXITS: u32 = 512;
const FAILING_PART: u64 = 16;

/// Bytes of machine code for an exit from which everything that follows is new to the unit.
const BYTES_PER_COLD_EXIT: u32 = 64;

/// Count of one exit at which a unit of that size is compiled again.
fn speculation_limit(reason: ExitReason, code_bytes: u32) -> u32 {
    let per_exit = if reason == ExitReason::ColdBranch { BYTES_PER_COLD_EXIT } else { BYTES_PER_EXIT };
    (code_bytes / per_exit).clamp(SPECULATION_LIMITS.0, SPECULATION_LIMITS.1)
}

impl Method {
    /// The name.
    pub const NAME: &'static str = "method";

    /// The strategy with the thresholds and the compile mode of `options`.
    pub fn new(options: &Options) -> Method {
        Method {
            threshold: options.threshold,
            place: if options.sync { Where::Here } else { Where::Background },
        }
    }
}

impl Strategy for Method {
    fn name(&self) -> &'static str {
        Method::NAME
    }

    fn threshold(&self, _: UnitKind) -> u64 {
        self.threshold
    }

    fn hot(&self, site: SiteFacts<'_>) -> Decision {
        if site.compiles >= MAX_COMPILES {
            return Decision::LeaveAlone(format!("compiled {} times already", site.compiles));
        }
        if site.kind == UnitKind::Loop && site.count >= COUNTED_TURNS && site.calls * TURNS_WORTH_ENTERING > site.count {
            return Decision::Keep;
        }
        Decision::Compile
    }

    fn after_exit(&self, site: SiteFacts<'_>, exit: ExitFacts) -> Decision {
        let stops = site.kind == UnitKind::Loop && exit.reason.policy() == ExitPolicy::Uncovered;
        let enough = if stops { FRUITLESS_LOOP_EXITS } else { FRUITLESS_EXITS };
        let fruitless = exit.count >= enough && u64::from(exit.count) * 2 > site.entries;
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
            ExitPolicy::Feedback => if site.compiles < MAX_COMPILES { Decision::Compile } else { Decision::Keep },
            ExitPolicy::Speculation if site.compiles < MAX_COMPILES => {
                if exit.count >= speculation_limit(exit.reason, site.code_bytes) { Decision::Compile } else { Decision::Keep }
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
            compiles,
            invalidations: 0,
            entries,
            compiling: false,
            code_bytes: 0,
        }
    }

    fn exit(reason: ExitReason, count: u32) -> ExitFacts {
        ExitFacts { reason, offset: 4, count }
    }

    fn method() -> Method {
        Method::new(&Options::default())
    }

    #[test]
    fn frequent_wrong_guesses_are_compiled_in() {
        let by = |reason, code_bytes, count| {
            let site = SiteFacts { code_bytes, ..site(1, 10_000) };
            method().after_exit(site, exit(reason, count))
        };
        let after = |code_bytes, count| by(ExitReason::TypeGuard, code_bytes, count);
        assert_eq!((after(0, 31), after(0, 32)), (Decision::Keep, Decision::Compile));
        assert_eq!((after(8000, 249), after(8000, 250)), (Decision::Keep, Decision::Compile));
        assert_eq!((by(ExitReason::ColdBranch, 8000, 124), by(ExitReason::ColdBranch, 8000, 125)), (Decision::Keep, Decision::Compile));
        assert_eq!((after(1 << 20, 1023), after(1 << 20, 1024)), (Decision::Keep, Decision::Compile));
    }

    #[test]
    fn units_that_fail_while_the_next_one_is_compiled_are_not_entered() {
        let of = |entries, count| method().after_exit(SiteFacts { compiling: true, ..site(1, entries) }, exit(ExitReason::TypeGuard, count));
        assert_eq!((of(1000, 256), of(1000, 512), of(100_000, 512)), (Decision::Keep, Decision::Suspend, Decision::Keep));
    }

    #[test]
    fn recompilation_ends() {
        let decision = method().after_exit(site(MAX_COMPILES, 1500), exit(ExitReason::TypeGuard, 1024));
        let Decision::LeaveAlone(reason) = decision else { panic!("{decision:?}") };
        assert!(reason.contains("type-guard at offset 4 in 1024 of 1500"), "{reason}");
        assert!(matches!(method().hot(site(MAX_COMPILES, 0)), Decision::LeaveAlone(_)));
    }

    #[test]
    fn a_rare_exit_costs_nothing() {
        let rare = exit(ExitReason::Uncompiled, 4096);
        assert_eq!(method().after_exit(site(1, 1_000_000), rare), Decision::Keep);
        assert!(matches!(method().after_exit(site(1, 4100), rare), Decision::LeaveAlone(_)));
    }

    #[test]
    fn loops_must_be_worth_their_entries() {
        let of = |kind, nanos| method().after_entries(SiteFacts { kind, ..site(1, 256) }, Duration::from_nanos(nanos));
        let Decision::LeaveAlone(reason) = of(UnitKind::Loop, 90) else { panic!("a short loop is kept") };
        assert!(reason.contains("90 ns"), "{reason}");
        assert_eq!((of(UnitKind::Loop, 5000), of(UnitKind::Function, 90)), (Decision::Keep, Decision::Keep));
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
        let of = |count, calls| method().hot(SiteFacts { kind: UnitKind::Loop, count, calls, ..site(0, 0) });
        assert_eq!((of(1000, 300), of(1000, 100), of(1, 1)), (Decision::Keep, Decision::Compile, Decision::Compile));
    }

    #[test]
    fn units_that_are_always_observed_are_left_alone() {
        let observed = |count| method().after_exit(site(1, 1100), exit(ExitReason::FrameObserved, count));
        assert_eq!(observed(512), Decision::Keep);
        assert!(matches!(observed(1024), Decision::LeaveAlone(_)));
    }

    #[test]
    fn normal_exits_mean_nothing() {
        assert_eq!(method().after_exit(site(1, 1), exit(ExitReason::LoopEnd, 1 << 20)), Decision::Keep);
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
