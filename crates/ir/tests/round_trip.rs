//! What the printer writes, the parser reads back to the same function.

use proptest::prelude::*;
use whipsnake_contract::exit::{ExitReason, OnReturn, Resume, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::Assumption;
use whipsnake_ir::function::{Abi, ObjectRef, helper_params};
use whipsnake_ir::ops::ImmKind;
use whipsnake_ir::ops::{Cond, Exits, Imm, MemSize, Op, Region, Sig, Ty};
use whipsnake_ir::parse::parse;
use whipsnake_ir::{Block, FrameState, Function, Slot, StateId, Target, Value};

/// Makes a function out of a list of choices; any list gives one.
struct Generator<'a> {
    choices: std::iter::Cycle<std::slice::Iter<'a, u64>>,
    function: Function,
}

impl Generator<'_> {
    fn choice(&mut self) -> u64 {
        // The position is mixed in, so that short lists do not repeat themselves.
        let salt = (self.function.insts.len() + self.function.values.len()) as u64;
        self.choices.next().copied().unwrap_or(0).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let index = self.choice() as usize % from.len();
        from[index]
    }

    fn flag(&mut self) -> bool {
        self.choice() & 4 == 0
    }

    fn value(&mut self) -> Value {
        Value((self.choice() % self.function.values.len() as u64) as u32)
    }

    fn text(&mut self) -> String {
        self.pick(&["", "None", "a \"b\" \\ c\n\t", "größe", "<locals>.f", "; }"]).to_owned()
    }

    fn slot(&mut self, depth: u32) -> Slot {
        match self.choice() % if depth == 0 { 9 } else { 11 } {
            0 => Slot::Null,
            1 => Slot::Owned(self.value()),
            2 => Slot::Borrowed(self.value()),
            3 => Slot::Raw(self.value()),
            4 => Slot::Int(self.choice() as i64),
            5 => Slot::Float(self.choice()),
            6 => Slot::Object(self.choice() as u32 % 100),
            7 => Slot::OwnedOrNull(self.value()),
            8 => Slot::InFrame,
            9 => Slot::Maybe(self.value(), Box::new(self.slot(depth - 1))),
            _ => Slot::Virtual(self.pick(Virtual::ALL), self.slots(depth - 1)),
        }
    }

    fn slots(&mut self, depth: u32) -> Vec<Slot> {
        (0..self.choice() % 4).map(|_| self.slot(depth)).collect()
    }

    fn state(&mut self) -> FrameState {
        FrameState {
            code: self.choice() as u32,
            function: self.slot(0),
            offset: self.choice() as u32,
            untraced: self.choice() % 4 == 0,
            return_offset: self.choice() as u32 % 3,
            on_return: self.pick(OnReturn::ALL),
            resume: self.pick(&[Resume::Execute, Resume::Behind, Resume::Raise, Resume::Again, Resume::Observe]),
            frame: self.flag().then(|| self.value()),
            locals: self.slots(2),
            stack: self.slots(1),
            variables: (0..self.choice() % 3).map(|_| (self.choice() as u32 % 100, self.slot(1))).collect(),
            release: (0..self.choice() % 3).map(|_| self.value()).collect(),
            origin: self.flag().then(|| (self.choice() as u32, self.choice() as u32)),
            parent: self.flag().then(|| StateId(self.choice() as u32 % 10)),
        }
    }

    fn imm(&mut self, kind: ImmKind) -> Imm {
        match kind {
            ImmKind::None => Imm::None,
            ImmKind::Int => Imm::Int(self.choice() as i64),
            ImmKind::Float => Imm::Float(self.choice()),
            ImmKind::Cond => Imm::Cond(self.pick(Cond::ALL)),
            ImmKind::Mem => Imm::Mem {
                offset: self.choice() as i32,
                size: self.pick(MemSize::ALL),
                region: self.pick(Region::ALL),
            },
            ImmKind::Object => Imm::Object(self.choice() as u32 % 100),
            ImmKind::Helper => Imm::Helper(self.pick(Helper::ALL)),
            ImmKind::Exit => Imm::Exit(self.pick(ExitReason::ALL)),
            ImmKind::Type => Imm::Type(self.choice()),
        }
    }

    fn inst(&mut self, block: Block) {
        let op = self.pick(Op::ALL);
        let imm = self.imm(op.info().imm);
        let operands = match (op.info().operands.last(), imm) {
            (Some(Sig::Rest), Imm::Helper(helper)) => helper_params(helper).count(),
            _ => op.info().operands.len(),
        };
        let args: Vec<Value> = (0..operands).map(|_| self.value()).collect();
        let state = (op.info().exits != Exits::Never).then(|| StateId(self.choice() as u32 % 10));
        let inst = self.function.push(block, op, &args, imm, state);
        let targets = match op {
            Op::Jump => 1,
            Op::Branch => 2,
            _ => 0,
        };
        for _ in 0..targets {
            let args = (0..self.choice() % 3).map(|_| self.value()).collect();
            let target = Target { block: Block(self.choice() as u32 % 10), args };
            self.function.insts[inst.index()].targets.push(target);
        }
    }

    fn generate(choices: &[u64]) -> Function {
        let mut g = Generator { choices: choices.iter().cycle(), function: Function::new("", Abi::Loop) };
        g.function.abi = g.pick(Abi::ALL);
        g.function.name = format!("f{}", g.text());
        g.function.exit_every = g.flag().then(|| (g.choice(), g.choice()));
        for _ in 0..g.choice() % 3 {
            let object = ObjectRef { address: g.choice(), immortal: g.flag(), label: g.text() };
            g.function.objects.push(object);
        }
        for _ in 0..g.choice() % 3 {
            let assumption = match g.choice() % 3 {
                0 => Assumption::TypeVersion { address: g.choice(), version: g.choice() as u32 },
                1 => Assumption::DictEntry { dict: g.choice(), name: g.text(), value: g.choice() },
                _ => Assumption::Function { address: g.choice() },
            };
            g.function.assumptions.push(assumption);
        }
        for index in 0..1 + g.choice() % 4 {
            let block = if index == 0 { g.function.entry() } else { g.function.add_block() };
            g.function.blocks[block.index()].cold = g.flag();
            for _ in 0..g.choice() % 3 {
                let ty = g.pick(Ty::ALL);
                g.function.add_param(block, ty);
            }
            for _ in 0..g.choice() % 12 {
                g.inst(block);
            }
        }
        for _ in 0..g.choice() % 4 {
            let state = g.state();
            g.function.add_state(state);
        }
        g.function
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printed_functions_read_back(choices in proptest::collection::vec(any::<u64>(), 1..200)) {
        let function = Generator::generate(&choices);
        let text = function.to_string();
        let read = match parse(&text) {
            Ok(read) => read,
            Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}"))),
        };
        prop_assert_eq!(&read.to_string(), &text);
        prop_assert_eq!(format!("{read:?}"), format!("{function:?}"));
    }

    #[test]
    fn no_text_makes_the_parser_or_the_verifier_panic(
        choices in proptest::collection::vec(any::<u64>(), 1..60), cut in any::<prop::sample::Index>(),
    ) {
        let function = Generator::generate(&choices);
        whipsnake_ir::verify::verify(&function);
        let text = function.to_string();
        let at = cut.index(text.len());
        if let Some(damaged) = text.get(..at).map(|start| format!("{start}{}", text.get(at + 1..).unwrap_or(""))) {
            // Damaged text may still be a function; then it must print and be judged without a panic.
            if let Ok(function) = parse(&damaged) {
                let printed = function.to_string();
                prop_assert_eq!(parse(&printed).map(|f| f.to_string()), Ok(printed));
                whipsnake_ir::verify::verify(&function);
            }
        }
    }
}

#[test]
fn errors_name_line_and_column() {
    let text = "function %f abi loop {\nblock0(v0: ptr, v1: ptr):\n  v2: i64 = iconst x\n}\n";
    assert_eq!(parse(text).unwrap_err().to_string(), "line 3, column 20: expected an integer of 64 bits, found `x`");
    let text = "function %f abi loop {\n  s1 = code 0 at 0 execute\n}\n";
    let message = parse(text).unwrap_err().to_string();
    assert!(message.starts_with("line 2, column") && message.contains("expected `s0`"), "{message}");
}
