//! Interpreter frames rebuilt from an exit point and the words that native code stored.

use crate::helpers::try_build_virtual;
use crate::lost::is_iterator;
use crate::reserve::persist;
use crate::session::session;
use crate::unit::Content;
use smallvec::SmallVec;
use std::ptr::NonNull;
use whipsnake_contract::exit::{ExitPoint, FrameImage, Source, Virtual};
use whipsnake_contract::faults::Fault;
use whipsnake_cpython::ffi::{
    Py_DECREF, Py_False, Py_INCREF, Py_None, Py_True, Py_XDECREF, PyErr_GetRaisedException, PyErr_NoMemory,
    Py_XNewRef, PyComplex_FromDoubles, PyDict_GetItemWithError, PyDict_SetItem, PyErr_SetRaisedException, PyFunction_Check, PyFunction_GetGlobals, PyFloat_FromDouble, PyObject,
};
use whipsnake_cpython::{Code, Frame, Slot, Thread, datastack, int};

/// What happens to the references that native code owned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum References {
    /// They move into the frames.
    Move,
    /// They are lent to the slots of the frames, which count for them as long as the frames stand. Functions, and objects that are
    /// built from parts, get references of their own. Value stacks stay empty: no Python code can see those of frames that execute.
    Lend,
}

/// The words of one exit and what they are read with.
pub struct Words<'a> {
    words: *const u64,
    content: &'a Content,
    references: References,
    /// Memory was short: a slot is not what it should be, and `MemoryError` is to be raised.
    failed: bool,
    /// Instances and tuples that were made, with a reference of their own, by their numbers.
    instances: SmallVec<[(i64, *mut PyObject); 2]>,
    /// What variables of the module held before, or NULL: slots may still borrow it.
    replaced: SmallVec<[*mut PyObject; 2]>,
    /// Numbers that were made, with a reference of their own, by their words: all slots that hold the same one hold the same object.
    numbers: SmallVec<[(Number, *mut PyObject); 4]>,
}

/// The words of a number: an int's, a float's, the two of a wide int, or the parts of a complex number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Number {
    Int(u32),
    Float(u32),
    Wide(u32, Option<u32>),
    Complex(Part, Part),
}

/// A part of a complex number: a word, or a constant's bits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Word(u32),
    Constant(u64),
}

impl Drop for Words<'_> {
    fn drop(&mut self) {
        for &(_, object) in &self.numbers {
            // SAFETY: the reference is ours; numbers die without running Python code. Frames are rebuilt with the GIL held.
            unsafe { Py_DECREF(object) };
        }
        for &object in &self.replaced {
            // SAFETY: the reference is ours; what is kept in variables is of leaf types.
            unsafe { Py_XDECREF(object) };
        }
        for &(_, object) in &self.instances {
            // SAFETY: the reference is ours, and not the last one: a slot of a frame has another.
            unsafe { Py_DECREF(object) };
        }
    }
}

/// One frame that was rebuilt.
#[derive(Clone, Copy, Debug)]
pub struct Rebuilt {
    /// The frame.
    pub frame: Frame,
    /// It was there before the exit.
    pub existed: bool,
}

/// True if a test lets something fail now.
fn fails(fault: Fault) -> bool {
    session().is_some_and(|session| session.faults.happens(fault))
}

/// Frames, outermost first: few enough as a rule to need no memory of their own.
pub type Frames = SmallVec<[Rebuilt; 4]>;

