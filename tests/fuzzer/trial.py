"""Whether a program does the same in a mode as with plain Python, and how not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from corpus_runner.execution import ADDRESS, Outcome, compare
from corpus_runner.modes import MODES, Mode

from .fleet import PLAIN, Fleet

OFF = MODES["off"]

UNKNOWN_DEPTHS = re.compile(rb"MemoryError")
"""Programs that print this are not compared: how much memory is left is not the same."""


@dataclass(frozen=True)
class Difference:
    """How a program's outcome in a mode is not that of plain Python."""

    mode: Mode
    variables: dict[str, str]
    """The environment of the mode in that run."""
    kind: str
    """What has to stay the same while the program is made smaller: ``SIGSEGV``, ``time limit``, ``exit code``, ``stdout``, ``stderr``."""
    problems: tuple[str, ...]
    """For people."""


def kind_of(expected: Outcome, actual: Outcome) -> str | None:
    """The kind of a difference; None where there is none."""
    if expected.returncode != actual.returncode:
        if actual.returncode is None:
            return "time limit"
        return f"signal {-actual.returncode}" if actual.returncode < 0 else "exit code"
    for name, one, other in (("stdout", expected.stdout, actual.stdout), ("stderr", expected.stderr, actual.stderr)):
        if ADDRESS.sub(b"", one) != ADDRESS.sub(b"", other):
            return name
    return None


def usable(expected: Outcome) -> bool:
    """False for programs whose outcome says nothing: those that run too long, print nothing, or run out of memory."""
    if expected.returncode is None or expected.returncode < 0:
        return False
    return bool(expected.stdout or expected.stderr) and not UNKNOWN_DEPTHS.search(expected.stdout + expected.stderr)


@dataclass
class Judge:
    """Runs programs in modes and compares."""

    fleet: Fleet

    def difference(self, program: Path, expected: Outcome, mode: Mode) -> Difference | None:
        """What is different in a mode, as its server sees it."""
        actual = self.fleet.run(program, mode)
        return self._difference(expected, actual, mode, self.fleet.environment(mode))

    def confirmed(self, program: Path, suspected: Difference) -> Difference | None:
        """The difference as single commands show it; None if these show none, or the program is not always the same."""
        mode, variables = suspected.mode, suspected.variables
        expected = self.fleet.run_alone(program, PLAIN, {})
        if not usable(expected) or not self._steady(program, expected, alone=True):
            return None
        for _ in range(2):
            found = self._difference(expected, self.fleet.run_alone(program, mode, variables), mode, variables)
            if found is None or found.kind != suspected.kind:
                return None
        return found

    def still(self, program: Path, wanted: Difference, alone: bool) -> bool:
        """True if a variant of a program differs in the same way, with the same environment; `alone`: as single commands show it."""
        expected = self.fleet.run_alone(program, PLAIN, {}) if alone else self.fleet.run(program)
        if not usable(expected):
            return False
        run = self.fleet.run_alone if alone else self.fleet.run_with
        differs = kind_of(expected, run(program, wanted.mode, wanted.variables)) == wanted.kind
        return differs and self._steady(program, expected, alone)

    def _steady(self, program: Path, expected: Outcome, alone: bool) -> bool:
        """True if nothing shows where objects lie in memory, by the order of a set for example: the outcome is the same with another
        allocator, and with whipsnake there but off."""
        if alone:
            runs = ((PLAIN, {}), (PLAIN, {"PYTHONMALLOC": "malloc"}), (OFF, OFF.environment(OFF.name, 0)))
            return all(kind_of(expected, self.fleet.run_alone(program, mode, variables)) is None for mode, variables in runs)
        return all(kind_of(expected, self.fleet.run(program, mode)) is None for mode in (PLAIN, OFF))

    @staticmethod
    def _difference(expected: Outcome, actual: Outcome, mode: Mode, variables: dict[str, str]) -> Difference | None:
        kind = kind_of(expected, actual)
        return None if kind is None else Difference(mode, variables, kind, tuple(compare(expected, actual)))
