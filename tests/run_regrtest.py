#!/usr/bin/env python3
"""Run CPython's own regression tests under whipsnake and compare with plain Python.

Each module runs in a process of its own (with --together only if it has to) with the same seed. Where it fails or takes
long, plain Python runs it too, and what only fails under whipsnake is run again before
it counts. Results are kept for the same build, seed and options: a run that was
interrupted goes on where it stopped. The last line is a count.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence, Set
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus_runner.modes import GROUPS, MODES, Mode, resolve  # noqa: E402
from regression_runner import exceptions, judgement, report  # noqa: E402
from regression_runner.execution import Interpreter, Run, module_seconds  # noqa: E402
from regression_runner.journal import Journal  # noqa: E402
from regression_runner.judgement import Verdict  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
QUICK = Path(__file__).resolve().parent / "regression" / "quick.txt"

PROBE = """\
import importlib.util, json, platform, sys
native = importlib.util.find_spec("whipsnake._native")
tests = importlib.util.find_spec("test.libregrtest")
print(json.dumps([platform.python_version(), sys.version, native and native.origin, tests is not None]))
"""


@dataclass
class Subject:
    """The Python under test and where its results are kept."""

    interpreter: Interpreter
    version: str
    """Such as ``3.14.2``."""
    identity: dict[str, object]
    """What plain results hold for."""
    build: str
    """A hash of the installed package's native part."""
    directory: Path
    warm: dict[str, str]
    """Modules that run with the default threshold, with the reasons."""


class Baselines:
    """Runs of plain Python, each made once."""

    def __init__(self, subject: Subject, fresh: bool) -> None:
        self._subject = subject
        self._journal = Journal(subject.directory / "plain.jsonl", subject.identity, fresh)
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, module: str) -> Run:
        """The run of a module, from the journal if it is there."""
        with self._guard:
            lock = self._locks.setdefault(module, threading.Lock())
        with lock:
            entry = self._journal.entries.get(module)
            if entry is not None:
                return Run.from_json(entry["run"])  # type: ignore[arg-type]
            return self.again(module)

    def again(self, module: str) -> Run:
        """A new run of a module, which replaces the last."""
        run = self._subject.interpreter.run([module], None, self._subject.directory / "logs" / f"{module}.plain.txt")
        self._journal.add(module, {"run": run.as_json()})
        return run


def examine(module: str, mode: Mode, subject: Subject, baselines: Baselines, always: bool) -> Verdict:
    """Run a module in a mode, and with plain Python where that is needed; twice if they differ."""
    variables = mode.environment(module, subject.interpreter.seed)
    if module in subject.warm:
        variables.pop("WHIPSNAKE_THRESHOLD", None)

    def once(attempt: int) -> Verdict:
        name = f"{module}.{mode.name}{'.again' if attempt else ''}.txt"
        run = subject.interpreter.run([module], variables, subject.directory / "logs" / name)
        verdict = Verdict(module, run, problems=judgement.inactive(run))
        if always or judgement.worth_comparing(run):
            verdict.plain = baselines.again(module) if attempt else baselines.get(module)
            verdict.new_failures, problems = judgement.compare(run, verdict.plain)
            verdict.problems += problems
        return verdict

    first = once(0)
    if not first.new_failures and not first.problems:
        return first
    second = once(1)
    second.once = [f"fails: {name}" for name in first.new_failures if name not in second.new_failures]
    if not second.problems:
        second.once += first.problems
    return second


def examine_together(group: Sequence[str], mode: Mode, subject: Subject, baselines: Baselines) -> list[Verdict]:
    """Run modules in one process, and each in its own if any of them has something to complain of, or it takes long."""
    variables = mode.environment(group[0], subject.interpreter.seed)
    log = subject.directory / "logs" / f"{group[0]}.{mode.name}.together.txt"
    run = subject.interpreter.run(group, variables, log)
    seconds = module_seconds(log.read_text(encoding="utf-8", errors="replace"), run.seconds)
    if set(seconds) == set(group) and judgement.shows_nothing_wrong(run, seconds.values()):
        return [Verdict(module, replace(run, seconds=seconds[module])) for module in group]
    return [examine(module, mode, subject, baselines, always=False) for module in group]


def groups_of(modules: list[str], size: int, alone: Set[str]) -> list[list[str]]:
    """Modules that are to share a process: neighbours, so many at most; those in `alone` have one of their own."""
    together = [module for module in modules if module not in alone]
    groups = [together[first : first + size] for first in range(0, len(together), size)]
    return [*groups, *([module] for module in modules if module in alone)]


