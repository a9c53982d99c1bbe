"""Exceptions raised for frames: same handler, same traceback as in the interpreter."""

import dis
import gc
import sys

from support import EMPTY, at, checks, describe, equal, outcome, passed


raiser = [].pop


def boom():
    """What `raiser()` raises."""
    return IndexError("pop from empty list")


def plain(a, f):
    b = a
    return f(

    )


def handled(a, f):
    try:
        a = f()
    except IndexError as error:
        return "handled", describe(error)
    return a


def nested(a, f):
    try:
        try:
            f()
        finally:
            a = a + 1
    except IndexError as error:
        return a, describe(error)


def passing(a, f):
    try:
        f()
    finally:
        a.append("finally")


def wrong_type(a, f):
    try:
        f()
    except KeyError:
        return "wrong"


def in_loop(a, f):
    seen = []
    for i in a:
        try:
            f()
        except IndexError as error:
            seen.append((i, describe(error)))
    return seen


def replaced(a, f):
    try:
        f()
    except IndexError as error:
        raise ValueError("y") from error


def cleanup(a, f):
    with a:
        f()
    return "suppressed"


class Suppress:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, tb):
        self.seen = describe(error)
        return True


def resumed(function, a, stack):
    """As if native code had run up to the call of `f`, which raised."""
    offset = [i.offset // 2 for i in dis.get_instructions(function) if i.opname == "CALL" and i.offset // 2 >= first(function)][0]
    locals = [a, raiser] + [EMPTY] * (len(function.__code__.co_varnames) - 2)
    if function is in_loop:
        locals[2] = []
        locals[3] = next(stack[0])
    return checks.resume_raising(function, offset, locals, stack, boom())


def first(function):
    """The first instruction that loads `f`."""
    return next(i.offset // 2 for i in dis.get_instructions(function) if "LOAD_FAST" in i.opname and "f" in i.argrepr.replace(",", "").split())


functions = {
    plain: (1, []),
    handled: (1, []),
    nested: (1, []),
    wrong_type: (1, []),
    replaced: (1, []),
}
for function, (a, stack) in functions.items():
    expected = outcome(function, a, raiser, skip=1)
    equal(outcome(resumed, function, a, stack, skip=2), expected, function.__name__)

trace = []
expected = outcome(passing, trace, raiser, skip=1)
equal(outcome(resumed, passing, trace, [], skip=2), expected)
equal(trace, ["finally", "finally"])

expected = in_loop([1, 2], raiser)
equal(resumed(in_loop, [1, 2], [iter([1, 2])]), expected)

manager = Suppress()
equal(cleanup(manager, raiser), "suppressed")
expected = manager.seen
# The stack below a `with` block: 3.14 keeps __exit__ and self, 3.13 the bound __exit__.
stack = [Suppress.__exit__, manager] if sys.version_info >= (3, 14) else [manager.__exit__]
offset = next(i.offset // 2 for i in dis.get_instructions(cleanup) if i.opname == "CALL" and i.positions.lineno == cleanup.__code__.co_firstlineno + 2)
equal(checks.resume_raising(cleanup, offset, [manager, raiser], stack, boom()), "suppressed")
equal(manager.seen, expected)

# The value stack is dropped, in order from the top, before the handler runs.
order = []


class Item:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        order.append(self.name)


def drops(a, f):
    try:
        return f(a, [a])
    except IndexError:
        order.append("handler")


call = at(drops, "CALL")
checks.resume_raising(drops, call, [1, 2], [Item("low"), Item("high")], boom())
equal(order, ["high", "low", "handler"])

# Behind EXTENDED_ARG the failing instruction itself is reported.
names = ", ".join(f"v{i}" for i in range(300))
source = f"def wide(f):\n    {names} = {', '.join('0' for _ in range(300))}\n    return v299 + f\n"
namespace = {}
exec(source, namespace)
wide = namespace["wide"]
prefix = next(i.offset // 2 for i in dis.get_instructions(wide) if i.opname == "EXTENDED_ARG" and i.positions.lineno == 3)
result, (_, _, entries) = outcome(checks.resume_raising, wide, prefix, [1] + [0] * 300, [], boom(), skip=1)
equal(entries[0][1], 2 * prefix + 2)
equal(entries[0][2], 3)

# References: nothing leaks, nothing is dropped twice.
marker = object()
counts = []
for _ in range(100):
    outcome(checks.resume_raising, plain, call, [marker, marker, marker], [marker], boom())
    checks.resume_raising(handled, at(handled, "CALL"), [marker, marker, EMPTY], [marker], boom())
    gc.collect()
    counts.append((sys.getrefcount(marker), sys.getrefcount(plain), sys.getrefcount(handled.__code__)))
equal(len(set(counts[10:])), 1, counts)
passed()
