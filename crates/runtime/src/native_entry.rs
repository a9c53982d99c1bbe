//! Helpers of the contract's table that need units and frames.

use crate::exits;
use crate::helpers::{Obj, Ptr};
use crate::session::session;
use crate::unit::Unit;
use whipsnake_cpython::Thread;
use whipsnake_cpython::symbols::_Py_Dealloc;

/// Destroys an object whose reference count reached zero.
///
/// # Safety
///
/// The GIL is held and nobody refers to the object.
pub unsafe extern "C" fn dealloc(object: Obj) {
    // SAFETY: the caller vouches for the object.
    unsafe { _Py_Dealloc(object) };
}

/// Slow path of the pending-work check: 0 to go on, 1 to leave to the interpreter.
///
/// # Safety
///
/// Called by the unit's native code with its thread state and record.
pub unsafe extern "C" fn poll(tstate: Ptr, unit: Ptr) -> i64 {
    // SAFETY: the caller passes what its code was compiled with.
    unsafe {
        let (Some(thread), Some(session)) = (Thread::from_ptr(tstate.cast()), session()) else { return 1 };
        i64::from(!crate::entry::may_go_on(session, thread, &*unit.cast::<Unit>()))
    }
}

/// See the contract's table.
///
/// # Safety
///
/// Called by the unit's native code with its thread state, its record, an exit number, that exit's words, and an object
/// whose reference count is zero.
pub unsafe extern "C" fn observe(tstate: Ptr, unit: Ptr, exit: i64, words: Ptr, object: Obj) -> i64 {
    // SAFETY: the caller passes what its code was compiled with.
    unsafe {
        if crate::destroy::is_silent(object) {
            _Py_Dealloc(object);
            return 0;
        }
        let Some(thread) = Thread::from_ptr(tstate.cast()) else { return 1 };
        i64::from(exits::observe(thread, &*unit.cast::<Unit>(), exit as u64, words.cast(), object))
    }
}
