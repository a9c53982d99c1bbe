//! One instruction at a time.

use crate::builder::{Build, Builder};
use crate::coverage::{for_each_uncompiled, uncompiled_pattern};
use crate::matching::Subject;
use crate::region::Outcome;
use crate::value::{Slot, State, Untraced, Val};
use whipsnake_bytecode::operand::{FunctionAttribute, Intrinsic1};
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::{ExitReason, Resume};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::ObjectKind;
use whipsnake_ir::{Block, Cond, Imm, MemSize, Op as Ir, Region, Value};

/// Minor version of CPython since which frames give up their locals, and most instructions their operands, from the last one on.
pub(crate) use whipsnake_contract::exit::FROM_TOP;

impl Builder<'_> {
    /// Builds an instruction. False if control does not fall through to the next one.
    pub(crate) fn instruction(&mut self, state: &mut State, instr: Instr, out: &mut Outcome) -> Build<bool> {
        if self.is_never_reached(instr) {
            return Ok(self.leaves(ExitReason::ColdBranch));
        }
        if let Some(goes_on) = self.in_ways(state, instr, out)? {
            return Ok(goes_on);
        }
        match instr.op {
            Op::Nop | Op::NotTaken | Op::Resume { .. } => {}
            Op::LoadFast { local, .. } => {
                if !self.load_fast(state, local) {
                    return Ok(self.unbound(state, local));
                }
            }
            Op::LoadFastLoadFast { first, second, .. } => {
                for local in [first, second] {
                    if !self.load_fast(state, local) {
                        return Ok(self.unbound(state, local));
                    }
                }
            }
            Op::LoadFastAndClear { local } => {
                let slot = std::mem::replace(&mut state.locals[local as usize], Slot::NULL);
                state.stack.push(slot);
            }
            Op::StoreFast { local } => {
                self.build_for_local(state, 1, local);
                self.store_fast(state, local);
            }
            Op::StoreFastLoadFast { store, load } => {
                // The check comes first: it leaves by the state before the instruction.
                if load != store && !self.bind(state, load) {
                    return Ok(self.unbound(state, load));
                }
                self.build_for_local(state, 1, store);
                self.store_fast(state, store);
                self.load_fast(state, load);
            }
            Op::StoreFastStoreFast { first, second } => {
                self.build_for_local(state, 1, first);
                self.build_for_local(state, 2, second);
                self.store_fast(state, first);
                self.store_fast(state, second);
            }
            Op::DeleteFast { local } => {
                if !self.bind(state, local) {
                    return Ok(self.unbound(state, local));
                }
                let slot = std::mem::replace(&mut state.locals[local as usize], Slot::NULL);
                self.drop_slot(state, slot);
            }
            Op::LoadConst { index } => {
                let id = self.code().constants[index as usize];
                state.stack.push(Slot::borrowed(Val::Const(id)));
            }
            Op::LoadSmallInt { value } => state.stack.push(Slot::borrowed(Val::SmallInt(i64::from(value)))),
            Op::PopTop if state.untraced == Some(Untraced::OnStack(state.stack.len() - 1)) => self.pop_handled(state),
            Op::PopTop | Op::PopIter => {
                let slot = state.pop();
                self.drop_slot(state, slot);
            }
            Op::PushNull => state.stack.push(Slot::NULL),
            Op::Copy { depth } => {
                self.build_for_copy(state, depth as usize, instr);
                let slot = state.peek(depth as usize).borrow();
                state.stack.push(slot);
            }
            Op::Swap { depth } => {
                let top = state.stack.len() - 1;
                state.stack.swap(top, top + 1 - depth as usize);
            }
            Op::BinaryOp { op, inplace } => self.binary(state, op, inplace, instr)?,
            Op::CompareOp { op, to_bool } => self.compare(state, op, to_bool, instr)?,
            Op::IsOp { invert } => self.is_op(state, invert),
            Op::ContainsOp { invert } => self.contains(state, invert, instr)?,
            Op::UnaryNegative => self.negative(state, instr)?,
            Op::UnaryInvert => self.invert(state, instr)?,
            Op::UnaryNot => {
                let Some(value) = self.truth_on_stack(state) else { return Ok(self.uncompiled()) };
                let negated = self.emit(Ir::Bnot, &[value], Imm::None);
                state.stack.push(Slot::borrowed(Val::Bool(negated)));
            }
            Op::ToBool => self.to_bool(state, instr)?,
            Op::PopJumpIfTrue { target } => return self.pop_jump(state, target, instr.next, true, out),
            Op::PopJumpIfFalse { target } => return self.pop_jump(state, target, instr.next, false, out),
            Op::PopJumpIfNone { target } => return self.pop_jump_none(state, target, instr.next, true, out),
            Op::PopJumpIfNotNone { target } => return self.pop_jump_none(state, target, instr.next, false, out),
            Op::JumpForward { target } => {
                self.edge_to(out, target, self.block, state.clone())?;
                return Ok(false);
            }
            Op::JumpBackward { target, check_interrupt } => {
                if check_interrupt {
                    self.poll_back_edge(state, instr.offset);
                }
                self.edge_to(out, target, self.block, state.clone())?;
                return Ok(false);
            }
            Op::GetIter => self.get_iter(state)?,
            Op::ForIter { exit, pops_iter, .. } => return self.for_iter(state, exit, pops_iter, instr, out),
            Op::LoadGlobal { name, push_null } => self.load_global(state, name, push_null)?,
            Op::StoreGlobal { name } => self.store_global(state, name)?,
            Op::LoadName { name } => self.load_name(state, name)?,
            Op::StoreName { name } => self.store_name(state, name)?,
            Op::MakeCell { local } => self.make_cell(state, local),
            Op::CopyFreeVars { count } => {
                if !self.copy_free_vars(state, count) {
                    return Ok(self.uncompiled());
                }
            }
            Op::LoadDeref { local } => self.load_deref(state, local)?,
            Op::StoreDeref { local } => self.store_deref(state, local)?,
            Op::LoadAttr { name, method } => self.load_attr(state, name, method, instr)?,
            Op::StoreAttr { name } => self.store_attr(state, name, instr)?,
            Op::DeleteAttr { name } => {
                let object = self.objects(state, 1)[0];
                let name = self.name_object(name);
                self.status(state, Helper::delete_attr, &[object, name])?;
                let slot = state.pop();
                self.drop_slot(state, slot);
            }
            Op::StoreSubscr => self.store_subscr(state, instr)?,
            Op::DeleteSubscr => {
                let values = self.objects(state, 2);
                self.status(state, Helper::delete_item, &values)?;
                self.drop_from_top(state, 2);
            }
            Op::BinarySlice => self.binary_slice(state)?,
            Op::StoreSlice => {
                self.store_slice(state)?;
            }
            Op::BuildSlice { step } => self.build_slice(state, step),
            Op::Call { argc } => return self.call(state, argc, instr),
            Op::CallKw { argc } => return self.call_kw(state, argc, instr),
            Op::CallFunctionEx { kwargs } => return self.call_ex(state, kwargs, instr),
            Op::CallIntrinsic1 { function: Intrinsic1::UnaryPositive } => self.unary_plus(state, instr)?,
            Op::CallIntrinsic1 { function: Intrinsic1::ListToTuple } => self.list_to_tuple(state),
            Op::MakeFunction if self.new_function(state) => {}
            Op::MakeFunction => {
                let made_of = self.made_of(state);
                let code = self.objects(state, 1)[0];
                let globals = self.address(self.code().globals);
                let globals = self.emit(Ir::AsObject, &[globals], Imm::None);
                let function = self.raising(state, Helper::make_function, &[code, globals])?;
                self.drop_operands(state, 1);
                self.push_typed(state, function, whipsnake_contract::snapshot::KnownType::Function);
                state.facts.update(function, |fact| fact.made_of = made_of);
            }
            Op::SetFunctionAttribute { attribute } if self.give_to_function(state, attribute) => {}
            Op::SetFunctionAttribute { attribute } => {
                // value, function: the helper takes the reference to the value over.
                let v = self.objects(state, 2);
                if matches!(attribute, FunctionAttribute::Defaults | FunctionAttribute::KwDefaults) {
                    state.facts.update(v[1], |fact| fact.made_of = None);
                }
                let which = self.int_const(i64::from(attribute.code()));
                self.effect(Ir::Incref, &[v[0]], Imm::None);
                self.effect(Ir::CallHelper, &[v[1], v[0], which], Imm::Helper(Helper::set_function_attribute));
                let function = state.pop();
                let value = state.pop();
                self.drop_slot(state, value);
                state.stack.push(function);
            }
            Op::ReturnGenerator if self.is_in_place() => state.stack.push(Slot::borrowed(self.none())),
            Op::YieldValue { delegating: false } if self.is_in_place() => {
                // Where it goes on lies at the bottom of its stack.
                state.stack.insert(0, Slot::borrowed(Val::SmallInt(i64::from(instr.next))));
                out.yields.push((self.block, state.clone()));
                return Ok(false);
            }
            Op::ReturnValue | Op::ReturnConst { .. } if self.is_in_place() => {
                out.ends.push((self.block, state.clone()));
                return Ok(false);
            }
            Op::YieldValue { delegating: false } => return Ok(self.yield_value(state, instr)),
            Op::ReturnValue => {
                let result = state.pop();
                return self.return_value(state, result, out);
            }
            Op::ReturnConst { index } => {
                let id = self.code().constants[index as usize];
                return self.return_value(state, Slot::borrowed(Val::Const(id)), out);
            }
            Op::BuildTuple { count } => self.build_tuple(state, count as usize),
            Op::BuildList { count } => self.build_list(state, count as usize)?,
            Op::BuildMap { count } => self.build_map(state, count as usize)?,
            Op::BuildSet { count } => self.build_set(state, count as usize)?,
            Op::BuildString { count } => self.build_string(state, count as usize)?,
            Op::FormatSimple => self.format_simple(state)?,
            Op::FormatWithSpec => {
                if !self.format_by_constant(state) {
                    let v = self.objects(state, 2);
                    let result = self.raising(state, Helper::format_with_spec, &v)?;
                    self.drop_from_top(state, 2);
                    state.stack.push(Slot::owned(Val::Obj(result)));
                }
            }
            Op::ConvertValue { conversion } => {
                let v = self.objects(state, 1)[0];
                let which = self.int_const(i64::from(conversion.code()));
                let result = self.raising(state, Helper::convert_value, &[v, which])?;
                self.drop_operands(state, 1);
                state.stack.push(Slot::owned(Val::Obj(result)));
            }
            Op::ListAppend { depth } => self.list_append(state, depth as usize)?,
            Op::ListExtend { depth } => self.list_extend(state, depth as usize)?,
            Op::SetAdd { depth } => self.set_add(state, depth as usize)?,
            Op::DictUpdate { depth } => self.add_to(state, depth as usize, Helper::dict_update)?,
            Op::MapAdd { depth } => self.map_add(state, depth as usize)?,
            Op::UnpackSequence { count } => self.unpack_sequence(state, count as usize, instr)?,
            Op::UnpackEx { before, after } => self.unpack_ex(state, before as usize, after as usize)?,
            Op::LoadCommonConstant { constant } => self.common_constant(state, constant),
            Op::LoadSuperAttr { name, method, two_args } => self.load_super_attr(state, name, method, two_args)?,
            Op::LoadSpecial { method } => self.load_special(state, method)?,
            Op::BeforeWith => self.before_with(state)?,
            Op::DeleteGlobal { name } => self.delete_global(state, name)?,
            Op::DeleteName { name } => self.delete_name(state, name)?,
            Op::DeleteDeref { local } => self.delete_deref(state, local)?,
            Op::SetUpdate { depth } => self.add_to(state, depth as usize, Helper::set_update)?,
            Op::DictMerge { depth } => self.dict_merge(state, depth as usize)?,
            Op::BuildConstKeyMap { count } => self.build_const_key_map(state, count as usize)?,
            Op::BuildTemplate => self.build_template(state),
            Op::BuildInterpolation { conversion, format_spec } => self.build_interpolation(state, conversion, format_spec),
            Op::GetLen => self.get_len(state)?,
            Op::MatchMapping => self.match_subject(state, Subject::Mapping),
            Op::MatchSequence => self.match_subject(state, Subject::Sequence),
            Op::MatchKeys => self.match_keys(state)?,
            Op::MatchClass { count } => return self.match_class(state, count, instr, out),
            Op::PushExcInfo => self.push_exc_info(state),
            Op::PopExcept => self.pop_except(state),
            Op::CheckExcMatch => {
                if !self.check_exc_match(state) {
                    return Ok(false);
                }
            }
            Op::Reraise { values } => return Ok(self.reraise(state, values)),
            Op::RaiseVarargs { argc } => return self.raise(state, argc, out),
            Op::WithExceptStart { exit_self } => self.with_except_start(state, exit_self)?,
            Op::ImportName { name } => self.import_name(state, name)?,
            Op::ImportFrom { name } => {
                if !self.import_from(state, name) {
                    return Ok(self.uncompiled());
                }
            }
            for_each_uncompiled!(uncompiled_pattern) => return Ok(self.uncompiled()),
        }
        self.finish(state, instr.next);
        Ok(true)
    }

    /// Ends an instruction: checks what Python code that ran may have changed, and releases what was dropped.
    pub(crate) fn finish(&mut self, state: &mut State, next: u32) {
        if std::mem::take(&mut self.ran_python) {
            match self.tells.take().filter(|(_, runs)| *runs == self.python_runs) {
                Some((status, _)) => self.check_world_unless(state, next, status),
                None => self.check_world(state, next),
            }
        }
        self.flush_drops(state, next);
    }

    /// [`Self::check_world`], apart from what goes on, unless the status of a helper tells that no Python code ran.
    fn check_world_unless(&mut self, state: &mut State, next: u32, status: Value) {
        let zero = self.int_const(0);
        let quiet = self.icmp(Cond::Gt, status, zero);
        let (on, ran) = self.split(quiet);
        let done = self.f.add_block();
        self.f.jump(on, done, &[]);
        self.cold(ran);
        self.block = ran;
        self.check_world(state, next);
        let checked = self.block;
        self.cold(checked);
        self.f.jump(checked, done, &[]);
        self.block = done;
    }

    /// Leaves if an assumption broke, or if somebody holds the frame and may have changed its locals.
    fn check_world(&mut self, state: &mut State, next: u32) {
        let release = self.dropped();
        // Behind calls the interpreter serves whatever waits.
        let call = self.instr.filter(|i| matches!(i.op, Op::Call { .. } | Op::CallKw { .. } | Op::CallFunctionEx { .. }));
        let id = match call {
            Some(call) => {
                let id = self.frame_state(state, call.op_offset, Resume::Behind, &release);
                self.f.states[id.index()].return_offset = next - call.op_offset;
                id
            }
            None => self.frame_state(state, next, Resume::Execute, &release),
        };
        let unit = self.unit();
        let invalid = self.load(
            unit,
            i64::from(whipsnake_contract::snapshot::UnitLayout::INVALID),
            MemSize::I64,
            Region::Thread,
        );
        // Tools that were switched on raise the version in the upper bits; the lower ones say what waits.
        let tstate = self.tstate;
        let breaker = self.load(tstate, self.layout().tstate_eval_breaker, MemSize::I64, Region::Thread);
        let quiet = self.load(unit, i64::from(whipsnake_contract::snapshot::UnitLayout::QUIET), MemSize::I64, Region::Thread);
        let mut changed = self.emit(Ir::Ixor, &[breaker, quiet], Imm::None);
        if call.is_none() {
            let flags = self.int_const(8);
            changed = self.emit(Ir::Ishr, &[changed, flags], Imm::None);
        }
        // Somebody who evaluates frames in the interpreter's place is told of no version.
        let interpreter = self.address(self.snapshot.platform.interpreter);
        let evaluator = self.load(interpreter, self.layout().interp_eval_frame, MemSize::I64, Region::Thread);
        let changed = self.emit(Ir::Ior, &[changed, evaluator], Imm::None);
        let mut broken = self.emit(Ir::Ior, &[invalid, changed], Imm::None);
        let mut instance = Some(self.instance.clone());
        for frame in state.frames() {
            let Some(of) = instance else { break };
            if frame.linked && of.depth == 0 && self.catches {
                // Tracebacks hold the frame without changing it.
                let changed = self.locals_changed(frame);
                broken = self.emit(Ir::Ior, &[broken, changed], Imm::None);
            } else if let Some(linked) = self.frame_of(&of).filter(|_| frame.linked) {
                let held = self.load(linked, self.layout().frame_object, MemSize::I64, Region::Frame);
                broken = self.emit(Ir::Ior, &[broken, held], Imm::None);
            }
            instance = of.parent.as_ref().map(|parent| parent.instance.clone());
        }
        let zero = self.int_const(0);
        let fine = self.icmp(Cond::Eq, broken, zero);
        self.guard_at(fine, ExitReason::FrameObserved, id);
    }

    /// Leaves to the interpreter at the current instruction, which is not compiled.
    pub(crate) fn uncompiled(&mut self) -> bool {
        self.leaves(ExitReason::Uncompiled)
    }

    /// Leaves to the interpreter at the current instruction.
    fn leaves(&mut self, reason: ExitReason) -> bool {
        let state = self.pre_state();
        let block = self.block;
        self.f.exit(block, reason, state);
        false
    }

    /// Leaves to the interpreter at the current instruction, which is sure to raise.
    pub(crate) fn raises(&mut self) -> bool {
        let state = self.pre_state();
        let (block, reason) = (self.block, self.raise_reason());
        self.cold(block);
        self.f.exit(block, reason, state);
        false
    }

    /// Leaves at an instruction that needs a local which [`Self::bind`] could not find bound.
    fn unbound(&mut self, state: &State, local: u32) -> bool {
        match state.locals[local as usize].val {
            Val::Null => self.raises(),
            _ => self.uncompiled(),
        }
    }

    /// Makes sure that a local is bound; false if it never is here.
    fn bind(&mut self, state: &mut State, local: u32) -> bool {
        let slot = &state.locals[local as usize];
        match slot.val.clone() {
            Val::Null | Val::InFrame => false,
            Val::MaybeObj(v) | Val::Unseen(v) => {
                self.guard_not_null(v, ExitReason::Unbound);
                let bound = Slot::owned(Val::Obj(v));
                // The frame holds the same as before, if it did.
                let was = std::mem::replace(&mut state.locals[local as usize], bound.clone());
                if let Some(memory) = state.memory.get_mut(local as usize).filter(|memory| **memory == Some(was)) {
                    *memory = Some(bound);
                }
                self.recapture(state);
                true
            }
            Val::Maybe(flag, val) => {
                self.guard(flag, ExitReason::Unbound);
                state.locals[local as usize] = Slot::borrowed(*val);
                self.recapture(state);
                true
            }
            _ => true,
        }
    }

    fn load_fast(&mut self, state: &mut State, local: u32) -> bool {
        if !self.bind(state, local) {
            return false;
        }
        let slot = state.locals[local as usize].borrow();
        state.stack.push(slot);
        true
    }

    fn store_fast(&mut self, state: &mut State, local: u32) {
        let mut slot = state.pop();
        state.loans.retain(|v| slot.val != Val::Obj(*v));
        self.own(&mut slot);
        let old = std::mem::replace(&mut state.locals[local as usize], slot);
        self.drop_slot(state, old);
    }

    /// Pops and drops operands.
    pub(crate) fn drop_operands(&mut self, state: &mut State, count: usize) {
        let at = state.stack.len() - count;
        let slots = state.stack.split_off(at);
        for slot in slots {
            self.drop_slot(state, slot);
        }
    }

    /// The same for instructions that drop them from the top down since 3.14: comparisons, calls, stores and others.
    pub(crate) fn drop_from_top(&mut self, state: &mut State, count: usize) {
        if self.platform().minor < FROM_TOP {
            return self.drop_operands(state, count);
        }
        for _ in 0..count {
            let slot = state.pop();
            self.drop_slot(state, slot);
        }
    }

    /// Pushes an owned object of a known type.
    pub(crate) fn push_typed(&mut self, state: &mut State, value: Value, known: whipsnake_contract::snapshot::KnownType) {
        let ty = self.platform().known_type(known);
        state.facts.update(value, |fact| fact.ty = ty);
        state.stack.push(Slot::owned(Val::Obj(value)));
    }

    /// Replaces the top of the stack by what a helper makes of it.
    pub(crate) fn unary_helper(&mut self, state: &mut State, helper: Helper) -> Build<()> {
        let v = self.objects(state, 1);
        let result = self.raising(state, helper, &v)?;
        self.drop_operands(state, 1);
        state.stack.push(Slot::owned(Val::Obj(result)));
        Ok(())
    }

    /// Pops a truth value, if the top is one.
    pub(crate) fn truth_on_stack(&mut self, state: &mut State) -> Option<Value> {
        let val = state.peek(1).val.clone();
        let value = match self.bool_of(&val) {
            Some(value) => value,
            None => match val {
                // The bytecode compiler only branches on bools.
                Val::Obj(v) => {
                    let yes = self.address(self.platform().true_);
                    self.same(v, yes)
                }
                _ => return None,
            },
        };
        state.pop();
        Some(value)
    }

    fn pop_jump(&mut self, state: &mut State, target: u32, next: u32, when: bool, out: &mut Outcome) -> Build<bool> {
        if let Val::Const(id) = state.peek(1).val
            && let ObjectKind::Bool(value) = *self.kind(id)
        {
            state.pop();
            let to = if value == when { target } else { next };
            self.edge_to(out, to, self.block, state.clone())?;
            return Ok(false);
        }
        let Some(value) = self.truth_on_stack(state) else { return Ok(self.uncompiled()) };
        let (yes, no) = self.split(value);
        self.two_ways(state, if when { (yes, no) } else { (no, yes) }, target, next, out)
    }

    fn two_ways(&mut self, state: &mut State, (taken, not): (Block, Block), target: u32, next: u32, out: &mut Outcome) -> Build<bool> {
        self.edge_to(out, target, taken, state.clone())?;
        self.edge_to(out, next, not, state.clone())?;
        Ok(false)
    }

    fn pop_jump_none(&mut self, state: &mut State, target: u32, next: u32, when: bool, out: &mut Outcome) -> Build<bool> {
        let slot = state.pop();
        match slot.val {
            Val::Obj(v) if !self.stand_ins.contains(&v) => {
                let none = self.address(self.platform().none);
                let is_none = self.same(v, none);
                let (yes, no) = self.split(is_none);
                // On the way where it is None nothing needs to be released.
                let (none_at, other_at) = if when { (target, next) } else { (next, target) };
                self.edge_to(out, none_at, yes, state.clone())?;
                self.block = no;
                self.drop_slot(state, slot);
                self.flush_drops(state, other_at);
                self.edge_to(out, other_at, self.block, state.clone())?;
            }
            other => {
                let is_none = matches!(&other, Val::Const(id) if *self.kind(*id) == ObjectKind::None);
                let to = if is_none == when { target } else { next };
                self.drop_slot(state, Slot { val: other, owned: slot.owned });
                self.flush_drops(state, to);
                self.edge_to(out, to, self.block, state.clone())?;
            }
        }
        Ok(false)
    }
}
