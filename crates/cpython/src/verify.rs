//! Checks at load that the running interpreter is what the crate was built for.

mod probes;

use crate::ffi::{PyImport_ImportModule, PyObject, PyObject_GetAttrString, PySys_GetObject};
use crate::memory::read;
use crate::offsets;
use crate::platform::{owned, platform};
use crate::symbols::{_PyRuntime, PyInterpreterState_Main};
use crate::thread::Thread;
use std::ffi::CStr;
use whipsnake_contract::snapshot::Platform;

/// Why native code must stay off. Each message is one line.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unsupported {
    /// Not CPython.
    #[error("whipsnake needs CPython, but this is {0}")]
    Implementation(String),
    /// Another minor version.
    #[error("whipsnake was built for Python {built}, but this is Python {running}; reinstall it for this Python")]
    Version {
        /// Version of the headers.
        built: String,
        /// Version of the running interpreter.
        running: String,
    },
    /// A build without the global interpreter lock.
    #[error("free-threaded Python is not supported yet; use the build with the GIL")]
    FreeThreaded,
    /// A debug build against a release build, or the other way round.
    #[error("whipsnake was built for a {built} build of Python, but this is a {running} build; reinstall it for this Python")]
    BuildKind {
        /// What the headers say.
        built: &'static str,
        /// What runs.
        running: &'static str,
    },
    /// Not the main interpreter.
    #[error("whipsnake works in the main interpreter only, not in subinterpreters")]
    Subinterpreter,
    /// CPython's own JIT is on.
    #[error("CPython's own JIT is on; start Python with PYTHON_JIT=0 to use whipsnake instead")]
    BuiltinJit,
    /// A structure is laid out differently.
    #[error("this Python's {field} is {running} where its headers said {built}; reinstall whipsnake for this Python")]
    Layout {
        /// Field of `_Py_DebugOffsets`.
        field: &'static str,
        /// Value according to the headers.
        built: u64,
        /// Value according to the running interpreter.
        running: u64,
    },
    /// A known object or frame does not look or behave as expected.
    #[error("a check of this Python failed ({0}); reinstall whipsnake for this Python")]
    Probe(&'static str),
    /// An opcode has another number.
    #[error("this Python's opcode {name} is {running}, whipsnake expects {expected}")]
    Opcode {
        /// Name of the opcode.
        name: String,
        /// Number in whipsnake's tables.
        expected: u8,
        /// Number in the running interpreter, or `missing`.
        running: String,
    },
}

/// What verification found out.
#[derive(Clone, Debug)]
pub struct Facts {
    /// `Py_Version` of the running interpreter.
    pub version_hex: u32,
    /// The compiler's view of the interpreter.
    pub platform: Platform,
    /// The entry that interpreted functions have.
    pub interpreted_entry: crate::ffi::vectorcallfunc,
}

/// Checks everything that native code relies on, cheapest first; takes about a millisecond.
///
/// `opcodes` are names and numbers that the running interpreter must agree with.
///
/// # Errors
///
/// The first thing that is not as expected.
///
/// # Safety
///
/// The GIL is held and no exception is raised; none is afterwards.
pub unsafe fn verify(opcodes: &[(&str, u8)]) -> Result<Facts, Unsupported> {
    // SAFETY: the GIL is held; each step reads only what the steps before have made sure of.
    unsafe {
        check_implementation()?;
        let version_hex = check_version()?;
        check_build_kind()?;
        check_debug_offsets()?;
        check_interpreter()?;
        check_jit()?;
        check_opcodes(opcodes)?;
        let interpreted_entry = probes::run()?;
        Ok(Facts { version_hex, platform: platform(), interpreted_entry })
    }
}

/// # Safety
///
/// The GIL is held.
unsafe fn check_implementation() -> Result<(), Unsupported> {
    // SAFETY: the GIL is held; the name is a str.
    unsafe {
        let implementation = PySys_GetObject(c"implementation".as_ptr());
        let name = (!implementation.is_null())
            .then(|| owned(PyObject_GetAttrString(implementation, c"name".as_ptr())))
            .flatten()
            .map_or_else(|| "unknown".to_owned(), |name| text(name.0));
        if name == "cpython" { Ok(()) } else { Err(Unsupported::Implementation(name)) }
    }
}

/// # Safety
///
/// The running interpreter is CPython.
unsafe fn check_version() -> Result<u32, Unsupported> {
    // SAFETY: a constant of the interpreter.
    let running = unsafe { crate::ffi::Py_Version } as u32;
    let show = |hex: u32| format!("{}.{}.{}", hex >> 24, hex >> 16 & 0xff, hex >> 8 & 0xff);
    if running >> 16 != offsets::VERSION_HEX as u32 >> 16 {
        return Err(Unsupported::Version { built: show(offsets::VERSION_HEX as u32), running: show(running) });
    }
    Ok(running)
}

/// # Safety
///
/// The GIL is held.
unsafe fn check_build_kind() -> Result<(), Unsupported> {
    let kind = |debug: bool| if debug { "debug" } else { "release" };
    // SAFETY: the GIL is held.
    let running = unsafe { !PySys_GetObject(c"gettotalrefcount".as_ptr()).is_null() };
    let built = offsets::HEADERS_DEBUG == 1;
    if running == built {
        return Ok(());
    }
    Err(Unsupported::BuildKind { built: kind(built), running: kind(running) })
}

