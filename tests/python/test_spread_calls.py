"""`callable(*args, **kwargs)`: what is known of callees that were seen, and of how many arguments there are, takes the place of tuples, dicts and calls."""

from __future__ import annotations

import pytest
from conftest import Runner, unit_of

PROGRAM = """
class Counted:
    def __init__(self, function):
        self.function = function
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.function(*args, **kwargs)

@Counted
def product(a, b=2):
    return a * b

def attribute(n):
    found = 0
    for i in range(n):
        found += product(i, 3) + product(i, b=i)
    return found

class Base:
    def __init__(self, x, y=0):
        self.x = x
        self.y = y

class Derived(Base):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

def derived(n):
    found = 0
    for i in range(n):
        found += Derived(i, y=2).y
    return found

def make(width=1, height=2, color=3):
    return width * height + color

def mapping(n):
    entries, found = {"color": 2, "width": 5}, 0
    for i in range(n):
        found += make(**entries)
    return found

def of_class(n):
    rows = [{"x": i, "y": i + 1} for i in range(n)]
    found = 0
    for row in rows:
        found += Base(**row).y
    return found

def total(*items):
    return len(items) + items[0]

def number(n):
    few, found = (1, 2, 3), 0
    for i in range(n):
        found += total(i, *few) + total(*few)
    return found

class Listener:
    def __init__(self):
        self.heard = 0

    def hear(self, what):
        self.heard += what

def emit(hears, *args):
    for hear in hears:
        hear(*args)

def methods(n):
    listener = Listener()
    hears = [listener.hear]
    for i in range(n):
        emit(hears, i)
    return listener.heard

def box(a, b=2, *, key=0, other=None):
    return a + b + key

def keyed(n):
    pair, found = (1, 2), 0
    for i in range(n):
        found += box(*pair, key=i) + box(i) + box(i, key=1)
    return found

def wrapper(i, **kwargs):
    return box(i, key=i * 2, **kwargs)

def wrapped(n):
    found = 0
    for i in map(wrapper, range(n)):
        found += i
    return found + sum(map(wrapper, range(n)))

class Named(Base):
    def __init__(self, x, *args, **kwargs):
        super().__init__(x, *args, y=abs(x), **kwargs)

def named(n):
    return sum(one.y for one in map(Named, range(n)))

print(*map({name}, [4000, 4000, 4000]))
"""


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        *[(name, name) for name in ("attribute", "derived", "mapping", "of_class", "number", "methods", "keyed")],
        ("wrapped", "wrapper"),
        ("named", "Named.__init__"),
    ],
)
def test_nothing_is_built_for_such_a_call(runner: Runner, name: str, unit: str) -> None:
    unit = unit_of(runner, PROGRAM.replace("{name}", name), unit)
    for helper in ["call_ex", "call_ex_of", "dict_merge", "list_extend", "build_tuple", "build_plain_map", "build_virtual"]:
        assert f"call_helper.{helper} " not in unit, helper


def test_a_mapping_is_not_copied_for_a_function_that_is_not_known(runner: Runner) -> None:
    program = """
def some(a, b):
    return a + b

def other(a, b):
    return a * b

def third(**kwargs):
    kwargs["a"] += 1
    return kwargs["a"]

def calls(n):
    found, entries, functions = 0, {"a": 2, "b": 3}, [some, other, third, dict]
    for i in range(n):
        result = functions[i % 4](**entries)
        if i % 4 == 3:
            result["a"] = result.pop("b")
        else:
            found += result
    return found, entries

print(*map(calls, [4000, 4000, 4000]))
"""
    unit = unit_of(runner, program, "calls")
    assert "call_helper.call_ex_of " in unit
    assert "call_helper.dict_merge " not in unit
