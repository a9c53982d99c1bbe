//! Abstract values: what the frontend knows about a local variable or stack slot while it interprets bytecode
//! abstractly.

use crate::real::Real;
use crate::unbuilt::Unbuilt;
use crate::variable::VariableSlot;
use std::collections::HashMap;
use std::rc::Rc;
use whipsnake_contract::exit::Virtual;
use whipsnake_contract::snapshot::{CodeId, ObjectId};
use whipsnake_ir::Value;

/// Content of a slot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Val {
    /// NULL.
    Null,
    /// An object.
    Obj(Value),
    /// An object or NULL.
    MaybeObj(Value),
    /// An unboxed int.
    Int(Value),
    /// An unboxed float.
    Float(Value),
    /// An unboxed bool.
    Bool(Value),
    /// A constant int that has no constant object (`LOAD_SMALL_INT`, folded arithmetic on small ints).
    SmallInt(i64),
    /// A constant object of the snapshot.
    Const(ObjectId),
    /// Unbound if the truth value is false, else the content.
    Maybe(Value, Box<Val>),
    /// An object kept in parts.
    Virtual(Virtual, Vec<Slot>),
    /// An owned object or NULL that was NULL when the loop became hot: taken as unbound, but for the type that it has once the
    /// loop went round.
    Unseen(Value),
    /// Whatever the existing frame holds there; never read or written by the unit.
    InFrame,
}

/// A slot: its content, and whether it owns the references in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slot {
    /// Content.
    pub val: Val,
    /// The slot owns a reference to the object (parts of virtual objects say so themselves).
    pub owned: bool,
}

/// The parts of an object in the order in which it gives them up: a tuple begins with its last item, a dict with its first entry.
pub(crate) fn released(kind: Virtual, mut parts: Vec<Slot>) -> impl Iterator<Item = Slot> {
    if kind != Virtual::Dict {
        parts.reverse();
    }
    parts.into_iter()
}

impl Slot {
    /// A slot that owns its object.
    pub(crate) const fn owned(val: Val) -> Slot {
        Slot { val, owned: true }
    }

    /// A slot whose object is kept alive by something else, or that holds no object.
    pub(crate) const fn borrowed(val: Val) -> Slot {
        Slot { val, owned: false }
    }

    /// The parts of a virtual object; none of anything else.
    pub(crate) fn parts(&self) -> &[Slot] {
        match &self.val {
            Val::Virtual(_, parts) => parts,
            _ => &[],
        }
    }

    /// A copy that owns nothing.
    pub(crate) fn borrow(&self) -> Slot {
        let val = match &self.val {
            Val::Virtual(kind, parts) => Val::Virtual(*kind, parts.iter().map(Slot::borrow).collect()),
            other => other.clone(),
        };
        Slot::borrowed(val)
    }

    /// True if the slot holds the value, or an object in parts that it holds does.
    pub(crate) fn holds(&self, value: &Val) -> bool {
        match &self.val {
            val if val == value => true,
            Val::Virtual(_, parts) => parts.iter().any(|part| part.holds(value)),
            _ => false,
        }
    }

    /// NULL.
    pub(crate) const NULL: Slot = Slot::borrowed(Val::Null);
}

/// What is known of an SSA value that is an object. Facts hold wherever the value is available.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Fact {
    /// Address of its exact type.
    pub ty: Option<u64>,
    /// The int or float in it, unboxed.
    pub raw: Option<Value>,
    /// The low and the high word of the int in it, unboxed.
    pub wide: Option<[Value; 2]>,
    /// The real and the imaginary part of the complex number in it.
    pub complex: Option<[Value; 2]>,
    /// The parts of the number in it, which is an int or a float.
    pub real: Option<Real>,
    /// Type code of its items, if it is an array.
    pub format: Option<u8>,
    /// Its number, if it is the str of one character of ASCII.
    pub character: Option<Value>,
    /// Address of the exact type that it had before code ran that could have changed it.
    pub likely: Option<u64>,
    /// The set that its exact type is certain to be in.
    pub one_of: Option<TypeSet>,
    /// The set of exact types that it was seen to have.
    pub seen: Option<TypeSet>,
    /// It is a function that was made of this code, in the unit's own way: no parameter has a default.
    pub made_of: Option<CodeId>,
    /// The function that it was when the snapshot was taken.
    pub function: Option<ObjectId>,
    /// The functions that it can be.
    pub callees: Option<CalleeSet>,
    /// It may also be something else than one of the functions.
    pub callees_open: bool,
    /// More types were seen than an access tells apart: none of them is guarded.
    pub many_types: bool,
    /// It was seen without the inline values that instances of its type start with.
    pub no_inline_values: bool,
}

/// Number of a set of types of the builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TypeSet(pub usize);

/// Number of a set of functions of the builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CalleeSet(pub usize);

/// Facts by SSA value; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts(Rc<HashMap<Value, Fact>>);

impl Facts {
    /// What is known of a value.
    pub(crate) fn get(&self, value: Value) -> Fact {
        self.0.get(&value).copied().unwrap_or_default()
    }

