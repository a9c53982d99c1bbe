//! How much of the native stack is left.
//!
//! From 3.14 on, thread states say how far it goes. On 3.13 the system is asked, once for each thread; the answer for the thread that
//! ran native code last is kept where machine code reads it.

use std::cell::Cell;
use whipsnake_cpython::ffi::PyThreadState;
use whipsnake_cpython::memory::read;
use whipsnake_cpython::{Thread, offsets};

/// Thread states have the limit.
pub(crate) const IS_KNOWN: bool = offsets::TSTATE_C_STACK_SOFT_LIMIT != 0;
/// What is taken to be left where the system does not say where the stack ends.
const ASSUMED: usize = 256 << 10;

/// How far the stack of the thread that ran native code last goes. Machine code reads it.
#[repr(C)]
#[derive(Debug, Default)]
pub(crate) struct LastLimit {
    /// The system's name of the thread, as in its state; 0 for none.
    thread: Cell<usize>,
    /// The lowest address that may be used.
    limit: Cell<usize>,
}

thread_local! {
    /// The lowest address of this thread's stack; 0 if it was not asked yet.
    static LOWEST: Cell<usize> = const { Cell::new(0) };
}

/// The lowest address that the calling thread's stack may reach.
#[inline]
fn limit(thread: Thread) -> usize {
    if IS_KNOWN {
        // SAFETY: the thread state has that field.
        return unsafe { read(thread.as_ptr().cast(), offsets::TSTATE_C_STACK_SOFT_LIMIT) };
    }
    match LOWEST.get() {
        0 => ask(),
        lowest => lowest,
    }
}

/// Asks the system where the stack of the calling thread ends: before it enters native code for the first time.
#[cold]
fn ask() -> usize {
    // A new thread may have the name of one that has ended, with a shorter stack.
    if let Some(session) = crate::session::session() {
        session.last_limit.thread.set(0);
    }
    let here = 0u8;
    let assumed = || (std::ptr::from_ref(&here) as usize).saturating_sub(ASSUMED);
    let lowest = lowest_address().unwrap_or_else(assumed).max(1);
    LOWEST.set(lowest);
    lowest
}

/// See [`ask`]; `None` if it does not say, for example without `/proc` for a process's first thread.
fn lowest_address() -> Option<usize> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut lowest, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the first call initialises the attributes or fails; they are destroyed once.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let status = libc::pthread_attr_getstack(attributes.as_ptr(), &mut lowest, &mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        (status == 0 && size > 0).then_some(lowest as usize)
    }
}

/// Bytes of the calling thread's stack that are left.
#[inline]
pub(crate) fn left(thread: Thread) -> usize {
    let here = std::ptr::from_ref(&thread) as usize;
    here.saturating_sub(limit(thread))
}

impl LastLimit {
    /// Address of the record: the name of a thread, and behind it the limit.
    pub(crate) fn address(&self) -> u64 {
        std::ptr::from_ref(self) as u64
    }
}

/// Finds the limit of the calling thread for machine code.
///
/// # Safety
///
/// Called by machine code with its thread state; the GIL is held.
pub(crate) unsafe extern "C" fn find_limit(tstate: *mut PyThreadState) {
    // SAFETY: as the caller says.
    let thread = unsafe { Thread::from_ptr(tstate) };
    if let (Some(thread), Some(session)) = (thread, crate::session::session()) {
        // SAFETY: the thread state has that field.
        session.last_limit.thread.set(unsafe { read(tstate.cast(), offsets::TSTATE_THREAD_ID) });
        session.last_limit.limit.set(limit(thread));
    }
}
