//! Exit blocks: the values are stored first, then the runtime is called, and its result returned.
//!
//! One block serves all checks with the same exit number: every value of a state dominates each check that
//! has the state, and so their common exit block too. The same is true of values that several exits store first.

use super::link;
use super::lower::Lowering;
use super::regions::Own;
use crate::backend::BackendError;
use crate::code::ObserveRecord;
use cranelift_codegen::ir::{self, InstBuilder, StackSlot, types};
use rustc_hash::FxHashMap;
use whipsnake_contract::exit::ExitReason;
use whipsnake_ir::{Inst, InstData, Ty, Value};

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

    /// The block that leaves by the exit whose number and state are stored already.
    pub(super) fn leaving_block(&mut self) -> ir::Block {
        match self.leaving {
            Some(block) => block,
            None => *self.leaving.insert(self.code.cold_block()),
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
        let asked: Vec<(u32, ir::Block)> = (0..).zip(&self.exit_blocks).filter_map(|(id, block)| Some((id, (*block)?))).collect();
        let exits = self.exits;
        let mut prefixes = Prefixes::default();
        let ends: Vec<usize> = asked.iter().map(|&(id, _)| prefixes.add(&exits.values[id as usize])).collect();
        for (&(id, block), &end) in asked.iter().zip(&ends) {
            self.code.switch_to(block);
            let record = self.record();
            let number = self.code.int(i64::from(id));
            let flags = self.code.own(Own::Buffer);
            self.code.b.ins().store(flags, number, record, ObserveRecord::Exit.offset());
            self.store_prefix(&mut prefixes, end, record);
        }
        for prefix in (1..prefixes.all.len()).rev() {
            let Some(block) = prefixes.all[prefix].block else { continue };
            self.code.switch_to(block);
            let record = self.record();
            self.store_last(&prefixes, prefix, record);
            let before = prefixes.all[prefix].before;
            self.store_prefix(&mut prefixes, before, record);
        }
        let leaving = self.leaving_block();
        self.code.switch_to(leaving);
        self.code.b.set_srcloc(link::leaving());
        self.leave();
    }

    /// Stores the words of a prefix, up to one that others have too and whose block does the rest, and leaves.
    fn store_prefix(&mut self, prefixes: &mut Prefixes, mut prefix: usize, record: ir::Value) {
        while prefix != 0 && prefixes.all[prefix].uses == 1 {
            self.store_last(prefixes, prefix, record);
            prefix = prefixes.all[prefix].before;
        }
        let rest = match prefix {
            0 => self.leaving_block(),
            _ => match prefixes.all[prefix].block {
                Some(block) => block,
                None => *prefixes.all[prefix].block.insert(self.code.cold_block()),
            },
        };
        self.code.jump(rest, &[]);
    }

    /// Stores the last word of a prefix.
    fn store_last(&mut self, prefixes: &Prefixes, prefix: usize, record: ir::Value) {
        let Prefix { value, words, .. } = prefixes.all[prefix];
        self.store_word(value.expect("only the empty prefix has none"), words - 1, record);
    }

    /// The address of the record whose last part are the words of an exit.
    fn record(&mut self) -> ir::Value {
        let slot = self.record_slot();
        self.code.slot_address(slot)
    }

    /// Stores the words of an exit; returns the address of the record.
    pub(super) fn store_state(&mut self, id: u32) -> ir::Value {
        let record = self.record();
        let exits = self.exits;
        for (word, &value) in exits.values[id as usize].iter().enumerate() {
            self.store_word(value, word, record);
        }
        record
    }

    fn store_word(&mut self, value: Value, word: usize, record: ir::Value) {
        let flags = self.code.own(Own::Buffer);
        // The verifier has the proof that states only name values that dominate their instruction.
        let mut stored = self.defined(value).expect("values of a state are defined before it is used");
        if self.function.ty(value) == Ty::Bool {
            stored = self.code.b.ins().uextend(types::I64, stored);
        }
        self.code.b.ins().store(flags, stored, record, ObserveRecord::Words.offset() + (word * 8) as i32);
    }

    /// Calls the runtime's exit function with what is in the record, and returns what it says.
    fn leave(&mut self) {
        let record = self.record();
        let flags = self.code.own(Own::Buffer);
        let number = self.code.b.ins().load(types::I64, flags, record, ObserveRecord::Exit.offset());
        let words = self.code.b.ins().iadd_imm_s(record, i64::from(ObserveRecord::Words.offset()));
        let unit = self.code.address(self.target.unit);
        let thread_state = self.thread_state();
        let function = self.code.import(self.exit_symbol(), &[types::I64; 4], Some(types::I64));
        let call = self.code.b.ins().call(function, &[thread_state, unit, number, words]);
        let result = self.code.b.inst_results(call)[0];
        self.code.b.ins().return_(&[result]);
    }
}

/// What the words of exits begin with, as a tree: exits whose words begin alike share the code that stores those. The first one is empty.
struct Prefixes {
    all: Vec<Prefix>,
    /// The prefix that is one word longer than another.
    longer: FxHashMap<(usize, Value), usize>,
}

struct Prefix {
    /// The prefix without its last word.
    before: usize,
    /// The last word.
    value: Option<Value>,
    /// How many words it has.
    words: usize,
    /// Exits that end with it and prefixes that have one word more.
    uses: u32,
    /// Stores it and leaves, where it has more than one use.
    block: Option<ir::Block>,
}

impl Default for Prefixes {
    fn default() -> Prefixes {
        let empty = Prefix { before: 0, value: None, words: 0, uses: 0, block: None };
        Prefixes { all: vec![empty], longer: FxHashMap::default() }
    }
}

impl Prefixes {
    /// The prefix of all words of an exit.
    fn add(&mut self, values: &[Value]) -> usize {
        let mut prefix = 0;
        for &value in values {
            let new = self.all.len();
            let next = *self.longer.entry((prefix, value)).or_insert(new);
            if next == new {
                self.all[prefix].uses += 1;
                let words = self.all[prefix].words + 1;
                self.all.push(Prefix { before: prefix, value: Some(value), words, uses: 0, block: None });
            }
            prefix = next;
        }
        self.all[prefix].uses += 1;
        prefix
    }
}
