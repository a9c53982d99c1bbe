//! Indexing and slicing.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::feedback::{StoreSubscrKind, SubscrKind};
use whipsnake_bytecode::{Feedback, Instr};
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, ObjectKind};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

impl Builder<'_> {
    /// `container[key]`.
    pub(crate) fn subscript(&mut self, state: &mut State, instr: Instr) -> Build<()> {
        if let Feedback::Subscr(kind) = instr.feedback {
            let container = match kind {
                SubscrKind::ListInt => Some(KnownType::List),
                SubscrKind::TupleInt => Some(KnownType::Tuple),
                SubscrKind::StrInt => Some(KnownType::Str),
                SubscrKind::Dict => Some(KnownType::Dict),
                SubscrKind::ListSlice => Some(KnownType::List),
                SubscrKind::Getitem => None,
            };
            if let Some(container) = container {
                self.speculate(state, 2, container);
            }
            if matches!(kind, SubscrKind::ListInt | SubscrKind::TupleInt | SubscrKind::StrInt) {
                self.speculate(state, 1, KnownType::Int);
            }
        }
        self.expect_noted(state, 2);
        self.expect_noted(state, 1);
        let container = state.peek(2).clone();
        let key = self.known_type(state, &state.peek(1).val);
        // A part of a tuple that was never built.
        if let (Val::Virtual(Virtual::Tuple, parts), Some(index)) = (&container.val, self.const_int(&state.peek(1).val.clone())) {
            let at = if index < 0 { index + parts.len() as i64 } else { index };
            if let Some(part) = usize::try_from(at).ok().and_then(|i| parts.get(i)) {
                // It takes over the reference that the dropped tuple has to it.
                let part = part.borrow();
                let (key, tuple) = (state.pop(), state.pop());
                state.stack.push(part);
                self.drop_slot(state, tuple);
                self.drop_slot(state, key);
                return Ok(());
            }
        }
        if let (Some(parts), Some(index)) = (self.unbuilt_items(state, &container.val), self.const_int(&state.peek(1).val.clone())) {
            let at = if index < 0 { index + parts.len() as i64 } else { index };
            if let Some(part) = usize::try_from(at).ok().and_then(|at| parts.into_iter().nth(at)) {
                let (key, tuple) = (state.pop(), state.pop());
                self.push_part(state, part);
                self.drop_slot(state, tuple);
                self.drop_slot(state, key);
                return Ok(());
            }
        }
        match (self.known_type(state, &container.val), key) {
            (Some(known), Some(KnownType::Slice)) if self.by_slice(state, known) => return Ok(()),
            (Some(known @ (KnownType::List | KnownType::Tuple)), Some(KnownType::Int))
                if self.exits_seen(&[ExitReason::OutOfBounds]) < 1000 || self.may_raise_in_place(state, instr, instr) =>
            {
                if let Some(index) = self.int_on_stack(state, 1) {
                    let list = known == KnownType::List;
                    let object = self.container_object(state, 2);
                    let region = if list { Region::ListHeader } else { Region::Const };
                    let size = self.load(object, self.layout().ob_size, MemSize::I64, region);
                    let (index, fine) = self.index_from_start(index, size);
                    // What the exception says is not known here.
                    let in_place = self.raise_unless(state, fine, ("IndexError", ExitReason::OutOfBounds), 2, 0..0, instr, |_, _| {})?;
                    if in_place || self.exits_seen(&[ExitReason::OutOfBounds]) < 1000 {
                        if !in_place {
                            self.guard(fine, ExitReason::OutOfBounds);
                        }
                        let item = self.sequence_item(object, index, list);
                        self.push_loan(state, 2, item);
                        return Ok(());
                    }
                }
            }
            (Some(KnownType::Str), Some(KnownType::Int)) if self.exits_seen(&[ExitReason::OutOfBounds]) < 1000 => {
                if let Some(index) = self.int_on_stack(state, 1) {
                    let object = self.container_object(state, 2);
                    let size = self.load(object, self.layout().str_length, MemSize::I64, Region::Const);
                    let index = self.index_inside(index, size);
                    if self.expect_ascii(object) {
                        let item = self.ascii_item(state, object, index);
                        self.drop_operands(state, 2);
                        state.stack.push(item);
                        return Ok(());
                    }
                    let item = self.helper(Helper::str_item, &[object, index]);
                    self.drop_operands(state, 2);
                    self.push_typed(state, item, KnownType::Str);
                    return Ok(());
                }
            }
            (Some(known @ (KnownType::Bytes | KnownType::ByteArray)), Some(KnownType::Int))
                if self.exits_seen(&[ExitReason::OutOfBounds]) < 1000 =>
            {
                if let Some(index) = self.int_on_stack(state, 1) {
                    let object = self.container_object(state, 2);
                    let layout = self.layout();
                    let value = if known == KnownType::Bytes {
                        let size = self.load(object, layout.ob_size, MemSize::I64, Region::Const);
                        let index = self.index_inside(index, size);
                        self.load_indexed(object, index, layout.bytes_items, MemSize::U8, Region::Const)
                    } else {
                        let size = self.load(object, layout.ob_size, MemSize::I64, Region::Array);
                        let index = self.index_inside(index, size);
                        let items = self.load(object, layout.bytearray_items, MemSize::Ptr, Region::Array);
                        self.load_indexed(items, index, 0, MemSize::U8, Region::Array)
                    };
                    self.drop_operands(state, 2);
                    state.stack.push(Slot::borrowed(Val::Int(value)));
                    return Ok(());
                }
            }
            (Some(KnownType::Array), Some(KnownType::Int)) => {
                if let Some(value) = self.array_item(state) {
                    self.drop_operands(state, 2);
                    state.stack.push(Slot::borrowed(value));
                    return Ok(());
                }
            }
            (Some(KnownType::Dict), Some(KnownType::Str | KnownType::Int | KnownType::Tuple)) if self.dict_item(state, key, instr)? => return Ok(()),
            (Some(KnownType::Dict), None) if self.dict_item_hashed(state)? => return Ok(()),
            _ => {}
        }
        if let Some(done) = self.inlined_dunder(state, "__getitem__", 1, instr)? {
            return Ok(done);
        }
        self.note(state, 2);
        self.note(state, 1);
        let v = self.objects(state, 2);
        let result = self.raising(state, Helper::get_item, &v)?;
        self.drop_operands(state, 2);
        state.stack.push(Slot::owned(Val::Obj(result)));
        Ok(())
    }

    /// The object of a stack slot without giving it references it does not have.
    pub(crate) fn container_object(&mut self, state: &mut State, depth: usize) -> Value {
        self.build_on_stack(state, depth);
        match state.peek(depth).val.clone() {
            Val::Obj(v) => v,
            Val::Const(id) => self.object_const(id),
            _ => {
                let at = state.stack.len() - depth;
                let mut slot = std::mem::replace(&mut state.stack[at], Slot::NULL);
                let value = self.object_in(state, &mut slot);
                state.stack[at] = slot;
                self.recapture(state);
                value
            }
        }
    }

    /// Replaces operands by an item that the container lends.
    pub(crate) fn push_loan(&mut self, state: &mut State, operands: usize, item: Value) {
        state.loans.push(item);
        let at = state.stack.len() - operands;
        let slots = state.stack.split_off(at);
        state.stack.push(Slot::borrowed(Val::Obj(item)));
        // Dropping the container may free the item: `flush_drops` settles before that.
        for slot in slots {
            self.drop_slot(state, slot);
        }
    }

    /// An index as Python means it, guarded to be inside.
    pub(crate) fn index_inside(&mut self, index: Value, size: Value) -> Value {
        let (inside, fine) = self.index_from_start(index, size);
        self.guard(fine, ExitReason::OutOfBounds);
        inside
    }

    /// An index as Python means it, and whether it is inside.
    fn index_from_start(&mut self, index: Value, size: Value) -> (Value, Value) {
        let inside = if self.exits_seen(&[ExitReason::OutOfBounds]) > 0 {
            let zero = self.int_const(0);
            let negative = self.icmp(Cond::Lt, index, zero);
            let from_end = self.emit(Ir::Iadd, &[index, size], Imm::None);
            self.emit(Ir::Select, &[negative, from_end, index], Imm::None)
        } else {
            match self.constant_of(index) {
                Some(constant) if constant < 0 => self.emit(Ir::Iadd, &[index, size], Imm::None),
                _ => index,
            }
        };
        let fine = self.icmp(Cond::Ult, inside, size);
        (inside, fine)
    }

    /// The constant that a value is.
    pub(crate) fn constant_of(&self, value: Value) -> Option<i64> {
        self.f.insts.iter().rev().take(64).find(|i| i.result == Some(value)).and_then(|i| match (i.op, i.imm) {
            (Ir::Iconst, Imm::Int(value)) => Some(value),
            _ => None,
        })
    }

    /// `container[key] = value`.
    pub(crate) fn store_subscr(&mut self, state: &mut State, instr: Instr) -> Build<()> {
        match instr.feedback {
            Feedback::StoreSubscr(StoreSubscrKind::ListInt) => {
                let _ = self.speculate(state, 2, KnownType::List) && self.speculate(state, 1, KnownType::Int);
            }
            Feedback::StoreSubscr(StoreSubscrKind::Dict) => {
                self.speculate(state, 2, KnownType::Dict);
            }
            _ => {}
        }
        self.expect_noted(state, 3);
        self.expect_noted(state, 2);
        self.expect_noted(state, 1);
        let container = self.known_type(state, &state.peek(2).val);
        let key = self.known_type(state, &state.peek(1).val);
        match (container, key) {
            (Some(KnownType::List), Some(KnownType::Int)) if self.exits_seen(&[ExitReason::OutOfBounds]) < 1000 => {
                if let Some(index) = self.int_on_stack(state, 1) {
                    let object = self.container_object(state, 2);
                    let size = self.load(object, self.layout().ob_size, MemSize::I64, Region::ListHeader);
                    let index = self.index_inside(index, size);
                    self.settle(state);
                    let items = self.load(object, self.layout().list_items, MemSize::Ptr, Region::ListHeader);
                    let old = self.load_indexed(items, index, 0, MemSize::Obj, Region::ListItems);
                    let key = state.pop();
                    let list = state.pop();
                    let mut value = state.pop();
                    let overwritten = self.overwrite_number(state, &value, old, false);
                    let new = self.owned_for_store(state, &mut value);
                    self.effect(
                        Ir::StoreIndexed,
                        &[items, index, new],
                        Imm::Mem { offset: 0, size: MemSize::Obj, region: Region::ListItems },
                    );
                    let old = self.replaced(Slot::owned(Val::Obj(old)), overwritten);
                    self.drops.push(old);
                    self.drop_slot(state, list);
                    self.drop_slot(state, key);
                    return Ok(());
                }
            }
            (Some(KnownType::ByteArray), Some(KnownType::Int)) if self.exits_seen(&[ExitReason::OutOfBounds]) < 1000 => {
                if self.known_type(state, &state.peek(3).val) == Some(KnownType::Int)
                    && let (Some(index), Some(value)) = (self.int_on_stack(state, 1), self.int_on_stack(state, 3))
                {
                    let object = self.container_object(state, 2);
                    let layout = self.layout();
                    let limit = self.int_const(256);
                    let byte = self.icmp(Cond::Ult, value, limit);
                    self.guard(byte, ExitReason::Arithmetic);
                    let size = self.load(object, layout.ob_size, MemSize::I64, Region::Array);
                    let index = self.index_inside(index, size);
                    let items = self.load(object, layout.bytearray_items, MemSize::Ptr, Region::Array);
                    self.effect(
                        Ir::StoreIndexed,
                        &[items, index, value],
                        Imm::Mem { offset: 0, size: MemSize::U8, region: Region::Array },
                    );
                    self.drop_from_top(state, 3);
                    return Ok(());
                }
            }
            (Some(KnownType::Dict), _) if self.store_dict_item(state)? => return Ok(()),
            (Some(KnownType::Array), Some(KnownType::Int)) => {
                if self.store_array_item(state) {
                    self.drop_from_top(state, 3);
                    return Ok(());
                }
            }
            _ => {}
        }
        // value, container, key
        if let Some(done) = self.inlined_setitem(state, instr)? {
            return Ok(done);
        }
        self.note(state, 3);
        self.note(state, 2);
        self.note(state, 1);
        let v = self.objects(state, 3);
        self.status(state, Helper::set_item, &[v[1], v[2], v[0]])?;
        self.drop_from_top(state, 3);
        Ok(())
    }

    /// An owned reference to a popped value that is about to be stored into a container. Locals that hold the same unboxed
    /// value get the same object.
    pub(crate) fn owned_for_store(&mut self, state: &mut State, slot: &mut Slot) -> Value {
        let owned_before = slot.owned;
        let value = self.object_in(state, slot);
        let boxed_now = slot.owned && !owned_before;
        match slot.val {
            Val::Const(id) => {
                if !self.snapshot.objects[id as usize].immortal {
                    self.effect(Ir::Incref, &[value], Imm::None);
                }
            }
            _ if slot.owned || boxed_now => {
                // The slot's own reference is passed on, unless somebody on the stack borrows from it.
                if let Some(borrower) = state.borrower(value) {
                    borrower.owned = true;
                    self.effect(Ir::Incref, &[value], Imm::None);
                }
            }
            _ => self.effect(Ir::Incref, &[value], Imm::None),
        }
        value
    }

    /// The constant `True` or `False`, which every snapshot knows: branches on it are decided here.
    pub(crate) fn constant_bool(&self, value: bool) -> Val {
        let id = self.snapshot.objects.iter().position(|o| o.kind == ObjectKind::Bool(value));
        Val::Const(id.expect("every snapshot knows True and False") as u32)
    }

    /// The constant `None`, which every snapshot knows.
    pub(crate) fn none(&self) -> Val {
        let id = self.snapshot.objects.iter().position(|o| o.kind == ObjectKind::None);
        Val::Const(id.expect("every snapshot knows None") as u32)
    }
}