/// Compares all that the interpreter says of its structures with what the headers said.
///
/// # Safety
///
/// The minor version is the one built for, so that `_Py_DebugOffsets` has the same fields.
unsafe fn check_debug_offsets() -> Result<(), Unsupported> {
    let runtime = &raw const _PyRuntime;
    // SAFETY: the runtime state begins with the debug offsets.
    let cookie: [u8; 8] = unsafe { read(runtime, offsets::RUNTIME_DEBUG_OFFSETS) };
    if &cookie != b"xdebugpy" {
        return Err(Unsupported::Probe("debug offsets"));
    }
    for &(field, at, built) in offsets::DEBUG_OFFSETS {
        // SAFETY: all fields of the debug offsets are 64-bit numbers.
        let running: u64 = unsafe { read(runtime, at) };
        if running != built {
            return Err(match field {
                "free_threaded" => Unsupported::FreeThreaded,
                _ => Unsupported::Layout { field, built, running },
            });
        }
    }
    Ok(())
}

/// # Safety
///
/// The GIL is held and the thread state's layout is known.
unsafe fn check_interpreter() -> Result<(), Unsupported> {
    // SAFETY: the GIL is held.
    let main = unsafe { Thread::current().interpreter() == PyInterpreterState_Main() };
    if main { Ok(()) } else { Err(Unsupported::Subinterpreter) }
}

/// # Safety
///
/// The GIL is held.
unsafe fn check_jit() -> Result<(), Unsupported> {
    // SAFETY: the GIL is held.
    let enabled = unsafe {
        let jit = PySys_GetObject(c"_jit".as_ptr());
        if jit.is_null() {
            tier_two_wanted(std::env::var("PYTHON_JIT").ok().as_deref())
        } else {
            owned(PyObject_GetAttrString(jit, c"is_enabled".as_ptr()))
                .and_then(|is_enabled| owned(crate::ffi::PyObject_CallNoArgs(is_enabled.0)))
                .is_some_and(|answer| answer.0 == crate::ffi::Py_True())
        }
    };
    if enabled { Err(Unsupported::BuiltinJit) } else { Ok(()) }
}

/// Whether an interpreter without `sys._jit` (3.13) compiles: its build says so, and the environment may overrule it.
fn tier_two_wanted(variable: Option<&str>) -> bool {
    let (built, off_by_default) = (BUILD_TIER_TWO != 0, BUILD_TIER_TWO & 2 != 0);
    built && match variable {
        Some(value) => value != "0",
        None => !off_by_default,
    }
}

/// `_Py_TIER2` of the interpreter that the crate was built for; 0 if it has no compiler of its own.
const BUILD_TIER_TWO: u8 = match env!("WHIPSNAKE_BUILD_TIER_TWO").as_bytes() {
    [digit] => *digit - b'0',
    _ => 0,
};

/// # Safety
///
/// The GIL is held and no exception is raised.
unsafe fn check_opcodes(opcodes: &[(&str, u8)]) -> Result<(), Unsupported> {
    // SAFETY: the GIL is held; the tables are dicts of str to int, which `opcode_number` checks.
    unsafe {
        let module = owned(PyImport_ImportModule(c"_opcode_metadata".as_ptr()))
            .ok_or(Unsupported::Probe("module _opcode_metadata"))?;
        let table = |name: &CStr| owned(PyObject_GetAttrString(module.0, name.as_ptr()));
        let (Some(base), Some(specialised)) = (table(c"opmap"), table(c"_specialized_opmap")) else {
            return Err(Unsupported::Probe("opcode tables"));
        };
        for &(name, expected) in opcodes {
            let running = opcode_number(base.0, name).or_else(|| opcode_number(specialised.0, name));
            if running != Some(i64::from(expected)) {
                return Err(Unsupported::Opcode {
                    name: name.to_owned(),
                    expected,
                    running: running.map_or_else(|| "missing".to_owned(), |number| number.to_string()),
                });
            }
        }
        Ok(())
    }
}

/// # Safety
///
/// The GIL is held and no exception is raised; `table` is alive.
unsafe fn opcode_number(table: *mut PyObject, name: &str) -> Option<i64> {
    // SAFETY: the GIL is held; the value is borrowed from the table while it is read.
    unsafe {
        let key = owned(crate::ffi::PyUnicode_FromStringAndSize(name.as_ptr().cast(), name.len() as isize))?;
        if crate::ffi::PyDict_Check(table) == 0 {
            return None;
        }
        let value = crate::ffi::PyDict_GetItemWithError(table, key.0);
        (!value.is_null() && crate::int::is_exact(value)).then(|| crate::int::value(value)).flatten()
    }
}

/// A str object's text; empty for anything else.
///
/// # Safety
///
/// The GIL is held; `object` is alive.
unsafe fn text(object: *mut PyObject) -> String {
    let mut length = 0;
    // SAFETY: the bytes belong to the str, which is alive while they are copied.
    unsafe {
        let bytes = crate::ffi::PyUnicode_AsUTF8AndSize(object, &mut length);
        if bytes.is_null() {
            crate::ffi::PyErr_Clear();
            return String::new();
        }
        String::from_utf8_lossy(std::slice::from_raw_parts(bytes.cast(), length as usize)).into_owned()
    }
}
