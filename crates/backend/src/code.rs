//! What a backend produces: code with its relocations and exit table.

use whipsnake_contract::exit::ExitPoint;
use whipsnake_contract::helpers::Helper;
use whipsnake_ir::Function;
use whipsnake_ir::exits::ExitTable;

/// The result of compiling one function.
#[derive(Clone, Debug)]
pub struct CompiledCode {
    /// What is executed.
    pub artifact: Artifact,
    /// Exit points, by the exit number that the code hands to the runtime.
    pub exits: Vec<ExitPoint>,
    /// The code generator's own intermediate text, if it was asked for.
    pub clif: Option<String>,
    /// Machine code as text, if it was asked for.
    pub asm: Option<String>,
    /// Sizes.
    pub stats: CodeStats,
}

/// The executable form of a function.
#[derive(Clone, Debug)]
pub enum Artifact {
    /// Machine code, to be placed and relocated by the runtime.
    Machine(MachineCode),
    /// The function itself, to be executed by `whipsnake_ir::interp`.
    Interpreted(Box<Interpreted>),
}

/// What the reference interpreter needs.
#[derive(Clone, Debug)]
pub struct Interpreted {
    /// The function.
    pub function: Function,
    /// Its exits: numbers and values.
    pub exits: ExitTable,
}

/// Position-dependent machine code before relocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MachineCode {
    /// Instructions and the constants behind them.
    pub bytes: Vec<u8>,
    /// Alignment in bytes that the first byte needs; a power of two.
    pub alignment: u32,
    /// Offset of the entry point in `bytes`.
    pub entry: u32,
    /// Places to fill in before the code may run.
    pub relocations: Vec<Relocation>,
    /// Bytes of native stack that a call needs, without what it calls.
    pub frame_size: u32,
    /// What bytecode the code was made from, by ascending offset in `bytes`. Each holds up to the next one.
    pub positions: Vec<Position>,
}

/// Where a stretch of machine code comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Offset of its first byte.
    pub start: u32,
    /// Where in the bytecode; `None` where the unit is left.
    pub origin: Option<Origin>,
}

/// An instruction of bytecode, at or near which an operation was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Index into the snapshot's codes.
    pub code: u32,
    /// Its code unit offset.
    pub offset: u32,
}

/// A place in machine code that depends on an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Relocation {
    /// Offset of the first byte to fill in.
    pub offset: u32,
    /// What to write.
    pub kind: RelocationKind,
    /// The address that it depends on.
    pub symbol: Symbol,
    /// Added to the symbol's address.
    pub addend: i64,
}

/// How an address is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelocationKind {
    /// The 64-bit absolute address, little-endian.
    Abs8,
}

/// An address that only the runtime knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// A helper of the contract's table, in the platform's C calling convention.
    Helper(Helper),
    /// `fn(thread state, unit record, exit number: u64, words: *const u64) -> *mut PyObject`: leaves a function
    /// unit; its result is the unit's.
    ExitFunction,
    /// `fn(thread state, unit record, exit number: u64, words: *const u64) -> u64`: leaves a loop unit; its result
    /// is the unit's.
    ExitLoop,
    /// Code that the backend makes on demand, once per process: see [`crate::Backend::trampoline`].
    Trampoline(Trampoline),
}

/// Registers that a trampoline preserves where it calls a helper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Saves {
    /// All.
    All,
    /// Integer registers, for units that hold nothing in others.
    Integers,
}

impl Saves {
    /// Both.
    pub const EACH: [Saves; 2] = [Saves::All, Saves::Integers];
}

/// Shared code that units call on slow paths. It preserves every register that its callers use, so that a slow path that
/// rejoins the fast one costs the fast one nothing. For the same reason most of them have one argument only: each
/// fixed register bears on the fast path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trampoline {
    /// Calls a helper with the arguments it was given and stores the result, if there is one, to one more pointer argument.
    Helper(Helper, Saves),
    /// `(word)`: replaces the integer there by a new int object, of the interpreter's free list where it has one.
    BoxInt(Saves),
    /// `(words)`: puts the value of the int object in the first of two words, which is no compact int, in the second one and 1 in the first one; 0 in the
    /// first one if it does not fit.
    UnboxInt(Saves),
    /// `(object)`: destroys an object of a leaf type; floats and ints go back to the interpreter's free lists.
    FreeLeaf(Saves),
    /// `(object)`: destroys an object of any type where no frame of the unit can be looked at.
    Free(Saves),
    /// `(word)`: destroys the object there if that runs no Python code, and puts 1 in its place, else 0.
    FreeUnseen(Saves),
    /// `(record)`: calls the helper `observe` with what is in the [`ObserveRecord`], and puts its result in front.
    Observe,
}

/// Words in front of the exit buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObserveRecord {
    /// The thread state, then the result.
    ThreadState = 0,
    /// The unit's record.
    Unit = 1,
    /// The number of the exit, also where nothing is observed.
    Exit = 2,
    /// The object to destroy.
    Object = 3,
    /// The first word of the state.
    Words = 4,
}

impl ObserveRecord {
    /// Offset in bytes from the start of the record.
    pub const fn offset(self) -> i32 {
        self as i32 * 8
    }
}

/// Sizes of one compilation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeStats {
    /// Instructions of the IR function's reachable blocks.
    pub ir_instructions: u32,
    /// Instructions handed to the code generator (0 for the reference backend).
    pub clif_instructions: u32,
    /// Bytes of machine code (0 for the reference backend).
    pub code_bytes: u32,
    /// Bytes of native stack per call.
    pub frame_bytes: u32,
}
