"""Generator functions that a loop asks for items where they are called: what they execute is built into the loop, and no generator is made."""

from __future__ import annotations

import pytest
from conftest import Runner, unit_of

FUNCTIONS = """\
def count(n):
    i = 0
    while i < n:
        yield i
        i += 1

def around(x, y, w, h):
    if x > 0:
        yield x - 1, y
    if x < w - 1:
        yield x + 1, y
    if y > 0:
        yield x, y - 1

def both(rows):
    for row in rows:
        for item in row:
            if item & 1:
                yield item

def chained(node):
    while node is not None:
        yield node[0]
        node = node[1]

def counting(step=2, start=0):
    while True:
        yield start
        start += step

class Bag:
    def __init__(self, items):
        self.items = items

    def each(self):
        for item in self.items:
            yield item * 2

    def __iter__(self):
        for item in self.items:
            yield item + 1
"""


@pytest.mark.parametrize(
    "loop",
    [
        "for x in count(n): total += x",
        "for x, y in around(n, total & 3, 9, 9): total += x + y",
        "for x in both(rows): total += x",
        "for x in chained(node): total += x",
        "for x in counting(start=n):\n        total += x\n        if x > 50: break",
        "for x in bag.each(): total += x",
        "for row in rows:\n        for x in count(n): total += x",
        "for y in count(3):\n        for x in count(y): total += x",
        "total += sum(count(n)) + max(count(n + 1)) + len(list(both(rows)))",
        "total += len([x for x in both(rows)])",
        "total += sum(x * x for x in count(n) if x > 1)",
        "for x in bag: total += x",
    ],
)
def test_generator_functions(runner: Runner, loop: str) -> None:
    program = f"""\
{FUNCTIONS}
def work(n, rows, node, bag):
    total = 0
    {loop}
    return total

node = None
for i in range(6):
    node = (i, node)
print(sum(work(n % 7, [[1, 2, 3], [], [5]], node, Bag([3, 4])) for n in range(600)))
"""
    unit = unit_of(runner, program, "work")
    for helper in ("iter_next", "get_iter", "call", "build_virtual"):
        assert f"call_helper.{helper} " not in unit, unit


@pytest.mark.parametrize(
    ("body", "loop"),
    [
        # Somebody could see what these do before they yield.
        ("seen.append(n)\n    yield n", "for x in made(n): total += x"),
        ("try:\n        yield n\n    finally:\n        seen.clear()", "for x in made(n): total += x"),
        ("yield from seen", "for x in made(n): total += x"),
    ],
)
def test_generators_that_do_more_are_made(runner: Runner, body: str, loop: str) -> None:
    program = f"""\
seen = []

def made(n):
    {body}

def work(n):
    total = 0
    {loop}
    return total

print(sum(map(work, range(600))), len(seen))
"""
    unit = unit_of(runner, program, "work")
    assert "call_helper.iter_next " in unit, unit


@pytest.mark.parametrize("exits", ["0", "7"])
def test_what_generators_hold_is_counted(runner: Runner, exits: str) -> None:
    program = f"""\
{FUNCTIONS}
import gc
import sys

class Item:
    pass

def each(items):
    for item in items:
        yield item

def swapped(a, b):
    yield a
    a, b = b, a
    yield a

def consecutive(items):
    last = None
    for item in items:
        if last is not None:
            yield last, item
        last = item

def parts(text):
    for part in text.split():
        part = part.strip(".")
        if part:
            yield part

def work(items):
    found = [item for item in each(items)] + list(swapped(items[0], items[1]))
    for a, b in consecutive(items):
        if b is items[3]:
            break
    found.extend(swapped(a, b))
    try:
        for a, b in consecutive(items):
            if b is items[2]:
                raise ValueError(b)
    except ValueError:
        pass
    text = list(parts("some. words . with ... dots."))
    return len(found), len(text), sum(1 for pair in consecutive(items)), any(item is None for item in each(items)), sum(count(5))

def counts(items):
    gc.collect()
    return [sys.getrefcount(item) for item in items], sys.getallocatedblocks()

items = [Item() for _ in range(5)]
for _ in range(400):
    work(items)
references, blocks = counts(items)
for _ in range(400):
    result = work(items)
now = counts(items)
print(result, now[0] == references, now[1] - blocks < 100)
"""
    (runner.directory / "program.py").write_text(program, encoding="utf-8")
    result = runner.whipsnake("run", "program.py", env={"WHIPSNAKE_THRESHOLD": "30", "WHIPSNAKE_SYNC": "1", "WHIPSNAKE_EXIT_EVERY": exits})
    assert result.stdout == "(9, 4, 4, False, 10) True True\n", result.stderr
