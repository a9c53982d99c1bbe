//! Every operation that computes or checks, on edge values: machine code against the reference interpreter.

use smallvec::SmallVec;
use std::rc::Rc;
use whipsnake_backend::CpuFeatures;
use whipsnake_conformance::{Unit, World};
use whipsnake_contract::exit::{ExitReason, OnReturn, Resume};
use whipsnake_ir::function::Abi;
use whipsnake_ir::interp::Outcome;
use whipsnake_ir::ops::{Effect, Exits, ImmKind, Sig};
use whipsnake_ir::{Cond, FrameState, Function, Imm, MemSize, Op, Region, Slot, StateId, Ty, Value};

/// Word of the arguments that results are stored to.
const RESULT: i32 = 64;

fn memory(offset: i32, size: MemSize) -> Imm {
    Imm::Mem { offset, size, region: Region::Other }
}

/// A function that loads its operands from the argument array (or has some as constants), executes one operation, and
/// stores the result to the array.
fn single(op: Op, types: &[Ty], imm: Imm, constants: &[Option<u64>], every: Option<(u64, u64)>) -> Function {
    let mut f = Function::new(op.info().name, Abi::Function);
    f.exit_every = every;
    let entry = f.entry();
    let arguments = f.block(entry).params[2];
    let mut operands = Vec::new();
    for (index, &ty) in types.iter().enumerate() {
        let constant = constants.get(index).copied().flatten();
        operands.push(operand(&mut f, ty, index as i32 * 8, arguments, constant));
    }
    let state = (op.info().exits != Exits::Never).then(|| state(&mut f, &operands));
    let inst = f.push(entry, op, &operands, imm, state);
    if let Some(result) = f.inst(inst).result {
        store(&mut f, arguments, result);
    }
    let null = f.push_value(entry, Op::Null, &[], Imm::None, None);
    f.push(entry, Op::Return, &[null], Imm::None, None);
    f
}

fn operand(f: &mut Function, ty: Ty, offset: i32, arguments: Value, constant: Option<u64>) -> Value {
    let entry = f.entry();
    let load = |f: &mut Function, size| f.push_value(entry, Op::Load, &[arguments], memory(offset, size), None);
    match (ty, constant) {
        (Ty::I64, Some(word)) => f.push_value(entry, Op::Iconst, &[], Imm::Int(word as i64), None),
        (Ty::F64, Some(word)) => f.push_value(entry, Op::Fconst, &[], Imm::Float(word), None),
        (Ty::Bool, Some(word)) => f.push_value(entry, Op::Bconst, &[], Imm::Int(word as i64), None),
        (Ty::I64, None) => load(f, MemSize::I64),
        (Ty::F64, None) => load(f, MemSize::F64),
        (Ty::Obj, _) => load(f, MemSize::Obj),
        (Ty::Ptr, _) => load(f, MemSize::Ptr),
        (Ty::Bool, None) => {
            let word = load(f, MemSize::I64);
            let zero = f.push_value(entry, Op::Iconst, &[], Imm::Int(0), None);
            f.push_value(entry, Op::Icmp, &[word, zero], Imm::Cond(Cond::Ne), None)
        }
    }
}

/// A state that holds the operands.
fn state(f: &mut Function, operands: &[Value]) -> StateId {
    let locals = operands.iter().map(|&v| match f.ty(v) {
        Ty::Obj => Slot::Borrowed(v),
        Ty::Ptr => Slot::Null,
        _ => Slot::Raw(v),
    });
    let locals = locals.collect();
    f.add_state(FrameState {
        code: 0,
        function: Slot::Null,
        offset: 3,
        untraced: false,
        return_offset: 0,
        on_return: OnReturn::Push,
        resume: Resume::Execute,
        frame: None,
        locals,
        stack: vec![Slot::Int(7)],
        variables: Vec::new(),
        release: Vec::new(),
        origin: None,
        parent: None,
    })
}

fn store(f: &mut Function, arguments: Value, result: Value) {
    let entry = f.entry();
    let (value, size) = match f.ty(result) {
        Ty::Bool => (f.push_value(entry, Op::BtoI, &[result], Imm::None, None), MemSize::I64),
        Ty::I64 => (result, MemSize::I64),
        Ty::F64 => (result, MemSize::F64),
        Ty::Obj => (result, MemSize::Obj),
        Ty::Ptr => (result, MemSize::Ptr),
    };
    f.push(entry, Op::Store, &[arguments, value], memory(RESULT, size), None);
}

fn edges(ty: Ty) -> Vec<u64> {
    let ints = [
        0,
        1,
        -1,
        2,
        -2,
        3,
        7,
        -7,
        10,
        61,
        62,
        63,
        64,
        65,
        -63,
        1000,
        -1000,
        (1 << 30) - 1,
        1 << 30,
        -(1 << 30),
        i64::from(i32::MAX),
        i64::from(i32::MIN),
        1 << 31,
        1 << 32,
        (1 << 32) + 5,
        1 << 62,
        -(1 << 62),
        i64::MAX - 1,
        i64::MAX,
        i64::MIN + 1,
        i64::MIN,
    ];
    let floats = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        1.5,
        -2.75,
        1e10,
        1e300,
        -1e300,
        5e-324,
        f64::MAX,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        9.223372036854775e18,
        9.223372036854776e18,
        -9.223372036854776e18,
        -9.223372036854778e18,
    ];
    match ty {
        Ty::I64 => ints.map(|v: i64| v as u64).to_vec(),
        Ty::F64 => floats.map(f64::to_bits).to_vec(),
        Ty::Bool => vec![0, 1],
        Ty::Ptr | Ty::Obj => vec![0, 8, 0x7fff_ffff_fff8, 0xffff_ffff_ffff_fff8],
    }
}

