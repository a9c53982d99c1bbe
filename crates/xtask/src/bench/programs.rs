//! What is measured: the programs of pyperformance, unmodified, and kernels of our own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::contestant::Contestant;
use crate::environment::{Environment, fnv1a};
use crate::process::{self, note};
use crate::workspace::Workspace;

/// The only place that names the version of pyperformance.
const PIN: &str = "benches/pyperformance.txt";
const KERNELS: &str = "benches/kernels";

/// A program to measure; it may hold several benchmarks.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) name: String,
    pub(super) script: PathBuf,
    pub(super) options: Vec<String>,
    pub(super) requirements: Vec<String>,
    /// The only benchmark wanted of this program.
    pub(super) only: Option<String>,
}

/// The pinned package, as pip spells it.
///
/// # Errors
/// If the file that pins it cannot be read.
pub(super) fn pinned(workspace: &Workspace) -> Result<String> {
    let path = workspace.path(PIN);
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(text.trim().to_owned())
}

/// The programs that the names choose; all if there is no name.
///
/// # Errors
/// If pyperformance cannot be had or a name matches nothing.
pub(super) fn choose(
    workspace: &Workspace,
    environment: &Environment,
    names: &[String],
) -> Result<Vec<Program>> {
    let kernels = kernels(workspace)?;
    // Kernels need no download.
    if !names.is_empty()
        && names
            .iter()
            .all(|name| kernels.iter().any(|kernel| kernel.name == *name))
    {
        return Ok(select(&kernels, names).0);
    }
    let mut all = suite(workspace, environment)?;
    all.extend(kernels);
    if names.is_empty() {
        return Ok(all);
    }
    let (chosen, unknown) = select(&all, names);
    if !unknown.is_empty() {
        let known: Vec<&str> = all.iter().map(|program| program.name.as_str()).collect();
        bail!(
            "no program is named {}; known are {}",
            unknown.join(", "),
            known.join(", ")
        );
    }
    Ok(chosen)
}

/// The chosen programs, and the names that match nothing. `scimark_fft` is a benchmark of the program `scimark`.
fn select(all: &[Program], names: &[String]) -> (Vec<Program>, Vec<String>) {
    let (mut chosen, mut unknown) = (Vec::new(), Vec::new());
    for name in names {
        let exact: Vec<&Program> = all.iter().filter(|program| program.name == *name).collect();
        if !exact.is_empty() {
            chosen.extend(exact.into_iter().cloned());
            continue;
        }
        let holder = all
            .iter()
            .filter(|program| {
                name.strip_prefix(program.name.as_str())
                    .is_some_and(|rest| rest.starts_with('_'))
            })
            .max_by_key(|program| program.name.len());
        match holder {
            Some(program) => chosen.push(Program {
                only: Some(name.clone()),
                ..program.clone()
            }),
            None => unknown.push(name.clone()),
        }
    }
    (chosen, unknown)
}

