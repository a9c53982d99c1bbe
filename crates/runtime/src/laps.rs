//! Whether the program as a whole is faster with native code: it runs in different regimes by turns, lap by lap, and then stays in the fastest.
//!
//! First it is looked for functions without native code that are called at even intervals, alone or together; their calls end laps. What laps tell
//! is decided in [`whipsnake_strategy::laps`]. A program that is faster without native code rests: units are not entered, and code that is known by then
//! has no events. It is tried again at growing intervals, and as soon as something new gets hot; one that runs natively soon after much of its
//! code has become new.

use crate::session::Session;
use crate::stats::{ProgramStats, processor_time};
use crate::unit::{NEVER_QUIET, Site, Unit};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};
use whipsnake_contract::options::Trial;
use whipsnake_cpython::ffi::PyObject;
use whipsnake_cpython::{Code, Thread};
use whipsnake_strategy::UnitKind;
use whipsnake_strategy::laps::{LAP, Marker, Regime, Rhythm, Rounds};

/// Time after which a [`Clock`] asks the processor's.
const CLOCK: Duration = Duration::from_micros(100);
/// From the first unit on, until it is looked for a function. These are processor times of the process: one that waits tells nothing.
const FIRST: Duration = Duration::from_millis(1000);
/// How long it is looked for a function whose calls end laps, and how often that is begun anew because much was compiled: some programs
/// never get to an end of that. Events of all that runs cost 5 to 10 % meanwhile, so after the n-th look there is none for n times as long.
const LOOK: Duration = Duration::from_millis(800);
const MOST_LOOKS: u32 = 3;
/// The part of the time of a look that compilations take if the program is still changing.
const CHANGING: u32 = 20;
/// Functions looked at.
const MOST_FUNCTIONS: usize = 1024;
/// Less is not waited for.
const SHORT: Duration = Duration::from_millis(50);
/// Laps are given up if one lasts so long.
const WATCH: Duration = Duration::from_secs(2);
/// The same where not everything runs natively, in times of a lap where everything does: either that is clearly slower, or the program has come to
/// something else, which is not to be kept waiting. At least so long.
const TIMES_A_LAP: u32 = 4;
const LEAST_WATCH: Duration = Duration::from_millis(100);
/// What is not clear by then is not found out.
const MOST_TIMING: Duration = Duration::from_secs(12);
/// Time until the program is tried again, at first and at most; it doubles as long as the answer is the same.
const AGAIN: Duration = Duration::from_secs(8);
const MOST_AGAIN: Duration = Duration::from_secs(128);
/// The least where native code gains much.
const GAINING: Duration = Duration::from_secs(64);
/// The same where not everything runs natively: more is at stake.
const REST: Duration = Duration::from_secs(4);
const MOST_REST: Duration = Duration::from_secs(16);
/// New code must have been met in this part of a rest to end it, with the rest taken to have lasted so long at least. (In dask, something new gets hot
/// every few seconds that makes no difference to the whole.)
const PART_OF_REST: u32 = 10;
const LEAST_REST: Duration = Duration::from_millis(500);
/// The part of all compilations that are new since the last trial from which on it tells nothing of the program any more, and the fewest.
const CHANGED: u64 = 8;
const FEWEST_NEW: u64 = 4;
/// Part of a lap's calls after a change of regime before the lap begins: native code is entered again, or events are switched off.
const SETTLING: u32 = 4;
/// With the option `trial=switch`, events until the regime changes.
const EVENTS_UNTIL_SWITCH: u64 = 3;

/// See the module's documentation.
#[derive(Debug, Default)]
pub(crate) struct Laps {
    regime: Cell<Regime>,
    phase: RefCell<Phase>,
    /// The code objects whose calls end laps, by address, which is never followed.
    marker: RefCell<Option<Marker<usize>>>,
    /// When something is to be done.
    due: Cell<Option<Instant>>,
    /// The processor time that the process must have used by then.
    used: Cell<Duration>,
    /// Looks so far.
    looks: Cell<u32>,
    /// Time until the next trial.
    interval: Cell<Duration>,
    /// Compilations when the last trial began.
    compilations: Cell<u64>,
    /// Trials that began before their time since code was new, and whether the next one does.
    early: Cell<u32>,
    soon: Cell<bool>,
    /// The regime that was found to be the fastest the last time, and by how much it was faster than everything native.
    fastest: Cell<Regime>,
    factor: Cell<f64>,
    /// What has sent the program to rest, if the last trial did.
    known: RefCell<Option<Rounds>>,
    /// Functions that are hooked again once native code may run.
    parked: RefCell<FxHashSet<usize>>,
    /// Events, with `trial=switch`.
    events: Cell<u64>,
    /// Times that the program went to rest, and the processor time of the process when it last did.
    rests: Cell<u32>,
    rest_began: Cell<Duration>,
    /// Somebody has asked for native code: it is not for us to say that it is not worth it.
    given_up: Cell<bool>,
}

