"""Threads, forks, background compilation and greenlets."""

from __future__ import annotations

import importlib.util

import pytest
from conftest import EAGER, WARM, Runner

BACKGROUND = {"WHIPSNAKE_THRESHOLD": "30"}

CHURN = """
    import sys, threading
    sys.setswitchinterval(1e-6)

    def make(k):
        space = {}
        exec(f"def f(n):\\n    t = {k}\\n    for i in range(n): t += i * {k} % 7\\n    return t\\ndef g(n): return f(n) + 1", space)
        return space["g"]

    def body(k, out):
        total = 0
        for r in range(12):
            g = make(k * 100 + r)
            for _ in range(40): total += g(10)
        out[k] = total

    out = {}
    threads = [threading.Thread(target=body, args=(k, out)) for k in range(6)]
    for t in threads: t.start()
    for t in threads: t.join()
    print(sorted(out.items()))
    """


@pytest.mark.parametrize("env", [EAGER, WARM, BACKGROUND, {**EAGER, "WHIPSNAKE_EXIT_EVERY": "5"}], ids=["eager", "warm", "background", "exits"])
def test_many_threads_make_and_drop_functions(runner: Runner, env: dict[str, str]) -> None:
    runner.write("churn.py", CHURN)
    assert runner.same("churn.py", env=env).returncode == 0


@pytest.mark.parametrize("env", [EAGER, BACKGROUND], ids=["eager", "background"])
def test_fork_in_the_middle_of_compilations(runner: Runner, env: dict[str, str]) -> None:
    runner.write(
        "forks.py",
        """
        import os, sys

        def make(k):
            space = {}
            exec(f"def f(n):\\n    t = {k}\\n    for i in range(n): t += i\\n    return t", space)
            return space["f"]

        codes = []
        for k in range(40):
            f = make(k)
            for _ in range(40): f(20)
            pid = os.fork()
            if pid == 0:
                g = make(1000 + k)
                for _ in range(60): g(20), f(20)
                os._exit((f(10) + g(2)) % 251)
            codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) - (k + 45 + 1000 + k + 1) % 251)
        print(codes)
        """,
    )
    assert runner.same("forks.py", env=env).stdout == f"{[0] * 40}\n"


def test_hooks_of_a_fork_run_hot_code(runner: Runner) -> None:
    runner.write(
        "hooks.py",
        """
        import logging, os, time

        def make(k):
            space = {}
            exec(f"def f(n):\\n    t = {k}\\n    for i in range(n): t += i\\n    return t", space)
            return space["f"]

        def hook():
            # Events and new compilations before os.fork() has counted the threads.
            f = make(7)
            total.append(sum(f(20) for _ in range(60)))
            time.sleep(0.002)

        total = []
        os.register_at_fork(before=hook, after_in_parent=hook, after_in_child=hook)
        for k in range(10):
            f = make(k)
            for _ in range(40): f(20)
            pid = os.fork()
            if pid == 0:
                os._exit(len(set(total)))
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
        print(set(total))
        """,
    )
    assert runner.same("hooks.py", env=BACKGROUND).stdout == "{11820}\n"


def test_interpreter_ends_while_compilations_are_queued(runner: Runner) -> None:
    runner.write(
        "end.py",
        """
        import sys
        for k in range(300):
            space = {}
            exec(f"def f(n):\\n    t = {k}\\n" + "    t += n\\n" * 50 + "    return t", space)
            for _ in range(31): space["f"](1)
        print("end")
        """,
    )
    for _ in range(3):
        assert runner.same("end.py", env=BACKGROUND).stdout == "end\n"


def test_daemon_thread_runs_compiled_code_at_exit(runner: Runner) -> None:
    runner.write(
        "daemon.py",
        """
        import threading, time
        started = threading.Event()
        def spin():
            n = 0
            while True:
                n += 1
                if n == 1000: started.set()
        threading.Thread(target=spin, daemon=True).start()
        started.wait()
        print("main ends")
        """,
    )
    for _ in range(3):
        assert runner.same("daemon.py").stdout == "main ends\n"


def test_exec_replaces_a_process_with_compiled_code(runner: Runner) -> None:
    runner.write(
        "replace.py",
        """
        import os, sys
        def work(n):
            t = 0
            for i in range(n): t += i
            return t
        work(500)
        os.execv(sys.executable, [sys.executable, "-c", "print('replaced')"])
        """,
    )
    assert runner.same("replace.py").stdout == "replaced\n"


@pytest.mark.skipif(importlib.util.find_spec("greenlet") is None, reason="needs the package greenlet")
def test_many_greenlets_switch_in_compiled_frames(runner: Runner) -> None:
    runner.write(
        "switch.py",
        """
        import gc, sys, greenlet

        def leaf(k, i):
            if i % 17 == k % 17:
                greenlet.getcurrent().parent.switch((k, i))
            return i

        def body(k):
            t = 0
            for i in range(120):
                t += leaf(k, i)
            return ("done", k, t)

        alive = [greenlet.greenlet(lambda k=k: body(k)) for k in range(40)]
        out = []
        while alive:
            for g in list(alive):
                r = g.switch()
                out.append(r)
                if g.dead:
                    alive.remove(g)
                elif len(out) % 50 == 0:
                    frame, names = g.gr_frame, []
                    while frame:
                        names.append((frame.f_code.co_name, frame.f_lineno))
                        frame = frame.f_back
                    out.append(names)
            gc.collect(0)
        print(len(out), out[-5:], hash(str(out)))
        """,
    )
    for env in (EAGER, WARM, {**EAGER, "WHIPSNAKE_EXIT_EVERY": "3"}):
        assert runner.same("switch.py", env=env).returncode == 0


def test_small_thread_stacks_end_in_recursion_error(runner: Runner) -> None:
    runner.write(
        "small.py",
        """
        import sys, threading
        threading.stack_size(256 * 1024)
        def down(n): return down(n + 1) + 1
        def body():
            for _ in range(3):
                try:
                    down(0)
                except RecursionError as error:
                    out.append(type(error).__name__)
        out = []
        t = threading.Thread(target=body)
        t.start()
        t.join()
        print(out)
        """,
    )
    assert runner.same("small.py").stdout == "['RecursionError', 'RecursionError', 'RecursionError']\n"


def test_first_compilation_under_signals(runner: Runner) -> None:
    text = """
    import signal, whipsnake

    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
    whipsnake.enable()

    def add(a, b):
        return a + b

    whipsnake.compile(add)
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(whipsnake.is_compiled(add), add(1, 2))
    """
    for _ in range(5):
        assert runner.snippet(text) == "True 3\n"
