//! Observations: frames that stand while an object is destroyed whose destructor may look at them, and that native code goes on without.

use crate::rebuild::{Frames, Rebuilt, References, Words, count};
use crate::session::{Session, session};
use crate::unit::{Content, Unit};
use crate::frame_log::Mark;
use smallvec::{SmallVec, smallvec};
use whipsnake_contract::exit::{ExitPoint, Source};
use whipsnake_cpython::ffi::{PyErr_Clear, PyErr_NoMemory, PyErr_Occurred, PyObject, Py_DECREF, Py_INCREF, Py_REFCNT};
use whipsnake_cpython::symbols::_Py_Dealloc;
use whipsnake_cpython::{Frame, Slot, Thread, datastack};

/// An observation after which the unit has to leave: its frames stand already.
#[derive(Debug)]
struct Observed {
    unit: *const Unit,
    exit: u64,
    frames: Frames,
}

thread_local! {
    /// Set by `observe` when it tells native code to leave, taken by the exit that follows at once.
    static OBSERVED: std::cell::RefCell<Option<Observed>> = const { std::cell::RefCell::new(None) };
}

/// The frames that an observation left for the exit that follows it.
pub(crate) fn frames_left(unit: &Unit, exit: u64) -> Option<Frames> {
    let observed = OBSERVED.with_borrow_mut(Option::take)?;
    (std::ptr::eq(observed.unit, unit) && observed.exit == exit).then_some(observed.frames)
}

/// Destroys an object whose destructor may look at the frames: builds them, and takes them down again if nobody has
/// kept or changed them and no assumption broke. Else they stay, and native code must leave by this exit: true.
///
/// # Safety
///
/// As for [`exit_function`](crate::exits::exit_function); the object's reference count is zero.
pub unsafe fn observe(thread: Thread, unit: &Unit, exit: u64, words: *const u64, object: *mut PyObject) -> bool {
    // SAFETY: as the caller says.
    unsafe { show(thread, unit, exit, words, object, false) }
}

/// Destroys an object for which native code leaves: the frames stay, unless there is no memory for them.
///
/// # Safety
///
/// As for [`observe`].
pub(crate) unsafe fn destroy(thread: Thread, unit: &Unit, exit: u64, words: *const u64, object: *mut PyObject) {
    // SAFETY: as the caller says.
    unsafe { show(thread, unit, exit, words, object, true) };
}

/// [`observe`], and [`destroy`] if the frames stay in any case. True if they stand.
///
/// # Safety
///
/// As for [`observe`].
unsafe fn show(thread: Thread, unit: &Unit, exit: u64, words: *const u64, object: *mut PyObject, stay: bool) -> bool {
    let Some(content) = unit.content() else { return true };
    let point = &content.exits[exit as usize];
    // SAFETY: the caller vouches for the words. The frame is linked, and its locals are what they should be.
    unsafe {
        let Some(frame) = standing_frame(point, words) else { return show_built(thread, unit, (content, exit), words, object, stay) };
        let image = &point.frames[0];
        frame.set_stack_top(image.locals.len());
        frame.set_offset(image.offset);
        frame.set_return_offset(image.return_offset as u16);
        _Py_Dealloc(object);
        let kept = !frame.object().is_null();
        if stay || kept || is_over(thread, unit) {
            let reader = Words::new(words, content, References::Lend);
            leave_standing(reader, unit, exit, point, smallvec![Rebuilt { frame, existed: true }]);
            return true;
        }
        false
    }
}

/// The unit's frame, if it is the only one, has all locals in it, and nobody has an object of it: the most frequent case by far.
///
/// # Safety
///
/// As for [`observe`].
unsafe fn standing_frame(point: &ExitPoint, words: *const u64) -> Option<Frame> {
    let [image] = point.frames.as_slice() else { return None };
    let word = image.frame.filter(|_| !image.untraced)?;
    let logs = session().is_none_or(|session| session.frame_log.is_some());
    if logs || !image.locals.iter().all(|local| *local == Source::InFrame) {
        return None;
    }
    // SAFETY: the exit point's numbers are below its number of words; that one is a frame.
    unsafe { Frame::from_ptr(words.add(word as usize).read() as *mut std::ffi::c_void) }.filter(|frame| frame.object().is_null())
}

/// True if native code has to leave after an observation, whatever its frames are like: a tool was switched on, or an assumption broke.
fn is_over(thread: Thread, unit: &Unit) -> bool {
    thread.instrumentation_version() as u64 != unit.record.quiet.get() || unit.record.invalid.get() != 0
}

/// Completes frames that an observation leaves.
///
/// # Safety
///
/// The frames are those that were built for the exit point, and the reader's words its.
#[cold]
unsafe fn leave_standing(mut reader: Words<'_>, unit: &Unit, exit: u64, point: &ExitPoint, frames: Frames) {
    // SAFETY: as the caller says.
    unsafe {
        reader.fill_stacks(point, &frames);
        if reader.failed() && PyErr_Occurred().is_null() {
            PyErr_NoMemory();
        }
    }
    OBSERVED.with_borrow_mut(|slot| *slot = Some(Observed { unit, exit, frames }));
}

