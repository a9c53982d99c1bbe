"""Generators that C code or native code asks for items go on natively; in whatever else happens, the interpreter resumes them."""

from __future__ import annotations

import json

import pytest
from conftest import WARM, Runner, unit_of

PROGRAM = """
    import json
    import sys
    import whipsnake

    whipsnake.enable()

    def numbers(n):
        for i in range(n):
            yield i

    def resumes(name="numbers"):
        units = [u for u in whipsnake.stats()["units"] if u["name"] == name and u["kind"] == "resume"]
        return sum(u["entries"] for u in units), sum(sum(u["exits"].values()) for u in units)
"""


def run(runner, text: str, **env: str):
    """The JSON that a program prints."""
    return json.loads(runner.snippet(PROGRAM + text, env=env))


def test_c_code_resumes_natively(runner) -> None:
    text = """
    sum(numbers(10))
    before = resumes()
    print(json.dumps([sum(numbers(10)), [now - then for now, then in zip(resumes(), before)]]))
    """
    # The start, and what follows each of ten items.
    assert run(runner, text) == [45, [11, 0]]


def test_native_loops_resume_natively(runner) -> None:
    text = """
    def total(n):
        t = 0
        for x in numbers(n):
            t += x
        return t

    whipsnake.compile(total)
    total(10), total(10)
    before = resumes()
    print(json.dumps([total(10), [now - then for now, then in zip(resumes(), before)]]))
    """
    assert run(runner, text) == [45, [11, 0]]


def test_interpreted_loops_stay_in_the_interpreter(runner) -> None:
    text = """
    @whipsnake.never
    def total(n):
        t = 0
        for x in numbers(n):
            t += x
        return t

    # The interpreter asks by `tp_iternext`, too, until it has specialised the loop.
    total(10)
    before = resumes()
    for _ in range(50):
        total(10)
    print(json.dumps(resumes() == before))
    """
    assert run(runner, text) is True


def test_varying_iterators_are_told_apart(runner) -> None:
    text = """
    def each(items):
        for item in items:
            yield item

    for _ in range(3000):
        # In C: where native code asks, they run in place.
        list(map(list, [each([1, 2]), each((3, 4)), each(range(2)), each("ab")]))
    before = resumes("each")
    result = list(each([1, 2])) + list(each((3, 4))) + list(each(range(2))) + list(each("ab"))
    print(json.dumps([result, [now - then for now, then in zip(resumes("each"), before)]]))
    """
    assert run(runner, text, WHIPSNAKE_THRESHOLD="20") == [[1, 2, 3, 4, 0, 1, "a", "b"], [12, 0]]


@pytest.mark.parametrize("how", ["whipsnake.disable()", "whipsnake.never(numbers)"])
def test_what_is_switched_off_is_not_entered(runner, how: str) -> None:
    text = f"""
    list(numbers(5))
    it = numbers(8)
    next(it)
    {how}
    before = resumes()
    print(json.dumps([list(it), list(numbers(3)), resumes() == before]))
    """
    assert run(runner, text) == [[1, 2, 3, 4, 5, 6, 7], [0, 1, 2], True]


def test_tools_see_every_resumption(runner) -> None:
    text = """
    list(numbers(5))
    it = numbers(6)
    next(it)
    seen = []
    E = sys.monitoring.events
    sys.monitoring.use_tool_id(2, "watcher")
    sys.monitoring.register_callback(2, E.PY_RESUME, lambda code, offset: seen.append("resume"))
    sys.monitoring.register_callback(2, E.PY_YIELD, lambda code, offset, value: seen.append(value))
    sys.monitoring.set_local_events(2, numbers.__code__, E.PY_RESUME | E.PY_YIELD)
    rest = list(it)
    sys.monitoring.set_local_events(2, numbers.__code__, 0)
    before = resumes()[0]
    sum(numbers(4))
    print(json.dumps([rest, seen, resumes()[0] > before]))
    """
    seen = ["resume", 1, "resume", 2, "resume", 3, "resume", 4, "resume", 5, "resume"]
    assert run(runner, text) == [[1, 2, 3, 4, 5], seen, True]


def test_a_tool_switched_on_by_the_generator_sees_the_rest(runner) -> None:
    text = """
    seen = []

    def switch(on):
        if on:
            sys.setprofile(lambda frame, event, arg: seen.append([frame.f_code.co_name, event]))
        return on

    def switching(n):
        for i in range(n):
            switch(i == 3 and armed)
            yield i

    armed = False
    for _ in range(5):
        sum(switching(5))
    armed = True
    for item in switching(5):
        pass
    sys.setprofile(None)
    print(json.dumps([event for event in seen if event[0] == "switching"]))
    """
    expected = run(runner, text, WHIPSNAKE="0")
    assert run(runner, text) == expected == [["switching", "return"], ["switching", "call"], ["switching", "return"]] + [
        ["switching", "call"],
        ["switching", "return"],
    ]


