//! Switching on and off, and what the Python package asks for.

use crate::bind;
use crate::capture::EntryPoint;
use crate::entry::EVENTS_UNTIL_AWAKE;
use crate::extra::{CodeExtra, free_extra};
use crate::hooks::{on_jump, on_start};
use crate::lost::lost_iterator;
use crate::selfcheck::owned;
use crate::session::{Parts, Session, publish, session};
use crate::unit::State;
use crate::watch::Watch;
use std::cell::UnsafeCell;
use std::ffi::CStr;
use std::sync::Arc;
use whipsnake_bytecode::Version;
use whipsnake_contract::faults::{Fault, Faults};
use whipsnake_contract::options::Options;
use whipsnake_cpython::ffi::{
    METH_FASTCALL, Py_DECREF, PyCFunction_NewEx, PyCode_NewEmpty, PyErr_Clear, PyErr_GetRaisedException,
    PyMethodDef, PyMethodDefPointer, PyObject, PyObject_CallMethod, PyObject_GetAttrString, PyObject_Str,
    PySys_GetObject, Py_None,
};
use whipsnake_cpython::monitoring::{self, OPTIMIZER_ID};
use whipsnake_cpython::offsets;
use whipsnake_cpython::platform::python_class_dealloc;
use whipsnake_cpython::{Code, Thread};
use whipsnake_cpython::symbols::PyUnstable_Eval_RequestCodeExtraIndex;
use whipsnake_cpython::verify::{Unsupported, verify};

/// Tools that `sys.monitoring` tells apart.
const TOOL_IDS: i32 = 6;
/// Name under which the tool id is taken.
const TOOL_NAME: &CStr = c"whipsnake";

/// A table of methods that the interpreter keeps pointers to.
struct Methods(UnsafeCell<[PyMethodDef; 2]>);

// SAFETY: never changed; the interpreter only reads it.
unsafe impl Sync for Methods {}

static METHODS: Methods = Methods(UnsafeCell::new([
    PyMethodDef {
        ml_name: c"on_start".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: on_start },
        ml_flags: METH_FASTCALL,
        ml_doc: std::ptr::null(),
    },
    PyMethodDef {
        ml_name: c"on_jump".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: on_jump },
        ml_flags: METH_FASTCALL,
        ml_doc: std::ptr::null(),
    },
]));

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
fn in_main_interpreter() -> bool {
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
        take_tool(session).inspect_err(|_| give_tool_back())?;
        // These frames have started before our events came.
        let mut frame = Thread::current().current_frame();
        while let Some(running) = frame {
            running.code().into_iter().for_each(|code| monitoring::keep_instruction_tools(code));
            frame = running.previous();
        }
        session.enabled.set(true);
        check_extra(session).inspect_err(|_| disable())?;
        crate::generator::switch(session, true);
        Ok(())
    }
}

/// Finds out whether extra slots of code objects are where they are looked for; else native code stays off.
///
/// # Safety
///
/// The GIL is held, no exception is raised.
unsafe fn check_extra(session: &Session) -> Result<(), String> {
    // SAFETY: the code object is given back.
    unsafe {
        let object = PyCode_NewEmpty(c"whipsnake".as_ptr(), c"whipsnake".as_ptr(), 1).cast::<PyObject>();
        if object.is_null() {
            return Err(take_error());
        }
        if let Some(code) = Code::from_object(object) {
            CodeExtra::of_or_new(session, code);
        }
        Py_DECREF(object);
    }
    Ok(())
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
        let python_dealloc = python_class_dealloc().ok_or("no class could be made")?;
        let original_next = crate::generator::original_next().ok_or("generators cannot be iterated")?;
        let watch = Watch::start(&faults)?;
        // Last, because it cannot be given back.
        let extra_index = if faults.happens(Fault::ExtraIndex) { -1 } else { PyUnstable_Eval_RequestCodeExtraIndex(free_extra) };
        if extra_index < 0 {
            PyErr_Clear();
            watch.end();
            return Err("no extra slot of code objects is free".to_owned());
        }
        whipsnake_compiler::install_panic_hook();
        Ok(publish(Box::new(Session::new(Parts {
            options: options.clone(),
            faults,
            platform: facts.platform,
            strategy,
            backend: Arc::from(backend),
            extra_index,
            original: facts.interpreted_entry,
            original_next,
            disable_event: disable_event.leak(),
            lost_iterator: lost_iterator.leak(),
            python_dealloc,
            watch,
        }))))
    }
}

