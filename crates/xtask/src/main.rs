//! The developer command: `cargo xtask <command>`.
//!
//! Every command prepares what it needs (an interpreter, an environment, the
//! built package) below `target/`; nothing outside the checkout is changed.

#![forbid(unsafe_code)]

mod bench;
mod bring;
mod compiler_fuzz;
mod demo;
mod environment;
mod interpreter;
mod package;
mod process;
mod script;
mod statistics;
mod structure;
mod suite;
mod table;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::interpreter::Minor;
use crate::package::Profile;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about,
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the package and install it into an environment per Python under target/venvs
    Build {
        /// Only this Python version, for example 3.14
        #[arg(long)]
        python: Option<Minor>,
        /// Build with the dev profile: quick to compile, slow to run, with debug assertions
        #[arg(long)]
        dev: bool,
    },
    /// Run all tests, Rust and Python, on every supported Python
    Test {
        /// Only this Python version, for example 3.14
        #[arg(long)]
        python: Option<Minor>,
        /// Only these tests (may be repeated)
        #[arg(long, value_enum)]
        only: Vec<suite::Part>,
    },
    /// Run a few real programs with the JIT off and on, compare and time them
    Demo {
        /// The Python version to use, for example 3.14
        #[arg(long)]
        python: Option<Minor>,
        /// How often each program runs; the best time counts
        #[arg(long, default_value_t = 2)]
        rounds: u32,
        /// Use the package as it is installed, without building it again
        #[arg(long)]
        no_build: bool,
        /// A script of yours to run as well, and its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        script: Vec<OsString>,
    },
    /// Measure programs with the JIT off and on, and under other interpreters
    Bench(bench::Options),
    /// Run CPython's own tests with plain Python and under the JIT, and compare
    Regrtest {
        /// Only this Python version, for example 3.14
        #[arg(long)]
        python: Option<Minor>,
        /// Modules, and options of tests/run_regrtest.py (after `--`; `-- --help` lists them)
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Compare the frames that native code leaves with the interpreter's, over the corpus
    Frames {
        /// The Python version to use, 3.14 or later
        #[arg(long, default_value = "3.14")]
        python: Minor,
        /// Programs of the corpus, and options of `tests/run_frame_oracle.py` (after `--`; `-- --help` lists them)
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Run the test suites of real packages with plain Python and under the JIT, compare and time them
    Packages {
        /// Only this Python version, for example 3.14
        #[arg(long)]
        python: Option<Minor>,
        /// Names of packages, and options of tests/run_packages.py (after `--`; `-- --help` lists them)
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Run random programs with plain Python and under the JIT, compare, and make small what differs
    Fuzz {
        /// Instead, look for text IR and snapshots that make the compiler panic, guided by coverage
        #[arg(long, conflicts_with_all = ["python", "jobs", "arguments"])]
        compiler: bool,
        /// Only this Python version, for example 3.14
        #[arg(long)]
        python: Option<Minor>,
        /// How long new programs are begun, on each Python
        #[arg(long, default_value_t = 5.0)]
        minutes: f64,
        /// Seed of all programs (default: the clock)
        #[arg(long)]
        seed: Option<u64>,
        /// Programs at a time
        #[arg(long, default_value_t = 2)]
        jobs: u32,
        /// More options of `tests/run_fuzz.py` (after `--`; `-- --help` lists them)
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Run programs for a long time: forks, threads, signals, functions that are made and die
    Endure {
        /// Only this Python version, for example 3.14
        #[arg(long)]
        python: Option<Minor>,
        /// Factor on how long they run, which is an hour and a quarter on each Python
        #[arg(long, default_value_t = 1.0)]
        scale: f64,
        /// Conditions (default: all; `-- --help` lists them)
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        conditions: Vec<OsString>,
    },
    /// Check the walls between the crates and the shape of the files
    Structure,
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::locate()?;
    match task {
        Task::Build { python, dev } => {
            let profile = if dev { Profile::Dev } else { Profile::Release };
            for python in interpreter::find_or_bring(&workspace, python)? {
                let environment = package::install(&workspace, &python, profile)?;
                println!("{}", environment.python().display());
            }
            Ok(ExitCode::SUCCESS)
        }
        Task::Test { python, only } => suite::run(&workspace, python, &only),
        Task::Demo {
            python,
            rounds,
            no_build,
            script,
        } => demo::run(&workspace, python, rounds, !no_build, &script),
        Task::Bench(options) => bench::run(&workspace, &options),
        Task::Regrtest { python, arguments } => {
            script::run(&workspace, python, "tests/run_regrtest.py", &arguments)
        }
        Task::Frames { python, arguments } => {
            script::run(&workspace, Some(python), "tests/run_frame_oracle.py", &arguments)
        }
        Task::Packages { python, arguments } => {
            script::run(&workspace, python, "tests/run_packages.py", &arguments)
        }
        Task::Fuzz {
            compiler: true,
            minutes,
            seed,
            ..
        } => compiler_fuzz::fuzz(&workspace, minutes, seed),
        Task::Fuzz {
            compiler: false,
            python,
            minutes,
            seed,
            jobs,
            arguments,
        } => {
            let mut given = vec![format!("--minutes={minutes}"), format!("--jobs={jobs}")];
            given.extend(seed.map(|seed| format!("--seed={seed}")));
            let arguments: Vec<OsString> =
                given.into_iter().map(OsString::from).chain(arguments).collect();
            script::run(&workspace, python, "tests/run_fuzz.py", &arguments)
        }
        Task::Endure {
            python,
            scale,
            conditions,
        } => {
            let arguments: Vec<OsString> = std::iter::once(OsString::from(format!("--scale={scale}")))
                .chain(conditions)
                .collect();
            script::run(&workspace, python, "tests/run_endurance.py", &arguments)
        }
        Task::Structure => {
            let report = structure::check(&workspace)?;
            println!("{}", report.count());
            Ok(report.exit_code())
        }
    }
}
