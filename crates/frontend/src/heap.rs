//! `heapq.heappush` and `heapq.heappop`: no frames are built for them as long as items are compared without Python code.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::{HEAP_PLACES, Helper};
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Cond, Imm, Op as Ir};

impl Builder<'_> {
    /// The list `depth` below the top of the stack, if native code may try.
    fn heap_on_stack(&self, state: &State, depth: usize) -> bool {
        let is_list = self.known_type(state, &state.peek(depth).val) == Some(KnownType::List);
        is_list && self.may_speculate(ExitReason::NeedsPython)
    }

    /// `heappush(heap, item)`. False if it is left to the general way.
    pub(crate) fn heap_push(&mut self, state: &mut State, base: usize) -> Build<bool> {
        if !self.heap_on_stack(state, 2) {
            return Ok(false);
        }
        let v = self.objects(state, 2);
        let place = self.helper(Helper::heap_place, &[v[0], v[1]]);
        self.guard_told(place);
        let status = self.helper(Helper::heap_push, &[v[0], v[1], place]);
        let zero = self.int_const(0);
        let fine = self.icmp(Cond::Eq, status, zero);
        self.check_fine(state, fine);
        let none = self.none();
        self.finish_native(state, base, Slot::borrowed(none));
        Ok(true)
    }

    /// `heappop(heap)`. False if it is left to the general way.
    pub(crate) fn heap_pop(&mut self, state: &mut State, base: usize) -> Build<bool> {
        if !self.heap_on_stack(state, 1) {
            return Ok(false);
        }
        let heap = self.objects(state, 1)[0];
        let places = self.emit(Ir::Scratch, &[], Imm::Int(HEAP_PLACES as i64));
        let count = self.helper(Helper::heap_places, &[heap, places]);
        self.guard_told(count);
        self.settle(state);
        let item = self.helper(Helper::heap_pop, &[heap, places, count]);
        self.check_raised(state, item);
        self.finish_native(state, base, Slot::owned(Val::Obj(item)));
        Ok(true)
    }
}
