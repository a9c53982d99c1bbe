//! Compiles saved snapshots (`WHIPSNAKE_SNAPSHOT_DIR`) and says what is wrong with the IR.
//!
//!     cargo run -p whipsnake-frontend --example verify -- DIRECTORY

use std::panic::catch_unwind;
use std::path::PathBuf;
use std::process::ExitCode;
use whipsnake_contract::exit::{ExitPolicy, ExitReason};
use whipsnake_contract::snapshot::{SeenExit, Snapshot};
use whipsnake_ir::verify::verify_text;

/// The snapshot, and variants of it in which every speculation of one kind has failed everywhere.
fn variants(snapshot: Snapshot) -> Vec<(&'static str, Snapshot)> {
    let mut all = Vec::new();
    for &reason in ExitReason::ALL.iter().filter(|reason| reason.policy() == ExitPolicy::Speculation) {
        let mut variant = snapshot.clone();
        for code in &mut variant.codes {
            let seen = |offset| SeenExit { offset, reason, count: 50, types: Vec::new() };
            code.exits_seen.extend((0..code.units.len() as u32).map(seen));
        }
        all.push((reason.name(), variant));
    }
    all.push(("as it is", snapshot));
    all
}

fn main() -> ExitCode {
    let mut wrong = 0;
    let mut refused = 0;
    let mut compiled = 0;
    for directory in std::env::args_os().skip(1).map(PathBuf::from) {
        let Ok(entries) = std::fs::read_dir(&directory) else {
            eprintln!("{} cannot be read", directory.display());
            return ExitCode::FAILURE;
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let snapshot = std::fs::read(&path).map_err(|e| e.to_string()).and_then(|bytes| serde_json::from_slice(&bytes).map_err(|e| e.to_string()));
            let snapshot: Snapshot = match snapshot {
                Ok(snapshot) => snapshot,
                Err(error) => {
                    println!("{}: {error}", path.display());
                    wrong += 1;
                    continue;
                }
            };
            for (variant, snapshot) in variants(snapshot) {
                let problem = match catch_unwind(|| whipsnake_frontend::compile(&snapshot)) {
                    Ok(Ok(function)) => {
                        compiled += 1;
                        verify_text(&function)
                    }
                    Ok(Err(reason)) => {
                        println!("{} ({variant}): refused: {reason}", path.display());
                        refused += 1;
                        None
                    }
                    Err(_) => Some("panicked".to_owned()),
                };
                if let Some(problem) = problem {
                    println!("{} ({variant}): {problem}", path.display());
                    wrong += 1;
                }
            }
        }
    }
    println!("{compiled} compiled, {wrong} wrong, {refused} refused");
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
