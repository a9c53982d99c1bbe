//! The walls between the crates and the shape of the files, checked from `cargo metadata` and the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::package::cargo;
use crate::process;
use crate::workspace::Workspace;

/// The crates that know nothing of a running Python and hold no unsafe code.
const SAFE_CRATES: [&str; 8] = [
    "contract", "bytecode", "ir", "frontend", "passes", "backend", "compiler", "strategy",
];
/// The crates that are built for one CPython version; those above must not reach them, directly or through others.
pub(crate) const RUNNING_PYTHON: [&str; 3] =
    ["whipsnake-cpython", "whipsnake-runtime", "whipsnake"];
/// The only crate that may use the code generator directly.
const CODE_GENERATOR_USER: &str = "whipsnake-backend";
/// The only crate whose code may differ between CPython versions.
const VERSIONED_CRATE: &str = "crates/cpython/";
/// A source file longer than this fails, in lines.
const LONGEST: usize = 1000;
/// A source file longer than this is worth splitting, in lines.
const LONG: usize = 800;
/// Beginnings of absolute paths that name one machine (split, so that this file passes its own check).
const MACHINE_PATHS: [&str; 4] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
    concat!("/opt/", "pythons"),
];

/// What the checks found.
pub(crate) struct Report {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Report {
    /// The line that ends the command.
    pub(crate) fn count(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }

    /// Failure if any check failed.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// A tracked text file.
struct Source {
    path: String,
    text: String,
}

/// Runs all checks and prints what is wrong.
///
/// # Errors
/// If Cargo or git cannot be asked.
pub(crate) fn check(workspace: &Workspace) -> Result<Report> {
    let graph = Graph::read(workspace)?;
    let sources = tracked(workspace)?;
    let checks: [(&str, Vec<String>); 6] = [
        ("safe crates forbid unsafe code", forbids_unsafe(workspace)),
        (
            "safe crates reach no running Python",
            graph.reaches_python(),
        ),
        (
            "only the backend uses the code generator",
            graph.uses_code_generator(),
        ),
        (
            "only the cpython crate differs between versions",
            differs_between_versions(&sources),
        ),
        (
            "no file names a path of one machine",
            names_machine(&sources),
        ),
        ("source files are short enough", too_long(&sources)),
    ];
    let mut report = Report {
        passed: 0,
        failed: 0,
    };
    for (name, findings) in checks {
        println!(
            "{} {name}",
            if findings.is_empty() {
                "ok    "
            } else {
                "FAILED"
            }
        );
        for finding in &findings {
            println!("         {finding}");
        }
        if findings.is_empty() {
            report.passed += 1;
        } else {
            report.failed += 1;
        }
    }
    for source in &sources {
        let lines = source.text.lines().count();
        if source.path.ends_with(".rs") && (LONG + 1..=LONGEST).contains(&lines) {
            println!(
                "note   {} has {lines} lines; consider splitting it",
                source.path
            );
        }
    }
    Ok(report)
}

fn tracked(workspace: &Workspace) -> Result<Vec<Source>> {
    let list = process::read(
        Command::new("git")
            .arg("-C")
            .arg(workspace.root())
            .args(["ls-files", "-z"]),
    )?;
    let mut sources = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // A file can be tracked and deleted, and binary files have no lines.
        let Ok(bytes) = fs::read(workspace.path(path)) else {
            continue;
        };
        if let Ok(text) = String::from_utf8(bytes) {
            sources.push(Source {
                path: path.to_owned(),
                text,
            });
        }
    }
    Ok(sources)
}

fn forbids_unsafe(workspace: &Workspace) -> Vec<String> {
    SAFE_CRATES
        .iter()
        .filter_map(|name| {
            let path = format!("crates/{name}/src/lib.rs");
            match fs::read_to_string(workspace.path(&path)) {
                Ok(text)
                    if text
                        .lines()
                        .any(|line| line.trim() == "#![forbid(unsafe_code)]") =>
                {
                    None
                }
                Ok(_) => Some(format!("{path} lacks #![forbid(unsafe_code)]")),
                Err(error) => Some(format!("{path}: {error}")),
            }
        })
        .collect()
}

/// A cfg of one CPython version outside the crate that is allowed to have them.
fn differs_between_versions(sources: &[Source]) -> Vec<String> {
    let mark = concat!("Py_", "3_");
    findings(
        sources,
        |path| {
            path.starts_with("crates/")
                && path.ends_with(".rs")
                && !path.starts_with(VERSIONED_CRATE)
                && !path.ends_with("/build.rs")
        },
        |line| line.contains(mark),
    )
}

fn names_machine(sources: &[Source]) -> Vec<String> {
    findings(
        sources,
        |_| true,
        |line| MACHINE_PATHS.iter().any(|path| starts_path(line, path)),
    )
}

/// Whether `path` occurs in the line as the beginning of an absolute path.
fn starts_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(|before| !before.is_alphanumeric() && !"_-.}$*/".contains(before))
    })
}

