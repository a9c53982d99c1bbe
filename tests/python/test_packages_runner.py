"""The runner of packages' suites finds what fails only with the JIT, and its table is sound."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import run_packages  # noqa: E402
from corpus_runner.modes import MODES, Mode  # noqa: E402
from package_runner import declaration, environment, execution, judgement, report  # noqa: E402
from package_runner.declaration import DeclarationError, Deselected, Package  # noqa: E402
from package_runner.environment import RECORDER, Environment  # noqa: E402
from package_runner.execution import Run, Suite, read_outcomes  # noqa: E402
from package_runner.judgement import Timing, Verdict  # noqa: E402
from package_runner.report import Result, Shown  #
from regression_runner.journal import Journal  # noqa: E402

PLAIN = Run("", {"a": "passed", "b": "failed", "c": "skipped"}, cpu=1.0)

TABLE = """
[pins]
hypothesis = "6.1"
[[package]]
name = "some"
version = "1.0"
source = "sdist"
paths = ["tests"]
needs = ["hypothesis"]
deselect = [{ test = "test_x.py::test_y", reason = "counts its own frames", modes = ["on"] }]
"""


def changed(run: Run = PLAIN, ending: str = "", **outcomes: str) -> Run:
    return Run(ending, {**run.outcomes, **outcomes}, compiled=5)


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ({"a": "failed"}, "a: failed, passed with plain Python"),
        ({"a": "error"}, "a: error"),
        ({"a": "skipped"}, "a: skipped, passed with plain Python"),
        ({"c": "passed"}, "c: passed, skipped with plain Python"),
        ({"d": "error"}, "d: error, not run by plain Python"),
    ],
)
def test_what_differs_each_time_is_a_failure(outcomes: dict[str, str], words: str) -> None:
    verdict = judgement.judge([changed(**outcomes)] * 2, [PLAIN, PLAIN])
    assert [text for text in verdict.failures if words in text]
    assert not verdict.passed


def test_missing_tests_are_failures() -> None:
    verdict = judgement.judge([Run("", {"b": "failed", "c": "skipped"}, compiled=5)], [PLAIN])
    assert verdict.failures == ["a: not run, passed with plain Python"]


def test_what_plain_python_fails_is_no_failure_of_the_jit() -> None:
    for outcome in ("failed", "passed", "error"):
        assert judgement.judge([changed(b=outcome)], [PLAIN]).passed


def test_tests_that_are_flaky_without_the_jit_are_set_apart() -> None:
    verdict = judgement.judge([changed(a="failed")] * 2, [PLAIN, changed(a="failed")])
    assert (verdict.passed, verdict.flaky, verdict.failures) == (True, ["a"], [])


def test_what_fails_once_with_the_jit_is_shown() -> None:
    verdict = judgement.judge([changed(a="failed"), PLAIN, PLAIN], [PLAIN, PLAIN, PLAIN])
    assert verdict.passed
    assert verdict.once == ["a: failed, passed with plain Python (once in 3 runs)"]


def test_crashes_count_at_once_and_name_the_test() -> None:
    crash = Run("killed by SIGSEGV", {"a": "crashed"}, compiled=None)
    verdict = judgement.judge([PLAIN, crash, PLAIN], [PLAIN] * 3)
    assert verdict.problems == ["killed by SIGSEGV, in a"]
    assert not verdict.passed


def test_a_run_that_compiles_nothing_shows_nothing() -> None:
    assert not judgement.judge([Run("", PLAIN.outcomes, compiled=0)], [PLAIN]).passed


def test_times() -> None:
    timing = Timing([1.0, 2.0, 4.0], [1.1, 2.0, 5.0])
    assert timing.ratios == [1.1, 1.0, 1.25]
    assert (timing.ratio, timing.slower) == (1.1, True)
    assert not Timing([1.0], [1.05]).slower


def test_the_recorder_tells_what_ran_when_the_process_died() -> None:
    lines = ['{"start": "a"}', '{"end": "a", "outcome": "failed", "message": "no"}', '{"start": "b"}', '{"end": "b", "ou']
    assert read_outcomes(lines) == ({"a": "failed", "b": "crashed"}, {"a": "no"}, (), False)


SUITE = """\
import os, pytest
def test_same(): pass
def test_planted(): assert "WHIPSNAKE_THRESHOLD" not in os.environ
def test_fails(): assert False
def test_skipped(): pytest.skip("here")
def test_out(): assert False
@pytest.mark.xfail
def test_expected(): assert False
@pytest.fixture
def broken(): raise ValueError
def test_set_up(broken): pass
@pytest.mark.parametrize("x", ["[1]"])
def test_parameters(x): pass
"""


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """A package of one test module, run by this interpreter."""
    (tmp_path / "test_it.py").write_text(SUITE)
    (tmp_path / RECORDER.name).write_text(RECORDER.read_text(encoding="utf-8"))
    package = Package(
        "it", "1", "sdist", ("test_it.py",),
        deselect=(Deselected("test_it.py::test_out", "fails at once"), Deselected("test_it.py::test_gone*", "is not there")),
    )  # fmt: skip
    return Suite(package, Environment(Path(sys.executable), tmp_path), 60, tmp_path / "logs")


def test_a_planted_failure_is_found(suite: Suite) -> None:
    plain, run = suite.run(None, "plain"), suite.run(MODES["on"], "on", statistics=True)
    assert plain.ending == run.ending == ""
    assert {test.partition("::")[2]: outcome for test, outcome in plain.outcomes.items()} == {
        "test_same": "passed", "test_planted": "passed", "test_fails": "failed", "test_skipped": "skipped",
        "test_expected": "xfailed", "test_set_up": "error", "test_parameters[[1]]": "passed",
    }  # fmt: skip
    assert plain.unused == ("test_it.py::test_gone*",)
    assert plain.cpu > 0 and plain.compiled is None and run.compiled
    verdict = judgement.judge([run], [plain])
    assert verdict.failures == ["test_it.py::test_planted: failed, passed with plain Python"]
    assert "test_planted" in (suite.logs / "it.on.txt").read_text()


def test_deselected_parameters_are_names_not_patterns(suite: Suite) -> None:
    chosen = Package("it", "1", "sdist", ("test_it.py",), deselect=(Deselected("::test_parameters[[1]]", "only for this"),))
    run = Suite(chosen, suite.environment, 60, suite.logs).run(None, "plain")
    assert "test_it.py::test_parameters[[1]]" not in run.outcomes
    assert run.unused == ()


@pytest.mark.parametrize(("end", "words"), [("os.kill(os.getpid(), 11)", "SIGSEGV"), ("os._exit(0)", "exit code 0")])
def test_a_process_that_dies_is_no_pass(suite: Suite, end: str, words: str) -> None:
    (suite.environment.directory / "test_it.py").write_text(f"import os\ndef test_one(): {end}\ndef test_two(): pass\n")
    run = suite.run(None, "plain")
    assert words in run.ending
    assert run.outcomes == {"test_it.py::test_one": "crashed"}


def test_the_time_limit_ends_a_suite(suite: Suite) -> None:
    (suite.environment.directory / "test_it.py").write_text("def test_one():\n while True: pass\n")
    run = Suite(suite.package, suite.environment, 2, suite.logs).run(None, "plain")
    assert run.ending == "killed at the time limit"


def test_rounds_go_in_turns() -> None:
    order: list[str] = []

    def run(mode: Mode | None, label: str) -> Run:
        order.append(label.partition(".")[0])
        return Run("", cpu=3.0 if mode else 2.0, wall=5.0 if mode else 4.0)

    plain, jit = [Run("", cpu=9.0)], [Run("")]
    timing = run_packages.take_time(run, MODES["default"], plain, jit, 3)
    assert order == ["plain", "default", "default", "plain", "plain", "default"]
    assert (timing.ratio, timing.waits, len(plain), len(jit)) == (1.5, [1.25] * 3, 4, 4)


def test_results_survive_the_journal(tmp_path: Path) -> None:
    package = declaration.parse(TABLE).packages[0]
    shown = {
        "default": Shown(Verdict(), Timing([1.0], [2.0], [1.5]), "cd a"),
        "on": Shown(Verdict(["a"], ["p"], ["o"], ["f"], 7), None, "cd b"),
    }
    result = Result(package, "", 3, ["b"], ["x"], shown)
    modes = [MODES["default"], MODES["on"]]
    run_packages.keep(Journal(tmp_path / "results.jsonl", {}), "some 1.0", result, modes)
    journal, read = Journal(tmp_path / "results.jsonl", {}), Result(package)
    assert [run_packages.recall(journal, "some 1.0", read, mode, 1) for mode in modes] == [True, True]
    assert read == result
    assert not run_packages.recall(journal, "some 1.0", read, MODES["default"], 2), "too few rounds"
    assert not run_packages.recall(journal, "some 1.1", read, MODES["on"], 0), "another version"


def test_the_report_shows_what_is_wrong() -> None:
    package = declaration.parse(TABLE).packages[0]
    good = Result(package, tests=9, shown={"on": Shown(Verdict(compiled=3), Timing([1.0], [1.02], [1.007]), "")})
    bad = Result(package, tests=9, shown={"on": Shown(Verdict(["a: failed"]), Timing([1.0], [1.2]), "cd x")})
    text = "\n".join(report.page("title", [good, bad, Result(package, "no such archive")], ["on"]))
    assert "| same |" in text and "| 1.007 |" in text and "| 1 failed |" in text and "**1.200**" in text and "Not run: no such archive" in text
    assert "counts its own frames" in text and "again: `cd x`" in text and "1 of 2 packages at most 1.05" in text
    assert [result.counts() for result in (good, bad, Result(package, "no"))] == [(1, 0), (0, 1), (0, 1)]


def test_the_table_of_the_project_is_sound() -> None:
    declared = declaration.load()
    assert len(declared.packages) >= 25
    assert all(len(entry.reason.split()) >= 3 for package in declared.packages for entry in package.deselect)
    assert [package.name for package in declaration.select(declared.packages, ["jinja2"])] == ["Jinja2"]
    needed = {need for package in declared.packages for need in package.needs}
    assert needed <= set(declared.pins)


def test_a_package_is_described_by_its_entry() -> None:
    (package,) = declaration.parse(TABLE).packages
    assert package.deselected(None) == [] and package.deselected("on") == ["test_x.py::test_y"]
    assert package.fingerprint({"hypothesis": "6.1"}) != package.fingerprint({"hypothesis": "6.2"})


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('needs = ["hypothesis"]', 'needs = ["trio"]', "'trio'"),
        ('reason = "counts its own frames"', 'reason = "slow"', "reason"),
        (', reason = "counts its own frames"', "", "reason"),
        ('modes = ["on"]', 'modes = ["no"]', "modes"),
        ('test = "test_x.py::test_y"', 'test = "*"', "test"),
        ('source = "sdist"', 'source = "git"', "'git'"),
        ('version = "1.0"', "", "version"),
        ('paths = ["tests"]', "paths = []", "paths"),
        ('hypothesis = "6.1"', 'Hypothesis = "6.1"', "hypothesis"),
        ('name = "some"', 'name = "some"\ncolour = "red"', "colour"),
    ],
)
def test_bad_tables_are_refused(old: str, new: str, words: str) -> None:
    assert old in TABLE
    with pytest.raises(DeclarationError, match=words):
        declaration.parse(TABLE.replace(old, new))


def test_unknown_packages_are_refused() -> None:
    with pytest.raises(DeclarationError, match="no package 'nothing'"):
        declaration.select(declaration.parse(TABLE).packages, ["nothing"])


def test_builds_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    before = environment.hash_of(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("2")
    assert environment.hash_of(tmp_path) == before
    (tmp_path / "a.py").write_text("3")
    assert environment.hash_of(tmp_path) != before


def test_pytest_ends_that_are_no_ends() -> None:
    assert 2 not in execution.ENDS and 3 not in execution.ENDS and 4 not in execution.ENDS
