//! Loops: what each backward jump repeats.

use std::collections::{BTreeMap, BTreeSet};

use crate::blocks::{BasicBlock, blocks};
use crate::{Code, ExceptionTable, Op};

/// A natural loop: the backward jumps to one header that dominates them, and what they repeat.
///
/// Not every backward jump closes a loop: handlers lie behind the code that they return to. The
/// target of such a jump does not dominate it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// Index of the header's first instruction in [`Code::instrs`].
    pub header: usize,
    /// Indices of the backward jumps, ascending.
    pub back_edges: Vec<usize>,
    /// Indices of the instructions repeated, ascending: those from which a back edge can be reached
    /// without passing the header, over handlers too. Nested loops are included.
    pub body: Vec<usize>,
    /// Fast locals written or unbound in the body, ascending.
    pub stored_locals: Vec<u32>,
    /// Cells whose contents are written or deleted in the body, ascending.
    pub stored_cells: Vec<u32>,
    /// Index of the innermost loop around this one.
    pub parent: Option<usize>,
    /// 1 for an outermost loop, one more for each loop around.
    pub nesting: u32,
}

impl Loop {
    /// Whether the instruction with this index is repeated by the loop.
    pub fn contains(&self, index: usize) -> bool {
        self.body.binary_search(&index).is_ok()
    }
}

/// The loops of reachable code, ascending by header. CPython's compiler makes no cycle without one.
pub fn loops(code: &Code, exceptions: &ExceptionTable) -> Vec<Loop> {
    let blocks = blocks(code, exceptions);
    let mut predecessors = vec![Vec::new(); blocks.len()];
    for (index, block) in blocks.iter().enumerate() {
        for successor in block.all_successors() {
            predecessors[successor].push(index);
        }
    }
    let dominators = dominators(&blocks, &predecessors);
    let reachable = |block: usize| dominators[block].is_some();

    let mut back_edges: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, block) in blocks.iter().enumerate() {
        if let (Op::JumpBackward { .. }, Some(header)) =
            (&code.instrs[block.end - 1].op, block.jump)
            && dominates(&dominators, header, index)
        {
            back_edges.entry(header).or_default().push(index);
        }
    }

    let mut loops: Vec<(BTreeSet<usize>, Loop)> = Vec::new();
    for (header, latches) in back_edges {
        let mut members = BTreeSet::from([header]);
        let mut pending = latches.clone();
        while let Some(block) = pending.pop() {
            if members.insert(block) {
                pending.extend(
                    predecessors[block]
                        .iter()
                        .copied()
                        .filter(|&p| reachable(p)),
                );
            }
        }
        let body: Vec<usize> = members
            .iter()
            .flat_map(|&b| blocks[b].start..blocks[b].end)
            .collect();
        let ops = || body.iter().map(|&i| &code.instrs[i].op);
        let stored_locals: BTreeSet<u32> = ops().flat_map(Op::writes_local).collect();
        let stored_cells: BTreeSet<u32> = ops()
            .filter_map(|op| match *op {
                Op::StoreDeref { local } | Op::DeleteDeref { local } => Some(local),
                _ => None,
            })
            .collect();
        let found = Loop {
            header: blocks[header].start,
            back_edges: latches.iter().map(|&b| blocks[b].end - 1).collect(),
            stored_locals: stored_locals.into_iter().collect(),
            stored_cells: stored_cells.into_iter().collect(),
            body,
            parent: None,
            nesting: 1,
        };
        loops.push((members, found));
    }

    for inner in 0..loops.len() {
        let around: Vec<usize> = (0..loops.len())
            .filter(|&outer| {
                loops[outer].0.len() > loops[inner].0.len()
                    && loops[inner].0.is_subset(&loops[outer].0)
            })
            .collect();
        loops[inner].1.nesting = 1 + around.len() as u32;
        loops[inner].1.parent = around.into_iter().min_by_key(|&outer| loops[outer].0.len());
    }
    loops.into_iter().map(|(_, found)| found).collect()
}

/// Immediate dominator of each block; the entry's is itself, that of unreachable blocks `None`.
fn dominators(blocks: &[BasicBlock], predecessors: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut idom = vec![None; blocks.len()];
    if blocks.is_empty() {
        return idom;
    }
    let order = postorder(blocks);
    let mut number = vec![0; blocks.len()];
    for (position, &block) in order.iter().enumerate() {
        number[block] = position;
    }
    idom[0] = Some(0);
    let mut changed = true;
    while changed {
        changed = false;
        for &block in order.iter().rev().filter(|&&b| b != 0) {
            let mut new: Option<usize> = None;
            for &p in &predecessors[block] {
                if idom[p].is_some() {
                    new = Some(new.map_or(p, |n| intersect(&idom, &number, n, p)));
                }
            }
            if new.is_some() && new != idom[block] {
                idom[block] = new;
                changed = true;
            }
        }
    }
    idom
}

/// Nearest common dominator. Both blocks have a chain of dominators to the entry, along which the
/// postorder number rises.
fn intersect(idom: &[Option<usize>], number: &[usize], mut a: usize, mut b: usize) -> usize {
    while a != b {
        let lower = if number[a] < number[b] {
            &mut a
        } else {
            &mut b
        };
        match idom[*lower] {
            Some(up) => *lower = up,
            None => return 0,
        }
    }
    a
}

/// Reachable blocks, each behind its successors where there is no cycle.
fn postorder(blocks: &[BasicBlock]) -> Vec<usize> {
    let mut seen = vec![false; blocks.len()];
    let mut order = Vec::with_capacity(blocks.len());
    let mut stack = vec![(0, blocks[0].all_successors().collect::<Vec<_>>())];
    seen[0] = true;
    while let Some((block, successors)) = stack.last_mut() {
        match successors.pop() {
            Some(next) if !seen[next] => {
                seen[next] = true;
                stack.push((next, blocks[next].all_successors().collect()));
            }
            Some(_) => {}
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order
}

/// Whether every way from the entry to `block`, which must be reachable, leads over `dominator`.
fn dominates(idom: &[Option<usize>], dominator: usize, mut block: usize) -> bool {
    loop {
        match idom[block] {
            Some(_) if block == dominator => return true,
            Some(up) if up != block => block = up,
            _ => return false,
        }
    }
}
