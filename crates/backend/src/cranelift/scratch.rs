//! Where the scratch words of a function lie in its native frame.
//!
//! Most are the arguments or results of one call, and used in one block only: those whose uses do not overlap share a place. That keeps
//! frames small, and their words in the processor's cache.

use std::collections::HashMap;
use whipsnake_ir::{Function, Imm, Inst, Op, Ty, Value};

/// Offsets by instruction.
#[derive(Debug, Default)]
pub(super) struct ScratchPlaces {
    offsets: HashMap<Inst, usize>,
    /// Words of all places together.
    pub(super) words: usize,
}

/// The instructions of one block, by their place in it, between which scratch words are used.
struct Use {
    inst: Inst,
    words: usize,
    from: usize,
    to: usize,
}

impl ScratchPlaces {
    /// Places for all scratch words of the reachable blocks.
    pub(super) fn of(function: &Function) -> ScratchPlaces {
        let order = function.reverse_postorder();
        let mut lives: HashMap<Value, (usize, Use)> = HashMap::new();
        let mut roaming: Vec<(Inst, usize)> = Vec::new();
        for (number, &block) in order.iter().enumerate() {
            for (at, &inst) in function.block(block).insts.iter().enumerate() {
                let data = function.inst(inst);
                if let (Op::Scratch, Imm::Int(words), Some(result)) = (data.op, data.imm, data.result) {
                    let words = usize::try_from(words.max(1)).unwrap_or(usize::MAX);
                    lives.insert(result, (number, Use { inst, words, from: at, to: at }));
                }
            }
        }
        for (number, &block) in order.iter().enumerate() {
            for (at, &inst) in function.block(block).insts.iter().enumerate() {
                let data = function.inst(inst);
                let derives = data.result.is_some_and(|result| function.ty(result) == Ty::Ptr);
                let edges = data.targets.iter().flat_map(|target| &target.args).map(|value| (value, true));
                for (value, escapes) in data.args.iter().map(|value| (value, derives)).chain(edges) {
                    match lives.get_mut(value) {
                        Some((home, life)) if *home == number && !escapes => life.to = at,
                        Some((_, life)) => {
                            roaming.push((life.inst, life.words));
                            lives.remove(value);
                        }
                        None => {}
                    }
                }
            }
        }
        let mut places = ScratchPlaces::default();
        for (inst, words) in roaming {
            places.offsets.insert(inst, places.words);
            places.words = places.words.saturating_add(words);
        }
        let mut local: Vec<(usize, Use)> = lives.into_values().collect();
        local.sort_by_key(|(number, life)| (*number, life.from));
        places.share(&local);
        places
    }

    /// Gives each use the first place that no other one of its block has at the same time.
    fn share(&mut self, uses: &[(usize, Use)]) {
        let base = self.words;
        // Uses that are not over yet, by place: offset, words, end.
        let mut taken: Vec<(usize, usize, usize)> = Vec::new();
        let mut current = None;
        for (block, life) in uses {
            if current.replace(block) != Some(block) {
                taken.clear();
            }
            taken.retain(|&(_, _, end)| end >= life.from);
            let mut offset = base;
            let mut at = 0;
            for (index, &(start, words, _)) in taken.iter().enumerate() {
                if start.saturating_sub(offset) >= life.words {
                    break;
                }
                offset = start.saturating_add(words);
                at = index + 1;
            }
            taken.insert(at, (offset, life.words, life.to));
            self.offsets.insert(life.inst, offset);
            self.words = self.words.max(offset.saturating_add(life.words));
        }
    }

    /// Offset in words of an instruction's place; `None` for what is no reachable `scratch`.
    pub(super) fn offset(&self, inst: Inst) -> Option<usize> {
        self.offsets.get(&inst).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The offsets of a function's scratch words, in the order of the text.
    fn offsets(text: &str) -> (Vec<usize>, usize) {
        let function = whipsnake_ir::parse::parse(text).expect("the text is a function");
        let places = ScratchPlaces::of(&function);
        let insts = function.blocks.iter().flat_map(|block| &block.insts);
        (insts.filter_map(|&inst| places.offset(inst)).collect(), places.words)
    }

    #[test]
    fn uses_that_follow_each_other_share_a_place() {
        let (offsets, words) = offsets(
            "function %f abi function {
block0(v0: ptr, v1: obj, v2: ptr):
  v3: ptr = scratch 2
  store.obj.scratch v3, v1
  v4: obj = load.obj.scratch v3
  v5: ptr = scratch 3
  store.obj.scratch v5, v4
  v6: ptr = scratch 1
  store.obj.scratch v6, v4
  v7: obj = load.obj.scratch v6
  v8: obj = load.obj.scratch v5
  v9: ptr = scratch 2
  store.obj.scratch v9, v7
  return v8
}
",
        );
        assert_eq!((offsets, words), (vec![0, 0, 3, 0], 4));
    }

    #[test]
    fn words_that_are_used_in_another_block_have_a_place_of_their_own() {
        let (offsets, words) = offsets(
            "function %f abi function {
block0(v0: ptr, v1: obj, v2: ptr):
  v3: ptr = scratch 2
  v4: ptr = scratch 2
  store.obj.scratch v3, v1
  store.obj.scratch v4, v1
  jump block1
block1:
  v5: ptr = scratch 1
  store.obj.scratch v5, v1
  v6: obj = load.obj.scratch v4
  return v6
}
",
        );
        assert_eq!((offsets, words), (vec![2, 0, 2], 4));
    }
}
