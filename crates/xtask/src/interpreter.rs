//! Finding the CPython interpreters to build for.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::bring;
use crate::process::{self, note};
use crate::workspace::Workspace;

/// The supported versions, best first. Everything else about a version is read from it.
pub(crate) const SUPPORTED: [Minor; 2] = [Minor(3, 14), Minor(3, 13)];

/// Names the interpreters to use: paths or commands, separated by commas.
const VARIABLE: &str = "WHIPSNAKE_PYTHON";

const PROBE: &str = include_str!("probe.py");

/// A Python version without its last part, such as 3.14.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Minor(pub(crate) u64, pub(crate) u64);

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl FromStr for Minor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let minor = text
            .split_once('.')
            .and_then(|(major, minor)| Some(Self(major.parse().ok()?, minor.parse().ok()?)));
        match minor {
            Some(minor) if SUPPORTED.contains(&minor) => Ok(minor),
            _ => {
                let known: Vec<_> = SUPPORTED.iter().map(Minor::to_string).collect();
                Err(format!(
                    "'{text}' is not a supported version; supported are {}",
                    known.join(" and ")
                ))
            }
        }
    }
}

/// A CPython that the package can be built for.
#[derive(Clone, Debug)]
pub(crate) struct Interpreter {
    /// What to start.
    pub(crate) path: PathBuf,
    /// The full version, such as `3.14.2`.
    pub(crate) version: String,
    /// The version's first two parts.
    pub(crate) minor: Minor,
    /// How the file name of an extension module ends.
    pub(crate) ext_suffix: String,
    /// Built with profile-guided optimisation, as far as can be told: worth measuring against.
    pub(crate) optimised: bool,
}

/// What a candidate said about itself.
pub(crate) struct Description {
    implementation: String,
    version: String,
    minor: Minor,
    free_threaded: bool,
    debug: bool,
    header: bool,
    internal_header: bool,
    include: String,
    ext_suffix: String,
    optimised: bool,
}

impl Description {
    fn parse(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text).context("the probe's answer is not JSON")?;
        let text = |key: &str| {
            value[key]
                .as_str()
                .with_context(|| format!("the probe did not say {key}"))
        };
        let flag = |key: &str| {
            value[key]
                .as_bool()
                .with_context(|| format!("the probe did not say {key}"))
        };
        let part = |index: usize| {
            value["minor"][index]
                .as_u64()
                .context("the probe did not say minor")
        };
        Ok(Self {
            implementation: text("implementation")?.to_owned(),
            version: text("version")?.to_owned(),
            minor: Minor(part(0)?, part(1)?),
            free_threaded: flag("free_threaded")?,
            debug: flag("debug")?,
            header: flag("header")?,
            internal_header: flag("internal_header")?,
            include: text("include")?.to_owned(),
            ext_suffix: text("ext_suffix")?.to_owned(),
            optimised: flag("optimised")?,
        })
    }

    /// Why this interpreter cannot be used, if so, in one line.
    fn unsupported(&self) -> Option<String> {
        if self.implementation != "CPython" {
            return Some(format!("is {}, not CPython", self.implementation));
        }
        if !SUPPORTED.contains(&self.minor) {
            let known: Vec<_> = SUPPORTED.iter().map(Minor::to_string).collect();
            return Some(format!(
                "is version {}; supported are {}",
                self.version,
                known.join(" and ")
            ));
        }
        if self.free_threaded {
            return Some(format!(
                "is a free-threaded build of {}; only builds with the GIL are supported",
                self.version
            ));
        }
        if self.debug {
            return Some(format!(
                "is a debug build of {}; only release builds are supported",
                self.version
            ));
        }
        if !self.header {
            return Some(format!(
                "has no Python.h in {} (install its development package)",
                self.include
            ));
        }
        if !self.internal_header {
            return Some(format!(
                "has no internal headers in {} (install its complete development package)",
                self.include
            ));
        }
        None
    }
}

/// Asks an interpreter what it is. `Err` is one line that says why it cannot be used.
pub(crate) fn probe(path: &Path) -> Result<Interpreter, String> {
    let answer = process::read(Command::new(path).args(["-I", "-c", PROBE]))
        .and_then(|text| Description::parse(&text));
    let description = answer.map_err(|error| {
        let reason = error.root_cause().to_string();
        let last = reason
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("unknown reason")
            .trim()
            .to_owned();
        format!("does not start: {last}")
    })?;
    if let Some(reason) = description.unsupported() {
        return Err(reason);
    }
    Ok(Interpreter {
        path: path.to_path_buf(),
        version: description.version,
        minor: description.minor,
        ext_suffix: description.ext_suffix,
        optimised: description.optimised,
    })
}

