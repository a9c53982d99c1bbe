//! Exceptions in frames: what the interpreter does between a failing instruction and its handler.

use crate::code::Code;
use crate::datastack::link;
use crate::ffi::{
    Py_NewRef, Py_REFCNT, Py_XDECREF, PyBaseExceptionObject, PyErr_GetRaisedException, PyErr_NoMemory, PyErr_Occurred,
    PyErr_SetRaisedException, PyErr_SetString, PyExc_SystemError, PyObject, PyTraceBack_Here, PyTracebackObject,
};
use crate::frame::Frame;
use crate::monitoring::{self, Event};
use crate::offsets;
use crate::slot::Slot;
use crate::thread::Thread;

/// Where the interpreter goes on after an exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unwind {
    /// The frame stands at its handler, with the stack that the handler expects; no exception is raised any more.
    Handler {
        /// Code unit offset of the handler.
        offset: u32,
    },
    /// The frame has no handler; its value stack is empty, and the exception is still raised.
    Leave,
}

/// One entry of an exception table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HandlerEntry {
    /// First code unit that it covers.
    pub start: u32,
    /// First code unit that it does not cover.
    pub end: u32,
    /// Code unit offset of the handler.
    pub target: u32,
    /// Height of the value stack at the handler, before position and exception are pushed.
    pub depth: u32,
    /// The position of the failing instruction is pushed below the exception.
    pub push_position: bool,
}

/// Decodes `co_exceptiontable`; the entries are sorted and do not overlap. Ends at the first malformed entry.
pub fn exception_entries(table: &[u8]) -> impl Iterator<Item = HandlerEntry> + '_ {
    let mut bytes = table.iter().copied();
    std::iter::from_fn(move || {
        let start = varint(&mut bytes)?;
        let length = varint(&mut bytes)?;
        let target = varint(&mut bytes)?;
        let depth_and_position = varint(&mut bytes)?;
        Some(HandlerEntry {
            start,
            end: start + length,
            target,
            depth: depth_and_position >> 1,
            push_position: depth_and_position & 1 == 1,
        })
    })
}

/// Six bits per byte, most significant first; bit 6 says that more follow (bit 7 marks the start of an entry).
fn varint(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut value = 0;
    loop {
        let byte = bytes.next()?;
        value = value << 6 | u32::from(byte & 63);
        if byte & 64 == 0 {
            return Some(value);
        }
    }
}

/// The entry that covers the code unit `offset`.
pub fn find_handler(table: &[u8], offset: u32) -> Option<HandlerEntry> {
    exception_entries(table).take_while(|entry| entry.start <= offset).find(|entry| offset < entry.end)
}

/// Does for the current exception what the interpreter does when the instruction at code unit `offset` of `frame` has raised it: adds
/// the traceback entry, tells tools, unwinds the value stack, and moves the frame to the handler if there is one.
///
/// The frame is linked afterwards. Any Python code may run (destructors of stack values, tools).
///
/// # Safety
///
/// The frame runs a code object and is the thread's innermost, linked or not; `offset` is that of an instruction (or the
/// `EXTENDED_ARG` before it); an exception is raised; the value stack is as before the instruction, or lower.
pub unsafe fn raise_in_frame(thread: Thread, frame: Frame, offset: u32) -> Unwind {
    // SAFETY: the caller vouches for frame and exception, and drops the frame if it has no handler.
    unsafe { raise(thread, frame, offset, true) }
}

/// Adds the frame, which stands at the failing instruction, to the traceback of the raised exception.
///
/// # Safety
///
/// The frame is linked and the thread's innermost; an exception is raised.
unsafe fn add_traceback(thread: Thread, frame: Frame) {
    // SAFETY: the frame is the thread's current one.
    unsafe {
        let object = frame.object_or_new(thread);
        if !object.is_null() {
            PyTraceBack_Here(object.cast());
        }
        if PyErr_Occurred().is_null() {
            // Making the frame object found no memory, which takes the exception's place and was then swallowed.
            PyErr_NoMemory();
        }
    }
}

