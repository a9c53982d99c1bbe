//! Control flow, loops and exits: machine code against the reference interpreter.

use std::rc::Rc;
use whipsnake_conformance::{Unit, World};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::interp::Outcome;
use whipsnake_ir::parse::parse;

fn unit(world: &Rc<World>, text: &str) -> Unit {
    Unit::new(world, &parse(text).unwrap_or_else(|error| panic!("{error}\n{text}")))
}

#[test]
fn a_loop_leaves_by_its_exits() {
    let world = Rc::new(World::new(14, 0));
    // while i < n: total += i * i; i += 1
    let text = "function %squares abi loop {
  s0 = code 0 at 4 execute frame v1 locals [raw v5, raw v6, in_frame]
  s1 = code 0 at 9 execute frame v1 locals [raw v5, raw v6, in_frame] stack [raw v5, raw v6]
block0(v0: ptr, v1: ptr):
  v2: i64 = load.i64.frame v1
  v3: i64 = load.i64.frame v1+8
  v4: i64 = load.i64.frame v1+16
  jump block1(v2, v3)
block1(v5: i64, v6: i64):
  v7: bool = icmp.lt v5, v4
  branch v7, block2, block3
block2:
  v8: i64 = imul_checked v5, v5 [s1]
  v9: i64 = iadd_checked v6, v8 [s1]
  v10: i64 = iconst 1
  v11: i64 = iadd_checked v5, v10 [s1]
  jump block1(v11, v9)
block3:
  exit.loop-end [s0]
}";
    let unit = unit(&world, text);
    let reason = |outcome: &Outcome| match outcome {
        Outcome::Exit { exit, words } => (unit.compiled.exits[*exit as usize].reason, words.clone()),
        other => panic!("the loop left by {other:?}"),
    };
    let seen = unit.check(&[0, 0, 100]);
    let (why, words) = reason(&seen.outcome);
    assert_eq!((why, words[1], words[2]), (ExitReason::LoopEnd, 100, 328_350));
    let seen = unit.check(&[0, i64::MAX as u64 - 10, 100]);
    let (why, words) = reason(&seen.outcome);
    assert_eq!((why, words[1]), (ExitReason::IntOverflow, 3));
    unit.check(&[1 << 32, 0, 1 << 33]);
}

#[test]
fn guards_of_compound_conditions_leave() {
    let world = Rc::new(World::new(14, 0));
    let text = "function %f abi function {
  s0 = code 0 at 4 execute locals [raw v3, raw v11]
block0(v0: ptr, v1: obj, v2: ptr):
  v3: i64 = load.i64.other v2
  v4: i64 = load.i64.other v2+8
  v5: i64 = iconst 10
  v6: bool = icmp.lt v3, v5
  v7: bool = icmp.ult v4, v5
  v8: bool = icmp.eq v3, v4
  v9: bool = bnot v8
  v10: bool = band v6, v7
  v11: bool = band v10, v9
  guard.shape-guard v11 [s0]
  v12: bool = bor v6, v8
  v13: bool = bnot v12
  v14: bool = bnot v13
  v15: i64 = iconst -3
  v16: bool = icmp.lt v3, v15
  v17: bool = bor v16, v13
  v18: bool = bnot v17
  guard.length-guard v18 [s0]
  v19: bool = icmp.gt v4, v3
  v20: bool = bnot v19
  branch v20, block1(v3), block1(v4)
block1(v21: i64):
  store.i64.other v2+16, v21
  guard.unbound v14 [s0]
  v22: obj = null
  return v22
}";
    let unit = unit(&world, text);
    let mut exits = 0;
    for a in -6i64..14 {
        for b in -3i64..14 {
            let seen = unit.check(&[a as u64, b as u64, 0]);
            exits += usize::from(seen.outcome != Outcome::Return(0));
        }
    }
    assert!(exits > 50 && exits < 20 * 17, "{exits} exits");
}

