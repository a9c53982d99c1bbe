//! The decoder against facts that `dis` and live objects gave (see `dump_code.py`).

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use whipsnake_bytecode::{
    Code, DecodeError, Feedback, Handler, Op, Version, blocks, decode, decode_with_clean, loops,
    parse_exception_table, stack_depths,
};

/// One line of a dump.
#[derive(Deserialize)]
struct Record {
    name: String,
    stacksize: u32,
    adaptive: Vec<u16>,
    clean: Vec<u16>,
    exceptions: Vec<u8>,
    instructions: Vec<Fact>,
    handlers: Vec<(u32, u32, u32, u32, bool)>,
    #[serde(default)]
    specialized: Option<Vec<(u32, String)>>,
    #[serde(default)]
    feedback: Option<Vec<Value>>,
    #[serde(default)]
    instrumented: bool,
    #[serde(default)]
    hides: bool,
}

/// An instruction: start, offset of the opcode, base name, argument, target, net stack effect.
#[derive(Deserialize)]
struct Fact(u32, u32, String, Option<u32>, Option<u32>, i64);

fn records(path: &Path) -> impl Iterator<Item = Record> + use<> {
    let file = File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    BufReader::new(file)
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
}

fn fixture(name: &str) -> impl Iterator<Item = Record> + use<> {
    records(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(name),
    )
}

fn fixtures() -> impl Iterator<Item = (Version, Record)> {
    let of = |version, name| fixture(name).map(move |record| (version, record));
    of(Version::V313, "v313.jsonl").chain(of(Version::V314, "v314.jsonl"))
}

/// Compares everything a record says; gives the number of instructions compared.
fn verify(version: Version, record: &Record) -> usize {
    let name = &record.name;
    let code = decode_with_clean(version, &record.adaptive, &record.clean)
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(
        code.instrs.len(),
        record.instructions.len(),
        "{name}: instruction count"
    );
    for (instr, fact) in code.instrs.iter().zip(&record.instructions) {
        let Fact(start, offset, base, arg, target, effect) = fact;
        assert_eq!((instr.offset, instr.op_offset), (*start, *offset), "{name}");
        assert_eq!(instr.base_opcode.name(), base, "{name} at {offset}");
        if let Some(arg) = arg {
            assert_eq!(instr.oparg, *arg, "{name} at {offset}: argument");
        }
        assert_eq!(
            instr.op.encoded_target(),
            *target,
            "{name} at {offset}: target"
        );
        if instr.op.may_fall_through() {
            let (popped, pushed) = instr.op.stack_effect();
            let net = i64::from(pushed) - i64::from(popped);
            assert_eq!(
                net, *effect,
                "{name} at {offset}: stack effect of {:?}",
                instr.op
            );
        }
    }
    let table = parse_exception_table(&record.exceptions).unwrap_or_else(|e| panic!("{name}: {e}"));
    let handlers: Vec<Handler> = record
        .handlers
        .iter()
        .map(|&(start, end, target, depth, lasti)| Handler {
            start,
            end,
            target,
            depth,
            lasti,
        })
        .collect();
    assert_eq!(table.handlers(), handlers, "{name}: exception table");

    let depths = stack_depths(&code, &table, &[(0, 0)]).unwrap_or_else(|e| panic!("{name}: {e}"));
    for (instr, depth) in code.instrs.iter().zip(&depths) {
        let Some(depth) = depth else { continue };
        let (popped, pushed) = instr.op.stack_effect();
        let after = depth - popped + pushed;
        assert!(
            *depth.max(&after) <= record.stacksize,
            "{name} at {}: {instr:?}",
            instr.offset
        );
    }
    verify_graph(name, &code, &depths, &table);
    code.instrs.len()
}

/// Blocks partition the code and are closed under control flow; loops contain their back edges.
fn verify_graph(
    name: &str,
    code: &Code,
    depths: &[Option<u32>],
    table: &whipsnake_bytecode::ExceptionTable,
) {
    let blocks = blocks(code, table);
    let mut next = 0;
    for block in &blocks {
        assert_eq!(block.start, next, "{name}");
        assert!(block.end > block.start, "{name}");
        for i in block.start..block.end {
            let instr = &code.instrs[i];
            assert_eq!(
                table.handler_for(instr.offset).copied(),
                block.handler,
                "{name}"
            );
            let inside = i + 1 < block.end;
            assert!(
                !inside || instr.op.jump_target().is_none(),
                "{name}: jump inside a block"
            );
            assert!(
                !inside || instr.op.may_fall_through(),
                "{name}: exit inside a block"
            );
        }
        assert_eq!(
            block.handler.is_some(),
            block.handler_block.is_some(),
            "{name}"
        );
        next = block.end;
    }
    assert_eq!(next, code.instrs.len(), "{name}");

    let loops = loops(code, table);
    let back_edges: BTreeSet<usize> = loops
        .iter()
        .flat_map(|l| l.back_edges.iter().copied())
        .collect();
    let edges: Vec<Vec<usize>> = blocks
        .iter()
        .map(|b| {
            if depths[b.start].is_none() {
                return Vec::new();
            }
            let jump = b.jump.filter(|_| !back_edges.contains(&(b.end - 1)));
            b.fall_through
                .into_iter()
                .chain(jump)
                .chain(b.handler_block)
                .collect()
        })
        .collect();
    assert!(is_acyclic(&edges), "{name}: a cycle that is no loop");
    for found in &loops {
        assert!(found.contains(found.header), "{name}");
        assert!(
            found.back_edges.iter().all(|&i| found.contains(i)),
            "{name}"
        );
        if let Some(parent) = found.parent {
            assert!(loops[parent].contains(found.header), "{name}");
            assert_eq!(loops[parent].nesting + 1, found.nesting, "{name}");
        }
    }
}

