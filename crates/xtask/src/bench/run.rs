//! One round of one program: a process under each contestant, measured in turn.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Options;
use super::contestant::{Contestant, OFF};
use super::programs::Program;
use super::turns::Turns;
use crate::statistics::Statistics;
use crate::workspace::Workspace;

/// Sampling of one benchmark ends after so many seconds per contestant, with at least `FEWEST_TURNS` samples of each.
const MOST_SAMPLING: f64 = 6.0;
const FEWEST_TURNS: usize = 5;

/// Seconds by which the warm-ups of contestants may differ.
const AGE_TOLERANCE: f64 = 0.5;

/// What a run gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub(super) series: Vec<Series>,
    /// Benchmarks that the harness does not measure, and why.
    pub(super) skipped: Vec<(String, String)>,
    /// The most memory that the process had, in bytes.
    pub(super) peak_memory: u64,
    pub(super) statistics: Option<Statistics>,
}

/// The samples of one benchmark.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Series {
    pub(super) name: String,
    /// Seconds since the start, and seconds per iteration then.
    pub(super) warmup: Vec<(f64, f64)>,
    /// Seconds per iteration; those of the other contestants with the same index were taken just before or after.
    pub(super) samples: Vec<f64>,
}

/// What a round gave for one contestant.
pub(super) struct Run {
    /// Index of the contestant.
    pub(super) contestant: usize,
    pub(super) outcome: Result<Outcome>,
}

/// A contestant's process in this round.
struct Runner<'a> {
    index: usize,
    contestant: &'a Contestant,
    directory: std::path::PathBuf,
    turns: Turns,
    /// Seconds that the benchmark has been warmed up.
    warm: f64,
    /// By benchmark.
    samples: Vec<(String, Vec<f64>)>,
}

/// Runs the program once under each of the contestants (index, contestant, libraries), which take turns sample by sample.
///
/// # Errors
/// If the baseline does not start, fails, takes too long or leaves no samples; what becomes of the others is in their runs.
pub(super) fn round(
    workspace: &Workspace,
    options: &Options,
    contestants: &[(usize, &Contestant, &Path)],
    program: &Program,
) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    let mut runners = Vec::new();
    let limit = Duration::from_secs(options.timeout * contestants.len() as u64);
    let deadline = Instant::now() + limit;
    for (index, contestant, libraries) in contestants {
        let directory = workspace.target(&format!("bench/run/{index}"));
        let turns = command(
            workspace, options, contestant, program, libraries, &directory,
        )
        .and_then(|mut command| Turns::start(&mut command, deadline));
        match turns {
            Ok(turns) => runners.push(Runner {
                index: *index,
                contestant,
                directory,
                turns,
                warm: 0.0,
                samples: Vec::new(),
            }),
            Err(error) => runs.push(failed(*index, contestant, error)?),
        }
    }
    loop {
        let mut name: Option<String> = None;
        // Each starts, and warms up, while the others wait.
        each(&mut runners, &mut runs, |runner| {
            let next = runner.turns.next_benchmark()?;
            if let Some(next) = &next {
                if name.as_ref().is_some_and(|name| name != next) {
                    bail!("runs the benchmark {next} where the baseline runs {name:?}");
                }
                runner.warm = runner.turns.warm_up(None)?;
                runner.samples.push((next.clone(), Vec::new()));
            } else if let Some(name) = &name {
                bail!("does not come to the benchmark {name}");
            }
            if runner.contestant.name == OFF {
                name = next;
            }
            Ok(())
        })?;
        if name.is_none() {
            break;
        }
        // Programs can become slower as their memory is used and reused: all are to be of the same age.
        let longest = runners.iter().map(|runner| runner.warm).fold(0.0, f64::max);
        each(&mut runners, &mut runs, |runner| {
            if runner.warm < longest - AGE_TOLERANCE {
                runner.warm = runner.turns.warm_up(Some(longest))?;
            }
            Ok(())
        })?;
        let start = Instant::now();
        let most = MOST_SAMPLING * runners.len() as f64;
        for turn in 0..options.samples {
            if turn >= FEWEST_TURNS && start.elapsed().as_secs_f64() > most {
                break;
            }
            // There and back, so that none always follows the same one.
            runners.reverse();
            each(&mut runners, &mut runs, |runner| {
                let seconds = runner.turns.sample()?;
                if let Some((_, samples)) = runner.samples.last_mut() {
                    samples.push(seconds);
                }
                Ok(())
            })?;
        }
        runners.sort_by_key(|runner| runner.index);
        each(&mut runners, &mut runs, |runner| runner.turns.go_on())?;
    }
    for runner in runners {
        let (index, contestant) = (runner.index, runner.contestant);
        match finish(runner) {
            Ok(outcome) => runs.push(Run {
                contestant: index,
                outcome: Ok(outcome),
            }),
            Err(error) => runs.push(failed(index, contestant, error)?),
        }
    }
    Ok(runs)
}

