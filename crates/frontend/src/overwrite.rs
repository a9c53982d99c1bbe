//! Storing a number where one of its type is that nobody else refers to: its value is overwritten, instead of a new object made and
//! the old one freed.

use crate::builder::Builder;
use crate::value::{Slot, State, Val};
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Block, Cond, Imm, MemSize, Op as Ir, Region, Ty, Value};

/// The largest digit of an int (`PyLong_MASK`).
const MAX_DIGIT: i64 = (1 << 30) - 1;
/// The sign of negative ints in their tag (`_PyLong_SIGN_MASK` says where; 0 stands for positive ones, 1 for zero).
const NEGATIVE_SIGN: i64 = 2;

/// The way around a store that an overwritten number makes unnecessary.
pub(crate) struct Overwritten {
    done: Block,
    /// The old object where it was replaced and is of another type, else NULL.
    replaced: Value,
    /// Address of the number's type.
    ty: u64,
    /// The old object may be NULL.
    nullable: bool,
}

impl Builder<'_> {
    /// If an unboxed number is to be stored where `old` (perhaps NULL) is: overwrites that, if it is one of the same type with no other owner, and
    /// has room. Building goes on where it is not.
    ///
    /// What else native code knows of is not affected: everything that it lends was settled before, so that a number
    /// that is in use has another owner. A number that is in another slot too is not overwritten but shared.
    pub(crate) fn overwrite_number(&mut self, state: &mut State, value: &Slot, old: Value, nullable: bool) -> Option<Overwritten> {
        let (raw, known) = match value.val {
            Val::Float(raw) => (raw, KnownType::Float),
            Val::Int(raw) => (raw, KnownType::Int),
            _ => return None,
        };
        if state.sharing_slots().any(|slot| slot.holds(&value.val)) {
            return None;
        }
        debug_assert!(state.loans.is_empty());
        let ty = self.platform().known_type(known)?;
        let (slow, done) = (self.f.add_block(), self.f.add_block());
        let replaced = self.f.add_param(done, Ty::Obj);
        let null = self.null();
        if known == KnownType::Int {
            self.divert_other_ints(raw, slow);
        }
        if nullable {
            let empty = self.same(old, null);
            self.divert(empty, slow);
        }
        let same = self.emit(Ir::IsType, &[old], Imm::Type(ty));
        let other = self.emit(Ir::Bnot, &[same], Imm::None);
        self.divert(other, slow);
        let count = self.load(old, self.layout().ob_refcnt, MemSize::I32, Region::Other);
        let one = self.int_const(1);
        let shared = self.icmp(Cond::Ne, count, one);
        self.divert(shared, slow);
        match known {
            KnownType::Int => self.store_digit(old, raw),
            _ => self.store(old, raw, self.layout().float_value, MemSize::F64, Region::Other),
        }
        let from = self.block;
        self.f.jump(from, done, &[null]);
        self.block = slow;
        Some(Overwritten { done, replaced, ty, nullable })
    }

    /// Leaves for a block if an int has an object that all share, or more than one digit: all other ints fit where one was.
    fn divert_other_ints(&mut self, raw: Value, slow: Block) {
        let (negative, positive) = (self.layout().small_ints_negative, self.layout().small_ints_positive);
        let [first, count] = [negative, negative + positive].map(|number| self.int_const(number));
        let above = self.emit(Ir::Iadd, &[raw, first], Imm::None);
        let small = self.icmp(Cond::Ult, above, count);
        self.divert(small, slow);
        let [limit, range] = [MAX_DIGIT, 2 * MAX_DIGIT + 1].map(|number| self.int_const(number));
        let above = self.emit(Ir::Iadd, &[raw, limit], Imm::None);
        let fits = self.icmp(Cond::Ult, above, range);
        let long = self.emit(Ir::Bnot, &[fits], Imm::None);
        self.divert(long, slow);
    }

    /// Writes an int of one digit, which is not 0, to an int object.
    fn store_digit(&mut self, object: Value, raw: Value) {
        let zero = self.int_const(0);
        let negative = self.icmp(Cond::Lt, raw, zero);
        let negated = self.emit(Ir::Isub, &[zero, raw], Imm::None);
        let digit = self.emit(Ir::Select, &[negative, negated, raw], Imm::None);
        let size = 1 << self.layout().long_non_size_bits;
        let [positive_tag, negative_tag] = [size, size | NEGATIVE_SIGN].map(|tag| self.int_const(tag));
        let tag = self.emit(Ir::Select, &[negative, negative_tag, positive_tag], Imm::None);
        self.store(object, tag, self.layout().long_tag, MemSize::I64, Region::Other);
        self.store(object, digit, self.layout().long_digits, MemSize::U32, Region::Other);
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
        let (Some(Overwritten { done, replaced, ty, nullable }), Val::Obj(old) | Val::MaybeObj(old)) = (overwritten, &old.val) else { return old };
        let null = self.null();
        if nullable {
            let empty = self.same(*old, null);
            let (empty, bound) = self.split(empty);
            self.f.jump(empty, done, &[null]);
            self.block = bound;
        }
        // As a rule it is a number, too: nobody can tell when it goes.
        let same = self.emit(Ir::IsType, &[*old], Imm::Type(ty));
        let (leaf, other) = self.split(same);
        self.f.jump(other, done, &[*old]);
        self.block = leaf;
        self.effect(Ir::DecrefLeaf, &[*old], Imm::None);
        let from = self.block;
        self.f.jump(from, done, &[null]);
        self.block = done;
        Slot::owned(Val::MaybeObj(replaced))
    }
}
