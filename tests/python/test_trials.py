"""Functions are timed in native code and in the interpreter by turns: each call runs once, and what is slower compiled is left alone."""

from __future__ import annotations

import json

PATIENT = {"WHIPSNAKE_THRESHOLD": "100", "WHIPSNAKE_SYNC": "1"}
"""The least threshold at which functions are compared with the interpreter."""

PROGRAM = """
    import json
    import whipsnake

    whipsnake.enable()

    def unit(name):
        found, = [unit for unit in whipsnake.stats()["units"] if unit["name"] == name and unit["kind"] == "function"]
        return found

    @whipsnake.never
    def native_entries(name):
        return sum(unit["entries"] for unit in whipsnake.stats()["units"] if unit["name"] == name)
"""

SLOW = """
    import time

    natively = [0]

    @whipsnake.never
    def wait_if_native():
        entries = native_entries("slow")
        if entries != natively[0]:
            natively[0] = entries
            time.sleep(0.0002)

    def slow():
        wait_if_native()

    @whipsnake.never
    def many(count):
        for _ in range(count):
            slow()
"""
"""Only calls that run natively are counted as entries, so this function knows how it runs."""


def run(runner, text: str):
    """The JSON that a program prints."""
    return json.loads(runner.snippet(PROGRAM + text, env=PATIENT))


def test_every_call_runs_once(runner) -> None:
    text = """
    calls = []

    def plain(a, b):
        calls.append(a)
        return a + b

    def many(a, *rest, key=1, **others):
        calls.append(a)
        return a + len(rest) + key + len(others)

    def raises(a):
        calls.append(a)
        if a % 3 == 0:
            raise ValueError(a)
        return a

    def recursive(a):
        calls.append(a)
        return 1 if a % 7 == 0 else recursive(a - 1) + 1

    @whipsnake.never
    def call_all():
        total = 0
        for i in range(6000):
            total += plain(i, 1) + many(i, 2, 3, key=4, x=5) + recursive(i)
            try:
                total += raises(i)
            except ValueError as error:
                total -= error.args[0]
        return total

    total = call_all()
    entries = {name: unit(name)["entries"] for name in ("plain", "many", "raises", "recursive")}
    print(json.dumps([total, len(calls), sum(calls), entries]))
    """
    total, count, both, entries = run(runner, text)
    assert count == 3 * 6000 + sum(i % 7 + 1 for i in range(6000))
    assert both == 3 * sum(range(6000)) + sum(i - k for i in range(6000) for k in range(i % 7 + 1))
    plain = sum(i + 1 for i in range(6000))
    many = sum(i + 2 + 4 + 1 for i in range(6000))
    recursive = sum(i % 7 + 1 for i in range(6000))
    raises = sum(-i if i % 3 == 0 else i for i in range(6000))
    assert total == plain + many + recursive + raises
    assert all(entries.values())


def test_what_is_slower_twice_is_left_alone(runner) -> None:
    text = SLOW + """
    states = []
    for _ in range(200):
        many(1000)
        state = unit("slow")["state"]
        states += [state] if [state] != states[-1:] else []
        if state == "left-alone":
            break
    print(json.dumps([states, unit("slow")["reason"]]))
    """
    states, reason = run(runner, text)
    assert [state for state in states if state != "installed"][-2:] == ["interpreted", "left-alone"]
    assert "slower than the interpreter" in reason


def test_what_was_asked_for_stays(runner) -> None:
    text = SLOW + """
    whipsnake.compile(slow)
    many(2000)
    print(json.dumps([unit("slow")["state"], natively[0]]))
    """
    assert run(runner, text) == ["installed", 2000]


def test_a_call_in_the_interpreter_stays_there(runner) -> None:
    # Else a recursive function would be nearly as fast in the interpreter as natively.
    text = """
    entries = []

    @whipsnake.never
    def note():
        entries.append(native_entries("recursive"))

    def recursive(depth):
        note()
        return depth and recursive(depth - 1) + 1

    interpreted = 0
    for _ in range(200):
        recursive(3)
    for _ in range(600):
        entries.clear()
        before = native_entries("recursive")
        recursive(3)
        if entries[0] == before:
            interpreted += 1
            assert entries == [before] * 4, (before, entries)
        else:
            assert entries[0] == before + 1, (before, entries)
    print(interpreted)
    """
    assert run(runner, text) > 0


def test_recursive_functions_stay(runner) -> None:
    # Where a call is timed in the interpreter, so are those that it leads to: else it would be nearly as fast as native code.
    text = """
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    results = [(fib(9), even(12), odd(i % 16)) for i in range(4000)]
    print(json.dumps([len(set(results)), [unit(name)["state"] for name in ("fib", "even", "odd")]]))
    """
    assert run(runner, text) == [2, ["installed"] * 3]


DETACHED = """
    def make(step):
        def leaf(x):
            return x + step
        return leaf

    leaves = [make(step) for step in range(3)]

    @whipsnake.never
    def interpreted(count):
        total = 0
        for i in range(count):
            for leaf in leaves:
                total += leaf(i)
        return total

    def native(count):
        leaf, total = leaves[2], 0
        for i in range(count):
            total += leaf(i)
        return total

    def leaf_unit():
        return {key: unit("make.<locals>.leaf")[key] for key in ("state", "entries", "reason")}
"""


def test_what_is_not_worth_entering_is_detached(runner) -> None:
    text = DETACHED + """
    states = []
    for _ in range(4):
        results = interpreted(200), native(2000)
        states.append(leaf_unit())
    compiled = [whipsnake.is_compiled(leaf) for leaf in leaves]
    # Asked for, it is entered again.
    whipsnake.compile(leaves[0])
    again = interpreted(200)
    print(json.dumps([results, states, compiled, again, leaf_unit()]))
    """
    results, states, compiled, again, attached = json.loads(runner.snippet(PROGRAM + text, env={**PATIENT, "WHIPSNAKE_TRIAL": "detach"}))
    assert results == [sum(3 * i + 3 for i in range(200)), sum(i + 2 for i in range(2000))]
    assert [state["state"] for state in states] == ["detached"] * 4
    assert all("trial=detach" in state["reason"] for state in states)
    assert len({state["entries"] for state in states}) == 1, states
    assert compiled == [True] * 3
    assert again == results[0]
    assert attached["state"] == "installed"
    assert attached["entries"] >= states[-1]["entries"] + 200


def test_without_trials_all_is_entered(runner) -> None:
    text = DETACHED + """
    for _ in range(4):
        results = interpreted(200), native(2000)
    print(json.dumps(leaf_unit()))
    """
    leaf = json.loads(runner.snippet(PROGRAM + text, env={**PATIENT, "WHIPSNAKE_TRIAL": "off"}))
    assert leaf["state"] == "installed"
    assert leaf["entries"] > 2000
