//! Switching on and off, and what the Python package asks for.

use crate::bind;
use crate::capture::EntryPoint;
use crate::extra::CodeExtra;
use crate::frame_log::FrameLog;
use crate::lost::lost_iterator;
use crate::selfcheck::owned;
use crate::stats::Stats;
use crate::session::{Parts, Session, publish, session};
use crate::tool::{give_back, monitoring_attribute, take};
use crate::unit::State;
use crate::watch::Watch;
use std::sync::Arc;
use whipsnake_bytecode::Version;
use whipsnake_contract::faults::Faults;
use whipsnake_contract::options::Options;
use whipsnake_cpython::ffi::{Py_DECREF, PyCell_New, PyErr_Clear, PyErr_GetRaisedException, PyObject, PyObject_Str};
use whipsnake_cpython::monitoring;
use whipsnake_cpython::offsets;
use whipsnake_cpython::platform::python_class_dealloc;
use whipsnake_cpython::Thread;
use whipsnake_cpython::verify::{Unsupported, verify};

/// False if `WHIPSNAKE=0` switches everything off.
///
/// # Errors
/// If the variable is neither 0 nor 1.
pub fn allowed() -> Result<bool, String> {
    match std::env::var_os("WHIPSNAKE") {
        None => Ok(true),
        Some(value) if value == "1" || value.is_empty() => Ok(true),
        Some(value) if value == "0" => Ok(false),
        Some(value) => Err(format!("WHIPSNAKE={value:?} is not valid: use 0 to switch whipsnake off, or 1")),
    }
}

/// True in the interpreter that the session belongs to.
pub(crate) fn in_main_interpreter() -> bool {
    // SAFETY: callers hold the GIL.
    unsafe { Thread::current().interpreter() == whipsnake_cpython::symbols::PyInterpreterState_Main() }
}

/// Why this Python is not supported, if it is not; looks at nothing that needs a session.
///
/// # Errors
/// One line.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
pub unsafe fn check() -> Result<whipsnake_cpython::verify::Facts, Unsupported> {
    let opcodes: Vec<(&str, u8)> = Version::new(3, offsets::MINOR)
        .map(|version| version.table().iter().enumerate())
        .into_iter()
        .flatten()
        .filter_map(|(number, entry)| entry.as_ref().map(|entry| (entry.name, number as u8)))
        .collect();
    // SAFETY: as the caller says.
    unsafe { verify(&opcodes) }
}

/// Switches the JIT on with these options; those of the first time stay for the process.
///
/// # Errors
/// One line why it stays off.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
pub unsafe fn enable(options: &Options) -> Result<(), String> {
    if !in_main_interpreter() {
        return Err(Unsupported::Subinterpreter.to_string());
    }
    // SAFETY: as the caller says.
    unsafe {
        let session = match session() {
            Some(session) if session.options == *options => session,
            Some(_) => return Err("other options were given when it was first enabled; start a new process for these".to_owned()),
            None => create(options)?,
        };
        if session.ended.get() || session.enabled.get() {
            return Ok(());
        }
        if let Some(reason) = session.why_off() {
            return Err(reason);
        }
        take(session).inspect_err(|_| give_back(session))?;
        // These frames have started before our events came.
        let mut frame = Thread::current().current_frame();
        while let Some(running) = frame {
            running.code().into_iter().for_each(|code| monitoring::keep_instruction_tools(code));
            frame = running.previous();
        }
        session.enabled.set(true);
        crate::generator::switch(session, !session.only_logs());
        Ok(())
    }
}

