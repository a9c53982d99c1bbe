//! Ways out of native code: frames are rebuilt and the interpreter goes on in them.

use crate::declined::ask_further;
use crate::entry::may_go_on;
use crate::observe::{destroy, frames_left};
use crate::extra::CodeExtra;
use crate::frame_log::{FrameLog, Mark};
use crate::profile::Sight;
use crate::raised::standing_frames;
use crate::rebuild::{Frames, Rebuilt, References, Words, count};
use crate::session::{Session, session};
use crate::unit::{Content, NEVER_QUIET, Unit};
use crate::watch::count_change;
use smallvec::SmallVec;
use std::ffi::c_void;
use whipsnake_contract::exit::{ExitPoint, ExitReason, FROM_TOP, FrameImage, OnReturn, Resume, Source};
use whipsnake_contract::snapshot::{Assumption, KnownType, Platform, STACK_KEYS, local_key, stack_key};
use whipsnake_cpython::ffi::{
    PyBool_Type, PyExc_OverflowError, PyExc_ValueError, PyLong_FromSsize_t, PyNumber_AsSsize_t, PyNumber_Index, PyObject_RichCompareBool, Py_LT, PyErr_Format, PyErr_Clear, PyErr_ExceptionMatches, PyErr_GetRaisedException, PyErr_NoMemory, PyErr_Occurred, PyErr_SetRaisedException, PyExc_StopIteration, PyExc_TypeError,
    PyObject, PyObject_IsTrue, PyThreadState, Py_DECREF, Py_False, Py_FatalError, Py_INCREF, Py_None, Py_NotImplemented, Py_TYPE,
    Py_True, Py_XDECREF,
};
use whipsnake_strategy::UnitKind;
use whipsnake_cpython::symbols::_Py_HandlePending;
use whipsnake_cpython::unwind::{raise_from_callback, skip_extended_arg};
use whipsnake_cpython::{Code, Frame, Slot, Thread, datastack, eval, monitoring, offsets};

/// One exit being taken.
struct Leaving<'a> {
    thread: Thread,
    point: &'a ExitPoint,
    frames: Frames,
    raise: bool,
}

/// Rebuilds the frames of an exit, or takes those that an observation left.
///
/// # Safety
///
/// As for [`exit_function`].
unsafe fn leave<'a>(thread: Thread, unit: &'a Unit, content: &'a Content, exit: u64, words: *const u64) -> Leaving<'a> {
    let point = &content.exits[exit as usize];
    let destroys = point.resume == Resume::Observe;
    // SAFETY: the caller vouches for the words.
    unsafe {
        let mut reader = Words::new(words, content, References::Move);
        if point.resume == Resume::Again {
            PyErr_Clear();
        }
        reader.store_variables(point);
        if let Some(word) = point.culprit.filter(|_| destroys) {
            destroy(thread, unit, exit, words, words.add(word as usize).read() as *mut PyObject);
        }
        if let Some(frames) = frames_left(unit, exit) {
            // The object may have been dropped while an exception was on its way.
            let raise = !PyErr_Occurred().is_null();
            let leaving = Leaving { thread, point, frames, raise };
            leaving.take_over();
            leaving.release_all(content, words);
            leaving.finish_instruction();
            return leaving;
        }
        let mut words = reader;
        words.trace(thread, point);
        let raise = point.resume == Resume::Raise || destroys && !PyErr_Occurred().is_null();
        let mut leaving = Leaving { thread, point, frames: Frames::new(), raise };
        words.frames(thread, point, &mut leaving.frames);
        leaving.take_over();
        let built = leaving.frames.len();
        if words.failed() {
            if PyErr_Occurred().is_null() {
                PyErr_NoMemory();
            }
            leaving.raise = true;
        }
        if built < point.frames.len() {
            leaving.with_frames_linked(|| words.release_unbuilt(point, built));
        }
        if !point.release.is_empty() {
            leaving.with_frames_linked(|| words.release(point.release.iter()));
        }
        if point.resume == Resume::Behind && !leaving.raise {
            leaving.serve();
        }
        if destroys && !leaving.raise {
            leaving.finish_instruction();
        }
        leaving
    }
}

