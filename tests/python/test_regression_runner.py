"""The runner of CPython's tests sees failures, crashes and hangs, and its exceptions are few and expire."""

from __future__ import annotations

import datetime
import sys
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import run_regrtest  # noqa: E402
from regression_runner import exceptions, judgement, report  # noqa: E402
from regression_runner.exceptions import Excepted, ExceptionsError  # noqa: E402
from regression_runner.execution import Interpreter, Run, Stopped, module_seconds, read_output  # noqa: E402
from regression_runner.journal import Journal  # noqa: E402
from regression_runner.judgement import Verdict  # noqa: E402

OUTPUT = """\
FAIL: test_one (test.test_x.A.test_one) (case=1)
FAIL: test_one (test.test_x.A.test_one) (case=2)
ERROR: setUpClass (test.test_x.B)
Total tests: run=1,007 failures=3 skipped=2
Total test files: run=1/1 failed=1
"""


def run(outcome: str = "passed", failed: tuple[str, ...] = (), seconds: float = 1.0, tests: int = 7) -> Run:
    return Run(outcome, failed, tests, 0, seconds, compiled=5)


def test_reads_the_output_of_the_test_runner() -> None:
    found = read_output(OUTPUT, 2, 1.5, 3)
    assert found.outcome == "failed"
    assert found.failed == ("test.test_x.A.test_one", "test.test_x.B.setUpClass")
    assert (found.tests, found.skipped, found.compiled) == (1007, 2, 3)
    assert Run.from_json(found.as_json()) == found


@pytest.mark.parametrize(
    ("returncode", "outcome", "broken"),
    [
        (0, "passed", False),
        (3, "environment changed", False),
        (4, "no tests", False),
        (-11, "killed by SIGSEGV", True),
        (None, "killed at the time limit", True),
        (1, "exit code 1", True),
    ],
)
def test_outcomes(returncode: int | None, outcome: str, broken: bool) -> None:
    found = read_output("", returncode, 1.0, 3)
    assert (found.outcome, found.broken) == (outcome, broken)


def test_only_new_failures_count() -> None:
    here, there = run("failed", ("test.a.A.one", "test.a.A.two")), run("failed", ("test.a.A.two",))
    assert judgement.compare(here, there) == (["test.a.A.one"], [])
    assert judgement.compare(there, there) == ([], [])


@pytest.mark.parametrize(
    ("actual", "plain", "words"),
    [
        (run("killed by SIGSEGV"), run(), "SIGSEGV"),
        (run("killed by SIGSEGV"), run("failed", ("test.a.A.two",)), "SIGSEGV"),
        (run("killed at the time limit"), run(), "time limit"),
        (run("environment changed"), run(), "environment changed"),
        (run(seconds=64), run(seconds=1), "took 64 s"),
        (run(tests=6), run(), "ran 6 tests"),
    ],
)
def test_other_problems_count(actual: Run, plain: Run, words: str) -> None:
    new, problems = judgement.compare(actual, plain)
    assert not new
    assert len([problem for problem in problems if words in problem]) == 1


def test_a_run_without_native_code_shows_nothing() -> None:
    assert judgement.inactive(run()) == []
    assert judgement.inactive(Run("passed", (), 7, 0, 1.0, compiled=0)) == ["nothing was compiled"]
    assert judgement.inactive(Run("passed", (), 7, 0, 1.0, compiled=None))


