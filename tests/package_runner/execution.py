"""Running the test suite of one package once: what became of each test, and the processor time."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from corpus_runner.execution import ending
from corpus_runner.modes import Mode
from regression_runner.execution import clean_environment, compiled_units

from .declaration import Package
from .environment import RECORDER, Environment

ENDS = (0, 1, 5)
"""Exit codes of pytest for suites that came to their end: passed, failed, nothing collected."""


@dataclass(frozen=True)
class Run:
    """What one run of a suite showed."""

    ending: str
    """Empty if the suite came to its end; else how the process ended, in words."""
    outcomes: dict[str, str] = field(default_factory=dict)
    """By node ID: passed, skipped, xfailed, xpassed, failed, error, or crashed for the test that never ended."""
    messages: dict[str, str] = field(default_factory=dict)
    """Texts of failures."""
    unused: tuple[str, ...] = ()
    """Patterns of deselected tests that match none."""
    cpu: float = 0.0
    """Processor seconds, user and system, of the process and the children that it waited for."""
    wall: float = 0.0
    """Seconds."""
    compiled: int | None = None
    """Units of native code; None for plain Python, or where no statistics were asked for or left."""

    def count(self, *outcomes: str) -> int:
        """How many tests had one of these outcomes."""
        return sum(1 for outcome in self.outcomes.values() if outcome in outcomes)


def read_outcomes(lines: Iterable[str]) -> tuple[dict[str, str], dict[str, str], tuple[str, ...], bool]:
    """Outcomes, messages and unused patterns by the recorder's lines, and whether the suite came to its end."""
    outcomes: dict[str, str] = {}
    messages: dict[str, str] = {}
    unused: tuple[str, ...] = ()
    finished = False
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # Cut off in the middle.
        if "start" in entry:
            outcomes[entry["start"]] = "crashed"
        elif "end" in entry:
            outcomes[entry["end"]] = entry["outcome"]
            if entry["message"]:
                messages[entry["end"]] = entry["message"]
        elif "unused" in entry:
            unused = tuple(entry["unused"])
        finished = finished or entry.get("finished", False)
    return outcomes, messages, unused, finished


@dataclass(frozen=True)
class Suite:
    """The tests of one package in its environment."""

    package: Package
    environment: Environment
    timeout: float
    """Wall seconds for a run of plain Python; modes may be slower by their factor."""
    logs: Path

    def command(self, mode: Mode | None) -> list[str]:
        """The command line; None is plain Python."""
        start = ["-m", "whipsnake", "run"] if mode else []
        names = ["--pyargs"] if self.package.source == "installed" else []
        return [
            str(self.environment.python), *start, "-m", "pytest", "-q", "-p", RECORDER.stem, "-p", "no:cacheprovider",
            "-p", "no:randomly", "-o", "addopts=", "--color=no", "--tb=short",
            "--rootdir=.", *self.package.arguments, *names, *self.package.paths,
        ]  # fmt: skip

    def variables(self, mode: Mode | None) -> dict[str, str]:
        """What is set for the process beside the caller's variables."""
        options = mode.environment(self.package.name, 1) if mode else {}
        return {"PYTHONHASHSEED": "0", **self.package.environment, **options}

    def reproduction(self, mode: Mode | None) -> str:
        """A shell line that repeats a run."""
        words = [f"{key}={shlex.quote(value)}" for key, value in self.variables(mode).items()]
        return f"cd {shlex.quote(str(self.environment.directory))} && {' '.join(words)} {shlex.join(self.command(mode))}"

    def run(self, mode: Mode | None, label: str, statistics: bool = False) -> Run:
        """Run the suite; its output is left in the logs under `label`."""
        self.logs.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="packages-"))
        found, counted = scratch / "outcomes.jsonl", scratch / "statistics.json"
        variables = {**clean_environment(), **self.variables(mode), "TMPDIR": str(scratch / "tmp")}
        (scratch / "tmp").mkdir()
        variables["OUTCOME_FILE"] = str(found)
        variables["OUTCOME_DESELECT"] = json.dumps(self.package.deselected(mode.name if mode else None))
        if mode and statistics:
            variables["WHIPSNAKE_STATS_JSON"] = str(counted)
        limit = self.timeout * (mode.slowness if mode else 1)
        try:
            with (self.logs / f"{self.package.name}.{label}.txt").open("wb") as output:
                returncode, cpu, wall = _timed(self.command(mode), variables, self.environment.directory, output, limit)
            lines = found.read_text(encoding="utf-8").splitlines() if found.exists() else []
            outcomes, messages, unused, finished = read_outcomes(lines)
            compiled = compiled_units(counted) if mode and statistics else None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        complete = finished and returncode in ENDS
        return Run("" if complete else ending(returncode), outcomes, messages, unused, cpu, wall, compiled)


def _timed(
    command: list[str], variables: dict[str, str], directory: Path, output: object, limit: float
) -> tuple[int | None, float, float]:
    """Exit code (None: the time limit), processor seconds and wall seconds of a process and its children."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=output,  # type: ignore[arg-type]
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    timed_out = False
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if time.perf_counter() - started > limit and not timed_out:
            timed_out = True
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(0.02)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    try:
        # Also what tests left running: it would write into the next run's time.
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return None if timed_out else process.returncode, usage.ru_utime + usage.ru_stime, wall