impl<'a> Words<'a> {
    /// Reads the words of an exit.
    ///
    /// # Safety
    ///
    /// `words` holds what native code stored for the exit points that are rebuilt, and stays as it is.
    pub unsafe fn new(words: *const u64, content: &'a Content, references: References) -> Words<'a> {
        Words { words, content, references, failed: false, instances: SmallVec::new(), replaced: SmallVec::new(), numbers: SmallVec::new() }
    }

    /// True if memory was short, so that a `MemoryError` must be raised.
    pub fn failed(&self) -> bool {
        self.failed
    }

    fn word(&self, index: u32) -> u64 {
        // SAFETY: the exit point's numbers are below its number of words.
        unsafe { self.words.add(index as usize).read() }
    }

    fn object(&self, index: u32) -> *mut PyObject {
        self.word(index) as *mut PyObject
    }

    /// The object of a source with a reference of its own, or NULL.
    ///
    /// # Safety
    ///
    /// The GIL is held; the source is of the exit point that the words belong to, and not `InFrame`.
    unsafe fn owned(&mut self, source: &Source) -> *mut PyObject {
        let borrowed = |object: *mut PyObject| {
            // SAFETY: the object is alive: native code, or the unit, holds it.
            unsafe { Py_INCREF(object) };
            object
        };
        // SAFETY: numbers become new objects; objects are alive.
        unsafe {
            match source {
                Source::Null | Source::InFrame => std::ptr::null_mut(),
                Source::Owned(index) if self.references == References::Move => self.object(*index),
                Source::Owned(index) | Source::Borrowed(index) => borrowed(self.object(*index)),
                Source::OwnedOrNull(index) => match (NonNull::new(self.object(*index)), self.references) {
                    (None, _) => std::ptr::null_mut(),
                    (Some(object), References::Move) => object.as_ptr(),
                    (Some(object), References::Lend) => borrowed(object.as_ptr()),
                },
                Source::Int(index) => {
                    let value = self.word(*index) as i64;
                    self.number(Number::Int(*index), || int::make(value))
                }
                Source::Float(index) => {
                    let value = f64::from_bits(self.word(*index));
                    self.number(Number::Float(*index), || PyFloat_FromDouble(value))
                }
                Source::Bool(index) => borrowed(if self.word(*index) & 1 != 0 { Py_True() } else { Py_False() }),
                Source::ConstInt(value) => self.made(persist(|| int::make(*value))),
                Source::ConstFloat(bits) => self.made(persist(|| PyFloat_FromDouble(f64::from_bits(*bits)))),
                Source::Object(index) => borrowed(self.content.objects[*index as usize]),
                Source::Maybe(flag, _) if self.word(*flag) == 0 => std::ptr::null_mut(),
                Source::Maybe(_, inner) => self.owned(inner),
                Source::Virtual(parts) => self.build(parts.0, &parts.1),
            }
        }
    }

    /// The object of a number, made if it is not there yet, with a reference of its own.
    fn number(&mut self, number: Number, make: impl Fn() -> *mut PyObject) -> *mut PyObject {
        let object = match self.numbers.iter().find(|(other, _)| *other == number) {
            Some(&(_, object)) => object,
            None => {
                // SAFETY: the GIL is held: frames are rebuilt.
                let object = self.made(unsafe { persist(make) });
                self.numbers.push((number, object));
                object
            }
        };
        // SAFETY: the object is alive: it was made just now, or is held.
        unsafe { Py_INCREF(object) };
        object
    }

    /// A new object, or `None` in its place if there is no memory.
    fn made(&mut self, object: *mut PyObject) -> *mut PyObject {
        let fails = fails(Fault::ExitObject);
        if !object.is_null() && !fails {
            return object;
        }
        self.failed = true;
        // SAFETY: an object was made just now and is known to nobody else; `None` is immortal.
        unsafe {
            Py_XDECREF(object);
            Py_None()
        }
    }

    /// Builds an object from its parts. Runs no Python code.
    ///
    /// # Safety
    ///
    /// As for [`Self::owned`].
    unsafe fn build(&mut self, kind: Virtual, parts: &[Source]) -> *mut PyObject {
        if let (Virtual::Wide, [Source::Int(low), high]) = (kind, parts) {
            let words = (self.word(*low) as i64, self.integer(high));
            let number = Number::Wide(*low, if let Source::Int(high) = high { Some(*high) } else { None });
            // SAFETY: the GIL is held.
            return self.number(number, || unsafe { int::make_wide(words.0, words.1) });
        }
        if let (Virtual::Real, [is_float, int, float]) = (kind, parts) {
            let is_float = match is_float {
                Source::Bool(index) => self.word(*index) & 1 != 0,
                other => self.integer(other) != 0,
            };
            // SAFETY: as the caller says.
            return unsafe { self.owned(if is_float { float } else { int }) };
        }
        if let (Virtual::Complex, [real, imaginary]) = (kind, parts) {
            let [real, imaginary] = [real, imaginary].map(|part| match part {
                Source::Float(index) => (Part::Word(*index), f64::from_bits(self.word(*index))),
                Source::ConstFloat(bits) => (Part::Constant(*bits), f64::from_bits(*bits)),
                _ => unreachable!("the parts of complex numbers are floats"),
            });
            // SAFETY: the GIL is held.
            return self.number(Number::Complex(real.0, imaginary.0), || unsafe { PyComplex_FromDoubles(real.1, imaginary.1) });
        }
        if let (Virtual::Instance, [_, identity, ..]) | (Virtual::OneTuple | Virtual::Cell | Virtual::Function, [identity, ..]) = (kind, parts) {
            let identity = self.integer(identity);
            if let Some(&(_, object)) = self.instances.iter().find(|(other, _)| *other == identity) {
                // It has references of its own: those that this copy brings are not needed.
                // SAFETY: the values are alive as long as the instance.
                unsafe {
                    if self.references == References::Move {
                        self.release(parts.iter());
                    }
                    Py_INCREF(object);
                }
                return object;
            }
            // SAFETY: as the caller says.
            let object = unsafe { self.build_parts(kind, parts) };
            // SAFETY: the object was made just now.
            unsafe { Py_INCREF(object) };
            self.instances.push((identity, object));
            return object;
        }
        // SAFETY: as the caller says.
        unsafe { self.build_parts(kind, parts) }
    }

    /// Builds an object that is neither a number nor there already.
    ///
    /// # Safety
    ///
    /// As for [`Self::owned`].
    unsafe fn build_parts(&mut self, kind: Virtual, parts: &[Source]) -> *mut PyObject {
        let word = |(at, part): (usize, &Source)| -> u64 {
            if kind.is_raw(at) {
                return self.integer(part) as u64;
            }
            // SAFETY: the caller vouches for the parts.
            unsafe { self.owned(part) as u64 }
        };
        let words: Vec<u64> = parts.iter().enumerate().map(word).collect();
        // SAFETY: the words are what the kind wants; the references among them are given away.
        let mut object = unsafe { try_build_virtual(kind, &words) };
        // What interpreted code takes for an object of that type without a look needs one.
        let stand_in = session().and_then(|session| match kind {
            Virtual::Cell => Some(session.lost_cell),
            kind => is_iterator(kind).then_some(session.lost_iterator),
        });
        if stand_in.is_some() && fails(Fault::ExitObject) {
            // SAFETY: as above.
            unsafe { Py_XDECREF(object) };
            object = std::ptr::null_mut();
        }
        match stand_in {
            Some(stand_in) if object.is_null() => {
                self.failed = true;
                // SAFETY: the session holds the object.
                unsafe { Py_INCREF(stand_in) };
                stand_in
            }
            _ => self.made(object),
        }
    }

    /// The integer of a source that is one.
    fn integer(&self, source: &Source) -> i64 {
        match source {
            Source::ConstInt(value) => *value,
            Source::Int(index) => self.word(*index) as i64,
            _ => 0,
        }
    }

    /// The slot of a source.
    ///
    /// # Safety
    ///
    /// As for [`Self::owned`].
    unsafe fn slot(&mut self, source: &Source) -> Slot {
        if let Source::Virtual(parts) = source
            && parts.0 == Virtual::Position
        {
            let offset = parts.1.first().map_or(0, |part| self.integer(part));
            // SAFETY: the GIL is held; `None` is immortal.
            return unsafe { Slot::position(offset).unwrap_or_else(|| Slot::new(self.made(std::ptr::null_mut()))) };
        }
        // SAFETY: the caller vouches for the source; the reference is handed over, or lent.
        unsafe {
            let object = match source {
                Source::Owned(index) | Source::OwnedOrNull(index) => self.object(*index),
                Source::Maybe(flag, inner) if self.word(*flag) != 0 => return self.slot(inner),
                _ => self.owned(source),
            };
            if object.is_null() { Slot::NULL } else { Slot::from_owned(object) }
        }
    }

    /// Gives up the references of the sources that native code owned. Any Python code may run.
    ///
    /// # Safety
    ///
    /// The GIL is held; the sources are of the exit point that the words belong to.
    pub unsafe fn release<'s>(&self, sources: impl Iterator<Item = &'s Source>) {
        for source in sources {
            let object = match source {
                Source::Owned(index) | Source::OwnedOrNull(index) => self.object(*index),
                Source::Maybe(flag, inner) if self.word(*flag) != 0 => {
                    // SAFETY: as for the outer source.
                    unsafe { self.release(std::iter::once(&**inner)) };
                    continue;
                }
                Source::Virtual(parts) => {
                    // SAFETY: as for the outer source.
                    unsafe { self.release(parts.1.iter()) };
                    continue;
                }
                _ => continue,
            };
            if !object.is_null() {
                // SAFETY: native code owned the reference.
                unsafe { Py_DECREF(object) };
            }
        }
    }

