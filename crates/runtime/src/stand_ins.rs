//! Functions of `sys.monitoring` that ours stand in for.
//!
//! - `get_events` and `_all_events` leave our own events out: a program that asks which tools want events hears what it would hear without us.
//!   The tool id stays visible as taken: `get_tool` names us, and `use_tool_id` refuses it.
//! - `set_local_events` of another tool has running units look whether they may go on. The interpreter rewrites the code at once, but changes
//!   nothing else that native code could see.

use crate::session::session;
use crate::start::{in_main_interpreter, take_error};
use std::cell::OnceCell;
use std::ffi::CStr;
use std::ptr::NonNull;
use whipsnake_cpython::ffi::{
    METH_FASTCALL, METH_NOARGS, METH_O, Py_DECREF, Py_NewRef, Py_ssize_t, PyCFunction_Check, PyCFunction_NewEx, PyCFunctionObject, PyDict_Check,
    PyDict_DelItem, PyDict_Keys, PyDict_GetItemWithError, PyDict_SetItem, PyErr_Clear, PyErr_Occurred, PyList_GetItem, PyList_Size,
    PyLong_AsLong, PyLong_CheckExact, PyLong_FromLong, PyMethodDef, PyMethodDefPointer, PyNumber_Index, PyObject, PyObject_GetAttrString,
    PyObject_SetAttrString,
};
use whipsnake_cpython::monitoring::OPTIMIZER_ID;

/// A function of `sys.monitoring` and ours in its place.
struct StandIn {
    name: &'static CStr,
    /// Owned.
    original: NonNull<PyObject>,
    /// What the original runs, of the kind that ours is.
    call: PyMethodDefPointer,
    /// Owned.
    ours: NonNull<PyObject>,
}

/// Our functions; made when they are first needed, and kept.
#[derive(Default)]
pub(crate) struct StandIns {
    get_events: OnceCell<StandIn>,
    all_events: OnceCell<StandIn>,
    set_local_events: OnceCell<StandIn>,
}

impl StandIns {
    /// Puts our functions into the module, unless somebody else has replaced the interpreter's.
    ///
    /// # Errors
    /// The text of a Python error.
    ///
    /// # Safety
    ///
    /// The GIL is held, no exception is raised, and `module` is `sys.monitoring`.
    pub(crate) unsafe fn give(&self, module: *mut PyObject) -> Result<(), String> {
        let wanted = [
            (&self.get_events, c"get_events", PyMethodDefPointer { PyCFunction: get_events }, METH_O),
            (&self.all_events, c"_all_events", PyMethodDefPointer { PyCFunction: all_events }, METH_NOARGS),
            (&self.set_local_events, c"set_local_events", PyMethodDefPointer { PyCFunctionFast: set_local_events }, METH_FASTCALL),
        ];
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
                    && let Some(made) = StandIn::new(module, name, present, replacement, flags)
                {
                    let _ = slot.set(made);
                }
                let ours = slot.get().filter(|made| made.original == present).map(|made| made.ours);
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
        for made in [&self.get_events, &self.all_events, &self.set_local_events].into_iter().filter_map(OnceCell::get) {
            // SAFETY: as the caller says; the result is given back.
            unsafe {
                let present = PyObject_GetAttrString(module, made.name.as_ptr());
                let is_ours = present == made.ours.as_ptr();
                if present.is_null() || is_ours && PyObject_SetAttrString(module, made.name.as_ptr(), made.original.as_ptr()) != 0 {
                    PyErr_Clear();
                }
                if !present.is_null() {
                    Py_DECREF(present);
                }
            }
        }
    }
}

impl StandIn {
    /// A function that looks like the original; `None` if that is not the interpreter's with these flags.
    ///
    /// # Safety
    ///
    /// As for [`StandIns::give`]; `original` is alive, and the flags are those of `replacement`.
    unsafe fn new(
        module: *mut PyObject,
        name: &'static CStr,
        original: NonNull<PyObject>,
        replacement: PyMethodDefPointer,
        flags: i32,
    ) -> Option<StandIn> {
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
            let call = definition.ml_meth;
            let copy = PyMethodDef { ml_meth: replacement, ..*definition };
            let ours = PyCFunction_NewEx(Box::leak(Box::new(copy)), module, function.m_module);
            let ours = NonNull::new(ours).or_else(|| {
                PyErr_Clear();
                None
            })?;
            Py_NewRef(original.as_ptr());
            Some(StandIn { name, original, call, ours })
        }
    }
}

/// # Safety
///
/// Called by the interpreter with the module and one argument.
unsafe extern "C" fn get_events(module: *mut PyObject, tool: *mut PyObject) -> *mut PyObject {
    let Some(made) = session().and_then(|session| session.stand_ins.get_events.get()) else { return std::ptr::null_mut() };
    // SAFETY: as the caller says. An argument's `__index__` is called once, as the original does.
    unsafe {
        let number = PyNumber_Index(tool);
        if number.is_null() {
            return number;
        }
        let result = (made.call.PyCFunction)(module, number);
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
    let Some(made) = session().and_then(|session| session.stand_ins.all_events.get()) else { return std::ptr::null_mut() };
    // SAFETY: as the caller says.
    unsafe {
        let events = (made.call.PyCFunction)(module, nothing);
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

/// # Safety
///
/// Called by the interpreter with the module, and with arguments of which the first is the tool.
unsafe extern "C" fn set_local_events(module: *mut PyObject, arguments: *mut *mut PyObject, count: Py_ssize_t) -> *mut PyObject {
    let Some(session) = session() else { return std::ptr::null_mut() };
    let Some(made) = session.stand_ins.set_local_events.get() else { return std::ptr::null_mut() };
    // SAFETY: as the caller says. An exact number is asked without running any code.
    unsafe {
        let result = (made.call.PyCFunctionFast)(module, arguments, count);
        let tool = (count > 0).then(|| *arguments);
        let is_ours = tool.is_some_and(|tool| PyLong_CheckExact(tool) != 0 && PyLong_AsLong(tool) == i64::from(OPTIMIZER_ID));
        if !result.is_null() && !is_ours && in_main_interpreter() {
            session.silence();
        }
        result
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
