//! Boxes, reference counts, memory and calls: machine code against the reference interpreter.

use std::rc::Rc;
use whipsnake_conformance::world::Event;
use whipsnake_conformance::{Unit, World};
use whipsnake_contract::exit::{ExitReason, Resume};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::interp::Outcome;
use whipsnake_ir::parse::parse;

const MINORS: [u8; 2] = [13, 14];

fn unit(world: &Rc<World>, text: &str) -> Unit {
    Unit::new(world, &parse(text).unwrap_or_else(|error| panic!("{error}\n{text}")))
}

/// Values whose boxes and digits differ in kind.
const INTS: [i64; 22] = [
    0,
    1,
    -1,
    -5,
    -6,
    256,
    257,
    1000,
    -1000,
    (1 << 30) - 1,
    1 << 30,
    -(1 << 30) + 1,
    -(1 << 30),
    1 << 31,
    1 << 59,
    1 << 60,
    -(1 << 60),
    1 << 62,
    i64::MAX,
    i64::MIN,
    i64::MIN + 1,
    12_345_678_901,
];

const UNBOX: &str = "function %f abi function {
  s0 = code 0 at 2 execute locals [borrowed v3]
block0(v0: ptr, v1: obj, v2: ptr):
  v3: obj = load.obj.other v2
  v4: i64 = unbox_int v3 [s0]
  store.i64.other v2+8, v4
  v5: obj = null
  return v5
}";

#[test]
fn ints_are_unboxed() {
    for minor in MINORS {
        let world = Rc::new(World::new(minor, 0));
        let unit = unit(&world, UNBOX);
        for value in INTS {
            let object = if (-5..257).contains(&value) { world.small_int(value) } else { world.int(value) };
            let seen = unit.check(&[object, 0]);
            assert_eq!(seen.outcome, Outcome::Return(0));
            assert_eq!(seen.arguments[1] as i64, value);
            let compact = world.int(value);
            unit.check(&[compact, 0]);
        }
        let platform = world.platform();
        for (object, value) in [(platform.true_, 1), (platform.false_, 0)] {
            assert_eq!(unit.check(&[object, 7]).arguments[1], value);
        }
        let huge = world.huge_int();
        let seen = unit.check(&[huge, 7]);
        assert_eq!(seen.outcome, Outcome::Exit { exit: 0, words: vec![huge] });
        assert_eq!(unit.compiled.exits[0].reason, ExitReason::BigInt);
    }
}

#[test]
fn values_are_boxed() {
    let text = "function %f abi function {
block0(v0: ptr, v1: obj, v2: ptr):
  v3: i64 = load.i64.other v2
  v4: f64 = load.f64.other v2+8
  v5: i64 = load.i64.other v2+16
  v6: i64 = iconst 0
  v7: bool = icmp.ne v5, v6
  v8: obj = box_int v3
  v9: obj = box_float v4
  v10: obj = box_float v4
  v11: obj = box_bool v7
  v12: f64 = unbox_float v10
  v13: f64 = fadd v12, v4
  store.obj.other v2+24, v8
  store.obj.other v2+32, v9
  store.obj.other v2+40, v10
  store.obj.other v2+48, v11
  store.f64.other v2+56, v13
  return v8
}";
    for minor in MINORS {
        for free_objects in [0, 1, 2, 50] {
            let world = Rc::new(World::new(minor, free_objects));
            let unit = unit(&world, text);
            for value in INTS {
                for flag in [0, 1] {
                    let seen = unit.check(&[value as u64, 2.5f64.to_bits(), flag]);
                    assert_eq!(seen.arguments[7], 5f64.to_bits());
                    let int_at_hand =
                        (-5..257).contains(&value) || minor == 14 && free_objects > 0 && value.unsigned_abs() < 1 << 30;
                    let calls = 2 - free_objects.min(2) + usize::from(!int_at_hand);
                    assert_eq!(world.int_value_in(&seen.memory, seen.arguments[3]), Some(value));
                    assert_eq!(seen.events.len(), calls, "helpers are called only for what is not at hand");
                }
            }
        }
    }
}

#[test]
fn references_are_counted() {
    let text = |op: &str| {
        format!(
            "function %f abi function {{
  s0 = code 0 at 2 execute locals [borrowed v3, raw v6]
block0(v0: ptr, v1: obj, v2: ptr):
  v3: obj = load.obj.other v2
  v6: f64 = load.f64.other v2+8
  {op}
  v5: obj = null
  return v5
}}"
        )
    };
    let ops = ["incref v3", "decref v3 [s0]", "decref_leaf v3", "decref_plain v3"];
    for minor in MINORS {
        for op in ops {
            let world = Rc::new(World::new(minor, 2));
            let unit = unit(&world, &text(op));
            for known in [KnownType::Float, KnownType::List, KnownType::Int] {
                for (count, leaves) in [
                    (1u64, false),
                    (1, true),
                    (2, false),
                    (0x7fff_fffe, false),
                    (0x8000_0000, false),
                    (0xffff_ffff, true),
                    (0xc000_0000, false),
                ] {
                    let object = world.object(known, [0; 3]);
                    // The upper half of the word is not part of the count.
                    world.write(object, count | 0x1234_0000_0000_0000);
                    world.observe_leaves.set(leaves);
                    let seen = unit.check(&[object, 1.5f64.to_bits()]);
                    let dies = count == 1 && op != "incref v3";
                    let inline = known == KnownType::Float || known == KnownType::Int && minor == 14;
                    assert_eq!(seen.events.len(), usize::from(dies && !inline), "{op} {known:?} {count:#x}");
                    let observes = op.ends_with("[s0]") && dies && known == KnownType::List;
                    match observes && leaves {
                        true => {
                            let words = vec![object, 1.5f64.to_bits()];
                            assert_eq!(seen.outcome, Outcome::Exit { exit: 0, words });
                            assert_eq!(unit.compiled.exits[0].resume, Resume::Observe);
                        }
                        false => assert_eq!(seen.outcome, Outcome::Return(0)),
                    }
                }
            }
        }
    }
}

