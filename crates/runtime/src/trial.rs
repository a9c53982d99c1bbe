//! Trials: is the native code of a function faster than the interpreter?
//!
//! Once a function unit was entered often enough, its calls are executed by native code or by the interpreter, at random, and timed.
//! Times are those of whole calls with all that they call, which is the same for both. What goes to the strategy are
//! the means of the fastest, the middle and the slowest third.

use crate::entry::{Activity, Call};
use crate::extra::CodeExtra;
use crate::hooks::LATE_STARTS;
use crate::session::Session;
use crate::unit::Unit;
use std::cell::Cell;
use std::ptr::NonNull;
use std::time::{Duration, Instant};
use whipsnake_cpython::Code;
use whipsnake_cpython::ffi::PyObject;
use whipsnake_strategy::Decision;

/// Entries of a unit from which it is tried.
pub const FIRST_TRIAL: u64 = 2048;
/// Factor of entries between trials: what a function calls may have been compiled since.
const GROWTH: u64 = 16;
/// Calls that are timed of each kind.
const SAMPLES: usize = 256;
/// Calls of each kind before: the interpreter specialises its instructions anew, and is told that starts need not be reported.
const WARM_UP: usize = 16;

/// Times in ticks of the processor's clock.
#[derive(Debug)]
pub struct Trial {
    native: Vec<u64>,
    interpreted: Vec<u64>,
    /// When the trial began, on both clocks: the ratio is that of their units.
    began: (Instant, u64),
    /// State of the generator that chooses: calls may follow a pattern of their own.
    random: u64,
}

impl Trial {
    fn new() -> Trial {
        let ticks = ticks();
        Trial { native: Vec::new(), interpreted: Vec::new(), began: (Instant::now(), ticks), random: ticks | 1 }
    }

    /// Chooses who executes the next call.
    fn by_interpreter(&mut self) -> bool {
        // Marsaglia, Xorshift RNGs, Journal of Statistical Software 8 (2003).
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random >> 63 != 0
    }

    fn is_complete(&self) -> bool {
        self.native.len().min(self.interpreted.len()) >= WARM_UP + SAMPLES
    }

    /// Mean times of native code and of the interpreter in the fastest, the middle and the slowest third of the calls, without the
    /// slowest sixteenth: means, since clocks may be coarse.
    fn thirds(&self) -> [[Duration; 3]; 2] {
        let (began, first) = self.began;
        let nanos_per_tick = began.elapsed().as_nanos() as f64 / ticks().wrapping_sub(first).max(1) as f64;
        [&self.native, &self.interpreted].map(|times| {
            let mut times = times[WARM_UP..].to_vec();
            times.sort_unstable();
            times.truncate(times.len() * 15 / 16);
            [0, 1, 2].map(|third| {
                let part = &times[times.len() * third / 3..times.len() * (third + 1) / 3];
                let mean = part.iter().sum::<u64>() as f64 / part.len() as f64;
                Duration::from_nanos((mean * nanos_per_tick) as u64)
            })
        })
    }
}

/// The processor's clock: the system's is too coarse for calls of some nanoseconds.
#[inline]
fn ticks() -> u64 {
    // SAFETY: all processors of this architecture have the instruction.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::x86_64::_rdtsc()
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
    }
}

/// Says that a call is being timed: none is within another.
struct Trying<'a>(&'a Cell<bool>);

impl Drop for Trying<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// Executes a call of a unit that is to be tried, natively by `native` or in the interpreter.
///
/// # Safety
///
/// As for a vectorcall; the unit is that of the function, whose code is `code`.
#[cold]
pub(crate) unsafe fn call(
    session: &Session,
    unit: &Unit,
    code: Code,
    call: &Call,
    native: impl FnOnce() -> *mut PyObject,
) -> *mut PyObject {
    if session.trying.replace(true) {
        return native();
    }
    let trying = Trying(&session.trying);
    // The site outlives the call, whatever becomes of the function.
    let _activity = Activity::new(session);
    let by_interpreter = {
        let mut trial = unit.trial.borrow_mut();
        let trial = trial.get_or_insert_with(|| {
            if let Some(extra) = CodeExtra::of(session, code) {
                extra.late_starts.set(LATE_STARTS);
            }
            Box::new(Trial::new())
        });
        trial.by_interpreter()
    };
    let start = ticks();
    let result = if by_interpreter {
        // SAFETY: the arguments are passed on as they came.
        unsafe { (session.original)(call.callable, call.args, call.nargsf, call.kwnames) }
    } else {
        native()
    };
    let time = ticks().wrapping_sub(start);
    drop(trying);
    if !result.is_null() {
        note(session, unit, by_interpreter, time);
    }
    result
}

/// Notes the time of a call; asks the strategy once there are enough.
fn note(session: &Session, unit: &Unit, by_interpreter: bool, time: u64) {
    let ended = {
        let mut trial = unit.trial.borrow_mut();
        let Some(times) = trial.as_mut() else { return };
        let list = if by_interpreter { &mut times.interpreted } else { &mut times.native };
        list.push(time);
        if times.is_complete() { trial.take() } else { None }
    };
    let Some(trial) = ended else { return };
    unit.trial_at.set(unit.trial_at.get().saturating_mul(GROWTH));
    let site = unit.site();
    if site.unit.get() != Some(NonNull::from(unit)) || site.compiling.get() {
        return;
    }
    let [native, interpreted] = trial.thirds();
    if let Decision::LeaveAlone(reason) = session.strategy.after_trial(site.facts(), native, interpreted) {
        session.leave_alone(site, reason);
    }
}
