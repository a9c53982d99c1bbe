//! Machine code placed in memory.

use memmap2::{Mmap, MmapMut};
use whipsnake_backend::{MachineCode, RelocationKind, Symbol};

/// Machine code that can be called.
#[derive(Debug)]
pub struct Executable {
    memory: Mmap,
    entry: usize,
}

impl Executable {
    /// Places code and fills in the addresses of its symbols.
    ///
    /// # Panics
    /// If memory cannot be mapped, or a relocation lies outside the code.
    pub fn place(code: &MachineCode, mut resolve: impl FnMut(Symbol) -> u64) -> Executable {
        assert!(code.alignment <= 4096, "pages are aligned to 4096 bytes, the code needs {}", code.alignment);
        let mut memory = MmapMut::map_anon(code.bytes.len().max(1)).expect("anonymous memory can be mapped");
        memory[..code.bytes.len()].copy_from_slice(&code.bytes);
        for relocation in &code.relocations {
            let RelocationKind::Abs8 = relocation.kind;
            let address = resolve(relocation.symbol).wrapping_add_signed(relocation.addend);
            let at = relocation.offset as usize;
            memory[at..at + 8].copy_from_slice(&address.to_le_bytes());
        }
        let memory = memory.make_exec().expect("memory can be made executable");
        Executable { memory, entry: code.entry as usize }
    }

    /// Address of the entry point.
    pub fn entry(&self) -> u64 {
        self.memory[self.entry..].as_ptr() as u64
    }

    /// Calls a function unit.
    ///
    /// # Safety
    /// The code must be a function unit whose symbols are resolved, and the arguments what it expects.
    pub unsafe fn call_function(&self, thread_state: u64, function: u64, args: u64) -> u64 {
        // SAFETY: the entry point of a function unit has this signature; the rest is the caller's promise.
        let entry = unsafe { std::mem::transmute::<u64, extern "C" fn(u64, u64, u64) -> u64>(self.entry()) };
        entry(thread_state, function, args)
    }

    /// Calls a loop unit.
    ///
    /// # Safety
    /// The code must be a loop unit whose symbols are resolved, and the arguments what it expects.
    pub unsafe fn call_loop(&self, thread_state: u64, frame: u64) -> u64 {
        // SAFETY: the entry point of a loop unit has this signature; the rest is the caller's promise.
        let entry = unsafe { std::mem::transmute::<u64, extern "C" fn(u64, u64) -> u64>(self.entry()) };
        entry(thread_state, frame)
    }
}
