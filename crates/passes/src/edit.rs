//! Changing functions: replacing values, removing instructions, renumbering.

use whipsnake_ir::{Block, Function, Inst, StateId, Value};

/// Values that are replaced by others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replacements {
    by: Vec<Option<Value>>,
    any: bool,
}

impl Replacements {
    /// Replaces `old` by `new` from the next [`Replacements::apply`] on.
    pub(crate) fn add(&mut self, old: Value, new: Value) {
        if self.by.len() <= old.index() {
            self.by.resize(old.index() + 1, None);
        }
        self.by[old.index()] = Some(new);
        self.any = true;
    }

    /// What stands for a value.
    pub(crate) fn resolve(&self, mut value: Value) -> Value {
        while let Some(Some(by)) = self.by.get(value.index()) {
            value = *by;
        }
        value
    }

    /// Replaces the operands, target arguments and frame states of the function. The definitions stay.
    pub(crate) fn apply(&self, function: &mut Function) {
        if !self.any {
            return;
        }
        for data in &mut function.insts {
            data.args.iter_mut().for_each(|v| *v = self.resolve(*v));
            data.targets.iter_mut().flat_map(|t| &mut t.args).for_each(|v| *v = self.resolve(*v));
        }
        for state in &mut function.states {
            state.map_values(&mut |v| self.resolve(v));
        }
    }

    /// Resolves the operands of one instruction.
    pub(crate) fn apply_to(&self, function: &mut Function, inst: Inst) {
        let data = &mut function.insts[inst.index()];
        data.args.iter_mut().for_each(|v| *v = self.resolve(*v));
        data.targets.iter_mut().flat_map(|t| &mut t.args).for_each(|v| *v = self.resolve(*v));
    }
}

/// Edges into each block: the block and instruction that jump, and the position among its targets.
pub(crate) fn edges_in(function: &Function) -> Vec<Vec<(Block, Inst, usize)>> {
    let mut edges = vec![Vec::new(); function.blocks.len()];
    for block in function.reverse_postorder() {
        let Some(&last) = function.block(block).insts.last() else { continue };
        for (index, target) in function.inst(last).targets.iter().enumerate() {
            edges[target.block.index()].push((block, last, index));
        }
    }
    edges
}

/// The numbers after those for which `keep` is false are gone.
fn renumber(keep: &[bool]) -> Vec<u32> {
    let mut next = 0;
    keep.iter()
        .map(|&keep| {
            next += u32::from(keep);
            next.saturating_sub(1)
        })
        .collect()
}

/// Removes the items for which `keep` is false.
fn retain<T>(items: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    items.retain(|_| keep.next().is_none_or(|&keep| keep));
}

/// Removes the blocks for which `keep` is false and renumbers the others. Nothing kept may jump to a removed block.
pub(crate) fn keep_blocks(function: &mut Function, keep: &[bool]) {
    if keep.iter().all(|&keep| keep) {
        return;
    }
    let numbers = renumber(keep);
    retain(&mut function.blocks, keep);
    for &inst in function.blocks.iter().flat_map(|block| &block.insts) {
        for target in &mut function.insts[inst.index()].targets {
            target.block = Block(numbers[target.block.index()]);
        }
    }
}

/// Removes the parameters of a block at the positions where `keep` is false, with the arguments for them.
pub(crate) fn keep_params(function: &mut Function, block: Block, keep: &[bool], edges: &[(Block, Inst, usize)]) {
    retain(&mut function.blocks[block.index()].params, keep);
    for &(_, inst, target) in edges {
        let mut keep = keep.iter();
        function.insts[inst.index()].targets[target].args.retain(|_| keep.next().is_none_or(|&keep| keep));
    }
}

/// Removes frame states that no instruction uses, directly or as a parent, and renumbers the others.
pub(crate) fn drop_unused_states(function: &mut Function) {
    let mut used = vec![false; function.states.len()];
    for &inst in function.blocks.iter().flat_map(|block| &block.insts) {
        let mut at = function.inst(inst).state;
        while let Some(state) = at.filter(|s| !used[s.index()]) {
            used[state.index()] = true;
            at = function.state(state).parent;
        }
    }
    if used.iter().all(|&used| used) {
        return;
    }
    let numbers = renumber(&used);
    retain(&mut function.states, &used);
    for state in &mut function.states {
        state.parent = state.parent.map(|p| StateId(numbers[p.index()]));
    }
    for data in &mut function.insts {
        // Instructions outside the blocks may name states that are gone.
        let state = data.state.filter(|s| used.get(s.index()) == Some(&true));
        data.state = state.map(|s| StateId(numbers[s.index()]));
    }
}