impl Leaving<'_> {
    /// Hands the frames over to the interpreter.
    ///
    /// # Safety
    ///
    /// The frames are those of the exit point; native code does not go on in them.
    unsafe fn take_over(&self) {
        for rebuilt in self.frames.iter().filter(|rebuilt| rebuilt.existed) {
            // SAFETY: the interpreter leaves it, since native code does not.
            unsafe { rebuilt.frame.own_what_runs() };
        }
    }

    fn innermost(&self) -> Rebuilt {
        *self.frames.last().expect("an exit has at least one frame")
    }

    /// Moves the innermost frame behind the instruction that has dropped an object.
    ///
    /// # Safety
    ///
    /// The frames are complete.
    unsafe fn finish_instruction(&self) {
        if let Some(image) = self.point.frames.last() {
            // SAFETY: as the caller says; the offset is of an instruction.
            unsafe { self.innermost().frame.set_offset(image.offset.wrapping_add(image.return_offset)) };
        }
    }

    /// Runs `f`, which may run Python code, while all frames are visible (there are none if memory was short) and no exception is raised.
    ///
    /// # Safety
    ///
    /// The frames are complete.
    unsafe fn with_frames_linked(&self, f: impl FnOnce()) {
        // SAFETY: the innermost frame is complete; it is unlinked again unless it was linked before.
        unsafe {
            let innermost = self.frames.last();
            let raised = whipsnake_cpython::ffi::PyErr_GetRaisedException();
            // It counts as a call, as long as it is on top.
            let counted = innermost.map_or(0, |innermost| i32::from(!innermost.existed));
            if let Some(innermost) = innermost {
                datastack::link(self.thread, innermost.frame);
            }
            count(self.thread, -counted);
            f();
            count(self.thread, counted);
            if let Some(innermost) = innermost.filter(|innermost| !innermost.existed) {
                datastack::unlink(self.thread, innermost.frame);
            }
            if !raised.is_null() {
                whipsnake_cpython::ffi::PyErr_SetRaisedException(raised);
            }
        }
    }

    /// Serves signals and whatever else waits, while the innermost frame stands at its call, and moves it behind that.
    ///
    /// # Safety
    ///
    /// The frames are complete; no exception is raised.
    unsafe fn serve(&mut self) {
        let (thread, Some(image)) = (self.thread, self.point.frames.last()) else { return };
        // SAFETY: the frames are complete and visible while Python code may run.
        unsafe {
            let mut status = 0;
            if thread.has_pending() {
                self.with_frames_linked(|| status = _Py_HandlePending(thread.as_ptr()));
            }
            if status < 0 {
                self.raise = true;
            } else {
                self.innermost().frame.set_offset(image.offset + image.return_offset);
                self.innermost().frame.set_return_offset(0);
            }
        }
    }

    /// Installs what the compiling thread has finished: code that runs natively may meet no other event for long.
    ///
    /// # Safety
    ///
    /// The frames are complete.
    unsafe fn install_finished(&self, session: &Session) {
        if session.worker.has_finished() {
            // SAFETY: the GIL is held; the unit stays as long as a native activation does.
            unsafe { self.with_frames_linked(|| session.install_finished()) };
        }
    }

    /// Writes the frames to the log.
    ///
    /// # Safety
    ///
    /// The frames are complete.
    unsafe fn log(&self, log: &FrameLog) {
        for (depth, (rebuilt, image)) in self.frames.iter().zip(&self.point.frames).enumerate() {
            let is_innermost = depth + 1 == self.frames.len();
            let next = rebuilt.frame.offset().unwrap_or(image.offset);
            let begins = rebuilt.frame.code().is_some_and(|code| next as usize <= code.first_traceable());
            let (mark, offset) = match (is_innermost, self.raise) {
                (false, _) => (Mark::Calls, image.offset),
                (true, true) => (Mark::Raises, image.offset),
                (true, false) if begins => (Mark::Begins, next),
                (true, false) => (Mark::Leaves, next),
            };
            // SAFETY: as the caller says.
            unsafe { log.write(mark, rebuilt.frame, offset) };
        }
    }

    /// Gives up all references that native code kept over an observation: those that it lent are the frames' now.
    ///
    /// # Safety
    ///
    /// As for [`exit_function`].
    unsafe fn release_all(&self, content: &Content, words: *const u64) {
        let kept = |source: &&Source| !source.is_owned();
        let sources = self.point.frames.iter().flat_map(|image| image.locals.iter().chain(&image.stack).filter(kept).chain([&image.function]));
        // SAFETY: the frames have references of their own to the others.
        unsafe {
            let words = Words::new(words, content, References::Lend);
            self.with_frames_linked(|| words.release(sources.chain(&self.point.release)));
        }
    }

    /// Runs the innermost frame, and with its result its callers, down to (but without) the outermost `keep` frames. The
    /// result is that of the last one that ran, or NULL with an exception; with it comes that callee, owned, if it may decline.
    ///
    /// # Safety
    ///
    /// The frames are complete and the thread's innermost.
    unsafe fn run(&self, keep: usize) -> (*mut PyObject, *mut PyObject) {
        let thread = self.thread;
        let mut result = std::ptr::null_mut();
        // The method of an operator, owned.
        let mut method = std::ptr::null_mut();
        for depth in (keep..self.frames.len()).rev() {
            let (rebuilt, image) = (self.frames[depth], &self.point.frames[depth]);
            let caller = depth.checked_sub(1).map(|caller| &self.point.frames[caller]);
            let is_innermost = depth + 1 == self.frames.len();
            // SAFETY: inner frames have been popped by the interpreter, so this is the innermost now. A frame that was linked is
            // counted; the interpreter counts it again.
            unsafe {
                if rebuilt.existed || !is_innermost {
                    count(thread, 1);
                }
                let raised = if is_innermost { self.raise } else { !deliver(thread, rebuilt.frame, image, result, method) };
                Py_XDECREF(method);
                method = std::ptr::null_mut();
                if caller.is_some_and(|caller| caller.on_return.may_decline()) {
                    method = rebuilt.frame.function();
                    Py_INCREF(method);
                }
                result = if raised {
                    eval::resume_with_exception(thread, rebuilt.frame, image.offset)
                } else {
                    eval::resume(thread, rebuilt.frame)
                };
            }
        }
        (result, method)
    }
}

