//! Changing functions: replacing values, removing instructions, renumbering.

use whipsnake_ir::{Block, Function, Inst, StateId, Target, Value};

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

/// Removes the blocks for which `keep` is false and renumbers the others. Nothing kept may jump to a removed block.
pub(crate) fn keep_blocks(function: &mut Function, keep: &[bool]) {
    if keep.iter().all(|&keep| keep) {
        return;
    }
    let mut numbers = vec![None; keep.len()];
    let mut next = 0;
    for (index, _) in keep.iter().enumerate().filter(|(_, keep)| **keep) {
        numbers[index] = Some(Block(next));
        next += 1;
    }
    let mut index = 0;
    function.blocks.retain(|_| {
        index += 1;
        keep[index - 1]
    });
    let renumber = |target: &mut Target| {
        if let Some(number) = numbers[target.block.index()] {
            target.block = number;
        }
    };
    let placed: Vec<Inst> = function.blocks.iter().flat_map(|b| b.insts.iter().copied()).collect();
    for inst in placed {
        function.insts[inst.index()].targets.iter_mut().for_each(renumber);
    }
}

/// Removes the parameters of a block at the positions where `keep` is false, with the arguments for them.
pub(crate) fn keep_params(function: &mut Function, block: Block, keep: &[bool], edges: &[(Block, Inst, usize)]) {
    let retain = |values: &mut dyn FnMut(&mut dyn FnMut(&Value) -> bool)| {
        let mut index = 0;
        values(&mut |_| {
            index += 1;
            keep[index - 1]
        });
    };
    retain(&mut |f| function.blocks[block.index()].params.retain(|v| f(v)));
    for &(_, inst, target) in edges {
        retain(&mut |f| function.insts[inst.index()].targets[target].args.retain(|v| f(v)));
    }
}

/// Removes frame states that no instruction uses, directly or as a parent, and renumbers the others.
pub(crate) fn drop_unused_states(function: &mut Function) {
    let mut used = vec![false; function.states.len()];
    let roots: Vec<StateId> =
        function.blocks.iter().flat_map(|b| &b.insts).filter_map(|&i| function.inst(i).state).collect();
    for root in roots {
        let mut at = Some(root);
        while let Some(state) = at.filter(|s| !used[s.index()]) {
            used[state.index()] = true;
            at = function.state(state).parent;
        }
    }
    if used.iter().all(|&used| used) {
        return;
    }
    let mut numbers = vec![StateId(0); used.len()];
    let mut next = 0;
    for (index, _) in used.iter().enumerate().filter(|(_, used)| **used) {
        numbers[index] = StateId(next);
        next += 1;
    }
    let mut index = 0;
    function.states.retain(|_| {
        index += 1;
        used[index - 1]
    });
    for state in &mut function.states {
        state.parent = state.parent.map(|p| numbers[p.index()]);
    }
    for data in &mut function.insts {
        data.state = data.state.filter(|s| used.get(s.index()) == Some(&true)).map(|s| numbers[s.index()]);
    }
}
