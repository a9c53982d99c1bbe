//! Code memory: written through a file, sealed, mapped read-execute. It is never writable and executable, and no
//! writable alias of it ever exists.
//!
//! Each block is one mapping: address space is reserved first, so that relocations are applied to the bytes before
//! they are written to the file.

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;
use whipsnake_contract::faults::{Fault, Faults};
use whipsnake_backend::{MachineCode, RelocationKind, Symbol};

/// Name of the files that code is mapped from.
const FILE: &std::ffi::CStr = c"whipsnake";
/// Granularity of mappings in bytes.
const PAGE: usize = 4096;

/// Why code could not be placed.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The cap is reached.
    #[error("{needed} bytes of code do not fit: {used} of {cap} are in use (raise it with WHIPSNAKE_CODE_CAP)")]
    Full {
        /// Bytes asked for, in whole pages.
        needed: usize,
        /// Bytes in use.
        used: usize,
        /// The cap.
        cap: usize,
    },
    /// The system refuses, at present or for good.
    #[error("no memory for code: {step}: {source}")]
    Refused {
        /// The system call that failed.
        step: &'static str,
        /// Its error.
        source: rustix::io::Errno,
    },
    /// A relocation lies outside of the code.
    #[error("relocation at {offset} is outside of {len} bytes of code")]
    Relocation {
        /// Offset of the relocation.
        offset: u32,
        /// Length of the code.
        len: usize,
    },
}

impl PlaceError {
    /// True if another attempt may succeed: something is used up at present, and not forbidden.
    pub fn may_pass(&self) -> bool {
        let used_up = [Errno::NOMEM, Errno::MFILE, Errno::NFILE, Errno::NOSPC, Errno::AGAIN, Errno::BUSY, Errno::INTR];
        matches!(self, PlaceError::Refused { source, .. } if used_up.contains(source))
    }
}

/// Mappings of a process that there must not be, by its `/proc/PID/maps`: those that are writable and executable, and those of code that are
/// writable, or shared, so that somebody else could write.
pub fn forbidden_mappings(maps: &str) -> Vec<&str> {
    let code = format!("memfd:{}", FILE.to_string_lossy());
    let forbidden = |line: &&str| {
        let rights = line.split_ascii_whitespace().nth(1).unwrap_or_default();
        rights.contains('w') && rights.contains('x') || line.contains(&code) && (rights.contains('w') || rights.ends_with('s'))
    };
    maps.lines().filter(forbidden).collect()
}

/// Accounts for executable memory.
#[derive(Debug)]
pub struct CodeMemory {
    cap: usize,
    used: usize,
    faults: Arc<Faults>,
}

/// An executable mapping; unmapped by [`CodeMemory::free`] only.
#[derive(Debug)]
pub struct CodeBlock {
    base: NonNull<c_void>,
    mapped: usize,
    entries: Vec<u64>,
}

impl CodeBlock {
    /// Entry address of each placed piece, in the order given.
    pub fn entries(&self) -> &[u64] {
        &self.entries
    }

    /// Address of the first byte.
    pub fn base(&self) -> u64 {
        self.base.as_ptr() as u64
    }

    /// Mapped bytes.
    pub fn mapped(&self) -> usize {
        self.mapped
    }
}

impl CodeMemory {
    /// Memory of at most `cap` bytes.
    pub fn new(cap: u64, faults: Arc<Faults>) -> CodeMemory {
        CodeMemory { cap: usize::try_from(cap).unwrap_or(usize::MAX), used: 0, faults }
    }

    /// Bytes mapped at present.
    pub fn used(&self) -> usize {
        self.used
    }

