//! Objects in parts have no identity, and copies of an iterator in parts would not advance together: such an object is built
//! before a second place holds it, or gets an identity, unless that place only looks at the parts.

use crate::body::Body;
use crate::builder::Builder;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::operand::{BinaryOp, Intrinsic1};
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::Virtual;

impl Body {
    /// True if all that the code does with a local takes an object in parts apart: nobody can tell copies of it from each other.
    fn takes_apart(&self, local: u32, kind: Virtual) -> bool {
        let instrs = &self.decoded.instrs;
        let op = |index: usize| instrs.get(index).map(|instr| instr.op);
        let apart = |index: usize| match kind {
            Virtual::Tuple => match op(index) {
                next if takes_tuple_apart(next, op(index + 1)) => true,
                // `f(*args)` and `f(*args, **kwargs)`.
                Some(Op::CallFunctionEx { .. }) => true,
                Some(Op::PushNull) => matches!(op(index + 1), Some(Op::CallFunctionEx { .. })),
                Some(Op::BuildMap { count: 0 }) => matches!(op(index + 2), Some(Op::DictMerge { .. })),
                // `f(x, *args)`.
                Some(Op::ListExtend { depth: 1 }) => is_list_to_tuple(op(index + 1)),
                _ => false,
            },
            Virtual::Dict => matches!(op(index), Some(Op::DictMerge { .. })),
            Virtual::Range => matches!(op(index), Some(Op::GetIter)),
            Virtual::Slice => is_subscript(op(index)),
            Virtual::Method => matches!(op(index), Some(Op::PushNull)),
            Virtual::RangeIter
            | Virtual::ListIter
            | Virtual::TupleIter
            | Virtual::AsciiIter
            | Virtual::ListReverseIter
            | Virtual::DictKeyIter
            | Virtual::DictValueIter
            | Virtual::DictItemIter
            | Virtual::SetIter
            | Virtual::Enumerate
            | Virtual::Zip
            | Virtual::Generator
            | Virtual::NewGenerator
            | Virtual::WaitingGenerator
            | Virtual::Begun
            | Virtual::Instance
            | Virtual::OneTuple
            | Virtual::Cell
            | Virtual::Function
            | Virtual::ListSlice
            | Virtual::DictCopy
            | Virtual::Position => false,
            Virtual::Wide | Virtual::Complex | Virtual::Real => true,
        };
        instrs.iter().enumerate().all(|(index, instr)| match instr.op {
            Op::LoadFast { local: l, .. } | Op::StoreFastLoadFast { load: l, .. } => l != local || apart(index + 1),
            Op::LoadFastLoadFast { first, second, .. } => first != local && (second != local || apart(index + 1)),
            Op::DeleteFast { .. } => true,
            op => op.reads_local().all(|l| l != local),
        })
    }
}

/// The list on top becomes a tuple.
pub(crate) fn is_list_to_tuple(op: Option<Op>) -> bool {
    matches!(op, Some(Op::CallIntrinsic1 { function: Intrinsic1::ListToTuple }))
}

/// Whether instructions only look at the parts of a tuple on top of the stack.
fn takes_tuple_apart(next: Option<Op>, second: Option<Op>) -> bool {
    match next {
        Some(Op::UnpackSequence { .. }) => true,
        Some(Op::LoadConst { .. } | Op::LoadSmallInt { .. }) => is_subscript(second),
        _ => false,
    }
}

/// `container[key]`, with the key on top.
fn is_subscript(op: Option<Op>) -> bool {
    matches!(op, Some(Op::BinaryOp { op: BinaryOp::Subscr, .. }))
}

impl Builder<'_> {
    /// True if a local variable of the code can not hold the object in parts.
    pub(crate) fn local_needs_object(&self, body: &Body, local: u32, slot: &Slot) -> bool {
        let Val::Virtual(kind, parts) = &slot.val else { return false };
        // All slots that hold the same number get the same object once there is one.
        if kind.is_number() {
            return false;
        }
        parts.iter().any(|part| matches!(part.val, Val::Virtual(..))) || !body.takes_apart(local, *kind)
    }

    /// True if what follows an instruction only looks at the parts of the tuple that it leaves on top of the stack.
    pub(crate) fn is_taken_apart_behind(&self, instr: Instr) -> bool {
        let decoded = &self.instance.body.decoded;
        let op = |index: usize| decoded.instrs.get(index).map(|instr| instr.op);
        decoded.index_of_offset(instr.next).is_some_and(|index| takes_tuple_apart(op(index), op(index + 1)))
    }

    /// Builds the object that is `depth` below the top of the stack, counted from 1, if the local cannot hold it in parts. To
    /// be called before the current instruction does anything.
    pub(crate) fn build_for_local(&mut self, state: &mut State, depth: usize, local: u32) {
        let body = self.instance.body.clone();
        if self.local_needs_object(&body, local, state.peek(depth)) {
            self.share_on_stack(state, depth);
        }
    }

    /// Builds the object that is to be copied, unless the copy is taken apart at once.
    pub(crate) fn build_for_copy(&mut self, state: &mut State, depth: usize, instr: Instr) {
        if !matches!(state.peek(depth).val, Val::Virtual(kind, _) if !kind.is_number()) {
            return;
        }
        let decoded = &self.instance.body.decoded;
        let next = decoded.index_of_offset(instr.next).map(|index| decoded.instrs[index].op);
        if !matches!(next, Some(Op::UnpackSequence { .. } | Op::MatchSequence | Op::MatchMapping | Op::GetLen | Op::PopJumpIfNone { .. } | Op::PopJumpIfNotNone { .. })) {
            self.share_on_stack(state, depth);
        }
    }

    /// Lets several places hold what is `depth` below the top of the stack: a tuple gets an identity, anything else is built.
    pub(crate) fn share_on_stack(&mut self, state: &mut State, depth: usize) {
        let at = state.stack.len() - depth;
        let mut slot = std::mem::replace(&mut state.stack[at], Slot::NULL);
        let shared = self.give_identity(state, &mut slot);
        state.stack[at] = slot;
        match shared {
            true => self.recapture(state),
            false => drop(self.container_object(state, depth)),
        }
    }
}
