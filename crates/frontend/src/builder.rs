//! The builder: the function under construction, the current position in it, and frame states.

use crate::attempt::Attempt;
use crate::body::Body;
use crate::closure::Made;
use crate::unbuilt::Unbuilt;
use crate::value::{Slot, State, Untraced, Val};
use crate::variable::Named;
use crate::{GiveUp, shape::Shape};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::cell::Cell;
use std::rc::Rc;
use whipsnake_bytecode::Instr;
use whipsnake_contract::exit::{ExitReason, OnReturn, Resume};
use whipsnake_contract::helpers::{Helper, HelperEffect};
use whipsnake_contract::layout::Layout;
use whipsnake_contract::snapshot::{Assumption, CodeId, CodeInfo, KnownType, ObjectId, ObjectKind, Platform, Snapshot, TypeId, TypeInfo, UnitLayout};
use whipsnake_ir::function::ObjectRef;
use whipsnake_ir::{Block, Cond, FrameState, Function, Imm, MemSize, Op, Region, StateId, Value};

/// Most IR instructions of a unit.
pub(crate) const MAX_INSTS: usize = 40_000;

/// What is built when something begins that may be given up.
#[derive(Clone, Copy)]
pub(crate) struct Built {
    insts: usize,
    abandoned: usize,
}

/// Why building stops or starts over.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The unit is left to the interpreter.
    GiveUp(GiveUp),
    /// Start over with a frame pushed at entry: foreign code may look at it.
    NeedsFrame,
    /// Start over without inlining at this call site: foreign code may look at the callee's frame.
    NoInline(Site),
    /// The current instruction always leaves: nothing follows in its block.
    Leaves,
}

impl From<GiveUp> for Stop {
    fn from(reason: GiveUp) -> Self {
        Stop::GiveUp(reason)
    }
}

pub(crate) type Build<T> = Result<T, Stop>;

/// A call site: path of inlined calls, and code unit offset.
pub(crate) type Site = (u64, u32);

/// What a unit's first attempts taught about how to build it.
#[derive(Default)]
pub(crate) struct Lessons {
    /// A frame is pushed at entry.
    pub frame: bool,
    /// Call sites that are not inlined.
    pub no_inline: HashSet<Site>,
    /// No instance waits to be built until it is needed.
    pub builds_instances: bool,
    /// Calls of functions that the unit makes, where these are built before they are called.
    pub builds_functions: HashSet<Site>,
    /// Shapes per loop header that turned out to be needed.
    pub shapes: HashMap<(u64, u32, usize), HashMap<usize, Shape>>,
}

/// A control-flow edge whose source block is not yet ended.
pub(crate) struct Edge {
    /// Source.
    pub block: Block,
    /// State at the target.
    pub state: State,
    /// Code unit offset of the target.
    pub offset: u32,
}

/// The code being built: the unit's own, or an inlined callee.
pub(crate) struct Instance {
    /// Prepared code.
    pub body: Rc<Body>,
    /// Number of inlined frames below.
    pub depth: u32,
    /// Distinguishes inlined instances of the same code.
    pub path: u64,
    /// The function, if the code is inlined and it is that very one.
    pub known: Option<ObjectId>,
    /// The function object, for frame states.
    pub function: whipsnake_ir::Slot,
    /// The function, if it was made by the unit and not built: there is no object then.
    pub made: Option<Made>,
    /// Where its frame is, or will be once it is pushed, if it can be.
    pub frame: Option<Value>,
    /// The caller, as of the call.
    pub parent: Option<Rc<Parent>>,
}

impl Instance {
    /// The path of code that is inlined here at an instruction.
    pub(crate) fn path_of(&self, offset: u32, code: CodeId) -> u64 {
        (self.path ^ (u64::from(offset) << 16) ^ u64::from(code) ^ 0x9e37).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17)
    }
}

