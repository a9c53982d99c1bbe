//! Only code that was met running is listened to.
//!
//! Events of all code cost programs that run for a second 10 to 20 %: the interpreter rewrites each code object for them before it first
//! runs, and most code runs seldom. So a patient session asks for no events at first. The compiling thread has the interpreter call us
//! every few milliseconds, in whichever thread runs then, and the code of that thread's innermost frames is taken to have run since the last time.
//! Once that adds up to a few times what compiling it takes, it is listened to. It is counted as all other code, and if it turns out to run
//! seldom, its events are switched off until it is met again.

use crate::extra::CodeExtra;
use crate::session::Session;
use crate::stats::processor_time;
use crate::unit::Site;
use rustc_hash::FxHashSet;
use std::cell::Cell;
use std::time::{Duration, Instant};
use whipsnake_contract::options::Trial;
use whipsnake_cpython::ffi::PyObject;
use whipsnake_cpython::{Code, Thread, monitoring};

/// Time between two looks while they find something: a look costs 30 to 50 µs (test suites of a second with
/// one each millisecond took 3 to 5 % longer), most of it for waking the thread that asks for it.
const PERIOD: Duration = Duration::from_millis(4);
/// Processor time of the process from which on it is longer in proportion, and the longest: what gets hot late need not be found at once, and a program
/// with much that is a little hot is looked at for ever.
const YOUNG: Duration = Duration::from_secs(4);
const LONGEST_FOUND: Duration = Duration::from_millis(16);
/// The most that it grows to while they do not: native code is left for each.
const LONGEST: Duration = Duration::from_millis(64);
/// A call that comes so much later than it was due had to wait for something that blocked the interpreter, or ran outside of it.
const LATE: Duration = Duration::from_micros(500);
/// Innermost frames that are looked at: functions that call others spend their time in these.
const FRAMES: usize = 4;

/// See the module's documentation.
#[derive(Debug, Default)]
pub(crate) struct Sampling {
    on: Cell<bool>,
    period: Cell<Duration>,
    /// When the next look is due.
    due: Cell<Option<Instant>>,
    /// Processor time of the process at the last look.
    used: Cell<Duration>,
}

impl Sampling {
    /// True if code is listened to as it is met, false if all code is.
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.on.get()
    }

    /// The next look comes soon, and others after it.
    pub(crate) fn hurry(&self) {
        self.period.set(PERIOD);
    }
}

/// Time between two looks that find something, where the process has used so much processor time.
fn least_period(used: Duration) -> Duration {
    PERIOD.mul_f64(used.as_secs_f64() / YOUNG.as_secs_f64()).clamp(PERIOD, LONGEST_FOUND)
}

impl Session {
    /// Looks at running code from now on. False if all code is to be listened to: the strategy has no patience, or there is no thread.
    pub(crate) fn begin_sampling(&self, thread: Thread) -> bool {
        self.sampling.used.set(processor_time());
        let is_wanted = self.strategy.is_patient() && !self.only_logs() && self.options.trial != Trial::Switch;
        self.sampling.hurry();
        let on = is_wanted && self.look_later(thread, false);
        self.sampling.on.set(on);
        on
    }

