//! `cargo xtask bench`: how fast programs run with the JIT off and on, and under other interpreters.
//!
//! The way of a measurement: [`programs`] says what to run, [`contestant`] under what, [`run`] starts the processes and
//! takes samples of them in [`turns`], [`summary`] makes ratios of these, [`report`] and [`picture`] show them.

mod contestant;
mod picture;
mod programs;
mod report;
mod run;
mod startup;
mod summary;
mod turns;

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
    /// How often each program is started under each interpreter
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Samples per benchmark and round, which the interpreters take in turn
    #[arg(long, default_value_t = 20)]
    samples: usize,
    /// Least length of a sample, in seconds
    #[arg(long, default_value_t = 0.06)]
    sample_time: f64,
    /// Fail if a benchmark's ratio with the JIT on is below this
    #[arg(long)]
    floor: Option<f64>,
    /// Rounds more for programs with a benchmark below the floor
    #[arg(long, default_value_t = 2, requires = "floor")]
    again: usize,
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
    // Before the build, which takes minutes: names may be wrong.
    let environment = Environment::prepare(workspace, &python)?;
    let programs = programs::choose(workspace, &environment, &options.programs)?;
    if programs.is_empty() {
        bail!("no program is named {}", options.programs.join(", "));
    }
    let environment = if options.no_build {
        package::installed(workspace, &python)?
    } else {
        package::install(workspace, &python, Profile::Release)?
    };
    let (contestants, mut skipped) =
        contestant::gather(workspace, &python, &environment, &options.against)?;

    let mut summary = Summary::default();
    let mut broken = Vec::new();
    for (number, program) in programs.iter().enumerate() {
        note(format!(
            "{} ({} of {}, {:.0} s so far)",
            program.name,
            number + 1,
            programs.len(),
            start.elapsed().as_secs_f64()
        ));
        match measure(workspace, options, &environment, &contestants, program) {
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
                summary.add(&program.name, &outcomes.runs);
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
        floor: options.floor,
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
    Ok(
        if broken.is_empty() && report.below_floor().next().is_none() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        },
    )
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

/// Runs a program under the contestants for some rounds, and some more if it is below the floor.
fn measure(
    workspace: &Workspace,
    options: &Options,
    environment: &Environment,
    contestants: &[Contestant],
    program: &Program,
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
    let rounds = options.rounds.max(1);
    for round in 0..rounds + options.again {
        if round >= rounds && !is_below(options, program, &outcomes.runs) {
            break;
        }
        let taking_part: Vec<_> = contestants
            .iter()
            .zip(&libraries)
            .enumerate()
            .filter_map(|(index, (contestant, libraries))| {
                Some((index, contestant, libraries.as_deref()?))
            })
            .collect();
        for run in run::round(workspace, options, &taking_part, program)? {
            let name = contestants[run.contestant].name.clone();
            match run.outcome {
                Ok(outcome) => outcomes.runs.push((name, round, outcome)),
                Err(error) => {
                    note(format!("{} under {name}: {error:#}", program.name));
                    outcomes.failures.push((name, format!("{error:#}")));
                    libraries[run.contestant] = None;
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

/// True if one of the program's benchmarks is below the floor that was asked for.
fn is_below(options: &Options, program: &Program, runs: &[(String, usize, Outcome)]) -> bool {
    let mut summary = Summary::default();
    summary.add(&program.name, runs);
    let rows = summary.rows(&[contestant::ON.to_owned()]);
    options
        .floor
        .is_some_and(|floor| summary::below(&rows, floor).next().is_some())
}
