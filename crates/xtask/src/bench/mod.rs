//! `cargo xtask bench`: how fast programs run with the JIT off and on, and under other interpreters.
//!
//! The way of a measurement: [`programs`] says what to run, [`contestant`] under what, [`run`] starts one
//! process and reads its samples, [`summary`] makes ratios of them, [`report`] and [`picture`] show these.

mod contestant;
mod picture;
mod programs;
mod report;
mod run;
mod startup;
mod summary;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::environment::Environment;
use crate::interpreter::{self, Minor};
use crate::package::{self, Profile};
use crate::process::note;
use crate::workspace::Workspace;

use self::contestant::Contestant;
use self::programs::Program;
use self::run::Outcome;
use self::summary::Summary;

/// What to measure and how.
#[derive(Args)]
pub(crate) struct Options {
    /// Only these programs, separated by commas: names of pyperformance, of one benchmark in a program, or of a kernel
    #[arg(long, value_delimiter = ',')]
    programs: Vec<String>,
    /// The Python version to use, for example 3.14
    #[arg(long)]
    python: Option<Minor>,
    /// Also measure these, separated by commas: pypy, cpython-jit, cinderx, all, or the path of an interpreter
    #[arg(long, value_delimiter = ',')]
    against: Vec<String>,
    /// How often each program runs under each interpreter, in turn
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Samples per run
    #[arg(long, default_value_t = 8)]
    samples: u32,
    /// Least length of a sample, in seconds
    #[arg(long, default_value_t = 0.1)]
    sample_time: f64,
    /// Least warm-up per run, in seconds: it goes on until nothing is compiled any more, but not beyond 20 s
    #[arg(long, default_value_t = 2.5)]
    warmup: f64,
    /// What is measured: processor time of the process, or wall time
    #[arg(long, value_enum, default_value_t = Clock::Cpu)]
    clock: Clock,
    /// Most time for one run of a program, in seconds
    #[arg(long, default_value_t = 180)]
    timeout: u64,
    /// Skip the measurement of start-up
    #[arg(long)]
    no_startup: bool,
    /// Measure the package as it is installed, without building it again
    #[arg(long)]
    no_build: bool,
    /// Where to write the figures [default: target/bench/report.json]; the picture is put beside it
    #[arg(long)]
    json: Option<PathBuf>,
}

/// The clock that samples are taken with.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Clock {
    Cpu,
    Wall,
}

impl Clock {
    fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Wall => "wall",
        }
    }
}

/// A program that was not measured, and why.
struct Skipped {
    name: String,
    reason: String,
}