/// The interpreters to use, one per supported version (or only `wanted`): those that
/// `WHIPSNAKE_PYTHON` names; else what is on PATH or under pyenv; else Debian's builds,
/// unpacked into `target/pythons`.
///
/// # Errors
/// If none is found and none can be brought.
pub(crate) fn find_or_bring(
    workspace: &Workspace,
    wanted: Option<Minor>,
) -> Result<Vec<Interpreter>> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        return from_variable(&named, wanted);
    }
    let versions: Vec<Minor> = SUPPORTED
        .into_iter()
        .filter(|minor| wanted.is_none_or(|wanted| wanted == *minor))
        .collect();
    let mut found: Vec<Interpreter> = versions.iter().filter_map(|minor| find(*minor)).collect();
    let missing: Vec<Minor> = versions
        .iter()
        .copied()
        .filter(|minor| !found.iter().any(|python| python.minor == *minor))
        .collect();
    if !missing.is_empty() {
        match bring::bring(workspace, &missing) {
            Ok(brought) => found.extend(brought),
            Err(error) if !found.is_empty() => {
                note(format!("{} skipped: {error:#}", list(&missing)))
            }
            Err(error) => return Err(error),
        }
    }
    found.sort_by_key(|python| SUPPORTED.iter().position(|minor| *minor == python.minor));
    for python in &found {
        note(format!(
            "Python {} is {}",
            python.version,
            python.path.display()
        ));
    }
    Ok(found)
}

/// One interpreter whose speed is worth measuring: as [`find_or_bring`], but an interpreter that
/// was built without profile-guided optimisation is passed over for Debian's build of its version.
///
/// # Errors
/// If none is found and none can be brought.
pub(crate) fn find_for_measuring(
    workspace: &Workspace,
    wanted: Option<Minor>,
) -> Result<Interpreter> {
    if std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty()) {
        return find_or_bring(workspace, wanted)?
            .into_iter()
            .next()
            .context("no interpreter");
    }
    let minor = wanted.unwrap_or(SUPPORTED[0]);
    let found = find(minor);
    let python = match found {
        Some(python) if python.optimised => python,
        slow => {
            if let Some(python) = &slow {
                note(format!(
                    "{} is not an optimised build: measuring against Debian's instead",
                    python.path.display()
                ));
            }
            match (bring::bring(workspace, &[minor]), slow) {
                (Ok(mut brought), _) if !brought.is_empty() => brought.remove(0),
                (Ok(_), None) => bail!("no Python {minor} was brought"),
                (Err(error), None) => match wanted {
                    // Another version is better than none.
                    None => {
                        note(format!("Python {minor} skipped: {error:#}"));
                        SUPPORTED[1..]
                            .iter()
                            .find_map(|minor| find(*minor))
                            .ok_or(error)?
                    }
                    Some(_) => return Err(error),
                },
                (outcome, Some(python)) => {
                    if let Err(error) = outcome {
                        note(format!(
                            "Debian's build cannot be had ({error:#}); ratios against an unoptimised build flatter"
                        ));
                    }
                    python
                }
            }
        }
    };
    note(format!(
        "Python {} is {}",
        python.version,
        python.path.display()
    ));
    Ok(python)
}

fn list(versions: &[Minor]) -> String {
    let words: Vec<_> = versions
        .iter()
        .map(|minor| format!("Python {minor}"))
        .collect();
    words.join(", ")
}

fn from_variable(named: &OsStr, wanted: Option<Minor>) -> Result<Vec<Interpreter>> {
    let named = named
        .to_str()
        .with_context(|| format!("{VARIABLE} is not valid UTF-8"))?;
    let mut found = Vec::new();
    for name in named
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let path = if name.contains('/') {
            Some(PathBuf::from(name))
        } else {
            on_path(name).next()
        };
        let outcome = match path {
            Some(path) => probe(&path),
            None => Err("is not on PATH".to_owned()),
        };
        match outcome {
            Ok(python) => found.push(python),
            Err(reason) => note(format!("{name} (from {VARIABLE}) {reason}: skipped")),
        }
    }
    found.retain(|python| wanted.is_none_or(|minor| minor == python.minor));
    if found.is_empty() {
        let what = wanted.map_or("supported Python".to_owned(), |minor| {
            format!("Python {minor}")
        });
        bail!("{VARIABLE}={named} names no {what}; unset it to search PATH and pyenv");
    }
    for python in &found {
        note(format!(
            "Python {} is {}",
            python.version,
            python.path.display()
        ));
    }
    Ok(found)
}

