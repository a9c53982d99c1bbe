//! `sys.monitoring.get_events` and `_all_events` without our own events: a program that asks which tools want events hears what it
//! would hear without us. The tool id stays visible as taken: `get_tool` names us, and `use_tool_id` refuses it.

use crate::session::session;
use crate::start::{in_main_interpreter, take_error};
use std::cell::OnceCell;
use std::ffi::CStr;
use std::ptr::NonNull;
use whipsnake_cpython::ffi::{
    METH_NOARGS, METH_O, Py_DECREF, Py_NewRef, PyCFunction, PyCFunction_Check, PyCFunction_NewEx, PyCFunctionObject, PyDict_Check,
    PyDict_DelItem, PyDict_Keys, PyDict_GetItemWithError, PyDict_SetItem, PyErr_Clear, PyErr_Occurred, PyList_GetItem, PyList_Size,
    PyLong_AsLong, PyLong_FromLong, PyMethodDef, PyMethodDefPointer, PyNumber_Index, PyObject, PyObject_GetAttrString,
    PyObject_SetAttrString,
};
use whipsnake_cpython::monitoring::OPTIMIZER_ID;

/// A function of `sys.monitoring` and ours in its place.
struct Answer {
    name: &'static CStr,
    /// Owned.
    original: NonNull<PyObject>,
    /// What the original runs.
    call: PyCFunction,
    /// Owned.
    ours: NonNull<PyObject>,
}

/// The functions that answer in the place of the interpreter's; made when they are first needed, and kept.
#[derive(Default)]
pub(crate) struct QuietAnswers {
    get_events: OnceCell<Answer>,
    all_events: OnceCell<Answer>,
}

impl QuietAnswers {
    /// Puts our functions into the module, unless somebody else has replaced the interpreter's.
    ///
    /// # Errors
    /// The text of a Python error.
    ///
    /// # Safety
    ///
    /// The GIL is held, no exception is raised, and `module` is `sys.monitoring`.
    pub(crate) unsafe fn give(&self, module: *mut PyObject) -> Result<(), String> {
        let wanted: [(_, _, PyCFunction, _); 2] =
            [(&self.get_events, c"get_events", get_events, METH_O), (&self.all_events, c"_all_events", all_events, METH_NOARGS)];
        for (slot, name, replacement, flags) in wanted {
            // SAFETY: as the caller says.
            unsafe {
                let present = PyObject_GetAttrString(module, name.as_ptr());
                let Some(present) = NonNull::new(present) else {
                    // `_all_events` is no promise of the module's.
                    PyErr_Clear();
                    continue;
                };
                if slot.get().is_none()
                    && let Some(answer) = Answer::new(module, name, present, replacement, flags)
                {
                    let _ = slot.set(answer);
                }
                let ours = slot.get().filter(|answer| answer.original == present).map(|answer| answer.ours);
                let status = ours.map_or(0, |ours| PyObject_SetAttrString(module, name.as_ptr(), ours.as_ptr()));
                Py_DECREF(present.as_ptr());
                if status != 0 {
                    return Err(take_error());
                }
            }
        }
        Ok(())
    }

    /// Puts the interpreter's functions back where ours still are.
    ///
    /// # Safety
    ///
    /// As for [`Self::give`].
    pub(crate) unsafe fn take_back(&self, module: *mut PyObject) {
        for answer in [&self.get_events, &self.all_events].into_iter().filter_map(OnceCell::get) {
            // SAFETY: as the caller says; the result is given back.
            unsafe {
                let present = PyObject_GetAttrString(module, answer.name.as_ptr());
                let is_ours = present == answer.ours.as_ptr();
                if present.is_null() || is_ours && PyObject_SetAttrString(module, answer.name.as_ptr(), answer.original.as_ptr()) != 0 {
                    PyErr_Clear();
                }
                if !present.is_null() {
                    Py_DECREF(present);
                }
            }
        }
    }
}

