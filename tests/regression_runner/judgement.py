"""Comparing a run under whipsnake with plain Python's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .execution import Run

SLOWER = 3.0
"""A run that takes more than this many times plain Python's time counts as a hang …"""

COMPILING = 60.0
"""… beyond these seconds, which compiling everything at its first call may take."""


@dataclass
class Verdict:
    """What one module shows in one mode."""

    module: str
    run: Run
    plain: Run | None = None
    """None where it was not needed: the module passed, and soon."""
    new_failures: list[str] = field(default_factory=list)
    """Tests that fail only under whipsnake, each time."""
    problems: list[str] = field(default_factory=list)
    """What else is wrong, in words; no exception excuses it."""
    once: list[str] = field(default_factory=list)
    """What was wrong the first time, but not when the module ran again."""


def compare(run: Run, plain: Run) -> tuple[list[str], list[str]]:
    """Tests that fail only under whipsnake, and other problems in words."""
    if plain.broken:
        # Nothing to compare with; a crash that plain Python has too is not ours.
        return [], []
    new = [name for name in run.failed if name not in plain.failed]
    problems = []
    if run.broken:
        problems.append(f"{run.outcome} after {run.seconds:.0f} s; plain Python: {plain.outcome}")
    elif run.outcome != plain.outcome and not new:
        problems.append(f"{run.outcome}, but plain Python: {plain.outcome}")
    if not run.broken and (run.tests, run.skipped) != (plain.tests, plain.skipped):
        problems.append(
            f"ran {run.tests} tests and skipped {run.skipped}; plain Python ran {plain.tests} and skipped {plain.skipped}"
        )
    if run.seconds > SLOWER * plain.seconds + COMPILING:
        problems.append(f"took {run.seconds:.0f} s; plain Python took {plain.seconds:.0f} s")
    return new, problems


def inactive(run: Run) -> list[str]:
    """A problem in words if the JIT did nothing in a run that ended well; such a run shows nothing."""
    if run.passed and not run.compiled:
        return ["nothing was compiled" if run.compiled == 0 else "the process left no statistics"]
    return []


def shows_nothing_wrong(run: Run, seconds: Iterable[float]) -> bool:
    """True if modules that shared a process passed, none of them took so long that it may count as slow, and the JIT did something."""
    return run.passed and not inactive(run) and all(one <= COMPILING for one in seconds)


def worth_comparing(run: Run) -> bool:
    """False for modules that passed in so little time that they cannot count as slow."""
    return not run.passed or run.seconds > COMPILING
