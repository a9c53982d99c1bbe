//! Which blocks run rarely. Cranelift takes coldness per block as it is told, so it is spread here.

use whipsnake_ir::{Block, Function, Op};

/// For each block: true if it is rarely executed.
///
/// A block is cold if it is declared so, if it can only be reached through cold blocks, or if everything behind
/// it leaves to the interpreter.
pub(super) fn cold_blocks(function: &Function) -> Vec<bool> {
    let mut cold = vec![true; function.blocks.len()];
    let mut work = vec![function.entry()];
    while let Some(block) = work.pop() {
        let i = block.index();
        if cold[i] && (!function.block(block).cold || block == function.entry()) {
            cold[i] = false;
            work.extend(function.successors(block));
        }
    }
    let order = function.reverse_postorder();
    let leaves = |block: Block, cold: &[bool]| match function.terminator(block) {
        Some(last) if last.targets.is_empty() => matches!(last.op, Op::Exit | Op::Unreachable),
        Some(last) => last.targets.iter().all(|t| cold[t.block.index()]),
        None => false,
    };
    loop {
        let mut changed = false;
        for &block in order.iter().rev().filter(|&&b| b != function.entry()) {
            if !cold[block.index()] && leaves(block, &cold) {
                cold[block.index()] = true;
                changed = true;
            }
        }
        if !changed {
            return cold;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::SmallVec;
    use whipsnake_ir::function::Abi;
    use whipsnake_ir::{Imm, Target};

    #[test]
    fn coldness_spreads_to_what_only_cold_blocks_reach() {
        let mut f = Function::new("f", Abi::Function);
        let entry = f.entry();
        let [cold, behind, merge] = std::array::from_fn(|_| f.add_block());
        f.blocks[cold.index()].cold = true;
        let flag = f.push_value(entry, Op::Bconst, &[], Imm::Int(1), None);
        let to = |block| Target { block, args: SmallVec::new() };
        f.branch(entry, flag, to(cold), to(merge));
        f.jump(cold, behind, &[]);
        f.jump(behind, merge, &[]);
        let null = f.push_value(merge, Op::Null, &[], Imm::None, None);
        f.push(merge, Op::Return, &[null], Imm::None, None);
        assert_eq!(cold_blocks(&f), [false, true, true, false]);
    }

    #[test]
    fn what_always_leaves_is_cold() {
        let mut f = Function::new("f", Abi::Function);
        let entry = f.entry();
        let [before, last, other] = std::array::from_fn(|_| f.add_block());
        let flag = f.push_value(entry, Op::Bconst, &[], Imm::Int(1), None);
        let to = |block| Target { block, args: SmallVec::new() };
        f.branch(entry, flag, to(before), to(other));
        f.jump(before, last, &[]);
        f.push(last, Op::Unreachable, &[], Imm::None, None);
        let null = f.push_value(other, Op::Null, &[], Imm::None, None);
        f.push(other, Op::Return, &[null], Imm::None, None);
        assert_eq!(cold_blocks(&f), [false, true, true, false]);
    }
}