#[derive(Debug, Default)]
enum Phase {
    /// Until it is due.
    #[default]
    Waiting,
    /// It is looked for a function; how those without native code were called, by address of their code.
    Looking { clock: Clock, compiling: Duration, functions: FxHashMap<usize, Rhythm> },
    Timing(Timing),
}

/// The program's processor time since this was made, for many readings: the processor's own clock is asked seldom (0.6 µs, and 0.05 µs for the other).
/// That time may go back for a moment ([`Session::program_time`]).
#[derive(Debug)]
struct Clock {
    begin: Duration,
    asked: Instant,
    /// The program's time then.
    time: Duration,
}

impl Clock {
    fn new(time: Duration) -> Clock {
        Clock { begin: time, asked: Instant::now(), time }
    }

    /// The time now.
    fn elapsed(&mut self, time: impl FnOnce() -> Duration) -> Duration {
        let since = self.asked.elapsed();
        if since < CLOCK {
            return (self.time + since).saturating_sub(self.begin);
        }
        self.time = time();
        self.asked = Instant::now();
        self.time.saturating_sub(self.begin)
    }
}

/// The present lap.
#[derive(Debug)]
struct Timing {
    rounds: Rounds,
    /// The regimes of this round and which of them it is the turn of.
    order: Vec<Regime>,
    turn: usize,
    /// Calls of a lap, and those left of this one.
    calls: u32,
    left: u32,
    /// How many times as many calls this lap has.
    times: u32,
    /// The marker has been called.
    begun: bool,
    /// The program's processor time when the lap began; `None` while the regime settles.
    start: Option<Duration>,
    /// The program's processor time when the regime was changed, and how long the last lap with everything native took from then on.
    changed: Duration,
    whole: Duration,
    /// Processor time of the process when it began.
    begin: Duration,
}

impl Laps {
    /// The present regime.
    #[inline]
    pub(crate) fn regime(&self) -> Regime {
        self.regime.get()
    }

    /// The statistics as of now.
    pub(crate) fn stats(&self) -> ProgramStats {
        let trial = match *self.phase.borrow() {
            Phase::Waiting if self.soon.get() => "soon",
            Phase::Waiting => "waiting",
            Phase::Looking { .. } => "looking",
            Phase::Timing(_) => "timing",
        };
        let regime = self.regime.get();
        let factor = if regime == Regime::Everything { 1.0 } else { self.factor.get() };
        ProgramStats { regime: regime.name(), factor, trial }
    }

    /// Number of the last rest; code that was met since has a greater one than all other code.
    pub(crate) fn rests(&self) -> u32 {
        self.rests.get()
    }

    /// True if it is looked for a function that may call all that run.
    pub(crate) fn wants_callers(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Looking { .. })
    }

    /// Keeps a function that must not be hooked now.
    pub(crate) fn park(&self, function: *mut PyObject) {
        self.parked.borrow_mut().insert(function as usize);
    }

    /// Forgets a function.
    pub(crate) fn forget(&self, function: *mut PyObject) {
        self.parked.borrow_mut().remove(&(function as usize));
    }
}

impl Timing {
    /// The marker was called: what follows, if that ends a lap. The time is the program's on all its threads: they work for each other, and the
    /// marker may be called by any of them.
    fn pass(&mut self, time: impl FnOnce() -> Duration, random: u64) -> Option<Next> {
        if !self.begun {
            self.begun = true;
            return Some(self.begin_lap(time()));
        }
        self.left -= 1;
        if self.left > 0 {
            return None;
        }
        let now = time();
        let Some(start) = self.start else {
            self.start = Some(now);
            self.left = self.calls;
            return None;
        };
        let time = now.saturating_sub(start);
        if time < LAP / 4 {
            self.times += 1;
            self.left = self.calls;
            return None;
        }
        if self.order[self.turn] == Regime::Everything {
            self.whole = now.saturating_sub(self.changed);
        }
        Some(self.end_lap(time, random).unwrap_or_else(|| self.begin_lap(now)))
    }

