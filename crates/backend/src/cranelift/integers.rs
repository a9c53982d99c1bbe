//! Integers, truth values and addresses.

use super::lower::Lowering;
use crate::backend::BackendError;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use whipsnake_contract::exit::ExitReason;
use whipsnake_ir::{Cond, Imm, Inst, InstData, Op};

impl Lowering<'_> {
    pub(super) fn integer(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let left = self.arg(data, 0)?;
        let right = if data.args.len() > 1 { self.arg(data, 1)? } else { left };
        let third = if data.args.len() > 2 { self.arg(data, 2)? } else { right };
        let ins = self.code.b.ins();
        Ok(match (data.op, data.imm) {
            (Op::Iadd | Op::Offset, _) => ins.iadd(left, right),
            (Op::Isub, _) => ins.isub(left, right),
            (Op::Imul, _) => ins.imul(left, right),
            (Op::Iand | Op::Band, _) => ins.band(left, right),
            (Op::Ior | Op::Bor, _) => ins.bor(left, right),
            (Op::Ixor, _) => ins.bxor(left, right),
            (Op::Inot, _) => ins.bnot(left),
            (Op::Ishl, _) => ins.ishl(left, right),
            (Op::Ishr, _) => ins.sshr(left, right),
            (Op::Ushr, _) => ins.ushr(left, right),
            (Op::Smulhi, _) => ins.smulhi(left, right),
            (Op::Umulhi, _) => ins.umulhi(left, right),
            (Op::Icmp, Imm::Cond(condition)) => ins.icmp(integer_condition(condition), left, right),
            (Op::Same, _) => ins.icmp(IntCC::Equal, left, right),
            (Op::Below, _) => ins.icmp(IntCC::UnsignedLessThan, left, right),
            (Op::AsObject, _) => left,
            (Op::BtoI, _) => ins.uextend(types::I64, left),
            (Op::Bnot, _) => ins.bxor_imm_u(left, 1),
            (Op::Select, _) => ins.select(left, right, third),
            _ => return Err(self.malformed(data, "has the wrong kind of immediate")),
        })
    }

    pub(super) fn checked_integer(&mut self, inst: Inst, data: &InstData) -> Result<ir::Value, BackendError> {
        let (left, right) = (self.arg(data, 0)?, self.arg(data, 1)?);
        match data.op {
            Op::IaddChecked => match (self.constant_arg(data, 0), self.constant_arg(data, 1)) {
                (_, Some(addend)) => self.add_constant(inst, data, left, addend),
                (Some(addend), _) => self.add_constant(inst, data, right, addend),
                _ => {
                    let result = self.code.b.ins().sadd_overflow(left, right);
                    self.unless_overflow(inst, data, result)
                }
            },
            Op::IsubChecked => match self.constant_arg(data, 1).and_then(i64::checked_neg) {
                Some(addend) => self.add_constant(inst, data, left, addend),
                None => {
                    let result = self.code.b.ins().ssub_overflow(left, right);
                    self.unless_overflow(inst, data, result)
                }
            },
            Op::ImulChecked => {
                let result = self.code.b.ins().smul_overflow(left, right);
                self.unless_overflow(inst, data, result)
            }
            Op::IshlChecked => self.shift_left(inst, data, left, right),
            Op::IshrChecked => self.shift_right(inst, data, left, right),
            _ => self.divide(inst, data, left, right),
        }
    }

    fn unless_overflow(
        &mut self,
        inst: Inst,
        data: &InstData,
        (result, overflow): (ir::Value, ir::Value),
    ) -> Result<ir::Value, BackendError> {
        self.exit_if(inst, data, ExitReason::IntOverflow, overflow)?;
        Ok(result)
    }

    /// `value + addend`: one comparison of the sum with the value finds an overflow, and fuses with its branch,
    /// which the overflow flag does not.
    fn add_constant(
        &mut self,
        inst: Inst,
        data: &InstData,
        value: ir::Value,
        addend: i64,
    ) -> Result<ir::Value, BackendError> {
        if addend == 0 {
            return Ok(value);
        }
        let sum = self.code.b.ins().iadd_imm_s(value, addend);
        let wrong = if addend > 0 { IntCC::SignedLessThan } else { IntCC::SignedGreaterThan };
        let overflow = self.code.b.ins().icmp(wrong, sum, value);
        self.unless_overflow(inst, data, (sum, overflow))
    }

    fn shift_left(
        &mut self,
        inst: Inst,
        data: &InstData,
        left: ir::Value,
        right: ir::Value,
    ) -> Result<ir::Value, BackendError> {
        if !self.constant_arg(data, 1).is_some_and(|count| (0..=62).contains(&count)) {
            let valid = self.code.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, right, 63);
            self.exit_unless(inst, data, ExitReason::Arithmetic, valid)?;
        }
        let shifted = self.code.b.ins().ishl(left, right);
        let back = self.code.b.ins().sshr(shifted, right);
        let same = self.code.b.ins().icmp(IntCC::Equal, back, left);
        self.exit_unless(inst, data, ExitReason::IntOverflow, same)?;
        Ok(shifted)
    }

    fn shift_right(
        &mut self,
        inst: Inst,
        data: &InstData,
        left: ir::Value,
        right: ir::Value,
    ) -> Result<ir::Value, BackendError> {
        if let Some(count) = self.constant_arg(data, 1).filter(|&count| count >= 0) {
            return Ok(self.code.b.ins().sshr_imm_u(left, count.min(63)));
        }
        let valid = self.code.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, right, 0);
        self.exit_unless(inst, data, ExitReason::Arithmetic, valid)?;
        let most = self.code.int(63);
        let count = self.code.b.ins().umin(right, most);
        Ok(self.code.b.ins().sshr(left, count))
    }

    /// Floor division and modulo, whose remainder has the sign of the divisor.
    fn divide(
        &mut self,
        inst: Inst,
        data: &InstData,
        left: ir::Value,
        right: ir::Value,
    ) -> Result<ir::Value, BackendError> {
        let quotient_wanted = data.op == Op::IfloordivChecked;
        let divisor = self.constant_arg(data, 1).filter(|&d| d != 0 && d != -1);
        if let Some(divisor) = divisor.filter(|d| *d > 0 && d.count_ones() == 1) {
            let ins = self.code.b.ins();
            return Ok(match quotient_wanted {
                true => ins.sshr_imm_u(left, i64::from(divisor.trailing_zeros())),
                false => ins.band_imm_s(left, divisor - 1),
            });
        }
        if let Some(divisor) = divisor {
            return Ok(self.floor(left, right, Some(divisor), quotient_wanted));
        }
        let not_zero = self.code.b.ins().icmp_imm_s(IntCC::NotEqual, right, 0);
        self.exit_unless(inst, data, ExitReason::Arithmetic, not_zero)?;

        // Most operands fit 32 bits without sign, where division is several times faster and rounds alike.
        let (small, large, done) = (self.next_block(), self.next_block(), self.next_block());
        let result = self.code.b.append_block_param(done, types::I64);
        let both = self.code.b.ins().bor(left, right);
        let high = self.code.b.ins().ushr_imm_u(both, 32);
        self.code.branch(high, large, small);

        self.code.switch_to(small);
        let (low_left, low_right) =
            (self.code.b.ins().ireduce(types::I32, left), self.code.b.ins().ireduce(types::I32, right));
        let ins = self.code.b.ins();
        let low = if quotient_wanted { ins.udiv(low_left, low_right) } else { ins.urem(low_left, low_right) };
        let low = self.code.b.ins().uextend(types::I64, low);
        self.code.jump(done, &[low]);

        self.code.switch_to(large);
        let minus_one = self.code.b.ins().icmp_imm_s(IntCC::Equal, right, -1);
        let divisor = if quotient_wanted {
            let minimum = self.code.b.ins().icmp_imm_s(IntCC::Equal, left, i64::MIN);
            let overflow = self.code.b.ins().band(minus_one, minimum);
            self.exit_if(inst, data, ExitReason::IntOverflow, overflow)?;
            right
        } else {
            // The remainder is 0 either way, and the instruction overflows for MIN and -1.
            let one = self.code.int(1);
            self.code.b.ins().select(minus_one, one, right)
        };
        let full = self.floor(left, divisor, None, quotient_wanted);
        self.code.jump(done, &[full]);
        self.code.switch_to(done);
        Ok(result)
    }

    /// The floor quotient, or its remainder, for a divisor that is not 0 and a quotient that fits.
    fn floor(&mut self, left: ir::Value, right: ir::Value, constant: Option<i64>, quotient_wanted: bool) -> ir::Value {
        let quotient = self.code.b.ins().sdiv(left, right);
        let product = self.code.b.ins().imul(quotient, right);
        let remainder = self.code.b.ins().isub(left, product);
        // -1 if the remainder has the wrong sign.
        let correction = match constant {
            Some(1..) => self.code.b.ins().sshr_imm_u(remainder, 63),
            Some(_) => {
                let negated = self.code.b.ins().ineg(remainder);
                self.code.b.ins().sshr_imm_u(negated, 63)
            }
            None => {
                let signs = self.code.b.ins().bxor(remainder, right);
                let differ = self.code.b.ins().sshr_imm_u(signs, 63);
                let zero = self.code.int(0);
                let exact = self.code.b.ins().icmp_imm_s(IntCC::Equal, remainder, 0);
                self.code.b.ins().select(exact, zero, differ)
            }
        };
        if quotient_wanted {
            self.code.b.ins().iadd(quotient, correction)
        } else {
            let added = self.code.b.ins().band(correction, right);
            self.code.b.ins().iadd(remainder, added)
        }
    }
}

const fn integer_condition(condition: Cond) -> IntCC {
    match condition {
        Cond::Eq => IntCC::Equal,
        Cond::Ne => IntCC::NotEqual,
        Cond::Lt => IntCC::SignedLessThan,
        Cond::Le => IntCC::SignedLessThanOrEqual,
        Cond::Gt => IntCC::SignedGreaterThan,
        Cond::Ge => IntCC::SignedGreaterThanOrEqual,
        Cond::Ult => IntCC::UnsignedLessThan,
    }
}
