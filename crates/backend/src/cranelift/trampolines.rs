//! Code that units share: see [`Trampoline`].
//!
//! All of them preserve every register. Those that call a helper save 26 registers for it, so what is frequent is done
//! before, in trampolines that clobber a few registers only and call the others.

use super::boxes::FloatList;
use super::lower::{Emitter, clif_type};
use super::regions::{Own, Regions};
use crate::backend::TargetInfo;
use crate::code::{ObserveRecord, Symbol, Trampoline};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use std::collections::BTreeMap;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::Region;
use whipsnake_ir::function::helper_params;

/// Parameters of a trampoline, the out-parameter included.
fn params(trampoline: Trampoline) -> Vec<ir::Type> {
    match trampoline {
        Trampoline::Helper(helper) => {
            let out = helper.info().result.map(|_| types::I64);
            helper_params(helper).map(clif_type).chain(out).collect()
        }
        _ => vec![types::I64],
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
    let args: Vec<ir::Value> = code.b.block_params(entry).to_vec();
    match (trampoline, args.as_slice()) {
        (Trampoline::Helper(helper), _) => call_helper(&mut code, helper, &args),
        (Trampoline::BoxInt, &[arg]) => box_int(&mut code, arg),
        (Trampoline::FreeLeaf, &[arg]) => {
            free_float(&mut code, target, arg, None);
            call_trampoline(&mut code, Helper::dealloc_leaf, &[arg]);
        }
        (Trampoline::Free, &[arg]) => {
            free_float(&mut code, target, arg, None);
            call_trampoline(&mut code, Helper::dealloc, &[arg]);
        }
        (Trampoline::FreeIfLeaf, &[arg]) => free_if_leaf(&mut code, target, arg),
        (Trampoline::Observe, &[arg]) => observe(&mut code, arg),
        (_, _) => unreachable!("all but helpers have one argument"),
    }
    code.b.ins().return_(&[]);
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
}

/// Calls the trampoline of a helper without result: nothing needs to be saved for it.
fn call_trampoline(code: &mut Emitter<'_>, helper: Helper, args: &[ir::Value]) {
    let params = params(Trampoline::Helper(helper));
    let function = code.import(Symbol::Trampoline(Trampoline::Helper(helper)), &params, None);
    code.b.ins().call(function, args);
}

fn box_int(code: &mut Emitter<'_>, place: ir::Value) {
    let flags = code.own(Own::Buffer);
    let value = code.b.ins().load(types::I64, flags, place, 0);
    call_helper(code, Helper::box_int, &[value, place]);
}

fn observe(code: &mut Emitter<'_>, record: ir::Value) {
    let flags = code.own(Own::Buffer);
    let fields = [ObserveRecord::ThreadState, ObserveRecord::Unit, ObserveRecord::Exit];
    let [thread_state, unit, exit] = fields.map(|f| code.b.ins().load(types::I64, flags, record, f.offset()));
    let words = code.b.ins().iadd_imm_s(record, i64::from(ObserveRecord::Words.offset()));
    let object = code.b.ins().load(types::I64, flags, record, ObserveRecord::Object.offset());
    call_helper(code, Helper::observe, &[thread_state, unit, exit, words, object, record]);
}

/// Destroys the object in a word if its type is one of the leaf types, and says so in the word.
fn free_if_leaf(code: &mut Emitter<'_>, target: &TargetInfo<'_>, place: ir::Value) {
    let platform = target.platform;
    let buffer = code.own(Own::Buffer);
    let object = code.b.ins().load(types::I64, buffer, place, 0);
    free_float(code, target, object, Some(place));
    let constant = code.regions.flags(Region::Const);
    let object_type = code.b.ins().load(types::I64, constant, object, platform.layout.ob_type as i32);
    let leaf = code.block();
    // Every type that is a leaf, the frequent ones first.
    let frequent = [KnownType::Int, KnownType::Str];
    let others = KnownType::ALL.iter().copied().filter(|known| known.is_leaf() && !frequent.contains(known));
    for address in frequent.into_iter().chain(others).filter_map(|known| platform.known_type(known)) {
        let known = code.address(address);
        let same = code.b.ins().icmp(IntCC::Equal, object_type, known);
        let next = code.block();
        code.branch(same, leaf, next);
        code.switch_to(next);
    }
    let no = code.int(0);
    code.b.ins().store(buffer, no, place, 0);
    code.b.ins().return_(&[]);
    code.switch_to(leaf);
    call_trampoline(code, Helper::dealloc_leaf, &[object]);
    let yes = code.int(1);
    code.b.ins().store(buffer, yes, place, 0);
}

/// Puts a float into the interpreter's free list, stores 1 to `freed`, and returns; goes on with anything else.
fn free_float(code: &mut Emitter<'_>, target: &TargetInfo<'_>, object: ir::Value, freed: Option<ir::Value>) {
    let layout = &target.platform.layout;
    let Some(list) = FloatList::of(target.platform) else { return };
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
    if let Some(freed) = freed {
        let (yes, buffer) = (code.int(1), code.own(Own::Buffer));
        code.b.ins().store(buffer, yes, freed, 0);
    }
    code.b.ins().return_(&[]);
    code.switch_to(other);
}
