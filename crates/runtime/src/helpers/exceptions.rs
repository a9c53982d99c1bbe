//! Raising and handling exceptions.

use super::{Obj, Ptr};
use crate::destroy::is_silent;
use std::cell::Cell;
use std::ffi::CStr;
use std::ptr::null_mut;
use whipsnake_cpython::{Frame, Slot, Thread, ffi, unwind};

/// # Safety
/// The GIL is held.
pub unsafe extern "C" fn handled_exception() -> Obj {
    // SAFETY: the GIL is held.
    unsafe { ffi::PyErr_GetHandledException() }
}

/// # Safety
/// `tstate` is the calling thread's state, `exception` is alive.
pub unsafe extern "C" fn push_exc_info(tstate: Ptr, exception: Obj) -> Obj {
    // SAFETY: the thread state is the caller's; the new reference goes into it, the old one out of it.
    unsafe {
        let Some(thread) = Thread::from_ptr(tstate.cast()) else { return ffi::Py_NewRef(ffi::Py_None()) };
        let before = thread.swap_handled(ffi::Py_NewRef(exception));
        if before.is_null() { ffi::Py_NewRef(ffi::Py_None()) } else { before }
    }
}

/// # Safety
/// `tstate` is the calling thread's state, `before` an owned exception or `None`.
pub unsafe extern "C" fn pop_except(tstate: Ptr, before: Obj) -> Obj {
    // SAFETY: the thread state is the caller's; `None` is immortal, so that its reference need not be given up.
    unsafe {
        let Some(thread) = Thread::from_ptr(tstate.cast()) else { return before };
        let handled = thread.swap_handled(if ffi::Py_IsNone(before) != 0 { null_mut() } else { before });
        if !handled.is_null() && ffi::Py_REFCNT(handled) == 1 && is_silent(handled) {
            ffi::Py_DECREF(handled);
            return null_mut();
        }
        handled
    }
}

/// # Safety
/// As [`pop_except`]; `frame` is the linked frame that raised the handled exception.
pub unsafe extern "C" fn pop_untraced(tstate: Ptr, frame: Ptr, before: Obj) -> Obj {
    // SAFETY: the caller vouches for all of them; a handled exception is alive.
    unsafe {
        if let (Some(thread), Some(frame)) = (Thread::from_ptr(tstate.cast()), Frame::from_ptr(frame)) {
            let handled = thread.handled();
            if !handled.is_null() {
                let class = &*ffi::Py_TYPE(handled);
                if class.tp_finalize.is_some() || class.tp_del.is_some() {
                    unwind::trace(thread, frame, handled);
                }
            }
        }
        pop_except(tstate, before)
    }
}

/// # Safety
/// `tstate` is the calling thread's state, `frame` the linked frame that raised the exception, which is the handled one if NULL.
pub unsafe extern "C" fn add_traceback(tstate: Ptr, frame: Ptr, exception: Obj) {
    // SAFETY: the caller vouches for all of them.
    unsafe {
        if let (Some(thread), Some(frame)) = (Thread::from_ptr(tstate.cast()), Frame::from_ptr(frame)) {
            unwind::trace(thread, frame, if exception.is_null() { thread.handled() } else { exception });
        }
    }
}

/// # Safety
/// Both are alive, `exception` is an exception.
pub unsafe extern "C" fn exception_matches(exception: Obj, class: Obj) -> i64 {
    // SAFETY: the objects are alive; the size of a tuple is read from one.
    unsafe {
        let can_be_caught = if ffi::PyTuple_Check(class) != 0 {
            (0..ffi::PyTuple_GET_SIZE(class)).all(|index| ffi::PyExceptionClass_Check(ffi::PyTuple_GET_ITEM(class, index)) != 0)
        } else {
            ffi::PyExceptionClass_Check(class) != 0
        };
        if !can_be_caught {
            let text = c"catching classes that do not inherit from BaseException is not allowed";
            ffi::PyErr_SetString(ffi::PyExc_TypeError, text.as_ptr());
            return -1;
        }
        i64::from(ffi::PyErr_GivenExceptionMatches(exception, class) != 0)
    }
}

