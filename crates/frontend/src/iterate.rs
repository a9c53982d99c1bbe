//! Iteration: ranges, lists and tuples as counted loops over iterators in parts; everything else item by item.

use crate::builder::{Build, Builder};
use crate::generator::Asked;
use crate::region::Outcome;
use crate::table_iter::{Entry, runs_over_table};
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::Instr;
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Block, Cond, Imm, MemSize, Op as Ir, Region, Value};

/// The number under which the type of a loop's iterator is noted; under that of the operand it is noted that a generator was asked.
const ITERATOR: u32 = 2;

/// What becomes of an iterator asked for its next item.
struct Advance {
    /// Whether there is an item.
    more: Value,
    /// State of the iterator and the item, built in the block where there is one.
    step: Step,
}

/// True for iterators in C over containers, apart from lists and tuples: asking them for an item runs no Python code.
const fn is_plain_iterator(known: KnownType) -> bool {
    use KnownType::{AsciiStrIter, BytesIter, DictItemIter, DictKeyIter, DictValueIter, SetIter, StrIter};
    matches!(known, DictKeyIter | DictValueIter | DictItemIter | SetIter | StrIter | AsciiStrIter | BytesIter)
}

/// The type of the iterator over an object of a type, where that is one of these.
const fn plain_iterator_of(known: KnownType) -> Option<KnownType> {
    match known {
        KnownType::DictItems => Some(KnownType::DictItemIter),
        KnownType::Bytes => Some(KnownType::BytesIter),
        _ => None,
    }
}

enum Step {
    Range { next: Value, step: Value, left: Value },
    Sequence { kind: Virtual, sequence: Slot, object: Value, index: Value },
    Enumerate { inner: Box<Step>, count: Value },
    Zip(Vec<Step>),
    Entry(Entry),
}

