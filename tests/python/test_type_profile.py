"""What failing type guards teach the compiler."""

from __future__ import annotations

import json

from conftest import WARM

CLASSES = """
    import gc, json, sys, weakref
    import whipsnake
    from whipsnake import _native

    whipsnake.enable()

    def classes(count):
        def area(self):
            return self.side
        return [type(f"Shape{index}", (), {"side": index, "area": area, "unused": 1}) for index in range(count)]

    def total(shapes):
        result = 0
        for shape in shapes:
            result += shape.area()
        return result

    def shown(function, name, *arguments):
        snapshot = json.loads(_native.snapshot_json(function, *arguments))
        code, = [code for code in snapshot["codes"] if code["qualname"] == name]
        exits = [exit for exit in code["exits_seen"] if exit["reason"] == "TypeGuard"]
        return [[snapshot["types"][seen["type_id"]] for seen in exit["types"]] for exit in exits]

    def names(types):
        return [entry["name"] for entry in types]
"""


def seen(runner, text: str):
    """The JSON that a program with `CLASSES` prints."""
    return json.loads(runner.snippet(CLASSES + text, env=WARM))


def test_types_are_told_most_frequent_first(runner) -> None:
    text = """
    first, rare, frequent = (kind() for kind in classes(3))
    for _ in range(100):
        total([first] * 5)
    for _ in range(60):
        total([rare])
        total([frequent])
        total([frequent])
    sites = shown(total, "total", [first])
    called = [site for site in sites if "Shape2" in names(site)]
    print(json.dumps([names(site) for site in called] + [sorted(called[0][0]["attributes"]["area"])]))
    """
    *sites, attribute = seen(runner, text)
    assert sites
    # What the guards wanted comes last.
    assert all(site == ["Shape2", "Shape1", "Shape0"] for site in sites)
    assert attribute == ["Method"]


def test_inlined_code_has_exits_of_its_own(runner) -> None:
    text = """
    def side(shape):
        return shape.side

    def sides(shapes):
        result = 0
        for shape in shapes:
            result += side(shape)
        return result

    first, other = (kind() for kind in classes(2))
    @whipsnake.never
    def drive():
        for _ in range(100):
            sides([first] * 5)
        for _ in range(100):
            sides([first, other, other])
    drive()
    inlined = [unit["inlined"] for unit in whipsnake.stats()["units"] if unit["name"] == "sides"]
    print(json.dumps([inlined, [names(site) for site in shown(sides, "side", [first])], total([first])]))
    """
    inlined, sites, _ = seen(runner, text)
    assert any("side" in functions for functions in inlined)
    assert ["Shape1", "Shape0"] in sites


def test_a_function_whose_types_vary_in_many_places_is_surveyed(runner) -> None:
    # Each of its guards would fail by itself, one unit after another. `map` calls it, so that no loop inlines it.
    text = """
    kinds = classes(3)
    names = [f"shape{index}" for index in range(7)]
    steps = "".join(f"    result += {name}.side\\n" for name in names)
    exec(f"def sides({', '.join(names)}):\\n    result = 0\\n{steps}    return result")
    first = kinds[0]()
    for _ in range(100):
        list(map(sides, *[[first]] * 7))
    results = set()
    for turn in range(30_000):
        results.update(map(sides, *[[kinds[turn // (index + 1) % 3]()] for index in range(7)]))
    unit, = [unit for unit in whipsnake.stats()["units"] if unit["name"] == "sides" and unit["state"] == "installed"]
    before = sum(unit["exits"].values())
    for turn in range(1000):
        list(map(sides, *[[kinds[turn // (index + 1) % 3]()] for index in range(7)]))
    unit, = [unit for unit in whipsnake.stats()["units"] if unit["name"] == "sides" and unit["state"] == "installed"]
    print(json.dumps([unit["compiles"], sum(unit["exits"].values()) - before, sorted(results)]))
    """
    compiles, exits, results = seen(runner, text)
    assert compiles <= 5
    assert exits == 0
    assert results == list(range(15))


