//! Exit tables: how native code hands its state back to the interpreter.
//!
//! At an exit native code stores the values that live there into a flat buffer of 64-bit words and calls the
//! runtime with the number of the exit. The [`ExitPoint`] of that number says why, and how to
//! rebuild the interpreter's frames from the buffer.

use serde::{Deserialize, Serialize};

/// Declares the exit reasons once: name, text, and whether a frequent exit calls for recompilation.
macro_rules! exit_reasons {
    ($($(#[doc = $doc:literal])+ $name:ident, $text:literal, $policy:ident;)+) => {
        /// Why native code left to the interpreter. Each reason is counted and shown in `stats()`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum ExitReason { $($(#[doc = $doc])+ $name,)+ }

        impl ExitReason {
            /// All reasons, in declaration order.
            pub const ALL: &'static [ExitReason] = &[$(ExitReason::$name,)+];

            /// The stable name used in statistics, dumps and text IR.
            pub const fn name(self) -> &'static str {
                match self { $(ExitReason::$name => $text,)+ }
            }

            /// What the strategy should make of many exits of this reason.
            pub const fn policy(self) -> ExitPolicy {
                match self { $(ExitReason::$name => ExitPolicy::$policy,)+ }
            }

            /// The reason with that stable name.
            pub fn from_name(name: &str) -> Option<ExitReason> {
                match name { $($text => Some(ExitReason::$name),)+ _ => None }
            }
        }
    };
}

impl ExitReason {
    /// True if the same instruction is built otherwise once that is known of it, and may do without such exits.
    pub const fn is_of_instruction(self) -> bool {
        matches!(self, ExitReason::TypeGuard | ExitReason::IntOverflow | ExitReason::BigInt | ExitReason::WideOverflow | ExitReason::ColdBranch)
    }
}

/// What frequent exits of one reason mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitPolicy {
    /// Part of normal operation (a loop that ended, a pending signal): never a reason to recompile.
    Normal,
    /// A speculation was wrong: recompile with what was seen.
    Speculation,
    /// Enough was seen to compile better code: recompile at once.
    Feedback,
    /// The compiler does not cover what happens there: recompiling does not help.
    Uncovered,
}

exit_reasons! {
    /// A loop unit reached the end of its loop.
    LoopEnd, "loop-end", Normal;
    /// Signals, thread switches, garbage collection or tools want attention.
    EvalBreaker, "eval-breaker", Normal;
    /// Another piece of code holds a frame object of this frame, and may have changed its locals.
    FrameObserved, "frame-observed", Normal;
    /// The forced exits of `WHIPSNAKE_EXIT_EVERY`.
    Forced, "forced", Normal;
    /// The Python recursion limit or the end of the data stack is near.
    StackSpace, "stack-space", Normal;
    /// An exception was raised by a call made from native code.
    Exception, "exception", Normal;
    /// Inlined code raised an exception that a handler covers: a unit of its own could handle it, or return with it to one that does.
    RaisedInlined, "raised-inlined", Speculation;
    /// An object is not of the expected type.
    TypeGuard, "type-guard", Speculation;
    /// An object is not the expected one (a function, a constant).
    IdentityGuard, "identity-guard", Speculation;
    /// A function has other code or namespaces than expected.
    CodeGuard, "code-guard", Speculation;
    /// An integer result does not fit 64 bits.
    IntOverflow, "int-overflow", Speculation;
    /// An integer object does not fit 64 bits.
    BigInt, "big-int", Speculation;
    /// An integer does not fit 128 bits.
    WideOverflow, "wide-overflow", Speculation;
    /// An index is outside the sequence; the interpreter raises or goes another way.
    OutOfBounds, "out-of-bounds", Speculation;
    /// A divisor is zero, or a shift count is negative or large.
    Arithmetic, "arithmetic", Speculation;
    /// A local variable, cell, attribute slot or dictionary entry has no value.
    Unbound, "unbound", Speculation;
    /// The shape of an instance (its keys, its dictionary) is not the expected one.
    ShapeGuard, "shape-guard", Speculation;
    /// An instance keeps its attributes in a dictionary, not in inline values.
    InlineValues, "inline-values", Speculation;
    /// An instance hides what its type has by an attribute of its own.
    Shadowed, "shadowed", Speculation;
    /// A container has another length than expected.
    LengthGuard, "length-guard", Speculation;
    /// A branch that was never seen taken was taken.
    ColdBranch, "cold-branch", Speculation;
    /// Only Python code can tell what is asked: whether keys of a dictionary are equal, or what an object is an instance of.
    NeedsPython, "needs-python", Speculation;
    /// The method of an operator returned `NotImplemented`, or something else than the bool that is wanted.
    Declined, "declined", Speculation;
    /// An object is to be destroyed in a way that Python code may see.
    Destructor, "destructor", Speculation;
    /// The types of operands that the interpreter's feedback does not tell have been noted often enough.
    Profiled, "profiled", Feedback;
    /// The instruction is not compiled.
    Uncompiled, "uncompiled", Uncovered;
}

