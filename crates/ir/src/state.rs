//! Frame states: what the interpreter's frames hold at a point, in terms of SSA values.

use crate::entity::{StateId, Value};
use whipsnake_contract::exit::{OnReturn, Resume, Virtual};

/// Content of a local variable or stack slot.
#[derive(Clone, Debug, PartialEq)]
pub enum Slot {
    /// NULL.
    Null,
    /// An object; the slot owns one reference to it.
    Owned(Value),
    /// An object that something else keeps alive; the slot gets its reference when it is rebuilt.
    Borrowed(Value),
    /// An unboxed integer, double or truth value.
    Raw(Value),
    /// An unboxed integer constant.
    Int(i64),
    /// An unboxed double constant, as bits.
    Float(u64),
    /// A constant object of the function's table.
    Object(u32),
    /// An object that is only built if the frame is.
    Virtual(Virtual, Vec<Slot>),
    /// NULL if the truth value is false, else the slot.
    Maybe(Value, Box<Slot>),
    /// An object or NULL; the slot owns the reference.
    OwnedOrNull(Value),
    /// What the existing frame already holds.
    InFrame,
}

impl Slot {
    /// Calls `f` with each value in the slot.
    pub fn for_each_value(&self, f: &mut impl FnMut(Value)) {
        match self {
            Slot::Owned(v) | Slot::Borrowed(v) | Slot::Raw(v) | Slot::OwnedOrNull(v) => f(*v),
            Slot::Virtual(_, parts) => parts.iter().for_each(|s| s.for_each_value(f)),
            Slot::Maybe(flag, slot) => {
                f(*flag);
                slot.for_each_value(f);
            }
            Slot::Null | Slot::Int(_) | Slot::Float(_) | Slot::Object(_) | Slot::InFrame => {}
        }
    }

    /// Replaces each value in the slot by `f` of it.
    pub fn map_values(&mut self, f: &mut impl FnMut(Value) -> Value) {
        match self {
            Slot::Owned(v) | Slot::Borrowed(v) | Slot::Raw(v) | Slot::OwnedOrNull(v) => *v = f(*v),
            Slot::Virtual(_, parts) => parts.iter_mut().for_each(|s| s.map_values(f)),
            Slot::Maybe(flag, slot) => {
                *flag = f(*flag);
                slot.map_values(f);
            }
            Slot::Null | Slot::Int(_) | Slot::Float(_) | Slot::Object(_) | Slot::InFrame => {}
        }
    }
}

/// One frame, and through `parent` the frames that inlined it.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameState {
    /// Index into the snapshot's code objects.
    pub code: u32,
    /// The function object.
    pub function: Slot,
    /// Code unit offset of the next instruction; for a parent: of the call.
    pub offset: u32,
    /// For a parent: code units from the call to the instruction after it.
    pub return_offset: u32,
    /// For a parent: what to do with the callee's result.
    pub on_return: OnReturn,
    /// How the interpreter goes on.
    pub resume: Resume,
    /// The exception that is handled was raised in this frame, which is still to be added to its traceback.
    pub untraced: bool,
    /// The interpreter frame, where one exists already: the frame of a loop, or one that the unit pushed.
    pub frame: Option<Value>,
    /// Local, cell and free variables.
    pub locals: Vec<Slot>,
    /// Value stack, bottom first; for a parent: without callable and arguments.
    pub stack: Vec<Slot>,
    /// Variables of the module that are still to be stored: names, as numbers of the function's object table, and what they hold.
    pub variables: Vec<(u32, Slot)>,
    /// Owned objects (or NULLs) that are to be released when the state is used.
    pub release: Vec<Value>,
    /// Code and offset of the instruction that an exit by this state is due to, where that is another one.
    pub origin: Option<(u32, u32)>,
    /// The frame that inlined this one.
    pub parent: Option<StateId>,
}

impl FrameState {
    /// All slots: function, locals, stack and variables.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        let variables = self.variables.iter().map(|(_, slot)| slot);
        std::iter::once(&self.function).chain(&self.locals).chain(&self.stack).chain(variables)
    }

    /// The same, to be changed.
    pub fn slots_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        let variables = self.variables.iter_mut().map(|(_, slot)| slot);
        std::iter::once(&mut self.function).chain(&mut self.locals).chain(&mut self.stack).chain(variables)
    }

    /// Calls `f` with each value that this frame (not its parents) refers to.
    pub fn for_each_value(&self, f: &mut impl FnMut(Value)) {
        self.frame.iter().for_each(|v| f(*v));
        self.slots().for_each(|s| s.for_each_value(f));
        self.release.iter().for_each(|v| f(*v));
    }

    /// Replaces each value that this frame refers to.
    pub fn map_values(&mut self, f: &mut impl FnMut(Value) -> Value) {
        self.slots_mut().for_each(|s| s.map_values(f));
        self.frame.iter_mut().for_each(|v| *v = f(*v));
        self.release.iter_mut().for_each(|v| *v = f(*v));
    }
}
