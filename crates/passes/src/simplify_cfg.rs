//! Simplifies the control-flow graph: drops unreachable blocks, merges straight lines, skips empty blocks, and removes
//! block parameters that are always the same value.

use crate::Pass;
use crate::edit::{Replacements, edges_in, keep_blocks, keep_params};
use std::collections::HashMap;
use whipsnake_ir::{Block, Function, Imm, Op, Target, Value};

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct SimplifyCfg;

impl Pass for SimplifyCfg {
    fn name(&self) -> &'static str {
        "simplify_cfg"
    }

    fn run(&self, function: &mut Function) {
        loop {
            let mut changed = same_targets(function);
            changed |= skip_empty_blocks(function);
            changed |= merge_straight_lines(function);
            changed |= drop_trivial_params(function);
            if !changed {
                break;
            }
        }
        drop_unreachable(function);
    }
}

/// Removes the blocks that the entry does not lead to.
pub(crate) fn drop_unreachable(function: &mut Function) {
    let mut keep = vec![false; function.blocks.len()];
    for block in function.reverse_postorder() {
        keep[block.index()] = true;
    }
    keep_blocks(function, &keep);
}

/// A branch with two equal targets is a jump.
fn same_targets(function: &mut Function) -> bool {
    let mut changed = false;
    for data in &mut function.insts {
        if data.op == Op::Branch && data.targets.len() == 2 && data.targets[0] == data.targets[1] {
            data.op = Op::Jump;
            data.args.clear();
            data.targets.truncate(1);
            changed = true;
        }
    }
    changed
}

/// Where a jump to the block ends up after empty blocks: blocks without parameters that do nothing but jump.
fn forwards_to(function: &Function, block: Block) -> Option<Target> {
    let mut at = block;
    let mut found = None;
    for _ in 0..function.blocks.len() {
        let data = function.block(at);
        let ([], [only]) = (data.params.as_slice(), data.insts.as_slice()) else { return found };
        if function.inst(*only).op != Op::Jump {
            return found;
        }
        let target = function.inst(*only).targets[0].clone();
        at = target.block;
        found = Some(target);
    }
    // A ring of empty blocks: an endless loop that stays.
    None
}

fn skip_empty_blocks(function: &mut Function) -> bool {
    let mut changed = false;
    for block in function.reverse_postorder() {
        let Some(&last) = function.block(block).insts.last() else { continue };
        for index in 0..function.inst(last).targets.len() {
            let through = function.inst(last).targets[index].block;
            if let Some(target) = forwards_to(function, through) {
                function.insts[last.index()].targets[index] = target;
                changed = true;
            }
        }
    }
    changed
}

fn merge_straight_lines(function: &mut Function) -> bool {
    let mut changed = false;
    let edges = edges_in(function);
    let mut replacements = Replacements::default();
    for block in function.reverse_postorder() {
        // The next block is merged again and again until the line ends.
        while let Some(&last) = function.block(block).insts.last() {
            let data = function.inst(last);
            if data.op != Op::Jump {
                break;
            }
            let target = data.targets[0].clone();
            let next = target.block;
            if next == block || next == function.entry() || edges[next.index()].len() != 1 {
                break;
            }
            let merged = std::mem::take(&mut function.blocks[next.index()]);
            for (param, arg) in merged.params.into_iter().zip(target.args) {
                replacements.add(param, replacements.resolve(arg));
            }
            let into = &mut function.blocks[block.index()].insts;
            into.pop();
            into.extend(merged.insts);
            changed = true;
        }
    }
    replacements.apply(function);
    // Merged blocks are empty and unreachable now.
    changed
}

/// Removes parameters that all edges give the same value, and all but one of parameters that are always equal.
fn drop_trivial_params(function: &mut Function) -> bool {
    let edges = edges_in(function);
    let mut replacements = Replacements::default();
    let mut changed = false;
    for block in function.reverse_postorder() {
        let params = function.block(block).params.clone();
        let incoming = &edges[block.index()];
        if params.is_empty() || incoming.is_empty() {
            continue;
        }
        let mut keep = vec![true; params.len()];
        let mut seen: HashMap<Vec<Value>, Value> = HashMap::new();
        for (index, &param) in params.iter().enumerate() {
            let args: Vec<Value> = incoming
                .iter()
                .map(|&(_, inst, target)| replacements.resolve(function.inst(inst).targets[target].args[index]))
                .collect();
            let mut others = args.iter().copied().filter(|&v| v != param);
            let only = others.next().filter(|&first| others.all(|v| v == first));
            if let Some(only) = only {
                replacements.add(param, only);
                keep[index] = false;
            } else if !args.contains(&param) {
                match seen.get(&args) {
                    Some(&same) => {
                        replacements.add(param, same);
                        keep[index] = false;
                    }
                    None => {
                        seen.insert(args, param);
                    }
                }
            }
        }
        if keep.contains(&false) {
            changed = true;
            keep_params(function, block, &keep, incoming);
        }
    }
    replacements.apply(function);
    changed
}

/// Turns a branch into a jump to one of its targets.
pub(crate) fn take_target(function: &mut Function, branch: whipsnake_ir::Inst, index: usize) {
    let data = &mut function.insts[branch.index()];
    let target = data.targets[index].clone();
    data.op = Op::Jump;
    data.imm = Imm::None;
    data.args.clear();
    data.targets.clear();
    data.targets.push(target);
}
