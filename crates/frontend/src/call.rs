//! Calls: inlined, native to native, and through the interpreter's protocol.

use crate::arguments::{Source, are_single, arranged, uses_defaults};
use crate::builder::{Build, Builder, Edge, Instance, Parent};
use crate::closure::Made;
use crate::generator::GENERATOR;
use crate::region::Outcome;
use crate::value::{Slot, State, Val};
use std::cell::Cell;
use std::rc::Rc;
use whipsnake_bytecode::feedback::{CallKind, CallKwKind};
use whipsnake_bytecode::{Feedback, Instr};
use whipsnake_contract::exit::{ExitReason, OnReturn, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{CO_NESTED, CodeId, Entry, FunctionInfo, KnownType, ObjectId, ObjectKind, UnitLayout};
use whipsnake_ir::function::ObjectRef;
use whipsnake_ir::{Block, Imm, MemSize, Op as Ir, Region, Value};

/// Most frames inlined into each other.
pub(crate) const MAX_INLINE_DEPTH: u32 = 5;
/// Most code units of an inlined callee.
const MAX_INLINE_UNITS: usize = 300;
/// Most code units of a function that is inlined into itself.
const MAX_RECURSIVE_UNITS: usize = 60;
/// How often it is.
const MAX_RECURSION: usize = 3;
/// Units larger than this many instructions of IR inline no more, nor do those for which so many were built, with those that were given up.
const MAX_INLINE_INSTS: usize = 2_500;
const MAX_BUILT_INSTS: usize = 2 * MAX_INLINE_INSTS;
/// `co_flags` that keep a function from being called with plain positional arguments by native code.
pub(crate) const UNPLAIN: u32 = 0x4 | 0x8 | 0x20 | 0x80 | 0x100 | 0x200;

/// Passes an argument's references to stack slots of the caller that borrow from it: the caller lends them to the callee then.
fn lend(state: &mut State, arg: &mut Slot) {
    match &mut arg.val {
        Val::Obj(v) if arg.owned => {
            if let Some(borrower) = state.borrower(*v) {
                borrower.owned = true;
                arg.owned = false;
            }
        }
        Val::Virtual(_, parts) => parts.iter_mut().for_each(|part| lend(state, part)),
        _ => {}
    }
}

/// A Python function to be inlined.
pub(crate) struct Callee<'a> {
    /// The function.
    pub id: ObjectId,
    pub info: &'a FunctionInfo,
    pub code: CodeId,
    pub runs: Runs,
    /// It is that very function; else another one with the same code and namespaces may be called.
    pub exact: bool,
}

/// The function object that inlined code runs.
pub(crate) enum Runs {
    /// A constant of the unit.
    Constant,
    /// A value that the call keeps alive.
    Held(Value),
    /// None: it was not built. With its cells, each with a reference of its own.
    Made(Made, Vec<Slot>),
}

/// What is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// The object.
    pub id: ObjectId,
    /// It is that very object; else a function with the same code and namespaces.
    pub exact: bool,
}

/// Where inlined code leads.
pub(crate) struct Inlined {
    /// It returns: the current block and the state are those behind the call.
    pub returns: bool,
    /// Where it ends the iteration that asked it for an item: block, and the caller's state.
    pub ends: Vec<(Block, State)>,
}

