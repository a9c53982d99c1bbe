//! `cargo xtask test`: all tests, Rust and Python, on every supported Python.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::ValueEnum;

use crate::environment::Environment;
use crate::interpreter::{self, Interpreter, Minor};
use crate::package::{self, Profile, cargo};
use crate::process::{self, note};
use crate::script;
use crate::structure;
use crate::workspace::Workspace;

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The walls between the crates and the shape of the files
    Structure,
    /// The Rust tests of all crates
    Rust,
    /// The corpus of small programs, each with the JIT off and on in all its modes
    Corpus,
    /// The Python tests of the package
    Python,
    /// A fast subset of CPython's own tests
    Regression,
}

/// What the tests of one part showed.
struct Outcome {
    name: String,
    count: Count,
    seconds: f64,
}

impl Outcome {
    /// Runs a part and takes its time.
    fn of(name: String, part: impl FnOnce() -> Result<Count>) -> Result<Self> {
        let start = Instant::now();
        let count = part()?;
        Ok(Self {
            name,
            count,
            seconds: start.elapsed().as_secs_f64(),
        })
    }
}

/// How many tests passed and failed.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Count {
    passed: u64,
    failed: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// A run that ended badly without naming a failed test counts as one failure, and so does one that ran nothing.
    fn judged(mut self, success: bool, what: &str) -> Self {
        if !success && self.failed == 0 {
            note(format!("{what} ended with an error outside its tests"));
            self.failed = 1;
        } else if self.passed + self.failed == 0 {
            note(format!("{what} ran no test"));
            self.failed = 1;
        }
        self
    }
}

