//! Whatever the input, decoding gives a result, and results are consistent.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use whipsnake_bytecode::{
    ALL, Version, blocks, decode, decode_with_clean, loops, parse_exception_table, stack_depths,
};

fn version() -> impl Strategy<Value = Version> {
    prop::sample::select(Version::ALL)
}

/// Instructions, caches filled in, such that decoding mostly succeeds: opcodes that can stand in
/// code, arguments mostly small, room for jumps at the end.
fn plausible(version: Version) -> impl Strategy<Value = Vec<u16>> {
    let instructs = |&o: &u8| {
        version.entry(o).is_some_and(|e| {
            e.base.is_some() && !matches!(e.name, "CACHE" | "RESERVED" | "EXTENDED_ARG")
        })
    };
    let opcodes: Vec<u8> = (0..=u8::MAX).filter(instructs).collect();
    let oparg = prop_oneof![20 => Just(2u8), 4 => 0..8u8, 1 => any::<u8>()];
    vec((prop::sample::select(opcodes), oparg), 0..12).prop_map(move |instructions| {
        let nop = (0..=u8::MAX).find(|&o| version.entry(o).is_some_and(|e| e.name == "NOP"));
        let room = std::iter::repeat_n((nop.unwrap(), 0), 10);
        instructions
            .into_iter()
            .chain(room)
            .flat_map(|(opcode, oparg)| {
                let caches = version.entry(opcode).map_or(0, |e| usize::from(e.caches));
                let unit = u16::from_ne_bytes([opcode, oparg]);
                [unit].into_iter().chain(std::iter::repeat_n(17, caches))
            })
            .collect()
    })
}

/// Everything that can be asked of the code, for panics and for what must hold of any result.
/// Gives whether it decoded.
fn exercise(version: Version, units: &[u16], clean: &[u16], table: &[u8]) -> bool {
    let mut decoded = false;
    let table = parse_exception_table(table).unwrap_or_default();
    for offset in 0..=units.len() as u32 {
        if let Some(handler) = table.handler_for(offset) {
            assert!(handler.start <= offset && offset < handler.end);
        }
    }
    for code in [
        decode(version, units),
        decode_with_clean(version, units, clean),
    ] {
        let Ok(code) = code else { continue };
        decoded = true;
        let mut next = 0;
        for (index, instr) in code.instrs.iter().enumerate() {
            assert_eq!(instr.offset, next);
            assert!(instr.offset <= instr.op_offset && instr.op_offset < instr.next);
            assert_eq!(code.index_of_offset(instr.offset), Some(index));
            assert_eq!(code.index_covering(instr.next - 1), Some(index));
            if let Some(target) = instr.op.jump_target() {
                assert!(code.index_of_offset(target).is_some());
            }
            next = instr.next;
        }
        assert_eq!(next, units.len() as u32);
        assert_eq!(code.len(), next);
        let blocks = blocks(&code, &table);
        assert_eq!(
            blocks.iter().map(|b| b.end - b.start).sum::<usize>(),
            code.instrs.len()
        );
        for found in loops(&code, &table) {
            assert!(found.contains(found.header));
        }
        if let Ok(depths) = stack_depths(&code, &table, &[(0, 0)]) {
            assert_eq!(depths.len(), code.instrs.len());
        }
    }
    decoded
}

proptest! {
    #[test]
    fn arbitrary_units(version in version(), units in vec(any::<u16>(), 0..200), table in vec(any::<u8>(), 0..60)) {
        exercise(version, &units, &units, &table);
    }

    #[test]
    fn arbitrary_exception_tables(table in vec(any::<u8>(), 0..200)) {
        if let Ok(table) = parse_exception_table(&table) {
            for pair in table.handlers().windows(2) {
                prop_assert!(pair[0].end <= pair[1].start);
            }
        }
    }
}

/// As the properties above, but counts: inputs that never decode would test little.
#[test]
fn plausible_units() {
    let mut runner = TestRunner::deterministic();
    let mut decoded = 0;
    let inputs = version().prop_flat_map(|v| (Just(v), plausible(v), vec(any::<u8>(), 0..60)));
    for _ in 0..2000 {
        let (version, units, table) = inputs.new_tree(&mut runner).unwrap().current();
        decoded += usize::from(exercise(version, &units, &units, &table));
    }
    assert!(decoded > 200, "only {decoded} of 2000 inputs decoded");
}

#[test]
fn every_declared_instruction_is_documented() {
    for info in ALL {
        assert!(info.doc.trim().len() > 3, "{}", info.name);
        assert!(
            info.stack_effect.starts_with("( ") && info.stack_effect.contains("--"),
            "{}",
            info.name
        );
    }
}

/// Each base opcode decodes (with one of a few arguments), and where the interpreter's own table
/// gives a stack effect, so does ours. `RETURN_VALUE` of 3.14 counts the value pushed in the caller.
#[test]
fn every_opcode_has_a_neutral_form_with_the_interpreters_stack_effect() {
    for &version in Version::ALL {
        for opcode in 0..=u8::MAX {
            let Some(entry) = version.entry(opcode) else {
                continue;
            };
            if matches!(entry.name, "CACHE" | "RESERVED" | "EXTENDED_ARG") || entry.base.is_none() {
                continue;
            }
            let decoded = (0..=2u8).chain([27]).find_map(|oparg| {
                let mut units = vec![u16::from_ne_bytes([opcode, oparg])];
                units.resize(1 + usize::from(entry.caches), 0);
                // Room for forward targets.
                let nop =
                    (0..=u8::MAX).find(|&o| version.entry(o).is_some_and(|e| e.name == "NOP"));
                units.resize(units.len() + 40, u16::from_ne_bytes([nop.unwrap(), 0]));
                decode(version, &units).ok().map(|code| code.instrs[0])
            });
            let instr =
                decoded.unwrap_or_else(|| panic!("{version} {} has no neutral form", entry.name));
            assert_eq!(Some(instr.base_opcode), entry.base);
            let (popped, pushed) = instr.op.stack_effect();
            if entry.name.ends_with("RETURN_VALUE") {
                continue;
            }
            if let (Some(p), Some(q)) = (entry.popped, entry.pushed) {
                assert_eq!(
                    (popped, pushed),
                    (u32::from(p), u32::from(q)),
                    "{version} {}",
                    entry.name
                );
            }
        }
    }
}
