//! Arguments of a call to parameters of the callee.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use whipsnake_cpython::ffi::{
    Py_DECREF, Py_INCREF, PyObject, PyThreadState, PyTuple_GET_ITEM, PyTuple_GET_SIZE,
};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::{Code, Frame, Slot, Thread, datastack, offsets};

/// Parameters that fit without an allocation.
const INLINE: usize = 12;

const CO_VARARGS: u32 = 0x4;
const CO_VARKEYWORDS: u32 = 0x8;


/// Parameter words, and the references that were made for them.
pub struct Words {
    inline: [MaybeUninit<*mut PyObject>; INLINE],
    heap: Vec<*mut PyObject>,
    /// The words before are borrowed from the call.
    owned_from: usize,
    /// Words that were set.
    len: usize,
}

impl Drop for Words {
    fn drop(&mut self) {
        for index in self.owned_from..self.len {
            // SAFETY: each of these words is NULL or owned, and the GIL is held as long as there are words.
            unsafe {
                let word = *self.as_mut_ptr().add(index);
                if !word.is_null() {
                    Py_DECREF(word);
                }
            }
        }
    }
}

impl Words {
    /// No words.
    #[inline]
    pub fn new() -> Words {
        Words { inline: [MaybeUninit::uninit(); INLINE], heap: Vec::new(), owned_from: 0, len: 0 }
    }

    /// Makes room for `capacity` words; those from `owned_from` on are given up at the end.
    #[inline]
    fn reserve(&mut self, capacity: usize, owned_from: usize) {
        if capacity > INLINE {
            self.heap = vec![std::ptr::null_mut(); capacity];
        }
        self.owned_from = owned_from;
    }

    /// The words.
    #[inline]
    pub fn as_mut_ptr(&mut self) -> *mut *mut PyObject {
        if self.heap.is_empty() { self.inline.as_mut_ptr().cast() } else { self.heap.as_mut_ptr() }
    }

    #[inline]
    fn push(&mut self, word: *mut PyObject) {
        let at = self.len;
        self.len += 1;
        if self.heap.is_empty() {
            self.inline[at].write(word);
        } else {
            self.heap[at] = word;
        }
    }
}

/// Number of parameter slots of a code object.
#[inline]
pub fn parameters(code: Code) -> usize {
    let flags = code.flags();
    (code.argcount() + code.kwonly()) as usize
        + usize::from(flags & CO_VARARGS != 0)
        + usize::from(flags & CO_VARKEYWORDS != 0)
}

/// Number of parameters if all of them are positional.
pub fn simple_parameters(code: Code) -> Option<u32> {
    (code.kwonly() == 0 && code.flags() & (CO_VARARGS | CO_VARKEYWORDS) == 0).then(|| code.argcount())
}

/// Binds the arguments of a vectorcall as the interpreter does; the caller of the unit keeps the words until it returns. False if
/// the call is wrong: then the interpreter's exception is raised.
///
/// # Safety
///
/// `function` is an alive function with that code; the rest is as for a vectorcall, without the offset flag. There are no words yet.
#[inline]
pub unsafe fn bind(
    words: &mut Words,
    thread: Thread,
    function: *mut PyObject,
    code: Code,
    args: *const *mut PyObject,
    nargs: usize,
    kwnames: *mut PyObject,
) -> bool {
    let argcount = code.argcount() as usize;
    let simple = kwnames.is_null() && code.kwonly() == 0 && code.flags() & (CO_VARARGS | CO_VARKEYWORDS) == 0;
    // SAFETY: the caller vouches for the arguments; `func_defaults` is a tuple or NULL.
    unsafe {
        if !simple || nargs > argcount {
            return general(words, thread, function, code, args, nargs, kwnames);
        }
        let defaults: *mut PyObject = read(function.cast(), offsets::FUNCTION_DEFAULTS);
        let count = if defaults.is_null() { 0 } else { PyTuple_GET_SIZE(defaults) as usize };
        if nargs + count < argcount {
            return general(words, thread, function, code, args, nargs, kwnames);
        }
        // The caller keeps the arguments; the defaults may be replaced while the function runs.
        words.reserve(argcount, nargs);
        for index in 0..nargs {
            words.push(*args.add(index));
        }
        for index in nargs..argcount {
            let value = PyTuple_GET_ITEM(defaults, (index + count - argcount) as isize);
            Py_INCREF(value);
            words.push(value);
        }
        true
    }
}

unsafe extern "C" {
    // 3.13 has no last parameter; a caller's surplus argument does no harm in C calling conventions.
    fn _PyEvalFramePushAndInit(
        tstate: *mut PyThreadState,
        function: Slot,
        locals: *mut PyObject,
        args: *const Slot,
        argcount: usize,
        kwnames: *mut PyObject,
        previous: *mut c_void,
    ) -> *mut c_void;
}

/// Lets the interpreter bind into a frame, and takes the parameters out of it.
///
/// # Safety
///
/// As for [`bind`].
#[cold]
unsafe fn general(
    words: &mut Words,
    thread: Thread,
    function: *mut PyObject,
    code: Code,
    args: *const *mut PyObject,
    nargs: usize,
    kwnames: *mut PyObject,
) -> bool {
    // SAFETY: arguments, keyword values and the function are given a reference each, which the interpreter takes over.
    unsafe {
        let keywords = if kwnames.is_null() { 0 } else { PyTuple_GET_SIZE(kwnames) as usize };
        let slots: Vec<Slot> = (0..nargs + keywords).map(|index| Slot::new(*args.add(index))).collect();
        let previous = thread.current_frame().map_or(std::ptr::null_mut(), Frame::as_ptr);
        let (tstate, locals) = (thread.as_ptr(), std::ptr::null_mut());
        let function = Slot::new(function);
        let frame = _PyEvalFramePushAndInit(tstate, function, locals, slots.as_ptr(), nargs, kwnames, previous);
        let Some(frame) = Frame::from_ptr(frame) else { return false };
        let len = parameters(code);
        words.reserve(len, 0);
        for index in 0..len {
            let slot = frame.slot(index);
            frame.set_slot(index, Slot::NULL);
            words.push(if slot.is_null() { std::ptr::null_mut() } else { slot.steal() });
        }
        datastack::clear_and_pop(thread, frame);
        true
    }
}
