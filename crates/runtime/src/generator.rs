//! Generators: their `tp_iternext`, which counts where they go on, and enters native code there.
//!
//! The interpreter resumes a generator inside its own loop where a `for` statement that it executes does so; that is never seen here.
//! What C code and native code ask for the next item is: `sum`, `list`, `join`, and every compiled loop.

use crate::capture::EntryPoint;
use crate::entry::{self, Activity, CalledBy};
use crate::extra::CodeExtra;
use crate::hooks::{guarded, name_of};
use crate::session::{Session, session};
use crate::site_cache::Found;
use crate::trial::Turn;
use crate::unit::{Place, Site, SiteKey, Unit};
use std::time::{Duration, Instant};
use whipsnake_cpython::ffi::{Py_DECREF, Py_None, Py_TYPE, PyGen_Type, PyObject, iternextfunc};
use whipsnake_cpython::generator::Progress;
use whipsnake_cpython::symbols::_PyGen_SetStopIterationValue;
use whipsnake_cpython::memory::read;
use whipsnake_cpython::{Code, Frame, Generator, Thread, monitoring, offsets};
use whipsnake_strategy::{Decision, WINDOW};

/// Items of a generator that is left alone before the function that asks for them is considered, and about what one takes there.
const MANY: u64 = 1 << 14;
const INTERPRETED: Duration = Duration::from_nanos(40);

/// The `tp_iternext` of generators while native code may be entered.
///
/// # Safety
///
/// As for any `tp_iternext`; the object is a generator.
unsafe extern "C" fn next(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the GIL is held; the rest is as the caller says.
    unsafe { next_in(Thread::current(), object) }
}

/// The next item of a generator, owned, or NULL: with an exception, or without one at its end.
///
/// # Safety
///
/// The object is a generator, and [`switch`] was called for the session.
#[inline(always)]
unsafe fn next_in(thread: Thread, object: *mut PyObject) -> *mut PyObject {
    // SAFETY: whoever asks keeps the generator alive.
    unsafe {
        let (Some(session), Some(generator)) = (session(), Generator::from_object(object)) else { return std::ptr::null_mut() };
        let Some(frame) = generator.frame().filter(|_| can_go_on(session, thread, generator)) else { return (session.original_next)(object) };
        let found = session.resume_cache.of_frame(frame);
        match found.and_then(|found| quiet(thread, found)) {
            Some(unit) => resume(session, thread, generator, frame, unit),
            None => next_slowly(session, thread, generator, frame, found),
        }
    }
}

/// [`next_in`] where there is something to look after first.
///
/// # Safety
///
/// As for [`next_in`]; the generator can go on, that is its frame, and `found` was found for it.
#[cold]
#[inline(never)]
unsafe fn next_slowly(session: &Session, thread: Thread, generator: Generator, frame: Frame, found: Option<Found>) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe {
        match waiting(session, thread, generator, frame, found) {
            Some(unit) if unit.trial.is_due(unit.entries.get()) => resume_on_trial(session, thread, generator, frame, unit),
            Some(unit) => resume(session, thread, generator, frame, unit),
            None => (session.original_next)(generator.as_object()),
        }
    }
}

/// [`next_in`] for an iterator that is a generator as long as native code may be entered; `None` for any other.
///
/// # Safety
///
/// The object is alive.
#[inline]
pub(crate) unsafe fn next_of(thread: Thread, object: *mut PyObject) -> Option<*mut PyObject> {
    let ours: iternextfunc = next;
    // SAFETY: objects have a type; only generators have that slot.
    unsafe { (*Py_TYPE(object)).tp_iternext.is_some_and(|slot| std::ptr::fn_addr_eq(slot, ours)).then(|| next_in(thread, object)) }
}

/// True for a generator of this interpreter that has not ended and does not run: others call this, too, and perhaps at the same time.
#[inline]
fn can_go_on(session: &Session, thread: Thread, generator: Generator) -> bool {
    thread.interpreter() == session.interpreter && matches!(generator.progress(), Progress::Suspended | Progress::Created)
}

