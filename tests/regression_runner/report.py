"""Saying how a run of CPython's tests went."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from .exceptions import Excepted
from .judgement import Verdict


@dataclass
class Summary:
    """The verdicts of one mode, with the exceptions applied."""

    mode: str
    passed: int = 0
    failed: dict[str, list[str]] = field(default_factory=dict)
    """Problems by module."""
    excepted: dict[str, str] = field(default_factory=dict)
    """Reasons by test."""
    once: dict[str, list[str]] = field(default_factory=dict)
    """What went wrong once in two runs, by module."""
    plain_fails: list[str] = field(default_factory=list)
    """Modules that plain Python fails here, too."""
    seconds: float = 0.0
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The summary as Markdown."""
        text = [
            f"## {self.mode}",
            "",
            f"{self.passed} modules passed, {len(self.failed)} failed, in {self.seconds:.0f} s of runs.",
            "",
        ]
        for module, problems in sorted(self.failed.items()):
            text += [f"- **{module}**", *(f"  - {problem}" for problem in problems)]
        for title, listed in (
            ("Excepted", [f"{test}: {reason}" for test, reason in sorted(self.excepted.items())]),
            ("Wrong once, right when run again", [f"{m}: {'; '.join(p)}" for m, p in sorted(self.once.items())]),
            ("Failing with plain Python, too", sorted(self.plain_fails)),
            ("Slowest", [f"{seconds:.0f} s {module}" for seconds, module in sorted(self.slowest, reverse=True)[:10]]),
        ):
            if listed:
                text += ["", f"{title}:", "", *(f"- {line}" for line in listed)]
        return [*text, ""]


def summarise(
    mode: str, verdicts: list[Verdict], excepted: dict[str, Excepted], today: datetime.date
) -> Summary:
    """Apply the exceptions; one that has expired excuses nothing."""
    summary = Summary(mode)
    for verdict in verdicts:
        problems = list(verdict.problems)
        for test in verdict.new_failures:
            entry = excepted.get(test)
            if entry is None:
                problems.append(f"fails: {test}")
            elif entry.expires <= today:
                problems.append(f"fails: {test} (its exception expired on {entry.expires})")
            else:
                summary.excepted[test] = entry.reason
        if problems:
            summary.failed[verdict.module] = problems
        else:
            summary.passed += 1
        if verdict.once:
            summary.once[verdict.module] = verdict.once
        if verdict.plain is not None and not verdict.plain.passed:
            summary.plain_fails.append(verdict.module)
        summary.seconds += verdict.run.seconds
        summary.slowest.append((verdict.run.seconds, verdict.module))
    return summary


def needless(excepted: dict[str, Excepted], summaries: list[Summary], modules: list[str]) -> list[str]:
    """Exceptions whose module ran in all these summaries without needing them."""
    ran = tuple(f"test.{module.removeprefix('test.')}." for module in modules)
    used = {test for summary in summaries for test in summary.excepted}
    expired = {line for summary in summaries for problems in summary.failed.values() for line in problems}
    return [
        test
        for test in excepted
        if test.startswith(ran) and test not in used and not any(test in line for line in expired)
    ]
