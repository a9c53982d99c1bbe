//! The entry for direct calls between units: a few instructions in front of a function unit that send the call to the interpreter
//! when the native stack gets short. Interpreted calls need no native stack, so recursion goes as deep as without the JIT.

use crate::entry::{C_STACK_MARGIN, MAX_NATIVE_DEPTH};
use whipsnake_backend::MachineCode;
use whipsnake_cpython::offsets;

/// The code with a checked entry behind it, and the offset of that entry; `None` on machines for which none is known.
///
/// `interpret` is the address that takes over; it has the signature of a function unit.
pub fn with_checked_entry(code: &MachineCode, interpret: u64) -> Option<(MachineCode, u64)> {
    if !cfg!(target_arch = "x86_64") {
        return None;
    }
    let mut code = code.clone();
    let start = code.bytes.len().next_multiple_of(16);
    code.bytes.resize(start, 0xcc);
    let bytes = &mut code.bytes;
    if offsets::TSTATE_C_STACK_SOFT_LIMIT != 0 {
        // lea rax, [rsp - needed]; cmp rax, [rdi + soft limit]; jb slow
        let needed = C_STACK_MARGIN as i32 + code.frame_size as i32;
        bytes.extend([0x48, 0x8d, 0x84, 0x24]);
        bytes.extend((-needed).to_le_bytes());
        bytes.extend([0x48, 0x3b, 0x87]);
        bytes.extend((offsets::TSTATE_C_STACK_SOFT_LIMIT as i32).to_le_bytes());
        bytes.extend([0x72, 0x05]);
    } else {
        // mov eax, [rdi + limit]; sub eax, [rdi + remaining]; cmp eax, depth; jg slow
        bytes.extend([0x8b, 0x87]);
        bytes.extend((offsets::TSTATE_RECURSION_LIMIT as i32).to_le_bytes());
        bytes.extend([0x2b, 0x87]);
        bytes.extend((offsets::TSTATE_RECURSION_REMAINING as i32).to_le_bytes());
        bytes.push(0x3d);
        bytes.extend(MAX_NATIVE_DEPTH.to_le_bytes());
        bytes.extend([0x7f, 0x05]);
    }
    // jmp entry
    bytes.push(0xe9);
    let next = bytes.len() as i64 + 4;
    bytes.extend(((i64::from(code.entry) - next) as i32).to_le_bytes());
    // slow: mov rax, interpret; jmp rax
    bytes.extend([0x48, 0xb8]);
    bytes.extend(interpret.to_le_bytes());
    bytes.extend([0xff, 0xe0]);
    Some((code, start as u64))
}
