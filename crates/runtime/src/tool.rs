//! Our tool id of `sys.monitoring`: taking it, hearing events, giving it back.

use crate::entry::EVENTS_UNTIL_AWAKE;
use crate::hooks::{on_instruction, on_jump, on_start};
use crate::selfcheck::owned;
use crate::session::Session;
use crate::start::take_error;
use std::cell::UnsafeCell;
use std::ffi::CStr;
use whipsnake_contract::faults::Fault;
use whipsnake_cpython::ffi::{
    METH_FASTCALL, Py_DECREF, Py_None, PyCFunction_NewEx, PyCFunctionFast, PyErr_Clear, PyMethodDef, PyMethodDefPointer, PyObject, PyObject_CallMethod,
    PyObject_GetAttrString, PySys_GetObject,
};
use whipsnake_cpython::monitoring::{self, OPTIMIZER_ID};
use whipsnake_cpython::{Code, Thread, offsets};

/// Tools that `sys.monitoring` tells apart.
const TOOL_IDS: i32 = 6;
/// Name under which the tool id is taken.
const TOOL_NAME: &CStr = c"whipsnake";

/// A table of methods that the interpreter keeps pointers to.
struct Methods(UnsafeCell<[PyMethodDef; 3]>);

// SAFETY: never changed; the interpreter only reads it.
unsafe impl Sync for Methods {}

static METHODS: Methods =
    Methods(UnsafeCell::new([method(c"on_start", on_start), method(c"on_jump", on_jump), method(c"on_instruction", on_instruction)]));

const fn method(name: &'static CStr, function: PyCFunctionFast) -> PyMethodDef {
    PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: function },
        ml_flags: METH_FASTCALL,
        ml_doc: std::ptr::null(),
    }
}

/// Our events with their places in the table: all that leads to native code, or only what the log needs.
const fn events(only_logs: bool) -> &'static [(usize, usize)] {
    if only_logs { &[(offsets::EVENT_INSTRUCTION, 2)] } else { &[(offsets::EVENT_PY_START, 0), (offsets::EVENT_JUMP, 1)] }
}

/// [`events`] as `sys.monitoring` takes them.
fn event_set(only_logs: bool) -> i32 {
    events(only_logs).iter().fold(0, |set, (event, _)| set | 1 << event)
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
pub(crate) unsafe fn monitoring_attribute(name: &CStr) -> Result<*mut PyObject, String> {
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
/// As for [`enable`](crate::start::enable).
pub(crate) unsafe fn take(session: &Session) -> Result<(), String> {
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
        for &(event, index) in events(session.only_logs()) {
            let callback = owned(PyCFunction_NewEx(methods.add(index), std::ptr::null_mut(), std::ptr::null_mut()));
            let callback = callback.ok_or("no callback could be made")?;
            call(Fault::Callback, &|| {
                PyObject_CallMethod(module, c"register_callback".as_ptr(), c"iiO".as_ptr(), id, 1 << event, callback.0)
            })?;
        }
        if session.begin_sampling(Thread::current()) {
            session.listen_to_compiled();
        } else {
            call(Fault::Events, &|| PyObject_CallMethod(module, c"set_events".as_ptr(), c"ii".as_ptr(), id, event_set(session.only_logs())))?;
        }
        session.stand_ins.give(module)
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
    /// Asks for the events of a code object, also for those that were switched off. False if that is refused.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    pub(crate) unsafe fn listen_to(&self, code: Code) -> bool {
        let wanted = event_set(self.only_logs());
        // SAFETY: as the caller says.
        unsafe {
            // Events that were switched off come back only if the tool begins anew.
            let begun = if monitoring::listens(code) { set_local_events(code, 0) } else { Ok(()) };
            let done = begun.and_then(|()| {
                if self.faults.happens(Fault::Events) { Err(format!("fault {} injected", Fault::Events.name())) } else { set_local_events(code, wanted) }
            });
            monitoring::keep_instruction_tools(code);
            if let Err(reason) = &done {
                self.tell_once(Fault::Events, &format!("some hot code stays interpreted, its events are refused: {reason}"));
            }
            done.is_ok()
        }
    }

    /// Asks for events of all code again, unless another tool is registered that may have switched off some of its own: then it is asked
    /// again after some events.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    #[cold]
    pub(crate) unsafe fn hear_again(&self) {
        // SAFETY: as the caller says; results are given back.
        unsafe {
            let Ok(module) = monitoring_module() else { return };
            for id in (0..TOOL_IDS).filter(|id| *id != i32::from(OPTIMIZER_ID)) {
                let owner = PyObject_CallMethod(module, c"get_tool".as_ptr(), c"i".as_ptr(), id);
                let is_free = owner == Py_None();
                discard(owner);
                if !is_free {
                    self.until_hearing.set(EVENTS_UNTIL_AWAKE);
                    return;
                }
            }
            discard(PyObject_CallMethod(module, c"restart_events".as_ptr(), std::ptr::null()));
        }
    }
}

/// Sets the events that we want of a code object.
///
/// # Errors
/// The text of a Python error.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
unsafe fn set_local_events(code: Code, events: i32) -> Result<(), String> {
    // SAFETY: as the caller says; the result is given back.
    unsafe {
        let module = monitoring_module()?;
        let result = PyObject_CallMethod(module, c"set_local_events".as_ptr(), c"iOi".as_ptr(), i32::from(OPTIMIZER_ID), code.as_object(), events);
        if result.is_null() {
            return Err(take_error());
        }
        Py_DECREF(result);
        Ok(())
    }
}

/// Gives the tool id back, if it is still ours.
///
/// # Safety
///
/// The GIL is held.
pub(crate) unsafe fn give_back(session: &Session) {
    let id = i32::from(OPTIMIZER_ID);
    // SAFETY: the GIL is held; results are given back, errors are of no consequence.
    unsafe {
        session.end_sampling();
        let Ok(module) = monitoring_module() else { return };
        session.stand_ins.take_back(module);
        let owner = PyObject_CallMethod(module, c"get_tool".as_ptr(), c"i".as_ptr(), id);
        let ours = crate::text::str_of(owner).as_deref() == TOOL_NAME.to_str().ok();
        let mut results = vec![owner];
        if ours {
            // 3.13 keeps these where a tool id is given back.
            let codes: Vec<usize> = session.codes.borrow().keys().copied().collect();
            let listened = codes.iter().filter_map(|&code| Code::from_object(code as *mut PyObject)).filter(|&code| monitoring::listens(code));
            for code in listened {
                // What cannot be given back leads to callbacks that do nothing.
                let _ = set_local_events(code, 0);
            }
            results.push(PyObject_CallMethod(module, c"set_events".as_ptr(), c"ii".as_ptr(), id, 0));
            results.push(PyObject_CallMethod(module, c"free_tool_id".as_ptr(), c"i".as_ptr(), id));
        }
        for result in results {
            discard(result);
        }
    }
}
