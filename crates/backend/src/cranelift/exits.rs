//! Exit blocks: the values are stored first, then the runtime is called, and its result returned.
//!
//! One block serves all checks with the same exit number: every value of a state dominates each check that
//! has the state, and so their common exit block too.

use super::link::leaving;
use super::lower::Lowering;
use super::regions::Own;
use crate::backend::BackendError;
use crate::code::ObserveRecord;
use cranelift_codegen::ir::{self, InstBuilder, StackSlot, types};
use whipsnake_contract::exit::ExitReason;
use whipsnake_ir::{Inst, InstData, Ty};

impl Lowering<'_> {
    /// The block that leaves an instruction for a reason.
    pub(super) fn exit_block(
        &mut self,
        inst: Inst,
        data: &InstData,
        reason: ExitReason,
    ) -> Result<ir::Block, BackendError> {
        match self.exits.id_of(inst, reason) {
            Some(id) => Ok(self.exit_block_of(id)),
            None => Err(self.malformed(data, "has no frame state")),
        }
    }

    /// The block that stores the state of an exit and leaves.
    pub(super) fn exit_block_of(&mut self, id: u32) -> ir::Block {
        match self.exit_blocks[id as usize] {
            Some(block) => block,
            None => *self.exit_blocks[id as usize].insert(self.code.cold_block()),
        }
    }

    /// The block that leaves by an exit whose state is stored already.
    pub(super) fn leave_block_of(&mut self, id: u32) -> ir::Block {
        match self.leave_blocks[id as usize] {
            Some(block) => block,
            None => *self.leave_blocks[id as usize].insert(self.code.cold_block()),
        }
    }

    /// The record that all exits share.
    fn record_slot(&mut self) -> StackSlot {
        match self.buffer {
            Some(slot) => slot,
            None => {
                let slot = self.code.words(ObserveRecord::Words as usize + self.exits.max_words());
                *self.buffer.insert(slot)
            }
        }
    }

    /// Fills the blocks that were asked for. All of them end in one call, so that its register constraints
    /// bear on the hot path once.
    pub(super) fn emit_exits(&mut self) {
        let call = self.code.cold_block();
        let number = self.code.b.append_block_param(call, types::I64);
        for id in 0..self.exits.points.len() as u32 {
            for (block, stores) in [(self.exit_blocks[id as usize], true), (self.leave_blocks[id as usize], false)] {
                let Some(block) = block else { continue };
                self.code.switch_to(block);
                if stores {
                    self.store_state(id);
                }
                let id = self.code.int(i64::from(id));
                self.code.jump(call, &[id]);
            }
        }
        self.code.switch_to(call);
        self.code.b.set_srcloc(leaving());
        self.leave(number);
    }

    /// Stores the words of an exit; returns the address of the record whose last part they are.
    pub(super) fn store_state(&mut self, id: u32) -> ir::Value {
        let slot = self.record_slot();
        let record = self.code.slot_address(slot);
        let flags = self.code.own(Own::Buffer);
        let exits = self.exits;
        for (word, &value) in exits.values[id as usize].iter().enumerate() {
            // The verifier has the proof that states only name values that dominate their instruction.
            let mut stored = self.defined(value).expect("values of a state are defined before it is used");
            if self.function.ty(value) == Ty::Bool {
                stored = self.code.b.ins().uextend(types::I64, stored);
            }
            self.code.b.ins().store(flags, stored, record, ObserveRecord::Words.offset() + (word * 8) as i32);
        }
        record
    }

    /// Calls the runtime's exit function and returns what it says.
    fn leave(&mut self, number: ir::Value) {
        let slot = self.record_slot();
        let buffer = self.code.b.ins().stack_addr(types::I64, slot, ObserveRecord::Words.offset());
        let unit = self.code.address(self.target.unit);
        let thread_state = self.thread_state();
        let function = self.code.import(self.exit_symbol(), &[types::I64; 4], Some(types::I64));
        let call = self.code.b.ins().call(function, &[thread_state, unit, number, buffer]);
        let result = self.code.b.inst_results(call)[0];
        self.code.b.ins().return_(&[result]);
    }
}
