//! Units of the reference backend: the IR's interpreter with this process as its world.

use crate::helpers;
use crate::unit::Unit;
use whipsnake_contract::helpers::{Arg, Helper};
use whipsnake_cpython::ffi::{
    Py_DECREF, Py_False, Py_INCREF, Py_REFCNT, Py_TYPE, Py_True, PyObject,
};
use whipsnake_cpython::slot::is_immortal;
use whipsnake_cpython::{Frame, Slot, Thread, int, memory, offsets};
use whipsnake_ir::MemSize;
use whipsnake_ir::interp::{Outcome, Program, World};

/// The running process.
struct Process<'a> {
    thread: Thread,
    unit: &'a Unit,
}

/// Runs a function unit.
///
/// # Safety
///
/// As for a native entry: the words are the function's parameters, which stay alive until it returns.
pub unsafe fn run_function(
    thread: Thread,
    unit: &Unit,
    program: &Program,
    function: *mut PyObject,
    words: *mut *mut PyObject,
) -> *mut PyObject {
    let args = [thread.as_ptr() as u64, function as u64, words as u64];
    match program.run(&mut Process { thread, unit }, &args) {
        Outcome::Return(word) => word as *mut PyObject,
        Outcome::Exit { exit, words } => {
            let record = std::ptr::from_ref(unit).cast();
            // SAFETY: the words are those of the exit.
            unsafe { crate::exits::exit_function(thread.as_ptr(), record, u64::from(exit), words.as_ptr()) }
        }
        Outcome::Unreachable => unreachable_reached(),
    }
}

/// Runs a loop unit.
///
/// # Safety
///
/// As for a native entry: the frame waits in a `JUMP` callback.
pub unsafe fn run_loop(thread: Thread, unit: &Unit, program: &Program, frame: Frame) {
    let args = [thread.as_ptr() as u64, frame.as_ptr() as u64];
    match program.run(&mut Process { thread, unit }, &args) {
        Outcome::Exit { exit, words } => {
            let record = std::ptr::from_ref(unit).cast();
            // SAFETY: the words are those of the exit.
            unsafe { crate::exits::exit_loop(thread.as_ptr(), record, u64::from(exit), words.as_ptr()) };
        }
        Outcome::Return(_) | Outcome::Unreachable => unreachable_reached(),
    }
}

fn unreachable_reached() -> ! {
    // SAFETY: ends the process with a message; going on would give wrong answers.
    unsafe { whipsnake_cpython::ffi::Py_FatalError(c"whipsnake: unreachable code of a unit was reached".as_ptr()) }
}

