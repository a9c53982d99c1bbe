//! The dominator tree, by the algorithm of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm").

use crate::entity::{Block, Inst, Value};
use crate::function::Function;

/// Dominators of the blocks that are reachable from the entry.
#[derive(Clone, Debug)]
pub struct Dominators {
    order: Vec<Block>,
    /// Position in `order`, by block.
    position: Vec<Option<u32>>,
    /// Immediate dominator by position, as a position; the entry has itself.
    immediate: Vec<u32>,
    predecessors: Vec<Vec<Block>>,
}

impl Dominators {
    /// Computes the tree.
    pub fn new(function: &Function) -> Dominators {
        let order = function.reverse_postorder();
        let mut position = vec![None; function.blocks.len()];
        for (index, block) in order.iter().enumerate() {
            position[block.index()] = Some(index as u32);
        }
        let mut predecessors = vec![Vec::new(); function.blocks.len()];
        for &block in &order {
            for successor in function.successors(block) {
                predecessors[successor.index()].push(block);
            }
        }
        let mut immediate: Vec<Option<u32>> = vec![None; order.len()];
        if let Some(entry) = immediate.first_mut() {
            *entry = Some(0);
        }
        let mut changed = true;
        while changed {
            changed = false;
            for (index, block) in order.iter().enumerate().skip(1) {
                let mut found: Option<u32> = None;
                for predecessor in &predecessors[block.index()] {
                    let Some(at) = position[predecessor.index()] else { continue };
                    if immediate[at as usize].is_some() {
                        found = Some(found.map_or(at, |other| common(&immediate, at, other)));
                    }
                }
                if immediate[index] != found {
                    immediate[index] = found;
                    changed = true;
                }
            }
        }
        let immediate = immediate.into_iter().map(|i| i.unwrap_or(0)).collect();
        Dominators { order, position, immediate, predecessors }
    }

    /// Reachable blocks in reverse postorder: each after its dominators.
    pub fn order(&self) -> &[Block] {
        &self.order
    }

    /// Position of a block in [`Dominators::order`]; `None` if it is unreachable.
    pub fn position(&self, block: Block) -> Option<usize> {
        self.position[block.index()].map(|p| p as usize)
    }

    /// True if the block can be reached from the entry.
    pub fn is_reachable(&self, block: Block) -> bool {
        self.position[block.index()].is_some()
    }

    /// Reachable predecessors, one entry per edge.
    pub fn predecessors(&self, block: Block) -> &[Block] {
        &self.predecessors[block.index()]
    }

    /// The closest strict dominator; `None` for the entry and unreachable blocks.
    pub fn immediate(&self, block: Block) -> Option<Block> {
        let at = self.position(block)?;
        (at != 0).then(|| self.order[self.immediate[at] as usize])
    }

    /// True if every path from the entry to `below` goes through `above`. Unreachable blocks are dominated by all.
    pub fn dominates(&self, above: Block, below: Block) -> bool {
        let Some(mut at) = self.position(below) else { return true };
        let Some(target) = self.position(above) else { return false };
        while at > target {
            at = self.immediate[at] as usize;
        }
        at == target
    }

    /// True if the edge goes from a block of a loop back to its header.
    pub fn is_back_edge(&self, from: Block, to: Block) -> bool {
        self.is_reachable(from) && self.dominates(to, from)
    }
}

/// The closest block that dominates both.
fn common(immediate: &[Option<u32>], mut a: u32, mut b: u32) -> u32 {
    while a != b {
        let above = |at: u32| immediate[at as usize].unwrap_or(0);
        if a > b { a = above(a) } else { b = above(b) }
    }
    a
}

/// Where values are defined.
#[derive(Clone, Debug)]
pub struct Definitions {
    places: Vec<Option<(Block, Option<u32>)>>,
}

impl Definitions {
    /// Collects the definitions in the function's blocks.
    pub fn new(function: &Function) -> Definitions {
        let mut places = vec![None; function.values.len()];
        let mut define = |value: Value, place| {
            if let Some(entry) = places.get_mut(value.index()) {
                *entry = Some(place);
            }
        };
        for block in function.block_ids() {
            let data = function.block(block);
            data.params.iter().for_each(|&param| define(param, (block, None)));
            for (index, &inst) in data.insts.iter().enumerate() {
                if let Some(result) = function.inst(inst).result {
                    define(result, (block, Some(index as u32)));
                }
            }
        }
        Definitions { places }
    }

    /// The block that defines a value, and its position in the block (`None`: a parameter).
    pub fn place(&self, value: Value) -> Option<(Block, Option<u32>)> {
        self.places.get(value.index()).copied().flatten()
    }

    /// The instruction that defines a value; `None` for parameters.
    pub fn inst(&self, function: &Function, value: Value) -> Option<Inst> {
        let (block, index) = self.place(value)?;
        Some(function.block(block).insts[index? as usize])
    }

    /// True if the value is defined before the instruction at that position of the block on every path.
    pub fn available(&self, dominators: &Dominators, value: Value, block: Block, position: usize) -> bool {
        match self.place(value) {
            None => false,
            Some((home, index)) if home == block => index.is_none_or(|index| (index as usize) < position),
            Some((home, _)) => dominators.dominates(home, block),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diamond_with_loop() {
        let text = "function %f abi loop {\nblock0(v0: ptr, v1: ptr):\n  v2: bool = bconst 1\n  branch v2, block1, block2\n\
                    block1:\n  jump block3\nblock2:\n  jump block3\nblock3:\n  branch v2, block3, block4\nblock4:\n  unreachable\n\
                    block5:\n  jump block3\n}\n";
        let function = crate::parse::parse(text).unwrap();
        let dominators = Dominators::new(&function);
        let [b0, b1, b3, b4, b5] = [0, 1, 3, 4, 5].map(Block);
        assert_eq!(dominators.immediate(b3), Some(b0));
        assert_eq!(dominators.immediate(b4), Some(b3));
        assert!(dominators.dominates(b0, b4) && dominators.dominates(b3, b4) && dominators.dominates(b3, b3));
        assert!(!dominators.dominates(b1, b3) && !dominators.dominates(b4, b3));
        assert!(dominators.is_back_edge(b3, b3) && !dominators.is_back_edge(b0, b1));
        assert!(!dominators.is_reachable(b5) && dominators.immediate(b5).is_none());
        assert_eq!(dominators.predecessors(b3).len(), 3);
    }
}
