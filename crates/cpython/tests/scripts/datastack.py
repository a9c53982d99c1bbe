"""Frames beyond the end of a chunk of the data stack."""

import sys
import threading
import traceback

from support import EMPTY, checks, equal, line_start, passed


def wide(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p):
    q = (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)
    return q


def level(depth):
    """Alternates between frames of the interpreter and pushed ones."""
    tops.append(checks.top())
    if depth == 0:
        return sum(1 for _ in traceback.walk_stack(sys._getframe()))
    locals = [depth] * 16 + [EMPTY]
    return checks.framed_call(wide, line_start(wide, 2), locals, [1, 2, 3], lambda: level(depth - 1))


def deep(depth):
    before = checks.top()
    frames = level(depth)
    equal(checks.top(), before)
    return frames


sys.setrecursionlimit(20_000)
tops = []
threading.stack_size(512 * 1024 * 1024)
results = []


def work():
    for depth in (1, 10, 300, 2000, 299, 300, 301):
        base = sum(1 for _ in traceback.walk_stack(sys._getframe()))
        # Three per level: level, the pushed frame, the lambda; then `deep`, the generator expression is not one.
        results.append((depth, deep(depth) - base, 3 * depth))


thread = threading.Thread(target=work)
thread.start()
thread.join()
equal(len(results), 7)
extra = results[0][1] - results[0][2]
for depth, frames, expected in results:
    equal(frames, expected + extra, depth)
jumps = sum(abs(right - left) > 16 * 1024 for left, right in zip(tops, tops[1:]))
assert jumps >= 10, f"only {jumps} chunks were crossed"


# A frame larger than a chunk.
names = ", ".join(f"v{i}" for i in range(5000))
namespace = {}
exec(f"def huge({names}):\n    return v0 + v4999\n", namespace)
huge = namespace["huge"]
before = checks.top()
equal(checks.resume(huge, line_start(huge, 1), [1] * 5000, []), 2)
equal(checks.top(), before)


# Frames pushed at the first level of a thread that has no Python frame below.
def fresh():
    results.append(checks.resume(huge, line_start(huge, 1), [2] * 5000, []))


thread = threading.Thread(target=fresh)
thread.start()
thread.join()
equal(results[-1], 4)
passed()