impl Builder<'_> {
    /// `callable(args…)`.
    pub(crate) fn call(&mut self, state: &mut State, argc: u32, instr: Instr) -> Build<bool> {
        let base = state.stack.len() - argc as usize - 2;
        if let Some(goes_on) = self.call_unbuilt(state, base, &[], instr)? {
            return Ok(goes_on);
        }
        if let Some(goes_on) = self.call_by_callee(state, base, instr)? {
            return Ok(goes_on);
        }
        if let Some(goes_on) = self.call_one_of_met(state, base, instr)? {
            return Ok(goes_on);
        }
        if self.make_generator(state, base)? {
            self.finish(state, instr.next);
            return Ok(true);
        }
        if let Some(goes_on) = self.call_made(state, base, &[], instr)? {
            return Ok(goes_on);
        }
        let callee = self.resolve_callable(state, base, &[], instr);
        let callee = self.through_call_method(state, base, callee, instr);
        self.call_resolved(state, callee, base, instr)
    }

    /// A call of what is known to be that object, or of anything.
    pub(crate) fn call_resolved(&mut self, state: &mut State, callee: Option<Known>, base: usize, instr: Instr) -> Build<bool> {
        let argc = state.stack.len() - base - 2;
        if let Some(known @ Known { id, .. }) = callee {
            match self.kind(id).clone() {
                ObjectKind::Function(info) if !matches!(state.stack[base + 1].val, Val::MaybeObj(_)) => {
                    if let Some(goes_on) = self.python_call(state, known, &info, base, &[], instr)? {
                        if goes_on {
                            self.finish(state, instr.next);
                        }
                        return Ok(goes_on);
                    }
                }
                ObjectKind::Native { name, .. } => {
                    if self.native_call(state, &name, base)? || self.c_call(state, id, base, None)? {
                        self.finish(state, instr.next);
                        return Ok(true);
                    }
                }
                ObjectKind::Type(ty) => {
                    if self.raise_new(state, ty, base, instr)? {
                        return Ok(false);
                    }
                    if self.leaves_class_to_raise(state, base) || self.type_call(state, ty, base)? {
                        self.finish(state, instr.next);
                        return Ok(true);
                    }
                    if let Some(goes_on) = self.construct(state, ty, base, &[], instr)? {
                        if goes_on {
                            self.finish(state, instr.next);
                        }
                        return Ok(goes_on);
                    }
                }
                _ => {}
            }
        }
        if callee.is_none() {
            self.note_callable(state, argc + 2);
        }
        let values = self.objects(state, argc + 2);
        let words = self.lend_operands(&values[1..], 0);
        let count = self.int_const(argc as i64);
        let null = self.null();
        let result = self.raising(state, Helper::call, &[self.tstate, values[0], words, count, null])?;
        self.know_instance(state, callee, result);
        self.drop_from_top(state, argc + 2);
        state.stack.push(Slot::owned(Val::Obj(result)));
        self.finish(state, instr.next);
        Ok(true)
    }

    /// What is called, where the callable is a constant or feedback says what it is. An object that is guarded to be the one
    /// that was seen stays on the stack, which keeps it alive: the unit does not. `names`: those of keywords.
    fn resolve_callable(&mut self, state: &mut State, base: usize, names: &[ObjectId], instr: Instr) -> Option<Known> {
        if let (Val::Virtual(Virtual::Method, parts), Val::Null) = (&state.stack[base].val, &state.stack[base + 1].val) {
            let parts = parts.clone();
            state.stack[base] = parts[0].clone();
            state.stack[base + 1] = parts[1].clone();
        }
        let callable = match state.stack[base].val {
            Val::Const(id) => return Some(Known { id, exact: true }),
            Val::Obj(callable) => callable,
            _ => return None,
        };
        let (version, bound) = match instr.feedback {
            Feedback::Call(CallKind::PyExactArgs { func_version } | CallKind::PyGeneral { func_version }) => (func_version, false),
            Feedback::Call(CallKind::BoundMethodExactArgs { func_version } | CallKind::BoundMethodGeneral { func_version }) => (func_version, true),
            Feedback::CallKw(CallKwKind::Py { func_version }) => (func_version, false),
            Feedback::CallKw(CallKwKind::BoundMethod { func_version }) => (func_version, true),
            _ => return None,
        };
        let &id = self.code().functions_by_version.get(&version)?;
        if !self.may_speculate(ExitReason::TypeGuard) {
            return None;
        }
        let ObjectKind::Function(info) = self.kind(id) else { return None };
        // This very function will be gone soon.
        let by_code = info.flags & CO_NESTED != 0;
        let operands = state.stack.len() - base - 2 - usize::from(!names.is_empty());
        let given = operands + usize::from(bound || state.stack[base + 1].val != Val::Null);
        // They share their parameters, and perhaps the defaults of these.
        let Some(sources) = self.sources(info, given, names).or_else(|| (!by_code).then(Vec::new)) else { return None };
        let defaults = match by_code && uses_defaults(&sources) {
            true => Some(info.defaults_tuple?),
            false => None,
        };
        if !self.may_speculate(if by_code { ExitReason::CodeGuard } else { ExitReason::IdentityGuard }) {
            return None;
        }
        let known = Known { id, exact: !by_code };
        if bound {
            if state.stack[base + 1].val != Val::Null {
                return None;
            }
            let depth = state.stack.len() - base;
            if !self.speculate(state, depth, KnownType::Method) {
                return None;
            }
            let function = self.load(callable, self.layout().method_function, MemSize::Obj, Region::Const);
            self.guard_callee(function, known);
            self.guard_defaults(function, defaults);
            self.open_method(state, base, callable, function);
        } else {
            if matches!(state.stack[base + 1].val, Val::MaybeObj(_)) {
                return None;
            }
            self.guard_callee(callable, known);
            self.guard_defaults(callable, defaults);
        }
        Some(known)
    }

    /// Replaces a method that is called by its function and the object that it is bound to.
    pub(crate) fn open_method(&mut self, state: &mut State, base: usize, method: Value, function: Value) {
        let receiver = self.load(method, self.layout().method_self, MemSize::Obj, Region::Const);
        self.effect(Ir::Incref, &[receiver], Imm::None);
        self.effect(Ir::Incref, &[function], Imm::None);
        let method = std::mem::replace(&mut state.stack[base], Slot::owned(Val::Obj(function)));
        state.stack[base + 1] = Slot::owned(Val::Obj(receiver));
        self.drop_slot(state, method);
        // Calling the function with self is the same call.
        self.recapture(state);
    }

    /// The code that a function is about to be made of, if it can be inlined.
    pub(crate) fn made_of(&self, state: &State) -> Option<CodeId> {
        let Val::Const(id) = state.peek(1).val else { return None };
        let ObjectKind::Code(code) = *self.kind(id) else { return None };
        (self.snapshot.codes[code as usize].globals == self.code().globals).then_some(code)
    }

    /// Inlines a function that the unit has made itself. Names of keywords are on top of the stack, if there are any. `None` if the callable is none such or cannot be
    /// inlined, else whether control falls through.
    fn call_made(&mut self, state: &mut State, base: usize, names: &[ObjectId], instr: Instr) -> Build<Option<bool>> {
        let (Val::Obj(callable), Val::Null) = (&state.stack[base].val, &state.stack[base + 1].val) else { return Ok(None) };
        let Some(made_of) = state.facts.get(*callable).made_of else { return Ok(None) };
        let info = self.info_of_made(made_of);
        if !self.may_speculate(ExitReason::CodeGuard) || !self.may_inline(made_of, instr.offset) {
            return Ok(None);
        }
        self.guard_made_of(*callable, made_of);
        // The function is a value of the unit and has no number.
        let known = Known { id: ObjectId::MAX, exact: false };
        let goes_on = self.python_call(state, known, &info, base, names, instr)?;
        if goes_on == Some(true) {
            self.finish(state, instr.next);
        }
        Ok(goes_on)
    }

    /// Guards that a function that the unit has made has not been given another code since.
    pub(crate) fn guard_made_of(&mut self, function: Value, made_of: CodeId) {
        let wanted = self.code_object(&self.snapshot.codes[made_of as usize]);
        let found = self.load(function, self.layout().function_code, MemSize::Obj, Region::Function);
        let same = self.same(found, wanted);
        self.guard(same, ExitReason::CodeGuard);
    }

    /// Guards that an object is the function that is known, or one like it.
    pub(crate) fn guard_callee(&mut self, object: Value, Known { id, exact }: Known) {
        if exact {
            let wanted = self.address(self.snapshot.objects[id as usize].address);
            let same = self.same(object, wanted);
            self.guard(same, ExitReason::IdentityGuard);
        } else {
            self.guard_code(object, id);
        }
    }

    /// Guards that a function has that tuple of defaults, if one is given.
    pub(crate) fn guard_defaults(&mut self, function: Value, defaults: Option<ObjectId>) {
        let Some(defaults) = defaults else { return };
        let found = self.load(function, self.layout().function_defaults, MemSize::Obj, Region::Function);
        let wanted = self.object_const(defaults);
        let same = self.same(found, wanted);
        self.guard(same, ExitReason::CodeGuard);
    }

    /// Guards that an object is a function with the code and the namespaces of the one given.
    fn guard_code(&mut self, object: Value, function: ObjectId) {
        let ObjectKind::Function(info) = self.kind(function).clone() else { unreachable!("was asked for") };
        let layout = self.layout();
        let builtins = info.code.map_or(self.code().builtins, |code| self.snapshot.codes[code as usize].builtins);
        let exit = self.pre_state();
        let ty = self.platform().known_type(KnownType::Function).expect("there are functions");
        let block = self.block;
        self.f.push(block, Ir::GuardType, &[object], Imm::Type(ty), Some(exit));
        // The unit keeps the code object, so that no other one takes its address.
        let index = self.f.add_object(ObjectRef { address: info.code_address, immortal: false, label: "code".to_owned() });
        let code = self.emit(Ir::Object, &[], Imm::Object(index));
        let places = [(layout.function_code, None), (layout.function_globals, Some(info.globals)), (layout.function_builtins, Some(builtins))];
        for (offset, address) in places {
            let found = self.load(object, offset, MemSize::Obj, Region::Function);
            let wanted = match address {
                Some(address) => self.address(address),
                None => code,
            };
            let same = self.same(found, wanted);
            self.guard(same, ExitReason::CodeGuard);
        }
    }

    /// Calls a known Python function: inlined or native to native. Where there are names of keywords, they are on top of the stack.
    /// `None` if neither is possible, else whether control falls through.
    fn python_call(&mut self, state: &mut State, known: Known, info: &FunctionInfo, base: usize, names: &[ObjectId], instr: Instr) -> Build<Option<bool>> {
        let with_self = state.stack[base + 1].val != Val::Null;
        let given = state.stack.len() - base - 2 - usize::from(!names.is_empty()) + usize::from(with_self);
        let Some(sources) = self.sources(info, given, names) else { return Ok(None) };
        if info.flags & GENERATOR != 0 {
            return Ok(self.make_called_generator(state, known, info, base, (&sources, names), instr)?.then_some(true));
        }
        if let Some(code) = info.code
            && self.may_inline(code, instr.offset)
        {
            let mut args = state.stack.split_off(base);
            if !names.is_empty() {
                args.pop();
            }
            let mut callable = args.remove(0);
            let runs = match callable.val {
                Val::Obj(v) => {
                    self.own_if_lent(state, &mut callable);
                    Runs::Held(v)
                }
                _ => Runs::Constant,
            };
            self.drop_slot(state, callable);
            if !with_self {
                args.remove(0);
            }
            let args = arranged(&sources, args, names);
            let callee = Callee { id: known.id, info, code, runs, exact: known.exact };
            return self.inline(state, callee, args, OnReturn::Push, instr).map(Some);
        }
        let unit = if info.code_address == self.snapshot.codes[0].address
            && info.globals == self.snapshot.codes[0].globals
            && matches!(self.snapshot.entry, Entry::Function { .. })
        {
            self.snapshot.unit
        } else {
            info.unit
        };
        if unit == 0 || !are_single(&sources) {
            return Ok(None);
        }
        let first = if with_self { base + 1 } else { base + 2 };
        self.call_unit(state, known, info, unit, &sources, first, base)?;
        Ok(Some(true))
    }

    pub(crate) fn may_inline(&self, code: CodeId, offset: u32) -> bool {
        let site = (self.instance.path, offset);
        let units = self.snapshot.codes[code as usize].units.len();
        let address = |code: CodeId| self.snapshot.codes[code as usize].address;
        let mut recursion = 0;
        let mut instance = Some(self.instance.clone());
        while let Some(i) = instance {
            recursion += usize::from(address(i.body.code) == address(code));
            instance = i.parent.as_ref().map(|p| p.instance.clone());
        }
        let deepest = if units <= MAX_RECURSIVE_UNITS { MAX_RECURSION } else { 0 };
        recursion <= deepest
            && self.instance.depth + 1 < MAX_INLINE_DEPTH
            && units <= MAX_INLINE_UNITS
            && self.size() < MAX_INLINE_INSTS
            && self.f.insts.len() < MAX_BUILT_INSTS
            && !self.lessons.no_inline.contains(&site)
            && !self.raises_when_inlined(code)
    }

    /// Builds a callee in place of the call. The operands are gone from the state's stack; the result is pushed. False if it never returns.
    pub(crate) fn inline(&mut self, state: &mut State, callee: Callee<'_>, args: Vec<Slot>, on_return: OnReturn, instr: Instr) -> Build<bool> {
        Ok(self.inline_callee(state, callee, args, on_return, instr)?.returns)
    }

    /// The same for a callee that may end an iteration, too.
    pub(crate) fn inline_callee(
        &mut self,
        state: &mut State,
        Callee { id, info, code, runs, exact }: Callee<'_>,
        mut args: Vec<Slot>,
        on_return: OnReturn,
        instr: Instr,
    ) -> Build<Inlined> {
        let body = match self.body(code) {
            Ok(body) => body,
            Err(_) => return Err(crate::builder::Stop::NoInline((self.instance.path, instr.offset))),
        };
        if exact {
            self.assume_function(info);
        }
        // The callee may call out, which moves the frame on to the call.
        self.trace(state);
        // What containers lend must survive whatever the callee does.
        for (local, arg) in args.iter_mut().enumerate() {
            self.own_if_lent(state, arg);
            lend(state, arg);
            if self.local_needs_object(&body, local as u32, arg) {
                if !self.give_identity(state, arg) {
                    self.object_in(state, arg);
                }
            }
        }
        self.settle(state);
        let release = self.dropped();
        let pending = std::mem::take(&mut self.drops);
        let state_id = self.frame_state(state, instr.op_offset, whipsnake_contract::exit::Resume::Execute, &release);
        self.f.states[state_id.index()].return_offset = instr.next - instr.op_offset;
        self.f.states[state_id.index()].on_return = on_return;
        let info_code = &self.snapshot.codes[code as usize];
        let mut locals = args;
        locals.resize(info_code.nlocalsplus as usize, Slot::NULL);
        let (function, made) = match runs {
            Runs::Held(v) => (whipsnake_ir::Slot::Borrowed(v), None),
            Runs::Constant => (whipsnake_ir::Slot::Object(self.object_ref(id)), None),
            Runs::Made(made, cells) => {
                let first = locals.len() - cells.len();
                locals.splice(first.., cells);
                (whipsnake_ir::Slot::Null, Some(made))
            }
        };
        let callee = State {
            locals,
            stack: Vec::new(),
            memory: Vec::new(),
            linked: false,
            stands: false,
            // Its frame may stand at an earlier call.
            caller: Some(Rc::new(State { facts: Default::default(), variables: Vec::new(), stands: false, ..state.clone() })),
            variables: state.variables.clone(),
            unbuilt: state.unbuilt.clone(),
            facts: state.facts.clone(),
            untraced: None,
            loans: Vec::new(),
        };
        let caller = self.instance.clone();
        let path = caller.path_of(instr.offset, code);
        let frame = self.frame_for_callee(&caller, info_code.framesize);
        let parent = Rc::new(Parent { instance: caller.clone(), call: instr, on_return, release, state_id: Cell::new(state_id) });
        self.instance = Rc::new(Instance { body: body.clone(), depth: caller.depth + 1, path, known: exact.then_some(id), function, made, frame, parent: Some(parent) });
        let saved = (self.instr, self.pre.clone(), self.ran_python);
        let mut outcome = Outcome::default();
        outcome.pending.add(0, Edge { block: self.block, state: callee, offset: 0 });
        let built = self.build_blocks(&body.order, None, &mut outcome);
        self.leave_rest(&mut outcome, ExitReason::Uncompiled);
        self.instance = caller;
        built?;
        (self.instr, self.ran_python) = (saved.0, saved.2);
        self.drops = pending;
        let edges: Vec<Edge> = outcome
            .returns
            .into_iter()
            .map(|(block, state)| Edge { block, state, offset: instr.next })
            .collect();
        let ends = outcome.ends;
        if edges.is_empty() {
            self.drops.clear();
            return Ok(Inlined { returns: false, ends });
        }
        let joined = self.join(edges);
        self.block = joined.block;
        *state = joined.state;
        // Exits from here on are exits after the call.
        self.pre = Some(state.clone());
        self.recapture(state);
        Ok(Inlined { returns: true, ends })
    }

    pub(crate) fn own_if_lent(&mut self, state: &State, slot: &mut Slot) {
        match &mut slot.val {
            Val::Obj(v) if !slot.owned && state.loans.contains(v) => self.own(slot),
            Val::Virtual(_, parts) => {
                let mut parts_now = std::mem::take(parts);
                parts_now.iter_mut().for_each(|p| self.own_if_lent(state, p));
                *parts = parts_now;
            }
            _ => {}
        }
    }

    /// Calls another unit's native code with arguments that begin at `first` on the stack.
    #[allow(clippy::too_many_arguments, reason = "what a call consists of")]
    fn call_unit(
        &mut self,
        state: &mut State,
        known: Known,
        info: &FunctionInfo,
        unit: u64,
        sources: &[Source],
        first: usize,
        base: usize,
    ) -> Build<()> {
        if known.exact {
            self.assume_function(info);
        }
        let count = state.stack.len() - base;
        let given = self.objects(state, count).split_off(first - base);
        let args: Vec<Value> = sources
            .iter()
            .map(|source| match *source {
                Source::Argument(index) => given[index],
                Source::Default(default) => self.object_const(default),
                Source::Rest(..) | Source::Keywords(_) => unreachable!("units take single objects"),
            })
            .collect();
        self.before_python(state)?;
        let words = self.lend_operands(&args, 0);
        let function = match state.stack[base].val {
            Val::Obj(v) => v,
            _ => self.object_const(known.id),
        };
        let record = self.address(unit);
        let entry = self.load(record, i64::from(UnitLayout::ENTRY), MemSize::Ptr, Region::Thread);
        let tstate = self.tstate;
        let result = self.emit(Ir::CallNative, &[entry, tstate, function, words], Imm::None);
        self.after_python(state);
        self.check_raised(state, result);
        // They end as the callee's parameters do.
        let given = state.stack.split_off(first);
        state.stack.extend(arranged(sources, given, &[]));
        let operands = state.stack.len() - base;
        self.drop_from_top(state, operands);
        state.stack.push(Slot::owned(Val::Obj(result)));
        Ok(())
    }

    /// What is needed to inline a function called with that many positional arguments, which are all its parameters, at an instruction, if it
    /// can be.
    pub(crate) fn inlinable(&self, function: ObjectId, given: usize, instr: Instr) -> Option<(FunctionInfo, CodeId)> {
        let ObjectKind::Function(info) = self.kind(function) else { return None };
        let plain = info.flags & UNPLAIN == 0 && info.kwonly == 0 && info.argcount as usize == given;
        let code = info.code.filter(|&code| plain && self.may_inline(code, instr.offset))?;
        Some((info.clone(), code))
    }

    /// The same for arguments of which the last have these names; and where the parameters come from.
    pub(crate) fn inlinable_with(&self, function: ObjectId, given: usize, names: &[ObjectId], instr: Instr) -> Option<(FunctionInfo, CodeId, Vec<Source>)> {
        let ObjectKind::Function(info) = self.kind(function) else { return None };
        let sources = self.sources(info, given, names).filter(|_| info.flags & GENERATOR == 0)?;
        let code = info.code.filter(|&code| self.may_inline(code, instr.offset))?;
        Some((info.clone(), code, sources))
    }

    /// Inlines a property's getter. False if it cannot be.
    pub(crate) fn inline_accessor(&mut self, state: &mut State, function: ObjectId, operands: usize, instr: Instr) -> Build<bool> {
        let Some((info, code)) = self.inlinable(function, operands, instr) else { return Ok(false) };
        let at = state.stack.len() - operands;
        let args = state.stack.split_off(at);
        let callee = Callee { id: function, info: &info, code, runs: Runs::Constant, exact: true };
        if !self.inline(state, callee, args, OnReturn::Push, instr)? {
            // The callee always leaves: whatever follows is never reached.
            self.block = self.f.add_block();
            self.revive(state);
        }
        Ok(true)
    }

    /// State behind a callee that never returns: the block is unreachable, its stack has the right depth.
    pub(crate) fn revive(&mut self, state: &mut State) {
        state.stack.push(Slot::borrowed(self.none()));
        self.recapture(state);
    }

    /// A call with keyword arguments. False if control does not fall through.
    pub(crate) fn call_kw(&mut self, state: &mut State, argc: u32, instr: Instr) -> Build<bool> {
        let argc = argc as usize;
        let base = state.stack.len() - argc - 3;
        let names = self.keyword_names(state);
        if let Some(names) = &names
            && let Some(goes_on) = self.call_unbuilt(state, base, names, instr)?
        {
            return Ok(goes_on);
        }
        self.build_on_stack(state, argc + 3);
        if let Some(names) = names {
            if let Some(goes_on) = self.call_made(state, base, &names, instr)? {
                return Ok(goes_on);
            }
            if let Some(goes_on) = self.call_with_names(state, base, &names, instr)? {
                if goes_on {
                    self.finish(state, instr.next);
                }
                return Ok(goes_on);
            }
        }
        let values = self.objects(state, argc + 3);
        let words = self.lend_operands(&values[1..argc + 2], 0);
        let count = self.int_const(argc as i64);
        let result = self.raising(state, Helper::call, &[self.tstate, values[0], words, count, values[argc + 2]])?;
        self.drop_from_top(state, argc + 3);
        state.stack.push(Slot::owned(Val::Obj(result)));
        self.finish(state, instr.next);
        Ok(true)
    }

    /// A call with keywords of these names, of which there is one at least, of what is known. `None` if that is left to the general way, else
    /// whether control falls through.
    fn call_with_names(&mut self, state: &mut State, base: usize, names: &[ObjectId], instr: Instr) -> Build<Option<bool>> {
        let callee = self.resolve_callable(state, base, names, instr);
        let callee = self.through_call_method(state, base, callee, instr);
        let Some(known @ Known { id, .. }) = callee else { return Ok(None) };
        match self.kind(id).clone() {
            ObjectKind::Function(info) if !matches!(state.stack[base + 1].val, Val::MaybeObj(_)) => {
                self.python_call(state, known, &info, base, names, instr)
            }
            ObjectKind::Native { .. } => Ok(self.c_call(state, id, base, Some(names.len()))?.then_some(true)),
            ObjectKind::Type(ty) => self.construct(state, ty, base, names, instr),
            _ => Ok(None),
        }
    }
}
