//! Loops of code that is no function's: a module's body runs once, so its loops are all that can be compiled of it, and what that takes has
//! to do with their own lengths, not with that of the module.

use crate::extra::CodeExtra;
use crate::hooks::CO_OPTIMIZED;
use whipsnake_bytecode::{Instr, Op, Version, decode};
use whipsnake_cpython::{Code, offsets};

/// Header and back edge of a loop, as code unit offsets.
pub(crate) type Span = (u32, u32);

/// The loops of a module's or class's code; none of a function's.
pub(crate) fn spans(code: Code) -> Box<[Span]> {
    let version = Version::new(3, offsets::MINOR).filter(|_| code.flags() & CO_OPTIMIZED == 0);
    let decoded = version.and_then(|version| decode(version, &code.units()).ok());
    decoded.iter().flat_map(|decoded| spans_of(&decoded.instrs)).collect()
}

/// The loops of decoded code.
pub(crate) fn spans_of(instrs: &[Instr]) -> impl Iterator<Item = Span> {
    instrs.iter().filter_map(|instr| match instr.op {
        Op::JumpBackward { target, .. } => Some((target, instr.offset)),
        _ => None,
    })
}

impl CodeExtra {
    /// Code units of what could be compiled of a code that stands at an offset: of a function's all, of a module's the innermost loop.
    pub(crate) fn units_at(&self, code: Code, offset: Option<u32>) -> usize {
        let around = |&&(header, end): &&Span| offset.is_some_and(|offset| (header..=end).contains(&offset));
        let lengths = self.spans(code).iter().filter(around).map(|(header, end)| (end - header) as usize);
        lengths.min().unwrap_or(code.len())
    }

    /// Code units of the loop with that header, if it is a module's.
    pub(crate) fn loop_units(&self, code: Code, header: u32) -> Option<usize> {
        let lengths = self.spans(code).iter().filter(|span| span.0 == header).map(|(header, end)| (end - header) as usize);
        lengths.max()
    }
}
