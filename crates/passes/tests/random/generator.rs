//! Random valid functions: straight code, conditions and counted loops over integers, doubles, truth values, objects and
//! memory, with frame states that account for every reference.

use whipsnake_contract::exit::{ExitReason, OnReturn, Resume};
use whipsnake_contract::helpers::Helper;
use whipsnake_ir::function::Abi;
use whipsnake_ir::{
    Block, Cond, FrameState, Function, Imm, MemSize, Op, Region, Slot, StateId, Target, Ty, Value,
};

/// Bytes in front of an object's fields.
pub(crate) const FIELDS: i32 = 16;
/// Words of an object's fields and of other memory.
pub(crate) const WORDS: i32 = 3;
/// Regions of memory that is found by a pointer, in the order of the arguments behind the objects.
pub(crate) const POINTED: [Region; 4] = [Region::ListItems, Region::ListItems, Region::Array, Region::Const];
/// Objects among the arguments; the last one may be NULL.
pub(crate) const OBJECTS: usize = 4;

#[derive(Clone, Default)]
struct InScope {
    ints: Vec<Value>,
    floats: Vec<Value>,
    truths: Vec<Value>,
    /// Boxes that native code owns.
    boxes: Vec<Value>,
    /// References to objects that native code took.
    taken: Vec<Value>,
}

pub(crate) struct Generator<'a> {
    choices: std::slice::Iter<'a, u64>,
    function: Function,
    block: Block,
    scope: InScope,
    objects: Vec<Value>,
    pointers: Vec<Value>,
    depth: u32,
    offset: u32,
}

