//! CPython bytecode of every supported version as one neutral instruction set, with feedback.
//!
//! Input is plain data: the code units of `co_code_adaptive` and the bytes of `co_exceptiontable`.
//! Opcode numbers, cache sizes and specialisation families are tables generated from each
//! interpreter ([`Version::table`]); what an opcode does is declared once for all ([`Op`]).
//!
//! ```
//! use whipsnake_bytecode::{Op, Version, decode, parse_exception_table, stack_depths};
//!
//! // LOAD_FAST 0; LOAD_SMALL_INT 1; BINARY_OP 0 (+) with its five cache units; RETURN_VALUE
//! let bytes = [84, 0, 94, 1, 44, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 35, 0];
//! let units: Vec<u16> = bytes.chunks(2).map(|b| u16::from_ne_bytes([b[0], b[1]])).collect();
//! let code = decode(Version::V314, &units)?;
//! assert_eq!(code.instrs[1].op, Op::LoadSmallInt { value: 1 });
//! assert_eq!(code.instrs[2].next, 8);
//! let depths = stack_depths(&code, &parse_exception_table(&[])?, &[(0, 0)])?;
//! assert_eq!(depths, [Some(0), Some(1), Some(2), Some(1)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod blocks;
mod decode;
mod depth;
mod exception_table;
pub mod feedback;
mod loops;
mod normalize;
pub mod op;
pub mod opcode;
pub mod operand;
mod reference;
pub mod tables;
mod version;

pub use blocks::{BasicBlock, blocks};
pub use decode::{Code, DecodeError, Instr, decode, decode_with_clean};
pub use depth::{DepthError, stack_depths};
pub use exception_table::{ExceptionTable, ExceptionTableError, Handler, parse_exception_table};
pub use feedback::Feedback;
pub use loops::{Loop, loops};
pub use op::{ALL, Flow, Op, OpInfo};
pub use opcode::Opcode;
pub use reference::reference;
pub use version::Version;
