//! Generators: what one executes from where it was resumed to its next `yield`, or to its end.
//!
//! The frame belongs to the generator and is linked while the unit runs. All that outlives a `yield` is in the frame then, with a
//! reference of its own, as the interpreter would leave it: the next unit may be another one, or the interpreter.

use crate::body::touched_locals;
use crate::builder::{Build, Builder, Edge};
use crate::region::Outcome;
use crate::value::{Facts, Slot, State, Val};
use crate::GiveUp;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use whipsnake_bytecode::operand::Intrinsic1;
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{Entry, Observed};
use whipsnake_ir::{Imm, Op as Ir};

impl Builder<'_> {
    /// True if the unit goes on in a generator.
    pub(crate) fn resumes(&self) -> bool {
        matches!(self.snapshot.entry, Entry::Resume { .. })
    }

    /// A generator that is asked for its next item.
    pub(crate) fn resumption(&mut self, offset: u32, observed: &[Observed]) -> Build<()> {
        let body = self.instance.body.clone();
        let block = body.block_at(offset).ok_or(GiveUp::NoResume(offset))?;
        // What the compiler put around the whole body turns `StopIteration` into `RuntimeError`, in the interpreter.
        let is_guard = |block: &usize| {
            let first = body.decoded.instrs[body.blocks[*block].start].op;
            matches!(first, Op::CallIntrinsic1 { function: Intrinsic1::StopIterationError })
        };
        self.set_region(Some((0..body.blocks.len()).filter(|block| !is_guard(block)).collect()));
        let nlocals = self.code().nlocalsplus as usize;
        let frame = self.f.block(self.f.entry()).params[2];
        self.frame = Some(frame);
        let touched: BTreeSet<u32> = body.decoded.instrs.iter().flat_map(|instr| touched_locals(&instr.op)).collect();
        let mut state = State {
            locals: vec![Slot::borrowed(Val::InFrame); nlocals],
            stack: Vec::new(),
            memory: vec![None; nlocals],
            linked: true,
            stands: false,
            caller: None,
            facts: Facts::default(),
            untraced: None,
            loans: Vec::new(),
        };
        // What loops that go round within the unit keep numbers in is unboxed at the entry.
        let suspends = |index: usize| body.loops[index].body.iter().any(|&at| body.decoded.instrs[at].op.suspends());
        let turning: BTreeSet<u32> =
            (0..body.loops.len()).filter(|&index| !suspends(index)).flat_map(|index| body.loops[index].stored_locals.iter().copied()).collect();
        let mut taken = Vec::new();
        for (i, seen) in observed.iter().enumerate() {
            if i < nlocals && !touched.contains(&(i as u32)) {
                continue;
            }
            let (value, slot) = self.take_slot(frame, i);
            if i < nlocals {
                state.locals[i] = slot;
            } else {
                state.stack.push(slot);
            }
            taken.push((i, value, *seen));
        }
        let sent = Slot::borrowed(self.none());
        state.stack.push(sent.clone());
        let first = body.decoded.instrs[body.blocks[block].start];
        self.begin(first, &state);
        let start = self.pre_state();
        // All slots are taken before the first guard, so that one frame state serves them all.
        self.poll(start);
        self.guard_depth(start);
        self.frame_end = Some(self.reserve_room(start));
        for (i, value, seen) in taken {
            let dead = i < nlocals && !body.live[block].contains(&(i as u32));
            let open = match seen {
                Observed::Null => true,
                Observed::Object { type_id, .. } => self.is_number(type_id),
            };
            if dead && !(open && turning.contains(&(i as u32))) {
                continue;
            }
            let slot = self.entered_slot(&mut state, (i, dead), value, seen, start);
            if i < nlocals {
                state.locals[i] = slot;
            } else {
                state.stack[i - nlocals] = slot;
            }
        }
        // The frame goes on holding what was taken out of it, since all slots of generators own what they hold.
        for (local, memory) in state.locals.iter().zip(&mut state.memory) {
            *memory = Some(local.clone()).filter(|local| matches!(local.val, Val::Obj(_) | Val::MaybeObj(_)));
        }
        self.begin(first, &state);
        let mut outcome = Outcome::default();
        outcome.pending.add(block, Edge { block: self.block, state, offset });
        // A `yield` may be inside of loops: the rest of their bodies is built apart, and leads to their headers.
        let mut around: Vec<usize> = (0..body.loops.len()).filter(|&index| body.loop_blocks(index).contains(&block)).collect();
        around.sort_by_key(|&index| Reverse(body.loops[index].nesting));
        for index in around {
            let inside = body.loop_blocks(index);
            let order: Vec<usize> = body.order.iter().copied().filter(|block| inside.contains(block)).collect();
            self.build_blocks(&order, Some(index), &mut outcome)?;
        }
        self.build_blocks(&body.order.clone(), None, &mut outcome)?;
        self.leave_rest(&mut outcome, ExitReason::Uncompiled);
        self.settle_room(0);
        Ok(())
    }

    /// `yield`: the frame is left as the interpreter would leave it, and the item is what the unit returns.
    pub(crate) fn yield_value(&mut self, state: &mut State, instr: Instr) -> bool {
        if !self.can_complete_frame(state) {
            return self.uncompiled();
        }
        self.objects(state, state.stack.len());
        let mut item = state.pop();
        let item = self.owned_object(state, &mut item);
        self.complete_frame(state, instr.next);
        self.effect(Ir::Return, &[item], Imm::None);
        false
    }

    /// `return` of a generator: the interpreter clears frame and generator.
    pub(crate) fn finish_generator(&mut self, state: &mut State, instr: Instr) -> bool {
        if !self.can_complete_frame(state) {
            return self.uncompiled();
        }
        self.objects(state, state.stack.len());
        self.complete_frame(state, instr.offset);
        let frame = self.frame.expect("generators have frames");
        let tstate = self.tstate;
        let result = self.emit(Ir::CallHelper, &[tstate, frame], Imm::Helper(Helper::finish_generator));
        self.effect(Ir::Return, &[result], Imm::None);
        false
    }

    /// True if all that is in the state can be written to the frame.
    fn can_complete_frame(&self, state: &State) -> bool {
        let is_position = |slot: &Slot| matches!(slot.val, Val::Virtual(Virtual::Position, _));
        self.resumes() && self.instance.depth == 0 && state.untraced.is_none() && !state.stack.iter().any(is_position)
    }

    /// Writes to the frame all that is there, so that the interpreter can go on at `offset`. The frame owns it from then on.
    fn complete_frame(&mut self, state: &mut State, offset: u32) {
        let instance = self.instance.clone();
        let frame = self.frame.expect("generators have frames");
        let first = state.locals.len();
        self.sync(state, &instance, offset, first + state.stack.len());
        for (depth, mut slot) in std::mem::take(&mut state.stack).into_iter().enumerate() {
            let value = match slot.val {
                Val::Null => None,
                Val::MaybeObj(value) | Val::Unseen(value) => Some(value),
                _ => Some(self.owned_object(state, &mut slot)),
            };
            self.store_slot(frame, first + depth, value);
        }
    }
}
