//! What the Cranelift backend's output looks like: every operation compiles, output is reproducible, caps hold, and
//! hot paths are free of what performance forbids.

use smallvec::SmallVec;
use whipsnake_backend::{
    Artifact, BACKENDS, Backend, BackendError, CompiledCode, CpuFeatures, CraneliftBackend, Dump, Symbol, TargetInfo,
    Saves, Trampoline, backend_by_name,
};
use whipsnake_conformance::structure_platform;
use whipsnake_contract::exit::{ExitReason, OnReturn, Resume};
use whipsnake_contract::helpers::Helper;
use whipsnake_ir::function::{Abi, ObjectRef, helper_params};
use whipsnake_ir::ops::{Exits, ImmKind, Sig};
use whipsnake_ir::parse::parse;
use whipsnake_ir::verify::verify_text;
use whipsnake_ir::{Cond, FrameState, Function, Imm, MemSize, Op, Region, Slot, StateId, Target, Ty, Value};

fn compile(function: &Function) -> Result<CompiledCode, BackendError> {
    let platform = structure_platform(14);
    let target = TargetInfo { platform: &platform, unit: 0x1000, features: CpuFeatures::BASELINE, dump: Dump::ALL };
    CraneliftBackend::new().expect("there is a code generator for this machine").compile(function, &target)
}

fn parsed(text: &str) -> Function {
    let function = parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(verify_text(&function), None);
    function
}

fn machine(code: &CompiledCode) -> &whipsnake_backend::MachineCode {
    match &code.artifact {
        Artifact::Machine(machine) => machine,
        Artifact::Interpreted(_) => panic!("the Cranelift backend makes machine code"),
    }
}

fn state(f: &mut Function, locals: Vec<Slot>) -> StateId {
    f.add_state(FrameState {
        code: 0,
        function: Slot::Null,
        offset: 1,
        untraced: false,
        return_offset: 0,
        on_return: OnReturn::Push,
        resume: Resume::Execute,
        frame: None,
        locals,
        stack: Vec::new(),
        variables: Vec::new(),
        release: Vec::new(),
        origin: None,
        parent: None,
    })
}

/// A value of a type that is no constant.
fn some(f: &mut Function, ty: Ty) -> Value {
    let entry = f.entry();
    let arguments = f.block(entry).params[2];
    let mut load = |size| {
        let imm = Imm::Mem { offset: 8, size, region: Region::Other };
        f.push_value(entry, Op::Load, &[arguments], imm, None)
    };
    match ty {
        Ty::I64 => load(MemSize::I64),
        Ty::F64 => load(MemSize::F64),
        Ty::Obj => load(MemSize::Obj),
        Ty::Ptr => load(MemSize::Ptr),
        Ty::Bool => {
            let object = load(MemSize::Obj);
            f.push_value(entry, Op::Same, &[object, object], Imm::None, None)
        }
    }
}

/// All immediates that change how an operation is lowered.
fn immediates(op: Op) -> Vec<Imm> {
    match op.info().imm {
        ImmKind::None => vec![Imm::None],
        ImmKind::Int => {
            vec![Imm::Int(0), Imm::Int(1)].into_iter().filter(|i| op != Op::Scratch || *i == Imm::Int(1)).collect()
        }
        ImmKind::Float => vec![Imm::Float(2.5f64.to_bits())],
        ImmKind::Cond => {
            let conditions = Cond::ALL.iter().filter(|&&c| op != Op::Fcmp || c != Cond::Ult);
            conditions.map(|&c| Imm::Cond(c)).collect()
        }
        ImmKind::Mem => {
            let slots = matches!(op, Op::TakeSlot | Op::ReadSlot | Op::StoreSlot);
            let sizes = MemSize::ALL.iter().filter(|&&size| !slots || size == MemSize::Obj);
            let places = sizes.flat_map(|&size| Region::ALL.iter().map(move |&region| (size, region)));
            places.map(|(size, region)| Imm::Mem { offset: 24, size, region }).collect()
        }
        ImmKind::Object => vec![Imm::Object(0)],
        ImmKind::Helper => Helper::ALL.iter().map(|&h| Imm::Helper(h)).collect(),
        ImmKind::Exit => ExitReason::ALL.iter().map(|&r| Imm::Exit(r)).collect(),
        ImmKind::Type => vec![Imm::Type(0x7000)],
    }
}