ENTRY = """
[[exception]]
test = "test.test_x.A.test_one"
reason = "asks for what native code has not"
expires = 2030-01-31
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ENTRY * 11, "at most 10"),
        (ENTRY.replace(".A.test_one", ""), "must name one test"),
        (ENTRY.replace("test_one", "*"), "must name one test"),
        (ENTRY.replace("asks for what native code has not", "broken"), "say why"),
        (ENTRY.replace("2030-01-31", '"soon"'), "must be a date"),
        (ENTRY + "modes = 1", "unknown key"),
    ],
)
def test_bad_exceptions_are_refused(text: str, words: str) -> None:
    with pytest.raises(ExceptionsError, match=words):
        exceptions.parse(text)


def test_warm_modules_need_a_reason() -> None:
    good = '[[warm]]\nmodule = "test_x"\nreason = "why"\n'
    assert exceptions.parse_warm(good) == {"test_x": "why"}
    for bad in (good.replace('reason = "why"\n', ""), good.replace('"test_x"', "1"), good + "threshold = 5\n"):
        with pytest.raises(ExceptionsError, match="two strings"):
            exceptions.parse_warm(bad)


def test_the_list_of_exceptions_is_in_order() -> None:
    today = datetime.date.today()
    listed, warm = exceptions.load()
    assert [entry.test for entry in listed if entry.expires <= today] == []
    assert all(len(reason.split()) >= 3 for reason in warm.values())


def test_exceptions_excuse_single_tests_until_they_expire() -> None:
    verdict = Verdict("test_x", run("failed"), new_failures=["test.test_x.A.one"])
    listed = {"test.test_x.A.one": Excepted("test.test_x.A.one", "for a reason", datetime.date(2030, 1, 31))}
    before, after = datetime.date(2030, 1, 30), datetime.date(2030, 1, 31)
    assert report.summarise("on", [verdict], listed, before).excepted == {"test.test_x.A.one": "for a reason"}
    assert "expired" in report.summarise("on", [verdict], listed, after).failed["test_x"][0]
    assert report.summarise("on", [verdict], {}, before).failed == {"test_x": ["fails: test.test_x.A.one"]}
    crash = Verdict("test_x", run("killed by SIGSEGV"), problems=["killed by SIGSEGV"])
    assert "test_x" in report.summarise("on", [crash], listed, before).failed
    calm = report.summarise("on", [Verdict("test_x", run())], listed, before)
    assert report.needless(listed, [calm], ["test_x"]) == ["test.test_x.A.one"]
    assert report.needless(listed, [calm], ["test_y"]) == []


def test_the_journal_goes_on_and_forgets_other_builds(tmp_path: Path) -> None:
    path = tmp_path / "on.jsonl"
    Journal(path, {"build": "a"}).add("test_x", {"run": 1})
    with path.open("a") as file:
        file.write('{"module": "test_y", "ru')
    assert Journal(path, {"build": "a"}).entries == {"test_x": {"module": "test_x", "run": 1}}
    assert Journal(path, {"build": "b"}).entries == {}
    assert Journal(path, {"build": "a"}).entries == {}


def test_a_real_module_is_run_and_its_failure_seen(tmp_path: Path) -> None:
    # As a module of tests by its own name, found in the directory of the process.
    python = Interpreter(sys.executable, 1, 120)
    pytest.importorskip("test.libregrtest")
    good = python.run(["test_colorsys"], {"WHIPSNAKE_THRESHOLD": "1", "WHIPSNAKE_SYNC": "1"}, tmp_path / "good.txt")
    assert (good.outcome, good.failed) == ("passed", ())
    assert good.tests > 0
    assert good.compiled
    plain = python.run(["test_colorsys"], None, tmp_path / "plain.txt")
    assert judgement.compare(good, plain) == ([], [])
    missing = python.run(["test_no_such_module"], None, tmp_path / "missing.txt")
    assert not missing.passed
    slow = Interpreter(sys.executable, 1, 0.05).run(["test_colorsys"], None, tmp_path / "slow.txt")
    assert slow.outcome == "killed at the time limit"


def test_interrupted_modules_are_ended_and_give_no_result(tmp_path: Path) -> None:
    pytest.importorskip("test.libregrtest")
    python = Interpreter(sys.executable, 1, 120)

    def stop_soon() -> None:
        while not python.running:
            time.sleep(0.01)
        python.stop()

    stopper = threading.Thread(target=stop_soon)
    stopper.start()
    with pytest.raises(Stopped):
        python.run(["test_colorsys"], None, tmp_path / "stopped.txt")
    stopper.join()
    assert not python.running
    with pytest.raises(Stopped):
        python.run(["test_colorsys"], None, tmp_path / "later.txt")


def test_selection() -> None:
    modules = ["test.test_asyncio.test_futures", "test.test_asyncio.test_tasks", "test_dis", "test_dict"]
    assert run_regrtest.select(modules, []) == modules
    assert run_regrtest.select(modules, ["test_di*"]) == ["test_dis", "test_dict"]
    assert run_regrtest.select(modules, ["test.test_asyncio"]) == modules[:2]
    with pytest.raises(SystemExit, match="test_nothing"):
        run_regrtest.select(modules, ["test_nothing"])
    assert "test_monitoring" in run_regrtest.quick_patterns("3.14.2")


def test_modules_share_a_process_but_for_those_with_exceptions() -> None:
    modules = ["test_a", "test_b", "test_c", "test.test_d.test_e", "test_f"]
    assert run_regrtest.groups_of(modules, 2, {"test_b"}) == [
        ["test_a", "test_c"],
        ["test.test_d.test_e", "test_f"],
        ["test_b"],
    ]
    assert run_regrtest.groups_of(modules, 1, set()) == [[module] for module in modules]
    assert exceptions.excuses(["test.test_b.Case.test_one"], "test_b")
    assert exceptions.excuses(["test.test_d.test_e.Case.test_one"], "test.test_d.test_e")
    assert not exceptions.excuses(["test.test_bb.Case.test_one"], "test_b")


def test_a_shared_process_must_pass_in_time_with_something_compiled() -> None:
    assert judgement.shows_nothing_wrong(run(seconds=100), [50, 50])
    assert not judgement.shows_nothing_wrong(run(seconds=100), [30, 70])
    assert not judgement.shows_nothing_wrong(run("failed", ("test.test_x.A.test_one",)), [1, 2])
    assert not judgement.shows_nothing_wrong(Run("passed", (), 7, 0, 1.0, compiled=0), [1, 2])


def test_how_long_each_module_of_a_shared_process_took() -> None:
    output = """\