/// The caller of an inlined callee, as of the call: callable and arguments are gone from the stack.
pub(crate) struct Parent {
    /// The caller.
    pub instance: Rc<Instance>,
    /// The call.
    pub call: Instr,
    /// What becomes of the result.
    pub on_return: OnReturn,
    /// What is released when the interpreter takes over during the call.
    pub release: Vec<Value>,
    /// A frame state of the caller: the one that was used last.
    pub state_id: Cell<StateId>,
}

/// Function under construction.
pub(crate) struct Builder<'s> {
    pub snapshot: &'s Snapshot,
    pub f: Function,
    /// Where instructions go.
    pub block: Block,
    /// Code being built.
    pub instance: Rc<Instance>,
    /// Instruction being built.
    pub instr: Option<Instr>,
    /// State before the instruction being built.
    pub pre: Option<State>,
    /// What was dropped already when it was taken.
    pub pre_release: Vec<Value>,
    /// Frame state made from it.
    pre_id: Option<StateId>,
    /// The same to raise from.
    raise_id: Option<StateId>,
    /// Slots to drop at the end of the instruction.
    pub drops: Vec<Slot>,
    /// Python code may have run since the instruction began.
    pub ran_python: bool,
    /// The status of a helper that tells whether Python code ran, and how many runs there were with it: if there are more by now, it says nothing of them.
    pub tells: Option<(Value, usize)>,
    /// Counts helper calls that may run Python code.
    pub python_runs: usize,
    /// Slots of a running loop that may be bound after all: whether they are, and the number in them.
    pub unseen: HashMap<Value, (Value, Value)>,
    /// Where the unit's own frame is, or will be once it is pushed.
    pub frame: Option<Value>,
    /// The end of that frame, where frames of inlined code are pushed.
    pub frame_end: Option<Value>,
    /// The constant with the bytes of data stack that the unit needs, by number of its instruction.
    pub room: Option<usize>,
    /// Most words that frames of inlined code take.
    pub inlined_words: u32,
    pub tstate: Value,
    /// Blocks of the unit's own code that are built: all, or those of the running loop.
    pub region: Option<BTreeSet<usize>>,
    /// Locals of a generator that are taken out of its frame at the entry and kept.
    pub kept: BTreeSet<u32>,
    /// Some handler of the unit's own code is built.
    pub catches: bool,
    /// Where such a unit notes what it writes to the locals of its frame.
    pub written: Option<Value>,
    /// Edges from the current instruction to handlers, by target block.
    pub handler_edges: Vec<(usize, Edge)>,
    /// Sets of types that facts refer to.
    pub type_sets: Vec<Vec<TypeId>>,
    /// Sets of functions that facts refer to, each with the types of the receiver that lead to it.
    pub callee_sets: Vec<Vec<(ObjectId, Vec<TypeId>)>>,
    /// The unit's own code is a module's: names are those of its globals.
    pub is_module: bool,
    /// Variables of the module that the unit keeps.
    pub variables: Vec<Named<'s>>,
    /// Loops that are being built around the current place, in callers, too.
    pub open_loops: usize,
    /// Instructions of attempts that were given up: nothing leads to them.
    pub abandoned: usize,
    /// An item is being taken that a generator in place has: what that is like is learned where it was asked for.
    pub takes_item: bool,
    /// The type of an operand of the current instruction is noted.
    pub notes: bool,
    /// What is built must not be seen before it is done.
    pub attempt: Option<Attempt>,
    /// Within an attempt: what the unit's own code drops when that is done.
    pub late: Option<Vec<Slot>>,
    /// Values that stand for instances which are not built.
    pub stand_ins: HashSet<Value>,
    /// Instances of the state that a frame state is made of, and those that are in it already.
    pub exit_unbuilt: Rc<Vec<Unbuilt>>,
    pub exit_seen: HashSet<Value>,
    /// A frame state needs one of them that the state does not have.
    pub uses_unbuilt: bool,
    /// The unit is to be built again, with what was learned.
    pub starts_over: bool,
    /// Names of the attributes that were set on exceptions which are not built.
    pub exception_names: Vec<Vec<String>>,
    pub lessons: Lessons,
    pub(crate) bodies: HashMap<CodeId, Rc<Body>>,
}

