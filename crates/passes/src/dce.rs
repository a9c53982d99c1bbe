//! Removes what nobody needs: unreachable blocks, unused results, block parameters and frame states. A box that only frame states refer to is
//! not made; exits box the value instead.

use crate::Pass;
use crate::edit::{drop_unused_states, edges_in, keep_params};
use crate::effects::is_removable;
use crate::simplify_cfg::drop_unreachable;
use whipsnake_ir::dominators::Definitions;
use whipsnake_ir::{Function, Inst, Op, Slot, Value};

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct Dce;

impl Pass for Dce {
    fn name(&self) -> &'static str {
        "dce"
    }

    fn run(&self, function: &mut Function) {
        drop_unreachable(function);
        sink_boxes(function);
        remove_unused(function);
        drop_unused_states(function);
    }
}

/// Marks what side effects, exits and control flow need, and removes the rest.
fn remove_unused(function: &mut Function) {
    let order = function.reverse_postorder();
    let edges = edges_in(function);
    let definitions = Definitions::new(function);
    let mut live = vec![false; function.values.len()];
    let mut kept = vec![false; function.insts.len()];
    let mut work: Vec<Value> = Vec::new();
    let mut state_seen = vec![false; function.states.len()];
    let keep = |function: &Function, inst: Inst, kept: &mut [bool], work: &mut Vec<Value>, state_seen: &mut [bool]| {
        if std::mem::replace(&mut kept[inst.index()], true) {
            return;
        }
        let data = function.inst(inst);
        work.extend(&data.args);
        let mut state = data.state;
        while let Some(id) = state.filter(|s| !std::mem::replace(&mut state_seen[s.index()], true)) {
            function.state(id).for_each_value(&mut |v| work.push(v));
            state = function.state(id).parent;
        }
    };
    for &block in &order {
        for &inst in &function.block(block).insts {
            if !is_removable(function.inst(inst)) {
                keep(function, inst, &mut kept, &mut work, &mut state_seen);
            }
        }
    }
    work.extend(&function.block(function.entry()).params);
    while let Some(value) = work.pop() {
        if std::mem::replace(&mut live[value.index()], true) {
            continue;
        }
        match definitions.place(value) {
            Some((block, Some(index))) => {
                let inst = function.block(block).insts[index as usize];
                keep(function, inst, &mut kept, &mut work, &mut state_seen);
            }
            Some((block, None)) => {
                let position = function.block(block).params.iter().position(|&p| p == value);
                for &(_, inst, target) in &edges[block.index()] {
                    work.extend(position.map(|p| function.inst(inst).targets[target].args[p]));
                }
            }
            None => {}
        }
    }
    for &block in &order {
        function.blocks[block.index()].insts.retain(|inst| kept[inst.index()]);
        let keep: Vec<bool> = function.block(block).params.iter().map(|p| live[p.index()]).collect();
        if keep.contains(&false) {
            keep_params(function, block, &keep, &edges[block.index()]);
        }
    }
}

/// Replaces boxes that only frame states and reference counting refer to by their content.
fn sink_boxes(function: &mut Function) {
    let mut content: Vec<Option<Value>> = vec![None; function.values.len()];
    let placed: Vec<Inst> = function.blocks.iter().flat_map(|b| b.insts.iter().copied()).collect();
    for &inst in &placed {
        let data = function.inst(inst);
        if let (Op::BoxInt | Op::BoxFloat | Op::BoxBool, Some(result)) = (data.op, data.result) {
            content[result.index()] = Some(data.args[0]);
        }
    }
    let counts = |op: Op| matches!(op, Op::Incref | Op::Decref | Op::DecrefOrExit | Op::DecrefLeaf | Op::DecrefPlain);
    for &inst in &placed {
        let data = function.inst(inst);
        let in_targets = data.targets.iter().flat_map(|t| &t.args);
        let in_args = data.args.iter().filter(|_| !counts(data.op));
        in_targets.chain(in_args).for_each(|v| content[v.index()] = None);
    }
    if content.iter().all(Option::is_none) {
        return;
    }
    for block in &mut function.blocks {
        block.insts.retain(|inst| {
            let data = &function.insts[inst.index()];
            !(counts(data.op) && content[data.args[0].index()].is_some())
        });
    }
    for state in &mut function.states {
        state.slots_mut().for_each(|slot| unbox_slot(slot, &content));
        state.release.retain(|v| content[v.index()].is_none());
    }
}

fn unbox_slot(slot: &mut Slot, content: &[Option<Value>]) {
    match slot {
        Slot::Owned(v) | Slot::Borrowed(v) | Slot::OwnedOrNull(v) => {
            if let Some(raw) = content[v.index()] {
                *slot = Slot::Raw(raw);
            }
        }
        Slot::Virtual(_, parts) => parts.iter_mut().for_each(|part| unbox_slot(part, content)),
        Slot::Maybe(_, slot) => unbox_slot(slot, content),
        Slot::Null | Slot::Raw(_) | Slot::Int(_) | Slot::Float(_) | Slot::Object(_) | Slot::InFrame => {}
    }
}
