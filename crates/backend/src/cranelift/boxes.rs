//! Boxing and unboxing.

use super::free_lists::FreeList;
use super::lower::{Emitter, Lowering};
use super::regions::Own;
use crate::backend::BackendError;
use crate::code::Trampoline;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::Platform;
use whipsnake_ir::{Inst, InstData, Region};

impl Lowering<'_> {
    pub(super) fn box_int(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let value = self.arg(data, 0)?;
        let platform = self.target.platform;
        let layout = &platform.layout;
        let (negative, positive) = (layout.small_ints_negative, layout.small_ints_positive);
        if let Some(constant) = self.constant_arg(data, 0).filter(|c| (-negative..positive).contains(c)) {
            return Ok(self.code.address(small_int(platform, constant)));
        }
        let (done, slow) = (self.next_block(), self.code.cold_block());
        let result = self.code.b.append_block_param(done, types::I64);
        let shifted = self.code.b.ins().iadd_imm_s(value, negative);
        let small = self.code.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, shifted, negative + positive);
        let scaled = self.code.b.ins().imul_imm_s(value, layout.long_size);
        let zero = self.code.address(platform.small_zero);
        let shared = self.code.b.ins().iadd(zero, scaled);
        self.code.b.ins().brif(small, done, &[shared.into()], slow, &[]);

        self.code.switch_to(slow);
        let new = self.code.replace_word(Trampoline::BoxInt(self.code.saves), value);
        self.code.jump(done, &[new]);
        self.code.switch_to(done);
        Ok(result)
    }

    pub(super) fn box_float(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let value = self.arg(data, 0)?;
        let platform = self.target.platform;
        let layout = &platform.layout;
        let Some(list) = FreeList::floats(platform) else {
            let new = self.code.call_preserving(Helper::box_float, &[value]);
            return Ok(new.expect("it has a result"));
        };
        let (fast, done, slow) = (self.next_block(), self.next_block(), self.code.cold_block());
        let result = self.code.b.append_block_param(done, types::I64);
        let flags = self.code.own(Own::FreeList);
        let head = i32::try_from(layout.interp_float_freelist).map_err(|_| self.malformed(data, "is out of reach"))?;
        let thread_state = self.thread_state();
        let thread = self.flags(Region::Thread);
        // One load instead of the address in each access.
        let interpreter = self.code.b.ins().load(types::I64, thread, thread_state, layout.tstate_interp as i32);
        let object = self.code.b.ins().load(types::I64, flags, interpreter, head);
        self.code.branch(object, fast, slow);

        self.code.switch_to(fast);
        list.pop(&mut self.code, platform, (interpreter, head), object);
        let constant = self.flags(Region::Const);
        let float_type = self.code.address(list.object_type);
        self.code.b.ins().store(constant, float_type, object, layout.ob_type as i32);
        self.code.jump(done, &[object]);

        // The value is stored where both ways have joined: a value used in one of them and behind would be
        // computed twice.
        self.code.switch_to(slow);
        let nothing = self.code.b.ins().f64const(0.0);
        let new = self.code.call_preserving(Helper::box_float, &[nothing]);
        self.code.jump(done, &[new.expect("it has a result")]);
        self.code.switch_to(done);
        self.code.b.ins().store(constant, value, result, layout.float_value as i32);
        Ok(result)
    }

    pub(super) fn box_bool(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let value = self.arg(data, 0)?;
        let [true_, false_] = [self.target.platform.true_, self.target.platform.false_].map(|a| self.code.address(a));
        Ok(self.code.b.ins().select(value, true_, false_))
    }

    pub(super) fn unbox_float(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let object = self.arg(data, 0)?;
        let (flags, offset) = (self.flags(Region::Const), self.layout().float_value as i32);
        Ok(self.code.b.ins().load(types::F64, flags, object, offset))
    }

    pub(super) fn unbox_int(&mut self, inst: Inst, data: &InstData) -> Result<ir::Value, BackendError> {
        let object = self.arg(data, 0)?;
        let layout = self.layout();
        let flags = self.flags(Region::Const);
        let (fast, done, slow) = (self.next_block(), self.next_block(), self.code.cold_block());
        let result = self.code.b.append_block_param(done, types::I64);
        let tag = self.code.b.ins().load(types::I64, flags, object, layout.long_tag as i32);
        let compact = self.code.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, tag, layout.long_compact_limit);
        self.code.branch(compact, fast, slow);

        self.code.switch_to(fast);
        let digit = self.code.b.ins().uload32(flags, object, layout.long_digits as i32);
        // The sign bits are 0 for positive, 1 for zero, 2 for negative ints.
        let sign_bits = self.code.b.ins().band_imm_s(tag, layout.long_sign_mask);
        let one = self.code.int(1);
        let sign = self.code.b.ins().isub(one, sign_bits);
        let value = self.code.b.ins().imul(digit, sign);
        self.code.jump(done, &[value]);

        self.code.switch_to(slow);
        let fits = self.code.replace_word(Trampoline::UnboxInt(self.code.saves), object);
        let fitting = self.code.cold_block();
        let exit = self.exit_block(inst, data, ExitReason::BigInt)?;
        self.code.branch(fits, fitting, exit);
        self.code.switch_to(fitting);
        let slot = self.code.result_slot();
        let place = self.code.b.ins().stack_addr(types::I64, slot, Emitter::SECOND_RESULT);
        let buffer = self.code.own(Own::Buffer);
        let value = self.code.b.ins().load(types::I64, buffer, place, 0);
        self.code.jump(done, &[value]);
        self.code.switch_to(done);
        Ok(result)
    }
}

/// Address of a preallocated int.
fn small_int(platform: &Platform, value: i64) -> u64 {
    platform.small_zero.wrapping_add_signed(value.wrapping_mul(platform.layout.long_size))
}