fn kernels(workspace: &Workspace) -> Result<Vec<Program>> {
    let directory = workspace.path(KERNELS);
    let mut found = Vec::new();
    for entry in directory
        .read_dir()
        .with_context(|| format!("reading {}", directory.display()))?
    {
        let script = entry?.path();
        if script
            .extension()
            .is_some_and(|extension| extension == "py")
        {
            let stem = script
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            found.push(Program {
                name: stem,
                script,
                options: Vec::new(),
                requirements: Vec::new(),
                only: None,
            });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The programs of the pinned pyperformance, which is fetched when it is not there.
fn suite(workspace: &Workspace, environment: &Environment) -> Result<Vec<Program>> {
    let pinned = pinned(workspace)?;
    let directory = workspace.target(&format!("bench/{}", pinned.replace("==", "-")));
    let data = directory.join("pyperformance/data-files/benchmarks");
    if !data.join("MANIFEST").is_file() {
        note(format!("fetching {pinned}"));
        let mut command = environment.pip_install();
        command
            .args(["--no-deps", "--no-compile", "--upgrade", "--target"])
            .arg(&directory)
            .arg(&pinned);
        process::run(&mut command)?;
    }
    let catalogue = workspace.path("benches/harness/catalogue.py");
    let text = process::read(
        Command::new(environment.python())
            .arg("-I")
            .arg(&catalogue)
            .arg(&data),
    )?;
    let list: Value = serde_json::from_str(&text).context("reading the catalogue of programs")?;
    list.as_array().into_iter().flatten().map(parse).collect()
}

fn parse(entry: &Value) -> Result<Program> {
    let text = |key: &str| {
        entry[key]
            .as_str()
            .with_context(|| format!("a program of the catalogue has no {key}"))
    };
    let texts = |key: &str| -> Vec<String> {
        entry[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|value| Some(value.as_str()?.to_owned()))
            .collect()
    };
    Ok(Program {
        name: text("name")?.to_owned(),
        script: PathBuf::from(text("script")?),
        options: texts("options"),
        requirements: texts("requirements"),
        only: None,
    })
}

/// A directory with what the program needs, for this contestant's kind of interpreter. Each program has its
/// own, since pyperformance pins different versions of the same packages for different programs.
///
/// # Errors
/// If pip cannot install it, now or the last time; the reason is kept.
pub(super) fn libraries(
    workspace: &Workspace,
    environment: &Environment,
    contestant: &Contestant,
    program: &Program,
) -> Result<PathBuf> {
    let place = program.requirements.join(" ");
    let directory = workspace.target(&format!(
        "bench/libraries/{}/{:016x}",
        contestant.libraries,
        fnv1a(&place)
    ));
    let mark = directory.join("installed");
    let failed = directory.join("failed");
    if program.requirements.is_empty() || mark.exists() {
        return Ok(directory);
    }
    if let Ok(reason) = fs::read_to_string(&failed) {
        bail!("{reason} (delete {} to try again)", failed.display());
    }
    fs::create_dir_all(&directory).with_context(|| format!("creating {}", directory.display()))?;
    note(format!("installing {place} for {}", program.name));
    // The environment's pip serves interpreters that have none.
    let mut command = Command::new(environment.python());
    command
        .args(["-m", "pip", "--python"])
        .arg(&contestant.python)
        .args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--target",
        ])
        .arg(&directory)
        .args(&program.requirements);
    match process::read(&mut command) {
        Ok(_) => {
            fs::write(&mark, &place).with_context(|| format!("writing {}", mark.display()))?;
            Ok(directory)
        }
        Err(error) => {
            let text = format!("{error:#}");
            let line = text
                .lines()
                .rev()
                .find(|line| line.to_lowercase().contains("error"))
                .unwrap_or("pip failed");
            let reason = format!("needs {place}, which cannot be installed: {}", line.trim());
            fs::write(&failed, &reason).with_context(|| format!("writing {}", failed.display()))?;
            bail!("{reason}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(name: &str) -> Program {
        Program {
            name: name.into(),
            script: PathBuf::new(),
            options: vec![],
            requirements: vec![],
            only: None,
        }
    }

    #[test]
    fn names_choose_programs_and_their_benchmarks() {
        let all = ["nbody", "async", "async_tree", "scimark"].map(program);
        let (chosen, unknown) = select(
            &all,
            &[
                "nbody".into(),
                "async_tree_x".into(),
                "scimark_fft".into(),
                "what".into(),
            ],
        );
        let found: Vec<_> = chosen
            .iter()
            .map(|p| (p.name.as_str(), p.only.as_deref()))
            .collect();
        assert_eq!(
            found,
            [
                ("nbody", None),
                ("async_tree", Some("async_tree_x")),
                ("scimark", Some("scimark_fft"))
            ]
        );
        assert_eq!(unknown, ["what"]);
    }
}
