//! Basic blocks: the control-flow graph of a code object.

use crate::{Code, ExceptionTable, Handler, Op};

/// A run of instructions entered only at its start and left only at its end (or by an exception).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicBlock {
    /// Index of the first instruction in [`Code::instrs`].
    pub start: usize,
    /// Index behind the last instruction.
    pub end: usize,
    /// Block that follows when the last instruction falls through.
    pub fall_through: Option<usize>,
    /// Block that follows when the last instruction jumps.
    pub jump: Option<usize>,
    /// Handler of every instruction in this block.
    pub handler: Option<Handler>,
    /// Block of that handler.
    pub handler_block: Option<usize>,
}

impl BasicBlock {
    /// Blocks that follow when nothing is raised.
    pub fn successors(&self) -> impl Iterator<Item = usize> + use<> {
        [self.fall_through, self.jump].into_iter().flatten()
    }

    /// [`BasicBlock::successors`] and the handler's block.
    pub fn all_successors(&self) -> impl Iterator<Item = usize> + use<> {
        self.successors().chain(self.handler_block)
    }
}

/// Splits code into basic blocks, ascending by offset. Blocks also start where the handler changes
/// and where a handler starts, so that each has one handler, where a handler has done with its exception, and where a suspended generator goes on.
/// Handlers that do not start at an instruction of `code` are ignored.
///
/// The `EndFor` of a `ForIter` starts a block without predecessors (see [`crate::Op::ForIter`]).
pub fn blocks(code: &Code, exceptions: &ExceptionTable) -> Vec<BasicBlock> {
    let count = code.instrs.len();
    let mut leader = vec![false; count];
    let mut mark = |offset: u32| {
        if let Some(index) = code.index_of_offset(offset) {
            leader[index] = true;
        }
    };
    mark(0);
    for handler in exceptions.handlers() {
        mark(handler.start);
        mark(handler.end);
        mark(handler.target);
    }
    for (index, instr) in code.instrs.iter().enumerate() {
        if let Op::PopExcept = instr.op {
            mark(instr.next);
            // `except … as name` unbinds the name.
            if let Some([Op::LoadConst { .. }, Op::StoreFast { .. }, Op::DeleteFast { .. }]) = code.instrs.get(index + 1..index + 4).map(|next| [next[0].op, next[1].op, next[2].op]) {
                mark(code.instrs[index + 3].next);
            }
        }
        for target in [instr.op.jump_target(), instr.op.encoded_target()]
            .into_iter()
            .flatten()
        {
            mark(target);
        }
        if instr.op.jump_target().is_some() || instr.op.is_terminator() || instr.op.suspends() {
            mark(instr.next);
        }
    }
    let starts: Vec<usize> = (0..count).filter(|&i| leader[i]).collect();
    let block_of = |offset: u32| {
        let index = code.index_of_offset(offset)?;
        starts.binary_search(&index).ok()
    };
    let ends = starts.iter().skip(1).copied().chain([count]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| {
            let last = &code.instrs[end - 1];
            let handler = exceptions.handler_for(code.instrs[start].offset).copied();
            BasicBlock {
                start,
                end,
                fall_through: block_of(last.next).filter(|_| last.op.may_fall_through()),
                jump: last.op.jump_target().and_then(block_of),
                handler,
                handler_block: handler.and_then(|h| block_of(h.target)),
            }
        })
        .collect()
}
