//! Functions in SSA form with block parameters, and how they are built and edited.

use crate::entity::{Block, Inst, StateId, Value};
use crate::ops::{Effect, Imm, Op, Sig, Ty};
use crate::state::FrameState;
use smallvec::SmallVec;
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::{Arg, Helper};
use whipsnake_contract::snapshot::Assumption;

/// A jump target with the values of its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The block.
    pub block: Block,
    /// One value per parameter.
    pub args: SmallVec<[Value; 4]>,
}

/// An instruction.
#[derive(Clone, Debug, PartialEq)]
pub struct InstData {
    /// The operation.
    pub op: Op,
    /// Operands.
    pub args: SmallVec<[Value; 4]>,
    /// Immediate.
    pub imm: Imm,
    /// Targets of `jump` and `branch`.
    pub targets: SmallVec<[Target; 2]>,
    /// Frame state of an operation that can exit.
    pub state: Option<StateId>,
    /// Result.
    pub result: Option<Value>,
}

/// A basic block.
#[derive(Clone, Debug, Default)]
pub struct BlockData {
    /// Parameters.
    pub params: Vec<Value>,
    /// Instructions; the last one is a terminator once the block is complete.
    pub insts: Vec<Inst>,
    /// Rarely executed: kept out of the hot path.
    pub cold: bool,
}

/// A constant object that the function refers to.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectRef {
    /// Its address.
    pub address: u64,
    /// Never freed and needs no reference counting.
    pub immortal: bool,
    /// For dumps.
    pub label: String,
}

/// What the entry block's parameters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abi {
    /// `(thread state: ptr, function: obj, arguments: ptr) -> obj`: returns an owned object or NULL.
    Function,
    /// `(thread state: ptr, frame: ptr) -> never`: leaves by an exit only.
    Loop,
}

impl Abi {
    /// Types of the entry block's parameters.
    pub const fn params(self) -> &'static [Ty] {
        match self {
            Abi::Function => &[Ty::Ptr, Ty::Obj, Ty::Ptr],
            Abi::Loop => &[Ty::Ptr, Ty::Ptr],
        }
    }
}

/// A function of the IR: one compilation unit.
#[derive(Clone, Debug)]
pub struct Function {
    /// For dumps.
    pub name: String,
    /// How it is called.
    pub abi: Abi,
    /// Blocks; the first is the entry.
    pub blocks: Vec<BlockData>,
    /// Instructions, by [`Inst`].
    pub insts: Vec<InstData>,
    /// Type of each value.
    pub values: Vec<Ty>,
    /// Frame states.
    pub states: Vec<FrameState>,
    /// Constant objects.
    pub objects: Vec<ObjectRef>,
    /// What must stay true while the code is installed.
    pub assumptions: Vec<Assumption>,
    /// Force every N-th passed guard to exit (0: none), counted at this address.
    pub exit_every: Option<(u64, u64)>,
}

impl Function {
    /// An empty function with an entry block.
    pub fn new(name: impl Into<String>, abi: Abi) -> Function {
        let mut function = Function {
            name: name.into(),
            abi,
            blocks: Vec::new(),
            insts: Vec::new(),
            values: Vec::new(),
            states: Vec::new(),
            objects: Vec::new(),
            assumptions: Vec::new(),
            exit_every: None,
        };
        let entry = function.add_block();
        for &ty in abi.params() {
            function.add_param(entry, ty);
        }
        function
    }

    /// The entry block.
    pub const fn entry(&self) -> Block {
        Block(0)
    }

    /// All blocks in layout order.
    pub fn block_ids(&self) -> impl DoubleEndedIterator<Item = Block> + use<> {
        (0..self.blocks.len() as u32).map(Block)
    }

    /// Adds an empty block.
    pub fn add_block(&mut self) -> Block {
        self.blocks.push(BlockData::default());
        Block(self.blocks.len() as u32 - 1)
    }

    /// Adds a value of a type.
    pub fn add_value(&mut self, ty: Ty) -> Value {
        self.values.push(ty);
        Value(self.values.len() as u32 - 1)
    }

    /// Adds a parameter to a block.
    pub fn add_param(&mut self, block: Block, ty: Ty) -> Value {
        let value = self.add_value(ty);
        self.blocks[block.index()].params.push(value);
        value
    }

    /// Adds a frame state.
    pub fn add_state(&mut self, state: FrameState) -> StateId {
        self.states.push(state);
        StateId(self.states.len() as u32 - 1)
    }

    /// The index of a constant object, added if new.
    pub fn add_object(&mut self, object: ObjectRef) -> u32 {
        match self.objects.iter().position(|o| o.address == object.address) {
            Some(index) => index as u32,
            None => {
                self.objects.push(object);
                self.objects.len() as u32 - 1
            }
        }
    }

    /// Type of a value.
    pub fn ty(&self, value: Value) -> Ty {
        self.values[value.index()]
    }

    /// A block's data.
    pub fn block(&self, block: Block) -> &BlockData {
        &self.blocks[block.index()]
    }

    /// An instruction's data.
    pub fn inst(&self, inst: Inst) -> &InstData {
        &self.insts[inst.index()]
    }

