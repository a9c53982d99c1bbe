//! The data stack of a thread: chunks of words that hold its frames.

use crate::code::Code;
use crate::ffi::{PyErr_NoMemory, PyObject, PyObject_GetArenaAllocator};
use crate::frame::Frame;
use crate::memory::{read, write};
use crate::offsets;
use crate::symbols::{_PyEval_FrameClearAndPop, _PyThreadState_PopFrame};
use crate::thread::Thread;
use std::mem::MaybeUninit;

/// Bytes of the smallest chunk, as in `push_chunk` of the interpreter.
const CHUNK_BYTES: usize = 16 * 1024;
/// Words that a chunk has at least besides the frame that it is made for.
const CHUNK_SPARE_WORDS: usize = 1000;

/// True if a frame of `words` fits the current chunk, as the interpreter's own check decides.
#[inline]
pub fn has_room(thread: Thread, words: usize) -> bool {
    let top = thread.datastack_top();
    !top.is_null() && words < (thread.datastack_limit() as usize - top as usize) / size_of::<u64>()
}

/// Pushes an initialised frame for `code` if the current chunk has room. It is not linked: the caller is
/// `thread.current_frame()`, locals and stack are empty.
///
/// # Safety
///
/// `function` is an alive function, whose code is or was `code`.
#[inline]
pub unsafe fn push_fast(thread: Thread, function: *mut PyObject, code: Code) -> Option<Frame> {
    let words = code.framesize();
    if !has_room(thread, words) {
        return None;
    }
    let top = thread.datastack_top();
    // SAFETY: the chunk has room for the frame, whose memory nobody else uses.
    unsafe {
        thread.set_datastack_top(top.add(words));
        initialised(thread, top, function, code)
    }
}

/// Like [`push_fast`], but makes a new chunk when the current one is full. `None` with `MemoryError` raised.
///
/// # Safety
///
/// As for [`push_fast`].
pub unsafe fn push(thread: Thread, function: *mut PyObject, code: Code) -> Option<Frame> {
    // SAFETY: the caller vouches for function and code; the new chunk has room for the frame.
    unsafe {
        match push_fast(thread, function, code) {
            Some(frame) => Some(frame),
            None => initialised(thread, push_chunk(thread, code.framesize())?, function, code),
        }
    }
}

/// # Safety
///
/// `memory` has room for a frame of `code` and is part of the data stack.
unsafe fn initialised(thread: Thread, memory: *mut u64, function: *mut PyObject, code: Code) -> Option<Frame> {
    // SAFETY: the caller vouches for the memory.
    unsafe {
        let frame = Frame::from_ptr(memory.cast())?;
        frame.initialise(function, code, thread.current_frame());
        Some(frame)
    }
}

/// The chunk of at least so many bytes that the interpreter keeps after it was popped: calls that cross the end of a chunk again and again
/// map no memory. Not all releases do that.
///
/// # Safety
///
/// The GIL is held.
unsafe fn take_cached_chunk(thread: Thread, bytes: usize) -> Option<*mut u8> {
    if offsets::TSTATE_CACHED_CHUNK == 0 {
        return None;
    }
    // SAFETY: the field holds NULL or a chunk that nobody uses.
    unsafe {
        let place = thread.as_ptr().cast::<u8>();
        let chunk: *mut u8 = read(place, offsets::TSTATE_CACHED_CHUNK);
        if chunk.is_null() || read::<usize>(chunk, offsets::CHUNK_SIZE) < bytes {
            return None;
        }
        write(place, offsets::TSTATE_CACHED_CHUNK, std::ptr::null_mut::<u8>());
        Some(chunk)
    }
}

/// Memory for a chunk; `None` with `MemoryError` raised.
///
/// # Safety
///
/// The GIL is held.
unsafe fn new_chunk(bytes: usize) -> Option<*mut u8> {
    // SAFETY: the interpreter sets its allocators up before it runs any code.
    unsafe {
        let mut arena = MaybeUninit::uninit();
        PyObject_GetArenaAllocator(arena.as_mut_ptr());
        let arena = arena.assume_init();
        let chunk: *mut u8 = match arena.alloc {
            Some(alloc) => alloc(arena.ctx, bytes).cast(),
            None => std::ptr::null_mut(),
        };
        if chunk.is_null() {
            PyErr_NoMemory();
        }
        (!chunk.is_null()).then_some(chunk)
    }
}