#[test]
fn a_full_free_list_takes_no_more() {
    let text = "function %f abi function {
block0(v0: ptr, v1: obj, v2: ptr):
  v3: obj = load.obj.other v2
  decref_leaf v3
  v5: obj = null
  return v5
}";
    for minor in MINORS {
        for (free, calls) in [(98, 0), (99, 0), (100, 1)] {
            let world = Rc::new(World::new(minor, free));
            let unit = unit(&world, text);
            let float = world.float(1.0);
            assert_eq!(unit.check(&[float]).events.len(), calls, "{free} free floats");
            let (int, big) = (world.int(-300), world.int(1 << 40));
            let calls = if minor == 14 { calls } else { 1 };
            assert_eq!(unit.check(&[int]).events.len(), calls, "{free} free ints");
            assert_eq!(unit.check(&[big]).events.len(), 1, "ints of two digits have no list");
        }
    }
}

#[test]
fn frame_slots_are_read_and_written() {
    let text = "function %f abi function {
block0(v0: ptr, v1: obj, v2: ptr):
  v5: obj = read_slot.obj.frame v2
  store.obj.frame v2+24, v5
  v3: obj = take_slot.obj.frame v2
  store_slot.obj.frame v2+8, v3
  store.obj.frame v2+16, v3
  v4: obj = null
  store_slot.obj.frame v2, v4
  return v4
}";
    for minor in MINORS {
        let world = Rc::new(World::new(minor, 0));
        let unit = unit(&world, text);
        let tag = u64::from(minor == 14);
        let (mortal, immortal) = (world.int(1000), world.small_int(3));
        let count = |object: u64| world.read_bytes(object, 4);
        for (word, object, stored) in [
            (tag, 0, tag),
            (mortal, mortal, mortal),
            (mortal | tag, mortal, mortal),
            (immortal | tag, immortal, immortal | tag),
        ] {
            let before = count(mortal);
            let seen = unit.check(&[word]);
            assert_eq!(seen.arguments[..4], [tag, stored, object, object], "{word:#x}");
            assert_eq!(count(mortal), before, "the world is as before");
        }
        let seen = unit.check(&[mortal | tag]);
        let at = world.index(mortal);
        assert_eq!(seen.memory[at] as u32, 1 + tag as u32, "a borrowed object gets a reference");
    }
}

#[test]
fn memory_is_accessed_in_all_sizes() {
    let sizes = ["u8", "i8", "u16", "i16", "u32", "i32", "i64", "f32", "f64", "obj", "ptr"];
    let world = Rc::new(World::new(14, 0));
    for size in sizes {
        let ty = match size {
            "f32" | "f64" => "f64",
            "obj" | "ptr" => size,
            _ => "i64",
        };
        let text = format!(
            "function %f abi function {{
block0(v0: ptr, v1: obj, v2: ptr):
  v3: i64 = load.i64.other v2
  v4: {ty} = load.{size}.array v2+16
  v5: {ty} = load_indexed.{size}.array v2+16, v3
  store.{size}.array v2+32, v4
  store_indexed.{size}.array v2+40, v3, v5
  v6: i64 = load.i64.other v2+8
  v7: ptr = offset v2, v6
  store.i64.other v7, v3
  v8: obj = null
  return v8
}}"
        );
        let unit = unit(&world, &text);
        for index in [0, 1] {
            for words in
                [[0x8182_8384_8586_8788, 0x7f11_2233_4455_6677], [0x3ff0_0000_4048_f5c3, 0x4009_21fb_5444_2d18]]
            {
                unit.check(&[index, 64 + 8 * index, words[0], words[1]]);
            }
        }
    }
}

#[test]
fn helpers_and_units_are_called() {
    let world = Rc::new(World::new(14, 0));
    let text = "function %f abi function {
block0(v0: ptr, v1: obj, v2: ptr):
  v3: obj = load.obj.other v2
  v4: f64 = load.f64.other v2+8
  v5: i64 = iconst 3
  v6: f64 = call_helper.float_mod v4, v4
  v7: obj = call_helper.binary_op v3, v1, v5
  v8: ptr = load.ptr.other v2+16
  v9: obj = call_native v8, v0, v1, v2
  call_helper.set_function_attribute v3, v7, v5
  store.f64.other v2+24, v6
  store.obj.other v2+32, v7
  return v9
}";
    let unit = unit(&world, text);
    let seen = unit.check(&[world.int(9), 4.5f64.to_bits(), whipsnake_conformance::helpers::native_address()]);
    assert_eq!(seen.events.len(), 4);
    assert!(matches!(seen.events[2], Event::Native(_)), "{:?}", seen.events);
}

