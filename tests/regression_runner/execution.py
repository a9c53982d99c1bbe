"""Running one module of CPython's tests, and reading what its runner says."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from corpus_runner.execution import ending

OUTCOMES = {0: "passed", 2: "failed", 3: "environment changed", 4: "no tests"}
"""Exit codes of ``python -m test --fail-env-changed``; a program that a signal ended has a negative one."""

FAILURE = re.compile(r"^(?:FAIL|ERROR): (\S+) \(([^()\s]+)\)", re.MULTILINE)
"""``FAIL: test_x (test.test_dis.DisTests.test_x) (case=1)``: a name, the dotted name, and what tells subtests apart."""

TOTAL = re.compile(r"^Total tests: run=([\d,]+)(?:.*? skipped=([\d,]+))?", re.MULTILINE)

START = re.compile(r"^(\d+):(\d\d):(\d\d) load avg: \S+ \[ *\d+/\d+(?:/\d+)?\] (\S+)", re.MULTILINE)
"""``0:01:05 load avg: 2.29 [2/8] test_builtin``: the runner's time when it begins with a module, and again as it ends."""


@dataclass(frozen=True)
class Run:
    """What one run of a module showed."""

    outcome: str
    """A value of `OUTCOMES`, or how the process ended."""
    failed: tuple[str, ...]
    """Dotted names of failed tests."""
    tests: int
    skipped: int
    seconds: float
    """Wall time."""
    compiled: int | None = None
    """Units of native code that were made; None for plain Python and where the process left no statistics."""
    tail: str = ""
    """The last lines of the output, unless the module passed."""

    @property
    def passed(self) -> bool:
        """True for modules that have nothing to complain of."""
        return self.outcome in ("passed", "no tests")

    @property
    def broken(self) -> bool:
        """True when the process ended before its runner could sum up."""
        return self.outcome not in OUTCOMES.values()

    def as_json(self) -> dict[str, object]:
        """The fields, for `from_json`."""
        return asdict(self)

    @staticmethod
    def from_json(fields: dict[str, object]) -> Run:
        """The run that `as_json` wrote."""
        return Run(**{**fields, "failed": tuple(fields["failed"])})  # type: ignore[arg-type]


def test_name(name: str, dotted: str) -> str:
    """One dotted name for a failed test; what a class or a module sets up has none of its own."""
    return dotted if dotted.rpartition(".")[2] == name else f"{dotted}.{name}"


def read_output(text: str, returncode: int | None, seconds: float, compiled: int | None) -> Run:
    """What the output and the exit code of a module say; `returncode` None means the time limit."""
    outcome = OUTCOMES.get(returncode) if returncode is not None else None
    outcome = outcome or ending(returncode)
    failed = tuple(sorted({test_name(*match.groups()) for match in FAILURE.finditer(text)}))
    total = TOTAL.search(text)
    tests, skipped = (int((group or "0").replace(",", "")) for group in total.groups()) if total else (0, 0)
    tail = "" if outcome == "passed" else "\n".join(text.splitlines()[-60:])
    # Modules that test test runners print failures of others.
    return Run(outcome, failed if outcome == "failed" else (), tests, skipped, seconds, compiled, tail)


def module_seconds(text: str, seconds: float) -> dict[str, float]:
    """How long each of the modules that share a process took, by the output and the time of the whole."""
    starts: dict[str, float] = {}
    for hours, minutes, rest, module in START.findall(text):
        starts.setdefault(module, 3600 * int(hours) + 60 * int(minutes) + int(rest))
    ends = [*list(starts.values())[1:], seconds]
    return {module: end - start for (module, start), end in zip(starts.items(), ends)}


class Stopped(Exception):
    """The user has interrupted the tests."""


@dataclass(frozen=True)
class Interpreter:
    """The Python whose tests are run, and how."""

    python: str
    seed: int
    timeout: float
    """Seconds for one module."""
    running: set[int] = field(default_factory=set, compare=False)
    """Process groups of modules that run at this moment."""
    stopped: threading.Event = field(default_factory=threading.Event, compare=False)

    def stop(self) -> None:
        """End all modules that run, and begin no other: `run` raises `Stopped`."""
        self.stopped.set()
        for group in tuple(self.running):
            kill_group(group)

    def command(self, modules: Sequence[str], under_whipsnake: bool) -> list[str]:
        """The command line of modules that share a process."""
        start = ["-m", "whipsnake", "run"] if under_whipsnake else []
        return [self.python, *start, "-m", "test", "-v", "--fail-env-changed", "--randseed", str(self.seed), *modules]

    def run(self, modules: Sequence[str], variables: Mapping[str, str] | None, log: Path) -> Run:
        """Run modules, one after the other in one process, with these options, or with plain Python for None, in a directory of their own.

        The output is left in `log`.
        """
        if self.stopped.is_set():
            raise Stopped
        log.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="regrtest-"))
        environment = clean_environment()
        environment.update(variables or {}, TMPDIR=str(scratch), PYTHONHASHSEED="0")
        statistics = scratch / "statistics.json"
        if variables is not None:
            environment["WHIPSNAKE_STATS_JSON"] = str(statistics)
        started = time.perf_counter()
        try:
            with log.open("wb") as output:
                process = subprocess.Popen(
                    self.command(modules, variables is not None),
                    cwd=scratch,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
                self.running.add(process.pid)
                try:
                    returncode: int | None = process.wait(self.timeout * len(modules))
                except subprocess.TimeoutExpired:
                    returncode = None
                # Also what tests left running: it would take the next module's time.
                kill_group(process.pid)
                process.wait()
                self.running.discard(process.pid)
                if self.stopped.is_set():
                    raise Stopped
            seconds = time.perf_counter() - started
            compiled = compiled_units(statistics) if variables is not None else None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return read_output(log.read_text(encoding="utf-8", errors="replace"), returncode, seconds, compiled)


def kill_group(group: int) -> None:
    """End all processes of a group, if there are any."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def clean_environment() -> dict[str, str]:
    """The caller's environment without settings of Python or whipsnake, and with one locale."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "WHIPSNAKE", "LC_"))}
    return {**kept, "LC_ALL": "C.UTF-8"}


def compiled_units(statistics: Path) -> int | None:
    """How many units of native code the statistics name; None if there are none to read."""
    try:
        units = json.loads(statistics.read_text(encoding="utf-8"))["units"]
        return sum(1 for unit in units if unit["code_bytes"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
