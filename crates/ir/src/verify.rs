//! Checks that a function keeps the rules of the IR, and says everything that is wrong with it.
//!
//! The rules, each with a [`Violation`] and a test file under `tests/filetests/verifier`:
//!
//! Structure
//! - the entry block has the parameters of the calling convention, and nothing jumps to it;
//! - each block ends with its only terminator;
//! - an instruction is in one place, a value is defined once;
//! - a jump has one target, a branch two, other instructions none; targets exist;
//! - only function units return.
//!
//! Types
//! - operands agree with the operation's declared signature, helper arguments with the helper's;
//! - results are there exactly if the signature has one, and of its type;
//! - target arguments agree with the block's parameters;
//! - the immediate is of the declared kind and in range: truth constants 0 or 1, a positive number of scratch words,
//!   no unsigned comparison of doubles, frame slots hold objects, objects out of the function's table.
//!
//! Dominance
//! - each operand, and each value that a state or its parents refer to, is defined on every path.
//!
//! Frame states
//! - an instruction has a state exactly if the operation needs one;
//! - states exist, and parents lead to an outermost frame;
//! - owned, borrowed and released values are objects, raw ones are not addresses, flags are truth values, existing frames are
//!   pointers;
//! - `in_frame` is only used with an existing frame;
//! - virtual objects have as many parts as their kind;
//! - the state of an observing operation executes an instruction, and no state is itself an observation.

use crate::dominators::{Definitions, Dominators};
use crate::entity::{Block, Inst, StateId, Value};
use crate::function::{Abi, Function, InstData, helper_params};
use crate::ops::{Cond, Exits, Imm, ImmKind, MemSize, Op, Sig, Ty};
use crate::print::{place, state_text};
use crate::state::{FrameState, Slot};
use std::collections::BTreeSet;
use whipsnake_contract::exit::{Resume, Virtual};

