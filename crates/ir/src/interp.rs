//! The reference interpreter: executes functions over a [`World`] that supplies memory, objects and helpers.
//!
//! It says what operations mean, and is the oracle that machine code is compared with. A function is decoded
//! once into a [`Program`]; execution uses no Rust stack per Python loop iteration or block.
//!
//! Forced exits ([`crate::Function::exit_every`]): each guard or checked operation that would not exit counts the word at
//! the counter's address down by one; when that makes it 0, the counter is set to N again and the
//! operation exits with [`ExitReason::Forced`] instead of going on.

use crate::entity::{Block, Value};
use crate::exits::ExitTable;
use crate::function::{Function, InstData, Target};
use crate::ops::{Imm, MemSize, Op};
use crate::semantics::evaluate;
use smallvec::SmallVec;
use whipsnake_contract::exit::{ExitReason, Resume};
use whipsnake_contract::helpers::Helper;

/// What functions act on. Addresses and objects are words; doubles are passed by their bits where the type is `u64`.
pub trait World {
    /// Loads a value, as the word that [`MemSize::word`] makes of the bytes.
    fn load(&mut self, address: u64, size: MemSize) -> u64;
    /// Stores the bytes that [`MemSize::raw`] makes of the word.
    fn store(&mut self, address: u64, size: MemSize, word: u64);
    /// Calls a helper; 0 if it has no result.
    fn call_helper(&mut self, helper: Helper, args: &[u64]) -> u64;
    /// Calls a unit's entry point.
    fn call_native(&mut self, entry: u64, tstate: u64, function: u64, args: u64) -> u64;
    /// The address of an object's type.
    fn type_of(&mut self, object: u64) -> u64;
    /// A new reference to an int.
    fn box_int(&mut self, value: i64) -> u64;
    /// A new reference to a float.
    fn box_float(&mut self, value: f64) -> u64;
    /// `True` or `False`.
    fn box_bool(&mut self, value: bool) -> u64;
    /// The value of an int or bool if it fits.
    fn unbox_int(&mut self, object: u64) -> Option<i64>;
    /// The value of a float.
    fn unbox_float(&mut self, object: u64) -> f64;
    /// Adds a reference.
    fn incref(&mut self, object: u64);
    /// Drops a reference; true if it was the last one, and the caller has to destroy the object.
    fn decref(&mut self, object: u64) -> bool;
    /// Destroys an object if that runs no Python code; true if it did.
    fn destroy_unseen(&mut self, object: u64) -> bool;
    /// Destroys an object with the frames of an observation point visible; true if the unit must leave by that exit.
    fn observe(&mut self, exit: u32, words: &[u64], object: u64) -> bool;
    /// Takes the object out of a frame slot; the default is for slots without tags.
    fn take_slot(&mut self, address: u64) -> u64 {
        self.load(address, MemSize::Obj)
    }
    /// The object of a frame slot, or NULL; the default is for slots without tags.
    fn read_slot(&mut self, address: u64) -> u64 {
        self.load(address, MemSize::Obj)
    }
    /// Puts an object or NULL into a frame slot; the default is for slots without tags.
    fn store_slot(&mut self, address: u64, object: u64) {
        self.store(address, MemSize::Obj, object);
    }
    /// Reserves words of the native frame until [`World::free_scratch`]; the contents are undefined.
    fn scratch(&mut self, words: usize) -> u64;
    /// Gives scratch words back, the latest first.
    fn free_scratch(&mut self, address: u64, words: usize);
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The word that the function returned.
    Return(u64),
    /// Left by an exit.
    Exit {
        /// Number in [`Program::exits`].
        exit: u32,
        /// The exit buffer.
        words: Vec<u64>,
    },
    /// Reached `unreachable`: the function or what made it is wrong.
    Unreachable,
}

