//! Moves what does not change in a loop to the front of it: computations, and loads of memory that the loop does not
//! write. A load moves only if it is certain to be executed when the loop is entered, or if its address is known to be valid
//! there: an object whose type was checked before the loop (and is not checked again in it), a constant, or what the unit was
//! called with.

use crate::Pass;
use crate::loops::{Loop, find_loops, preheader};
use crate::memory::{Access, Places, Written};
use whipsnake_ir::dominators::{Definitions, Dominators};
use whipsnake_ir::ops::{Effect, Exits};
use whipsnake_ir::{Block, Function, Imm, Inst, InstData, Op, Region, Ty, Value};

/// Bytes of the header of objects with a length. What an immutable object has behind it depends on the length, which may
/// be checked in the loop.
const VAR_HEADER: i64 = 24;

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct Licm;

impl Pass for Licm {
    fn name(&self) -> &'static str {
        "licm"
    }

    fn run(&self, function: &mut Function) {
        let loops = find_loops(function, &Dominators::new(function));
        // What leaves an inner loop may go on leaving the loops around it.
        let mut headers: Vec<Block> = loops.iter().map(|l| l.header).collect();
        while let Some(header) = (!headers.is_empty()).then(|| headers.remove(0)) {
            // Blocks made in front of inner loops belong to the loops around them.
            let dominators = Dominators::new(function);
            if let Some(natural) = find_loops(function, &dominators).into_iter().find(|l| l.header == header) {
                hoist(function, &natural);
            }
        }
    }
}

fn hoist(function: &mut Function, natural: &Loop) {
    let mut hoisted: Vec<Inst> = Vec::new();
    {
        let dominators = Dominators::new(function);
        let mut search = Search {
            written: Written::by(function, natural.blocks.iter().flat_map(|&b| &function.block(b).insts)),
            places: Places::new(function),
            definitions: Definitions::new(function),
            outside: vec![false; function.values.len()],
            dominators,
            natural,
            function,
        };
        search.mark_outside();
        for &block in search.dominators.order() {
            if !natural.contains(block) {
                continue;
            }
            let mut certain = block == natural.header;
            for &inst in &function.block(block).insts {
                let data = function.inst(inst);
                if search.may_move(data, certain) {
                    if let Some(result) = data.result {
                        search.outside[result.index()] = true;
                    }
                    hoisted.push(inst);
                }
                certain &= !may_leave(data);
            }
        }
    }
    if hoisted.is_empty() {
        return;
    }
    let before = preheader(function, natural);
    for &block in &natural.blocks {
        function.blocks[block.index()].insts.retain(|inst| !hoisted.contains(inst));
    }
    let insts = &mut function.blocks[before.index()].insts;
    let end = insts.len().saturating_sub(1);
    insts.splice(end..end, hoisted);
}

/// True if what comes after the instruction may not be executed.
fn may_leave(data: &InstData) -> bool {
    data.op.info().exits != Exits::Never || matches!(data.op.info().effect, Effect::Any | Effect::Helper)
}

struct Search<'a> {
    function: &'a Function,
    natural: &'a Loop,
    dominators: Dominators,
    definitions: Definitions,
    written: Written,
    places: Places,
    /// Values that are available in front of the loop.
    outside: Vec<bool>,
}

impl Search<'_> {
    fn mark_outside(&mut self) {
        for index in 0..self.outside.len() {
            let place = self.definitions.place(Value(index as u32));
            self.outside[index] = place.is_some_and(|(block, _)| !self.natural.contains(block));
        }
    }

    fn may_move(&self, data: &InstData, certain: bool) -> bool {
        if data.result.is_none() || !data.args.iter().all(|v| self.outside[v.index()]) {
            return false;
        }
        match (data.op, data.imm, data.op.info().effect) {
            (Op::UnboxFloat, ..) => certain || self.is_valid_address(data.args[0]),
            // The backend shares places between scratch words that are used in one block only.
            (Op::Scratch, ..) => false,
            (_, _, Effect::Pure) => true,
            (op, Imm::Mem { region, offset, size }, Effect::Load) => {
                let written = Access::of(data).is_none_or(|place| self.written.touches(&self.places, &place));
                let settled = region == Region::Const || (region != Region::Thread && !written);
                let end = i64::from(offset) + size.bytes();
                let in_bounds = op == Op::Load && (region != Region::Const || end <= VAR_HEADER);
                settled && (certain || (in_bounds && self.is_valid_address(data.args[0])))
            }
            _ => false,
        }
    }

    /// True if fields at the address can be read in front of the loop.
    fn is_valid_address(&self, base: Value) -> bool {
        match self.definitions.inst(self.function, base).map(|inst| self.function.inst(inst)) {
            None => self.function.block(self.function.entry()).params.contains(&base) || self.is_checked(base),
            Some(data) => matches!(data.op, Op::Object | Op::Address | Op::Scratch) || self.is_checked(base),
        }
    }

    /// True if the object's type was checked on the way to the loop, and nothing in the loop depends on another type.
    fn is_checked(&self, base: Value) -> bool {
        if self.function.ty(base) != Ty::Obj {
            return false;
        }
        let mut before = false;
        for block in self.function.block_ids().filter(|&b| self.dominators.is_reachable(b)) {
            for &inst in &self.function.block(block).insts {
                let data = self.function.inst(inst);
                if matches!(data.op, Op::GuardType | Op::IsType) && data.args[0] == base {
                    if self.natural.contains(block) {
                        return false;
                    }
                    before |= data.op == Op::GuardType && self.dominators.dominates(block, self.natural.header);
                }
            }
        }
        before
    }
}