/// Does something with each process; one that fails takes no further part.
fn each(
    runners: &mut Vec<Runner<'_>>,
    runs: &mut Vec<Run>,
    mut action: impl FnMut(&mut Runner<'_>) -> Result<()>,
) -> Result<()> {
    for mut runner in std::mem::take(runners) {
        match action(&mut runner) {
            Ok(()) => runners.push(runner),
            Err(error) => {
                let (index, contestant) = (runner.index, runner.contestant);
                // What it wrote says more, if it has ended by itself.
                let error = finish(runner).err().unwrap_or(error);
                runs.push(failed(index, contestant, error)?);
            }
        }
    }
    Ok(())
}

/// A contestant's failure; the baseline's is that of the whole round.
fn failed(index: usize, contestant: &Contestant, error: anyhow::Error) -> Result<Run> {
    if contestant.name == OFF {
        return Err(error);
    }
    Ok(Run {
        contestant: index,
        outcome: Err(error),
    })
}

/// The command that runs the program in a directory of its own.
fn command(
    workspace: &Workspace,
    options: &Options,
    contestant: &Contestant,
    program: &Program,
    libraries: &Path,
    directory: &Path,
) -> Result<Command> {
    if directory.exists() {
        fs::remove_dir_all(directory)
            .with_context(|| format!("removing {}", directory.display()))?;
    }
    fs::create_dir_all(directory).with_context(|| format!("creating {}", directory.display()))?;
    let log = directory.join(LOG);
    let file = File::create(&log).with_context(|| format!("creating {}", log.display()))?;
    let mut command = contestant.command(&program.script, &directory.join(STATISTICS));
    command
        .args(&program.options)
        .current_dir(directory)
        .env("PYTHONPATH", workspace.path("benches/harness"))
        .env("BENCH_LIBRARIES", libraries)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // String hashes decide the order of sets: the same work in every run.
        .env("PYTHONHASHSEED", "0")
        .env("BENCH_OUTPUT", directory.join(OUTPUT))
        .env("BENCH_WARMUP", options.warmup.to_string())
        .env("BENCH_SAMPLE_TIME", options.sample_time.to_string())
        .env("BENCH_CLOCK", options.clock.name())
        .env_remove("BENCH_ONLY")
        .stderr(file);
    if let Some(only) = &program.only {
        command.env("BENCH_ONLY", only);
    }
    Ok(command)
}

/// What a process leaves in its directory.
const OUTPUT: &str = "measured.json";
const STATISTICS: &str = "statistics.json";
const LOG: &str = "log.txt";

/// Waits for the end of a process and reads what it left.
fn finish(mut runner: Runner<'_>) -> Result<Outcome> {
    let status = runner.turns.finish()?;
    if !status.success() {
        let text = fs::read_to_string(runner.directory.join(LOG)).unwrap_or_default();
        let last = text
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("it wrote nothing");
        bail!("ended with {status}: {}", last.trim());
    }
    let output = runner.directory.join(OUTPUT);
    let text = fs::read_to_string(&output).context("the program measured nothing")?;
    let value: Value =
        serde_json::from_str(&text).with_context(|| format!("reading {}", output.display()))?;
    let mut outcome = parse(&value, &runner.samples);
    outcome.statistics = Statistics::read(&runner.directory.join(STATISTICS));
    if outcome.series.is_empty() && outcome.skipped.is_empty() {
        bail!("the program measured nothing");
    }
    Ok(outcome)
}

fn parse(value: &Value, samples: &[(String, Vec<f64>)]) -> Outcome {
    let mut outcome = Outcome {
        peak_memory: value["peak_memory"].as_u64().unwrap_or(0),
        ..Outcome::default()
    };
    for (name, found) in value["benchmarks"].as_object().into_iter().flatten() {
        if let Some(reason) = found["skipped"].as_str() {
            outcome.skipped.push((name.clone(), reason.to_owned()));
        }
    }
    for (name, samples) in samples {
        let curve = value["benchmarks"][name]["warmup"].as_array();
        let points = curve.into_iter().flatten();
        outcome.series.push(Series {
            name: name.clone(),
            warmup: points
                .filter_map(|pair| Some((pair[0].as_f64()?, pair[1].as_f64()?)))
                .collect(),
            samples: samples.clone(),
        });
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_harness_writes() {
        let written = serde_json::json!({"peak_memory": 10, "benchmarks": {
            "a": {"warmup": [[0.5, 0.1]], "samples": [0.2, 0.3], "loops": 1},
            "b": {"skipped": "why"},
        }});
        let outcome = parse(&written, &[("a".to_owned(), vec![0.2, 0.3])]);
        assert_eq!(outcome.peak_memory, 10);
        let series = Series {
            name: "a".into(),
            warmup: vec![(0.5, 0.1)],
            samples: vec![0.2, 0.3],
        };
        assert_eq!(outcome.series, [series]);
        assert_eq!(outcome.skipped, [("b".to_owned(), "why".to_owned())]);
    }
}