/// A valid function around one operation.
fn around(op: Op, imm: Imm, same: Ty, every: Option<(u64, u64)>) -> Function {
    let mut f = Function::new(op.info().name, Abi::Function);
    f.exit_every = every;
    f.add_object(ObjectRef { address: 0x2000, immortal: true, label: "None".to_owned() });
    let entry = f.entry();
    let mut types: Vec<Ty> = Vec::new();
    for sig in op.info().operands {
        match (*sig, imm) {
            (Sig::Is(ty), _) => types.push(ty),
            (Sig::Address, _) => types.push(Ty::Obj),
            (Sig::Same, _) => types.push(same),
            (Sig::Named, Imm::Mem { size, .. }) => types.push(size.ty()),
            (Sig::Rest, Imm::Helper(helper)) => types.extend(helper_params(helper)),
            other => panic!("{op:?}: no operand for {other:?}"),
        }
    }
    let operands: Vec<Value> = types.into_iter().map(|ty| some(&mut f, ty)).collect();
    let locals = operands.iter().map(|&v| match f.ty(v) {
        Ty::Obj => Slot::Borrowed(v),
        Ty::Ptr => Slot::Null,
        _ => Slot::Raw(v),
    });
    let locals = locals.collect();
    let state = (op.info().exits != Exits::Never).then(|| state(&mut f, locals));
    let done = f.add_block();
    let target = |block| Target { block, args: SmallVec::new() };
    match op {
        Op::Jump => f.jump(entry, done, &[]),
        Op::Branch => f.branch(entry, operands[0], target(done), target(done)),
        _ => {
            f.push(entry, op, &operands, imm, state);
        }
    }
    if !op.is_terminator() {
        f.jump(entry, done, &[]);
    }
    let null = f.push_value(done, Op::Null, &[], Imm::None, None);
    f.push(done, Op::Return, &[null], Imm::None, None);
    f
}

#[test]
fn every_operation_compiles() {
    for &op in Op::ALL {
        let same = if op.info().operands.contains(&Sig::Same) { Ty::ALL } else { &[Ty::I64] };
        for (imm, &ty) in immediates(op).into_iter().flat_map(|imm| same.iter().map(move |ty| (imm, ty))) {
            for every in [None, Some((7, 0x3000))] {
                let function = around(op, imm, ty, every);
                assert_eq!(verify_text(&function), None, "{function}");
                let code = compile(&function).unwrap_or_else(|error| panic!("{error}\n{function}"));
                assert!(code.stats.code_bytes > 0 && code.stats.clif_instructions > 0, "{function}");
                assert_eq!(code.exits.len(), whipsnake_ir::exits::ExitTable::build(&function).points.len());
                if !function.values.contains(&Ty::F64) {
                    // Its trampolines preserve no other registers.
                    let asm = code.asm.expect("it was asked for");
                    assert!(!asm.contains("xmm"), "{function}\n{asm}");
                }
            }
        }
    }
}

#[test]
fn every_trampoline_compiles() {
    let backend = CraneliftBackend::new().expect("there is a code generator for this machine");
    let own = [Trampoline::BoxInt, Trampoline::UnboxInt, Trampoline::FreeLeaf, Trampoline::Free, Trampoline::FreeUnseen].into_iter();
    let helpers = Helper::ALL.iter().flat_map(|&helper| Saves::EACH.map(|saves| Trampoline::Helper(helper, saves)));
    let all = own.flat_map(|trampoline| Saves::EACH.map(trampoline)).chain([Trampoline::Observe]).chain(helpers);
    for trampoline in all {
        for minor in [13, 14] {
            let platform = structure_platform(minor);
            let features = CpuFeatures::BASELINE;
            let target = TargetInfo { platform: &platform, unit: 0, features, dump: Dump::default() };
            let code = backend.trampoline(trampoline, &target).unwrap_or_else(|error| panic!("{error}"));
            assert!(!code.relocations.is_empty(), "{trampoline:?} calls something");
            for relocation in &code.relocations {
                assert!(relocation.offset as usize + 8 <= code.bytes.len());
                assert_ne!(relocation.symbol, Symbol::Trampoline(trampoline), "it does not call itself");
            }
        }
    }
}

