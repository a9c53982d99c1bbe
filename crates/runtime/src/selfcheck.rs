//! The self-check: before anything else is compiled, small functions are compiled, run, left by exits, and made to
//! raise. If any answer is wrong, native code stays off.

use crate::capture::EntryPoint;
use crate::session::Session;
use crate::text::shown_text;
use crate::unit::Site;
use std::cell::Cell;
use std::ptr::NonNull;
use whipsnake_contract::faults::Fault;
use whipsnake_cpython::{Code, Thread};
use whipsnake_cpython::ffi::{
    Py_DECREF, Py_EQ, Py_eval_input, Py_file_input, PyDict_GetItemString, PyDict_New,
    PyErr_Clear, PyErr_GetRaisedException, PyObject, PyObject_CallObject,
    PyObject_Repr, PyObject_RichCompareBool, PyRun_StringFlags,
};
use whipsnake_cpython::thread::OutsideCallback;
use whipsnake_strategy::UnitKind;

const SOURCE: &std::ffi::CStr = c"
def calculate(a, b):
    return a * b + a
def divide(a, b):
    return (
        a // b)
def total(n):
    t = 0
    for i in range(n):
        t += i
    return t
def caught(a, b):
    try:
        return divide(a, b)
    except ZeroDivisionError as error:
        return error.__traceback__.tb_lineno, error.__traceback__.tb_next.tb_lineno
";

/// Function, arguments, expected result; the first call of each function decides what it is compiled for.
const CALLS: &[(&std::ffi::CStr, &std::ffi::CStr, &std::ffi::CStr)] = &[
    (c"calculate", c"(5, 7)", c"40"),
    (c"calculate", c"(2.5, 2.0)", c"7.5"),
    (c"calculate", c"(2**62, 8)", c"2**65 + 2**62"),
    (c"calculate", c"('ab', 2)", c"'ababab'"),
    (c"divide", c"(-7, 2)", c"-4"),
    (c"caught", c"(9, 2)", c"4"),
    (c"caught", c"(9, 0)", c"(14, 6)"),
    (c"total", c"(60,)", c"1770"),
    (c"total", c"(70,)", c"2415"),
];

/// How often a call is made until it is entered: the interpreter runs it while a signal, another thread or a pending call waits.
const ATTEMPTS: u32 = 100;

/// How far the self-check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Progress {
    /// Not begun.
    #[default]
    Open,
    /// Running: sites that appear now belong to it.
    Running,
    /// Passed or failed.
    Done,
}

/// The state of the self-check.
#[derive(Debug, Default)]
pub struct SelfCheck(Cell<Progress>);

impl SelfCheck {
    /// True while it runs.
    pub fn is_running(&self) -> bool {
        self.0.get() == Progress::Running
    }

    /// True once it has passed or failed.
    pub(crate) fn is_done(&self) -> bool {
        self.0.get() == Progress::Done
    }
}

/// An owned reference, given back when dropped.
pub(crate) struct Owned(pub(crate) *mut PyObject);

impl Owned {
    /// The reference, which is given up by nobody.
    pub(crate) fn leak(self) -> *mut PyObject {
        std::mem::ManuallyDrop::new(self).0
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the reference is owned; the self-check holds the GIL.
        unsafe { Py_DECREF(self.0) };
    }
}

/// # Safety
///
/// The GIL is held; `object` is owned or NULL with an exception.
pub(crate) unsafe fn owned(object: *mut PyObject) -> Option<Owned> {
    if object.is_null() {
        // SAFETY: the GIL is held.
        unsafe { PyErr_Clear() };
        return None;
    }
    Some(Owned(object))
}