/// Whether blocks can be removed one by one, each when no other leads to it any more.
fn is_acyclic(edges: &[Vec<usize>]) -> bool {
    let mut incoming = vec![0; edges.len()];
    for &to in edges.iter().flatten() {
        incoming[to] += 1;
    }
    let mut free: Vec<usize> = (0..edges.len()).filter(|&b| incoming[b] == 0).collect();
    let mut removed = 0;
    while let Some(block) = free.pop() {
        removed += 1;
        for &to in &edges[block] {
            incoming[to] -= 1;
            if incoming[to] == 0 {
                free.push(to);
            }
        }
    }
    removed == edges.len()
}

/// Whether `found` is what is expected, where `null` in `expected` means anything.
fn agrees(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(f), Value::Object(e)) => {
            f.len() == e.len()
                && f.iter()
                    .all(|(key, value)| e.get(key).is_some_and(|e| agrees(value, e)))
        }
        (_, Value::Null) => true,
        _ => found == expected,
    }
}

#[test]
fn agrees_with_dis() {
    for (version, record) in fixtures() {
        assert!(verify(version, &record) > 0, "{}", record.name);
    }
}

#[test]
fn specialised_opcodes_are_those_of_dis() {
    let mut seen = 0;
    for (version, record) in fixtures() {
        let Some(expected) = &record.specialized else {
            continue;
        };
        let code = decode(version, &record.adaptive).unwrap();
        let found: Vec<(u32, String)> = code
            .instrs
            .iter()
            .filter_map(|i| {
                let entry = version.entry(i.raw_opcode)?;
                let special =
                    matches!(entry.form, whipsnake_bytecode::tables::Form::Specialized(_));
                special.then(|| (i.op_offset, entry.name.to_owned()))
            })
            .collect();
        assert_eq!(&found, expected, "{}", record.name);
        seen += found.len();
    }
    assert!(
        seen > 200,
        "only {seen} specialised instructions in the fixtures"
    );
}

#[test]
fn feedback_names_the_objects_that_were_seen() {
    let mut checked = 0;
    for (version, record) in fixtures() {
        let Some(expected) = &record.feedback else {
            continue;
        };
        let code = decode(version, &record.adaptive).unwrap();
        let found: Vec<Value> = code
            .instrs
            .iter()
            .filter(|i| !matches!(i.feedback, Feedback::None | Feedback::Branch { .. }))
            .map(|i| serde_json::to_value(i.feedback).unwrap())
            .collect();
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                agrees(found, expected),
                "{version} {}: found {found}, expected {expected}",
                record.name
            );
        }
        assert_eq!(
            found.len(),
            expected.len(),
            "{version} {}: {found:?}",
            record.name
        );
        checked += found.len();
    }
    assert!(
        checked > 200,
        "only {checked} instructions with expected feedback"
    );
}

#[test]
fn branches_remember_their_outcomes_and_cold_code_is_cold() {
    for (version, record) in fixtures().filter(|(_, r)| r.name == "branches") {
        let code = decode(version, &record.adaptive).unwrap();
        let histories: Vec<u16> = code
            .instrs
            .iter()
            .filter_map(|i| match i.feedback {
                Feedback::Branch { history } => Some(history),
                _ => None,
            })
            .collect();
        // `if n % 4` with n counting down: every fourth is not taken into the body.
        assert!(
            histories
                .iter()
                .any(|h| [0x1111, 0x2222, 0x4444, 0x8888].contains(h)),
            "{version}: {histories:x?}"
        );
        assert!(
            code.instrs.iter().all(|i| !i.cold),
            "{version}: everything here has run"
        );
    }
    for (version, record) in fixtures().filter(|(_, r)| r.name == "patterns") {
        let code = decode(version, &record.adaptive).unwrap();
        let of = |wanted: fn(&Op) -> bool| {
            code.instrs
                .iter()
                .filter(move |i| wanted(&i.op))
                .map(|i| i.cold)
                .collect::<Vec<_>>()
        };
        let loads = of(|op| matches!(op, Op::LoadGlobal { .. } | Op::CompareOp { .. }));
        assert!(
            !loads.is_empty() && loads.iter().all(|&cold| cold),
            "{version}: {loads:?}"
        );
    }
}

