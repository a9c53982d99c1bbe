//! Natural loops, and blocks in front of them.

use crate::edit::edges_in;
use smallvec::SmallVec;
use whipsnake_ir::dominators::Dominators;
use whipsnake_ir::{Block, Function, Target};

/// A natural loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// Where it is entered.
    pub header: Block,
    /// Its blocks, the header first, inner loops included.
    pub blocks: Vec<Block>,
}

impl Loop {
    /// True if the block is in the loop.
    pub fn contains(&self, block: Block) -> bool {
        self.blocks.contains(&block)
    }
}

/// The loops of a function, inner ones before those around them.
pub fn find_loops(function: &Function, dominators: &Dominators) -> Vec<Loop> {
    let mut loops: Vec<Loop> = Vec::new();
    for &header in dominators.order() {
        let latches: Vec<Block> =
            dominators.predecessors(header).iter().copied().filter(|&p| dominators.is_back_edge(p, header)).collect();
        if latches.is_empty() {
            continue;
        }
        let mut inside = vec![false; function.blocks.len()];
        inside[header.index()] = true;
        let mut blocks = vec![header];
        let mut work = latches;
        while let Some(block) = work.pop() {
            if !std::mem::replace(&mut inside[block.index()], true) {
                blocks.push(block);
                work.extend(dominators.predecessors(block));
            }
        }
        blocks[1..].sort_unstable();
        loops.push(Loop { header, blocks });
    }
    loops.sort_by_key(|l| l.blocks.len());
    loops
}

/// The block in front of a loop: its only way in, which does nothing but jump to the header. Made if there is none.
pub fn preheader(function: &mut Function, natural: &Loop) -> Block {
    let header = natural.header;
    let outside: Vec<_> =
        edges_in(function)[header.index()].iter().copied().filter(|(block, ..)| !natural.contains(*block)).collect();
    if let [(block, inst, _)] = outside.as_slice()
        && function.inst(*inst).targets.len() == 1
    {
        return *block;
    }
    let before = function.add_block();
    let types: Vec<_> = function.block(header).params.iter().map(|&p| function.ty(p)).collect();
    let params: SmallVec<[_; 4]> = types.into_iter().map(|ty| function.add_param(before, ty)).collect();
    for (_, inst, index) in outside {
        function.insts[inst.index()].targets[index].block = before;
    }
    function.jump(before, header, &[]);
    if let Some(&last) = function.block(before).insts.last() {
        function.insts[last.index()].targets[0] = Target { block: header, args: params };
    }
    before
}
