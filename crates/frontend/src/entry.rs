//! Units: whole functions and running loops.

use crate::body::{Body, touched_locals};
use crate::builder::{Build, Builder, Edge, Lessons, Parent, Stop};
use crate::instruction::FROM_TOP;
use crate::region::Outcome;
use crate::value::{Facts, Slot, State, Val, released};
use crate::variable::VariableSlot;
use crate::GiveUp;
use std::collections::BTreeSet;
use std::rc::Rc;
use whipsnake_contract::exit::{ExitReason, OnReturn, Virtual};
use whipsnake_contract::snapshot::{Assumption, CodeInfo, Entry, KnownType, Observed, Snapshot, TypeId, TypeInfo};
use whipsnake_ir::function::Abi;
use whipsnake_ir::{Cond, Function, Imm, MemSize, Op, Region, StateId, Value};

/// `co_flags` bits of generators and coroutines.
pub(crate) const CO_GENERATORS: u32 = 0x20 | 0x80 | 0x100 | 0x200;
/// Exits for unbound locals at the entry into a loop from which on all its locals may be unbound.
const MAYBE_UNBOUND: u32 = 200;
/// Attempts at a unit before it counts as unstable.
const MAX_ATTEMPTS: usize = 60;

/// Builds the unit, starting over with what was learned as long as that is asked for.
pub(crate) fn compile(snapshot: &Snapshot) -> Result<Function, GiveUp> {
    let body = Rc::new(Body::new(snapshot, 0)?);
    let mut lessons = Lessons::default();
    for _ in 0..MAX_ATTEMPTS {
        let abi = match snapshot.entry {
            // A generator takes the place of the function, its frame that of the arguments.
            Entry::Function { .. } | Entry::Resume { .. } => Abi::Function,
            Entry::Loop { .. } => Abi::Loop,
        };
        let mut function = Function::new(snapshot.codes[0].qualname.clone(), abi);
        if snapshot.exit_every > 0 {
            function.exit_every = Some((snapshot.exit_every, snapshot.exit_counter));
        }
        let mut builder = Builder::new(snapshot, function, std::mem::take(&mut lessons), body.clone());
        let outcome = match &snapshot.entry {
            Entry::Function { arguments } => builder.function(arguments),
            Entry::Loop { header, slots, module, .. } => builder.running_loop(*header, slots, *module),
            Entry::Resume { offset, slots } => builder.resumption(*offset, slots),
        };
        match outcome {
            Ok(()) if builder.starts_over => lessons = builder.lessons,
            Ok(()) if builder.uses_stand_ins() => {
                lessons = builder.lessons;
                lessons.builds_instances = true;
            }
            Ok(()) => {
                builder.check_depths()?;
                return Ok(crate::compact::compact(builder.f));
            }
            Err(Stop::GiveUp(reason)) => return Err(reason),
            Err(Stop::Leaves) => return Err(GiveUp::Unstable),
            Err(Stop::NeedsFrame) => {
                lessons = builder.lessons;
                lessons.frame = true;
            }
            Err(Stop::NoInline(site)) => {
                lessons = builder.lessons;
                lessons.no_inline.insert(site);
            }
        }
    }
    Err(GiveUp::Unstable)
}

/// Number of parameters, `*args` and `**kwargs` included.
pub(crate) fn parameter_count(code: &CodeInfo) -> usize {
    (code.argcount + code.kwonly + (code.flags >> 2 & 1) + (code.flags >> 3 & 1)) as usize
}

