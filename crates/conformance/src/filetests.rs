//! Machine code as an executor of text tests.

use crate::helpers::{EXIT_RESULT, Host, Running, while_running};
use crate::trampolines::Trampolines;
use std::cell::RefCell;
use std::rc::Rc;
use whipsnake_backend::{Artifact, Backend, CpuFeatures, CraneliftBackend, Dump, TargetInfo};
use whipsnake_contract::helpers::Helper;
use whipsnake_filetest::{Execution, Executor, Heap};
use whipsnake_ir::function::Abi;
use whipsnake_ir::interp::{Outcome, World};
use whipsnake_ir::{Function, MemSize};

/// Executes functions of text tests as machine code.
#[derive(Clone, Copy, Debug)]
pub struct MachineExecutor {
    backend: CraneliftBackend,
    features: CpuFeatures,
}

impl MachineExecutor {
    /// An executor that uses these instructions.
    ///
    /// # Panics
    /// If there is no code generator for this machine.
    pub fn new(features: CpuFeatures) -> MachineExecutor {
        MachineExecutor { backend: CraneliftBackend::new().expect("there is a code generator"), features }
    }
}

/// The heap while machine code runs on it.
struct HeapHost {
    heap: *mut Heap,
    thread_state: u64,
    unit: u64,
}

impl HeapHost {
    fn heap<T>(&self, f: impl FnOnce(&mut Heap) -> T) -> T {
        // SAFETY: `execute` made the pointer of its own unique reference, which it does not use while code runs; calls
        // from the code do not nest.
        f(unsafe { &mut *self.heap })
    }
}

impl Host for HeapHost {
    fn thread_state(&self) -> u64 {
        self.thread_state
    }

    fn unit(&self) -> u64 {
        self.unit
    }

    fn helper(&self, helper: Helper, args: &[u64]) -> u64 {
        if let (Helper::unbox_int_slow, &[object, out]) = (helper, args) {
            let value = self.heap(|heap| heap.unbox_int(object));
            if let Some(value) = value {
                // SAFETY: the contract of the helper: `out` points to a word that is its to fill.
                unsafe { (out as *mut i64).write(value) };
            }
            return u64::from(value.is_some());
        }
        self.heap(|heap| heap.call_helper(helper, args))
    }

    fn native(&self, [thread_state, function, args]: [u64; 3]) -> u64 {
        let entry = crate::helpers::native_address();
        // SAFETY: the arguments of a unit are an array with at least one word.
        let first = unsafe { (args as *const u64).read() };
        self.heap(|heap| {
            // The array may be in the native frame, which the heap does not know.
            let copy = heap.allocate(8);
            heap.store(copy, MemSize::I64, first);
            heap.call_native(entry, thread_state, function, copy)
        })
    }

    fn observe(&self, exit: u32, words: Vec<u64>, object: u64) -> bool {
        self.heap(|heap| heap.observe(exit, &words, object))
    }
}

impl Executor for MachineExecutor {
    fn name(&self) -> &str {
        "machine code"
    }

    fn execute(&mut self, function: &Function, heap: &mut Heap, params: &[u64]) -> Result<Execution, String> {
        let mut platform = heap.platform().clone();
        // The heap wants to see every object die: there are no types whose objects are destroyed without it.
        platform.known_types.fill(0);
        let unit = heap.allocate(64);
        let target = TargetInfo { platform: &platform, unit, features: self.features, dump: Dump::default() };
        let compiled = self.backend.compile(function, &target).map_err(|error| error.to_string())?;
        let Artifact::Machine(machine) = &compiled.artifact else { return Err("no machine code".to_owned()) };
        let mut trampolines = Trampolines::new(self.backend, platform.clone(), self.features);
        let code = trampolines.place(machine);
        let host = HeapHost { heap, thread_state: params[0], unit };
        let exit_words = compiled.exits.iter().map(|exit| exit.words).collect();
        let running = Rc::new(Running { host: Rc::new(host), exit_words, exit: RefCell::new(None) });
        let result = while_running(&running, || match (function.abi, params) {
            (Abi::Function, &[thread_state, callee, args]) => {
                // SAFETY: the symbols are resolved, and the test's function works on the heap only.
                Ok(unsafe { code.call_function(thread_state, callee, args) })
            }
            (Abi::Loop, &[thread_state, frame]) => {
                // SAFETY: the symbols are resolved, and the test's function works on the heap only.
                Ok(unsafe { code.call_loop(thread_state, frame) })
            }
            _ => Err(format!("{} words for abi {}", params.len(), function.abi.name())),
        })?;
        let outcome = match running.exit.take() {
            None => Outcome::Return(result),
            Some(_) if result != EXIT_RESULT => return Err("the result is not that of the exit function".to_owned()),
            Some((exit, words)) => Outcome::Exit { exit, words },
        };
        Ok(Execution { outcome, exits: compiled.exits })
    }
}
