//! Helpers of the contract's table that need units and frames.

use crate::exits;
use crate::extra::CodeExtra;
use crate::helpers::{Obj, Ptr};
use crate::profile::Sight;
use crate::session::{Session, session};
use crate::unit::Unit;
use whipsnake_contract::snapshot::{KnownType, is_callable_key};
use whipsnake_cpython::ffi::{Py_TYPE, PyDict_Size, PyDict_Type, PyFunction_Type, PyList_GET_SIZE, PyList_Type, PyTuple_GET_SIZE, PyTuple_Type};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::monitoring::other_exception_tools_active;
use whipsnake_cpython::{Code, Frame, Thread, offsets, unwind};
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

/// The type code of an array's items; the number of items of a tuple, list or dict, and 1, up to 255; 0 for anything else.
///
/// # Safety
///
/// The object is alive.
unsafe fn format_of(session: &Session, object: Obj) -> u8 {
    // SAFETY: the caller vouches for the object.
    let items = unsafe {
        match Py_TYPE(object) {
            kind if kind == &raw mut PyTuple_Type => PyTuple_GET_SIZE(object),
            kind if kind == &raw mut PyList_Type => PyList_GET_SIZE(object),
            kind if kind == &raw mut PyDict_Type => PyDict_Size(object),
            _ => return exits::array_format(session, object),
        }
    };
    u8::try_from(items + 1).unwrap_or(u8::MAX)
}

/// The Python function that a call of the object runs, if it is that, or a method of it; else NULL.
///
/// # Safety
///
/// The object is alive.
unsafe fn called(session: &Session, object: Obj) -> Obj {
    // SAFETY: the caller vouches for the object; a method has its function there.
    unsafe {
        let is_method = session.platform.borrow().known_type(KnownType::Method) == Some(Py_TYPE(object) as u64);
        let function = if is_method { read(object.cast(), offsets::METHOD_FUNCTION) } else { object };
        if Py_TYPE(function) == &raw mut PyFunction_Type { function } else { std::ptr::null_mut() }
    }
}

/// See the contract's table.
///
/// # Safety
///
/// Called by the unit's native code with its record and the number of one of its codes; the object is alive.
pub unsafe extern "C" fn note_type(unit: Ptr, code: i64, operand: i64, object: Obj) -> i64 {
    // SAFETY: the caller passes what its code was compiled with; a running unit's codes are alive.
    unsafe {
        let unit = &*unit.cast::<Unit>();
        let (Some(session), Some(content)) = (session(), unit.content()) else { return 0 };
        let left = unit.notes.get();
        if left == 0 {
            return 0;
        }
        unit.notes.set(left - 1);
        let extra = |code: Code| CodeExtra::of_or_new(session, code);
        if let Some(extra) = Code::from_object(content.codes[code as usize]).map(extra) {
            let key = operand as u32;
            let function = if is_callable_key(key) { called(session, object) } else { std::ptr::null_mut() };
            extra.operands.borrow_mut().add(key, Sight { kind: Py_TYPE(object), format: format_of(session, object), function });
        }
        if left > 1 {
            return 0;
        }
        unit.site().profiled.set(true);
        1
    }
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

/// True if native code may handle exceptions: no tool wants to hear of them, no assumption broke, no tool was switched on.
///
/// # Safety
///
/// `thread` is the calling thread's state.
unsafe fn handles(thread: Thread, unit: &Unit) -> bool {
    let tools = thread.instrumentation_version() as u64 != unit.record.quiet.get();
    // SAFETY: as the caller says.
    !tools && unit.record.invalid.get() == 0 && !unsafe { other_exception_tools_active(thread) }
}

/// See the contract's table.
///
/// # Safety
///
/// Called by the unit's native code with its thread state and record.
pub unsafe extern "C" fn may_handle(tstate: Ptr, unit: Ptr) -> i64 {
    // SAFETY: the caller passes what its code was compiled with.
    unsafe {
        let Some(thread) = Thread::from_ptr(tstate.cast()) else { return 0 };
        i64::from(handles(thread, &*unit.cast::<Unit>()))
    }
}

/// See the contract's table.
///
/// # Safety
///
/// Called by the unit's native code with its thread state, its record and its linked frame, which stands at the failing
/// instruction; an exception is raised.
pub unsafe extern "C" fn catch_exception(tstate: Ptr, unit: Ptr, frame: Ptr, flags: i64) -> Obj {
    // SAFETY: the caller passes what its code was compiled with.
    unsafe {
        match (Thread::from_ptr(tstate.cast()), Frame::from_ptr(frame)) {
            (Some(thread), Some(frame)) if flags & 1 == 0 && handles(thread, &*unit.cast::<Unit>()) => {
                unwind::take_exception(thread, frame, flags & 2 != 0)
            }
            _ => std::ptr::null_mut(),
        }
    }
}

/// See the contract's table.
///
/// # Safety
///
/// The object's reference count is zero, and its contents are intact.
pub unsafe extern "C" fn destroy_unseen(object: Obj) -> i64 {
    // SAFETY: as the caller says.
    unsafe { i64::from(crate::destroy::destroy_silently(object)) }
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
        let Some(thread) = Thread::from_ptr(tstate.cast()) else { return 1 };
        i64::from(crate::observe::observe(thread, &*unit.cast::<Unit>(), exit as u64, words.cast(), object))
    }
}