/// # Safety
/// `exception` is alive, `cause` too or NULL; no exception is raised.
pub unsafe extern "C" fn raise_exception(exception: Obj, cause: Obj) {
    // SAFETY: the objects are alive; instances are exceptions, whose class lives as long as they.
    unsafe {
        let instance = instance(exception, c"exceptions must derive from BaseException");
        if instance.is_null() {
            return;
        }
        if !cause.is_null() {
            let mut fixed = null_mut();
            if ffi::Py_IsNone(cause) == 0 {
                fixed = self::instance(cause, c"exception causes must derive from BaseException");
                if fixed.is_null() {
                    return ffi::Py_DECREF(instance);
                }
            }
            // Takes the reference over.
            ffi::PyException_SetCause(instance, fixed);
        }
        ffi::PyErr_SetObject(ffi::Py_TYPE(instance).cast(), instance);
        ffi::Py_DECREF(instance);
    }
}

/// The exception, or an instance of the class of exceptions, owned; NULL with an exception raised.
///
/// # Safety
/// `object` is alive.
unsafe fn instance(object: Obj, otherwise: &CStr) -> Obj {
    // SAFETY: the object is alive; the format takes two objects.
    unsafe {
        if ffi::PyExceptionClass_Check(object) != 0 {
            let instance = ffi::PyObject_CallNoArgs(object);
            if !instance.is_null() && ffi::PyExceptionInstance_Check(instance) == 0 {
                let text = c"calling %R should have returned an instance of BaseException, not %R";
                ffi::PyErr_Format(ffi::PyExc_TypeError, text.as_ptr(), object, ffi::Py_TYPE(instance));
                ffi::Py_DECREF(instance);
                return null_mut();
            }
            return instance;
        }
        if ffi::PyExceptionInstance_Check(object) != 0 {
            return ffi::Py_NewRef(object);
        }
        ffi::PyErr_SetString(ffi::PyExc_TypeError, otherwise.as_ptr());
        null_mut()
    }
}

/// # Safety
/// `exit` and `exception` are alive, `receiver` too or NULL; `exception` is an exception.
pub unsafe extern "C" fn with_except_start(exit: Obj, receiver: Obj, exception: Obj) -> Obj {
    // SAFETY: the objects are alive; the word in front of the arguments may be used by the callee.
    unsafe {
        let traceback = ffi::PyException_GetTraceback(exception);
        let shown = if traceback.is_null() { ffi::Py_None() } else { traceback };
        let mut words = [null_mut(), receiver, ffi::Py_TYPE(exception).cast(), exception, shown];
        let (first, count) = if receiver.is_null() { (2, 3) } else { (1, 4) };
        let flags = count | ffi::PY_VECTORCALL_ARGUMENTS_OFFSET;
        let result = ffi::PyObject_Vectorcall(exit, words.as_mut_ptr().add(first), flags, null_mut());
        ffi::Py_XDECREF(traceback);
        result
    }
}

thread_local! {
    static CHECKS: Cell<u32> = const { Cell::new(0) };
}

/// Checks of held frames for each try to let a frame object go: code that handles many exceptions uses the same one for several.
const CHECKS_PER_TRY: u32 = 8;

/// # Safety
/// `frame` is a linked frame with at least `count` slots, `words` points to `count` words; these are 64 at most.
pub unsafe extern "C" fn locals_differ(frame: Ptr, words: Ptr, count: i64, unknown: i64) -> i64 {
    // SAFETY: the caller vouches for frame and words.
    unsafe {
        let Some(frame) = Frame::from_ptr(frame) else { return 1 };
        let words = words.cast::<u64>();
        let same = |index: usize| {
            let (wanted, slot) = (words.add(index).read(), frame.slots().add(index).read());
            match wanted {
                _ if unknown as u64 >> index & 1 != 0 => true,
                0 => slot.is_null(),
                // What is not in the slot any more may be dead.
                _ => wanted == slot.word() || wanted == slot.borrow() as u64 && Slot::from_owned(slot.borrow()) == slot,
            }
        };
        if !(0..count as usize).all(same) {
            return 1;
        }
        let checks = CHECKS.get().wrapping_add(1);
        CHECKS.set(checks);
        if checks % CHECKS_PER_TRY == 0 {
            frame.let_object_go();
        }
        0
    }
}

/// # Safety
/// `frame` is a linked frame.
pub unsafe extern "C" fn let_frame_object_go(frame: Ptr) -> i64 {
    // SAFETY: the frame is linked.
    unsafe { i64::from(Frame::from_ptr(frame).is_none_or(|frame| frame.let_object_go())) }
}
