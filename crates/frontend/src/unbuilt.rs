//! Instances that are not built yet: those of classes written in Python that the unit has made and that nobody else knows of. Tuples of which more is
//! wanted than their items are done in the same way.
//!
//! Such an instance is a value that no instruction defines. Slots hold it as they hold any object, so that copies of it are the same instance; its attributes are in the
//! state. It is built where something needs an object, then in all slots at once, and by exits, of which each builds it once. If no slot owns it any more, it has
//! ended: what its attributes owned is dropped. This is partial escape analysis (L. Stadler, T. Würthinger and H. Mössenböck, "Partial Escape Analysis and Scalar
//! Replacement for Java", 2014) done while the graph is built, as PyPy's "virtuals" are (C. F. Bolz et al., "Allocation Removal by Partial Evaluation in
//! a Tracing JIT", 2011).
//!
//! Should an instruction use the value after all, the unit is built once more, without such instances.

use crate::builder::{Build, Builder, Edge};
use crate::closure::released_by_function;
use crate::shape::Shape;
use crate::value::{Slot, State, Val};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use whipsnake_bytecode::Instr;
use whipsnake_contract::exit::{Place, Places, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{Attribute, KnownType, ObjectId, ObjectKind, TypeInfo};
use whipsnake_ir::{Imm, Op, Ty, Value};

/// Most instances of a state.
const MAX_UNBUILT: usize = 12;

/// An instance that is not built yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unbuilt {
    /// What stands for it in slots.
    pub value: Value,
    /// What it is.
    pub kind: Kind,
    /// Address of its type.
    pub ty: u64,
    /// The attributes in the order in which they were set, or the items, each with a reference of its own.
    pub parts: Vec<Slot>,
}

/// What is not built yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// An instance of a class.
    Instance {
        /// Its class.
        class: ObjectId,
        /// Where its attributes are kept.
        places: Places,
    },
    /// A tuple.
    Tuple,
    /// A cell: its one part is what it holds, and it has none if it is empty.
    Cell,
    /// An exception that is raised ([`crate::raise_in_place`]), which is never built: its arguments, and the attributes that were set.
    Exception {
        /// Its class.
        class: ObjectId,
        /// Number of arguments.
        arguments: usize,
        /// Number of the list of its attributes' names.
        names: usize,
    },
    /// A function that was made of a code object: what it was given, and the cells of its closure ([`crate::closure`]).
    Function {
        /// The constant.
        code: ObjectId,
    },
}

impl Unbuilt {
    fn position(&self, place: Place) -> Option<usize> {
        let Kind::Instance { places, .. } = self.kind else { return None };
        (0..self.parts.len()).find(|&index| places.get(index) == place)
    }

    /// What it owns in the order in which it gives that up: an instance slots first, then inline values, a tuple from the last item on.
    fn released(self) -> Vec<Slot> {
        let places = match self.kind {
            Kind::Instance { places, .. } => places,
            Kind::Function { .. } => return released_by_function(self.parts),
            // Its dictionary goes first (`BaseException_clear` of `Objects/exceptions.c`).
            Kind::Exception { arguments, .. } => {
                let mut parts = self.parts;
                let attributes = parts.split_off(arguments);
                return attributes.into_iter().chain(parts.into_iter().rev()).collect();
            }
            Kind::Tuple | Kind::Cell => return self.parts.into_iter().rev().collect(),
        };
        let mut parts: Vec<((bool, u32), Slot)> = Vec::new();
        for (index, part) in self.parts.into_iter().enumerate() {
            let place = match places.get(index) {
                Place::Slot(word) => (false, word),
                Place::Value(number) => (true, number),
            };
            parts.push((place, part));
        }
        parts.sort_by_key(|(place, _)| *place);
        parts.into_iter().map(|(_, part)| part).collect()
    }

    /// True if the two can take each other's place.
    fn is_like(&self, other: &Unbuilt) -> bool {
        self.ty == other.ty && self.kind == other.kind && self.parts.len() == other.parts.len()
    }
}

impl Slot {
    /// How often the slot owns the object.
    fn owns(&self, value: Value) -> usize {
        match &self.val {
            Val::Obj(v) => usize::from(self.owned && *v == value),
            Val::Virtual(_, parts) => parts.iter().map(|part| part.owns(value)).sum(),
            _ => 0,
        }
    }

