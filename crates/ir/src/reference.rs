//! The reference of the IR as Markdown, made from the tables: `docs/ir.md`.

use crate::ops::{Cond, Effect, Exits, ImmKind, MemSize, Op, Region, Sig, Ty};
use std::fmt::Write;
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::{Arg, Helper};

/// The text of `docs/ir.md`.
pub fn markdown() -> String {
    let mut text = String::from(INTRODUCTION);
    operations(&mut text);
    names(&mut text);
    helpers(&mut text);
    text
}

const INTRODUCTION: &str = "# The intermediate representation

This file is generated from the tables in `crates/ir/src/ops.rs` and `crates/contract/src`; `WHIPSNAKE_BLESS=1 cargo test -p
whipsnake-ir` writes it anew.

A function is one compilation unit in SSA form: blocks with parameters instead of phis, each ended by one terminator.
Operations that can leave to the interpreter name a frame state (`[s3]`), which says what the interpreter's
frames hold there. The text form is described in `crates/ir/src/print.rs`, the rules of valid functions in
`crates/ir/src/verify.rs`, the meaning of the operations in `crates/ir/src/semantics.rs` and `interp.rs`.

";

fn operations(text: &mut String) {
    text.push_str("## Operations\n\n| operation | operands | result | effect | exits | meaning |\n|---|---|---|---|---|---|\n");
    for op in Op::ALL {
        let info = op.info();
        let operands: Vec<String> = info.operands.iter().map(|&sig| sig_text(sig, info.imm)).collect();
        let name = match info.imm {
            ImmKind::Cond => format!("{}.*cond*", info.name),
            ImmKind::Mem => format!("{}.*size*.*region*", info.name),
            ImmKind::Helper => format!("{}.*helper*", info.name),
            ImmKind::Exit => format!("{}.*reason*", info.name),
            _ => info.name.to_owned(),
        };
        let immediate = match info.imm {
            ImmKind::Int => Some("integer"),
            ImmKind::Float => Some("double"),
            ImmKind::Object => Some("object"),
            ImmKind::Type => Some("type address"),
            _ => None,
        };
        let all: Vec<String> = operands.into_iter().chain(immediate.map(|i| format!("*{i}*"))).collect();
        let exits = match info.exits {
            Exits::Never => "",
            Exits::Guard => "if the check fails",
            Exits::Observe => "observes",
            Exits::Always => "always",
        };
        let (operands, result, effect) = (all.join(", "), sig_text(info.result, info.imm), effect_text(info.effect));
        let _ = writeln!(text, "| {name} | {operands} | {result} | {effect} | {exits} | {} |", info.doc);
    }
}

fn sig_text(sig: Sig, imm: ImmKind) -> String {
    match sig {
        Sig::Is(ty) => ty.name().to_owned(),
        Sig::Address => "obj or ptr".to_owned(),
        Sig::Same => "any (the same)".to_owned(),
        Sig::Rest => "as the helper".to_owned(),
        Sig::Named if imm == ImmKind::Mem => "type of *size*".to_owned(),
        Sig::Named => "as the helper".to_owned(),
        Sig::Nothing => String::new(),
    }
}

fn effect_text(effect: Effect) -> &'static str {
    match effect {
        Effect::Pure => "pure",
        Effect::Load => "load",
        Effect::Store => "store",
        Effect::Guard => "guard",
        Effect::Checked => "checked",
        Effect::Refcount => "reference count",
        Effect::Allocate => "allocates",
        Effect::Helper => "as the helper",
        Effect::Control => "ends the block",
        Effect::Any => "anything",
    }
}

fn names(text: &mut String) {
    let mut list = |title: &str, names: Vec<&str>| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(text, "\n## {title}\n\n{}", names.join(", "));
    };
    list("Types", Ty::ALL.iter().map(|ty| ty.name()).collect());
    list("Comparisons", Cond::ALL.iter().map(|cond| cond.name()).collect());
    list("Access sizes", MemSize::ALL.iter().map(|size| size.name()).collect());
    list("Memory regions", Region::ALL.iter().map(|region| region.name()).collect());
    list("Virtual objects of frame states", Virtual::ALL.iter().map(|kind| kind.name()).collect());
    text.push_str("\n## Exit reasons\n\n| reason | frequent exits mean |\n|---|---|\n");
    for reason in ExitReason::ALL {
        let policy = format!("{:?}", reason.policy()).to_lowercase();
        let _ = writeln!(text, "| `{}` | {policy} |", reason.name());
    }
}

fn helpers(text: &mut String) {
    text.push_str("\n## Helpers\n\n| helper | operands | result | effect | meaning |\n|---|---|---|---|---|\n");
    let kind = |arg: Arg| crate::function::arg_type(arg).name();
    for helper in Helper::ALL {
        let info = helper.info();
        let operands: Vec<&str> = info.args.iter().map(|&arg| kind(arg)).collect();
        let effect = format!("{:?}", info.effect).to_lowercase();
        let (operands, result) = (operands.join(", "), info.result.map_or("", kind));
        let _ = writeln!(text, "| `{}` | {operands} | {result} | {effect} | {} |", info.name, info.doc);
    }
}
