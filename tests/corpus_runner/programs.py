"""Corpus programs: finding them and reading their header line."""

from __future__ import annotations

import fnmatch
import sys
import types
import warnings
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
OPEN = CORPUS / "open.txt"
PREFIX = "# corpus:"
KEYS = frozenset({"compiled", "no-exit", "min-python", "max-python", "needs", "timeout", "skip-modes", "exit"})
FLAGS = frozenset({"serial", "stderr", "foreign-code"})


class HeaderError(Exception):
    """A program's header line cannot be used; the text names the file and the word."""


@dataclass(frozen=True)
class Program:
    """One corpus program and what its header promises."""

    path: Path
    name: str
    """Path below the corpus without suffix: ``ints/overflow_add``."""
    compiled: tuple[str, ...] = ()
    """Qualified names of which native code must have been made, on their own or inlined."""
    no_exit: tuple[str, ...] = ()
    """Qualified names whose native code must not have left by a failed guard."""
    min_python: tuple[int, int] = (3, 12)
    max_python: tuple[int, int] = (9, 99)
    needs: tuple[str, ...] = ()
    """Modules without which the program is skipped."""
    serial: bool = False
    """True when the program measures time or load and must run alone."""
    timeout: float = 30.0
    """Seconds."""
    exit: int = 0
    """The exit code plain Python must end with."""
    stderr: bool = False
    """True when the program may write to its error output."""
    foreign_code: bool = False
    """True when a library that the program uses may map writable code of its own."""
    skip_modes: tuple[str, ...] = ()
    """Modes whose effect the program itself observes (for example a count of exits)."""

    @property
    def argument(self) -> str:
        """The path given to Python, relative to the corpus."""
        return str(self.path.relative_to(CORPUS))


def _version(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)


def parse_header(line: str, where: str) -> dict[str, object]:
    """Turn ``# corpus: compiled=f,g serial`` into keyword arguments of `Program`."""
    if not line.startswith(PREFIX):
        raise HeaderError(f"{where}: first line must start with '{PREFIX}', found {line!r}")
    fields: dict[str, object] = {}
    for word in line[len(PREFIX) :].split():
        key, equals, value = word.partition("=")
        if not equals and key in FLAGS:
            fields[key.replace("-", "_")] = True
        elif equals and key in KEYS and value:
            fields[key.replace("-", "_")] = _field(key, value, where)
        else:
            raise HeaderError(f"{where}: unknown header word {word!r}; known: {sorted(KEYS | FLAGS)}")
    return fields


def _field(key: str, value: str, where: str) -> object:
    try:
        if key in ("min-python", "max-python"):
            return _version(value)
        if key == "timeout":
            return float(value)
        if key == "exit":
            return int(value)
    except ValueError:
        raise HeaderError(f"{where}: bad value {value!r} for {key}") from None
    return tuple(value.split(","))


def load(path: Path) -> Program:
    """Read one program's header."""
    name = str(path.relative_to(CORPUS).with_suffix(""))
    with path.open(encoding="utf-8") as file:
        fields = parse_header(file.readline().rstrip("\n"), name)
    return Program(path=path, name=name, **fields)  # type: ignore[arg-type]


def discover() -> list[Program]:
    """All programs, sorted by name."""
    return [load(path) for path in sorted(CORPUS.glob("*/*.py"))]


def open_programs() -> dict[str, str]:
    """Programs that are known to differ, with the reason; each line of `open.txt` is `program: reason`."""
    lines = (line for line in OPEN.read_text().splitlines() if line and not line.startswith("#"))
    return {name.strip(): reason.strip() for name, _, reason in (line.partition(":") for line in lines)}


def select(programs: list[Program], patterns: list[str]) -> list[Program]:
    """Programs that match any pattern: a glob over names, a topic, or a part of the name."""
    if not patterns:
        return programs

    def wanted(program: Program) -> bool:
        return any(
            fnmatch.fnmatch(program.name, pattern) or pattern in program.name
            for pattern in (p.removeprefix("tests/corpus/").removesuffix(".py").rstrip("/") for p in patterns)
        )

    return [program for program in programs if wanted(program)]


def qualified_names(source: str, filename: str) -> set[str]:
    """Qualified names of all code objects in a source text."""
    names: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        pending = [compile(source, filename, "exec")]
    while pending:
        code = pending.pop()
        names.add(code.co_qualname)
        pending.extend(const for const in code.co_consts if isinstance(const, types.CodeType))
    return names


def lint(program: Program) -> list[str]:
    """What is wrong with a program as a corpus member, in words; programs for another Python are not judged."""
    problems: list[str] = []
    if not program.min_python <= sys.version_info[:2] <= program.max_python:
        return problems
    stem = program.path.stem
    if stem in sys.stdlib_module_names:
        problems.append(f"{program.name}: the file name hides the standard module {stem!r}")
    source = program.path.read_text(encoding="utf-8")
    names = qualified_names(source, program.argument)
    for promised in dict.fromkeys(program.compiled + program.no_exit):
        made_by_exec = f"def {promised.rpartition('.')[2]}(" in source
        if promised not in names and not made_by_exec:
            problems.append(f"{program.name}: header names {promised!r}, which the program does not define")
    for promised in program.no_exit:
        if promised not in program.compiled:
            problems.append(f"{program.name}: {promised!r} is in no-exit but not in compiled")
    return problems