    /// Places pieces of code in one mapping. `resolve` gives the address of a symbol; it is handed the entry
    /// addresses of the pieces, for those that refer to each other.
    ///
    /// # Errors
    /// If the cap is reached, the system refuses, or a relocation is malformed.
    pub fn place(
        &mut self,
        pieces: &[&MachineCode],
        resolve: &mut dyn FnMut(Symbol, &[u64]) -> u64,
    ) -> Result<CodeBlock, PlaceError> {
        let mut starts = Vec::with_capacity(pieces.len());
        let mut len = 0usize;
        for piece in pieces {
            len = len.next_multiple_of(piece.alignment.max(16) as usize);
            starts.push(len);
            len += piece.bytes.len();
        }
        let mapped = len.max(1).next_multiple_of(PAGE);
        if self.used + mapped > self.cap {
            return Err(PlaceError::Full { needed: mapped, used: self.used, cap: self.cap });
        }
        // SAFETY: a new mapping at an address that the system chooses.
        let base = self.attempt("reserving address space", Fault::Reserve, Errno::NOMEM, || unsafe {
            rustix::mm::mmap_anonymous(std::ptr::null_mut(), mapped, ProtFlags::empty(), MapFlags::PRIVATE)
        })?;
        let entry = |(piece, start): (&&MachineCode, &usize)| base as u64 + *start as u64 + u64::from(piece.entry);
        let entries: Vec<u64> = pieces.iter().zip(&starts).map(entry).collect();
        let filled = fill(pieces, &starts, len, &entries, resolve)
            .and_then(|bytes| self.map_sealed(base, mapped, &bytes));
        match (filled, NonNull::new(base)) {
            (Ok(()), Some(base)) => {
                self.used += mapped;
                Ok(CodeBlock { base, mapped, entries })
            }
            (outcome, _) => {
                // SAFETY: the reservation, or what was mapped over it, is ours and unused.
                let _ = unsafe { rustix::mm::munmap(base, mapped) };
                outcome.and(Err(PlaceError::Refused { step: "mmap", source: Errno::NOMEM }))
            }
        }
    }

    /// One step of a placement. A test may let it fail as the system would, or as a system does that forbids executable memory.
    fn attempt<T>(&self, step: &'static str, fault: Fault, error: Errno, call: impl FnOnce() -> Result<T, Errno>) -> Result<T, PlaceError> {
        let source = match () {
            () if self.faults.happens(fault) => error,
            () if fault == Fault::Map && self.faults.happens(Fault::Denied) => Errno::PERM,
            () => match call() {
                Ok(value) => return Ok(value),
                Err(source) => source,
            },
        };
        Err(PlaceError::Refused { step, source })
    }

    /// Replaces the reservation at `base` by a sealed file with the bytes.
    fn map_sealed(&self, base: *mut c_void, mapped: usize, bytes: &[u8]) -> Result<(), PlaceError> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = self.attempt("memfd_create", Fault::Memfd, Errno::MFILE, || {
            // Kernels before 6.3 do not know the flag, and need none.
            let make = |flags| rustix::fs::memfd_create(FILE, flags);
            make(flags | MemfdFlags::EXEC).or_else(|error| if error == Errno::INVAL { make(flags) } else { Err(error) })
        })?;
        self.attempt("writing code", Fault::Write, Errno::NOSPC, || {
            rustix::fs::ftruncate(&file, mapped as u64)?;
            let mut written = 0;
            while written < bytes.len() {
                written += rustix::io::pwrite(&file, &bytes[written..], written as u64)?;
            }
            Ok(())
        })?;
        let seals = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
        self.attempt("sealing code", Fault::Seal, Errno::BUSY, || rustix::fs::fcntl_add_seals(&file, seals))?;
        let (protection, flags) = (ProtFlags::READ | ProtFlags::EXEC, MapFlags::PRIVATE | MapFlags::FIXED);
        // SAFETY: replaces the caller's own reservation of that size.
        self.attempt("mapping code", Fault::Map, Errno::NOMEM, || unsafe { rustix::mm::mmap(base, mapped, protection, flags, &file, 0) })?;
        Ok(())
    }

    /// Unmaps a block.
    ///
    /// # Safety
    ///
    /// No thread executes code of the block or will again.
    pub unsafe fn free(&mut self, block: CodeBlock) {
        self.used -= block.mapped;
        // SAFETY: the mapping is the block's own and nobody uses it. An error leaves it mapped, which harms nobody.
        let _ = unsafe { rustix::mm::munmap(block.base.as_ptr(), block.mapped) };
    }
}

fn fill(
    pieces: &[&MachineCode],
    starts: &[usize],
    len: usize,
    entries: &[u64],
    resolve: &mut dyn FnMut(Symbol, &[u64]) -> u64,
) -> Result<Vec<u8>, PlaceError> {
    // Gaps trap.
    let mut bytes = vec![0xcc; len];
    for (piece, &start) in pieces.iter().zip(starts) {
        let code = &mut bytes[start..start + piece.bytes.len()];
        code.copy_from_slice(&piece.bytes);
        for relocation in &piece.relocations {
            let address = resolve(relocation.symbol, entries).wrapping_add_signed(relocation.addend);
            let offset = relocation.offset as usize;
            let place = match relocation.kind {
                RelocationKind::Abs8 => code.get_mut(offset..offset + 8),
            };
            place
                .ok_or(PlaceError::Relocation { offset: relocation.offset, len: piece.bytes.len() })?
                .copy_from_slice(&address.to_le_bytes());
        }
    }
    Ok(bytes)
}