/// Where one word of interpreter state comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// No value: an unbound local, or the NULL that some calls keep on the stack.
    Null,
    /// Word `index` of the exit buffer is an object; the slot takes over a reference that native code owned.
    Owned(u32),
    /// Word `index` of the exit buffer is an object; the slot needs a reference of its own.
    Borrowed(u32),
    /// Word `index` is a 64-bit integer to be boxed.
    Int(u32),
    /// Word `index` holds the bits of a float to be boxed.
    Float(u32),
    /// Word `index` is 0 or 1, to become `False` or `True`.
    Bool(u32),
    /// A constant integer to be boxed.
    ConstInt(i64),
    /// A constant float to be boxed, as bits.
    ConstFloat(u64),
    /// A constant object of the unit's object table; the slot needs a reference of its own.
    Object(u32),
    /// An object that was never built, with its parts as [`Virtual`] says.
    Virtual(Box<(Virtual, Vec<Source>)>),
    /// NULL if word `flag` is 0, else what the second source says.
    Maybe(u32, Box<Source>),
    /// Word `index` is an object or NULL; the slot takes over the reference that native code owned.
    OwnedOrNull(u32),
    /// The slot of the existing frame already holds the right value.
    InFrame,
}

impl Source {
    /// True if the slot gets a reference that native code owned.
    pub fn is_owned(&self) -> bool {
        match self {
            Source::Owned(_) | Source::OwnedOrNull(_) => true,
            Source::Maybe(_, inner) => inner.is_owned(),
            _ => false,
        }
    }
}

impl Source {
    /// Gives words of the exit buffer new numbers, by their old ones.
    fn renumber(&mut self, numbers: &[u32]) {
        match self {
            Source::Owned(word)
            | Source::OwnedOrNull(word)
            | Source::Borrowed(word)
            | Source::Int(word)
            | Source::Float(word)
            | Source::Bool(word) => *word = numbers[*word as usize],
            Source::Maybe(flag, inner) => {
                *flag = numbers[*flag as usize];
                inner.renumber(numbers);
            }
            Source::Virtual(parts) => parts.1.iter_mut().for_each(|part| part.renumber(numbers)),
            Source::Null | Source::ConstInt(_) | Source::ConstFloat(_) | Source::Object(_) | Source::InFrame => {}
        }
    }
}

// Units keep one per slot and exit: tables of large units have hundreds of thousands.
const _: () = assert!(size_of::<Source>() == 16);

