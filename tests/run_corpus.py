#!/usr/bin/env python3
"""Run the corpus of small programs under whipsnake and compare with plain Python.

Each program runs once with plain Python, which gives the expected output, error
output and exit code, and then once per mode. The last line is a count.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus_runner import execution, programs  # noqa: E402
from corpus_runner.modes import GROUPS, MODES, Mode, resolve  # noqa: E402
from corpus_runner.programs import Program  # noqa: E402
from corpus_runner.requirements import has_module, unmet, version_of  # noqa: E402


@dataclass
class Report:
    """The result of one program in all modes."""

    program: Program
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    """Failures that `open.txt` explains."""
    crashes: list[str] = field(default_factory=list)
    """Runs that a signal or the time limit ended; nothing excuses them."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall time by mode; ``""`` is the run that gave the expected answer."""


def run_program(program: Program, modes: list[Mode], python: str, seed: int, scratch: Path) -> Report:
    """Run a program with plain Python and in each mode."""
    report = Report(program)
    expected = execution.execute(execution.plain_command(python, program), {}, program.timeout)
    report.seconds[""] = expected.seconds
    if unusable := execution.check_expected(program, expected):
        again = execution.reproduction(execution.plain_command(python, program), {})
        report.failures.append("\n    ".join([f"FAIL {program.name}", *unusable, f"again: {again}"]))
        return report
    for mode in modes:
        if mode.name in program.skip_modes:
            continue
        command = (execution.jit_command if mode.under_whipsnake else execution.plain_command)(python, program)
        variables = mode.environment(program.name, seed)
        statistics = scratch / f"{program.name.replace('/', '.')}.{mode.name}.json"
        extra = {"WHIPSNAKE_STATS_JSON": str(statistics)} if mode.asserts_compiled else {}
        actual = execution.execute(command, {**variables, **extra}, program.timeout * mode.slowness)
        report.seconds[mode.name] = actual.seconds
        problems = execution.compare(expected, actual)
        if not problems and extra:
            problems = execution.check_statistics(program, mode, statistics)
        if problems:
            again = execution.reproduction(command, variables)
            text = "\n    ".join([f"FAIL {program.name} [{mode.name}]", *problems, f"again: {again}"])
            crashed = actual.returncode != expected.returncode and (actual.returncode is None or actual.returncode < 0)
            (report.crashes if crashed else report.failures).append(text)
        else:
            report.passed += 1
    return report


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="modes:\n"
        + "".join(f"  {mode.name:<11}{mode.what}\n" for mode in MODES.values())
        + "".join(f"  {name:<11}{', '.join(members)}\n" for name, members in GROUPS.items()),
    )
    parser.add_argument("patterns", nargs="*", metavar="PROGRAM", help="name, part of a name, or glob (default: all)")
    parser.add_argument("--modes", default="quick", help="comma-separated modes and groups (default: %(default)s)")
    parser.add_argument("--python", default=sys.executable, help="interpreter to test (default: this one)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="seed of the random exits (default: clock)")
    parser.add_argument("--jobs", type=int, default=2, help="programs at a time (default: %(default)s)")
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first program that fails")
    parser.add_argument("--list", action="store_true", help="print the programs and what they promise, run nothing")
    parser.add_argument("--slowest", type=int, default=0, metavar="N", help="print the N slowest runs")
    arguments = parser.parse_args(argv)
    try:
        arguments.modes = resolve(arguments.modes)
    except ValueError as error:
        parser.error(str(error))
    return arguments


def print_list(selected: list[Program]) -> None:
    """Print one line per program."""
    for program in selected:
        words = [f"compiled={','.join(program.compiled)}"] if program.compiled else []
        words += [f"no-exit={','.join(program.no_exit)}"] if program.no_exit else []
        words += [f"needs={','.join(program.needs)}"] if program.needs else []
        print(f"{program.name:<44} {' '.join(words)}".rstrip())
    print(f"{len(selected)} programs")


def set_open_apart(reports: list[Report]) -> None:
    """Move explained failures out of the failures, and say which explanations are out of date."""
    known = programs.open_programs()
    for report in reports:
        if (reason := known.get(report.program.name)) is not None:
            report.open, report.failures = report.failures, []
            state = f"open in {len(report.open)} modes" if report.open else "open, but passes here"
            print(f"{state}: {report.program.name}: {reason}")


def run_all(selected: list[Program], arguments: argparse.Namespace, scratch: Path) -> list[Report]:
    """Run programs, those marked serial after the others and one at a time."""
    reports: list[Report] = []

    def take(report: Report) -> bool:
        reports.append(report)
        for failure in report.crashes + report.failures:
            print(failure, flush=True)
        return bool(report.crashes + report.failures) and arguments.fail_fast

    def run(program: Program) -> Report:
        return run_program(program, arguments.modes, arguments.python, arguments.seed, scratch)

    with ThreadPoolExecutor(arguments.jobs) as pool:
        futures = [pool.submit(run, program) for program in selected if not program.serial]
        for future in as_completed(futures):
            if take(future.result()):
                pool.shutdown(cancel_futures=True)
                return reports
    for program in selected:
        if program.serial and take(run(program)):
            break
    return reports


def main(argv: list[str]) -> int:
    """Entry of the command; the exit code is 0 when all passed, 1 on failures, 2 on misuse."""
    arguments = parse_arguments(argv)
    # Shells start background jobs with Control-C ignored, which the programs would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        selected = programs.select(programs.discover(), arguments.patterns)
    except programs.HeaderError as error:
        print(f"run_corpus: {error}", file=sys.stderr)
        return 2
    if not selected:
        print(f"run_corpus: no program matches {arguments.patterns}", file=sys.stderr)
        return 2
    if arguments.list:
        print_list(selected)
        return 0
    if any(mode.under_whipsnake for mode in arguments.modes) and not has_module(arguments.python, "whipsnake"):
        print(f"run_corpus: {arguments.python} has no module whipsnake; install the package there", file=sys.stderr)
        return 2
    version, known = version_of(arguments.python), {}
    skipped = {p.name: why for p in selected if (why := unmet(p, version, arguments.python, known))}
    selected = [program for program in selected if program.name not in skipped]
    problems = [problem for program in selected for problem in programs.lint(program)]
    for problem in problems:
        print(f"FAIL {problem}")
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        reports = run_all(selected, arguments, Path(scratch))
    set_open_apart(reports)
    times = sorted(
        ((seconds, report.program.name, mode) for report in reports for mode, seconds in report.seconds.items()),
        reverse=True,
    )
    for seconds, name, mode in times[: arguments.slowest]:
        print(f"{seconds:7.3f} s  {name} [{mode or 'expected'}]")
    for name, why in skipped.items():
        print(f"skipped {name}: {why}")
    passed = sum(report.passed for report in reports)
    failed = sum(len(report.crashes + report.failures) for report in reports) + len(problems)
    print(
        f"{len(reports)} programs, modes {','.join(mode.name for mode in arguments.modes)}, seed {arguments.seed}, "
        f"{len(skipped)} skipped, {time.perf_counter() - started:.1f} s"
    )
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
