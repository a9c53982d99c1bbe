//! From IR to something executable: the [`Backend`] interface and its implementations.
//!
//! | name | result |
//! |---|---|
//! | `cranelift` | machine code |
//! | `reference` | the function itself, for `whipsnake_ir::interp` |
//!
//! `docs/backends.md` says how to add one.
#![forbid(unsafe_code)]

mod backend;
mod code;
mod cranelift;
mod features;
mod reference;
mod registry;

pub use backend::{Backend, BackendError, Dump, TargetInfo};
pub use code::{
    Artifact, CodeStats, CompiledCode, Interpreted, MachineCode, ObserveRecord, Origin, Position, Relocation, RelocationKind,
    Saves, Symbol, Trampoline,
};
pub use cranelift::CraneliftBackend;
pub use features::CpuFeatures;
pub use reference::ReferenceBackend;
pub use registry::{BACKENDS, backend_by_name};
