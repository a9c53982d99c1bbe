//! What starting a program costs: processor time and peak memory of a program that does nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::Skipped;
use super::contestant::Contestant;
use super::summary::median;
use crate::process::{self, note};
use crate::workspace::Workspace;

/// How often each command is started.
const ROUNDS: usize = 25;

/// The start-up of one contestant.
pub(super) struct StartUp {
    pub(super) contestant: String,
    /// Median processor time, in milliseconds.
    pub(super) milliseconds: f64,
    /// Peak memory, in bytes.
    pub(super) memory: u64,
}

/// Measures all contestants in turn; one that does not start is returned with the reason.
///
/// # Errors
/// If the measuring program fails.
pub(super) fn measure(
    workspace: &Workspace,
    contestants: &[Contestant],
) -> Result<(Vec<StartUp>, Vec<Skipped>)> {
    note("start-up of a program that does nothing");
    let harness = workspace.path("benches/harness");
    let directory = workspace.target("bench/run");
    fs::create_dir_all(&directory).with_context(|| format!("creating {}", directory.display()))?;
    let statistics = directory.join("statistics.json");
    let nothing = harness.join("nothing.py");

    let mut skipped = Vec::new();
    let mut starting = Vec::new();
    for contestant in contestants {
        match peak_memory(contestant, &harness, &directory, &statistics) {
            Ok(memory) => starting.push((contestant, memory)),
            Err(error) => skipped.push(Skipped {
                name: format!("start-up of {}", contestant.name),
                reason: format!("{error:#}"),
            }),
        }
    }
    let commands: Vec<Value> = starting
        .iter()
        .map(|(contestant, _)| describe(&contestant.command(&nothing, &statistics)))
        .collect();
    let mut command = Command::new(&contestants[0].python);
    command
        .arg("-I")
        .arg(harness.join("startup.py"))
        .arg(ROUNDS.to_string())
        .arg(Value::Array(commands).to_string());
    let times: Value = serde_json::from_str(&process::read(&mut command)?)
        .context("reading the start-up times")?;
    let mut found = Vec::new();
    for (index, (contestant, memory)) in starting.into_iter().enumerate() {
        let times: Vec<f64> = times[index]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect();
        found.push(StartUp {
            contestant: contestant.name.clone(),
            milliseconds: median(&times).context("no start-up time was measured")?,
            memory,
        });
    }
    Ok((found, skipped))
}

/// A command line and its variables.
fn describe(command: &Command) -> Value {
    let text = |word: &std::ffi::OsStr| word.to_string_lossy().into_owned();
    let words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(text)
        .collect();
    let variables: Map<String, Value> = command
        .get_envs()
        .filter_map(|(name, value)| Some((text(name), text(value?).into())))
        .collect();
    json!({"words": words, "variables": variables})
}

fn peak_memory(
    contestant: &Contestant,
    harness: &Path,
    directory: &Path,
    statistics: &Path,
) -> Result<u64> {
    let answer = directory.join("peak-memory.txt");
    process::read(
        contestant
            .command(&harness.join("peak_memory.py"), statistics)
            .arg(&answer),
    )?;
    let text =
        fs::read_to_string(&answer).with_context(|| format!("reading {}", answer.display()))?;
    let kilobytes: u64 = text.trim().parse().context("reading the peak memory")?;
    Ok(kilobytes * 1024)
}
