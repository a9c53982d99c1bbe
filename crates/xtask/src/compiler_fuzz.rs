//! Coverage-guided fuzzing of the compiler alone: the targets of `fuzz/`, built with the installed stable Rust.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::process::{display, note, run};
use crate::workspace::Workspace;

/// Targets, with the share of the time that each gets.
const TARGETS: [(&str, f64); 2] = [("ir", 0.4), ("snapshot", 0.6)];

/// Named, so that build scripts and macros are built without counters.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// What libFuzzer needs to see: counters at each edge, their addresses, and operands of comparisons.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Largest input in bytes, and the time limit of one input in seconds.
const LIMITS: [&str; 3] = ["-max_len=65536", "-timeout=30", "-rss_limit_mb=3072"];

/// Builds the targets and runs one after the other. What was interesting is kept below `target/fuzz/compiler`, and the next run begins with it.
///
/// # Errors
/// If a target cannot be built or started; an input that makes the compiler panic is a failing exit code.
pub(crate) fn fuzz(workspace: &Workspace, minutes: f64, seed: Option<u64>) -> Result<ExitCode> {
    if minutes.is_nan() || minutes <= 0.0 {
        bail!("--minutes must be more than 0, not {minutes}");
    }
    let home = workspace.target("fuzz/compiler");
    note("building the targets of fuzz/ with coverage counters");
    run(Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--locked", "--bins", "--target", TRIPLE, "--manifest-path"])
        .arg(workspace.path("fuzz/Cargo.toml"))
        .arg("--target-dir")
        .arg(home.join("build"))
        .env("RUSTFLAGS", COVERAGE)
        .env_remove("CARGO_ENCODED_RUSTFLAGS"))
    .context("building the fuzz targets, which need a C++ compiler")?;
    let mut code = ExitCode::SUCCESS;
    for (target, share) in TARGETS {
        let directory = home.join(target);
        let [corpus, seeds, findings] = ["corpus", "seeds", "findings"].map(|name| directory.join(name));
        for path in [&corpus, &seeds, &findings] {
            fs::create_dir_all(path).with_context(|| format!("creating {}", path.display()))?;
        }
        let count = write_seeds(workspace, target, &seeds)?;
        let seconds = (minutes * 60.0 * share).ceil() as u64;
        note(format!("target {target}: {count} seeds, {seconds} s, findings go to {}", findings.display()));
        let mut command = Command::new(home.join("build").join(TRIPLE).join("release").join(target));
        command
            .args([&corpus, &seeds])
            .args(LIMITS)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", findings.display()))
            .arg("-print_final_stats=1")
            .args(seed.map(|seed| format!("-seed={}", seed % u64::from(u32::MAX))));
        let status = command.status().with_context(|| format!("starting `{}`", display(&command)))?;
        if !status.success() {
            note(format!("target {target} found something; the lines above name the file, and the target with it as its only argument repeats it"));
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// Writes what the target begins with, and says how many files that are.
fn write_seeds(workspace: &Workspace, target: &str, seeds: &Path) -> Result<usize> {
    let read = |path: &Path| fs::read_to_string(path).with_context(|| format!("reading {}", path.display()));
    let mut texts = Vec::new();
    if target == "ir" {
        for path in files(&workspace.path("tests/filetests"), "wir")? {
            texts.push(read(&path)?);
        }
    } else {
        for path in files(&workspace.path("crates/frontend/tests/snapshots"), "json")? {
            if path.ends_with("platform.json") {
                continue;
            }
            // The snapshots of a version share one platform.
            let platform = read(&path.with_file_name("platform.json"))?;
            let snapshot = read(&path)?;
            let rest = snapshot.trim_start().strip_prefix('{').with_context(|| format!("{} is no JSON object", path.display()))?;
            texts.push(format!("{{\"platform\": {platform},{rest}"));
        }
    }
    if texts.is_empty() {
        bail!("there is nothing that target {target} could begin with");
    }
    for (number, text) in texts.iter().enumerate() {
        let path = seeds.join(number.to_string());
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(texts.len())
}

/// Files with that ending in a directory and those within, sorted.
fn files(directory: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).with_context(|| format!("reading {}", directory.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
