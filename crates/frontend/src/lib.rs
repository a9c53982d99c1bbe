//! From bytecode to IR: abstract interpretation of one function or loop, with the types that feedback suggests guarded
//! and everything else left to runtime helpers that do what the interpreter does.
//!
//! The builder keeps, for each local and stack slot, in what form its value is at hand (unboxed, object, constant, in parts),
//! and at each point that can exit a frame state from which the interpreter can go on.
#![forbid(unsafe_code)]

mod answer;
mod arguments;
mod arithmetic;
mod array;
mod attempt;
mod attribute;
mod body;
mod builder;
mod c_call;
mod call;
mod call_ex;
mod called_generator;
mod closure;
mod compact;
mod compare;
mod complex;
mod construct;
pub mod coverage;
mod deletion;
mod depths;
mod dispatch;
mod entry;
mod feedback;
mod formatting;
mod frames;
mod generator;
mod identity;
mod handler;
mod hashed;
mod heap;
mod instruction;
mod iterate;
mod keywords;
mod matching;
mod name;
mod native;
mod next_method;
mod overwrite;
mod own_dict;
mod ownership;
mod plain;
mod protocol;
mod raise_in_place;
mod real;
mod reduction;
mod region;
mod resume;
mod shape;
mod slice;
mod table_iter;
mod subscript;
mod super_attr;
mod template;
mod text;
mod tuple_compare;
mod unbuilt;
mod value;
mod variable;
mod ways;
mod wide;
mod with_block;
mod wrapped_iter;

use thiserror::Error;
use whipsnake_contract::snapshot::Snapshot;
use whipsnake_ir::Function;

/// Why a unit is not compiled. The program goes on in the interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GiveUp {
    /// The interpreter's version is not supported.
    #[error("Python 3.{0} is not supported")]
    Version(u8),
    /// The bytecode could not be decoded.
    #[error("bytecode: {0}")]
    Bytecode(String),
    /// A generator or coroutine: its frame belongs to the generator object.
    #[error("generators and coroutines are entered through their loops only")]
    Generator,
    /// The entry is not the start of a loop.
    #[error("no loop starts at offset {0}")]
    NoLoop(u32),
    /// The entry is no place where a generator goes on.
    #[error("no generator goes on at offset {0}")]
    NoResume(u32),
    /// What was seen cannot have been there: the code itself puts something else into the slot.
    #[error("the slot of {0} holds something else")]
    Contradiction(&'static str),
    /// The unit grew past the limit.
    #[error("too large: {0} instructions of IR")]
    TooLarge(usize),
    /// The types never settled.
    #[error("types do not settle")]
    Unstable,
    /// Native code could leave with a frame that the interpreter cannot go on with: a defect, which a test should be made of.
    #[error("a frame of {code} would go on at offset {offset} with {depth} values on its stack, where the interpreter has {wanted}")]
    Depth {
        /// The code's qualified name.
        code: String,
        /// Code unit offset.
        offset: u32,
        /// Values of the frame state.
        depth: usize,
        /// Values that the bytecode asks for.
        wanted: u32,
    },
    /// The start of the unit is not compiled: native code would exit at once.
    #[error("starts with {0}, which is not compiled")]
    NothingToDo(String),
}

/// Compiles a snapshot to IR. A pure function of its argument.
///
/// # Errors
/// The reason why the unit is left to the interpreter.
pub fn compile(snapshot: &Snapshot) -> Result<Function, GiveUp> {
    entry::compile(snapshot)
}
