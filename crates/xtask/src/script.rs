//! Running the Python scripts of the checkout with the package under test.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::environment::Environment;
use crate::interpreter::{self, Minor};
use crate::package::{self, Profile};
use crate::process::{display, note};
use crate::workspace::Workspace;

/// A user's arguments as the script wants them: `NAME … -- OPTION …` keeps its `--` where names come first.
fn without_separator(arguments: &[OsString]) -> impl Iterator<Item = &OsString> {
    let separator = arguments.iter().position(|argument| argument == "--");
    arguments
        .iter()
        .enumerate()
        .filter(move |(index, _)| Some(*index) != separator)
        .map(|(_, argument)| argument)
}

/// Builds and installs the package and runs a script with the user's arguments, on each Python after the other.
///
/// # Errors
/// If the set-up fails or a script does not start; a script that fails is a failing exit code.
pub(crate) fn run(
    workspace: &Workspace,
    wanted: Option<Minor>,
    script: &str,
    arguments: &[OsString],
) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for interpreter in interpreter::find_or_bring(workspace, wanted)? {
        let environment = package::install(workspace, &interpreter, Profile::Release)?;
        note(format!(
            "running {script} on Python {}",
            interpreter.version
        ));
        let mut command = python(workspace, &environment);
        command.arg(script).args(without_separator(arguments));
        let status = command
            .status()
            .with_context(|| format!("starting `{}`", display(&command)))?;
        if !status.success() {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// The environment's Python in the checkout, without settings of the user that change what is tested.
pub(crate) fn python(workspace: &Workspace, environment: &Environment) -> Command {
    let mut command = Command::new(environment.python());
    command
        .current_dir(workspace.root())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if (text.starts_with("WHIPSNAKE") || text.starts_with("PYTHON"))
            && text != "PYTHONDONTWRITEBYTECODE"
        {
            command.env_remove(&name);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_between_names_and_options_is_not_passed_on() {
        let of = |text: &str| -> Vec<String> {
            let arguments: Vec<OsString> = text.split_whitespace().map(OsString::from).collect();
            let own = without_separator(&arguments);
            own.map(|argument| argument.to_string_lossy().into_owned()).collect()
        };
        assert_eq!(of("attrs -- --rounds 3"), ["attrs", "--rounds", "3"]);
        assert_eq!(of("--rounds 3"), ["--rounds", "3"]);
        assert_eq!(of("a -- b -- c"), ["a", "b", "--", "c"]);
    }
}
