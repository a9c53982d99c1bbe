//! Guards.

use super::lower::Lowering;
use super::regions::Own;
use crate::backend::BackendError;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use whipsnake_contract::exit::ExitReason;
use whipsnake_ir::{Imm, Inst, InstData, Op, Region, Value};

impl Lowering<'_> {
    pub(super) fn guard(&mut self, inst: Inst, data: &InstData) -> Result<(), BackendError> {
        let value = self.arg(data, 0)?;
        match (data.op, data.imm) {
            (Op::Guard, Imm::Exit(reason)) => {
                let exit = self.exit_block(inst, data, reason)?;
                self.require(data, data.args[0], true, exit)
            }
            (Op::GuardNotNull, Imm::Exit(reason)) => self.exit_unless(inst, data, reason, value),
            (Op::GuardType, _) => {
                let same = self.is_type(data)?;
                self.exit_unless(inst, data, ExitReason::TypeGuard, same)
            }
            _ => Err(self.malformed(data, "has the wrong kind of immediate")),
        }
    }

    /// Compares the type of an object.
    pub(super) fn is_type(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let Imm::Type(expected) = data.imm else { return Err(self.malformed(data, "has the wrong kind of immediate")) };
        let (object, flags) = (self.arg(data, 0)?, self.flags(Region::Const));
        let offset = self.layout().ob_type as i32;
        let actual = self.code.b.ins().load(types::I64, flags, object, offset);
        let expected = self.code.address(expected);
        Ok(self.code.b.ins().icmp(IntCC::Equal, actual, expected))
    }

    /// Goes to `exit` unless a truth value is `expected`. Conjunctions and negations become branches of
    /// their own, which fuse with the comparisons they test.
    fn require(&mut self, data: &InstData, value: Value, expected: bool, exit: ir::Block) -> Result<(), BackendError> {
        match self.definition(value).map(|d| (d.op, &d.args)) {
            Some((Op::Bnot, args)) => self.require(data, args[0], !expected, exit),
            Some((Op::Band, args)) if expected => {
                self.require(data, args[0], true, exit)?;
                self.require(data, args[1], true, exit)
            }
            Some((Op::Bor, args)) if !expected => {
                self.require(data, args[0], false, exit)?;
                self.require(data, args[1], false, exit)
            }
            _ => {
                let condition = self.value(data, value)?;
                let next = self.next_block();
                match expected {
                    true => self.code.branch(condition, next, exit),
                    false => self.code.branch(condition, exit, next),
                }
                self.code.switch_to(next);
                Ok(())
            }
        }
    }

    /// Leaves for `reason` if the condition is zero.
    pub(super) fn exit_unless(
        &mut self,
        inst: Inst,
        data: &InstData,
        reason: ExitReason,
        condition: ir::Value,
    ) -> Result<(), BackendError> {
        let exit = self.exit_block(inst, data, reason)?;
        let next = self.next_block();
        self.code.branch(condition, next, exit);
        self.code.switch_to(next);
        Ok(())
    }

    /// Leaves for `reason` if the condition is not zero.
    pub(super) fn exit_if(
        &mut self,
        inst: Inst,
        data: &InstData,
        reason: ExitReason,
        condition: ir::Value,
    ) -> Result<(), BackendError> {
        let exit = self.exit_block(inst, data, reason)?;
        let next = self.next_block();
        self.code.branch(condition, exit, next);
        self.code.switch_to(next);
        Ok(())
    }

    /// A block that continues the current one.
    pub(super) fn next_block(&mut self) -> ir::Block {
        match self.in_cold {
            true => self.code.cold_block(),
            false => self.code.block(),
        }
    }

    /// Under forced exits: counts a check that has passed, and leaves at every N-th.
    pub(super) fn forced_exit(&mut self, inst: Inst) {
        let Some((every, counter)) = self.function.exit_every else { return };
        let Some(id) = self.exits.id_of(inst, ExitReason::Forced) else { return };
        let flags = self.code.own(Own::Counter);
        let counter = self.code.address(counter);
        let left = self.code.b.ins().load(types::I64, flags, counter, 0);
        let left = self.code.b.ins().iadd_imm_s(left, -1);
        let reload = self.code.cold_block();
        let next = self.next_block();
        self.code.b.ins().store(flags, left, counter, 0);
        self.code.branch(left, next, reload);
        self.code.switch_to(reload);
        let every = self.code.int(every as i64);
        self.code.b.ins().store(flags, every, counter, 0);
        let exit = self.exit_block_of(id);
        self.code.jump(exit, &[]);
        self.code.switch_to(next);
    }
}
