//! A code object prepared for building: decoded, cut into blocks, with loops and an order.

use crate::GiveUp;
use std::collections::BTreeSet;
use whipsnake_bytecode::{BasicBlock, Code, ExceptionTable, Loop, Op, Version, blocks, decode, loops, parse_exception_table, stack_depths};
use whipsnake_contract::snapshot::{CodeId, Snapshot};

/// A prepared code object.
pub(crate) struct Body {
    /// Which code object of the snapshot.
    pub code: CodeId,
    /// Instructions.
    pub decoded: Code,
    /// Basic blocks over instruction indices.
    pub blocks: Vec<BasicBlock>,
    /// Block indices in an order in which every block comes after its predecessors but for back edges.
    pub order: Vec<usize>,
    /// Natural loops.
    pub loops: Vec<Loop>,
    /// Which handler catches what is raised where.
    pub exceptions: ExceptionTable,
    /// Blocks that only an exception leads to.
    pub exceptional: Vec<bool>,
    /// For each block the locals whose values at its start may be read later.
    pub live: Vec<BTreeSet<u32>>,
    /// How deep the stack is in front of each instruction that can be reached.
    pub depths: Vec<Option<u32>>,
}

/// Fast local slots that an instruction of a loop reads or writes.
pub(crate) fn touched_locals(op: &Op) -> impl Iterator<Item = u32> + use<> {
    op.reads_local().chain(op.writes_local())
}

impl Body {
    /// Prepares `codes[code]` of a snapshot.
    pub(crate) fn new(snapshot: &Snapshot, code: CodeId) -> Result<Body, GiveUp> {
        let info = &snapshot.codes[code as usize];
        let version = match snapshot.platform.minor {
            13 => Version::V313,
            14 => Version::V314,
            minor => return Err(GiveUp::Version(minor)),
        };
        let decoded =
            decode(version, &info.units).map_err(|e| GiveUp::Bytecode(e.to_string()))?;
        let exceptions: ExceptionTable = parse_exception_table(&info.exception_table)
            .map_err(|e| GiveUp::Bytecode(e.to_string()))?;
        let blocks = blocks(&decoded, &exceptions);
        let loops = loops(&decoded, &exceptions);
        let order = reverse_postorder(&blocks, &loops);
        let exceptional = exceptional(&blocks);
        let live = live_locals(&blocks, &decoded);
        let depths = stack_depths(&decoded, &exceptions, &[(0, 0)]).map_err(|e| GiveUp::Bytecode(e.to_string()))?;
        Ok(Body { code, decoded, blocks, order, loops, exceptions, exceptional, live, depths })
    }

    /// The block that starts at a code unit offset.
    pub(crate) fn block_at(&self, offset: u32) -> Option<usize> {
        let index = self.decoded.index_of_offset(offset)?;
        self.blocks.binary_search_by_key(&index, |b| b.start).ok()
    }

    /// The loop whose header is the block.
    pub(crate) fn loop_at(&self, block: usize) -> Option<usize> {
        self.loops.iter().position(|l| l.header == self.blocks[block].start)
    }

    /// Code unit offset of a block.
    pub(crate) fn offset(&self, block: usize) -> u32 {
        self.decoded.instrs[self.blocks[block].start].offset
    }

    /// The blocks of a loop.
    pub(crate) fn loop_blocks(&self, index: usize) -> BTreeSet<usize> {
        let body = &self.loops[index];
        (0..self.blocks.len()).filter(|&b| body.contains(self.blocks[b].start)).collect()
    }
}

/// For each block the locals that are read later on some way from its start before they are written.
fn live_locals(blocks: &[BasicBlock], decoded: &Code) -> Vec<BTreeSet<u32>> {
    let mut live = vec![BTreeSet::new(); blocks.len()];
    loop {
        let mut changed = false;
        for (index, block) in blocks.iter().enumerate().rev() {
            let mut now: BTreeSet<u32> = block.successors().flat_map(|next| live[next].iter().copied()).collect();
            for instr in decoded.instrs[block.start..block.end].iter().rev() {
                instr.op.writes_local().for_each(|local| {
                    now.remove(&local);
                });
                // What one instruction writes and then reads is not read before.
                let own = matches!(instr.op, Op::StoreFastLoadFast { store, load } if store == load);
                now.extend(instr.op.reads_local().filter(|_| !own));
            }
            // A handler may be entered before anything is written.
            now.extend(block.handler_block.iter().flat_map(|&handler| live[handler].iter().copied()));
            changed |= now.len() > live[index].len();
            live[index] = now;
        }
        if !changed {
            return live;
        }
    }
}

/// The blocks that are not reached from the first one as long as nothing is raised.
fn exceptional(blocks: &[BasicBlock]) -> Vec<bool> {
    let mut exceptional = vec![true; blocks.len()];
    let mut work = vec![0];
    while let Some(block) = work.pop() {
        if std::mem::replace(&mut exceptional[block], false) {
            work.extend(blocks[block].successors());
        }
    }
    exceptional
}

/// Reverse postorder over all control flow, handlers included, in which each loop's blocks come before what follows the loop.
fn reverse_postorder(blocks: &[BasicBlock], loops: &[Loop]) -> Vec<usize> {
    let depth = |block: usize| {
        loops.iter().filter(|l| l.contains(blocks[block].start)).map(|l| l.nesting).max().unwrap_or(0)
    };
    let mut seen = vec![false; blocks.len()];
    let mut order = Vec::with_capacity(blocks.len());
    let roots: Vec<usize> = (0..blocks.len()).collect();
    for root in roots {
        let mut work = vec![(root, false)];
        let mut part = Vec::new();
        while let Some((block, done)) = work.pop() {
            if done {
                part.push(block);
            } else if !std::mem::replace(&mut seen[block], true) {
                work.push((block, true));
                // The successor that leaves more loops is visited first, and so ends up later in the order.
                let mut successors: Vec<usize> = blocks[block].all_successors().collect();
                successors.sort_by_key(|&s| std::cmp::Reverse(depth(s)));
                work.extend(successors.into_iter().map(|s| (s, false)));
            }
        }
        part.reverse();
        order.extend(part);
    }
    order
}
