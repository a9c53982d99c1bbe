//! Runs a program as `python` itself would, with no frame of ours below it.
//!
//! The program's own frames must be all that tracebacks and `sys._getframe()` show. So the interpreter's own functions for
//! running programs are used, and the frames of the command line are unlinked meanwhile.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::ffi::{CStr, CString, c_char, c_int};
use whipsnake_cpython::{Frame, Thread};

unsafe extern "C" {
    fn PyRun_AnyFileExFlags(file: *mut libc::FILE, name: *const c_char, close: c_int, flags: *mut ffi::PyCompilerFlags) -> c_int;
}

/// The frames of the caller, unlinked and not counted against the recursion limit; linked again when dropped.
struct Hidden {
    thread: Thread,
    frame: Option<Frame>,
    depth: i32,
}

impl Hidden {
    /// # Safety
    ///
    /// The GIL is held; the value is dropped on this thread before the caller returns to Python code.
    unsafe fn enter() -> Hidden {
        // SAFETY: as the caller says; a thread without frames is what a fresh interpreter has.
        unsafe {
            let thread = Thread::current();
            let depth = thread.recursion_limit() - thread.recursion_remaining();
            thread.set_recursion_remaining(thread.recursion_limit());
            let hidden = Hidden { thread, frame: thread.current_frame(), depth };
            thread.set_current_frame(None);
            hidden
        }
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // SAFETY: the frames that were current before are still running, and count again.
        unsafe {
            self.thread.set_current_frame(self.frame);
            self.thread.set_recursion_remaining(self.thread.recursion_remaining() - self.depth);
        }
    }
}

/// True if a `KeyboardInterrupt` was what ended the program; the interpreter remembers that and ends by the signal.
fn interrupted(py: Python<'_>) -> bool {
    // SAFETY: the GIL is held.
    unsafe {
        let last = ffi::PySys_GetObject(c"last_exc".as_ptr());
        !last.is_null() && Bound::from_borrowed_ptr(py, last).is_instance_of::<pyo3::exceptions::PyKeyboardInterrupt>()
    }
}

/// The process's exit status so far: 0, 1 after a printed exception, `None` if the interpreter itself will end by SIGINT.
fn status(py: Python<'_>, failed: bool) -> Option<i32> {
    match failed {
        false => Some(0),
        true if interrupted(py) => {
            // SAFETY: the GIL is held; the exception has been printed.
            unsafe { note_interrupt() };
            None
        }
        true => Some(1),
    }
}

/// Runs a script; an empty path stands for standard input.
#[pyfunction]
pub(crate) fn run_file(py: Python<'_>, path: std::path::PathBuf) -> PyResult<Option<i32>> {
    use std::os::unix::ffi::OsStrExt;
    let stdin = path.as_os_str().is_empty();
    let name = if stdin { c"<stdin>".to_owned() } else { CString::new(path.as_os_str().as_bytes())? };
    // SAFETY: the GIL is held; the file is handed over to the interpreter, which closes it unless it is standard input.
    unsafe {
        let file = if stdin { whipsnake_stdin() } else { libc::fopen(name.as_ptr(), c"rb".as_ptr()) };
        if file.is_null() {
            return Err(std::io::Error::last_os_error().into());
        }
        let hidden = Hidden::enter();
        let failed = PyRun_AnyFileExFlags(file, name.as_ptr(), c_int::from(!stdin), std::ptr::null_mut()) != 0;
        drop(hidden);
        Ok(status(py, failed))
    }
}

/// The C library's standard input.
unsafe fn whipsnake_stdin() -> *mut libc::FILE {
    unsafe extern "C" {
        static stdin: *mut libc::FILE;
    }
    // SAFETY: set by the C library before any program code runs.
    unsafe { stdin }
}

/// Runs a command as `python -c` does.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, command: &str) -> PyResult<Option<i32>> {
    let main = py.import("__main__")?.dict();
    let linecache = py.import("linecache")?;
    // SAFETY: the GIL is held.
    unsafe {
        let hidden = Hidden::enter();
        let failed = match execute(py, command, &main, &linecache) {
            Ok(()) => false,
            Err(error) => {
                error.restore(py);
                ffi::PyErr_Print();
                true
            }
        };
        drop(hidden);
        Ok(status(py, failed))
    }
}

/// Lets the interpreter end by SIGINT: 3.13 notes an unhandled `KeyboardInterrupt` only where it compiles the text itself.
///
/// # Safety
///
/// The GIL is held and no exception is raised.
unsafe fn note_interrupt() {
    // SAFETY: as the caller says; the result is NULL.
    unsafe {
        let scope = ffi::PyDict_New();
        if !scope.is_null() {
            ffi::PyRun_StringFlags(c"raise KeyboardInterrupt".as_ptr(), ffi::Py_file_input, scope, scope, std::ptr::null_mut());
            ffi::Py_DECREF(scope);
        }
        ffi::PyErr_Clear();
    }
}

/// Compiles and executes a command, with its text kept where tracebacks look for it.
fn execute(py: Python<'_>, command: &str, main: &Bound<'_, PyDict>, linecache: &Bound<'_, PyModule>) -> PyResult<()> {
    const NAME: &CStr = c"<string>";
    let text = CString::new(command)?;
    // SAFETY: the GIL is held; both functions return an owned reference or raise.
    unsafe {
        let code = ffi::Py_CompileStringExFlags(text.as_ptr(), NAME.as_ptr(), ffi::Py_file_input, std::ptr::null_mut(), -1);
        let code = Bound::from_owned_ptr_or_err(py, code)?;
        // 3.13.0 goes by the name alone.
        let key = if linecache.hasattr("_interactive_cache")? { code.clone() } else { NAME.into_pyobject(py)?.into_any() };
        linecache.call_method1("_register_code", (key, command, NAME))?;
        Bound::from_owned_ptr_or_err(py, ffi::PyEval_EvalCode(code.as_ptr(), main.as_ptr(), main.as_ptr())).map(drop)
    }
}

/// Runs a module as `python -m` does; with `alter` false, the `__main__` of `sys.path[0]`.
#[pyfunction]
pub(crate) fn run_module(py: Python<'_>, module: &str, alter: bool) -> PyResult<Option<i32>> {
    let runpy = py.import("runpy")?.getattr("_run_module_as_main")?;
    // SAFETY: the GIL is held.
    let result = unsafe {
        let hidden = Hidden::enter();
        let result = runpy.call1((module, alter));
        let result = match result {
            Err(error) if !error.is_instance_of::<pyo3::exceptions::PySystemExit>(py) => {
                error.restore(py);
                ffi::PyErr_Print();
                Ok(true)
            }
            Err(error) => Err(error),
            Ok(_) => Ok(false),
        };
        drop(hidden);
        result
    };
    Ok(status(py, result?))
}
