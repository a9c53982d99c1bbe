//! Numbers that are ints now and floats then: kept in parts, which say which of the two it is and hold both.
//!
//! They come from operands of which both kinds were seen, and from where an int and a float meet. An operator does what the kinds of the operands
//! say on a way of its own for each; nothing is boxed until somebody needs the object.

use crate::builder::Builder;
use crate::shape::Shape;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::operand::BinaryOp;
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Cond, Imm, Op as Ir, Ty, Value};

/// A number of either kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Real {
    /// Whether it is a float.
    pub is_float: Value,
    /// The int, or 0.
    pub int: Value,
    /// The float, or 0.0.
    pub float: Value,
}

/// An operand.
#[derive(Clone, Copy, Debug)]
enum Operand {
    Int(Value),
    Float(Value),
    Either(Real),
}

impl Real {
    /// The number in a slot.
    fn in_slot(self) -> Val {
        let parts = [Val::Bool(self.is_float), Val::Int(self.int), Val::Float(self.float)];
        Val::Virtual(Virtual::Real, parts.map(Slot::borrowed).into())
    }

    /// Its shape.
    pub(crate) fn shape() -> Shape {
        Shape::Virtual(Virtual::Real, vec![Shape::Bool, Shape::Int, Shape::Float])
    }
}

