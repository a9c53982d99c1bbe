//! Removes pairs of taking and dropping a reference to the same object, where nothing in between can tell the difference:
//! nothing that could drop the references that keep the object alive, and nothing that looks at the count.
//!
//! Exits in between expect to be given the reference that is not taken any more: their frame states change from an owned
//! reference to a borrowed one, for which the exit takes a reference itself.

use crate::Pass;
use crate::effects::writes;
use std::collections::HashMap;
use whipsnake_contract::helpers::HelperEffect;
use whipsnake_ir::ops::Effect;
use whipsnake_ir::{Block, Function, Imm, Inst, InstData, Op, Region, Slot, StateId, Value};

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct Refcount;

impl Pass for Refcount {
    fn name(&self) -> &'static str {
        "refcount"
    }

    fn run(&self, function: &mut Function) {
        for line in straight_lines(function) {
            while let Some(pair) = find_pair(function, &line) {
                remove_pair(function, &line, pair);
            }
        }
    }
}

/// Blocks that are executed one after the other: each the only successor and predecessor of its neighbour.
fn straight_lines(function: &Function) -> Vec<Vec<Block>> {
    let order = function.reverse_postorder();
    let mut predecessors = vec![0; function.blocks.len()];
    for &block in &order {
        function.successors(block).for_each(|s| predecessors[s.index()] += 1);
    }
    let only_successor = |block: Block| {
        let mut successors = function.successors(block);
        successors.next().filter(|s| successors.next().is_none() && predecessors[s.index()] == 1)
    };
    let mut followers = vec![false; function.blocks.len()];
    order.iter().filter_map(|&b| only_successor(b)).for_each(|s| followers[s.index()] = true);
    let mut lines = Vec::new();
    for &block in order.iter().filter(|b| !followers[b.index()]) {
        let mut line = vec![block];
        while let Some(next) = only_successor(line[line.len() - 1]).filter(|next| !line.contains(next)) {
            line.push(next);
        }
        lines.push(line);
    }
    lines
}

/// The first taking of a reference with the dropping that makes up for it.
fn find_pair(function: &Function, line: &[Block]) -> Option<(Inst, Inst)> {
    let insts: Vec<Inst> = line.iter().flat_map(|&b| function.block(b).insts.iter().copied()).collect();
    for (start, &first) in insts.iter().enumerate() {
        if function.inst(first).op != Op::Incref {
            continue;
        }
        let value = function.inst(first).args[0];
        for &inst in &insts[start + 1..] {
            let data = function.inst(inst);
            if is_drop(data.op) && data.args[0] == value {
                return Some((first, inst));
            }
            let exits_fit = data.state.is_none_or(|state| owns(function, state, value));
            if !exits_fit || may_notice(data) {
                break;
            }
        }
    }
    None
}

fn is_drop(op: Op) -> bool {
    matches!(op, Op::Decref | Op::DecrefOrExit | Op::DecrefLeaf | Op::DecrefPlain)
}

/// True if the instruction may drop a reference to any object, or depend on a reference count.
fn may_notice(data: &InstData) -> bool {
    match (data.op, data.imm, data.op.info().effect) {
        (Op::Incref, ..) => false,
        (_, Imm::Mem { region: Region::Other, .. }, Effect::Load) => true,
        // Helpers that allocate may take references over, and destroy or grow what has only one.
        (_, Imm::Helper(helper), Effect::Helper) => helper.info().effect != HelperEffect::Pure,
        (_, _, Effect::Allocate) => false,
        (_, _, Effect::Store) => false,
        (_, _, Effect::Control) => data.op != Op::Jump,
        _ => !writes(data).is_empty(),
    }
}

/// True if an exit by the state passes on a reference to the object that native code owns.
fn owns(function: &Function, state: StateId, value: Value) -> bool {
    function.state_chain(state).any(|id| {
        let state = function.state(id);
        state.release.contains(&value) || state.slots().any(|s| slot_owns(s, value))
    })
}

fn slot_owns(slot: &Slot, value: Value) -> bool {
    match slot {
        Slot::Owned(v) => *v == value,
        Slot::Virtual(_, parts) => parts.iter().any(|part| slot_owns(part, value)),
        _ => false,
    }
}

/// Makes the first slot that owns the object borrow it.
fn borrow_slot(slot: &mut Slot, value: Value) -> bool {
    match slot {
        Slot::Owned(v) if *v == value => {
            *slot = Slot::Borrowed(value);
            true
        }
        Slot::Virtual(_, parts) => parts.iter_mut().any(|part| borrow_slot(part, value)),
        _ => false,
    }
}

fn remove_pair(function: &mut Function, line: &[Block], (first, last): (Inst, Inst)) {
    let value = function.inst(first).args[0];
    let insts: Vec<Inst> = line.iter().flat_map(|&b| function.block(b).insts.iter().copied()).collect();
    let between = insts.into_iter().skip_while(|&i| i != first).skip(1).take_while(|&i| i != last);
    let mut changed: HashMap<StateId, StateId> = HashMap::new();
    for inst in between {
        if let Some(state) = function.inst(inst).state {
            let new = match changed.get(&state) {
                Some(&new) => new,
                None => {
                    let new = borrowing_state(function, state, value);
                    changed.insert(state, new);
                    new
                }
            };
            function.insts[inst.index()].state = Some(new);
        }
    }
    for &block in line {
        function.blocks[block.index()].insts.retain(|&inst| inst != first && inst != last);
    }
}

/// A copy of the state that takes over one reference less. Other instructions may use the state as it is.
fn borrowing_state(function: &mut Function, state: StateId, value: Value) -> StateId {
    let mut copy = function.state(state).clone();
    if let Some(position) = copy.release.iter().position(|&v| v == value) {
        copy.release.remove(position);
    } else if !copy.slots_mut().any(|slot| borrow_slot(slot, value)) {
        copy.parent = copy.parent.map(|parent| borrowing_state(function, parent, value));
    }
    function.add_state(copy)
}
