"""A run of the fuzzer: programs, the modes they run in, findings, progress."""

from __future__ import annotations

import threading
import time
import types
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from corpus_runner.modes import Mode

from . import finding, mutate
from .dice import Dice
from .finding import Finding
from .fleet import Fleet, ServerEnded
from .program import PRELUDE, generate
from .shrink import Shrinker
from .trial import Difference, Judge, usable

SAME_SIGNATURE = 2
"""So many findings that look alike are made small; the others are counted."""

SHRINK_SECONDS = 240

PROGRESS_SECONDS = 15

QUICK_MODES = frozenset({"warm", "reference"})
HEAVY = 12_000
"""Bytes of bytecode from which on a program runs in the quick modes only: compiling all of it takes seconds."""


@dataclass
class Plan:
    """What a campaign does."""

    python: str
    seed: int
    modes: list[tuple[float, Mode]]
    """How likely a program runs in each mode."""
    directory: Path
    """For findings."""
    scratch: Path
    until: float
    """In terms of `time.monotonic`."""
    mutations: float = 0.3
    """The share of programs that are mutated corpus programs."""
    first: int = 0
    """Number of the first program."""
    most: int | None = None
    """Number of programs, if bounded."""


@dataclass
class Tally:
    """What has happened."""

    programs: int = 0
    runs: int = 0
    unusable: int = 0
    """Programs without an outcome to compare with: too slow, out of memory."""
    unconfirmed: list[str] = field(default_factory=list)
    """Origins of programs whose difference single commands do not show, or that are not deterministic."""
    repeated: int = 0
    """Differences that look like ones that have been saved."""
    findings: list[Finding] = field(default_factory=list)
    signatures: Counter[str] = field(default_factory=Counter)
    exits: Counter[str] = field(default_factory=Counter)
    """By reason."""
    started: float = field(default_factory=time.monotonic)

    def line(self) -> str:
        """One line of progress."""
        seconds = max(time.monotonic() - self.started, 0.001)
        return (
            f"{self.programs} programs, {self.runs} runs, {self.programs / seconds:.1f} programs/s, "
            f"{len(self.findings)} findings ({self.repeated} more like these), {len(self.unconfirmed)} unconfirmed, {self.unusable} unusable"
        )


def weight(text: str) -> int | None:
    """Bytes of bytecode of all code of a program, without that of the prelude; none for text that is no program: `4.items()`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            size, pending = 0, [compile(text.removeprefix(PRELUDE), "program", "exec", dont_inherit=True)]
        except SyntaxError:
            return None
    while pending:
        code = pending.pop()
        size += len(code.co_code)
        pending += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return size


class Campaign:
    """Runs programs by several workers until the time is over."""

    def __init__(self, plan: Plan, say: Callable[[str], None]) -> None:
        self.plan, self.say = plan, say
        self.tally = Tally()
        self.lock = threading.Lock()
        self.next = plan.first
        self.said = time.monotonic()

    def run(self, jobs: int) -> Tally:
        """The whole campaign; raises what a worker has raised."""
        with ThreadPoolExecutor(jobs) as pool:
            workers = [pool.submit(self._work, number) for number in range(jobs)]
        for worker in workers:
            worker.result()
        return self.tally

    def _take(self) -> int | None:
        """The number of the next program; None when the campaign is over."""
        plan = self.plan
        with self.lock:
            if time.monotonic() > plan.until or (plan.most is not None and self.next >= plan.first + plan.most):
                return None
            self.next += 1
            return self.next - 1

    def _work(self, worker: int) -> None:
        scratch = self.plan.scratch / f"worker{worker}"
        scratch.mkdir(parents=True)
        fleet = Fleet(self.plan.python, scratch, self.plan.seed)
        try:
            while (number := self._take()) is not None:
                try:
                    self._program(number, fleet)
                except ServerEnded as error:
                    self.say(str(error))
        finally:
            fleet.close()
            with self.lock:
                self.tally.exits += fleet.exits

    def _program(self, number: int, fleet: Fleet) -> None:
        """One program in the modes drawn for it."""
        name = f"{self.plan.seed}:{number}"
        dice = Dice(f"modes {name}")
        origin, text = self.make(name, dice)
        program = fleet.scratch / "program.py"
        program.write_text(text, encoding="utf-8")
        judge = Judge(fleet)
        runs = fleet.runs
        expected = fleet.run(program)
        suspected = None
        size = weight(text) if usable(expected) else None
        if size is not None:
            heavy = size > HEAVY
            for likely, mode in self.plan.modes:
                if heavy and mode.name not in QUICK_MODES:
                    continue
                if dice.chance(likely) and (suspected := judge.difference(program, expected, mode)):
                    break
        with self.lock:
            self.tally.programs += 1
            self.tally.runs += fleet.runs - runs
            self.tally.unusable += size is None
            if time.monotonic() - self.said > PROGRESS_SECONDS:
                self.said = time.monotonic()
                self.say(self.tally.line())
        if suspected is not None:
            self._suspect(judge, text, origin, program, suspected)

    def make(self, name: str, dice: Dice) -> tuple[str, str]:
        """Where a program comes from, and its text."""
        if dice.chance(self.plan.mutations):
            return mutate.mutant(name)
        return f"seed {name}", generate(name)

    def _suspect(self, judge: Judge, text: str, origin: str, program: Path, suspected: Difference) -> None:
        """Confirms a difference, makes the program smaller and saves it."""
        found = judge.confirmed(program, suspected)
        if found is None:
            with self.lock:
                self.tally.unconfirmed.append(f"{origin} [{suspected.mode.name}] {suspected.kind}")
                self._keep_unconfirmed(text, origin, suspected)
            return
        mark = finding.signature(found)
        with self.lock:
            self.tally.signatures[mark] += 1
            if self.tally.signatures[mark] > SAME_SIGNATURE:
                self.tally.repeated += 1
                return
        self.say(f"{found.kind} in mode {found.mode.name} by {origin}: making it smaller")

        small, last = text, found
        # Servers are quick, but a smaller program may need one's own state to differ.
        for alone in (False, True):

            def shows(smaller: str) -> bool:
                program.write_text(smaller, encoding="utf-8")
                return judge.still(program, found, alone)

            candidate = Shrinker(shows, SHRINK_SECONDS).shrink(small)
            program.write_text(candidate, encoding="utf-8")
            if confirmed := judge.confirmed(program, found):
                small, last = candidate, confirmed
                break
        saved = finding.save(self.plan.directory, small, text, last, judge.fleet, origin)
        with self.lock:
            self.tally.findings.append(saved)
        self.say(f"finding: {saved.report}")

    def _keep_unconfirmed(self, text: str, origin: str, suspected: Difference) -> None:
        directory = self.plan.directory / "unconfirmed"
        directory.mkdir(parents=True, exist_ok=True)
        name = f"{len(self.tally.unconfirmed)}_{suspected.mode.name}"
        (directory / f"{name}.py").write_text(text, encoding="utf-8")
        (directory / f"{name}.txt").write_text(
            "\n".join([origin, suspected.kind, str(suspected.variables), *suspected.problems]) + "\n", encoding="utf-8"
        )
