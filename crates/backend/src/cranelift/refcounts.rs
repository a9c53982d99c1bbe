//! Reference counts.
//!
//! The count is the low 32 bits of the first word in 3.12 to 3.15; objects whose count is negative as a
//! signed number are immortal and keep it.

use super::lower::{Emitter, Lowering};
use super::regions::Own;
use crate::backend::BackendError;
use crate::code::{ObserveRecord, Trampoline};
use cranelift_codegen::ir::{self, InstBuilder, types};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::layout::Layout;
use whipsnake_contract::snapshot::Platform;
use whipsnake_ir::{Imm, Inst, InstData, Op};

impl Lowering<'_> {
    pub(super) fn incref(&mut self, data: &InstData) -> Result<(), BackendError> {
        let object = self.arg(data, 0)?;
        self.add_reference(object);
        Ok(())
    }

    /// One more reference.
    pub(super) fn add_reference(&mut self, object: ir::Value) {
        let layout = self.layout();
        let (count, immortal) = self.code.count(layout, object);
        // `immortal` is 0 or -1.
        let more = self.code.b.ins().iadd_imm_s(immortal, 1);
        let count = self.code.b.ins().iadd(count, more);
        self.code.set_count(layout, object, count);
        self.code.add_to_total(self.target.platform, more);
    }

    pub(super) fn decref(&mut self, inst: Inst, data: &InstData) -> Result<(), BackendError> {
        let leaves = match (data.op, data.imm) {
            (Op::DecrefOrExit, Imm::Exit(reason)) => Some(self.exit_block(inst, data, reason)?),
            _ => None,
        };
        let object = self.arg(data, 0)?;
        let next = self.drop_reference(object);
        let freed = self.code.replace_word(Trampoline::FreeUnseen(self.code.saves), object);
        if let Some(exit) = leaves {
            self.code.branch(freed, next, exit);
            self.code.switch_to(next);
            return Ok(());
        }
        let Some(id) = self.exits.id_of(inst, ExitReason::FrameObserved) else {
            return Err(self.malformed(data, "has no frame state"));
        };
        let observe = self.code.cold_block();
        self.code.branch(freed, next, observe);

        self.code.switch_to(observe);
        let record = self.store_state(id);
        let flags = self.code.own(Own::Buffer);
        let thread_state = self.thread_state();
        let unit = self.code.address(self.target.unit);
        let number = self.code.int(i64::from(id));
        for (word, field) in [
            (thread_state, ObserveRecord::ThreadState),
            (unit, ObserveRecord::Unit),
            (number, ObserveRecord::Exit),
            (object, ObserveRecord::Object),
        ] {
            self.code.b.ins().store(flags, word, record, field.offset());
        }
        self.code.call_trampoline(Trampoline::Observe, record);
        let left = self.code.b.ins().load(types::I64, flags, record, 0);
        let leave = self.leaving_block();
        self.code.branch(left, leave, next);
        self.code.switch_to(next);
        Ok(())
    }

    /// `decref_leaf` and `decref_plain`.
    pub(super) fn decref_unobserved(&mut self, data: &InstData) -> Result<(), BackendError> {
        let object = self.arg(data, 0)?;
        let saves = self.code.saves;
        let trampoline = if data.op == Op::DecrefLeaf { Trampoline::FreeLeaf(saves) } else { Trampoline::Free(saves) };
        let next = self.drop_reference(object);
        self.code.call_trampoline(trampoline, object);
        self.code.jump(next, &[]);
        self.code.switch_to(next);
        Ok(())
    }

    /// Takes a reference away. The current block becomes the cold one where the object is to be destroyed; the
    /// block returned is where the hot path goes on.
    fn drop_reference(&mut self, object: ir::Value) -> ir::Block {
        let layout = self.layout();
        let (count, immortal) = self.code.count(layout, object);
        let less = self.code.b.ins().bnot(immortal);
        let count = self.code.b.ins().iadd(count, less);
        self.code.set_count(layout, object, count);
        self.code.add_to_total(self.target.platform, less);
        let (next, destroy) = (self.next_block(), self.code.cold_block());
        self.code.branch(count, next, destroy);
        self.code.switch_to(destroy);
        next
    }
}

impl Emitter<'_> {
    /// An object's count, and -1 if it is immortal, else 0.
    pub(super) fn count(&mut self, layout: &Layout, object: ir::Value) -> (ir::Value, ir::Value) {
        let flags = self.own(Own::Refcount);
        let count = self.b.ins().load(types::I32, flags, object, layout.ob_refcnt as i32);
        let immortal = self.b.ins().sshr_imm_u(count, 31);
        (count, immortal)
    }

    fn set_count(&mut self, layout: &Layout, object: ir::Value, count: ir::Value) {
        let flags = self.own(Own::Refcount);
        self.b.ins().store(flags, count, object, layout.ob_refcnt as i32);
    }

    /// Adds a 32-bit number to the number of all references, where the interpreter keeps it.
    pub(super) fn add_to_total(&mut self, platform: &Platform, change: ir::Value) {
        let place = platform.layout.interp_reference_total;
        if place == 0 {
            return;
        }
        let flags = self.own(Own::Refcount);
        let place = self.address(platform.interpreter.wrapping_add_signed(place));
        let total = self.b.ins().load(types::I64, flags, place, 0);
        let change = self.b.ins().sextend(types::I64, change);
        let total = self.b.ins().iadd(total, change);
        self.b.ins().store(flags, total, place, 0);
    }
}