def test_what_begins_to_vary_after_the_survey_is_surveyed_again(runner) -> None:
    text = """
    kinds = classes(3)
    names = [f"shape{index}" for index in range(12)]
    steps = "".join(f"    result += {name}.side\\n" for name in names)
    exec(f"def sides({', '.join(names)}):\\n    result = 0\\n{steps}    return result")
    first = kinds[0]()
    def drive(varying, turns):
        for turn in range(turns):
            sides(*[kinds[turn // (index + 1) % 3]() if index in varying else first for index in range(12)])
    def unit():
        return next(unit for unit in whipsnake.stats()["units"] if unit["name"] == "sides" and unit["state"] == "installed")
    drive((), 100)
    for place in range(2):
        drive((place,), 10_000)
    surveyed = unit()["compiles"]
    drive(range(12), 60_000)
    before = unit()
    drive(range(12), 1000)
    print(json.dumps([surveyed, before["compiles"], sum(unit()["exits"].values()) - sum(before["exits"].values())]))
    """
    surveyed, compiles, exits = seen(runner, text)
    assert surveyed <= 5
    # Ten places begin to vary at once: each by itself would take a unit. There is the survey, and the unit that knows.
    assert compiles <= surveyed + 2
    assert exits == 0


def test_native_code_goes_on_after_destructors_once_they_are_known(runner) -> None:
    text = """
    dead = []
    class Noisy:
        def __del__(self):
            dead.append(1)
    def drop(n):
        x = Noisy()
        del x
        return n + 1
    def exits():
        unit, = [unit for unit in whipsnake.stats()["units"] if unit["name"] == "drop"]
        return unit["exits"].get("destructor", 0)
    # Called from C: a loop of the module would inline it.
    all(map(drop, range(3000)))
    before = exits()
    all(map(drop, range(1000)))
    print(json.dumps([before, exits() - before, len(dead)]))
    """
    before, later, dead = seen(runner, text)
    assert before > 0 and later == 0
    assert dead == 4000


def test_many_types_are_bounded_and_dead_ones_left_out(runner) -> None:
    text = """
    kinds = classes(20)
    first = kinds[0]()
    for _ in range(100):
        total([first] * 5)
    for _ in range(10):
        for kind in kinds[1:]:
            total([kind()])
    many = max(len(site) for site in shown(total, "total", [first]))
    references = [weakref.ref(kind) for kind in kinds]
    del kinds, kind
    gc.collect()
    alive = [reference() is not None for reference in references]
    rest = max(len(site) for site in shown(total, "total", [first]))
    print(json.dumps([many, alive, rest]))
    """
    many, alive, rest = seen(runner, text)
    assert 2 <= many <= 12
    assert alive == [True] + [False] * 19
    # What the guards wanted lives on.
    assert rest == 1


def test_profiles_leave_no_trace_in_classes(runner) -> None:
    text = """
    first, other = classes(2)
    def counts():
        return sys.getrefcount(other), weakref.getweakrefcount(other)
    for _ in range(100):
        total([first()] * 5)
    before = counts()
    for _ in range(10):
        total([other()])
    after = counts()
    for _ in range(60):
        total([other()])
    print(json.dumps([before, after, [names(site) for site in shown(total, "total", [first()])]]))
    """
    before, after, sites = seen(runner, text)
    assert before == after
    assert ["Shape1", "Shape0"] in sites


def test_units_called_by_units_only_are_not_left_at_their_entry(runner) -> None:
    text = """
    # Too long to be inlined.
    steps = "".join(f"    number = (number * {index} + 1) & 1023\\n" for index in range(2, 80))
    exec(f"def leaf(number):\\n{steps}    return number")

    def caller(count):
        result = 0
        for number in range(count):
            result += leaf(number)
        return result

    for _ in range(10):
        caller(50)
    expected = caller(2000)
    whipsnake.compile(caller)
    whipsnake.compile(leaf)
    actual = caller(2000)
    units = {unit["name"]: unit for unit in whipsnake.stats()["units"] if unit["kind"] == "function"}
    print(json.dumps([expected == actual, units]))
    """
    same, units = json.loads(runner.snippet(CLASSES + text, env={**WARM, "WHIPSNAKE_THRESHOLD": "1000000"}))
    assert same
    assert units.keys() == {"caller", "leaf"}
    assert "leaf" not in units["caller"]["inlined"]
    assert units["caller"]["entries"] == 1
    assert (units["leaf"]["entries"], units["leaf"]["state"]) == (0, "installed"), "called past the entry checks"
    assert units["leaf"]["exits"].get("eval-breaker", 0) < 20, units
