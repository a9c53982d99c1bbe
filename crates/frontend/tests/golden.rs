//! Snapshots of live functions (`programs.py`, taken by `capture.py`) compile to the IR that lies next to them, and
//! everything that the frontend makes of them keeps the rules of the IR. `WHIPSNAKE_BLESS=1` rewrites the IR.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use whipsnake_bytecode::{Version, decode};
use whipsnake_contract::exit::{ExitPolicy, ExitReason};
use whipsnake_contract::snapshot::{Attribute, Entry, KnownType, Observed, SeenExit, Snapshot};
use whipsnake_frontend::{GiveUp, compile};
use whipsnake_frontend::coverage::left_to_interpreter;
use whipsnake_ir::verify::verify_text;
use whipsnake_ir::{Function, Imm, Op};

const VERSIONS: [&str; 2] = ["3.13", "3.14"];

fn directory(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(version)
}

/// The snapshots of a version by name.
fn snapshots(version: &str) -> Vec<(String, Snapshot)> {
    let read = |path: &Path| -> serde_json::Value {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let directory = directory(version);
    let platform = read(&directory.join("platform.json"));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_some_and(|e| e == "json") && name != "platform" {
            let mut value = read(&path);
            value["platform"] = platform.clone();
            let snapshot = serde_json::from_value(value)
                .unwrap_or_else(|error| panic!("{}: {error}; capture.py takes it again", path.display()));
            found.push((name, snapshot));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(found.len() > 20, "{} snapshots for {version}", found.len());
    found
}

fn compiled(name: &str, snapshot: &Snapshot) -> Function {
    let function = compile(snapshot).unwrap_or_else(|reason| panic!("{name}: {reason}"));
    if let Some(problems) = verify_text(&function) {
        panic!("{name}:\n{problems}\n{function}");
    }
    function
}

#[test]
fn ir_is_as_recorded() {
    let bless = std::env::var_os("WHIPSNAKE_BLESS").is_some();
    let mut different = Vec::new();
    for version in VERSIONS {
        for (name, snapshot) in snapshots(version) {
            let text = compiled(&format!("{version}/{name}"), &snapshot).to_string();
            let path = directory(version).join(format!("{name}.wir"));
            if bless {
                std::fs::write(&path, &text).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
                different.push(format!("{version}/{name}.wir"));
            }
        }
    }
    assert!(different.is_empty(), "{different:?} are out of date: run with WHIPSNAKE_BLESS=1 and look at the difference");
}

/// The same snapshot always gives the same code.
#[test]
fn compilation_is_deterministic() {
    for version in VERSIONS {
        for (name, snapshot) in snapshots(version) {
            assert_eq!(compiled(&name, &snapshot).to_string(), compiled(&name, &snapshot).to_string());
        }
    }
}

/// Exits that earlier units took make the frontend go other ways: the IR must be valid on all of them.
#[test]
fn ir_is_valid_whatever_exits_were_seen() {
    let speculative: Vec<ExitReason> =
        ExitReason::ALL.iter().copied().filter(|reason| reason.policy() == ExitPolicy::Speculation).collect();
    for version in VERSIONS {
        for (name, snapshot) in snapshots(version) {
            let everywhere = |reasons: &[ExitReason]| {
                let mut snapshot = snapshot.clone();
                for code in &mut snapshot.codes {
                    for offset in 0..code.units.len() as u32 {
                        code.exits_seen.extend(reasons.iter().map(|&reason| SeenExit {
                            offset,
                            reason,
                            count: 50,
                            types: Vec::new(),
                        }));
                    }
                }
                snapshot
            };
            for &reason in &speculative {
                compiled(&format!("{version}/{name} with {} exits", reason.name()), &everywhere(&[reason]));
            }
            compiled(&format!("{version}/{name} with all exits"), &everywhere(&speculative));
        }
    }
}

/// Any object in any slot of the entry gives IR, or the reason why there is none; also one that the code never puts there.
#[test]
fn ir_is_valid_whatever_was_in_a_slot() {
    let mut refused = 0;
    for version in VERSIONS {
        for (name, snapshot) in snapshots(version) {
            let (Entry::Function { arguments: slots } | Entry::Loop { slots, .. } | Entry::Resume { slots, .. }) = &snapshot.entry;
            let kinds = [KnownType::Int, KnownType::Float, KnownType::Bool, KnownType::Tuple];
            let types = (0..).zip(&snapshot.types).filter(|(_, info)| info.known.is_some_and(|known| kinds.contains(&known)));
            let others = types.map(|(type_id, _)| Observed::Object { type_id, big: false, huge: false, format: 0 }).chain([Observed::Null]);
            for (slot, other) in others.flat_map(|other| (0..slots.len()).map(move |slot| (slot, other))) {
                let mut changed = snapshot.clone();
                let (Entry::Function { arguments: slots } | Entry::Loop { slots, .. } | Entry::Resume { slots, .. }) = &mut changed.entry;
                slots[slot] = other;
                match compile(&changed) {
                    Ok(function) => assert_eq!(verify_text(&function), None, "{version}/{name}, {other:?} in slot {slot}"),
                    Err(reason) => refused += usize::from(matches!(reason, GiveUp::Contradiction(_))),
                }
            }
        }
    }
    assert!(refused > 0, "no slot of a container or cell is among them");
}

/// Attributes of types whose instances may have lost their inline values are loaded from either place: only stores rely on them.
#[test]
fn lost_values_are_loaded_from_the_dictionary() {
    for version in VERSIONS {
        let mut found = 0;
        for (name, snapshot) in snapshots(version) {
            let mut lost = snapshot.clone();
            for info in &mut lost.types {
                info.loses_values = info.inline_values;
            }
            let count = |snapshot: &Snapshot, text: &str| compiled(&format!("{version}/{name}"), snapshot).to_string().matches(text).count();
            if count(&snapshot, "guard.inline-values") > 0 {
                assert!(count(&lost, "guard.inline-values") < count(&snapshot, "guard.inline-values"), "{version}/{name}");
                let asked = count(&lost, "dict_get_str") + count(&lost, "dict_has_plain");
                assert!(asked > count(&snapshot, "dict_get_str") + count(&snapshot, "dict_has_plain"), "{version}/{name}");
                found += 1;
            }
        }
        assert!(found >= 3, "{found} of {version}");
    }
}

/// A class's value under a name that instances may have, too, is chosen where they have none.
#[test]
fn defaults_of_classes_need_no_guard() {
    for version in VERSIONS {
        let mut found = 0;
        for (name, snapshot) in snapshots(version) {
            let mut with_defaults = snapshot.clone();
            for info in &mut with_defaults.types {
                for attribute in info.attributes.values_mut() {
                    if let Attribute::InlineValue { default, .. } = attribute {
                        *default = Some(0);
                        found += 1;
                    }
                }
            }
            let unbound = |snapshot: &Snapshot| compiled(&format!("{version}/{name}"), snapshot).to_string().matches("guard_not_null.unbound").count();
            assert!(unbound(&with_defaults) <= unbound(&snapshot), "{version}/{name}");
            found += 100 * usize::from(unbound(&with_defaults) < unbound(&snapshot));
        }
        assert!(found >= 100, "no guard of {version} went away");
    }
}

/// Code that is compiled without feedback is valid too.
#[test]
fn ir_is_valid_without_feedback() {
    for version in VERSIONS {
        for (name, mut snapshot) in snapshots(version) {
            for code in &mut snapshot.codes {
                code.types_by_version.clear();
                code.objects_by_address.clear();
                code.functions_by_version.clear();
                code.global_values.clear();
            }
            compiled(&format!("{version}/{name} without feedback"), &snapshot);
        }
    }
}

/// Native code leaves with `uncompiled` where `coverage` says so and nowhere else.
#[test]
fn uncompiled_exits_are_declared() {
    let mut left = BTreeSet::new();
    for version in VERSIONS {
        let decoder = if version == "3.13" { Version::V313 } else { Version::V314 };
        for (name, snapshot) in snapshots(version) {
            let function = compiled(&name, &snapshot);
            let exits = function.blocks.iter().flat_map(|block| &block.insts).map(|&inst| function.inst(inst));
            for exit in exits.filter(|data| data.op == Op::Exit && data.imm == Imm::Exit(ExitReason::Uncompiled)) {
                let state = &function.states[exit.state.unwrap().index()];
                let code = &snapshot.codes[state.code as usize];
                let decoded = decode(decoder, &code.units).unwrap();
                let index = decoded.index_of_offset(state.offset).unwrap();
                let op = decoded.instrs[index].op;
                assert!(left_to_interpreter(op.name()).is_some(), "{version}/{name} leaves at {op:?}");
                left.insert(op.name());
            }
        }
    }
    assert!(!left.is_empty(), "no snapshot has an instruction that is not compiled");
}