/// Hands a callee's result to its caller's frame and moves that behind the call. False if an exception is raised: the
/// frame then still stands at the call.
///
/// # Safety
///
/// The frame stands at the call, whose operands are popped unless they are kept; `result` is owned, or NULL with an exception; `method` is the
/// callee if it may decline.
unsafe fn deliver(thread: Thread, frame: Frame, image: &FrameImage, result: *mut PyObject, method: *mut PyObject) -> bool {
    let on_return = image.on_return;
    // SAFETY: kept operands are on top of the stack; results are owned.
    unsafe {
        let mut result = result;
        if on_return == OnReturn::Next && result.is_null() && PyErr_ExceptionMatches(PyExc_StopIteration) != 0 {
            // A tool that wants to hear of exceptions hears of this one in the frame of the loop, too.
            if let Some(code) = frame.code() {
                monitoring::fire_raise(thread, frame, code, image.offset);
            }
            PyErr_Clear();
            end_loop(frame, image.offset);
            return true;
        }
        if on_return.may_decline() && result == Py_NotImplemented() {
            Py_DECREF(result);
            result = ask_further(frame, on_return, method);
        }
        result = match on_return {
            _ if result.is_null() => result,
            OnReturn::Push
            | OnReturn::Unary
            | OnReturn::Operator
            | OnReturn::Compare
            | OnReturn::CompareBool
            | OnReturn::Builtin
            | OnReturn::Next => result,
            OnReturn::SetAttr | OnReturn::SetItem => none_for(result),
            OnReturn::CheckNone => none_of_init(result),
            OnReturn::PushBool => truth(result),
            OnReturn::PushNot => opposite(truth(result)),
            OnReturn::CheckBool => answer_of_bool(result),
            OnReturn::Length => length(result),
            OnReturn::Filled => match length(result) {
                length if length.is_null() => length,
                length => truth(length),
            },
        };
        drop_kept(frame, on_return);
        if on_return == OnReturn::CompareBool && !result.is_null() {
            // Comparisons give their operands up first.
            result = truth(result);
        }
        if result.is_null() {
            return false;
        }
        if on_return.pushes() {
            frame.push(Slot::from_owned(result));
        } else {
            Py_DECREF(result);
        }
        frame.set_offset(image.offset + image.return_offset);
        frame.set_return_offset(0);
    }
    true
}