fn findings(
    sources: &[Source],
    concerns: impl Fn(&str) -> bool,
    wrong: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| concerns(&source.path)) {
        for (number, line) in source.text.lines().enumerate() {
            if wrong(line) {
                found.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    found
}

fn too_long(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| source.path.ends_with(".rs"))
        .filter_map(|source| {
            let lines = source.text.lines().count();
            (lines > LONGEST)
                .then(|| format!("{} has {lines} lines; the limit is {LONGEST}", source.path))
        })
        .collect()
}

/// Which package uses which, for running (not for building or testing).
struct Graph {
    /// Package id to name.
    names: BTreeMap<String, String>,
    /// Package id to the ids of what it uses.
    uses: BTreeMap<String, Vec<String>>,
}

impl Graph {
    fn read(workspace: &Workspace) -> Result<Self> {
        let about = process::read(Command::new("rustc").arg("-vV"))?;
        let host = about
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .context("rustc does not name its host")?;
        let metadata = [
            "metadata",
            "--format-version",
            "1",
            "--filter-platform",
            host,
        ];
        let text = process::read(cargo(workspace).args(metadata))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text).context("reading cargo metadata")?;
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let string = |value: &Value| {
            value
                .as_str()
                .map(str::to_owned)
                .context("cargo metadata lacks a name")
        };
        let mut names = BTreeMap::new();
        for package in list(&value["packages"]) {
            names.insert(string(&package["id"])?, string(&package["name"])?);
        }
        let mut uses = BTreeMap::new();
        for node in list(&value["resolve"]["nodes"]) {
            let mut used = Vec::new();
            for dependency in list(&node["deps"]) {
                if list(&dependency["dep_kinds"])
                    .iter()
                    .any(|kind| kind["kind"].is_null())
                {
                    used.push(string(&dependency["pkg"])?);
                }
            }
            uses.insert(string(&node["id"])?, used);
        }
        Ok(Self { names, uses })
    }

    fn id(&self, name: &str) -> Option<&String> {
        self.names
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(id, _)| id)
    }

    fn used_by<'a>(&'a self, id: &str) -> impl Iterator<Item = (&'a String, &'a str)> {
        let used = self.uses.get(id).map(Vec::as_slice).unwrap_or_default();
        used.iter()
            .filter_map(|id| Some((id, self.names.get(id)?.as_str())))
    }

    fn reaches_python(&self) -> Vec<String> {
        let mut found = Vec::new();
        for short in SAFE_CRATES {
            let name = format!("whipsnake-{short}");
            let Some(start) = self.id(&name) else {
                found.push(format!("{name} is not in the workspace"));
                continue;
            };
            let mut seen = BTreeSet::from([start.as_str()]);
            let mut open = vec![(start.as_str(), name.clone())];
            while let Some((id, way)) = open.pop() {
                for (used, used_name) in self.used_by(id) {
                    let way = format!("{way} -> {used_name}");
                    if used_name.starts_with("pyo3") || RUNNING_PYTHON.contains(&used_name) {
                        found.push(way);
                    } else if seen.insert(used) {
                        open.push((used, way));
                    }
                }
            }
        }
        found
    }

    fn uses_code_generator(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (id, name) in self
            .names
            .iter()
            .filter(|(_, name)| name.starts_with("whipsnake") && *name != CODE_GENERATOR_USER)
        {
            for (_, used) in self
                .used_by(id)
                .filter(|(_, used)| used.starts_with("cranelift"))
            {
                found.push(format!("{name} -> {used}"));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace of the safe crates, plus these edges.
    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut names = BTreeMap::new();
        let mut uses: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in SAFE_CRATES.iter().map(|short| format!("whipsnake-{short}")) {
            names.insert(format!("id {name}"), name);
        }
        for (from, to) in edges {
            for name in [from, to] {
                names.insert(format!("id {name}"), (*name).to_owned());
            }
            uses.entry(format!("id {from}"))
                .or_default()
                .push(format!("id {to}"));
        }
        Graph { names, uses }
    }

    #[test]
    fn a_way_to_python_is_found_through_other_crates() {
        assert_eq!(
            graph(&[("whipsnake-frontend", "serde")]).reaches_python(),
            Vec::<String>::new()
        );
        let graph = graph(&[("whipsnake-frontend", "between"), ("between", "pyo3-ffi")]);
        assert_eq!(
            graph.reaches_python(),
            ["whipsnake-frontend -> between -> pyo3-ffi"]
        );
    }

    #[test]
    fn a_missing_crate_is_a_finding() {
        let graph = Graph {
            names: BTreeMap::new(),
            uses: BTreeMap::new(),
        };
        assert_eq!(graph.reaches_python().len(), SAFE_CRATES.len());
    }

    #[test]
    fn only_the_backend_may_use_the_code_generator() {
        let graph = graph(&[
            ("whipsnake-backend", "cranelift-codegen"),
            ("whipsnake-passes", "cranelift-codegen"),
        ]);
        assert_eq!(
            graph.uses_code_generator(),
            ["whipsnake-passes -> cranelift-codegen"]
        );
    }

    #[test]
    fn development_dependencies_do_not_count() {
        let text = r#"{"packages": [{"id": "a", "name": "whipsnake-ir"}, {"id": "b", "name": "pyo3"}, {"id": "c", "name": "x"}],
            "resolve": {"nodes": [{"id": "a", "deps": [
                {"pkg": "b", "dep_kinds": [{"kind": "dev"}]}, {"pkg": "c", "dep_kinds": [{"kind": null}]}]}]}}"#;
        let graph = Graph::parse(text).expect("metadata");
        assert_eq!(graph.uses["a"], ["c"]);
    }

    #[test]
    fn machine_paths_are_absolute_paths_only() {
        let path = concat!("/ho", "me/");
        assert!(starts_path(concat!("see /ho", "me/someone"), path));
        assert!(!starts_path(concat!("$HERE/ho", "me/x"), path));
        assert!(!starts_path(
            concat!("https://example.org/ho", "me/x"),
            path
        ));
    }

    #[test]
    fn a_long_file_is_a_finding() {
        let source = |lines| Source {
            path: "crates/x/src/lib.rs".to_owned(),
            text: "\n".repeat(lines),
        };
        assert!(too_long(&[source(LONGEST)]).is_empty());
        assert_eq!(too_long(&[source(LONGEST + 1)]).len(), 1);
    }
}
