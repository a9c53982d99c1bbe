"""Hostile surroundings: the same answers, and a line or two that say what is given up."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import hostile
import pytest
from conftest import EAGER, Result, Runner
from hostile import WORK

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits and filters of Linux")

BACKGROUND = {"WHIPSNAKE_THRESHOLD": "30"}
SYNC = {**BACKGROUND, "WHIPSNAKE_SYNC": "1"}
STATE = """
print(whipsnake.is_enabled(), whipsnake.is_compiled(loop))
"""
"""Prints whether the JIT is on, and whether it has compiled."""
SOON = """
import time
for _ in range(200):
    if whipsnake.is_compiled(loop): break
    time.sleep(0.1)
"""
"""Leaves the compiling thread the time that it takes."""
NOWHERE = {"WHIPSNAKE_STATS_JSON": ""}
"""Nothing is written as a process ends, where it could not be."""


def run(runner: Runner, text: str, env: dict[str, str]) -> Result:
    """Run a program, which must end well; skip if it says so."""
    result = runner.python("-c", text, env=env, timeout=120)
    if result.stdout.startswith("skip: "):
        pytest.skip(result.stdout[6:].strip())
    assert result.returncode == 0, result
    return result


def said(result: Result) -> list[str]:
    """What was given up, in at most two lines and no other."""
    lines = result.stderr.splitlines()
    assert len(lines) <= 2 and all(line.startswith("whipsnake") for line in lines), lines
    return lines


@pytest.fixture
def answers(runner: Runner) -> str:
    """What plain Python prints."""
    return run(runner, WORK, {"WHIPSNAKE": "0"}).stdout


@pytest.mark.parametrize("env", [SYNC, BACKGROUND], ids=["sync", "background"])
@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(hostile.DENY_WRITE_EXECUTE, id="memory-deny-write-execute"),
        pytest.param(hostile.SECCOMP + "\ndeny([OPENAT], EROFS, 2, 0o100)", id="no-file-can-be-made"),
        pytest.param("import os; os.environ['TMPDIR'] = os.environ['HOME'] = '/nonexistent'; os.chdir('/')", id="no-tmp"),
    ],
)
def test_what_is_not_needed_may_be_denied(runner: Runner, answers: str, condition: str, env: dict[str, str]) -> None:
    result = run(runner, condition + WORK + SOON + STATE, {**env, **NOWHERE})
    assert (result.stdout, result.stderr) == (answers + "True True\n", "")


@pytest.mark.parametrize("env", [SYNC, BACKGROUND], ids=["sync", "background"])
@pytest.mark.parametrize(
    ("condition", "step"),
    [
        ("deny([MEMFD_CREATE], EPERM)", "memfd_create: Operation not permitted"),
        ("deny([MEMFD_CREATE], ENOSYS)", "memfd_create: Function not implemented"),
        ("deny([MMAP], EACCES, 2, 4)", "mapping code: Permission denied"),
    ],
)
def test_denied_executable_memory_keeps_the_jit_off(
    runner: Runner, answers: str, condition: str, step: str, env: dict[str, str]
) -> None:
    # The package itself is code, too.
    result = run(runner, "import whipsnake\n" + hostile.SECCOMP + condition + WORK + STATE, env)
    assert result.stdout == answers + "False False\n"
    assert re.fullmatch(rf"whipsnake stays off: no memory for code: {step} \(os error \d+\)\n", result.stderr)


@pytest.mark.parametrize("condition", ["deny([CLONE, CLONE3], EAGAIN)", "deny([MPROTECT], EPERM)"], ids=["no-threads", "no-mprotect"])
def test_without_threads_code_is_compiled_where_it_runs(runner: Runner, answers: str, condition: str) -> None:
    result = run(runner, "import whipsnake\n" + hostile.SECCOMP + condition + WORK + SOON + STATE, BACKGROUND)
    assert result.stdout == answers + "True True\n"
    # Where a thread's stack needs no `mprotect`, the thread is there.
    assert result.stderr or "MPROTECT" in condition
    line = "whipsnake: the compiling thread cannot be started; code is compiled in the thread that runs it\n"
    assert result.stderr in ("", line)


@pytest.mark.parametrize("mebibytes", [1, 8, 40, 100])
@pytest.mark.parametrize("env", [SYNC, BACKGROUND], ids=["sync", "background"])
def test_little_address_space(runner: Runner, answers: str, mebibytes: int, env: dict[str, str]) -> None:
    limit = hostile.LITTLE_ADDRESS_SPACE.replace("BYTES", f"{mebibytes} << 20")
    # Without room for the package itself its import fails, as that of any other.
    result = run(runner, "import whipsnake\n" + limit + WORK, env)
    assert result.stdout == answers
    assert said(result) or mebibytes == 100


EATER = """
import gc

