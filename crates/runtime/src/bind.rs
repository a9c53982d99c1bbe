//! Arguments of a call to parameters of the callee.

use crate::plain_tuples;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use whipsnake_cpython::ffi::{
    Py_DECREF, Py_INCREF, PyDict_GetItemWithError, PyDict_New, PyDict_SetItem, PyErr_Clear, PyObject, PyThreadState, PyTuple_GET_ITEM,
    PyTuple_GET_SIZE, PyTuple_New, PyTuple_SET_ITEM, PyUnicode_CheckExact, PyUnicode_Compare, Py_TYPE, PyCell_Type,
};
use whipsnake_cpython::memory::read;
use whipsnake_cpython::{Code, Frame, Slot, Thread, datastack, offsets};

/// Parameters that fit without an allocation.
const INLINE: usize = 12;

const CO_VARARGS: u32 = 0x4;
const CO_VARKEYWORDS: u32 = 0x8;

/// What the parameters of a function hold once it has begun, borrowed; NULL where there is nothing. One that inner functions use is in a cell by then.
///
/// # Safety
///
/// The frame runs the code, and its parameters are initialised.
pub unsafe fn parameters_in(frame: Frame, code: Code) -> Vec<*mut PyObject> {
    let kinds = code.local_kinds();
    let parameter = |index: usize| {
        // SAFETY: the caller vouches for the frame; the slot of a cell holds what is to be put into it, or the cell.
        unsafe {
            let object = frame.slot(index).borrow();
            let is_cell = kinds[index].cell && !object.is_null() && std::ptr::eq(Py_TYPE(object), &raw const PyCell_Type);
            if is_cell { read(object.cast(), offsets::CELL_VALUE) } else { object }
        }
    };
    (0..parameters(code)).map(parameter).collect()
}

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
#[inline]
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
    // SAFETY: as the caller says.
    unsafe {
        if kwnames.is_null() && fill_defaults(words, function, code, args, nargs)
            || fill(words, function, code, args, nargs, kwnames)
        {
            return true;
        }
        *words = Words::new();
        general(words, thread, function, code, args, nargs, kwnames)
    }
}

/// [`fill`] for the most frequent case: positional parameters, of which the last have defaults.
///
/// # Safety
///
/// As for [`bind`].
#[inline]
unsafe fn fill_defaults(words: &mut Words, function: *mut PyObject, code: Code, args: *const *mut PyObject, nargs: usize) -> bool {
    let argcount = code.argcount() as usize;
    // SAFETY: as for `fill`.
    unsafe {
        let defaults: *mut PyObject = read(function.cast(), offsets::FUNCTION_DEFAULTS);
        if nargs > argcount || argcount > INLINE || defaults.is_null() || simple_parameters(code).is_none() {
            return false;
        }
        let count = PyTuple_GET_SIZE(defaults) as usize;
        if nargs + count < argcount {
            return false;
        }
        words.reserve(argcount, nargs);
        std::ptr::copy_nonoverlapping(args, words.inline.as_mut_ptr().cast(), nargs);
        for index in nargs..argcount {
            let value = PyTuple_GET_ITEM(defaults, (index + count - argcount) as isize);
            Py_INCREF(value);
            words.inline[index].write(value);
        }
        words.len = argcount;
        true
    }
}

