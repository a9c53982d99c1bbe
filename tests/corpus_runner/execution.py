"""Running one program once, and comparing it with the expected answer."""

from __future__ import annotations

import difflib
import json
import os
import re
import shlex
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .modes import Mode
from .programs import CORPUS, Program

DIFF_LINES = 40
ADDRESS = re.compile(rb" at 0x[0-9a-fA-F]{8,}")
"""Object addresses in reprs, which differ from process to process."""


@dataclass(frozen=True)
class Outcome:
    """What one run of a program showed to the world."""

    stdout: bytes
    stderr: bytes
    returncode: int | None
    """None: killed at the time limit."""
    seconds: float


def base_environment() -> dict[str, str]:
    """The caller's environment without what would change a program's output."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "WHIPSNAKE"))}
    return {**kept, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}


def execute(command: list[str], variables: dict[str, str], timeout: float, directory: Path | None = None) -> Outcome:
    """Run a command in a directory, the corpus if none is given, in a process group of its own."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=directory or CORPUS,
        env={**base_environment(), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    returncode: int | None
    try:
        stdout, stderr = process.communicate(timeout=timeout)
        returncode = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        returncode = None
    return Outcome(stdout, stderr, returncode, time.perf_counter() - started)


def plain_command(python: str, program: Program) -> list[str]:
    """The command whose answer is the expected one."""
    return [python, program.argument]


def jit_command(python: str, program: Program) -> list[str]:
    """The same program under whipsnake."""
    return [python, "-m", "whipsnake", "run", program.argument]


def reproduction(command: list[str], variables: dict[str, str], directory: Path | None = None) -> str:
    """A shell line that repeats a run."""
    words = [f"{key}={shlex.quote(value)}" for key, value in {"PYTHONHASHSEED": "0", **variables}.items()]
    return f"cd {shlex.quote(str(directory or CORPUS))} && {' '.join(words)} {shlex.join(command)}"


def _diff(expected: bytes, actual: bytes, stream: str) -> list[str]:
    expected, actual = ADDRESS.sub(b" at 0x...", expected), ADDRESS.sub(b" at 0x...", actual)
    lines = list(
        difflib.unified_diff(
            expected.decode("utf-8", "backslashreplace").splitlines(),
            actual.decode("utf-8", "backslashreplace").splitlines(),
            f"{stream} of plain Python",
            f"{stream} under whipsnake",
            lineterm="",
            n=2,
        )
    )
    if not lines and expected != actual:
        lines = [f"{stream} differs in line ends: {expected[-20:]!r} and {actual[-20:]!r}"]
    if len(lines) > DIFF_LINES:
        lines[DIFF_LINES:] = [f"... {len(lines) - DIFF_LINES} more lines"]
    return lines


def ending(returncode: int | None) -> str:
    """How a process ended, in words; None means the time limit."""
    if returncode is None:
        return "killed at the time limit"
    if returncode < 0:
        try:
            return f"killed by {signal.Signals(-returncode).name}"
        except ValueError:
            return f"killed by signal {-returncode}"
    return f"exit code {returncode}"


def compare(expected: Outcome, actual: Outcome) -> list[str]:
    """Differences between two outcomes in words and diffs; empty when equal."""
    problems = []
    if expected.returncode != actual.returncode:
        problems.append(f"expected {ending(expected.returncode)}, got {ending(actual.returncode)}")
    problems += _diff(expected.stdout, actual.stdout, "stdout")
    problems += _diff(expected.stderr, actual.stderr, "stderr")
    return problems


def check_expected(program: Program, expected: Outcome) -> list[str]:
    """Whether plain Python ended as the header says, so that a broken program cannot agree with itself."""
    problems = []
    if expected.returncode != program.exit:
        problems.append(f"plain Python ended with {ending(expected.returncode)}, the header says {program.exit}")
    if expected.stderr and not program.stderr:
        problems.append("the header lacks 'stderr', but plain Python wrote:")
    if not expected.stdout and not expected.stderr:
        problems.append("the program prints nothing, so nothing is compared")
    if problems:
        problems += expected.stderr.decode("utf-8", "backslashreplace").splitlines()[-DIFF_LINES:]
    return problems


def check_statistics(program: Program, mode: Mode, path: Path) -> list[str]:
    """Check the promises of the header, and that no code was writable, against the statistics the JIT wrote at exit."""
    promised = program.compiled if mode.asserts_compiled else ()
    no_exit = program.no_exit if mode.asserts_no_exit else ()
    if not promised and not no_exit and not path.exists():
        # Ended in a way that nobody is told of: by a signal, or by `os._exit`.
        return []
    try:
        statistics = json.loads(path.read_text(encoding="utf-8"))
        forbidden = statistics["forbidden_mappings"]
        units = [unit for unit in statistics["units"] if _of_program(unit)]
        compiled = {name for unit in units if unit["code_bytes"] for name in (unit["name"], *unit["inlined"])}
        entered = any(unit["entries"] for unit in units)
        refused = {unit["name"]: unit["reason"] for unit in units if unit["reason"]}
        exits = [(unit["name"], unit["kind"], unit["exits"].items()) for unit in units]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"no usable statistics in WHIPSNAKE_STATS_JSON: {type(error).__name__}: {error}"]
    problems = [f"a mapping that must not be: {line}" for line in forbidden if "memfd:whipsnake" in line or not program.foreign_code]
    problems += [
        f"{name!r} was not compiled: {refused.get(name, f'compiled are {sorted(compiled)}')}"
        for name in promised
        if name not in compiled
    ]
    if promised and not entered:
        problems.append("no native code of the program was entered")
    problems += [
        f"the {kind} {name!r} left its native code {count} times: {reason}"
        for name, kind, counts in exits
        for reason, count in counts
        if name in no_exit and count > LEARNING_EXITS.get(reason, 0) and reason not in ORDINARY_EXITS
    ]
    return problems


def _of_program(unit: dict[str, Any]) -> bool:
    """True for code of the program itself, not of the standard library."""
    return "/lib/python" not in unit["filename"] and not unit["filename"].startswith("<frozen")


ORDINARY_EXITS = frozenset({"loop-end", "eval-breaker", "frame-observed", "stack-space", "exception"})
"""Reasons that no speculation caused: the loop ended, a signal came, a callee raised."""

LEARNING_EXITS = {"cold-branch": 128, "profiled": 4}
"""How often units may leave to learn what the interpreter has not told: each ends in a recompilation."""
