//! A panic in any stage leaves the function interpreted, and says which stage it was.

use std::path::Path;
use whipsnake_backend::{Backend, BackendError, CompiledCode, CpuFeatures, MachineCode, TargetInfo, Trampoline};
use whipsnake_compiler::{Failure, Outcome, Settings, TrampolineCache, compile, install_panic_hook};
use whipsnake_contract::faults::Faults;
use whipsnake_contract::options::DumpSpec;
use whipsnake_contract::passes::NO_PASS;
use whipsnake_contract::snapshot::Snapshot;
use whipsnake_ir::Function;

/// A backend with a bug.
struct Broken;

impl Backend for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn compile(&self, function: &Function, _: &TargetInfo<'_>) -> Result<CompiledCode, BackendError> {
        panic!("no register for {}", function.name)
    }

    fn trampoline(&self, trampoline: Trampoline, _: &TargetInfo<'_>) -> Result<MachineCode, BackendError> {
        Err(BackendError::NoTrampolines { backend: self.name(), trampoline })
    }
}

fn snapshot(name: &str) -> Snapshot {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend/tests/snapshots/3.14");
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(directory.join(name)).unwrap()).unwrap()
    };
    let mut value = read(name);
    value["platform"] = read("platform.json");
    serde_json::from_value(value).unwrap()
}

fn compiled(snapshot: &Snapshot) -> Outcome {
    install_panic_hook();
    let (dump, faults) = (&DumpSpec::default(), &Faults::default());
    let settings = Settings { backend: &Broken, features: CpuFeatures::BASELINE, skip_pass: NO_PASS, dump, faults };
    let outcome = compile(snapshot, settings, &TrampolineCache::default());
    // Failed checks of the test are to be seen.
    drop(std::panic::take_hook());
    outcome
}

#[test]
fn panics_name_the_stage() {
    let mut snapshot = snapshot("floats.json");
    let told = |stage: &str, outcome: Outcome, message: &str| {
        let Err(Failure::Bug(reason)) = outcome.result else { panic!("{:?}", outcome.result) };
        assert!(reason.starts_with(&format!("compiler panic in {stage}: ")) && reason.contains(message), "{reason}");
        assert!(reason.contains(".rs:"), "{reason}");
    };
    told("backend", compiled(&snapshot), "no register for ");
    // The bytecode refers to constants and names that are not there any more.
    for code in &mut snapshot.codes {
        code.constants.clear();
        code.varnames.clear();
        code.is_cell.clear();
    }
    told("frontend", compiled(&snapshot), "");
}