/// Sums the squares of the floats of a list, and replaces each by a new one.
const FLOAT_LOOP: &str = "function %floats abi loop {
  s0 = code 0 at 4 execute frame v1 locals [raw v6, raw v7, borrowed v2]
block0(v0: ptr, v1: ptr):
  v2: obj = load.obj.frame v1
  v3: i64 = load.i64.list_header v2+16
  v4: i64 = iconst 0
  v5: f64 = fconst 0.0
  jump block1(v4, v5)
block1(v6: i64, v7: f64):
  v8: bool = icmp.lt v6, v3
  branch v8, block2, block3
block2:
  v9: ptr = load.ptr.list_header v2+24
  v10: obj = load_indexed.obj.list_items v9, v6
  guard_type v10, 0x7f0000040040 [s0]
  v11: f64 = unbox_float v10
  v12: f64 = fmul v11, v7
  v13: f64 = fadd v7, v12
  v14: obj = box_float v13
  store_indexed.obj.list_items v9, v6, v14
  decref v10 [s0]
  v15: i64 = iconst 1
  v16: i64 = iadd v6, v15
  jump block1(v16, v13)
block3:
  exit.loop-end [s0]
}";

/// The lines of machine code from the loop's first block to its back edge.
fn hot_lines(asm: &str) -> Vec<&str> {
    let lines: Vec<&str> = asm.lines().map(str::trim).collect();
    let first = lines.iter().position(|l| *l == "block1:").expect("the loop header");
    let last = lines.iter().rposition(|l| l.starts_with("jmp") && l.ends_with("label1")).expect("the back edge");
    assert!(first < last, "the back edge is behind the header:\n{asm}");
    lines[first..=last].to_vec()
}

#[test]
fn the_float_loop_spills_nothing_and_calls_nothing() {
    let code = compile(&parsed(FLOAT_LOOP)).expect("it compiles");
    let asm = code.asm.as_deref().expect("it was asked for");
    let hot = hot_lines(asm);
    for line in &hot {
        assert!(!line.contains("%rsp") && !line.contains("%rbp"), "`{line}` uses the stack in the hot path:\n{asm}");
        assert!(!line.starts_with("call"), "`{line}` in the hot path:\n{asm}");
    }
    let products = hot.iter().filter(|l| l.contains("mulsd")).count();
    assert_eq!(products, 1, "the product is computed once:\n{asm}");
    assert!(hot.len() <= 55, "{} lines in the hot path:\n{asm}", hot.len());
}

#[test]
fn division_by_a_positive_constant_has_no_checks() {
    for (op, divisor) in
        [("ifloordiv_checked", 8), ("ifloordiv_checked", 10), ("imod_checked", 16), ("imod_checked", 7)]
    {
        let text = format!(
            "function %f abi function {{
  s0 = code 0 at 4 execute locals [raw v3]
block0(v0: ptr, v1: obj, v2: ptr):
  v3: i64 = load.i64.other v2
  v4: i64 = iconst {divisor}
  v5: i64 = {op} v3, v4 [s0]
  store.i64.other v2, v5
  v6: obj = null
  return v6
}}"
        );
        let code = compile(&parsed(&text)).expect("it compiles");
        let asm = code.asm.as_deref().expect("it was asked for");
        for forbidden in ["div", "call", "j"] {
            let found = asm.lines().map(str::trim).find(|l| l.starts_with(forbidden) && !l.starts_with("jmp"));
            assert_eq!(found, None, "{op} {divisor}:\n{asm}");
        }
        assert!(!asm.contains("idiv"), "{op} {divisor}:\n{asm}");
    }
}

/// Three checks in a row, each with its state.
fn checked(states: &str, [first, second, third]: [&str; 3]) -> Function {
    parsed(&format!(
        "function %f abi function {{
{states}
block0(v0: ptr, v1: obj, v2: ptr):
  v3: i64 = load.i64.other v2
  v4: i64 = iadd_checked v3, v3 [{first}]
  v5: i64 = imul_checked v4, v3 [{second}]
  v6: i64 = isub_checked v5, v4 [{third}]
  store.i64.other v2, v6
  v7: obj = null
  return v7
}}"
    ))
}

