//! Handing a frame to the interpreter.

use crate::datastack::unlink;
use crate::ffi::PyObject;
use crate::frame::Frame;
use crate::symbols::_PyEval_EvalFrameDefault;
use crate::thread::Thread;
use crate::unwind::{Unwind, raise_in_frame};

/// Runs a pushed frame from its current instruction to its end in the interpreter; returns its result, owned, or
/// NULL with an exception raised. The frame is popped in either case. Counts as one Python call.
///
/// # Safety
///
/// The frame is the topmost of the thread's data stack; instruction pointer, locals and value stack fit each other;
/// no exception is raised.
#[inline]
pub unsafe fn resume(thread: Thread, frame: Frame) -> *mut PyObject {
    // SAFETY: the interpreter links the frame itself; linking it twice would make the chain a ring.
    unsafe {
        unlink(thread, frame);
        _PyEval_EvalFrameDefault(thread.as_ptr(), frame.as_ptr(), 0)
    }
}

/// Goes on in a pushed frame whose instruction at code unit `offset` has raised the current exception: at the handler if
/// it has one, else the frame is left. Returns the frame's result, owned, or NULL with an exception raised. The frame
/// is popped in either case.
///
/// # Safety
///
/// As for [`resume`], but an exception is raised; the value stack is as it was before the instruction, or lower.
pub unsafe fn resume_with_exception(thread: Thread, frame: Frame, offset: u32) -> *mut PyObject {
    // SAFETY: the caller vouches for the frame.
    unsafe {
        match raise_in_frame(thread, frame, offset) {
            Unwind::Handler { .. } => resume(thread, frame),
            Unwind::Leave => {
                crate::datastack::clear_and_pop(thread, frame);
                std::ptr::null_mut()
            }
        }
    }
}

/// Delivers a callee's result to the frame that called it and goes on there: pushes `result` and continues behind the call,
/// whose length is the frame's `return_offset`. With NULL, the call has raised the current exception.
///
/// # Safety
///
/// As for [`resume`]; the instruction pointer is at the call, whose operands are popped already; `result` is owned.
pub unsafe fn resume_after_call(thread: Thread, frame: Frame, result: *mut PyObject) -> *mut PyObject {
    // SAFETY: the caller vouches for the frame; the operands of a call made room for its result.
    unsafe {
        if result.is_null() {
            return resume_with_exception(thread, frame, frame.offset().unwrap_or(0));
        }
        frame.push(crate::slot::Slot::from_owned(result));
        continue_after_call(thread, frame)
    }
}

/// Like [`resume_after_call`] for a call whose result is not pushed (`__init__`, `__setitem__`) or was pushed already.
///
/// # Safety
///
/// As for [`resume_after_call`].
pub unsafe fn continue_after_call(thread: Thread, frame: Frame) -> *mut PyObject {
    // SAFETY: the return offset leads to the instruction behind the call.
    unsafe {
        frame.set_instruction(frame.instruction().wrapping_add(usize::from(frame.return_offset())));
        frame.set_return_offset(0);
        resume(thread, frame)
    }
}
