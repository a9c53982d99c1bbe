//! The interface of all backends.

use crate::code::{CompiledCode, MachineCode, Trampoline};
use crate::features::CpuFeatures;
use whipsnake_contract::snapshot::Platform;
use whipsnake_ir::{Function, Op};

/// Turns functions of the IR into something executable.
///
/// A backend is a pure function of its arguments: the same function and target give the same bytes, on
/// any machine and in any process.
pub trait Backend: Send + Sync {
    /// The name by which [`crate::backend_by_name`] finds it.
    fn name(&self) -> &'static str;

    /// Compiles a function that the IR's verifier accepts.
    ///
    /// # Errors
    /// [`BackendError::TooLarge`] for functions beyond the backend's caps,
    /// [`BackendError::Malformed`] for functions that break the IR's rules, [`BackendError::Generator`] if the code generator
    /// gives up.
    fn compile(&self, function: &Function, target: &TargetInfo<'_>) -> Result<CompiledCode, BackendError>;

    /// Code for a trampoline that compiled code refers to. The runtime asks once per process for each
    /// trampoline it meets in relocations, those of trampolines included.
    ///
    /// # Errors
    /// As [`Backend::compile`]; [`BackendError::NoTrampolines`] if the backend never refers to any.
    fn trampoline(&self, trampoline: Trampoline, target: &TargetInfo<'_>) -> Result<MachineCode, BackendError>;
}

/// What code is generated for.
#[derive(Clone, Copy, Debug)]
pub struct TargetInfo<'a> {
    /// Facts of the running interpreter.
    pub platform: &'a Platform,
    /// Address of the unit's record (`Snapshot::unit`).
    pub unit: u64,
    /// Instructions that may be used beyond the architecture's baseline.
    pub features: CpuFeatures,
    /// Texts to keep.
    pub dump: Dump,
}

/// Which texts a compilation keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dump {
    /// [`CompiledCode::clif`].
    pub clif: bool,
    /// [`CompiledCode::asm`].
    pub asm: bool,
}

impl Dump {
    /// All texts.
    pub const ALL: Dump = Dump { clif: true, asm: true };
}

/// Why a function was not compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// Beyond a cap: the unit stays interpreted.
    #[error("`{function}` needs {size} {what}, more than the limit of {limit}; it stays interpreted")]
    TooLarge {
        /// The function.
        function: String,
        /// What is counted.
        what: &'static str,
        /// How much it needs.
        size: usize,
        /// The cap.
        limit: usize,
    },
    /// An instruction breaks the rules of the IR.
    #[error("`{function}`: {op:?} {problem}; run the IR verifier on it")]
    Malformed {
        /// The function.
        function: String,
        /// The instruction's operation.
        op: Op,
        /// What is wrong.
        problem: &'static str,
    },
    /// The code generator failed.
    #[error("`{function}`: code generator: {message}")]
    Generator {
        /// The function.
        function: String,
        /// Its message.
        message: String,
    },
    /// The backend has no trampolines.
    #[error("backend `{backend}` has no trampoline {trampoline:?}; ask the backend that compiled the code")]
    NoTrampolines {
        /// The backend.
        backend: &'static str,
        /// What was asked for.
        trampoline: Trampoline,
    },
    /// The architecture is not supported.
    #[error("no machine code for `{target}` ({message}); use the backend `reference`")]
    Unsupported {
        /// Target triple.
        target: String,
        /// Why.
        message: String,
    },
}