#[test]
fn guards_of_one_state_share_their_exit() {
    let function = checked("  s0 = code 0 at 4 execute locals [raw v3]", ["s0"; 3]);
    let code = compile(&function).expect("it compiles");
    assert_eq!(code.exits.len(), 1);
    let exits = machine(&code).relocations.iter().filter(|r| r.symbol == Symbol::ExitFunction).count();
    assert_eq!(exits, 1, "{}", code.asm.unwrap_or_default());
}

#[test]
fn exits_whose_words_begin_alike_share_their_stores() {
    let states = "  s0 = code 0 at 4 execute locals [raw v3]
  s1 = code 0 at 5 execute locals [raw v3, raw v4]
  s2 = code 0 at 6 execute locals [raw v4, raw v3, raw v5]";
    let code = compile(&checked(states, ["s0", "s1", "s2"])).expect("it compiles");
    assert_eq!(code.exits.iter().map(|exit| exit.words).collect::<Vec<u32>>(), [1, 2, 3]);
    let clif = code.clif.expect("it was asked for");
    let (_, cold) = clif.split_once("cold:").expect("exits are cold");
    let stores = cold.lines().filter(|line| line.contains(" store ") || line.contains(" store.")).count();
    assert_eq!(stores, 3 + 3, "three numbers and three words:\n{clif}");
}

#[test]
fn the_same_function_gives_the_same_bytes() {
    let function = parsed(FLOAT_LOOP);
    let first = compile(&function).expect("it compiles");
    for _ in 0..3 {
        let again = compile(&function.clone()).expect("it compiles");
        assert_eq!(machine(&again), machine(&first));
        assert_eq!((&again.clif, &again.asm), (&first.clif, &first.asm));
    }
    let elsewhere = std::thread::spawn(move || compile(&parsed(FLOAT_LOOP)).expect("it compiles")).join();
    assert_eq!(machine(&elsewhere.expect("the thread ends")), machine(&first));
}

#[test]
fn oversized_functions_are_refused() {
    let mut f = Function::new("long", Abi::Function);
    let entry = f.entry();
    let mut value = some(&mut f, Ty::I64);
    for _ in 0..70_000 {
        value = f.push_value(entry, Op::Iadd, &[value, value], Imm::None, None);
    }
    let null = f.push_value(entry, Op::Null, &[], Imm::None, None);
    f.push(entry, Op::Return, &[null], Imm::None, None);
    let error = compile(&f).expect_err("it is too long");
    assert!(matches!(&error, BackendError::TooLarge { size, limit, .. } if size > limit), "{error}");

    let mut f = Function::new("deep", Abi::Function);
    let entry = f.entry();
    f.push_value(entry, Op::Scratch, &[], Imm::Int(5000), None);
    let null = f.push_value(entry, Op::Null, &[], Imm::None, None);
    f.push(entry, Op::Return, &[null], Imm::None, None);
    let error = compile(&f).expect_err("its frame is too large");
    assert!(error.to_string().contains("`deep` needs 40000 bytes of native stack"), "{error}");
}

#[test]
fn a_function_that_breaks_the_rules_is_an_error() {
    let mut f = Function::new("broken", Abi::Function);
    let entry = f.entry();
    let stray = f.add_value(Ty::I64);
    f.push_value(entry, Op::Iadd, &[stray, stray], Imm::None, None);
    let error = compile(&f).expect_err("an operand is never defined");
    assert!(matches!(error, BackendError::Malformed { op: Op::Iadd, .. }), "{error}");
}

#[test]
fn backends_are_found_by_name() {
    let platform = structure_platform(13);
    let target = TargetInfo { platform: &platform, unit: 0x1000, features: CpuFeatures::BASELINE, dump: Dump::ALL };
    let function = parsed(FLOAT_LOOP);
    for &name in BACKENDS {
        let backend = backend_by_name(name).expect("it works on this machine").expect("it is registered");
        assert_eq!(backend.name(), name);
        let code = backend.compile(&function, &target).expect("it compiles");
        assert_eq!(code.exits.len(), 3, "{name}");
    }
    assert!(backend_by_name("llvm").expect("no error").is_none());
    let reference = backend_by_name("reference").expect("no error").expect("it is registered");
    let error = reference.trampoline(Trampoline::Free(Saves::All), &target).expect_err("it has none");
    assert!(matches!(error, BackendError::NoTrampolines { .. }), "{error}");
}