impl Builder<'_> {
    /// `iter(value)`.
    pub(crate) fn get_iter(&mut self, state: &mut State) -> Build<()> {
        self.expect_noted(state, 1);
        let slot = state.peek(1).clone();
        if let Val::Virtual(kind, parts) = &slot.val {
            match kind {
                Virtual::Range => {
                    if let Some(parts) = self.open_range(state, parts) {
                        state.pop();
                        state.stack.push(Slot::borrowed(Val::Virtual(Virtual::RangeIter, parts)));
                        return Ok(());
                    }
                }
                Virtual::RangeIter | Virtual::ListIter | Virtual::TupleIter | Virtual::AsciiIter | Virtual::Enumerate | Virtual::Zip | Virtual::Generator => return Ok(()),
                Virtual::ListReverseIter | Virtual::NewGenerator | Virtual::WaitingGenerator => return Ok(()),
                kind if runs_over_table(*kind) => return Ok(()),
                _ => {}
            }
        }
        let kind = match self.known_type(state, &slot.val) {
            Some(KnownType::List) => Some(Virtual::ListIter),
            Some(KnownType::Tuple) => Some(Virtual::TupleIter),
            Some(KnownType::ListIter | KnownType::TupleIter | KnownType::RangeIter | KnownType::ListReverseIter | KnownType::Enumerate | KnownType::Zip) => {
                return Ok(());
            }
            // It is its own iterator.
            Some(KnownType::Generator) => return Ok(()),
            _ => None,
        };
        if let Some(kind) = kind {
            self.objects(state, 1);
            let mut sequence = state.pop();
            self.own(&mut sequence);
            state.stack.push(Slot::borrowed(Val::Virtual(kind, vec![sequence, Slot::borrowed(Val::SmallInt(0))])));
            return Ok(());
        }
        let known = self.known_type(state, &slot.val);
        if known == Some(KnownType::Range) && self.may_speculate(ExitReason::BigInt) {
            self.open_range_object(state);
            return Ok(());
        }
        if self.open_table(state) {
            return Ok(());
        }
        if let Some(iterator_type) = known.and_then(plain_iterator_of) {
            self.push_plain_iterator(state, iterator_type);
            return Ok(());
        }
        if known == Some(KnownType::Str) {
            // Text is most often ASCII.
            let string = self.objects(state, 1)[0];
            if self.expect_ascii(string) {
                let mut string = state.pop();
                self.own(&mut string);
                state.stack.push(Slot::borrowed(Val::Virtual(Virtual::AsciiIter, vec![string, Slot::borrowed(Val::SmallInt(0))])));
                return Ok(());
            }
        }
        if known.is_some_and(is_plain_iterator) || self.instr.is_some_and(|instr| self.iterate_by_generator(state, instr)) {
            return Ok(());
        }
        self.note(state, 1);
        self.unary_helper(state, Helper::get_iter)
    }

    /// Replaces a range by an iterator in parts.
    fn open_range_object(&mut self, state: &mut State) {
        let range = self.objects(state, 1)[0];
        let out = self.emit(Ir::Scratch, &[], Imm::Int(3));
        let status = self.helper(Helper::open_range, &[range, out]);
        let zero = self.int_const(0);
        let fits = self.icmp(Cond::Ne, status, zero);
        self.guard(fits, ExitReason::BigInt);
        let parts = [0, 8, 16].map(|at| Slot::borrowed(Val::Int(self.load(out, at, MemSize::I64, Region::Scratch))));
        let range = state.pop();
        state.stack.push(Slot::borrowed(Val::Virtual(Virtual::RangeIter, parts.to_vec())));
        self.drop_slot(state, range);
    }

    /// Replaces an exact builtin container or a view of one by its iterator.
    fn push_plain_iterator(&mut self, state: &mut State, known: KnownType) {
        let object = self.objects(state, 1)[0];
        let iterator = self.helper(Helper::get_plain_iter, &[object]);
        self.check_raised(state, iterator);
        self.replace_by_iterator(state, iterator, known);
    }

    fn replace_by_iterator(&mut self, state: &mut State, iterator: Value, known: KnownType) {
        let container = state.pop();
        self.push_typed(state, iterator, known);
        self.drop_slot(state, container);
    }

    /// Next value, step and number of values of a range in parts, if its step is known.
    fn open_range(&mut self, state: &State, parts: &[Slot]) -> Option<Vec<Slot>> {
        let start = self.int_of(state, &parts[0].val)?;
        let stop = self.int_of(state, &parts[1].val)?;
        let zero = self.int_const(0);
        let Some(step) = self.const_int(&parts[2].val) else { return self.open_any_range(state, start, stop, &parts[2].val) };
        if !(1..1 << 31).contains(&step.abs()) {
            return None;
        }
        // len = max(0, ceil((stop - start) / step)); the difference of two 64-bit ints may not fit.
        let (low, high) = if step > 0 { (start, stop) } else { (stop, start) };
        let difference = self.checked(Ir::IsubChecked, &[high, low]);
        let some = self.icmp(Cond::Gt, difference, zero);
        let count = if step.abs() == 1 {
            difference
        } else {
            let one = self.int_const(1);
            let last = self.emit(Ir::Isub, &[difference, one], Imm::None);
            let divisor = self.int_const(step.abs());
            let full = self.checked(Ir::IfloordivChecked, &[last, divisor]);
            self.emit(Ir::Iadd, &[full, one], Imm::None)
        };
        let left = self.emit(Ir::Select, &[some, count, zero], Imm::None);
        let step = self.int_const(step);
        Some([start, step, left].map(|v| Slot::borrowed(Val::Int(v))).to_vec())
    }

    /// The same for a step that is no constant: which way it goes is found out when the loop is entered.
    fn open_any_range(&mut self, state: &State, start: Value, stop: Value, step: &Val) -> Option<Vec<Slot>> {
        let step = self.int_of(state, step)?;
        let (zero, one) = (self.int_const(0), self.int_const(1));
        let up = self.icmp(Cond::Gt, step, zero);
        let low = self.emit(Ir::Select, &[up, start, stop], Imm::None);
        let high = self.emit(Ir::Select, &[up, stop, start], Imm::None);
        let difference = self.checked(Ir::IsubChecked, &[high, low]);
        let some = self.icmp(Cond::Gt, difference, zero);
        let negated = self.checked(Ir::IsubChecked, &[zero, step]);
        let pace = self.emit(Ir::Select, &[up, step, negated], Imm::None);
        let last = self.emit(Ir::Isub, &[difference, one], Imm::None);
        // A step of 0 leaves by this: the interpreter raises.
        let full = self.checked(Ir::IfloordivChecked, &[last, pace]);
        let count = self.emit(Ir::Iadd, &[full, one], Imm::None);
        let left = self.emit(Ir::Select, &[some, count, zero], Imm::None);
        Some([start, step, left].map(|v| Slot::borrowed(Val::Int(v))).to_vec())
    }

    /// Pushes the next item, or jumps to `exit`.
    pub(crate) fn for_iter(&mut self, state: &mut State, exit: u32, pops_iter: bool, instr: Instr, out: &mut Outcome) -> Build<bool> {
        if let Some(asked) = self.ask_generator(state, instr, None)? {
            return self.iterate_generator(asked, (exit, pops_iter), instr, out);
        }
        self.note_generator(state);
        if matches!(state.peek(1).val, Val::Obj(_)) && self.known_type(state, &state.peek(1).val).is_none() {
            self.expect_noted_at(state, ITERATOR, 1);
        }
        if let Val::Virtual(kind, _) = state.peek(1).val
            && runs_over_table(kind)
            && !self.stays_in_parts(kind, instr)
        {
            self.objects(state, 1);
        }
        let slot = state.peek(1).clone();
        if let Val::Virtual(kind, parts) = &slot.val
            && let Some(Advance { more, step }) = self.advance(state, *kind, parts)
        {
            let (item, done) = self.split(more);
            let mut exhausted = state.clone();
            if pops_iter {
                self.block = done;
                let iterator = exhausted.pop();
                self.drop_slot(&mut exhausted, iterator);
                self.flush_drops(&mut exhausted, exit);
                let from = self.block;
                self.edge_to(out, exit, from, exhausted)?;
            } else {
                self.edge_to(out, exit, done, exhausted)?;
            }
            self.block = item;
            state.pop();
            let (iterator, value) = self.step(state, step);
            state.stack.push(iterator);
            state.stack.push(value);
            self.finish(state, instr.next);
            self.edge_to(out, instr.next, self.block, state.clone())?;
            return Ok(false);
        }
        if let Val::Obj(iterator) = slot.val
            && let Some(known @ (KnownType::RangeIter | KnownType::ListIter | KnownType::TupleIter)) = self.known_type(state, &slot.val)
        {
            let (item, done) = match known {
                KnownType::RangeIter => self.next_in_range(iterator),
                _ => {
                    let list = known == KnownType::ListIter;
                    let sequence = self.sequence_of(iterator, list);
                    self.next_in_sequence(iterator, sequence, list)
                }
            };
            return self.iterate_object(state, item, done, (exit, pops_iter), instr, out);
        }
        if let (Val::Obj(iterator), Some(known)) = (&slot.val, self.known_type(state, &slot.val))
            && let Some(goes_on) = self.iterate_wrapped(state, *iterator, known, (exit, pops_iter), instr, out)?
        {
            return Ok(goes_on);
        }
        if let (Val::Obj(iterator), Some(known)) = (&slot.val, self.known_type(state, &slot.val))
            && is_plain_iterator(known)
            // Native code only goes on at a handler where the frame tells the truth.
            && self.native_handler().is_none()
        {
            let (item, done) = self.next_of_plain(state, *iterator, known);
            return self.iterate_object(state, item, done, (exit, pops_iter), instr, out);
        }
        if self.next_by_method(state, (exit, pops_iter), instr, out)? {
            return Ok(false);
        }
        self.note_at(state, ITERATOR, 1);
        let iterator = self.objects(state, 1)[0];
        let item = self.python(state, Helper::iter_next, &[self.tstate, iterator])?;
        let null = self.null();
        let ended = self.same(item, null);
        let (none, some) = self.split(ended);
        self.block = none;
        let pending = self.load(self.tstate, self.layout().tstate_current_exception, MemSize::I64, Region::Thread);
        let zero = self.int_const(0);
        let fine = self.icmp(Cond::Eq, pending, zero);
        self.check_fine(state, fine);
        let mut exhausted = state.clone();
        if pops_iter {
            let iterator = exhausted.pop();
            self.drop_slot(&mut exhausted, iterator);
        }
        self.ran_python = true;
        self.finish(&mut exhausted, exit);
        let from = self.block;
        self.edge_to(out, exit, from, exhausted)?;
        self.block = some;
        state.stack.push(Slot::owned(Val::Obj(item)));
        self.ran_python = true;
        self.finish(state, instr.next);
        self.edge_to(out, instr.next, self.block, state.clone())?;
        Ok(false)
    }

    /// Advances an iterator over a dict, a set, a str or bytes: the item, the block in which there is none, and what is to be given up there.
    fn next_of_plain(&mut self, state: &mut State, iterator: Value, known: KnownType) -> (Slot, (Block, Option<Slot>)) {
        if matches!(known, KnownType::DictValueIter | KnownType::DictItemIter) && !self.variables.is_empty() {
            // Behind the object's head (`cpython::iterators`, which is verified).
            let container = self.load(iterator, self.layout().ob_type + 8, MemSize::Obj, Region::Iterator);
            self.guard_no_namespace(container);
        }
        self.settle(state);
        let text = matches!(known, KnownType::StrIter | KnownType::AsciiStrIter | KnownType::BytesIter);
        let (text, out) = (self.int_const(i64::from(text)), self.emit(Ir::Scratch, &[], Imm::Int(1)));
        let status = self.helper(Helper::iter_next_plain, &[iterator, text, out]);
        let zero = self.int_const(0);
        let more = self.icmp(Cond::Gt, status, zero);
        let (some, rest) = self.split(more);
        self.block = rest;
        let ended = self.icmp(Cond::Eq, status, zero);
        self.check_fine(state, ended);
        let container = self.load(out, 0, MemSize::Obj, Region::Scratch);
        let none = self.block;
        self.block = some;
        let item = self.load(out, 0, MemSize::Obj, Region::Scratch);
        let ty = match known {
            KnownType::DictItemIter => Some(KnownType::Tuple),
            KnownType::StrIter | KnownType::AsciiStrIter => Some(KnownType::Str),
            KnownType::BytesIter => Some(KnownType::Int),
            _ => None,
        };
        let ty = ty.and_then(|ty| self.platform().known_type(ty));
        state.facts.update(item, |fact| fact.ty = ty);
        (Slot::owned(Val::Obj(item)), (none, Some(Slot::owned(Val::MaybeObj(container)))))
    }

    /// Advances an iterator object over a range: the item, and the block in which there is none.
    pub(crate) fn next_in_range(&mut self, iterator: Value) -> (Slot, (Block, Option<Slot>)) {
        let layout = self.layout();
        let (start, step, len) = (layout.range_iter_start, layout.range_iter_step, layout.range_iter_len);
        let left = self.load(iterator, len, MemSize::I64, Region::Iterator);
        let (zero, one) = (self.int_const(0), self.int_const(1));
        let more = self.icmp(Cond::Gt, left, zero);
        let (some, none) = self.split(more);
        self.block = some;
        let next = self.load(iterator, start, MemSize::I64, Region::Iterator);
        let step = self.load(iterator, step, MemSize::I64, Region::Iterator);
        let after = self.emit(Ir::Iadd, &[next, step], Imm::None);
        let fewer = self.emit(Ir::Isub, &[left, one], Imm::None);
        self.store(iterator, after, start, MemSize::I64, Region::Iterator);
        self.store(iterator, fewer, len, MemSize::I64, Region::Iterator);
        (Slot::borrowed(Val::Int(next)), (none, None))
    }

    /// What an iterator object over a list or a tuple runs over; one that has ended before holds nothing, and is left to the interpreter.
    pub(crate) fn sequence_of(&mut self, iterator: Value, list: bool) -> Value {
        let layout = self.layout();
        let place = if list { layout.list_iter_seq } else { layout.tuple_iter_seq };
        let object = self.load(iterator, place, MemSize::Obj, Region::Iterator);
        self.guard_not_null(object, ExitReason::Unbound);
        object
    }

    /// Advances an iterator object over a list or a tuple, which it lets go in the end: the item, the block in which there is none, and what is to be given up
    /// there.
    pub(crate) fn next_in_sequence(&mut self, iterator: Value, object: Value, list: bool) -> (Slot, (Block, Option<Slot>)) {
        let layout = self.layout();
        let (sequence, position, region) = match list {
            true => (layout.list_iter_seq, layout.list_iter_index, Region::ListHeader),
            false => (layout.tuple_iter_seq, layout.tuple_iter_index, Region::Const),
        };
        let index = self.load(iterator, position, MemSize::I64, Region::Iterator);
        let size = self.load(object, layout.ob_size, MemSize::I64, region);
        let more = self.icmp(Cond::Lt, index, size);
        let (some, none) = self.split(more);
        self.block = none;
        let null = self.null();
        self.store(iterator, null, sequence, MemSize::Obj, Region::Iterator);
        if list {
            // The interpreter asks for the position first.
            let ended = self.int_const(-1);
            self.store(iterator, ended, position, MemSize::I64, Region::Iterator);
        }
        let none = self.block;
        self.block = some;
        let item = self.sequence_item(object, index, list);
        self.effect(Ir::Incref, &[item], Imm::None);
        let one = self.int_const(1);
        let after = self.emit(Ir::Iadd, &[index, one], Imm::None);
        self.store(iterator, after, position, MemSize::I64, Region::Iterator);
        (Slot::owned(Val::Obj(item)), (none, Some(Slot::owned(Val::Obj(object)))))
    }

    /// The two ways on from an iterator object that was advanced: with its item, and where it has ended, and lets go of what it held.
    fn iterate_object(
        &mut self,
        state: &mut State,
        item: Slot,
        (done, held): (Block, Option<Slot>),
        way_out: (u32, bool),
        instr: Instr,
        out: &mut Outcome,
    ) -> Build<bool> {
        let some = self.block;
        self.block = done;
        self.drops.extend(held);
        self.leave_loop(state.clone(), way_out, out)?;
        self.block = some;
        state.stack.push(item);
        self.edge_to(out, instr.next, some, state.clone())?;
        Ok(false)
    }

    /// Goes on behind a loop whose iterator has ended.
    pub(crate) fn leave_loop(&mut self, mut state: State, (exit, pops_iter): (u32, bool), out: &mut Outcome) -> Build<()> {
        if pops_iter {
            let iterator = state.pop();
            self.drop_slot(&mut state, iterator);
        }
        self.flush_drops(&mut state, exit);
        let from = self.block;
        self.edge_to(out, exit, from, state)
    }

    /// The two ways on from a generator in place.
    fn iterate_generator(&mut self, asked: Asked, (exit, pops_iter): (u32, bool), instr: Instr, out: &mut Outcome) -> Build<bool> {
        if let Some((block, mut state)) = asked.end {
            self.block = block;
            let generator = state.pop();
            self.drop_slot(&mut state, generator);
            if !pops_iter {
                // Something is popped in its place.
                state.stack.push(Slot::borrowed(self.none()));
            }
            self.flush_drops(&mut state, exit);
            let from = self.block;
            self.edge_to(out, exit, from, state)?;
        }
        if let Some((block, state, _)) = asked.item {
            self.edge_to(out, instr.next, block, state)?;
        }
        Ok(false)
    }

    /// Whether an iterator in parts has a next item.
    fn advance(&mut self, state: &mut State, kind: Virtual, parts: &[Slot]) -> Option<Advance> {
        match kind {
            Virtual::RangeIter => {
                let next = self.int_of(state, &parts[0].val)?;
                let step = self.int_of(state, &parts[1].val)?;
                let left = self.int_of(state, &parts[2].val)?;
                let zero = self.int_const(0);
                let more = self.icmp(Cond::Gt, left, zero);
                Some(Advance { more, step: Step::Range { next, step, left } })
            }
            Virtual::ListIter | Virtual::ListReverseIter | Virtual::TupleIter | Virtual::AsciiIter => {
                let sequence = parts[0].clone();
                let object = self.object_of(&sequence.val)?;
                let index = self.int_of(state, &parts[1].val)?;
                let layout = self.layout();
                let (offset, region) = match kind {
                    Virtual::ListIter | Virtual::ListReverseIter => (layout.ob_size, Region::ListHeader),
                    Virtual::TupleIter => (layout.ob_size, Region::Const),
                    _ => (layout.str_length, Region::Const),
                };
                let size = self.load(object, offset, MemSize::I64, region);
                // From the end on, the last index is -1, and the list may be shorter by now.
                let within = if kind == Virtual::ListReverseIter { Cond::Ult } else { Cond::Lt };
                let more = self.icmp(within, index, size);
                Some(Advance { more, step: Step::Sequence { kind, sequence, object, index } })
            }
            Virtual::Enumerate => {
                let Val::Virtual(inner, inner_parts) = &parts[0].val else { return None };
                let (inner, inner_parts) = (*inner, inner_parts.clone());
                let count = self.int_of(state, &parts[1].val)?;
                let Advance { more, step } = self.advance(state, inner, &inner_parts)?;
                Some(Advance { more, step: Step::Enumerate { inner: Box::new(step), count } })
            }
            Virtual::Zip => {
                let mut steps = Vec::new();
                let mut all = None;
                for part in parts {
                    let Val::Virtual(inner, inner_parts) = &part.val else { return None };
                    // When a later iterator ends, the earlier ones have advanced: only positions can tell, and only for
                    // iterators that nobody else sees.
                    let Advance { more, step } = self.advance(state, *inner, inner_parts)?;
                    all = Some(match all {
                        Some(so_far) => self.emit(Ir::Band, &[so_far, more], Imm::None),
                        None => more,
                    });
                    steps.push(step);
                }
                Some(Advance { more: all?, step: Step::Zip(steps) })
            }
            kind if runs_over_table(kind) => {
                let (more, entry) = self.next_entry(state, kind, parts)?;
                Some(Advance { more, step: Step::Entry(entry) })
            }
            _ => None,
        }
    }

    /// Takes the next item: the iterator after it, and the item.
    fn step(&mut self, state: &mut State, step: Step) -> (Slot, Slot) {
        let one = self.int_const(1);
        match step {
            Step::Entry(entry) => self.take_entry(state, entry),
            Step::Range { next, step, left } => {
                let after = self.emit(Ir::Iadd, &[next, step], Imm::None);
                let fewer = self.emit(Ir::Isub, &[left, one], Imm::None);
                let parts = [after, step, fewer].map(|v| Slot::borrowed(Val::Int(v))).to_vec();
                (Slot::borrowed(Val::Virtual(Virtual::RangeIter, parts)), Slot::borrowed(Val::Int(next)))
            }
            Step::Sequence { kind, sequence, object, index } => {
                let item = if kind == Virtual::AsciiIter {
                    self.ascii_item(state, object, index)
                } else {
                    let item = self.sequence_item(object, index, kind != Virtual::TupleIter);
                    state.loans.push(item);
                    Slot::borrowed(Val::Obj(item))
                };
                let after = self.emit(if kind == Virtual::ListReverseIter { Ir::Isub } else { Ir::Iadd }, &[index, one], Imm::None);
                let parts = vec![sequence, Slot::borrowed(Val::Int(after))];
                (Slot::borrowed(Val::Virtual(kind, parts)), item)
            }
            Step::Enumerate { inner, count } => {
                let (inner, item) = self.step(state, *inner);
                // The count of an enumeration cannot overflow before memory does.
                let after = self.emit(Ir::Iadd, &[count, one], Imm::None);
                let pair = vec![Slot::borrowed(Val::Int(count)), item];
                let parts = vec![inner, Slot::borrowed(Val::Int(after))];
                (Slot::borrowed(Val::Virtual(Virtual::Enumerate, parts)), Slot::borrowed(Val::Virtual(Virtual::Tuple, pair)))
            }
            Step::Zip(steps) => {
                let (iterators, items) = steps.into_iter().map(|s| self.step(state, s)).unzip();
                (Slot::borrowed(Val::Virtual(Virtual::Zip, iterators)), Slot::borrowed(Val::Virtual(Virtual::Tuple, items)))
            }
        }
    }

    /// Item of an exact list or tuple at an index inside it, borrowed.
    pub(crate) fn sequence_item(&mut self, object: Value, index: Value, list: bool) -> Value {
        let layout = self.layout();
        if list {
            let items = self.load(object, layout.list_items, MemSize::Ptr, Region::ListHeader);
            self.load_indexed(items, index, 0, MemSize::Obj, Region::ListItems)
        } else {
            self.load_indexed(object, index, layout.tuple_items, MemSize::Obj, Region::Const)
        }
    }
}