/// # Safety
///
/// As for [`enable`]; there is no session yet.
unsafe fn create(options: &Options) -> Result<&'static Session, String> {
    // SAFETY: as the caller says.
    unsafe {
        let facts = check().map_err(|reason| reason.to_string())?;
        let strategy = whipsnake_strategy::strategy_by_name(&options.strategy, options)
            .ok_or_else(|| format!("there is no strategy {:?}", options.strategy))?;
        let backend = whipsnake_backend::backend_by_name(&options.backend)
            .map_err(|error| error.to_string())?
            .ok_or_else(|| format!("there is no backend {:?}", options.backend))?;
        let faults = Arc::new(Faults::new(options.fault));
        let disable_event = owned(monitoring_attribute(c"DISABLE")?).ok_or("there is no event to disable")?;
        let lost_iterator = owned(lost_iterator()).ok_or("no iterator could be made")?;
        let lost_cell = owned(PyCell_New(std::ptr::null_mut())).ok_or("no cell could be made")?;
        let python_dealloc = python_class_dealloc().ok_or("no class could be made")?;
        let original_next = crate::generator::original_next().ok_or("generators cannot be iterated")?;
        let frame_log = FrameLog::create(&options.frame_log)?;
        let watch = Watch::start(&faults)?;
        whipsnake_compiler::install_panic_hook();
        Ok(publish(Box::new(Session::new(Parts {
            options: options.clone(),
            faults,
            platform: facts.platform,
            strategy,
            backend: Arc::from(backend),
            original: facts.interpreted_entry,
            original_next,
            disable_event: disable_event.leak(),
            lost_iterator: lost_iterator.leak(),
            lost_cell: lost_cell.leak(),
            python_dealloc,
            watch,
            frame_log,
        }))))
    }
}

/// The text of the raised exception, which is cleared.
///
/// # Safety
///
/// The GIL is held.
pub(crate) unsafe fn take_error() -> String {
    // SAFETY: the GIL is held; references are given back.
    unsafe {
        let error = PyErr_GetRaisedException();
        if error.is_null() {
            return "unknown error".to_owned();
        }
        let text = PyObject_Str(error);
        let message = crate::text::str_of(text);
        if text.is_null() {
            PyErr_Clear();
        } else {
            Py_DECREF(text);
        }
        Py_DECREF(error);
        message.unwrap_or_else(|| "unknown error".to_owned())
    }
}

/// Switches the JIT off: running native code leaves at its next check, functions get their own entries back.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
pub unsafe fn disable() {
    let Some(session) = session().filter(|session| session.enabled.get() && in_main_interpreter()) else { return };
    session.enabled.set(false);
    // SAFETY: the GIL is held; hooked functions are alive: dying ones take themselves out of the table.
    unsafe {
        session.silence();
        for function in session.hooked.functions() {
            session.unhook(function as *mut PyObject);
        }
        crate::generator::switch(session, false);
        session.forget_laps();
        give_back(session);
    }
}

/// True while hot code is compiled.
pub fn is_enabled() -> bool {
    session().is_some_and(|session| session.enabled.get()) && in_main_interpreter()
}

/// Says from now on where native code was when the process dies, if the options ask for it; see [`crate::crash`].
///
/// # Safety
///
/// The GIL is held.
pub unsafe fn watch_crashes(others_only_tell: bool) {
    if let Some(session) = session().filter(|session| session.enabled.get()) {
        // SAFETY: as the caller says.
        unsafe { session.watch_crashes(others_only_tell) };
    }
}

/// To be called before `os.fork()`.
pub fn before_fork() {
    if let Some(session) = session() {
        // SAFETY: callers hold the GIL.
        session.worker.pause(unsafe { Thread::current() });
    }
}

/// To be called after `os.fork()`, in parent and child.
pub fn after_fork() {
    if let Some(session) = session() {
        session.worker.resume();
    }
}

