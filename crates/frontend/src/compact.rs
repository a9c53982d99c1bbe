//! Leaves out what no path reaches: blocks of attempts that were given up, with their instructions, values and states.

use whipsnake_ir::function::BlockData;
use whipsnake_ir::{Block, Function, Inst, StateId, Value};

/// New numbers of kept entities, by old number.
struct Renumbering(Vec<Option<u32>>);

impl Renumbering {
    fn new(count: usize) -> Renumbering {
        Renumbering(vec![None; count])
    }

    /// Numbers the kept ones in order.
    fn of(kept: &[bool]) -> Renumbering {
        let mut next = 0..;
        Renumbering(kept.iter().map(|&keep| if keep { next.next() } else { None }).collect())
    }

    fn get(&self, old: usize) -> u32 {
        self.0[old].expect("what is used on a reachable path is defined on it")
    }
}

/// The function with nothing but its reachable blocks, numbered anew in the same order.
pub(crate) fn compact(mut function: Function) -> Function {
    let mut reachable = vec![false; function.blocks.len()];
    for block in function.reverse_postorder() {
        reachable[block.index()] = true;
    }
    let blocks = Renumbering::of(&reachable);
    let kept: Vec<BlockData> = std::mem::take(&mut function.blocks)
        .into_iter()
        .zip(&reachable)
        .filter_map(|(block, &keep)| keep.then_some(block))
        .collect();

    let mut used = vec![false; function.states.len()];
    let mut values = Renumbering::new(function.values.len());
    let mut types = Vec::new();
    let mut define = |value: Value| {
        values.0[value.index()] = Some(types.len() as u32);
        types.push(function.values[value.index()]);
    };
    for block in &kept {
        block.params.iter().for_each(|&value| define(value));
        for &inst in &block.insts {
            let data = &function.insts[inst.index()];
            data.result.into_iter().for_each(&mut define);
            let mut state = data.state;
            while let Some(id) = state.filter(|id| !std::mem::replace(&mut used[id.index()], true)) {
                state = function.states[id.index()].parent;
            }
        }
    }
    let states = Renumbering::of(&used);
    let value = |v: Value| Value(values.get(v.index()));
    let state_id = |id: StateId| StateId(states.get(id.index()));

    let mut insts = Vec::new();
    function.blocks = kept
        .into_iter()
        .map(|mut block| {
            block.params.iter_mut().for_each(|v| *v = value(*v));
            for inst in &mut block.insts {
                let mut data = function.insts[inst.index()].clone();
                data.args.iter_mut().for_each(|v| *v = value(*v));
                for target in &mut data.targets {
                    target.block = Block(blocks.get(target.block.index()));
                    target.args.iter_mut().for_each(|v| *v = value(*v));
                }
                data.state = data.state.map(state_id);
                data.result = data.result.map(value);
                *inst = Inst(insts.len() as u32);
                insts.push(data);
            }
            block
        })
        .collect();
    function.insts = insts;
    function.values = types;
    function.states = std::mem::take(&mut function.states)
        .into_iter()
        .zip(&used)
        .filter_map(|(state, &keep)| keep.then_some(state))
        .map(|mut state| {
            state.map_values(&mut |v| value(v));
            state.parent = state.parent.map(state_id);
            state
        })
        .collect();
    function
}
