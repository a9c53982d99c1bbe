//! `heapq.heappush` and `heapq.heappop`: no frames are built for them as long as items are compared without Python code.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Cond, Imm, Op as Ir, Value};

/// Places that `heap_places` may store.
const PLACES: i64 = 64;

impl Builder<'_> {
    /// The list `depth` below the top of the stack, if native code may try.
    fn heap_on_stack(&self, state: &State, depth: usize) -> bool {
        let is_list = self.known_type(state, &state.peek(depth).val) == Some(KnownType::List);
        is_list && self.may_speculate(ExitReason::NeedsPython)
    }

    /// Exits where only Python code can compare.
    fn guard_compared(&mut self, status: Value) {
        let zero = self.int_const(0);
        let told = self.icmp(Cond::Ge, status, zero);
        self.guard(told, ExitReason::NeedsPython);
    }

    /// `heappush(heap, item)`. False if it is left to the general way.
    pub(crate) fn heap_push(&mut self, state: &mut State, base: usize) -> Build<bool> {
        if !self.heap_on_stack(state, 2) {
            return Ok(false);
        }
        let v = self.objects(state, 2);
        let place = self.helper(Helper::heap_place, &[v[0], v[1]]);
        self.guard_compared(place);
        let status = self.helper(Helper::heap_push, &[v[0], v[1], place]);
        let zero = self.int_const(0);
        let fine = self.icmp(Cond::Eq, status, zero);
        self.check_fine(state, fine);
        let operands = state.stack.len() - base;
        self.drop_from_top(state, operands);
        let none = self.none();
        state.stack.push(Slot::borrowed(none));
        Ok(true)
    }

    /// `heappop(heap)`. False if it is left to the general way.
    pub(crate) fn heap_pop(&mut self, state: &mut State, base: usize) -> Build<bool> {
        if !self.heap_on_stack(state, 1) {
            return Ok(false);
        }
        let heap = self.objects(state, 1)[0];
        let places = self.emit(Ir::Scratch, &[], Imm::Int(PLACES));
        let count = self.helper(Helper::heap_places, &[heap, places]);
        self.guard_compared(count);
        self.settle(state);
        let item = self.helper(Helper::heap_pop, &[heap, places, count]);
        self.check_raised(state, item);
        let operands = state.stack.len() - base;
        self.drop_from_top(state, operands);
        state.stack.push(Slot::owned(Val::Obj(item)));
        Ok(true)
    }
}
