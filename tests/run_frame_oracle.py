#!/usr/bin/env python3
"""Compare the frames that native code leaves with those that the interpreter has at the same places.

Each program of the corpus runs once interpreted, with a log of the frame before each instruction, and once per mode with a
log of the frames that native code leaves or shows: code, instruction, locals and value stack. All of these must be among the
interpreter's, in the same order. The last line is a count of programs and modes.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from corpus_runner import execution, programs  # noqa: E402
from corpus_runner.modes import Mode, resolve  # noqa: E402
from corpus_runner.programs import Program  # noqa: E402
from corpus_runner.requirements import unmet, version_of  # noqa: E402

LONGEST = 400_000_000
"""Bytes of an interpreter's log beyond which a program is skipped."""

SHOWN = 5
"""Differences that are printed for a program and mode."""


SAME_CALLABLES = (
    (re.compile(r"m\[([^\s,]+),(\S+)\] -"), r"\1 \2"),
    (re.compile(r"wrapper_descriptor#(\d+):-1 \S+|method-wrapper#(\d+):-1 -"), r"slot#\1\2"),
)
"""Where a callable is loaded, a bound method without `self` is as good as a function with it, for methods in Python and in slots."""


CELL = re.compile(r"^c\[(.*)\]$")
NUMBER = re.compile(r"#\d+")
SIZE = re.compile(r"(#\d+):-?\d+")


@dataclass(frozen=True)
class Record:
    """One frame of a log."""

    mark: str
    place: tuple[str, int]
    """First line, qualified name and length of the code; code unit of the instruction."""
    locals: str
    stack: str

    def __str__(self) -> str:
        return f"{self.mark} {self.place[0]} at {self.place[1]}: locals{self.locals or ' none'}; stack {self.stack or 'empty'}"


def read(lines: Iterable[str]) -> Iterator[Record]:
    """The records of a log."""
    for line in lines:
        for pattern, replacement in SAME_CALLABLES:
            line = pattern.sub(replacement, line)
        mark, code, offset, local_words, *stack = line.rstrip("\n").split("\t")
        yield Record(mark, (code, int(offset)), local_words, stack[0] if stack else "")


class Interpreted:
    """The interpreter's frames, in order."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        self.places: dict[tuple[str, int], list[int]] = {}
        """Numbers of the records of each instruction, rising."""
        self.locals: dict[tuple[str, int], set[str]] = {}
        """Locals before each instruction; also without the sizes of objects, and so behind it."""
        for number, record in enumerate(records):
            self.places.setdefault(record.place, []).append(number)
        following: dict[str, str] = {}
        for record in reversed(records):
            code = record.place[0]
            within = self.locals.setdefault(record.place, set())
            within.update((record.locals, _sizeless(record.locals), _sizeless(following.get(code, record.locals))))
            following[code] = record.locals

        self.begins: dict[str, int] = {}
        """The first instruction of each code that tools are told of."""
        for code, offset in self.places:
            self.begins[code] = min(offset, self.begins.get(code, offset))

    def told(self, record: Record) -> tuple[str, int]:
        """Where tools are told of a frame: at its instruction, or behind a `RESUME` and what comes before the first."""
        code, offset = record.place
        if record.mark == "B":
            return code, self.begins.get(code, offset)
        behind = (code, offset + 1)
        return behind if record.place not in self.places and behind in self.places else record.place


def compare(native: Iterable[Record], interpreted: Interpreted) -> list[str]:
    """Native frames that the interpreter does not have, in words.

    What native code leaves must follow in the interpreter's order. A frame in the middle of an instruction (it waits for a callee, passes
    an exception on, or foreign code may look at it) must have locals that the interpreter has there. Where foreign code looks, the
    instruction may have stored a local, and what the foreign code does to the sizes of lists comes after.
    """
    position, problems = 0, []
    for record in native:
        place = interpreted.told(record)
        numbers = interpreted.places.get(place, [])
        if record.mark in "XB":
            later = numbers[bisect_left(numbers, position) :]
            found = next((number for number in later if _same(interpreted.records[number], record)), None)
            if found is not None:
                position = found
                continue
        elif (record.locals if record.mark in "CR" else _sizeless(record.locals)) in interpreted.locals.get(place, ()):
            continue
        problems.append(f"{record}\n{_nearest(interpreted, numbers, position)}")
    return problems


def _same(interpreted: Record, native: Record) -> bool:
    if native.mark == "B":
        # Parameters only: what becomes a cell has not become one, and cells of other functions have not been fetched.
        ours, theirs = native.locals.split(), interpreted.locals.split()
        return len(ours) == len(theirs) and all(
            _without_number(one) in ("-", _without_number(other), _without_number(CELL.sub(r"\1", other)))
            for one, other in zip(ours, theirs)
        )
    return (interpreted.locals, interpreted.stack) == (native.locals, native.stack)


def _sizeless(words: str) -> str:
    """Locals without the sizes of objects."""
    return SIZE.sub(r"\1", words)


def _without_number(word: str) -> str:
    """A word for an object without its number, which counts the objects of the frame."""
    return NUMBER.sub("#", word)


def _nearest(interpreted: Interpreted, numbers: list[int], position: int) -> str:
    """The interpreter's frame at the instruction that comes next."""
    if not numbers:
        return "        the interpreter never executes that instruction"
    later = next((n for n in numbers if n >= position), numbers[-1])
    when = "next" if later >= position else "last"
    return f"        {when} there: {interpreted.records[later]}"


