//! Virtual environments below `target/venvs`, one per interpreter version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::interpreter::Interpreter;
use crate::process::{self, note};
use crate::workspace::Workspace;

/// A virtual environment of one interpreter.
pub(crate) struct Environment {
    root: PathBuf,
}

impl Environment {
    /// Makes the environment that the package is installed into, or finds it.
    pub(crate) fn prepare(workspace: &Workspace, python: &Interpreter) -> Result<Self> {
        Self::prepare_at(workspace.target("venvs").join(Self::name(python)), python)
    }

    /// A directory name for environments of this interpreter: two of one version have different names.
    pub(crate) fn name(python: &Interpreter) -> String {
        let path = python.path.to_string_lossy();
        format!("{}-{:04x}", python.version, fnv1a(&path) & 0xffff)
    }

    /// Makes an environment in this directory, or finds it. One of another interpreter is replaced.
    pub(crate) fn prepare_at(root: PathBuf, python: &Interpreter) -> Result<Self> {
        let environment = Self { root };
        let mark = environment.root.join("made-from");
        let origin = format!("{} {}\n", python.path.display(), python.version);
        if fs::read_to_string(&mark).is_ok_and(|made| made == origin)
            && environment.python().exists()
        {
            return Ok(environment);
        }
        note(format!(
            "making an environment for Python {} in {}",
            python.version,
            environment.root.display()
        ));
        process::run(Command::new(&python.path).args(["-m", "venv", "--clear"]).arg(&environment.root))
            .context("the environment could not be made (does the interpreter have its venv module and pip wheel?)")?;
        fs::write(&mark, origin).with_context(|| format!("writing {}", mark.display()))?;
        Ok(environment)
    }

    /// The environment's interpreter.
    pub(crate) fn python(&self) -> PathBuf {
        self.root.join("bin/python")
    }

    /// The directory of commands.
    pub(crate) fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// Where packages are installed.
    pub(crate) fn site_packages(&self) -> Result<PathBuf> {
        let code = "import sysconfig; print(sysconfig.get_path('platlib'))";
        let path = process::read(Command::new(self.python()).args(["-I", "-c", code]))?;
        Ok(PathBuf::from(path.trim_end()))
    }

    /// Installs these requirements, unless exactly these were installed before.
    ///
    /// # Errors
    /// If pip fails; its output says why.
    pub(crate) fn require(&self, requirements: &[String]) -> Result<()> {
        let mark = self.root.join("required");
        let wanted = requirements.join("\n");
        if fs::read_to_string(&mark).is_ok_and(|done| done == wanted) {
            return Ok(());
        }
        note(format!(
            "installing {} into {}",
            requirements.join(", "),
            self.root.display()
        ));
        process::run(self.pip_install().args(requirements))?;
        fs::write(&mark, wanted).with_context(|| format!("writing {}", mark.display()))
    }

    /// The start of a `pip install` command line.
    pub(crate) fn pip_install(&self) -> Command {
        let mut command = Command::new(self.python());
        command.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        command
    }

    /// The packages that an optional group of the project needs, such as `test`.
    ///
    /// # Errors
    /// If the project file has no such group.
    pub(crate) fn project_group(&self, project: &Path, group: &str) -> Result<Vec<String>> {
        let code = "import sys, tomllib\n\
                    with open(sys.argv[1], 'rb') as file: project = tomllib.load(file)['project']\n\
                    print(*project['optional-dependencies'][sys.argv[2]], sep='\\n')";
        let text = process::read(
            Command::new(self.python())
                .args(["-I", "-c", code])
                .arg(project)
                .arg(group),
        )
        .with_context(|| format!("reading the group {group} of {}", project.display()))?;
        Ok(text.lines().map(str::to_owned).collect())
    }
}

/// The 64-bit FNV-1a hash: the same in every run.
pub(crate) fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv1a() {
        // Test vectors of the hash's authors.
        assert_eq!(fnv1a(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("foobar"), 0x8594_4171_f739_67e8);
    }
}
