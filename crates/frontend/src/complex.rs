//! Complex numbers in parts: the real and the imaginary one, as floats, until somebody needs the object.
//!
//! CPython 3.14 has rules of its own for a complex number and a real one ("mixed-mode arithmetic", as in C99, annex G), and repairs
//! products that are not a number; 3.13 makes a complex number of the real one first.

use crate::builder::Builder;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::operand::{BinaryOp, CmpOp};
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, ObjectKind};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

/// The most that a constant exponent may be for products in its place.
const MAX_EXPONENT: i64 = 4;

/// An operand of complex arithmetic.
#[derive(Clone, Copy)]
enum Operand {
    Real(Value),
    Complex([Value; 2]),
}

/// A complex number of these parts in a slot.
fn in_slot(parts: [Value; 2]) -> Val {
    Val::Virtual(Virtual::Complex, parts.map(|part| Slot::borrowed(Val::Float(part))).into())
}

impl Builder<'_> {
    /// The real and the imaginary part of what is known to be a complex number.
    pub(crate) fn complex_of(&mut self, state: &mut State, val: &Val) -> Option<[Value; 2]> {
        match val {
            Val::Virtual(Virtual::Complex, parts) => Some([self.float_of(state, &parts[0].val)?, self.float_of(state, &parts[1].val)?]),
            Val::Const(id) => match *self.kind(*id) {
                ObjectKind::Complex(real, imaginary) => Some([self.float_const(real), self.float_const(imaginary)]),
                _ => None,
            },
            Val::Obj(object) if self.known_type(state, val) == Some(KnownType::Complex) => {
                if let Some(parts) = state.facts.get(*object).complex {
                    return Some(parts);
                }
                let first = self.layout().complex_value;
                let parts = [first, first + 8].map(|offset| self.load(*object, offset, MemSize::F64, Region::Const));
                state.facts.update(*object, |fact| fact.complex = Some(parts));
                Some(parts)
            }
            _ => None,
        }
    }

    /// Brings a complex number into parts.
    pub(crate) fn take_apart_complex(&mut self, state: &mut State, slot: &mut Slot) {
        let parts = self.complex_of(state, &slot.val.clone()).expect("it is a complex number");
        self.release_leaf(state, slot);
        *slot = Slot::borrowed(in_slot(parts));
    }

    fn complex_operand(&mut self, state: &mut State, depth: usize) -> Option<Operand> {
        let val = state.peek(depth).val.clone();
        match self.known_type(state, &val)? {
            KnownType::Complex => Some(Operand::Complex(self.complex_of(state, &val)?)),
            KnownType::Int | KnownType::Float | KnownType::Bool => Some(Operand::Real(self.double_on_stack(state, depth)?)),
            _ => None,
        }
    }

    /// `left op right` of the numbers on top of the stack, at least one of which is complex; `None` if that is left to the general way.
    pub(crate) fn complex_arithmetic(&mut self, state: &mut State, op: BinaryOp) -> Option<Val> {
        if !matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::TrueDivide | BinaryOp::Power) {
            return None;
        }
        let is_complex = [2, 1].map(|depth| self.known_type(state, &state.peek(depth).val) == Some(KnownType::Complex));
        if !is_complex.contains(&true) || self.exits_seen(&[ExitReason::Arithmetic]) > 0 {
            return None;
        }
        if op == BinaryOp::Power {
            let exponent = self.const_int(&state.peek(1).val).filter(|exponent| (1..=MAX_EXPONENT).contains(exponent))?;
            let base = self.complex_of(state, &state.peek(2).val.clone())?;
            return Some(in_slot(self.complex_power(base, exponent)));
        }
        for (depth, other) in [(1, is_complex[0]), (2, is_complex[1])] {
            let val = &state.peek(depth).val;
            if other && matches!(val, Val::Obj(_)) && self.exact_type(state, val).is_none() {
                self.speculate(state, depth, KnownType::Complex);
            }
        }
        let (left, right) = (self.complex_operand(state, 2)?, self.complex_operand(state, 1)?);
        let parts = match (left, right) {
            (Operand::Complex(left), Operand::Complex(right)) => self.of_two(op, left, right),
            (Operand::Complex(left), Operand::Real(right)) if self.is_mixed_mode() => self.of_complex_and_real(op, left, right),
            (Operand::Real(left), Operand::Complex(right)) if self.is_mixed_mode() => self.of_real_and_complex(op, left, right)?,
            (left, right) => {
                let [left, right] = [left, right].map(|side| match side {
                    Operand::Complex(parts) => parts,
                    Operand::Real(real) => [real, self.float_const(0)],
                });
                self.of_two(op, left, right)
            }
        };
        Some(in_slot(parts))
    }

    /// True if the general way to the result of that operator with the operands on top of the stack gives a complex number, if anything.
    pub(crate) fn gives_complex(&self, state: &State, op: BinaryOp) -> bool {
        use KnownType::{Bool, Complex, Float, Int};
        let known = [2, 1].map(|depth| self.known_type(state, &state.peek(depth).val));
        known.contains(&Some(Complex))
            && known.iter().all(|known| matches!(known, Some(Complex | Float | Int | Bool)))
            && matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::TrueDivide | BinaryOp::Power)
    }

    fn is_mixed_mode(&self) -> bool {
        self.platform().minor >= 14
    }

    fn of_two(&mut self, op: BinaryOp, left: [Value; 2], right: [Value; 2]) -> [Value; 2] {
        match op {
            BinaryOp::Add => [0, 1].map(|part| self.emit(Ir::Fadd, &[left[part], right[part]], Imm::None)),
            BinaryOp::Subtract => [0, 1].map(|part| self.emit(Ir::Fsub, &[left[part], right[part]], Imm::None)),
            BinaryOp::Multiply => self.complex_product(left, right),
            _ => self.complex_quotient(left, right),
        }
    }

    fn of_complex_and_real(&mut self, op: BinaryOp, [real, imaginary]: [Value; 2], other: Value) -> [Value; 2] {
        match op {
            BinaryOp::Add => [self.emit(Ir::Fadd, &[real, other], Imm::None), imaginary],
            BinaryOp::Subtract => [self.emit(Ir::Fsub, &[real, other], Imm::None), imaginary],
            BinaryOp::Multiply => [real, imaginary].map(|part| self.emit(Ir::Fmul, &[part, other], Imm::None)),
            _ => {
                let zero = self.float_const(0);
                let fine = self.emit(Ir::Fcmp, &[other, zero], Imm::Cond(Cond::Ne));
                self.guard(fine, ExitReason::Arithmetic);
                [real, imaginary].map(|part| self.emit(Ir::Fdiv, &[part, other], Imm::None))
            }
        }
    }

    fn of_real_and_complex(&mut self, op: BinaryOp, other: Value, [real, imaginary]: [Value; 2]) -> Option<[Value; 2]> {
        match op {
            BinaryOp::Add | BinaryOp::Multiply => Some(self.of_complex_and_real(op, [real, imaginary], other)),
            BinaryOp::Subtract => Some([self.emit(Ir::Fsub, &[other, real], Imm::None), self.emit(Ir::Fneg, &[imaginary], Imm::None)]),
            _ => None,
        }
    }

    /// The product; from 3.14 on, exits if neither part is a number: what became of infinities is repaired then.
    fn complex_product(&mut self, [a, b]: [Value; 2], [c, d]: [Value; 2]) -> [Value; 2] {
        let products = [(a, c), (b, d), (a, d), (b, c)].map(|(left, right)| self.emit(Ir::Fmul, &[left, right], Imm::None));
        let real = self.emit(Ir::Fsub, &[products[0], products[1]], Imm::None);
        let imaginary = self.emit(Ir::Fadd, &[products[2], products[3]], Imm::None);
        if self.is_mixed_mode() {
            let [some, other] = [real, imaginary].map(|part| self.emit(Ir::Fcmp, &[part, part], Imm::Cond(Cond::Eq)));
            let fine = self.emit(Ir::Bor, &[some, other], Imm::None);
            self.guard(fine, ExitReason::Arithmetic);
        }
        [real, imaginary]
    }

    fn complex_quotient(&mut self, left: [Value; 2], right: [Value; 2]) -> [Value; 2] {
        let out = self.emit(Ir::Scratch, &[], Imm::Int(2));
        let fine = self.helper(Helper::complex_div, &[left[0], left[1], right[0], right[1], out]);
        let zero = self.int_const(0);
        let fine = self.icmp(Cond::Ne, fine, zero);
        self.guard(fine, ExitReason::Arithmetic);
        [0, 8].map(|offset| self.load(out, offset, MemSize::F64, Region::Scratch))
    }

    /// A small positive power by squares and products, beginning with 1, as the interpreter does it; exits if it is infinite, which raises, or not a
    /// number.
    fn complex_power(&mut self, base: [Value; 2], exponent: i64) -> [Value; 2] {
        let mut result = [self.float_const(1f64.to_bits()), self.float_const(0)];
        let mut square = base;
        let mut mask = 1;
        loop {
            if exponent & mask != 0 {
                result = self.complex_product(result, square);
            }
            mask <<= 1;
            if exponent < mask {
                break;
            }
            square = self.complex_product(square, square);
        }
        for part in result {
            self.guard_finite(part);
        }
        result
    }

    fn guard_finite(&mut self, value: Value) {
        let size = self.emit(Ir::Fabs, &[value], Imm::None);
        let infinity = self.float_const(f64::INFINITY.to_bits());
        let fine = self.emit(Ir::Fcmp, &[size, infinity], Imm::Cond(Cond::Lt));
        self.guard(fine, ExitReason::Arithmetic);
    }

    /// `==` and `!=` of two complex numbers on top of the stack.
    pub(crate) fn complex_compare(&mut self, state: &mut State, op: CmpOp) -> Option<Value> {
        if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
            return None;
        }
        let left = self.complex_of(state, &state.peek(2).val.clone())?;
        let right = self.complex_of(state, &state.peek(1).val.clone())?;
        let [real, imaginary] = [0, 1].map(|part| self.emit(Ir::Fcmp, &[left[part], right[part]], Imm::Cond(Cond::Eq)));
        let equal = self.emit(Ir::Band, &[real, imaginary], Imm::None);
        Some(if op == CmpOp::Ne { self.emit(Ir::Bnot, &[equal], Imm::None) } else { equal })
    }

    /// Whether the complex number on top of the stack is not 0.
    pub(crate) fn truth_of_complex(&mut self, state: &mut State) -> Option<Value> {
        let parts = self.complex_of(state, &state.peek(1).val.clone())?;
        let zero = self.float_const(0);
        let [real, imaginary] = parts.map(|part| self.emit(Ir::Fcmp, &[part, zero], Imm::Cond(Cond::Ne)));
        Some(self.emit(Ir::Bor, &[real, imaginary], Imm::None))
    }

    /// `-value` of a complex number on top of the stack.
    pub(crate) fn complex_negative(&mut self, state: &mut State) -> Option<Val> {
        let parts = self.complex_of(state, &state.peek(1).val.clone())?;
        Some(in_slot(parts.map(|part| self.emit(Ir::Fneg, &[part], Imm::None))))
    }

    /// `abs(value)` of a complex number on top of the stack; exits if it is infinite, which may raise.
    pub(crate) fn complex_abs(&mut self, state: &mut State) -> Option<Val> {
        if !self.may_speculate(ExitReason::Arithmetic) {
            return None;
        }
        let parts = self.complex_of(state, &state.peek(1).val.clone())?;
        let size = self.helper(Helper::complex_abs, &parts);
        self.guard_finite(size);
        Some(Val::Float(size))
    }

    /// `value.conjugate()`, of the receiver on top of the stack.
    pub(crate) fn complex_conjugate(&mut self, state: &mut State) -> Option<Val> {
        let [real, imaginary] = self.complex_of(state, &state.peek(1).val.clone())?;
        let negative = self.emit(Ir::Fneg, &[imaginary], Imm::None);
        Some(in_slot([self.as_new(real), negative]))
    }

    /// `value.real` and `value.imag` of the complex number on top of the stack; `None` if it is none, or the name is another one.
    pub(crate) fn complex_part(&mut self, state: &mut State, name: &str) -> Option<Val> {
        let part = match name {
            "real" => 0,
            "imag" => 1,
            _ => return None,
        };
        let parts = self.complex_of(state, &state.peek(1).val.clone())?;
        Some(Val::Float(self.as_new(parts[part])))
    }

    /// `complex(real, imaginary)` and `complex(real)` of real numbers on top of the stack.
    pub(crate) fn complex_of_reals(&mut self, state: &mut State, argc: usize) -> Option<Val> {
        let is_real = |depth| {
            let known = self.known_type(state, &state.peek(depth).val);
            matches!(known, Some(KnownType::Int | KnownType::Float | KnownType::Bool))
        };
        if !(1..=argc).all(is_real) {
            return None;
        }
        let real = self.double_on_stack(state, argc)?;
        let imaginary = if argc == 2 { self.double_on_stack(state, 1)? } else { self.float_const(0) };
        Some(in_slot([self.as_new(real), self.as_new(imaginary)]))
    }

    /// The same float as a value of its own: objects that are made of the two are not the same.
    fn as_new(&mut self, value: Value) -> Value {
        let nothing = self.float_const((-0.0f64).to_bits());
        self.emit(Ir::Fadd, &[value, nothing], Imm::None)
    }
}
