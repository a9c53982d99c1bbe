//! Random functions with branches, loops, guards and boxes: machine code against the reference interpreter.

use smallvec::SmallVec;
use std::rc::Rc;
use whipsnake_conformance::{Unit, World};
use whipsnake_contract::exit::{ExitReason, OnReturn, Resume};
use whipsnake_ir::function::Abi;
use whipsnake_ir::interp::Outcome;
use whipsnake_ir::{Block, Cond, FrameState, Function, Imm, MemSize, Op, Region, Slot, StateId, Target, Ty, Value};

/// A sequence of numbers that a seed decides.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ mixed >> 27
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Values that are defined in the current block, by type.
#[derive(Clone, Default)]
struct Pools {
    ints: Vec<Value>,
    floats: Vec<Value>,
    flags: Vec<Value>,
}

impl Pools {
    fn of(&self, ty: Ty) -> &[Value] {
        match ty {
            Ty::I64 => &self.ints,
            Ty::F64 => &self.floats,
            _ => &self.flags,
        }
    }
}

struct Generator {
    random: Random,
    function: Function,
    block: Block,
    pools: Pools,
}

const INT_OPS: [Op; 17] = [
    Op::Iadd,
    Op::Isub,
    Op::Imul,
    Op::Smulhi,
    Op::Umulhi,
    Op::Iand,
    Op::Ior,
    Op::Ixor,
    Op::Inot,
    Op::IaddChecked,
    Op::IsubChecked,
    Op::ImulChecked,
    Op::IshlChecked,
    Op::IshrChecked,
    Op::IfloordivChecked,
    Op::ImodChecked,
    Op::BtoI,
];
const FLOAT_OPS: [Op; 8] = [Op::Fadd, Op::Fsub, Op::Fmul, Op::Fdiv, Op::Fneg, Op::Fabs, Op::Fsqrt, Op::ItoF];

impl Generator {
    fn new(seed: u64) -> Generator {
        let function = Function::new(format!("random{seed}"), Abi::Function);
        let block = function.entry();
        let mut generator = Generator { random: Random(seed), function, block, pools: Pools::default() };
        for word in 0..4 {
            let int = generator.load(word, MemSize::I64);
            let float = generator.load(word + 4, MemSize::F64);
            generator.pools.ints.push(int);
            generator.pools.floats.push(float);
        }
        for value in [0, 1, 7, -3] {
            let int = generator.push(Op::Iconst, &[], Imm::Int(value), None);
            generator.pools.ints.push(int);
        }
        let flag = generator.compare();
        generator.pools.flags.push(flag);
        generator
    }

    fn arguments(&self) -> Value {
        self.function.block(self.function.entry()).params[2]
    }

    fn load(&mut self, word: i32, size: MemSize) -> Value {
        let imm = Imm::Mem { offset: word * 8, size, region: Region::Other };
        self.push(Op::Load, &[self.arguments()], imm, None)
    }

    fn store(&mut self, word: i32, size: MemSize, value: Value) {
        let imm = Imm::Mem { offset: word * 8, size, region: Region::Other };
        let arguments = self.arguments();
        self.function.push(self.block, Op::Store, &[arguments, value], imm, None);
    }

    fn push(&mut self, op: Op, args: &[Value], imm: Imm, state: Option<StateId>) -> Value {
        self.function.push_value(self.block, op, args, imm, state)
    }

    fn any(&mut self, ty: Ty) -> Value {
        let index = self.random.next() as usize;
        let pool = self.pools.of(ty);
        // Mostly recent values, so that there are long chains.
        let recent = pool.len().saturating_sub(6);
        if index.is_multiple_of(3) {
            pool[index / 3 % pool.len()]
        } else {
            pool[recent + index / 3 % (pool.len() - recent)]
        }
    }

    fn compare(&mut self) -> Value {
        let condition = self.random.pick(Cond::ALL);
        if self.random.below(2) == 0 && condition != Cond::Ult {
            let args = [self.any(Ty::F64), self.any(Ty::F64)];
            return self.push(Op::Fcmp, &args, Imm::Cond(condition), None);
        }
        let args = [self.any(Ty::I64), self.any(Ty::I64)];
        self.push(Op::Icmp, &args, Imm::Cond(condition), None)
    }

