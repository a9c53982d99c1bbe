"""Loops, comprehensions and generator expressions over dicts and sets: no iterator, no view and no tuple is made for them."""

from __future__ import annotations

import pytest
from conftest import Runner, unit_of

ITERATES = ("get_iter", "get_plain_iter", "iter_next", "iter_next_plain", "build_virtual", "call_builtin")


LOOPS = [
    ("x", "table", "dict_next"),
    ("x", "table.keys()", "dict_next"),
    ("x", "table.values()", "dict_next"),
    ("x, y", "table.items()", "dict_next"),
    ("x", "set(table)", "set_next"),
    ("x, y", "counter.items()", "dict_next"),
]


@pytest.mark.parametrize(
    ("calls", "head", "iterable", "helper"),
    [
        *((calls, *loop) for calls in (1, 400) for loop in LOOPS),
        # What wraps an iterator that runs already is stepped as an object.
        (400, "x, y", "enumerate(table)", "dict_next"),
        (400, "x, y", "zip(table, table.values())", "dict_next"),
    ],
)
def test_loops(runner: Runner, calls: int, head: str, iterable: str, helper: str) -> None:
    program = f"""\
from collections import Counter

def work(table, counter):
    total = 0
    for {head} in {iterable}:
        total += x
    return total

table = {{n: 7 * n for n in range({12000 // calls})}}
counter = Counter(table)
print(sum(map(work, [table] * {calls}, [counter] * {calls})))
"""
    unit = unit_of(runner, program, "work")
    assert f"call_helper.{helper}" in unit, unit
    made = ITERATES if "(" not in iterable or ".items" in iterable else ("iter_next", "iter_next_plain", "build_virtual")
    assert not [name for name in made if f"call_helper.{name} " in unit], unit


@pytest.mark.parametrize(
    "expression",
    [
        "sum(v * v for v in table.values())",
        "sum(k * v for k, v in table.items() if v > 3)",
        "max(k - v for k, v in table.items())",
        "any(v < 0 for v in counter.values())",
        "[k for k, v in counter.items() if v > 3]",
        "{v: k for k, v in table.items()}",
        "{k + 1 for k in table}",
    ],
)
def test_expressions(runner: Runner, expression: str) -> None:
    program = f"""\
from collections import Counter

def work(table, counter):
    return {expression}

table = {{n: 7 * n for n in range(5)}}
counter = Counter(table)
print(list(map(work, [table] * 500, [counter] * 500))[-1])
"""
    unit = unit_of(runner, program, "work")
    assert "call_helper.dict_next" in unit, unit
    assert not [name for name in ITERATES if f"call_helper.{name} " in unit], unit


def test_items_that_are_kept_as_tuples(runner: Runner) -> None:
    """Iterators over items reuse their tuple if nobody has it, which an iterator in parts does not follow."""
    program = """\
def work(table):
    kept = []
    for item in table.items():
        kept.append(item)
    return kept

print(list(map(work, [{n: 7 * n for n in range(5)}] * 500))[-1])
"""
    unit = unit_of(runner, program, "work")
    assert "call_helper.iter_next_plain" in unit, unit
    assert "call_helper.dict_next" not in unit, unit


def test_tables_under_construction(runner: Runner) -> None:
    """What a comprehension fills has no entry of a key that is looked up in Python code, if its own keys are not."""
    program = """\
def work(names):
    return {name: len(name) for name in names}, {name[0] for name in names}

print(list(map(work, [['one', 'two', 'three']] * 500))[-1][0])
"""
    unit = unit_of(runner, program, "work")
    assert "call_helper.dict_set_plain" in unit and "call_helper.set_add_plain" in unit, unit
    assert "call_helper.map_add" not in unit and "call_helper.set_add " not in unit, unit


def test_constant_slices(runner: Runner) -> None:
    """Slices of constants are constants on 3.14."""
    program = """\
def work(items, text):
    return items[1:3], items[-2:], text[:2], items[::2]

print(list(map(work, [[1, 2, 3, 4]] * 500, ['abcd'] * 500))[-1])
"""
    unit = unit_of(runner, program, "work")
    assert "call_helper.get_item" not in unit and "call_helper.get_slice" not in unit, unit


def test_numbers_are_boxed_before_the_loop(runner: Runner) -> None:
    """A number that a loop leaves alone but stores becomes an object once."""
    program = """\
def work(n):
    rows = []
    for y in range(n):
        for x in range(3):
            rows.append(y)
    return rows

rows = list(map(work, [300] * 300))[-1]
print(len(rows), all(rows[3 * n] is rows[3 * n + 2] for n in range(300)))
"""
    unit = unit_of(runner, program, "work")
    assert unit.count(" = box_int ") == 1, unit