    /// Puts one object in the place of another.
    fn rename(&mut self, names: &HashMap<Value, Value>) {
        match &mut self.val {
            Val::Obj(v) => *v = names.get(v).copied().unwrap_or(*v),
            Val::Virtual(_, parts) => parts.iter_mut().for_each(|part| part.rename(names)),
            _ => {}
        }
    }

    /// True if it holds one of the objects.
    fn mentions(&self, names: &HashMap<Value, Value>) -> bool {
        match &self.val {
            Val::Obj(v) => names.contains_key(v),
            Val::Virtual(_, parts) => parts.iter().any(|part| part.mentions(names)),
            _ => false,
        }
    }

    /// Makes it own the instances in it that are not built.
    fn own_unbuilt(&mut self, unbuilt: &[Unbuilt]) {
        match &mut self.val {
            Val::Obj(v) => self.owned |= unbuilt.iter().any(|one| one.value == *v),
            Val::Virtual(_, parts) => parts.iter_mut().for_each(|part| part.own_unbuilt(unbuilt)),
            _ => {}
        }
    }
}

impl State {
    /// The instance that a slot holds, if it is not built yet.
    pub(crate) fn unbuilt_of(&self, val: &Val) -> Option<&Unbuilt> {
        let Val::Obj(v) = val else { return None };
        self.unbuilt.iter().find(|one| one.value == *v)
    }

    /// Notes the types of instances that are not built, which nobody can change.
    pub(crate) fn know_unbuilt(&mut self) {
        for one in &*self.unbuilt {
            if self.facts.get(one.value).ty.is_none() {
                self.facts.update(one.value, |fact| fact.ty = Some(one.ty));
            }
        }
    }

    fn owners_of(&self, value: Value) -> usize {
        self.all_slots().map(|slot| slot.owns(value)).sum()
    }

    /// Changes all slots of the frame, its callers and the variables, and attributes of instances that are not built.
    fn change_slots(&mut self, concerns: &impl Fn(&Slot) -> bool, change: &mut impl FnMut(&mut Slot)) {
        fn frame(state: &mut State, concerns: &impl Fn(&Slot) -> bool, change: &mut impl FnMut(&mut Slot)) {
            state.locals.iter_mut().chain(&mut state.stack).for_each(&mut *change);
            let Some(caller) = &mut state.caller else { return };
            // A caller's state that stays as it is stays shared.
            if caller.frames().any(|frame| frame.locals.iter().chain(&frame.stack).any(concerns)) {
                frame_below(caller, concerns, change);
            }
        }
        fn frame_below(caller: &mut Rc<State>, concerns: &impl Fn(&Slot) -> bool, change: &mut impl FnMut(&mut Slot)) {
            frame(Rc::make_mut(caller), concerns, change);
        }
        frame(self, concerns, change);
        self.variables.iter_mut().for_each(|variable| change(&mut variable.slot));
        if self.unbuilt.iter().any(|one| one.parts.iter().any(concerns)) {
            Rc::make_mut(&mut self.unbuilt).iter_mut().flat_map(|one| &mut one.parts).for_each(change);
        }
    }

    /// Puts objects in the place of others.
    fn rename(&mut self, names: &HashMap<Value, Value>) {
        self.change_slots(&|slot| slot.mentions(names), &mut |slot| slot.rename(names));
        if self.unbuilt.iter().any(|one| names.contains_key(&one.value)) {
            for one in Rc::make_mut(&mut self.unbuilt) {
                one.value = names.get(&one.value).copied().unwrap_or(one.value);
            }
        }
        self.loans.iter_mut().for_each(|loan| *loan = names.get(loan).copied().unwrap_or(*loan));
        self.know_unbuilt();
    }

    /// One that the state has.
    pub(crate) fn unbuilt_mut(&mut self, value: Value) -> &mut Unbuilt {
        Rc::make_mut(&mut self.unbuilt).iter_mut().find(|one| one.value == value).expect("it is not built yet")
    }

    /// Takes an instance out of the state.
    fn take_unbuilt(&mut self, value: Value) -> Option<Unbuilt> {
        let index = self.unbuilt.iter().position(|one| one.value == value)?;
        Some(Rc::make_mut(&mut self.unbuilt).remove(index))
    }