impl Builder<'_> {
    /// The parts of a number that is kept so, or was.
    pub(crate) fn real_of(&mut self, state: &State, val: &Val) -> Option<Real> {
        match val {
            Val::Virtual(Virtual::Real, parts) => {
                Some(Real { is_float: self.bool_of(&parts[0].val)?, int: self.int_of(state, &parts[1].val)?, float: self.float_of(state, &parts[2].val)? })
            }
            Val::Obj(object) => state.facts.get(*object).real,
            _ => None,
        }
    }

    fn as_real(&mut self, operand: Operand) -> Real {
        match operand {
            Operand::Int(int) => Real { is_float: self.bool_const(false), int, float: self.float_const(0) },
            Operand::Float(float) => Real { is_float: self.bool_const(true), int: self.int_const(0), float },
            Operand::Either(real) => real,
        }
    }

    /// Brings a number into parts: an int that is at hand, a float, or one that is in parts or was.
    pub(crate) fn take_apart_real(&mut self, state: &mut State, slot: &mut Slot) {
        let real = match self.real_of(state, &slot.val.clone()) {
            Some(real) => real,
            None => {
                let operand = match self.int_of(state, &slot.val) {
                    Some(int) => Operand::Int(int),
                    None => Operand::Float(self.float_of(state, &slot.val).expect("it is a number")),
                };
                self.as_real(operand)
            }
        };
        self.release_leaf(state, slot);
        *slot = Slot::borrowed(real.in_slot());
    }

    /// The nearest double.
    fn as_double(&mut self, operand: Operand) -> Value {
        match operand {
            Operand::Int(int) => self.emit(Ir::ItoF, &[int], Imm::None),
            Operand::Float(float) => float,
            Operand::Either(Real { is_float, int, float }) => {
                let converted = self.emit(Ir::ItoF, &[int], Imm::None);
                self.emit(Ir::Select, &[is_float, float, converted], Imm::None)
            }
        }
    }

    /// The nearest double of a number of either kind.
    pub(crate) fn double_of_real(&mut self, state: &State, val: &Val) -> Option<Value> {
        let real = self.real_of(state, val)?;
        Some(self.as_double(Operand::Either(real)))
    }

    /// True if the slot `depth` below the top has a number of either kind in parts, or an object of which ints and floats were seen and nothing else.
    fn is_either(&self, state: &State, depth: usize) -> bool {
        let val = &state.peek(depth).val;
        match val {
            Val::Virtual(Virtual::Real, _) => true,
            Val::Obj(object) if state.facts.get(*object).real.is_some() => true,
            Val::Obj(_) if self.exact_type(state, val).is_none() => {
                let met: Vec<Option<KnownType>> = self.types_met(depth).iter().map(|seen| self.snapshot.types[seen.type_id as usize].known).collect();
                let both = [KnownType::Int, KnownType::Float].iter().all(|kind| met.contains(&Some(*kind)));
                both && met.len() == 2
            }
            _ => false,
        }
    }

    /// The number `depth` below the top; an object of unknown type is guarded to be one.
    fn real_operand(&mut self, state: &mut State, depth: usize) -> Option<Operand> {
        let val = state.peek(depth).val.clone();
        if let Some(real) = self.real_of(state, &val) {
            return Some(Operand::Either(real));
        }
        match self.known_type(state, &val) {
            Some(KnownType::Int | KnownType::Bool) => Some(Operand::Int(self.integer_on_stack(state, depth)?)),
            Some(KnownType::Float) => Some(Operand::Float(self.double_on_stack(state, depth)?)),
            None if self.is_either(state, depth) || self.may_speculate(ExitReason::TypeGuard) => {
                let Val::Obj(object) = val else { return None };
                if self.exact_type(state, &val).is_some() || !self.may_speculate(ExitReason::BigInt) {
                    return None;
                }
                Some(Operand::Either(self.open_real(state, object)))
            }
            _ => None,
        }
    }

    /// The parts of an object that is an int or a float; exits with type-guard if it is neither.
    fn open_real(&mut self, state: &mut State, object: Value) -> Real {
        let [int_type, float_type] = [KnownType::Int, KnownType::Float].map(|kind| self.platform().known_type(kind).expect("builtin"));
        let is_float = self.emit(Ir::IsType, &[object], Imm::Type(float_type));
        let ways = self.by_kind(
            is_float,
            |b| {
                let (exit, block) = (b.pre_state(), b.block);
                b.f.push(block, Ir::GuardType, &[object], Imm::Type(int_type), Some(exit));
                b.checked(Ir::UnboxInt, &[object])
            },
            |b| b.emit(Ir::UnboxFloat, &[object], Imm::None),
        );
        let real = self.joined(ways);
        state.facts.update(object, |fact| fact.real = Some(real));
        real
    }

    /// The two numbers on top of the stack, if one of them may be of either kind.
    fn real_operands(&mut self, state: &mut State) -> Option<[Operand; 2]> {
        if !(self.is_either(state, 1) || self.is_either(state, 2)) {
            return None;
        }
        // What is no number at all is found out before anything is guarded.
        let is_number = |b: &Self, depth| {
            let val = &state.peek(depth).val;
            match b.exact_type(state, val) {
                Some(_) => matches!(b.known_type(state, val), Some(KnownType::Int | KnownType::Float | KnownType::Bool)),
                None => matches!(val, Val::Obj(_) | Val::Virtual(Virtual::Real, _)),
            }
        };
        if !(is_number(self, 1) && is_number(self, 2)) {
            return None;
        }
        Some([self.real_operand(state, 2)?, self.real_operand(state, 1)?])
    }

    /// What ints lead to, and floats, each on a way of its own: `None` if one of them cannot be built, which the caller has made sure of.
    fn by_kind(&mut self, is_float: Value, ints: impl FnOnce(&mut Self) -> Value, floats: impl FnOnce(&mut Self) -> Value) -> [(Value, whipsnake_ir::Block); 2] {
        let (yes, no) = self.split(is_float);
        self.block = yes;
        let float = (floats(self), self.block);
        self.block = no;
        let int = (ints(self), self.block);
        [int, float]
    }

    fn joined(&mut self, ways: [(Value, whipsnake_ir::Block); 2]) -> Real {
        let done = self.f.add_block();
        let real = Real { is_float: self.f.add_param(done, Ty::Bool), int: self.f.add_param(done, Ty::I64), float: self.f.add_param(done, Ty::F64) };
        for (is_float, (value, block)) in [false, true].into_iter().zip(ways) {
            self.block = block;
            let parts = self.as_real(if is_float { Operand::Float(value) } else { Operand::Int(value) });
            self.f.jump(block, done, &[parts.is_float, parts.int, parts.float]);
        }
        self.block = done;
        real
    }

    /// `left op right` of the numbers on top of the stack, at least one of which is of either kind; `None` if that is left to the general way.
    pub(crate) fn real_arithmetic(&mut self, state: &mut State, op: BinaryOp) -> Option<Val> {
        use BinaryOp::{Add, FloorDivide, Multiply, Power, Remainder, Subtract, TrueDivide};
        if !matches!(op, Add | Subtract | Multiply | TrueDivide | FloorDivide | Remainder | Power) {
            return None;
        }
        let [left, right] = self.real_operands(state)?;
        let one_float = matches!(left, Operand::Float(_)) || matches!(right, Operand::Float(_));
        if one_float || op == TrueDivide {
            if !one_float {
                for operand in [left, right] {
                    let int = self.as_real(operand).int;
                    self.guard_exact(int);
                }
            }
            let [left, right] = [left, right].map(|operand| self.as_double(operand));
            return self.float_arithmetic(op, left, right);
        }
        let reals = [left, right].map(|operand| self.as_real(operand));
        let is_float = self.emit(Ir::Bor, &[reals[0].is_float, reals[1].is_float], Imm::None);
        let ways = self.by_kind(
            is_float,
            |b| match b.int_arithmetic(op, reals[0].int, reals[1].int) {
                Some(Val::Int(value)) => value,
                _ => unreachable!("these operators give ints for ints"),
            },
            |b| {
                let [left, right] = [left, right].map(|operand| b.as_double(operand));
                match b.float_arithmetic(op, left, right) {
                    Some(Val::Float(value)) => value,
                    _ => unreachable!("these operators give floats for floats"),
                }
            },
        );
        Some(self.joined(ways).in_slot())
    }

    /// A comparison of the numbers on top of the stack, at least one of which is of either kind. Exits where an int is too large to be compared with a float
    /// as a double.
    pub(crate) fn real_compare(&mut self, state: &mut State, cond: Cond) -> Option<Value> {
        if !self.may_speculate(ExitReason::Arithmetic) {
            return None;
        }
        let [left, right] = self.real_operands(state)?;
        Some(self.compare_reals(left, right, cond))
    }

    fn compare_reals(&mut self, left: Operand, right: Operand, cond: Cond) -> Value {
        let reals = [left, right].map(|operand| self.as_real(operand));
        let is_float = self.emit(Ir::Bor, &[reals[0].is_float, reals[1].is_float], Imm::None);
        let ways = self.by_kind(
            is_float,
            |b| b.icmp(cond, reals[0].int, reals[1].int),
            |b| {
                reals.iter().for_each(|real| b.guard_exact(real.int));
                let [left, right] = [left, right].map(|operand| b.as_double(operand));
                b.emit(Ir::Fcmp, &[left, right], Imm::Cond(cond))
            },
        );
        let done = self.f.add_block();
        let result = self.f.add_param(done, Ty::Bool);
        for (value, block) in ways {
            self.f.jump(block, done, &[value]);
        }
        self.block = done;
        result
    }

    /// The number on top of the stack, if it may be of either kind.
    fn real_on_top(&mut self, state: &mut State) -> Option<Real> {
        if !self.is_either(state, 1) {
            return None;
        }
        match self.real_operand(state, 1)? {
            Operand::Either(real) => Some(real),
            _ => None,
        }
    }

    /// The nearest double of the number on top of the stack, if it may be of either kind.
    pub(crate) fn double_of_either(&mut self, state: &mut State) -> Option<Value> {
        let real = self.real_on_top(state)?;
        Some(self.as_double(Operand::Either(real)))
    }

    /// Whether the number on top of the stack, of either kind, is not 0.
    pub(crate) fn truth_of_real(&mut self, state: &mut State) -> Option<Value> {
        let real = self.real_on_top(state)?;
        let (zero, nothing) = (self.int_const(0), self.float_const(0));
        let int = self.icmp(Cond::Ne, real.int, zero);
        let float = self.emit(Ir::Fcmp, &[real.float, nothing], Imm::Cond(Cond::Ne));
        Some(self.emit(Ir::Bor, &[int, float], Imm::None))
    }

    /// The number on top of the stack, if it may be of either kind, and its int with the other sign.
    fn real_to_negate(&mut self, state: &mut State) -> Option<(Real, Value)> {
        let real = self.real_on_top(state)?;
        if !self.may_speculate(ExitReason::IntOverflow) {
            return None;
        }
        let zero = self.int_const(0);
        Some((real, self.checked(Ir::IsubChecked, &[zero, real.int])))
    }

    /// `-value` of the number on top of the stack, of either kind.
    pub(crate) fn real_negative(&mut self, state: &mut State) -> Option<Val> {
        let (real, int) = self.real_to_negate(state)?;
        let float = self.emit(Ir::Fneg, &[real.float], Imm::None);
        Some(Real { int, float, ..real }.in_slot())
    }

    /// `abs(value)` of the number on top of the stack, of either kind.
    pub(crate) fn real_abs(&mut self, state: &mut State) -> Option<Val> {
        let (real, negated) = self.real_to_negate(state)?;
        let zero = self.int_const(0);
        let negative = self.icmp(Cond::Lt, real.int, zero);
        let int = self.emit(Ir::Select, &[negative, negated, real.int], Imm::None);
        let float = self.emit(Ir::Fabs, &[real.float], Imm::None);
        Some(Real { int, float, ..real }.in_slot())
    }

    /// `min(a, b, …)` or `max(a, b, …)` of so many numbers that are not all of one kind: an argument only if it compares so to all before it.
    pub(crate) fn real_extreme(&mut self, state: &mut State, count: usize, cond: Cond) -> Option<Val> {
        let is_number = |b: &mut Self, depth| {
            b.is_either(state, depth) || matches!(b.known_type(state, &state.peek(depth).val), Some(KnownType::Int | KnownType::Float))
        };
        if !(1..=count).all(|depth| is_number(self, depth)) || !self.may_speculate(ExitReason::Arithmetic) {
            return None;
        }
        let operands = (1..=count).rev().map(|depth| self.real_operand(state, depth)).collect::<Option<Vec<Operand>>>()?;
        let mut found = self.as_real(operands[0]);
        for &next in &operands[1..] {
            let further = self.compare_reals(next, Operand::Either(found), cond);
            let next = self.as_real(next);
            let select = |b: &mut Self, next, found| b.emit(Ir::Select, &[further, next, found], Imm::None);
            found = Real {
                is_float: select(self, next.is_float, found.is_float),
                int: select(self, next.int, found.int),
                float: select(self, next.float, found.float),
            };
        }
        Some(found.in_slot())
    }

    /// The object of a number of either kind.
    pub(crate) fn box_real(&mut self, state: &mut State, real: Real) -> Value {
        let flag = self.emit(Ir::BtoI, &[real.is_float], Imm::None);
        let object = self.helper(Helper::box_real, &[flag, real.int, real.float]);
        state.facts.update(object, |fact| fact.real = Some(real));
        object
    }
}
