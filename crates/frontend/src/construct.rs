//! Building and unpacking containers.

use crate::GiveUp;
use crate::builder::{Build, Builder};
use crate::identity::is_list_to_tuple;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::feedback::UnpackKind;
use whipsnake_bytecode::operand::CommonConstant;
use whipsnake_bytecode::{Feedback, Instr, Op};
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, ObjectKind};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

/// Tuples up to this length may stay in parts.
pub(crate) const MAX_VIRTUAL: usize = 8;
/// Instructions behind its positional arguments among which a call is looked for.
const MAX_BEHIND: usize = 24;

/// A call that some of the next instructions make.
#[derive(Clone, Copy)]
struct CallBehind {
    /// Where its callee is on the stack.
    base: usize,
    instr: Instr,
    /// It has no keywords.
    plain: bool,
}

impl Builder<'_> {
    /// Words with the objects of the top `count` slots, whose references pass to them.
    fn take_operands(&mut self, state: &mut State, count: usize) -> Value {
        let words = self.emit(Ir::Scratch, &[], Imm::Int(count.max(1) as i64));
        let at = state.stack.len() - count;
        let slots = state.stack.split_off(at);
        for (i, mut slot) in slots.into_iter().enumerate() {
            let value = self.owned_for_store(state, &mut slot);
            self.store(words, value, 8 * i as i64, MemSize::Obj, Region::Scratch);
        }
        words
    }

    /// Words with the objects of the top `count` slots, which keep their references.
    pub(crate) fn lend_operands(&mut self, values: &[Value], spare: usize) -> Value {
        let words = self.emit(Ir::Scratch, &[], Imm::Int((values.len() + spare).max(1) as i64));
        for (i, value) in values.iter().enumerate() {
            self.store(words, *value, 8 * (i + spare) as i64, MemSize::Obj, Region::Scratch);
        }
        words
    }

    /// The top `count` slots, each with a reference of its own, as parts of a virtual object.
    pub(crate) fn take_parts(&mut self, state: &mut State, count: usize) -> Vec<Slot> {
        let at = state.stack.len() - count;
        let mut parts = state.stack.split_off(at);
        for part in &mut parts {
            self.own(part);
            if let Val::Obj(v) = part.val {
                state.loans.retain(|l| *l != v);
            }
        }
        parts
    }

    pub(crate) fn build_tuple(&mut self, state: &mut State, count: usize) {
        if count <= MAX_VIRTUAL {
            let parts = self.take_parts(state, count);
            state.stack.push(Slot::borrowed(Val::Virtual(Virtual::Tuple, parts)));
            return;
        }
        self.objects(state, count);
        let words = self.take_operands(state, count);
        let count = self.int_const(count as i64);
        let tuple = self.helper(Helper::build_tuple, &[words, count]);
        self.push_typed(state, tuple, KnownType::Tuple);
    }

    /// True for an instance of a class derived from `tuple` that gives its items out as tuples do.
    fn is_tuple_like(&mut self, state: &State, depth: usize) -> bool {
        let Val::Obj(_) = state.peek(depth).val else { return false };
        let info = self.exact_type(state, &state.peek(depth).val).and_then(|ty| self.type_info(ty));
        let Some(info) = info.filter(|info| info.tuple_like && Self::is_stable(info)) else { return false };
        if info.mutable {
            self.assume_type(info.address, info.version);
        }
        true
    }

    /// `tuple.__new__(class, items)` for a known class that derives from `tuple`, and items in parts. False if that is left to the general way.
    pub(crate) fn new_tuple_like(&mut self, state: &mut State, base: usize) -> bool {
        let (Val::Const(class), Val::Virtual(Virtual::Tuple, parts)) = (&state.peek(2).val, &state.peek(1).val) else { return false };
        let (class, mut parts) = (*class, parts.clone());
        let ObjectKind::Type(ty) = *self.kind(class) else { return false };
        let info = &self.snapshot.types[ty as usize];
        if !info.tuple_like || !info.mutable || info.version == 0 {
            return false;
        }
        self.assume_type(info.address, info.version);
        self.settle(state);
        state.pop();
        state.stack.push(Slot::NULL);
        let objects: Vec<Value> = parts.iter_mut().map(|part| self.owned_object(state, part)).collect();
        let words = self.lend_operands(&objects, 0);
        let count = self.int_const(objects.len() as i64);
        let class = self.object_const(class);
        let made = self.helper(Helper::build_tuple_of, &[class, words, count]);
        state.facts.update(made, |fact| fact.ty = Some(info.address));
        self.finish_native(state, base, Slot::owned(Val::Obj(made)));
        true
    }

    pub(crate) fn build_list(&mut self, state: &mut State, count: usize) -> Build<()> {
        if count <= MAX_VIRTUAL && self.only_becomes_tuple(state, count) {
            // Nobody can look until it is one.
            let parts = self.take_parts(state, count);
            state.stack.push(Slot::borrowed(Val::Virtual(Virtual::Tuple, parts)));
            return Ok(());
        }
        self.objects(state, count);
        let words = self.take_operands(state, count);
        let count = self.int_const(count as i64);
        let list = self.helper(Helper::build_list, &[words, count]);
        self.push_typed(state, list, KnownType::List);
        Ok(())
    }

    pub(crate) fn build_map(&mut self, state: &mut State, pairs: usize) -> Build<()> {
        if self.build_keywords(state, pairs) {
            return Ok(());
        }
        let plain = self.are_plain_keys(state, pairs);
        let values = self.objects(state, 2 * pairs);
        let words = self.lend_operands(&values, 0);
        let count = self.int_const(pairs as i64);
        let dict = if plain {
            let dict = self.helper(Helper::build_plain_map, &[words, count]);
            self.check_raised(state, dict);
            dict
        } else {
            self.raising(state, Helper::build_map, &[words, count])?
        };
        self.drop_from_top(state, 2 * pairs);
        self.push_typed(state, dict, KnownType::Dict);
        Ok(())
    }

    pub(crate) fn build_set(&mut self, state: &mut State, count: usize) -> Build<()> {
        let values = self.objects(state, count);
        let words = self.lend_operands(&values, 0);
        let number = self.int_const(count as i64);
        let set = self.raising(state, Helper::build_set, &[words, number])?;
        self.drop_from_top(state, count);
        self.push_typed(state, set, KnownType::Set);
        Ok(())
    }

    pub(crate) fn build_string(&mut self, state: &mut State, count: usize) -> Build<()> {
        let values = self.objects(state, count);
        let words = self.lend_operands(&values, 0);
        let number = self.int_const(count as i64);
        let string = self.helper(Helper::build_string, &[words, number]);
        self.check_raised(state, string);
        self.drop_operands(state, count);
        self.push_typed(state, string, KnownType::Str);
        Ok(())
    }

    /// The container that is built `depth` below the top of the stack. A unit that has met both NULL and objects in the frame that it enters
    /// does not tell them apart in any slot; that of a container is never NULL.
    pub(crate) fn under_construction(&mut self, state: &mut State, depth: usize) -> Build<Value> {
        match state.stack[state.stack.len() - 1 - depth].val {
            Val::Obj(container) | Val::MaybeObj(container) => Ok(container),
            Val::Virtual(..) => Ok(self.container_object(state, depth + 1)),
            _ => Err(GiveUp::Contradiction("a container under construction").into()),
        }
    }

    /// Appends the top of the stack to the list `depth` below it.
    pub(crate) fn list_append(&mut self, state: &mut State, depth: usize) -> Build<()> {
        let list = self.under_construction(state, depth)?;
        self.append_top(state, list);
        state.pop();
        Ok(())
    }

    /// Appends the top of the stack to an exact list. NULL stays in its place: the list has the reference, also if memory is short.
    pub(crate) fn append_top(&mut self, state: &mut State, list: Value) {
        self.settle(state);
        let mut value = state.pop();
        let value = self.owned_for_store(state, &mut value);
        state.stack.push(Slot::NULL);
        self.recapture(state);
        let status = self.helper(Helper::list_append, &[list, value]);
        let zero = self.int_const(0);
        let fine = self.icmp(Cond::Ge, status, zero);
        self.check_fine(state, fine);
    }

    /// Adds the top of the stack to the container `depth` below it.
    pub(crate) fn add_to(&mut self, state: &mut State, depth: usize, helper: Helper) -> Build<()> {
        let container = self.under_construction(state, depth)?;
        let added = self.objects(state, 1)[0];
        self.status(state, helper, &[container, added])?;
        self.drop_operands(state, 1);
        Ok(())
    }

    pub(crate) fn unpack_sequence(&mut self, state: &mut State, count: usize, instr: Instr) -> Build<()> {
        if let Feedback::Unpack(kind) = instr.feedback {
            let known = match kind {
                UnpackKind::TwoTuple | UnpackKind::Tuple => KnownType::Tuple,
                UnpackKind::List => KnownType::List,
            };
            self.speculate(state, 1, known);
        }
        self.expect_noted(state, 1);
        if self.take_items(state, 1, count) {
            let Val::Virtual(_, items) = state.pop().val else { unreachable!("the items were taken out") };
            state.stack.extend(items.into_iter().rev());
            return Ok(());
        }
        self.note(state, 1);
        let object = self.objects(state, 1)[0];
        let out = self.emit(Ir::Scratch, &[], Imm::Int(count.max(1) as i64));
        let before = self.int_const(count as i64);
        let after = self.int_const(-1);
        self.status(state, Helper::unpack_iterable, &[object, out, before, after])?;
        self.drop_operands(state, 1);
        for i in (0..count).rev() {
            let item = self.load(out, 8 * i as i64, MemSize::Obj, Region::Scratch);
            state.stack.push(Slot::owned(Val::Obj(item)));
        }
        Ok(())
    }

    /// Replaces a sequence of that many items, so far below the top of the stack, by a tuple of them in parts, where its type is known. False if it is something else.
    pub(crate) fn take_items(&mut self, state: &mut State, depth: usize, count: usize) -> bool {
        let val = state.peek(depth).val.clone();
        let items = match self.parts_of_tuple(state, &val) {
            Some(items) if items.len() != count => return false,
            Some(_) if matches!(val, Val::Virtual(..)) => return true,
            Some(items) => {
                state.loans.extend(items.iter().filter_map(|item| if let Val::Obj(value) = item.val { Some(value) } else { None }));
                items
            }
            None => {
                let known = self.known_type(state, &val);
                let list = known == Some(KnownType::List);
                let is_sequence = list || known == Some(KnownType::Tuple) || self.is_tuple_like(state, depth);
                if !is_sequence || !self.may_speculate(ExitReason::LengthGuard) {
                    return false;
                }
                let object = self.container_object(state, depth);
                self.guard_length(object, count, list);
                self.items_of(state, object, count, list)
            }
        };
        let at = state.stack.len() - depth;
        let sequence = std::mem::replace(&mut state.stack[at], Slot::borrowed(Val::Virtual(Virtual::Tuple, items)));
        // That may free the items: they pass to the parts then.
        self.drop_slot(state, sequence);
        true
    }

    pub(crate) fn unpack_ex(&mut self, state: &mut State, before: usize, after: usize) -> Build<()> {
        self.expect_noted(state, 1);
        let count = before + 1 + after;
        let region = match self.known_type(state, &state.peek(1).val) {
            Some(KnownType::List) => Some(Region::ListHeader),
            Some(KnownType::Tuple) => Some(Region::Const),
            _ => None,
        };
        if let Some(region) = region.filter(|_| self.may_speculate(ExitReason::LengthGuard)) {
            let object = self.objects(state, 1)[0];
            let out = self.emit(Ir::Scratch, &[], Imm::Int(count as i64));
            let [b, a, least] = [before, after, before + after].map(|number| self.int_const(number as i64));
            let size = self.load(object, self.layout().ob_size, MemSize::I64, region);
            let enough = self.icmp(Cond::Ge, size, least);
            self.guard(enough, ExitReason::LengthGuard);
            let status = self.helper(Helper::unpack_rest, &[object, out, b, a]);
            let zero = self.int_const(0);
            let fine = self.icmp(Cond::Eq, status, zero);
            self.check_fine(state, fine);
            self.drop_operands(state, 1);
            for i in (0..count).rev() {
                let item = self.load(out, 8 * i as i64, MemSize::Obj, Region::Scratch);
                if i == before {
                    self.push_typed(state, item, KnownType::List);
                } else {
                    state.stack.push(Slot::owned(Val::Obj(item)));
                }
            }
            return Ok(());
        }
        self.note(state, 1);
        let object = self.objects(state, 1)[0];
        let out = self.emit(Ir::Scratch, &[], Imm::Int(count as i64));
        let (b, a) = (self.int_const(before as i64), self.int_const(after as i64));
        self.status(state, Helper::unpack_iterable, &[object, out, b, a])?;
        self.drop_operands(state, 1);
        for i in (0..count).rev() {
            let item = self.load(out, 8 * i as i64, MemSize::Obj, Region::Scratch);
            state.stack.push(Slot::owned(Val::Obj(item)));
        }
        Ok(())
    }

    /// A dict of the values on the stack under the keys of the tuple above them (3.13).
    pub(crate) fn build_const_key_map(&mut self, state: &mut State, count: usize) -> Build<()> {
        let values = self.objects(state, count + 1);
        let keys = values[count];
        let words = self.emit(Ir::Scratch, &[], Imm::Int(2 * count.max(1) as i64));
        for (i, value) in values[..count].iter().enumerate() {
            let key = self.load(keys, self.layout().tuple_items + 8 * i as i64, MemSize::Obj, Region::Const);
            self.store(words, key, 16 * i as i64, MemSize::Obj, Region::Scratch);
            self.store(words, *value, 16 * i as i64 + 8, MemSize::Obj, Region::Scratch);
        }
        let number = self.int_const(count as i64);
        let dict = self.raising(state, Helper::build_map, &[words, number])?;
        self.drop_operands(state, count + 1);
        self.push_typed(state, dict, KnownType::Dict);
        Ok(())
    }

    /// The local that the next instruction loads, and the two instructions behind that.
    fn local_taken_next(&self) -> Option<(u32, Op, Op)> {
        let Op::LoadFast { local, .. } = self.instr_behind(1)?.op else { return None };
        Some((local, self.instr_behind(2)?.op, self.instr_behind(3)?.op))
    }

    /// The instruction so many behind the current one.
    pub(crate) fn instr_behind(&self, count: usize) -> Option<Instr> {
        let decoded = &self.instance.body.decoded;
        decoded.instrs.get(decoded.index_of_offset(self.instr?.offset)? + count).copied()
    }

    /// True if the list that is built now gets the items of a tuple in parts, and becomes a tuple: `f(x, *args)`.
    fn only_becomes_tuple(&mut self, state: &State, count: usize) -> bool {
        let Some((local, Op::ListExtend { depth: 1 }, then)) = self.local_taken_next() else { return false };
        let given = &state.locals[local as usize].val;
        if !is_list_to_tuple(Some(then)) || matches!(given, Val::Virtual(Virtual::Tuple, _)) {
            return is_list_to_tuple(Some(then));
        }
        let Some(call) = self.call_behind(state, count, 2).filter(|call| self.may_inline_callee(state, call.base, call.instr)) else { return false };
        let behind = self.instr_behind(2).and_then(|extend| self.further_arguments(state, call, count, given, extend.offset));
        behind.is_some_and(|behind| self.expect_items(state, given, behind))
    }

    /// The call that comes behind the `LIST_EXTEND` so many instructions on, `f(x, *args)`, behind its keywords if there are any, and where its callee is,
    /// below that many operands and NULL.
    fn call_behind(&self, state: &State, operands: usize, extend: usize) -> Option<CallBehind> {
        let base = state.stack.len().checked_sub(operands + 2)?;
        if !is_list_to_tuple(Some(self.instr_behind(extend + 1)?.op)) || state.stack[base + 1].val != Val::Null {
            return None;
        }
        // What is on the stack above the tuple.
        let mut depth = 0;
        for count in extend + 2..extend + 2 + MAX_BEHIND {
            let instr = self.instr_behind(count)?;
            let (pops, pushes) = match instr.op {
                // It also looks at the callable, which stays.
                Op::DictMerge { .. } => (1, 0),
                op => op.stack_effect(),
            };
            if let Op::CallFunctionEx { kwargs } = instr.op
                && depth == kwargs.slots()
            {
                let plain = depth == 0 || count == extend + 3 && self.instr_behind(extend + 2)?.op == Op::PushNull;
                return Some(CallBehind { base, instr, plain });
            }
            if instr.op.jump_target().is_some() {
                return None;
            }
            depth = depth.checked_sub(pops)? + pushes;
        }
        None
    }

    /// How many items a sequence must have that `LIST_EXTEND` at that offset adds to so many arguments of a callee, or had so far.
    fn further_arguments(&self, state: &State, call: CallBehind, given: usize, sequence: &Val, extend: u32) -> Option<usize> {
        match self.parameters_of(state, call.base).filter(|_| call.plain) {
            Some(all) => all.checked_sub(given),
            None => self.items_seen(state, sequence, extend),
        }
    }

    /// Makes sure that a sequence has that many items. False if it is none, or has another number of them.
    pub(crate) fn expect_items(&mut self, state: &State, sequence: &Val, count: usize) -> bool {
        let list = match (sequence, self.known_type(state, sequence)) {
            (Val::Const(id), _) => return matches!(self.kind(*id), ObjectKind::Tuple(items) if items.len() == count),
            (Val::Obj(_), Some(known @ (KnownType::Tuple | KnownType::List))) => known == KnownType::List,
            _ => return false,
        };
        let Val::Obj(object) = *sequence else { return false };
        if state.unbuilt_of(sequence).is_some() || !self.may_speculate(ExitReason::LengthGuard) {
            return false;
        }
        self.guard_length(object, count, list);
        true
    }

    fn guard_length(&mut self, object: Value, count: usize, list: bool) {
        let region = if list { Region::ListHeader } else { Region::Const };
        let size = self.load(object, self.layout().ob_size, MemSize::I64, region);
        let wanted = self.int_const(count as i64);
        let fits = self.icmp(Cond::Eq, size, wanted);
        self.guard(fits, ExitReason::LengthGuard);
    }

    /// The items of a sequence that has that many, as the container lends them.
    fn items_of(&mut self, state: &mut State, object: Value, count: usize, list: bool) -> Vec<Slot> {
        let items: Vec<Value> = (0..count)
            .map(|i| {
                let index = self.int_const(i as i64);
                self.sequence_item(object, index, list)
            })
            .collect();
        state.loans.extend(&items);
        items.into_iter().map(|item| Slot::borrowed(Val::Obj(item))).collect()
    }

    /// Adds the items on top to the list `depth` below them.
    pub(crate) fn list_extend(&mut self, state: &mut State, depth: usize) -> Build<()> {
        let at = state.stack.len() - 1;
        if let (Val::Virtual(Virtual::Tuple, _), Val::Virtual(Virtual::Tuple, items)) = (&state.stack[at - depth].val, &state.stack[at].val) {
            let items = items.clone();
            state.pop();
            if let Val::Virtual(_, parts) = &mut state.stack[at - depth].val {
                parts.extend(items);
            }
            return Ok(());
        }
        if let Val::Virtual(Virtual::Tuple, given) = &state.stack[at - depth].val {
            // Arguments of a call: their number was looked at when the first ones became a tuple.
            let given = given.len();
            let call = self.call_behind(state, 2, 0).zip(self.instr);
            let behind = call.and_then(|(call, extend)| self.further_arguments(state, call, given, &state.peek(1).val, extend.offset));
            let Some(behind) = behind else {
                return Err(GiveUp::Contradiction("arguments of a call").into());
            };
            let sequence = state.pop();
            let list = self.known_type(state, &sequence.val) == Some(KnownType::List);
            let mut items = match sequence.val {
                Val::Const(id) => match self.kind(id) {
                    ObjectKind::Tuple(items) => items.iter().map(|&item| Slot::borrowed(Val::Const(item))).collect(),
                    _ => return Err(GiveUp::Contradiction("a tuple").into()),
                },
                Val::Obj(object) => self.items_of(state, object, behind, list),
                _ => return Err(GiveUp::Contradiction("a sequence").into()),
            };
            items.iter_mut().for_each(|item| self.own(item));
            self.drop_slot(state, sequence);
            if let Val::Virtual(_, parts) = &mut state.stack[at - depth].val {
                parts.extend(items);
            }
            return Ok(());
        }
        if depth == 1 && self.call_behind(state, 2, 0).is_some() {
            self.note_items(state, 1, 1);
        }
        self.add_to(state, depth, Helper::list_extend)
    }

    /// `tuple(list)`.
    pub(crate) fn list_to_tuple(&mut self, state: &mut State) {
        if matches!(state.peek(1).val, Val::Virtual(Virtual::Tuple, _)) {
            return;
        }
        let list = self.objects(state, 1)[0];
        let tuple = self.helper(Helper::list_to_tuple, &[list]);
        self.check_raised(state, tuple);
        self.drop_operands(state, 1);
        self.push_typed(state, tuple, KnownType::Tuple);
    }

    /// Pushes a well-known object, which the interpreter keeps alive.
    pub(crate) fn common_constant(&mut self, state: &mut State, constant: CommonConstant) {
        let which = self.int_const(i64::from(constant.code()));
        let object = self.helper(Helper::common_constant, &[which]);
        let ty = self.platform().known_type(match constant {
            CommonConstant::AssertionError | CommonConstant::NotImplementedError | CommonConstant::Tuple => KnownType::Type,
            CommonConstant::All | CommonConstant::Any => KnownType::CFunction,
        });
        state.facts.update(object, |fact| fact.ty = ty);
        state.stack.push(Slot::borrowed(Val::Obj(object)));
    }
}
