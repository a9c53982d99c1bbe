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
from package_runner.report import Result  # noqa: E402
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


def examine(package: Package, declared: Declared, workshop: Workshop, arguments: argparse.Namespace) -> Result:
    """Run one package's suite in all ways."""
    result = Result(package)
    try:
        place = workshop.prepare(package, declared)
    except PreparationError as error:
        result.error = str(error)
        return result
    suite = Suite(package, place, arguments.timeout, workshop.root / "logs")

    def run(mode: Mode | None, label: str, statistics: bool = False) -> Run:
        done = suite.run(mode, label, statistics)
        say(f"{package.name} {label}: {describe(done)}")
        return done

    plain = [run(None, "plain")]
    first = plain[0]
    result.tests = len(first.outcomes) - first.count("skipped")
    result.plain_fails = [test for test, outcome in first.outcomes.items() if outcome not in judgement.GOOD]
    result.unused = first.unused
    if first.ending or not first.count("passed"):
        result.error = f"plain Python: {describe(first)}\nagain: {suite.reproduction(None)}"
        return result
    runs = {mode.name: [run(mode, mode.name, statistics=True)] for mode in arguments.modes}
    for mode in arguments.modes:
        if mode.name == TIMED and arguments.rounds:
            result.timing = take_time(run, mode, plain, runs[mode.name], arguments.rounds)
    for mode in arguments.modes:
        for attempt in range(1, REPEATS + 1):
            if not judgement.differences(runs[mode.name][0], first) or len(runs[mode.name]) > REPEATS:
                break
            plain.append(run(None, f"plain.again{attempt}"))
            runs[mode.name].append(run(mode, f"{mode.name}.again{attempt}"))
        result.again[mode.name] = suite.reproduction(mode)
    result.verdicts = {name: judgement.judge(found, plain) for name, found in runs.items()}
    return result


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
    return timing


def to_json(result: Result) -> dict[str, object]:
    """What the journal keeps; the package itself is in the declaration."""
    fields = asdict(result)
    del fields["package"]
    return fields


def from_json(package: Package, fields: dict) -> Result:
    """The result that `to_json` wrote."""
    kept = {key: value for key, value in fields.items() if key != "module"}
    kept["verdicts"] = {mode: Verdict(**verdict) for mode, verdict in kept["verdicts"].items()}
    kept["timing"] = Timing(**kept["timing"]) if kept["timing"] else None
    kept["unused"] = tuple(kept["unused"])
    return Result(package, **kept)


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
    parser.add_argument("--fresh", action="store_true", help="forget earlier results")
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
    holds_for = {"python": full, "build": build, "modes": {mode.name: mode.env for mode in arguments.modes}}
    journal = Journal(root / "results.jsonl", {**holds_for, "rounds": arguments.rounds}, arguments.fresh)
    started = time.perf_counter()

    def take(package: Package) -> Result:
        key = package.fingerprint(declared.pins)
        if (entry := journal.entries.get(key)) is not None:
            say(f"{package.name}: taken over from an earlier run (--fresh: run it again)")
            return from_json(package, entry)
        result = examine(package, declared, workshop, arguments)
        if not result.error:
            journal.add(key, to_json(result))
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
