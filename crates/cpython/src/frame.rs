//! Interpreter frames.

use crate::code::Code;
use crate::ffi::{Py_DECREF, Py_INCREF, Py_REFCNT, PyFrameObject, PyObject, PyThreadState_GetFrame};
use crate::memory::{read, write};
use crate::offsets;
use crate::slot::Slot;
use crate::thread::Thread;
use std::ffi::c_void;
use std::ptr::NonNull;

/// A `_PyInterpreterFrame`. Invariant: its memory is alive; all fields are initialised unless said otherwise.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame(NonNull<c_void>);

/// Whom a frame's memory belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// A thread's data stack.
    Thread,
    /// A generator or coroutine.
    Generator,
    /// A frame object that outlived the call.
    FrameObject,
    /// The interpreter itself: the boundary between two of its activations.
    Interpreter,
}

impl Frame {
    /// The slots of a frame that ends are given up from the last one to the first (since 3.14).
    pub const ENDS_FROM_TOP: bool = cfg!(not(py313));

    /// Wraps a frame pointer; `None` for NULL.
    ///
    /// # Safety
    ///
    /// `frame` is NULL or points to a frame that lives as long as the value is used.
    #[inline]
    pub unsafe fn from_ptr(frame: *mut c_void) -> Option<Frame> {
        NonNull::new(frame).map(Frame)
    }

    /// The raw pointer.
    #[inline]
    pub const fn as_ptr(self) -> *mut c_void {
        self.0.as_ptr()
    }

    #[inline]
    const fn base(self) -> *mut u8 {
        self.0.as_ptr().cast()
    }

    #[inline]
    fn field<T: Copy>(self, offset: usize) -> T {
        // SAFETY: the frame is alive and initialised; callers pass the offset of a field of that type.
        unsafe { read(self.base(), offset) }
    }

    #[inline]
    fn set_field<T: Copy>(self, offset: usize, value: T) {
        // SAFETY: the frame is alive; callers pass the offset of a field of that type and vouch for the value.
        unsafe { write(self.base(), offset, value) }
    }

    /// The object that the frame runs: a code object, except in frames of [`Owner::Interpreter`].
    #[inline]
    pub fn executable(self) -> *mut PyObject {
        self.field::<Slot>(offsets::FRAME_EXECUTABLE).borrow()
    }

    /// The code object that the frame runs; `None` in frames of the interpreter itself.
    #[inline]
    pub fn code(self) -> Option<Code> {
        // SAFETY: a frame keeps its executable alive.
        unsafe { Code::from_object(self.executable()) }
    }

    /// Gives the frame references of its own to its code and its function, if it has none, as frames have that native code pushed: the function may
    /// be an operand of the call.
    ///
    /// Where a frame object takes over a frame without one, the interpreter counts a reference that nobody gives up (3.14:
    /// `take_ownership` in `frame.c`).
    ///
    /// # Safety
    ///
    /// The interpreter, and not native code, leaves the frame.
    pub unsafe fn own_what_runs(self) {
        // SAFETY: a frame's executable and function are alive; the words take over their own references, or new ones.
        unsafe {
            for offset in [offsets::FRAME_EXECUTABLE, offsets::FRAME_FUNCTION] {
                let object = self.field::<Slot>(offset).steal();
                self.set_field(offset, Slot::from_owned(object));
            }
        }
    }

    /// The function, borrowed; meaningless in frames of [`Owner::Interpreter`].
    #[inline]
    pub fn function(self) -> *mut PyObject {
        self.field::<Slot>(offsets::FRAME_FUNCTION).borrow()
    }

    /// The globals, borrowed.
    #[inline]
    pub fn globals(self) -> *mut PyObject {
        self.field(offsets::FRAME_GLOBALS)
    }

    /// The builtins, borrowed.
    #[inline]
    pub fn builtins(self) -> *mut PyObject {
        self.field(offsets::FRAME_BUILTINS)
    }

