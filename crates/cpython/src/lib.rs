//! Everything that is specific to one CPython: struct layouts taken from its headers at build time, its
//! non-public symbols, typed access to its frames, code objects and threads, and the checks at load that the
//! running interpreter is the one that the crate was built for.
//!
//! All functions need the GIL. What of CPython's non-public interface is used is listed in `docs/abi.md`.

pub mod code;
pub mod datastack;
pub mod eval;
pub mod frame;
pub mod generator;
pub mod instructions;
pub mod iterators;
pub mod int;
pub mod memory;
pub mod monitoring;
pub mod offsets;
pub mod platform;
pub mod slot;
pub mod symbols;
pub mod thread;
pub mod unwind;
pub mod verify;
pub mod version_lookup;

pub use code::Code;
pub use frame::Frame;
pub use generator::Generator;
pub use pyo3_ffi as ffi;
pub use slot::Slot;
pub use thread::Thread;
