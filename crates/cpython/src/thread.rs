//! Thread states.

use crate::ffi::{
    PyInterpreterState, PyInterpreterState_ThreadHead, PyObject, PyThreadState, PyThreadState_Get, PyThreadState_Next,
};
use crate::frame::Frame;
use crate::memory::{read, write};
use crate::offsets;
use std::ptr::NonNull;

/// A thread state. Invariant: it is the state of the calling thread, which holds the GIL.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Thread(NonNull<PyThreadState>);

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $get:ident $(/ $set:ident)? : $type:ty = $offset:ident;)+) => {
        $(
            $(#[doc = $doc])+
            #[inline]
            pub fn $get(self) -> $type {
                // SAFETY: the thread state is alive and has that field, as its headers say.
                unsafe { read(self.base(), offsets::$offset) }
            }
            $(
                /// Sets [`Self::
                #[doc = stringify!($get)]
                /// `].
                ///
                /// # Safety
                ///
                /// The value is what the interpreter may find there.
                #[inline]
                pub unsafe fn $set(self, value: $type) {
                    // SAFETY: the thread state is alive, has that field, and is ours under the GIL.
                    unsafe { write(self.base(), offsets::$offset, value) }
                }
            )?
        )+
    };
}

impl Thread {
    /// The calling thread's state.
    ///
    /// # Safety
    ///
    /// The caller holds the GIL.
    #[inline]
    pub unsafe fn current() -> Thread {
        // SAFETY: with the GIL held there is a thread state.
        unsafe { Thread(NonNull::new_unchecked(PyThreadState_Get())) }
    }

    /// Wraps a thread state; `None` for NULL.
    ///
    /// # Safety
    ///
    /// `state` is NULL or the calling thread's state, and the GIL is held.
    #[inline]
    pub unsafe fn from_ptr(state: *mut PyThreadState) -> Option<Thread> {
        NonNull::new(state).map(Thread)
    }

    /// The raw pointer.
    #[inline]
    pub fn as_ptr(self) -> *mut PyThreadState {
        self.0.as_ptr()
    }

    #[inline]
    fn base(self) -> *mut u8 {
        self.0.as_ptr().cast()
    }

    fields! {
        /// Its interpreter.
        interpreter: *mut PyInterpreterState = TSTATE_INTERP;
        /// Pending work in the low bits ([`offsets::EVAL_EVENTS_MASK`]), instrumentation version above.
        eval_breaker: usize = TSTATE_EVAL_BREAKER;
        /// Python calls left before `RecursionError`.
        recursion_remaining / set_recursion_remaining: i32 = TSTATE_RECURSION_REMAINING;
        /// The recursion limit.
        recursion_limit: i32 = TSTATE_RECURSION_LIMIT;
        /// Not zero while a `RecursionError` is being made.
        recursion_headroom: i32 = TSTATE_RECURSION_HEADROOM;
        /// Depth of running tool callbacks; events are suppressed while it is not zero.
        tracing / set_tracing: i32 = TSTATE_TRACING;
        /// The event whose callbacks run, -1 for none.
        what_event / set_what_event: i32 = TSTATE_WHAT_EVENT;
        /// First free word of the data stack; NULL before the first frame.
        datastack_top / set_datastack_top: *mut u64 = TSTATE_DATASTACK_TOP;
        /// End of the current chunk of the data stack.
        datastack_limit / set_datastack_limit: *mut u64 = TSTATE_DATASTACK_LIMIT;
        /// Current chunk of the data stack.
        datastack_chunk / set_datastack_chunk: *mut u8 = TSTATE_DATASTACK_CHUNK;
        /// The exception being raised, borrowed, or NULL.
        current_exception: *mut PyObject = TSTATE_CURRENT_EXCEPTION;
    }

    /// The innermost frame.
    #[inline]
    pub fn current_frame(self) -> Option<Frame> {
        // SAFETY: the thread state is alive; the field holds NULL or a frame.
        unsafe { Frame::from_ptr(read(self.base(), offsets::TSTATE_CURRENT_FRAME)) }
    }

    /// Sets the innermost frame.
    ///
    /// # Safety
    ///
    /// The frame is initialised, and its chain of callers leads to the frames that are running.
    #[inline]
    pub unsafe fn set_current_frame(self, frame: Option<Frame>) {
        let frame = frame.map_or(std::ptr::null_mut(), Frame::as_ptr);
        // SAFETY: the thread state is alive and ours under the GIL.
        unsafe { write(self.base(), offsets::TSTATE_CURRENT_FRAME, frame) }
    }

