//! Iterators of `enumerate` and `zip` that are objects: loops that the interpreter has begun hold such. They are advanced as the interpreter does it, but the
//! tuple of what they give stays in parts.

use crate::builder::{Build, Builder};
use crate::region::Outcome;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::snapshot::{KnownType, WrapperPlaces};
use whipsnake_ir::{Block, Cond, Imm, MemSize, Op as Ir, Region, Value};

/// Iterators in one of `zip` at most.
const MAX_ZIPPED: usize = 4;
/// Operand of the loop's instruction under which the type of the first iterator inside is noted.
const FIRST_INSIDE: u32 = 2;

/// An iterator inside of another, ready to be advanced: from here on nothing leaves.
enum Inside {
    Range(Value),
    Sequence { iterator: Value, sequence: Value, list: bool },
}

impl Builder<'_> {
    /// The next item of an iterator object of `enumerate` or `zip`. `None` if that is left to the general way.
    pub(crate) fn iterate_wrapped(
        &mut self,
        state: &mut State,
        wrapper: Value,
        known: KnownType,
        (exit, pops_iter): (u32, bool),
        instr: Instr,
        out: &mut Outcome,
    ) -> Build<Option<bool>> {
        let Some(places) = self.platform().wrappers else { return Ok(None) };
        let iterators = match known {
            KnownType::Enumerate => vec![self.load(wrapper, places.enumerate_inner, MemSize::Obj, Region::Iterator)],
            KnownType::Zip => match self.zipped(wrapper, places, instr) {
                Some(iterators) => iterators,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let Some(insides) = self.open_insides(state, &iterators) else { return Ok(None) };
        let count = (known == KnownType::Enumerate).then(|| self.next_count(wrapper, places));
        let mut items: Vec<Slot> = Vec::new();
        for inside in insides {
            let (item, (done, held)) = self.advance_inside(inside);
            let more = self.block;
            // The interpreter gives up what the others have given first.
            let mut ended = state.clone();
            self.block = done;
            let drops = std::mem::take(&mut self.drops);
            self.drops.extend(held);
            items.iter().cloned().for_each(|given| self.drop_slot(&mut ended, given));
            self.leave_loop(ended, (exit, pops_iter), out)?;
            self.drops = drops;
            self.block = more;
            items.push(item);
        }
        if let Some(count) = count {
            let one = self.int_const(1);
            let after = self.emit(Ir::Iadd, &[count, one], Imm::None);
            self.store(wrapper, after, places.enumerate_index, MemSize::I64, Region::Iterator);
            items.insert(0, Slot::borrowed(Val::Int(count)));
        }
        state.stack.push(Slot::borrowed(Val::Virtual(Virtual::Tuple, items)));
        self.edge_to(out, instr.next, self.block, state.clone())?;
        Ok(Some(false))
    }

    /// The iterators inside of one of `zip`, guarded to be as many as the next instruction unpacks.
    fn zipped(&mut self, wrapper: Value, places: WrapperPlaces, instr: Instr) -> Option<Vec<Value>> {
        let decoded = &self.instance.body.decoded;
        let next = decoded.index_of_offset(instr.next)?;
        let Op::UnpackSequence { count } = decoded.instrs[next].op else { return None };
        let count = count as usize;
        if !(1..=MAX_ZIPPED).contains(&count) || !self.may_speculate(ExitReason::LengthGuard) {
            return None;
        }
        let (zero, wanted) = (self.int_const(0), self.int_const(count as i64));
        let size = self.load(wrapper, places.zip_size, MemSize::I64, Region::Iterator);
        let fits = self.icmp(Cond::Eq, size, wanted);
        self.guard(fits, ExitReason::LengthGuard);
        let strict = self.load(wrapper, places.zip_strict, MemSize::I32, Region::Iterator);
        let fits = self.icmp(Cond::Eq, strict, zero);
        self.guard(fits, ExitReason::LengthGuard);
        let tuple = self.load(wrapper, places.zip_iterators, MemSize::Obj, Region::Iterator);
        Some((0..count).map(|index| self.load(tuple, self.layout().tuple_items + 8 * index as i64, MemSize::Obj, Region::Const)).collect())
    }

    /// Makes sure that iterators are of the types that were noted of them, and can be advanced without leaving; notes these types if they are not known.
    fn open_insides(&mut self, state: &mut State, iterators: &[Value]) -> Option<Vec<Inside>> {
        let mut known = Vec::new();
        for (index, &iterator) in iterators.iter().enumerate() {
            known.push(self.expect_or_note(state, FIRST_INSIDE + index as u32, iterator));
        }
        if !self.may_speculate(ExitReason::Unbound) {
            return None;
        }
        let mut insides = Vec::new();
        for (&iterator, known) in iterators.iter().zip(known) {
            insides.push(match known? {
                KnownType::RangeIter => Inside::Range(iterator),
                known @ (KnownType::ListIter | KnownType::TupleIter) => {
                    let list = known == KnownType::ListIter;
                    Inside::Sequence { iterator, sequence: self.sequence_of(iterator, list), list }
                }
                _ => return None,
            });
        }
        Some(insides)
    }

    fn advance_inside(&mut self, inside: Inside) -> (Slot, (Block, Option<Slot>)) {
        match inside {
            Inside::Range(iterator) => self.next_in_range(iterator),
            Inside::Sequence { iterator, sequence, list } => self.next_in_sequence(iterator, sequence, list),
        }
    }

    /// The number that one of `enumerate` gives next, guarded to be one of 64 bits.
    fn next_count(&mut self, wrapper: Value, places: WrapperPlaces) -> Value {
        let count = self.load(wrapper, places.enumerate_index, MemSize::I64, Region::Iterator);
        let most = self.int_const(i64::MAX);
        let fits = self.icmp(Cond::Lt, count, most);
        self.guard(fits, ExitReason::BigInt);
        count
    }
}
