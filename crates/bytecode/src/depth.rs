//! Stack depth in front of each instruction.

use thiserror::Error;

use crate::{Code, ExceptionTable, Op};

/// Why stack depths could not be computed. Offsets in code units.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DepthError {
    /// An entry point or handler that is not an instruction.
    #[error(
        "no instruction starts at offset {offset}, which is an entry point or handler; do code and exception table belong together?"
    )]
    NoInstruction {
        /// The offset.
        offset: u32,
    },
    /// More values popped than there are.
    #[error(
        "the instruction at offset {offset} needs {needed} stack values of {depth}; was the entry depth right?"
    )]
    Underflow {
        /// Where.
        offset: u32,
        /// Values needed.
        needed: u32,
        /// Values there.
        depth: u32,
    },
    /// Two ways that lead to an instruction leave different depths.
    #[error(
        "the instruction at offset {offset} is reached with stack depths {first} and {second}; was the entry depth right?"
    )]
    Conflict {
        /// Where.
        offset: u32,
        /// One depth.
        first: u32,
        /// The other.
        second: u32,
    },
    /// Deeper than any frame.
    #[error(
        "the stack at offset {offset} is {depth} deep, more than {max}; leave the code to the interpreter"
    )]
    TooDeep {
        /// Where.
        offset: u32,
        /// Depth reached.
        depth: u32,
        /// Deepest accepted.
        max: u32,
    },
}

/// Deepest stack accepted: sums with any stack effect then stay within 32 bits.
const MAX_DEPTH: u32 = 1 << 28;

struct Depths<'a> {
    code: &'a Code,
    depths: Vec<Option<u32>>,
    pending: Vec<usize>,
}

impl Depths<'_> {
    fn reach(&mut self, offset: u32, depth: u32) -> Result<(), DepthError> {
        let index = self
            .code
            .index_of_offset(offset)
            .ok_or(DepthError::NoInstruction { offset })?;
        if depth > MAX_DEPTH {
            return Err(DepthError::TooDeep {
                offset,
                depth,
                max: MAX_DEPTH,
            });
        }
        match self.depths[index] {
            None => {
                self.depths[index] = Some(depth);
                self.pending.push(index);
                Ok(())
            }
            Some(first) if first == depth => Ok(()),
            Some(first) => Err(DepthError::Conflict {
                offset,
                first,
                second: depth,
            }),
        }
    }
}

/// Stack depth in front of each instruction that can be reached from the `entries`, pairs of offset
/// and depth; `None` for the others. A function starts at `(0, 0)`; a loop at its header.
///
/// Handlers are reached from the ranges they cover, and the `EndFor` of a `ForIter` from that
/// (only an inlined generator really returns there).
///
/// # Errors
/// See [`DepthError`]; none occurs for code compiled by CPython.
pub fn stack_depths(
    code: &Code,
    exceptions: &ExceptionTable,
    entries: &[(u32, u32)],
) -> Result<Vec<Option<u32>>, DepthError> {
    let mut work = Depths {
        code,
        depths: vec![None; code.instrs.len()],
        pending: Vec::new(),
    };
    for &(offset, depth) in entries {
        work.reach(offset, depth)?;
    }
    while let Some(index) = work.pending.pop() {
        let instr = &code.instrs[index];
        let Some(depth) = work.depths[index] else {
            continue;
        };
        let after = |(popped, pushed): (u32, u32)| match depth.checked_sub(popped) {
            Some(rest) => Ok(rest + pushed),
            None => Err(DepthError::Underflow {
                offset: instr.offset,
                needed: popped,
                depth,
            }),
        };
        let next = after(instr.op.stack_effect())?;
        if instr.op.may_fall_through() && instr.next < code.len() {
            work.reach(instr.next, next)?;
        }
        if let (Some(target), Some(effect)) = (instr.op.jump_target(), instr.op.jump_stack_effect())
        {
            work.reach(target, after(effect)?)?;
        }
        if let Op::ForIter { end, .. } = instr.op {
            work.reach(end, next)?;
        }
        if let Some(handler) = exceptions.handler_for(instr.offset) {
            if depth < handler.depth {
                let offset = instr.offset;
                return Err(DepthError::Underflow {
                    offset,
                    needed: handler.depth,
                    depth,
                });
            }
            work.reach(handler.target, handler.entry_depth())?;
        }
    }
    Ok(work.depths)
}
