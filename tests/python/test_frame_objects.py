"""A frame object that an earlier traceback has left behind does not drive native code out of loops."""

from __future__ import annotations

from conftest import WARM, Runner


def test_loops_run_behind_a_handled_exception(runner: Runner) -> None:
    text = """
import whipsnake
whipsnake.enable()

def fails(): raise ValueError("x")

def work(items):
    total = 0
    try:
        fails()
    except ValueError:
        total += 1
    for k in range(3):
        for item in items:
            total += len(str(item))
            total += hash(item.__class__) & 0
    return total

results = {work(range(100)) for _ in range(2000)}
loops = [unit for unit in whipsnake.stats()["units"] if unit["name"] == "work" and unit["kind"] == "loop"]
print(results, {(unit["state"], unit["exits"].get("frame-observed", 0) < 200) for unit in loops})
"""
    (runner.directory / "program.py").write_text(text, encoding="utf-8")
    result = runner.python("program.py", env=WARM)
    assert (result.stdout, result.stderr) == ("{571} {('installed', True)}\n", ""), result


def test_collections_of_garbage_do_not_end_native_code(runner: Runner) -> None:
    text = """
import gc, whipsnake
gc.set_threshold(100)
whipsnake.enable()

class Random:
    def __init__(self): self.seed = 74755
    def next(self):
        self.seed = ((self.seed * 1309) + 13849) & 65535
        return self.seed

class Storage:
    def tree(self, depth, random):
        if depth == 1:
            return [None] * (random.next() % 10 + 1)
        array = [None] * 4
        for i in range(4):
            array[i] = self.tree(depth - 1, random)
        return array

for _ in range(100): Storage().tree(7, Random())
units = [unit for unit in whipsnake.stats()["units"] if unit["name"] == "Storage.tree"]
print({(unit["state"], unit["reason"]) for unit in units}, sum(unit["exits"].get("frame-observed", 0) for unit in units) > 1024)
"""
    (runner.directory / "program.py").write_text(text, encoding="utf-8")
    result = runner.python("program.py", env=WARM)
    assert (result.stdout, result.stderr) == ("{('installed', None)} True\n", ""), result
