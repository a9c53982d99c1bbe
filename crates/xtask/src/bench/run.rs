//! One run of one program under one contestant.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Options;
use super::contestant::Contestant;
use super::programs::Program;
use crate::process;
use crate::statistics::Statistics;
use crate::workspace::Workspace;

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
    /// Seconds per iteration, and seconds that the native reference took around it.
    pub(super) samples: Vec<(f64, f64)>,
}

impl Outcome {
    /// The times of the native reference, in seconds.
    pub(super) fn references(&self) -> impl Iterator<Item = f64> {
        self.series
            .iter()
            .flat_map(|series| series.samples.iter().map(|sample| sample.1))
    }
}

/// Runs the program once and reads what the harness wrote. `reference` is the usual time of the native
/// reference so far, in seconds; 0 if there is none.
///
/// # Errors
/// If the process does not start, fails, takes too long or leaves no samples.
pub(super) fn once(
    workspace: &Workspace,
    options: &Options,
    contestant: &Contestant,
    program: &Program,
    libraries: &Path,
    reference: f64,
) -> Result<Outcome> {
    let directory = workspace.target("bench/run");
    fs::create_dir_all(&directory).with_context(|| format!("creating {}", directory.display()))?;
    let output = directory.join("samples.json");
    let statistics = directory.join("statistics.json");
    let log = directory.join("log.txt");
    for left_over in [&output, &statistics] {
        if left_over.exists() {
            fs::remove_file(left_over)
                .with_context(|| format!("removing {}", left_over.display()))?;
        }
    }
    let harness = workspace.path("benches/harness");
    let file = File::create(&log).with_context(|| format!("creating {}", log.display()))?;
    let mut command = contestant.command(&program.script, &statistics);
    command
        .args(&program.options)
        .current_dir(&directory)
        .env("PYTHONPATH", &harness)
        .env("BENCH_LIBRARIES", libraries)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // String hashes decide the order of sets: the same work in every run.
        .env("PYTHONHASHSEED", "0")
        .env("BENCH_OUTPUT", &output)
        .env("BENCH_WARMUP", options.warmup.to_string())
        .env("BENCH_SAMPLES", options.samples.to_string())
        .env("BENCH_SAMPLE_TIME", options.sample_time.to_string())
        .env("BENCH_CLOCK", options.clock.name())
        .env("BENCH_REFERENCE", reference.to_string())
        .env_remove("BENCH_ONLY")
        .stdin(Stdio::null())
        .stderr(file.try_clone().context("sharing the log file")?)
        .stdout(file);
    if let Some(only) = &program.only {
        command.env("BENCH_ONLY", only);
    }
    let status = wait(&mut command, Duration::from_secs(options.timeout))?;
    if !status.success() {
        let text = fs::read_to_string(&log).unwrap_or_default();
        let last = text
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("it wrote nothing");
        bail!("ended with {status}: {}", last.trim());
    }
    let text = fs::read_to_string(&output).context("the program measured nothing")?;
    let value: Value =
        serde_json::from_str(&text).with_context(|| format!("reading {}", output.display()))?;
    let mut outcome = parse(&value);
    outcome.statistics = Statistics::read(&statistics);
    if outcome.series.is_empty() && outcome.skipped.is_empty() {
        bail!("the program measured nothing");
    }
    Ok(outcome)
}

/// Waits for a command, for so long at most.
fn wait(command: &mut Command, limit: Duration) -> Result<ExitStatus> {
    let mut child = command
        .spawn()
        .with_context(|| format!("starting `{}`", process::display(command)))?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().context("waiting for a program")? {
            return Ok(status);
        }
        if start.elapsed() > limit {
            child
                .kill()
                .context("ending a program that took too long")?;
            child.wait().context("waiting for a program")?;
            bail!("took longer than {} s", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn parse(value: &Value) -> Outcome {
    let mut outcome = Outcome {
        peak_memory: value["peak_memory"].as_u64().unwrap_or(0),
        ..Outcome::default()
    };
    for (name, found) in value["benchmarks"].as_object().into_iter().flatten() {
        if let Some(reason) = found["skipped"].as_str() {
            outcome.skipped.push((name.clone(), reason.to_owned()));
            continue;
        }
        let pairs = |key: &str| -> Vec<(f64, f64)> {
            let list = found[key].as_array().into_iter().flatten();
            list.filter_map(|pair| Some((pair[0].as_f64()?, pair[1].as_f64()?)))
                .collect()
        };
        outcome.series.push(Series {
            name: name.clone(),
            warmup: pairs("warmup"),
            samples: pairs("samples"),
        });
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_harness_writes() {
        let outcome = parse(&serde_json::json!({"peak_memory": 10, "benchmarks": {
            "a": {"warmup": [[0.5, 0.1]], "samples": [[0.2, 0.001], [0.3, 0.002]], "loops": 1},
            "b": {"skipped": "why"},
        }}));
        assert_eq!(outcome.peak_memory, 10);
        let series = Series {
            name: "a".into(),
            warmup: vec![(0.5, 0.1)],
            samples: vec![(0.2, 0.001), (0.3, 0.002)],
        };
        assert_eq!(outcome.series, [series]);
        assert_eq!(outcome.skipped, [("b".to_owned(), "why".to_owned())]);
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let error =
            wait(Command::new("sleep").arg("60"), Duration::from_millis(50)).expect_err("too long");
        assert!(error.to_string().contains("took longer"), "{error}");
    }
}