macro_rules! virtuals {
    ($($(#[doc = $doc:literal])+ $name:ident, $text:literal;)+) => {
        /// An object that native code keeps in parts and that is only built when a frame is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Virtual { $($(#[doc = $doc])+ $name,)+ }

        impl Virtual {
            /// All kinds.
            pub const ALL: &'static [Virtual] = &[$(Virtual::$name,)+];

            /// The name in text IR.
            pub const fn name(self) -> &'static str {
                match self { $(Virtual::$name => $text,)+ }
            }
        }
    };
}

virtuals! {
    /// A tuple of the parts.
    Tuple, "tuple";
    /// `range(start, stop, step)`.
    Range, "range";
    /// A range iterator: next value, step, remaining length (all integers).
    RangeIter, "range-iter";
    /// A list iterator: list, next index.
    ListIter, "list-iter";
    /// A tuple iterator: tuple, next index.
    TupleIter, "tuple-iter";
    /// `enumerate`: inner iterator, next count.
    Enumerate, "enumerate";
    /// `zip` of the parts, which are iterators.
    Zip, "zip";
    /// A slice: start, stop, step.
    Slice, "slice";
    /// A bound method: function, self.
    Method, "method";
    /// A new list of a slice of a list that nothing has changed since: list, start, stop, step (integers as written).
    ListSlice, "list-slice";
    /// The position that a re-raise reports: a code unit offset (an integer). In a frame it is an int or, from 3.14 on, no object.
    Position, "position";
    /// A new dict: keys, which are strs and all different, each followed by its value.
    Dict, "dict";
    /// A generator of a generator expression that waits: its function, the code unit offset at which it goes on (an integer; 0 if it has not begun),
    /// the iterator that it runs over, and its other locals without those of its closure, of which some may be NULL.
    Generator, "generator";
    /// A builtin function whose call has begun to ask an iterator: the function, how it goes on (an integer: a [`Begun`], or 0 if it has not begun), and what the
    /// items have come to so far.
    Begun, "begun";
    /// An iterator over a str of ASCII: str, next index.
    AsciiIter, "ascii-iter";
    /// An int of up to 128 bits: the low word, and the high one with the sign (integers).
    Wide, "wide";
    /// A complex number: the real and the imaginary part (floats).
    Complex, "complex";
    /// An instance of a class written in Python: the class, a number that only copies of the same instance in the frames of an exit have in common (an
    /// integer), the places of its attributes (an integer: see [`Places`]), and their values in the order in which they were set.
    Instance, "instance";
    /// An int of 64 bits or a float: whether it is a float (a truth value), the int or 0, and the float or 0.0.
    Real, "real";
    /// A tuple that several slots may hold: a number that only copies of the same tuple in the frames of an exit have in common (an integer), and the items.
    OneTuple, "one-tuple";
    /// An iterator over a dict's keys: the dict, how many entries it has had all along, the place in its table, and how many entries are left (integers).
    DictKeyIter, "dict-key-iter";
    /// The same over its values.
    DictValueIter, "dict-value-iter";
    /// The same over its items, and the value and the key of the last one, which may be NULL.
    DictItemIter, "dict-item-iter";
    /// An iterator over a set or frozenset: as that over a dict's keys.
    SetIter, "set-iter";
    /// A generator that a call of a function has returned, and that has not begun: its function, 0 (an integer), the code that this had, and its
    /// parameters.
    NewGenerator, "new-generator";
    /// The same, waiting behind a `yield`: its function, the code unit offset at which it goes on (an integer), its code, its locals without those of its
    /// closure, of which some may be NULL, and what is on its stack.
    WaitingGenerator, "waiting-generator";
    /// A cell: a number that only copies of the same cell in the frames of an exit have in common (an integer), and what it holds, if anything.
    Cell, "cell";
    /// A function that was made of a code object: such a number, the address of its globals (an integer), the code, then defaults, defaults by keyword, annotations
    /// and the function that makes these, of which each may be NULL, and the cells of its closure.
    Function, "function";
    /// A new dict with the entries of a dict that nothing has changed since: that dict.
    DictCopy, "dict-copy";
    /// An iterator over a list from its end: list, next index (-1 behind the first item).
    ListReverseIter, "list-reverse-iter";
}

/// Where an instance in parts keeps its attributes, the one that was set first in the lowest bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places(i64);

/// Where an instance keeps an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The inline value of that number.
    Value(u32),
    /// The slot so many words from its start.
    Slot(u32),
}

impl Places {
    /// Most attributes.
    pub const MAX: usize = 10;
    /// Bits that a place takes: values and slots of numbers below half of what they can tell apart.
    const BITS: usize = 6;
    const HALF: u32 = 1 << (Self::BITS - 1);

    /// The places of a number that [`Self::number`] gave.
    pub const fn from_number(number: i64) -> Places {
        Places(number)
    }

    /// All of them in one number.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The places with one more after the `count` there are; `None` if there are too many, or its number is too large.
    pub fn with(self, count: usize, place: Place) -> Option<Places> {
        let (number, base) = match place {
            Place::Value(index) => (index, 0),
            Place::Slot(word) => (word, Self::HALF),
        };
        (count < Self::MAX && number < Self::HALF).then(|| Places(self.0 | i64::from(base + number) << (count * Self::BITS)))
    }

    /// The place of the attribute that was set after `index` others.
    pub const fn get(self, index: usize) -> Place {
        let code = (self.0 >> (index * Self::BITS)) as u32 & (2 * Self::HALF - 1);
        if code < Self::HALF { Place::Value(code) } else { Place::Slot(code - Self::HALF) }
    }
}

/// How calls of builtin functions go on that have asked an iterator for some of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// `sum`, of ints so far: their sum.
    Sum = 1,
    /// `sum`, of floats: their sum, and what is to be added to it in the end.
    FloatSum = 2,
    /// `min`: the least item.
    Least = 3,
    /// `max`: the greatest item.
    Greatest = 4,
    /// `list`: a list of the items.
    List = 5,
    /// `tuple`: the same.
    Tuple = 6,
    /// `set`: a set of the items.
    Set = 7,
    /// The method `join` of strs: a list of the items.
    Join = 8,
    /// `sorted`: a list of the items.
    Sorted = 9,
}