def run(program: Program, python: str, variables: dict[str, str], log: Path, timeout: float) -> list[Record] | None:
    """The log of a run; None if it is too long to compare, or the run was cut off."""
    command = execution.jit_command(python, program)
    outcome = execution.execute(command, {**variables, "WHIPSNAKE_FRAME_LOG": str(log)}, timeout)
    if outcome.returncode is None or not log.exists() or log.stat().st_size > LONGEST:
        return None
    with log.open(encoding="utf-8", errors="surrogateescape") as lines:
        return list(read(lines))


@dataclass
class Report:
    """The result of one program in all modes."""

    program: Program
    passed: int = 0
    frames: int = 0
    """Native frames that were compared."""
    failures: list[str] = field(default_factory=list)
    skipped: str = ""


def examine(program: Program, modes: list[Mode], python: str, seed: int, scratch: Path) -> Report:
    """Compare a program's frames in all modes."""
    report = Report(program)
    name = program.name.replace("/", ".")
    log = scratch / f"{name}.interpreter"
    records = run(program, python, {"WHIPSNAKE_FRAME_LOG_OF": "interpreter"}, log, program.timeout * 10)
    log.unlink(missing_ok=True)
    if records is None:
        report.skipped = "the interpreter executes too much of it"
        return report
    interpreted = Interpreted(records)
    for mode in modes:
        log = scratch / f"{name}.{mode.name}"
        variables = mode.environment(program.name, seed)
        native = run(program, python, variables, log, program.timeout * mode.slowness * 2)
        log.unlink(missing_ok=True)
        if native is None:
            report.failures.append(f"FAIL {program.name} [{mode.name}] was cut off, or wrote no log")
            continue
        report.frames += len(native)
        if problems := compare(native, interpreted):
            more = [f"... {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
            again = execution.reproduction(execution.jit_command(python, program), variables)
            lines = [f"FAIL {program.name} [{mode.name}]", *problems[:SHOWN], *more, f"again: {again}"]
            report.failures.append("\n    ".join(lines))
        else:
            report.passed += 1
    return report


def takes_other_ways(program: Program) -> bool:
    """True for programs that take another way each time or with a log, that trace themselves, or that write one log from several processes."""
    source, topic = program.path.read_text(encoding="utf-8"), program.name.partition("/")[0]
    return program.serial or topic in ("signals", "processes", "tools") or "import threading" in source or "nomemory" in source


def main(argv: list[str]) -> int:
    """Entry of the command; the exit code is 0 when all frames are the interpreter's, 1 if not, 2 on misuse."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("patterns", nargs="*", metavar="PROGRAM", help="name, part of a name, or glob (default: all)")
    parser.add_argument("--modes", default="warm,exit1,exit7,exitrand", help="as of run_corpus (default: %(default)s)")
    parser.add_argument("--python", default=sys.executable, help="interpreter to test (default: this one)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random exits (default: 1)")
    parser.add_argument("--jobs", type=int, default=2, help="programs at a time (default: %(default)s)")
    arguments = parser.parse_args(argv)
    try:
        modes = resolve(arguments.modes)
    except ValueError as error:
        parser.error(str(error))
    selected = programs.select(programs.discover(), arguments.patterns)
    version, known = version_of(arguments.python), {}
    if version < (3, 14):
        parser.error("needs Python 3.14: before, the interpreter does not tell tools how high the value stack is")
    runnable = [p for p in selected if unmet(p, version, arguments.python, known) is None and not takes_other_ways(p)]
    if not runnable:
        parser.error(f"no program that runs here matches {arguments.patterns}")
    started, reports = time.perf_counter(), []
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(arguments.jobs) as pool:
        futures = [pool.submit(examine, p, modes, arguments.python, arguments.seed, Path(scratch)) for p in runnable]
        for done, future in enumerate(as_completed(futures), 1):
            report = future.result()
            reports.append(report)
            for failure in report.failures:
                print(failure, flush=True)
            if report.skipped:
                print(f"skipped {report.program.name}: {report.skipped}", flush=True)
            print(f"[{done}/{len(futures)}] {report.program.name}: {report.frames} frames", flush=True)
    passed, failed = sum(r.passed for r in reports), sum(len(r.failures) for r in reports)
    frames = sum(report.frames for report in reports)
    print(f"{len(reports)} programs, {frames} frames, seed {arguments.seed}, {time.perf_counter() - started:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not frames else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