/// Moves a frame that stands at a `FOR_ITER` behind its loop, as that instruction does when there is no item.
///
/// # Safety
///
/// The iterator is on top of the frame's stack.
unsafe fn end_loop(frame: Frame, offset: u32) {
    let Some(code) = frame.code() else { return };
    // SAFETY: as the caller says; instructions, with their prefixes and inline caches, lie within the code.
    unsafe {
        let unit = |at: u32| *code.units_ptr().add(at as usize);
        let at = skip_extended_arg(code, offset);
        let distance = (offset..=at).fold(0, |distance, at| distance << 8 | u32::from(unit(at) >> 8));
        // Behind the cache, the loop, and the `END_FOR` that ends it.
        let mut end = at + 1 + FOR_ITER_CACHES + distance + 1;
        if offsets::MINOR < 14 {
            // `FOR_ITER` drops the iterator itself, and goes past the `POP_TOP` that would.
            frame.pop().close();
            end += 1;
        }
        frame.set_offset(end);
        frame.set_return_offset(0);
    }
}

/// `INLINE_CACHE_ENTRIES_FOR_ITER` of `pycore_code.h` (3.13 and 3.14).
const FOR_ITER_CACHES: u32 = 1;

/// Drops the operands that an instruction has kept on its stack, in the interpreter's order. An exception stays raised.
///
/// # Safety
///
/// They are on top of the frame's stack.
unsafe fn drop_kept(frame: Frame, on_return: OnReturn) {
    let count = on_return.kept_operands();
    if count == 0 {
        return;
    }
    // SAFETY: as the caller says.
    unsafe {
        let raised = PyErr_GetRaisedException();
        let mut operands: SmallVec<[Slot; 3]> = (0..count).map(|_| frame.pop()).collect();
        if offsets::MINOR < FROM_TOP || on_return == OnReturn::Operator {
            operands.reverse();
        }
        for operand in operands.into_iter().filter(|operand| !operand.is_null()) {
            operand.close();
        }
        if !raised.is_null() {
            PyErr_SetRaisedException(raised);
        }
    }
}

/// `bool(object)`, whose reference is taken over; NULL with an exception.
///
/// # Safety
///
/// `object` is owned.
unsafe fn truth(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: the object is owned; bools are immortal.
    unsafe {
        let truth = PyObject_IsTrue(object);
        Py_DECREF(object);
        match truth {
            0 => Py_False(),
            1.. => Py_True(),
            _ => std::ptr::null_mut(),
        }
    }
}

/// The other bool; NULL for NULL.
fn opposite(bool: *mut PyObject) -> *mut PyObject {
    // SAFETY: the singletons are immortal.
    unsafe {
        match bool {
            _ if bool.is_null() => bool,
            _ if bool == Py_True() => Py_False(),
            _ => Py_True(),
        }
    }
}

/// `None` in place of what a setter returned, which nobody wants.
///
/// # Safety
///
/// `result` is owned.
unsafe fn none_for(result: *mut PyObject) -> *mut PyObject {
    // SAFETY: as the caller says; `None` is immortal.
    unsafe {
        Py_DECREF(result);
        Py_None()
    }
}

