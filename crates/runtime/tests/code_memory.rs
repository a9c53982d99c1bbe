//! Code memory. The module is compiled into the test alone: the rest of the crate needs a Python process.

#[path = "../src/memory.rs"]
#[allow(dead_code, unreachable_pub, reason = "the rest of the crate uses more of it")]
mod memory;

use memory::{CodeMemory, PlaceError, forbidden_mappings};
use std::sync::Arc;
use whipsnake_backend::{MachineCode, Relocation, RelocationKind, Symbol};

const PAGE: usize = 4096;

/// `mov rax, imm64; ret`, with the immediate taken from a relocation.
fn constant() -> MachineCode {
    MachineCode {
        positions: Vec::new(),
        bytes: vec![0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xc3],
        alignment: 16,
        entry: 0,
        relocations: vec![Relocation {
            offset: 2,
            kind: RelocationKind::Abs8,
            symbol: Symbol::ExitLoop,
            addend: 2,
        }],
        frame_size: 0,
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn placed_code_runs_and_is_counted() {
    let mut memory = CodeMemory::new(1 << 20, Arc::default());
    let code = constant();
    let block = memory.place(&[&code, &code], &mut |_, _| 40).unwrap();
    for &entry in block.entries() {
        // SAFETY: the code is a C function without arguments.
        let function: extern "C" fn() -> u64 = unsafe { std::mem::transmute(entry) };
        assert_eq!(function(), 42);
    }
    assert_eq!(memory.used(), PAGE);
    // SAFETY: the code has returned.
    unsafe { memory.free(block) };
    assert_eq!(memory.used(), 0);
}

#[test]
fn mappings_are_not_writable() {
    let mut memory = CodeMemory::new(1 << 20, Arc::default());
    let block = memory.place(&[&constant()], &mut |_, _| 0).unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let line = maps.lines().find(|line| line.starts_with(&format!("{:x}-", block.entries()[0]))).unwrap();
    assert!(line.contains(" r-xp ") && line.contains("memfd:whipsnake"), "{line}");
    assert!(!maps.lines().any(|line| line.contains(" rw") && line.contains("memfd:whipsnake")));
    // SAFETY: the code never ran.
    unsafe { memory.free(block) };
}

#[test]
fn the_cap_holds() {
    let mut memory = CodeMemory::new(4096, Arc::default());
    let block = memory.place(&[&constant()], &mut |_, _| 0).unwrap();
    let error = memory.place(&[&constant()], &mut |_, _| 0).unwrap_err();
    assert!(error.to_string().contains("4096 of 4096"), "{error}");
    // SAFETY: the code never ran.
    unsafe { memory.free(block) };
    assert!(memory.place(&[&constant()], &mut |_, _| 0).is_ok());
}

#[test]
fn relocations_outside_are_refused() {
    let mut code = constant();
    code.relocations[0].offset = 5;
    let error = CodeMemory::new(1 << 20, Arc::default()).place(&[&code], &mut |_, _| 0).unwrap_err();
    assert!(matches!(error, PlaceError::Relocation { offset: 5, len: 11 }), "{error}");
}

#[test]
fn writable_code_is_found_in_maps() {
    let fine = "7f0000000000-7f0000001000 r-xp 00000000 00:01 7 /memfd:whipsnake (deleted)\n7f0000002000-7f0000003000 rw-p 00000000 00:00 0 [heap]\n";
    assert!(forbidden_mappings(fine).is_empty());
    for bad in ["rwxp 00000000 00:00 0", "rw-p 00000000 00:01 7 /memfd:whipsnake (deleted)", "r-xs 00000000 00:01 7 /memfd:whipsnake (deleted)"] {
        let line = format!("7f0000004000-7f0000005000 {bad}");
        assert_eq!(forbidden_mappings(&format!("{fine}{line}\n")), [line.as_str()]);
    }
}
