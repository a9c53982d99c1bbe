//! A program that runs under one contestant and does what it is told: warm up, take a sample, go on.
//!
//! The harness (`benches/harness/pyperf`) reads commands from its standard input and answers on its standard output, a line each. Between two
//! commands it waits, so that several processes can be measured in turn: whatever slows the machine down for more than a moment
//! slows all of them down.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::process;

/// Begins every answer: programs may write to standard output, too.
const ANSWER: &str = "bench-harness:";

/// A process that waits for commands, or has ended.
pub(super) struct Turns {
    child: Child,
    commands: ChildStdin,
    answers: Receiver<String>,
    /// The first answer, until it is asked for.
    first: Option<Result<Option<String>>>,
    deadline: Instant,
}

impl Turns {
    /// Starts a command that must have ended by the deadline, and waits until it comes to its first benchmark or ends: some programs install what they
    /// need, which no two may do at the same time.
    ///
    /// # Errors
    /// If it does not start.
    pub(super) fn start(command: &mut Command, deadline: Instant) -> Result<Self> {
        let mut child = command
            .env("BENCH_TURNS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting `{}`", process::display(command)))?;
        let commands = child.stdin.take().context("no standard input")?;
        let output = child.stdout.take().context("no standard output")?;
        let (send, answers) = mpsc::channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = Vec::new();
            while output
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                let text = String::from_utf8_lossy(&line);
                if let Some(answer) = text.trim_end().strip_prefix(ANSWER)
                    && send.send(answer.trim().to_owned()).is_err()
                {
                    break;
                }
                line.clear();
            }
        });
        let mut turns = Self {
            child,
            commands,
            answers,
            first: None,
            deadline,
        };
        turns.first = Some(turns.answer());
        Ok(turns)
    }

    /// The benchmark that the program comes to next; `None` if it has come to its end.
    ///
    /// # Errors
    /// If it takes too long.
    pub(super) fn next_benchmark(&mut self) -> Result<Option<String>> {
        self.answer()
    }

    /// Warms the benchmark up, until it is steady or for so many seconds in all: the seconds since its first iteration.
    ///
    /// # Errors
    /// If the process ends, takes too long or answers with no number.
    pub(super) fn warm_up(&mut self, least: Option<f64>) -> Result<f64> {
        match least {
            None => self.measure("warm"),
            Some(least) => self.measure(&format!("warm {least}")),
        }
    }

    /// Takes a sample: seconds per iteration.
    ///
    /// # Errors
    /// If the process ends, takes too long or answers with no number.
    pub(super) fn sample(&mut self) -> Result<f64> {
        self.measure("sample")
    }

    fn measure(&mut self, command: &str) -> Result<f64> {
        let answer = self.obey(command)?;
        answer
            .parse()
            .with_context(|| format!("the harness answered {answer:?} instead of a time"))
    }

    /// Lets the program go on to its next benchmark.
    ///
    /// # Errors
    /// If the process has ended.
    pub(super) fn go_on(&mut self) -> Result<()> {
        self.send("end")
    }

    /// Waits for the end of the process.
    ///
    /// # Errors
    /// If it takes too long.
    pub(super) fn finish(&mut self) -> Result<ExitStatus> {
        while self.answer()?.is_some() {}
        self.child.wait().context("waiting for a program")
    }

    fn send(&mut self, command: &str) -> Result<()> {
        writeln!(self.commands, "{command}").context("the program ended early")
    }

    fn obey(&mut self, command: &str) -> Result<String> {
        self.send(command)?;
        self.answer()?.context("the program ended early")
    }

    /// The next answer; `None` if the process has closed its output.
    fn answer(&mut self) -> Result<Option<String>> {
        if let Some(first) = self.first.take() {
            return first;
        }
        let left = self.deadline.saturating_duration_since(Instant::now());
        match self.answers.recv_timeout(left) {
            Ok(answer) => Ok(Some(answer)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => bail!("took too long"),
        }
    }
}

impl Drop for Turns {
    /// Ends a process that has not ended by itself.
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn shell(script: &str, limit: Duration) -> Turns {
        Turns::start(
            Command::new("sh").args(["-c", script]),
            Instant::now() + limit,
        )
        .expect("sh starts")
    }

    #[test]
    fn has_come_to_its_first_benchmark_when_it_is_started() {
        let done = std::env::temp_dir().join(format!("whipsnake-turns-{}", std::process::id()));
        let script = format!(
            "sleep 0.2; echo done > '{}'; echo 'bench-harness: first'; read a",
            done.display()
        );
        let mut turns = shell(&script, Duration::from_secs(20));
        let was_done = done.exists();
        std::fs::remove_file(&done).expect("it was written");
        assert!(was_done);
        assert_eq!(
            turns.next_benchmark().expect("in time"),
            Some("first".to_owned())
        );
    }

    #[test]
    fn obeys_commands_and_hides_other_output() {
        let script = "echo noise; echo 'bench-harness: first'; read a; echo 'bench-harness: 2'; read b; \
                      echo 'bench-harness: 4'; read c; echo 'bench-harness: 0.25'; read d; test \"$a$b$c$d\" = 'warmwarm 3.5sampleend'";
        let mut turns = shell(script, Duration::from_secs(20));
        assert_eq!(
            turns.next_benchmark().expect("in time"),
            Some("first".to_owned())
        );
        assert_eq!(turns.warm_up(None).expect("warms up"), 2.0);
        assert_eq!(turns.warm_up(Some(3.5)).expect("warms up"), 4.0);
        assert_eq!(turns.sample().expect("a sample"), 0.25);
        turns.go_on().expect("goes on");
        assert_eq!(turns.next_benchmark().expect("in time"), None);
        assert!(turns.finish().expect("in time").success());
    }

    #[test]
    fn a_program_that_ends_early_or_hangs_is_an_error() {
        let mut ended = shell("exit 3", Duration::from_secs(20));
        assert!(ended.warm_up(None).is_err());
        assert_eq!(ended.finish().expect("in time").code(), Some(3));
        let mut hanging = shell("sleep 60", Duration::from_millis(50));
        let error = hanging.next_benchmark().expect_err("too long");
        assert!(error.to_string().contains("took too long"), "{error}");
    }
}
