#!/usr/bin/env python3
"""Run the test suites of real packages with plain Python and under whipsnake, and compare.

Each package has an environment of its own below target/packages. Outcomes are compared
test by test; what differs is run again, both ways, before it counts. Processor time is
taken in rounds, with the default options. Results are kept for the same build, Python and
declaration: a run that was interrupted goes on where it stopped. The last line is a count.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus_runner.modes import GROUPS, MODES, Mode, resolve  # noqa: E402
from package_runner import declaration, environment, judgement, report  # noqa: E402
from package_runner.declaration import Declared, Package  # noqa: E402
from package_runner.environment import PreparationError, Workshop  # noqa: E402
from package_runner.execution import Run, Suite  # noqa: E402
from package_runner.judgement import Timing, Verdict  # noqa: E402
from package_runner.report import Result, Shown  # noqa: E402
from regression_runner.journal import Journal  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent

TIMED = "default"
"""The mode whose time is taken."""

REPEATS = 2
"""So often a suite runs again, both ways, where outcomes differ."""

PROBE = """\
import importlib.util, json, platform, sys
native, pip = (importlib.util.find_spec(name) for name in ("whipsnake._native", "pip"))
print(json.dumps([platform.python_version(), sys.version, native and native.origin, pip is not None]))
"""

_printing = threading.Lock()


def say(text: str) -> None:
    """Print a line of progress."""
    with _printing:
        print(text, flush=True)


def describe(run: Run) -> str:
    """A run in a few words."""
    counts = [f"{run.count(outcome)} {outcome}" for outcome in ("passed", "failed", "error", "crashed") if run.count(outcome)]
    return ", ".join([*counts, *([run.ending] if run.ending else []), f"{run.cpu:.1f} s"])


def examine(
    result: Result, modes: list[Mode], declared: Declared, workshop: Workshop, arguments: argparse.Namespace
) -> None:
    """Run one package's suite with plain Python and in these modes, and put what they show into the result."""
    package = result.package
    try:
        place = workshop.prepare(package, declared)
    except PreparationError as error:
        result.error = str(error)
        return
    suite = Suite(package, place, arguments.timeout, workshop.root / "logs")

    def run(mode: Mode | None, label: str, statistics: bool = False) -> Run:
        done = suite.run(mode, label, statistics)
        say(f"{package.name} {label}: {describe(done)}")
        return done

    first = run(None, "plain")
    result.tests = len(first.outcomes) - first.count("skipped")
    result.plain_fails = [test for test, outcome in first.outcomes.items() if outcome not in judgement.GOOD]
    result.unused = list(first.unused)
    if first.ending or not first.count("passed"):
        result.error = f"plain Python: {describe(first)}\nagain: {suite.reproduction(None)}"
        return
    plain = [first]
    for mode in modes:
        runs = [run(mode, mode.name, statistics=True)]
        timing = None
        if mode.name == TIMED and arguments.rounds:
            timing = take_time(run, mode, plain, runs, arguments.rounds)
        while len(runs) <= REPEATS and judgement.differences(runs[0], first):
            plain.append(run(None, f"plain.again{len(runs)}"))
            runs.append(run(mode, f"{mode.name}.again{len(runs)}"))
        result.shown[mode.name] = Shown(judgement.judge(runs, plain), timing, suite.reproduction(mode))


def take_time(run, mode: Mode, plain: list[Run], jit: list[Run], rounds: int) -> Timing:
    """Rounds of one run each way, in turns; what became of the tests counts as well. Short suites get more rounds."""
    if plain[0].cpu < 5:
        rounds += 2
    timing = Timing([], [])
    for number in range(rounds):
        for way in ((None, mode), (mode, None))[number % 2]:
            done = run(way, f"{way.name if way else 'plain'}.round{number + 1}")
            (jit if way else plain).append(done)
            (timing.jit if way else timing.plain).append(done.cpu)
        timing.waits.append(jit[-1].wall / plain[-1].wall)
    return timing


def entry_key(key: str, mode: Mode) -> str:
    """What the journal calls the results of a mode: its options are part of it."""
    return " ".join([key, mode.name, *(f"{name}={value}" for name, value in sorted(mode.env.items()))])


def keep(journal: Journal, key: str, result: Result, modes: list[Mode]) -> None:
    """Note what modes showed."""
    common = {"tests": result.tests, "plain_fails": result.plain_fails, "unused": result.unused}
    for mode in modes:
        journal.add(entry_key(key, mode), {**common, **asdict(result.shown[mode.name])})