/// Compiles a function now, in this thread.
///
/// # Errors
/// Why it could not be compiled.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
pub unsafe fn compile_now(function: *mut PyObject) -> Result<(), String> {
    let Some(session) = session().filter(|session| session.enabled.get() && in_main_interpreter()) else {
        return Err("the JIT is off; call whipsnake.enable() first".to_owned());
    };
    // SAFETY: as the caller says.
    unsafe {
        let Some(site) = session.function_site(function) else {
            return Err("not a function written in Python".to_owned());
        };
        let site = site.as_ref();
        site.requested.set(true);
        session.give_up_laps();
        session.install_finished();
        if site.unit.get().is_none()
            && let Some(code) = whipsnake_cpython::Code::of_function(function)
        {
            if let Some(reason) = CodeExtra::of(session, code).and_then(CodeExtra::exclusion) {
                return Err(reason.to_owned());
            }
            if !session.passes_self_check(Thread::current()) {
                return Err("the self-check failed".to_owned());
            }
            let arguments = vec![std::ptr::null_mut(); bind::parameters(code)];
            session.compile_synchronously(Thread::current(), site, EntryPoint::Function { function, arguments: &arguments });
        }
        if let Some(reason) = site.left_alone() {
            return Err(reason);
        }
        if site.unit.get().is_none() {
            return Err("its surroundings changed while it was compiled; try again".to_owned());
        }
        if let Some(unit) = site.current() {
            unit.trial.end();
        }
        site.detached.replace(None);
        session.hook(function);
        if session.is_hooked(function) { Ok(()) } else { Err("another package has replaced the function's vectorcall".to_owned()) }
    }
}

/// True if the function has native code that calls enter, those by native code at least.
///
/// # Safety
///
/// The GIL is held; `function` is alive.
pub unsafe fn is_compiled(function: *mut PyObject) -> bool {
    let Some(session) = session().filter(|session| session.enabled.get() && in_main_interpreter()) else { return false };
    // SAFETY: as the caller says.
    unsafe {
        session.install_finished();
        whipsnake_cpython::ffi::PyFunction_Check(function) != 0
            && session.function_site(function).is_some_and(|site| site.as_ref().is(&State::Installed))
    }
}

/// Excludes a function's code from compilation; what is compiled of it is dropped.
///
/// # Errors
/// If the object is no Python function.
///
/// # Safety
///
/// The GIL is held; `function` is alive.
pub unsafe fn never(function: *mut PyObject) -> Result<(), String> {
    let Some(session) = session() else { return Ok(()) };
    // SAFETY: as the caller says.
    unsafe {
        let Some(code) = whipsnake_cpython::Code::of_function(function) else {
            return Err("not a function written in Python".to_owned());
        };
        session.exclude(CodeExtra::of_or_new(session, code), "excluded by whipsnake.never()");
        session.invalidate_users(code);
        session.unhook(function);
        Ok(())
    }
}

/// To be called when the interpreter begins to shut down: prints and writes what the options ask for, and ends the
/// compiling thread. Nothing is compiled any more, and units let go what they hold, so that modules die as without them; where native code
/// still runs, it keeps all of that.
///
/// # Safety
///
/// The GIL is held.
pub unsafe fn end() {
    let Some(session) = session() else { return };
    if session.ended.get() {
        return;
    }
    // SAFETY: the GIL is held.
    unsafe {
        session.install_finished();
        // The type outlives the interpreter.
        crate::generator::switch(session, false);
    }
    session.worker.close();
    session.ended.set(true);
    session.frame_log.iter().for_each(FrameLog::flush);
    if session.options.stats {
        crate::notice::write(&session.stats().table());
    }
    if !session.options.stats_json.is_empty() {
        let path = &session.options.stats_json;
        let maps = std::fs::read_to_string("/proc/self/maps").ok();
        let found = |maps: String| crate::memory::forbidden_mappings(&maps).into_iter().map(str::to_owned).collect();
        let written = serde_json::to_vec_pretty(&Stats { forbidden_mappings: maps.map(found), ..session.stats() })
            .map_err(|error| error.to_string())
            .and_then(|bytes| std::fs::write(path, bytes).map_err(|error| error.to_string()));
        if let Err(error) = written {
            crate::notice::say(&format!("statistics {path}: {error}"));
        }
    }
    // SAFETY: the GIL is held; the worker is closed, so that nothing is installed any more.
    unsafe { session.pending.release_all() };
    session.release_units();
}
