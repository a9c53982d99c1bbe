//! Executes test files.

use crate::call::{Call, Executor, Interpreter};
use crate::file::{Case, TestFile};
use std::path::{Path, PathBuf};
use whipsnake_ir::Function;
use whipsnake_ir::parse::parse;
use whipsnake_ir::verify::{verify, verify_text};

/// Changes a function by the pass of that name; an error if there is none.
pub type Pass = fn(&str, &mut Function) -> Result<(), String>;

/// What test files are executed with.
pub struct Driver<'a> {
    /// Rewrite expectations instead of comparing.
    pub bless: bool,
    /// Executors besides the reference interpreter, for `run` files.
    pub executors: Vec<&'a mut dyn Executor>,
    /// For `pass` files.
    pub pass: Pass,
}

/// The test files below a directory (of `tests/filetests`), in order.
///
/// # Errors
/// If the directory cannot be read.
pub fn test_files(below: &str) -> Result<Vec<PathBuf>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/filetests").join(below);
    let mut files = Vec::new();
    let mut directories = vec![root];
    while let Some(directory) = directories.pop() {
        let entries = std::fs::read_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        for entry in entries {
            let path = entry.map_err(|error| format!("{}: {error}", directory.display()))?.path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "wir") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

impl Driver<'_> {
    /// Executes one file; the messages of all expectations that do not hold. With [`Driver::bless`] the file is
    /// rewritten instead, and only what cannot be blessed is reported.
    pub fn file(&mut self, path: &Path) -> Vec<String> {
        let shown = path.display();
        let read = std::fs::read_to_string(path).map_err(|error| error.to_string());
        let file = match read.and_then(|text| TestFile::parse(&text)) {
            Ok(file) => file,
            Err(error) => return vec![format!("{shown}: {error}")],
        };
        let mut failures = Vec::new();
        if file.cases.is_empty() {
            failures.push(format!("{shown}: no function"));
        }
        let mut blessed = file.clone();
        for (case, new) in file.cases.iter().zip(&mut blessed.cases) {
            let problems = self.case(&file.command, case, new);
            failures.extend(problems.into_iter().map(|problem| format!("{shown}:{}: {problem}", case.line)));
        }
        if self.bless {
            if blessed != file && let Err(error) = std::fs::write(path, blessed.text()) {
                failures.push(format!("{shown}: {error}"));
            }
        } else {
            for (case, new) in file.cases.iter().zip(&blessed.cases).filter(|(case, new)| case != new) {
                let (old, new) = (lines(case), lines(new));
                failures.push(format!("{shown}:{}: expected\n{old}\nfound\n{new}\n(WHIPSNAKE_BLESS=1 rewrites it)", case.line));
            }
        }
        failures
    }

    /// Executes one function and puts what was found into `new`; returns what no blessing helps against.
    fn case(&mut self, command: &str, case: &Case, new: &mut Case) -> Vec<String> {
        let mut function = match parse(&case.function) {
            Ok(function) => function,
            Err(mut error) => {
                error.line += case.line - 1;
                return vec![error.to_string()];
            }
        };
        let (word, argument) = command.split_once(' ').unwrap_or((command, ""));
        if word == "verify" {
            new.expected = verify(&function).iter().map(|violation| format!("error: {violation}")).collect();
            return Vec::new();
        }
        if let Some(violations) = verify_text(&function) {
            return vec![format!("the function breaks the rules of the IR:\n{violations}")];
        }
        match word {
            "roundtrip" => {
                new.function = function.to_string();
                Vec::new()
            }
            "pass" => {
                if let Err(error) = (self.pass)(argument, &mut function) {
                    return vec![error];
                }
                new.expected = function.to_string().lines().map(str::to_owned).collect();
                verify_text(&function)
                    .map(|violations| format!("the pass broke the rules of the IR:\n{violations}"))
                    .into_iter()
                    .collect()
            }
            "run" | "interp" => {
                let executors = if word == "run" { self.executors.as_mut_slice() } else { &mut [] };
                run(&function, case, new, executors)
            }
            _ => vec![format!("unknown command `{command}`; use `roundtrip`, `verify`, `interp`, `run` or `pass NAME`")],
        }
    }
}

fn run(function: &Function, case: &Case, new: &mut Case, executors: &mut [&mut dyn Executor]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut calls = 0;
    for (line, new) in case.expected.iter().zip(&mut new.expected) {
        let Some(text) = line.strip_prefix("run:") else { continue };
        calls += 1;
        let call = match Call::parse(text) {
            Ok(call) if call.function == function.name => call,
            Ok(call) => {
                problems.push(format!("run line calls `%{}` behind `%{}`", call.function, function.name));
                continue;
            }
            Err(error) => {
                problems.push(error);
                continue;
            }
        };
        let found = match call.run(function, &mut Interpreter) {
            Ok(found) => found,
            Err(error) => {
                problems.push(error);
                continue;
            }
        };
        for executor in &mut *executors {
            let name = executor.name().to_owned();
            match call.run(function, *executor) {
                Ok(other) if other == found => {}
                Ok(other) => problems.push(format!("{}: {name} gives `{other}`, the interpreter `{found}`", call.text)),
                Err(error) => problems.push(format!("{}: {name}: {error}", call.text)),
            }
        }
        *new = format!("run: {} == {found}", call.text);
    }
    if calls == 0 {
        problems.push("no `; run: …` line behind the function".into());
    }
    problems
}

fn lines(case: &Case) -> String {
    let lines: Vec<String> = case.expected.iter().map(|line| format!("; {line}")).collect();
    format!("{}{}", case.function, lines.join("\n"))
}
