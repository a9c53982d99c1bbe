//! Rules for integers and doubles.

use super::{Context, Operand, Rewrite, Rule, to_constant, to_op};
use whipsnake_ir::{Cond, Imm, InstData, Op, Ty, Value};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "constant to the right", apply: constant_to_the_right },
    Rule { name: "neutral operand", apply: neutral_operand },
    Rule { name: "absorbing operand", apply: absorbing_operand },
    Rule { name: "equal operands", apply: equal_operands },
    Rule { name: "double complement", apply: double_complement },
    Rule { name: "sum of sums", apply: sum_of_sums },
    Rule { name: "floor division by a power of two", apply: floor_division },
    Rule { name: "modulo by a power of two", apply: modulo },
    Rule { name: "right shift by a constant", apply: right_shift },
    Rule { name: "double sign change", apply: double_sign_change },
    Rule { name: "absolute value of a sign change", apply: absolute_of_sign_change },
    Rule { name: "double division by a power of two", apply: double_division },
    Rule { name: "offset of offset", apply: offset_of_offset },
];

fn operands(data: &InstData) -> Option<(Value, Value)> {
    match data.args.as_slice() {
        &[left, right] => Some((left, right)),
        _ => None,
    }
}

/// Commutative operations have their constant second.
fn constant_to_the_right(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    let (left, right) = operands(data)?;
    let commutes = match data.op {
        Op::Iadd | Op::Imul | Op::Smulhi | Op::Umulhi | Op::Iand | Op::Ior | Op::Ixor | Op::Band | Op::Bor => true,
        Op::Icmp => matches!(data.imm, Imm::Cond(Cond::Eq | Cond::Ne)),
        _ => false,
    };
    if !commutes || context.word(left).is_none() || context.word(right).is_some() {
        return None;
    }
    to_op(data.op, &[Operand::Value(right), Operand::Value(left)], data.imm)
}

/// `x + 0`, `x * 1`, `x & -1` …
fn neutral_operand(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    let (left, right) = operands(data)?;
    let (a, b) = (context.int(left), context.int(right));
    match (data.op, a, b) {
        (
            Op::Iadd | Op::IaddChecked | Op::Isub | Op::IsubChecked | Op::Ior | Op::Ixor | Op::Ishl | Op::IshlChecked
            | Op::Ishr | Op::IshrChecked | Op::Ushr,
            _,
            Some(0),
        )
        | (Op::Imul | Op::ImulChecked | Op::IfloordivChecked, _, Some(1))
        | (Op::Iand, _, Some(-1)) => Some(Rewrite::Value(left)),
        (Op::Iadd | Op::IaddChecked, Some(0), _) | (Op::Imul | Op::ImulChecked, Some(1), _) => Some(Rewrite::Value(right)),
        (Op::Offset, _, Some(0)) if context.function.ty(left) == Ty::Ptr => Some(Rewrite::Value(left)),
        _ => None,
    }
}

/// `x * 0`, `x & 0`, `x | -1`, `x % 1`.
fn absorbing_operand(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    let (left, right) = operands(data)?;
    let result = match (data.op, context.int(left), context.int(right)) {
        (Op::Imul | Op::ImulChecked, Some(0), _) => 0,
        (Op::Imul | Op::ImulChecked | Op::Smulhi | Op::Umulhi | Op::Iand, _, Some(0)) => 0,
        (Op::ImodChecked, _, Some(1 | -1)) => 0,
        (Op::Ior, _, Some(-1)) => -1,
        _ => return None,
    };
    to_constant(Ty::I64, result as u64)
}

/// `x - x`, `x ^ x`, `x & x`, `x < x` …
fn equal_operands(_: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    let (left, right) = operands(data)?;
    if left != right {
        return None;
    }
    match (data.op, data.imm) {
        (Op::Isub | Op::IsubChecked | Op::Ixor, _) => to_constant(Ty::I64, 0),
        (Op::Iand | Op::Ior | Op::Band | Op::Bor, _) => Some(Rewrite::Value(left)),
        (Op::Icmp, Imm::Cond(cond)) => to_constant(Ty::Bool, matches!(cond, Cond::Eq | Cond::Le | Cond::Ge).into()),
        (Op::Same, _) => to_constant(Ty::Bool, 1),
        (Op::Below, _) => to_constant(Ty::Bool, 0),
        _ => None,
    }
}