impl<'s> Builder<'s> {
    /// A builder for `codes[0]` of a snapshot.
    pub(crate) fn new(snapshot: &'s Snapshot, f: Function, lessons: Lessons, body: Rc<Body>) -> Builder<'s> {
        let block = f.entry();
        let tstate = f.block(block).params[0];
        let instance = Rc::new(Instance {
            body: body.clone(),
            depth: 0,
            path: 0,
            known: None,
            function: whipsnake_ir::Slot::InFrame,
            made: None,
            frame: None,
            parent: None,
        });
        Builder {
            snapshot,
            f,
            block,
            instance,
            instr: None,
            pre: None,
            pre_release: Vec::new(),
            pre_id: None,
            raise_id: None,
            drops: Vec::new(),
            ran_python: false,
            tells: None,
            python_runs: 0,
            abandoned: 0,
            unseen: HashMap::new(),
            frame: None,
            frame_end: None,
            room: None,
            inlined_words: 0,
            tstate,
            region: None,
            kept: BTreeSet::new(),
            catches: false,
            written: None,
            handler_edges: Vec::new(),
            type_sets: Vec::new(),
            callee_sets: Vec::new(),
            is_module: false,
            variables: Vec::new(),
            open_loops: 0,
            attempt: None,
            late: None,
            takes_item: false,
            notes: false,
            stand_ins: HashSet::new(),
            exit_unbuilt: Rc::default(),
            exit_seen: HashSet::new(),
            uses_unbuilt: false,
            starts_over: false,
            exception_names: vec![Vec::new()],
            lessons,
            bodies: HashMap::from([(0, body)]),
        }
    }

    pub(crate) fn platform(&self) -> &'s Platform {
        &self.snapshot.platform
    }