/// Runs the chosen parts (all if none is chosen) and ends with a plain count.
///
/// # Errors
/// If the set-up fails; failing tests are not an error but a failing exit code.
pub(crate) fn run(workspace: &Workspace, wanted: Option<Minor>, only: &[Part]) -> Result<ExitCode> {
    let start = Instant::now();
    let chosen = |part| only.is_empty() || only.contains(&part);
    let mut outcomes: Vec<Outcome> = Vec::new();

    if chosen(Part::Structure) {
        outcomes.push(Outcome::of("structure".to_owned(), || {
            let report = structure::check(workspace)?;
            Ok(Count {
                passed: report.passed as u64,
                failed: report.failed as u64,
            })
        })?);
    }
    let needs_package = [Part::Corpus, Part::Python, Part::Regression]
        .into_iter()
        .any(chosen);
    if chosen(Part::Rust) || needs_package {
        let pythons = interpreter::find_or_bring(workspace, wanted)?;
        if chosen(Part::Rust) {
            for (number, python) in pythons.iter().enumerate() {
                let crates = if number == 0 {
                    Crates::All
                } else {
                    Crates::OfOneVersion
                };
                outcomes.push(Outcome::of(format!("rust {}", python.version), || {
                    rust(workspace, python, crates)
                })?);
            }
        }
        if needs_package {
            let built = package_parts(workspace, &pythons, &chosen, &mut outcomes)?;
            if chosen(Part::Python) {
                outcomes.extend(pytests(workspace, &built)?);
            }
        }
    }

    println!();
    let mut total = Count::default();
    for outcome in &outcomes {
        println!(
            "{:<24} {:>6} passed {:>6} failed {:>6.0} s",
            outcome.name, outcome.count.passed, outcome.count.failed, outcome.seconds
        );
        total.add(outcome.count);
    }
    println!("in all {:.0} s", start.elapsed().as_secs_f64());
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 && total.passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whose tests to run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Crates {
    All,
    /// Those that are built for one CPython version; the others would only repeat themselves.
    OfOneVersion,
}

/// The Rust tests; what needs a Python is built for this one.
fn rust(workspace: &Workspace, python: &Interpreter, crates: Crates) -> Result<Count> {
    note(format!(
        "running the Rust tests with Python {}",
        python.version
    ));
    let environment = Environment::prepare(workspace, python)?;
    let mut command = cargo(workspace);
    command
        .args(["test", "--no-fail-fast"])
        .env("PYO3_PYTHON", environment.python());
    match crates {
        Crates::All => command.arg("--workspace"),
        Crates::OfOneVersion => command.args(
            structure::RUNNING_PYTHON
                .iter()
                .flat_map(|name| ["--package", name]),
        ),
    };
    let mut count = Count::default();
    let status = process::watch(&mut command, |line| {
        if let Some(part) = cargo_result(line) {
            count.add(part);
        }
    })?;
    Ok(count.judged(status.success(), "cargo test"))
}

/// Builds the package for all versions and runs the parts that use all processors. Returns version and environment of those that were
/// built. A package is linked by one processor, so the next one is built while the parts run.
fn package_parts(
    workspace: &Workspace,
    pythons: &[Interpreter],
    chosen: &impl Fn(Part) -> bool,
    outcomes: &mut Vec<Outcome>,
) -> Result<Vec<(String, Environment)>> {
    std::thread::scope(|scope| {
        let begin = |number: usize| {
            let python = pythons.get(number)?;
            Some(scope.spawn(move || build(workspace, python)))
        };
        let mut built = Vec::new();
        let mut next = begin(0);
        let mut number = 0;
        while let Some(building) = next {
            let (outcome, environment) = building.join().expect("a build does not panic")?;
            outcomes.push(outcome);
            next = begin(number + 1);
            if let Some(environment) = environment {
                python_parts(workspace, &pythons[number], &environment, chosen, outcomes)?;
                built.push((pythons[number].version.clone(), environment));
            }
            number += 1;
        }
        Ok(built)
    })
}

/// Builds the package for one Python; no environment if that failed.
fn build(workspace: &Workspace, python: &Interpreter) -> Result<(Outcome, Option<Environment>)> {
    let mut built = None;
    let outcome = Outcome::of(format!("build {}", python.version), || {
        match package::install(workspace, python, Profile::Release) {
            Ok(environment) => built = Some(environment),
            // The other version's tests still run.
            Err(error) => note(format!("Python {}: {error:#}", python.version)),
        }
        Ok(Count {
            passed: 0,
            failed: u64::from(built.is_none()),
        })
    })?;
    Ok((outcome, built))
}

/// Runs the parts that use all processors on one version.
fn python_parts(
    workspace: &Workspace,
    python: &Interpreter,
    environment: &Environment,
    chosen: &impl Fn(Part) -> bool,
    outcomes: &mut Vec<Outcome>,
) -> Result<()> {
    // Some programs of the corpus need these packages too.
    environment.require(&environment.project_group(&workspace.path("pyproject.toml"), "test")?)?;
    let corpus = "tests/run_corpus.py --modes on,exit7,reference,switch";
    // All of their runner is compiled in each process anew: that takes as long as most modules.
    let regression = "tests/run_regrtest.py --quick --fresh --together 8";
    for (part, name, what, command) in [
        (Part::Corpus, "corpus", "the corpus", corpus),
        (Part::Regression, "regression", "a part of CPython's tests", regression),
    ] {
        if chosen(part) {
            note(format!("running {what} on Python {}", python.version));
            let arguments: Vec<&str> = command.split(' ').collect();
            outcomes.push(Outcome::of(format!("{name} {}", python.version), || {
                counted(workspace, environment, &arguments, what)
            })?);
        }
    }
    Ok(())
}

/// The Python tests of the package on all versions at once: each run uses one processor only.
fn pytests(workspace: &Workspace, built: &[(String, Environment)]) -> Result<Vec<Outcome>> {
    note("running the Python tests");
    std::thread::scope(|scope| {
        let runs: Vec<_> = built
            .iter()
            .map(|(version, environment)| {
                scope.spawn(move || {
                    Outcome::of(format!("python {version}"), || {
                        pytest(workspace, version, environment)
                    })
                })
            })
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("a run of pytest does not panic"))
            .collect()
    })
}

