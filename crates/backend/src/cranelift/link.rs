//! From Cranelift's output to [`MachineCode`]: symbols and relocations.

use crate::backend::BackendError;
use crate::code::{MachineCode, Origin, Position, Relocation, RelocationKind, Saves, Symbol, Trampoline};
use cranelift_codegen::CompiledCode;
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::{ExternalName, Function, SourceLoc, UserExternalName};
use whipsnake_contract::helpers::Helper;
use whipsnake_ir::StateId;

/// Name spaces of external names.
const HELPER: u32 = 0;
const RUNTIME: u32 = 1;
const HELPER_TRAMPOLINE: u32 = 2;
const TRAMPOLINE: u32 = 3;
const INTEGER_HELPER_TRAMPOLINE: u32 = 4;

/// Symbols that are no helpers, by their number in the name space.
const RUNTIME_SYMBOLS: [Symbol; 2] = [Symbol::ExitFunction, Symbol::ExitLoop];
const TRAMPOLINES: [Trampoline; 11] = [
    Trampoline::BoxInt(Saves::All),
    Trampoline::BoxInt(Saves::Integers),
    Trampoline::UnboxInt(Saves::All),
    Trampoline::UnboxInt(Saves::Integers),
    Trampoline::FreeLeaf(Saves::All),
    Trampoline::FreeLeaf(Saves::Integers),
    Trampoline::Free(Saves::All),
    Trampoline::Free(Saves::Integers),
    Trampoline::FreeUnseen(Saves::All),
    Trampoline::FreeUnseen(Saves::Integers),
    Trampoline::Observe,
];

/// The external name of a symbol.
pub(super) fn external_name(symbol: Symbol) -> UserExternalName {
    let position = |found: Option<usize>| found.expect("every symbol is in its name space") as u32;
    match symbol {
        Symbol::Helper(helper) => UserExternalName::new(HELPER, helper as u32),
        Symbol::Trampoline(Trampoline::Helper(helper, saves)) => {
            let space = if saves == Saves::All { HELPER_TRAMPOLINE } else { INTEGER_HELPER_TRAMPOLINE };
            UserExternalName::new(space, helper as u32)
        }
        Symbol::Trampoline(other) => {
            UserExternalName::new(TRAMPOLINE, position(TRAMPOLINES.iter().position(|t| *t == other)))
        }
        other => UserExternalName::new(RUNTIME, position(RUNTIME_SYMBOLS.iter().position(|s| *s == other))),
    }
}

/// The symbol of an external name.
fn symbol(name: &UserExternalName) -> Option<Symbol> {
    let index = name.index as usize;
    let helper = || Helper::ALL.get(index).copied();
    match name.namespace {
        HELPER => helper().map(Symbol::Helper),
        RUNTIME => RUNTIME_SYMBOLS.get(index).copied(),
        HELPER_TRAMPOLINE => helper().map(|h| Symbol::Trampoline(Trampoline::Helper(h, Saves::All))),
        INTEGER_HELPER_TRAMPOLINE => helper().map(|h| Symbol::Trampoline(Trampoline::Helper(h, Saves::Integers))),
        TRAMPOLINE => TRAMPOLINES.get(index).copied().map(Symbol::Trampoline),
        _ => None,
    }
}

/// Bytes of native stack that compiled code uses itself.
pub(super) fn frame_size(compiled: &CompiledCode) -> usize {
    compiled.buffer.frame_layout().map_or(0, |layout| layout.frame_to_fp_offset as usize)
}

/// Code bytes and relocations of a compiled function.
pub(super) fn machine_code(
    function: &Function,
    compiled: &CompiledCode,
    name: &str,
) -> Result<MachineCode, BackendError> {
    let failed = |message: String| BackendError::Generator { function: name.to_owned(), message };
    let mut relocations = Vec::new();
    for relocation in compiled.buffer.relocs() {
        let symbol = match &relocation.target {
            cranelift_codegen::FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => {
                symbol(&function.params.user_named_funcs()[*name])
            }
            _ => None,
        };
        let (Some(symbol), Reloc::Abs8) = (symbol, relocation.kind) else {
            return Err(failed(format!("unexpected relocation {relocation:?}")));
        };
        let kind = RelocationKind::Abs8;
        relocations.push(Relocation { offset: relocation.offset, kind, symbol, addend: relocation.addend });
    }
    Ok(MachineCode {
        bytes: compiled.code_buffer().to_vec(),
        alignment: compiled.buffer.alignment.max(16),
        entry: 0,
        relocations,
        frame_size: frame_size(compiled) as u32,
        positions: Vec::new(),
    })
}

/// The location of what calls the runtime's exit function.
pub(super) fn leaving() -> SourceLoc {
    SourceLoc::new(u32::MAX - 1)
}

/// The location of what is made for a frame state.
pub(super) fn location(state: StateId) -> SourceLoc {
    SourceLoc::new(state.index() as u32)
}

/// What bytecode the code was made from.
pub(super) fn positions(function: &whipsnake_ir::Function, compiled: &CompiledCode) -> Vec<Position> {
    let origin = |location: SourceLoc| {
        let state = function.states.get(location.bits() as usize);
        state.map(|state| Origin { code: state.code, offset: state.offset })
    };
    let known = compiled.buffer.get_srclocs_sorted().iter().filter(|range| !range.loc.is_default());
    let mut positions: Vec<Position> = known.map(|range| Position { start: range.start, origin: origin(range.loc) }).collect();
    positions.dedup_by_key(|position| position.origin);
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_names_are_one_to_one() {
        let helpers = Helper::ALL.iter().copied();
        let all = helpers.clone().map(Symbol::Helper);
        let each = |h| Saves::EACH.map(|saves| Symbol::Trampoline(Trampoline::Helper(h, saves)));
        let all = all.chain(helpers.flat_map(each));
        let all = all.chain(RUNTIME_SYMBOLS).chain(TRAMPOLINES.map(Symbol::Trampoline));
        for expected in all {
            assert_eq!(symbol(&external_name(expected)), Some(expected));
        }
    }
}