    pub(crate) fn layout(&self) -> &'s Layout {
        &self.snapshot.platform.layout
    }

    /// The code object being built.
    pub(crate) fn code(&self) -> &'s CodeInfo {
        &self.snapshot.codes[self.instance.body.code as usize]
    }

    /// The prepared form of a code object.
    pub(crate) fn body(&mut self, code: CodeId) -> Result<Rc<Body>, GiveUp> {
        if let Some(body) = self.bodies.get(&code) {
            return Ok(body.clone());
        }
        let body = Rc::new(Body::new(self.snapshot, code)?);
        self.bodies.insert(code, body.clone());
        Ok(body)
    }

    /// The known type at an address.
    pub(crate) fn known_by_address(&self, address: u64) -> Option<KnownType> {
        KnownType::ALL.iter().copied().find(|&k| self.platform().known_type(k) == Some(address))
    }

    /// What the snapshot knows of the type at an address.
    pub(crate) fn type_info(&self, address: u64) -> Option<&'s TypeInfo> {
        self.snapshot.types.iter().find(|t| t.address == address)
    }

    /// Kind of a constant object.
    pub(crate) fn kind(&self, id: ObjectId) -> &'s ObjectKind {
        &self.snapshot.objects[id as usize].kind
    }

    /// Records an assumption.
    pub(crate) fn assume(&mut self, assumption: Assumption) {
        if !self.f.assumptions.contains(&assumption) {
            self.f.assumptions.push(assumption);
        }
    }

    /// The function's reference to an object of the snapshot.
    pub(crate) fn object_ref(&mut self, id: ObjectId) -> u32 {
        let info = &self.snapshot.objects[id as usize];
        let label = match &info.kind {
            ObjectKind::Str(text) => format!("{text:?}"),
            ObjectKind::Int(value) => value.to_string(),
            ObjectKind::Native { name, .. } => name.clone(),
            ObjectKind::None => "None".into(),
            ObjectKind::Bool(value) => if *value { "True" } else { "False" }.into(),
            _ => self.snapshot.type_of(id).name.clone(),
        };
        self.f.add_object(ObjectRef { address: info.address, immortal: info.immortal, label })
    }

    // Emission.

    /// Appends an instruction with a result.
    pub(crate) fn emit(&mut self, op: Op, args: &[Value], imm: Imm) -> Value {
        let block = self.block;
        self.f.push_value(block, op, args, imm, None)
    }

    /// Appends an instruction without a result.
    pub(crate) fn effect(&mut self, op: Op, args: &[Value], imm: Imm) {
        let block = self.block;
        self.f.push(block, op, args, imm, None);
    }

    /// Appends a checked instruction with a result that exits by the state before the current instruction.
    pub(crate) fn checked(&mut self, op: Op, args: &[Value]) -> Value {
        let state = self.pre_state();
        let block = self.block;
        self.f.push_value(block, op, args, Imm::None, Some(state))
    }

    /// Exits by the state before the current instruction unless the condition holds.
    pub(crate) fn guard(&mut self, condition: Value, reason: ExitReason) {
        let state = self.pre_state();
        self.guard_at(condition, reason, state);
    }

    /// Exits by a state unless the condition holds.
    pub(crate) fn guard_at(&mut self, condition: Value, reason: ExitReason, state: StateId) {
        let block = self.block;
        self.f.push(block, Op::Guard, &[condition], Imm::Exit(reason), Some(state));
    }

    /// Exits by the state before the current instruction if the value is NULL.
    pub(crate) fn guard_not_null(&mut self, value: Value, reason: ExitReason) {
        let state = self.pre_state();
        let block = self.block;
        self.f.push(block, Op::GuardNotNull, &[value], Imm::Exit(reason), Some(state));
    }

    pub(crate) fn int_const(&mut self, value: i64) -> Value {
        self.emit(Op::Iconst, &[], Imm::Int(value))
    }

    pub(crate) fn float_const(&mut self, bits: u64) -> Value {
        self.emit(Op::Fconst, &[], Imm::Float(bits))
    }

    pub(crate) fn bool_const(&mut self, value: bool) -> Value {
        self.emit(Op::Bconst, &[], Imm::Int(value as i64))
    }

    pub(crate) fn address(&mut self, address: u64) -> Value {
        self.emit(Op::Address, &[], Imm::Int(address as i64))
    }

    pub(crate) fn null(&mut self) -> Value {
        self.emit(Op::Null, &[], Imm::None)
    }

    pub(crate) fn icmp(&mut self, cond: Cond, a: Value, b: Value) -> Value {
        self.emit(Op::Icmp, &[a, b], Imm::Cond(cond))
    }

    /// Loads from `base + offset`.
    pub(crate) fn load(&mut self, base: Value, offset: i64, size: MemSize, region: Region) -> Value {
        self.emit(Op::Load, &[base], Imm::Mem { offset: offset as i32, size, region })
    }

    /// Loads element `index` at `base + offset`.
    pub(crate) fn load_indexed(&mut self, base: Value, index: Value, offset: i64, size: MemSize, region: Region) -> Value {
        self.emit(Op::LoadIndexed, &[base, index], Imm::Mem { offset: offset as i32, size, region })
    }

    /// Stores to `base + offset`.
    pub(crate) fn store(&mut self, base: Value, value: Value, offset: i64, size: MemSize, region: Region) {
        self.effect(Op::Store, &[base, value], Imm::Mem { offset: offset as i32, size, region });
    }

    /// Calls a helper with a result that runs no Python code.
    pub(crate) fn helper(&mut self, helper: Helper, args: &[Value]) -> Value {
        debug_assert!(!helper.info().effect.may_run_python());
        self.emit(Op::CallHelper, args, Imm::Helper(helper))
    }

    /// Calls a helper that may run Python code: the frame tells the truth before, and what may have changed is forgotten after.
    pub(crate) fn python(&mut self, state: &mut State, helper: Helper, args: &[Value]) -> Build<Value> {
        self.before_python(state)?;
        let result = self.emit(Op::CallHelper, args, Imm::Helper(helper));
        self.after_python(state);
        Ok(result)
    }

    /// To be called before anything that may run Python code on the hot path.
    pub(crate) fn before_python(&mut self, state: &mut State) -> Build<()> {
        if let Some(attempt) = self.attempt {
            if !self.notes {
                return Err(Stop::NoInline(attempt.site));
            }
            // With the type that is noted the next unit may do without Python code.
            let state = self.pre_state();
            let block = self.block;
            self.f.exit(block, ExitReason::Profiled, state);
            self.drops.clear();
            return Err(Stop::Leaves);
        }
        if self.frame.is_none() {
            return Err(Stop::NeedsFrame);
        }
        self.trace(state);
        let stack = state.stack.clone();
        if !self.variables.is_empty() {
            self.settle(state);
            self.store_all_back(state);
        }
        self.expose(state);
        // Locals may have been boxed, and the frames hold them now: exits of this instruction must know.
        let mut pre = self.pre.take().expect("an instruction was begun");
        self.share_unbuilt(state, &mut pre);
        for (i, (before, now)) in stack.iter().zip(&state.stack).enumerate().filter(|(_, (before, now))| before != now) {
            // The stack got a reference to the box of a local.
            if let Some(slot) = pre.stack.get_mut(i).filter(|slot| *slot == before) {
                *slot = now.clone();
            }
        }
        pre.locals = state.locals.clone();
        pre.memory = state.memory.clone();
        pre.caller = state.caller.clone();
        pre.variables = state.variables.clone();
        pre.linked = true;
        pre.untraced = None;
        self.pre = Some(pre);
        self.forget_states();
        Ok(())
    }

    /// True if objects of the type stay of that type: it is a builtin one, whose instances' `__class__` cannot be assigned.
    pub(crate) fn keeps_type(&self, ty: u64) -> bool {
        self.known_by_address(ty).is_some() || self.type_info(ty).is_some_and(|info| info.leaf)
    }

    /// To be called after anything that may have run Python code.
    pub(crate) fn after_python(&mut self, state: &mut State) {
        self.ran_python = true;
        self.python_runs += 1;
        state.facts.forget_types(|ty| !self.keeps_type(ty));
        state.know_unbuilt();
    }

    /// The result of a helper that returns NULL with an exception set.
    pub(crate) fn raising(&mut self, state: &mut State, helper: Helper, args: &[Value]) -> Build<Value> {
        let result = self.python(state, helper, args)?;
        self.check_raised(state, result);
        Ok(result)
    }

    /// The status of a helper that returns a negative number with an exception set.
    pub(crate) fn status(&mut self, state: &mut State, helper: Helper, args: &[Value]) -> Build<Value> {
        let status = self.python(state, helper, args)?;
        self.tells = (helper.info().effect == HelperEffect::Tells).then_some((status, self.python_runs));
        self.check_status(state, status);
        Ok(status)
    }

    /// Raises at the current instruction if the status is negative.
    pub(crate) fn check_status(&mut self, state: &State, status: Value) {
        let zero = self.int_const(0);
        let fine = self.icmp(Cond::Ge, status, zero);
        self.check_fine(state, fine);
    }

    // Frame states.

    /// Begins an instruction.
    pub(crate) fn begin(&mut self, instr: Instr, state: &State) {
        self.instr = Some(instr);
        self.ran_python = false;
        self.tells = None;
        self.notes = false;
        self.recapture(state);
    }

    /// Takes the state as the one before the current instruction: its operands changed their form, nothing else happened.
    pub(crate) fn recapture(&mut self, state: &State) {
        self.pre = Some(state.clone());
        self.pre_release = self.dropped();
        self.forget_states();
    }

    /// Where an attempt begins that may be given up.
    pub(crate) fn built(&self) -> Built {
        Built { insts: self.f.insts.len(), abandoned: self.abandoned }
    }

    /// Whatever was built since then is given up.
    pub(crate) fn abandon(&mut self, since: Built) {
        self.abandoned = since.abandoned + self.f.insts.len() - since.insts;
    }

    /// Instructions that are not given up.
    pub(crate) fn size(&self) -> usize {
        self.f.insts.len() - self.abandoned
    }

    /// The state before the current instruction has become another one: so do its frame states.
    pub(crate) fn forget_states(&mut self) {
        self.pre_id = None;
        self.raise_id = None;
    }

    /// Objects whose references are released at the end of the instruction.
    pub(crate) fn dropped(&self) -> Vec<Value> {
        self.drops
            .iter()
            .filter_map(|slot| match slot.val {
                Val::Obj(v) | Val::MaybeObj(v) => Some(v),
                _ => None,
            })
            .collect()
    }

    /// Frame state before the current instruction.
    pub(crate) fn pre_state(&mut self) -> StateId {
        if let Some(id) = self.pre_id {
            return id;
        }
        let state = self.pre.clone().expect("an instruction was begun");
        let offset = self.instr.expect("an instruction was begun").offset;
        let release = self.pre_release.clone();
        let id = self.frame_state(&state, offset, Resume::Execute, &release);
        self.pre_id = Some(id);
        id
    }

    /// Frame state from which the current instruction raises.
    pub(crate) fn raise_state(&mut self) -> StateId {
        if let Some(id) = self.raise_id {
            return id;
        }
        let state = self.pre.clone().expect("an instruction was begun");
        let offset = self.instr.expect("an instruction was begun").op_offset;
        let release = self.pre_release.clone();
        let id = self.frame_state(&state, offset, Resume::Raise, &release);
        self.raise_id = Some(id);
        id
    }


    /// A frame state of the code being built.
    pub(crate) fn frame_state(&mut self, state: &State, offset: u32, resume: Resume, release: &[Value]) -> StateId {
        if let Some(attempt) = self.attempt {
            return self.state_of_attempt(attempt, state, resume, release);
        }
        let instance = self.instance.clone();
        self.exit_unbuilt = state.unbuilt.clone();
        self.exit_seen.clear();
        let state = self.frame_state_of(&instance, state, offset, resume, release);
        self.f.add_state(state)
    }

    /// The frame state of a caller, as of its call.
    fn caller_state(&mut self, parent: &Parent, state: &State) -> StateId {
        let mut state = self.frame_state_of(&parent.instance, state, parent.call.op_offset, Resume::Execute, &parent.release);
        state.return_offset = parent.call.next - parent.call.op_offset;
        state.on_return = parent.on_return;
        let last = parent.state_id.get();
        if self.f.states.get(last.index()) == Some(&state) {
            return last;
        }
        let id = self.f.add_state(state);
        parent.state_id.set(id);
        id
    }

    fn frame_state_of(&mut self, instance: &Instance, state: &State, offset: u32, resume: Resume, release: &[Value]) -> FrameState {
        let parent = match (&instance.parent, &state.caller) {
            (Some(parent), Some(caller)) => Some(self.caller_state(parent, caller)),
            _ => None,
        };
        let locals = state
            .locals
            .iter()
            .enumerate()
            .map(|(i, slot)| match state.memory.get(i) {
                // What inlined code borrows belongs to a caller, which the interpreter runs on its own.
                Some(Some(held)) if held == slot && self.memory_owns(slot, instance.depth) => whipsnake_ir::Slot::InFrame,
                _ => self.ir_slot(slot),
            })
            .collect();
        let stack = state.stack.iter().map(|slot| self.ir_slot(slot)).collect();
        let function = match instance.made {
            Some(made) => self.function_made(made, state),
            None => instance.function.clone(),
        };
        let (variables, duplicates) = self.variables_in_state(state);
        FrameState {
            code: instance.body.code,
            function,
            offset,
            return_offset: 0,
            on_return: OnReturn::Push,
            resume,
            untraced: matches!(state.untraced, Some(Untraced::OnStack(_) | Untraced::Handled)),
            frame: self.frame_of(instance).filter(|_| state.linked),
            locals,
            stack,
            variables,
            release: release.iter().copied().chain(duplicates).collect(),
            origin: None,
            parent,
        }
    }

    /// Where the frame of an instance is, or will be.
    pub(crate) fn frame_of(&self, instance: &Instance) -> Option<Value> {
        if instance.depth == 0 { self.frame } else { instance.frame }
    }

    /// True if a frame slot that holds this content in memory can be handed over as it is.
    fn memory_owns(&self, slot: &Slot, depth: u32) -> bool {
        match &slot.val {
            Val::Obj(_) => slot.owned || depth == 0,
            Val::Null | Val::MaybeObj(_) | Val::Unseen(_) => true,
            Val::Const(id) => self.snapshot.objects[*id as usize].immortal,
            _ => false,
        }
    }

    /// A slot in terms of the IR.
    pub(crate) fn ir_slot(&mut self, slot: &Slot) -> whipsnake_ir::Slot {
        use whipsnake_ir::Slot as Ir;
        match &slot.val {
            Val::Null => Ir::Null,
            Val::Obj(v) if self.stand_ins.contains(v) => self.unbuilt_slot(*v),
            Val::Obj(v) if slot.owned => Ir::Owned(*v),
            Val::Obj(v) => Ir::Borrowed(*v),
            Val::MaybeObj(v) | Val::Unseen(v) => Ir::OwnedOrNull(*v),
            Val::Int(v) | Val::Float(v) | Val::Bool(v) => Ir::Raw(*v),
            Val::SmallInt(value) => Ir::Int(*value),
            Val::Const(id) => Ir::Object(self.object_ref(*id)),
            Val::Maybe(flag, val) => {
                let inner = self.ir_slot(&Slot::borrowed((**val).clone()));
                Ir::Maybe(*flag, Box::new(inner))
            }
            Val::Virtual(kind, parts) => {
                let parts = parts.iter().map(|p| self.ir_slot(p)).collect();
                Ir::Virtual(*kind, parts)
            }
            Val::InFrame => Ir::InFrame,
        }
    }

    /// The address of the unit's record.
    pub(crate) fn unit(&mut self) -> Value {
        self.address(self.snapshot.unit)
    }

    /// Leaves by the state unless nothing is pending on this thread.
    pub(crate) fn poll(&mut self, state: StateId) {
        let tstate = self.tstate;
        let breaker = self.load(tstate, self.layout().tstate_eval_breaker, MemSize::I64, Region::Thread);
        let unit = self.unit();
        let quiet = self.load(unit, UnitLayout::QUIET as i64, MemSize::I64, Region::Thread);
        let same = self.icmp(Cond::Eq, breaker, quiet);
        self.guard_at(same, ExitReason::EvalBreaker, state);
    }

    /// How often an exit with one of the reasons was taken at the instruction in earlier units.
    pub(crate) fn exits_seen(&self, reasons: &[ExitReason]) -> u32 {
        let Some(instr) = self.instr else { return 0 };
        self.code()
            .exits_seen
            .iter()
            .filter(|e| (e.offset == instr.offset || e.offset == instr.op_offset) && reasons.contains(&e.reason))
            .map(|e| e.count)
            .sum()
    }

    /// True if the unit does without guesses at types.
    pub(crate) fn guesses_no_types(&self) -> bool {
        self.snapshot.wary || self.snapshot.surveys
    }

    /// True unless speculation of that kind failed at the current instruction in an earlier unit, or on types all over the place.
    pub(crate) fn may_speculate(&self, reason: ExitReason) -> bool {
        let none = self.guesses_no_types() && reason == ExitReason::TypeGuard;
        !none && self.exits_seen(&[reason]) == 0
    }
}
