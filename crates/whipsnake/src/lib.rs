//! `whipsnake._native`: conversions between Python and the runtime. `python/whipsnake/__init__.py` is the interface for users.

mod run;

use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::collections::BTreeMap;
use whipsnake_contract::options::{Kind, OPTIONS, Options};
use whipsnake_runtime::session::session;
use whipsnake_runtime::start;

/// The options of the environment, overruled by keywords.
fn options(keywords: Option<&Bound<'_, PyDict>>) -> PyResult<Options> {
    let variables = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let refused = |error: whipsnake_contract::options::OptionError| PyValueError::new_err(error.to_string());
    let mut options = Options::from_env(variables).map_err(refused)?;
    for (name, value) in keywords.into_iter().flatten() {
        let name: String = name.extract()?;
        let text = match value.extract::<bool>() {
            Ok(flag) => if flag { "1" } else { "0" }.to_owned(),
            Err(_) => value.str()?.to_string(),
        };
        options.set(&name, &text, &name).map_err(refused)?;
    }
    Ok(options)
}

/// Switches the JIT on; the reason if it stays off.
#[pyfunction]
#[pyo3(signature = (**keywords))]
fn enable(py: Python<'_>, keywords: Option<&Bound<'_, PyDict>>) -> PyResult<Option<String>> {
    if !start::allowed().map_err(PyValueError::new_err)? {
        // Bad options are errors all the same.
        return options(keywords).map(|_| None);
    }
    let options = match session() {
        // Without keywords everything stays as it was.
        Some(session) if keywords.is_none_or(|keywords| keywords.is_empty()) => session.options.clone(),
        _ => options(keywords)?,
    };
    // SAFETY: the GIL is held and no exception is raised.
    let reason = unsafe { start::enable(&options) }.err();
    // SAFETY: the GIL is held.
    unsafe { start::watch_crashes(faulthandler_is_on(py)) };
    Ok(reason)
}

/// True if Python's own handlers of fatal signals are installed.
fn faulthandler_is_on(py: Python<'_>) -> bool {
    let asked = || -> PyResult<bool> {
        let modules = py.import("sys")?.getattr("modules")?;
        modules.get_item("faulthandler")?.call_method0("is_enabled")?.extract()
    };
    asked().unwrap_or(false)
}

/// Switches the JIT off.
#[pyfunction]
fn disable() {
    // SAFETY: the GIL is held and no exception is raised.
    unsafe { start::disable() };
}

/// True while hot code is compiled.
#[pyfunction]
fn is_enabled() -> bool {
    start::is_enabled()
}

fn function(object: &Bound<'_, PyAny>) -> PyResult<*mut pyo3::ffi::PyObject> {
    // SAFETY: the object is alive.
    if unsafe { pyo3::ffi::PyFunction_Check(object.as_ptr()) } == 0 {
        return Err(PyTypeError::new_err(format!(
            "{} is not a function written in Python",
            object.repr().map_or_else(|_| "the argument".to_owned(), |text| text.to_string())
        )));
    }
    Ok(object.as_ptr())
}

/// Compiles a function now.
#[pyfunction]
fn compile(object: &Bound<'_, PyAny>) -> PyResult<()> {
    let function = function(object)?;
    // SAFETY: the GIL is held; the function is alive.
    unsafe { start::compile_now(function) }.map_err(|reason| {
        let name = object.getattr("__qualname__").map_or_else(|_| "function".to_owned(), |name| name.to_string());
        PyRuntimeError::new_err(format!("{name} was not compiled: {reason}"))
    })
}

/// True if the function has native code. Calls by the interpreter enter it, unless `stats()` says that they are not worth it (`detached`).
#[pyfunction]
fn is_compiled(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let function = function(object)?;
    // SAFETY: the GIL is held; the function is alive.
    Ok(unsafe { start::is_compiled(function) })
}

/// Excludes a function from compilation.
#[pyfunction]
fn never(object: &Bound<'_, PyAny>) -> PyResult<()> {
    let function = function(object)?;
    // SAFETY: the GIL is held; the function is alive.
    unsafe { start::never(function) }.map_err(PyRuntimeError::new_err)
}