/// The first usable interpreter of a version on PATH or under pyenv.
fn find(minor: Minor) -> Option<Interpreter> {
    let command = format!("python{minor}");
    let pyenv = pyenv_root();
    let shims = pyenv.as_ref().map(|root| root.join("shims"));
    // A pyenv shim starts whatever pyenv has selected, often nothing: its versions are looked at directly.
    let candidates = on_path(&command)
        .filter(|path| shims.as_deref() != path.parent())
        .chain(pyenv.iter().flat_map(|root| pyenv_versions(root, minor)));
    for path in candidates {
        match probe(&path) {
            Ok(python) if python.minor == minor => return Some(python),
            Ok(python) => note(format!(
                "{} is version {}, not {minor}: skipped",
                path.display(),
                python.version
            )),
            Err(reason) => note(format!("{} {reason}: skipped", path.display())),
        }
    }
    None
}

fn on_path(command: &str) -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let candidates: Vec<PathBuf> = std::env::split_paths(&path)
        .map(|directory| directory.join(command))
        .filter(|file| file.is_file())
        .collect();
    candidates.into_iter()
}

fn pyenv_root() -> Option<PathBuf> {
    if let Some(root) = std::env::var_os("PYENV_ROOT") {
        return Some(PathBuf::from(root));
    }
    std::env::home_dir().map(|home| home.join(".pyenv"))
}

/// pyenv's interpreters of a version, the newest first.
fn pyenv_versions(root: &Path, minor: Minor) -> Vec<PathBuf> {
    let Ok(entries) = root.join("versions").read_dir() else {
        return Vec::new();
    };
    let prefix = format!("{minor}.");
    let mut versions: Vec<(u64, String)> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| {
            let patch = name.strip_prefix(&prefix)?;
            let digits = patch
                .split(|c: char| !c.is_ascii_digit())
                .next()
                .unwrap_or_default();
            Some((digits.parse().ok()?, name))
        })
        .collect();
    versions.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.len().cmp(&b.1.len())));
    versions
        .into_iter()
        .map(|(_, name)| {
            root.join("versions")
                .join(name)
                .join("bin")
                .join(format!("python{minor}"))
        })
        .filter(|path| path.is_file())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(changes: &[(&str, Value)]) -> Description {
        let mut value = serde_json::json!({
            "implementation": "CPython", "version": "3.14.2", "minor": [3, 14], "free_threaded": false,
            "debug": false, "optimised": true, "include": "inc", "header": true, "internal_header": true,
            "ext_suffix": ".so",
        });
        for (key, change) in changes {
            value[*key] = change.clone();
        }
        Description::parse(&value.to_string()).expect("a complete answer")
    }

    #[test]
    fn a_supported_interpreter_has_no_reason() {
        assert_eq!(description(&[]).unsupported(), None);
    }

    #[test]
    fn each_unsupported_kind_says_why() {
        for (change, word) in [
            (("implementation", "PyPy".into()), "PyPy"),
            (("minor", serde_json::json!([3, 11])), "supported are"),
            (("free_threaded", true.into()), "free-threaded"),
            (("debug", true.into()), "debug build"),
            (("header", false.into()), "Python.h"),
            (("internal_header", false.into()), "internal headers"),
        ] {
            let reason = description(std::slice::from_ref(&change))
                .unsupported()
                .expect("a reason");
            assert!(reason.contains(word), "{} gave: {reason}", change.0);
            assert!(!reason.contains('\n'), "one line: {reason}");
        }
    }

    #[test]
    fn an_incomplete_answer_is_an_error_that_names_what_is_missing() {
        let error = Description::parse(r#"{"implementation": "CPython"}"#)
            .err()
            .expect("an error");
        assert!(error.to_string().contains("version"), "{error}");
    }

    #[test]
    fn versions_parse_only_when_supported() {
        assert_eq!("3.14".parse(), Ok(Minor(3, 14)));
        assert!(
            "3.11"
                .parse::<Minor>()
                .is_err_and(|error| error.contains("3.13"))
        );
        assert!("three".parse::<Minor>().is_err());
    }

    #[test]
    fn a_path_that_does_not_start_gets_one_line() {
        let reason = probe(Path::new("/nonexistent/python")).expect_err("not there");
        assert!(reason.starts_with("does not start"), "{reason}");
        assert!(!reason.contains('\n'), "{reason}");
    }
}
