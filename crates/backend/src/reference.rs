//! The backend without machine code: what it produces is executed by the reference interpreter of the IR.

use crate::backend::{Backend, BackendError, TargetInfo};
use crate::code::{Artifact, CodeStats, CompiledCode, Interpreted, MachineCode, Trampoline};
use whipsnake_ir::Function;
use whipsnake_ir::exits::ExitTable;

/// Keeps the function as it is, with its exit table.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReferenceBackend;

impl ReferenceBackend {
    /// Its name.
    pub const NAME: &'static str = "reference";
}

impl Backend for ReferenceBackend {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn compile(&self, function: &Function, _target: &TargetInfo<'_>) -> Result<CompiledCode, BackendError> {
        let exits = ExitTable::build(function);
        let instructions: usize = function.reverse_postorder().iter().map(|&b| function.block(b).insts.len()).sum();
        Ok(CompiledCode {
            exits: exits.points.clone(),
            artifact: Artifact::Interpreted(Box::new(Interpreted { function: function.clone(), exits })),
            clif: None,
            asm: None,
            stats: CodeStats { ir_instructions: instructions as u32, ..CodeStats::default() },
        })
    }

    fn trampoline(&self, trampoline: Trampoline, _target: &TargetInfo<'_>) -> Result<MachineCode, BackendError> {
        Err(BackendError::NoTrampolines { backend: Self::NAME, trampoline })
    }
}
