"""Tests of CPython that are allowed to fail under whipsnake, each with a reason and an expiry date.

Besides, modules that need code to be interpreted first: they run with the default threshold.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LISTED = Path(__file__).resolve().parent.parent / "regression" / "exceptions.toml"

MOST = 10
"""As many single tests may be listed, over all versions."""


class ExceptionsError(Exception):
    """The list cannot be used; the text names the entry and what is wrong with it."""


@dataclass(frozen=True)
class Excepted:
    """One test that may fail."""

    test: str
    """Its dotted name."""
    reason: str
    expires: datetime.date
    """From this day on a failure counts again."""
    python: tuple[str, ...] = ()
    """Versions such as ``3.14``; empty means all."""


def parse(text: str) -> list[Excepted]:
    """Read the list strictly: single tests only, each with a reason and an expiry date."""
    entries = tomllib.loads(text).get("exception", [])
    if len(entries) > MOST:
        raise ExceptionsError(f"{len(entries)} tests are listed, at most {MOST} may be: fix some")
    return [_entry(number, fields) for number, fields in enumerate(entries, 1)]


def _entry(number: int, fields: dict[str, object]) -> Excepted:
    where = f"exception {number} ({fields.get('test', 'without a test')})"
    if unknown := set(fields) - {"test", "reason", "expires", "python"}:
        raise ExceptionsError(f"{where}: unknown key {sorted(unknown)[0]!r}")
    test, reason, expires, python = (fields.get(key) for key in ("test", "reason", "expires", "python"))
    if not isinstance(test, str) or not test.startswith("test.") or test.count(".") < 3 or "*" in test:
        raise ExceptionsError(f"{where}: 'test' must name one test, as in test.test_dis.DisTests.test_one")
    if not isinstance(reason, str) or len(reason.split()) < 3:
        raise ExceptionsError(f"{where}: 'reason' must say why it may fail")
    if not isinstance(expires, datetime.date):
        raise ExceptionsError(f"{where}: 'expires' must be a date, as in 2027-01-31")
    if python is not None and not (isinstance(python, list) and all(isinstance(version, str) for version in python)):
        raise ExceptionsError(f'{where}: \'python\' must be a list of versions, as in ["3.14"]')
    return Excepted(test, reason, expires, tuple(python or ()))


def parse_warm(text: str) -> dict[str, str]:
    """Modules that run with the default threshold, with the reasons."""
    warm = {}
    for number, fields in enumerate(tomllib.loads(text).get("warm", []), 1):
        module, reason = fields.get("module"), fields.get("reason")
        if set(fields) != {"module", "reason"} or not isinstance(module, str) or not isinstance(reason, str):
            raise ExceptionsError(f"warm {number}: needs 'module' and 'reason', two strings")
        warm[module] = reason
    return warm


def load() -> tuple[list[Excepted], dict[str, str]]:
    """The project's lists: exceptions, and modules that run with the default threshold."""
    text = LISTED.read_text(encoding="utf-8")
    return parse(text), parse_warm(text)


def of_version(listed: list[Excepted], version: str) -> dict[str, Excepted]:
    """Entries for a version such as ``3.14``, by test."""
    return {entry.test: entry for entry in listed if not entry.python or version in entry.python}


def excuses(excepted: Iterable[str], module: str) -> bool:
    """True if tests of the module are among those that may fail."""
    return any(test.startswith(f"test.{module.removeprefix('test.')}.") for test in excepted)