    /// A frame state.
    pub fn state(&self, state: StateId) -> &FrameState {
        &self.states[state.index()]
    }

    /// A state and its parents, innermost first.
    pub fn state_chain(&self, state: StateId) -> impl Iterator<Item = StateId> + '_ {
        std::iter::successors(Some(state), |s| self.state(*s).parent)
    }

    /// Result type of an instruction with these operands, if it has a result.
    pub fn result_type(&self, op: Op, args: &[Value], imm: &Imm) -> Option<Ty> {
        match op.info().result {
            Sig::Is(ty) => Some(ty),
            Sig::Same => args.last().map(|v| self.ty(*v)),
            Sig::Named => match imm {
                Imm::Mem { size, .. } => Some(size.ty()),
                Imm::Helper(helper) => helper.info().result.map(arg_type),
                _ => None,
            },
            Sig::Address | Sig::Rest | Sig::Nothing => None,
        }
    }

    /// Creates an instruction (with its result value) without placing it.
    pub fn make_inst(&mut self, op: Op, args: &[Value], imm: Imm, state: Option<StateId>) -> Inst {
        let result = self.result_type(op, args, &imm).map(|ty| self.add_value(ty));
        self.insts.push(InstData {
            op,
            args: SmallVec::from_slice(args),
            imm,
            targets: SmallVec::new(),
            state,
            result,
        });
        Inst(self.insts.len() as u32 - 1)
    }

    /// Appends an instruction to a block.
    pub fn push(&mut self, block: Block, op: Op, args: &[Value], imm: Imm, state: Option<StateId>) -> Inst {
        let inst = self.make_inst(op, args, imm, state);
        self.blocks[block.index()].insts.push(inst);
        inst
    }

    /// Appends an instruction that has a result.
    ///
    /// # Panics
    /// If the operation has no result.
    pub fn push_value(&mut self, block: Block, op: Op, args: &[Value], imm: Imm, state: Option<StateId>) -> Value {
        let inst = self.push(block, op, args, imm, state);
        self.inst(inst).result.expect("the operation has a result")
    }

    /// Ends a block with a jump.
    pub fn jump(&mut self, block: Block, target: Block, args: &[Value]) {
        let inst = self.push(block, Op::Jump, &[], Imm::None, None);
        self.insts[inst.index()].targets.push(Target { block: target, args: SmallVec::from_slice(args) });
    }

    /// Ends a block with a branch.
    pub fn branch(&mut self, block: Block, condition: Value, then: Target, otherwise: Target) {
        let inst = self.push(block, Op::Branch, &[condition], Imm::None, None);
        self.insts[inst.index()].targets.extend([then, otherwise]);
    }

    /// Ends a block with an unconditional exit.
    pub fn exit(&mut self, block: Block, reason: ExitReason, state: StateId) {
        self.push(block, Op::Exit, &[], Imm::Exit(reason), Some(state));
    }

    /// The block's terminator, if it is complete.
    pub fn terminator(&self, block: Block) -> Option<&InstData> {
        let last = self.inst(*self.block(block).insts.last()?);
        last.op.is_terminator().then_some(last)
    }

    /// Successors of a block.
    pub fn successors(&self, block: Block) -> impl Iterator<Item = Block> + '_ {
        self.terminator(block).into_iter().flat_map(|t| t.targets.iter().map(|t| t.block))
    }

    /// Blocks reachable from the entry, in reverse postorder.
    pub fn reverse_postorder(&self) -> Vec<Block> {
        let mut seen = vec![false; self.blocks.len()];
        let mut order = Vec::new();
        let mut work = vec![(self.entry(), false)];
        while let Some((block, done)) = work.pop() {
            if done {
                order.push(block);
            } else if !std::mem::replace(&mut seen[block.index()], true) {
                work.push((block, true));
                let successors: Vec<Block> = self.successors(block).collect();
                work.extend(successors.into_iter().map(|s| (s, false)));
            }
        }
        order.reverse();
        order
    }

    /// True if a reachable block can be reached from itself.
    pub fn has_loop(&self) -> bool {
        let order = self.reverse_postorder();
        let mut place = vec![usize::MAX; self.blocks.len()];
        for (index, block) in order.iter().enumerate() {
            place[block.index()] = index;
        }
        order.iter().any(|&block| self.successors(block).any(|next| place[next.index()] <= place[block.index()]))
    }

    /// True if the instruction may change memory of objects, run Python code, or end the unit's assumptions.
    pub fn may_run_python(&self, inst: &InstData) -> bool {
        match inst.op.info().effect {
            Effect::Any => true,
            Effect::Helper => match inst.imm {
                Imm::Helper(helper) => helper.info().effect.may_run_python(),
                _ => true,
            },
            _ => false,
        }
    }
}

/// The IR type of a helper's argument or result.
pub const fn arg_type(arg: Arg) -> Ty {
    match arg {
        Arg::Obj => Ty::Obj,
        Arg::Ptr => Ty::Ptr,
        Arg::I64 => Ty::I64,
        Arg::F64 => Ty::F64,
    }
}

/// Operand types of a helper.
pub fn helper_params(helper: Helper) -> impl Iterator<Item = Ty> {
    helper.info().args.iter().map(|&a| arg_type(a))
}