#[test]
fn values_merge_at_joins_and_swap_in_loops() {
    let world = Rc::new(World::new(13, 4));
    let text = "function %f abi function {
block0(v0: ptr, v1: obj, v2: ptr):
  v3: i64 = load.i64.other v2
  v4: f64 = load.f64.other v2+8
  v5: f64 = fconst 0.125
  v6: i64 = iconst 0
  v7: i64 = iconst 1
  jump block1(v6, v7, v4, v5)
block1(v8: i64, v9: i64, v10: f64, v11: f64):
  v12: bool = icmp.lt v8, v3
  branch v12, block2, block5
block2:
  v13: i64 = iand v8, v7
  v14: bool = icmp.eq v13, v6
  branch v14, block4(v10), block3
block3 cold:
  v15: obj = box_float v11
  v16: f64 = unbox_float v15
  decref_leaf v15
  jump block4(v16)
block4(v17: f64):
  v18: i64 = iadd v8, v7
  v19: i64 = iadd v9, v8
  v20: f64 = fadd v17, v11
  jump block1(v18, v19, v11, v20)
block5:
  store.i64.other v2+16, v9
  store.f64.other v2+24, v10
  store.f64.other v2+32, v11
  v21: obj = null
  return v21
}";
    let unit = unit(&world, text);
    for count in [0, 1, 2, 3, 17, 40] {
        unit.check(&[count, 1.5f64.to_bits()]);
    }
}

#[test]
fn words_of_the_native_frame_are_separate() {
    let world = Rc::new(World::new(14, 0));
    let text = "function %f abi function {
block0(v0: ptr, v1: obj, v2: ptr):
  v3: ptr = scratch 3
  v4: ptr = scratch 2
  v5: i64 = load.i64.other v2
  v6: i64 = load.i64.other v2+8
  store.i64.scratch v3, v5
  store.i64.scratch v3+16, v5
  store.i64.scratch v4, v6
  store.i64.scratch v4+8, v6
  v7: i64 = load.i64.scratch v3+16
  v8: i64 = load.i64.scratch v4
  v9: i64 = isub v7, v8
  store.i64.other v2+16, v9
  v10: obj = null
  return v10
}";
    let unit = unit(&world, text);
    assert_eq!(unit.check(&[77, 11]).arguments[2], 66);
}

#[test]
fn a_state_may_hold_every_type_and_released_objects() {
    let world = Rc::new(World::new(14, 0));
    let text = "function %f abi function {
  o0 = 0x1000 immortal \"None\"
  s0 = code 1 at 20 execute return 3 push function borrowed v1 locals [raw v5, o0] stack [owned v6]
  s1 = code 0 at 4 execute function borrowed v6 locals [raw v4, raw v5, raw v7, 12, float 2.5] stack [tuple(raw v4, raw v5), maybe v7 raw v5] release [v8] parent s0
block0(v0: ptr, v1: obj, v2: ptr):
  v4: i64 = load.i64.other v2
  v5: f64 = load.f64.other v2+8
  v6: obj = load.obj.other v2+16
  v9: i64 = iconst 5
  v7: bool = icmp.lt v4, v9
  v8: obj = object o0
  guard_type v6, 0x40 [s1]
  exit.cold-branch [s1]
}";
    let unit = unit(&world, text);
    for value in [1, 9] {
        let object = world.int(value);
        let seen = unit.check(&[value as u64, 0.5f64.to_bits(), object]);
        let Outcome::Exit { exit: 0, words } = seen.outcome else { panic!("{seen:?}") };
        assert_eq!(words.len(), unit.compiled.exits[0].words as usize);
        assert!(words.contains(&object) && words.contains(&u64::from(value < 5)) && words.contains(&0x1000));
    }
}

#[test]
fn type_guards_that_share_a_state_name_their_object() {
    let world = Rc::new(World::new(14, 0));
    let text = "function %f abi function {
  s0 = code 0 at 4 execute function borrowed v1 locals [borrowed v3] stack [null]
block0(v0: ptr, v1: obj, v2: ptr):
  v3: obj = load.obj.other v2
  v4: obj = load.obj.other v2+8
  guard_type v3, TYPE [s0]
  guard_type v4, TYPE [s0]
  exit.cold-branch [s0]
}";
    let (int, float) = (world.int(3), world.float(0.5));
    let expected = format!("{:#x}", world.type_of(KnownType::Int));
    let unit = unit(&world, &text.replace("TYPE", &expected));
    let exits = &unit.compiled.exits;
    assert_eq!(exits.iter().filter(|exit| exit.reason == ExitReason::TypeGuard).count(), 2);
    for objects in [[float, int], [int, float]] {
        let Outcome::Exit { exit, words } = unit.check(&objects).outcome else { panic!("{objects:?} passed") };
        let culprit = exits[exit as usize].culprit.expect("a type guard names its object");
        assert_eq!(words[culprit as usize], float);
        assert_eq!(format!("{:#x}", exits[exit as usize].wanted), expected);
    }
    let Outcome::Exit { exit, .. } = unit.check(&[int, int]).outcome else { panic!("the function returned") };
    assert_eq!((exits[exit as usize].reason, exits[exit as usize].culprit), (ExitReason::ColdBranch, None));
}