/// `~~x`.
fn double_complement(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    match data.op {
        Op::Inot => Some(Rewrite::Value(context.operands_of(data.args[0], Op::Inot)?[0])),
        _ => None,
    }
}

/// `(x + a) + b` and `(x + a) - b`, wrapping.
fn sum_of_sums(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    let (left, right) = operands(data)?;
    let constant = context.int(right)?;
    let second = match data.op {
        Op::Iadd => constant,
        Op::Isub => constant.wrapping_neg(),
        _ => return None,
    };
    let inner = context.inst(left)?;
    let first = match inner.op {
        Op::Iadd => context.int(inner.args[1])?,
        Op::Isub => context.int(inner.args[1])?.wrapping_neg(),
        _ => return None,
    };
    let sum = Operand::Constant(Ty::I64, first.wrapping_add(second) as u64);
    to_op(Op::Iadd, &[Operand::Value(inner.args[0]), sum], Imm::None)
}

/// The exponent of a power of two that is greater than 1.
fn exponent(value: i64) -> Option<u32> {
    (value > 1 && value.count_ones() == 1).then(|| value.trailing_zeros())
}

/// `x // 2**n` is a shift: both round down, and neither exits.
fn floor_division(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::IfloordivChecked {
        return None;
    }
    let shift = exponent(context.int(data.args[1])?)?;
    to_op(Op::Ishr, &[Operand::Value(data.args[0]), Operand::Constant(Ty::I64, shift.into())], Imm::None)
}

/// `x % 2**n` is a mask: both are never negative.
fn modulo(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::ImodChecked {
        return None;
    }
    let divisor = context.int(data.args[1])?;
    exponent(divisor)?;
    to_op(Op::Iand, &[Operand::Value(data.args[0]), Operand::Constant(Ty::I64, divisor as u64 - 1)], Imm::None)
}

/// A right shift by a count that is not negative.
fn right_shift(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::IshrChecked {
        return None;
    }
    let count = context.int(data.args[1]).filter(|&count| count >= 0)?;
    to_op(Op::Ishr, &[Operand::Value(data.args[0]), Operand::Constant(Ty::I64, count.min(63) as u64)], Imm::None)
}

/// `-(-x)`.
fn double_sign_change(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    match data.op {
        Op::Fneg => Some(Rewrite::Value(context.operands_of(data.args[0], Op::Fneg)?[0])),
        _ => None,
    }
}

/// `abs(-x)` and `abs(abs(x))`.
fn absolute_of_sign_change(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::Fabs {
        return None;
    }
    let of = [Op::Fneg, Op::Fabs].into_iter().find_map(|op| context.operands_of(data.args[0], op))?;
    to_op(Op::Fabs, &[Operand::Value(of[0])], Imm::None)
}

/// `x / 2.0**n` is a product, where the reciprocal is exact and no subnormal.
fn double_division(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::Fdiv {
        return None;
    }
    let divisor = f64::from_bits(context.word(data.args[1])?);
    let reciprocal = 1.0 / divisor;
    let power_of_two = divisor.is_normal() && divisor.to_bits() & ((1 << 52) - 1) == 0;
    if !power_of_two || !reciprocal.is_normal() {
        return None;
    }
    to_op(Op::Fmul, &[Operand::Value(data.args[0]), Operand::Constant(Ty::F64, reciprocal.to_bits())], Imm::None)
}

/// `(base + a) + b`.
fn offset_of_offset(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::Offset {
        return None;
    }
    let inner = context.operands_of(data.args[0], Op::Offset)?;
    let sum = context.int(inner[1])?.wrapping_add(context.int(data.args[1])?);
    to_op(Op::Offset, &[Operand::Value(inner[0]), Operand::Constant(Ty::I64, sum as u64)], Imm::None)
}