/// True if the frame was the last to be added to the exception's traceback.
///
/// # Safety
///
/// `exception` is an exception.
unsafe fn is_traced(exception: *mut PyObject, frame: Frame) -> bool {
    // SAFETY: all exceptions begin with these fields; a traceback keeps its frame object alive.
    unsafe {
        let traceback = (*exception.cast::<PyBaseExceptionObject>()).traceback;
        !traceback.is_null() && (*traceback.cast::<PyTracebackObject>()).tb_frame == frame.object() && !frame.object().is_null()
    }
}

/// Takes the raised exception, owned, after adding the frame to its traceback. With `late`, that waits for [`trace`] if
/// nobody else refers to the exception. To be used where no tool wants to hear of exceptions.
///
/// # Safety
///
/// The frame is linked, the thread's innermost, and stands at the instruction that raised the current exception.
pub unsafe fn take_exception(thread: Thread, frame: Frame, late: bool) -> *mut PyObject {
    // SAFETY: as the caller says; the exception is the raised one.
    unsafe {
        ensure_raised(thread);
        let exception = thread.current_exception();
        // An exception that was raised here before must not be taken for one that waits no more.
        let waits = late && !exception.is_null() && Py_REFCNT(exception) == 1 && !is_traced(exception, frame);
        if !waits {
            add_traceback(thread, frame);
        }
        PyErr_GetRaisedException()
    }
}

/// Adds the frame to the traceback of an exception that is not raised, unless it is the last one there already.
///
/// # Safety
///
/// The frame is linked, the thread's innermost, and stands at the instruction that raised the exception, which is alive, or NULL.
pub unsafe fn trace(thread: Thread, frame: Frame, exception: *mut PyObject) {
    // SAFETY: as the caller says. The exception is only raised as long as the entry is made; one that is raised now is put aside.
    unsafe {
        if exception.is_null() || is_traced(exception, frame) {
            return;
        }
        let raised = PyErr_GetRaisedException();
        PyErr_SetRaisedException(Py_NewRef(exception));
        add_traceback(thread, frame);
        Py_XDECREF(PyErr_GetRaisedException());
        if !raised.is_null() {
            PyErr_SetRaisedException(raised);
        }
    }
}

/// A C function that returns NULL without an exception has raised one nevertheless, with the interpreter's words.
///
/// # Safety
///
/// The GIL is held.
unsafe fn ensure_raised(thread: Thread) {
    if thread.current_exception().is_null() {
        // SAFETY: as the caller says; the message is a C string.
        unsafe { PyErr_SetString(PyExc_SystemError, c"error return without exception set".as_ptr()) };
    }
}

/// [`raise_in_frame`]; with `leaves`, tools are told that the exception leaves a frame without handler.
///
/// # Safety
///
/// As for [`raise_in_frame`].
unsafe fn raise(thread: Thread, frame: Frame, offset: u32, leaves: bool) -> Unwind {
    let Some(code) = frame.code() else { return Unwind::Leave };
    // SAFETY: the frame is innermost, so it may be linked; the offset is of an instruction.
    unsafe {
        link(thread, frame);
        let offset = skip_extended_arg(code, offset);
        frame.set_offset(offset);
        ensure_raised(thread);
        add_traceback(thread, frame);
        monitoring::fire_raise(thread, frame, code, offset);
        unwind(thread, frame, code, offset, leaves)
    }
}