/// A function decoded for execution. The function must be one that the verifier accepts.
#[derive(Clone, Debug)]
pub struct Program {
    /// The function's exits.
    pub exits: ExitTable,
    exit_every: Option<(u64, u64)>,
    steps: Vec<Step>,
    edges: Vec<Edge>,
    params: Vec<u32>,
    registers: usize,
    scratch_words: usize,
}

#[derive(Clone, Debug)]
struct Step {
    op: Op,
    imm: Imm,
    args: SmallVec<[u32; 4]>,
    result: u32,
    exits: SmallVec<[(ExitReason, u32); 2]>,
    /// First of the edges of a terminator.
    edge: u32,
    /// What the operation needs beyond its immediate: address of the object, byte offset in the scratch words.
    extra: u64,
}

#[derive(Clone, Debug)]
struct Edge {
    step: u32,
    /// From register to register, at the same time.
    moves: SmallVec<[(u32, u32); 4]>,
}

/// The register of instructions without a result; written, never read.
const NOWHERE: u32 = 0;

/// Registers are value numbers behind the one that is never read.
fn register(value: Value) -> u32 {
    value.0 + 1
}

impl Program {
    /// Decodes a function and builds its exit table.
    pub fn new(function: &Function) -> Program {
        let exits = ExitTable::build(function);
        let mut program = Program {
            exits,
            exit_every: function.exit_every,
            steps: Vec::new(),
            edges: Vec::new(),
            params: function.block(function.entry()).params.iter().map(|&v| register(v)).collect(),
            registers: function.values.len() + 1,
            scratch_words: 0,
        };
        let mut starts = Vec::with_capacity(function.blocks.len());
        let mut targets: Vec<Block> = Vec::new();
        for data in &function.blocks {
            starts.push(program.steps.len() as u32);
            for &inst in &data.insts {
                let data = function.inst(inst);
                let edge = program.edges.len() as u32;
                for target in &data.targets {
                    program.edges.push(Edge { step: 0, moves: moves(function, target) });
                    targets.push(target.block);
                }
                let extra = program.extra(function, data);
                program.steps.push(Step {
                    op: data.op,
                    imm: data.imm,
                    args: data.args.iter().map(|&v| register(v)).collect(),
                    result: data.result.map_or(NOWHERE, register),
                    exits: SmallVec::from_slice(program.exits.exits_of(inst)),
                    edge,
                    extra,
                });
            }
        }
        for (edge, target) in program.edges.iter_mut().zip(targets) {
            edge.step = starts[target.index()];
        }
        program
    }

    fn extra(&mut self, function: &Function, data: &InstData) -> u64 {
        match (data.op, data.imm) {
            (Op::Object, Imm::Object(index)) => function.objects[index as usize].address,
            (Op::Scratch, Imm::Int(words)) => {
                let offset = self.scratch_words as u64 * 8;
                self.scratch_words += words as usize;
                offset
            }
            _ => 0,
        }
    }

    /// Executes the function with the words of its parameters.
    pub fn run<W: World + ?Sized>(&self, world: &mut W, args: &[u64]) -> Outcome {
        let mut machine = Machine {
            program: self,
            registers: vec![0; self.registers],
            scratch: if self.scratch_words == 0 { 0 } else { world.scratch(self.scratch_words) },
            world,
        };
        for (&param, &word) in self.params.iter().zip(args) {
            machine.registers[param as usize] = word;
        }
        let outcome = machine.run();
        if self.scratch_words != 0 {
            machine.world.free_scratch(machine.scratch, self.scratch_words);
        }
        outcome
    }
}

fn moves(function: &Function, target: &Target) -> SmallVec<[(u32, u32); 4]> {
    let params = &function.block(target.block).params;
    target.args.iter().zip(params).map(|(&from, &to)| (register(from), register(to))).collect()
}

struct Machine<'a, W: ?Sized> {
    program: &'a Program,
    registers: Vec<u64>,
    scratch: u64,
    world: &'a mut W,
}

/// What a step does to the flow.
enum Flow {
    Next,
    Edge(u32),
    End(Outcome),
}

