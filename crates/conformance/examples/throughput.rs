//! Times typical loops in machine code: nanoseconds per iteration, best of several runs.
//!
//! `cargo run --release -p whipsnake-conformance --example throughput`

use std::rc::Rc;
use std::time::Instant;
use whipsnake_conformance::{Unit, World};
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::parse::parse;

const ITERATIONS: u64 = 10_000_000;
const ITEMS: u64 = 16;

/// Loops over `v1[0]` iterations; `v1[1]` is an array of objects. The body begins with the index `v8`,
/// the accumulators `v6: i64` and `v7: f64`, and the item `v13`; its last lines define `v20: i64` and `v21: f64`.
fn kernel(float_type: u64, body: &str) -> String {
    format!(
        "function %kernel abi loop {{
  s0 = code 0 at 4 execute frame v1 locals [raw v6, raw v7, raw v8, borrowed v3]
  s1 = code 0 at 6 execute frame v1 locals [raw v6, raw v7, raw v8, borrowed v3, borrowed v13]
block0(v0: ptr, v1: ptr):
  v2: i64 = load.i64.frame v1
  v3: obj = load.obj.frame v1+8
  v4: i64 = iconst 0
  v5: f64 = fconst 1.0
  jump block1(v4, v5, v4)
block1(v6: i64, v7: f64, v8: i64):
  v9: bool = icmp.lt v8, v2
  branch v9, block2, block3
block2:
  v10: i64 = iconst {mask}
  v11: i64 = iconst 1
  v12: i64 = iand v8, v10
  v13: obj = load_indexed.obj.list_items v3, v12
{body}
  v22: i64 = iadd_checked v8, v11 [s0]
  jump block1(v20, v21, v22)
block3:
  exit.loop-end [s0]
}}",
        mask = ITEMS - 1,
    )
    .replace("FLOAT", &format!("{float_type:#x}"))
}

fn main() {
    let kernels: &[(&str, KnownType, &str)] = &[
        (
            "sum of unboxed floats",
            KnownType::Float,
            "  guard_type v13, FLOAT [s1]
  v14: f64 = unbox_float v13
  v15: f64 = fmul v14, v14
  v21: f64 = fadd v7, v15
  v20: i64 = iadd v6, v11",
        ),
        (
            "floats boxed into a list",
            KnownType::Float,
            "  guard_type v13, FLOAT [s1]
  v14: f64 = unbox_float v13
  v15: f64 = fadd v14, v7
  v16: obj = box_float v15
  store_indexed.obj.list_items v3, v12, v16
  decref v13 [s0]
  v21: f64 = fadd v7, v14
  v20: i64 = iadd v6, v11",
        ),
        (
            "floats boxed into a list, leaf",
            KnownType::Float,
            "  guard_type v13, FLOAT [s1]
  v14: f64 = unbox_float v13
  v15: f64 = fadd v14, v7
  v16: obj = box_float v15
  store_indexed.obj.list_items v3, v12, v16
  decref_leaf v13
  v21: f64 = fadd v7, v14
  v20: i64 = iadd v6, v11",
        ),
        (
            "checked integers",
            KnownType::Float,
            "  v14: i64 = imul_checked v8, v11 [s0]
  v15: i64 = iconst 7
  v16: i64 = imod_checked v14, v15 [s0]
  v17: i64 = iadd_checked v6, v16 [s0]
  v20: i64 = isub_checked v17, v12 [s0]
  v21: f64 = fadd v7, v7",
        ),
        (
            "division",
            KnownType::Float,
            "  v14: i64 = iadd v12, v11
  v15: i64 = ifloordiv_checked v8, v14 [s0]
  v16: i64 = imod_checked v8, v14 [s0]
  v20: i64 = iadd_checked v15, v16 [s0]
  v21: f64 = fadd v7, v7",
        ),
        (
            "unboxed int items",
            KnownType::Int,
            "  incref v13
  v14: i64 = unbox_int v13 [s1]
  v20: i64 = iadd_checked v6, v14 [s1]
  decref_leaf v13
  v21: f64 = fadd v7, v7",
        ),
        (
            "ints boxed into a list",
            KnownType::Int,
            "  v14: i64 = unbox_int v13 [s1]
  v15: i64 = iadd_checked v14, v11 [s1]
  v16: i64 = iand v15, v10
  v17: obj = box_int v16
  store_indexed.obj.list_items v3, v12, v17
  decref_leaf v13
  v20: i64 = iadd v6, v14
  v21: f64 = fadd v7, v7",
        ),
    ];
    for (name, known, body) in kernels {
        let world = Rc::new(World::new(14, 40));
        let list = world.arguments() + 64;
        for i in 0..ITEMS {
            let item = if *known == KnownType::Float { world.float(0.001) } else { world.int(i as i64) };
            world.write(list + i * 8, item);
        }
        world.write(world.arguments(), ITERATIONS);
        world.write(world.arguments() + 8, list);
        world.keep();
        let mut text = kernel(world.type_of(KnownType::Float), body);
        text = renumber(&text);
        let function = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let unit = Unit::new(&world, &function);
        let times = (0..7).map(|_| {
            let started = Instant::now();
            unit.machine();
            started.elapsed().as_secs_f64() * 1e9 / ITERATIONS as f64
        });
        let best = times.fold(f64::INFINITY, f64::min);
        println!("{best:6.2} ns  {:5} bytes  {name}", unit.compiled.stats.code_bytes);
        if std::env::args().any(|a| a == "--asm") {
            println!("{}", unit.texts());
        }
    }
}

/// Gives values numbers in the order of their definitions, as text IR wants them.
fn renumber(text: &str) -> String {
    let (states, code) = text.split_once("block0").expect("there is an entry block");
    let is_name =
        |word: &&str| word.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let words = |line: &str| line.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
    let mut order: Vec<String> = Vec::new();
    for line in format!("block0{code}").lines() {
        if let Some(params) = line.strip_prefix("block") {
            order.extend(words(params).into_iter().filter(|w| is_name(&w.as_str())));
        } else if let Some((name, _)) = line.trim().split_once(": ") {
            order.extend(Some(name.to_owned()).filter(|w| is_name(&w.as_str())));
        }
    }
    let mut result = String::new();
    let mut word = String::new();
    for c in format!("{states}block0{code}\n").chars() {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        match order.iter().position(|w| *w == word) {
            Some(index) => result.push_str(&format!("v{index}")),
            None => result.push_str(&word),
        }
        word.clear();
        result.push(c);
    }
    result
}
