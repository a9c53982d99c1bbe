//! Iterators that are instances of classes written in Python: `__next__` is inlined where a loop asks for an item.
//!
//! `raise StopIteration` in such a method ends the loop. Where nothing handles the exception in between, it is not made: nobody could see it.

use crate::attempt::owned_by;
use crate::builder::{Build, Builder, Edge};
use crate::call::{Callee, Inlined, Runs};
use crate::region::Outcome;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::OnReturn;
use whipsnake_contract::snapshot::{KnownType, ObjectKind};

impl Builder<'_> {
    /// Asks the iterator on top of the stack for an item by its inlined `__next__`. False if there is no such method.
    pub(crate) fn next_by_method(&mut self, state: &mut State, way_out: (u32, bool), instr: Instr, out: &mut Outcome) -> Build<bool> {
        let Some(info) = self.python_class(state, 1) else { return Ok(false) };
        let Some(method) = self.special(info, "__next__") else { return Ok(false) };
        let Some((function, code)) = self.inlinable(method, 1, instr) else { return Ok(false) };
        if info.mutable {
            self.assume_type(info.address, info.version);
        }
        // The loop keeps the iterator.
        let iterator = vec![state.peek(1).borrow()];
        let callee = Callee { id: method, info: &function, code, runs: Runs::Constant, exact: true };
        let Inlined { returns, ends } = self.inline_callee(state, callee, iterator, OnReturn::Next, instr)?;
        if returns {
            self.finish(state, instr.next);
            self.edge_to(out, instr.next, self.block, state.clone())?;
        }
        if !ends.is_empty() {
            let ends = ends.into_iter().map(|(block, state)| Edge { block, state, offset: way_out.0 }).collect();
            let end = self.join(ends);
            self.block = end.block;
            self.leave_loop(end.state, way_out, out)?;
        }
        Ok(true)
    }

    /// True if what is raised, an exception on top of the stack, only ends the loop that asks the inlined method being built. Control has gone there then.
    pub(crate) fn ends_iteration(&mut self, state: &mut State, out: &mut Outcome) -> bool {
        let Some(parent) = self.instance.parent.clone().filter(|parent| parent.on_return == OnReturn::Next) else { return false };
        let offset = self.instr.expect("an instruction was begun").offset;
        let is_handled = self.instance.body.exceptions.handler_for(offset).is_some();
        if is_handled || state.stack.len() != 1 || !self.is_stop_iteration(state, 1) {
            return false;
        }
        let goes_unseen = |slot: &Slot| owned_by([slot]).is_empty() || state.unbuilt_of(&slot.val).is_none() && self.ends_unseen(state, slot);
        if !state.locals.iter().chain(&state.stack).all(goes_unseen) {
            return false;
        }
        self.guard_unobserved();
        let exception = state.pop();
        self.drop_slot(state, exception);
        let after = self.leave_callee(state, &parent, None);
        out.ends.push((self.block, after));
        true
    }

    /// Leaves `StopIteration` as it is where it is called without arguments only to be raised in an inlined `__next__`: raising a class calls it. False if
    /// something else is called.
    pub(crate) fn leaves_class_to_raise(&mut self, state: &mut State, base: usize) -> bool {
        let decoded = &self.instance.body.decoded;
        let next = self.instr.and_then(|instr| decoded.index_of_offset(instr.next)).map(|index| decoded.instrs[index].op);
        let in_next = self.instance.parent.as_ref().is_some_and(|parent| parent.on_return == OnReturn::Next);
        let no_arguments = state.stack.len() == base + 2 && state.stack[base + 1].val == Val::Null;
        let leaves = in_next && no_arguments && matches!(next, Some(Op::RaiseVarargs { argc: 1 })) && self.is_stop_iteration(state, 2);
        if leaves {
            state.stack.truncate(base + 1);
        }
        leaves
    }

    /// True if the class `StopIteration` itself is that deep in the stack.
    fn is_stop_iteration(&self, state: &State, depth: usize) -> bool {
        let Val::Const(id) = state.peek(depth).val else { return false };
        let ObjectKind::Type(class) = self.kind(id) else { return false };
        Some(self.snapshot.types[*class as usize].address) == self.platform().known_type(KnownType::StopIteration)
    }
}
