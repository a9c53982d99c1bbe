//! Attempts: code that is built in place of something that nobody sees before it is done, and that leaves as if it had not begun.
//!
//! Such code reads, computes, and makes objects of its own. All its exits lead to the state before it, and give up what is new; what the
//! exception was that it met, the interpreter finds out by doing it again. An attempt at anything more is not worth a frame: the call
//! site is not inlined then ([`Stop::NoInline`]).

use crate::builder::{Builder, Site, Stop};
use crate::value::{Slot, State, Val};
use std::rc::Rc;
use whipsnake_contract::exit::{ExitReason, Resume};
use whipsnake_contract::helpers::{Arg, Helper, HelperEffect};
use whipsnake_ir::function::InstData;
use whipsnake_ir::ops::Effect;
use whipsnake_ir::{Block, Cond, Imm, Inst, MemSize, Op, Region, StateId, Value};

/// An attempt that is being built.
#[derive(Clone, Copy)]
pub(crate) struct Attempt {
    /// The state before it.
    state: StateId,
    /// Frames of that state.
    frames: usize,
    /// What is left alone if the attempt does too much.
    pub site: Site,
    /// Number of its first block, but for the one in which it begins, and instructions of that one before.
    first_block: usize,
    begin: (whipsnake_ir::Block, usize),
}

/// Appends one slot for each object that a slot owns, or NULL in its place.
fn split_up(slot: &Slot, slots: &mut Vec<Slot>) {
    match &slot.val {
        Val::Obj(_) if slot.owned => slots.push(slot.clone()),
        Val::MaybeObj(value) | Val::Unseen(value) => slots.push(Slot::owned(Val::MaybeObj(*value))),
        Val::Virtual(_, parts) => parts.iter().for_each(|part| split_up(part, slots)),
        _ => {}
    }
}

/// The objects that slots own, and NULLs in the place of some.
pub(crate) fn owned_by<'a>(slots: impl IntoIterator<Item = &'a Slot>) -> Vec<Value> {
    let mut split = Vec::new();
    slots.into_iter().for_each(|slot| split_up(slot, &mut split));
    split.iter().filter_map(|slot| if let Val::Obj(value) | Val::MaybeObj(value) = slot.val { Some(value) } else { None }).collect()
}

/// True for what may be done again, or be given up. Types are noted of whatever is met, how often does not matter.
fn is_unseen(data: &InstData) -> bool {
    match (data.op.info().effect, &data.imm) {
        (Effect::Pure | Effect::Load | Effect::Guard | Effect::Checked | Effect::Allocate | Effect::Refcount, _) => true,
        (Effect::Store, Imm::Mem { region, .. }) => *region == Region::Scratch,
        (Effect::Helper, Imm::Helper(Helper::note_type | Helper::may_handle)) => true,
        // What it adds to was made within the attempt: where a generator collects its own items, they are added behind it.
        (Effect::Helper, Imm::Helper(Helper::collect)) => true,
        (Effect::Helper, Imm::Helper(helper)) => matches!(helper.info().effect, HelperEffect::Pure | HelperEffect::Allocates),
        (Effect::Control, _) => data.op != Op::Return,
        _ => false,
    }
}

