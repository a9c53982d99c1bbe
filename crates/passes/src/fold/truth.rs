//! Rules for truth values, selections, guards and branches.

use super::{Context, Operand, Rewrite, Rule, to_op};
use whipsnake_ir::{Cond, Imm, InstData, Op, Ty};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "double negation", apply: double_negation },
    Rule { name: "negated comparison", apply: negated_comparison },
    Rule { name: "comparison of a truth value", apply: comparison_of_truth },
    Rule { name: "truth constant in a conjunction or disjunction", apply: truth_constant },
    Rule { name: "selection by a constant", apply: selection_by_constant },
    Rule { name: "selection of equal values", apply: selection_of_equal },
    Rule { name: "selection of truth constants", apply: selection_of_truth },
    Rule { name: "guard that holds", apply: guard_that_holds },
    Rule { name: "branch on a constant", apply: branch_on_constant },
    Rule { name: "branch on a negation", apply: branch_on_negation },
];

fn double_negation(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    match data.op {
        Op::Bnot => Some(Rewrite::Value(context.operands_of(data.args[0], Op::Bnot)?[0])),
        _ => None,
    }
}

/// The comparison that holds exactly if the other does not.
const fn inverse(cond: Cond) -> Option<Cond> {
    Some(match cond {
        Cond::Eq => Cond::Ne,
        Cond::Ne => Cond::Eq,
        Cond::Lt => Cond::Ge,
        Cond::Ge => Cond::Lt,
        Cond::Le => Cond::Gt,
        Cond::Gt => Cond::Le,
        Cond::Ult => return None,
    })
}

/// `not a < b`; with doubles, where a NaN makes both false, only equality has an inverse.
fn negated_comparison(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::Bnot {
        return None;
    }
    let compared = context.inst(data.args[0])?;
    let Imm::Cond(cond) = compared.imm else { return None };
    let inverted = match compared.op {
        Op::Icmp => inverse(cond)?,
        Op::Fcmp if matches!(cond, Cond::Eq | Cond::Ne) => inverse(cond)?,
        _ => return None,
    };
    to_op(compared.op, &[Operand::Value(compared.args[0]), Operand::Value(compared.args[1])], Imm::Cond(inverted))
}

/// A truth value as an integer compared with 0 or 1.
fn comparison_of_truth(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    let (Op::Icmp, Imm::Cond(cond @ (Cond::Eq | Cond::Ne))) = (data.op, data.imm) else { return None };
    let truth = context.operands_of(data.args[0], Op::BtoI)?[0];
    let constant = context.int(data.args[1]).filter(|c| (0..=1).contains(c))?;
    if (cond == Cond::Eq) == (constant == 1) {
        Some(Rewrite::Value(truth))
    } else {
        to_op(Op::Bnot, &[Operand::Value(truth)], Imm::None)
    }
}

fn truth_constant(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if !matches!(data.op, Op::Band | Op::Bor) {
        return None;
    }
    // Constants are to the right.
    let constant = context.truth(data.args[1])?;
    let is_neutral = constant == (data.op == Op::Band);
    Some(Rewrite::Value(data.args[usize::from(!is_neutral)]))
}

fn selection_by_constant(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::Select {
        return None;
    }
    let chosen = if context.truth(data.args[0])? { 1 } else { 2 };
    Some(Rewrite::Value(data.args[chosen]))
}

fn selection_of_equal(_: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    (data.op == Op::Select && data.args[1] == data.args[2]).then(|| Rewrite::Value(data.args[1]))
}

/// `true if c else false` is `c`.
fn selection_of_truth(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::Select || context.function.ty(data.args[1]) != Ty::Bool {
        return None;
    }
    match (context.truth(data.args[1])?, context.truth(data.args[2])?) {
        (true, false) => Some(Rewrite::Value(data.args[0])),
        (false, true) => to_op(Op::Bnot, &[Operand::Value(data.args[0])], Imm::None),
        _ => None,
    }
}

fn guard_that_holds(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    (data.op == Op::Guard && context.truth(data.args[0]) == Some(true)).then_some(Rewrite::Remove)
}

fn branch_on_constant(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    if data.op != Op::Branch {
        return None;
    }
    Some(Rewrite::Take(usize::from(!context.truth(data.args[0])?)))
}

fn branch_on_negation(context: &Context<'_>, data: &InstData) -> Option<Rewrite> {
    match data.op {
        Op::Branch => Some(Rewrite::Exchange(context.operands_of(data.args[0], Op::Bnot)?[0])),
        _ => None,
    }
}