/// What the compiler would be told of a function and such arguments, as JSON.
#[pyfunction]
#[pyo3(signature = (object, *arguments))]
fn snapshot_json(object: &Bound<'_, PyAny>, arguments: &Bound<'_, PyTuple>) -> PyResult<String> {
    let words: Vec<*mut pyo3::ffi::PyObject> = arguments.iter().map(|argument| argument.as_ptr()).collect();
    // SAFETY: the GIL is held and no exception is raised; the tuple keeps the arguments alive.
    let text = unsafe { whipsnake_runtime::capture::snapshot_json(object.as_ptr(), &words) };
    text.map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Where native code finds a helper, for tests.
#[pyfunction]
fn helper_address(name: &str) -> PyResult<usize> {
    whipsnake_contract::helpers::Helper::from_name(name)
        .map(|helper| whipsnake_runtime::helpers::address(helper) as usize)
        .ok_or_else(|| PyValueError::new_err(format!("there is no helper {name:?}; the table is in the contract crate")))
}

/// Statistics as JSON; `None` before the first `enable()`.
#[pyfunction]
fn stats() -> PyResult<Option<String>> {
    let Some(session) = session() else { return Ok(None) };
    // SAFETY: the GIL is held.
    unsafe { session.install_finished() };
    serde_json::to_string(&session.stats()).map(Some).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}

/// Variable, value, default, what it takes, text.
type OptionRow = (String, String, &'static str, String, &'static str);

/// All options: name to (variable, value, default, what it takes, text).
#[pyfunction]
fn option_table() -> PyResult<BTreeMap<&'static str, OptionRow>> {
    let present: BTreeMap<String, String> =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    options(None)?;
    Ok(OPTIONS
        .iter()
        .map(|option| {
            let takes = match option.kind {
                Kind::Flag => "0 or 1".to_owned(),
                Kind::Number { min, max } => format!("{min} to {max}"),
                Kind::Choice(words) => words.join(" or "),
                Kind::Fault(places) => format!("one of {}, then :n or :n+", places.join(", ")),
                Kind::Dump(stages) => format!("{}[,...][:name]", stages.join(",")),
                Kind::Path => "a path".to_owned(),
                Kind::Functions => "a file with one function a line".to_owned(),
                Kind::Sample => "percent:seed".to_owned(),
            };
            let value = present.get(&option.variable()).cloned().unwrap_or_else(|| option.default.to_owned());
            (option.name, (option.variable(), value, option.default, takes, option.doc.trim()))
        })
        .collect())
}

/// Why this Python is not supported; `None` if it is.
#[pyfunction]
fn unsupported() -> Option<String> {
    // SAFETY: the GIL is held and no exception is raised.
    unsafe { start::check() }.err().map(|reason| reason.to_string())
}

/// Called before `os.fork()`.
#[pyfunction]
fn before_fork() {
    start::before_fork();
}

/// Called after `os.fork()`.
#[pyfunction]
fn after_fork() {
    start::after_fork();
}

/// Called when the interpreter begins to shut down.
#[pyfunction]
fn end() {
    // SAFETY: the GIL is held.
    unsafe { start::end() };
}

/// The native part of whipsnake.
#[pymodule]
#[pyo3(gil_used = true)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(enable, module)?)?;
    module.add_function(wrap_pyfunction!(disable, module)?)?;
    module.add_function(wrap_pyfunction!(is_enabled, module)?)?;
    module.add_function(wrap_pyfunction!(compile, module)?)?;
    module.add_function(wrap_pyfunction!(is_compiled, module)?)?;
    module.add_function(wrap_pyfunction!(never, module)?)?;
    module.add_function(wrap_pyfunction!(stats, module)?)?;
    module.add_function(wrap_pyfunction!(snapshot_json, module)?)?;
    module.add_function(wrap_pyfunction!(helper_address, module)?)?;
    module.add_function(wrap_pyfunction!(option_table, module)?)?;
    module.add_function(wrap_pyfunction!(unsupported, module)?)?;
    module.add_function(wrap_pyfunction!(end, module)?)?;
    module.add_function(wrap_pyfunction!(before_fork, module)?)?;
    module.add_function(wrap_pyfunction!(after_fork, module)?)?;
    module.add_function(wrap_pyfunction!(run::run_file, module)?)?;
    module.add_function(wrap_pyfunction!(run::run_command, module)?)?;
    module.add_function(wrap_pyfunction!(run::run_module, module)?)?;
    Ok(())
}
