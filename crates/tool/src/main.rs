//! Compiles snapshots that `WHIPSNAKE_SNAPSHOT_DIR` saved, without Python.
//!
//! The code is compared with what the program itself compiled (the `.code` file beside the snapshot), byte for byte.

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use whipsnake_backend::{Artifact, CpuFeatures};
use whipsnake_compiler::{Settings, TrampolineCache, compile};
use whipsnake_contract::faults::Faults;
use whipsnake_contract::options::Options;
use whipsnake_contract::passes::NO_PASS;
use whipsnake_contract::snapshot::Snapshot;

#[derive(Parser)]
#[command(about = "Compiles saved snapshots without Python")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compile snapshots and compare the code with what was saved beside them.
    Compile {
        /// Snapshot files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Stages to print: ir,passes,clif,asm
        #[arg(long, default_value = "")]
        dump: String,
        /// Backend.
        #[arg(long, default_value = "cranelift")]
        backend: String,
        /// Pass to leave out.
        #[arg(long, default_value = NO_PASS)]
        skip_pass: String,
        /// Use no instructions beyond the architecture's baseline.
        #[arg(long)]
        baseline: bool,
    },
}

fn main() -> Result<()> {
    let Command::Compile { files, dump, backend, skip_pass, baseline } = Arguments::parse().command;
    let mut options = Options::default();
    options.set("dump", &dump, "--dump")?;
    options.set("skip_pass", &skip_pass, "--skip-pass")?;
    let backend = whipsnake_backend::backend_by_name(&backend)?
        .with_context(|| format!("there is no backend {backend:?}; there are {}", whipsnake_backend::BACKENDS.join(", ")))?;
    let features = if baseline { CpuFeatures::BASELINE } else { CpuFeatures::detect() };
    let settings = Settings { backend: &*backend, features, skip_pass: &options.skip_pass, dump: &options.dump, faults: &Faults::default() };
    let mut different = 0;
    for file in &files {
        let same = compile_file(file, settings).with_context(|| file.display().to_string())?;
        different += usize::from(!same);
    }
    if different > 0 {
        bail!("{different} of {} snapshots gave other code than the program that saved them", files.len());
    }
    Ok(())
}

/// Compiles one snapshot; false if the code differs from what was saved.
fn compile_file(file: &Path, settings: Settings<'_>) -> Result<bool> {
    let snapshot: Snapshot = serde_json::from_slice(&std::fs::read(file)?).context("not a snapshot of this version")?;
    let outcome = compile(&snapshot, settings, &TrampolineCache::default());
    print!("{}", outcome.dump);
    let name = snapshot.codes.first().map_or("?", |code| code.qualname.as_str());
    let kind = snapshot.entry.name();
    let saved = file.with_extension("code");
    let compiled = match outcome.result {
        Ok(compiled) => compiled,
        Err(reason) => {
            println!("{name} ({kind}): not compiled: {reason}");
            return Ok(!saved.exists());
        }
    };
    let time = compiled.time.as_secs_f64() * 1e3;
    let Artifact::Machine(code) = &compiled.code.artifact else {
        println!("{name} ({kind}): {time:.2} ms, interpreted");
        return Ok(true);
    };
    let verdict = match std::fs::read(&saved) {
        Ok(bytes) if bytes == code.bytes => "identical to the saved code",
        Ok(_) => "DIFFERENT from the saved code",
        Err(_) => "no saved code to compare with",
    };
    let exits = compiled.code.exits.len();
    println!("{name} ({kind}): {} bytes, {exits} exits, {time:.2} ms, {verdict}", code.bytes.len());
    Ok(!verdict.starts_with("DIFFERENT"))
}
