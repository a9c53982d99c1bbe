//! Under what programs are measured.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

use super::Skipped;
use crate::environment::Environment;
use crate::interpreter::Interpreter;
use crate::process::{self, note};
use crate::workspace::Workspace;

/// The interpreter as it is: what all ratios are against.
pub(super) const OFF: &str = "JIT off";
/// The same interpreter and environment under whipsnake.
pub(super) const ON: &str = "JIT on";

/// What `--against all` stands for.
const ALL: [&str; 3] = ["cpython-jit", "cinderx", "pypy"];

/// An interpreter and how it is started.
pub(super) struct Contestant {
    /// As shown in the table.
    pub(super) name: String,
    /// What to start.
    pub(super) python: PathBuf,
    /// Environment variables to set.
    pub(super) variables: Vec<(&'static str, &'static str)>,
    /// Names the set of libraries that programs need: interpreters that can share them have the same.
    pub(super) libraries: String,
    kind: Kind,
}

enum Kind {
    Plain,
    Whipsnake,
    CinderX { starter: PathBuf },
}

impl Contestant {
    /// A command that runs a script; `statistics` is where whipsnake's are written.
    pub(super) fn command(&self, script: &Path, statistics: &Path) -> Command {
        let mut command = Command::new(&self.python);
        command.envs(self.variables.iter().copied());
        match &self.kind {
            Kind::Plain => {}
            Kind::Whipsnake => {
                command
                    .args(["-m", "whipsnake", "run", "--stats-json"])
                    .arg(statistics);
            }
            Kind::CinderX { starter } => {
                command.arg(starter);
            }
        }
        command.arg(script);
        command
    }
}

/// JIT off and on, and what is asked for besides; what is not to be had is returned with the reason.
///
/// # Errors
/// If the interpreter of the environment cannot be asked.
pub(super) fn gather(
    workspace: &Workspace,
    python: &Interpreter,
    environment: &Environment,
    against: &[String],
) -> Result<(Vec<Contestant>, Vec<Skipped>)> {
    let libraries = format!("cpython{}", python.minor);
    let own = |name: &str, kind, variables| Contestant {
        name: name.to_owned(),
        python: environment.python(),
        variables,
        libraries: libraries.clone(),
        kind,
    };
    let mut contestants = vec![
        own(OFF, Kind::Plain, vec![]),
        own(ON, Kind::Whipsnake, vec![]),
    ];
    let mut skipped = Vec::new();
    let asked = against.iter().flat_map(|name| {
        if name == "all" {
            ALL.map(str::to_owned).to_vec()
        } else {
            vec![name.clone()]
        }
    });
    for name in asked {
        let found = match name.as_str() {
            "cpython-jit" => own_jit(environment)
                .map(|()| own("CPython JIT", Kind::Plain, vec![("PYTHON_JIT", "1")])),
            "cinderx" => cinderx(workspace, python, &libraries),
            "pypy" => other(Path::new("pypy3")),
            path => other(Path::new(path)),
        };
        match found {
            Ok(contestant) => contestants.push(contestant),
            Err(error) => {
                note(format!("not measured against {name}: {error:#}"));
                skipped.push(Skipped {
                    name: format!("against {name}"),
                    reason: format!("{error:#}"),
                });
            }
        }
    }
    Ok((contestants, skipped))
}

/// Whether CPython was built with its own JIT.
fn own_jit(environment: &Environment) -> Result<()> {
    let code = "import sys; sys.exit(0 if hasattr(sys, '_jit') and sys._jit.is_available() else 'built without its own JIT')";
    process::read(Command::new(environment.python()).args(["-I", "-c", code])).map(|_| ())
}

fn cinderx(workspace: &Workspace, python: &Interpreter, libraries: &str) -> Result<Contestant> {
    let environment = Environment::prepare_at(
        workspace.target(&format!("venvs/{}-cinderx", Environment::name(python))),
        python,
    )?;
    environment
        .require(&["cinderx".to_owned()])
        .context("CinderX cannot be installed for this Python")?;
    Ok(Contestant {
        name: "CinderX".to_owned(),
        python: environment.python(),
        variables: vec![],
        libraries: libraries.to_owned(),
        kind: Kind::CinderX {
            starter: workspace.path("benches/harness/under_cinderx.py"),
        },
    })
}

/// Any other interpreter, named by its own version.
fn other(python: &Path) -> Result<Contestant> {
    let code = "import platform, sys\n\
                pypy = sys.implementation.name == 'pypy' and '.'.join(map(str, sys.pypy_version_info[:3]))\n\
                print(sys.implementation.name, '.'.join(map(str, sys.version_info[:2])), pypy or platform.python_version())";
    let text = process::read(Command::new(python).args(["-I", "-c", code])).map_err(|error| {
        anyhow!(
            "{} does not start: {}",
            python.display(),
            error.root_cause()
        )
    })?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let [implementation, minor, version] = words[..] else {
        bail!(
            "{} answered '{}' when asked for its version",
            python.display(),
            text.trim()
        )
    };
    let name = match implementation {
        "pypy" => format!("PyPy {version}"),
        "cpython" => format!("CPython {version}"),
        other => format!("{other} {version}"),
    };
    Ok(Contestant {
        name,
        python: python.to_path_buf(),
        // PyPy sizes its nursery by the machine's cache; without this its memory figures say nothing.
        variables: if implementation == "pypy" {
            vec![("PYPY_GC_NURSERY", "4M")]
        } else {
            vec![]
        },
        libraries: format!("{implementation}{minor}"),
        kind: Kind::Plain,
    })
}