impl<W: World + ?Sized> Machine<'_, W> {
    fn run(&mut self) -> Outcome {
        let program = self.program;
        let mut at = 0;
        loop {
            let Some(step) = program.steps.get(at) else { return Outcome::Unreachable };
            match self.step(step) {
                Flow::Next => at += 1,
                Flow::Edge(edge) => at = self.take(edge),
                Flow::End(outcome) => return outcome,
            }
        }
    }

    fn take(&mut self, edge: u32) -> usize {
        let edge = &self.program.edges[edge as usize];
        match edge.moves.as_slice() {
            [] => {}
            [(from, to)] => self.registers[*to as usize] = self.registers[*from as usize],
            moves => {
                let words: SmallVec<[u64; 8]> = moves.iter().map(|(from, _)| self.registers[*from as usize]).collect();
                for ((_, to), word) in moves.iter().zip(words) {
                    self.registers[*to as usize] = word;
                }
            }
        }
        edge.step as usize
    }

    fn step(&mut self, step: &Step) -> Flow {
        let args: SmallVec<[u64; 4]> = step.args.iter().map(|&r| self.registers[r as usize]).collect();
        let result = match evaluate(step.op, &step.imm, &args) {
            Some(result) => result,
            None => match self.act(step, &args) {
                Act::Flow(flow) => return flow,
                Act::Result(result) => result,
            },
        };
        match result {
            Ok(_) if self.is_forced(step) => self.exit(step, ExitReason::Forced),
            Ok(word) => {
                self.registers[step.result as usize] = word;
                Flow::Next
            }
            Err(reason) => self.exit(step, reason),
        }
    }

    /// Counts a guard that passed; true if it has to exit nevertheless.
    fn is_forced(&mut self, step: &Step) -> bool {
        let Some((every, counter)) = self.program.exit_every else { return false };
        if !step.exits.iter().any(|(reason, _)| *reason == ExitReason::Forced) {
            return false;
        }
        let left = self.world.load(counter, MemSize::I64).wrapping_sub(1);
        self.world.store(counter, MemSize::I64, if left == 0 { every } else { left });
        left == 0
    }

    fn exit(&mut self, step: &Step, reason: ExitReason) -> Flow {
        match step.exits.iter().find(|(r, _)| *r == reason) {
            Some(&(_, exit)) => Flow::End(Outcome::Exit { exit, words: self.exit_words(exit) }),
            None => Flow::End(Outcome::Unreachable),
        }
    }

    fn exit_words(&self, exit: u32) -> Vec<u64> {
        let values = &self.program.exits.values[exit as usize];
        values.iter().map(|&v| self.registers[register(v) as usize]).collect()
    }

    /// Operations that do more than compute.
    fn act(&mut self, step: &Step, args: &[u64]) -> Act {
        let done = Act::Result(Ok(0));
        let check = |passed: bool, reason: ExitReason| Act::Result(if passed { Ok(0) } else { Err(reason) });
        match (step.op, step.imm, args) {
            (Op::Object, ..) => Act::word(step.extra),
            (Op::Scratch, ..) => Act::word(self.scratch + step.extra),
            (Op::Load, Imm::Mem { offset, size, .. }, [base]) => {
                Act::word(self.world.load(base.wrapping_add(offset as i64 as u64), size))
            }
            (Op::LoadIndexed, Imm::Mem { offset, size, .. }, [base, index]) => {
                Act::word(self.world.load(indexed(*base, offset, *index, size), size))
            }
            (Op::Store, Imm::Mem { offset, size, .. }, [base, word]) => {
                self.world.store(base.wrapping_add(offset as i64 as u64), size, *word);
                done
            }
            (Op::StoreIndexed, Imm::Mem { offset, size, .. }, [base, index, word]) => {
                self.world.store(indexed(*base, offset, *index, size), size, *word);
                done
            }
            (Op::TakeSlot, Imm::Mem { offset, .. }, [base]) => {
                Act::word(self.world.take_slot(base.wrapping_add(offset as i64 as u64)))
            }
            (Op::ReadSlot, Imm::Mem { offset, .. }, [base]) => {
                Act::word(self.world.read_slot(base.wrapping_add(offset as i64 as u64)))
            }
            (Op::StoreSlot, Imm::Mem { offset, .. }, [base, object]) => {
                self.world.store_slot(base.wrapping_add(offset as i64 as u64), *object);
                done
            }
            (Op::Guard | Op::GuardNotNull, Imm::Exit(reason), [word]) => check(*word != 0, reason),
            (Op::GuardType, Imm::Type(expected), [object]) => {
                check(self.world.type_of(*object) == expected, ExitReason::TypeGuard)
            }
            (Op::IsType, Imm::Type(expected), [object]) => Act::word((self.world.type_of(*object) == expected).into()),
            (Op::BoxInt, _, [word]) => Act::word(self.world.box_int(*word as i64)),
            (Op::BoxFloat, _, [word]) => Act::word(self.world.box_float(f64::from_bits(*word))),
            (Op::BoxBool, _, [word]) => Act::word(self.world.box_bool(*word != 0)),
            (Op::UnboxInt, _, [object]) => {
                Act::Result(self.world.unbox_int(*object).map(|value| value as u64).ok_or(ExitReason::BigInt))
            }
            (Op::UnboxFloat, _, [object]) => Act::word(self.world.unbox_float(*object).to_bits()),
            (Op::Incref, _, [object]) => {
                self.world.incref(*object);
                done
            }
            (Op::DecrefLeaf | Op::DecrefPlain, _, [object]) => {
                if self.world.decref(*object) {
                    let destroy = if step.op == Op::DecrefLeaf { Helper::dealloc_leaf } else { Helper::dealloc };
                    self.world.call_helper(destroy, &[*object]);
                }
                done
            }
            (Op::Decref, _, [object]) => self.decref(step, *object),
            (Op::DecrefOrExit, Imm::Exit(reason), [object]) => {
                if self.world.decref(*object) && !self.world.destroy_unseen(*object) {
                    return Act::Flow(self.exit(step, reason));
                }
                done
            }
            (Op::CallHelper, Imm::Helper(helper), args) => Act::word(self.world.call_helper(helper, args)),
            (Op::CallNative, _, &[entry, tstate, function, args]) => {
                Act::word(self.world.call_native(entry, tstate, function, args))
            }
            (Op::Jump, ..) => Act::Flow(Flow::Edge(step.edge)),
            (Op::Branch, _, [flag]) => Act::Flow(Flow::Edge(step.edge + u32::from(*flag == 0))),
            (Op::Return, _, [word]) => Act::Flow(Flow::End(Outcome::Return(*word))),
            (Op::Exit, Imm::Exit(reason), _) => Act::Flow(self.exit(step, reason)),
            // Nothing else is left in a verified function.
            _ => Act::Flow(Flow::End(Outcome::Unreachable)),
        }
    }

    fn decref(&mut self, step: &Step, object: u64) -> Act {
        if !self.world.decref(object) || self.world.destroy_unseen(object) {
            return Act::Result(Ok(0));
        }
        let observation =
            step.exits.iter().find(|(_, exit)| self.program.exits.points[*exit as usize].resume == Resume::Observe);
        let Some(&(_, exit)) = observation else { return Act::Flow(Flow::End(Outcome::Unreachable)) };
        let words = self.exit_words(exit);
        if self.world.observe(exit, &words, object) {
            Act::Flow(Flow::End(Outcome::Exit { exit, words }))
        } else {
            Act::Result(Ok(0))
        }
    }
}

enum Act {
    Result(Result<u64, ExitReason>),
    Flow(Flow),
}

impl Act {
    fn word(word: u64) -> Act {
        Act::Result(Ok(word))
    }
}

fn indexed(base: u64, offset: i32, index: u64, size: MemSize) -> u64 {
    base.wrapping_add(offset as i64 as u64).wrapping_add(index.wrapping_mul(size.bytes() as u64))
}
