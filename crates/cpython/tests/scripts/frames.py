"""Frames pushed and resumed in the middle of functions."""

import gc
import sys
import weakref

from support import EMPTY, at, checks, equal, line_start, passed


def arithmetic(a, b):
    c = a + b
    d = c * 2
    return a, b, c, d


equal(checks.resume(arithmetic, line_start(arithmetic, 2), [1, 2, 10, EMPTY], []), (1, 2, 10, 20))
equal(checks.resume(arithmetic, line_start(arithmetic, 3), [1, 2, 3, "d"], []), (1, 2, 3, "d"))
# With operands on the value stack: 5 * 7.
multiply = at(arithmetic, "BINARY_OP", 1)
equal(checks.resume(arithmetic, multiply, [1, 2, 3, EMPTY], [5, 7]), (1, 2, 3, 35))


def loop(items):
    total = 0
    for item in items:
        total += item
    return total


next_item = at(loop, "FOR_ITER")
equal(checks.resume(loop, next_item, [EMPTY, 100, EMPTY], [iter([1, 2, 3])]), 106)


def unset(x):
    if x:
        y = x
    return y


try:
    checks.resume(unset, line_start(unset, 3), [0, EMPTY], [])
except UnboundLocalError as error:
    assert "'y'" in str(error)
else:
    raise AssertionError("an unbound local was readable")


def reader(x):
    y = x
    frame = sys._getframe()
    return frame.f_lineno, frame.f_back.f_code.co_name, dict(frame.f_locals), checks.frame_state()


def caller():
    return checks.resume(reader, line_start(reader, 2), [1, 2], [])


line, back, names, (code, offset, height, state) = caller()
equal((line, back), (reader.__code__.co_firstlineno + 3, "caller"))
equal({name: names[name] for name in "xy"}, {"x": 1, "y": 2})
equal((code, state[:2]), (reader.__code__, [1, 2]))
assert reader.__code__.co_positions and 0 <= offset < len(reader.__code__.co_code) // 2


# A linked frame is seen by everybody, and its frame object survives it.
def target(x):
    y = x
    return y


def look():
    frame = sys._getframe(1)
    equal((frame.f_code, frame.f_lineno, frame.f_locals["x"]), (target.__code__, target.__code__.co_firstlineno + 2, kept))
    equal(frame.f_back.f_code.co_name, "outer")
    return frame


class Kept:
    pass


def outer():
    return checks.framed_call(target, line_start(target, 2), [kept, EMPTY], [], look)


kept = Kept()
frame = outer()
equal(frame.f_locals, {"x": kept})
equal(frame.f_back.f_code.co_name, "outer")
gone = weakref.ref(kept)
kept = None
assert gone() is not None
frame.clear()
assert gone() is None, "the frame object owned its locals"
del frame

# A frame nobody looked at gives its references up at once, and the callee's exception passes.
kept = Kept()
gone = weakref.ref(kept)
checks.framed_call(arithmetic, line_start(arithmetic, 2), [kept, kept], [kept, EMPTY], lambda: None)
kept = None
assert gone() is None
try:
    checks.framed_call(target, line_start(target, 2), [1, 2], [], lambda: 1 / 0)
except ZeroDivisionError:
    pass
else:
    raise AssertionError("the exception was lost")


# Destructors that run while a frame is popped see its caller.
class Nosy:
    def __del__(self):
        seen.append(sys._getframe(1).f_code.co_name)


def drops():
    checks.framed_call(target, line_start(target, 2), [Nosy(), EMPTY], [], lambda: None)


seen = []
drops()
equal(seen, ["drops"])


# The result of a call goes to the frame that called.
def calls(x):
    y = x()
    return y, x


units = 4  # CALL and its three cache entries
call = at(calls, "CALL")
equal(checks.resume_after_call(calls, call, [1, EMPTY], [], units, lambda: "result"), ("result", 1))

# References: nothing leaks, nothing is dropped twice.
marker = object()
counts = []
for _ in range(100):
    checks.resume(arithmetic, line_start(arithmetic, 3), [marker, marker, marker, marker], [])
    checks.resume_after_call(calls, call, [marker, EMPTY], [], units, lambda: marker)
    gc.collect(0)
    counts.append((sys.getrefcount(marker), sys.getrefcount(arithmetic), sys.getrefcount(arithmetic.__code__)))
equal(len(set(counts[10:])), 1, counts)
passed()