    /// The innermost item of the chain of handled exceptions.
    #[inline]
    pub(crate) fn exception_item(self) -> *mut u8 {
        // SAFETY: the thread state is alive and names an item.
        unsafe { read(self.base(), offsets::TSTATE_EXC_INFO) }
    }

    /// Sets [`Self::exception_item`].
    ///
    /// # Safety
    ///
    /// The item is that of a generator that begins or ends to run on this thread.
    #[inline]
    pub(crate) unsafe fn set_exception_item(self, item: *mut u8) {
        // SAFETY: the thread state is alive and ours under the GIL.
        unsafe { write(self.base(), offsets::TSTATE_EXC_INFO, item) }
    }

    /// The exception that is being handled by the running frame or generator itself, borrowed, or NULL.
    #[inline]
    pub fn handled(self) -> *mut PyObject {
        // SAFETY: the thread state is alive and names an item.
        unsafe {
            let item: *mut u8 = read(self.base(), offsets::TSTATE_EXC_INFO);
            read(item, offsets::EXC_ITEM_VALUE)
        }
    }

    /// Makes an exception, whose reference it takes over, the one that is being handled (NULL: none); returns the one before,
    /// owned, or NULL.
    ///
    /// # Safety
    ///
    /// `exception` is NULL or an owned exception.
    #[inline]
    pub unsafe fn swap_handled(self, exception: *mut PyObject) -> *mut PyObject {
        // SAFETY: the thread state is alive and names an item of the running frame or generator, whose reference changes hands.
        unsafe {
            let item: *mut u8 = read(self.base(), offsets::TSTATE_EXC_INFO);
            let before = read(item, offsets::EXC_ITEM_VALUE);
            write(item, offsets::EXC_ITEM_VALUE, exception);
            before
        }
    }

    /// The instrumentation version that the thread has been told of.
    #[inline]
    pub fn instrumentation_version(self) -> usize {
        self.eval_breaker() & !offsets::EVAL_EVENTS_MASK
    }

    /// True if signals, pending calls, a GIL request or garbage collection wait.
    #[inline]
    pub fn has_pending(self) -> bool {
        self.eval_breaker() & offsets::EVAL_EVENTS_MASK != 0
    }
}

/// The frames of all threads of an interpreter.
///
/// # Safety
///
/// The GIL is held as long as the iterator is used, and no Python code runs meanwhile.
pub unsafe fn frames_of_all(interpreter: *mut PyInterpreterState) -> impl Iterator<Item = Frame> {
    // SAFETY: thread states stay while the GIL is held, and so do the frames of threads that wait for it.
    let threads = unsafe {
        std::iter::successors(NonNull::new(PyInterpreterState_ThreadHead(interpreter)), |thread| {
            NonNull::new(PyThreadState_Next(thread.as_ptr()))
        })
    };
    threads.flat_map(|thread| {
        // SAFETY: as above; the field holds NULL or a frame.
        let innermost = unsafe { Frame::from_ptr(read(thread.as_ptr().cast(), offsets::TSTATE_CURRENT_FRAME)) };
        std::iter::successors(innermost, |frame| frame.previous())
    })
}

/// Lets tools see events although a tool's callback is running, and hides that one is.
///
/// Native code that runs inside the `JUMP` callback calls Python functions whose events other tools want.
#[derive(Debug)]
pub struct OutsideCallback {
    thread: Thread,
    tracing: i32,
    what_event: i32,
}

impl OutsideCallback {
    /// Starts to hide the callback; ends when dropped.
    ///
    /// # Safety
    ///
    /// `thread` runs a monitoring callback of ours, and the value is dropped on this thread before that returns.
    pub unsafe fn enter(thread: Thread) -> OutsideCallback {
        let state = OutsideCallback { thread, tracing: thread.tracing(), what_event: thread.what_event() };
        // SAFETY: these are the values outside of callbacks.
        unsafe {
            thread.set_tracing(0);
            thread.set_what_event(-1);
        }
        state
    }
}

impl Drop for OutsideCallback {
    fn drop(&mut self) {
        // SAFETY: the values that the interpreter had put there.
        unsafe {
            self.thread.set_tracing(self.tracing);
            self.thread.set_what_event(self.what_event);
        }
    }
}
