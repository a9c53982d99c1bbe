//! CPython bytecode of every supported version as one neutral instruction set, with feedback.
//!
//! Input is plain data: the code units of `co_code_adaptive` and the bytes of `co_exceptiontable`.
//! Opcode numbers, cache sizes and specialisation families are tables generated from each
//! interpreter ([`Version::table`]); what an opcode does is declared once for all ([`Op`]).

#![forbid(unsafe_code)]

mod decode;
pub mod feedback;
mod normalize;
pub mod op;
pub mod opcode;
pub mod operand;
pub mod tables;
mod version;

pub use decode::{Code, DecodeError, Instr, decode, decode_with_clean};
pub use feedback::Feedback;
pub use op::{ALL, Flow, Op, OpInfo};
pub use opcode::Opcode;
pub use version::Version;
