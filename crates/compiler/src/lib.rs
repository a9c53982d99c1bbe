//! From a snapshot to code: the compiler as a pure function, with panics caught and dumps collected.
//!
//! ```text
//! snapshot -> frontend -> passes -> backend -> code with relocations, exit table, assumptions
//! ```
#![forbid(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use whipsnake_backend::{Artifact, Backend, CompiledCode, CpuFeatures, Dump, MachineCode, Symbol, TargetInfo, Trampoline};
use whipsnake_contract::faults::{Fault, Faults};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::options::DumpSpec;
use whipsnake_contract::selection::FunctionKey;
use whipsnake_contract::snapshot::{Assumption, CodeId, CodeInfo, Snapshot};
use whipsnake_ir::function::ObjectRef;
use whipsnake_ir::{Function, Imm, Value};

/// What the compiler made of a snapshot.
#[derive(Debug)]
pub struct Compiled {
    /// Code and exit table.
    pub code: CompiledCode,
    /// Constant objects that code and exits refer to.
    pub objects: Vec<ObjectRef>,
    /// What must stay true.
    pub assumptions: Vec<Assumption>,
    /// The functions that were inlined.
    pub inlined: Vec<FunctionKey>,
    /// The codes in which it notes types.
    pub noted: BTreeSet<CodeId>,
    /// Trampolines that the code refers to, directly or through others.
    pub trampolines: Vec<(Trampoline, Arc<MachineCode>)>,
    /// There are loops in it, its own or of inlined functions.
    pub has_loops: bool,
    /// Name of the backend.
    pub backend: &'static str,
    /// The thread's processor time that it took.
    pub time: Duration,
}

/// Why there is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Frontend or backend do not compile such code.
    #[error("{0}")]
    GaveUp(String),
    /// The compiler has a bug: it panicked, or a pass broke the function.
    #[error("{0}")]
    Bug(String),
    /// There is too little memory at present.
    #[error("memory is too short for a compilation")]
    NoMemory,
}

/// A compilation with its dumps.
#[derive(Debug)]
pub struct Outcome {
    /// The code, or why there is none.
    pub result: Result<Compiled, Failure>,
    /// Text for standard error.
    pub dump: String,
}

/// Trampolines made so far; they are the same for all units of a process.
#[derive(Debug, Default)]
pub struct TrampolineCache(Mutex<Made>);

/// By backend and trampoline.
type Made = BTreeMap<(&'static str, Trampoline), Arc<MachineCode>>;

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes panics of the compiler silent; the text is kept for [`compile`]. To be called once per process.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let text = info.payload_as_str().unwrap_or("no message").to_owned();
        let place = info.location().map_or(String::new(), |location| format!(" ({}:{})", location.file(), location.line()));
        PANIC.with_borrow_mut(|slot| *slot = Some(format!("{text}{place}").replace('\n', " ")));
    }));
}

/// Runs `f`; a panic becomes an error text.
///
/// # Errors
/// The panic's message.
pub fn without_panic<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(f))
        .map_err(|_| PANIC.with_borrow_mut(Option::take).unwrap_or_else(|| "no message".to_owned()))
}

/// How a snapshot is compiled.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// The backend.
    pub backend: &'a dyn Backend,
    /// What the processor can do.
    pub features: CpuFeatures,
    /// The pass that is left out; [`NO_PASS`](whipsnake_contract::passes::NO_PASS) for none.
    pub skip_pass: &'a str,
    /// What to dump.
    pub dump: &'a DumpSpec,
    /// What fails, in tests.
    pub faults: &'a Faults,
}

/// Compiles a snapshot.
pub fn compile(snapshot: &Snapshot, settings: Settings<'_>, cache: &TrampolineCache) -> Outcome {
    let start = processor_time();
    let mut text = String::new();
    let stage = Cell::new("frontend");
    let result = without_panic(|| stages(snapshot, settings, cache, &stage, &mut text))
        .unwrap_or_else(|message| Err(Failure::Bug(format!("compiler panic in {}: {message}", stage.get()))))
        .map(|compiled| Compiled { time: processor_time().saturating_sub(start), ..compiled });
    Outcome { result, dump: text }
}

/// Processor time of this thread.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

