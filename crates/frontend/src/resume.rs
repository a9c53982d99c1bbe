//! Generators: what one executes from where it was resumed to its next `yield`, or to its end.
//!
//! The frame belongs to the generator and is linked while the unit runs. All that outlives a `yield` is in the frame then, with a
//! reference of its own, as the interpreter would leave it: the next unit may be another one, or the interpreter.

use crate::body::{Body, touched_locals};
use crate::builder::{Build, Builder, Edge};
use crate::region::Outcome;
use crate::value::{Slot, State, Val};
use crate::GiveUp;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use whipsnake_bytecode::operand::Intrinsic1;
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{Entry, KnownType, Observed, TypeId};
use whipsnake_ir::{Imm, MemSize, Op as Ir, Region};

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
        let mut state = State::in_frame(nlocals);
        // What loops that go round within the unit keep numbers in is unboxed at the entry, if there is anything.
        let turns = |index: &usize| !self.suspends(*index);
        let is_bound = |local: &u32| !matches!(observed.get(*local as usize), None | Some(Observed::Null));
        self.kept = (0..body.loops.len()).filter(turns).flat_map(|index| body.loops[index].stored_locals.iter().copied()).filter(is_bound).collect();
        let mut taken = Vec::new();
        for (i, seen) in observed.iter().enumerate() {
            if i >= nlocals || self.kept.contains(&(i as u32)) {
                let (value, slot) = self.take_slot(frame, i);
                if i < nlocals {
                    state.locals[i] = slot;
                } else {
                    state.stack.push(slot);
                }
                taken.push((i, value, *seen));
            }
        }
        // What is sent.
        state.stack.push(Slot::borrowed(self.none()));
        let first = body.decoded.instrs[body.blocks[block].start];
        self.begin(first, &state);
        let start = self.pre_state();
        // All slots are taken before the first guard, so that one frame state serves them all.
        self.poll(start);
        self.guard_depth(start);
        self.frame_end = Some(self.reserve_room(start));
        for (i, value, seen) in taken {
            let dead = i < nlocals && !body.live[block].contains(&(i as u32));
            let is_number = match seen {
                Observed::Null => true,
                Observed::Object { type_id, .. } => self.is_number(type_id),
            };
            if dead && !is_number {
                continue;
            }
            let slot = match seen {
                Observed::Object { type_id, .. } if i >= nlocals && !self.is_open_iterator(type_id) => {
                    let at = self.block;
                    self.f.push(at, Ir::GuardNotNull, &[value], Imm::Exit(ExitReason::Unbound), Some(start));
                    Slot::owned(Val::Obj(value))
                }
                _ => self.entered_slot(&mut state, (i, dead), value, seen, start),
            };
            if i < nlocals {
                state.locals[i] = slot;
            } else {
                state.stack[i - nlocals] = slot;
            }
        }
        // The frame goes on holding what was taken out of it, since all slots of generators own what they hold.
        for local in 0..nlocals {
            let slot = state.locals[local].clone();
            if let (Val::Obj(v) | Val::MaybeObj(v) | Val::Unseen(v), true) = (&slot.val, slot.owned) {
                self.note_written(frame, local, *v);
                state.memory[local] = Some(slot);
            }
        }
        self.begin(first, &state);
        let mut outcome = Outcome::default();
        outcome.pending.add(block, Edge { block: self.block, state, offset });
        self.build_from(&body, &[block], &mut outcome)?;
        self.leave_rest(&mut outcome, ExitReason::Uncompiled);
        self.settle_room(0);
        Ok(())
    }

    /// Builds what code executes from those blocks on, to which edges lead. They may be inside of loops: the rest of their bodies is built apart, and leads to
    /// their headers.
    pub(crate) fn build_from(&mut self, body: &Body, starts: &[usize], out: &mut Outcome) -> Build<()> {
        let enters = |index: &usize| starts.iter().any(|start| body.loop_at(*start) != Some(*index) && body.loop_blocks(*index).contains(start));
        let mut around: Vec<usize> = (0..body.loops.len()).filter(enters).collect();
        around.sort_by_key(|&index| Reverse(body.loops[index].nesting));
        for index in around {
            let inside = body.loop_blocks(index);
            let order: Vec<usize> = body.order.iter().copied().filter(|block| inside.contains(block)).collect();
            self.build_blocks(&order, Some(index), out)?;
        }
        self.build_blocks(&body.order, None, out)
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

    /// `return` of a generator.
    pub(crate) fn finish_generator(&mut self, state: &mut State, mut result: Slot) -> bool {
        if !self.can_complete_frame(state) || !state.stack.is_empty() {
            return self.uncompiled();
        }
        self.settle(state);
        let result = self.owned_object(state, &mut result);
        let offset = self.instr.expect("an instruction was begun").op_offset;
        self.complete_frame(state, offset);
        let frame = self.frame.expect("generators have frames");
        let tstate = self.tstate;
        self.effect(Ir::CallHelper, &[tstate, frame], Imm::Helper(Helper::finish_generator));
        self.effect(Ir::Return, &[result], Imm::None);
        false
    }

    /// True for iterators that native code advances itself.
    fn is_open_iterator(&self, id: TypeId) -> bool {
        matches!(self.snapshot.types[id as usize].known, Some(KnownType::RangeIter | KnownType::ListIter | KnownType::TupleIter))
    }

    /// True if a block has a `yield` in it.
    pub(crate) fn suspends_in(&self, block: usize) -> bool {
        let body = &self.instance.body;
        body.decoded.instrs[body.blocks[block].start..body.blocks[block].end].iter().any(|instr| instr.op.suspends())
    }

    /// True if a loop has a `yield` in it: then it seldom goes round within the unit.
    fn suspends(&self, index: usize) -> bool {
        let body = &self.instance.body;
        body.loops[index].body.iter().any(|&at| body.decoded.instrs[at].op.suspends())
    }

    /// Takes the locals that an instruction touches out of the generator's frame, which goes on holding them.
    pub(crate) fn take_locals(&mut self, state: &mut State, op: &Op) {
        if self.resumes() && self.instance.depth == 0 {
            touched_locals(op).for_each(|local| self.take_local(state, local as usize));
        }
    }

    fn take_local(&mut self, state: &mut State, local: usize) {
        if state.locals[local].val != Val::InFrame {
            return;
        }
        let frame = self.frame.expect("generators have frames");
        let offset = self.layout().frame_slots + 8 * local as i64;
        let place = Imm::Mem { offset: offset as i32, size: MemSize::Obj, region: Region::Frame };
        let value = self.emit(Ir::ReadSlot, &[frame], place);
        self.note_written(frame, local, value);
        let slot = Slot::owned(Val::MaybeObj(value));
        state.memory[local] = Some(slot.clone());
        state.locals[local] = slot;
    }

    /// From now on the frame alone holds the local, as it does already. What the stack borrows of it becomes its own: it may be taken
    /// again, as another value.
    fn forget_local(&mut self, state: &mut State, local: usize) {
        let slot = std::mem::replace(&mut state.locals[local], Slot::borrowed(Val::InFrame));
        state.memory[local] = None;
        if let Val::Obj(value) = slot.val
            && let Some(borrower) = state.borrower(value)
        {
            borrower.owned = true;
            self.effect(Ir::Incref, &[value], Imm::None);
        }
    }

    /// Brings edges that meet to agree on which locals are in the generator's frame only.
    pub(crate) fn agree_on_locals(&mut self, edges: &mut [Edge]) {
        if !self.resumes() || self.instance.depth > 0 {
            return;
        }
        let is_clean = |state: &State, local: usize| {
            let slot = &state.locals[local];
            slot.val == Val::InFrame || matches!(slot.val, Val::Obj(_) | Val::MaybeObj(_)) && state.memory[local].as_ref() == Some(slot)
        };
        for local in 0..edges[0].state.locals.len() {
            let in_frame = edges.iter().filter(|edge| edge.state.locals[local].val == Val::InFrame).count();
            if in_frame == 0 || in_frame == edges.len() {
                continue;
            }
            let all_clean = edges.iter().all(|edge| is_clean(&edge.state, local));
            for edge in edges.iter_mut() {
                self.block = edge.block;
                if all_clean {
                    self.forget_local(&mut edge.state, local);
                } else {
                    self.take_local(&mut edge.state, local);
                }
            }
        }
    }

    /// Prepares an edge to a loop's header for what its back edges will bring: what a loop with a `yield` goes round with is in the frame, and
    /// what another one touches is not.
    pub(crate) fn settle_locals(&mut self, index: usize, edge: &mut Edge) {
        if !self.resumes() || self.instance.depth > 0 {
            return;
        }
        self.block = edge.block;
        let body = self.instance.body.clone();
        if self.suspends(index) {
            let frame = self.frame.expect("generators have frames");
            for local in (0..edge.state.locals.len()).filter(|&local| !self.kept.contains(&(local as u32))).collect::<Vec<_>>() {
                self.sync_local(&mut edge.state, frame, local);
                self.forget_local(&mut edge.state, local);
            }
        } else {
            let touched: BTreeSet<u32> = body.loops[index].body.iter().flat_map(|&at| touched_locals(&body.decoded.instrs[at].op)).collect();
            touched.into_iter().for_each(|local| self.take_local(&mut edge.state, local as usize));
        }
        edge.block = self.block;
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