    /// The objects whose references are lent to the slots of an exit point's frames.
    pub fn lent<'s>(&'s self, point: &'s ExitPoint) -> impl Iterator<Item = *mut PyObject> + 's {
        let slots = point.frames.iter().flat_map(|image| image.locals.iter().chain(&image.stack));
        slots.filter_map(|mut source| {
            while let Source::Maybe(flag, inner) = source {
                source = if self.word(*flag) != 0 { inner } else { &Source::Null };
            }
            match source {
                Source::Owned(index) | Source::OwnedOrNull(index) => Some(self.object(*index)).filter(|object| !object.is_null()),
                _ => None,
            }
        })
    }

    /// Builds the frames of an exit point, outermost first. All but the innermost are linked; those that are new are counted
    /// against the recursion limit, as a caller is. Runs no Python code, and keeps a raised exception.
    ///
    /// They are fewer than the exit point has if there is no memory for the next one; then the innermost that was built is not linked
    /// either, an exception is raised, and the words of the others are still to be released: see [`Self::release_unbuilt`].
    ///
    /// # Safety
    ///
    /// The GIL is held; the words are those of the exit point; frames named by them exist, the innermost of them linked.
    pub unsafe fn frames(&mut self, thread: Thread, point: &ExitPoint, frames: &mut Frames) {
        // SAFETY: the caller vouches for the words.
        unsafe {
            let raised = PyErr_GetRaisedException();
            for (depth, image) in point.frames.iter().enumerate() {
                let Some(rebuilt) = self.frame(thread, image) else {
                    self.failed = true;
                    if let Some(caller) = frames.last().filter(|caller: &&Rebuilt| !caller.existed) {
                        datastack::unlink(thread, caller.frame);
                        count(thread, 1);
                    }
                    break;
                };
                self.fill(rebuilt.frame, image);
                if depth + 1 < point.frames.len() && !rebuilt.existed {
                    datastack::link(thread, rebuilt.frame);
                    count(thread, -1);
                }
                frames.push(rebuilt);
            }
            if !raised.is_null() {
                PyErr_SetRaisedException(raised);
            }
        }
    }