/// What `__init__` returned, if that is `None`, else NULL with an exception.
///
/// # Safety
///
/// `result` is owned.
unsafe fn none_of_init(result: *mut PyObject) -> *mut PyObject {
    // SAFETY: the object is owned.
    unsafe {
        if result == Py_None() {
            return result;
        }
        let text = c"__init__() should return None, not '%.200s'".as_ptr();
        PyErr_Format(PyExc_TypeError, text, (*Py_TYPE(result)).tp_name);
        Py_DECREF(result);
        std::ptr::null_mut()
    }
}

/// What `__bool__` returned, if that is a bool, else NULL with an exception.
///
/// # Safety
///
/// `result` is owned.
unsafe fn answer_of_bool(result: *mut PyObject) -> *mut PyObject {
    // SAFETY: the object is owned.
    unsafe {
        if std::ptr::eq(Py_TYPE(result), &raw const PyBool_Type) {
            return result;
        }
        PyErr_Format(PyExc_TypeError, c"__bool__ should return bool, returned %s".as_ptr(), (*Py_TYPE(result)).tp_name);
        Py_DECREF(result);
        std::ptr::null_mut()
    }
}

/// What `len` makes of what `__len__` returned, as `slot_sq_length` of `typeobject.c` does; NULL with an exception.
///
/// # Safety
///
/// `result` is owned.
unsafe fn length(result: *mut PyObject) -> *mut PyObject {
    // SAFETY: the objects are owned.
    unsafe {
        let index = PyNumber_Index(result);
        Py_DECREF(result);
        if index.is_null() {
            return index;
        }
        let negative = PyObject_RichCompareBool(index, whipsnake_cpython::int::small_zero(), Py_LT);
        let length = if negative == 0 { PyNumber_AsSsize_t(index, PyExc_OverflowError) } else { -1 };
        Py_DECREF(index);
        if length >= 0 {
            return PyLong_FromSsize_t(length);
        }
        if PyErr_Occurred().is_null() {
            PyErr_Format(PyExc_ValueError, c"__len__() should return >= 0".as_ptr());
        }
        std::ptr::null_mut()
    }
}

/// Counts an exit, learns from it, and asks the strategy what follows. True if the site is to be compiled again.
///
/// # Safety
///
/// As for [`exit_function`]; called before [`leave`].
unsafe fn counted(session: &Session, thread: Thread, unit: &Unit, content: &Content, exit: u64, words: *const u64) -> bool {
    let point = &content.exits[exit as usize];
    let cell = &content.counts[exit as usize];
    let times = cell.get().saturating_add(1);
    cell.set(times);
    // SAFETY: the caller vouches for the words; the unit has just been left.
    unsafe {
        if point.reason == ExitReason::EvalBreaker {
            // With nothing pending the record was out of date: units that call this one do not refresh it.
            may_go_on(session, thread, unit);
        }
        if let Some(word) = point.culprit.filter(|_| point.reason == ExitReason::TypeGuard) {
            let object = words.add(word as usize).read() as *mut PyObject;
            learn_type(session, unit, content, point, object);
            if times.is_power_of_two() {
                learn_wanted_type(session, unit, content, point);
            }
        }
        if point.reason == ExitReason::InlineValues {
            learn_lost_values(session, point, words);
        }
        if point.reason == ExitReason::FrameObserved && !is_held(point, words) {
            // Something waits to be served, or the record is out of date: neither says anything of the unit.
            may_go_on(session, thread, unit);
            return false;
        }
    }
    session.exit_taken(unit, point, times)
}

/// True if one of an exit's frames has a frame object: somebody may hold it.
///
/// # Safety
///
/// As for [`counted`].
unsafe fn is_held(point: &ExitPoint, words: *const u64) -> bool {
    point.frames.iter().filter_map(|image| image.frame).any(|word| {
        // SAFETY: the exit point's numbers are below its number of words; that one is a frame.
        let frame = unsafe { Frame::from_ptr(words.add(word as usize).read() as *mut c_void) };
        frame.is_some_and(|frame| !frame.object().is_null())
    })
}