/// A broken rule. Messages begin with the place: a block and the instruction, or a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are those of the message above them")]
pub enum Violation {
    /// The entry block's parameters are not those of the calling convention.
    #[error("block0: the entry block has parameters ({found}), but units of abi {abi} have ({expected})")]
    EntryParameters { abi: &'static str, found: String, expected: String },
    /// The block does not end with a terminator.
    #[error("{block}: the block does not end with a terminator")]
    NoTerminator { block: Block },
    /// A terminator before the end of its block.
    #[error("{place}: a terminator inside a block")]
    EarlyTerminator { place: String },
    /// An instruction in two places, or one that does not exist.
    #[error("{block}: {inst} is in a block twice, or does not exist")]
    InstPlacement { block: Block, inst: Inst },
    /// A value is defined twice.
    #[error("{place}: {value} is defined a second time")]
    DefinedTwice { place: String, value: Value },
    /// Wrong number of targets.
    #[error("{place}: {found} targets, expected {expected}")]
    TargetCount { place: String, found: usize, expected: usize },
    /// A target that does not exist, or the entry block.
    #[error("{place}: {target} cannot be jumped to: it is the entry block or does not exist")]
    BadTarget { place: String, target: Block },
    /// Wrong number of target arguments.
    #[error("{place}: {found} arguments for {target}, which has {expected} parameters")]
    TargetArgumentCount { place: String, target: Block, found: usize, expected: usize },
    /// Wrong type of a target argument.
    #[error("{place}: argument {value} for {target} is {found}, the parameter is {expected}")]
    TargetArgumentType { place: String, target: Block, value: Value, found: &'static str, expected: &'static str },
    /// A loop unit returns.
    #[error("{place}: a loop unit leaves by exits only")]
    ReturnFromLoop { place: String },
    /// Wrong number of operands.
    #[error("{place}: {found} operands, expected {expected}")]
    OperandCount { place: String, found: usize, expected: usize },
    /// Wrong type of an operand.
    #[error("{place}: operand {value} is {found}, expected {expected}")]
    OperandType { place: String, value: Value, found: &'static str, expected: &'static str },
    /// A result where there is none, or none where there is one.
    #[error("{place}: {}", if *.expected { "the result is missing" } else { "the operation has no result" })]
    ResultPresence { place: String, expected: bool },
    /// Wrong type of the result.
    #[error("{place}: the result is {found}, expected {expected}")]
    ResultType { place: String, found: &'static str, expected: &'static str },
    /// Wrong kind of immediate.
    #[error("{place}: the immediate is of another kind than the operation's ({expected:?})")]
    ImmediateKind { place: String, expected: ImmKind },
    /// An immediate out of range.
    #[error("{place}: {problem}")]
    ImmediateRange { place: String, problem: &'static str },
    /// A value without a definition.
    #[error("{place}: {value} is never defined")]
    Undefined { place: String, value: Value },
    /// A value that is not defined on every path.
    #[error("{place}: {value} is not defined on every path to here")]
    NotDominated { place: String, value: Value },
    /// An operation needs a frame state.
    #[error("{place}: the frame state is missing")]
    StateMissing { place: String },
    /// An operation that takes no frame state has one.
    #[error("{place}: the operation takes no frame state")]
    StateUnexpected { place: String },
    /// A frame state that does not exist.
    #[error("{place}: {state} does not exist")]
    NoSuchState { place: String, state: StateId },
    /// The state's parents form a ring.
    #[error("{state}: the parents lead back to the state")]
    ParentCycle { state: StateId },
    /// Wrong type of a value in a frame state.
    #[error("{place}: {value} is {found}, expected {expected}")]
    StateValueType { place: String, value: Value, found: &'static str, expected: &'static str },
    /// A slot that refers to a frame that does not exist.
    #[error("{place}: `in_frame` needs an existing frame")]
    NoFrame { place: String },
    /// An object that is not in the function's table.
    #[error("{place}: o{index} does not exist")]
    NoSuchObject { place: String, index: u32 },
    /// Wrong number of parts of a virtual object.
    #[error("{place}: `{kind}` has {found} parts, expected {expected}")]
    VirtualParts { place: String, kind: &'static str, found: usize, expected: usize },
    /// A state that resumes in a way it cannot.
    #[error("{place}: {problem}")]
    BadResume { place: String, problem: &'static str },
}

/// Everything that is wrong with the function; empty if it is valid.
pub fn verify(function: &Function) -> Vec<Violation> {
    let mut verifier = Verifier { function, violations: Vec::new(), placed: Vec::new() };
    verifier.states();
    verifier.structure();
    let placed = std::mem::take(&mut verifier.placed);
    let mut has_graph = function.blocks.iter().map(|b| b.insts.len()).sum::<usize>() == placed.len();
    for &(block, _, inst) in &placed {
        has_graph &= verifier.inst(block, inst);
    }
    if has_graph {
        verifier.dominance(&placed);
    }
    verifier.violations
}

/// The violations as one text, one line each; `None` for a valid function.
pub fn verify_text(function: &Function) -> Option<String> {
    let violations = verify(function);
    let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

struct Verifier<'a> {
    function: &'a Function,
    violations: Vec<Violation>,
    /// Instructions that exist, with block and position.
    placed: Vec<(Block, usize, Inst)>,
}

impl Verifier<'_> {
    fn report(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    fn ty(&self, value: Value) -> Option<Ty> {
        self.function.values.get(value.index()).copied()
    }

    fn type_name(&self, value: Value) -> &'static str {
        self.ty(value).map_or("missing", Ty::name)
    }

    fn structure(&mut self) {
        let function = self.function;
        let mut seen = BTreeSet::new();
        let mut defined = vec![false; function.values.len()];
        let expected = function.abi.params();
        let found: Vec<&str> =
            function.blocks.first().map_or(Vec::new(), |b| b.params.iter().map(|&p| self.type_name(p)).collect());
        if !found.iter().copied().eq(expected.iter().map(|ty| ty.name())) {
            self.report(Violation::EntryParameters {
                abi: function.abi.name(),
                found: found.join(", "),
                expected: expected.iter().map(|ty| ty.name()).collect::<Vec<_>>().join(", "),
            });
        }
        for block in function.block_ids() {
            let data = function.block(block);
            for &param in &data.params {
                self.define(&mut defined, param, || block.to_string());
            }
            for (index, &inst) in data.insts.iter().enumerate() {
                if inst.index() >= function.insts.len() || !seen.insert(inst) {
                    self.report(Violation::InstPlacement { block, inst });
                    continue;
                }
                self.placed.push((block, index, inst));
                let data_of = function.inst(inst);
                if let Some(result) = data_of.result {
                    self.define(&mut defined, result, || place(function, block, inst));
                }
                if data_of.op.is_terminator() && index + 1 != data.insts.len() {
                    self.report(Violation::EarlyTerminator { place: place(function, block, inst) });
                }
            }
            let ends = data.insts.last().and_then(|i| function.insts.get(i.index()));
            if !ends.is_some_and(|last| last.op.is_terminator()) {
                self.report(Violation::NoTerminator { block });
            }
        }
    }

    fn define(&mut self, defined: &mut [bool], value: Value, place: impl Fn() -> String) {
        match defined.get_mut(value.index()) {
            Some(already) if !*already => *already = true,
            _ => self.report(Violation::DefinedTwice { place: place(), value }),
        }
    }

    /// Checks all that needs no control flow; returns whether the instruction's targets exist.
    fn inst(&mut self, block: Block, inst: Inst) -> bool {
        let function = self.function;
        let data = function.inst(inst);
        let place = || place(function, block, inst);
        self.operands(data, &place);
        self.result(data, &place);
        self.immediate(data, &place);
        match (data.op.info().exits, data.state) {
            (Exits::Never, Some(_)) => self.report(Violation::StateUnexpected { place: place() }),
            (Exits::Never, None) => {}
            (_, None) => self.report(Violation::StateMissing { place: place() }),
            (_, Some(state)) if state.index() >= function.states.len() => {
                self.report(Violation::NoSuchState { place: place(), state });
            }
            _ => {}
        }
        if data.op == Op::Return && function.abi == Abi::Loop {
            self.report(Violation::ReturnFromLoop { place: place() });
        }
        self.targets(data, &place)
    }

    fn operands(&mut self, data: &InstData, place: &dyn Fn() -> String) {
        let declared = data.op.info().operands;
        let expected: Vec<Sig> = match (declared.last(), &data.imm) {
            (Some(Sig::Rest), Imm::Helper(helper)) => {
                let fixed = declared[..declared.len() - 1].iter().copied();
                fixed.chain(helper_params(*helper).map(Sig::Is)).collect()
            }
            (Some(Sig::Rest), _) => return,
            _ => declared.to_vec(),
        };
        if expected.len() != data.args.len() {
            self.report(Violation::OperandCount { place: place(), found: data.args.len(), expected: expected.len() });
        }
        let mut same = None;
        for (&value, sig) in data.args.iter().zip(expected) {
            let Some(ty) = self.ty(value) else {
                self.report(Violation::Undefined { place: place(), value });
                continue;
            };
            let expected = match sig {
                Sig::Is(expected) if ty != expected => expected.name(),
                Sig::Address if !matches!(ty, Ty::Obj | Ty::Ptr) => "obj or ptr",
                Sig::Named => match &data.imm {
                    Imm::Mem { size, .. } if size.ty() != ty => size.ty().name(),
                    _ => continue,
                },
                Sig::Same => match *same.get_or_insert(ty) {
                    first if first != ty => first.name(),
                    _ => continue,
                },
                Sig::Is(_) | Sig::Address | Sig::Rest | Sig::Nothing => continue,
            };
            self.report(Violation::OperandType { place: place(), value, found: ty.name(), expected });
        }
    }

    fn result(&mut self, data: &InstData, place: &dyn Fn() -> String) {
        if data.args.iter().any(|&v| self.ty(v).is_none()) {
            return;
        }
        let expected = self.function.result_type(data.op, &data.args, &data.imm);
        match (expected, data.result) {
            (Some(_), None) | (None, Some(_)) => {
                self.report(Violation::ResultPresence { place: place(), expected: expected.is_some() });
            }
            (Some(expected), Some(result)) if self.ty(result) != Some(expected) => {
                let found = self.type_name(result);
                self.report(Violation::ResultType { place: place(), found, expected: expected.name() });
            }
            _ => {}
        }
    }

    fn immediate(&mut self, data: &InstData, place: &dyn Fn() -> String) {
        let expected = data.op.info().imm;
        if data.imm.kind() != expected {
            self.report(Violation::ImmediateKind { place: place(), expected });
        }
        let problem = match (data.op, &data.imm) {
            (Op::Bconst, Imm::Int(value)) if !(0..=1).contains(value) => "a truth constant is 0 or 1",
            (Op::Scratch, Imm::Int(words)) if !(1..=1 << 20).contains(words) => {
                "the number of scratch words is 1 to 2**20"
            }
            (Op::Fcmp, Imm::Cond(Cond::Ult)) => "doubles have no unsigned comparison",
            (Op::TakeSlot | Op::ReadSlot | Op::StoreSlot, Imm::Mem { size, .. }) if *size != MemSize::Obj => {
                "a frame slot holds an object"
            }
            (_, Imm::Object(index)) if *index as usize >= self.function.objects.len() => {
                return self.report(Violation::NoSuchObject { place: place(), index: *index });
            }
            _ => return,
        };
        self.report(Violation::ImmediateRange { place: place(), problem });
    }

    fn targets(&mut self, data: &InstData, place: &dyn Fn() -> String) -> bool {
        let expected = match data.op {
            Op::Jump => 1,
            Op::Branch => 2,
            _ => 0,
        };
        if data.targets.len() != expected {
            self.report(Violation::TargetCount { place: place(), found: data.targets.len(), expected });
        }
        let mut exist = true;
        for target in &data.targets {
            let Some(block) = self.function.blocks.get(target.block.index()).filter(|_| target.block.0 != 0) else {
                self.report(Violation::BadTarget { place: place(), target: target.block });
                exist = false;
                continue;
            };
            let (found, expected) = (target.args.len(), block.params.len());
            if found != expected {
                let target = target.block;
                self.report(Violation::TargetArgumentCount { place: place(), target, found, expected });
            }
            for (&value, &param) in target.args.iter().zip(&block.params) {
                if self.ty(value) != self.ty(param) {
                    self.report(Violation::TargetArgumentType {
                        place: place(),
                        target: target.block,
                        value,
                        found: self.type_name(value),
                        expected: self.type_name(param),
                    });
                }
            }
        }
        exist
    }

    fn states(&mut self) {
        let function = self.function;
        for (index, state) in function.states.iter().enumerate() {
            let id = StateId(index as u32);
            let place = || format!("{id} = {}", state_text(state));
            if let Some(parent) = state.parent.filter(|p| p.index() >= function.states.len()) {
                self.report(Violation::NoSuchState { place: place(), state: parent });
            } else if function.chain_is_endless(id) {
                self.report(Violation::ParentCycle { state: id });
            }
            if state.resume == Resume::Observe {
                let problem = "`observe` is for exit tables: what observes is the operation";
                self.report(Violation::BadResume { place: place(), problem });
            }
            state.slots().for_each(|slot| self.slot(state, slot, &place));
            for &(index, _) in state.variables.iter().filter(|(index, _)| *index as usize >= function.objects.len()) {
                self.report(Violation::NoSuchObject { place: place(), index });
            }
            for &value in &state.release {
                self.state_value(value, &[Ty::Obj], "obj", &place);
            }
            if let Some(frame) = state.frame {
                self.state_value(frame, &[Ty::Ptr], "ptr", &place);
            }
        }
    }

    fn slot(&mut self, state: &FrameState, slot: &Slot, place: &dyn Fn() -> String) {
        match slot {
            Slot::Owned(value) | Slot::Borrowed(value) | Slot::OwnedOrNull(value) => {
                self.state_value(*value, &[Ty::Obj], "obj", place);
            }
            Slot::Raw(value) => self.state_value(*value, &[Ty::I64, Ty::F64, Ty::Bool], "i64, f64 or bool", place),
            Slot::Object(index) if *index as usize >= self.function.objects.len() => {
                self.report(Violation::NoSuchObject { place: place(), index: *index });
            }
            Slot::Virtual(kind, parts) => {
                let expected = virtual_parts(*kind);
                if let Some(expected) = expected.filter(|&n| n != parts.len()) {
                    let kind = kind.name();
                    self.report(Violation::VirtualParts { place: place(), kind, found: parts.len(), expected });
                }
                parts.iter().for_each(|part| self.slot(state, part, place));
            }
            Slot::Maybe(flag, slot) => {
                self.state_value(*flag, &[Ty::Bool], "bool", place);
                self.slot(state, slot, place);
            }
            Slot::InFrame if state.frame.is_none() => self.report(Violation::NoFrame { place: place() }),
            Slot::Null | Slot::Int(_) | Slot::Float(_) | Slot::Object(_) | Slot::InFrame => {}
        }
    }

    fn state_value(&mut self, value: Value, allowed: &[Ty], expected: &'static str, place: &dyn Fn() -> String) {
        if !self.ty(value).is_some_and(|ty| allowed.contains(&ty)) {
            let found = self.type_name(value);
            self.report(Violation::StateValueType { place: place(), value, found, expected });
        }
    }

    fn dominance(&mut self, placed: &[(Block, usize, Inst)]) {
        let function = self.function;
        let dominators = Dominators::new(function);
        let definitions = Definitions::new(function);
        for &(block, index, inst) in placed {
            let data = function.inst(inst);
            let mut uses: Vec<Value> = data.args.to_vec();
            uses.extend(data.targets.iter().flat_map(|target| target.args.iter().copied()));
            if let Some(state) = data.state.filter(|s| !function.chain_is_endless(*s)) {
                for id in function.state_chain(state) {
                    function.state(id).for_each_value(&mut |v| uses.push(v));
                }
            }
            let mut checked = BTreeSet::new();
            for value in uses.into_iter().filter(|v| checked.insert(*v)) {
                if definitions.place(value).is_none() {
                    self.report(Violation::Undefined { place: place(function, block, inst), value });
                } else if dominators.is_reachable(block) && !definitions.available(&dominators, value, block, index) {
                    self.report(Violation::NotDominated { place: place(function, block, inst), value });
                }
            }
        }
    }
}

/// How many parts a virtual object has, if that is fixed.
const fn virtual_parts(kind: Virtual) -> Option<usize> {
    match kind {
        Virtual::Tuple | Virtual::Zip | Virtual::Generator | Virtual::Begun | Virtual::Dict | Virtual::Instance | Virtual::OneTuple => None,
        Virtual::NewGenerator | Virtual::WaitingGenerator | Virtual::Cell | Virtual::Function => None,
        Virtual::Range | Virtual::RangeIter | Virtual::Slice | Virtual::Real => Some(3),
        Virtual::ListSlice | Virtual::DictKeyIter | Virtual::DictValueIter | Virtual::SetIter => Some(4),
        Virtual::DictItemIter => Some(6),
        Virtual::Position | Virtual::DictCopy => Some(1),
        Virtual::Wide | Virtual::Complex => Some(2),
        Virtual::ListIter | Virtual::TupleIter | Virtual::AsciiIter | Virtual::ListReverseIter | Virtual::Enumerate | Virtual::Method => Some(2),
    }
}

impl Function {
    /// True if the state or a parent does not exist, or the parents form a ring.
    fn chain_is_endless(&self, state: StateId) -> bool {
        let mut at = Some(state);
        for _ in 0..=self.states.len() {
            match at {
                None => return false,
                Some(id) => match self.states.get(id.index()) {
                    Some(state) => at = state.parent,
                    None => return true,
                },
            }
        }
        true
    }
}

impl Imm {
    /// Its kind.
    pub const fn kind(&self) -> ImmKind {
        match self {
            Imm::None => ImmKind::None,
            Imm::Int(_) => ImmKind::Int,
            Imm::Float(_) => ImmKind::Float,
            Imm::Cond(_) => ImmKind::Cond,
            Imm::Mem { .. } => ImmKind::Mem,
            Imm::Object(_) => ImmKind::Object,
            Imm::Helper(_) => ImmKind::Helper,
            Imm::Exit(_) => ImmKind::Exit,
            Imm::Type(_) => ImmKind::Type,
        }
    }
}
