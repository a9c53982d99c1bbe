"""Operands of a few types: each type goes a way of its own, without a helper that would ask the object."""

from __future__ import annotations

import pytest
from conftest import Runner, last_unit

CLASSES = """\
        class A:
            def __init__(self, v): self.v = v
            def __getitem__(self, i): return self.v + i
            def __len__(self): return self.v
            def __contains__(self, i): return self.v == i
            def __eq__(self, other): return self.v == other.v
            @property
            def double(self): return self.v * 2
        class B(A): pass
        class C(A):
            def __len__(self): return 1
        class Yes:
            def __bool__(self): return True
        class No(Yes):
            def __bool__(self): return False
        class Plain: pass
"""

# What is done with each object, and the objects.
CASES = [
    ("n += q[1]", "[A(1), B(2), C(3)]"),
    ("n += q[1]", "[[1, 2], (3, 4)]"),
    ("n += len(q)", "[A(1), B(2), C(3)]"),
    ("n += len(q)", "[[1], (1, 2), 'abc']"),
    ("n += 2 in q", "[A(1), B(2), C(3)]"),
    ("n += q == one", "[A(1), B(2), A(3)]"),
    ("n += 1 if q else 2", "[None, Yes(), No(), Plain()]"),
    ("n += 1 if q else 2", "[A(1), B(0), C(3), None]"),
    ("n += 1 if q else 2", "[[], (1,), 'x', None]"),
    ("n += 1 if isinstance(q, A) else 2", "[A(1), B(1), Plain(), Yes()]"),
    ("n += q.double", "[A(1), B(2), C(3)]"),
    ("n += q.double", "[kind(4) for kind in kinds]"),
    ("n += q.v", "[kind(4) for kind in kinds]"),
]


@pytest.mark.parametrize(("action", "objects"), CASES)
def test_each_type_has_a_way(runner: Runner, action: str, objects: str) -> None:
    text = (
        CLASSES
        + f"""\
        kinds = [type(f"Kind{{i}}", (A,), {{}}) for i in range(8)]
        objects = {objects} * 20
        one = A(1)

        def work(objects):
            n = 0
            for q in objects:
                {action}
            return n

        def call():
            return sum(work(objects) for _ in range(12))
        """
    )
    unit = last_unit(runner, text, "work")
    assert "call_helper" not in unit and "guard_type" in unit, unit


def test_what_isinstance_says_is_known_behind_the_branch(runner: Runner) -> None:
    text = (
        CLASSES
        + """\
        objects = [A(1), B(2), Plain(), 5] * 20

        def work(objects):
            n = 0
            for q in objects:
                if isinstance(q, A):
                    n += q.v
            return n

        def call():
            return sum(work(objects) for _ in range(12))
        """
    )
    unit = last_unit(runner, text, "work")
    # Each type is asked for once: by `isinstance`.
    assert unit.count("load.ptr.type") == 1 and "call_helper" not in unit, unit


def test_each_thing_has_a_loop(runner: Runner) -> None:
    text = """\
        tables = [[1, 2], (3, 4, 5)] * 20

        def work(tables):
            n = 0
            for table in tables:
                for x in table:
                    n += x
            return n

        def call():
            return sum(work(tables) for _ in range(12))
        """
    unit = last_unit(runner, text, "work")
    assert "call_helper" not in unit and unit.count("iadd_checked") >= 2, unit


@pytest.mark.parametrize("callables", ["[one, two, three]", "[A(1).add, A(2).sub, one]", "[Calls(1), Called(2), Calls(3)]"])
def test_each_callable_has_a_way(runner: Runner, callables: str) -> None:
    text = f"""\
        class A:
            def __init__(self, v): self.v = v
            def add(self, x): return self.v + x
            def sub(self, x): return self.v - x
        class Calls(A):
            def __call__(self, x): return self.v * x
        class Called(A):
            def __call__(self, x): return x
        def one(x): return x + 1
        def two(x, y=2): return x * y
        def three(x): return x
        callables = {callables} * 20

        def work(callables):
            n = 0
            for q in callables:
                n += q(3)
            return n

        def call():
            return sum(work(callables) for _ in range(12))
        """
    unit = last_unit(runner, text, "work")
    # Each is inlined; anything else is called as an object.
    assert unit.count("assume function") >= 2 and unit.count("call_helper.call ") <= 1, unit