    /// Changes what is known of a value.
    pub(crate) fn update(&mut self, value: Value, change: impl FnOnce(&mut Fact)) {
        change(Rc::make_mut(&mut self.0).entry(value).or_default());
    }

    /// Keeps what both sides know.
    pub(crate) fn intersect(&mut self, other: &Facts) {
        if Rc::ptr_eq(&self.0, &other.0) {
            return;
        }
        let both = self
            .0
            .iter()
            .filter_map(|(value, a)| {
                let b = other.0.get(value)?;
                let fact = Fact {
                    ty: a.ty.filter(|_| a.ty == b.ty),
                    raw: a.raw.filter(|_| a.raw == b.raw),
                    wide: a.wide.filter(|_| a.wide == b.wide),
                    complex: a.complex.filter(|_| a.complex == b.complex),
                    real: a.real.filter(|_| a.real == b.real),
                    format: a.format.filter(|_| a.format == b.format),
                    character: a.character.filter(|_| a.character == b.character),
                    likely: a.likely.filter(|_| a.likely == b.likely),
                    one_of: a.one_of.filter(|_| a.one_of == b.one_of),
                    seen: a.seen.filter(|_| a.seen == b.seen),
                    made_of: a.made_of.filter(|_| a.made_of == b.made_of),
                    function: a.function.filter(|_| a.function == b.function),
                    callees: a.callees.filter(|_| a.callees == b.callees),
                    callees_open: a.callees_open || b.callees_open,
                    many_types: a.many_types || b.many_types,
                    no_inline_values: a.no_inline_values || b.no_inline_values,
                };
                (fact != Fact::default()).then_some((*value, fact))
            })
            .collect();
        self.0 = Rc::new(both);
    }

    /// Forgets the types for which `forget` says so; they stay likely.
    pub(crate) fn forget_types(&mut self, forget: impl Fn(u64) -> bool) {
        if self.0.values().any(|fact| fact.one_of.is_some() || fact.ty.is_some_and(&forget)) {
            for fact in Rc::make_mut(&mut self.0).values_mut() {
                if let Some(set) = fact.one_of.take() {
                    fact.seen = Some(set);
                }
                if let Some(ty) = fact.ty.filter(|ty| forget(*ty)) {
                    fact.ty = None;
                    fact.likely = Some(ty);
                }
            }
        }
    }
}

/// An exception that is being handled although its traceback lacks the frame. Nobody can see it yet; its position is where the
/// frame in memory stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Untraced {
    /// It is on top of the stack, at the start of its handler.
    Caught,
    /// It is handled, and in a stack slot.
    OnStack(usize),
    /// It is handled, and nowhere else.
    Handled,
}

/// Abstract state of the frame being built.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// Local, cell and free variables.
    pub locals: Vec<Slot>,
    /// Value stack, bottom first.
    pub stack: Vec<Slot>,
    /// What the linked frame's local slots hold in memory, and whether with a reference of their own, where it is known.
    pub memory: Vec<Option<Slot>>,
    /// The frame is linked: foreign code can see it. Then those of all callers are, too.
    pub linked: bool,
    /// A caller's frame in memory says that it stands at its call.
    pub stands: bool,
    /// The caller of inlined code as of the call; its facts and loans are not used.
    pub caller: Option<Rc<State>>,
    /// Variables of the module, by their numbers in the builder: those of the frame that is built, none of its callers'.
    pub variables: Vec<VariableSlot>,
    /// Instances that the unit has made and not built yet, those in callers' slots, too.
    pub unbuilt: Rc<Vec<Unbuilt>>,
    /// Facts about SSA values.
    pub facts: Facts,
    /// Where the exception is that the unit's frame raised and is not yet in the traceback of.
    pub untraced: Option<Untraced>,
    /// Objects on the stack that a container lends: before anything that could take them out of it, the stack gets
    /// references of its own.
    pub loans: Vec<Value>,
}

impl State {
    /// Pops the top of the stack. The bytecode's stack discipline was checked when it was decoded.
    pub(crate) fn pop(&mut self) -> Slot {
        self.stack.pop().expect("stack depths were verified")
    }

    /// The slot `depth` below the top, counted from 1.
    pub(crate) fn peek(&self, depth: usize) -> &Slot {
        &self.stack[self.stack.len() - depth]
    }

    /// That of a frame that exists, with all locals in it and nothing on the stack.
    pub(crate) fn in_frame(locals: usize) -> State {
        State {
            locals: vec![Slot::borrowed(Val::InFrame); locals],
            stack: Vec::new(),
            memory: vec![None; locals],
            linked: true,
            stands: false,
            caller: None,
            variables: Vec::new(),
            unbuilt: Rc::default(),
            facts: Facts::default(),
            untraced: None,
            loans: Vec::new(),
        }
    }

