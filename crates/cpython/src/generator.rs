//! Generators: what the interpreter does around the code that one executes.

use crate::code::Code;
use crate::datastack::{link, unlink};
use crate::ffi::{PyObject, PyTuple_GET_ITEM};
use crate::frame::Frame;
use crate::memory::{read, write};
use crate::offsets;
use crate::slot::Slot;
use crate::symbols::_Py_MakeCoro;
use crate::thread::Thread;
use std::ptr::NonNull;

/// A generator object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Generator(NonNull<u8>);

/// How calls of a generator function begin: what the interpreter executes until there is a generator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Start {
    /// Variables of the closure that are copied to the last slots.
    pub free: usize,
    /// Code unit offset at which the generator goes on.
    pub offset: u32,
}

impl Start {
    /// How calls of functions with that code begin; `None` if they do anything else, or make something other than a generator.
    pub fn of(code: Code) -> Option<Start> {
        if code.flags() & CO_KINDS != CO_GENERATOR {
            return None;
        }
        // SAFETY: code has more units than these.
        let unit = |index: u32| unsafe { code.units_ptr().add(index as usize).read() };
        let opcode = |index: u32| usize::from(unit(index) & 0xff);
        let (free, at) = if opcode(0) == offsets::OPCODE_COPY_FREE_VARS { (usize::from(unit(0) >> 8), 1) } else { (0, 0) };
        (opcode(at) == offsets::OPCODE_RETURN_GENERATOR).then_some(Start { free, offset: at + 1 })
    }
}

/// Flags of code that makes generators, coroutines, either or both of them.
const CO_GENERATOR: u32 = 0x20;
const CO_KINDS: u32 = 0x20 | 0x80 | 0x100 | 0x200;

/// What a generator is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// It has not begun.
    Created,
    /// It waits behind a `yield`.
    Suspended,
    /// It waits for another iterator, in `yield from`.
    Delegating,
    /// It runs.
    Executing,
    /// It has ended.
    Ended,
}

impl Generator {
    /// Wraps a generator.
    ///
    /// # Safety
    ///
    /// The object is an alive instance of `PyGen_Type`, and stays alive.
    #[inline]
    pub unsafe fn from_object(object: *mut PyObject) -> Option<Generator> {
        NonNull::new(object.cast()).map(Generator)
    }

    /// What a call of a generator function returns, owned; NULL with an exception raised if there is no memory.
    ///
    /// # Safety
    ///
    /// `function` is an alive function that has that code, or had it when it was called; its calls begin as `start` says; its first locals are these objects, parameters first, and NULL
    /// where one is unbound.
    pub unsafe fn create(function: *mut PyObject, code: Code, start: Start, locals: &[*mut PyObject]) -> *mut PyObject {
        // SAFETY: the new object has room for a frame of the code; a closure has as many cells as the code has free variables.
        unsafe {
            // What is made has room for a frame of the function's code.
            let present: *mut PyObject = read(function.cast(), offsets::FUNCTION_CODE);
            write(function.cast(), offsets::FUNCTION_CODE, code.as_object());
            let object = _Py_MakeCoro(function);
            write(function.cast(), offsets::FUNCTION_CODE, present);
            let Some(generator) = Generator::from_object(object) else { return object };
            let Some(frame) = generator.frame() else { return object };
            frame.initialise(function, code, None);
            frame.give_to_generator();
            for (index, &local) in locals.iter().enumerate().filter(|(_, local)| !local.is_null()) {
                frame.set_slot(index, Slot::new(local));
            }
            let closure: *mut PyObject = read(function.cast(), offsets::FUNCTION_CLOSURE);
            let first = code.nlocalsplus() - start.free;
            for index in 0..start.free {
                frame.set_slot(first + index, Slot::new(PyTuple_GET_ITEM(closure, index as isize)));
            }
            frame.set_offset(start.offset);
            generator.set_state(offsets::GEN_FRAME_CREATED);
            object
        }
    }