    /// The locals mapping of module and class bodies, borrowed; NULL in functions.
    #[inline]
    pub fn locals(self) -> *mut PyObject {
        self.field(offsets::FRAME_LOCALS)
    }

    /// The frame object that shows this frame, borrowed, or NULL if nobody has asked for one.
    #[inline]
    pub fn object(self) -> *mut PyFrameObject {
        self.field(offsets::FRAME_OBJECT)
    }

    /// The caller.
    #[inline]
    pub fn previous(self) -> Option<Frame> {
        // SAFETY: the field holds NULL or a frame.
        unsafe { Frame::from_ptr(self.field(offsets::FRAME_PREVIOUS)) }
    }

    /// Sets the caller.
    ///
    /// # Safety
    ///
    /// The caller outlives this frame, or is replaced before it ends.
    #[inline]
    pub unsafe fn set_previous(self, previous: Option<Frame>) {
        self.set_field(offsets::FRAME_PREVIOUS, previous.map_or(std::ptr::null_mut(), Frame::as_ptr));
    }

    /// Whom the memory belongs to.
    #[inline]
    pub fn owner(self) -> Owner {
        match usize::from(self.field::<u8>(offsets::FRAME_OWNER)) {
            offsets::OWNER_THREAD => Owner::Thread,
            offsets::OWNER_GENERATOR => Owner::Generator,
            offsets::OWNER_FRAME_OBJECT => Owner::FrameObject,
            _ => Owner::Interpreter,
        }
    }

    /// Makes the memory that of a generator.
    ///
    /// # Safety
    ///
    /// The frame is part of a generator object.
    pub unsafe fn give_to_generator(self) {
        self.set_field(offsets::FRAME_OWNER, offsets::OWNER_GENERATOR as u8);
    }

    /// The current instruction, or the next one if the frame does not execute.
    #[inline]
    pub fn instruction(self) -> *mut u16 {
        self.field(offsets::FRAME_INSTR_PTR)
    }

    /// Sets the instruction pointer.
    ///
    /// # Safety
    ///
    /// It points to an instruction of the frame's code (or a trampoline of [`crate::unwind`]) that fits the stack.
    #[inline]
    pub unsafe fn set_instruction(self, instruction: *mut u16) {
        self.set_field(offsets::FRAME_INSTR_PTR, instruction);
    }

    /// [`Self::instruction`] as code unit offset; only for frames that run code.
    #[inline]
    pub fn offset(self) -> Option<u32> {
        let units = self.code()?.units_ptr();
        u32::try_from((self.instruction() as isize - units as isize) / 2).ok()
    }

    /// Sets the instruction pointer to a code unit offset; nothing happens in frames of the interpreter itself.
    ///
    /// # Safety
    ///
    /// `offset` is that of an instruction of the frame's code that fits the stack.
    #[inline]
    pub unsafe fn set_offset(self, offset: u32) {
        if let Some(code) = self.code() {
            self.set_field(offsets::FRAME_INSTR_PTR, code.units_ptr().wrapping_add(offset as usize));
        }
    }

    /// Code units from the instruction pointer to where a callee returns to.
    #[inline]
    pub fn return_offset(self) -> u16 {
        self.field(offsets::FRAME_RETURN_OFFSET)
    }

    /// Sets [`Self::return_offset`].
    ///
    /// # Safety
    ///
    /// From the instruction pointer it leads to an instruction of the code.
    #[inline]
    pub unsafe fn set_return_offset(self, units: u16) {
        self.set_field(offsets::FRAME_RETURN_OFFSET, units);
    }

    /// The first local; the value stack follows the `co_nlocalsplus` locals.
    #[inline]
    pub fn slots(self) -> *mut Slot {
        self.base().wrapping_add(offsets::FRAME_SLOTS).cast()
    }

    /// A local, or a word of the value stack.
    ///
    /// # Safety
    ///
    /// `index` is below [`Self::stack_top`].
    #[inline]
    pub unsafe fn slot(self, index: usize) -> Slot {
        // SAFETY: slots below the stack top are initialised.
        unsafe { self.slots().add(index).read() }
    }