    fn state(&mut self) -> StateId {
        let mut locals = Vec::new();
        for _ in 0..self.random.below(6) {
            let ty = self.random.pick(&[Ty::I64, Ty::F64, Ty::Bool]);
            locals.push(Slot::Raw(self.any(ty)));
        }
        self.function.add_state(FrameState {
            code: 0,
            function: Slot::Null,
            offset: self.random.below(100) as u32,
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

    fn int_operation(&mut self) {
        let op = self.random.pick(&INT_OPS);
        let args: SmallVec<[Value; 2]> = match op {
            Op::Inot => SmallVec::from_slice(&[self.any(Ty::I64)]),
            Op::BtoI => SmallVec::from_slice(&[self.any(Ty::Bool)]),
            _ => SmallVec::from_slice(&[self.any(Ty::I64), self.any(Ty::I64)]),
        };
        let state = (op.info().exits != whipsnake_ir::ops::Exits::Never).then(|| self.state());
        let value = self.push(op, &args, Imm::None, state);
        self.pools.ints.push(value);
    }

    fn float_operation(&mut self) {
        let op = self.random.pick(&FLOAT_OPS);
        let args: SmallVec<[Value; 2]> = match op {
            Op::Fneg | Op::Fabs | Op::Fsqrt => SmallVec::from_slice(&[self.any(Ty::F64)]),
            Op::ItoF => SmallVec::from_slice(&[self.any(Ty::I64)]),
            _ => SmallVec::from_slice(&[self.any(Ty::F64), self.any(Ty::F64)]),
        };
        let value = self.push(op, &args, Imm::None, None);
        self.pools.floats.push(value);
    }

    fn flag_operation(&mut self) {
        let flags = [self.any(Ty::Bool), self.any(Ty::Bool)];
        let value = match self.random.below(5) {
            0 => self.push(Op::Bnot, &flags[..1], Imm::None, None),
            1 => self.push(Op::Band, &flags, Imm::None, None),
            2 => self.push(Op::Bor, &flags, Imm::None, None),
            _ => self.compare(),
        };
        self.pools.flags.push(value);
    }

    fn select(&mut self) {
        let ty = self.random.pick(&[Ty::I64, Ty::F64, Ty::Bool]);
        let args = [self.any(Ty::Bool), self.any(ty), self.any(ty)];
        let value = self.push(Op::Select, &args, Imm::None, None);
        match ty {
            Ty::I64 => self.pools.ints.push(value),
            Ty::F64 => self.pools.floats.push(value),
            _ => self.pools.flags.push(value),
        }
    }

    /// Boxes a value, takes it out again, and drops the box.
    fn through_a_box(&mut self) {
        if self.random.below(2) == 0 {
            let float = self.any(Ty::F64);
            let object = self.push(Op::BoxFloat, &[float], Imm::None, None);
            let value = self.push(Op::UnboxFloat, &[object], Imm::None, None);
            self.function.push(self.block, Op::Incref, &[object], Imm::None, None);
            self.function.push(self.block, Op::DecrefLeaf, &[object], Imm::None, None);
            self.function.push(self.block, Op::DecrefLeaf, &[object], Imm::None, None);
            self.pools.floats.push(value);
        } else {
            let int = self.any(Ty::I64);
            let object = self.push(Op::BoxInt, &[int], Imm::None, None);
            let state = self.state();
            let value = self.push(Op::UnboxInt, &[object], Imm::None, Some(state));
            let state = self.state();
            self.function.push(self.block, Op::Decref, &[object], Imm::None, Some(state));
            self.pools.ints.push(value);
        }
    }

    fn guard(&mut self) {
        let flag = self.any(Ty::Bool);
        let state = self.state();
        let reason = self.random.pick(ExitReason::ALL);
        self.function.push(self.block, Op::Guard, &[flag], Imm::Exit(reason), Some(state));
    }

    fn target(&mut self, block: Block, types: &[Ty]) -> Target {
        Target { block, args: types.iter().map(|&ty| self.any(ty)).collect() }
    }

    fn enter(&mut self, block: Block, types: &[Ty]) -> Vec<Value> {
        self.block = block;
        let params: Vec<Value> = types.iter().map(|&ty| self.function.add_param(block, ty)).collect();
        for (&param, &ty) in params.iter().zip(types) {
            match ty {
                Ty::I64 => self.pools.ints.push(param),
                _ => self.pools.floats.push(param),
            }
        }
        params
    }

    fn diamond(&mut self, depth: u32) {
        const MERGED: [Ty; 2] = [Ty::I64, Ty::F64];
        let [then, otherwise, join] = std::array::from_fn(|_| self.function.add_block());
        self.function.blocks[otherwise.index()].cold = self.random.below(2) == 0;
        let flag = self.any(Ty::Bool);
        let [to_then, to_otherwise] = [then, otherwise].map(|block| Target { block, args: SmallVec::new() });
        self.function.branch(self.block, flag, to_then, to_otherwise);
        let before = self.pools.clone();
        for arm in [then, otherwise] {
            self.block = arm;
            self.body(depth, 4);
            let target = self.target(join, &MERGED);
            self.function.jump(self.block, join, &target.args);
            self.pools = before.clone();
        }
        self.enter(join, &MERGED);
    }

    fn counted_loop(&mut self, depth: u32) {
        const CARRIED: [Ty; 3] = [Ty::I64, Ty::I64, Ty::F64];
        let [header, body, done] = std::array::from_fn(|_| self.function.add_block());
        let zero = self.push(Op::Iconst, &[], Imm::Int(0), None);
        let initial = [zero, self.any(Ty::I64), self.any(Ty::F64)];
        self.function.jump(self.block, header, &initial);
        let params = self.enter(header, &CARRIED);
        let limit = self.push(Op::Iconst, &[], Imm::Int(3), None);
        let more = self.push(Op::Icmp, &[params[0], limit], Imm::Cond(Cond::Lt), None);
        let [to_body, to_done] = [body, done].map(|block| Target { block, args: SmallVec::new() });
        self.function.branch(header, more, to_body, to_done);
        let before = self.pools.clone();
        self.block = body;
        self.body(depth, 6);
        let one = self.push(Op::Iconst, &[], Imm::Int(1), None);
        let next = self.push(Op::Iadd, &[params[0], one], Imm::None, None);
        let carried = [next, self.any(Ty::I64), self.any(Ty::F64)];
        self.function.jump(self.block, header, &carried);
        self.pools = before;
        self.block = done;
    }

    fn body(&mut self, depth: u32, length: usize) {
        for _ in 0..1 + self.random.below(length) {
            match self.random.below(24) {
                0..8 => self.int_operation(),
                8..14 => self.float_operation(),
                14..17 => self.flag_operation(),
                17 => self.select(),
                18 | 19 => self.through_a_box(),
                20 if self.random.below(3) == 0 => self.guard(),
                21 | 22 if depth > 0 => self.diamond(depth - 1),
                23 if depth > 0 => self.counted_loop(depth - 1),
                _ => self.int_operation(),
            }
        }
    }

    fn finish(mut self) -> Function {
        self.body(3, 30);
        for word in 0..4 {
            let (int, float) = (self.any(Ty::I64), self.any(Ty::F64));
            self.store(word + 8, MemSize::I64, int);
            self.store(word + 12, MemSize::F64, float);
        }
        let null = self.push(Op::Null, &[], Imm::None, None);
        self.function.push(self.block, Op::Return, &[null], Imm::None, None);
        self.function
    }
}

fn inputs(random: &mut Random) -> Vec<u64> {
    let ints = [0, 1, -1, 2, 3, 5, 17, -40, 1000, 1 << 20, 1 << 31, 1 << 40, i64::MAX, i64::MIN];
    let floats = [0.0, -0.0, 1.0, -1.5, 0.1, 3e8, 1e300, f64::INFINITY];
    let ints: Vec<u64> = (0..4).map(|_| random.pick(&ints) as u64).collect();
    let floats = (0..4).map(|_| random.pick(&floats).to_bits());
    ints.into_iter().chain(floats).collect()
}

#[test]
fn random_functions_agree_with_the_reference() {
    let (mut returned, mut left) = (0, 0);
    for seed in 0..250 {
        let function = Generator::new(seed).finish();
        let world = Rc::new(World::new(if seed % 2 == 0 { 13 } else { 14 }, 6));
        let unit = Unit::new(&world, &function);
        let mut random = Random(seed ^ 0x5555);
        for _ in 0..8 {
            match unit.check(&inputs(&mut random)).outcome {
                Outcome::Return(_) => returned += 1,
                _ => left += 1,
            }
        }
    }
    assert!(returned > 200 && left > 200, "{returned} returned, {left} left by an exit");
}

#[test]
fn random_functions_with_forced_exits_agree_with_the_reference() {
    for seed in 1000..1060 {
        let mut function = Generator::new(seed).finish();
        let world = Rc::new(World::new(14, 6));
        function.exit_every = Some((4, world.counter()));
        let unit = Unit::new(&world, &function);
        let mut random = Random(seed);
        for counter in 1..5 {
            world.write(world.counter(), counter);
            unit.check(&inputs(&mut random));
        }
    }
}
