"""``whipsnake bisect``: the smallest set of compiled functions with which a program does something else.

The program is run again and again, with only some of its functions compiled each time (``WHIPSNAKE_ONLY``), after the
delta debugging algorithm of A. Zeller and R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from itertools import chain
from pathlib import Path
from subprocess import _args_from_interpreter_flags as interpreter_flags

USAGE = "whipsnake bisect [option ...] -- (script.py | -m module | -c command) [argument ...]"
DESCRIPTION = """\
Runs a program with the JIT off and on, and finds the smallest set of compiled functions that shows a difference: in
the exit code, in standard output or in standard error, with addresses masked. A crash and the time limit are
differences, too. The program is run in this directory, many times, with nothing on its standard input; each run must
find what the first one found. Variables of whipsnake hold for all runs; PYTHONHASHSEED is 0 unless it is set.
"""
TEST_HELP = """\
shell command that says whether a run is as it should be, instead of a comparison: exit code 0 if it is. It finds the
program's output on its standard input, and in BISECT_STDOUT, BISECT_STDERR (files) and BISECT_STATUS (the exit code,
negative for a signal, or "timeout") the rest"""

ADDRESS = re.compile(rb"0x[0-9a-fA-F]{6,}")
"""Addresses of objects, which differ from run to run."""

FOUND, NOT_FOUND, MISUSE = 0, 1, 2
"""Exit codes: functions were found, there is nothing to find, the command line is wrong."""

DIFF_LINES = 20
SHOWN = 5
"""Functions that a message names at most."""
SHORTEST_LIMIT = 10.0
SLOWNESS = 10.0
"""Without a time limit, runs under the JIT get so many seconds, and so many times as long as the run without it."""

STEADY = {"WHIPSNAKE_SYNC": "1", "WHIPSNAKE_TRIAL": "off"}
"""What makes it independent of time what is compiled when."""


class Undecided(Exception):
    """There is nothing to find, or it cannot be found; the text says why."""


@dataclass(frozen=True)
class Outcome:
    """What one run showed to the world."""

    stdout: bytes
    stderr: bytes
    status: int | None
    """Exit code, negative for a signal; None if the time limit ended it."""
    seconds: float
    verdict: int | None = None
    """Exit code of the user's test."""

    def ending(self) -> str:
        """How it ended, in words."""
        if self.status is None:
            return "killed at the time limit of %.0f s" % self.seconds
        if self.status >= 0:
            return "exit code %d" % self.status
        try:
            return "killed by " + signal.Signals(-self.status).name
        except ValueError:
            return "killed by signal %d" % -self.status


def differ(expected: Outcome, actual: Outcome, compare: str) -> bool:
    """True if `actual` is not as it should be."""
    if actual.status is None:
        return True
    if actual.verdict is not None:
        return actual.verdict != 0
    if expected.status != actual.status:
        return True
    streams = ((expected.stdout, actual.stdout), (expected.stderr, actual.stderr))
    return compare == "output" and any(masked(one) != masked(other) for one, other in streams)


def masked(stream: bytes) -> bytes:
    """The stream with the same text for all addresses."""
    return ADDRESS.sub(b"0x...", stream)


def difference(expected: Outcome, actual: Outcome) -> list[str]:
    """What differs, for people."""
    lines = []
    if expected.status != actual.status:
        lines.append("%s without the JIT, %s with it" % (expected.ending(), actual.ending()))
    if actual.verdict is not None:
        lines.append("the test ends with exit code %d" % actual.verdict)
    for name, one, other in (("stdout", expected.stdout, actual.stdout), ("stderr", expected.stderr, actual.stderr)):
        texts = [masked(stream).decode("utf-8", "backslashreplace").splitlines() for stream in (one, other)]
        lines += unified_diff(*texts, name + " without the JIT", name + " with it", n=1, lineterm="")
    return lines if len(lines) <= DIFF_LINES else [*lines[:DIFF_LINES], "... %d more lines" % (len(lines) - DIFF_LINES)]


