//! CPython functions outside of its documented interface; `docs/abi.md` says what each is used for.

use crate::ffi::{Py_complex, PyCodeObject, PyInterpreterState, PyObject, PyThreadState};
use std::ffi::{c_int, c_void};

/// `PyMonitoringState`: the tools that are to hear of an event.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct MonitoringState {
    /// One bit per tool.
    pub active: u8,
    /// The interpreter's own.
    pub opaque: u8,
}

unsafe extern "C" {
    /// Runs a frame that is not linked; takes it over and pops it. With `throw` the raised exception is handled first.
    pub fn _PyEval_EvalFrameDefault(tstate: *mut PyThreadState, frame: *mut c_void, throw: c_int) -> *mut PyObject;
    /// Gives up all references of a frame that is not linked, or moves them to its frame object if that lives on; pops it.
    pub fn _PyEval_FrameClearAndPop(tstate: *mut PyThreadState, frame: *mut c_void);
    /// Gives the data stack's memory of a cleared frame back.
    pub fn _PyThreadState_PopFrame(tstate: *mut PyThreadState, frame: *mut c_void);
    /// Tells tools of a raised exception.
    pub fn _PyEval_MonitorRaise(tstate: *mut PyThreadState, frame: *mut c_void, instruction: *mut u16);
    /// Tells tools that an exception is about to be handled.
    pub fn _PyMonitoring_FireExceptionHandledEvent(
        state: *mut MonitoringState,
        code: *mut PyObject,
        offset: i32,
    ) -> c_int;
    /// Tells tools that an exception leaves a frame.
    pub fn _PyMonitoring_FirePyUnwindEvent(state: *mut MonitoringState, code: *mut PyObject, offset: i32) -> c_int;
    /// Checks the recursion limit of C code; raises `RecursionError`.
    pub fn _Py_CheckRecursiveCall(tstate: *mut PyThreadState, place: *const std::ffi::c_char) -> c_int;
    /// Serves the eval breaker: signals, pending calls, garbage collection, GIL requests.
    pub fn _Py_HandlePending(tstate: *mut PyThreadState) -> c_int;
    /// Has an interpreter call a function soon, in whichever thread runs it then; not 0 if its queue is full.
    pub fn _PyEval_AddPendingCall(
        interpreter: *mut PyInterpreterState,
        function: unsafe extern "C" fn(*mut c_void) -> c_int,
        argument: *mut c_void,
        flags: c_int,
    ) -> c_int;
    /// Destroys an object whose reference count is zero.
    pub fn _Py_Dealloc(object: *mut PyObject);
    /// Cached lookup of a name on a type and its bases; borrowed.
    pub fn _PyType_Lookup(kind: *mut crate::ffi::PyTypeObject, name: *mut PyObject) -> *mut PyObject;
    /// Looks a global up in two exact dictionaries; owned.
    pub fn _PyDict_LoadGlobal(globals: *mut PyObject, builtins: *mut PyObject, name: *mut PyObject) -> *mut PyObject;
    /// A generator, or coroutine, without a frame, for a function whose code says what it is; owned.
    pub fn _Py_MakeCoro(function: *mut PyObject) -> *mut PyObject;
    /// Raises `StopIteration` with that value; negative with another exception if it cannot.
    pub fn _PyGen_SetStopIterationValue(value: *mut PyObject) -> c_int;
    /// The magnitude of a complex number; infinite, with `ERANGE` in `errno`, if that is too large.
    pub fn _Py_c_abs(number: Py_complex) -> f64;
    /// A quotient of complex numbers; 0, with `EDOM` in `errno`, if the divisor is 0.
    pub fn _Py_c_quot(left: Py_complex, right: Py_complex) -> Py_complex;
    /// Gives a function a version (0: none).
    pub fn _PyFunction_SetVersion(function: *mut PyObject, version: u32);
    /// The process-wide state, opaque but for its documented debug offsets.
    pub static _PyRuntime: u8;
}