impl Builder<'_> {
    /// A whole function.
    fn function(&mut self, observed: &[Observed]) -> Build<()> {
        let code = self.code();
        if code.flags & CO_GENERATORS != 0 {
            return Err(GiveUp::Generator.into());
        }
        let entry = self.f.entry();
        let (function, args) = (self.f.block(entry).params[1], self.f.block(entry).params[2]);
        if let Some(instance) = Rc::get_mut(&mut self.instance) {
            instance.function = whipsnake_ir::Slot::Borrowed(function);
        }
        let parameters = parameter_count(code);
        self.choose_variables(None);
        let mut state = State {
            locals: vec![Slot::NULL; code.nlocalsplus as usize],
            stack: Vec::new(),
            memory: Vec::new(),
            linked: false,
            stands: false,
            caller: None,
            variables: vec![VariableSlot::STORED; self.variables.len()],
            unbuilt: Rc::default(),
            facts: Facts::default(),
            untraced: None,
            loans: Vec::new(),
        };
        for i in 0..parameters {
            let value = self.load(args, i as i64 * 8, MemSize::Obj, Region::Scratch);
            // The caller keeps arguments alive.
            state.locals[i] = Slot::borrowed(Val::Obj(value));
        }
        let first = self.instance.body.decoded.instrs[0];
        self.begin(first, &state);
        let start = self.pre_state();
        self.poll(start);
        self.guard_depth(start);
        for (i, seen) in observed.iter().enumerate().take(parameters) {
            self.expect_type(&mut state, i, *seen, start);
        }
        if self.lessons.frame {
            self.reserve_frame(start);
        }
        self.recapture(&state);
        self.set_region(None);
        let mut outcome = Outcome::default();
        outcome.pending.add(0, Edge { block: self.block, state, offset: 0 });
        let order = self.instance.body.order.clone();
        self.build_blocks(&order, None, &mut outcome)?;
        self.leave_rest(&mut outcome, ExitReason::Uncompiled);
        self.settle_room(self.snapshot.codes[0].framesize);
        self.check_variables()
    }

    /// Fills in how much of the data stack the unit needs: its own frame, and those of inlined code.
    pub(crate) fn settle_room(&mut self, own_words: u32) {
        if let Some(room) = self.room {
            self.f.insts[room].imm = Imm::Int(i64::from(own_words + self.inlined_words) * 8);
        }
    }

    /// Leaves where the recursion limit is near: more calls must be left than the interpreter would need, so that inlined calls need
    /// no check of their own.
    pub(crate) fn guard_depth(&mut self, exit: StateId) {
        let (tstate, layout) = (self.tstate, self.layout());
        let remaining = self.load(tstate, layout.tstate_recursion_remaining, MemSize::I32, Region::Thread);
        let reserve = self.int_const(crate::call::MAX_INLINE_DEPTH as i64);
        let room = self.icmp(Cond::Gt, remaining, reserve);
        self.guard_at(room, ExitReason::StackSpace, exit);
    }

    /// Ends the edges that lead to no block that was built: the interpreter goes on there.
    pub(crate) fn leave_rest(&mut self, outcome: &mut Outcome, reason: ExitReason) {
        let rest: Vec<_> = outcome.pending.drain().collect();
        for (_, edges) in rest {
            let offset = edges[0].offset;
            let edge = self.join(edges);
            self.block = edge.block;
            self.leave(&edge.state, offset, reason);
        }
    }

    /// Guards an argument's type where one was observed.
    fn expect_type(&mut self, state: &mut State, index: usize, seen: Observed, exit: StateId) {
        let Observed::Object { type_id, format, .. } = seen else { return };
        let info = &self.snapshot.types[type_id as usize];
        let mutable = info.known.is_none();
        let Val::Obj(value) = state.locals[index].val else { return };
        if (mutable && info.version == 0) || self.varies(state, index, value, type_id, exit) {
            return;
        }
        let block = self.block;
        self.f.push(block, Op::GuardType, &[value], Imm::Type(info.address), Some(exit));
        state.facts.update(value, |fact| fact.ty = Some(info.address));
        self.expect_format(state, value, format, exit);
        self.unbox_seen(state, value, seen, self.ints_failed(), exit);
    }

    /// Whether ints at the current instruction did not fit 64 bits, or 128, in earlier units.
    fn ints_failed(&self) -> [bool; 2] {
        [ExitReason::BigInt, ExitReason::WideOverflow].map(|reason| self.exits_seen(&[reason]) > 0)
    }

    /// Makes sure that the thread's data stack has room for the function's frame; it is pushed where it is first needed.
    fn reserve_frame(&mut self, exit: StateId) {
        let top = self.reserve_room(exit);
        self.frame = Some(top);
        let bytes = self.int_const(i64::from(self.code().framesize) * 8);
        self.frame_end = Some(self.emit(Op::Offset, &[top, bytes], Imm::None));
    }

    /// Makes sure that the thread's data stack has room for what [`Self::settle_room`] says; returns where it is.
    pub(crate) fn reserve_room(&mut self, exit: StateId) -> Value {
        let layout = self.layout();
        let tstate = self.tstate;
        let top = self.load(tstate, layout.tstate_datastack_top, MemSize::Ptr, Region::Thread);
        let limit = self.load(tstate, layout.tstate_datastack_limit, MemSize::Ptr, Region::Thread);
        // How much inlined code needs is known when all is built.
        let bytes = self.int_const(0);
        self.room = Some(self.f.insts.len() - 1);
        let after = self.emit(Op::Offset, &[top, bytes], Imm::None);
        let room = self.emit(Op::Below, &[after, limit], Imm::None);
        self.guard_at(room, ExitReason::StackSpace, exit);
        top
    }

    /// `return` of the code being built: nothing follows.
    pub(crate) fn return_value(&mut self, state: &mut State, mut result: Slot, out: &mut Outcome) -> Build<bool> {
        match self.instance.parent.clone() {
            None if self.resumes() => return Ok(self.finish_generator(state, result)),
            None if self.f.abi == Abi::Function => {
                if !state.variables.is_empty() {
                    state.stack.push(result);
                    self.settle(state);
                    self.store_all_back(state);
                    result = state.pop();
                }
                self.let_frame_object_go(state);
                // A local that is returned passes its reference on.
                if let (Val::Obj(v), false) = (&result.val, result.owned)
                    && let Some(local) = state.locals.iter_mut().find(|s| s.owned && s.val == Val::Obj(*v))
                {
                    *local = Slot::NULL;
                    result.owned = true;
                }
                let value = self.owned_object(state, &mut result);
                let frame = self.frame.filter(|_| state.linked);
                if let Some(frame) = frame {
                    self.pop_frame(frame);
                }
                let locals = self.in_order_of_release(std::mem::take(&mut state.locals));
                for slot in self.without_unbuilt(state, locals) {
                    self.release_at_return(state, slot);
                }
                if frame.is_some() && self.layout().tagged_slots == 0 {
                    let function = self.f.block(self.f.entry()).params[1];
                    self.effect(Op::DecrefPlain, &[function], Imm::None);
                    let instance = self.instance.clone();
                    let code = self.frame_code(&instance);
                    self.effect(Op::DecrefPlain, &[code], Imm::None);
                }
                self.effect(Op::Return, &[value], Imm::None);
            }
            None => {
                // A loop's frame belongs to the interpreter: it executes the return itself.
                let offset = self.instr.expect("an instruction was begun").offset;
                let pre = self.pre.clone().expect("an instruction was begun");
                self.leave(&pre, offset, ExitReason::LoopEnd);
            }
            Some(parent) => {
                if !self.take_answer(state, &mut result, &parent)? {
                    return Ok(false);
                }
                // What no operand of the caller takes must be known to need no more than being forgotten.
                let constant = matches!(&result.val, Val::Const(_));
                let fits = match parent.on_return {
                    OnReturn::CheckNone => constant && result.val == self.none(),
                    OnReturn::SetAttr | OnReturn::SetItem => constant,
                    _ => true,
                };
                if !fits {
                    return Err(Stop::NoInline((parent.instance.path, parent.call.offset)));
                }
                let after = self.leave_callee(state, &parent, Some(result));
                out.returns.push((self.block, after));
            }
        }
        Ok(false)
    }

    /// The caller's state behind the call of the inlined code being built, which ends, with its result if there is one.
    pub(crate) fn leave_callee(&mut self, state: &mut State, parent: &Parent, mut result: Option<Slot>) -> State {
        // The callee's locals are released in the caller, after the call.
        let mut after = Rc::unwrap_or_clone(state.caller.take().expect("inlined code has a caller"));
        let operands = after.stack.split_off(after.stack.len() - parent.on_return.kept_operands());
        if let Some(result) = &mut result {
            if let (Val::Obj(v), false) = (&result.val, result.owned) {
                let v = *v;
                match state.locals.iter_mut().find(|s| s.owned && s.val == Val::Obj(v)) {
                    Some(local) => {
                        *local = Slot::NULL;
                        result.owned = true;
                    }
                    None => {
                        // Kept alive by the caller's frame, which goes on.
                        let held = after.locals.iter().chain(&after.stack).any(|s| s.owned && s.val == Val::Obj(v));
                        if !held {
                            self.take_reference(v);
                            result.owned = true;
                        }
                    }
                }
            }
            if matches!(result.val, Val::Virtual(..)) {
                // Parts that a local owns pass on with the local; others are taken hold of before the locals go.
                let same = |local: &&mut Slot| local.borrow() == result.borrow() && **local != *result;
                match state.locals.iter_mut().find(same) {
                    Some(local) => *result = std::mem::replace(local, Slot::NULL),
                    None => self.own(result),
                }
            }
        }
        let locals = self.in_order_of_release(std::mem::take(&mut state.locals));
        after.facts = state.facts.clone();
        after.variables = std::mem::take(&mut state.variables);
        after.unbuilt = state.unbuilt.clone();
        after.stack.extend(result.filter(|_| parent.on_return.pushes()));
        if state.linked {
            self.pop_inlined_frame(parent);
        }
        let mut drops = Vec::new();
        let released = locals.into_iter().chain(self.in_order_of_operands(operands, parent.on_return)).collect();
        for slot in self.without_unbuilt(&mut after, released) {
            self.collect_drops(slot, &mut drops);
        }
        let callee = std::mem::replace(&mut self.instance, parent.instance.clone());
        self.before_destructors(&mut after, &drops);
        self.release_of_callee(&after, parent.call, drops, &parent.release);
        self.instance = callee;
        after
    }

    fn collect_drops(&self, slot: Slot, drops: &mut Vec<Slot>) {
        match slot.val {
            Val::Obj(_) if slot.owned => drops.push(slot),
            Val::MaybeObj(v) | Val::Unseen(v) => drops.push(Slot::owned(Val::MaybeObj(v))),
            Val::Virtual(kind, parts) => released(kind, parts).for_each(|p| self.collect_drops(p, drops)),
            _ => {}
        }
    }

    /// Locals in the order in which a function that returns gives them up: frames do so from the last one on since 3.14.
    pub(crate) fn in_order_of_release(&self, mut locals: Vec<Slot>) -> Vec<Slot> {
        let from_top = self.platform().minor >= FROM_TOP;
        if let Some(made) = self.instance.made {
            return made.in_order_of_release(locals, from_top);
        }
        if from_top {
            locals.reverse();
        }
        locals
    }

    /// Operands that were kept in the order in which the instruction gives them up.
    fn in_order_of_operands(&self, mut operands: Vec<Slot>, operator: OnReturn) -> Vec<Slot> {
        if self.platform().minor >= FROM_TOP && operator != OnReturn::Operator {
            operands.reverse();
        }
        operands
    }

    /// Releases a local when its function returns: the frame is gone, nothing can look at it.
    fn release_at_return(&mut self, state: &State, slot: Slot) {
        match slot.val {
            Val::Obj(v) if slot.owned => {
                let op = if self.is_leaf(state, &slot.val) { Op::DecrefLeaf } else { Op::DecrefPlain };
                self.effect(op, &[v], Imm::None);
            }
            Val::MaybeObj(v) | Val::Unseen(v) => {
                let null = self.null();
                let unbound = self.same(v, null);
                let (done, bound) = self.split(unbound);
                self.block = bound;
                self.effect(Op::DecrefPlain, &[v], Imm::None);
                let from = self.block;
                self.f.jump(from, done, &[]);
                self.block = done;
            }
            Val::Virtual(kind, parts) => released(kind, parts).for_each(|p| self.release_at_return(state, p)),
            _ => {}
        }
    }

    /// A loop that is running in the interpreter.
    fn running_loop(&mut self, header: u32, observed: &[Observed], module: bool) -> Build<()> {
        let body = self.instance.body.clone();
        let block = body.block_at(header).ok_or(GiveUp::NoLoop(header))?;
        let index = body.loop_at(block).ok_or(GiveUp::NoLoop(header))?;
        self.set_region(Some(body.loop_blocks(index)));
        let code = self.code();
        let nlocals = code.nlocalsplus as usize;
        let frame = self.f.block(self.f.entry()).params[1];
        self.frame = Some(frame);
        let tstate = self.tstate;
        self.frame_end = Some(self.load(tstate, self.layout().tstate_datastack_top, MemSize::Ptr, Region::Thread));
        let touched: BTreeSet<u32> = body.loops[index]
            .body
            .iter()
            .flat_map(|&i| touched_locals(&body.decoded.instrs[i].op))
            .collect();
        self.is_module = module;
        self.choose_variables(Some(index));
        let mut state = State::in_frame(nlocals);
        state.variables = vec![VariableSlot::STORED; self.variables.len()];
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
        let first = body.decoded.instrs[body.blocks[block].start];
        self.begin(first, &state);
        let start = self.pre_state();
        // All slots are taken before the first guard, so that one frame state serves them all.
        self.guard_depth(start);
        if self.is_module {
            // The same code may be executed with other locals.
            let locals = self.load(frame, self.layout().frame_locals, MemSize::Ptr, Region::Frame);
            let globals = self.address(code.globals);
            let same = self.same(locals, globals);
            self.guard_at(same, ExitReason::CodeGuard, start);
        }
        for (i, value, seen) in taken {
            let local = i as u32;
            let assigned = body.loops[index].stored_locals.contains(&local) && !body.live[block].contains(&local);
            let slot = self.entered_slot(&mut state, (i, assigned), value, seen, start);
            if i < nlocals {
                state.locals[i] = slot;
            } else {
                state.stack[i - nlocals] = slot;
            }
        }
        self.begin(first, &state);
        self.open_iterators(&mut state)?;
        let mut outcome = Outcome::default();
        let edge = Edge { block: self.block, state, offset: header };
        self.build_loop(index, vec![edge], &mut outcome)?;
        self.leave_rest(&mut outcome, ExitReason::LoopEnd);
        self.check_variables()
    }

    /// Takes over what is in a slot of a frame that exists: an object or NULL.
    pub(crate) fn take_slot(&mut self, frame: Value, index: usize) -> (Value, Slot) {
        let offset = self.layout().frame_slots + 8 * index as i64;
        let value = self.emit(Op::TakeSlot, &[frame], Imm::Mem { offset: offset as i32, size: MemSize::Obj, region: Region::Frame });
        (value, Slot::owned(Val::MaybeObj(value)))
    }

    pub(crate) fn is_number(&self, id: TypeId) -> bool {
        matches!(self.snapshot.types[id as usize].known, Some(KnownType::Int | KnownType::Float))
    }

    /// A slot of a running frame, guarded to hold what it was seen to hold.
    pub(crate) fn entered_slot(&mut self, state: &mut State, (index, assigned): (usize, bool), value: Value, seen: Observed, exit: StateId) -> Slot {
        let block = self.block;
        let unbound = self.exits_seen(&[ExitReason::Unbound]);
        match seen {
            // Bound at some entries, unbound at others: numbers that the loop assigns are unboxed either way.
            Observed::Null if unbound > 0 && !assigned => Slot::owned(Val::MaybeObj(value)),
            Observed::Null => Slot::owned(Val::Unseen(value)),
            Observed::Object { type_id, .. } if unbound > 0 && assigned && self.is_number(type_id) => Slot::owned(Val::Unseen(value)),
            Observed::Object { .. } if unbound > MAYBE_UNBOUND => Slot::owned(Val::MaybeObj(value)),
            Observed::Object { type_id, format, .. } => {
                self.f.push(block, Op::GuardNotNull, &[value], Imm::Exit(ExitReason::Unbound), Some(exit));
                let info = &self.snapshot.types[type_id as usize];
                if (info.known.is_some() || info.version != 0) && !self.varies(state, index, value, type_id, exit) {
                    self.f.push(block, Op::GuardType, &[value], Imm::Type(info.address), Some(exit));
                    state.facts.update(value, |fact| fact.ty = Some(info.address));
                    self.expect_format(state, value, format, exit);
                    self.unbox_seen(state, value, seen, self.ints_failed(), exit);
                }
                Slot::owned(Val::Obj(value))
            }
        }
    }

    /// Takes the iterators on the stack apart where nobody else can see them.
    fn open_iterators(&mut self, state: &mut State) -> Build<()> {
        for depth in 0..state.stack.len() {
            let slot = state.stack[depth].clone();
            let Val::Obj(iterator) = slot.val else { continue };
            let Some(known) = self.known_type(state, &slot.val) else { continue };
            use KnownType::{AsciiStrIter, DictItemIter, DictKeyIter, DictValueIter, ListIter, ListReverseIter, RangeIter, SetIter, TupleIter};
            if !matches!(known, RangeIter | ListIter | TupleIter | ListReverseIter | AsciiStrIter | DictKeyIter | DictValueIter | DictItemIter | SetIter)
                || self.exits_seen(&[ExitReason::IdentityGuard]) > 0
            {
                continue;
            }
            let layout = self.layout();
            let count = self.load(iterator, layout.ob_refcnt, MemSize::I32, Region::Other);
            let one = self.int_const(1);
            let unshared = self.icmp(Cond::Eq, count, one);
            self.guard(unshared, ExitReason::IdentityGuard);
            let parts = match known {
                KnownType::RangeIter => {
                    let part = |b: &mut Self, offset| b.load(iterator, offset, MemSize::I64, Region::Iterator);
                    let next = part(self, layout.range_iter_start);
                    let step = part(self, layout.range_iter_step);
                    let left = part(self, layout.range_iter_len);
                    let parts = [next, step, left].map(|v| Slot::borrowed(Val::Int(v))).to_vec();
                    self.effect(Op::DecrefLeaf, &[iterator], Imm::None);
                    (Virtual::RangeIter, parts)
                }
                DictKeyIter | DictValueIter | DictItemIter | SetIter => match self.open_table_iterator(iterator, known) {
                    Some(opened) => opened,
                    None => continue,
                },
                _ => {
                    let (kind, seq, index, inner) = match known {
                        KnownType::ListIter => (Virtual::ListIter, layout.list_iter_seq, layout.list_iter_index, KnownType::List),
                        KnownType::TupleIter => (Virtual::TupleIter, layout.tuple_iter_seq, layout.tuple_iter_index, KnownType::Tuple),
                        ListReverseIter => match self.platform().wrappers {
                            Some(places) => (Virtual::ListReverseIter, places.reverse_list, places.reverse_index, KnownType::List),
                            None => continue,
                        },
                        _ if self.platform().ascii.is_none() => continue,
                        // Index and str are behind the object's head (`cpython::iterators`, which is verified).
                        _ => (Virtual::AsciiIter, layout.ob_type + 16, layout.ob_type + 8, KnownType::Str),
                    };
                    let sequence = self.load(iterator, seq, MemSize::Obj, Region::Iterator);
                    self.guard_not_null(sequence, ExitReason::Unbound);
                    let index = self.load(iterator, index, MemSize::I64, Region::Iterator);
                    let inner = self.platform().known_type(inner).expect("builtin");
                    // A list iterator over an instance of a subclass has that as its sequence.
                    let exit = self.pre_state();
                    let block = self.block;
                    self.f.push(block, Op::GuardType, &[sequence], Imm::Type(inner), Some(exit));
                    state.facts.update(sequence, |fact| fact.ty = Some(inner));
                    self.effect(Op::Incref, &[sequence], Imm::None);
                    self.effect(Op::DecrefPlain, &[iterator], Imm::None);
                    (kind, vec![Slot::owned(Val::Obj(sequence)), Slot::borrowed(Val::Int(index))])
                }
            };
            state.stack[depth] = Slot::borrowed(Val::Virtual(parts.0, parts.1));
            self.recapture(state);
        }
        Ok(())
    }

    /// Assumes that a type keeps its version, so that what the snapshot says of it stays true.
    pub(crate) fn assume_type(&mut self, address: u64, version: u32) {
        self.assume(Assumption::TypeVersion { address, version });
        for &other in self.type_info(address).map_or(&[][..], |info| &info.rests_on) {
            let TypeInfo { address, version, .. } = self.snapshot.types[other as usize];
            self.assume(Assumption::TypeVersion { address, version });
        }
    }
}
