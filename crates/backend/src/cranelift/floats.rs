//! Doubles.

use super::lower::Lowering;
use crate::backend::BackendError;
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use whipsnake_contract::exit::ExitReason;
use whipsnake_ir::{Cond, Imm, Inst, InstData, Op};

impl Lowering<'_> {
    pub(super) fn float(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let left = self.arg(data, 0)?;
        let right = data.args.get(1).map(|_| self.arg(data, 1)).transpose()?;
        let condition = match data.imm {
            Imm::Cond(condition) => Some(float_condition(condition)),
            _ => None,
        };
        let ins = self.code.b.ins();
        Ok(match (data.op, right, condition) {
            (Op::Fadd, Some(right), _) => ins.fadd(left, right),
            (Op::Fsub, Some(right), _) => ins.fsub(left, right),
            (Op::Fmul, Some(right), _) => ins.fmul(left, right),
            (Op::Fdiv, Some(right), _) => ins.fdiv(left, right),
            (Op::Fcmp, Some(right), Some(Some(condition))) => ins.fcmp(condition, left, right),
            (Op::Fneg, ..) => ins.fneg(left),
            (Op::Fabs, ..) => ins.fabs(left),
            (Op::Fsqrt, ..) => ins.sqrt(left),
            (Op::ItoF, ..) => ins.fcvt_from_sint(types::F64, left),
            _ => return Err(self.malformed(data, "has the wrong operands or immediate")),
        })
    }

    /// `ftoi_checked`: truncation of doubles in -2^63 .. 2^63.
    pub(super) fn truncate(&mut self, inst: Inst, data: &InstData) -> Result<ir::Value, BackendError> {
        let value = self.arg(data, 0)?;
        let low = self.code.b.ins().f64const(i64::MIN as f64);
        let high = self.code.b.ins().f64const(-(i64::MIN as f64));
        let enough = self.code.b.ins().fcmp(FloatCC::GreaterThanOrEqual, value, low);
        self.exit_unless(inst, data, ExitReason::IntOverflow, enough)?;
        let not_too_much = self.code.b.ins().fcmp(FloatCC::LessThan, value, high);
        self.exit_unless(inst, data, ExitReason::IntOverflow, not_too_much)?;
        Ok(self.code.b.ins().fcvt_to_sint_sat(types::I64, value))
    }
}

/// Comparison in which a NaN makes everything but `ne` false.
const fn float_condition(condition: Cond) -> Option<FloatCC> {
    Some(match condition {
        Cond::Eq => FloatCC::Equal,
        Cond::Ne => FloatCC::NotEqual,
        Cond::Lt => FloatCC::LessThan,
        Cond::Le => FloatCC::LessThanOrEqual,
        Cond::Gt => FloatCC::GreaterThan,
        Cond::Ge => FloatCC::GreaterThanOrEqual,
        Cond::Ult => return None,
    })
}
