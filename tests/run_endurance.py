#!/usr/bin/env python3
"""Run the programs of tests/endurance under whipsnake, for as long as the figures that are promised.

Each of them checks its own answers and ends by itself; a crash, a hang and a wrong answer fail. The last line is a count.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus_runner.execution import base_environment  # noqa: E402

PROGRAMS = Path(__file__).resolve().parent / "endurance"
GRACE_SECONDS = 600
"""Time beyond its own that a program gets before it counts as hanging."""
SECONDS_PER_FORK = 0.5
"""A fork and its child are taken to hang if they take longer on average."""


@dataclass(frozen=True)
class Condition:
    """One program with its options."""

    name: str
    what: str
    amount: float
    unit: str
    env: dict[str, str] = field(default_factory=dict)
    """``WHIPSNAKE_…`` variables without their prefix."""

    def seconds(self, amount: float) -> float:
        """How long the program may take."""
        return GRACE_SECONDS + amount * (60 if self.unit == "minutes" else SECONDS_PER_FORK)


_SOON = {"THRESHOLD": "30"}

CONDITIONS = {
    condition.name: condition
    for condition in (
        Condition("forks", "forks in the middle of compilations", 10_000, "forks", _SOON),
        Condition("threads", "64 threads at switch interval 1e-6", 10, "minutes", _SOON),
        Condition("signals", "a signal every millisecond", 10, "minutes", _SOON),
        Condition("churn", "functions that are made, get hot and die", 30, "minutes", {**_SOON, "CODE_CAP": str(4 << 20)}),
    )
}


def run(condition: Condition, amount: float, python: str) -> bool:
    """Run one program to its end. True if it ended well."""
    text = f"{amount:g}"
    print(f"{condition.name}: {condition.what}, {text} {condition.unit}", flush=True)
    command = [python, "-X", "faulthandler", "-m", "whipsnake", "run", str(PROGRAMS / f"{condition.name}.py"), text]
    variables = {f"WHIPSNAKE_{key}": value for key, value in condition.env.items()}
    started = time.perf_counter()
    try:
        done = subprocess.run(command, env={**base_environment(), **variables}, timeout=condition.seconds(amount), check=False)
        ending = f"exit code {done.returncode}" if done.returncode else "passed"
    except subprocess.TimeoutExpired:
        ending = "killed at the time limit"
    print(f"{condition.name}: {ending} after {time.perf_counter() - started:.0f} s", flush=True)
    return ending == "passed"


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="conditions:\n" + "".join(f"  {c.name:<9}{c.what} ({c.amount:g} {c.unit})\n" for c in CONDITIONS.values()),
    )
    parser.add_argument("conditions", nargs="*", metavar="CONDITION", help="what to run (default: all)")
    parser.add_argument("--scale", type=float, default=1, help="factor on all amounts (default: %(default)s)")
    parser.add_argument("--python", default=sys.executable, help="interpreter to test (default: this one)")
    arguments = parser.parse_args(argv)
    if unknown := [name for name in arguments.conditions if name not in CONDITIONS]:
        parser.error(f"unknown condition {unknown[0]!r}; known: {', '.join(CONDITIONS)}")
    if arguments.scale <= 0:
        parser.error(f"--scale {arguments.scale:g} is not valid: use a number above 0")
    return arguments


def main(argv: list[str]) -> int:
    """Entry of the command; the exit code is 0 when all passed, 1 on failures, 2 on misuse."""
    arguments = parse_arguments(argv)
    chosen = [CONDITIONS[name] for name in arguments.conditions or CONDITIONS]
    amounts = [c.amount * arguments.scale for c in chosen]
    # Forks are counted, not timed.
    amounts = [max(1, round(a)) if c.unit == "forks" else a for c, a in zip(chosen, amounts, strict=True)]
    passed = sum([run(condition, amount, arguments.python) for condition, amount in zip(chosen, amounts, strict=True)])
    print(f"{passed} passed, {len(chosen) - passed} failed")
    return 0 if passed == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
