//! Forms of a value and who owns its reference: boxing, unboxing, dropping, and writing locals to the frame.

use crate::builder::Builder;
use crate::value::{Slot, State, Val, released};
use whipsnake_bytecode::Instr;
use whipsnake_contract::exit::{ExitReason, Resume, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, ObjectKind};
use whipsnake_ir::{Imm, MemSize, Op, Region, Value};

impl Builder<'_> {
    /// The unboxed int of a value whose exact type is known to be int, where it is at hand without an exit.
    pub(crate) fn int_of(&mut self, state: &State, val: &Val) -> Option<Value> {
        match val {
            Val::Int(v) => Some(*v),
            Val::SmallInt(value) => Some(self.int_const(*value)),
            Val::Const(id) => match *self.kind(*id) {
                ObjectKind::Int(value) => Some(self.int_const(value)),
                _ => None,
            },
            Val::Obj(v) => {
                let fact = state.facts.get(*v);
                let int = self.platform().known_type(KnownType::Int);
                fact.raw.filter(|_| fact.ty == int)
            }
            _ => None,
        }
    }

    /// The int of a value that is a constant.
    pub(crate) fn const_int(&self, val: &Val) -> Option<i64> {
        match val {
            Val::SmallInt(value) => Some(*value),
            Val::Const(id) => match *self.kind(*id) {
                ObjectKind::Int(value) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The unboxed float of a value whose exact type is known to be float.
    pub(crate) fn float_of(&mut self, state: &State, val: &Val) -> Option<Value> {
        match val {
            Val::Float(v) => Some(*v),
            Val::Const(id) => match *self.kind(*id) {
                ObjectKind::Float(bits) => Some(self.float_const(bits)),
                _ => None,
            },
            Val::Obj(v) => {
                let fact = state.facts.get(*v);
                if fact.ty.is_none() || fact.ty != self.platform().known_type(KnownType::Float) {
                    return None;
                }
                Some(fact.raw.unwrap_or_else(|| self.emit(Op::UnboxFloat, &[*v], Imm::None)))
            }
            _ => None,
        }
    }

    /// The truth value of a value that is a bool.
    pub(crate) fn bool_of(&mut self, val: &Val) -> Option<Value> {
        match val {
            Val::Bool(v) => Some(*v),
            Val::Const(id) => match *self.kind(*id) {
                ObjectKind::Bool(value) => Some(self.bool_const(value)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Unboxes an object known to be an exact int: exits with big-int at the state before the current instruction.
    pub(crate) fn unbox_int(&mut self, state: &mut State, object: Value) -> Value {
        if let Some(raw) = state.facts.get(object).raw {
            return raw;
        }
        let raw = self.checked(Op::UnboxInt, &[object]);
        state.facts.update(object, |fact| fact.raw = Some(raw));
        raw
    }

    /// An owned reference to the slot's object, made if it is not there yet; the slot gives up its own.
    pub(crate) fn owned_object(&mut self, state: &mut State, slot: &mut Slot) -> Value {
        self.build_in(state, slot);
        let value = match std::mem::replace(&mut slot.val, Val::Null) {
            Val::Obj(v) => {
                if !slot.owned {
                    self.effect(Op::Incref, &[v], Imm::None);
                }
                v
            }
            Val::Int(v) => self.boxed(state, Op::BoxInt, v, KnownType::Int),
            Val::Float(v) => self.boxed(state, Op::BoxFloat, v, KnownType::Float),
            Val::Bool(v) => self.emit(Op::BoxBool, &[v], Imm::None),
            Val::SmallInt(value) => {
                let v = self.int_const(value);
                self.boxed(state, Op::BoxInt, v, KnownType::Int)
            }
            Val::Const(id) => {
                let value = self.object_const(id);
                if !self.snapshot.objects[id as usize].immortal {
                    self.effect(Op::Incref, &[value], Imm::None);
                }
                let ty = self.snapshot.type_of(id).address;
                let raw = match *self.kind(id) {
                    ObjectKind::Int(value) => Some(self.int_const(value)),
                    ObjectKind::Float(bits) => Some(self.float_const(bits)),
                    _ => None,
                };
                state.facts.update(value, |fact| {
                    fact.ty = Some(ty);
                    fact.raw = raw;
                });
                value
            }
            Val::Virtual(kind, parts) => self.build_virtual(state, kind, parts),
            Val::MaybeObj(v) | Val::Unseen(v) => v,
            val @ (Val::Null | Val::Maybe(..) | Val::InFrame) => unreachable!("the slot holds an object, and no {val:?}"),
        };
        slot.owned = false;
        value
    }

    fn boxed(&mut self, state: &mut State, op: Op, raw: Value, known: KnownType) -> Value {
        let object = self.emit(op, &[raw], Imm::None);
        let ty = self.platform().known_type(known);
        state.facts.update(object, |fact| {
            fact.ty = ty;
            fact.raw = Some(raw);
        });
        object
    }

    /// An owned object or NULL, for slots that may be unbound.
    pub(crate) fn owned_or_null(&mut self, state: &mut State, slot: &mut Slot) -> Value {
        match slot.val.clone() {
            Val::Null => self.null(),
            Val::MaybeObj(v) | Val::Unseen(v) => v,
            Val::Maybe(flag, val) => {
                let bound = self.f.add_block();
                let done = self.f.add_block();
                let result = self.f.add_param(done, whipsnake_ir::Ty::Obj);
                let null = self.null();
                let from = self.block;
                let unbound = whipsnake_ir::Target { block: done, args: smallvec_one(null) };
                self.f.branch(from, flag, Self::target(bound), unbound);
                self.block = bound;
                let object = self.owned_object(state, &mut Slot::borrowed(*val));
                let from = self.block;
                self.f.jump(from, done, &[object]);
                self.block = done;
                result
            }
            _ => self.owned_object(state, slot),
        }
    }

    /// The object that a value is; `None` if it is none yet.
    pub(crate) fn object_of(&mut self, val: &Val) -> Option<Value> {
        match *val {
            Val::Obj(value) => Some(value),
            Val::Const(id) => Some(self.object_const(id)),
            _ => None,
        }
    }

    /// Makes sure that a slot taken out of the state holds an object, and returns it. Other slots of the frame that hold the same
    /// unboxed value get the same object, so that identity is what the interpreter's would be.
    pub(crate) fn object_in(&mut self, state: &mut State, slot: &mut Slot) -> Value {
        self.build_in(state, slot);
        match &slot.val {
            Val::Obj(v) => *v,
            Val::Const(id) => {
                let id = *id;
                self.object_const(id)
            }
            _ => {
                let before = slot.val.clone();
                if let Val::Virtual(kind, parts) = &mut slot.val {
                    self.share_parts(state, *kind, parts);
                }
                let object = self.owned_object(state, slot);
                slot.val = Val::Obj(object);
                slot.owned = true;
                if matches!(before, Val::Int(_) | Val::Float(_) | Val::Virtual(..)) {
                    self.share(&before, object, state.sharing_slots());
                }
                object
            }
        }
    }

    /// Gives the slots that hold the value, and the objects in parts that do, the object, with references of their own.
    fn share<'a>(&mut self, value: &Val, object: Value, slots: impl Iterator<Item = &'a mut Slot>) {
        for slot in slots {
            if slot.val == *value {
                *slot = Slot::owned(Val::Obj(object));
                self.effect(Op::Incref, &[object], Imm::None);
            } else if let Val::Virtual(kind, parts) = &mut slot.val {
                let objects = parts.iter_mut().enumerate().filter(|(index, _)| !kind.is_raw(*index));
                self.share(value, object, &mut objects.map(|(_, part)| part) as &mut dyn Iterator<Item = &mut Slot>);
            }
        }
    }

    /// Boxes numbers among the parts of a virtual object, once for all slots and parts that hold the same one.
    pub(crate) fn share_parts(&mut self, state: &mut State, kind: Virtual, parts: &mut [Slot]) {
        for index in 0..parts.len() {
            let before = parts[index].val.clone();
            let is_number = match &before {
                Val::Int(_) | Val::Float(_) => true,
                Val::Virtual(part, _) => part.is_number(),
                _ => false,
            };
            if is_number && !kind.is_raw(index) {
                let object = self.object_in(state, &mut parts[index]);
                self.share(&before, object, parts[index + 1..].iter_mut());
            }
        }
    }

    /// Brings the top `count` stack slots into the form of objects before the current instruction does anything, and returns
    /// them, bottom first. Lent objects become the stack's own: to be called before anything that may run Python code.
    pub(crate) fn objects(&mut self, state: &mut State, count: usize) -> Vec<Value> {
        let base = state.stack.len() - count;
        let mut changed = !state.loans.is_empty();
        self.settle(state);
        if self.platform().minor < 14 {
            // The interpreter's stack owns what it holds: whoever is called may count on that.
            for i in base..state.stack.len() {
                if matches!(state.stack[i], Slot { val: Val::Obj(_), owned: false }) {
                    let mut slot = state.stack[i].clone();
                    self.own(&mut slot);
                    state.stack[i] = slot;
                    changed = true;
                }
            }
        }
        let mut values = Vec::with_capacity(count);
        for i in base..state.stack.len() {
            let mut slot = std::mem::replace(&mut state.stack[i], Slot::NULL);
            let plain = matches!(slot.val, Val::Obj(_) | Val::Const(_)) && state.unbuilt_of(&slot.val).is_none();
            match slot.val {
                Val::Null => {
                    values.push(self.null());
                    continue;
                }
                Val::MaybeObj(v) | Val::Unseen(v) => {
                    values.push(v);
                    state.stack[i] = slot;
                    continue;
                }
                // No operand of anything that needs objects.
                Val::Virtual(Virtual::Position, _) => {
                    values.push(self.null());
                    state.stack[i] = slot;
                    continue;
                }
                _ => {}
            }
            let value = self.object_in(state, &mut slot);
            state.stack[i] = slot;
            changed |= !plain;
            values.push(value);
        }
        if changed {
            self.recapture(state);
        }
        values
    }

    /// Builds a virtual object; the parts' references go into it.
    fn build_virtual(&mut self, state: &mut State, kind: Virtual, mut parts: Vec<Slot>) -> Value {
        assert!(kind != Virtual::Position, "positions are only found where they are in parts");
        if let (Virtual::Wide, [low, high]) = (kind, parts.as_slice())
            && let (Some(low), Some(high)) = (self.int_of(state, &low.val), self.int_of(state, &high.val))
        {
            let object = self.helper(Helper::box_wide, &[low, high]);
            let ty = self.platform().known_type(KnownType::Int);
            state.facts.update(object, |fact| fact.ty = ty);
            return object;
        }
        if let (Virtual::Complex, [real, imaginary]) = (kind, parts.as_slice())
            && let (Some(real), Some(imaginary)) = (self.float_of(state, &real.val), self.float_of(state, &imaginary.val))
        {
            let object = self.helper(Helper::box_complex, &[real, imaginary]);
            let ty = self.platform().known_type(KnownType::Complex);
            state.facts.update(object, |fact| {
                fact.ty = ty;
                fact.complex = Some([real, imaginary]);
            });
            return object;
        }
        if kind == Virtual::Real
            && let Some(real) = self.real_of(state, &Val::Virtual(kind, parts.clone()))
        {
            return self.box_real(state, real);
        }
        let count = parts.len();
        let words = self.emit(Op::Scratch, &[], Imm::Int(count.max(1) as i64));
        for (i, part) in parts.iter_mut().enumerate() {
            let raw = if kind.is_raw(i) { self.int_of(state, &part.val) } else { None };
            match raw {
                Some(raw) => self.store(words, raw, i as i64 * 8, MemSize::I64, Region::Scratch),
                None => {
                    let object = self.owned_or_null(state, part);
                    self.store(words, object, i as i64 * 8, MemSize::Obj, Region::Scratch);
                }
            }
        }
        let count = self.int_const(count as i64);
        let object = if kind == Virtual::Tuple {
            self.helper(Helper::build_tuple, &[words, count])
        } else {
            let kind = self.int_const(kind as i64);
            self.helper(Helper::build_virtual, &[kind, words, count])
        };
        let ty = self.exact_type(state, &Val::Virtual(kind, Vec::new()));
        state.facts.update(object, |fact| fact.ty = ty);
        object
    }

    /// True if destroying the slot's object can run no Python code.
    pub(crate) fn is_leaf(&self, state: &State, val: &Val) -> bool {
        matches!(val, Val::Obj(v) if state.facts.get(*v).real.is_some()) || self.exact_type(state, val).is_some_and(|ty| {
            self.known_by_address(ty).is_some_and(KnownType::is_leaf) || self.type_info(ty).is_some_and(|info| info.leaf)
        })
    }

    /// Releases a slot whose object cannot run Python code when destroyed.
    pub(crate) fn release_leaf(&mut self, state: &State, slot: &Slot) {
        if let (Val::Obj(v), true) = (&slot.val, slot.owned) {
            debug_assert!(self.is_leaf(state, &slot.val));
            self.effect(Op::DecrefLeaf, &[*v], Imm::None);
        }
    }

    /// The slot's content is not needed any more: its references are released at the end of the instruction, or
    /// passed to a borrower.
    pub(crate) fn drop_slot(&mut self, state: &mut State, slot: Slot) {
        match slot.val {
            Val::Obj(v) if slot.owned => {
                match state.borrower(v) {
                    Some(borrower) => borrower.owned = true,
                    None if self.stand_ins.contains(&v) => self.let_go(state, v),
                    None => self.drops.push(Slot::owned(Val::Obj(v))),
                }
            }
            Val::MaybeObj(v) | Val::Unseen(v) => self.drops.push(Slot::owned(Val::MaybeObj(v))),
            Val::Virtual(kind, parts) => released(kind, parts).for_each(|p| self.drop_slot(state, p)),
            _ => {}
        }
    }

    /// Gives the frame references of its own to the objects that containers lend it.
    pub(crate) fn settle(&mut self, state: &mut State) {
        for value in std::mem::take(&mut state.loans) {
            let owned = state.slots_mut().any(|s| s.owned && s.val == Val::Obj(value));
            if !owned && let Some(slot) = state.borrower(value) {
                slot.owned = true;
                self.take_reference(value);
            }
        }
        for index in 0..state.stack.len() {
            if matches!(state.stack[index].val, Val::Virtual(Virtual::ListSlice, _)) {
                // The list that it is a slice of may change now.
                let mut slot = std::mem::replace(&mut state.stack[index], Slot::NULL);
                let list = self.owned_object(state, &mut slot);
                state.stack[index] = Slot::owned(Val::Obj(list));
            }
        }
    }

    /// Makes a slot own its object.
    pub(crate) fn own(&mut self, slot: &mut Slot) {
        match &mut slot.val {
            Val::Obj(v) if !slot.owned => {
                let v = *v;
                self.take_reference(v);
                slot.owned = true;
            }
            Val::Virtual(_, parts) => {
                let mut owned = std::mem::take(parts);
                owned.iter_mut().for_each(|p| self.own(p));
                *parts = owned;
            }
            _ => {}
        }
    }

    /// Releases what the current instruction dropped; the state is the one in which the interpreter goes on at `offset`.
    pub(crate) fn flush_drops(&mut self, state: &mut State, offset: u32) {
        let drops = std::mem::take(&mut self.drops);
        if drops.iter().any(|d| !self.is_leaf(state, &d.val)) {
            self.settle(state);
        }
        self.before_destructors(state, &drops);
        self.release_all(state, offset, drops);
    }

    /// Before slots are released: if native code may go on after Python code has seen that, the frames are in an unknown state then, and
    /// the namespace is up to date.
    pub(crate) fn before_destructors(&mut self, state: &mut State, drops: &[Slot]) {
        if self.shows_destructors() && drops.iter().any(|d| !self.is_leaf(state, &d.val)) {
            self.store_all_back(state);
            state.observed();
        }
    }

    /// Releases slots one after the other, with frame states that go on at `offset`.
    pub(crate) fn release_all(&mut self, state: &State, offset: u32, drops: Vec<Slot>) {
        let at = self.instr.map_or(offset, |instr| instr.op_offset);
        self.release_at(state, at, offset, drops);
    }

    /// As [`Self::release_all`], with the instruction that destructors see as the current one.
    pub(crate) fn release_at(&mut self, state: &State, at: u32, offset: u32, drops: Vec<Slot>) {
        self.release_from(state, (at, offset, Resume::Execute), drops, &[]);
    }

    /// Releases slots of inlined code in the state behind its call, which gives up these, too, when it is done.
    pub(crate) fn release_of_callee(&mut self, state: &State, call: Instr, drops: Vec<Slot>, later: &[Value]) {
        self.release_from(state, (call.op_offset, call.next, Resume::Execute), drops, later);
    }

    /// Releases slots while the exception that the current instruction raised is on its way.
    pub(crate) fn release_raising(&mut self, state: &State, drops: Vec<Slot>) {
        let at = self.instr.expect("an instruction was begun").op_offset;
        self.release_from(state, (at, at, Resume::Raise), drops, &[]);
    }

    fn release_from(&mut self, state: &State, place: (u32, u32, Resume), mut drops: Vec<Slot>, later: &[Value]) {
        if let Some(late) = self.late.as_mut().filter(|_| self.instance.depth == 0) {
            late.append(&mut drops);
        }
        for (i, slot) in drops.iter().enumerate() {
            match slot.val {
                Val::Obj(v) if self.is_leaf(state, &slot.val) => self.effect(Op::DecrefLeaf, &[v], Imm::None),
                Val::Obj(v) => self.release(state, place, v, (&drops[i + 1..], later)),
                Val::MaybeObj(v) => {
                    let bound = self.f.add_block();
                    let done = self.f.add_block();
                    let null = self.null();
                    let is_null = self.emit(Op::Same, &[v, null], Imm::None);
                    let from = self.block;
                    self.f.branch(from, is_null, Self::target(done), Self::target(bound));
                    self.block = bound;
                    self.release(state, place, v, (&drops[i + 1..], later));
                    let from = self.block;
                    self.f.jump(from, done, &[]);
                    self.block = done;
                }
                _ => {}
            }
        }
    }

    fn release(&mut self, state: &State, (at, offset, resume): (u32, u32, Resume), value: Value, (next, later): (&[Slot], &[Value])) {
        let next = next.iter().filter_map(|s| match s.val {
            Val::Obj(v) | Val::MaybeObj(v) => Some(v),
            _ => None,
        });
        let mut rest: Vec<Value> = next.chain(later.iter().copied()).collect();
        if self.attempt.is_some() {
            rest.push(value);
            return self.drop_unseen(state, &[&Slot::owned(Val::Obj(value))], &rest);
        }
        let id = self.frame_state(state, at, resume, &rest);
        self.f.states[id.index()].return_offset = offset.wrapping_sub(at);
        let block = self.block;
        let (op, imm) = if self.shows_destructors() { (Op::Decref, Imm::None) } else { (Op::DecrefOrExit, Imm::Exit(ExitReason::Destructor)) };
        self.f.push(block, op, &[value], imm, Some(id));
    }

    /// True if native code goes on where Python code may see how an object is destroyed. That takes a lot of code at each place, so it
    /// is only done once the present code has dropped such an object, or if it may not be compiled again; and under forced exits, which
    /// are to show that the frames are right in any case.
    fn shows_destructors(&self) -> bool {
        self.snapshot.wary || self.f.exit_every.is_some() || self.code().exits_seen.iter().any(|exit| exit.reason == ExitReason::Destructor)
    }

    /// Stores an object (or NULL) into a local's slot of a frame.
    pub(crate) fn store_slot(&mut self, frame: Value, index: usize, value: Option<Value>) {
        let offset = self.layout().frame_slots + 8 * index as i64;
        match value {
            Some(value) => self.effect(
                Op::StoreSlot,
                &[frame, value],
                Imm::Mem { offset: offset as i32, size: MemSize::Obj, region: Region::Frame },
            ),
            None => {
                let null = self.address(self.layout().slot_null as u64);
                self.store(frame, null, offset, MemSize::Ptr, Region::Frame);
            }
        }
    }
}

/// A list of one value.
pub(crate) fn smallvec_one<A: Copy, S: FromIterator<A>>(value: A) -> S {
    [value].into_iter().collect()
}
