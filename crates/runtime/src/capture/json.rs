//! Snapshots as text, for developers and tests.

use super::{CaptureError, EntryPoint, Limits, UnitFacts, Units, capture};
use whipsnake_contract::snapshot::SeenExit;
use whipsnake_cpython::ffi::PyObject;
use whipsnake_cpython::{Code, platform};

/// A process in which nothing was compiled.
struct NoUnits;

impl Units for NoUnits {
    fn unit_of(&self, _function: *mut PyObject) -> u64 {
        0
    }

    fn exits_seen(&self, _code: Code) -> Vec<SeenExit> {
        Vec::new()
    }
}

/// The snapshot that compiling a function for such arguments would start from, as JSON.
///
/// # Errors
/// See [`CaptureError`].
///
/// # Safety
/// The GIL is held, no exception is raised, and the objects are alive.
pub unsafe fn snapshot_json(function: *mut PyObject, arguments: &[*mut PyObject]) -> Result<String, CaptureError> {
    // SAFETY: the caller vouches for the objects; the addresses are not used after the references are given up.
    unsafe {
        let entry = EntryPoint::Function { function, arguments };
        let captured = capture(entry, &platform::platform(), UnitFacts::default(), &NoUnits, Limits::default())?;
        let text = serde_json::to_string(&captured.snapshot).map_err(|error| CaptureError::Text(error.to_string()));
        captured.references.release();
        text
    }
}
