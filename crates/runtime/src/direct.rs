//! The entry for direct calls between units: a few instructions in front of a function unit that send the call to the interpreter
//! when the native stack gets short. Interpreted calls need no native stack, so recursion goes as deep as without the JIT.

use crate::entry::C_STACK_MARGIN;
use crate::native_stack::{IS_KNOWN, LastLimit, find_limit};
use whipsnake_backend::MachineCode;
use whipsnake_cpython::offsets;

/// The code with a checked entry behind it, and the offset of that entry; `None` on machines for which none is known.
///
/// `interpret` is the address that takes over; it has the signature of a function unit. `last` stays where it is.
pub(crate) fn with_checked_entry(code: &MachineCode, interpret: u64, last: &LastLimit) -> Option<(MachineCode, u64)> {
    if !cfg!(target_arch = "x86_64") {
        return None;
    }
    let mut code = code.clone();
    let start = code.bytes.len().next_multiple_of(16);
    code.bytes.resize(start, 0xcc);
    let bytes = &mut code.bytes;
    let needed = C_STACK_MARGIN as i32 + code.frame_size as i32;
    if IS_KNOWN {
        // lea rax, [rsp - needed]; cmp rax, [rdi + soft limit]; jb slow
        bytes.extend([0x48, 0x8d, 0x84, 0x24]);
        bytes.extend((-needed).to_le_bytes());
        bytes.extend([0x48, 0x3b, 0x87]);
        bytes.extend((offsets::TSTATE_C_STACK_SOFT_LIMIT as i32).to_le_bytes());
        bytes.extend([0x72, 0x05]);
    } else {
        // again: mov rax, last; mov r10, [rdi + thread id]; cmp r10, [rax]; je known
        bytes.extend([0x48, 0xb8]);
        bytes.extend(last.address().to_le_bytes());
        bytes.extend([0x4c, 0x8b, 0x97]);
        bytes.extend((offsets::TSTATE_THREAD_ID as i32).to_le_bytes());
        bytes.extend([0x4c, 0x3b, 0x10, 0x74, 0x14]);
        // push rdi; push rsi; push rdx; mov rax, find_limit; call rax; pop rdx; pop rsi; pop rdi; jmp again
        bytes.extend([0x57, 0x56, 0x52, 0x48, 0xb8]);
        bytes.extend((find_limit as *const () as u64).to_le_bytes());
        bytes.extend([0xff, 0xd0, 0x5a, 0x5e, 0x5f, 0xeb]);
        bytes.push((start as i64 - (bytes.len() as i64 + 1)) as u8);
        // known: lea r10, [rsp - needed]; cmp r10, [rax + 8]; jb slow
        bytes.extend([0x4c, 0x8d, 0x94, 0x24]);
        bytes.extend((-needed).to_le_bytes());
        bytes.extend([0x4c, 0x3b, 0x50, 0x08, 0x72, 0x05]);
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
