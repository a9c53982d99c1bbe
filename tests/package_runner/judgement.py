"""Comparing runs of a suite under whipsnake with plain Python's."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from .execution import Run

GOOD = ("passed", "skipped", "xfailed")

SLOWER = 1.05
"""More processor time than this many times plain Python's is too much."""


@dataclass
class Verdict:
    """What one package shows in one mode."""

    failures: list[str] = field(default_factory=list)
    """Tests that fail with the JIT, and never without, in words."""
    problems: list[str] = field(default_factory=list)
    """Crashes and whatever else is wrong besides tests."""
    once: list[str] = field(default_factory=list)
    """What was wrong in one run with the JIT but not in the others, and never without."""
    flaky: list[str] = field(default_factory=list)
    """Tests that fail without the JIT, too, though not each time."""
    compiled: int | None = None
    """Units of native code in the first run."""

    @property
    def passed(self) -> bool:
        """True where nothing is wrong with the JIT alone."""
        return not self.failures and not self.problems


def differences(run: Run, plain: Run) -> dict[str, str]:
    """Tests whose outcome is good with plain Python and another, or missing, in this run: node ID to words."""
    found = {}
    for test, expected in plain.outcomes.items():
        actual = run.outcomes.get(test, "not run")
        if expected in GOOD and actual != expected:
            found[test] = f"{test}: {actual}, {expected} with plain Python"
    for test, actual in run.outcomes.items():
        if test not in plain.outcomes and actual not in GOOD:
            found[test] = f"{test}: {actual}, not run by plain Python"
    return found


def unsteady(plain: list[Run]) -> set[str]:
    """Tests that do not have one outcome in all runs of plain Python."""
    everything = {test for run in plain for test in run.outcomes}
    return {test for test in everything if len({run.outcomes.get(test) for run in plain}) > 1}


def judge(runs: list[Run], plain: list[Run]) -> Verdict:
    """The verdict over all runs of one mode.

    A test counts as a failure of the JIT if it differs in two of the runs, or in the only one, and all runs of plain
    Python agree on it. A crash counts at once.
    """
    verdict = Verdict(compiled=runs[0].compiled)
    flaky = unsteady(plain)
    found = [differences(run, plain[0]) for run in runs]
    for run in runs:
        if run.ending and not plain[0].ending:
            running = [test for test, outcome in run.outcomes.items() if outcome == "crashed"]
            words = f"{run.ending}, in {running[0]}" if running else run.ending
            if words not in verdict.problems:
                verdict.problems.append(words)
    for test in {test: None for differing in found for test in differing}:
        texts = [differing[test] for differing, run in zip(found, runs) if test in differing and not run.ending]
        if test in flaky:
            verdict.flaky.append(test)
        elif len(texts) > 1 or (texts and len(runs) == 1):
            verdict.failures.append(texts[0])
        elif texts:
            verdict.once.append(f"{texts[0]} (once in {len(runs)} runs)")
    if runs[0].compiled == 0:
        verdict.problems.append("nothing was compiled, so nothing was tested")
    return verdict


@dataclass(frozen=True)
class Timing:
    """Processor seconds of rounds, each one run of plain Python and one with the JIT, and how long one waited for them."""

    plain: list[float]
    jit: list[float]
    waits: list[float] = field(default_factory=list)
    """Wall time with the JIT over without, per round."""

    @property
    def ratios(self) -> list[float]:
        """With the JIT over without, per round."""
        return [jit / plain for jit, plain in zip(self.jit, self.plain)]

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return statistics.median(self.ratios)

    @property
    def slower(self) -> bool:
        """True where the JIT costs more than it may."""
        return self.ratio > SLOWER
