"""The fuzzer: its programs are the same for a seed and end, and what differs is found, made small and traced to a function."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

import run_fuzz  # noqa: E402
from corpus_runner.execution import Outcome  # noqa: E402
from corpus_runner.modes import MODES  # noqa: E402
from fuzzer import mutate, program, reasons, trial  # noqa: E402
from fuzzer.campaign import Campaign, Plan, weight  # noqa: E402
from fuzzer.fleet import PLAIN, Fleet  # noqa: E402
from fuzzer.shrink import Shrinker  # noqa: E402

SAMPLE = 30


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    made = Fleet(sys.executable, scratch, seed=1)
    yield made
    made.close()


def test_text_that_is_no_program_is_unusable() -> None:
    assert weight("x = [0] * 4.items()") is None
    assert weight("x = 1") > 0


@pytest.mark.parametrize("make", ["program.generate", "mutate.mutant"])
def test_a_seed_makes_the_same_program_in_every_process(make: str) -> None:
    script = f"import sys; sys.path.insert(0, {str(TESTS)!r}); from fuzzer import mutate, program; print([{make}(f's{{n}}') for n in range(12)])"

    def run(hash_seed: str) -> str:
        command = [sys.executable, "-X", "utf8", "-c", script]
        return subprocess.run(command, env={"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True, encoding="utf-8").stdout

    first = run("1")
    assert first == run("2")
    assert len({str(made) for made in ast.literal_eval(first)}) == 12


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_generated_programs_compile() -> None:
    for number in range(500):
        compile(program.generate(f"text {number}"), f"text {number}", "exec", dont_inherit=True)


def test_generated_programs_end_and_say_the_same_each_time(fleet: Fleet) -> None:
    path = fleet.scratch / "program.py"
    for number in range(SAMPLE):
        path.write_text(program.generate(f"sample {number}"), encoding="utf-8")
        outcome = fleet.run(path)
        assert (outcome.returncode, outcome.stderr) == (0, b""), number
        assert outcome.stdout.strip(), number
        assert trial.kind_of(outcome, fleet.run(path)) is None, number


def test_most_generated_calls_return_something(fleet: Fleet) -> None:
    path = fleet.scratch / "program.py"
    lines, shares = 0, []
    for number in range(SAMPLE):
        path.write_text(program.generate(f"calls {number}"), encoding="utf-8")
        words = [line.split()[2] for line in fleet.run(path).stdout.decode().splitlines() if line.startswith("f")]
        lines += len(words)
        # One program that says the same error again and again counts as one program.
        shares += [sum(word.endswith("Error") for word in words) / len(words)] if words else []
    assert lines > 5 * SAMPLE
    assert statistics.mean(shares) < 0.6, f"calls that end with an error, per program: {shares}"


def test_programs_use_what_they_are_made_for() -> None:
    texts = [program.generate(f"features {number}") for number in range(150)]
    for word in ("yield", "__del__", "sys.settrace(", "use_monitoring(", "nonlocal", "property", "__slots__", "__code__ =", "finally:"):
        assert any(word in text.removeprefix(program.PRELUDE) or word == "__del__" for text in texts), word
    assert all(text.startswith(program.PRELUDE) for text in texts)


def test_mutants_are_programs_and_not_what_they_are_made_of() -> None:
    changed = 0
    for number in range(40):
        origin, text = mutate.mutant(f"mutant {number}")
        compile(text, origin, "exec")
        name = origin.rpartition(" ")[2]
        source = (TESTS / "corpus" / f"{name}.py").read_text(encoding="utf-8")
        changed += ast.unparse(ast.parse(source)) != text.rstrip("\n")
    assert changed > 30


def shrunk(text: str, shows: Callable[[str], bool]) -> str:
    return Shrinker(shows, seconds=60).shrink(text)


def output(text: str) -> str:
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else "failed"


def test_shrinking_keeps_what_shows_and_drops_the_rest() -> None:
    text = """
import sys
class Unused:
    def method(self):
        return 1
def helper(x):
    y = x * 2
    try:
        for i in range(100):
            if i == 50 and x:
                print("found", i + 1000 - 1000)
    finally:
        y = 0
    return y
