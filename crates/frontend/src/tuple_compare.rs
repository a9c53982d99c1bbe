//! Comparisons of tuples of which one at least was never built, item by item: keys of two parts, points, versions.

use crate::builder::Builder;
use crate::compare::cond;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::operand::CmpOp;
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::snapshot::{KnownType, ObjectKind};
use whipsnake_ir::{Cond, Imm, Op as Ir, Value};

/// Most items that are compared by themselves.
const MAX_ITEMS: usize = 8;

/// How two items are compared.
enum Way {
    /// They are the same object.
    Same,
    /// They are never equal, and have no order.
    Apart,
    /// As numbers or strs.
    Plain(KnownType, KnownType),
    /// As tuples, in turn.
    Items(Vec<(Slot, Slot, Way)>, std::cmp::Ordering),
}

impl Builder<'_> {
    /// `left op right` of the two tuples on top: the first items that differ decide, then the lengths (`tuple_richcompare` of `Objects/tupleobject.c`). `None` if
    /// none of them is in parts, or what items have to do is not known.
    pub(crate) fn compare_tuples(&mut self, state: &mut State, op: CmpOp) -> Option<Value> {
        let (left, right) = (state.peek(2).clone(), state.peek(1).clone());
        let in_parts = [&left, &right].map(|side| self.parts_of_tuple(state, &side.val));
        // Tuples in memory are noted as operands.
        let (left, right, first_free) = match in_parts {
            [Some(left), Some(right)] => (left, right, 1),
            [Some(left), None] => {
                let right = self.items_like(state, &right.val, left.len())?;
                (left, right, 3)
            }
            [None, Some(right)] => {
                let left = self.items_like(state, &left.val, right.len())?;
                (left, right, 3)
            }
            [None, None] => return None,
        };
        let way = self.way_of_tuples(state, op, left, right, first_free)?;
        self.compare_by(state, op, &Slot::NULL, &Slot::NULL, &way)
    }

    /// The items of a tuple that was not built, or is a constant; nothing is owned.
    pub(crate) fn parts_of_tuple(&self, state: &State, val: &Val) -> Option<Vec<Slot>> {
        match val {
            Val::Virtual(Virtual::Tuple, parts) => Some(parts.iter().map(Slot::borrow).collect()),
            Val::Const(id) => match self.kind(*id) {
                ObjectKind::Tuple(items) => Some(items.iter().map(|&item| Slot::borrowed(Val::Const(item))).collect()),
                _ => None,
            },
            val => self.unbuilt_items(state, val),
        }
    }

    /// The items of a tuple in memory, which is guarded to have so many.
    fn items_like(&mut self, state: &mut State, val: &Val, count: usize) -> Option<Vec<Slot>> {
        let Val::Obj(tuple) = *val else { return None };
        if self.known_type(state, val) != Some(KnownType::Tuple) || !(1..=MAX_ITEMS).contains(&count) || !self.expect_items(state, val, count) {
            return None;
        }
        let items = (0..count).map(|index| {
            let index = self.int_const(index as i64);
            Slot::borrowed(Val::Obj(self.sequence_item(tuple, index, false)))
        });
        Some(items.collect())
    }

    fn way_of_tuples(&mut self, state: &mut State, op: CmpOp, left: Vec<Slot>, right: Vec<Slot>, first_free: usize) -> Option<Way> {
        let lengths = left.len().cmp(&right.len());
        if left.len().min(right.len()) > MAX_ITEMS {
            return None;
        }
        let mut pairs = Vec::new();
        for (index, (left, right)) in left.into_iter().zip(right).enumerate() {
            let way = self.way_of_items(state, op, &left, &right, (index, first_free))?;
            pairs.push((left, right, way));
        }
        Some(Way::Items(pairs, lengths))
    }

    fn way_of_items(&mut self, state: &mut State, op: CmpOp, left: &Slot, right: &Slot, (index, first_free): (usize, usize)) -> Option<Way> {
        use KnownType::{Bool, Float, Int, None as NoneType, Str};
        if left.val == right.val && matches!(left.val, Val::Obj(_) | Val::Const(_)) {
            return Some(Way::Same);
        }
        if let (Some(left), Some(right)) = (self.parts_of_tuple(state, &left.val), self.parts_of_tuple(state, &right.val)) {
            return self.way_of_tuples(state, op, left, right, index + first_free);
        }
        let mut kind = |slot: &Slot| self.type_of_item(state, &slot.val, index, first_free);
        let kinds = (kind(left)?, kind(right)?);
        let is_ordered = !matches!(op, CmpOp::Eq | CmpOp::Ne);
        let number = |kind| matches!(kind, Int | Bool | Float);
        match kinds {
            (NoneType, NoneType) => Some(Way::Same),
            (Float, _) | (_, Float) if !self.may_speculate(ExitReason::Arithmetic) => None,
            (Int | Bool, Int | Bool) | (Float, Float) | (Str, Str) => Some(Way::Plain(kinds.0, kinds.1)),
            (Float, Int | Bool) | (Int | Bool, Float) => Some(Way::Plain(kinds.0, kinds.1)),
            (a, b) if !is_ordered && [a, b].iter().all(|&kind| number(kind) || matches!(kind, Str | NoneType)) => Some(Way::Apart),
            _ => None,
        }
    }

    /// The result of a comparison in a way that was found for it; `None` if a guard that it needs has failed too often.
    fn compare_by(&mut self, state: &mut State, op: CmpOp, left: &Slot, right: &Slot, way: &Way) -> Option<Value> {
        match way {
            Way::Same => Some(self.bool_const(matches!(op, CmpOp::Eq | CmpOp::Le | CmpOp::Ge))),
            Way::Apart => Some(self.bool_const(op == CmpOp::Ne)),
            Way::Plain(left_kind, right_kind) => {
                state.stack.extend([left.clone(), right.clone()]);
                let result = self.quick_compare(state, op, (Some(*left_kind), Some(*right_kind)));
                state.stack.truncate(state.stack.len() - 2);
                result
            }
            Way::Items(pairs, lengths) => {
                let mut result = self.bool_const(match op {
                    CmpOp::Lt => lengths.is_lt(),
                    CmpOp::Le => lengths.is_le(),
                    CmpOp::Eq => lengths.is_eq(),
                    CmpOp::Ne => lengths.is_ne(),
                    CmpOp::Gt => lengths.is_gt(),
                    CmpOp::Ge => lengths.is_ge(),
                });
                for (left, right, way) in pairs.iter().rev() {
                    if matches!(way, Way::Same) {
                        continue;
                    }
                    let equal = self.are_equal(state, left, right, way)?;
                    let decided = match op {
                        CmpOp::Eq | CmpOp::Ne => self.bool_const(op == CmpOp::Ne),
                        _ => self.compare_by(state, op, left, right, way)?,
                    };
                    result = self.emit(Ir::Select, &[equal, result, decided], Imm::None);
                }
                Some(result)
            }
        }
    }

    /// Whether two items are equal, or the same: a NaN is not equal to itself, but the same, which its bits cannot tell.
    fn are_equal(&mut self, state: &mut State, left: &Slot, right: &Slot, way: &Way) -> Option<Value> {
        if let Way::Plain(KnownType::Float, KnownType::Float) = way {
            state.stack.extend([left.clone(), right.clone()]);
            let numbers = (self.double_on_stack(state, 2), self.double_on_stack(state, 1));
            state.stack.truncate(state.stack.len() - 2);
            let (Some(a), Some(b)) = numbers else { return None };
            let [no_a, no_b] = [a, b].map(|number| self.emit(Ir::Fcmp, &[number, number], Imm::Cond(Cond::Ne)));
            let both = self.emit(Ir::Band, &[no_a, no_b], Imm::None);
            let tells = self.emit(Ir::Bnot, &[both], Imm::None);
            self.guard(tells, ExitReason::Arithmetic);
            return Some(self.emit(Ir::Fcmp, &[a, b], Imm::Cond(cond(CmpOp::Eq))));
        }
        self.compare_by(state, CmpOp::Eq, left, right, way)
    }
}
