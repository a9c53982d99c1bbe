//! Trampolines of helpers that preserve the integer registers only.
//!
//! Cranelift has no such calling convention. The code is short and always the same, so its bytes stand here.

use super::calls::has_trampoline;
use crate::code::{MachineCode, Relocation, RelocationKind, Symbol};
use whipsnake_contract::helpers::{Arg, Helper};

/// Where the argument registers lie on the stack once all caller-saved ones were pushed, in words: rdi, rsi, rdx, rcx, r8, r9.
#[cfg(all(target_arch = "x86_64", not(windows)))]
const SAVED_ARGUMENTS: [u8; 6] = [4, 5, 6, 7, 3, 2];

/// Calls a helper with the arguments that it was given, and stores the result, if there is one, to one more pointer argument. `None`
/// where Cranelift has to do it: for helpers that take or give floats, and on other architectures.
#[cfg(all(target_arch = "x86_64", not(windows)))]
pub(super) fn wrapper(helper: Helper) -> Option<MachineCode> {
    let info = helper.info();
    if !has_trampoline(helper) || info.args.contains(&Arg::F64) || info.result == Some(Arg::F64) {
        return None;
    }
    let mut bytes = Vec::new();
    // push rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11: with the return address ten words, which keeps the stack aligned.
    bytes.extend([0x50, 0x51, 0x52, 0x56, 0x57, 0x41, 0x50, 0x41, 0x51, 0x41, 0x52, 0x41, 0x53]);
    // mov rax, imm64
    bytes.extend([0x48, 0xb8]);
    let offset = bytes.len() as u32;
    bytes.extend([0; 8]);
    // call rax
    bytes.extend([0xff, 0xd0]);
    if info.result.is_some() {
        // mov rcx, [rsp + 8 * place]; mov [rcx], rax
        bytes.extend([0x48, 0x8b, 0x4c, 0x24, 8 * SAVED_ARGUMENTS[info.args.len()], 0x48, 0x89, 0x01]);
    }
    // pop r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax; ret
    bytes.extend([0x41, 0x5b, 0x41, 0x5a, 0x41, 0x59, 0x41, 0x58, 0x5f, 0x5e, 0x5a, 0x59, 0x58, 0xc3]);
    let relocations = vec![Relocation { offset, kind: RelocationKind::Abs8, symbol: Symbol::Helper(helper), addend: 0 }];
    Some(MachineCode { bytes, alignment: 16, entry: 0, relocations, frame_size: 0, positions: Vec::new() })
}

/// On other architectures Cranelift does it.
#[cfg(not(all(target_arch = "x86_64", not(windows))))]
pub(super) fn wrapper(_: Helper) -> Option<MachineCode> {
    None
}
