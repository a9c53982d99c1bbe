//! Exceptions that native code handles itself: the way from a failing instruction to its handler, and the instructions that
//! handlers are made of.
//!
//! Only the unit's own code does so, where a frame is linked that the traceback can name; inlined code leaves to the interpreter. In
//! such units a frame object (tracebacks hold one) does not mean that somebody changed the frame: what the frame's locals hold is
//! compared with what the unit has written there, of which it keeps a copy.

use crate::body::Body;
use crate::builder::{Build, Builder, Edge};
use crate::feedback::MANY_EXITS;
use crate::region::Outcome;
use crate::value::{Slot, State, Untraced, Val};
use std::collections::BTreeSet;
use whipsnake_bytecode::{Handler, Instr, Op};
use whipsnake_contract::exit::{ExitReason, Resume, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::CodeId;
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Target, Ty, Value};

/// Locals that a unit compares at most: one bit each. Code with more leaves its exceptions to the interpreter.
const MAX_COMPARED: usize = u64::BITS as usize;

impl Builder<'_> {
    /// Says which blocks of the unit's own code are built; `None` stands for all.
    pub(crate) fn set_region(&mut self, region: Option<BTreeSet<usize>>) {
        let within = |block: usize| region.as_ref().is_none_or(|region| region.contains(&block));
        let blocks = &self.instance.body.blocks;
        self.catches = (0..blocks.len()).any(|block| within(block) && blocks[block].handler_block.is_some_and(within));
        self.catches &= self.code().nlocalsplus as usize <= MAX_COMPARED;
        self.region = region;
        if self.catches {
            let count = self.code().nlocalsplus.max(1);
            self.written = Some(self.emit(Ir::Scratch, &[], Imm::Int(i64::from(count))));
        }
    }

    /// Marks all blocks from this number on as rarely executed.
    pub(crate) fn cold_since(&mut self, first: usize) {
        self.f.blocks[first..].iter_mut().for_each(|block| block.cold = true);
    }

    /// The handler of the current instruction, if native code goes on there.
    pub(crate) fn native_handler(&self) -> Option<Handler> {
        if self.instance.depth > 0 {
            return None;
        }
        self.handler_of(&self.instance.body, self.instr?.offset)
    }

    /// The handler for an instruction of the unit's own code, if it is built.
    pub(crate) fn handler_of(&self, body: &Body, offset: u32) -> Option<Handler> {
        let handler = *body.exceptions.handler_for(offset).filter(|_| self.catches)?;
        let target = body.block_at(handler.target)?;
        self.region.as_ref().is_none_or(|region| region.contains(&target)).then_some(handler)
    }

    /// The handler for what the current instruction raises, once it has called out: then the frame tells the truth.
    fn handler_after_call(&self) -> Option<Handler> {
        self.pre.as_ref().filter(|pre| self.ran_python && pre.linked && pre.loans.is_empty())?;
        self.native_handler()
    }

    /// The handler for an exception that is raised again, without a call.
    fn handler_again(&self, state: &State) -> Option<Handler> {
        self.native_handler().filter(|_| state.linked && self.frame.is_some())
    }

    /// Raises at the current instruction if the value is NULL.
    pub(crate) fn check_raised(&mut self, state: &State, result: Value) {
        match self.handler_after_call() {
            Some(handler) => {
                let null = self.null();
                let failed = self.same(result, null);
                let (raised, fine) = self.split(failed);
                self.block = raised;
                self.catch(state, handler);
                self.block = fine;
            }
            None => self.guard_exception(result),
        }
    }

    /// Raises at the current instruction unless the condition holds.
    pub(crate) fn check_fine(&mut self, state: &State, fine: Value) {
        match self.handler_after_call() {
            Some(handler) => {
                let (fine, raised) = self.split(fine);
                self.block = raised;
                self.catch(state, handler);
                self.block = fine;
            }
            None => {
                let raise = self.raise_state();
                self.guard_at(fine, self.raise_reason(), raise);
            }
        }
    }

    /// The reason of exits that raise at the current instruction.
    pub(crate) fn raise_reason(&self) -> ExitReason {
        let Some(instr) = self.instr.filter(|_| self.instance.depth > 0 && self.attempt.is_none()) else { return ExitReason::Exception };
        let mut covered = self.handler_of_inlined(&self.instance.body, instr.offset);
        let mut at = self.instance.parent.clone();
        while let Some(parent) = at {
            covered |= match parent.instance.parent {
                Some(_) => self.handler_of_inlined(&parent.instance.body, parent.call.offset),
                None => self.handler_of(&parent.instance.body, parent.call.offset).is_some(),
            };
            at = parent.instance.parent.clone();
        }
        if covered { ExitReason::RaisedInlined } else { ExitReason::Exception }
    }

    /// Whether a unit of the code itself would handle what this instruction raises.
    fn handler_of_inlined(&self, body: &Body, offset: u32) -> bool {
        body.exceptions.handler_for(offset).is_some()
    }

    /// True if a code object raised exceptions, where it was inlined, that a handler would have caught natively had it been called: more than units can have met
    /// that did not know enough yet to raise them in place.
    pub(crate) fn raises_when_inlined(&self, code: CodeId) -> bool {
        let raised = self.snapshot.codes[code as usize].exits_seen.iter().filter(|exit| exit.reason == ExitReason::RaisedInlined);
        raised.map(|exit| exit.count).sum::<u32>() > MANY_EXITS
    }

    /// Leaves with the exception that the current instruction raised if the value is NULL.
    fn guard_exception(&mut self, value: Value) {
        let raise = self.raise_state();
        let (block, reason) = (self.block, self.raise_reason());
        self.f.push(block, Ir::GuardNotNull, &[value], Imm::Exit(reason), Some(raise));
    }

    /// The current instruction has called out and raised: goes on at the handler. Ends the current block.
    fn catch(&mut self, state: &State, handler: Handler) {
        let (block, created) = (self.block, self.f.blocks.len());
        let mut at = self.pre.clone().expect("an instruction was begun");
        at.facts = state.facts.clone();
        let changed = self.locals_changed(&at);
        let dropped = self.pre_release.iter().map(|&v| Slot::owned(Val::MaybeObj(v))).collect();
        let drops = self.unwind(&mut at, handler, dropped);
        self.before_destructors(&mut at, &drops);
        self.release_raising(&at, drops);
        let (tstate, unit) = (self.tstate, self.unit());
        let frame = self.frame.expect("handlers need a frame");
        let late = self.traces_late(handler);
        let flags = self.int_const(if late { 2 } else { 0 });
        let flags = self.emit(Ir::Ior, &[changed, flags], Imm::None);
        let exception = self.emit(Ir::CallHelper, &[tstate, unit, frame, flags], Imm::Helper(Helper::catch_exception));
        let offset = self.instr.expect("an instruction was begun").op_offset;
        let raise = self.frame_state(&at, offset, Resume::Raise, &[]);
        let from = self.block;
        self.f.push(from, Ir::GuardNotNull, &[exception], Imm::Exit(ExitReason::Exception), Some(raise));
        let position = self.own_position();
        self.push_exception(&mut at, handler, position, exception);
        if late {
            at.untraced = Some(Untraced::Caught);
        }
        self.edge_to_handler(at, handler);
        self.cold(block);
        self.cold_since(created);
    }

    /// Whether the handler begins in a way that lets the frame's traceback entry wait.
    fn traces_late(&self, handler: Handler) -> bool {
        let decoded = &self.instance.body.decoded;
        decoded.index_of_offset(handler.target).is_some_and(|index| decoded.instrs[index].op == Op::PushExcInfo)
    }

    /// The current instruction's position.
    fn own_position(&mut self) -> Value {
        let offset = self.instr.expect("an instruction was begun").op_offset;
        self.int_const(i64::from(offset))
    }

    /// Ends the current block with an edge to the handler, which gets the owned exception.
    fn go_to_handler(&mut self, mut at: State, handler: Handler, position: Value, exception: Value) {
        let drops = self.unwind(&mut at, handler, Vec::new());
        self.push_exception(&mut at, handler, position, exception);
        let drops = std::mem::replace(&mut self.drops, drops);
        self.flush_drops(&mut at, handler.target);
        self.drops = drops;
        self.edge_to_handler(at, handler);
    }

    /// Pops down to the handler's depth; returns what is to be dropped, after what is given.
    fn unwind(&mut self, at: &mut State, handler: Handler, dropped: Vec<Slot>) -> Vec<Slot> {
        let drops = std::mem::replace(&mut self.drops, dropped);
        while at.stack.len() > handler.depth as usize {
            let slot = at.pop();
            self.drop_slot(at, slot);
        }
        std::mem::replace(&mut self.drops, drops)
    }

    fn push_exception(&mut self, at: &mut State, handler: Handler, position: Value, exception: Value) {
        if handler.lasti {
            let offset = Slot::borrowed(Val::Int(position));
            at.stack.push(Slot::borrowed(Val::Virtual(Virtual::Position, vec![offset])));
        }
        at.stack.push(Slot::owned(Val::Obj(exception)));
    }

    fn edge_to_handler(&mut self, at: State, handler: Handler) {
        let target = self.instance.body.block_at(handler.target).expect("checked when the handler was looked up");
        self.handler_edges.push((target, Edge { block: self.block, state: at, offset: handler.target }));
    }

    /// Adds the frame to the traceback of the handled exception, if that is still to be done.
    pub(crate) fn trace(&mut self, state: &mut State) {
        let Some(place) = state.untraced.take() else { return };
        let exception = match (place, &state.stack.last().map(|slot| &slot.val)) {
            (Untraced::Caught, Some(Val::Obj(exception))) => *exception,
            _ => self.null(),
        };
        let (tstate, frame) = (self.tstate, self.frame.expect("handlers need a frame"));
        self.effect(Ir::CallHelper, &[tstate, frame, exception], Imm::Helper(Helper::add_traceback));
    }

    /// [`Self::trace`] at the end of an edge.
    pub(crate) fn trace_on(&mut self, edge: &mut Edge) {
        let block = std::mem::replace(&mut self.block, edge.block);
        self.trace(&mut edge.state);
        self.block = block;
    }

    /// [`Self::trace`] before an instruction that could show the exception to somebody.
    pub(crate) fn trace_for(&mut self, state: &mut State, instr: Instr) {
        let hides = match (state.untraced, instr.op) {
            (None | Some(Untraced::Handled), _) | (Some(Untraced::Caught), Op::PushExcInfo) => true,
            (Some(Untraced::Caught), _) => false,
            (Some(Untraced::OnStack(_)), Op::CheckExcMatch) => true,
            (Some(Untraced::OnStack(slot)), Op::PopTop) if slot + 1 == state.stack.len() => true,
            (Some(Untraced::OnStack(slot)), op) => state.stack.len() - op.stack_effect().0 as usize > slot,
        };
        if !hides {
            self.trace(state);
            self.recapture(state);
        }
    }

    /// 0 as long as nobody has changed the frame's locals since they were written.
    pub(crate) fn locals_changed(&mut self, state: &State) -> Value {
        let frame = self.frame.expect("locals are in a frame");
        let layout = self.layout();
        let held = self.load(frame, layout.frame_object, MemSize::I64, Region::Frame);
        let zero = self.int_const(0);
        let free = self.icmp(Cond::Eq, held, zero);
        let (compare, done) = (self.f.add_block(), self.f.add_block());
        let result = self.f.add_param(done, Ty::I64);
        let from = self.block;
        let unchanged = Target { block: done, args: [zero].into_iter().collect() };
        self.f.branch(from, free, unchanged, Self::target(compare));
        self.block = compare;
        self.cold(compare);
        let words = self.written.expect("units that catch note what they write");
        let unknown = state.locals.iter().enumerate().filter(|(_, local)| local.val == Val::InFrame);
        let unknown = unknown.fold(0u64, |mask, (index, _)| mask | 1 << index);
        let (count, unknown) = (self.int_const(state.locals.len() as i64), self.int_const(unknown as i64));
        let differs = self.emit(Ir::CallHelper, &[frame, words, count, unknown], Imm::Helper(Helper::locals_differ));
        let from = self.block;
        self.f.jump(from, done, &[differs]);
        self.block = done;
        result
    }

    /// Notes what was written to the place of a local in a frame, if that is the unit's own and it compares: an object that the slot owns (or NULL), or
    /// the word of a slot that borrows one.
    pub(crate) fn note_written(&mut self, frame: Value, local: usize, word: Value) {
        let Some(words) = self.written.filter(|_| self.frame == Some(frame)) else { return };
        let size = if self.f.ty(word) == Ty::Obj { MemSize::Obj } else { MemSize::Ptr };
        self.store(words, word, 8 * local as i64, size, Region::Scratch);
    }

    /// Leaves at a `return` whose frame somebody holds beyond it: the interpreter hands the frame over.
    pub(crate) fn let_frame_object_go(&mut self, state: &State) {
        let Some(frame) = self.frame.filter(|_| self.catches && state.linked) else { return };
        let held = self.load(frame, self.layout().frame_object, MemSize::I64, Region::Frame);
        let zero = self.int_const(0);
        let free = self.icmp(Cond::Eq, held, zero);
        let (done, let_go) = self.split(free);
        self.block = let_go;
        self.cold(let_go);
        let gone = self.emit(Ir::CallHelper, &[frame], Imm::Helper(Helper::let_frame_object_go));
        let gone = self.icmp(Cond::Ne, gone, zero);
        self.guard(gone, ExitReason::FrameObserved);
        let from = self.block;
        self.f.jump(from, done, &[]);
        self.block = done;
    }

    /// Makes the exception on the stack the handled one, and puts the one that was below it.
    pub(crate) fn push_exc_info(&mut self, state: &mut State) {
        let exception = self.objects(state, 1)[0];
        let tstate = self.tstate;
        let before = self.helper(Helper::push_exc_info, &[tstate, exception]);
        if state.untraced.is_some() {
            state.untraced = Some(Untraced::OnStack(state.stack.len()));
        }
        let slot = state.pop();
        state.stack.push(Slot::owned(Val::Obj(before)));
        state.stack.push(slot);
    }

    /// Drops the exception on the stack, which stays the handled one.
    pub(crate) fn pop_handled(&mut self, state: &mut State) {
        let slot = state.pop();
        state.untraced = Some(Untraced::Handled);
        if let (Val::Obj(v), true) = (slot.val, slot.owned) {
            self.effect(Ir::DecrefPlain, &[v], Imm::None);
        }
    }

    /// Makes the exception (or `None`) on the stack the handled one again.
    pub(crate) fn pop_except(&mut self, state: &mut State) {
        let before = self.take_object(state);
        let tstate = self.tstate;
        let handled = if state.untraced.take().is_some() {
            let frame = self.frame.expect("handlers need a frame");
            self.emit(Ir::CallHelper, &[tstate, frame, before], Imm::Helper(Helper::pop_untraced))
        } else {
            self.helper(Helper::pop_except, &[tstate, before])
        };
        self.drop_slot(state, Slot::owned(Val::MaybeObj(handled)));
    }

    /// Whether the exception below matches the class or tuple of classes on the stack.
    pub(crate) fn check_exc_match(&mut self, state: &mut State) -> bool {
        let Val::Obj(exception) = state.peek(2).val else { return self.uncompiled() };
        let parts = match &state.peek(1).val {
            Val::Virtual(Virtual::Tuple, parts) if parts.iter().all(|p| matches!(p.val, Val::Const(_) | Val::Obj(_))) => Some(parts.clone()),
            _ => None,
        };
        // A tuple of classes need not be built.
        let classes: Vec<Value> = match parts {
            Some(parts) => parts
                .iter()
                .map(|part| self.object_of(&part.val).expect("only constants and objects were admitted"))
                .collect(),
            None => self.objects(state, 1),
        };
        let zero = self.int_const(0);
        let mut status = zero;
        for class in classes {
            let one = self.helper(Helper::exception_matches, &[exception, class]);
            status = self.emit(Ir::Ior, &[status, one], Imm::None);
        }
        let fine = self.icmp(Cond::Ge, status, zero);
        let raise = self.raise_state();
        self.guard_at(fine, ExitReason::Exception, raise);
        let matches = self.icmp(Cond::Ne, status, zero);
        self.drop_operands(state, 1);
        state.stack.push(Slot::borrowed(Val::Bool(matches)));
        true
    }

    /// Raises the exception on the stack again: goes on at the handler around this one, or leaves. Control never falls through.
    pub(crate) fn reraise(&mut self, state: &mut State, values: u32) -> bool {
        let Some(handler) = self.handler_again(state) else { return self.raises() };
        let position = match values {
            0 => self.own_position(),
            _ => match &state.peek(values as usize + 1).val {
                Val::Virtual(Virtual::Position, parts) => self.int_of(state, &parts[0].val.clone()).expect("a position is an int"),
                _ => return self.raises(),
            },
        };
        self.objects(state, 1);
        self.guard_unobserved();
        let exception = self.take_object(state);
        self.go_to_handler(state.clone(), handler, position, exception);
        false
    }

    /// `raise`, `raise exception`, `raise exception from cause`. Control never falls through.
    pub(crate) fn raise(&mut self, state: &mut State, argc: u32, out: &mut Outcome) -> Build<bool> {
        if argc == 1 && self.ends_iteration(state, out) {
            return Ok(false);
        }
        if let (1, Some(instr)) = (argc, self.instr)
            && self.raise_class(state, instr)?
        {
            return Ok(false);
        }
        if argc == 0 {
            let Some(handler) = self.handler_again(state) else { return Ok(self.raises()) };
            self.trace(state);
            self.objects(state, 0);
            self.recapture(state);
            self.guard_unobserved();
            let exception = self.helper(Helper::handled_exception, &[]);
            // The interpreter raises the error that there is none.
            self.guard_not_null(exception, ExitReason::Exception);
            let position = self.own_position();
            self.go_to_handler(state.clone(), handler, position, exception);
            return Ok(false);
        }
        let handler = self.native_handler();
        let stand = self.frame.is_some() && state.linked_frames() > self.instance.depth;
        if handler.is_none() && !stand {
            // Raising may run Python code. Where no frame is there for it yet, the interpreter raises.
            return Ok(self.raises());
        }
        let operands = self.objects(state, argc as usize);
        let cause = match operands.get(1) {
            Some(cause) => *cause,
            None => self.null(),
        };
        self.before_python(state)?;
        self.effect(Ir::CallHelper, &[operands[0], cause], Imm::Helper(Helper::raise_exception));
        self.after_python(state);
        match handler {
            Some(handler) => self.catch(state, handler),
            None => {
                let (raise, reason) = (self.raise_state(), self.raise_reason());
                let block = self.block;
                self.cold(block);
                self.f.exit(block, reason, raise);
            }
        }
        Ok(false)
    }

    /// Calls the `__exit__` of a `with` block with the exception on the stack.
    pub(crate) fn with_except_start(&mut self, state: &mut State, exit_self: bool) -> Build<()> {
        let values = self.objects(state, 4 + usize::from(exit_self));
        let receiver = if exit_self { values[1] } else { self.null() };
        let exception = values[values.len() - 1];
        let result = self.raising(state, Helper::with_except_start, &[values[0], receiver, exception])?;
        state.stack.push(Slot::owned(Val::Obj(result)));
        Ok(())
    }

    /// Leaves to the interpreter at the current instruction if somebody wants to hear of exceptions, or an assumption broke.
    pub(crate) fn guard_unobserved(&mut self) {
        let (tstate, unit) = (self.tstate, self.unit());
        let may = self.helper(Helper::may_handle, &[tstate, unit]);
        let zero = self.int_const(0);
        let may = self.icmp(Cond::Ne, may, zero);
        self.guard(may, ExitReason::FrameObserved);
    }

    /// Pops an object with a reference of its own; stack slots that borrow the object keep the one that it had.
    fn take_object(&mut self, state: &mut State) -> Value {
        let mut slot = state.pop();
        if let (Val::Obj(v), true) = (&slot.val, slot.owned)
            && let Some(borrower) = state.borrower(*v)
        {
            borrower.owned = true;
            slot.owned = false;
        }
        self.owned_object(state, &mut slot)
    }
}
