"""Exceptions raised for frames that wait in a JUMP callback."""

import dis
import functools
import gc
import itertools
import sys

from support import checks, describe, equal, outcome, passed

M = sys.monitoring
M.use_tool_id(M.OPTIMIZER_ID, "checks")


class Boom(Exception):
    pass


# A C function that fails where the natural run is to fail.
def make_calm(fail_at):
    return map(lambda i: i if i != fail_at else fail(), itertools.count(1)).__next__


def fail():
    raise Boom("x")


calm = make_calm(None)


def no_handler(n):
    i = 0
    while i < n:
        i += 1
        calm(

        )
    return i


def with_handler(n):
    i = 0
    caught = []
    while i < n:
        i += 1
        try:
            calm()
        except Boom as error:
            caught.append((i, describe(error)))
    return i, caught


def with_finally(n):
    log = []
    try:
        for i in range(n):
            try:
                calm()
            finally:
                log.append(i)
    except Boom as error:
        log.append(describe(error))
    return log


def for_loop(n):
    for i in [0] * n:
        calm()
    return i


def tiny(n, f):
    while f():
        pass


lines = []


class Nosy:
    def __iter__(self):
        return self

    def __next__(self):
        return 0

    def __del__(self):
        frame = sys._getframe(1)
        lines.append((frame.f_code.co_name, frame.f_lineno))


def holder(n):
    for _ in Nosy():
        calm()


def generator(n):
    for i in range(n):
        calm()
        yield i


def run(function, loop, count=5):
    """Runs with the exception raised at the call in the loop at the count-th back edge."""
    code = function.__code__
    call = next(i for i in dis.get_instructions(function) if i.opname == "CALL" and i.positions.lineno == code.co_firstlineno + CALL_LINES[function])
    # The callback must be a C function, so that the looping frame is the innermost.
    callback = functools.partial(checks.raise_from_jump, [code, count, call.offset // 2, Boom("x")])
    M.register_callback(M.OPTIMIZER_ID, M.events.JUMP, callback)
    M.set_local_events(M.OPTIMIZER_ID, code, M.events.JUMP)
    try:
        return outcome(loop, skip=2)
    finally:
        M.set_local_events(M.OPTIMIZER_ID, code, 0)
        M.register_callback(M.OPTIMIZER_ID, M.events.JUMP, None)


def natural(loop, fail_at=5):
    """The same with `calm` raising in its nth call, without what it adds to the traceback."""
    global calm
    calm = make_calm(fail_at)
    try:
        return without_callee(outcome(loop, skip=2))
    finally:
        calm = make_calm(None)


def without_callee(value):
    """Drops the entries of what fails below `calm`."""
    if isinstance(value, tuple):
        return tuple(without_callee(item) for item in value)
    if isinstance(value, list):
        return [without_callee(item) for item in value if not (isinstance(item, tuple) and item[0] in BELOW)]
    return value


BELOW = {"make_calm.<locals>.<lambda>", "fail"}
CALL_LINES = {no_handler: 4, with_handler: 6, with_finally: 5, for_loop: 2, tiny: 1, generator: 2, holder: 2}

# The exception comes at the fifth back edge: five calls have run, and it is as if the fifth had raised.
equal(run(no_handler, lambda: no_handler(9)), natural(lambda: no_handler(9)), "no handler")
equal(run(for_loop, lambda: for_loop(9)), natural(lambda: for_loop(9)), "for loop")
equal(run(with_handler, lambda: with_handler(9)), natural(lambda: with_handler(9)), "handler")
result, (kind, text, entries) = run(tiny, lambda: tiny(1, lambda: True))
equal((result, kind, entries[0][0], entries[0][2]), ("raised", "Boom", "tiny", tiny.__code__.co_firstlineno + 1), "tiny")

result, log = run(with_finally, lambda: with_finally(9))
expected = natural(lambda: with_finally(9))[1]
equal((result, log[:5]), ("returned", expected[:5]), "finally")
# The fifth pass had logged already when its call was made to raise.
equal(log[5:], [4, expected[5]], "finally")

equal(run(generator, lambda: list(generator(9))), natural(lambda: list(generator(9))), "generator")

# While the frame is left, destructors of stack values see where it failed.
equal(run(holder, lambda: holder(1)), natural(lambda: holder(1)))
equal(len(lines), 2)
equal(lines[0], lines[1])
equal(lines[0], ("holder", holder.__code__.co_firstlineno + 2))

# Nothing leaks.
counts = []
for _ in range(50):
    run(no_handler, lambda: no_handler(9))
    run(with_handler, lambda: with_handler(9))
    gc.collect()
    counts.append((sys.getrefcount(no_handler.__code__), sys.getrefcount(with_handler.__code__), len(gc.get_objects())))
equal(len(set(counts[10:])), 1, counts)

# Tools hear once that the exception leaves the frame.
left = []
M.use_tool_id(2, "listener")
M.register_callback(2, M.events.PY_UNWIND, lambda code, offset, error: left.append(code.co_name))
M.set_events(2, M.events.PY_UNWIND)
run(no_handler, lambda: no_handler(9))
run(with_handler, lambda: with_handler(9))
M.set_events(2, 0)
equal([name for name in left if "handler" in name], ["no_handler"])

# Tools see events below a callback once it is hidden.
heard = []
M.use_tool_id(1, "listener")
M.register_callback(1, M.events.PY_START, lambda code, offset: heard.append(code.co_name))
M.set_events(1, M.events.PY_START)


def below():
    return 1


def blind(code, source, destination):
    if code is for_loop.__code__:
        below()
        checks.outside_callback(below)


M.register_callback(M.OPTIMIZER_ID, M.events.JUMP, blind)
M.set_local_events(M.OPTIMIZER_ID, for_loop.__code__, M.events.JUMP)
for_loop(2)
M.set_events(1, 0)
equal(heard.count("below"), 2, "one event per back edge, of the hidden call")
passed()