    /// Fills the value stacks of frames to which references were lent. Runs no Python code, and keeps a raised exception.
    ///
    /// # Safety
    ///
    /// The frames are those that [`Self::frames`] has built for the exit point, all of them.
    pub unsafe fn fill_stacks(&mut self, point: &ExitPoint, frames: &[Rebuilt]) {
        // SAFETY: the caller vouches for the frames.
        unsafe {
            let raised = PyErr_GetRaisedException();
            for (rebuilt, image) in frames.iter().zip(&point.frames) {
                self.fill_slots(rebuilt.frame, image.locals.len(), &image.stack);
            }
            if !raised.is_null() {
                PyErr_SetRaisedException(raised);
            }
        }
    }

    /// Gives up what native code owned for frames that could not be built, from the one at `depth` on. Any Python code may run.
    ///
    /// # Safety
    ///
    /// The GIL is held; no frame was built at that depth.
    pub unsafe fn release_unbuilt(&self, point: &ExitPoint, depth: usize) {
        for (image, is_next) in point.frames.iter().skip(depth).zip(std::iter::once(true).chain(std::iter::repeat(false))) {
            // The attempt to build it has taken over the function of the next one.
            let function = (!is_next).then_some(&image.function);
            // SAFETY: as the caller says.
            unsafe { self.release(image.locals.iter().chain(&image.stack).chain(function)) };
        }
    }