/// The unit in which a generator goes on, if nothing at all is to be looked after.
///
/// # Safety
///
/// That was found for the frame of a generator that can go on; the GIL is held. The unit lives as long as an activation.
#[inline]
unsafe fn quiet<'a>(thread: Thread, found: Found) -> Option<&'a Unit> {
    // SAFETY: a generator that has not ended keeps its code alive, and that the site.
    unsafe {
        let code = Code::from_object_unchecked(found.site.as_ref().code)?;
        found.quiet(thread, code).filter(|unit| !unit.trial.is_due(unit.entries.get()) && !entry::c_stack_is_low(thread))
    }
}

/// The unit in which a generator goes on; counts where there is none yet.
///
/// # Safety
///
/// As for [`next_slowly`].
unsafe fn waiting<'a>(session: &Session, thread: Thread, generator: Generator, frame: Frame, found: Option<Found>) -> Option<&'a Unit> {
    // SAFETY: as for `quiet`.
    unsafe {
        let found = match found {
            Some(found) => found,
            None => site_at(session, frame)?,
        };
        let site: &'a Site = &*found.site.as_ptr();
        let code = Code::from_object_unchecked(site.code)?;
        let unit = match found.quiet(thread, code) {
            Some(unit) => unit,
            // Left alone.
            None if site.unit.get().is_none() && site.next.get() == u64::MAX => {
                let count = site.count.get() + 1;
                site.count.set(count);
                if count >= MANY && count.is_power_of_two() {
                    // Whatever runs meanwhile must not resume it.
                    generator.hold(|| consider_asker(session, thread, INTERPRETED * count.min(u64::from(u32::MAX)) as u32));
                }
                return None;
            }
            None => {
                // The code may have a record of tools by now.
                session.resume_cache.set(frame.instruction(), found.site, code);
                // Whatever runs meanwhile must not resume it.
                generator.hold(|| guarded(code, || count(session, thread, frame, code, site)))?;
                entry::ready(session, thread, code, site)?
            }
        };
        (!entry::c_stack_is_low(thread)).then_some(unit)
    }
}

/// Finds the site where the generator with a frame goes on, or makes it.
///
/// # Safety
///
/// As for [`waiting`].
#[cold]
unsafe fn site_at(session: &Session, frame: Frame) -> Option<Found> {
    if !session.enabled.get() {
        return None;
    }
    let (code, offset) = (frame.code()?, frame.offset()?);
    let extra = CodeExtra::of_or_new(session, code);
    if extra.exclusion().is_some() {
        return None;
    }
    let key = SiteKey { code: code.as_object(), globals: frame.globals(), builtins: frame.builtins(), place: Place::Resume(offset) };
    let site = extra.site(session, key, || name_of(code))?;
    Some(session.resume_cache.set(frame.instruction(), site, code))
}

/// Counts that a generator goes on there where no unit does; compiles the site when it is hot, or when its unit wants that. Python code may
/// run.
///
/// # Safety
///
/// As for [`waiting`]; the site is that of the place, and nobody can resume the generator.
#[cold]
unsafe fn count(session: &Session, thread: Thread, frame: Frame, code: Code, site: &Site) {
    // SAFETY: as the caller says; the frame of a suspended generator is complete.
    unsafe {
        if session.worker.has_finished() {
            session.install_finished();
        }
        if !session.enabled.get() || site.compiling.get() || site.left_alone().is_some() || monitoring::other_tools_active(thread, code) {
            return;
        }
        let entry = EntryPoint::Resume { frame, offset: site.offset };
        if site.again.get() {
            return session.compile(thread, site, entry);
        }
        if site.unit.get().is_some() {
            return;
        }
        site.count.set(site.count.get() + 1);
        if site.count.get() >= site.next.get() {
            if session.decide(site.facts(), site) == Decision::Compile {
                session.compile(thread, site, entry);
            }
        } else if site.count.get().is_multiple_of(WINDOW) {
            let now = Instant::now();
            let begin = site.window.replace(Some(now));
            if begin.is_some_and(|begin| session.strategy.is_seldom(code.len(), now - begin, session.totals.load())) {
                site.count.set(0);
            }
        }
    }
}

