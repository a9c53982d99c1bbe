//! Running other programs.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// Prints one line of progress to standard error.
pub(crate) fn note(message: impl AsRef<str>) {
    eprintln!("xtask: {}", message.as_ref());
}

/// The command line as a person would type it.
pub(crate) fn display(command: &Command) -> String {
    let words: Vec<OsString> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(Into::into)
        .collect();
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

/// Runs a command whose output the user sees.
///
/// # Errors
/// If it does not start or ends with a status other than 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("starting `{}`", display(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", display(command));
    }
    Ok(())
}

/// Runs a command and returns what it wrote to standard output.
///
/// # Errors
/// If it does not start or ends with a status other than 0; the error holds its standard error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting `{}`", display(command)))?;
    if !output.status.success() {
        bail!(
            "`{}` ended with {}\n{}",
            display(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command, passes its standard output on and shows each line to `see`.
///
/// # Errors
/// If it does not start; its exit status is the caller's to judge.
pub(crate) fn watch(command: &mut Command, see: impl FnMut(&str)) -> Result<ExitStatus> {
    watch_beside_others("", command, see)
}

/// As [`watch`], for commands that run at the same time: each line begins with a prefix that tells them apart.
///
/// # Errors
/// As for [`watch`].
pub(crate) fn watch_beside_others(
    prefix: &str,
    command: &mut Command,
    mut see: impl FnMut(&str),
) -> Result<ExitStatus> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting `{}`", display(command)))?;
    let stdout = child
        .stdout
        .take()
        .context("the child's standard output was not piped")?;
    let mut reader = BufReader::new(stdout);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? != 0 {
        let text = String::from_utf8_lossy(&line);
        print!("{prefix}{text}");
        see(text.trim_end());
        line.clear();
    }
    child
        .wait()
        .with_context(|| format!("waiting for `{}`", display(command)))
}