helper(1)
print(helper(0))
"""
    small = shrunk(text, lambda smaller: "found" in output(smaller))
    assert small == "def helper(x):\n    print('found')\nhelper(1)\n"


def test_shrinking_leaves_alone_what_does_not_show() -> None:
    text = "a = 1\nprint(a)\n"
    assert shrunk(text, lambda smaller: False) == text


def test_shrinking_stops_in_time() -> None:
    def slow(text: str) -> bool:
        time.sleep(0.05)
        return "x = 1" in text

    started = time.monotonic()
    small = Shrinker(slow, seconds=0.5).shrink("\n".join(f"x = {n}" for n in range(400)))
    assert time.monotonic() - started < 10
    assert "x = 1\n" in small


@pytest.mark.parametrize(
    ("actual", "kind"),
    [
        (Outcome(b"<f at 0x7f0000000001>", b"", 0, 0.0), None),
        (Outcome(b"other", b"", 0, 0.0), "stdout"),
        (Outcome(b"<f at 0x7f0000000000>", b"warning", 0, 0.0), "stderr"),
        (Outcome(b"<f at 0x7f0000000000>", b"", 1, 0.0), "exit code"),
        (Outcome(b"", b"", -11, 0.0), "signal 11"),
        (Outcome(b"", b"", None, 0.0), "time limit"),
    ],
)
def test_kinds_of_differences(actual: Outcome, kind: str | None) -> None:
    assert trial.kind_of(Outcome(b"<f at 0x7f0000000000>", b"", 0, 0.0), actual) == kind


def test_servers_survive_what_programs_do(fleet: Fleet) -> None:
    path = fleet.scratch / "program.py"
    for mode in (PLAIN, MODES["warm"]):
        for text, status in (
            ("import os; os.abort()", -6),
            ("import sys; sys.exit(3)", 3),
            ("raise KeyError(1)", 1),
            ("x = bytearray(1 << 40)", 1),
            ("import os; os.kill(os.getppid(), 0); print('parent there')", 0),
            ("import atexit; atexit.register(print, 'end')", 0),
        ):
            path.write_text(text, encoding="utf-8")
            assert fleet.run(path, mode).returncode == status, (mode.name, text)
        assert fleet.run(path, mode).stdout == b"end\n"


def test_reasons_of_exits_are_counted(fleet: Fleet) -> None:
    path = fleet.scratch / "program.py"
    path.write_text("def f(x):\n    return x + 1\nfor i in range(100): f(i)\nfor i in range(5): f('a' if i < 0 else 2.5)\n", encoding="utf-8")
    assert fleet.run(path).returncode == 0 and not fleet.exits
    assert fleet.run(path, MODES["warm"]).returncode == 0
    assert fleet.exits["type-guard"] >= 1
    assert fleet.exits.keys() <= set(reasons.REASONS)
    exits, missing = reasons.report(fleet.exits)
    assert "type-guard" in exits and "type-guard" not in missing and "code-guard" in missing


PLANTED = """
import whipsnake
def innocent(x):
    return x + 1
def guilty(x):
    return x * 2
class Unused:
    pass
total = 0
for i in range(200):
    total += guilty(i) + innocent(i)
print("wrong" if whipsnake.is_compiled(guilty) else "right", total)
"""
"""A program that says something else where one of its functions is compiled, as if that were compiled wrongly."""


class Planted(Campaign):
    """A campaign whose programs are all the same."""

    def make(self, name: str, dice: object) -> tuple[str, str]:
        return "planted", PLANTED


class Unmade(Campaign):
    """A campaign whose programs cannot be made."""

    def make(self, name: str, dice: object) -> tuple[str, str]:
        raise SyntaxError(name)


def plan(tmp_path: Path, *modes: str) -> Plan:
    """One program in these modes."""
    return Plan(
        python=sys.executable,
        seed=1,
        modes=[(1.0, MODES[name]) for name in modes],
        directory=tmp_path / "findings",
        scratch=tmp_path / "scratch",
        until=time.monotonic() + 600,
        most=1,
    )


def test_what_fails_in_the_fuzzer_ends_the_command(tmp_path: Path) -> None:
    with pytest.raises(SyntaxError, match="1:0"):
        Unmade(plan(tmp_path, "warm"), print).run(jobs=2)


def test_mutants_are_made_of_programs_of_this_python() -> None:
    for source in mutate.sources():
        ast.parse(source.path.read_text(encoding="utf-8"))


def test_a_planted_wrong_answer_is_found_shrunk_and_traced_to_its_function(tmp_path: Path) -> None:
    said: list[str] = []
    tally = Planted(plan(tmp_path, "off", "warm"), said.append).run(jobs=1)
    assert (tally.programs, len(tally.findings), tally.unconfirmed) == (1, 1, [])
    found = tally.findings[0]
    assert (found.difference.mode.name, found.difference.kind) == ("warm", "stdout")
    small = found.program.read_text(encoding="utf-8")
    assert small.startswith("# corpus:")
    assert "guilty" in small and "Unused" not in small and "innocent" not in small
    report = found.report.read_text(encoding="utf-8")
    assert "+++ stdout under whipsnake" in report and "again: cd" in report
    _, _, needed = report.partition("when these functions are compiled")
    assert "guilty" in needed.splitlines()[1], report


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--minutes", "5", "--programs", "3", "--seed", "7", "--modes", "off", "--jobs", "1", "--findings", str(tmp_path)]
    assert run_fuzz.main(arguments) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "3 programs, 0 findings, seed 7"


@pytest.mark.parametrize("arguments", [["--modes", "fast"], ["--minutes", "0"], ["--jobs", "0"]])
def test_misuse_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        run_fuzz.parse_arguments(arguments)