impl Session {
    /// Runs the self-check unless that was done. False if native code has to stay off.
    ///
    /// # Safety
    ///
    /// The GIL is held and no exception is raised.
    pub(crate) unsafe fn passes_self_check(&self, thread: Thread) -> bool {
        match self.self_check.0.get() {
            Progress::Done => return self.enabled.get(),
            Progress::Running => return true,
            Progress::Open => {}
        }
        self.self_check.0.set(Progress::Running);
        // SAFETY: as the caller says. Usually a callback of ours is running; its events are wanted in the check.
        let failure = unsafe {
            let _outside = OutsideCallback::enter(thread);
            self.self_check_failure()
        };
        self.self_check.0.set(Progress::Done);
        if let Some(what) = failure.filter(|_| self.why_off().is_none()) {
            // SAFETY: as the caller says.
            unsafe {
                self.switch_off(&format!("its self-check failed ({what}); please report this with the output of `whipsnake version`"));
            }
        }
        self.enabled.get()
    }

    /// # Safety
    ///
    /// As for [`Self::passes_self_check`].
    unsafe fn self_check_failure(&self) -> Option<String> {
        // SAFETY: the GIL is held; the code is our own.
        unsafe {
            // What runs first puts the interpreter's builtins there: those of the current frame may be others.
            let Some(space) = owned(PyDict_New()) else { return Some("no memory".to_owned()) };
            let run = |source: &std::ffi::CStr, start| {
                owned(PyRun_StringFlags(source.as_ptr(), start, space.0, space.0, std::ptr::null_mut()))
            };
            if run(SOURCE, Py_file_input).is_none() {
                return Some("its source does not run".to_owned());
            }
            for (name, arguments, expected) in CALLS {
                let shown = || format!("{}{}", name.to_string_lossy(), arguments.to_string_lossy());
                let function = PyDict_GetItemString(space.0, name.as_ptr());
                let (Some(arguments), Some(expected)) = (run(arguments, Py_eval_input), run(expected, Py_eval_input)) else {
                    return Some(shown());
                };
                let site = self.function_site(function)?;
                let is_loop = *name == c"total";
                if is_loop
                    && self.sampling.is_on()
                    && let Some(code) = Code::of_function(function)
                {
                    self.listen_to(code);
                }
                if site.as_ref().unit.get().is_none() && !is_loop {
                    let tuple = arguments.0;
                    let count = whipsnake_cpython::ffi::PyTuple_GET_SIZE(tuple);
                    let items: Vec<*mut PyObject> =
                        (0..count).map(|index| whipsnake_cpython::ffi::PyTuple_GET_ITEM(tuple, index)).collect();
                    self.compile_synchronously(Thread::current(), site.as_ref(), EntryPoint::Function { function, arguments: &items });
                    if let Some(reason) = site.as_ref().left_alone() {
                        return Some(format!("{}: {reason}", shown()));
                    }
                    self.hook(function);
                }
                let has_looped = |site: &NonNull<Site>| {
                    let site = site.as_ref();
                    site.hidden && site.kind == UnitKind::Loop && site.history().entries > 0
                };
                let is_entered = || match is_loop {
                    true => self.sites.borrow().values().any(has_looped),
                    false => site.as_ref().current().is_some_and(|unit| unit.entries.get() > 0),
                };
                for _ in 0..ATTEMPTS {
                    let result = PyObject_CallObject(function, arguments.0);
                    if result.is_null() {
                        let error = Owned(PyErr_GetRaisedException());
                        let text = owned(PyObject_Repr(error.0)).map_or_else(String::new, |text| shown_text(text.0));
                        return Some(format!("{} raised {text}", shown()));
                    }
                    let result = Owned(result);
                    if PyObject_RichCompareBool(result.0, expected.0, Py_EQ) != 1 || self.faults.happens(Fault::SelfCheck) {
                        PyErr_Clear();
                        return Some(format!("{} has a wrong result", shown()));
                    }
                    if is_entered() {
                        break;
                    }
                }
                if !is_entered() {
                    return Some(format!("{} was not entered", shown()));
                }
            }
            let error = PyErr_GetRaisedException();
            if !error.is_null() {
                Py_DECREF(error);
                return Some("an exception was left behind".to_owned());
            }
            None
        }
    }
}