impl Generator<'_> {
    pub(crate) fn generate(choices: &[u64]) -> Function {
        let function = Function::new("random", Abi::Function);
        let block = function.entry();
        let mut g = Generator {
            choices: choices.iter(),
            function,
            block,
            scope: InScope::default(),
            objects: Vec::new(),
            pointers: Vec::new(),
            depth: 0,
            offset: 0,
        };
        g.begin();
        while g.choices.len() > 0 {
            g.statement();
        }
        g.end();
        g.function
    }

    /// The next choice; 0 when they are used up.
    fn choice(&mut self) -> u64 {
        self.choices.next().copied().unwrap_or(0)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.choice() % limit as u64) as usize
    }

    fn emit(&mut self, op: Op, args: &[Value], imm: Imm) -> Value {
        self.function.push_value(self.block, op, args, imm, None)
    }

    fn effect(&mut self, op: Op, args: &[Value], imm: Imm) {
        self.function.push(self.block, op, args, imm, None);
    }

    fn int_const(&mut self, value: i64) -> Value {
        self.emit(Op::Iconst, &[], Imm::Int(value))
    }

    fn pick(&mut self, from: fn(&InScope) -> &Vec<Value>) -> Value {
        let index = self.choice() as usize;
        let values = from(&self.scope);
        values[index % values.len()]
    }

    fn int(&mut self) -> Value {
        if self.choice().is_multiple_of(4) {
            let value = [0, 1, -1, 2, 8, i64::MAX, i64::MIN, 100][self.below(8)];
            return self.int_const(value);
        }
        self.pick(|s| &s.ints)
    }

    fn truth(&mut self) -> Value {
        self.pick(|s| &s.truths)
    }

    fn float(&mut self) -> Value {
        self.pick(|s| &s.floats)
    }

    fn object(&mut self) -> Value {
        let index = self.below(OBJECTS - 1);
        self.objects[index]
    }

    fn begin(&mut self) {
        let args = self.function.block(self.block).params[2];
        let load = |g: &mut Self, index: usize, size: MemSize| {
            let imm = Imm::Mem { offset: index as i32 * 8, size, region: Region::Scratch };
            g.emit(Op::Load, &[args], imm)
        };
        for index in 0..OBJECTS {
            let object = load(self, index, MemSize::Obj);
            self.objects.push(object);
        }
        for index in 0..POINTED.len() {
            let pointer = load(self, OBJECTS + index, MemSize::Ptr);
            self.pointers.push(pointer);
        }
        for index in 0..2 {
            let int = load(self, OBJECTS + POINTED.len() + index, MemSize::I64);
            self.scope.ints.push(int);
            let float = self.emit(Op::ItoF, &[int], Imm::None);
            self.scope.floats.push(float);
        }
        let truth = self.emit(Op::Icmp, &[self.scope.ints[0], self.scope.ints[1]], Imm::Cond(Cond::Lt));
        self.scope.truths.push(truth);
    }

    fn end(&mut self) {
        for value in std::mem::take(&mut self.scope.boxes) {
            self.effect(Op::DecrefLeaf, &[value], Imm::None);
        }
        for value in std::mem::take(&mut self.scope.taken) {
            self.effect(Op::DecrefPlain, &[value], Imm::None);
        }
        let digest = self.digest(0);
        let result = self.emit(Op::BoxInt, &[digest], Imm::None);
        self.effect(Op::Return, &[result], Imm::None);
    }

    /// An integer that depends on all integers from a position in the scope on, or just one of them.
    fn digest(&mut self, from: usize) -> Value {
        if self.choice() % 8 == 7 {
            return self.int();
        }
        let ints = self.scope.ints[from..].to_vec();
        let three = self.int_const(3);
        ints.into_iter().fold(three, |digest, int| {
            let scaled = self.emit(Op::Imul, &[digest, three], Imm::None);
            self.emit(Op::Ixor, &[scaled, int], Imm::None)
        })
    }

    /// A state with some of the values, and all references.
    fn state(&mut self) -> StateId {
        self.offset += 1;
        let mut locals = vec![Slot::Raw(self.int()), Slot::Raw(self.float()), Slot::Raw(self.truth())];
        locals.push(Slot::Borrowed(self.object()));
        locals.extend(self.scope.boxes.iter().map(|&v| Slot::Owned(v)));
        let (stack, release) = self.scope.taken.split_at(self.scope.taken.len() / 2);
        let (stack, release) = (stack.iter().map(|&v| Slot::Owned(v)).collect(), release.to_vec());
        self.function.add_state(FrameState {
            code: 0,
            function: Slot::Null,
            offset: self.offset,
            untraced: false,
            return_offset: 0,
            on_return: OnReturn::Push,
            resume: Resume::Execute,
            frame: None,
            locals,
            stack,
            variables: Vec::new(),
            release,
            origin: None,
            parent: None,
        })
    }

    fn statement(&mut self) {
        match self.choice() % 32 {
            0..3 => self.integers(),
            3 => self.floats(),
            4 => self.comparison(),
            5 => self.truths(),
            6..14 => self.load(),
            14..17 => self.store(),
            17..19 => self.call(),
            19..21 => self.guard(),
            21 => self.checked(),
            22 => self.boxed(),
            23..25 => self.take_reference(),
            25 => self.drop_reference(),
            26 => self.type_check(),
            27 => self.nullable(),
            28 => self.scratch(),
            29..32 if self.depth < 3 => match self.choice() % 2 {
                0 => self.condition(),
                _ => self.counted_loop(),
            },
            _ => self.integers(),
        }
    }

    fn integers(&mut self) {
        let ops = [Op::Iadd, Op::Isub, Op::Imul, Op::Smulhi, Op::Umulhi, Op::Iand, Op::Ior, Op::Ixor];
        let op = ops[self.below(ops.len())];
        let (left, right) = (self.int(), self.int());
        let result = match self.choice() % 5 {
            0 => self.emit(Op::Inot, &[left], Imm::None),
            1 => {
                let truth = self.truth();
                self.emit(Op::Select, &[truth, left, right], Imm::None)
            }
            2 => {
                let truth = self.truth();
                self.emit(Op::BtoI, &[truth], Imm::None)
            }
            _ => self.emit(op, &[left, right], Imm::None),
        };
        self.scope.ints.push(result);
    }

    fn floats(&mut self) {
        let ops = [Op::Fadd, Op::Fsub, Op::Fmul, Op::Fdiv];
        let op = ops[self.below(ops.len())];
        let (left, right) = (self.float(), self.float());
        let result = match self.choice() % 6 {
            0 => self.emit(Op::Fneg, &[left], Imm::None),
            1 => self.emit(Op::Fabs, &[left], Imm::None),
            2 => {
                let two = self.emit(Op::Fconst, &[], Imm::Float(2f64.to_bits()));
                self.emit(Op::Fdiv, &[left, two], Imm::None)
            }
            3 => self.emit(Op::CallHelper, &[left, right], Imm::Helper(Helper::float_mod)),
            _ => self.emit(op, &[left, right], Imm::None),
        };
        self.scope.floats.push(result);
    }

    fn comparison(&mut self) {
        let cond = Cond::ALL[self.below(6)];
        let result = if self.choice().is_multiple_of(3) {
            let (left, right) = (self.float(), self.float());
            self.emit(Op::Fcmp, &[left, right], Imm::Cond(cond))
        } else {
            let (left, right) = (self.int(), self.int());
            self.emit(Op::Icmp, &[left, right], Imm::Cond(cond))
        };
        self.scope.truths.push(result);
    }

    fn truths(&mut self) {
        let (left, right) = (self.truth(), self.truth());
        let result = match self.choice() % 4 {
            0 => self.emit(Op::Band, &[left, right], Imm::None),
            1 => self.emit(Op::Bor, &[left, right], Imm::None),
            2 => self.emit(Op::Bconst, &[], Imm::Int(1)),
            _ => self.emit(Op::Bnot, &[left], Imm::None),
        };
        self.scope.truths.push(result);
    }

    /// An index inside the memory behind a pointer.
    fn index(&mut self) -> Value {
        let value = self.int();
        let mask = self.int_const(1);
        self.emit(Op::Iand, &[value, mask], Imm::None)
    }

    fn field(&mut self) -> Imm {
        let offset = FIELDS + 8 * self.below(WORDS as usize) as i32;
        Imm::Mem { offset, size: MemSize::I64, region: Region::Instance }
    }

    fn load(&mut self) {
        let which = self.below(POINTED.len() + 2);
        let result = if which < POINTED.len() {
            let (pointer, region) = (self.pointers[which], POINTED[which]);
            let imm = Imm::Mem { offset: 8 * self.below(2) as i32, size: MemSize::I64, region };
            if self.choice().is_multiple_of(2) {
                let index = self.index();
                self.emit(Op::LoadIndexed, &[pointer, index], imm)
            } else {
                self.emit(Op::Load, &[pointer], imm)
            }
        } else {
            let (object, imm) = (self.object(), self.field());
            self.emit(Op::Load, &[object], imm)
        };
        self.scope.ints.push(result);
    }

    fn store(&mut self) {
        // The last one is constant.
        let which = self.below(POINTED.len() + 1);
        let value = self.int();
        if which < POINTED.len() - 1 {
            let (pointer, region) = (self.pointers[which], POINTED[which]);
            let size = [MemSize::I64, MemSize::I32][self.below(2)];
            let imm = Imm::Mem { offset: 8 * self.below(2) as i32, size, region };
            if size == MemSize::I64 && self.choice().is_multiple_of(2) {
                let index = self.index();
                self.effect(Op::StoreIndexed, &[pointer, index, value], imm);
            } else {
                self.effect(Op::Store, &[pointer, value], imm);
            }
        } else {
            let (object, imm) = (self.object(), self.field());
            self.effect(Op::Store, &[object, value], imm);
        }
    }

    fn call(&mut self) {
        let object = self.object();
        let helper = [Helper::is_true, Helper::list_append, Helper::str_equal][self.below(3)];
        let args = if helper == Helper::is_true { vec![object] } else { vec![object, self.object()] };
        let result = self.emit(Op::CallHelper, &args, Imm::Helper(helper));
        self.scope.ints.push(result);
    }

    fn guard(&mut self) {
        let state = self.state();
        let truth = self.truth();
        // Mostly one that holds.
        let checked = if self.choice().is_multiple_of(4) {
            truth
        } else {
            let int = self.int();
            let rare = self.int_const(2);
            let common = self.emit(Op::Icmp, &[int, rare], Imm::Cond(Cond::Ne));
            self.scope.truths.push(common);
            common
        };
        self.function.push(self.block, Op::Guard, &[checked], Imm::Exit(ExitReason::OutOfBounds), Some(state));
    }

    /// A checked operation whose result is used, so that its exit is needed.
    fn checked(&mut self) {
        let ops = [
            Op::IaddChecked,
            Op::IsubChecked,
            Op::ImulChecked,
            Op::IfloordivChecked,
            Op::ImodChecked,
            Op::IshrChecked,
            Op::IshlChecked,
        ];
        let op = ops[self.below(ops.len())];
        let (left, right) = (self.int(), self.int());
        let state = self.state();
        let result = self.function.push_value(self.block, op, &[left, right], Imm::None, Some(state));
        self.scope.ints.push(result);
        let imm = Imm::Mem { offset: 0, size: MemSize::I64, region: Region::Array };
        let pointer = self.pointers[2];
        self.effect(Op::Store, &[pointer, result], imm);
    }

    fn boxed(&mut self) {
        let result = if self.choice().is_multiple_of(2) {
            let int = self.int();
            self.emit(Op::BoxInt, &[int], Imm::None)
        } else {
            let float = self.float();
            self.emit(Op::BoxFloat, &[float], Imm::None)
        };
        self.scope.boxes.push(result);
    }

    fn take_reference(&mut self) {
        let object = self.object();
        self.effect(Op::Incref, &[object], Imm::None);
        self.scope.taken.push(object);
    }

    fn drop_reference(&mut self) {
        if self.depth == 0
            && let Some(object) = self.scope.taken.pop()
        {
            self.effect(Op::DecrefPlain, &[object], Imm::None);
        }
    }

    fn type_check(&mut self) {
        let object = self.object();
        let state = self.state();
        self.function.push(self.block, Op::GuardType, &[object], Imm::Type(0), Some(state));
    }

    /// A field of the object that may be NULL, if it is not.
    fn nullable(&mut self) {
        let object = self.objects[OBJECTS - 1];
        let null = self.emit(Op::Null, &[], Imm::None);
        let is_null = self.emit(Op::Same, &[object, null], Imm::None);
        let (some, done) = (self.function.add_block(), self.function.add_block());
        let result = self.function.add_param(done, Ty::I64);
        let zero = self.int_const(0);
        let then = Target { block: done, args: [zero].into_iter().collect() };
        let otherwise = Target { block: some, args: [].into_iter().collect() };
        self.function.branch(self.block, is_null, then, otherwise);
        self.block = some;
        let imm = self.field();
        let field = self.emit(Op::Load, &[object], imm);
        self.function.jump(some, done, &[field]);
        self.block = done;
        self.scope.ints.push(result);
    }

    fn scratch(&mut self) {
        let words = self.emit(Op::Scratch, &[], Imm::Int(1));
        let (base, exponent) = (self.int(), self.int());
        let imm = Imm::Mem { offset: 0, size: MemSize::I64, region: Region::Scratch };
        self.effect(Op::Store, &[words, base], imm);
        let done = self.emit(Op::CallHelper, &[base, exponent, words], Imm::Helper(Helper::int_pow));
        let power = self.emit(Op::Load, &[words], imm);
        self.scope.ints.extend([done, power]);
    }

    fn statements(&mut self, count: usize) {
        self.depth += 1;
        for _ in 0..count {
            self.statement();
        }
        self.depth -= 1;
    }

    /// Runs part of the program in another scope: references taken in it are dropped in it.
    fn inner(&mut self, count: usize) -> Value {
        let outer = self.scope.clone();
        self.statements(count);
        let result = self.digest(outer.ints.len());
        for value in self.scope.boxes.split_off(outer.boxes.len()) {
            self.effect(Op::DecrefLeaf, &[value], Imm::None);
        }
        for value in self.scope.taken.split_off(outer.taken.len()) {
            self.effect(Op::DecrefPlain, &[value], Imm::None);
        }
        self.scope = outer;
        result
    }

    fn condition(&mut self) {
        let truth = self.truth();
        let [yes, no, done] = [(); 3].map(|()| self.function.add_block());
        let result = self.function.add_param(done, Ty::I64);
        let target = |block| Target { block, args: [].into_iter().collect() };
        self.function.branch(self.block, truth, target(yes), target(no));
        for block in [yes, no] {
            self.block = block;
            let count = self.below(5);
            let value = self.inner(count);
            self.function.jump(self.block, done, &[value]);
        }
        self.block = done;
        self.scope.ints.push(result);
    }

    fn counted_loop(&mut self) {
        let zero = self.int_const(0);
        let limit = self.below(4) as i64;
        let limit = self.int_const(limit);
        let first = self.int();
        let [header, body, done] = [(); 3].map(|()| self.function.add_block());
        let counter = self.function.add_param(header, Ty::I64);
        let carried = self.function.add_param(header, Ty::I64);
        self.function.jump(self.block, header, &[zero, first]);
        self.block = header;
        let more = self.emit(Op::Icmp, &[counter, limit], Imm::Cond(Cond::Lt));
        let target = |block| Target { block, args: [].into_iter().collect() };
        self.function.branch(header, more, target(body), target(done));
        self.block = body;
        let outer = self.scope.clone();
        self.scope.ints.extend([counter, carried]);
        let count = self.below(10);
        let next = self.inner(count);
        self.scope = outer;
        let one = self.int_const(1);
        let after = self.emit(Op::Iadd, &[counter, one], Imm::None);
        self.function.jump(self.block, header, &[after, next]);
        self.block = done;
        self.scope.ints.push(carried);
    }
}
