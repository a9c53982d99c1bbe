//! The text tests below `tests/filetests/run`, as machine code.

use whipsnake_backend::CpuFeatures;
use whipsnake_conformance::filetests::MachineExecutor;
use whipsnake_filetest::{Driver, Executor, test_files};

#[test]
fn files_hold_for_machine_code() {
    let files = test_files("run").expect("tests/filetests can be read");
    assert!(files.len() >= 20, "only {} test files found", files.len());
    let pass = |name: &str, _: &mut whipsnake_ir::Function| Err(format!("there is no pass `{name}`"));
    let mut native = [CpuFeatures::detect(), CpuFeatures::BASELINE].map(MachineExecutor::new);
    let executors = native.iter_mut().map(|executor| executor as &mut dyn Executor).collect();
    let mut driver = Driver { bless: false, executors, pass };
    let failures: Vec<String> = files.iter().flat_map(|file| driver.file(file)).collect();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}