0:00:01 load avg: 2.29 [1/2] test_a
0:00:03 load avg: 2.29 [1/2] test_a passed
0:01:04 load avg: 2.48 [2/2/1] test.test_d.test_e
"""
    assert module_seconds(output, 70.5) == {"test_a": 63, "test.test_d.test_e": 6.5}
    assert module_seconds("", 3.0) == {}


def test_modules_of_a_shared_process_that_fails_run_apart(tmp_path: Path) -> None:
    pytest.importorskip("test.libregrtest")
    mode = run_regrtest.resolve("on")[0]
    subject = run_regrtest.Subject(Interpreter(sys.executable, 1, 120), "3", {}, "build", tmp_path, {})
    baselines = run_regrtest.Baselines(subject, fresh=True)
    good, missing = run_regrtest.examine_together(["test_colorsys", "test_no_such_module"], mode, subject, baselines)
    assert good.run.passed
    assert not missing.run.passed
    logs = {path.name for path in (tmp_path / "logs").iterdir()}
    assert {"test_colorsys.on.together.txt", "test_colorsys.on.txt", "test_no_such_module.on.txt"} <= logs
    other = tmp_path / "both"
    subject = run_regrtest.Subject(Interpreter(sys.executable, 1, 120), "3", {}, "build", other, {})
    both = run_regrtest.examine_together(["test_colorsys", "test_bisect"], mode, subject, baselines)
    assert [verdict.module for verdict in both] == ["test_colorsys", "test_bisect"]
    assert all(verdict.run.passed for verdict in both)
    assert [path.name for path in (other / "logs").iterdir()] == ["test_colorsys.on.together.txt"]