/// The text of the raised exception, which is cleared.
///
/// # Safety
///
/// The GIL is held.
unsafe fn take_error() -> String {
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

/// # Safety
///
/// The GIL is held.
unsafe fn monitoring_module() -> Result<*mut PyObject, String> {
    // SAFETY: the GIL is held; the module's reference is borrowed from `sys`.
    unsafe {
        let module = PySys_GetObject(c"monitoring".as_ptr());
        if module.is_null() { Err("this Python has no sys.monitoring".to_owned()) } else { Ok(module) }
    }
}

/// # Safety
///
/// The GIL is held.
unsafe fn monitoring_attribute(name: &CStr) -> Result<*mut PyObject, String> {
    // SAFETY: the GIL is held.
    unsafe {
        let value = PyObject_GetAttrString(monitoring_module()?, name.as_ptr());
        if value.is_null() { Err(take_error()) } else { Ok(value) }
    }
}

/// Takes the tool id and asks for events.
///
/// # Safety
///
/// As for [`enable`].
unsafe fn take_tool(session: &Session) -> Result<(), String> {
    let id = i32::from(OPTIMIZER_ID);
    // SAFETY: the GIL is held; results are given back.
    unsafe {
        let module = monitoring_module()?;
        let done = |result: *mut PyObject| {
            if result.is_null() {
                return Err(take_error());
            }
            Py_DECREF(result);
            Ok(())
        };
        let owner = PyObject_CallMethod(module, c"get_tool".as_ptr(), c"i".as_ptr(), id);
        if let Some(name) = crate::text::str_of(owner) {
            Py_DECREF(owner);
            return Err(format!("sys.monitoring.OPTIMIZER_ID is taken by {name:?}; only one optimiser can run"));
        }
        done(owner)?;
        let call = |fault: Fault, result: &dyn Fn() -> *mut PyObject| {
            if session.faults.happens(fault) { Err(format!("fault {} injected", fault.name())) } else { done(result()) }
        };
        call(Fault::Tool, &|| PyObject_CallMethod(module, c"use_tool_id".as_ptr(), c"is".as_ptr(), id, TOOL_NAME.as_ptr()))?;
        let methods = METHODS.0.get().cast::<PyMethodDef>();
        let mut events = 0;
        for (index, event) in [offsets::EVENT_PY_START, offsets::EVENT_JUMP].into_iter().enumerate() {
            events |= 1 << event;
            let callback = owned(PyCFunction_NewEx(methods.add(index), std::ptr::null_mut(), std::ptr::null_mut()));
            let callback = callback.ok_or("no callback could be made")?;
            call(Fault::Callback, &|| {
                PyObject_CallMethod(module, c"register_callback".as_ptr(), c"iiO".as_ptr(), id, 1 << event, callback.0)
            })?;
        }
        call(Fault::Events, &|| PyObject_CallMethod(module, c"set_events".as_ptr(), c"ii".as_ptr(), id, events))
    }
}

/// Gives up the result of a call, or its error.
///
/// # Safety
///
/// The GIL is held; `result` is owned, or NULL with an exception.
unsafe fn discard(result: *mut PyObject) {
    // SAFETY: as the caller says.
    unsafe {
        if result.is_null() {
            PyErr_Clear();
        } else {
            Py_DECREF(result);
        }
    }
}

impl Session {
    /// Asks for events of all code again, unless another tool is registered that may have switched off some of its own: then it is asked
    /// again after some events. True if it was done.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    #[cold]
    pub(crate) unsafe fn hear_again(&self) -> bool {
        // SAFETY: as the caller says; results are given back.
        unsafe {
            let Ok(module) = monitoring_module() else { return false };
            for id in (0..TOOL_IDS).filter(|id| *id != i32::from(OPTIMIZER_ID)) {
                let owner = PyObject_CallMethod(module, c"get_tool".as_ptr(), c"i".as_ptr(), id);
                let is_free = owner == Py_None();
                discard(owner);
                if !is_free {
                    self.until_hearing.set(EVENTS_UNTIL_AWAKE);
                    return false;
                }
            }
            discard(PyObject_CallMethod(module, c"restart_events".as_ptr(), std::ptr::null()));
        }
        true
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
        let hooked: Vec<usize> = session.hooked.borrow().keys().copied().collect();
        for function in hooked {
            session.unhook(function as *mut PyObject);
        }
        crate::generator::switch(session, false);
        session.forget_laps();
        give_tool_back();
    }
}

/// Gives the tool id back, if it is still ours.
///
/// # Safety
///
/// The GIL is held.
unsafe fn give_tool_back() {
    let id = i32::from(OPTIMIZER_ID);
    // SAFETY: the GIL is held; results are given back, errors are of no consequence.
    unsafe {
        let Ok(module) = monitoring_module() else { return };
        let owner = PyObject_CallMethod(module, c"get_tool".as_ptr(), c"i".as_ptr(), id);
        let ours = crate::text::str_of(owner).as_deref() == TOOL_NAME.to_str().ok();
        let mut results = vec![owner];
        if ours {
            results.push(PyObject_CallMethod(module, c"set_events".as_ptr(), c"ii".as_ptr(), id, 0));
            results.push(PyObject_CallMethod(module, c"free_tool_id".as_ptr(), c"i".as_ptr(), id));
        }
        for result in results {
            discard(result);
        }
    }
}

/// True while hot code is compiled.
pub fn is_enabled() -> bool {
    session().is_some_and(|session| session.enabled.get()) && in_main_interpreter()
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
            if CodeExtra::of(session, code).is_some_and(|extra| extra.never.get()) {
                return Err("excluded by whipsnake.never()".to_owned());
            }
            if !session.passes_self_check(Thread::current()) {
                return Err("the self-check failed".to_owned());
            }
            let arguments = vec![std::ptr::null_mut(); bind::parameters(code)];
            session.compile_synchronously(site, EntryPoint::Function { function, arguments: &arguments });
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
        if let Some(extra) = CodeExtra::of_or_new(session, code) {
            extra.never.set(true);
            extra.for_each(|site| session.leave_alone(site, "excluded by whipsnake.never()".to_owned()));
            session.invalidate_users(code);
        }
        session.unhook(function);
        Ok(())
    }
}

/// To be called when the interpreter begins to shut down: prints and writes what the options ask for, and ends the
/// compiling thread. Native code may still run; nothing is compiled or freed any more.
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
    if session.options.stats {
        crate::notice::write(&session.stats().table());
    }
    if !session.options.stats_json.is_empty() {
        let path = &session.options.stats_json;
        let written = serde_json::to_vec_pretty(&session.stats())
            .map_err(|error| error.to_string())
            .and_then(|bytes| std::fs::write(path, bytes).map_err(|error| error.to_string()));
        if let Err(error) = written {
            crate::notice::say(&format!("statistics {path}: {error}"));
        }
    }
}
