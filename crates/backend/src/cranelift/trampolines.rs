//! Code that units share: see [`Trampoline`].
//!
//! All of them preserve every register. Those that call a helper save 26 registers for it, so what is frequent is done
//! before, in trampolines that clobber a few registers only and call the others.

use super::boxes::FloatList;
use super::lower::{Emitter, clif_type};
use super::regions::{Own, Regions};
use crate::backend::TargetInfo;
use crate::code::{Symbol, Trampoline};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use std::collections::BTreeMap;
use whipsnake_contract::helpers::Helper;
use whipsnake_ir::Region;
use whipsnake_ir::function::helper_params;

/// Parameters of a trampoline, the out-parameter included.
fn params(trampoline: Trampoline) -> Vec<ir::Type> {
    match trampoline {
        Trampoline::Helper(helper) => {
            let out = helper.info().result.map(|_| types::I64);
            helper_params(helper).map(clif_type).chain(out).collect()
        }
        Trampoline::BoxInt => vec![types::I64; 2],
        Trampoline::FreeLeaf | Trampoline::Free => vec![types::I64],
        Trampoline::Observe => vec![types::I64; 6],
    }
}

/// Fills `clif` with a trampoline.
pub(super) fn build(
    trampoline: Trampoline,
    target: &TargetInfo<'_>,
    isa: &dyn TargetIsa,
    builder_context: &mut FunctionBuilderContext,
    clif: &mut ir::Function,
) {
    let regions = Regions::declare(clif);
    let b = FunctionBuilder::new(clif, builder_context);
    let mut code =
        Emitter { b, regions, call_conv: isa.default_call_conv(), imports: BTreeMap::new(), result: None };
    code.b.func.signature = code.signature(&params(trampoline), None, CallConv::PreserveAll);
    let entry = code.block();
    code.b.append_block_params_for_function_params(entry);
    code.switch_to(entry);
    let args = code.b.block_params(entry).to_vec();
    match trampoline {
        Trampoline::Helper(helper) => call_helper(&mut code, helper, &args),
        Trampoline::BoxInt => call_helper(&mut code, Helper::box_int, &args),
        Trampoline::FreeLeaf => free(&mut code, target, args[0], None, Helper::dealloc_leaf, &args),
        Trampoline::Free => free(&mut code, target, args[0], None, Helper::dealloc, &args),
        Trampoline::Observe => free(&mut code, target, args[4], Some(args[5]), Helper::observe, &args),
    }
    code.b.seal_all_blocks();
    code.b.finalize(isa.frontend_config());
}

/// Calls a helper in the C calling convention and stores its result.
fn call_helper(code: &mut Emitter<'_>, helper: Helper, args: &[ir::Value]) {
    let count = helper.info().args.len();
    if let Some(result) = code.call(helper, &args[..count]) {
        let flags = code.own(Own::Buffer);
        code.b.ins().store(flags, result, args[count], 0);
    }
    code.b.ins().return_(&[]);
}

/// Puts a float into the interpreter's free list, storing 0 to `out`; hands anything else to a helper's trampoline.
fn free(
    code: &mut Emitter<'_>,
    target: &TargetInfo<'_>,
    object: ir::Value,
    out: Option<ir::Value>,
    otherwise: Helper,
    args: &[ir::Value],
) {
    let layout = &target.platform.layout;
    if let Some(list) = FloatList::of(target.platform) {
        let (float, room, other) = (code.block(), code.block(), code.block());
        let constant = code.regions.flags(Region::Const);
        let object_type = code.b.ins().load(types::I64, constant, object, layout.ob_type as i32);
        let float_type = code.address(list.float_type);
        let is_float = code.b.ins().icmp(IntCC::Equal, object_type, float_type);
        code.branch(is_float, float, other);

        code.switch_to(float);
        let flags = code.own(Own::FreeList);
        let head = code.address(list.head);
        let count = code.b.ins().load(types::I32, flags, head, list.count);
        // A list that is switched off has a count of -1.
        let limit = layout.float_freelist_limit;
        let has_room = code.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, count, limit);
        code.branch(has_room, room, other);

        code.switch_to(room);
        let first = code.b.ins().load(types::I64, flags, head, 0);
        code.b.ins().store(flags, first, object, layout.float_freelist_link as i32);
        code.b.ins().store(flags, object, head, 0);
        let count = code.b.ins().iadd_imm_s(count, 1);
        code.b.ins().store(flags, count, head, list.count);
        if let Some(out) = out {
            let (zero, buffer) = (code.int(0), code.own(Own::Buffer));
            code.b.ins().store(buffer, zero, out, 0);
        }
        code.b.ins().return_(&[]);
        code.switch_to(other);
    }
    let params = params(Trampoline::Helper(otherwise));
    let function = code.import(Symbol::Trampoline(Trampoline::Helper(otherwise)), &params, None);
    code.b.ins().call(function, args);
    code.b.ins().return_(&[]);
}