    /// The present lap took that time.
    fn end_lap(&mut self, time: Duration, random: u64) -> Option<Next> {
        self.rounds.add(self.order[self.turn], time.as_nanos() as f64 / f64::from(self.times));
        self.turn += 1;
        if self.turn == self.order.len() {
            if let Some((regime, factor)) = self.rounds.end() {
                return Some(Next::Verdict(regime, factor));
            }
            self.turn = 0;
            self.order = self.rounds.order(random);
        }
        None
    }

    /// The present lap, in which not everything runs natively, has lasted for too long. It counts as it is: either the program is clearly slower so, or it
    /// has come to something else, which happens to laps of all regimes. The next lap begins when the marker is called again, and until then everything
    /// runs natively.
    fn cut_short(&mut self, now: Duration, random: u64) -> Option<Next> {
        let time = now.saturating_sub(self.start.unwrap_or(self.changed));
        self.begun = false;
        self.end_lap(time, random)
    }

    /// The next lap, which begins some calls after the regime was changed.
    fn begin_lap(&mut self, now: Duration) -> Next {
        if processor_time() > self.begin + MOST_TIMING {
            let (regime, factor) = self.rounds.give_up();
            return Next::Verdict(regime, factor);
        }
        self.start = None;
        self.times = 1;
        self.left = (self.calls / SETTLING).max(1);
        self.changed = now;
        let regime = self.order[self.turn];
        let longest = if regime == Regime::Everything { WATCH } else { (self.whole * TIMES_A_LAP).clamp(LEAST_WATCH, WATCH) };
        Next::Lap(regime, longest)
    }
}

/// What follows the end of a lap.
enum Next {
    /// The next one, in that regime, which is given up after that time.
    Lap(Regime, Duration),
    /// None: the program is fastest in that regime, by that factor.
    Verdict(Regime, f64),
}

impl Session {
    /// True if the program as a whole is tried at all.
    fn times_laps(&self) -> bool {
        self.options.trial == Trial::Time && self.sampling.is_on() && !self.laps.given_up.get()
    }

    /// Processor time of the process without the compiling thread's. What that thread does between the two readings is missing, so it may go back for a moment.
    fn program_time(&self) -> Duration {
        processor_time().saturating_sub(self.worker.processor_time())
    }

    /// Has something done after that time.
    fn plan_laps(&self, thread: Thread, after: Duration) {
        self.laps.used.set(processor_time() + after);
        self.wake_for_laps(thread, after);
    }

    fn wake_for_laps(&self, thread: Thread, after: Duration) {
        let due = Instant::now() + after;
        self.laps.due.set(Some(due));
        self.worker.wake_at(thread, due);
    }

    /// There is new native code: from now on the program is tried every now and then. If much is new since the last time, what was found then is of
    /// another program, and it is tried soon; later each time that this happens, for some never get to an end of it.
    pub(crate) fn plan_laps_of_new_code(&self, thread: Thread) {
        let laps = &self.laps;
        if laps.soon.get() || !self.times_laps() || !matches!(*laps.phase.borrow(), Phase::Waiting) {
            return;
        }
        let compilations = self.totals.compilations.get();
        let new = compilations.saturating_sub(laps.compilations.get());
        let first = laps.due.get().is_none();
        if first || new >= FEWEST_NEW && new * CHANGED >= compilations {
            let time = if first { FIRST } else { FIRST * (laps.early.get() + 1) };
            if !first && laps.used.get() <= processor_time() + time {
                return;
            }
            laps.early.set(laps.early.get() + u32::from(!first));
            self.try_soon(thread, time);
        }
    }

    /// What was found out, and the function that ended laps, are of another program: it is tried after that time.
    fn try_soon(&self, thread: Thread, after: Duration) {
        self.laps.soon.set(true);
        self.laps.interval.set(Duration::ZERO);
        self.laps.marker.take();
        self.laps.known.take();
        self.plan_laps(thread, after);
    }

