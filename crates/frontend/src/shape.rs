//! Shapes: in what form a slot crosses a join. All edges into a block agree on a shape per slot; the values in it become block
//! parameters.

use crate::builder::{Builder, Edge};
use crate::real::Real;
use crate::value::{Slot, State, Untraced, Val};
use whipsnake_contract::exit::{ExitReason, Resume, Virtual};
use whipsnake_contract::snapshot::{KnownType, ObjectId, ObjectKind};
use whipsnake_ir::{Imm, Op, Target, Ty, Value};

/// Form of a slot at a join.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// The very same content on every edge.
    Same(Slot),
    /// NULL.
    Null,
    /// An unboxed int.
    Int,
    /// An unboxed float.
    Float,
    /// An unboxed bool.
    Bool,
    /// An owned object, of an exact type if one is named.
    Obj(Option<u64>),
    /// An owned object or NULL.
    MaybeObj,
    /// Unbound or of the shape (which holds no object).
    Maybe(Box<Shape>),
    /// An object in parts.
    Virtual(Virtual, Vec<Shape>),
}

/// The shape inside a shape that may be unbound, else the shape.
fn inner_shape(shape: &Shape) -> &Shape {
    match shape {
        Shape::Maybe(inner) => inner,
        shape => shape,
    }
}

/// Forgets what is known of the frames' memory where another state knows something else.
fn forget_different(state: &mut State, other: &State) {
    let mut others = other.frames();
    state.for_each_frame(&mut |mine| {
        let theirs = others.next().expect("both states have the same callers");
        mine.stands &= theirs.stands;
        for (mine, theirs) in mine.memory.iter_mut().zip(&theirs.memory) {
            if mine != theirs {
                *mine = None;
            }
        }
    });
}

/// Pairs of slots of frames that hold the same number as each other on every edge, where they become unboxed: by it, they stay the same object.
fn shared_numbers(edges: &[Edge], shapes: &[Shape]) -> Vec<(usize, usize)> {
    let slots: Vec<Vec<&Slot>> = edges.iter().map(|edge| edge.state.frame_slots().collect()).collect();
    let numbers: Vec<usize> = (0..slots[0].len()).filter(|&slot| matches!(shapes[slot], Shape::Int | Shape::Float)).collect();
    let same = |first: usize, slot: usize| {
        let alike = |slots: &Vec<&Slot>| slots[first].val == slots[slot].val && matches!(slots[slot].val, Val::Int(_) | Val::Float(_) | Val::Obj(_));
        shapes[first] == shapes[slot] && slots.iter().all(alike)
    };
    let firsts = numbers.iter().enumerate().filter_map(|(at, &slot)| Some((*numbers[..at].iter().find(|&&first| same(first, slot))?, slot)));
    firsts.collect()
}

/// True for shapes that hold an unboxed value, or those of a complex number or one of either kind.
fn is_raw(shape: &Shape) -> bool {
    matches!(shape, Shape::Int | Shape::Float | Shape::Bool | Shape::Virtual(Virtual::Complex | Virtual::Real, _))
}

