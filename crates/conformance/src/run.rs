//! One function, executed both ways.

use crate::executable::Executable;
use crate::helpers::{EXIT_RESULT, Running, while_running};
use crate::interpret::Interpreted;
use crate::trampolines::Trampolines;
use crate::world::{ARGUMENT_WORDS, Event, World};
use std::cell::RefCell;
use std::rc::Rc;
use whipsnake_backend::{Artifact, Backend, CompiledCode, CpuFeatures, CraneliftBackend, Dump, TargetInfo};
use whipsnake_ir::Function;
use whipsnake_ir::function::Abi;
use whipsnake_ir::interp::{Outcome, Program};

/// What an execution did.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// How it ended.
    pub outcome: Outcome,
    /// What it called.
    pub events: Vec<Event>,
    /// The memory behind it.
    pub memory: Vec<u64>,
    /// The argument array behind it.
    pub arguments: Vec<u64>,
}

/// A function with its machine code.
#[derive(Debug)]
pub struct Unit {
    world: Rc<World>,
    abi: Abi,
    program: Program,
    /// What the backend made of it.
    pub compiled: CompiledCode,
    code: Executable,
    function: Function,
    // Code refers to them by address.
    trampolines: Trampolines,
}

impl Unit {
    /// Compiles a function with all of this processor's instructions.
    ///
    /// # Panics
    /// If the function breaks the rules of the IR, or the backend refuses it.
    pub fn new(world: &Rc<World>, function: &Function) -> Unit {
        Unit::with_features(world, function, CpuFeatures::detect())
    }

    /// Compiles a function.
    ///
    /// # Panics
    /// As [`Unit::new`].
    pub fn with_features(world: &Rc<World>, function: &Function, features: CpuFeatures) -> Unit {
        let problem = whipsnake_ir::verify::verify_text(function);
        assert!(problem.is_none(), "{}\n{function}", problem.unwrap_or_default());
        let backend = CraneliftBackend::new().expect("there is a code generator for this machine");
        let platform = world.platform();
        let target = TargetInfo { platform: &platform, unit: world.unit(), features, dump: Dump::default() };
        let compiled = backend.compile(function, &target).unwrap_or_else(|error| panic!("{error}\n{function}"));
        let Artifact::Machine(machine) = &compiled.artifact else { panic!("no machine code") };
        let mut trampolines = Trampolines::new(backend, platform, features);
        let code = trampolines.place(machine);
        let program = Program::new(function);
        let (abi, function) = (function.abi, function.clone());
        Unit { world: world.clone(), abi, program, code, compiled, function, trampolines }
    }

    /// The function's CLIF and machine code as text.
    pub fn texts(&self) -> String {
        let Trampolines { backend, platform, features, .. } = &self.trampolines;
        let target = TargetInfo { platform, unit: self.world.unit(), features: *features, dump: Dump::ALL };
        match backend.compile(&self.function, &target) {
            Ok(code) => format!("{}\n{}", code.clif.unwrap_or_default(), code.asm.unwrap_or_default()),
            Err(error) => error.to_string(),
        }
    }

    /// Executes the machine code on the world as it was last kept.
    pub fn machine(&self) -> Observation {
        self.world.reset();
        let exit_words = self.compiled.exits.iter().map(|e| e.words).collect();
        let running = Rc::new(Running { host: self.world.clone(), exit_words, exit: RefCell::new(None) });
        let (function, arguments) = (self.world.small_int(0), self.world.arguments());
        let thread_state = self.world.thread_state();
        let result = while_running(&running, || match self.abi {
            // SAFETY: the symbols are resolved, and the test's function works on the world's memory only.
            Abi::Function => unsafe { self.code.call_function(thread_state, function, arguments) },
            // SAFETY: as above.
            Abi::Loop => unsafe { self.code.call_loop(thread_state, arguments) },
        });
        let outcome = match running.exit.take() {
            None => Outcome::Return(result),
            Some((exit, words)) => {
                assert_eq!(result, EXIT_RESULT, "the unit returns what the exit function returned");
                Outcome::Exit { exit, words }
            }
        };
        self.observe(outcome)
    }

    /// Executes the function by the reference interpreter on the world as it was last kept.
    pub fn interpreted(&self) -> Observation {
        self.world.reset();
        let args = match self.abi {
            Abi::Function => vec![self.world.thread_state(), self.world.small_int(0), self.world.arguments()],
            Abi::Loop => vec![self.world.thread_state(), self.world.arguments()],
        };
        let outcome = self.program.run(&mut Interpreted(&self.world), &args);
        self.observe(outcome)
    }

    fn observe(&self, outcome: Outcome) -> Observation {
        let arguments = (0..ARGUMENT_WORDS).map(|i| self.world.read(self.world.arguments() + i * 8)).collect();
        Observation { outcome, events: self.world.events.take(), memory: self.world.words(), arguments }
    }

    /// Executes both ways with the arguments and returns the observation, which must be the same. The world is
    /// then as before.
    ///
    /// # Panics
    /// If machine code and the reference interpreter disagree.
    pub fn check(&self, arguments: &[u64]) -> Observation {
        for (i, &word) in arguments.iter().enumerate() {
            self.world.write(self.world.arguments() + i as u64 * 8, word);
        }
        self.world.keep();
        let expected = self.interpreted();
        let found = self.machine();
        self.world.reset();
        let describe = || format!("arguments {arguments:x?}\n{}", self.texts());
        assert_eq!(found.outcome, expected.outcome, "{}", describe());
        assert_eq!(found.events, expected.events, "{}", describe());
        let changed = |o: &Observation| {
            let words = o.memory.iter().zip(&expected.memory).enumerate();
            words
                .filter(|(_, (a, b))| a != b && !(is_nan(**a) && is_nan(**b)))
                .map(|(i, (a, b))| (i, *a, *b))
                .collect::<Vec<_>>()
        };
        assert_eq!(changed(&found), [], "word, machine code, reference; {}", describe());
        expected
    }
}

fn is_nan(word: u64) -> bool {
    f64::from_bits(word).is_nan()
}