// Documented or unstable-tier interface that `pyo3-ffi` does not declare.
unsafe extern "C" {
    /// Gives a type a version if it has none; 0 if none is left.
    pub fn PyUnstable_Type_AssignVersionTag(kind: *mut crate::ffi::PyTypeObject) -> c_int;
    /// Replaces the native entry of a function, and its version by 0.
    pub fn PyFunction_SetVectorcall(function: *mut PyObject, vectorcall: crate::ffi::vectorcallfunc);
    /// Registers a callback for changes of watched dictionaries; its id, or -1 with an exception.
    pub fn PyDict_AddWatcher(
        callback: unsafe extern "C" fn(c_int, *mut PyObject, *mut PyObject, *mut PyObject) -> c_int,
    ) -> c_int;
    /// Gives a dictionary watcher id back.
    pub fn PyDict_ClearWatcher(id: c_int) -> c_int;
    /// Starts to watch a dictionary.
    pub fn PyDict_Watch(id: c_int, dict: *mut PyObject) -> c_int;
    /// Stops to watch a dictionary.
    pub fn PyDict_Unwatch(id: c_int, dict: *mut PyObject) -> c_int;
    /// Registers a callback for modified types; its id, or -1 with an exception.
    pub fn PyType_AddWatcher(callback: unsafe extern "C" fn(*mut crate::ffi::PyTypeObject) -> c_int) -> c_int;
    /// Gives a type watcher id back.
    pub fn PyType_ClearWatcher(id: c_int) -> c_int;
    /// Starts to watch a type.
    pub fn PyType_Watch(id: c_int, kind: *mut PyObject) -> c_int;
    /// Stops to watch a type.
    pub fn PyType_Unwatch(id: c_int, kind: *mut PyObject) -> c_int;
    /// Registers a callback for created, changed and destroyed functions; its id, or -1 with an exception.
    pub fn PyFunction_AddWatcher(
        callback: unsafe extern "C" fn(c_int, *mut PyObject, *mut PyObject) -> c_int,
    ) -> c_int;
    /// Gives a function watcher id back.
    pub fn PyFunction_ClearWatcher(id: c_int) -> c_int;
    /// Registers a callback for created and destroyed code objects; its id, or -1 with an exception.
    pub fn PyCode_AddWatcher(callback: unsafe extern "C" fn(c_int, *mut PyCodeObject) -> c_int) -> c_int;
    /// Gives a code watcher id back.
    pub fn PyCode_ClearWatcher(id: c_int) -> c_int;
    /// The main interpreter.
    pub fn PyInterpreterState_Main() -> *mut PyInterpreterState;
    /// `co_code`: the code units without specialisation and instrumentation, owned.
    pub fn PyCode_GetCode(code: *mut PyObject) -> *mut PyObject;
    /// The function that hears of all objects that are made and destroyed, and what it is called with.
    pub fn PyRefTracer_GetTracer(data: *mut *mut c_void) -> Option<RefTracer>;
    /// Replaces that function; negative if it cannot be.
    pub fn PyRefTracer_SetTracer(tracer: Option<RefTracer>, data: *mut c_void) -> c_int;
    /// A bound method, owned.
    pub fn PyMethod_New(function: *mut PyObject, instance: *mut PyObject) -> *mut PyObject;
    /// The type of bound methods.
    pub static mut PyMethod_Type: crate::ffi::PyTypeObject;
    /// `zip`.
    pub static mut PyZip_Type: crate::ffi::PyTypeObject;
}

/// Called with an object, whether it is made (0) or destroyed (1), and its own data.
pub type RefTracer = unsafe extern "C" fn(*mut PyObject, c_int, *mut c_void) -> c_int;

/// Numbers of `PyFunction_AddWatcher` events.
pub mod function_event {
    /// A function was made.
    pub const CREATE: i32 = 0;
    /// A function is about to be destroyed.
    pub const DESTROY: i32 = 1;
    /// `__code__` is about to change.
    pub const MODIFY_CODE: i32 = 2;
    /// `__defaults__` is about to change.
    pub const MODIFY_DEFAULTS: i32 = 3;
    /// `__kwdefaults__` is about to change.
    pub const MODIFY_KWDEFAULTS: i32 = 4;
}

/// Numbers of `PyCode_AddWatcher` events.
pub mod code_event {
    /// A code object was made.
    pub const CREATE: i32 = 0;
    /// A code object is about to be destroyed.
    pub const DESTROY: i32 = 1;
}

/// Numbers of `PyDict_AddWatcher` events.
pub mod dict_event {
    /// A key was added.
    pub const ADDED: i32 = 0;
    /// A value was replaced.
    pub const MODIFIED: i32 = 1;
    /// A key was removed.
    pub const DELETED: i32 = 2;
    /// The dictionary became a copy of another.
    pub const CLONED: i32 = 3;
    /// All keys were removed.
    pub const CLEARED: i32 = 4;
    /// The dictionary is about to be destroyed.
    pub const DEALLOCATED: i32 = 5;
}
