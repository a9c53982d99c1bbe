//! Machine code by Cranelift.
//!
//! One file per topic: each adds the lowering of its operations to [`lower::Lowering`].

mod boxes;
mod calls;
mod control;
mod exits;
mod floats;
mod free_lists;
mod guards;
mod integers;
mod link;
mod lower;
mod memory;
mod refcounts;
mod regions;
mod scratch;
mod target;
mod temperature;
mod trampolines;
mod wrappers;

use crate::backend::{Backend, BackendError, TargetInfo};
use crate::code::{Artifact, CodeStats, CompiledCode, MachineCode, Saves, Trampoline};
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::FunctionBuilderContext;
use scratch::ScratchPlaces;
use target::Effort;
use whipsnake_contract::helpers::Helper;
use whipsnake_ir::{Function, Imm};
use whipsnake_ir::exits::ExitTable;

/// Most CLIF instructions of a function. Compile time is about 2 µs per instruction.
pub(crate) const CLIF_LIMIT: usize = 68_000;
/// Most bytes of native stack per call: exit buffers, scratch words and spilled values.
pub(crate) const FRAME_LIMIT: usize = 16 * 1024;

/// Compiles with Cranelift's optimising pipeline.
#[derive(Clone, Copy, Debug)]
pub struct CraneliftBackend(());

impl CraneliftBackend {
    /// Its name.
    pub const NAME: &'static str = "cranelift";

    /// The backend.
    ///
    /// # Errors
    /// [`BackendError::Unsupported`] if there is no code generator for the architecture this was built for.
    pub fn new() -> Result<CraneliftBackend, BackendError> {
        target::isa(Default::default(), Effort::Full).map(|_| CraneliftBackend(()))
    }
}

impl Backend for CraneliftBackend {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn compile(&self, function: &Function, target: &TargetInfo<'_>) -> Result<CompiledCode, BackendError> {
        if is_provisional(function) {
            // Simple register allocation may need more stack than there may be.
            if let Ok(code) = compile(function, target, Effort::Little) {
                return Ok(code);
            }
        }
        compile(function, target, Effort::Full)
    }

    fn trampoline(&self, trampoline: Trampoline, target: &TargetInfo<'_>) -> Result<MachineCode, BackendError> {
        if let Trampoline::Helper(helper, Saves::Integers) = trampoline
            && let Some(code) = wrappers::wrapper(helper)
        {
            return Ok(code);
        }
        let isa = target::isa(target.features, Effort::Full)?;
        let mut context = Context::new();
        trampolines::build(trampoline, target, isa.as_ref(), &mut FunctionBuilderContext::new(), &mut context.func);
        let name = format!("{trampoline:?}");
        generate(&mut context, isa.as_ref(), &name, target).map(|g| g.code)
    }
}

/// True for functions that note types, to be compiled again with them.
fn is_provisional(function: &Function) -> bool {
    function.insts.iter().any(|inst| inst.imm == Imm::Helper(Helper::note_type))
}

fn compile(function: &Function, target: &TargetInfo<'_>, effort: Effort) -> Result<CompiledCode, BackendError> {
    let isa = target::isa(target.features, effort)?;
    let exits = ExitTable::build(function);
    let scratch = ScratchPlaces::of(function);
    let ir_instructions = lower::check_size(function, &exits, &scratch)?;
    let mut context = Context::new();
    lower::lower(function, &exits, &scratch, target, isa.as_ref(), &mut FunctionBuilderContext::new(), &mut context.func)?;
    let mut generated = generate(&mut context, isa.as_ref(), &function.name, target)?;
    generated.code.positions = link::positions(function, context.compiled_code().expect("compiled above"));
    Ok(CompiledCode {
        stats: CodeStats {
            ir_instructions: ir_instructions as u32,
            clif_instructions: generated.clif_instructions as u32,
            code_bytes: generated.code.bytes.len() as u32,
            frame_bytes: generated.code.frame_size,
        },
        artifact: Artifact::Machine(generated.code),
        exits: exits.points,
        clif: generated.clif,
        asm: generated.asm,
    })
}

/// What comes out of the code generator.
struct Generated {
    code: MachineCode,
    clif: Option<String>,
    asm: Option<String>,
    clif_instructions: usize,
}

/// Runs the code generator on the context's function.
fn generate(
    context: &mut Context,
    isa: &dyn TargetIsa,
    name: &str,
    target: &TargetInfo<'_>,
) -> Result<Generated, BackendError> {
    let too_large = |what, size, limit| BackendError::TooLarge { function: name.to_owned(), what, size, limit };
    let clif_instructions = context.func.dfg.num_insts();
    if clif_instructions > CLIF_LIMIT {
        return Err(too_large("code generator instructions", clif_instructions, CLIF_LIMIT));
    }
    let clif = target.dump.clif.then(|| context.func.display().to_string());
    context.set_disasm(target.dump.asm);
    let compiled = context.compile(isa, &mut ControlPlane::default()).map_err(|error| BackendError::Generator {
        function: name.to_owned(),
        message: cranelift_codegen::print_errors::pretty_error(error.func, error.inner),
    })?;
    let asm = compiled.vcode.clone();
    let frame = link::frame_size(compiled);
    if frame > FRAME_LIMIT {
        return Err(too_large("bytes of native stack", frame, FRAME_LIMIT));
    }
    let code = link::machine_code(&context.func, context.compiled_code().expect("compiled above"), name)?;
    Ok(Generated { code, clif, asm, clif_instructions })
}