/// Goes on in a unit that is compared with the interpreter: a generator that the interpreter resumes resumes those that it asks itself
/// without leaving the interpreter's loop.
///
/// # Safety
///
/// As for [`resume`].
#[cold]
unsafe fn resume_on_trial(session: &Session, thread: Thread, generator: Generator, frame: Frame, unit: &Unit) -> *mut PyObject {
    // The unit stays until its time is noted.
    let _activity = Activity::new(session);
    // SAFETY: as the caller says.
    unsafe {
        let timed = match session.begin_trial(unit) {
            Turn::Native => return resume(session, thread, generator, frame, unit),
            Turn::Interpreted | Turn::Detached => return (session.original_next)(generator.as_object()),
            Turn::Timed(timed) => timed,
        };
        let item = match timed.is_native() {
            true => resume(session, thread, generator, frame, unit),
            false => (session.original_next)(generator.as_object()),
        };
        // The verdict forgets the times.
        let inside = unit.trial.time_of(unit.entries.get());
        session.end_trial(unit, &timed, CalledBy::Native);
        if let Some(inside) = inside {
            consider_asker(session, thread, inside);
        }
        item
    }
}

/// The function that has `sum`, `list` or the like ask a generator for its items may run all that in place: it is compiled once that has taken long enough, however
/// seldom it is called.
///
/// # Safety
///
/// The GIL is held, and the generator does not run.
#[cold]
unsafe fn consider_asker(session: &Session, thread: Thread, inside: Duration) {
    // SAFETY: the current frame executes its code. What its locals hold is for the unit to find out.
    unsafe {
        let Some(frame) = thread.current_frame() else { return };
        let Some(code) = frame.code() else { return };
        guarded(code, || session.consider_whole(thread, frame, code, &[], inside));
    }
}

/// Goes on natively.
///
/// # Safety
///
/// The generator can go on, that is its frame, and the unit is for the place where it stands.
#[inline(always)]
unsafe fn resume(session: &Session, thread: Thread, generator: Generator, frame: Frame, unit: &Unit) -> *mut PyObject {
    let _activity = Activity::new(session);
    // SAFETY: the unit goes on where the frame stands.
    unsafe {
        generator.begin(thread, frame);
        let result = entry::enter_function(thread, unit, generator.as_object(), frame.as_ptr().cast());
        match generator.progress() {
            // The unit came to a `yield` itself; at any other end the interpreter has run the frame.
            Progress::Executing => {
                generator.suspend(thread, frame);
                result
            }
            Progress::Suspended | Progress::Delegating => result,
            _ => ended(result),
        }
    }
}

/// What a generator that has returned that value, owned, or has raised an exception, gives to whoever asks for the next item.
///
/// # Safety
///
/// The value is alive, or NULL.
#[cold]
unsafe fn ended(result: *mut PyObject) -> *mut PyObject {
    // SAFETY: as the caller says.
    unsafe {
        if !result.is_null() {
            if result != Py_None() {
                _PyGen_SetStopIterationValue(result);
            }
            Py_DECREF(result);
        }
    }
    std::ptr::null_mut()
}

/// What a call that native code makes returns, owned or NULL with an exception, if it does nothing but make a generator; `None` if the
/// interpreter must make it.
///
/// # Safety
///
/// The callable is a function with the interpreter's own vectorcall, and gets that many positional arguments.
#[inline]
pub(crate) unsafe fn called(session: &Session, function: *mut PyObject, arguments: *const *mut PyObject, count: usize) -> Option<*mut PyObject> {
    // SAFETY: as the caller says.
    unsafe {
        let code = Code::from_object_unchecked(read(function.cast(), offsets::FUNCTION_CODE))?;
        let start = CodeExtra::of(session, code)?.generator_start(code).filter(|_| code.argcount() as usize == count)?;
        Some(Generator::create(function, code, start, std::slice::from_raw_parts(arguments, count)))
    }
}

/// Lets generators go on natively, or not any more.
///
/// # Safety
///
/// The GIL is held; the session is published.
pub(crate) unsafe fn switch(session: &Session, on: bool) {
    let ours: iternextfunc = next;
    let (before, after) = if on { (session.original_next, ours) } else { (ours, session.original_next) };
    // SAFETY: the type is static; its slot is read and written with the GIL held. Somebody else's replacement stays.
    unsafe {
        let slot = &raw mut (*(&raw mut PyGen_Type)).tp_iternext;
        if slot.read().is_some_and(|present| std::ptr::fn_addr_eq(present, before)) {
            slot.write(Some(after));
        }
    }
}

/// What generators have there before anybody changes it.
pub(crate) fn original_next() -> Option<iternextfunc> {
    // SAFETY: the type is static.
    unsafe { (*(&raw const PyGen_Type)).tp_iternext }
}