impl Begun {
    /// All of them.
    pub const ALL: [Begun; 9] = [
        Begun::Sum,
        Begun::FloatSum,
        Begun::Least,
        Begun::Greatest,
        Begun::List,
        Begun::Tuple,
        Begun::Set,
        Begun::Join,
        Begun::Sorted,
    ];

    /// The way of that number.
    pub fn from_number(number: i64) -> Option<Begun> {
        Begun::ALL.into_iter().find(|&way| way as i64 == number)
    }
}

impl Virtual {
    /// True for numbers: leaves whose parts are words.
    pub const fn is_number(self) -> bool {
        matches!(self, Virtual::Wide | Virtual::Complex | Virtual::Real)
    }

    /// True if part `index` is an integer, or a part of [`Self::Complex`] or [`Self::Real`], and no object.
    pub const fn is_raw(self, index: usize) -> bool {
        match self {
            Virtual::RangeIter | Virtual::Position | Virtual::Wide | Virtual::Complex | Virtual::Real => true,
            Virtual::ListIter | Virtual::TupleIter | Virtual::AsciiIter | Virtual::ListReverseIter => index == 1,
            Virtual::Enumerate | Virtual::Generator | Virtual::Begun | Virtual::NewGenerator | Virtual::WaitingGenerator => index == 1,
            Virtual::OneTuple | Virtual::Cell => index == 0,
            Virtual::Function => matches!(index, 0 | 1),
            Virtual::DictKeyIter | Virtual::DictValueIter | Virtual::DictItemIter | Virtual::SetIter => matches!(index, 1..=3),
            Virtual::ListSlice => index > 0,
            Virtual::Instance => matches!(index, 1 | 2),
            Virtual::Tuple | Virtual::Range | Virtual::Zip | Virtual::Slice | Virtual::Method | Virtual::Dict | Virtual::DictCopy => false,
        }
    }
}

macro_rules! on_returns {
    ($($(#[doc = $doc:literal])+ $name:ident, $text:literal;)+) => {
        /// What happens when an inlined callee returns to the frame.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum OnReturn { $($(#[doc = $doc])+ $name,)+ }

        impl OnReturn {
            /// All of them, in declaration order.
            pub const ALL: &'static [OnReturn] = &[$(OnReturn::$name,)+];

            /// The name in text IR.
            pub const fn name(self) -> &'static str {
                match self { $(OnReturn::$name => $text,)+ }
            }
        }
    };
}

on_returns! {
    /// The result is pushed.
    Push, "push";
    /// The result is dropped (after a check that it is `None`): an inlined `__init__`.
    CheckNone, "check_none";
    /// The result of an inlined setter of an attribute is dropped; value and owner are still on the stack.
    SetAttr, "set_attr";
    /// The same for an inlined `__setitem__`; value, container and key are still on the stack.
    SetItem, "set_item";
    /// An inlined `__contains__`, whose operands are still on the stack: the result, converted to a bool, takes their place.
    PushBool, "push_bool";
    /// The same for `not in`, of which it is the opposite.
    PushNot, "push_not";
    /// The same for an inlined `__bool__`, whose result must be a bool.
    CheckBool, "check_bool";
    /// The same for an inlined method of a unary operator, of which the result is that of the operator.
    Unary, "unary";
    /// The same for an inlined `__len__` in a call of `len`: the result, which must be an index that is not negative, becomes an int.
    Length, "length";
    /// The same in a call of another builtin function, of which the result is that of the method: `abs`, `next`, `round`.
    Builtin, "builtin";
    /// The same as of `len` in a truth test, where only the object is on the stack: whether that is not zero.
    Filled, "filled";
    /// An inlined method of a binary operator, whose operands are still on the stack: the result takes their place. If that is `NotImplemented`, the
    /// interpreter asks further.
    Operator, "operator";
    /// The same for a comparison.
    Compare, "compare";
    /// The same for a comparison whose result is converted to a bool.
    CompareBool, "compare_bool";
    /// An inlined `__next__` of an iterator, which is still on the stack: the result is pushed. If it raises `StopIteration`, the loop ends.
    Next, "next";
}

impl OnReturn {
    /// Operands of the instruction that are on the stack while the callee runs.
    pub const fn kept_operands(self) -> usize {
        match self {
            OnReturn::Push | OnReturn::CheckNone | OnReturn::Next => 0,
            OnReturn::CheckBool | OnReturn::Filled | OnReturn::Unary => 1,
            OnReturn::Operator | OnReturn::Compare | OnReturn::CompareBool | OnReturn::PushBool | OnReturn::PushNot | OnReturn::SetAttr => 2,
            // The function, NULL and the object.
            OnReturn::Length | OnReturn::Builtin | OnReturn::SetItem => 3,
        }
    }

    /// The instruction leaves a result on the stack.
    pub const fn pushes(self) -> bool {
        !matches!(self, OnReturn::CheckNone | OnReturn::SetAttr | OnReturn::SetItem)
    }

    /// The result may be `NotImplemented`, and then the other operand is asked.
    pub const fn may_decline(self) -> bool {
        matches!(self, OnReturn::Operator | OnReturn::Compare | OnReturn::CompareBool)
    }
}

/// Minor version since which comparisons, calls, stores and others drop their operands from the top down.
pub const FROM_TOP: u8 = 14;

/// One interpreter frame to rebuild.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameImage {
    /// Index into [`crate::snapshot::Snapshot::codes`].
    pub code: u32,
    /// Where the function object comes from.
    pub function: Source,
    /// Code unit offset of the instruction to execute next. For a caller of an inlined frame: of the call.
    pub offset: u32,
    /// Code units from `offset` to the instruction that runs after an inlined callee returned.
    pub return_offset: u32,
    /// What to do with the result of an inlined callee.
    pub on_return: OnReturn,
    /// Before anything else, the existing frame is added to the traceback of the exception that is handled, at the instruction at
    /// which it stands.
    pub untraced: bool,
    /// Word of the exit buffer with the address of the frame, where one exists already: the frame of a loop, or one
    /// that the unit pushed (linked, and counted against the recursion limit). Without it the frame is pushed by the exit.
    pub frame: Option<u32>,
    /// `co_nlocalsplus` words.
    pub locals: Vec<Source>,
    /// The value stack, bottom first.
    pub stack: Vec<Source>,
}