    /// Listens to all code that there are units for: its events were switched off with native code.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    pub(crate) unsafe fn listen_to_compiled(&self) {
        // SAFETY: sites in the table are alive, and with them their codes.
        let codes: FxHashSet<usize> = unsafe {
            self.sites.borrow().values().map(|site| site.as_ref()).filter(|site| site.unit.get().is_some()).map(|site| site.code as usize).collect()
        };
        for code in codes {
            // SAFETY: as the caller says; nothing dies meanwhile.
            unsafe {
                if let Some(code) = Code::from_object(code as *mut PyObject) {
                    if let Some(extra) = CodeExtra::of(self, code) {
                        extra.paused.set(false);
                    }
                    self.listen_to(code);
                }
            }
        }
    }

    /// Looks at no code any more.
    pub(crate) fn end_sampling(&self) {
        self.sampling.on.set(false);
        self.worker.stop_beat();
    }

    /// Processor time for which a site's code was met running; `None` where all code is listened to.
    pub(crate) fn time_met(&self, site: &Site) -> Option<Duration> {
        // SAFETY: sites are asked about while their code is alive.
        let code = unsafe { Code::from_object(site.code) }.filter(|_| self.sampling.is_on())?;
        Some(CodeExtra::of(self, code)?.met.get())
    }

    /// Listens to the code that runs, if it is time to look.
    ///
    /// # Safety
    ///
    /// The GIL is held, no exception is raised, and the interpreter has called us between two instructions.
    pub(crate) unsafe fn sample(&self, thread: Thread) {
        let is_due = self.sampling.is_on() && self.enabled.get() && !self.ended.get() && self.worker.has_beaten();
        if !is_due || thread.interpreter() != self.interpreter {
            return;
        }
        // SAFETY: as the caller says.
        let found = unsafe {
            self.wake_at_once(thread);
            self.listen_to_frames(thread, self.ran())
        };
        let least = if self.laps.wants_callers() { PERIOD } else { least_period(self.sampling.used.get()) };
        let period = if found { least } else { (self.sampling.period.get() * 11 / 10).min(LONGEST) };
        self.sampling.period.set(period);
        let is_late = self.sampling.due.get().is_some_and(|due| due + LATE < Instant::now());
        self.look_later(thread, is_late);
    }

    /// Processor time since the last look. What was long in C code is not as hot as that.
    fn ran(&self) -> Duration {
        let now = processor_time();
        now.saturating_sub(self.sampling.used.replace(now)).min(self.sampling.period.get() * 2)
    }

    /// Has the interpreter call us after about a period, at no time that a program could be in step with. A program that works for a short time
    /// whenever it has waited would always be met at the end of its waiting: after a late call the next one may come at once. False if there
    /// is no thread.
    fn look_later(&self, thread: Thread, is_late: bool) -> bool {
        let part = (self.trials.random() >> 33) as f64 / f64::from(1u32 << 31);
        let delay = self.sampling.period.get().mul_f64(if is_late { part } else { 0.5 + part });
        self.sampling.due.set(Some(Instant::now() + delay));
        self.worker.beat(thread, delay.max(Duration::from_nanos(1)))
    }

    /// True if code was found that was not listened to, or that is not yet. All that is met is taken to have run for that time.
    ///
    /// # Safety
    ///
    /// As for [`Self::sample`].
    unsafe fn listen_to_frames(&self, thread: Thread, time: Duration) -> bool {
        let mut found = false;
        let mut frame = thread.current_frame();
        let (wants_callers, load) = (self.laps.wants_callers(), self.totals.load());
        let mut left = if wants_callers { usize::MAX } else { FRAMES };
        while let Some(running) = frame.filter(|_| left > 0) {
            frame = running.previous();
            let Some(code) = running.code() else { continue };
            left -= 1;
            // SAFETY: as the caller says; the frame keeps its code alive.
            unsafe {
                if !monitoring::has_events(code) || monitoring::other_tools_active(thread, code) || !self.hears(code) {
                    continue;
                }
                let extra = CodeExtra::of_or_new(self, code);
                // Callers count, too: the interpreter calls us where functions begin, and short ones are inlined.
                extra.met.set(extra.met.get() + time);
                let rests = extra.paused.get() && self.strategy.is_too_early(extra.met.get(), extra.heard_in_vain.get()) && !wants_callers;
                if extra.exclusion().is_none() && !rests && (extra.paused.get() || !monitoring::listens(code)) {
                    let is_worth = wants_callers || self.strategy.is_worth_events(extra.units_at(code, running.offset()), extra.met.get(), load);
                    extra.paused.set(extra.paused.get() && !is_worth);
                    found |= !is_worth || self.listen_to(code);
                }
            }
        }
        found
    }
}