    /// Overwrites a slot; what was in it is forgotten, not closed.
    ///
    /// # Safety
    ///
    /// `index` is within the frame size of the code, and the old content is owned elsewhere, or owned nothing.
    #[inline]
    pub unsafe fn set_slot(self, index: usize, slot: Slot) {
        // SAFETY: the slot is inside of the frame.
        unsafe { self.slots().add(index).write(slot) }
    }

    /// Overwrites a slot and then closes what was in it. Any Python code may run, and sees the new content.
    ///
    /// # Safety
    ///
    /// `index` is below [`Self::stack_top`].
    #[inline]
    pub unsafe fn replace_slot(self, index: usize, slot: Slot) {
        // SAFETY: slots below the stack top are initialised; the old content is in no frame when it is closed.
        unsafe {
            let old = self.slot(index);
            self.set_slot(index, slot);
            old.close();
        }
    }

    /// Number of slots in use: locals and value stack.
    #[inline]
    pub fn stack_top(self) -> usize {
        if offsets::FRAME_STACK_IS_POINTER == 1 {
            let top: usize = self.field(offsets::FRAME_STACK);
            (top - self.slots() as usize) / size_of::<Slot>()
        } else {
            usize::try_from(self.field::<i32>(offsets::FRAME_STACK)).unwrap_or(0)
        }
    }

    /// Sets [`Self::stack_top`].
    ///
    /// # Safety
    ///
    /// All slots below `top` are initialised, and `top` is at most the number that the code's frame size allows.
    #[inline]
    pub unsafe fn set_stack_top(self, top: usize) {
        if offsets::FRAME_STACK_IS_POINTER == 1 {
            self.set_field(offsets::FRAME_STACK, self.slots().wrapping_add(top));
        } else {
            self.set_field(offsets::FRAME_STACK, top as i32);
        }
    }

    /// Pushes onto the value stack.
    ///
    /// # Safety
    ///
    /// The value stack has room.
    #[inline]
    pub unsafe fn push(self, slot: Slot) {
        let top = self.stack_top();
        debug_assert!(self.code().is_none_or(|code| top < code.nlocalsplus() + code.stacksize()), "value stack overflow");
        // SAFETY: the caller vouches for the room.
        unsafe {
            self.set_slot(top, slot);
            self.set_stack_top(top + 1);
        }
    }

    /// Pops from the value stack.
    ///
    /// # Safety
    ///
    /// The value stack is not empty; the caller takes the content over.
    #[inline]
    pub unsafe fn pop(self) -> Slot {
        let top = self.stack_top() - 1;
        // SAFETY: the slot was in use.
        unsafe {
            let slot = self.slot(top);
            self.set_stack_top(top);
            slot
        }
    }

    /// Closes the top of the value stack until `top` slots (locals included) are in use. Any Python code may run.
    ///
    /// # Safety
    ///
    /// `top` is at least the number of locals.
    pub unsafe fn unwind_to(self, top: usize) {
        while self.stack_top() > top {
            // SAFETY: the stack is not empty.
            unsafe { self.pop().close() };
        }
    }

    /// False until the first `RESUME`: tracebacks and debuggers do not show the frame before.
    pub fn is_complete(self) -> bool {
        match (self.owner(), self.code()) {
            (Owner::Interpreter, _) | (_, None) => false,
            (Owner::Generator, _) => true,
            (_, Some(code)) => self.instruction() >= code.units_ptr().wrapping_add(code.first_traceable()),
        }
    }

