//! Abstract values: what the frontend knows about a local variable or stack slot while it interprets bytecode
//! abstractly.

use std::collections::HashMap;
use std::rc::Rc;
use whipsnake_contract::exit::Virtual;
use whipsnake_contract::snapshot::ObjectId;
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

impl Slot {
    /// A slot that owns its object.
    pub(crate) const fn owned(val: Val) -> Slot {
        Slot { val, owned: true }
    }

    /// A slot whose object is kept alive by something else, or that holds no object.
    pub(crate) const fn borrowed(val: Val) -> Slot {
        Slot { val, owned: false }
    }

    /// A copy that owns nothing.
    pub(crate) fn borrow(&self) -> Slot {
        let val = match &self.val {
            Val::Virtual(kind, parts) => Val::Virtual(*kind, parts.iter().map(Slot::borrow).collect()),
            other => other.clone(),
        };
        Slot::borrowed(val)
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
    /// Type code of its items, if it is an array.
    pub format: Option<u8>,
    /// Address of the exact type that it had before code ran that could have changed it.
    pub likely: Option<u64>,
}

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
                    format: a.format.filter(|_| a.format == b.format),
                    likely: a.likely.filter(|_| a.likely == b.likely),
                };
                (fact != Fact::default()).then_some((*value, fact))
            })
            .collect();
        self.0 = Rc::new(both);
    }

    /// Forgets the types for which `forget` says so; they stay likely.
    pub(crate) fn forget_types(&mut self, forget: impl Fn(u64) -> bool) {
        if self.0.values().any(|fact| fact.ty.is_some_and(&forget)) {
            for fact in Rc::make_mut(&mut self.0).values_mut() {
                if let Some(ty) = fact.ty.filter(|ty| forget(*ty)) {
                    fact.ty = None;
                    fact.likely = Some(ty);
                }
            }
        }
    }
}

/// Abstract state of the frame being built.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// Local, cell and free variables.
    pub locals: Vec<Slot>,
    /// Value stack, bottom first.
    pub stack: Vec<Slot>,
    /// What the existing frame's local slots hold in memory, and whether with a reference of their own, where it is known
    /// (outermost frame only).
    pub memory: Vec<Option<Slot>>,
    /// The unit's frame is linked: foreign code can see it.
    pub linked: bool,
    /// Facts about SSA values.
    pub facts: Facts,
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

    /// All slots of the frame.
    pub(crate) fn slots_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.locals.iter_mut().chain(&mut self.stack)
    }
}
