//! The files of `tests/filetests/passes`, and what passes must not change in those of `tests/filetests/run`.

use std::collections::BTreeSet;
use whipsnake_filetest::{Driver, Execution, Executor, Heap, Interpreter, test_files};
use whipsnake_ir::Function;
use whipsnake_passes::{PASSES, fold, optimize, run};

fn run_pass(name: &str, function: &mut Function) -> Result<(), String> {
    match name {
        "optimize" => optimize(function).map_err(|error| error.to_string()),
        _ => run(name, function).map_err(|error| error.to_string()),
    }
}

fn bless() -> bool {
    std::env::var_os("WHIPSNAKE_BLESS").is_some()
}

#[test]
fn files_hold() {
    let files = test_files("passes").expect("tests/filetests/passes can be read");
    let mut driver = Driver { bless: bless(), executors: Vec::new(), pass: run_pass };
    let failures: Vec<String> = files.iter().flat_map(|file| driver.file(file)).collect();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
    for pass in PASSES {
        let directory = format!("passes/{}", pass.name());
        assert!(test_files(&directory).is_ok_and(|files| !files.is_empty()), "no tests in {directory}");
    }
}

/// Executes functions after a pass.
struct Optimized(&'static str);

impl Executor for Optimized {
    fn name(&self) -> &str {
        self.0
    }

    fn execute(&mut self, function: &Function, heap: &mut Heap, params: &[u64]) -> Result<Execution, String> {
        let mut optimized = function.clone();
        run_pass(self.0, &mut optimized)?;
        Interpreter.execute(&optimized, heap, params)
    }
}

/// Files whose results show what passes are free to change.
const SHOW_MORE: [&str; 3] = [
    // Guards that are removed are not counted.
    "forced_exits.wir",
    // Ints and floats that only exits need are not made and not destroyed.
    "loop_entry.wir",
    "values_over_calls.wir",
];

#[test]
fn passes_change_no_results() {
    let files = test_files("run").expect("tests/filetests/run can be read");
    let mut executors: Vec<Optimized> = PASSES.iter().map(|pass| Optimized(pass.name())).collect();
    executors.push(Optimized("optimize"));
    let executors = executors.iter_mut().map(|e| e as &mut dyn Executor).collect();
    let mut driver = Driver { bless: false, executors, pass: run_pass };
    let failures: Vec<String> = files
        .iter()
        .filter(|file| !SHOW_MORE.iter().any(|name| file.ends_with(name)))
        .flat_map(|file| driver.file(file))
        .collect();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_rule_is_tested() {
    let mut fired = BTreeSet::new();
    for file in test_files("passes/fold").expect("tests/filetests/passes/fold can be read") {
        let text = std::fs::read_to_string(&file).expect("test files can be read");
        for mut function in whipsnake_ir::parse::parse_all(&text).expect("test files parse") {
            fold::run(&mut function, &mut |name| {
                fired.insert(name);
            });
        }
    }
    let idle: Vec<&str> = fold::rules().map(|rule| rule.name).filter(|name| !fired.contains(name)).collect();
    assert!(idle.is_empty(), "no test in tests/filetests/passes/fold for {idle:?}");
}
