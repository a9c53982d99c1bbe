//! Code that units share: see [`Trampoline`].
//!
//! All of them preserve every register that their callers use. Those that call a helper save 25 registers for it, or the 9 integer ones
//! for units without floats (`wrappers.rs`), so what is frequent is done before, in trampolines that clobber a few registers
//! only and call the others.

use super::free_lists::FreeList;
use super::lower::{Emitter, clif_type};
use super::regions::{Own, Regions};
use crate::backend::TargetInfo;
use crate::code::{ObserveRecord, Saves, Symbol, Trampoline};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use std::collections::BTreeMap;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, Platform};
use whipsnake_ir::Region;
use whipsnake_ir::function::helper_params;

/// Bits of a digit of an int (`PyLong_SHIFT` of 64-bit builds).
const DIGIT_BITS: u32 = 30;

/// Parameters of a trampoline, the out-parameter included.
fn params(trampoline: Trampoline) -> Vec<ir::Type> {
    match trampoline {
        Trampoline::Helper(helper, _) => {
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
    let saves = match trampoline {
        Trampoline::Helper(_, saves) | Trampoline::BoxInt(saves) | Trampoline::UnboxInt(saves) => saves,
        Trampoline::FreeLeaf(saves) | Trampoline::Free(saves) | Trampoline::FreeUnseen(saves) => saves,
        Trampoline::Observe => Saves::All,
    };
    let mut code = Emitter { b, regions, call_conv: isa.default_call_conv(), imports: BTreeMap::new(), result: None, saves };
    code.b.func.signature = code.signature(&params(trampoline), None, CallConv::PreserveAll);
    let entry = code.block();
    code.b.append_block_params_for_function_params(entry);
    code.switch_to(entry);
    let args: Vec<ir::Value> = code.b.block_params(entry).to_vec();
    match (trampoline, args.as_slice()) {
        (Trampoline::Helper(helper, _), _) => call_helper(&mut code, helper, &args),
        (Trampoline::BoxInt(_), &[arg]) => box_int(&mut code, target.platform, arg),
        (Trampoline::UnboxInt(_), &[arg]) => unbox_int(&mut code, target.platform, arg),
        (Trampoline::FreeLeaf(_), &[arg]) => {
            reuse(&mut code, target.platform, arg, None);
            call_trampoline(&mut code, Helper::dealloc_leaf, &[arg]);
        }
        (Trampoline::Free(_), &[arg]) => {
            reuse(&mut code, target.platform, arg, None);
            call_trampoline(&mut code, Helper::dealloc, &[arg]);
        }
        (Trampoline::FreeUnseen(_), &[arg]) => free_unseen(&mut code, target, arg),
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

/// Calls the trampoline of a helper, the place of the result last: nothing needs to be saved for it.
fn call_trampoline(code: &mut Emitter<'_>, helper: Helper, args: &[ir::Value]) {
    let trampoline = Trampoline::Helper(helper, code.saves);
    let function = code.import(Symbol::Trampoline(trampoline), &params(trampoline), None);
    code.b.ins().call(function, args);
}

/// Makes an int of the value in a word: of a free object if it has one digit.
fn box_int(code: &mut Emitter<'_>, platform: &Platform, place: ir::Value) {
    let layout = &platform.layout;
    let flags = code.own(Own::Buffer);
    let value = code.b.ins().load(types::I64, flags, place, 0);
    if let Some(list) = FreeList::ints(platform) {
        let (small, free, other) = (code.block(), code.block(), code.block());
        let limit = (1 << DIGIT_BITS) - 1;
        let shifted = code.b.ins().iadd_imm_s(value, limit);
        let fits = code.b.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, shifted, 2 * limit);
        code.branch(fits, small, other);

        code.switch_to(small);
        let head = code.address(list.head);
        let own = code.own(Own::FreeList);
        let object = code.b.ins().load(types::I64, own, head, 0);
        code.branch(object, free, other);

        code.switch_to(free);
        list.pop(code, platform, (head, 0), object);
        let constant = code.regions.flags(Region::Const);
        // Sign bits are 0 for positive and 2 for negative ints; 0 is preallocated.
        let negative = code.b.ins().ushr_imm_u(value, 63);
        let sign = code.b.ins().ishl_imm_u(negative, 1);
        let tag = code.b.ins().bor_imm_s(sign, 1 << layout.long_non_size_bits);
        code.b.ins().store(constant, tag, object, layout.long_tag as i32);
        let digit = code.b.ins().iabs(value);
        code.b.ins().istore32(constant, digit, object, layout.long_digits as i32);
        code.b.ins().store(flags, object, place, 0);
        code.b.ins().return_(&[]);
        code.switch_to(other);
    }
    call_trampoline(code, Helper::box_int, &[value, place]);
}

/// Puts the value of the int in a word behind that, and says in the word whether it fits: of one that is not compact, with two digits or more.
fn unbox_int(code: &mut Emitter<'_>, platform: &Platform, place: ir::Value) {
    let layout = &platform.layout;
    let (flags, constant) = (code.own(Own::Buffer), code.regions.flags(Region::Const));
    let object = code.b.ins().load(types::I64, flags, place, 0);
    let tag = code.b.ins().load(types::I64, constant, object, layout.long_tag as i32);
    let (two, more) = (code.block(), code.block());
    let is_two = code.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, tag, 3 << layout.long_non_size_bits);
    code.branch(is_two, two, more);

    code.switch_to(two);
    // A digit takes 32 bits, the lower one first.
    let digits = code.b.ins().load(types::I64, constant, object, layout.long_digits as i32);
    let low = code.b.ins().band_imm_s(digits, (1 << DIGIT_BITS) - 1);
    let high = code.b.ins().ushr_imm_u(digits, 32);
    let high = code.b.ins().ishl_imm_u(high, i64::from(DIGIT_BITS));
    let magnitude = code.b.ins().bor(low, high);
    // The sign bits are 0 for positive and 2 for negative ints.
    let sign_bits = code.b.ins().band_imm_s(tag, layout.long_sign_mask);
    let one = code.int(1);
    let sign = code.b.ins().isub(one, sign_bits);
    let value = code.b.ins().imul(magnitude, sign);
    code.b.ins().store(flags, value, place, Emitter::SECOND_RESULT);
    code.b.ins().store(flags, one, place, 0);
    code.b.ins().return_(&[]);

    code.switch_to(more);
    let out = code.b.ins().iadd_imm_s(place, i64::from(Emitter::SECOND_RESULT));
    call_trampoline(code, Helper::unbox_int_slow, &[object, out, place]);
}

fn observe(code: &mut Emitter<'_>, record: ir::Value) {
    let flags = code.own(Own::Buffer);
    let fields = [ObserveRecord::ThreadState, ObserveRecord::Unit, ObserveRecord::Exit];
    let [thread_state, unit, exit] = fields.map(|f| code.b.ins().load(types::I64, flags, record, f.offset()));
    let words = code.b.ins().iadd_imm_s(record, i64::from(ObserveRecord::Words.offset()));
    let object = code.b.ins().load(types::I64, flags, record, ObserveRecord::Object.offset());
    call_helper(code, Helper::observe, &[thread_state, unit, exit, words, object, record]);
}

/// Destroys the object in a word if that runs no Python code, and says so in the word.
fn free_unseen(code: &mut Emitter<'_>, target: &TargetInfo<'_>, place: ir::Value) {
    let platform = target.platform;
    let buffer = code.own(Own::Buffer);
    let object = code.b.ins().load(types::I64, buffer, place, 0);
    reuse(code, platform, object, Some(place));
    let constant = code.regions.flags(Region::Const);
    let object_type = code.b.ins().load(types::I64, constant, object, platform.layout.ob_type as i32);
    let leaf = code.block();
    // The helper knows all leaf types.
    for address in [KnownType::Int, KnownType::Str].into_iter().filter_map(|known| platform.known_type(known)) {
        let known = code.address(address);
        let same = code.b.ins().icmp(IntCC::Equal, object_type, known);
        let next = code.block();
        code.branch(same, leaf, next);
        code.switch_to(next);
    }
    call_trampoline(code, Helper::destroy_unseen, &[object, place]);
    code.b.ins().return_(&[]);
    code.switch_to(leaf);
    call_trampoline(code, Helper::dealloc_leaf, &[object]);
    let yes = code.int(1);
    code.b.ins().store(buffer, yes, place, 0);
}

/// Puts an object into the free list of its type, stores 1 to `freed`, and returns; goes on with objects without list.
fn reuse(code: &mut Emitter<'_>, platform: &Platform, object: ir::Value, freed: Option<ir::Value>) {
    for list in [FreeList::floats(platform), FreeList::ints(platform)].into_iter().flatten() {
        list.push_and_return(code, platform, object, freed);
    }
}
