"""The comparison of native code's frames with the interpreter's sees wrong ones."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import run_frame_oracle  # noqa: E402
from corpus_runner import modes, programs  # noqa: E402
from run_frame_oracle import Interpreted, Record, compare, read  # noqa: E402

INTERPRETER = """\
I\t1:f:20\t1\t i6 - c[i1]\t
I\t1:f:20\t3\t i6 - c[i1]\t i6
I\t1:f:20\t4\t i6 i0 c[i1]\t r1+1*5
I\t1:f:20\t9\t i6 i0 c[i1]\t r1+1*5 function#0:-1 C#1:-1
I\t1:f:20\t4\t i6 i1 c[i1]\t r2+1*4
"""


def problems(native: str) -> list[str]:
    return compare(read(native.splitlines()), Interpreted(list(read(INTERPRETER.splitlines()))))


@pytest.mark.parametrize(
    "native",
    [
        "X\t1:f:20\t4\t i6 i0 c[i1]\t r1+1*5\nX\t1:f:20\t4\t i6 i1 c[i1]\t r2+1*4",
        "X\t1:f:20\t9\t i6 i0 c[i1]\t r1+1*5 m[function#0:-1,C#1:-1] -",
        "X\t1:f:20\t0\t i6 - c[i1]\t",
        "B\t1:f:20\t0\t i6 - i1\t",
        "B\t1:f:20\t0\t i6 - -\t",
        "R\t1:f:20\t9\t i6 i0 c[i1]\t",
        "C\t1:f:20\t9\t i6 i0 c[i1]\t r1+1*5",
        "S\t1:f:20\t9\t i6 i1 c[i1]\t",
    ],
)
def test_frames_of_the_interpreter_are_right(native: str) -> None:
    assert problems(native) == []


@pytest.mark.parametrize(
    "native",
    [
        "X\t1:f:20\t4\t i6 i2 c[i1]\t r1+1*5",
        "X\t1:f:20\t4\t i6 i0 c[i1]\t r2+1*4",
        "X\t1:f:20\t4\t i6 i0 c[i1]\t",
        "X\t1:f:20\t3\t i6 i0 c[i1]\t r1+1*5",
        "X\t1:f:20\t9\t i6 i0 c[i1]\t r1+1*5 m[function#0:-1,D#1:-1] -",
        "X\t1:f:20\t4\t i6 i1 c[i1]\t r2+1*4\nX\t1:f:20\t4\t i6 i0 c[i1]\t r1+1*5",
        "B\t1:f:20\t0\t i7 - -\t",
        "R\t1:f:20\t9\t i6 i3 c[i1]\t",
        "C\t1:f:20\t9\t i6 i0 c[i2]\t",
        "S\t1:f:20\t3\t i6 i1 c[i1]\t",
        "X\t1:g:20\t4\t i6 i0 c[i1]\t r1+1*5",
    ],
    ids=["local", "stack", "height", "place", "self", "order", "parameter", "raising", "cell", "shown", "code"],
)
def test_other_frames_are_wrong(native: str) -> None:
    assert len(problems(native)) == 1


def test_records_say_what_they_are() -> None:
    (record,) = read(["X\t3:A.f:20\t4\t i6\t s1 N\n"])
    assert record == Record("X", ("3:A.f:20", 4), " i6", " s1 N")
    assert str(record) == "X 3:A.f:20 at 4: locals i6; stack  s1 N"


@pytest.mark.skipif(sys.version_info < (3, 14), reason="tools are not told how high the value stack is")
def test_programs_leave_native_code_with_the_interpreters_frames(tmp_path: Path) -> None:
    names = ("floats/kahan_sum", "calls/closures_and_nonlocal", "exceptions/handled_in_hot_loop", "calls/inlined_callee_traceback")
    chosen = [program for program in programs.discover() if program.name in names]
    assert len(chosen) == len(names)
    for program in chosen:
        wanted = [modes.MODES[name] for name in ("warm", "exit1", "exit7")]
        report = run_frame_oracle.examine(program, wanted, sys.executable, 1, tmp_path)
        assert report.failures == [] and report.passed == len(wanted), report
        assert report.frames > 50, report