    /// The stack slot that holds the object without owning a reference to it, if there is one.
    pub(crate) fn borrower(&mut self, value: Value) -> Option<&mut Slot> {
        fn find(slot: &mut Slot, value: Value) -> Option<&mut Slot> {
            if slot.val == Val::Obj(value) {
                return (!slot.owned).then_some(slot);
            }
            match &mut slot.val {
                Val::Virtual(_, parts) => parts.iter_mut().find_map(|p| find(p, value)),
                _ => None,
            }
        }
        self.stack.iter_mut().find_map(|s| find(s, value))
    }

    /// The frame and its callers, innermost first.
    pub(crate) fn frames(&self) -> impl Iterator<Item = &State> {
        std::iter::successors(Some(self), |state| state.caller.as_deref())
    }

    /// Calls `f` for the frame and its callers, innermost first.
    pub(crate) fn for_each_frame(&mut self, f: &mut impl FnMut(&mut State)) {
        f(self);
        if let Some(caller) = &mut self.caller {
            Rc::make_mut(caller).for_each_frame(f);
        }
    }

    /// Locals and stack of the frame, then of its callers, then the variables of the module.
    pub(crate) fn frame_slots(&self) -> impl Iterator<Item = &Slot> {
        let frames = self.frames().flat_map(|frame| frame.locals.iter().chain(&frame.stack));
        frames.chain(self.variables.iter().map(|variable| &variable.slot))
    }

    /// [`Self::frame_slots`], and then the attributes of instances that are not built.
    pub(crate) fn all_slots(&self) -> impl Iterator<Item = &Slot> {
        self.frame_slots().chain(self.unbuilt.iter().flat_map(|one| &one.parts))
    }

    /// How many [`Self::all_slots`] are.
    pub(crate) fn slot_count(&self) -> usize {
        self.first_variable() + self.variables.len() + self.unbuilt.iter().map(|one| one.parts.len()).sum::<usize>()
    }

    /// The number of the first variable in [`Self::all_slots`].
    pub(crate) fn first_variable(&self) -> usize {
        self.frames().map(|frame| frame.locals.len() + frame.stack.len()).sum()
    }

    /// A slot by its number in [`Self::all_slots`].
    pub(crate) fn slot_mut(&mut self, index: usize) -> &mut Slot {
        let Some(variable) = index.checked_sub(self.first_variable()) else { return self.frame_slot_mut(index) };
        match variable.checked_sub(self.variables.len()) {
            Some(part) => {
                let mut parts = Rc::make_mut(&mut self.unbuilt).iter_mut().flat_map(|one| &mut one.parts);
                parts.nth(part).expect("the index is below the number of slots")
            }
            None => &mut self.variables[variable].slot,
        }
    }

    fn frame_slot_mut(&mut self, index: usize) -> &mut Slot {
        let (locals, stack) = (self.locals.len(), self.stack.len());
        if index < locals {
            &mut self.locals[index]
        } else if index < locals + stack {
            &mut self.stack[index - locals]
        } else {
            let caller = self.caller.as_mut().expect("the index is below the number of slots");
            Rc::make_mut(caller).frame_slot_mut(index - locals - stack)
        }
    }

    /// What is known of the memory of all locals of linked frames.
    pub(crate) fn all_memory(&self) -> Vec<Option<Slot>> {
        self.frames().flat_map(|frame| {
            let known = frame.memory.iter().cloned();
            known.chain(std::iter::repeat_n(None, frame.locals.len() - frame.memory.len()))
        }).collect()
    }

    /// Number of linked frames; they are the outermost ones.
    pub(crate) fn linked_frames(&self) -> u32 {
        self.frames().map(|frame| u32::from(frame.linked)).sum()
    }

    /// Marks the outermost `count` frames as linked, with nothing known of their memory.
    pub(crate) fn assume_linked(&mut self, count: u32) {
        let mut level = self.frames().count() as u32;
        self.for_each_frame(&mut |frame| {
            if level <= count && !frame.linked {
                frame.linked = true;
                frame.stands = false;
                frame.memory = vec![None; frame.locals.len()];
            }
            level -= 1;
        });
    }

    /// An observation leaves the frames in an unknown state where their memory differs from the slots.
    pub(crate) fn observed(&mut self) {
        self.for_each_frame(&mut |frame| {
            frame.stands = false;
            for (memory, local) in frame.memory.iter_mut().zip(&frame.locals) {
                if memory.as_ref() != Some(local) {
                    *memory = None;
                }
            }
        });
    }

    /// All slots that get the object of a number that is boxed, if they hold the number: those of the frame, variables that the namespace does not have yet, and
    /// attributes of instances that are not built.
    pub(crate) fn sharing_slots(&mut self) -> impl Iterator<Item = &mut Slot> {
        let behind = self.variables.iter_mut().filter(|variable| variable.behind).map(|variable| &mut variable.slot);
        let unbuilt: &mut [Unbuilt] = if self.unbuilt.is_empty() { &mut [] } else { Rc::make_mut(&mut self.unbuilt).as_mut_slice() };
        self.locals.iter_mut().chain(&mut self.stack).chain(behind).chain(unbuilt.iter_mut().flat_map(|one| &mut one.parts))
    }

    /// All slots of the frame.
    pub(crate) fn slots_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.locals.iter_mut().chain(&mut self.stack)
    }
}