/// Notes a type that failed a guard with the code that the guard was made from, which may be inlined in the unit.
///
/// # Safety
///
/// The unit is in use, so that its codes are alive; so is the object.
unsafe fn learn_type(session: &Session, unit: &Unit, content: &Content, point: &ExitPoint, object: *mut PyObject) {
    let Some((code, offset)) = point.place() else { return };
    // SAFETY: as the caller says.
    unsafe {
        let code = Code::from_object(content.codes[code as usize]);
        if let Some(extra) = code.map(|code| CodeExtra::of_or_new(session, code)) {
            let sight = Sight { kind: Py_TYPE(object), format: array_format(session, object), function: std::ptr::null_mut() };
            extra.types.borrow_mut().add(offset, sight);
            // Guards at the entry are of slots.
            if let ([image], Some(word)) = (point.frames.as_slice(), point.culprit)
                && image.offset == unit.site().offset
            {
                let is_it = |source: &Source| matches!(source, Source::Owned(w) | Source::Borrowed(w) | Source::OwnedOrNull(w) if *w == word);
                let locals = (0..).map(local_key).zip(&image.locals);
                let stack = (0..STACK_KEYS).map(|depth| stack_key(image.offset, depth)).zip(&image.stack);
                for (key, _) in locals.chain(stack).filter(|(_, source)| is_it(source)) {
                    extra.operands.borrow_mut().add(key, sight);
                }
            }
        }
    }
}

/// Notes the type that a guard wanted which failed: objects of it were there, too, or will be again. The interpreter may have forgotten.
///
/// # Safety
///
/// As for [`learn_type`].
unsafe fn learn_wanted_type(session: &Session, unit: &Unit, content: &Content, point: &ExitPoint) {
    let (Some((code, offset)), false) = (point.place(), point.wanted == 0) else { return };
    let is_builtin = || {
        let platform = session.platform.borrow();
        // What an array holds is not known here.
        KnownType::ALL.iter().any(|&known| known != KnownType::Array && platform.known_type(known) == Some(point.wanted))
    };
    let is_watched = || content.assumptions.iter().any(|assumption| matches!(assumption, Assumption::TypeVersion { address, .. } if *address == point.wanted));
    if unit.record.invalid.get() != 0 || !is_builtin() && !is_watched() {
        return;
    }
    // SAFETY: the types of the platform live as long as the interpreter, and one that the unit relies on as long as it is valid; the code is alive.
    unsafe {
        let code = Code::from_object(content.codes[code as usize]);
        if let Some(extra) = code.map(|code| CodeExtra::of_or_new(session, code)) {
            extra.wanted.borrow_mut().add(offset, Sight { kind: point.wanted as *mut _, format: 0, function: std::ptr::null_mut() });
        }
    }
}

/// Counts the instance without inline values that failed a guard, for its type. It is one of the instruction's operands.
///
/// # Safety
///
/// As for [`counted`].
unsafe fn learn_lost_values(session: &Session, point: &ExitPoint, words: *const u64) {
    /// Operands that the instructions with such guards have at most.
    const OPERANDS: usize = 3;
    let Some(image) = point.frames.last() else { return };
    for source in image.stack.iter().rev().take(OPERANDS) {
        let (Source::Owned(word) | Source::Borrowed(word)) = *source else { continue };
        // SAFETY: the word is an object; a type with inline values has them behind the fields of its instances.
        unsafe {
            let object = words.add(word as usize).read() as *mut PyObject;
            let kind = Py_TYPE(object);
            let provides = (*kind).tp_flags as usize & offsets::FLAG_INLINE_VALUES != 0;
            if provides && !crate::attribute_cache::has_inline_values(object, kind) {
                return count_change(&mut session.lost_values.borrow_mut(), kind as usize);
            }
        }
    }
}