/// The search for a handler, without traceback entry and `RAISE` event: what `RERAISE` does.
///
/// # Safety
///
/// As for [`raise_in_frame`]; the frame is linked.
unsafe fn unwind(thread: Thread, frame: Frame, code: Code, failing: u32, leaves: bool) -> Unwind {
    let locals = code.nlocalsplus();
    let mut search = failing;
    loop {
        let Some(entry) = find_handler(code.exception_table(), search) else {
            // SAFETY: the value stack begins above the locals; the exception is still raised.
            unsafe {
                frame.unwind_to(locals);
                if leaves {
                    monitoring::fire_exception_event(thread, code, Event::Unwind, failing);
                }
            }
            return Unwind::Leave;
        };
        // SAFETY: the table's depth is at most the height of the stack; the handler's stack fits the frame.
        unsafe {
            frame.unwind_to(locals + entry.depth as usize);
            let position = entry.push_position.then(|| Slot::position(i64::from(failing)));
            if let Some(position) = position {
                match position {
                    Some(slot) => frame.push(slot),
                    None => return Unwind::Leave,
                }
            }
            if !monitoring::fire_exception_event(thread, code, Event::Handled, entry.target) {
                // A tool raised instead; the interpreter then searches from the unit before the handler.
                search = entry.target.saturating_sub(1);
                continue;
            }
            frame.push(Slot::from_owned(PyErr_GetRaisedException()));
            frame.set_offset(entry.target);
            return Unwind::Handler { offset: entry.target };
        }
    }
}

/// The offset of the instruction whose prefixes begin at `offset`.
pub fn skip_extended_arg(code: Code, mut offset: u32) -> u32 {
    // SAFETY: the interpreter never ends a code object with a prefix.
    while unsafe { code.units_ptr().add(offset as usize).read() } & 0xff == offsets::OPCODE_EXTENDED_ARG as u16 {
        offset += 1;
    }
    offset
}

/// Instructions outside of any code object that raise the exception on the stack again: `RERAISE 0`, `RERAISE 1`.
static RERAISE: [u16; 2] = [offsets::OPCODE_RERAISE as u16, offsets::OPCODE_RERAISE as u16 | 1 << 8];

/// [`RERAISE`], or a copy, such that the interpreter finds no handler in `code` for its address: it looks up the distance of the
/// instruction from the code object, cut to 32 bits.
fn reraise_for(code: Code) -> *mut u16 {
    let is_outside = |instruction: *const u16| {
        let distance = ((instruction as isize - code.units_ptr() as isize) / 2) as i32;
        (0..RERAISE.len() as u32).all(|index| match u32::try_from(distance) {
            Ok(distance) => find_handler(code.exception_table(), distance + index).is_none(),
            Err(_) => true,
        })
    };
    let mut candidate = RERAISE.as_ptr();
    while !is_outside(candidate) {
        candidate = Box::leak(Box::new(RERAISE)).as_ptr();
    }
    candidate.cast_mut()
}

/// Makes a frame that waits in a `JUMP` callback go on with the current exception, raised by the instruction at code unit `offset`:
/// at its handler, or, if it has none, by leaving the frame. The callback must return without an error.
///
/// The interpreter offers callbacks no way to raise at another instruction (an error skips the enclosing `try` on some
/// versions). So without a handler the frame is sent to a `RERAISE` of ours, which adds no traceback entry. A tool that wants
/// `RERAISE` events hears of it.
///
/// # Safety
///
/// As for [`raise_in_frame`]; the frame is in a `JUMP` callback.
pub unsafe fn raise_from_callback(thread: Thread, frame: Frame, offset: u32) {
    // SAFETY: the caller vouches for the frame; a frame without handler has an empty value stack, so up to
    // `co_stacksize` words may be pushed.
    unsafe {
        // The interpreter tells tools itself that the exception leaves the frame.
        let Unwind::Leave = raise(thread, frame, offset, false) else { return };
        let Some(code) = frame.code() else { return };
        let (exception, mut entry) = (PyErr_GetRaisedException(), 0);
        // With a position on the stack, `RERAISE` moves the frame back to the failing instruction.
        if code.stacksize() >= 2 {
            match Slot::position(i64::from(frame.offset().unwrap_or(offset))) {
                Some(position) => {
                    frame.push(position);
                    entry = 1;
                }
                None => crate::ffi::PyErr_Clear(),
            }
        }
        frame.push(Slot::from_owned(exception));
        frame.set_instruction(reraise_for(code).add(entry));
    }
}

/// True if an exception is raised.
///
/// # Safety
///
/// The GIL is held.
pub unsafe fn exception_raised() -> bool {
    // SAFETY: the GIL is held.
    unsafe { !PyErr_Occurred().is_null() }
}