#[test]
fn instrumented_code_decodes_to_the_same_instructions() {
    for (version, record) in fixtures().filter(|(_, r)| r.instrumented) {
        let clean = decode(version, &record.clean).unwrap();
        if record.hides {
            let hidden = decode(version, &record.adaptive);
            assert!(
                matches!(hidden, Err(DecodeError::Hidden { .. })),
                "{version}: {hidden:?}"
            );
        }
        let adaptive = if record.hides {
            decode_with_clean(version, &record.adaptive, &record.clean).unwrap()
        } else {
            decode(version, &record.adaptive).unwrap()
        };
        let ops = |code: &Code| {
            code.instrs
                .iter()
                .map(|i| (i.offset, i.op))
                .collect::<Vec<_>>()
        };
        assert_eq!(ops(&adaptive), ops(&clean), "{version} {}", record.name);
        let named = |prefix: &str| {
            adaptive
                .instrs
                .iter()
                .filter(|i| {
                    version
                        .entry(i.raw_opcode)
                        .is_some_and(|e| e.name.starts_with(prefix))
                })
                .count()
        };
        assert!(named("INSTRUMENTED_") > 3, "{version} {}", record.name);
        assert_eq!(
            named("INSTRUMENTED_LINE") > 0,
            record.hides,
            "{version} {}",
            record.name
        );
    }
}

#[test]
fn executors_of_the_in_tree_jit_hide_their_jump() {
    let record = fixture("v314_executor.jsonl").next().unwrap();
    let hidden = decode(Version::V314, &record.adaptive);
    assert!(
        matches!(
            hidden,
            Err(DecodeError::Hidden {
                name: "ENTER_EXECUTOR",
                ..
            })
        ),
        "{hidden:?}"
    );
    assert!(verify(Version::V314, &record) > 10);
}

#[test]
fn loops_nest_and_know_what_they_store() {
    for (version, record) in fixtures().filter(|(_, r)| r.name == "nested_loops") {
        let code = decode(version, &record.adaptive).unwrap();
        let table = parse_exception_table(&record.exceptions).unwrap();
        let loops = loops(&code, &table);
        let nesting: Vec<_> = loops.iter().map(|l| (l.nesting, l.parent)).collect();
        assert_eq!(
            nesting,
            [(1, None), (2, Some(0)), (2, Some(0))],
            "{version}"
        );
        // Locals: rows, total, row, item.
        let stored: Vec<_> = loops.iter().map(|l| l.stored_locals.clone()).collect();
        assert_eq!(stored, [vec![1, 2, 3], vec![1, 3], vec![1]], "{version}");
        // `except TypeError: continue` is a back edge of the inner loop too.
        assert!(
            loops[1].back_edges.len() >= 3,
            "{version}: {:?}",
            loops[1].back_edges
        );
        let has_handler = loops[1]
            .body
            .iter()
            .any(|&i| code.instrs[i].op == Op::PushExcInfo);
        assert!(
            has_handler,
            "{version}: the handler that continues the loop is part of it"
        );
    }
}

#[test]
fn for_iter_leaves_where_the_interpreter_continues() {
    for (version, record) in fixtures().filter(|(_, r)| r.name == "iteration") {
        let code = decode(version, &record.adaptive).unwrap();
        let table = parse_exception_table(&[]).unwrap();
        let depths = stack_depths(&code, &table, &[(0, 0)]).unwrap();
        let mut seen = 0;
        for (index, instr) in code.instrs.iter().enumerate() {
            let Op::ForIter {
                end,
                exit,
                pops_iter,
            } = instr.op
            else {
                continue;
            };
            let at = |offset| code.index_of_offset(offset).unwrap();
            assert_eq!(code.instrs[at(end)].op, Op::EndFor);
            let depth = depths[index].unwrap();
            let exit_depth = depths[at(exit)].unwrap();
            match version {
                Version::V313 => {
                    assert_eq!(code.instrs[at(exit) - 1].op, Op::PopTop);
                    assert!(pops_iter && exit_depth == depth - 1);
                }
                Version::V314 => {
                    assert_eq!(code.instrs[at(exit)].op, Op::PopIter);
                    assert!(!pops_iter && exit_depth == depth);
                }
            }
            seen += 1;
        }
        assert_eq!(seen, 4);
    }
}

/// Run with the output of `dump_code.py --tree` for both versions to check a whole standard library.
#[test]
#[ignore = "needs WHIPSNAKE_BYTECODE_DUMP_313 and WHIPSNAKE_BYTECODE_DUMP_314: files by dump_code.py --tree"]
fn agrees_with_dis_on_a_dump() {
    for (version, variable) in [
        (Version::V313, "WHIPSNAKE_BYTECODE_DUMP_313"),
        (Version::V314, "WHIPSNAKE_BYTECODE_DUMP_314"),
    ] {
        let path = std::env::var_os(variable)
            .unwrap_or_else(|| panic!("{variable} is not set; it names a file by dump_code.py"));
        let (mut codes, mut instrs) = (0, 0);
        for record in records(Path::new(&path)) {
            instrs += verify(version, &record);
            codes += 1;
        }
        println!("{version}: {codes} code objects, {instrs} instructions");
        assert!(codes > 0, "{} is empty", Path::new(&path).display());
    }
}