    /// Fills in the header of a new frame as the interpreter does; all locals empty, the value stack empty, the first
    /// instruction next, not linked.
    ///
    /// # Safety
    ///
    /// The memory has `code.framesize()` words; `function` is an alive function; `previous` outlives the frame.
    pub unsafe fn initialise(self, function: *mut PyObject, code: Code, previous: Option<Frame>) {
        // SAFETY: function and code are alive; the header's fields are all inside of the frame.
        unsafe {
            self.set_field(offsets::FRAME_EXECUTABLE, Slot::new(code.as_object()));
            self.set_previous(previous);
            self.set_field(offsets::FRAME_FUNCTION, Slot::new(function));
            self.set_field::<*mut PyObject>(offsets::FRAME_GLOBALS, read(function.cast(), offsets::FUNCTION_GLOBALS));
            self.set_field::<*mut PyObject>(offsets::FRAME_BUILTINS, read(function.cast(), offsets::FUNCTION_BUILTINS));
            self.set_field(offsets::FRAME_LOCALS, std::ptr::null_mut::<PyObject>());
            self.set_field(offsets::FRAME_OBJECT, std::ptr::null_mut::<PyObject>());
            self.set_field(offsets::FRAME_INSTR_PTR, code.units_ptr());
            self.set_field(offsets::FRAME_RETURN_OFFSET, 0u16);
            self.set_field(offsets::FRAME_OWNER, offsets::OWNER_THREAD as u8);
            if offsets::FRAME_VISITED != 0 {
                self.set_field(offsets::FRAME_VISITED, 0u8);
            }
            let locals = code.nlocalsplus();
            for index in 0..locals {
                self.set_slot(index, Slot::NULL);
            }
            self.set_stack_top(locals);
        }
    }

    /// The frame object that shows this frame, borrowed from the frame; made if there is none. NULL if the frame is
    /// not complete or memory is short (no exception is raised then).
    ///
    /// # Safety
    ///
    /// The frame is `thread`'s current frame.
    pub unsafe fn object_or_new(self, thread: Thread) -> *mut PyFrameObject {
        if self.object().is_null() && self.is_complete() {
            // SAFETY: the frame is the thread's current and complete, so this is its frame object; the frame keeps
            // a reference when it was made.
            unsafe {
                let object = PyThreadState_GetFrame(thread.as_ptr());
                if !object.is_null() {
                    Py_DECREF(object.cast());
                }
            }
        }
        self.object()
    }

    /// Destroys the frame object that shows this frame, unless somebody else refers to it or something was noted in it (a trace
    /// function, additional locals). True if there is none any more.
    ///
    /// # Safety
    ///
    /// The frame lives on.
    pub unsafe fn let_object_go(self) -> bool {
        let object: *mut PyObject = self.object().cast();
        if object.is_null() {
            return true;
        }
        let base = object.cast::<u8>();
        // SAFETY: a frame object has these fields; all words between the two offsets are references. What shows no frame any
        // more does not look at this one when it is destroyed.
        unsafe {
            let references = (offsets::FRAME_OBJECT_EXTRA_LOCALS..offsets::FRAME_OBJECT_DATA).step_by(size_of::<usize>());
            let plain = Py_REFCNT(object) == 1
                && read::<usize>(base, offsets::FRAME_OBJECT_TRACE) == 0
                && read::<i32>(base, offsets::FRAME_OBJECT_LINENO) == 0
                && read::<u8>(base, offsets::FRAME_OBJECT_TRACE_LINES) == 1
                && read::<u8>(base, offsets::FRAME_OBJECT_TRACE_OPCODES) == 0
                && references.into_iter().all(|offset| read::<usize>(base, offset) == 0);
            if plain {
                self.set_field(offsets::FRAME_OBJECT, std::ptr::null_mut::<PyObject>());
                Py_DECREF(object);
            }
            plain
        }
    }

    /// Moves the frame's function reference to another function, for exits whose function is only known late.
    ///
    /// # Safety
    ///
    /// `function` is an alive function with the frame's globals and builtins.
    pub unsafe fn set_function(self, function: *mut PyObject) {
        let old: Slot = self.field(offsets::FRAME_FUNCTION);
        // SAFETY: the function is alive; the old reference is owned by the frame and not shown any more.
        unsafe {
            Py_INCREF(function);
            self.set_field(offsets::FRAME_FUNCTION, Slot::from_owned(function));
            old.close();
        }
    }
}
