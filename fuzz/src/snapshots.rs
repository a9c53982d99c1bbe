//! Mutations of saved snapshots: what was seen of a program changes, its code does not. Numbers that refer to something take the place of others
//! that refer to the same sort of thing, so a mutant is a snapshot that a program could have given, if no usual one.

use crate::Choices;
use serde_json::Value;
use whipsnake_bytecode::{Instr, Version, decode};
use whipsnake_contract::exit::ExitReason;

/// What the interpreter promises of a code object, and what is no part of the program.
const FIXED: [&str; 19] = [
    "platform", "entry", "units", "exception_table", "address", "flags", "argcount", "kwonly", "posonly", "stacksize", "framesize", "nlocalsplus",
    "varnames", "is_cell", "names", "name_objects", "parameters", "code_address", "qualname",
];

/// The snapshot with one to four facts changed. `None` if it is none.
pub fn mutate(json: &[u8], choices: &mut Choices) -> Option<Vec<u8>> {
    let mut snapshot: Value = serde_json::from_slice(json).ok()?;
    for _ in 0..=choices.below(4) {
        match choices.below(8) {
            0 | 1 => change_caches(&mut snapshot, choices)?,
            2 => add_exit(&mut snapshot, choices)?,
            3 => change_observed(&mut snapshot, choices)?,
            4 => drop_entry(&mut snapshot, choices),
            _ => change_leaf(&mut snapshot, choices),
        }
    }
    serde_json::to_vec(&snapshot).ok()
}

/// Codes and their instructions.
fn instructions(snapshot: &Value, code: usize) -> Option<Vec<Instr>> {
    let minor = u8::try_from(snapshot.get("platform")?.get("minor")?.as_u64()?).ok()?;
    let units = snapshot.get("codes")?.get(code)?.get("units")?.as_array()?;
    let units: Vec<u16> = units.iter().filter_map(|unit| u16::try_from(unit.as_u64()?).ok()).collect();
    Some(decode(Version::new(3, minor)?, &units).ok()?.instrs)
}

fn some_code(snapshot: &Value, choices: &mut Choices) -> Option<usize> {
    Some(choices.below(snapshot.get("codes")?.as_array()?.len()))
}

/// What the interpreter keeps behind an instruction: another number there, or what an instruction of the same sort has.
fn change_caches(snapshot: &mut Value, choices: &mut Choices) -> Option<()> {
    let code = some_code(snapshot, choices)?;
    let all = instructions(snapshot, code)?;
    let cached: Vec<&Instr> = all.iter().filter(|instr| instr.next > instr.op_offset + 1).collect();
    let instr = *choices.pick(&cached)?;
    let alike: Vec<&&Instr> = cached.iter().filter(|other| other.base_opcode == instr.base_opcode && other.offset != instr.offset).collect();
    let other = choices.pick(&alike).map(|other| other.op_offset);
    let units = snapshot.get_mut("codes")?.get_mut(code)?.get_mut("units")?.as_array_mut()?;
    match other {
        Some(from) if choices.below(2) == 0 => {
            // Its specialisation comes along; the argument stays.
            let opcode = units[from as usize].as_u64()? & 0xff;
            let argument = units[instr.op_offset as usize].as_u64()? & 0xff00;
            units[instr.op_offset as usize] = (argument | opcode).into();
            for index in 1..instr.next - instr.op_offset {
                units[(instr.op_offset + index) as usize] = units[(from + index) as usize].clone();
            }
        }
        _ => {
            let at = instr.op_offset as usize + 1 + choices.below((instr.next - instr.op_offset - 1) as usize);
            let word = choices.word() as u16 >> choices.below(16);
            units[at] = word.into();
        }
    }
    Some(())
}

/// An exit that an earlier unit is said to have taken.
fn add_exit(snapshot: &mut Value, choices: &mut Choices) -> Option<()> {
    let code = some_code(snapshot, choices)?;
    let offset = choices.pick(&instructions(snapshot, code)?)?.offset;
    let reason = choices.pick(ExitReason::ALL)?;
    let types = snapshot.get("types")?.as_array()?.len();
    let seen: Vec<Value> = (0..choices.below(4)).map(|_| serde_json::json!({"type_id": choices.below(types), "format": 0})).collect();
    let exit = serde_json::json!({"offset": offset, "reason": reason, "count": 1 << choices.below(12), "types": seen});
    snapshot.get_mut("codes")?.get_mut(code)?.get_mut("exits_seen")?.as_array_mut()?.push(exit);
    Some(())
}

/// Another object, or none, in a slot at the entry.
fn change_observed(snapshot: &mut Value, choices: &mut Choices) -> Option<()> {
    let types = snapshot.get("types")?.as_array()?.len();
    let entry = snapshot.get_mut("entry")?.as_object_mut()?.values_mut().next()?;
    let slots = ["slots", "arguments"].into_iter().find(|name| entry.get(name).is_some())?;
    let slots = entry.get_mut(slots)?.as_array_mut()?;
    let at = choices.below(slots.len());
    let slot = slots.get_mut(at)?;
    if slot.is_object() {
        *slot = serde_json::json!({"Object": {"type_id": choices.below(types), "big": choices.below(4) == 0, "format": 0}});
    }
    Some(())
}

