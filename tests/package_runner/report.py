"""Saying how the suites of the packages went."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from .declaration import Package
from .judgement import SLOWER, Timing, Verdict


@dataclass
class Shown:
    """What one mode showed."""

    verdict: Verdict
    timing: Timing | None
    """Only of the default options."""
    again: str
    """A shell line that repeats the run."""


@dataclass
class Result:
    """All that is known of one package."""

    package: Package
    error: str = ""
    """Why the suite could not be run; else empty."""
    tests: int = 0
    """Tests that plain Python ran, without skipped ones."""
    plain_fails: list[str] = field(default_factory=list)
    """Tests that plain Python fails here."""
    unused: list[str] = field(default_factory=list)
    """Deselected tests that there are not."""
    shown: dict[str, Shown] = field(default_factory=dict)
    """By mode."""

    @property
    def timing(self) -> Timing | None:
        """The times, if they were taken."""
        return next((shown.timing for shown in self.shown.values() if shown.timing), None)

    def counts(self) -> tuple[int, int]:
        """Modes passed and failed; a suite that could not be run failed once."""
        if self.error:
            return 0, 1
        passed = sum(1 for shown in self.shown.values() if shown.verdict.passed)
        return passed, len(self.shown) - passed


def page(title: str, results: list[Result], modes: list[str]) -> list[str]:
    """The report as Markdown."""
    head = ["package", "tests", *modes, "plain", "JIT", "ratio", "spread", "wall"]
    lines = [f"# {title}", "", *(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head)))]
    lines += [f"| {' | '.join(_row(result, modes))} |" for result in results]
    ratios = sorted(result.timing.ratio for result in results if result.timing)
    if ratios:
        slower = [r for r in results if r.timing and r.timing.slower]
        lines += [
            "",
            f"Processor time with the JIT over without: median {ratios[len(ratios) // 2]:.3f}, from {ratios[0]:.3f} to {ratios[-1]:.3f}; "
            f"{len(ratios) - len(slower)} of {len(ratios)} packages at most {SLOWER}.",
        ]
    for result in results:
        if details := _details(result):
            lines += ["", f"## {result.package.name} {result.package.version}", "", *details]
    return [*lines, ""]


def _row(result: Result, modes: list[str]) -> list[str]:
    timing = result.timing
    times = ["", "", "", "", ""]
    if timing:
        times = [
            f"{sorted(timing.plain)[len(timing.plain) // 2]:.1f} s",
            f"{sorted(timing.jit)[len(timing.jit) // 2]:.1f} s",
            f"**{timing.ratio:.3f}**" if timing.slower else f"{timing.ratio:.3f}",
            f"{min(timing.ratios):.3f} to {max(timing.ratios):.3f}",
            f"{statistics.median(timing.waits):.3f}" if timing.waits else "",
        ]
    states = ["error" if result.error else _state(result.shown.get(mode)) for mode in modes]
    return [f"{result.package.name} {result.package.version}", str(result.tests), *states, *times]


def _state(shown: Shown | None) -> str:
    if shown is None:
        return ""
    verdict = shown.verdict
    if verdict.passed:
        return "same" + (f", {len(verdict.once)} once" if verdict.once else "")
    return f"{len(verdict.failures)} failed" + (f", {len(verdict.problems)} problems" if verdict.problems else "")


def _details(result: Result) -> list[str]:
    lines = [f"Not run: {line}" for line in result.error.splitlines()[:1]]
    lines += [f"    {line}" for line in result.error.splitlines()[1:]]
    if result.package.part:
        lines.append(f"Part of the suite: {result.package.part}.")
    for entry in result.package.deselect:
        where = f" in {', '.join(entry.modes)}" if entry.modes else ""
        lines.append(f"- not run{where}: {entry.test}: {entry.reason}")
    for mode, shown in result.shown.items():
        verdict = shown.verdict
        texts = verdict.problems + verdict.failures
        lines += [f"- **{mode}**: {text}" for text in texts[:40]]
        if len(texts) > 40:
            lines.append(f"- **{mode}**: {len(texts) - 40} more")
        if texts:
            lines.append(f"  - again: `{shown.again}`")
        lines += [f"- {mode}, once: {text}" for text in verdict.once[:20]]
        if verdict.flaky:
            lines.append(f"- {mode}: differs without the JIT, too: {', '.join(verdict.flaky[:10])}")
    if result.plain_fails:
        lines.append(f"- plain Python fails {len(result.plain_fails)}: {', '.join(result.plain_fails[:8])}")
    lines += [f"- deselected, but there is no such test: {pattern}" for pattern in result.unused]
    return lines
