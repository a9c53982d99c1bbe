"""Accesses that meet more classes than are told apart."""

from __future__ import annotations

from conftest import Runner, unit_of


def test_what_python_code_may_have_changed_is_checked_apart(runner: Runner) -> None:
    program = """\
class Base:
    def __init__(self):
        self.x = 1

def bump(o):
    o.x = o.x + 1

objects = [type(f"C{i}", (Base,), {})() for i in range(20)] * 200
for _ in range(3):
    list(map(bump, objects))
print(objects[0].x)
"""
    unit = unit_of(runner, program, "bump")
    heads = []
    for line in unit.splitlines():
        if line.startswith("block"):
            head = line
        elif "guard.frame-observed" in line:
            heads.append(head)
    assert len(heads) == 2 and all("cold" in head for head in heads), unit