/// [`show`] where frames are to be built.
///
/// # Safety
///
/// As for [`observe`].
#[inline(never)]
unsafe fn show_built(
    thread: Thread,
    unit: &Unit,
    (content, exit): (&Content, u64),
    words: *const u64,
    object: *mut PyObject,
    stay: bool,
) -> bool {
    let point = &content.exits[exit as usize];
    // SAFETY: the caller vouches for the words; native code gets back what it lends, so taking frames down destroys nothing that it uses.
    // Who changes a frame does so by its frame object, which the frame then keeps.
    unsafe {
        let mut reader = Words::new(words, content, References::Lend);
        let traced = reader.trace(thread, point);
        let raised = !PyErr_Occurred().is_null();
        let mut frames = Frames::new();
        reader.frames(thread, point, &mut frames);
        if reader.failed() {
            // Who destroys the object cannot be shown now: it is destroyed once native code has been left.
            if !raised {
                PyErr_Clear();
            }
            take_down(thread, point, &frames);
            if let Some(session) = session() {
                Py_INCREF(object);
                session.graves.borrow_mut().objects.push(object);
                session.something_died();
            }
            return false;
        }
        let before: SmallVec<[isize; 4]> = frames.iter().map(|rebuilt| holders(rebuilt.frame)).collect();
        // Who has a frame object already may take a lent object out of its slot, and put another one there that lies at the same address.
        let was_shown = before.iter().any(|&holders| holders > 0);
        let held: SmallVec<[*mut PyObject; 16]> = if was_shown { reader.lent(point).collect() } else { SmallVec::new() };
        held.iter().for_each(|&object| Py_INCREF(object));
        let mut contents: SmallVec<[u64; 32]> = SmallVec::new();
        if was_shown {
            frames.iter().for_each(|rebuilt| contents.extend_from_slice(words_of(rebuilt.frame)));
        }
        let innermost = frames[frames.len() - 1];
        if let (Some(log), Some(image)) = (session().and_then(Session::program_log), point.frames.last()) {
            reader.fill_stacks(point, &frames);
            log.write(Mark::Shows, innermost.frame, image.offset);
            frames.iter().zip(&point.frames).for_each(|(rebuilt, image)| empty(rebuilt.frame, image.locals.len(), &image.stack));
        }
        let counted = i32::from(!innermost.existed);
        datastack::link(thread, innermost.frame);
        count(thread, -counted);
        _Py_Dealloc(object);
        count(thread, counted);
        // Who held a frame before is known to native code.
        let kept = frames.iter().zip(&before).any(|(rebuilt, &before)| holders(rebuilt.frame) > before);
        let changed = kept || was_shown && !frames.iter().flat_map(|rebuilt| words_of(rebuilt.frame)).eq(&contents);
        held.iter().for_each(|&object| Py_DECREF(object));
        if !innermost.existed {
            datastack::unlink(thread, innermost.frame);
        }
        if stay || traced || changed || is_over(thread, unit) {
            leave_standing(reader, unit, exit, point, frames);
            return true;
        }
        take_down(thread, point, &frames);
        false
    }
}

/// Number of references to the frame object that shows a frame, that of the frame included; 0 without one.
fn holders(frame: Frame) -> isize {
    let object: *mut PyObject = frame.object().cast();
    // SAFETY: a frame keeps its object alive.
    if object.is_null() { 0 } else { unsafe { Py_REFCNT(object) } }
}

/// Locals and stack of a frame as words.
///
/// # Safety
///
/// The frame lives, and its slots are not written, as long as the words are used.
unsafe fn words_of<'a>(frame: Frame) -> &'a [u64] {
    // SAFETY: slots are words; those below the top are initialised.
    unsafe { std::slice::from_raw_parts(frame.slots().cast(), frame.stack_top()) }
}

/// Empties the slots of a frame from `first` on, its last ones; native code has the references back that it lent.
///
/// # Safety
///
/// They are as they were built.
unsafe fn empty(frame: Frame, first: usize, sources: &[Source]) {
    // SAFETY: the other references are the frame's own.
    unsafe {
        for (index, source) in (first..).zip(sources) {
            if source.is_owned() {
                frame.set_slot(index, Slot::NULL);
            } else if *source != Source::InFrame {
                frame.replace_slot(index, Slot::NULL);
            }
        }
        frame.set_stack_top(first);
    }
}

/// Removes frames that were built for an observation only; native code has the references back that it lent.
///
/// # Safety
///
/// Nobody has a frame object of the new ones, and the slots are as they were built.
unsafe fn take_down(thread: Thread, point: &ExitPoint, frames: &[Rebuilt]) {
    for (depth, (rebuilt, image)) in frames.iter().zip(&point.frames).enumerate().rev() {
        // SAFETY: frames are popped innermost first. Existing ones are emptied as well: their slots are stale while native code runs.
        unsafe {
            empty(rebuilt.frame, 0, &image.locals);
            if !rebuilt.existed {
                if depth + 1 < frames.len() {
                    count(thread, 1);
                }
                datastack::clear_and_pop(thread, rebuilt.frame);
            }
        }
    }
}