def eat(kind):
    held, n = [], 0
    try:
        while True:
            held.append(make(kind, n))
            n += 1
    except MemoryError:
        held.clear()
    return n

def make(kind, n):
    if kind == 0: return [n] * 1000
    if kind == 1: return float(n), n + 2**40
    if kind == 2: return {"a": n, n: "b"}
    return str(n) + "x" * 300

def work(n):
    t = 0.0
    for i in range(n): t += i * 0.5
    return t

for _ in range(40): make(0, 1), make(1, 2), make(2, 3), make(3, 4), work(9)
for round in range(2):
    for kind in range(4):
        assert eat(kind) > 1000
        gc.collect()
        assert make(1, 7) == (7.0, 7 + 2**40) and work(9) == 18.0
print("fed")
"""


@pytest.mark.parametrize("env", [SYNC, BACKGROUND, EAGER, {**SYNC, "WHIPSNAKE_EXIT_EVERY": "7"}], ids=["sync", "background", "eager", "exits"])
def test_programs_that_eat_all_memory_go_on(runner: Runner, env: dict[str, str]) -> None:
    limit = hostile.LITTLE_ADDRESS_SPACE.replace("BYTES", "150 << 20")
    result = run(runner, "import whipsnake\nwhipsnake.enable()\n" + limit + EATER, {**env, **NOWHERE})
    assert result.stdout == "fed\n"
    said(result)


@pytest.mark.parametrize("env", [SYNC, BACKGROUND], ids=["sync", "background"])
def test_no_file_descriptor_is_free(runner: Runner, answers: str, env: dict[str, str]) -> None:
    result = run(runner, "import whipsnake\nwhipsnake.enable()\n" + hostile.NO_FILES + "exhaust()\n" + WORK, {**env, **NOWHERE})
    # In the background nothing may have come so far.
    assert result.stdout == answers and (said(result) or env is BACKGROUND)
    # What is compiled already goes on, and the rest is compiled later: also `second`, which `map` calls, so that it is
    # not merely a part of a compiled loop.
    text = hostile.NO_FILES + """
import whipsnake, json, time
whipsnake.enable()
def first(x): return x + 1
def second(x): return x + 2
for i in range(200): first(i)
if not whipsnake.is_compiled(first): time.sleep(0.5)
exhaust()
before = whipsnake.is_compiled(first)
total = sum(map(first, range(200))) + sum(map(second, range(200)))
time.sleep(0.3)
print(total, before, whipsnake.is_compiled(second))
release()
for _ in range(500):
    total = sum(map(first, range(400))) + sum(map(second, range(400)))
    if whipsnake.is_compiled(second): break
    time.sleep(0.02)
print(total, whipsnake.is_compiled(second))
"""
    result = run(runner, text, {**env, **NOWHERE})
    assert result.stdout == "40400 True False\n160800 True\n"
    (line,) = said(result)
    assert re.fullmatch(r"whipsnake: \S+ is compiled later: no memory for code: memfd_create: Too many open files \(os error 24\)", line)


def test_nobody_reads_standard_error(runner: Runner, answers: str) -> None:
    for redirection in ("2>/dev/full", "2>&-", "2>/dev/null"):
        for place in ("map:30+", "pass-panic:40", "denied:1+"):
            env = runner.environment({**SYNC, "WHIPSNAKE_FAULT": place, "WHIPSNAKE_DUMP": "ir:loop", "WHIPSNAKE_STATS": "1"})
            command = ["sh", "-c", f'exec "$0" -c "$1" {redirection}', sys.executable, WORK]
            done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=False)
            # Python itself may complain in its exit code that it cannot flush standard error.
            assert done.stdout == answers and done.returncode in (0, 120), (redirection, place, done.returncode)


def test_without_proc(runner: Runner, answers: str) -> None:
    unshare = shutil.which("unshare")
    command = [unshare or "unshare", "--mount", "--map-root-user", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
    if unshare is None or subprocess.run([*command, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no file system can be mounted over /proc here")
    for env in (SYNC, BACKGROUND):
        text = "import os; assert not os.path.exists('/proc/self')\n" + WORK + SOON + STATE
        done = subprocess.run([*command, sys.executable, "-c", text], env=runner.environment(env), capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr, done.returncode) == (answers + "True True\n", "", 0)


@pytest.mark.skipif(not hasattr(sys, "remote_exec"), reason="sys.remote_exec is new in 3.14")
@pytest.mark.parametrize("env", [EAGER, BACKGROUND], ids=["eager", "background"])
def test_remote_exec_into_a_compiled_loop(runner: Runner, env: dict[str, str]) -> None:
    runner.write(
        "spin.py",
        """
        stop = False
        def leaf(n): return n + 1 & 0xFFFF
        def spin():
            n = 0
            while not stop:
                n = leaf(n)
            return n
        print("ready", flush=True)
        print(spin() >= 0, seen)
        """,
    )
    script = runner.write(
        "remote.py",
        """
        import sys
        frame, names = sys._getframe(), []
        while frame:
            names.append(frame.f_code.co_name)
            frame = frame.f_back
        main = sys.modules["__main__"]
        main.seen = "spin" in names
        main.stop = True
        """,
    )
    process = runner.start("-m", "whipsnake", "run", "spin.py", env=env, stdout=-1, stderr=-1)
    try:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        sent = runner.python("-c", f"import sys, time; time.sleep(0.3); sys.remote_exec({process.pid}, {str(script)!r})")
        if "PermissionError" in sent.stderr:
            pytest.skip("this process may not look into others")
        assert sent.returncode == 0, sent
        stdout, stderr = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (stdout, stderr, process.returncode) == ("True True\n", "", 0)


UNFINISHED = """
def make(k, exec=exec, str=str):
    space = {}
    exec(f"def f(n):\\n    t = {k}\\n" + "    t += n\\n" * 40 + "    for i in range(n): t ^= i\\n    return t", space)
    return space