/// Measures and reports.
///
/// # Errors
/// If the set-up fails or no program could be measured. A program that fails with the JIT on but not with it
/// off gives a failing exit code.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let start = Instant::now();
    let python = interpreter::find_for_measuring(workspace, options.python)?;
    if !python.optimised {
        note("this Python is not an optimised build: ratios against it flatter");
    }
    let environment = if options.no_build {
        package::installed(workspace, &python)?
    } else {
        package::install(workspace, &python, Profile::Release)?
    };
    let (contestants, mut skipped) =
        contestant::gather(workspace, &python, &environment, &options.against)?;
    let programs = programs::choose(workspace, &environment, &options.programs)?;
    if programs.is_empty() {
        bail!("no program is named {}", options.programs.join(", "));
    }

    let mut summary = Summary::default();
    let mut broken = Vec::new();
    let mut references = Vec::new();
    for (number, program) in programs.iter().enumerate() {
        note(format!(
            "{} ({} of {}, {:.0} s so far)",
            program.name,
            number + 1,
            programs.len(),
            start.elapsed().as_secs_f64()
        ));
        match measure(
            workspace,
            options,
            &environment,
            &contestants,
            program,
            &mut references,
        ) {
            Ok(outcomes) => {
                for (contestant, reason) in &outcomes.failures {
                    if contestant == contestant::ON {
                        broken.push(format!("{} fails with the JIT on: {reason}", program.name));
                    } else {
                        skipped.push(Skipped {
                            name: format!("{} under {contestant}", program.name),
                            reason: reason.clone(),
                        });
                    }
                }
                for (name, reason) in outcomes.skipped {
                    skipped.push(Skipped { name, reason });
                }
                summary.add(&program.name, &outcomes.runs, usual(&references));
            }
            Err(error) => {
                note(format!("{} skipped: {error:#}", program.name));
                skipped.push(Skipped {
                    name: program.name.clone(),
                    reason: format!("{error:#}"),
                });
            }
        }
    }

    let start_up = if options.no_startup {
        None
    } else {
        let (found, failed) = startup::measure(workspace, &contestants)?;
        skipped.extend(failed);
        Some(found)
    };
    let names: Vec<String> = contestants
        .iter()
        .map(|contestant| contestant.name.clone())
        .collect();
    let report = report::Report {
        python: &python.version,
        clock: options.clock.name(),
        rounds: options.rounds,
        contestants: &names,
        rows: summary.rows(&names),
        start_up,
        skipped: &skipped,
        broken: &broken,
        suite: programs::pinned(workspace)?,
    };
    let json = options
        .json
        .clone()
        .unwrap_or_else(|| workspace.target("bench/report.json"));
    let html = json.with_extension("html");
    std::fs::write(&json, report.json()).with_context(|| format!("writing {}", json.display()))?;
    std::fs::write(&html, picture::render(&report))
        .with_context(|| format!("writing {}", html.display()))?;
    print!("{}", report.text());
    note(format!(
        "{:.0} s; figures in {}, picture in {}",
        start.elapsed().as_secs_f64(),
        json.display(),
        html.display()
    ));
    if report.rows.is_empty() {
        bail!("nothing was measured");
    }
    Ok(if broken.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The time of the native reference when nothing disturbs: not the least, which a rare boost of the processor
/// makes, but one that a tenth of all do not exceed. 0 of nothing.
fn usual(references: &[f64]) -> f64 {
    let mut sorted = references.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 10).copied().unwrap_or(0.0)
}

/// All runs of one program.
struct Outcomes {
    /// Contestant, round, outcome.
    runs: Vec<(String, usize, Outcome)>,
    /// Contestant and why it was given up.
    failures: Vec<(String, String)>,
    /// Benchmarks that the harness does not measure, and why.
    skipped: Vec<(String, String)>,
}

/// Runs a program under each contestant in turn, for some rounds.
fn measure(
    workspace: &Workspace,
    options: &Options,
    environment: &Environment,
    contestants: &[Contestant],
    program: &Program,
    references: &mut Vec<f64>,
) -> Result<Outcomes> {
    let mut outcomes = Outcomes {
        runs: Vec::new(),
        failures: Vec::new(),
        skipped: Vec::new(),
    };
    let mut libraries = Vec::new();
    for contestant in contestants {
        match programs::libraries(workspace, environment, contestant, program) {
            Ok(directory) => libraries.push(Some(directory)),
            Err(error) if contestant.name == contestant::OFF => return Err(error),
            Err(error) => {
                outcomes
                    .failures
                    .push((contestant.name.clone(), format!("{error:#}")));
                libraries.push(None);
            }
        }
    }
    for round in 0..options.rounds.max(1) {
        for index in 0..contestants.len() {
            // Another contestant begins each round, so that none always follows the same one.
            let index = (index + round) % contestants.len();
            let contestant = &contestants[index];
            let Some(Some(directory)) = libraries.get(index) else {
                continue;
            };
            match run::once(
                workspace,
                options,
                contestant,
                program,
                directory,
                usual(references),
            ) {
                Ok(outcome) => {
                    references.extend(outcome.references());
                    outcomes
                        .runs
                        .push((contestant.name.clone(), round, outcome));
                }
                Err(error) if contestant.name == contestant::OFF => return Err(error),
                Err(error) => {
                    note(format!(
                        "{} under {}: {error:#}",
                        program.name, contestant.name
                    ));
                    outcomes
                        .failures
                        .push((contestant.name.clone(), format!("{error:#}")));
                    libraries[index] = None;
                }
            }
        }
    }
    for (contestant, _, outcome) in &outcomes.runs {
        for (name, reason) in &outcome.skipped {
            if contestant == contestant::OFF
                && !outcomes.skipped.iter().any(|(known, _)| known == name)
            {
                outcomes.skipped.push((name.clone(), reason.clone()));
            }
        }
    }
    Ok(outcomes)
}