/// The type code of an array's items; 0 for anything else.
///
/// # Safety
///
/// The object is alive.
pub(crate) unsafe fn array_format(session: &Session, object: *mut PyObject) -> u8 {
    // SAFETY: the caller vouches for the object.
    unsafe { array_format_of(&session.platform.borrow(), object) }
}

/// [`array_format`] for a platform.
///
/// # Safety
///
/// The object is alive; the platform is that of the running interpreter.
pub(crate) unsafe fn array_format_of(platform: &Platform, object: *mut PyObject) -> u8 {
    // SAFETY: an array has its descriptor there.
    unsafe {
        if platform.known_type(KnownType::Array) != Some(Py_TYPE(object) as u64) {
            return 0;
        }
        let descriptor: u64 = whipsnake_cpython::memory::read(object.cast(), platform.array_descriptor as usize);
        platform.array_formats.iter().find(|format| format.descriptor == descriptor).map_or(0, |format| format.code)
    }
}

/// Leaves a function unit; the result is the unit's.
///
/// # Safety
///
/// Called by the unit's native code with its thread state, its record, a number of its exit table, and the words of that exit.
pub unsafe extern "C" fn exit_function(
    tstate: *mut PyThreadState,
    unit: *const c_void,
    exit: u64,
    words: *const u64,
) -> *mut PyObject {
    // SAFETY: the caller passes what its code was compiled with.
    unsafe {
        let unit = &*unit.cast::<Unit>();
        let (Some(thread), Some(content), Some(session)) = (Thread::from_ptr(tstate), unit.content(), session()) else {
            Py_FatalError(c"whipsnake: exit of a unit that was never installed".as_ptr());
        };
        let again = counted(session, thread, unit, content, exit, words);
        if !again && !session.worker.has_finished() {
            let mut leaving = Leaving { thread, point: &content.exits[exit as usize], frames: Frames::new(), raise: true };
            if standing_frames(leaving.point, words, &mut leaving.frames) {
                session.program_log().into_iter().for_each(|log| leaving.log(log));
                return leaving.run(0).0;
            }
        }
        let leaving = leave(thread, unit, content, exit, words);
        session.program_log().into_iter().for_each(|log| leaving.log(log));
        leaving.install_finished(session);
        match leaving.frames.first() {
            Some(outermost) if again && unit.site().kind == UnitKind::Function => session.compile_again(thread, unit.site(), outermost.frame),
            _ if again => {
                unit.site().again.set(true);
                // So that the next entry asks.
                unit.site().record.quiet.set(NEVER_QUIET);
            }
            _ => {}
        }
        leaving.run(0).0
    }
}

/// Leaves a loop unit. The interpreter goes on in its frame when the callback returns.
///
/// # Safety
///
/// As for [`exit_function`].
pub unsafe extern "C" fn exit_loop(tstate: *mut PyThreadState, unit: *const c_void, exit: u64, words: *const u64) -> u64 {
    // SAFETY: the caller passes what its code was compiled with.
    unsafe {
        let unit = &*unit.cast::<Unit>();
        let (Some(thread), Some(content), Some(session)) = (Thread::from_ptr(tstate), unit.content(), session()) else {
            Py_FatalError(c"whipsnake: exit of a unit that was never installed".as_ptr());
        };
        if counted(session, thread, unit, content, exit, words) {
            unit.site().again.set(true);
        }
        let leaving = leave(thread, unit, content, exit, words);
        session.program_log().into_iter().for_each(|log| leaving.log(log));
        leaving.install_finished(session);
        let (outermost, image) = (leaving.frames[0].frame, &leaving.point.frames[0]);
        let raised = if leaving.frames.len() == 1 {
            leaving.raise
        } else {
            let (result, method) = leaving.run(1);
            let delivered = deliver(thread, outermost, image, result, method);
            Py_XDECREF(method);
            !delivered
        };
        if raised {
            raise_from_callback(thread, outermost, image.offset);
        }
        0
    }
}