/// Makes a new chunk current and takes `words` of it.
///
/// # Safety
///
/// The GIL is held.
unsafe fn push_chunk(thread: Thread, words: usize) -> Option<*mut u64> {
    let mut bytes = CHUNK_BYTES;
    while bytes < (words + CHUNK_SPARE_WORDS) * size_of::<u64>() {
        bytes *= 2;
    }
    // SAFETY: the chunk is filled in before it is used; the interpreter frees it with the same allocator.
    unsafe {
        let chunk = match take_cached_chunk(thread, bytes) {
            Some(chunk) => {
                bytes = read(chunk, offsets::CHUNK_SIZE);
                chunk
            }
            None => new_chunk(bytes)?,
        };
        let previous = thread.datastack_chunk();
        write(chunk, offsets::CHUNK_PREVIOUS, previous);
        write(chunk, offsets::CHUNK_SIZE, bytes);
        write(chunk, offsets::CHUNK_TOP, 0usize);
        if !previous.is_null() {
            let used = (thread.datastack_top() as usize - (previous as usize + offsets::CHUNK_DATA)) / size_of::<u64>();
            write(previous, offsets::CHUNK_TOP, used);
        }
        // The interpreter never frees the first chunk, because no frame begins at its first word.
        let skipped = usize::from(previous.is_null());
        let memory = chunk.add(offsets::CHUNK_DATA).cast::<u64>().add(skipped);
        thread.set_datastack_chunk(chunk);
        thread.set_datastack_limit(chunk.add(bytes).cast());
        thread.set_datastack_top(memory.add(words));
        Some(memory)
    }
}

/// Room on the data stack for frames to come; if a new chunk had to be made for it, that goes when the value is dropped.
#[derive(Debug)]
pub struct Reserved {
    thread: Thread,
    chunk: Option<*mut u64>,
}

/// Makes sure that frames of `words` in sum fit the current chunk. `None` if memory is short; no exception is raised.
///
/// # Safety
///
/// The value is dropped on this thread when all frames that were pushed meanwhile are popped.
#[inline]
pub unsafe fn reserve(thread: Thread, words: usize) -> Option<Reserved> {
    if has_room(thread, words) {
        return Some(Reserved { thread, chunk: None });
    }
    // SAFETY: the GIL is held. The chunk begins with one word of ours, by which it is popped like a frame.
    unsafe {
        let Some(memory) = push_chunk(thread, words) else {
            crate::ffi::PyErr_Clear();
            return None;
        };
        thread.set_datastack_top(memory.add(1));
        Some(Reserved { thread, chunk: Some(memory) })
    }
}

impl Drop for Reserved {
    #[inline]
    fn drop(&mut self) {
        if let Some(memory) = self.chunk {
            // SAFETY: the first word of a chunk stands for a frame that fills it; all frames behind it are popped.
            unsafe { _PyThreadState_PopFrame(self.thread.as_ptr(), memory.cast()) };
        }
    }
}

/// Gives up all that a pushed frame refers to and pops it; if its frame object lives on, that takes the content
/// over, as when the interpreter leaves a frame. Unlinks the frame if it is current. Any Python code may run.
///
/// # Safety
///
/// The frame is the topmost of the thread's data stack, initialised, and not executing.
pub unsafe fn clear_and_pop(thread: Thread, frame: Frame) {
    // SAFETY: the frame is unlinked first, since destructors may look at the chain of frames.
    unsafe {
        unlink(thread, frame);
        _PyEval_FrameClearAndPop(thread.as_ptr(), frame.as_ptr());
    }
}

/// Pops a frame whose references have all been given up or moved.
///
/// # Safety
///
/// The frame is the topmost of the thread's data stack, is not linked, and has no frame object.
#[inline]
pub unsafe fn pop_empty(thread: Thread, frame: Frame) {
    // SAFETY: the caller vouches for the frame.
    unsafe { _PyThreadState_PopFrame(thread.as_ptr(), frame.as_ptr()) };
}

/// Makes `frame` the thread's current frame, called by the one that was.
///
/// # Safety
///
/// The frame is initialised and stays alive while it is linked.
#[inline]
pub unsafe fn link(thread: Thread, frame: Frame) {
    if thread.current_frame() != Some(frame) {
        // SAFETY: the caller vouches for the frame.
        unsafe {
            frame.set_previous(thread.current_frame());
            thread.set_current_frame(Some(frame));
        }
    }
}

/// If `frame` is the thread's current frame, makes its caller current again.
///
/// # Safety
///
/// The frame's caller is alive.
#[inline]
pub unsafe fn unlink(thread: Thread, frame: Frame) {
    if thread.current_frame() == Some(frame) {
        // SAFETY: callers outlive the frames they called.
        unsafe { thread.set_current_frame(frame.previous()) };
    }
}
