//! Slices: of lists, tuples, strs and bytes without a slice object, and list to list without a list in between.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::Op;
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, ObjectKind};
use whipsnake_ir::{Imm, MemSize, Op as Ir, Region, Value};

/// What slices sequences of that type.
fn slice_helper(known: KnownType) -> Option<Helper> {
    match known {
        KnownType::List => Some(Helper::list_stepped_slice),
        KnownType::Str | KnownType::Tuple | KnownType::Bytes => Some(Helper::slice_plain),
        _ => None,
    }
}

impl Builder<'_> {
    /// `container[start:stop] = value`.
    pub(crate) fn store_slice(&mut self, state: &mut State) -> Build<()> {
        // value, container, start, stop
        self.expect_noted(state, 3);
        if self.known_type(state, &state.peek(3).val) == Some(KnownType::List) {
            let stop = self.slice_bound(state, 1, i64::MAX);
            let start = self.slice_bound(state, 2, 0);
            if let (Some(start), Some(stop)) = (start, stop) {
                if matches!(state.peek(4).val, Val::Virtual(Virtual::ListSlice, _)) {
                    return self.copy_slice(state, [start, stop]);
                }
                let v = self.objects(state, 4);
                self.status(state, Helper::store_list_slice, &[v[1], start, stop, v[0]])?;
                self.drop_operands(state, 4);
                return Ok(());
            }
        }
        self.note(state, 3);
        let v = self.objects(state, 4);
        self.status(state, Helper::set_slice, &[v[1], v[2], v[3], v[0]])?;
        self.drop_operands(state, 4);
        Ok(())
    }

    /// `left[start:stop] = right[…]` of lists, without a list in between.
    fn copy_slice(&mut self, state: &mut State, [start, stop]: [Value; 2]) -> Build<()> {
        let base = state.stack.len() - 4;
        let slice = std::mem::replace(&mut state.stack[base], Slot::NULL);
        self.settle(state);
        state.stack[base] = slice;
        let left = self.container_object(state, 3);
        self.recapture(state);
        self.before_python(state)?;
        let status = match state.peek(4).val.clone() {
            Val::Virtual(Virtual::ListSlice, parts) => self.copy_parts_of_slice(state, left, [start, stop], &parts),
            // It was made where variables of the module were written back.
            _ => {
                let slice = self.container_object(state, 4);
                self.emit(Ir::CallHelper, &[left, start, stop, slice], Imm::Helper(Helper::store_list_slice))
            }
        };
        self.after_python(state);
        self.check_status(state, status);
        self.drop_operands(state, 4);
        Ok(())
    }

    /// The status of the copy of a slice in parts to a slice of a list.
    fn copy_parts_of_slice(&mut self, state: &State, left: Value, [start, stop]: [Value; 2], parts: &[Slot]) -> Value {
        let right = self.object_of(&parts[0].val).expect("made of an object");
        let words = self.emit(Ir::Scratch, &[], Imm::Int(7));
        for (at, list) in [(0, left), (3, right)] {
            self.store(words, list, at * 8, MemSize::Obj, Region::Scratch);
        }
        let mut ints = vec![(1, start), (2, stop)];
        for (at, part) in parts.iter().enumerate().skip(1) {
            ints.push((3 + at as i64, self.int_of(state, &part.val).expect("bounds are ints")));
        }
        for (at, int) in ints {
            self.store(words, int, at * 8, MemSize::I64, Region::Scratch);
        }
        self.emit(Ir::CallHelper, &[words], Imm::Helper(Helper::copy_list_slice))
    }

    /// True if what the current instruction pushes is the value that a `STORE_SLICE` soon stores.
    fn is_stored_as_slice(&self) -> bool {
        let (Some(instr), body) = (self.instr, &self.instance.body) else { return false };
        let Some(index) = body.decoded.index_of_offset(instr.next) else { return false };
        let mut above = 0;
        for next in body.decoded.instrs[index..].iter().take(8) {
            if matches!(next.op, Op::StoreSlice) {
                return above == 3;
            }
            let (pops, pushes) = next.op.stack_effect();
            let straight = matches!(
                next.op,
                Op::LoadFast { .. } | Op::LoadFastLoadFast { .. } | Op::LoadConst { .. } | Op::LoadSmallInt { .. } | Op::BinaryOp { .. }
            );
            if !straight || pops > above {
                return false;
            }
            above = above - pops + pushes;
        }
        false
    }

    /// `container[start:stop:step]` of a builtin sequence where the slice is in parts or a constant, and its step a constant; true if it was that.
    pub(crate) fn by_slice(&mut self, state: &mut State, known: KnownType) -> bool {
        let Some(helper) = slice_helper(known) else { return false };
        let Some([start, stop, step]) = self.parts_of_slice(&state.peek(1).val) else { return false };
        let step = match self.const_int(&step) {
            Some(step) if step != 0 => step,
            None if step == self.none() => 1,
            _ => return false,
        };
        let (first, last) = if step > 0 { (0, i64::MAX) } else { (i64::MAX, i64::MIN) };
        let bounds = [(start, first), (stop, last)];
        let mut ints = Vec::new();
        for (val, default) in bounds {
            match self.bound(state, val, default) {
                Some(int) => ints.push(int),
                None => return false,
            }
        }
        let container = self.container_object(state, 2);
        let step = self.int_const(step);
        if known == KnownType::List && self.is_stored_as_slice() {
            let key = state.pop();
            let mut owner = state.pop();
            self.drop_slot(state, key);
            if state.loans.contains(&container) {
                self.own(&mut owner);
            }
            let parts = [ints[0], ints[1], step].map(|int| Slot::borrowed(Val::Int(int)));
            state.stack.push(Slot::borrowed(Val::Virtual(Virtual::ListSlice, [vec![owner], parts.to_vec()].concat())));
            return true;
        }
        let result = self.helper(helper, &[container, ints[0], ints[1], step]);
        self.check_raised(state, result);
        self.drop_operands(state, 2);
        self.push_typed(state, result, known);
        true
    }

    /// Start, stop and step of a slice that is in parts or a constant.
    fn parts_of_slice(&self, slice: &Val) -> Option<[Val; 3]> {
        match slice {
            Val::Virtual(Virtual::Slice, parts) => Some([0, 1, 2].map(|index| parts[index].val.clone())),
            Val::Const(id) => match *self.kind(*id) {
                ObjectKind::Slice(parts) => Some(parts.map(Val::Const)),
                _ => None,
            },
            _ => None,
        }
    }

    /// `container[start:stop]`.
    pub(crate) fn binary_slice(&mut self, state: &mut State) -> Build<()> {
        self.expect_noted(state, 3);
        let known = self.known_type(state, &state.peek(3).val);
        if let Some((known, helper)) = known.and_then(|known| Some((known, slice_helper(known)?))) {
            let stop = self.slice_bound(state, 1, i64::MAX);
            let start = self.slice_bound(state, 2, 0);
            if let (Some(start), Some(stop)) = (start, stop) {
                let container = self.container_object(state, 3);
                let result = match known {
                    KnownType::List => self.helper(Helper::list_slice, &[container, start, stop]),
                    _ => {
                        let step = self.int_const(1);
                        self.helper(helper, &[container, start, stop, step])
                    }
                };
                self.check_raised(state, result);
                self.drop_operands(state, 3);
                self.push_typed(state, result, known);
                return Ok(());
            }
        }
        self.note(state, 3);
        let v = self.objects(state, 3);
        let result = self.raising(state, Helper::get_slice, &v)?;
        self.drop_operands(state, 3);
        state.stack.push(Slot::owned(Val::Obj(result)));
        Ok(())
    }

    /// A bound of a slice: an int, or the default for `None`.
    fn slice_bound(&mut self, state: &mut State, depth: usize, default: i64) -> Option<Value> {
        let val = state.peek(depth).val.clone();
        self.bound(state, val, default)
    }

    fn bound(&mut self, state: &mut State, val: Val, default: i64) -> Option<Value> {
        if matches!(&val, Val::Const(id) if *self.kind(*id) == ObjectKind::None) {
            return Some(self.int_const(default));
        }
        if let Some(raw) = self.int_of(state, &val) {
            return Some(raw);
        }
        match val {
            Val::Obj(v) if self.known_type(state, &val) == Some(KnownType::Int) && self.may_speculate(ExitReason::BigInt) => {
                Some(self.unbox_int(state, v))
            }
            _ => None,
        }
    }

    /// `slice(start, stop, step)` in parts.
    pub(crate) fn build_slice(&mut self, state: &mut State, step: bool) {
        let count = if step { 3 } else { 2 };
        let mut parts = self.take_parts(state, count);
        if !step {
            parts.push(Slot::borrowed(self.none()));
        }
        state.stack.push(Slot::borrowed(Val::Virtual(Virtual::Slice, parts)));
    }
}