impl Answer {
    /// A function that looks like the original; `None` if that is not the interpreter's with these flags.
    ///
    /// # Safety
    ///
    /// As for [`QuietAnswers::give`]; `original` is alive.
    unsafe fn new(module: *mut PyObject, name: &'static CStr, original: NonNull<PyObject>, replacement: PyCFunction, flags: i32) -> Option<Answer> {
        // SAFETY: built-in functions have these fields; the new table entry is never freed, since the function refers to it.
        unsafe {
            if PyCFunction_Check(original.as_ptr()) == 0 {
                return None;
            }
            let function = original.cast::<PyCFunctionObject>().as_ref();
            let definition = &*function.m_ml;
            if definition.ml_flags != flags {
                return None;
            }
            let call = definition.ml_meth.PyCFunction;
            let copy = PyMethodDef { ml_meth: PyMethodDefPointer { PyCFunction: replacement }, ..*definition };
            let ours = PyCFunction_NewEx(Box::leak(Box::new(copy)), module, function.m_module);
            let ours = NonNull::new(ours).or_else(|| {
                PyErr_Clear();
                None
            })?;
            Py_NewRef(original.as_ptr());
            Some(Answer { name, original, call, ours })
        }
    }
}

/// # Safety
///
/// Called by the interpreter with the module and one argument.
unsafe extern "C" fn get_events(module: *mut PyObject, tool: *mut PyObject) -> *mut PyObject {
    let Some(answer) = session().and_then(|session| session.quiet_answers.get_events.get()) else { return std::ptr::null_mut() };
    // SAFETY: as the caller says. An argument's `__index__` is called once, as the original does.
    unsafe {
        let number = PyNumber_Index(tool);
        if number.is_null() {
            return number;
        }
        let result = (answer.call)(module, number);
        let ours = !result.is_null() && in_main_interpreter() && PyLong_AsLong(number) == i64::from(OPTIMIZER_ID);
        Py_DECREF(number);
        if !ours {
            return result;
        }
        Py_DECREF(result);
        PyLong_FromLong(0)
    }
}

/// # Safety
///
/// Called by the interpreter with the module.
unsafe extern "C" fn all_events(module: *mut PyObject, nothing: *mut PyObject) -> *mut PyObject {
    let Some(answer) = session().and_then(|session| session.quiet_answers.all_events.get()) else { return std::ptr::null_mut() };
    // SAFETY: as the caller says.
    unsafe {
        let events = (answer.call)(module, nothing);
        if events.is_null() || !in_main_interpreter() || PyDict_Check(events) == 0 {
            return events;
        }
        if hide_from(events) {
            return events;
        }
        Py_DECREF(events);
        std::ptr::null_mut()
    }
}

/// Takes our tool out of a dictionary of tools by event, and events out that nobody else wants. False with an exception.
///
/// # Safety
///
/// The GIL is held; `events` is a dictionary of numbers that nobody else has.
unsafe fn hide_from(events: *mut PyObject) -> bool {
    // SAFETY: as the caller says; the list of keys keeps them alive.
    unsafe {
        let keys = PyDict_Keys(events);
        if keys.is_null() {
            return false;
        }
        let done = (0..PyList_Size(keys)).all(|index| {
            let key = PyList_GetItem(keys, index);
            let tools = PyLong_AsLong(PyDict_GetItemWithError(events, key));
            let others = tools & !(1 << OPTIMIZER_ID);
            if !PyErr_Occurred().is_null() {
                return false;
            }
            if others == tools {
                return true;
            }
            if others == 0 {
                return PyDict_DelItem(events, key) == 0;
            }
            let number = PyLong_FromLong(others);
            let status = if number.is_null() { -1 } else { PyDict_SetItem(events, key, number) };
            if !number.is_null() {
                Py_DECREF(number);
            }
            status == 0
        });
        Py_DECREF(keys);
        done
    }
}