def test_subinterpreters_have_the_interpreters_own(runner) -> None:
    text = """
    try:
        import _interpreters
    except ImportError:
        import _xxsubinterpreters as _interpreters
    sum(numbers(5))
    before = resumes()
    interpreter = _interpreters.create()
    code = "def f(n):\\n for i in range(n): yield i\\nfor _ in range(50): assert sum(f(10)) == 45"
    failed = _interpreters.exec(interpreter, code)
    _interpreters.destroy(interpreter)
    print(json.dumps([failed, resumes() == before]))
    """
    assert run(runner, text) == [None, True]


def test_signals_are_served_between_items(runner) -> None:
    text = """
    import signal
    got = []
    signal.signal(signal.SIGALRM, lambda *_: got.append(1))

    def forever():
        i = 0
        while not got:
            i += 1
            yield i

    sum(numbers(10)), got.append(0), sum(forever()), got.clear()
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    print(json.dumps([sum(forever()) > 0, got]))
    """
    assert run(runner, text) == [True, [1]]


def test_some_resumptions_are_compared_with_the_interpreter(runner) -> None:
    text = """
    for _ in range(200):
        # In C: where native code asks, it runs in place.
        list(map(sum, [numbers(100)]))
    print(json.dumps(resumes()[0]))
    """
    entries = {how: run(runner, text, WHIPSNAKE_THRESHOLD="100", WHIPSNAKE_TRIAL=how) for how in ("time", "off", "detach")}
    # Natively or not is drawn by lot for some, and three interpreted ones at least are needed; only functions are detached.
    assert entries["time"] <= entries["off"] - 3
    assert entries["detach"] == entries["off"] > 200 * 100 - 300


IN_PLACE = {
    "loop": ("    t = 0\n        for v in (x * 2 for x in items): t += v\n        return t", 90),
    "filter": ("    t = 0\n        for v in (x for x in items if x % 2): t += v\n        return t", 25),
    "zip": ("    t = 0\n        for v in (x * y for x, y in zip(items, items)): t += v\n        return t", 285),
    "closure": ("    by = len(items)\n        t = 0\n        for v in (x * by for x in items): t += v\n        return t", 450),
    "list": ("    return [v for v in (x + 1 for x in items)]", list(range(1, 11))),
    "sum": ("    return sum(x * x for x in items)", 285),
    "sum-of-floats": ("    return sum(x * 0.1 for x in items)", 4.5),
    "extremes": ("    return [min(x * 0.5 - 3 for x in items), max(x % 7 for x in items)]", [-3.0, 6]),
    "text": ("    return sum(c > '4' for c in '0123456789')", 5),
    "collected": ("    return list(x + 1 for x in items if x < 3)", [1, 2, 3]),
    "tuple": ("    return list(tuple(x * 2 for x in items if x < 3))", [0, 2, 4]),
    "set": ("    return sorted(set(x % 3 for x in items))", [0, 1, 2]),
    "set-of-pairs": ("    return len(set((x % 2, x % 3) for x in items))", 6),
    "sorted": ("    return sorted(x * 7 % 5 for x in items if x < 4)", [0, 1, 2, 4]),
    "join": ("    return '-'.join(c for c in 'abc' if c != 'b')", "a-c"),
    "range": ("    return sum(x * 2 for x in SPAN)", 90),
    "any": ("    return [any(x > 8 for x in items), all(x < 8 for x in items)]", [True, False]),
}
"""Bodies of functions of ``items``, which are the numbers from 0 to 9, and what they return."""


@pytest.mark.parametrize("name", IN_PLACE)
def test_expressions_run_in_the_loop_that_asks_them(runner, name: str) -> None:
    body, result = IN_PLACE[name]
    text = f"""
    def run(items):
    {body}

    items = list(range(10))
    SPAN = range(10)
    # Where the interpreter's feedback does not tell types, they are noted first.
    for _ in range(300):
        run(items)
    name = "run.<locals>.<genexpr>"
    before = resumes(name)
    unit = [u for u in whipsnake.stats()["units"] if u["name"] == "run" and u["kind"] == "function"]
    print(json.dumps([run(items), resumes(name) == before, len(unit), sum(n for u in unit for why, n in u["exits"].items() if why != "profiled")]))
    """
    assert run(runner, text, **WARM) == [result, True, 1, 0]


def test_parameters_in_cells_are_expected_to_be_what_is_in_the_cells(runner) -> None:
    text = """
    def outer(n):
        def inner():
            return n
        return inner() + n

    @whipsnake.never
    def drive():
        for i in range(400):
            outer(i)

    drive()
    print(json.dumps([list(u["exits"]) for u in whipsnake.stats()["units"] if u["name"] == "outer"]))
    """
    assert run(runner, text, WHIPSNAKE_THRESHOLD="100") == [[]]


def test_what_was_never_bound_is_not_taken_at_the_entry(runner: Runner) -> None:
    """The loop in the branch that is never taken keeps numbers in locals that are unbound: the unit does not look at them."""
    program = """\
def each(items):
    for item in items:
        if item < 0:
            total = 0
            for part in range(-item):
                total += part
            yield total
        else:
            yield item

def drain(items):
    total = 0
    for item in items:
        total += item
    return total

print([drain(each(range(90))) for _ in range(40)][-1])
"""
    unit = unit_of(runner, program, "each")
    # The iterator of the loop is on the stack.
    assert unit.count("take_slot") == 1, unit
