"""The corpus runner sees differences, and reads its headers strictly."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import run_corpus  # noqa: E402
from corpus_runner import execution, modes, programs  # noqa: E402
from corpus_runner.execution import Outcome  # noqa: E402


def outcome(stdout: bytes = b"1\n", stderr: bytes = b"", returncode: int | None = 0) -> Outcome:
    return Outcome(stdout, stderr, returncode, 0.0)


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (outcome(stdout=b"2\n"), ("-1", "+2")),
        (outcome(stdout=b"1"), ("line ends",)),
        (outcome(stderr=b"warning\n"), ("+warning",)),
        (outcome(returncode=3), ("exit code 0", "exit code 3")),
        (outcome(returncode=-11), ("SIGSEGV",)),
        (outcome(returncode=None), ("time limit",)),
    ],
)
def test_each_kind_of_difference_is_reported(actual: Outcome, words: tuple[str, ...]) -> None:
    text = "\n".join(execution.compare(outcome(), actual))
    assert all(word in text for word in words), text


def test_equal_outcomes_and_addresses_are_no_difference() -> None:
    assert execution.compare(outcome(), outcome()) == []
    one, two = (outcome(stdout=b"<f at 0x7f%s>\n" % digits) for digits in (b"3e1e44c8b0", b"9154a888b0"))
    assert execution.compare(one, two) == []


@pytest.mark.parametrize("line", ["import sys", "# corpus: compile=f", "# corpus: parallel", "# corpus: compiled="])
def test_bad_headers_are_refused(line: str) -> None:
    with pytest.raises(programs.HeaderError, match="here"):
        programs.parse_header(line, "here")


def test_header_fields() -> None:
    fields = programs.parse_header("# corpus: compiled=f,A.g no-exit=f min-python=3.14 exit=-2 serial", "here")
    assert fields == {"compiled": ("f", "A.g"), "no_exit": ("f",), "min_python": (3, 14), "exit": -2, "serial": True}


def test_broken_programs_cannot_agree_with_themselves() -> None:
    program = programs.Program(Path("x.py"), "x")
    assert execution.check_expected(program, outcome()) == []
    for bad in (outcome(returncode=1), outcome(stderr=b"oops\n"), outcome(stdout=b""), outcome(returncode=None)):
        assert execution.check_expected(program, bad)


def unit(name: str, **changes: object) -> dict[str, object]:
    fields = {"name": name, "filename": "x.py", "kind": "function", "reason": None, "code_bytes": 9, "entries": 1, "exits": {}, "inlined": []}
    return {**fields, **changes}


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ([unit("f"), unit("g", exits={"type-guard": 1})], None),
        ([unit("f", exits={"eval-breaker": 3, "exception": 1}), unit("g")], None),
        ([unit("f", inlined=["g"])], None),
        ([unit("f")], "'g' was not compiled"),
        ([unit("f"), unit("g", filename="/usr/lib/python3.14/x.py")], "'g' was not compiled"),
        ([unit("f"), unit("g", entries=0)], None),
        ([unit("f", entries=0), unit("g", entries=0)], "no native code of the program was entered"),
        ([unit("f"), unit("g", code_bytes=0, reason="too large")], "too large"),
        ([unit("f", exits={"type-guard": 3}), unit("g")], "'f' left its native code 3 times: type-guard"),
    ],
)
def test_promises_are_checked_against_statistics(tmp_path: Path, units: list, words: str | None) -> None:
    program = programs.Program(Path("x.py"), "x", compiled=("f", "g"), no_exit=("f",))
    path = tmp_path / "statistics.json"
    path.write_text(json.dumps({"enabled": True, "units": units, "totals": {}, "forbidden_mappings": []}))
    problems = execution.check_statistics(program, modes.MODES["warm"], path)
    assert (words is None and not problems) or (words is not None and words in "\n".join(problems))


@pytest.mark.parametrize(("name", "foreign"), [("", False), ("/memfd:whipsnake (deleted)", True)])
def test_writable_code_is_a_failure(tmp_path: Path, name: str, foreign: bool) -> None:
    path = tmp_path / "statistics.json"
    path.write_text(json.dumps({"units": [unit("f")], "forbidden_mappings": [f"7fb3-7fb4 rwxp 0 00:00 0 {name}"]}))
    check = partial(execution.check_statistics, mode=modes.MODES["warm"], path=path)
    assert "must not be: 7fb3-7fb4" in check(programs.Program(Path("x.py"), "x"))[0]
    # A library may map code as it likes, where a program says that it does.
    assert bool(check(programs.Program(Path("x.py"), "x", foreign_code=True))) == foreign


def test_missing_statistics_are_a_failure(tmp_path: Path) -> None:
    program = programs.Program(Path("x.py"), "x", compiled=("f",))
    assert "no usable statistics" in execution.check_statistics(program, modes.MODES["on"], tmp_path / "none")[0]


def test_random_exits_follow_the_seed() -> None:
    program = programs.Program(Path("x.py"), "x")
    mode = modes.MODES["exitrand"]
    assert mode.environment(program.name, 5) == mode.environment(program.name, 5)
    assert len({mode.environment(program.name, seed)["WHIPSNAKE_EXIT_EVERY"] for seed in range(30)}) > 3
    assert modes.MODES["sample"].environment(program.name, 5)["WHIPSNAKE_SAMPLE"] == "50:5"


def test_every_program_of_the_corpus_is_sound() -> None:
    found = programs.discover()
    assert len(found) >= 300
    assert [problem for program in found for problem in programs.lint(program)] == []


@pytest.mark.parametrize(("program_end", "excused"), [("print('other')", True), ("os.kill(os.getpid(), 11)", False)])
def test_open_differences_are_excused_but_not_crashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program_end: str, excused: bool
) -> None:
    path = tmp_path / "topic" / "prog.py"
    path.parent.mkdir()
    path.write_text(f"# corpus:\nimport os\nprint('same')\nif 'WHIPSNAKE_THRESHOLD' in os.environ: {program_end}\n")
    (tmp_path / "open.txt").write_text("# explained\ntopic/prog: known\n")
    monkeypatch.setattr(programs, "CORPUS", tmp_path)
    monkeypatch.setattr(execution, "CORPUS", tmp_path)
    monkeypatch.setattr(programs, "OPEN", tmp_path / "open.txt")
    monkeypatch.setattr(execution, "jit_command", execution.plain_command)
    report = run_corpus.run_program(programs.load(path), [modes.MODES["warm"]], sys.executable, 0, tmp_path)
    run_corpus.set_open_apart([report])
    assert (len(report.open), len(report.crashes), report.failures) == ((1, 0, []) if excused else (0, 1, []))