    /// Makes one that was just created wait behind a `yield`, at a code unit offset, with these objects on its value stack.
    ///
    /// # Safety
    ///
    /// The offset is behind a `yield` with such a stack; all objects are alive, and nobody knows the generator.
    pub unsafe fn wait_at(self, offset: u32, stack: &[*mut PyObject]) {
        // SAFETY: the frame has room for the locals and the value stack of its code.
        unsafe {
            let Some(frame) = self.frame() else { return };
            for &object in stack {
                frame.push(if object.is_null() { Slot::NULL } else { Slot::new(object) });
            }
            frame.set_offset(offset);
            self.set_state(offsets::GEN_FRAME_SUSPENDED);
        }
    }

    /// The object.
    #[inline]
    pub fn as_object(self) -> *mut PyObject {
        self.0.as_ptr().cast()
    }

    /// What it is doing.
    #[inline]
    pub fn progress(self) -> Progress {
        // SAFETY: generators have that field.
        let state: u8 = unsafe { read(self.0.as_ptr(), offsets::GEN_FRAME_STATE) };
        match usize::from(state) {
            offsets::GEN_FRAME_SUSPENDED => Progress::Suspended,
            offsets::GEN_FRAME_CREATED => Progress::Created,
            offsets::GEN_FRAME_EXECUTING => Progress::Executing,
            offsets::GEN_FRAME_SUSPENDED_YIELD_FROM => Progress::Delegating,
            _ => Progress::Ended,
        }
    }

    /// # Safety
    ///
    /// The state is what the interpreter may find there.
    #[inline]
    unsafe fn set_state(self, state: usize) {
        // SAFETY: generators have that field; its values are bytes.
        unsafe { write(self.0.as_ptr(), offsets::GEN_FRAME_STATE, state as u8) }
    }

    /// Its frame, which is part of the object.
    #[inline]
    pub fn frame(self) -> Option<Frame> {
        // SAFETY: generators that have not ended have an initialised frame there; others are not asked for its content.
        unsafe { Frame::from_ptr(self.0.as_ptr().add(offsets::GEN_FRAME).cast()) }
    }

    /// The item with the exception that it handles.
    #[inline]
    fn handled(self) -> *mut u8 {
        // SAFETY: generators have that field.
        unsafe { self.0.as_ptr().add(offsets::GEN_EXC_STATE) }
    }

    /// Calls `f` while the generator cannot be resumed: it says that it executes.
    ///
    /// # Safety
    ///
    /// It is created or suspended.
    pub unsafe fn hold<R>(self, f: impl FnOnce() -> R) -> R {
        // SAFETY: generators have that field, which gets its value back.
        unsafe {
            let state: u8 = read(self.0.as_ptr(), offsets::GEN_FRAME_STATE);
            self.set_state(offsets::GEN_FRAME_EXECUTING);
            let result = f();
            self.set_state(usize::from(state));
            result
        }
    }

    /// Begins to execute it: its frame becomes the thread's current one and counts as one Python call, and it handles exceptions of its
    /// own.
    ///
    /// # Safety
    ///
    /// It is created or suspended, and its frame is `frame`.
    #[inline]
    pub unsafe fn begin(self, thread: Thread, frame: Frame) {
        // SAFETY: the chain of items goes on with the one of whoever resumes it.
        unsafe {
            write(self.handled(), offsets::EXC_ITEM_PREVIOUS, thread.exception_item());
            thread.set_exception_item(self.handled());
            self.set_state(offsets::GEN_FRAME_EXECUTING);
            link(thread, frame);
            thread.set_recursion_remaining(thread.recursion_remaining() - 1);
        }
    }

    /// Ends what [`Self::begin`] began, at a `yield`.
    ///
    /// # Safety
    ///
    /// It is executing; the frame is complete and the thread's current one.
    #[inline]
    pub unsafe fn suspend(self, thread: Thread, frame: Frame) {
        // SAFETY: the item of whoever resumed it is still there.
        unsafe {
            self.set_state(offsets::GEN_FRAME_SUSPENDED);
            thread.set_exception_item(read(self.handled(), offsets::EXC_ITEM_PREVIOUS));
            write(self.handled(), offsets::EXC_ITEM_PREVIOUS, 0usize);
            thread.set_recursion_remaining(thread.recursion_remaining() + 1);
            unlink(thread, frame);
            frame.set_previous(None);
        }
    }
}