    /// True if the slot is, or leads to, that instance by way of others that are not built.
    pub(crate) fn reaches(&self, slot: &Slot, value: Value) -> bool {
        match &slot.val {
            Val::Obj(v) if *v == value => true,
            Val::Virtual(_, parts) => parts.iter().any(|part| self.reaches(part, value)),
            val => self.unbuilt_of(val).is_some_and(|one| one.parts.iter().any(|part| self.reaches(part, value))),
        }
    }

    /// The instances in the order of the values given first, and the others behind these.
    fn order_unbuilt(&mut self, values: &[Value]) {
        let place = |one: &Unbuilt| values.iter().position(|value| *value == one.value).unwrap_or(values.len());
        if !self.unbuilt.is_sorted_by_key(place) {
            Rc::make_mut(&mut self.unbuilt).sort_by_key(place);
        }
    }
}

/// Where an instance keeps an attribute, if it has it in a place of its own.
fn place_of(attribute: &Attribute) -> Option<Place> {
    match *attribute {
        Attribute::InlineValue { index, .. } => Some(Place::Value(index)),
        Attribute::Slot { offset } => Some(Place::Slot((offset / 8) as u32)),
        _ => None,
    }
}

/// A slot of a frame state that takes nothing over.
fn lent(slot: whipsnake_ir::Slot) -> whipsnake_ir::Slot {
    use whipsnake_ir::Slot as Ir;
    match slot {
        Ir::Owned(value) | Ir::OwnedOrNull(value) => Ir::Borrowed(value),
        Ir::Virtual(kind, parts) => Ir::Virtual(kind, parts.into_iter().map(lent).collect()),
        other => other,
    }
}

/// Instances of the edges that take each other's place, found by where slots hold them.
#[derive(Default)]
struct Pairs {
    /// By edge, which of the tuples an instance is in.
    of: Vec<HashMap<Value, usize>>,
    tuples: Vec<Vec<Value>>,
    /// Tuples of instances that turned out to be in others, too, or in a slot that has something else on another edge.
    refused: Vec<bool>,
    /// By edge, what is in such slots.
    exposed: Vec<HashSet<Value>>,
}

impl Pairs {
    fn find(states: &[&State]) -> Pairs {
        let mut pairs = Pairs { of: vec![HashMap::new(); states.len()], exposed: vec![HashSet::new(); states.len()], ..Pairs::default() };
        let mut slots: Vec<_> = states.iter().map(|state| state.frame_slots()).collect();
        while let Some(tuple) = slots.iter_mut().map(Iterator::next).collect::<Option<Vec<&Slot>>>() {
            pairs.compare(states, &tuple);
        }
        pairs
    }

    fn compare(&mut self, states: &[&State], slots: &[&Slot]) {
        if let Some(parts) = slots.iter().map(|slot| if let Val::Virtual(kind, parts) = &slot.val { Some((*kind, parts)) } else { None }).collect::<Option<Vec<_>>>() {
            if parts.iter().all(|(kind, list)| *kind == parts[0].0 && list.len() == parts[0].1.len()) {
                return (0..parts[0].1.len()).for_each(|index| self.compare(states, &parts.iter().map(|(_, list)| &list[index]).collect::<Vec<_>>()));
            }
        }
        let ones = slots.iter().zip(states).map(|(slot, state)| state.unbuilt_of(&slot.val)).collect::<Option<Vec<_>>>();
        let Some(ones) = ones.filter(|ones| ones.iter().all(|one| one.is_like(ones[0]))) else {
            return self.expose(states, slots);
        };
        let known: Vec<Option<usize>> = ones.iter().zip(&self.of).map(|(one, of)| of.get(&one.value).copied()).collect();
        match known[0] {
            Some(_) if known.iter().all(|tuple| *tuple == known[0]) => return,
            None if known.iter().all(Option::is_none) => {}
            _ => {
                known.into_iter().flatten().for_each(|tuple| self.refused[tuple] = true);
                return;
            }
        }
        for (of, one) in self.of.iter_mut().zip(&ones) {
            of.insert(one.value, self.tuples.len());
        }
        self.tuples.push(ones.iter().map(|one| one.value).collect());
        self.refused.push(false);
        for index in 0..ones[0].parts.len() {
            self.compare(states, &ones.iter().map(|one| &one.parts[index]).collect::<Vec<_>>());
        }
    }

