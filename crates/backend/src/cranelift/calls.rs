//! Calls of helpers and of other units.

use super::lower::{Emitter, Lowering, clif_type};
use super::regions::Own;
use crate::backend::BackendError;
use crate::code::{Symbol, Trampoline};
use cranelift_codegen::ir::{self, InstBuilder, types};
use whipsnake_contract::helpers::{Arg, Helper};
use whipsnake_ir::function::{arg_type, helper_params};
use whipsnake_ir::{Imm, InstData};

/// Register type of a helper's argument or result.
fn helper_type(arg: Arg) -> ir::Type {
    clif_type(arg_type(arg))
}

/// Integer registers that carry arguments; a trampoline's out-parameter must fit too.
const ARGUMENT_REGISTERS: usize = 6;

impl Lowering<'_> {
    pub(super) fn call_helper(&mut self, data: &InstData) -> Result<Option<ir::Value>, BackendError> {
        let Imm::Helper(helper) = data.imm else {
            return Err(self.malformed(data, "has the wrong kind of immediate"));
        };
        if helper.info().args.len() != data.args.len() {
            return Err(self.malformed(data, "has the wrong number of arguments for its helper"));
        }
        let args = (0..data.args.len()).map(|i| self.arg(data, i)).collect::<Result<Vec<_>, _>>()?;
        if helper.calls_through() && !self.in_cold {
            return Ok(Some(self.code.call_through(helper, &args)));
        }
        Ok(match self.in_cold && has_trampoline(helper) {
            true => self.code.call_preserving(helper, &args),
            false => self.code.call(helper, &args),
        })
    }

    pub(super) fn call_native(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let [entry, thread_state, function, args] =
            [self.arg(data, 0)?, self.arg(data, 1)?, self.arg(data, 2)?, self.arg(data, 3)?];
        let signature = self.code.signature(&[types::I64; 3], Some(types::I64), self.code.call_conv);
        let signature = self.code.b.import_signature(signature);
        let call = self.code.b.ins().call_indirect(signature, entry, &[thread_state, function, args]);
        Ok(self.code.b.inst_results(call)[0])
    }
}

/// True if there is a register left for the out-parameter.
pub(super) fn has_trampoline(helper: Helper) -> bool {
    let integers = helper.info().args.iter().filter(|&&a| a != Arg::F64).count();
    integers + usize::from(helper.info().result.is_some()) <= ARGUMENT_REGISTERS
}

impl Emitter<'_> {
    /// Calls a helper in the C calling convention.
    pub(super) fn call(&mut self, helper: Helper, args: &[ir::Value]) -> Option<ir::Value> {
        let params: Vec<ir::Type> = helper_params(helper).map(clif_type).collect();
        let returns = helper.info().result.map(helper_type);
        let function = self.import(Symbol::Helper(helper), &params, returns);
        let call = self.b.ins().call(function, args);
        self.b.inst_results(call).first().copied()
    }

    /// Calls what such a helper would call.
    fn call_through(&mut self, helper: Helper, args: &[ir::Value]) -> ir::Value {
        let params: Vec<ir::Type> = helper_params(helper).map(clif_type).skip(1).collect();
        let signature = self.signature(&params, helper.info().result.map(helper_type), self.call_conv);
        let signature = self.b.import_signature(signature);
        let call = self.b.ins().call_indirect(signature, args[0], &args[1..]);
        self.b.inst_results(call)[0]
    }

    /// Calls a helper through its trampoline: no register is lost, and a result comes back in memory.
    pub(super) fn call_preserving(&mut self, helper: Helper, args: &[ir::Value]) -> Option<ir::Value> {
        let mut params: Vec<ir::Type> = helper_params(helper).map(clif_type).collect();
        let mut args = args.to_vec();
        let result = helper.info().result.map(|ty| (helper_type(ty), self.result_address()));
        params.extend(result.map(|_| types::I64));
        args.extend(result.map(|(_, out)| out));
        let function = self.import(Symbol::Trampoline(Trampoline::Helper(helper, self.saves)), &params, None);
        self.b.ins().call(function, &args);
        let flags = self.own(Own::Buffer);
        result.map(|(ty, out)| self.b.ins().load(ty, flags, out, 0))
    }

    /// Calls a trampoline of one argument.
    pub(super) fn call_trampoline(&mut self, trampoline: Trampoline, arg: ir::Value) {
        let function = self.import(Symbol::Trampoline(trampoline), &[types::I64], None);
        self.b.ins().call(function, &[arg]);
    }

    /// Calls a trampoline that replaces a word.
    pub(super) fn replace_word(&mut self, trampoline: Trampoline, word: ir::Value) -> ir::Value {
        let (flags, place) = (self.own(Own::Buffer), self.result_address());
        self.b.ins().store(flags, word, place, 0);
        self.call_trampoline(trampoline, place);
        self.b.ins().load(types::I64, flags, place, 0)
    }

    /// Where results are stored.
    fn result_address(&mut self) -> ir::Value {
        let slot = self.result_slot();
        self.slot_address(slot)
    }
}