impl World for Process<'_> {
    fn load(&mut self, address: u64, size: MemSize) -> u64 {
        let base = address as *const u8;
        // SAFETY: verified functions load what native code would.
        let raw = unsafe {
            match size.bytes() {
                1 => u64::from(base.read()),
                2 => u64::from(base.cast::<u16>().read_unaligned()),
                4 => u64::from(base.cast::<u32>().read_unaligned()),
                _ => base.cast::<u64>().read_unaligned(),
            }
        };
        size.word(raw)
    }

    fn store(&mut self, address: u64, size: MemSize, word: u64) {
        let base = address as *mut u8;
        let raw = size.raw(word);
        // SAFETY: verified functions store what native code would.
        unsafe {
            match size.bytes() {
                1 => base.write(raw as u8),
                2 => base.cast::<u16>().write_unaligned(raw as u16),
                4 => base.cast::<u32>().write_unaligned(raw as u32),
                _ => base.cast::<u64>().write_unaligned(raw),
            }
        }
    }

    fn call_helper(&mut self, helper: Helper, args: &[u64]) -> u64 {
        // SAFETY: the arguments are those of the helper's signature.
        unsafe { call(helpers::address(helper), helper, args) }
    }

    fn call_native(&mut self, entry: u64, tstate: u64, function: u64, args: u64) -> u64 {
        // SAFETY: the entry of a unit's record has this signature.
        unsafe {
            let entry: crate::entry::FunctionEntry = std::mem::transmute(entry);
            entry(tstate as *mut _, function as *mut _, args as *mut _) as u64
        }
    }

    fn type_of(&mut self, object: u64) -> u64 {
        // SAFETY: the object is alive.
        unsafe { Py_TYPE(object as *mut PyObject) as u64 }
    }

    fn box_int(&mut self, value: i64) -> u64 {
        // SAFETY: the GIL is held.
        unsafe { crate::helpers::box_int(value) as u64 }
    }

    fn box_float(&mut self, value: f64) -> u64 {
        // SAFETY: the GIL is held.
        unsafe { crate::helpers::box_float(value) as u64 }
    }

    fn box_bool(&mut self, value: bool) -> u64 {
        // SAFETY: both are immortal.
        unsafe { if value { Py_True() as u64 } else { Py_False() as u64 } }
    }

    fn unbox_int(&mut self, object: u64) -> Option<i64> {
        // SAFETY: verified functions unbox ints only.
        unsafe { int::value(object as *mut PyObject) }
    }

    fn unbox_float(&mut self, object: u64) -> f64 {
        // SAFETY: verified functions unbox floats only.
        unsafe { memory::read(object as *const u8, offsets::FLOAT_VALUE) }
    }

    fn incref(&mut self, object: u64) {
        // SAFETY: the object is alive.
        unsafe { Py_INCREF(object as *mut PyObject) };
    }

    fn decref(&mut self, object: u64) -> bool {
        let object = object as *mut PyObject;
        // SAFETY: the object is alive; the last reference is taken away without destroying it, which the caller does.
        unsafe {
            if is_immortal(object) {
                return false;
            }
            if Py_REFCNT(object) > 1 {
                Py_DECREF(object);
                return false;
            }
            memory::write(object.cast(), offsets::OB_REFCNT, 0u32);
            true
        }
    }

    fn destroy_unseen(&mut self, object: u64) -> bool {
        // SAFETY: the object has no references left.
        unsafe { crate::native_entry::destroy_unseen(object as *mut PyObject) != 0 }
    }

    fn observe(&mut self, exit: u32, words: &[u64], object: u64) -> bool {
        // SAFETY: the words are those of the exit; the object has no references left.
        unsafe { crate::observe::observe(self.thread, self.unit, u64::from(exit), words.as_ptr(), object as *mut PyObject) }
    }

    fn take_slot(&mut self, address: u64) -> u64 {
        // SAFETY: verified functions take slots of frames; the content is theirs from then on.
        unsafe {
            let slot = *(address as *const Slot);
            if slot.is_null() { 0 } else { slot.steal() as u64 }
        }
    }

    fn read_slot(&mut self, address: u64) -> u64 {
        // SAFETY: verified functions read slots of frames.
        unsafe { (*(address as *const Slot)).borrow() as u64 }
    }

    fn store_slot(&mut self, address: u64, object: u64) {
        let object = object as *mut PyObject;
        // SAFETY: verified functions store objects that are alive, and no references.
        unsafe {
            let slot = if object.is_null() { Slot::NULL } else { Slot::from_owned(object) };
            *(address as *mut Slot) = slot;
        }
    }

    fn scratch(&mut self, words: usize) -> u64 {
        Box::into_raw(vec![0u64; words].into_boxed_slice()).cast::<u64>() as u64
    }

    fn free_scratch(&mut self, address: u64, words: usize) {
        // SAFETY: made by `scratch` with that length.
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(address as *mut u64, words)) });
    }
}

/// Calls a helper: integer arguments and doubles are passed in their own registers, in order.
///
/// # Safety
///
/// `function` is the helper's, and the arguments fit its signature.
unsafe fn call(function: *const (), helper: Helper, args: &[u64]) -> u64 {
    let info = helper.info();
    let mut ints = [0u64; 6];
    let mut doubles = [0f64; 4];
    let (mut next_int, mut next_double) = (0, 0);
    for (&arg, &word) in info.args.iter().zip(args) {
        if arg == Arg::F64 {
            doubles[next_double] = f64::from_bits(word);
            next_double += 1;
        } else {
            ints[next_int] = word;
            next_int += 1;
        }
    }
    type Ints = unsafe extern "C" fn(u64, u64, u64, u64, u64, u64, f64, f64, f64, f64) -> u64;
    type Doubles = unsafe extern "C" fn(u64, u64, u64, u64, u64, u64, f64, f64, f64, f64) -> f64;
    let [a, b, c, d, e, f] = ints;
    let [w, x, y, z] = doubles;
    // SAFETY: in the C calling conventions of the supported systems integer and double arguments are assigned to registers
    // independently of each other, and surplus register arguments do no harm.
    unsafe {
        match info.result {
            Some(Arg::F64) => std::mem::transmute::<*const (), Doubles>(function)(a, b, c, d, e, f, w, x, y, z).to_bits(),
            Some(_) => std::mem::transmute::<*const (), Ints>(function)(a, b, c, d, e, f, w, x, y, z),
            None => {
                std::mem::transmute::<*const (), Ints>(function)(a, b, c, d, e, f, w, x, y, z);
                0
            }
        }
    }
}
