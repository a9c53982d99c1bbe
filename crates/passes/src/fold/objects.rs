//! Rules for boxes and addresses.

use super::{Context, Operand, Rewrite, Rule, to_constant, to_op};
use whipsnake_ir::{Imm, InstData, Op, Ty, Value};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "content of a box", apply: content_of_box },
    Rule { name: "null check of something", apply: null_check },
    Rule { name: "identity of different things", apply: identity },
];

/// Unboxing what was boxed.
fn content_of_box(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    let boxed = match data.op {
        Op::UnboxInt | Op::UnboxFloat => context.inst(data.args[0])?,
        _ => return None,
    };
    match (data.op, boxed.op) {
        (Op::UnboxInt, Op::BoxInt) | (Op::UnboxFloat, Op::BoxFloat) => Some(Rewrite::Value(boxed.args[0])),
        (Op::UnboxInt, Op::BoxBool) => to_op(Op::BtoI, &[Operand::Value(boxed.args[0])], Imm::None),
        _ => None,
    }
}

/// True for values that are never NULL.
fn is_something(context: &Context<'_>, value: Value) -> bool {
    context.inst(value).is_some_and(|data| match data.op {
        Op::Object | Op::BoxInt | Op::BoxFloat | Op::BoxBool | Op::Scratch => true,
        Op::Address => data.imm != Imm::Int(0),
        _ => false,
    })
}

fn null_check(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    (data.op == Op::GuardNotNull && is_something(context, data.args[0])).then_some(Rewrite::Remove)
}

/// An object and itself, constant objects at different addresses, and objects compared with NULL.
fn identity(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::Same {
        return None;
    }
    let (left, right) = (data.args[0], data.args[1]);
    let is_null = |value: Value| context.word(value) == Some(0);
    let object = |value: Value| match context.inst(value)?.imm {
        Imm::Object(index) => context.function.objects.get(index as usize),
        _ => None,
    };
    let same = match (object(left), object(right)) {
        _ if left == right => true,
        (Some(a), Some(b)) => a.address == b.address,
        _ if is_null(left) && is_something(context, right) => false,
        _ if is_null(right) && is_something(context, left) => false,
        _ => return None,
    };
    to_constant(Ty::Bool, same.into())
}