def probe(python: str) -> tuple[str, str, Path]:
    """Version, full version and native part of the package of an interpreter.

    Exits with a message if it cannot be tested.
    """
    output = subprocess.run([python, "-c", PROBE], check=True, capture_output=True, text=True).stdout
    version, full, native, has_tests = json.loads(output)
    if native is None:
        sys.exit(f"run_regrtest: {python} has no module whipsnake; install the package there")
    if not has_tests:
        sys.exit(f"run_regrtest: {python} has no test package; install its tests (Debian: libpython3-testsuite)")
    return version, full, Path(native)


def all_modules(python: str) -> list[str]:
    """The modules of the test package, in the names its runner takes."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [python, "-m", "test", "--list-tests"]
        listed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=scratch).stdout
    return [line.strip() for line in listed.splitlines() if line.strip()]


def select(modules: list[str], patterns: list[str]) -> list[str]:
    """Modules that match any pattern: a name, a glob, or a package of tests; all for none.

    Exits with a message if a pattern matches nothing.
    """
    chosen: set[str] = set()
    for pattern in patterns:
        bare = pattern.removeprefix("test.")
        found = [
            module
            for module in modules
            if fnmatchcase(name := module.removeprefix("test."), bare) or name.startswith(bare + ".")
        ]
        if not found:
            sys.exit(f"run_regrtest: no module of the tests matches {pattern!r}; see --list")
        chosen.update(found)
    return [module for module in modules if not patterns or module in chosen]


def quick_patterns(version: str) -> list[str]:
    """The modules of the fast subset; `NAME >=3.14` is one of later versions only."""
    here = tuple(int(part) for part in version.split(".")[:2])
    chosen = []
    for line in QUICK.read_text(encoding="utf-8").splitlines():
        name, _, least = line.partition("#")[0].strip().partition(" >=")
        if name and (not least or here >= tuple(int(part) for part in least.split("."))):
            chosen.append(name)
    return chosen


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="modes:\n"
        + "".join(f"  {mode.name:<11}{mode.what}\n" for mode in MODES.values() if mode.under_whipsnake)
        + "".join(f"  {name:<11}{', '.join(members)}\n" for name, members in GROUPS.items()),
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="test modules, packages or globs (default: all)")
    parser.add_argument("--quick", action="store_true", help=f"the fast subset of {QUICK.relative_to(ROOT)}")
    parser.add_argument("--modes", default="on", help="comma-separated modes and groups (default: %(default)s)")
    parser.add_argument("--python", default=sys.executable, help="interpreter to test (default: this one)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the tests and of random exits (default: 1)")
    parser.add_argument("--jobs", type=int, default=2, help="modules at a time (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for one module (default: %(default)s)")
    parser.add_argument("--baseline", choices=("needed", "always"), default="needed",
                        help="run plain Python where a module fails or takes long, or for every module")  # fmt: skip
    parser.add_argument("--together", type=int, default=1, metavar="N",
                        help="run N modules in one process, and apart only if that does not pass (default: %(default)s)")  # fmt: skip
    parser.add_argument("--fresh", action="store_true", help="forget earlier results of these modes")
    parser.add_argument("--list", action="store_true", help="print the modules, run nothing")
    arguments = parser.parse_args(argv)
    try:
        arguments.modes = resolve(arguments.modes)
    except ValueError as error:
        parser.error(str(error))
    if arguments.together < 1:
        parser.error(f"--together {arguments.together}: at least one module runs in a process")
    if any(not mode.under_whipsnake for mode in arguments.modes):
        parser.error("mode 'plain' is no mode here: plain Python runs where it is needed")
    return arguments


def run_mode(
    mode: Mode, modules: list[str], subject: Subject, arguments: argparse.Namespace, alone: Set[str]
) -> list[Verdict]:
    """The verdicts of a mode; those of earlier runs of the same build are taken over.

    Modules in `alone` have a process of their own in any case.
    """
    identity = {**subject.identity, "build": subject.build, "environment": mode.env, "warm": sorted(subject.warm)}
    journal = Journal(subject.directory / f"{mode.name}.jsonl", identity, arguments.fresh)
    baselines = Baselines(subject, fresh=False)
    known = [module for module in modules if module in journal.entries]
    verdicts = [_verdict(journal.entries[module]) for module in known]
    if known:
        print(f"{mode.name}: {len(known)} results of an interrupted run are taken over (--fresh: run them again)")
    rest = [module for module in modules if module not in journal.entries]
    always = arguments.baseline == "always"

    def look_at(group: list[str]) -> list[Verdict]:
        if len(group) > 1:
            return examine_together(group, mode, subject, baselines)
        return [examine(group[0], mode, subject, baselines, always)]

    with ThreadPoolExecutor(arguments.jobs) as pool:
        size = 1 if always else arguments.together
        futures = [pool.submit(look_at, group) for group in groups_of(rest, size, alone)]
        done = 0
        try:
            for future in as_completed(futures):
                for verdict in future.result():
                    verdicts.append(verdict)
                    journal.add(verdict.module, _entry(verdict))
                    done += 1
                    print_progress(f"[{done}/{len(rest)}] {mode.name}", verdict)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            subject.interpreter.stop()
            raise
    return verdicts


def print_progress(start: str, verdict: Verdict) -> None:
    """One line for a module, and one for each difference."""
    against = f" (plain: {verdict.plain.outcome}, {verdict.plain.seconds:.1f} s)" if verdict.plain else ""
    print(f"{start} {verdict.module}: {verdict.run.outcome}, {verdict.run.seconds:.1f} s{against}", flush=True)
    for text in [*(f"fails: {test}" for test in verdict.new_failures), *verdict.problems]:
        print(f"    {text}", flush=True)
    for text in verdict.once:
        print(f"    once: {text}", flush=True)


def _entry(verdict: Verdict) -> dict[str, object]:
    return {
        "run": verdict.run.as_json(),
        "plain": verdict.plain.as_json() if verdict.plain else None,
        "new_failures": verdict.new_failures,
        "problems": verdict.problems,
        "once": verdict.once,
    }


def _verdict(entry: dict) -> Verdict:
    plain = Run.from_json(entry["plain"]) if entry["plain"] else None
    run = Run.from_json(entry["run"])
    return Verdict(entry["module"], run, plain, entry["new_failures"], entry["problems"], entry["once"])


def main(argv: list[str]) -> int:
    """Entry of the command; the exit code is 0 when all passed, 1 on failures, 2 on misuse."""
    arguments = parse_arguments(argv)
    # Shells start background jobs with Control-C ignored, which the tests would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    version, full, native = probe(arguments.python)
    try:
        listed, warm = exceptions.load()
        excepted = exceptions.of_version(listed, version.rpartition(".")[0])
    except exceptions.ExceptionsError as error:
        print(f"run_regrtest: {exceptions.LISTED.relative_to(ROOT)}: {error}", file=sys.stderr)
        return 2
    everything = all_modules(arguments.python)
    modules = select(everything, arguments.modules + (quick_patterns(version) if arguments.quick else []))
    if arguments.list:
        print(*modules, f"{len(modules)} modules", sep="\n")
        return 0
    subject = Subject(
        Interpreter(arguments.python, arguments.seed, arguments.timeout),
        version,
        {"python": full, "seed": arguments.seed, "timeout": arguments.timeout},
        hashlib.sha256(native.read_bytes()).hexdigest()[:16],
        ROOT / "target" / "regrtest" / version,
        warm,
    )
    started = time.perf_counter()
    try:
        alone = {*warm, *(module for module in modules if exceptions.excuses(excepted, module))}
        verdicts = {mode.name: run_mode(mode, modules, subject, arguments, alone) for mode in arguments.modes}
    except KeyboardInterrupt:
        print("run_regrtest: interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    today = datetime.date.today()
    summaries = [report.summarise(name, found, excepted, today) for name, found in verdicts.items()]
    lines = [f"# CPython {version}: its tests under whipsnake (seed {arguments.seed}, build {subject.build})", ""]
    for summary in summaries:
        lines += summary.lines()
    if unneeded := report.needless(excepted, summaries, modules):
        lines += ["Listed as exceptions, but passing:", "", *(f"- {test}" for test in unneeded), ""]
    if interpreted_first := [f"- {module}: {why}" for module, why in warm.items() if module in modules]:
        lines += ["Run with the default threshold:", "", *interpreted_first, ""]
    page = subject.directory / "report.md"
    page.write_text("\n".join(lines), encoding="utf-8")
    print("\n" + "\n".join(lines))
    passed, failed = (sum(len(s.failed) if bad else s.passed for s in summaries) for bad in (False, True))
    print(f"{page.relative_to(ROOT)}; output of each module in {(subject.directory / 'logs').relative_to(ROOT)}")
    print(f"{len(modules)} modules, modes {','.join(verdicts)}, {time.perf_counter() - started:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
