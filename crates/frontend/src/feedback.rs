//! What earlier units have seen: types of operands that the interpreter's own feedback does not tell.
//!
//! Where nothing is known of an operand, a first unit notes its type (`note`) before it goes the general way. When it has noted
//! enough it leaves with reason `profiled`, and the next one guards what was seen.

use crate::builder::Builder;
use crate::value::{State, Val};
use whipsnake_bytecode::Instr;
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{CALLABLE, KnownType, SeenType, TypeId, TypeInfo, STACK_KEYS, local_key, operand_key, stack_key};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, StateId, Value};

/// Exits by one guard after which it is not tried again, whatever is known.
pub(crate) const MANY_EXITS: u32 = 1100;

impl<'s> Builder<'s> {
    /// True if the interpreter has run the code often, but never this instruction, and earlier units did not meet it either.
    pub(crate) fn is_never_reached(&self, instr: Instr) -> bool {
        self.snapshot.warm && instr.cold && self.may_speculate(ExitReason::ColdBranch)
    }

    /// The types that were noted of an operand of the current instruction.
    pub(crate) fn noted(&self, operand: usize) -> &'s [SeenType] {
        self.instr.map_or(&[], |instr| self.noted_at(instr.offset, operand as u32))
    }

    /// The same for the instruction at an offset.
    pub(crate) fn noted_at(&self, offset: u32, operand: u32) -> &'s [SeenType] {
        self.code().operand_types.get(&operand_key(offset, operand)).map_or(&[], Vec::as_slice)
    }

    /// The only types that were seen at the current instruction: noted, or failing guards.
    pub(crate) fn types_met(&self, operand: usize) -> Vec<SeenType> {
        let Some(instr) = self.instr else { return Vec::new() };
        let failed = self.code().exits_seen.iter().filter(|e| e.offset == instr.offset && e.reason == ExitReason::TypeGuard);
        let mut all: Vec<SeenType> = self.noted(operand).to_vec();
        for seen in failed.flat_map(|e| &e.types) {
            if !all.iter().any(|known| known.type_id == seen.type_id) {
                all.push(*seen);
            }
        }
        all
    }

    /// Guards an operand to have the one type that was noted of it, if nothing else is known.
    pub(crate) fn expect_noted(&mut self, state: &mut State, operand: usize) {
        self.expect_noted_at(state, operand as u32, operand);
    }

    /// The same for an operand that is not known by its depth on the stack.
    pub(crate) fn expect_noted_at(&mut self, state: &mut State, operand: u32, depth: usize) {
        let Val::Obj(v) = state.peek(depth).val else { return };
        let [seen] = *self.noted(operand as usize) else { return };
        let open = self.exact_type(state, &Val::Obj(v)).is_none() && !state.facts.get(v).many_types;
        if open && self.may_speculate(ExitReason::TypeGuard) {
            self.expect(state, v, seen);
        }
    }

    /// True if a slot of the frame had other types too where units of the code were entered; they are noted.
    pub(crate) fn varies(&mut self, state: &mut State, slot: usize, value: Value, now: TypeId, exit: StateId) -> bool {
        let locals = state.locals.len();
        let key = match (slot.checked_sub(locals), self.instr) {
            (None, _) => Some(local_key(slot as u32)),
            (Some(depth), Some(entry)) if depth < STACK_KEYS as usize => Some(stack_key(entry.offset, depth as u32)),
            _ => None,
        };
        let seen = key.and_then(|key| self.code().operand_types.get(&key)).map_or(&[][..], Vec::as_slice);
        let mut types: Vec<TypeId> = seen.iter().map(|seen| seen.type_id).collect();
        if let Some(key) = key.filter(|_| self.snapshot.surveys) {
            self.note_object(key, value, exit);
        }
        if self.guesses_no_types() && self.snapshot.types[now as usize].known.is_none() {
            return true;
        }
        if types.iter().all(|&id| id == now) {
            // Guards that fail again and again although nothing is known to vary.
            return self.exits_seen(&[ExitReason::TypeGuard]) > MANY_EXITS;
        }
        types.push(now);
        let set = self.type_set(types);
        state.facts.update(value, |fact| fact.seen = Some(set));
        true
    }

    /// Guards an object to be of a seen type, at the current instruction.
    fn expect(&mut self, state: &mut State, object: Value, seen: SeenType) {
        let info = &self.snapshot.types[seen.type_id as usize];
        if !Self::is_stable(info) {
            return;
        }
        let exit = self.pre_state();
        let block = self.block;
        self.f.push(block, Ir::GuardType, &[object], Imm::Type(info.address), Some(exit));
        state.facts.update(object, |fact| fact.ty = Some(info.address));
        if info.known == Some(KnownType::Array) {
            self.expect_format(state, object, seen.format, exit);
        }
    }

    /// True if something can be assumed of the type.
    pub(crate) fn is_stable(info: &TypeInfo) -> bool {
        info.known.is_some() || !info.mutable || info.version != 0
    }

    /// Guards an array to have items of a type code; nothing for type code 0.
    pub(crate) fn expect_format(&mut self, state: &mut State, array: Value, format: u8, exit: StateId) {
        let Some(wanted) = self.platform().array_formats.iter().find(|known| known.code == format) else { return };
        if !self.may_speculate(ExitReason::ShapeGuard) {
            return;
        }
        let descriptor = self.load(array, self.platform().array_descriptor, MemSize::Ptr, Region::Const);
        let wanted = self.address(wanted.descriptor);
        let same = self.same(descriptor, wanted);
        self.guard_at(same, ExitReason::ShapeGuard, exit);
        state.facts.update(array, |fact| fact.format = Some(format));
    }

    /// Notes the type of an operand of which nothing is known, unless an earlier unit has done so. To be called before the
    /// instruction has done anything.
    pub(crate) fn note(&mut self, state: &State, operand: usize) {
        self.note_at(state, operand as u32, operand);
    }

    /// The same for an operand that is not known by its depth on the stack.
    pub(crate) fn note_at(&mut self, state: &State, operand: u32, depth: usize) {
        // What an attempt meets may have run in the interpreter only, so far.
        let may_learn = if self.attempt.is_some() { !self.guesses_no_types() } else { !self.snapshot.profiled };
        self.note_if(state, operand, depth, may_learn);
    }

    /// The same for what is called: also where an earlier unit has guarded it to be one function, in vain.
    pub(crate) fn note_callable(&mut self, state: &State, depth: usize) {
        if self.may_speculate(ExitReason::IdentityGuard) || self.snapshot.wary {
            self.note_at(state, CALLABLE, depth);
        } else {
            self.note_if(state, CALLABLE, depth, true);
        }
    }

    fn note_if(&mut self, state: &State, operand: u32, depth: usize, may_learn: bool) {
        let Val::Obj(object) = state.peek(depth).val else { return };
        let Some(instr) = self.instr else { return };
        if self.exact_type(state, &Val::Obj(object)).is_some() {
            return;
        }
        let first = self.snapshot.warm && may_learn && self.noted(operand as usize).is_empty();
        if first || self.snapshot.surveys {
            let exit = self.pre_state();
            self.note_object(operand_key(instr.offset, operand), object, exit);
        }
    }

    /// How many items the sequences or dicts had that were noted as an operand of an instruction at that offset, if it was always that many.
    pub(crate) fn noted_items(&self, offset: u32, operand: usize) -> Option<usize> {
        let [seen] = *self.noted_at(offset, operand as u32) else { return None };
        let known = self.snapshot.types[seen.type_id as usize].known;
        let counted = matches!(known, Some(KnownType::Tuple | KnownType::List | KnownType::Dict)) && seen.format != 0 && seen.format != u8::MAX;
        counted.then(|| usize::from(seen.format) - 1)
    }

    /// Notes an operand `depth` below the top of the stack for [`Self::noted_items`], unless an earlier unit has done so: its type may be known.
    pub(crate) fn note_items(&mut self, state: &State, operand: usize, depth: usize) {
        let (Val::Obj(object), Some(instr)) = (&state.peek(depth).val, self.instr) else { return };
        if self.snapshot.warm && !self.snapshot.profiled && self.noted(operand).is_empty() || self.snapshot.surveys {
            let object = *object;
            let exit = self.pre_state();
            self.note_object(operand_key(instr.offset, operand as u32), object, exit);
        }
    }

    /// The type of an object that is no operand of the current instruction, but is noted as one: guarded to be the one that was noted. If there is none yet, it is
    /// noted from now on.
    pub(crate) fn expect_or_note(&mut self, state: &mut State, operand: u32, object: Value) -> Option<KnownType> {
        let instr = self.instr?;
        match *self.noted(operand as usize) {
            [seen] if self.may_speculate(ExitReason::TypeGuard) => {
                self.expect(state, object, seen);
                self.known_type(state, &Val::Obj(object))
            }
            [] if self.snapshot.warm && !self.snapshot.profiled || self.snapshot.surveys => {
                let exit = self.pre_state();
                self.note_object(operand_key(instr.offset, operand), object, exit);
                None
            }
            _ => None,
        }
    }

    /// The type of an item of a tuple on the stack that need not exist, guarded to be the one that was noted of it, or noted from now on. Items are noted in the place of
    /// the instruction's operands, of which the first two may be objects and have notes of their own: then `first_free` is past these.
    pub(crate) fn type_of_item(&mut self, state: &mut State, item: &Val, index: usize, first_free: usize) -> Option<KnownType> {
        const OPERANDS: usize = 3;
        match (self.known_type(state, item), item) {
            (None, Val::Obj(object)) => self.expect_or_note(state, (index + first_free).min(OPERANDS) as u32, *object),
            (known, _) => known,
        }
    }

    /// Notes the type of an object under a key, and leaves if that is enough.
    fn note_object(&mut self, key: u32, object: Value, exit: StateId) {
        self.notes = true;
        let unit = self.unit();
        let code = self.int_const(i64::from(self.instance.body.code));
        let key = self.int_const(i64::from(key));
        let enough = self.helper(Helper::note_type, &[unit, code, key, object]);
        let zero = self.int_const(0);
        let more = self.icmp(Cond::Eq, enough, zero);
        self.guard_at(more, ExitReason::Profiled, exit);
    }
}