impl Builder<'_> {
    /// Exact type of a value's object, if known.
    pub(crate) fn exact_type(&self, state: &State, val: &Val) -> Option<u64> {
        match val {
            Val::Obj(v) => state.unbuilt_of(val).map_or_else(|| state.facts.get(*v).ty, |one| Some(one.ty)),
            Val::Int(_) | Val::SmallInt(_) => self.platform().known_type(KnownType::Int),
            Val::Float(_) => self.platform().known_type(KnownType::Float),
            Val::Bool(_) => self.platform().known_type(KnownType::Bool),
            Val::Const(id) => Some(self.snapshot.type_of(*id).address),
            Val::Virtual(kind, _) => self.platform().known_type(match kind {
                Virtual::Tuple => KnownType::Tuple,
                Virtual::Range => KnownType::Range,
                Virtual::RangeIter => KnownType::RangeIter,
                Virtual::ListIter => KnownType::ListIter,
                Virtual::TupleIter => KnownType::TupleIter,
                Virtual::ListReverseIter => KnownType::ListReverseIter,
                Virtual::AsciiIter => KnownType::AsciiStrIter,
                Virtual::DictKeyIter => KnownType::DictKeyIter,
                Virtual::DictValueIter => KnownType::DictValueIter,
                Virtual::DictItemIter => KnownType::DictItemIter,
                Virtual::SetIter => KnownType::SetIter,
                Virtual::Enumerate => KnownType::Enumerate,
                Virtual::Zip => KnownType::Zip,
                Virtual::Slice => KnownType::Slice,
                Virtual::Method => KnownType::Method,
                Virtual::ListSlice => KnownType::List,
                Virtual::Position | Virtual::Wide => KnownType::Int,
                Virtual::Complex => KnownType::Complex,
                Virtual::Dict | Virtual::DictCopy => KnownType::Dict,
                Virtual::Cell => KnownType::Cell,
                Virtual::Function => KnownType::Function,
                Virtual::Generator | Virtual::NewGenerator | Virtual::WaitingGenerator => return None,
                Virtual::Begun | Virtual::Instance | Virtual::OneTuple | Virtual::Real => return None,
            }),
            Val::Null | Val::MaybeObj(_) | Val::Unseen(_) | Val::Maybe(..) | Val::InFrame => None,
        }
    }

    /// The known type of a value's object.
    pub(crate) fn known_type(&self, state: &State, val: &Val) -> Option<KnownType> {
        self.known_by_address(self.exact_type(state, val)?)
    }

    /// The most specific shape of one edge's slot.
    pub(crate) fn shape_of(&self, state: &State, slot: &Slot) -> Shape {
        let complex = || Shape::Virtual(Virtual::Complex, vec![Shape::Float; 2]);
        match &slot.val {
            Val::Null | Val::Unseen(_) => Shape::Null,
            Val::Int(_) | Val::SmallInt(_) => Shape::Int,
            Val::Float(_) => Shape::Float,
            Val::Bool(_) => Shape::Bool,
            Val::Obj(_) if state.unbuilt_of(&slot.val).is_some() => Shape::Same(slot.clone()),
            Val::Obj(v) => match self.known_type(state, &slot.val) {
                // It may be too large for 64 bits unless it was unboxed.
                Some(KnownType::Int) if state.facts.get(*v).raw.is_some() => Shape::Int,
                Some(KnownType::Int) if state.facts.get(*v).wide.is_some() => Shape::Virtual(Virtual::Wide, vec![Shape::Int; 2]),
                Some(KnownType::Float) => Shape::Float,
                Some(KnownType::Complex) => complex(),
                None if state.facts.get(*v).real.is_some() => Real::shape(),
                _ => Shape::Obj(self.exact_type(state, &slot.val)),
            },
            Val::MaybeObj(_) => Shape::MaybeObj,
            Val::Maybe(_, inner) => Shape::Maybe(Box::new(
                self.shape_of(state, &Slot::borrowed((**inner).clone())),
            )),
            Val::Const(id) => match self.snapshot.objects[*id as usize].kind {
                ObjectKind::Int(_) => Shape::Int,
                ObjectKind::WideInt(..) => self.shape_as_wide(state, slot).expect("it is an int"),
                ObjectKind::Float(_) => Shape::Float,
                ObjectKind::Complex(..) => complex(),
                ObjectKind::Bool(_) => Shape::Bool,
                _ => Shape::Obj(self.exact_type(state, &slot.val)),
            },
            Val::Virtual(Virtual::Wide, _) => self.shape_as_wide(state, slot).expect("it is an int"),
            Val::Virtual(kind, parts) => {
                Shape::Virtual(*kind, parts.iter().map(|p| self.shape_of(state, p)).collect())
            }
            Val::InFrame => Shape::Same(slot.clone()),
        }
    }

    /// The shape that holds what either shape holds.
    pub(crate) fn join_shapes(&self, a: Shape, b: Shape) -> Shape {
        if a == b {
            return a;
        }
        match (a, b) {
            (Shape::Same(_), other) | (other, Shape::Same(_)) => other,
            (Shape::Null, raw) | (raw, Shape::Null) if is_raw(&raw) => Shape::Maybe(Box::new(raw)),
            (Shape::Null, Shape::Maybe(inner)) | (Shape::Maybe(inner), Shape::Null) => Shape::Maybe(inner),
            (Shape::Null, _) | (_, Shape::Null) => Shape::MaybeObj,
            (Shape::Maybe(inner), other) | (other, Shape::Maybe(inner)) => {
                if *inner == other {
                    Shape::Maybe(inner)
                } else {
                    match other {
                        Shape::Maybe(theirs) if theirs == inner => Shape::Maybe(inner),
                        _ => Shape::MaybeObj,
                    }
                }
            }
            (Shape::MaybeObj, _) | (_, Shape::MaybeObj) => Shape::MaybeObj,
            (Shape::Obj(a), Shape::Obj(b)) => Shape::Obj(a.filter(|_| a == b)),
            (Shape::Int, Shape::Float) | (Shape::Float, Shape::Int) => Real::shape(),
            (Shape::Int | Shape::Float, real @ Shape::Virtual(Virtual::Real, _)) | (real @ Shape::Virtual(Virtual::Real, _), Shape::Int | Shape::Float) => real,
            (Shape::Int, Shape::Virtual(Virtual::Wide, _)) | (Shape::Virtual(Virtual::Wide, _), Shape::Int) => {
                Shape::Virtual(Virtual::Wide, vec![Shape::Int; 2])
            }
            (Shape::Virtual(k, a), Shape::Virtual(l, b)) if k == l && a.len() == b.len() => Shape::Virtual(
                k,
                a.into_iter().zip(b).map(|(a, b)| self.join_shapes(a, b)).collect(),
            ),
            _ => Shape::Obj(None),
        }
    }

    /// True if `coerce` can bring the slot into the shape without leaving for the interpreter.
    pub(crate) fn fits(&self, state: &State, slot: &Slot, shape: &Shape) -> bool {
        match shape {
            Shape::Same(wanted) => slot == wanted || self.holds_raw(state, slot, wanted) || slot.val == wanted.val && state.unbuilt_of(&slot.val).is_some(),
            Shape::Null => matches!(slot.val, Val::Null | Val::Unseen(_)),
            Shape::Int | Shape::Float | Shape::Bool => self.shape_of(state, slot) == *shape,
            Shape::Obj(ty) => match slot.val {
                Val::Null | Val::MaybeObj(_) | Val::Unseen(_) | Val::Maybe(..) | Val::InFrame => false,
                // No object from 3.14 on.
                Val::Virtual(Virtual::Position, _) => false,
                _ => ty.is_none() || self.exact_type(state, &slot.val) == *ty,
            },
            Shape::MaybeObj => slot.val != Val::InFrame,
            Shape::Maybe(inner) => match &slot.val {
                Val::Null => true,
                Val::Unseen(_) => matches!(**inner, Shape::Int | Shape::Float),
                Val::Maybe(_, val) => self.fits(state, &Slot::borrowed((**val).clone()), inner),
                _ => self.fits(state, slot, inner),
            },
            Shape::Virtual(kind, shapes) => match &slot.val {
                Val::Virtual(k, parts) => {
                    k == kind
                        && parts.len() == shapes.len()
                        && parts.iter().zip(shapes).all(|(p, s)| self.fits(state, p, s))
                }
                _ if *kind == Virtual::Complex => self.shape_of(state, slot) == *shape,
                _ if *kind == Virtual::Real => matches!(self.shape_of(state, slot), Shape::Int | Shape::Float) || self.shape_of(state, slot) == *shape,
                _ => {
                    *kind == Virtual::Wide
                        && self.shape_as_wide(state, slot).is_some_and(|own| self.join_shapes(own, shape.clone()) == *shape)
                }
            },
        }
    }

    /// The slot is an object whose unboxed value is what is wanted.
    pub(crate) fn holds_raw(&self, state: &State, slot: &Slot, wanted: &Slot) -> bool {
        match (&slot.val, &wanted.val) {
            (Val::Obj(v), Val::Int(raw) | Val::Float(raw)) => state.facts.get(*v).raw == Some(*raw),
            _ => false,
        }
    }

    /// Brings a slot into a shape in the current block and appends the values in it to `args`.
    pub(crate) fn coerce(&mut self, state: &mut State, slot: &mut Slot, shape: &Shape, args: &mut Vec<Value>) {
        match shape {
            Shape::Same(wanted) => {
                let unbuilt = matches!(wanted.val, Val::Obj(v) if self.stand_ins.contains(&v));
                self.uses_unbuilt |= unbuilt && slot.val != wanted.val;
                if slot != wanted && !unbuilt {
                    self.release_leaf(state, slot);
                }
            }
            Shape::Null => {}
            Shape::Int => {
                let raw = self.int_of(state, &slot.val).expect("the slot fits");
                self.release_leaf(state, slot);
                args.push(raw);
            }
            Shape::Float => {
                let raw = self.float_of(state, &slot.val).expect("the slot fits");
                self.release_leaf(state, slot);
                args.push(raw);
            }
            Shape::Bool => args.push(self.bool_of(&slot.val).expect("the slot fits")),
            Shape::Obj(_) => args.push(self.owned_object(state, slot)),
            Shape::MaybeObj => {
                let value = self.owned_or_null(state, slot);
                args.push(value);
            }
            Shape::Maybe(inner) => match slot.val.clone() {
                Val::Null => {
                    let mut types = vec![Ty::Bool];
                    Self::shape_types(inner, &mut types);
                    for ty in types {
                        args.push(match ty {
                            Ty::F64 => self.float_const(0),
                            Ty::Bool => self.bool_const(false),
                            _ => self.int_const(0),
                        });
                    }
                }
                Val::Unseen(object) => {
                    let (flag, raw) = self.unseen[&object];
                    args.push(flag);
                    args.push(raw);
                    // Unboxed already: only the reference is left.
                    let (bound, done) = self.split(flag);
                    self.block = bound;
                    self.effect(Op::DecrefLeaf, &[object], Imm::None);
                    let from = self.block;
                    self.f.jump(from, done, &[]);
                    self.block = done;
                }
                Val::Maybe(flag, val) => {
                    args.push(flag);
                    self.coerce(state, &mut Slot::borrowed(*val), inner, args);
                }
                _ => {
                    args.push(self.bool_const(true));
                    self.coerce(state, slot, inner, args);
                }
            },
            Shape::Virtual(kind, shapes) => {
                match (kind, &slot.val) {
                    (_, Val::Virtual(..)) => {}
                    (Virtual::Complex, _) => self.take_apart_complex(state, slot),
                    (Virtual::Real, _) => self.take_apart_real(state, slot),
                    _ => self.into_parts(state, slot),
                }
                let Val::Virtual(_, parts) = &mut slot.val else { unreachable!("the slot fits") };
                let mut parts = std::mem::take(parts);
                for (part, shape) in parts.iter_mut().zip(shapes) {
                    self.coerce(state, part, shape, args);
                }
            }
        }
    }

    /// Types of the values in a shape, in order.
    pub(crate) fn shape_types(shape: &Shape, types: &mut Vec<Ty>) {
        match shape {
            Shape::Same(_) | Shape::Null => {}
            Shape::Int => types.push(Ty::I64),
            Shape::Float => types.push(Ty::F64),
            Shape::Bool => types.push(Ty::Bool),
            Shape::Obj(_) | Shape::MaybeObj => types.push(Ty::Obj),
            Shape::Maybe(inner) => {
                types.push(Ty::Bool);
                Self::shape_types(inner, types);
            }
            Shape::Virtual(_, shapes) => shapes.iter().for_each(|s| Self::shape_types(s, types)),
        }
    }

    /// The slot that a shape with these values stands for.
    pub(crate) fn slot_from_shape(&self, shape: &Shape, values: &mut impl Iterator<Item = Value>, state: &mut State) -> Slot {
        let mut next = || values.next().expect("one parameter per value of the shape");
        match shape {
            Shape::Same(slot) => slot.clone(),
            Shape::Null => Slot::NULL,
            Shape::Int => Slot::borrowed(Val::Int(next())),
            Shape::Float => Slot::borrowed(Val::Float(next())),
            Shape::Bool => Slot::borrowed(Val::Bool(next())),
            Shape::Obj(ty) => {
                let value = next();
                if ty.is_some() {
                    state.facts.update(value, |fact| fact.ty = *ty);
                }
                Slot::owned(Val::Obj(value))
            }
            Shape::MaybeObj => Slot::owned(Val::MaybeObj(next())),
            Shape::Maybe(inner) => {
                let flag = next();
                let inner = self.slot_from_shape(inner, values, state);
                Slot::borrowed(Val::Maybe(flag, Box::new(inner.val)))
            }
            Shape::Virtual(kind, shapes) => {
                let parts = shapes.iter().map(|s| self.slot_from_shape(s, values, state)).collect();
                Slot::borrowed(Val::Virtual(*kind, parts))
            }
        }
    }

    /// Joins edges that meet in one place: returns the block to go on in, and the state there.
    pub(crate) fn join(&mut self, mut edges: Vec<Edge>) -> Edge {
        if edges.len() == 1 {
            return edges.remove(0);
        }
        self.agree_on_unbuilt(&mut edges);
        self.agree_on_locals(&mut edges);
        self.agree_on_variables(&mut edges);
        let shapes = self.common_shapes(&edges);
        let target = self.f.add_block();
        let mut joined = edges[0].state.clone();
        for edge in &edges[1..] {
            joined.facts.intersect(&edge.state.facts);
            joined.loans.extend(&edge.state.loans);
        }
        let linked = edges.iter().map(|edge| edge.state.linked_frames()).max().unwrap_or(0);
        joined.assume_linked(linked);
        for edge in &mut edges {
            let mut state = edge.state.clone();
            state.assume_linked(linked);
            forget_different(&mut joined, &state);
        }
        let shared = shared_numbers(&edges, &shapes);
        joined.untraced = joined.untraced.filter(|_| edges.iter().all(|edge| edge.state.untraced == joined.untraced));
        for edge in &mut edges {
            if joined.untraced.is_none() {
                self.trace_on(edge);
            }
            self.enter(edge, &shapes, linked, target);
        }
        self.receive(&shapes, target, &mut joined);
        for (first, slot) in shared {
            let number = joined.slot_mut(first).clone();
            *joined.slot_mut(slot) = number;
        }
        Edge { block: target, state: joined, offset: edges[0].offset }
    }

    /// The most specific shape of slots of several edges. What a generator holds in all of them stays the same.
    fn common_shape(&self, slots: &[(&State, &Slot)]) -> Shape {
        let (state, first) = slots[0];
        if let Val::Virtual(kind @ (Virtual::Generator | Virtual::WaitingGenerator), parts) = &first.val {
            let of_kind = |slot: &&Slot| matches!(&slot.val, Val::Virtual(other, others) if other == kind && others.len() == parts.len());
            if slots.iter().all(|(_, slot)| of_kind(slot)) {
                let part = |index: usize| {
                    let parts: Vec<(&State, &Slot)> = slots.iter().map(|(state, slot)| (*state, &slot.parts()[index])).collect();
                    if parts.iter().all(|(_, part)| *part == parts[0].1) { Shape::Same(parts[0].1.clone()) } else { self.common_shape(&parts) }
                };
                return Shape::Virtual(*kind, (0..parts.len()).map(part).collect());
            }
        }
        slots[1..].iter().fold(self.shape_of(state, first), |shape, (state, slot)| self.join_shapes(shape, self.shape_of(state, slot)))
    }

    /// Shapes per slot that all edges can take.
    fn common_shapes(&self, edges: &[Edge]) -> Vec<Shape> {
        let slots = |edge: &Edge| -> Vec<Slot> {
            edge.state.all_slots().cloned().collect()
        };
        let first = slots(&edges[0]);
        let others: Vec<Vec<Slot>> = edges[1..].iter().map(slots).collect();
        first
            .iter()
            .enumerate()
            .map(|(i, slot)| {
                if others.iter().all(|o| o[i] == *slot) {
                    return Shape::Same(slot.clone());
                }
                let all: Vec<(&State, &Slot)> =
                    std::iter::once((&edges[0].state, slot)).chain(edges[1..].iter().zip(&others).map(|(edge, other)| (&edge.state, &other[i]))).collect();
                let shape = self.common_shape(&all);
                // A shape that one of the edges cannot take is replaced by the next more general one.
                let fits = |shape: &Shape| {
                    self.fits(&edges[0].state, slot, shape)
                        && edges[1..].iter().zip(&others).all(|(e, o)| self.fits(&e.state, &o[i], shape))
                };
                if fits(&shape) {
                    shape
                } else if fits(&Shape::Obj(None)) {
                    Shape::Obj(None)
                } else {
                    Shape::MaybeObj
                }
            })
            .collect()
    }

    /// Ends an edge's block with a jump to `target`, its slots brought into the shapes, and the outermost `linked` frames linked.
    pub(crate) fn enter(&mut self, edge: &mut Edge, shapes: &[Shape], linked: u32, target: whipsnake_ir::Block) {
        self.block = edge.block;
        let instance = self.instance.clone();
        self.link_outermost(&mut edge.state, &instance, linked);
        self.unbox_for(edge, shapes);
        let mut args = Vec::new();
        let carried = self.carried_unbuilt(shapes);
        for (i, shape) in shapes.iter().enumerate() {
            if carried.iter().any(|&value| edge.state.unbuilt_of(&Val::Obj(value)).is_none()) || edge.state.slot_count() != shapes.len() {
                // One was built that the other edges have not built, perhaps only now, as part of another object.
                self.uses_unbuilt = true;
                break;
            }
            let mut taken = std::mem::replace(edge.state.slot_mut(i), Slot::NULL);
            self.coerce(&mut edge.state, &mut taken, shape, &mut args);
        }
        let from = self.block;
        self.f.jump(from, target, &args);
    }

    /// Unboxes the ints that are still boxed where the shapes want them unboxed.
    fn unbox_for(&mut self, edge: &mut Edge, shapes: &[Shape]) {
        let slots: Vec<Slot> = edge.state.all_slots().cloned().collect();
        let mut id = None;
        for (slot, shape) in slots.iter().zip(shapes) {
            let wanted = inner_shape(shape);
            if let Val::Unseen(v) = slot.val {
                let id = *id.get_or_insert_with(|| self.edge_state(edge));
                match (shape, inner_shape(shape)) {
                    (Shape::Null, _) => {
                        let null = self.null();
                        let unbound = self.same(v, null);
                        self.guard_at(unbound, ExitReason::Unbound, id);
                    }
                    (Shape::Maybe(_), inner @ (Shape::Int | Shape::Float)) => self.open_unseen(v, inner, id),
                    _ => {}
                }
            }
            if let (Val::Obj(v), Shape::Int) = (&slot.val, wanted)
                && edge.state.facts.get(*v).raw.is_none()
            {
                let id = *id.get_or_insert_with(|| self.edge_state(edge));
                let block = self.block;
                let raw = self.f.push_value(block, Op::UnboxInt, &[*v], Imm::None, Some(id));
                edge.state.facts.update(*v, |fact| fact.raw = Some(raw));
            }
        }
    }

    /// The frame state at the end of an edge.
    pub(crate) fn edge_state(&mut self, edge: &mut Edge) -> whipsnake_ir::StateId {
        if edge.state.untraced == Some(Untraced::Caught) {
            // No exit can tell which exception it is. Adding the frame early does no harm.
            self.trace(&mut edge.state);
        }
        self.frame_state(&edge.state, edge.offset, Resume::Execute, &[])
    }

    /// Takes an object that may be NULL apart into whether it is bound and its number.
    fn open_unseen(&mut self, object: Value, shape: &Shape, exit: whipsnake_ir::StateId) {
        let null = self.null();
        let unbound = self.same(object, null);
        let (no, yes) = self.split(unbound);
        let done = self.f.add_block();
        let flag = self.f.add_param(done, Ty::Bool);
        let float = *shape == Shape::Float;
        let number = self.f.add_param(done, if float { Ty::F64 } else { Ty::I64 });
        self.block = no;
        let absent = self.bool_const(false);
        let nothing = if float { self.float_const(0) } else { self.int_const(0) };
        self.f.jump(no, done, &[absent, nothing]);
        self.block = yes;
        let known = self.platform().known_type(if float { KnownType::Float } else { KnownType::Int });
        self.f.push(yes, Op::GuardType, &[object], Imm::Type(known.expect("builtin")), Some(exit));
        let raw = if float {
            self.emit(Op::UnboxFloat, &[object], Imm::None)
        } else {
            self.f.push_value(yes, Op::UnboxInt, &[object], Imm::None, Some(exit))
        };
        let present = self.bool_const(true);
        self.f.jump(yes, done, &[present, raw]);
        self.block = done;
        self.unseen.insert(object, (flag, number));
    }

    /// Adds the parameters of the shapes to a block and puts them into the state.
    pub(crate) fn receive(&mut self, shapes: &[Shape], target: whipsnake_ir::Block, state: &mut State) {
        let mut types = Vec::new();
        shapes.iter().for_each(|s| Self::shape_types(s, &mut types));
        let params: Vec<Value> = types.into_iter().map(|ty| self.f.add_param(target, ty)).collect();
        let mut values = params.into_iter();
        for (i, shape) in shapes.iter().enumerate() {
            let slot = self.slot_from_shape(shape, &mut values, state);
            *state.slot_mut(i) = slot;
        }
        self.block = target;
    }

    /// The constant object as a value.
    pub(crate) fn object_const(&mut self, id: ObjectId) -> Value {
        let index = self.object_ref(id);
        self.emit(Op::Object, &[], Imm::Object(index))
    }

    /// A branch target without arguments.
    pub(crate) fn target(block: whipsnake_ir::Block) -> Target {
        Target { block, args: Default::default() }
    }
}