/// [`bind`] for calls that are right; false, without an exception, for those that the interpreter has to look at. What the words hold
/// then is to be given up.
///
/// # Safety
///
/// As for [`bind`].
unsafe fn fill(
    words: &mut Words,
    function: *mut PyObject,
    code: Code,
    args: *const *mut PyObject,
    nargs: usize,
    kwnames: *mut PyObject,
) -> bool {
    let (argcount, named) = (code.argcount() as usize, (code.argcount() + code.kwonly()) as usize);
    let (varargs, varkeywords) = (code.flags() & CO_VARARGS != 0, code.flags() & CO_VARKEYWORDS != 0);
    if nargs > argcount && !varargs {
        return false;
    }
    let (positional, total) = (nargs.min(argcount), parameters(code));
    // SAFETY: the caller vouches for the arguments, which it keeps; everything else gets a reference of its own: defaults may be
    // replaced while the function runs. `func_defaults` is a tuple or NULL, `func_kwdefaults` a dict or NULL.
    unsafe {
        words.reserve(total, positional);
        (0..positional).for_each(|index| words.push(*args.add(index)));
        (positional..total).for_each(|_| words.push(std::ptr::null_mut()));
        let slots = words.as_mut_ptr();
        if varargs {
            let extra = PyTuple_New((nargs - positional) as isize);
            if extra.is_null() {
                PyErr_Clear();
                return false;
            }
            for index in positional..nargs {
                let value = *args.add(index);
                Py_INCREF(value);
                PyTuple_SET_ITEM(extra, (index - positional) as isize, value);
            }
            plain_tuples::settle(extra);
            *slots.add(named) = extra;
        }
        if varkeywords {
            let keywords = PyDict_New();
            if keywords.is_null() {
                PyErr_Clear();
                return false;
            }
            *slots.add(total - 1) = keywords;
        }
        if !kwnames.is_null() && !fill_keywords(slots, code, args.add(nargs), kwnames) {
            return false;
        }
        if positional < argcount {
            let defaults: *mut PyObject = read(function.cast(), offsets::FUNCTION_DEFAULTS);
            let count = if defaults.is_null() { 0 } else { PyTuple_GET_SIZE(defaults) as usize };
            for index in (positional..argcount).filter(|&index| (*slots.add(index)).is_null()) {
                if index + count < argcount {
                    return false;
                }
                let value = PyTuple_GET_ITEM(defaults, (index + count - argcount) as isize);
                Py_INCREF(value);
                *slots.add(index) = value;
            }
        }
        if argcount < named {
            let defaults: *mut PyObject = read(function.cast(), offsets::FUNCTION_KWDEFAULTS);
            for index in (argcount..named).filter(|&index| (*slots.add(index)).is_null()) {
                let name = PyTuple_GET_ITEM(code.local_names_tuple(), index as isize);
                let value = if defaults.is_null() { defaults } else { PyDict_GetItemWithError(defaults, name) };
                if value.is_null() {
                    PyErr_Clear();
                    return false;
                }
                Py_INCREF(value);
                *slots.add(index) = value;
            }
        }
        true
    }
}

/// Puts keyword arguments into the slots of their parameters, or into the dict in the last slot. False for wrong and for odd ones.
///
/// # Safety
///
/// `slots` are the parameters of `code`; `values` are those of `kwnames`.
unsafe fn fill_keywords(slots: *mut *mut PyObject, code: Code, values: *const *mut PyObject, kwnames: *mut PyObject) -> bool {
    let (first, named) = (code.posonly() as usize, (code.argcount() + code.kwonly()) as usize);
    // SAFETY: as the caller says.
    unsafe {
        for keyword in 0..PyTuple_GET_SIZE(kwnames) {
            let (name, value) = (PyTuple_GET_ITEM(kwnames, keyword), *values.offset(keyword));
            if PyUnicode_CheckExact(name) == 0 {
                return false;
            }
            let parameter = |index: usize| PyTuple_GET_ITEM(code.local_names_tuple(), index as isize);
            let place = (first..named)
                .find(|&index| std::ptr::eq(parameter(index), name))
                .or_else(|| (first..named).find(|&index| PyUnicode_Compare(parameter(index), name) == 0));
            match place {
                Some(index) if (*slots.add(index)).is_null() => {
                    Py_INCREF(value);
                    *slots.add(index) = value;
                }
                None if code.flags() & CO_VARKEYWORDS != 0 => {
                    if PyDict_SetItem(*slots.add(parameters(code) - 1), name, value) != 0 {
                        PyErr_Clear();
                        return false;
                    }
                }
                _ => return false,
            }
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
