"""Forks in the middle of compilations: every child goes on with what was compiled, and compiles more.

Every other fork is not announced to the interpreter, as when a C library makes it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

from work import make

CHILD_SECONDS = 60
"""A child that takes longer hangs."""

raw_fork = ctypes.PyDLL(None).fork


def child(k: int, inherited: list) -> int:
    """What a child does; its exit code."""
    signal.alarm(CHILD_SECONDS)
    for work in inherited:
        work.run(3)
    make(k).run(40)
    return k % 100 + 1


def main(count: int) -> None:
    """Fork `count` times."""
    last = time.monotonic()
    alive = []
    for k in range(count):
        alive = [*alive[-3:], make(k)]
        alive[-1].run(40)
        pid = raw_fork() if k % 2 else os.fork()
        if pid == 0:
            os._exit(child(count + k, alive))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert code == (count + k) % 100 + 1, f"child {k} ended with {code}"
        if time.monotonic() - last > 10:
            last = time.monotonic()
            print(f"{k + 1} of {count} forks", flush=True)
    print(f"{count} forks, half of them unannounced: all children right")


if __name__ == "__main__":
    main(int(sys.argv[1]))
