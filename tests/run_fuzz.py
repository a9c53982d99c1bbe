#!/usr/bin/env python3
"""Run random programs with plain Python and under whipsnake, and compare.

Programs are generated from the seed, or are mutated programs of the corpus; each runs with plain
Python and in some modes. What differs is confirmed by single commands, made smaller, and saved as
a program for the corpus, with a report that names the functions and passes at fault. The same
seed makes the same programs. The exit code is 1 if something was found; the last line is a count.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus_runner.modes import MODES, Mode  # noqa: E402
from corpus_runner.requirements import version_of  # noqa: E402
from fuzzer import reasons  # noqa: E402
from fuzzer.campaign import Campaign, Plan  # noqa: E402

FINDINGS = Path(__file__).resolve().parent.parent / "target" / "fuzz" / "findings"

USUAL = {
    "warm": 0.9,
    "on": 0.35,
    "exit7": 0.3,
    "exitrand": 0.3,
    "exit1": 0.15,
    "reference": 0.2,
    "detached": 0.1,
    "switch": 0.15,
    "sample": 0.1,
}
"""How likely a program runs in each mode. Speculation on types needs the warm one; it is quick, too."""


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long new programs are begun (default: %(default)s)")
    parser.add_argument("--programs", type=int, help="end after so many programs")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="seed of all programs (default: clock)")
    parser.add_argument("--first", type=int, default=0, help="number of the first program, to repeat one (default: 0)")
    parser.add_argument("--modes", help="comma-separated modes in which every program runs (default: some, by chance)")
    parser.add_argument("--mutations", type=float, default=0.3, help="share of mutated corpus programs (default: %(default)s)")
    parser.add_argument("--python", default=sys.executable, help="interpreter to test, of the same version (default: this one)")
    parser.add_argument("--jobs", type=int, default=2, help="programs at a time (default: %(default)s)")
    parser.add_argument("--findings", type=Path, default=FINDINGS, help="directory for findings (default: target/fuzz/findings)")
    arguments = parser.parse_args(argv)
    names = {name: 1.0 for name in arguments.modes.split(",")} if arguments.modes else USUAL
    if unknown := [name for name in names if name not in MODES]:
        parser.error(f"unknown mode {unknown[0]!r}; known: {', '.join(MODES)}")
    arguments.modes = [(likely, MODES[name]) for name, likely in names.items()]
    if arguments.minutes <= 0 or arguments.jobs < 1:
        parser.error("--minutes must be more than 0 and --jobs at least 1")
    return arguments


def say(text: str) -> None:
    """One line of progress."""
    print(f"fuzz: {text}", flush=True)


def main(argv: list[str]) -> int:
    """Entry of the command; the exit code is 0 if nothing was found, 1 if something was, 2 on misuse."""
    arguments = parse_arguments(argv)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    probe = subprocess.run([arguments.python, "-c", "import whipsnake._native"], capture_output=True, check=False)
    if probe.returncode:
        print(f"run_fuzz: {arguments.python} has no module whipsnake; install the package there", file=sys.stderr)
        return 2
    if (version := version_of(arguments.python)) != sys.version_info[:2]:
        shown = ".".join(map(str, version))
        print(f"run_fuzz: {arguments.python} is Python {shown}; programs are made for the version that makes them: run this with Python {shown}", file=sys.stderr)
        return 2
    modes: list[tuple[float, Mode]] = arguments.modes
    say(f"seed {arguments.seed}, modes {','.join(mode.name for _, mode in modes)}, findings go to {arguments.findings}")
    with tempfile.TemporaryDirectory(prefix="whipsnake-fuzz-") as scratch:
        plan = Plan(
            python=arguments.python,
            seed=arguments.seed,
            modes=modes,
            directory=arguments.findings,
            scratch=Path(scratch),
            until=time.monotonic() + 60 * arguments.minutes,
            mutations=arguments.mutations,
            first=arguments.first,
            most=arguments.programs,
        )
        tally = Campaign(plan, say).run(arguments.jobs)
    say(tally.line())
    for line in reasons.report(tally.exits):
        say(line)
    for saved in tally.findings:
        print(f"FOUND {saved.difference.kind} [{saved.difference.mode.name}] {saved.program}")
    print(f"{tally.programs} programs, {len(tally.findings)} findings, seed {arguments.seed}")
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
