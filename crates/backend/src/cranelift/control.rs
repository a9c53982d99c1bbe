//! Terminators.

use super::lower::Lowering;
use crate::backend::BackendError;
use cranelift_codegen::ir::{BlockArg, InstBuilder, TrapCode};
use whipsnake_ir::function::Abi;
use whipsnake_ir::{Imm, Inst, InstData, Op, Target};

/// Trap code of `unreachable`.
const UNREACHABLE: TrapCode = TrapCode::unwrap_user(1);

impl Lowering<'_> {
    pub(super) fn terminator(&mut self, inst: Inst, data: &InstData) -> Result<(), BackendError> {
        match (data.op, data.targets.as_slice()) {
            (Op::Jump, [target]) => {
                let args = self.block_args(data, target)?;
                let block = self.clif_block(target.block);
                self.code.b.ins().jump(block, &args);
            }
            (Op::Branch, [then, otherwise]) => {
                let (condition, negated) = self.condition(data)?;
                let (then, otherwise) = if negated { (otherwise, then) } else { (then, otherwise) };
                let (then_args, otherwise_args) = (self.block_args(data, then)?, self.block_args(data, otherwise)?);
                let (then, otherwise) = (self.clif_block(then.block), self.clif_block(otherwise.block));
                self.code.b.ins().brif(condition, then, &then_args, otherwise, &otherwise_args);
            }
            (Op::Return, []) if self.function.abi == Abi::Function => {
                let result = self.arg(data, 0)?;
                self.code.b.ins().return_(&[result]);
            }
            (Op::Exit, []) => {
                let Imm::Exit(reason) = data.imm else {
                    return Err(self.malformed(data, "has the wrong kind of immediate"));
                };
                let block = self.exit_block(inst, data, reason)?;
                self.code.jump(block, &[]);
            }
            (Op::Unreachable, []) => {
                self.code.b.ins().trap(UNREACHABLE);
            }
            (Op::Return, _) => return Err(self.malformed(data, "ends a loop unit, which leaves by exits only")),
            _ => return Err(self.malformed(data, "has the wrong number of targets")),
        }
        Ok(())
    }

    /// The condition of a branch without its negations.
    fn condition(&self, data: &InstData) -> Result<(cranelift_codegen::ir::Value, bool), BackendError> {
        let mut value = *data.args.first().ok_or_else(|| self.malformed(data, "has too few operands"))?;
        let mut negated = false;
        while let Some(definition) = self.definition(value).filter(|d| d.op == Op::Bnot) {
            value = definition.args[0];
            negated = !negated;
        }
        Ok((self.value(data, value)?, negated))
    }

    fn block_args(&self, data: &InstData, target: &Target) -> Result<Vec<BlockArg>, BackendError> {
        target.args.iter().map(|&v| self.value(data, v).map(BlockArg::Value)).collect()
    }
}
