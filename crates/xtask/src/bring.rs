//! Bringing Debian's optimised CPython builds into `target/pythons`.

use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

use crate::interpreter::{self, Interpreter, Minor};
use crate::process::{self, note};
use crate::workspace::Workspace;

const SCRIPT: &str = include_str!("get-pythons.sh");

/// Unpacks Debian's builds of these versions (nothing is installed into the system) and probes them.
///
/// # Errors
/// If the host has no apt or no Debian archive, or a package cannot be had.
pub(crate) fn bring(workspace: &Workspace, versions: &[Minor]) -> Result<Vec<Interpreter>> {
    let _lock = workspace.lock_setup()?;
    let directory = workspace.target("pythons");
    let names: Vec<_> = versions.iter().map(Minor::to_string).collect();
    let installed: Vec<_> = names
        .iter()
        .map(|name| directory.join(format!("bin/python{name}")))
        .collect();

    if !installed
        .iter()
        .all(|path| interpreter::probe(path).is_ok())
    {
        note(format!(
            "bringing Debian's builds of Python {} into {}",
            names.join(", "),
            directory.display()
        ));
        let mut command = Command::new("bash");
        command
            .arg("-c")
            .arg(SCRIPT)
            .arg("get-pythons")
            .arg(&directory)
            .args(&names);
        process::run(&mut command).map_err(|_| anyhow!("Debian's Python could not be unpacked (the reason is above)")).with_context(
            || format!("no Python {} found; install one with its headers or name one in WHIPSNAKE_PYTHON", names.join(", ")),
        )?;
    }

    let mut brought = Vec::new();
    for path in installed {
        match interpreter::probe(&path) {
            Ok(python) => brought.push(python),
            Err(reason) => bail!("{} {reason}", path.display()),
        }
    }
    Ok(brought)
}
