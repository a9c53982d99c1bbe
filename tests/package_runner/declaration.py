"""The packages whose test suites are run, as `tests/packages/packages.toml` declares them."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from corpus_runner.modes import MODES

DECLARED = Path(__file__).resolve().parent.parent / "packages" / "packages.toml"

SOURCES = ("sdist", "installed")


class DeclarationError(Exception):
    """The table cannot be used; the text names the entry and what is wrong with it."""


@dataclass(frozen=True)
class Deselected:
    """Tests that are not run."""

    test: str
    """The end of a node ID of pytest, such as ``test_x.py::test_y``; ``*`` stands for anything."""
    reason: str
    modes: tuple[str, ...] = ()
    """Modes in which it is not run; empty means that plain Python does not run it either."""


@dataclass(frozen=True)
class Package:
    """One package, and how its tests are run."""

    name: str
    version: str
    source: str
    """Where the tests are: in its ``sdist``, or in what is ``installed``."""
    paths: tuple[str, ...]
    """What pytest is given: paths in the sdist, or names of modules."""
    needs: tuple[str, ...] = ()
    """What else is installed; the versions are those of the pins."""
    arguments: tuple[str, ...] = ()
    """Further arguments of pytest."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables of the test processes."""
    build: dict[str, str] | None = None
    """Not None: the package is built from its sdist with these variables, where its wheels hold compiled modules."""
    part: str = ""
    """What is left out, if `paths` are not all tests, and why."""
    deselect: tuple[Deselected, ...] = ()

    def fingerprint(self, pins: dict[str, str]) -> str:
        """A name for all that results of this package depend on, besides Python and the build of whipsnake."""
        pinned = {name: pins[name] for name in self.needs}
        text = json.dumps([asdict(self), pinned], sort_keys=True)
        return f"{self.name} {self.version} {hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def deselected(self, mode: str | None) -> list[str]:
        """Patterns of the tests that are not run in a mode; None is plain Python."""
        return [entry.test for entry in self.deselect if not entry.modes or mode in entry.modes]


@dataclass(frozen=True)
class Declared:
    """All packages, and the versions of all that is installed beside them."""

    packages: tuple[Package, ...]
    pins: dict[str, str]


def normalised(name: str) -> str:
    """A distribution's name in the one spelling in which two of them can be compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse(text: str) -> Declared:
    """Read the table strictly: unknown keys, missing reasons and unpinned requirements are errors."""
    table = tomllib.loads(text)
    if unknown := set(table) - {"pins", "package"}:
        raise DeclarationError(f"unknown table {sorted(unknown)[0]!r}")
    pins = table.get("pins", {})
    for name, version in pins.items():
        if name != normalised(name):
            raise DeclarationError(f"pin {name!r} must be spelled {normalised(name)!r}")
        if not isinstance(version, str) or not version:
            raise DeclarationError(f"pin {name!r} must be a version, as in '1.2.3'")
    packages = tuple(_package(fields, pins) for fields in table.get("package", []))
    names = [package.name for package in packages]
    if twice := {name for name in names if names.count(name) > 1}:
        raise DeclarationError(f"package {sorted(twice)[0]!r} is declared twice")
    return Declared(packages, pins)


_TEXTS = {"name": True, "version": True, "source": True, "part": False}
_LISTS = {"paths": True, "needs": False, "arguments": False}
_TABLES = ("environment", "build")


def _package(fields: dict[str, object], pins: dict[str, str]) -> Package:
    where = f"package {fields.get('name', '(without a name)')}"
    if unknown := set(fields) - {*_TEXTS, *_LISTS, *_TABLES, "deselect"}:
        raise DeclarationError(f"{where}: unknown key {sorted(unknown)[0]!r}")
    for key, required in _TEXTS.items():
        if (required or key in fields) and not (isinstance(fields.get(key), str) and fields[key]):
            raise DeclarationError(f"{where}: {key!r} must be a text")
    for key, required in _LISTS.items():
        value = fields.get(key, None if required else [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value) or (required and not value):
            raise DeclarationError(f"{where}: {key!r} must be a list of texts")
    for key in _TABLES:
        value = fields.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise DeclarationError(f"{where}: {key!r} must be a table of texts")
    if fields["source"] not in SOURCES:
        raise DeclarationError(f"{where}: 'source' is {fields['source']!r}, must be one of {', '.join(SOURCES)}")
    for need in fields.get("needs", []):  # type: ignore[attr-defined]
        if need not in pins:
            raise DeclarationError(f"{where}: needs {need!r}, which has no version under [pins]")
    return Package(
        **{key: fields[key] for key in _TEXTS if key in fields},  # type: ignore[arg-type]
        **{key: tuple(fields[key]) for key in _LISTS if key in fields},  # type: ignore[arg-type]
        **{key: fields[key] for key in _TABLES if key in fields},  # type: ignore[arg-type]
        deselect=tuple(_deselected(where, entry) for entry in fields.get("deselect", [])),  # type: ignore[attr-defined]
    )


def _deselected(where: str, fields: dict[str, object]) -> Deselected:
    if not isinstance(fields, dict) or not {"test", "reason"} <= set(fields) <= {"test", "reason", "modes"}:
        raise DeclarationError(f"{where}: an entry of 'deselect' has 'test', 'reason' and perhaps 'modes'")
    test, reason, modes = fields["test"], fields["reason"], fields.get("modes", [])
    if not isinstance(test, str) or not test.strip("*"):
        raise DeclarationError(f"{where}: 'test' of 'deselect' must name tests, as in test_x.py::test_y")
    if not isinstance(reason, str) or len(reason.split()) < 3:
        raise DeclarationError(f"{where}: deselecting {test} needs a 'reason' that says why")
    if not isinstance(modes, list) or not all(mode in MODES for mode in modes):
        raise DeclarationError(f"{where}: 'modes' of {test} must be out of {', '.join(MODES)}")
    return Deselected(test, reason, tuple(modes))


def load() -> Declared:
    """The project's table."""
    return parse(DECLARED.read_text(encoding="utf-8"))


def select(packages: tuple[Package, ...], names: list[str]) -> list[Package]:
    """Packages with these names; all for none. A name that no package has is a `DeclarationError`."""
    known = {normalised(package.name): package for package in packages}
    for name in names:
        if normalised(name) not in known:
            raise DeclarationError(f"no package {name!r}; declared are {', '.join(p.name for p in packages)}")
    wanted = {normalised(name) for name in names} or set(known)
    return [package for name, package in known.items() if name in wanted]