/// All ways to choose one edge value for each operand.
fn choices(types: &[Ty]) -> Vec<Vec<u64>> {
    types.iter().fold(vec![Vec::new()], |rows, &ty| {
        let longer =
            |row: &Vec<u64>| edges(ty).into_iter().map(|e| [row.as_slice(), &[e]].concat()).collect::<Vec<_>>();
        rows.iter().flat_map(longer).collect()
    })
}

/// The operand types that the signature allows.
fn signatures(op: Op) -> Vec<SmallVec<[Ty; 4]>> {
    let same = if op.info().operands.contains(&Sig::Same) { Ty::ALL } else { &[Ty::I64] };
    let types = same.iter().map(|&same| {
        let operands = op.info().operands.iter();
        operands
            .map(|sig| match sig {
                Sig::Is(ty) => *ty,
                Sig::Address => Ty::Ptr,
                _ => same,
            })
            .collect()
    });
    types.collect()
}

fn immediates(op: Op) -> Vec<Imm> {
    let floats = op.info().operands.first() == Some(&Sig::Is(Ty::F64));
    match op.info().imm {
        ImmKind::None => vec![Imm::None],
        ImmKind::Cond => {
            let conditions = Cond::ALL.iter().filter(|&&c| !floats || c != Cond::Ult);
            conditions.map(|&c| Imm::Cond(c)).collect()
        }
        ImmKind::Exit => vec![Imm::Exit(ExitReason::ShapeGuard)],
        _ => Vec::new(),
    }
}

/// Operations whose operands are plain words: everything that needs objects has tests of its own.
fn is_plain(op: Op) -> bool {
    let objects = matches!(op, Op::BoxInt | Op::BoxFloat | Op::BoxBool | Op::UnboxInt | Op::UnboxFloat | Op::GuardType);
    let takes_words = matches!(op.info().effect, Effect::Pure | Effect::Checked | Effect::Guard);
    takes_words && !objects && !op.info().operands.is_empty()
}

fn compare_all(op: Op, features: CpuFeatures) -> usize {
    let world = Rc::new(World::new(14, 3));
    let mut runs = 0;
    for types in signatures(op) {
        for imm in immediates(op) {
            let unit = Unit::with_features(&world, &single(op, &types, imm, &[], None), features);
            for row in choices(&types) {
                unit.check(&row);
                runs += 1;
            }
        }
    }
    runs
}

#[test]
fn plain_operations_agree_with_the_reference() {
    let mut covered = 0;
    for &op in Op::ALL.iter().filter(|&&op| is_plain(op)) {
        let runs = compare_all(op, CpuFeatures::detect());
        assert!(runs > 0, "{op:?} was not run");
        covered += 1;
    }
    assert!(covered >= 38, "only {covered} operations were run");
}

#[test]
fn the_baseline_processor_suffices() {
    for op in [Op::Fadd, Op::ItoF, Op::FtoIChecked, Op::Fcmp, Op::Fsqrt, Op::IshlChecked, Op::Select, Op::Fneg] {
        assert!(compare_all(op, CpuFeatures::BASELINE) > 0, "{op:?} was not run");
    }
}

#[test]
fn constant_operands_agree_with_the_reference() {
    let world = Rc::new(World::new(14, 3));
    let integers = Op::ALL.iter().filter(|op| op.info().operands == [Sig::Is(Ty::I64); 2]);
    for &op in integers {
        let types = [Ty::I64, Ty::I64];
        for imm in immediates(op) {
            for constant in
                [0, 1, -1, 2, -2, 3, 7, -7, 62, 63, 64, 1 << 32, -(1 << 40), i64::MAX, i64::MIN, i64::MIN + 1]
            {
                let constant = constant as u64;
                // A constant on the left is treated in a way of its own by sums only.
                for position in [1, 0].into_iter().filter(|&p| p == 1 || op == Op::IaddChecked) {
                    let mut constants = [None; 2];
                    constants[position] = Some(constant);
                    let unit = Unit::new(&world, &single(op, &types, imm, &constants, None));
                    for other in edges(Ty::I64) {
                        let mut row = [other; 2];
                        row[position] = constant;
                        unit.check(&row);
                    }
                }
            }
        }
    }
}

#[test]
fn forced_exits_happen_at_every_nth_guard() {
    let world = Rc::new(World::new(14, 3));
    for &op in Op::ALL.iter().filter(|&&op| is_plain(op) && op.info().exits == Exits::Guard) {
        for types in signatures(op) {
            for imm in immediates(op) {
                let unit = Unit::new(&world, &single(op, &types, imm, &[], Some((5, world.counter()))));
                let mut forced = 0;
                for (counter, row) in [1, 2, 5].iter().flat_map(|&c| choices(&types).into_iter().map(move |r| (c, r))) {
                    world.write(world.counter(), counter);
                    world.keep();
                    let observation = unit.check(&row);
                    if let Outcome::Exit { exit, .. } = observation.outcome {
                        let reason = unit.compiled.exits[exit as usize].reason;
                        assert!(reason != ExitReason::Forced || counter == 1, "{op:?} left too early");
                        forced += usize::from(reason == ExitReason::Forced);
                    }
                }
                assert!(forced > 0, "{op:?} was never forced to leave");
            }
        }
    }
}