def minimise(
    items: list[str], shows: Callable[[list[str]], bool], check: Callable[[list[str]], None] = lambda items: None
) -> list[str]:
    """A part of `items` that shows the difference and of which nothing can be left out; `items` shows it.

    Before smaller parts than before are tried, `check` is called with the present one.
    """
    pieces = 2
    while len(items) > 1:
        bounds = [len(items) * piece // pieces for piece in range(pieces + 1)]
        chunks = [items[begin:end] for begin, end in zip(bounds, bounds[1:])]
        smaller = next((chunk for chunk in chunks if shows(chunk)), None)
        if smaller is not None:
            items, pieces = smaller, 2
            continue
        rests = ([*chain(*chunks[:index], *chunks[index + 1 :])] for index in range(pieces)) if pieces > 2 else ()
        smaller = next((rest for rest in rests if shows(rest)), None)
        if smaller is not None:
            items, pieces = smaller, pieces - 1
        elif pieces == len(items):
            break
        else:
            check(items)
            pieces = min(len(items), 2 * pieces)
    return items


@dataclass
class Bisection:
    """The search for one program."""

    arguments: list[str]
    """As for ``whipsnake run``."""
    scratch: Path
    compare: str
    test: str | None
    runs: int
    """How often a run is repeated to see whether it is always the same."""
    timeout: float | None
    settings: dict[str, str] = field(default_factory=dict)
    """Variables that all runs get."""
    expected: Outcome | None = None
    """The run without the JIT."""
    count: int = 0

    @property
    def command(self) -> list[str]:
        """The command line of every run."""
        return [sys.executable, *interpreter_flags(), "-m", "whipsnake", "run", *self.arguments]

    def run(self, variables: Mapping[str, str]) -> Outcome:
        """Runs the program once to its end, then the test."""
        limit = self.timeout
        if limit is None and self.expected is not None:
            limit = max(SHORTEST_LIMIT, SLOWNESS * self.expected.seconds)
        environment = {"PYTHONHASHSEED": "0", **os.environ, **self.settings, **variables}
        paths = self.scratch / "stdout", self.scratch / "stderr"
        started = time.perf_counter()
        with open(paths[0], "wb") as stdout, open(paths[1], "wb") as stderr:
            process = subprocess.Popen(
                self.command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
            try:
                status = process.wait(limit)
            except subprocess.TimeoutExpired:
                status = None
            finally:
                # What the program has started ends with it.
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                process.wait()
        seconds = time.perf_counter() - started
        verdict = None
        if self.test is not None:
            shown = "timeout" if status is None else str(status)
            names = {"BISECT_STDOUT": str(paths[0]), "BISECT_STDERR": str(paths[1]), "BISECT_STATUS": shown}
            with open(paths[0], "rb") as stdin:
                done = subprocess.run(
                    self.test, shell=True, check=False, env={**os.environ, **names}, stdin=stdin, capture_output=True
                )
            verdict = done.returncode
        return Outcome(paths[0].read_bytes(), paths[1].read_bytes(), status, seconds, verdict)

    def shows(self, what: str, variables: Mapping[str, str]) -> bool:
        """True if a run with these variables shows the difference; `what` says what they mean."""
        assert self.expected is not None
        outcome = self.run(variables)
        different = differ(self.expected, outcome, self.compare)
        self.count += 1
        verdict = "differs (%s)" % outcome.ending() if different else "same"
        progress("run %d: %s: %s, %.1f s" % (self.count, what, verdict, outcome.seconds))
        return different

    def only(self, functions: list[str]) -> dict[str, str]:
        """Variables with which nothing else is compiled."""
        path = self.scratch / "only"
        path.write_text("".join(key + "\n" for key in functions), encoding="utf-8")
        return {"WHIPSNAKE_ONLY": str(path)}

    def check_reference(self) -> None:
        """Runs the program without the JIT, and finds out whether it does the same each time."""
        progress("running without the JIT, %d times" % self.runs)
        outcomes = [self.run({"WHIPSNAKE": "0"}) for _ in range(self.runs)]
        expected = self.expected = max(outcomes, key=lambda outcome: outcome.seconds)
        if expected.status is None:
            raise Undecided("%s without the JIT; give it more time with --timeout" % expected.ending())
        if self.test is not None:
            failed = sum(outcome.verdict != 0 for outcome in outcomes)
            if failed:
                raise Undecided("the test is not met without the JIT: %d of %d runs" % (failed, self.runs))
        elif different := sum(differ(expected, outcome, self.compare) for outcome in outcomes):
            raise Undecided(
                "not deterministic: without the JIT, %d of %d runs differ from one; use --test or --compare status"
                % (different, self.runs)
            )

    def find_difference(self) -> None:
        """Sees that the difference is always there with the JIT on, if need be with settings that make it so."""
        listed = {"WHIPSNAKE_COMPILED_LIST": str(self.scratch / "compiled")}
        steady = {name: value for name, value in STEADY.items() if name not in os.environ}
        most = 0
        for settings in ({}, steady) if steady else ({},):
            if settings:
                progress("once more with " + " ".join(map("=".join, settings.items())))
            self.settings = settings
            different = sum(self.shows("everything compiled", listed) for _ in range(self.runs))
            if different == self.runs:
                return
            most = max(most, different)
        if most == 0:
            raise Undecided("no difference in %d runs; WHIPSNAKE_THRESHOLD=30 compiles more, and sooner" % self.count)
        raise Undecided("not deterministic: %d of %d runs differ" % (most, self.runs))

    def find_functions(self) -> list[str]:
        """The smallest set of functions that shows the difference."""
        if self.shows("nothing compiled", self.only([])):
            raise Undecided("differs also with nothing compiled: no compiled function is the reason")
        try:
            functions = (self.scratch / "compiled").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            functions = []
        functions = list(dict.fromkeys(functions))
        known: dict[frozenset[str], bool] = {}

        def shows(part: list[str]) -> bool:
            key = frozenset(part)
            if key not in known:
                known[key] = self.shows("%d of %d functions" % (len(part), len(functions)), self.only(part))
            return known[key]

        if not functions or not shows(functions):
            raise Undecided("not deterministic: no difference with the %d compiled functions" % len(functions))
        def check(part: list[str], runs: int = 1) -> None:
            what = "%d of %d functions again" % (len(part), len(functions))
            again = sum(self.shows(what, self.only(part)) for _ in range(runs))
            if again < runs:
                names = ", ".join(part[:SHOWN]) + (" …" if len(part) > SHOWN else "")
                raise Undecided("not deterministic: %d of %d runs differ again with %s" % (again, runs, names))

        found = minimise(functions, shows, check)
        check(found, self.runs)
        progress("%d of %d functions, none of which can be left out" % (len(found), len(functions)))
        return found


def progress(text: str) -> None:
    """Tells what is going on."""
    print("whipsnake bisect: " + text, file=sys.stderr, flush=True)


def report(bisection: Bisection, functions: list[str], output: Path) -> None:
    """Finds out what else matters, and prints all that is known, with the command that shows the difference."""
    import whipsnake

    assert bisection.expected is not None
    outcome = bisection.run(bisection.only(functions))
    _, *passes = whipsnake.options()["skip_pass"]["takes"].split(" or ")
    base = bisection.only(functions)

    def shows_without(name: str) -> bool:
        return bisection.shows("without the pass " + name, {**base, "WHIPSNAKE_SKIP_PASS": name})

    needed = [name for name in passes if not shows_without(name)]
    interpreted = bisection.shows("reference backend", {**base, "WHIPSNAKE_BACKEND": "reference"})
    output.write_text("".join(key + "\n" for key in functions), encoding="utf-8")
    given = {name: value for name, value in os.environ.items() if name.startswith("WHIPSNAKE_")}
    seed = os.environ.get("PYTHONHASHSEED", "0")
    variables = {"PYTHONHASHSEED": seed, **given, **bisection.settings, "WHIPSNAKE_ONLY": str(output)}
    words = ["%s=%s" % (name, shlex.quote(value)) for name, value in variables.items()]
    lines = ["It differs when these functions are compiled, and without any of them it does not:"]
    lines += ["  " + key for key in functions]
    lines += ["The difference:", *("  " + line for line in difference(bisection.expected, outcome))]
    if needed:
        lines.append("It vanishes without the pass %s (WHIPSNAKE_SKIP_PASS)." % " or without ".join(needed))
    else:
        lines.append("It is there without any single pass of the optimiser, too (WHIPSNAKE_SKIP_PASS).")
    if interpreted:
        lines.append("It is there with WHIPSNAKE_BACKEND=reference, too: not the code generator is the reason.")
    else:
        lines.append("It vanishes with WHIPSNAKE_BACKEND=reference: machine code is the reason.")
    again = " ".join([*words, shlex.join(bisection.command)])
    lines += ["To see it again:", "  cd %s && %s" % (shlex.quote(os.getcwd()), again)]
    lines.append("With WHIPSNAKE_SNAPSHOT_DIR=DIR, that saves what the compiler was given: send it with a report.")
    print("\n".join(lines))


def parse(arguments: list[str]) -> argparse.Namespace:
    """Parses the command line."""
    own, separator, program = partition(arguments)
    parser = argparse.ArgumentParser(prog="whipsnake bisect", usage=USAGE, description=DESCRIPTION)
    parser.add_argument("--test", metavar="COMMAND", help=TEST_HELP)
    compare_help = "what must be the same: output and exit code, or the exit code alone (default: output)"
    parser.add_argument("--compare", choices=("output", "status"), default="output", help=compare_help)
    runs_help = "runs that must agree before a difference counts (default: 3)"
    parser.add_argument("--runs", type=int, default=3, metavar="N", help=runs_help)
    timeout_help = "limit of each run (default: ten times what it takes without the JIT, at least 10 s)"
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help=timeout_help)
    output_help = "where the functions are written (default: whipsnake-only.txt)"
    parser.add_argument("--output", type=Path, default=Path("whipsnake-only.txt"), metavar="FILE", help=output_help)
    options = parser.parse_args(own)
    if not separator or not program:
        parser.error("the program is missing: put -- before it, as in: whipsnake bisect -- script.py argument")
    if options.runs < 1:
        parser.error("--runs %d is not valid: use 1 or more" % options.runs)
    if options.timeout is not None and options.timeout <= 0:
        parser.error("--timeout %g is not valid: use more than 0 seconds" % options.timeout)
    options.program = program
    options.output = options.output.absolute()
    return options


def refuse(reason: str) -> int:
    """Says why there can be no search."""
    print("whipsnake bisect: " + reason, file=sys.stderr)
    return MISUSE


def partition(arguments: list[str]) -> tuple[list[str], bool, list[str]]:
    """The arguments before and behind ``--``."""
    if "--" not in arguments:
        return arguments, False, []
    index = arguments.index("--")
    return arguments[:index], True, arguments[index + 1 :]


def main(arguments: list[str]) -> int:
    """Entry of ``whipsnake bisect``; the exit code is one of `FOUND`, `NOT_FOUND` and `MISUSE`."""
    import whipsnake

    options = parse(arguments)
    if (reason := whipsnake._reason or whipsnake._native.unsupported()) is not None:
        return refuse("whipsnake stays off: " + reason)
    if os.environ.get("WHIPSNAKE") == "0":
        return refuse("WHIPSNAKE=0 switches the JIT off; unset it")
    # Crashes are expected.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with tempfile.TemporaryDirectory(prefix="whipsnake-bisect-") as scratch:
        limits = options.compare, options.test, options.runs, options.timeout
        bisection = Bisection(options.program, Path(scratch), *limits)
        try:
            bisection.check_reference()
            bisection.find_difference()
            functions = bisection.find_functions()
        except Undecided as reason:
            print("whipsnake bisect: %s" % reason)
            return NOT_FOUND
        report(bisection, functions, options.output)
    return FOUND