    /// What is in slots of which one has something else is going to be built.
    fn expose(&mut self, states: &[&State], slots: &[&Slot]) {
        for ((exposed, state), slot) in self.exposed.iter_mut().zip(states).zip(slots) {
            exposed.extend(state.unbuilt.iter().map(|one| one.value).filter(|value| state.reaches(slot, *value)));
        }
    }

    fn accepted(self) -> Vec<Vec<Value>> {
        let exposed = |tuple: &Vec<Value>| tuple.iter().zip(&self.exposed).any(|(value, exposed)| exposed.contains(value));
        self.tuples.into_iter().zip(self.refused).filter(|(tuple, refused)| !refused && !exposed(tuple)).map(|(tuple, _)| tuple).collect()
    }
}

impl Builder<'_> {
    /// A new instance of a class, if it need not be built at once.
    pub(crate) fn new_unbuilt(&mut self, state: &mut State, class: ObjectId, info: &TypeInfo) -> Option<Value> {
        if !info.ends_unseen || !self.may_wait(state) {
            return None;
        }
        Some(self.leave_unbuilt(state, Kind::Instance { class, places: Places::default() }, info.address, Vec::new()))
    }

    /// Adds an object that is not built, with parts that own what they hold; returns what stands for it.
    pub(crate) fn leave_unbuilt(&mut self, state: &mut State, kind: Kind, ty: u64, parts: Vec<Slot>) -> Value {
        let value = self.stand_in();
        Rc::make_mut(&mut state.unbuilt).push(Unbuilt { value, kind, ty, parts });
        state.know_unbuilt();
        value
    }

    /// True for what can be part of an object that is not built as it is.
    pub(crate) fn is_part(&self, val: &Val) -> bool {
        match val {
            Val::Obj(_) | Val::Int(_) | Val::Float(_) | Val::Bool(_) | Val::SmallInt(_) | Val::Const(_) => true,
            Val::Virtual(kind, _) => kind.is_number(),
            _ => false,
        }
    }

    /// Brings what is `depth` below the top of the stack into such a form.
    pub(crate) fn to_part(&mut self, state: &mut State, depth: usize) {
        if !self.is_part(&state.peek(depth).val) {
            self.share_on_stack(state, depth);
        }
    }

    /// True if one more object need not be built at once.
    pub(crate) fn may_wait(&self, state: &State) -> bool {
        !self.lessons.builds_instances && state.unbuilt.len() < MAX_UNBUILT
    }

    /// Gives a tuple in parts an identity, so that several slots can hold it. False if it has to be built for that, or is no tuple.
    pub(crate) fn give_identity(&mut self, state: &mut State, slot: &mut Slot) -> bool {
        let Val::Virtual(Virtual::Tuple, parts) = &mut slot.val else { return false };
        let Some(ty) = self.platform().known_type(KnownType::Tuple) else { return false };
        // There is only one empty tuple, and everybody knows it.
        if parts.is_empty() || !self.may_wait(state) {
            return false;
        }
        let mut parts = std::mem::take(parts);
        for part in &mut parts {
            // Parts that cannot wait are built.
            if !self.is_part(&part.val) && !self.give_identity(state, part) {
                self.object_in(state, part);
            }
            self.own(part);
        }
        let value = self.leave_unbuilt(state, Kind::Tuple, ty, parts);
        *slot = Slot::owned(Val::Obj(value));
        true
    }

    /// The items of a tuple that is not built, for slots that own nothing.
    pub(crate) fn unbuilt_items(&self, state: &State, val: &Val) -> Option<Vec<Slot>> {
        let one = state.unbuilt_of(val).filter(|one| one.kind == Kind::Tuple)?;
        Some(one.parts.iter().map(Slot::borrow).collect())
    }

    /// Pushes an attribute or an item, which the one that it is of lends.
    pub(crate) fn push_part(&mut self, state: &mut State, part: Slot) {
        if let Val::Obj(v) = part.val {
            state.loans.push(v);
        }
        state.stack.push(part);
    }

    /// A value that no instruction defines.
    fn stand_in(&mut self) -> Value {
        let value = self.f.add_value(Ty::Obj);
        self.stand_ins.insert(value);
        value
    }

    /// One more reference to an object.
    pub(crate) fn take_reference(&mut self, object: Value) {
        if !self.stand_ins.contains(&object) {
            self.effect(Op::Incref, &[object], Imm::None);
        }
    }

    /// Builds the instance that a slot outside of the state holds, if that is to be done.
    pub(crate) fn build_in(&mut self, state: &mut State, slot: &mut Slot) {
        if let Some(one) = state.unbuilt_of(&slot.val) {
            let object = self.build_unbuilt(state, one.value, usize::from(slot.owned));
            slot.val = Val::Obj(object);
        }
    }

    /// Builds the instance `depth` below the top of the stack, counted from 1, if that is to be done, before the current instruction does anything.
    pub(crate) fn build_on_stack(&mut self, state: &mut State, depth: usize) {
        if let Some(one) = state.unbuilt_of(&state.peek(depth).val) {
            self.build_unbuilt(state, one.value, 0);
            self.recapture(state);
        }
    }

    /// Builds all instances of a state.
    pub(crate) fn build_all(&mut self, state: &mut State) {
        self.build_others(state, None);
    }

    /// Builds all instances of a state but one, if one is named.
    pub(crate) fn build_others(&mut self, state: &mut State, but: Option<Value>) {
        while let Some(one) = state.unbuilt.iter().rfind(|one| Some(one.value) != but) {
            self.build_unbuilt(state, one.value, 0);
            self.recapture(state);
        }
    }

    /// Builds the instances that locals of the frame and its callers hold.
    pub(crate) fn build_locals(&mut self, state: &mut State) {
        let held = |state: &State, value: Value| {
            let names = HashMap::from([(value, value)]);
            state.frames().any(|frame| frame.locals.iter().any(|local| local.mentions(&names)))
        };
        while let Some(one) = state.unbuilt.iter().find(|one| held(state, one.value)) {
            self.build_unbuilt(state, one.value, 0);
        }
    }

    /// Builds an instance, with a reference for each slot of the state that owns it, and `more`.
    pub(crate) fn build_unbuilt(&mut self, state: &mut State, value: Value, more: usize) -> Value {
        let owners = state.owners_of(value) + more;
        let one = state.take_unbuilt(value).expect("the caller has found it");
        let object = self.build_of_parts(state, one.kind, one.parts);
        (1..owners).for_each(|_| self.effect(Op::Incref, &[object], Imm::None));
        state.facts.update(object, |fact| fact.ty = Some(one.ty));
        let names = HashMap::from([(value, object)]);
        state.rename(&names);
        if let Some(mut pre) = self.pre.take() {
            // The references to the attributes are in the instance now.
            if pre.take_unbuilt(value).is_some() {
                pre.rename(&names);
                pre.facts.update(object, |fact| fact.ty = Some(one.ty));
                self.forget_states();
            }
            self.pre = Some(pre);
        }
        object
    }

    fn build_of_parts(&mut self, state: &mut State, kind: Kind, mut parts: Vec<Slot>) -> Value {
        let class = if let Kind::Instance { class, .. } = kind { Some(self.object_const(class)) } else { None };
        self.share_parts(state, Virtual::Tuple, &mut parts);
        let objects: Vec<Value> = parts.iter_mut().map(|part| self.owned_or_null(state, part)).collect();
        match (kind, class) {
            (Kind::Instance { places, .. }, Some(class)) => {
                let (words, count) = (self.lend_operands(&objects, 0), self.int_const(objects.len() as i64));
                let places = self.int_const(places.number());
                self.helper(Helper::build_instance, &[class, places, words, count])
            }
            (Kind::Function { code }, _) => self.build_function(state, code, &objects),
            (Kind::Cell, _) => self.build_cell(objects.first().copied()),
            (Kind::Exception { .. }, _) => self.does_without_attempt(),
            _ => {
                let (words, count) = (self.lend_operands(&objects, 0), self.int_const(objects.len() as i64));
                self.helper(Helper::build_tuple, &[words, count])
            }
        }
    }

    /// Builds an instance at the end of an edge.
    fn build_on_edge(&mut self, edge: &mut Edge, value: Value) {
        let (block, pre) = (std::mem::replace(&mut self.block, edge.block), self.pre.take());
        self.build_unbuilt(&mut edge.state, value, 0);
        edge.block = std::mem::replace(&mut self.block, block);
        self.pre = pre;
    }

    /// A slot has given up an instance: if no other one owns it, it ends.
    pub(crate) fn let_go(&mut self, state: &mut State, value: Value) {
        if state.owners_of(value) > 0 {
            return;
        }
        if let Some(one) = state.take_unbuilt(value) {
            one.released().into_iter().for_each(|part| self.drop_slot(state, part));
        }
    }

    /// The slots without the instances among them that are not built: where one of these ends are its attributes.
    pub(crate) fn without_unbuilt(&mut self, state: &mut State, slots: Vec<Slot>) -> Vec<Slot> {
        if state.unbuilt.is_empty() {
            return slots;
        }
        let mut left: std::collections::VecDeque<Slot> = slots.into();
        let mut done = Vec::new();
        while let Some(slot) = left.pop_front() {
            match slot.val {
                Val::Obj(v) if self.stand_ins.contains(&v) => {
                    let owners: usize = left.iter().map(|slot| slot.owns(v)).sum();
                    if slot.owned && owners + state.owners_of(v) == 0 && let Some(one) = state.take_unbuilt(v) {
                        one.released().into_iter().rev().for_each(|part| left.push_front(part));
                    }
                }
                Val::Virtual(kind, parts) if parts.iter().any(|part| state.unbuilt.iter().any(|one| part.owns(one.value) > 0)) => {
                    let parts: Vec<Slot> = crate::value::released(kind, parts).collect();
                    parts.into_iter().rev().for_each(|part| left.push_front(part));
                }
                _ => done.push(slot),
            }
        }
        done
    }

    /// Tells exits from the state before the current instruction what has become of attributes: numbers among them may have been boxed.
    pub(crate) fn share_unbuilt(&self, state: &State, pre: &mut State) {
        for one in &*state.unbuilt {
            if let Some(index) = pre.unbuilt.iter().position(|other| other.value == one.value && other.is_like(one) && other.parts != one.parts) {
                Rc::make_mut(&mut pre.unbuilt)[index].parts.clone_from(&one.parts);
            }
        }
    }

    /// An instance that is not built, as a slot of a frame state: one of its slots takes the references over that its attributes own.
    pub(crate) fn unbuilt_slot(&mut self, value: Value) -> whipsnake_ir::Slot {
        use whipsnake_ir::Slot as Ir;
        let Some(one) = self.exit_unbuilt.iter().find(|one| one.value == value).cloned() else {
            self.uses_unbuilt = true;
            return Ir::Null;
        };
        let first = self.exit_seen.insert(value);
        let identity = Ir::Int(value.index() as i64);
        let (kind, mut parts) = match one.kind {
            Kind::Instance { class, places } => (Virtual::Instance, vec![Ir::Object(self.object_ref(class)), identity, Ir::Int(places.number())]),
            Kind::Tuple => (Virtual::OneTuple, vec![identity]),
            Kind::Cell => (Virtual::Cell, vec![identity]),
            Kind::Exception { .. } => unreachable!("attempts are left by the state before them"),
            Kind::Function { code } => (Virtual::Function, self.function_parts(code, value)),
        };
        for part in &one.parts {
            let part = self.ir_slot(part);
            parts.push(if first { part } else { lent(part) });
        }
        Ir::Virtual(kind, parts)
    }

    /// `object.name` of the instance on top, which is not built. False if it has to be.
    pub(crate) fn load_unbuilt(&mut self, state: &mut State, name: &str, method: bool, instr: Instr) -> Build<bool> {
        if let Some(part) = self.part_of_exception(state, name).filter(|_| !method) {
            let owner = state.pop();
            self.push_part(state, part);
            self.drop_slot(state, owner);
            return Ok(true);
        }
        if name == "args"
            && !method
            && self.is_taken_apart_behind(instr)
            && let Some(arguments) = self.arguments_of_exception(state)
        {
            let owner = state.pop();
            state.stack.push(arguments);
            self.drop_slot(state, owner);
            return Ok(true);
        }
        let Some(info) = self.owner_type(state, 1, None) else { return Ok(false) };
        if name == "__class__"
            && !method
            && info.plain_class
            && let Some(Kind::Instance { class, .. }) = state.unbuilt_of(&state.peek(1).val).map(|one| one.kind)
        {
            let owner = state.pop();
            state.stack.push(Slot::borrowed(Val::Const(class)));
            self.drop_slot(state, owner);
            return Ok(true);
        }
        let Some(attribute) = info.attributes.get(name).cloned() else { return Ok(false) };
        let held = self.unbuilt_field(state, &state.peek(1).val, &attribute);
        match (held, &attribute) {
            (Some(part), _) => {
                let owner = state.pop();
                self.push_part(state, part);
                // Dropping the instance may free the attribute: it passes to the stack then.
                self.drop_slot(state, owner);
            }
            (None, Attribute::InlineValue { default: Some(object), .. }) => {
                let object = *object;
                let owner = state.pop();
                state.stack.push(Slot::borrowed(Val::Const(object)));
                self.drop_slot(state, owner);
            }
            (None, Attribute::Method { object }) if method || matches!(self.kind(*object), ObjectKind::Function(_)) => {
                self.push_class_attribute(state, &attribute, method);
                return Ok(true);
            }
            (None, Attribute::ClassValue { .. }) => {
                self.push_class_attribute(state, &attribute, method);
                return Ok(true);
            }
            (None, Attribute::Property { getter, .. }) if !method => return self.inline_accessor(state, *getter, 1, instr),
            _ => return Ok(false),
        }
        if method {
            state.stack.push(Slot::NULL);
        }
        Ok(true)
    }

    /// An attribute of an instance, if that is not built and has it.
    pub(crate) fn unbuilt_field(&self, state: &State, val: &Val, attribute: &Attribute) -> Option<Slot> {
        let one = state.unbuilt_of(val)?;
        let index = one.position(place_of(attribute)?)?;
        Some(one.parts[index].borrow())
    }

    /// `object.name = value` for the instance on top, which is not built. False if it has to be.
    pub(crate) fn store_unbuilt(&mut self, state: &mut State, name: &str) -> bool {
        if self.set_on_exception(state, name) {
            return true;
        }
        if !self.owner_type(state, 1, None).is_some_and(|info| info.sets_as_object) || !self.set_part(state, 1, 2, name) {
            return false;
        }
        let owner = state.pop();
        // The value has gone over to the instance.
        state.pop();
        self.drop_slot(state, owner);
        true
    }

    /// `object.__setattr__(instance, name, value)`, with the name as a constant, for an instance that is not built. False if that is left to the general way.
    pub(crate) fn set_as_object(&mut self, state: &mut State, base: usize) -> bool {
        let Val::Const(name) = state.peek(2).val else { return false };
        let ObjectKind::Str(name) = self.kind(name).clone() else { return false };
        if state.unbuilt_of(&state.peek(3).val).is_none() || !self.set_part(state, 3, 1, &name) {
            return false;
        }
        let none = self.none();
        self.finish_native(state, base, Slot::borrowed(none));
        true
    }

    /// Gives an instance on the stack that is not built an attribute, whose value, at that depth, leaves an empty slot behind. False if that cannot be done
    /// without building it.
    fn set_part(&mut self, state: &mut State, owner: usize, at: usize, name: &str) -> bool {
        let Some(attribute) = self.owner_type(state, owner, None).and_then(|info| info.attributes.get(name)).cloned() else { return false };
        let Some(place) = place_of(&attribute) else { return false };
        self.to_part(state, at);
        let Some(one) = state.unbuilt_of(&state.peek(owner).val) else { return false };
        let Kind::Instance { class, places } = one.kind else { return false };
        let (value, position) = (one.value, one.position(place));
        let places = match position {
            Some(_) => Some(places),
            None => places.with(one.parts.len(), place),
        };
        let (Some(places), false) = (places, state.reaches(state.peek(at), value)) else { return false };
        self.settle(state);
        let index = state.stack.len() - at;
        let mut part = std::mem::replace(&mut state.stack[index], Slot::NULL);
        self.own(&mut part);
        if let Val::Obj(v) = part.val {
            state.loans.retain(|loan| *loan != v);
        }
        let one = state.unbuilt_mut(value);
        one.kind = Kind::Instance { class, places };
        match position {
            Some(index) => {
                let old = std::mem::replace(&mut one.parts[index], part);
                self.drop_slot(state, old);
            }
            None => one.parts.push(part),
        }
        true
    }

    /// Lets edges that meet have the same instances: what only some of them have is built.
    pub(crate) fn agree_on_unbuilt(&mut self, edges: &mut [Edge]) {
        if edges.iter().all(|edge| edge.state.unbuilt.is_empty()) {
            return;
        }
        let tuples = loop {
            let tuples = Pairs::find(&edges.iter().map(|edge| &edge.state).collect::<Vec<_>>()).accepted();
            let mut built = false;
            for (index, edge) in edges.iter_mut().enumerate() {
                while let Some(value) = edge.state.unbuilt.iter().map(|one| one.value).find(|value| !tuples.iter().any(|tuple| tuple[index] == *value)) {
                    self.build_on_edge(edge, value);
                    built = true;
                }
            }
            if !built {
                break tuples;
            }
        };
        for tuple in &tuples {
            let same = tuple.iter().all(|value| *value == tuple[0]);
            let joined = if same { tuple[0] } else { self.stand_in() };
            for (edge, value) in edges.iter_mut().zip(tuple) {
                edge.state.rename(&HashMap::from([(*value, joined)]));
            }
        }
        let order: Vec<Value> = edges[0].state.unbuilt.iter().map(|one| one.value).collect();
        for edge in edges {
            edge.state.order_unbuilt(&order);
            let unbuilt = edge.state.unbuilt.clone();
            edge.state.change_slots(&|_| true, &mut |slot| slot.own_unbuilt(&unbuilt));
        }
    }

    /// Gives instances of a back edge the names that those in their places have at the loop's header.
    pub(crate) fn match_unbuilt(&mut self, state: &mut State, header: &State) {
        if state.unbuilt.is_empty() {
            return;
        }
        let tuples = Pairs::find(&[header, state]).accepted();
        let wanted: HashMap<Value, Value> = tuples.iter().map(|tuple| (tuple[1], tuple[0])).collect();
        let mut names: HashMap<Value, Value> = HashMap::new();
        for one in &*state.unbuilt {
            let name = match wanted.get(&one.value) {
                Some(name) => *name,
                None if header.unbuilt.iter().any(|other| other.value == one.value) => self.stand_in(),
                None => continue,
            };
            names.insert(one.value, name);
        }
        state.rename(&names);
        let order: Vec<Value> = header.unbuilt.iter().map(|one| one.value).collect();
        state.order_unbuilt(&order);
        let unbuilt = state.unbuilt.clone();
        state.change_slots(&|_| true, &mut |slot| slot.own_unbuilt(&unbuilt));
    }

    /// True if the state has an instance that is not built where the shapes want an object.
    pub(crate) fn has_more_unbuilt(&self, state: &State, shapes: &[Shape]) -> bool {
        let wanted = |shape: &Shape| matches!(shape, Shape::Same(_));
        state.frame_slots().zip(shapes).any(|(slot, shape)| state.unbuilt_of(&slot.val).is_some() && !wanted(shape))
    }

    /// What stays unbuilt on the way to where slots have these shapes.
    pub(crate) fn carried_unbuilt(&self, shapes: &[Shape]) -> Vec<Value> {
        if self.stand_ins.is_empty() {
            return Vec::new();
        }
        let value = |shape: &Shape| match shape {
            Shape::Same(Slot { val: Val::Obj(value), .. }) if self.stand_ins.contains(value) => Some(*value),
            _ => None,
        };
        shapes.iter().filter_map(value).collect()
    }

    /// Builds the instances that a loop which is entered cannot carry round.
    pub(crate) fn build_for_loop(&mut self, edge: &mut Edge, keys: &[usize], widened: &HashMap<usize, Shape>) {
        let slots = edge.state.all_slots().zip(keys).filter(|(_, key)| widened.contains_key(key));
        let needed: Vec<Value> = slots.filter_map(|(slot, _)| edge.state.unbuilt_of(&slot.val).map(|one| one.value)).collect();
        for value in needed {
            if edge.state.unbuilt_of(&Val::Obj(value)).is_some() {
                self.build_on_edge(edge, value);
            }
        }
    }

    /// True if an instruction or an exit uses an instance as an object that was never built.
    pub(crate) fn uses_stand_ins(&self) -> bool {
        let is_used = |values: &[Value]| values.iter().any(|value| self.stand_ins.contains(value));
        let in_code = || self.f.blocks.iter().flat_map(|block| &block.insts).any(|&inst| {
            let data = self.f.inst(inst);
            is_used(&data.args) || data.targets.iter().any(|target| is_used(&target.args))
        });
        !self.stand_ins.is_empty() && (self.uses_unbuilt || in_code() || self.f.states.iter().any(|state| is_used(&state.release)))
    }
}
