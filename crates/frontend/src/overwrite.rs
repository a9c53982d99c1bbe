//! Storing a float where a float is that nobody else refers to: its value is overwritten, instead of a new object made and
//! the old one freed.

use crate::builder::Builder;
use crate::value::{Slot, State, Val};
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Block, Cond, Imm, MemSize, Op as Ir, Region, Ty, Value};

/// The way around a store that an overwritten float makes unnecessary.
pub(crate) struct Overwritten {
    done: Block,
    /// The old object where it was replaced, else NULL.
    replaced: Value,
}

impl Builder<'_> {
    /// If an unboxed float is to be stored where `old` (perhaps NULL) is: overwrites that, if it is a float with no other owner.
    /// Building goes on where it is not.
    ///
    /// What else native code knows of is not affected: everything that it lends was settled before, so that a float
    /// that is in use has another owner. A float that the frame holds in another slot too is not overwritten but shared.
    pub(crate) fn overwrite_float(&mut self, state: &mut State, value: &Slot, old: Value, nullable: bool) -> Option<Overwritten> {
        let Val::Float(raw) = value.val else { return None };
        if state.slots_mut().any(|slot| slot.val == value.val) {
            return None;
        }
        debug_assert!(state.loans.is_empty());
        let float = self.platform().known_type(KnownType::Float)?;
        let (slow, done) = (self.f.add_block(), self.f.add_block());
        let replaced = self.f.add_param(done, Ty::Obj);
        let null = self.null();
        if nullable {
            let empty = self.same(old, null);
            self.divert(empty, slow);
        }
        let ty = self.load(old, self.layout().ob_type, MemSize::Ptr, Region::Type);
        let wanted = self.address(float);
        let same = self.same(ty, wanted);
        let other = self.emit(Ir::Bnot, &[same], Imm::None);
        self.divert(other, slow);
        let count = self.load(old, self.layout().ob_refcnt, MemSize::I32, Region::Other);
        let one = self.int_const(1);
        let shared = self.icmp(Cond::Ne, count, one);
        self.divert(shared, slow);
        self.store(old, raw, self.layout().float_value, MemSize::F64, Region::Other);
        let from = self.block;
        self.f.jump(from, done, &[null]);
        self.block = slow;
        Some(Overwritten { done, replaced })
    }

    /// Leaves for a block if the condition holds.
    fn divert(&mut self, condition: Value, to: Block) {
        let next = self.f.add_block();
        let from = self.block;
        self.f.branch(from, condition, Self::target(to), Self::target(next));
        self.block = next;
    }

    /// What is to be dropped after the store, on either way.
    pub(crate) fn replaced(&mut self, old: Slot, overwritten: Option<Overwritten>) -> Slot {
        let (Some(Overwritten { done, replaced }), Val::Obj(old) | Val::MaybeObj(old)) = (overwritten, &old.val) else { return old };
        let from = self.block;
        self.f.jump(from, done, &[*old]);
        self.block = done;
        Slot::owned(Val::MaybeObj(replaced))
    }
}