/// A path to a value: keys and indices.
type Path = Vec<String>;

/// All values that may change, with the key of each: that of the object it is in, through arrays.
fn places(value: &Value, path: &mut Path, key: &str, visit: &mut dyn FnMut(&Path, &str, &Value)) {
    visit(path, key, value);
    let mut step = |name: &str, key: &str, inner: &Value| {
        path.push(name.to_owned());
        places(inner, path, key, visit);
        path.pop();
    };
    match value {
        Value::Object(fields) => fields.iter().filter(|(name, _)| !FIXED.contains(&name.as_str())).for_each(|(name, inner)| step(name, name, inner)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, inner)| step(&index.to_string(), key, inner)),
        _ => {}
    }
}

fn at<'a>(snapshot: &'a mut Value, path: &Path) -> Option<&'a mut Value> {
    path.iter().try_fold(snapshot, |value, step| match value {
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        other => other.get_mut(step),
    })
}

/// A fact becomes what the fact of that name is elsewhere; what is true or false becomes the other.
fn change_leaf(snapshot: &mut Value, choices: &mut Choices) {
    let mut found: Vec<(Path, String, Value)> = Vec::new();
    places(snapshot, &mut Vec::new(), "", &mut |path, key, value| {
        // Every snapshot has None, False and True once.
        let is_singleton = key == "Bool" || key == "kind" && (value == "None" || value.get("Bool").is_some());
        let is_fact = !matches!(value, Value::Object(_) | Value::Array(_)) || key == "kind" && path.last().is_some_and(|last| last == "kind");
        if is_fact && !is_singleton {
            found.push((path.clone(), key.to_owned(), value.clone()));
        }
    });
    let Some((path, key, value)) = choices.pick(&found) else { return };
    let new = match value {
        Value::Bool(value) => Value::Bool(!value),
        _ => {
            let alike: Vec<&Value> = found.iter().filter(|(_, other, new)| other == key && new != value).map(|(_, _, new)| new).collect();
            let Some(&new) = choices.pick(&alike) else { return };
            new.clone()
        }
    };
    if let Some(place) = at(snapshot, path) {
        *place = new;
    }
}

/// Tables by name or number of a code or a type: something was not found there.
const TABLES: [&str; 7] =
    ["attributes", "global_values", "types_by_version", "objects_by_address", "functions_by_version", "operand_types", "exits_seen"];

fn drop_entry(snapshot: &mut Value, choices: &mut Choices) {
    let mut found: Vec<Path> = Vec::new();
    places(snapshot, &mut Vec::new(), "", &mut |path, _, value| {
        let is_table = path.last().is_some_and(|last| TABLES.contains(&last.as_str()));
        if is_table && (value.as_object().is_some_and(|table| !table.is_empty()) || value.as_array().is_some_and(|table| !table.is_empty())) {
            found.push(path.clone());
        }
    });
    let Some(path) = choices.pick(&found).cloned() else { return };
    match at(snapshot, &path) {
        Some(Value::Object(table)) => {
            let keys: Vec<String> = table.keys().cloned().collect();
            if let Some(key) = choices.pick(&keys) {
                table.remove(key);
            }
        }
        Some(Value::Array(table)) => drop(table.remove(choices.below(table.len()))),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path as File;
    use whipsnake_contract::snapshot::{ObjectKind, Snapshot};

    /// A saved snapshot of the frontend's tests.
    fn saved(name: &str) -> Vec<u8> {
        let directory = File::new(env!("CARGO_MANIFEST_DIR")).join("../crates/frontend/tests/snapshots/3.14");
        let read = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(directory.join(name)).unwrap()).unwrap() };
        let mut snapshot = read(name);
        snapshot["platform"] = read("platform.json");
        serde_json::to_vec(&snapshot).unwrap()
    }

    #[test]
    fn mutants_are_snapshots_and_differ() {
        let original = saved("attributes.json");
        let first: Snapshot = serde_json::from_slice(&original).unwrap();
        let mut changed = 0;
        for seed in 0..300 {
            let mutant = mutate(&original, &mut Choices::new(seed)).unwrap();
            let snapshot: Snapshot = serde_json::from_slice(&mutant).unwrap_or_else(|error| panic!("{seed}: {error}"));
            changed += usize::from(snapshot != first);
            let singletons = |snapshot: &Snapshot| snapshot.objects.iter().filter(|info| matches!(info.kind, ObjectKind::None | ObjectKind::Bool(_))).count();
            assert_eq!(singletons(&snapshot), singletons(&first), "{seed}");
        }
        assert!(changed > 200, "{changed} of 300");
    }
}