def recall(journal: Journal, key: str, result: Result, mode: Mode, rounds: int) -> bool:
    """Put what `keep` noted for a mode into the result, if it is there and has rounds enough."""
    entry: dict = journal.entries.get(entry_key(key, mode))  # type: ignore[assignment]
    if entry is None:
        return False
    timing = Timing(**entry["timing"]) if entry["timing"] else None
    if mode.name == TIMED and rounds > (len(timing.ratios) if timing else 0):
        return False
    result.tests, result.plain_fails, result.unused = entry["tests"], entry["plain_fails"], entry["unused"]
    result.shown[mode.name] = Shown(Verdict(**entry["verdict"]), timing, entry["again"])
    return True


def probe(python: str) -> tuple[str, str, Path]:
    """Version, full version and installed whipsnake of an interpreter. Exits with a message if it cannot be used."""
    output = subprocess.run([python, "-c", PROBE], check=True, capture_output=True, text=True).stdout
    version, full, native, has_pip = json.loads(output)
    if native is None:
        sys.exit(f"run_packages: {python} has no module whipsnake; install the package there")
    if not has_pip:
        sys.exit(f"run_packages: {python} has no pip; make its environment with pip")
    return version, full, Path(native).parent


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="modes:\n"
        + "".join(f"  {mode.name:<11}{mode.what}\n" for mode in MODES.values() if mode.under_whipsnake)
        + "".join(f"  {name:<11}{', '.join(members)}\n" for name, members in GROUPS.items()),
    )
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="names of packages (default: all)")
    parser.add_argument("--modes", default=f"{TIMED},on", help="comma-separated modes and groups (default: %(default)s)")
    parser.add_argument("--python", default=sys.executable, help="interpreter to test (default: this one)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of time, two more for short suites; 0: none (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="packages at a time; more than one blurs times (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=900, help="wall seconds for one suite (default: %(default)s)")
    parser.add_argument("--fresh", action="store_true", help="forget earlier results of these packages and modes")
    parser.add_argument("--list", action="store_true", help="print the packages, run nothing")
    arguments = parser.parse_args(argv)
    try:
        arguments.modes = resolve(arguments.modes)
    except ValueError as error:
        parser.error(str(error))
    if any(not mode.under_whipsnake for mode in arguments.modes):
        parser.error("mode 'plain' is no mode here: plain Python is what all modes are compared with")
    return arguments


def main(argv: list[str]) -> int:
    """Entry of the command; the exit code is 0 when all passed, 1 on failures, 2 on misuse."""
    arguments = parse_arguments(argv)
    # Shells start background jobs with Control-C ignored, which the tests would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        declared = declaration.load()
        packages = declaration.select(declared.packages, arguments.packages)
    except declaration.DeclarationError as error:
        print(f"run_packages: {declaration.DECLARED.relative_to(ROOT)}: {error}", file=sys.stderr)
        return 2
    if arguments.list:
        for package in packages:
            print(f"{package.name:<20} {package.version:<12} {package.part}".rstrip())
        print(f"{len(packages)} packages")
        return 0
    version, full, whipsnake = probe(arguments.python)
    target = ROOT / "target" / "packages"
    root = target / version
    build = environment.hash_of(whipsnake)
    workshop = Workshop(arguments.python, full, whipsnake, build, root, target / "downloads")
    names = [mode.name for mode in arguments.modes]
    journal = Journal(root / "results.jsonl", {"python": full, "build": build})
    started = time.perf_counter()

    def take(package: Package) -> Result:
        key, result = package.fingerprint(declared.pins), Result(package)
        missing = [
            mode
            for mode in arguments.modes
            if arguments.fresh or not recall(journal, key, result, mode, arguments.rounds)
        ]
        if missing:
            examine(result, missing, declared, workshop, arguments)
        else:
            say(f"{package.name}: taken over from an earlier run (--fresh: run it again)")
        if missing and not result.error:
            keep(journal, key, result, missing)
        passed, failed = result.counts()
        ratio = f", ratio {result.timing.ratio:.3f}" if result.timing else ""
        say(f"{package.name}: {passed} modes passed, {failed} failed{ratio}{': ' + result.error if result.error else ''}")
        return result

    with ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(take, packages))
    title = f"Test suites of packages under whipsnake (CPython {version}, build {build})"
    text = "\n".join(report.page(title, results, names))
    (root / "report.md").write_text(text, encoding="utf-8")
    print("\n" + text)
    counts = [result.counts() for result in results]
    passed, failed = sum(count[0] for count in counts), sum(count[1] for count in counts)
    print(f"{(root / 'report.md').relative_to(ROOT)}; output of each run in {(root / 'logs').relative_to(ROOT)}")
    print(f"{len(packages)} packages, modes {','.join(names)}, {time.perf_counter() - started:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
