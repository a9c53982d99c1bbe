//! `cargo xtask demo`: real programs with the JIT off and on, side by side.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::environment::Environment;
use crate::interpreter::{self, Minor};
use crate::package::{self, Profile};
use crate::process::{self, note};
use crate::statistics::{Statistics, Unit};
use crate::table::Table;
use crate::workspace::Workspace;

/// The programs shown, below `benches/programs`.
const PROGRAMS: [&str; 5] = [
    "nbody",
    "fannkuch",
    "spectral_norm",
    "mandelbrot",
    "richards",
];
/// How many compiled units are named per program.
const NAMED_UNITS: usize = 4;

/// A program and its arguments.
struct Show {
    name: String,
    script: PathBuf,
    arguments: Vec<OsString>,
}

/// The best of some runs.
struct Outcome {
    /// Wall time, in seconds.
    seconds: f64,
    output: Output,
}

/// Runs the programs, and the user's script if one is named, and prints a table.
///
/// # Errors
/// If the set-up fails or a program cannot be started; different outputs give a failing exit code.
pub(crate) fn run(
    workspace: &Workspace,
    wanted: Option<Minor>,
    rounds: u32,
    build: bool,
    script: &[OsString],
) -> Result<ExitCode> {
    let mut shows: Vec<Show> = PROGRAMS
        .iter()
        .map(|name| Show {
            name: (*name).to_owned(),
            script: workspace.path(&format!("benches/programs/{name}.py")),
            arguments: Vec::new(),
        })
        .collect();
    if let Some((script, arguments)) = script.split_first() {
        let script = PathBuf::from(script);
        if !script.is_file() {
            bail!("{} is not a file", script.display());
        }
        let name = script
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        shows.push(Show {
            name,
            script,
            arguments: arguments.to_vec(),
        });
    }

    let python = interpreter::find_for_measuring(workspace, wanted)?;
    let environment = if build {
        package::install(workspace, &python, Profile::Release)?
    } else {
        package::installed(workspace, &python)?
    };

    let mut table = Table::new([
        "program", "JIT off", "JIT on", "ratio", "output", "compiled",
    ]);
    let mut different = Vec::new();
    for show in &shows {
        note(format!(
            "running {} ({rounds} times with the JIT off and on)",
            show.name
        ));
        let statistics_file = workspace.target("demo-stats.json");
        let mut off: Option<Outcome> = None;
        let mut on: Option<Outcome> = None;
        for _ in 0..rounds.max(1) {
            keep_best(&mut off, time(plain(&environment, show))?);
            // A left-over file must not speak for a run that wrote none.
            let _ = std::fs::remove_file(&statistics_file);
            keep_best(&mut on, time(jitted(&environment, show, &statistics_file))?);
        }
        let (off, on) = (off.context("no run")?, on.context("no run")?);
        let difference = difference(&off.output, &on.output);
        table.row(vec![
            show.name.clone(),
            format!("{:.2} s", off.seconds),
            format!("{:.2} s", on.seconds),
            format!("{:.2}x", off.seconds / on.seconds),
            difference.map_or("equal", |_| "DIFFERENT").to_owned(),
            Statistics::read(&statistics_file)
                .map_or("no statistics".to_owned(), |found| describe(&found)),
        ]);
        if let Some(what) = difference {
            different.push(format!(
                "{}: {what} differs with the JIT on\n{}",
                show.name,
                ending(&on.output)
            ));
        }
    }

    println!(
        "CPython {}, best of {}, wall time of the whole process",
        python.version,
        rounds.max(1)
    );
    println!();
    print!("{}", table.render());
    for what in &different {
        println!("\n{what}");
    }
    Ok(if different.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn plain(environment: &Environment, show: &Show) -> Command {
    let mut command = Command::new(environment.python());
    command.arg(&show.script).args(&show.arguments);
    command
}

fn jitted(environment: &Environment, show: &Show, statistics: &Path) -> Command {
    let mut command = Command::new(environment.python());
    command
        .args(["-m", "whipsnake", "run", "--stats-json"])
        .arg(statistics)
        .arg(&show.script)
        .args(&show.arguments);
    command
}

fn time(mut command: Command) -> Result<Outcome> {
    command.stdin(Stdio::null());
    let start = Instant::now();
    let output = command
        .output()
        .with_context(|| format!("starting `{}`", process::display(&command)))?;
    Ok(Outcome {
        seconds: start.elapsed().as_secs_f64(),
        output,
    })
}

fn keep_best(best: &mut Option<Outcome>, new: Outcome) {
    if best.as_ref().is_none_or(|best| new.seconds < best.seconds) {
        *best = Some(new);
    }
}

/// What differs between two runs, if anything.
fn difference(off: &Output, on: &Output) -> Option<&'static str> {
    if off.status != on.status {
        Some("the exit code")
    } else if off.stdout != on.stdout {
        Some("the output")
    } else if off.stderr != on.stderr {
        Some("the error output")
    } else {
        None
    }
}

/// The last lines that a run wrote, and how it ended.
fn ending(output: &Output) -> String {
    let mut lines: Vec<String> = Vec::new();
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(stream);
        let all: Vec<&str> = text.lines().collect();
        lines.extend(
            all[all.len().saturating_sub(5)..]
                .iter()
                .map(|line| format!("  | {line}")),
        );
    }
    lines.push(format!("  ended with {}", output.status));
    lines.join("\n")
}

/// The largest units by name, and the sums.
fn describe(statistics: &Statistics) -> String {
    if statistics.units.is_empty() {
        return "nothing".to_owned();
    }
    let mut units: Vec<&Unit> = statistics.units.iter().collect();
    units.sort_by_key(|unit| std::cmp::Reverse(unit.code_bytes));
    let mut names: Vec<String> = Vec::new();
    for unit in units {
        let name = if unit.kind == "loop" {
            format!("{} (loop)", unit.name)
        } else {
            unit.name.clone()
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(NAMED_UNITS);
    names.truncate(NAMED_UNITS);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!(
        "{}{rest}; {} units, {:.1} kB in {:.0} ms",
        names.join(", "),
        statistics.units.len(),
        statistics.code_bytes() as f64 / 1000.0,
        statistics.compile_ms()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Output {
        Command::new("sh")
            .args(["-c", script])
            .output()
            .expect("sh starts")
    }

    #[test]
    fn outputs_are_compared_in_all_parts() {
        let base = shell("echo a; echo b >&2");
        assert_eq!(difference(&base, &shell("echo a; echo b >&2")), None);
        assert_eq!(
            difference(&base, &shell("echo x; echo b >&2")),
            Some("the output")
        );
        assert_eq!(
            difference(&base, &shell("echo a; echo x >&2")),
            Some("the error output")
        );
        assert_eq!(
            difference(&base, &shell("echo a; echo b >&2; exit 3")),
            Some("the exit code")
        );
    }

    #[test]
    fn units_are_described_by_the_largest() {
        let unit = |name: &str, kind: &str, code_bytes| Unit {
            name: name.into(),
            kind: kind.into(),
            code_bytes,
            compile_ms: 1.0,
        };
        let statistics = Statistics {
            units: vec![
                unit("small", "function", 10),
                unit("big", "loop", 2000),
                unit("big", "loop", 990),
            ],
            ..Statistics::default()
        };
        assert_eq!(
            describe(&statistics),
            "big (loop), small; 3 units, 3.0 kB in 3 ms"
        );
        assert_eq!(describe(&Statistics::default()), "nothing");
    }
}