impl Builder<'_> {
    /// Begins an attempt in the state before the current instruction, unless it is part of another one.
    pub(crate) fn begin_attempt(&mut self, state: &State, site: Site) -> Option<Attempt> {
        if self.attempt.is_some() {
            return None;
        }
        let frames = state.frames().count();
        let before = self.pre_state();
        let begin = (self.block, self.f.block(self.block).insts.len());
        self.attempt = Some(Attempt { state: before, frames, site, first_block: self.f.blocks.len(), begin });
        self.attempt
    }

    /// Begins an attempt that goes on in a state which owns nothing of what there was before: returns it, and that state.
    pub(crate) fn begin_apart(&mut self, state: &mut State, site: Site) -> (Option<Attempt>, State) {
        self.settle(state);
        self.build_all(state);
        self.recapture(state);
        let attempt = self.begin_attempt(state, site);
        if let Some(attempt) = &mut self.attempt {
            // All that states within it own is new.
            attempt.frames = 0;
        }
        (attempt, borrowed(state))
    }

    /// Ends an attempt, which must have done nothing that could be seen, or only at its end: from there on no exit leads out of it.
    pub(crate) fn end_seen_attempt(&mut self, attempt: Option<Attempt>) -> Result<(), Stop> {
        let Some(attempt) = attempt else { return Ok(()) };
        self.attempt = None;
        match self.is_seen_only_at_end(attempt) {
            true => Ok(()),
            false => Err(Stop::NoInline(attempt.site)),
        }
    }

    /// True if nothing behind what can be seen of an attempt leaves, but for what has failed and done nothing.
    fn is_seen_only_at_end(&self, attempt: Attempt) -> bool {
        let (first, from) = attempt.begin;
        let own = |block: Block| block == first || block.index() >= attempt.first_block;
        let insts = |block: Block| &self.f.block(block).insts[if block == first { from } else { 0 }..];
        let blocks = std::iter::once(first).chain((attempt.first_block..self.f.blocks.len()).map(|index| Block(index as u32)));
        let seen: Vec<(Block, usize)> = blocks
            .filter_map(|block| Some((block, insts(block).iter().position(|&inst| !is_unseen(self.f.inst(inst)))?)))
            .collect();
        let mut results: Vec<Value> = Vec::new();
        let mut reached = Vec::new();
        for &(block, at) in &seen {
            if !self.ends_with_effects(&insts(block)[at..], &mut results) {
                return false;
            }
            reached.extend(self.f.inst(*insts(block).last().expect("it has effects")).targets.iter().map(|target| target.block));
        }
        let mut done = 0;
        while let Some(&next) = reached.get(done) {
            done += 1;
            if !own(next) {
                continue;
            }
            if insts(next).iter().any(|&inst| self.f.inst(inst).state.is_some()) {
                return false;
            }
            let Some(&last) = insts(next).last() else { continue };
            for target in &self.f.inst(last).targets {
                if !reached.contains(&target.block) {
                    reached.push(target.block);
                }
            }
        }
        true
    }

    /// True if instructions only change what is theirs to change, and leave only where a change has failed; `results` tell of these.
    fn ends_with_effects(&self, insts: &[Inst], results: &mut Vec<Value>) -> bool {
        insts.iter().all(|&inst| {
            let data = self.f.inst(inst);
            let is_effect = match (data.op.info().effect, &data.imm) {
                (Effect::Store, _) => true,
                // Those that give objects may have changed something when they fail.
                (Effect::Helper, Imm::Helper(helper)) if helper.info().effect == HelperEffect::Mutates => helper.info().result != Some(Arg::Obj),
                _ => is_unseen(data),
            };
            // Whether it has done it; what it gave may be used, but not to leave by.
            let of_results = data.args.iter().any(|arg| results.contains(arg));
            let tells = of_results && matches!(data.imm, Imm::Exit(ExitReason::Exception));
            if !is_unseen(data) || of_results && data.op.info().effect == Effect::Pure {
                results.extend(data.result);
            }
            is_effect && (data.state.is_none() || tells)
        })
    }

    /// Ends an attempt, which must have done nothing that could be seen.
    pub(crate) fn end_attempt(&mut self, attempt: Option<Attempt>) -> Result<(), Stop> {
        let Some(attempt) = attempt else { return Ok(()) };
        self.attempt = None;
        let (block, from) = attempt.begin;
        let mut insts = self.f.block(block).insts[from..].iter().chain(self.f.blocks[attempt.first_block..].iter().flat_map(|block| &block.insts));
        match insts.all(|&inst| is_unseen(self.f.inst(inst))) {
            true => Ok(()),
            false => Err(Stop::NoInline(attempt.site)),
        }
    }

    /// The state by which an attempt is left: the one before it, and what it owns by now is given up.
    pub(crate) fn state_of_attempt(&mut self, attempt: Attempt, state: &State, resume: Resume, release: &[Value]) -> StateId {
        let mut before = self.f.state(attempt.state).clone();
        let own = state.frames().count().saturating_sub(attempt.frames);
        for frame in state.frames().take(own) {
            before.release.extend(owned_by(frame.locals.iter().chain(&frame.stack)));
        }
        before.release.extend(owned_by(self.late.iter().flatten()));
        // What is not built was made within the attempt: of that, the parts are owned.
        before.release.retain(|value| !self.stand_ins.contains(value));
        let parts = owned_by(state.unbuilt.iter().flat_map(|one| &one.parts));
        before.release.extend(parts.into_iter().filter(|value| !self.stand_ins.contains(value)));
        before.release.extend(release);
        if resume == Resume::Raise {
            before.resume = Resume::Again;
        }
        // What the code of the attempt does otherwise the next time is not for the code around it to know.
        before.origin = self.instr.filter(|_| own > 0 && !self.takes_item).map(|instr| (self.instance.body.code, instr.offset));
        self.f.add_state(before)
    }

    /// Gives up the references of slots to objects that outlive that, or whose end nobody can see; leaves if there are others. The state still owns
    /// all of them.
    pub(crate) fn drop_unseen(&mut self, state: &State, slots: &[&Slot], release: &[Value]) {
        for slot in self.guard_unseen(state, slots, release) {
            // It is a leaf, or ends as silently as one, or is not destroyed.
            self.unless_null(&slot, |b, value| b.effect(Op::DecrefLeaf, &[value], Imm::None));
        }
    }

    /// Leaves unless nobody can see it if the references of slots are given up; returns them.
    pub(crate) fn guard_unseen(&mut self, state: &State, slots: &[&Slot], release: &[Value]) -> Vec<Slot> {
        let exit = self.instr.map(|instr| self.frame_state(state, instr.offset, Resume::Execute, release)).expect("an instruction was begun");
        let mut drops = Vec::new();
        slots.iter().for_each(|slot| split_up(slot, &mut drops));
        let ends: Vec<Slot> = drops.iter().filter(|slot| !self.is_leaf(state, &slot.val)).cloned().collect();
        if ends.is_empty() {
            return drops;
        }
        let (doubt, done) = (self.f.add_block(), self.f.add_block());
        let mut objects: Vec<Value> = Vec::new();
        for slot in &ends {
            let (Val::Obj(object) | Val::MaybeObj(object)) = slot.val else { continue };
            let others = objects.clone();
            self.unless_null(slot, |b, value| {
                // Two of the slots may hold the same object.
                let mut given_up = b.int_const(1);
                for other in others {
                    let same = b.same(value, other);
                    let one_more = b.emit(Op::BtoI, &[same], Imm::None);
                    given_up = b.emit(Op::Iadd, &[given_up, one_more], Imm::None);
                }
                let count = b.load(value, b.layout().ob_refcnt, MemSize::U32, Region::Other);
                let outlives = b.icmp(Cond::Gt, count, given_up);
                let (next, from) = (b.f.add_block(), b.block);
                b.f.branch(from, outlives, Self::target(next), Self::target(doubt));
                b.block = next;
            });
            objects.push(object);
        }
        let from = self.block;
        self.f.jump(from, done, &[]);
        self.block = doubt;
        self.cold(doubt);
        let (words, number, zero) = (self.lend_operands(&objects, 0), self.int_const(objects.len() as i64), self.int_const(0));
        let are_silent = self.helper(Helper::end_unseen, &[words, number]);
        let are_silent = self.icmp(Cond::Ne, are_silent, zero);
        self.guard_at(are_silent, ExitReason::Destructor, exit);
        let from = self.block;
        self.f.jump(from, done, &[]);
        self.block = done;
        drops
    }

    /// Does something with an object that a slot owns, unless that may be NULL and is.
    pub(crate) fn unless_null(&mut self, slot: &Slot, act: impl FnOnce(&mut Self, Value)) {
        match slot.val {
            Val::Obj(value) => act(self, value),
            Val::MaybeObj(value) => {
                let null = self.null();
                let unbound = self.same(value, null);
                let (done, bound) = self.split(unbound);
                self.block = bound;
                act(self, value);
                let from = self.block;
                self.f.jump(from, done, &[]);
                self.block = done;
            }
            _ => {}
        }
    }
}

/// A state that owns nothing.
fn borrowed(state: &State) -> State {
    let slots = |slots: &[Slot]| slots.iter().map(Slot::borrow).collect();
    State { locals: slots(&state.locals), stack: slots(&state.stack), caller: state.caller.as_ref().map(|caller| Rc::new(borrowed(caller))), ..state.clone() }
}
