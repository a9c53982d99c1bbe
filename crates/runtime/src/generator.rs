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
use std::time::Instant;
use whipsnake_cpython::ffi::{Py_DECREF, Py_None, Py_TYPE, PyGen_Type, PyObject, iternextfunc};
use whipsnake_cpython::generator::Progress;
use whipsnake_cpython::symbols::_PyGen_SetStopIterationValue;
use whipsnake_cpython::memory::read;
use whipsnake_cpython::{Code, Frame, Generator, Thread, monitoring, offsets};
use whipsnake_strategy::{Decision, WINDOW};

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
#[inline]
unsafe fn next_in(thread: Thread, object: *mut PyObject) -> *mut PyObject {
    // SAFETY: whoever asks keeps the generator alive.
    unsafe {
        let (Some(session), Some(generator)) = (session(), Generator::from_object(object)) else { return std::ptr::null_mut() };
        match waiting(session, thread, generator) {
            Some((frame, unit)) if unit.trial.is_due(unit.entries.get()) => resume_on_trial(session, thread, generator, frame, unit),
            Some((frame, unit)) => resume(session, thread, generator, frame, unit),
            None => (session.original_next)(object),
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

/// The frame of a generator that can go on natively, and the unit there.
///
/// # Safety
///
/// The generator is alive, the GIL is held.
#[inline]
unsafe fn waiting<'a>(session: &'a Session, thread: Thread, generator: Generator) -> Option<(Frame, &'a Unit)> {
    // Other interpreters call this, too, and perhaps at the same time.
    if thread.interpreter() != session.interpreter || !matches!(generator.progress(), Progress::Suspended | Progress::Created) {
        return None;
    }
    let frame = generator.frame()?;
    // SAFETY: a generator that has not ended keeps its code alive, and that the site. A unit lives as long as this activation.
    unsafe {
        let found = match session.resume_cache.of_frame(frame) {
            Some(found) => found,
            None => site_at(session, frame)?,
        };
        let site: &'a Site = &*found.site.as_ptr();
        let code = Code::from_object_unchecked(site.code)?;
        let unit = match found.quiet(thread, code) {
            Some(unit) => unit,
            // Left alone.
            None if site.unit.get().is_none() && site.next.get() == u64::MAX => return None,
            None => {
                // Whatever runs meanwhile must not resume it.
                generator.hold(|| guarded(code, || count(session, thread, frame, code, site)))?;
                entry::ready(session, thread, code, site)?
            }
        };
        (!entry::c_stack_is_low(thread)).then_some((frame, unit))
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
        session.end_trial(unit, &timed, CalledBy::Native);
        item
    }
}

/// Goes on natively.
///
/// # Safety
///
/// The generator waits, its frame and a unit for the place are as [`waiting`] found them.
unsafe fn resume(session: &Session, thread: Thread, generator: Generator, frame: Frame, unit: &Unit) -> *mut PyObject {
    let _activity = Activity::new(session);
    // SAFETY: the unit goes on where the frame stands.
    unsafe {
        generator.begin(thread, frame);
        let result = entry::enter_function(thread, unit, generator.as_object(), frame.as_ptr().cast());
        match generator.progress() {
            // The unit came to a `yield` itself; at any other end the interpreter has run the frame.
            Progress::Executing => generator.suspend(thread, frame),
            Progress::Suspended | Progress::Delegating => {}
            _ if result.is_null() => {}
            _ => {
                if result != Py_None() {
                    _PyGen_SetStopIterationValue(result);
                }
                Py_DECREF(result);
                return std::ptr::null_mut();
            }
        }
        result
    }
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