/// C functions are called at their address, on the hot path directly.
#[test]
fn c_functions_are_called() {
    let world = Rc::new(World::new(14, 0));
    let text = "function %f abi function {
block0(v0: ptr, v1: obj, v2: ptr):
  v3: ptr = load.ptr.other v2
  v4: i64 = load.i64.other v2+8
  v5: obj = call_helper.call_c v3, v1, v2, v4
  v6: i64 = load.i64.other v2+16
  v7: i64 = iconst 0
  v8: bool = icmp.ne v6, v7
  branch v8, block1, block2
block1 cold:
  v9: obj = call_helper.call_c v3, v5, v2, v6
  return v9
block2:
  return v5
}";
    let unit = unit(&world, text);
    for (again, calls) in [(0, 1), (4, 2)] {
        let seen = unit.check(&[whipsnake_conformance::helpers::native_address(), 7, again]);
        let native = seen.events.iter().filter(|event| matches!(event, Event::Native(_))).count();
        assert_eq!((native, seen.events.len()), (calls, calls), "{:?}", seen.events);
    }
}

/// Every helper can be called from a hot and from a cold block, where all live values survive the call.
#[test]
fn calls_in_cold_blocks_preserve_all_values() {
    for &helper in Helper::ALL.iter().filter(|h| !matches!(h, Helper::observe | Helper::destroy_unseen | Helper::unbox_int_slow)) {
        let world = Rc::new(World::new(14, 0));
        let mut text = String::from(
            "function %f abi function {\nblock0(v0: ptr, v1: obj, v2: ptr):\n  v3: i64 = load.i64.other v2\n",
        );
        let mut next = 4;
        let mut line = |text: &mut String, ty: &str, rest: &str| {
            text.push_str(&format!("  v{next}: {ty} = {rest}\n"));
            next += 1;
            next - 1
        };
        let live: Vec<u32> = (0..18).map(|_| line(&mut text, "f64", "load.f64.other v2+8")).collect();
        let ints: Vec<u32> =
            (0..12).map(|i| line(&mut text, "i64", &format!("load.i64.other v2+{}", 8 * (i % 3)))).collect();
        let sums: Vec<u32> = ints.iter().map(|v| line(&mut text, "i64", &format!("iadd v{v}, v3"))).collect();
        let floats: Vec<u32> =
            live.iter().map(|v| line(&mut text, "f64", &format!("fadd v{v}, v{}", live[0]))).collect();
        let zero = line(&mut text, "i64", "iconst 0");
        let flag = line(&mut text, "bool", &format!("icmp.ne v3, v{zero}"));
        text.push_str(&format!("  branch v{flag}, block1, block2\nblock1 cold:\n"));
        let args: Vec<u32> = helper
            .info()
            .args
            .iter()
            .map(|arg| {
                let (ty, size) = match whipsnake_ir::function::arg_type(*arg) {
                    whipsnake_ir::Ty::F64 => ("f64", "f64"),
                    whipsnake_ir::Ty::I64 => ("i64", "i64"),
                    whipsnake_ir::Ty::Obj => ("obj", "obj"),
                    _ => ("ptr", "ptr"),
                };
                line(&mut text, ty, &format!("load.{size}.other v2+8"))
            })
            .collect();
        let args = args.iter().map(|v| format!("v{v}")).collect::<Vec<_>>().join(", ");
        let call = format!("call_helper.{} {args}", helper.info().name);
        match helper.info().result.map(whipsnake_ir::function::arg_type) {
            None => text.push_str(&format!("  {call}\n")),
            Some(ty) => {
                let result = line(&mut text, ty.name(), &call);
                let size = if ty == whipsnake_ir::Ty::I64 { "i64" } else { ty.name() };
                text.push_str(&format!("  store.{size}.other v2+24, v{result}\n"));
            }
        }
        text.push_str("  jump block2\nblock2:\n");
        for (i, v) in sums.iter().enumerate() {
            text.push_str(&format!("  store.i64.other v2+{}, v{v}\n", 32 + 8 * (i % 8)));
        }
        let total = floats.iter().fold(live[1], |sum, v| line(&mut text, "f64", &format!("fadd v{sum}, v{v}")));
        text.push_str(&format!("  store.f64.other v2+96, v{total}\n"));
        let null = line(&mut text, "obj", "null");
        text.push_str(&format!("  return v{null}\n}}\n"));
        let unit = unit(&world, &text);
        for flag in [0, 1] {
            let object = world.object(KnownType::List, [0; 3]);
            let seen = unit.check(&[flag, object]);
            assert_eq!(seen.events.len(), flag as usize, "{helper:?}");
        }
    }
}