/// The Python tests of the package on one version.
fn pytest(workspace: &Workspace, version: &str, environment: &Environment) -> Result<Count> {
    let mut command = script::python(workspace, environment);
    command
        .args([
            "-m",
            "pytest",
            "-ra",
            "--color=no",
            "-p",
            "no:cacheprovider",
        ])
        .arg(Path::new("tests/python"));
    let mut count = Count::default();
    let prefix = format!("{version}: ");
    let status = process::watch_beside_others(&prefix, &mut command, |line| {
        if let Some(found) = pytest_summary(line) {
            count = found;
        }
    })?;
    Ok(count.judged(status.success(), "pytest"))
}

/// Runs a script of the tests whose last line is a plain count.
fn counted(
    workspace: &Workspace,
    environment: &Environment,
    arguments: &[&str],
    what: &str,
) -> Result<Count> {
    let mut command = script::python(workspace, environment);
    command.args(arguments);
    let mut last = String::new();
    let status = process::watch(&mut command, |line| {
        if !line.trim().is_empty() {
            last = line.to_owned();
        }
    })?;
    Ok(plain_count(&last)
        .unwrap_or_default()
        .judged(status.success(), what))
}

/// Reads `test result: ok. 12 passed; 0 failed; …`.
fn cargo_result(line: &str) -> Option<Count> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |word: &str| {
        counts
            .split("; ")
            .find_map(|part| part.strip_suffix(word)?.trim().parse().ok())
    };
    Some(Count {
        passed: number("passed")?,
        failed: number("failed")?,
    })
}

/// Reads `12 passed, 0 failed`.
fn plain_count(line: &str) -> Option<Count> {
    let (passed, failed) = line.trim().split_once(" passed, ")?;
    Some(Count {
        passed: passed.parse().ok()?,
        failed: failed.strip_suffix(" failed")?.parse().ok()?,
    })
}

/// Reads pytest's last line, such as `==== 1 failed, 12 passed, 1 error in 0.5s ====`.
fn pytest_summary(line: &str) -> Option<Count> {
    let line = line.strip_prefix("==")?.trim_matches(['=', ' ']);
    let (counts, time) = line.rsplit_once(" in ")?;
    if !time.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut count = Count::default();
    for part in counts.split(", ") {
        let (number, kind) = part.split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        match kind {
            "passed" => count.passed += number,
            "failed" | "error" | "errors" | "xpassed" => count.failed += number,
            _ => {}
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_result_lines_of_cargo() {
        let line = "test result: FAILED. 19 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(
            cargo_result(line),
            Some(Count {
                passed: 19,
                failed: 2
            })
        );
        assert_eq!(cargo_result("test suite::reads ... ok"), None);
    }

    #[test]
    fn reads_the_summary_of_pytest() {
        let line = "=== 1 failed, 12 passed, 3 skipped, 2 errors in 61.20s (0:01:01) ===";
        assert_eq!(
            pytest_summary(line),
            Some(Count {
                passed: 12,
                failed: 3
            })
        );
        assert_eq!(pytest_summary("=== test session starts ==="), None);
        assert_eq!(pytest_summary("==== FAILURES in setup ===="), None);
    }

    #[test]
    fn reads_the_last_line_of_the_corpus() {
        assert_eq!(
            plain_count("300 passed, 1 failed"),
            Some(Count {
                passed: 300,
                failed: 1
            })
        );
        assert_eq!(plain_count("Traceback"), None);
    }

    #[test]
    fn a_run_without_tests_or_with_an_error_counts_as_a_failure() {
        assert_eq!(Count::default().judged(true, "x").failed, 1);
        assert_eq!(
            Count {
                passed: 3,
                failed: 0
            }
            .judged(false, "x")
            .failed,
            1
        );
        assert_eq!(
            Count {
                passed: 3,
                failed: 2
            }
            .judged(false, "x")
            .failed,
            2
        );
        assert_eq!(
            Count {
                passed: 3,
                failed: 0
            }
            .judged(true, "x")
            .failed,
            0
        );
    }
}
