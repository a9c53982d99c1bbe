"""A plugin of pytest that writes what became of each test to a file, as it happens.

It is copied into the environments of the packages and stands alone. `OUTCOME_FILE` names the file of JSON lines;
`OUTCOME_DESELECT` is a JSON list of patterns of tests that are not to be run.
"""

from __future__ import annotations

import fnmatch
import json
import os
import sys

import pytest

MESSAGE = 4000
"""Most characters of a failure's text that are kept."""

_SEVERITY = ("passed", "skipped", "xfailed", "xpassed", "failed", "error")


class Recorder:
    """Writes one line when a test starts and one when it ends: where a crash cuts the file, the culprit is known."""

    def __init__(self, path: str, patterns: list[str]) -> None:
        self._file = open(path, "a", encoding="utf-8", buffering=1)
        self._owner = os.getpid()
        self._patterns = patterns
        self._outcome = "passed"
        self._message = ""

    def _write(self, **fields: object) -> None:
        # Tests fork; children that come back here must not speak for the suite.
        if os.getpid() == self._owner:
            self._file.write(json.dumps(fields) + "\n")

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Take out the deselected tests, and say which patterns match none."""
        unused = set(self._patterns)
        kept, taken = [], []
        for item in items:
            found = [p for p in self._patterns if fnmatch.fnmatchcase(item.nodeid, "*" + p.replace("[", "[[]"))]
            unused.difference_update(found)
            (taken if found else kept).append(item)
        if taken:
            config.hook.pytest_deselected(items=taken)
            items[:] = kept
        if "hypothesis" in sys.modules:
            untime(items)
        self._write(collected=len(kept), deselected=len(taken), unused=sorted(unused))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be imported is an error of its own."""
        if report.failed:
            self._write(end=report.nodeid or "(collection)", outcome="error", message=str(report.longrepr)[-MESSAGE:])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note which test runs."""
        self._outcome, self._message = "passed", ""
        self._write(start=nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The worst of setting up, running and taking down counts."""
        outcome = str(report.outcome)
        if hasattr(report, "wasxfail"):
            outcome = "xfailed" if report.skipped else "xpassed"
        elif report.failed and report.when != "call":
            outcome = "error"
        if _SEVERITY.index(outcome) > _SEVERITY.index(self._outcome):
            self._outcome = outcome
            self._message = str(report.longrepr)[-MESSAGE:] if report.failed else ""

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Write the outcome."""
        self._write(end=nodeid, outcome=self._outcome, message=self._message)

    def pytest_sessionfinish(self) -> None:
        """The last line: what ends without it was cut off."""
        self._write(finished=True)


def untime(items: list[pytest.Item]) -> None:
    """Take time limits and chance out of tests of hypothesis: both say nothing of what is compared."""
    from hypothesis import HealthCheck, settings

    steady = {
        "deadline": None,
        "derandomize": True,
        "database": None,
        "suppress_health_check": list(HealthCheck),
    }
    settings.register_profile("outcome-recorder", settings(**steady))
    settings.load_profile("outcome-recorder")
    own = "_hypothesis_internal_use_settings"
    for item in items:
        function = getattr(item, "obj", None)
        function = getattr(function, "__func__", function)
        if (given := getattr(function, own, None)) is not None:
            setattr(function, own, settings(given, **steady))


def pytest_configure(config: pytest.Config) -> None:
    """Register the recorder, where a file is asked for; suites that run pytest inside themselves get none."""
    path = os.environ.pop("OUTCOME_FILE", "")
    patterns = os.environ.pop("OUTCOME_DESELECT", "[]")
    if path:
        config.pluginmanager.register(Recorder(path, json.loads(patterns)), "outcome-recorder")
