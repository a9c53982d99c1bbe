//! Constant folding and algebraic identities, as a table of named rules. A rule must be exact: the same integer, the same
//! bits of a double, the same exit.

mod integers;
mod objects;
mod truth;

use crate::Pass;
use crate::edit::Replacements;
use crate::simplify_cfg::take_target;
use smallvec::SmallVec;
use whipsnake_ir::ops::{Effect, Sig};
use whipsnake_ir::semantics::evaluate;
use whipsnake_ir::{Function, Imm, Inst, InstData, Op, Ty, Value};

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct Fold;

impl Pass for Fold {
    fn name(&self) -> &'static str {
        "fold"
    }

    fn run(&self, function: &mut Function) {
        run(function, &mut |_| {});
    }
}

/// What becomes of an instruction.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Rewrite {
    /// Its result is this value.
    Value(Value),
    /// It is another operation, with the same result type.
    Op(Op, SmallVec<[Operand; 4]>, Imm),
    /// It does nothing.
    Remove,
    /// The branch takes the target of that position.
    Take(usize),
    /// The branch is on this value, with the targets exchanged.
    Exchange(Value),
}

/// An operand of a new instruction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operand {
    Value(Value),
    /// A constant of the type.
    Constant(Ty, u64),
}

/// A named rewrite rule.
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    pub(crate) apply: fn(&Context<'_>, &InstData) -> Option<Rewrite>,
}

/// All rules, in the order in which they are tried.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [GENERAL, integers::RULES, truth::RULES, objects::RULES].into_iter().flatten()
}

const GENERAL: &[Rule] = &[Rule { name: "constant operands", apply: constant_operands }];

/// What rules can ask.
pub(crate) struct Context<'a> {
    pub(crate) function: &'a Function,
    definitions: &'a [Option<Inst>],
}

impl Context<'_> {
    /// The instruction that defines a value.
    pub(crate) fn inst(&self, value: Value) -> Option<&InstData> {
        self.definitions.get(value.index()).copied().flatten().map(|inst| self.function.inst(inst))
    }

    /// The operands of the value's instruction, if it is of that operation.
    pub(crate) fn operands_of(&self, value: Value, op: Op) -> Option<&[Value]> {
        self.inst(value).filter(|data| data.op == op).map(|data| data.args.as_slice())
    }

    /// The word of a constant.
    pub(crate) fn word(&self, value: Value) -> Option<u64> {
        let data = self.inst(value)?;
        match data.op {
            Op::Iconst | Op::Fconst | Op::Bconst | Op::Address | Op::Null => evaluate(data.op, &data.imm, &[])?.ok(),
            _ => None,
        }
    }

    /// A constant integer.
    pub(crate) fn int(&self, value: Value) -> Option<i64> {
        (self.function.ty(value) == Ty::I64).then(|| self.word(value)).flatten().map(|word| word as i64)
    }

    /// A constant truth value.
    pub(crate) fn truth(&self, value: Value) -> Option<bool> {
        (self.function.ty(value) == Ty::Bool).then(|| self.word(value)).flatten().map(|word| word != 0)
    }
}

/// The operation that makes a constant.
pub(crate) fn constant(ty: Ty, word: u64) -> (Op, Imm) {
    match ty {
        Ty::I64 => (Op::Iconst, Imm::Int(word as i64)),
        Ty::F64 => (Op::Fconst, Imm::Float(word)),
        Ty::Bool => (Op::Bconst, Imm::Int(word as i64 & 1)),
        Ty::Ptr => (Op::Address, Imm::Int(word as i64)),
        Ty::Obj => (Op::Null, Imm::None),
    }
}

/// A rewrite to a constant.
pub(crate) fn to_constant(ty: Ty, word: u64) -> Option<Rewrite> {
    let (op, imm) = constant(ty, word);
    Some(Rewrite::Op(op, SmallVec::new(), imm))
}

/// A rewrite to an operation.
pub(crate) fn to_op(op: Op, operands: &[Operand], imm: Imm) -> Option<Rewrite> {
    Some(Rewrite::Op(op, SmallVec::from_slice(operands), imm))
}

/// Computes what has constant operands only. NaNs are left to the machine, which may choose another one.
fn constant_operands(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.args.is_empty() || !matches!(data.op.info().effect, Effect::Pure | Effect::Checked) {
        return None;
    }
    let ty = match data.op.info().result {
        Sig::Is(ty) => ty,
        _ => context.function.ty(data.result?),
    };
    if ty == Ty::Obj {
        return None;
    }
    let words: Option<SmallVec<[u64; 4]>> = data.args.iter().map(|&v| context.word(v)).collect();
    let words = words?;
    let bad_count = matches!(data.op, Op::Ishl | Op::Ishr | Op::Ushr) && words[1] > 63;
    let word = evaluate(data.op, &data.imm, &words)?.ok()?;
    if bad_count || (ty == Ty::F64 && f64::from_bits(word).is_nan()) {
        return None;
    }
    to_constant(ty, word)
}

/// Applies the rules until none fits any more; tells `fired` the names of those that did.
pub fn run(function: &mut Function, fired: &mut dyn FnMut(&'static str)) {
    // Rules only make things simpler; the bound is for the case that two of them disagree on what is simpler.
    for _ in 0..8 {
        if !sweep(function, fired) {
            return;
        }
    }
}

fn sweep(function: &mut Function, fired: &mut dyn FnMut(&'static str)) -> bool {
    let mut changed = false;
    let mut replacements = Replacements::default();
    let mut definitions = vec![None; function.values.len()];
    for &inst in function.blocks.iter().flat_map(|block| &block.insts) {
        if let Some(result) = function.inst(inst).result {
            definitions[result.index()] = Some(inst);
        }
    }
    for block in function.reverse_postorder() {
        let insts = std::mem::take(&mut function.blocks[block.index()].insts);
        let mut kept: Vec<Inst> = Vec::with_capacity(insts.len());
        for inst in insts {
            replacements.apply_to(function, inst);
            let rewrite = {
                let context = Context { function, definitions: &definitions };
                let data = function.inst(inst);
                rules().find_map(|rule| (rule.apply)(&context, data).map(|rewrite| (rule.name, rewrite)))
            };
            let Some((name, rewrite)) = rewrite else {
                kept.push(inst);
                continue;
            };
            fired(name);
            changed = true;
            match rewrite {
                Rewrite::Remove => {}
                Rewrite::Value(value) => {
                    if let Some(result) = function.inst(inst).result {
                        replacements.add(result, value);
                    }
                }
                Rewrite::Op(op, operands, imm) => {
                    let mut args: SmallVec<[Value; 4]> = SmallVec::new();
                    for operand in operands {
                        args.push(match operand {
                            Operand::Value(value) => value,
                            Operand::Constant(ty, word) => {
                                let (op, imm) = constant(ty, word);
                                let new = function.make_inst(op, &[], imm, None);
                                kept.push(new);
                                definitions.push(Some(new));
                                function.values.len().checked_sub(1).map_or(Value(0), |last| Value(last as u32))
                            }
                        });
                    }
                    let data = &mut function.insts[inst.index()];
                    data.op = op;
                    data.args = args;
                    data.imm = imm;
                    data.state = None;
                    kept.push(inst);
                }
                Rewrite::Take(index) => {
                    take_target(function, inst, index);
                    kept.push(inst);
                }
                Rewrite::Exchange(value) => {
                    let data = &mut function.insts[inst.index()];
                    data.args[0] = value;
                    data.targets.swap(0, 1);
                    kept.push(inst);
                }
            }
        }
        function.blocks[block.index()].insts = kept;
    }
    replacements.apply(function);
    changed
}
