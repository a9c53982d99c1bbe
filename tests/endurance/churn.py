"""Functions that are made, get hot and die: memory stays below what it was after the first of them, plus the cap, plus 5 %."""

from __future__ import annotations

import gc
import os
import sys
import time

from work import make

ALIVE = 50
"""Groups of functions that are alive at a time."""
SETTLED = 1000
"""Groups after which memory is taken to have settled."""
COLLECTED = 50
"""Groups after which the collector runs."""
CAP = int(os.environ.get("WHIPSNAKE_CODE_CAP", "0"))
TOLERANCE = 1.05


def resident() -> int:
    """Bytes of memory of this process."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(minutes: float) -> None:
    """Run for so many minutes."""
    end = last = time.monotonic()
    end += minutes * 60
    alive, k, limit, most = [], 0, 0.0, 0
    while time.monotonic() < end or k < 2 * SETTLED:
        k += 1
        alive = [*alive[1 - ALIVE :], make(k)]
        alive[-1].run(40)
        alive[k % len(alive)].run(5)
        if k % COLLECTED == 0:
            # Dead functions are in cycles, and how long these wait for the collector is not what is tested.
            gc.collect()
        if k == SETTLED:
            limit = (resident() + CAP) * TOLERANCE
        if k >= SETTLED and k % COLLECTED == 0:
            most = max(most, resident())
            assert most <= limit, f"{most} bytes after {k} groups, the limit is {limit:.0f}"
        if time.monotonic() - last > 10:
            last = time.monotonic()
            print(f"{k} groups, {resident() / 2**20:.1f} of at most {limit / 2**20:.1f} MiB", flush=True)
    print(f"{k} groups of functions: at most {most / 2**20:.1f} MiB, the limit is {limit / 2**20:.1f} MiB")


if __name__ == "__main__":
    main(float(sys.argv[1]))
