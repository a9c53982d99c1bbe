//! Snapshots as text, for developers and tests.

use super::{CaptureError, EntryPoint, Limits, UnitFacts, Units, capture};
use crate::profile::Sight;
use crate::session::session;
use crate::type_versions::TypeVersions;
use std::collections::{BTreeMap, BTreeSet};
use whipsnake_contract::faults::Fault;
use whipsnake_contract::snapshot::SeenExit;
use whipsnake_cpython::ffi::{PyInterpreterState, PyObject, PyTypeObject};
use whipsnake_cpython::{Code, platform};

/// Exits and types as they are known, but no units that could be called.
struct Seen;

impl Units for Seen {
    fn types_by_version(&self, interpreter: *mut PyInterpreterState, versions: &BTreeSet<u32>) -> BTreeMap<u32, *mut PyTypeObject> {
        // SAFETY: captures are taken with the GIL held and no exception raised.
        unsafe { TypeVersions::default().look_up(interpreter, versions) }
    }

    fn is_volatile(&self, _: *mut PyObject, _: &str) -> bool {
        false
    }

    fn is_volatile_type(&self, _: *mut PyTypeObject) -> bool {
        false
    }

    fn fails(&self, _: Fault) -> bool {
        false
    }

    fn loses_values(&self, kind: *mut PyTypeObject) -> bool {
        session().is_some_and(|session| session.loses_values(kind))
    }

    fn is_excluded(&self, code: Code) -> bool {
        session().is_some_and(|session| session.is_excluded(code))
    }

    fn unit_of(&self, _function: *mut PyObject) -> u64 {
        0
    }

    fn exits_seen(&self, code: Code) -> Vec<SeenExit> {
        session().map_or(Vec::new(), |session| session.exits_seen(code))
    }

    fn types_seen(&self, code: Code, offset: u32, visit: &mut dyn FnMut(Sight)) {
        if let Some(session) = session() {
            session.types_seen(code, offset, visit);
        }
    }

    fn operands_seen(&self, code: Code, visit: &mut dyn FnMut(u32, Sight)) {
        if let Some(session) = session() {
            session.operands_seen(code, visit);
        }
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
        let captured = capture(entry, &platform::platform(), UnitFacts::default(), &Seen, Limits::default())?;
        let text = serde_json::to_string(&captured.snapshot).map_err(|error| CaptureError::Text(error.to_string()));
        captured.references.release();
        text
    }
}