/// How the interpreter goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resume {
    /// Execute the instruction at the innermost frame's `offset`.
    Execute,
    /// The instruction at the innermost frame's `offset`, a call, is done: serve what waits, as the interpreter does behind calls,
    /// and go on at `offset + return_offset`.
    Behind,
    /// An exception is set and was raised by the instruction at the innermost frame's `offset`.
    Raise,
    /// An exception is set that nobody has seen: it is forgotten, and the instruction at the innermost frame's `offset` executed.
    Again,
    /// The instruction at the innermost frame's `offset` has dropped an object, and goes on at `offset + return_offset` when that is destroyed.
    /// Frames are rebuilt so that foreign code can look at them meanwhile; where no `culprit` is named, native code may go on then.
    Observe,
}

/// One exit of a unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExitPoint {
    /// Why.
    pub reason: ExitReason,
    /// How the interpreter goes on.
    pub resume: Resume,
    /// Outermost first; the last one is the frame that executes.
    pub frames: Vec<FrameImage>,
    /// What names of the first frame's globals are to hold before anything else: numbers of the unit's object table for the names, and
    /// values that native code has not stored. What they hold by then is of leaf types.
    #[serde(default)]
    pub variables: Vec<(u32, Source)>,
    /// Objects whose references native code owned and nobody needs any more.
    pub release: Vec<Source>,
    /// Word of the exit buffer with the object whose type failed the guard, where one guard alone takes the exit; with the object
    /// that is to be destroyed, where native code leaves for that.
    pub culprit: Option<u32>,
    /// Code and offset of the instruction at fault, where that is not the one at which the interpreter goes on: what is learned is learned of it.
    #[serde(default)]
    pub origin: Option<(u32, u32)>,
    /// Address of the type that the guard wanted, where a guard of a type alone takes the exit; else 0.
    #[serde(default)]
    pub wanted: u64,
    /// Words the exit buffer must hold.
    pub words: u32,
}

impl ExitPoint {
    /// Code and offset of the instruction that what is learned from the exit belongs to.
    pub fn place(&self) -> Option<(u32, u32)> {
        self.origin.or_else(|| self.frames.last().map(|image| (image.code, image.offset)))
    }

    /// Gives the words of the exit buffer new numbers, by their old ones: a permutation.
    pub fn renumber(&mut self, numbers: &[u32]) {
        for frame in &mut self.frames {
            frame.frame.iter_mut().for_each(|word| *word = numbers[*word as usize]);
            let sources = frame.locals.iter_mut().chain(&mut frame.stack).chain([&mut frame.function]);
            sources.for_each(|source| source.renumber(numbers));
        }
        self.variables.iter_mut().for_each(|(_, source)| source.renumber(numbers));
        self.release.iter_mut().for_each(|source| source.renumber(numbers));
        self.culprit.iter_mut().for_each(|word| *word = numbers[*word as usize]);
    }
}