    /// Everything that is compiled runs natively from now on, whatever laps tell.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    pub(crate) unsafe fn give_up_laps(&self) {
        self.laps.given_up.set(true);
        // SAFETY: as the caller says.
        unsafe { self.end_laps(Regime::Everything) };
    }

    /// Native code is switched off, and functions have their own vectorcalls: nothing is timed.
    pub(crate) fn forget_laps(&self) {
        self.laps.phase.replace(Phase::Waiting);
        self.laps.regime.set(Regime::Everything);
        self.laps.marker.take();
        self.laps.due.set(None);
        self.laps.soon.set(false);
        self.laps.known.take();
        self.laps.parked.take();
    }

    /// Does what is due.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    pub(crate) unsafe fn attend_laps(&self, thread: Thread) {
        let Some(due) = self.laps.due.get().filter(|_| self.enabled.get() && self.times_laps()) else { return };
        if due > Instant::now() {
            self.worker.wake_at(thread, due);
            return;
        }
        let left = self.laps.used.get().saturating_sub(processor_time());
        // Laps are short themselves.
        let short = if matches!(*self.laps.phase.borrow(), Phase::Timing(_)) { LAP / 4 } else { SHORT };
        if left > short {
            return self.wake_for_laps(thread, left);
        }
        let next = match &mut *self.laps.phase.borrow_mut() {
            Phase::Waiting => Due::Begin,
            Phase::Looking { clock, compiling, functions } => {
                let time = clock.elapsed(|| self.program_time());
                let looks = self.laps.looks.get() + 1;
                let compiles = self.totals.load().compiling.saturating_sub(*compiling) > time / CHANGING;
                let anew = compiles && looks < MOST_LOOKS;
                self.laps.looks.set(if anew { looks } else { 0 });
                if anew { Due::Pause(LOOK * looks) } else { Due::Time(self.best(functions, time)) }
            }
            // The program may have come to something else since it was looked for a marker.
            Phase::Timing(timing) if !timing.begun && self.laps.marker.take().is_some() => Due::Begin,
            Phase::Timing(timing) if timing.order[timing.turn] != Regime::Everything => {
                Due::Cut(timing.cut_short(self.program_time(), self.trials.random()))
            }
            Phase::Timing(_) => Due::GiveUp,
        };
        // SAFETY: as the caller says.
        unsafe {
            match next {
                Due::Begin => self.begin_laps(thread),
                Due::Pause(time) => {
                    self.end_laps(Regime::Everything);
                    self.laps.soon.set(true);
                    self.plan_laps(thread, time);
                }
                Due::Time(Some(marker)) => self.time_laps(thread, marker),
                Due::Cut(Some(next)) => self.go_on(thread, next),
                Due::Cut(None) => {
                    self.set_regime(Regime::Everything);
                    self.plan_laps(thread, WATCH);
                }
                Due::Time(None) | Due::GiveUp => self.find_no_laps(thread),
            }
        }
    }

    /// Looks for the function whose calls end laps, or times those of the last time.
    ///
    /// # Safety
    ///
    /// As for [`Self::attend_laps`].
    unsafe fn begin_laps(&self, thread: Thread) {
        self.laps.compilations.set(self.totals.compilations.get());
        self.laps.soon.set(false);
        let marker = self.laps.marker.borrow().clone();
        if let Some(marker) = marker {
            // SAFETY: as the caller says.
            return unsafe { self.time_laps(thread, marker) };
        }
        // SAFETY: as the caller says.
        unsafe {
            self.set_regime(Regime::Everything);
            self.laps.phase.replace(Phase::Looking { clock: Clock::new(self.program_time()), compiling: self.totals.load().compiling, functions: FxHashMap::default() });
            self.sampling.hurry();
            self.plan_laps(thread, LOOK);
        }
    }

    /// Of the functions that are called in the interpreter only: those whose laps tell most.
    fn best(&self, functions: &FxHashMap<usize, Rhythm>, now: Duration) -> Option<Marker<usize>> {
        let sites = self.sites.borrow();
        // SAFETY: sites in the table are alive.
        let contents = sites.values().filter_map(|site| unsafe { site.as_ref() }.current().and_then(Unit::content));
        let native: FxHashSet<usize> = contents.flat_map(|content| content.codes.iter().map(|&code| code as usize)).collect();
        let useful: Vec<(usize, &Rhythm)> = functions.iter().map(|(&code, rhythm)| (code, rhythm)).filter(|(code, _)| !native.contains(code)).collect();
        Marker::best(&useful, now.as_secs_f64())
    }

    /// Begins to time laps of that marker.
    ///
    /// # Safety
    ///
    /// As for [`Self::attend_laps`].
    unsafe fn time_laps(&self, thread: Thread, marker: Marker<usize>) {
        // SAFETY: sites in the table are alive.
        let resumptions = self.sites.borrow().values().map(|site| unsafe { site.as_ref() }).any(|site| site.kind == UnitKind::Resume && site.unit.get().is_some());
        let rounds = self.laps.known.borrow().as_ref().map_or_else(|| Rounds::new(resumptions), |known| known.again(resumptions));
        let order = rounds.order(self.trials.random());
        self.laps.phase.replace(Phase::Timing(Timing {
            rounds,
            order,
            turn: 0,
            calls: marker.calls,
            left: 0,
            times: 1,
            begun: false,
            start: None,
            changed: Duration::ZERO,
            whole: Duration::ZERO,
            begin: processor_time(),
        }));
        // SAFETY: as the caller says. Code that something is kept for is alive.
        let hears = unsafe {
            let known = |code: &usize| self.codes.borrow().contains_key(code).then_some(*code as *mut PyObject);
            let alive: Vec<Code> = marker.functions.iter().filter_map(known).filter_map(|code| Code::from_object(code)).collect();
            !alive.is_empty() && alive.into_iter().all(|code| self.listen_to(code))
        };
        self.laps.marker.replace(Some(marker));
        if hears {
            self.plan_laps(thread, WATCH);
        } else {
            // SAFETY: as the caller says.
            unsafe { self.find_no_laps(thread) };
        }
    }

    /// Ends what is going on; the program stays in that regime.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    unsafe fn end_laps(&self, regime: Regime) {
        self.laps.phase.replace(Phase::Waiting);
        // SAFETY: as the caller says.
        unsafe { self.set_regime(regime) };
    }

    /// The program is not compared with itself for now, and everything runs natively.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    unsafe fn find_no_laps(&self, thread: Thread) {
        self.laps.marker.take();
        // SAFETY: as the caller says.
        unsafe { self.end_laps(Regime::Everything) };
        let most = if self.laps.known.borrow().is_some() { MOST_REST } else { MOST_AGAIN };
        self.try_later(thread, AGAIN, most);
    }

    fn try_later(&self, thread: Thread, least: Duration, most: Duration) {
        let interval = self.laps.interval.get().clamp(least, most);
        self.laps.interval.set(interval * 2);
        self.plan_laps(thread, interval);
    }

    /// A function without native code was called. True if nothing else is to be made of that.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    pub(crate) unsafe fn ends_lap(&self, thread: Thread, code: Code) -> bool {
        let address = code.as_object() as usize;
        match &mut *self.laps.phase.borrow_mut() {
            Phase::Waiting => return false,
            Phase::Looking { clock, functions, .. } => {
                let now = clock.elapsed(|| self.program_time()).as_secs_f64();
                let room = functions.len() < MOST_FUNCTIONS;
                return match functions.get_mut(&address) {
                    Some(rhythm) => rhythm.again(now),
                    None => room && functions.insert(address, Rhythm::new(now)).is_none(),
                };
            }
            Phase::Timing(_) if !self.is_marker(code) => return false,
            Phase::Timing(_) => {}
        }
        // SAFETY: as the caller says.
        unsafe { self.pass_marker(thread) };
        true
    }

    /// True for the code whose calls in the interpreter end laps.
    pub(crate) fn is_marker(&self, code: Code) -> bool {
        self.laps.marker.borrow().as_ref().is_some_and(|marker| marker.functions.contains(&(code.as_object() as usize)))
    }

    /// The marker was called: ends the lap if that was its last call.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    unsafe fn pass_marker(&self, thread: Thread) {
        let next = match &mut *self.laps.phase.borrow_mut() {
            Phase::Timing(timing) => timing.pass(|| self.program_time(), self.trials.random()),
            _ => None,
        };
        if let Some(next) = next {
            // SAFETY: as the caller says.
            unsafe { self.go_on(thread, next) };
        }
    }

    /// Begins the next lap, or ends the trial.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    unsafe fn go_on(&self, thread: Thread, next: Next) {
        let laps = &self.laps;
        // SAFETY: as the caller says.
        unsafe {
            match next {
                Next::Lap(regime, longest) => {
                    self.set_regime(regime);
                    self.plan_laps(thread, longest);
                }
                Next::Verdict(regime, factor) => {
                    let Phase::Timing(Timing { rounds, .. }) = laps.phase.take() else { return };
                    let gains = rounds.gains();
                    laps.known.replace((regime != Regime::Everything).then_some(rounds));
                    laps.factor.set(factor);
                    if laps.fastest.replace(regime) != regime {
                        laps.interval.set(Duration::ZERO);
                    }
                    self.end_laps(regime);
                    if regime == Regime::Everything {
                        self.try_later(thread, if gains { GAINING } else { AGAIN }, MOST_AGAIN);
                    } else {
                        laps.rests.set(laps.rests.get() + 1);
                        laps.rest_began.set(processor_time());
                        self.try_later(thread, REST, MOST_REST);
                    }
                }
            }
        }
    }

    /// True if an event of that code leads to anything in the present regime; if not, it is not wanted again.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    #[inline]
    pub(crate) unsafe fn hears(&self, code: Code) -> bool {
        if self.options.trial == Trial::Switch && self.self_check.is_done() {
            let events = self.laps.events.get() + 1;
            self.laps.events.set(events);
            if events.is_multiple_of(EVENTS_UNTIL_SWITCH) {
                // SAFETY: as the caller says.
                unsafe { self.set_regime(Regime::ALL[(self.trials.random() >> 33) as usize % Regime::ALL.len()]) };
            }
            return true;
        }
        self.laps.regime.get() != Regime::Nothing || self.hears_at_rest(code)
    }

    #[cold]
    fn hears_at_rest(&self, code: Code) -> bool {
        match *self.laps.phase.borrow() {
            Phase::Timing(_) => self.is_marker(code),
            _ => crate::extra::CodeExtra::of(self, code).is_none_or(|extra| extra.rests == self.laps.rests.get()),
        }
    }

    /// A site has become hot. If the program rests and the site's code is new, the rest ends, unless the code has been met too seldom since: false.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    pub(crate) unsafe fn end_rest(&self, thread: Thread, site: &Site) -> bool {
        let laps = &self.laps;
        if laps.regime.get() != Regime::Nothing || !matches!(*laps.phase.borrow(), Phase::Waiting) || self.options.trial != Trial::Time {
            return true;
        }
        let rested = processor_time().saturating_sub(laps.rest_began.get()).max(LEAST_REST);
        let is_new = self.time_met(site).is_none_or(|met| met * PART_OF_REST >= rested);
        if is_new {
            // SAFETY: as the caller says.
            unsafe { self.end_laps(Regime::Everything) };
            self.try_soon(thread, FIRST);
        }
        is_new
    }

    /// Changes what may run natively. Native code that must not leaves at its next check.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    unsafe fn set_regime(&self, regime: Regime) {
        let before = self.laps.regime.replace(regime);
        if before == regime {
            return;
        }
        // SAFETY: the GIL is held; hooked and parked functions are alive: dying ones take themselves out of the tables.
        unsafe {
            if regime == Regime::Nothing {
                self.silence();
                for function in self.hooked.functions() {
                    self.unhook(function as *mut PyObject);
                    self.laps.parked.borrow_mut().insert(function);
                }
            } else if before == Regime::Nothing {
                for function in self.laps.parked.take() {
                    self.hook(function as *mut PyObject);
                }
                if self.options.trial == Trial::Time {
                    // Loops are entered by events.
                    self.listen_to_compiled();
                    self.sampling.hurry();
                }
            }
            crate::generator::switch(self, regime == Regime::Everything);
        }
    }

    /// No unit is entered without a look at whether it may be, and those that run leave at their next check, unless they may go on.
    pub(crate) fn silence(&self) {
        for site in self.sites.borrow().values() {
            // SAFETY: sites in the table are alive.
            let site = unsafe { site.as_ref() };
            site.record.quiet.set(NEVER_QUIET);
            if let Some(unit) = site.current() {
                unit.record.quiet.set(NEVER_QUIET);
            }
        }
    }
}

/// What [`Session::attend_laps`] does.
enum Due {
    Begin,
    /// Look again after that time.
    Pause(Duration),
    /// Time laps of that marker.
    Time(Option<Marker<usize>>),
    /// A lap was cut short: what follows, if not the marker's next call.
    Cut(Option<Next>),
    GiveUp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_whose_time_has_gone_back_stands_still() {
        let (begin, before) = (Duration::from_secs(10), Duration::from_secs(9));
        let mut clock = Clock { begin, asked: Instant::now(), time: before };
        assert_eq!(clock.elapsed(|| before), Duration::ZERO);
        clock.asked = Instant::now() - CLOCK;
        assert_eq!(clock.elapsed(|| before), Duration::ZERO);
        assert_eq!(clock.elapsed(|| before), Duration::ZERO);
    }
}