print(sum([make(k)["f"](j) for k in range(60) for j in range(35)]), flush=True)
functions = [make(k)["f"] for k in range(30)]
for f in functions:
    for j in range(31): f(j)
"""
"""Leaves many compilations unfinished where they are made in the background."""

ENDS = {
    "exit": "import sys\nsys.exit(3)",
    "os._exit": "import os, sys\nsys.stdout.flush()\nos._exit(3)",
    "exit in a thread": "import sys, threading\nt = threading.Thread(target=lambda: sys.exit(5))\nt.start()\nt.join()\nsys.exit(3)",
    "daemon threads": """
import sys, threading
started = threading.Barrier(5)
def spin(k):
    n = 0
    started.wait()
    while True:
        n = make(k)["f"](9) + n & 0xFFFF
for k in range(4): threading.Thread(target=spin, args=(k,), daemon=True).start()
started.wait()
sys.exit(3)
""",
    "hot destructors": """
import atexit, sys
class Last:
    def __del__(self):
        for k in range(40): total(k)
def total(n):
    t = 0
    for i in range(n): t += make(i % 3)["f"](i)
    return t
atexit.register(total, 30)
kept = [Last() for _ in range(3)]
sys.kept = Last()
sys.exit(3)
""",
    "an exception": "raise SystemExit(3)",
    "what the module holds": """
class Kept:
    def __del__(self): print("dies", flush=True)
kept = Kept()
def leaf(x): return x + 1
def hot(n):
    t = 0
    for i in range(n): t += leaf(i)
    return t
for j in range(40): hot(j)
raise SystemExit(3)
""",
}


@pytest.mark.parametrize("way", ENDS)
def test_interpreter_ends_during_compilations(runner: Runner, way: str) -> None:
    runner.write("end.py", UNFINISHED + ENDS[way])
    expected = runner.python("end.py")
    assert expected.returncode == 3 and expected.stdout
    for env in (BACKGROUND, {"WHIPSNAKE_THRESHOLD": "3"}, SYNC):
        for _ in range(2):
            assert runner.whipsnake("run", "end.py", env=env) == expected


def test_gevent_switches_inside_compiled_frames(runner: Runner) -> None:
    pytest.importorskip("gevent")
    runner.write(
        "green.py",
        """
        import gevent, gevent.pool, gevent.queue

        def leaf(k, i):
            if i % 13 == k % 13: gevent.sleep(0)
            return i

        def body(k):
            t = 0
            for i in range(150): t += leaf(k, i)
            return k, t

        def producer(queue, n):
            for i in range(n): queue.put(i)
            queue.put(None)

        def consumer(queue):
            t = 0
            while (item := queue.get()) is not None: t += item
            return t

        jobs = [gevent.spawn(body, k) for k in range(40)]
        gevent.joinall(jobs)
        print(sum(job.value[1] for job in jobs), sorted(job.value[0] for job in jobs)[-1])
        queue = gevent.queue.Queue(3)
        pair = gevent.spawn(producer, queue, 500), gevent.spawn(consumer, queue)
        gevent.joinall(pair)
        print(pair[1].value, sorted(gevent.pool.Pool(7).map(body, range(30)))[-1])
        """,
    )
    for env in (EAGER, SYNC, BACKGROUND, {**EAGER, "WHIPSNAKE_EXIT_EVERY": "3"}):
        assert runner.same("green.py", env=env).returncode == 0