fn stages(
    snapshot: &Snapshot,
    settings: Settings<'_>,
    cache: &TrampolineCache,
    stage: &Cell<&'static str>,
    text: &mut String,
) -> Result<Compiled, Failure> {
    let Settings { backend, features, skip_pass, dump, faults } = settings;
    let name = snapshot.codes.first().map_or("?", |code| code.qualname.as_str());
    let wants = |stage| dump.wants(stage, name);
    let mut show = |stage: &str, content: &str| {
        text.push_str(&format!("whipsnake: {stage} of {name}\n{}\n", content.trim_end()));
    };
    let gave_up = |reason: &dyn std::fmt::Display| Failure::GaveUp(reason.to_string());
    faults.panic_at(Fault::FrontendPanic);
    let mut function = whipsnake_frontend::compile(snapshot).map_err(|reason| gave_up(&reason))?;
    if wants("ir") {
        show("ir", &function.to_string());
    }
    let show_passes = wants("passes").then_some(&mut show as Show<'_>);
    optimise(&mut function, skip_pass, faults, stage, show_passes).map_err(Failure::Bug)?;
    if wants("ir") {
        show("optimised ir", &function.to_string());
    }
    stage.set("backend");
    let target = TargetInfo {
        platform: &snapshot.platform,
        unit: snapshot.unit,
        features,
        dump: Dump { clif: wants("clif"), asm: wants("asm") },
    };
    faults.panic_at(Fault::BackendPanic);
    if faults.happens(Fault::Backend) {
        return Err(Failure::GaveUp(injected(Fault::Backend)));
    }
    let code = backend.compile(&function, &target).map_err(|error| gave_up(&error))?;
    if let Some(clif) = &code.clif {
        show("clif", clif);
    }
    if let Some(asm) = &code.asm {
        show("asm", asm);
    }
    let trampolines = cache.needed_by(&code, backend, &target).map_err(Failure::GaveUp)?;
    let inlined: BTreeSet<u32> = function.states.iter().map(|state| state.code).filter(|&code| code != 0).collect();
    let codes = inlined.into_iter().filter_map(|code| snapshot.codes.get(code as usize));
    Ok(Compiled {
        inlined: codes.map(CodeInfo::key).collect(),
        noted: noted_in(&function),
        trampolines,
        code,
        has_loops: function.has_loop(),
        objects: function.objects,
        assumptions: function.assumptions,
        backend: backend.name(),
        time: Duration::ZERO,
    })
}

/// The codes in which a function notes the types of operands.
fn noted_in(function: &Function) -> BTreeSet<CodeId> {
    let constant = |value: Value| match function.insts.iter().find(|inst| inst.result == Some(value))?.imm {
        Imm::Int(number) => CodeId::try_from(number).ok(),
        _ => None,
    };
    let notes = function.insts.iter().filter(|inst| matches!(inst.imm, Imm::Helper(Helper::note_type)));
    notes.filter_map(|inst| constant(inst.args[1])).collect()
}

/// Prints a stage.
type Show<'a> = &'a mut dyn FnMut(&str, &str);

/// The passes but `skip`; `stage` tells which one runs, `show` gets the function after each.
fn optimise(
    function: &mut whipsnake_ir::Function,
    skip: &str,
    faults: &Faults,
    stage: &Cell<&'static str>,
    mut show: Option<Show<'_>>,
) -> Result<(), String> {
    let mut observer = |pass: &'static str, function: &whipsnake_ir::Function, time: Duration| {
        if let Some(show) = &mut show {
            show(&format!("{pass} ({} us)", time.as_micros()), &function.to_string());
        }
    };
    let mut runner = whipsnake_passes::Runner { observer: Some(&mut observer), ..whipsnake_passes::Runner::default() };
    for name in whipsnake_passes::PIPELINE.iter().filter(|name| **name != skip) {
        stage.set(name);
        faults.panic_at(Fault::PassPanic);
        runner.passes(&[name], function).map_err(|error| error.to_string())?;
        if faults.happens(Fault::Pass) {
            return Err(format!("pass `{name}` broke the function: {}", injected(Fault::Pass)));
        }
    }
    Ok(())
}

/// The reason of a failure that a test has asked for.
fn injected(fault: Fault) -> String {
    format!("fault {} injected", fault.name())
}

impl TrampolineCache {
    fn needed_by(
        &self,
        code: &CompiledCode,
        backend: &dyn Backend,
        target: &TargetInfo<'_>,
    ) -> Result<Vec<(Trampoline, Arc<MachineCode>)>, String> {
        let Artifact::Machine(machine) = &code.artifact else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut known = BTreeSet::new();
        let mut open: Vec<Trampoline> = referred(machine).collect();
        while let Some(trampoline) = open.pop() {
            if known.insert(trampoline) {
                let code = self.get(trampoline, backend, target)?;
                open.extend(referred(&code));
                found.push((trampoline, code));
            }
        }
        found.sort_by_key(|(trampoline, _)| *trampoline);
        Ok(found)
    }

    fn get(&self, trampoline: Trampoline, backend: &dyn Backend, target: &TargetInfo<'_>) -> Result<Arc<MachineCode>, String> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(code) = made.get(&(backend.name(), trampoline)) {
            return Ok(code.clone());
        }
        let code = Arc::new(backend.trampoline(trampoline, target).map_err(|error| error.to_string())?);
        made.insert((backend.name(), trampoline), code.clone());
        Ok(code)
    }
}

fn referred(code: &MachineCode) -> impl Iterator<Item = Trampoline> + '_ {
    code.relocations.iter().filter_map(|relocation| match relocation.symbol {
        Symbol::Trampoline(trampoline) => Some(trampoline),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_a_pass_is_known_by_its_name() {
        let text = "function %f abi function {\nblock0(v0: ptr, v1: obj):\n  return v1\n}\n";
        let mut function = whipsnake_ir::parse::parse(text).unwrap_or_else(|error| panic!("{error}"));
        function.blocks.clear();
        let stage = Cell::new("frontend");
        assert!(without_panic(|| optimise(&mut function, "simplify_cfg", &Faults::default(), &stage, None)).is_err());
        assert_eq!(stage.get(), "fold");
    }
}