    /// Stores the variables of the module that native code has kept: the first thing to be done, since Python code may look at them from now on. Runs
    /// none, and keeps a raised exception.
    ///
    /// # Safety
    ///
    /// As for [`Self::frames`], before it is called.
    pub unsafe fn store_variables(&mut self, point: &ExitPoint) {
        if point.variables.is_empty() {
            return;
        }
        let Some(image) = point.frames.first() else { return };
        // SAFETY: the first frame is the unit's, which exists or will be that of the function, whom the caller keeps alive; its globals are an exact dict
        // with these entries, whose values are of leaf types. Replacing them takes no memory.
        unsafe {
            let frame = image.frame.and_then(|word| Frame::from_ptr(self.word(word) as *mut std::ffi::c_void));
            let globals = match frame {
                Some(frame) => frame.globals(),
                None => {
                    let function = self.owned(&image.function);
                    Py_DECREF(function);
                    PyFunction_GetGlobals(function)
                }
            };
            let raised = PyErr_GetRaisedException();
            for (name, source) in &point.variables {
                let value = self.owned(source);
                let old = Py_XNewRef(PyDict_GetItemWithError(globals, self.content.objects[*name as usize]));
                self.replaced.push(old);
                PyDict_SetItem(globals, self.content.objects[*name as usize], value);
                Py_DECREF(value);
            }
            PyErr_SetRaisedException(raised);
        }
    }

    /// Adds the unit's frame to the traceback of the handled exception where that is still to be done. False if it is not.
    ///
    /// # Safety
    ///
    /// As for [`Self::frames`], before it is called.
    pub unsafe fn trace(&self, thread: Thread, point: &ExitPoint) -> bool {
        let untraced = point.frames.first().filter(|image| image.untraced).and_then(|image| image.frame);
        // SAFETY: the frame exists and is linked; it stands where it raised the exception.
        let frame = untraced.and_then(|word| unsafe { Frame::from_ptr(self.word(word) as *mut std::ffi::c_void) });
        if let Some(frame) = frame {
            // SAFETY: as above.
            unsafe { whipsnake_cpython::unwind::trace(thread, frame, thread.handled()) };
        }
        frame.is_some()
    }

    /// # Safety
    ///
    /// As for [`Self::frames`].
    unsafe fn frame(&mut self, thread: Thread, image: &FrameImage) -> Option<Rebuilt> {
        // SAFETY: the caller vouches for the words; a frame's function is an alive function with the image's code.
        unsafe {
            if let Some(word) = image.frame {
                let frame = Frame::from_ptr(self.word(word) as *mut std::ffi::c_void)?;
                // Native code leaves the height open. Building values for it frees others, for which debug builds assert that the
                // frame on top has one.
                frame.set_stack_top(0);
                return Some(Rebuilt { frame, existed: true });
            }
            let function = self.owned(&image.function);
            let code = Code::from_object(self.content.codes[image.code as usize])?;
            // A function in parts could not be built.
            let is_lost = matches!(image.function, Source::Virtual(_)) && PyFunction_Check(function) == 0;
            let frame = if is_lost || fails(Fault::ExitFrame) {
                PyErr_NoMemory();
                None
            } else {
                datastack::push(thread, function, code)
            };
            Py_DECREF(function);
            Some(Rebuilt { frame: frame?, existed: false })
        }
    }

    /// # Safety
    ///
    /// As for [`Self::frames`]; the frame is the image's.
    unsafe fn fill(&mut self, frame: Frame, image: &FrameImage) {
        // SAFETY: the image's locals and stack fit its code. What was in the slots of an existing frame belongs to
        // native code, or was taken over by it.
        unsafe {
            self.fill_slots(frame, 0, &image.locals);
            if self.references == References::Move {
                self.fill_slots(frame, image.locals.len(), &image.stack);
            }
            frame.set_offset(image.offset);
            frame.set_return_offset(image.return_offset as u16);
        }
    }

    /// Fills the slots from `first` on, which are the frame's last then.
    ///
    /// # Safety
    ///
    /// As for [`Self::fill`].
    unsafe fn fill_slots(&mut self, frame: Frame, first: usize, sources: &[Source]) {
        for (index, source) in sources.iter().enumerate().filter(|(_, source)| **source != Source::InFrame) {
            // SAFETY: as the caller says.
            unsafe {
                let slot = self.slot(source);
                frame.set_slot(first + index, slot);
            }
        }
        // SAFETY: the slots have been filled.
        unsafe { frame.set_stack_top(first + sources.len()) };
    }
}

/// Changes the number of Python calls that are left.
///
/// # Safety
///
/// Each frame is counted once while it is linked.
pub unsafe fn count(thread: Thread, change: i32) {
    // SAFETY: the caller keeps the balance.
    unsafe { thread.set_recursion_remaining(thread.recursion_remaining() + change) };
}
