"""A process that dies in or below native code says in which unit and at which instruction; nothing else changes."""

from __future__ import annotations

import re
import signal
import subprocess

import pytest
from conftest import WARM, Result, Runner

BELOW = """\
import ctypes, os, signal, sys
import whipsnake
buffer = ctypes.create_string_buffer(b"abc")


def poke(address):
    return ctypes.memmove(
        buffer, address, 1)


def poke_all(addresses):
    total = 0
    for address in addresses:
        total += poke(address) == good
    return total


good = ctypes.addressof(buffer)
assert poke_all([good] * 5000) == 5000
"""
FAULT = "poke_all([good] * 5000 + [1])\n"

SPIN = """\
def spin(n):
    total = 0
    for i in range(n):
        total = (total * 3 + i) % 1000003
    return total


spin(1000)
print("ready", flush=True)
spin(10**11)
"""


def crash(runner: Runner, text: str, *flags: str, env: dict[str, str] | None = None) -> Result:
    """Runs a program under whipsnake, and its plain run, which must end in the same way."""
    runner.write("crash.py", text)
    result = runner.python(*flags, "-m", "whipsnake", "run", "crash.py", env={**WARM, **(env or {})})
    plain = runner.python(*flags, "crash.py")
    assert (result.stdout, result.returncode) == (plain.stdout, plain.returncode)
    return result


def told(result: Result) -> list[str]:
    """The lines of ours."""
    return [line.removeprefix("whipsnake:").strip() for line in result.stderr.splitlines() if line.startswith("whipsnake:")]


def test_a_fault_below_native_code_names_unit_and_instruction(runner: Runner) -> None:
    result = crash(runner, BELOW + FAULT)
    assert result.returncode == -signal.SIGSEGV
    first, unit, instruction, address, hint = told(result)
    assert first == "SIGSEGV at address 0x1 below native code"
    assert re.fullmatch(r"unit .*/crash\.py:11:poke_all \(loop at offset \d+\)", unit)
    place = re.fullmatch(r"instruction at or near offset \d+ \(line (\d+)\) of .*/crash\.py:(\d+:\w+)", instruction)
    assert place and place.groups() == ("7", "6:poke")
    assert re.fullmatch(r"native address 0x[0-9a-f]+, 0x[0-9a-f]+ bytes behind the start of the unit", address)
    assert "whipsnake bisect" in hint


def test_a_signal_in_a_native_loop_names_the_loop(runner: Runner) -> None:
    runner.write("spin.py", SPIN)
    arguments = ("-m", "whipsnake", "run", "spin.py")
    process = runner.start(*arguments, env=WARM, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    # The call has to become native.
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGBUS)
    stdout, stderr = process.communicate(timeout=60)
    lines = told(Result(stdout, stderr, process.returncode))
    assert process.returncode == -signal.SIGBUS and lines[0] == "SIGBUS in native code"
    assert re.fullmatch(r"unit .*/spin\.py:1:spin \(.*\)", lines[1])
    assert re.search(r"\(line [34]\) of .*/spin\.py:1:spin", lines[2])


def test_an_abort_below_native_code_is_told_and_ends_the_process(runner: Runner) -> None:
    end = "def call(function): return function()\nfor i in range(100): call(int)\ncall(os.abort)\n"
    result = crash(runner, BELOW + end)
    assert result.returncode == -signal.SIGABRT
    assert told(result)[0] == "SIGABRT below native code"


@pytest.mark.parametrize("flags", [(), ("-X", "faulthandler")])
def test_other_handlers_go_on(runner: Runner, flags: tuple[str, ...]) -> None:
    enable = "" if flags else "import faulthandler\nfaulthandler.enable()\n"
    result = crash(runner, BELOW + enable + FAULT, *flags)
    # The handler that comes first sends the signal again, without the address.
    assert told(result)[0] == ("SIGSEGV at address 0x1 below native code" if flags else "SIGSEGV below native code")
    assert re.search(r"\(line 7\) of .*/crash\.py:6:poke", told(result)[2])
    assert "Fatal Python error: Segmentation fault" in result.stderr and "in poke_all" in result.stderr


def test_what_the_program_sees_of_signals_is_the_same(runner: Runner) -> None:
    text = """
        print([signal.getsignal(number) for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL)])
        def caught(number, frame): print("caught", number)
        signal.signal(signal.SIGABRT, caught)
        def kill(n):
            for i in range(n): os.kill(os.getpid(), signal.SIGABRT)
        kill(3)
        print(signal.signal(signal.SIGABRT, signal.SIG_DFL) is caught)
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGABRT)
        """
    result = crash(runner, BELOW + "\n".join(line[8:] for line in text.splitlines()) + "\n")
    assert result.returncode == -signal.SIGABRT and told(result) == []


def test_a_crash_elsewhere_says_nothing(runner: Runner) -> None:
    assert told(crash(runner, BELOW + "os.abort()\n")) == []


def test_the_option_switches_it_off(runner: Runner) -> None:
    assert told(crash(runner, BELOW + FAULT, env={"WHIPSNAKE_CRASH_INFO": "0"})) == []


def test_another_handler_is_not_replaced(runner: Runner) -> None:
    text = """
        import ctypes, os, signal
        def caught(number, frame): print("caught", flush=True)
        signal.signal(signal.SIGSEGV, caught)
        import whipsnake
        whipsnake.enable()
        def kill(n):
            for i in range(n): os.kill(os.getpid(), signal.SIGSEGV)
        kill(2)
        """
    assert runner.snippet(text) == "caught\ncaught\n"
