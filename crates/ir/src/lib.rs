//! The SSA intermediate representation: each operation is declared once in [`ops`], with its operands,
//! result, effects and exit behaviour; everything else is generated from or checked against that table.
#![forbid(unsafe_code)]

pub mod dominators;
pub mod entity;
pub mod exits;
pub mod function;
pub mod interp;
pub mod ops;
pub mod parse;
pub mod print;
pub mod reference;
pub mod semantics;
pub mod state;
pub mod verify;

pub use entity::{Block, Inst, StateId, Value};
pub use exits::ExitTable;
pub use function::{Function, InstData, Target};
pub use ops::{Cond, Imm, MemSize, Op, Region, Ty};
pub use state::{FrameState, Slot};
