"""What the compiler is told of live objects."""

from __future__ import annotations

import gc
import json
import math
import sys
import weakref
from array import array

import pytest
from conftest import WARM
from whipsnake import _native

CONSTANT = 5
TEXT = "some text"
LARGE = 2**70
HUGE = 2**200


class Snapshot:
    """A snapshot with its tables followed."""

    def __init__(self, function, *arguments) -> None:
        self.data = json.loads(_native.snapshot_json(function, *arguments))

    def __getitem__(self, key: str):
        return self.data[key]

    def code(self, qualname: str) -> dict:
        found = [code for code in self.data["codes"] if code["qualname"] == qualname]
        assert len(found) == 1, [code["qualname"] for code in self.data["codes"]]
        return found[0]

    def names(self) -> list[str]:
        return [code["qualname"] for code in self.data["codes"]]

    def object(self, index: int):
        return self.data["objects"][index]

    def kind(self, index: int):
        return self.object(index)["kind"]

    def type(self, cls: type) -> dict:
        found = [entry for entry in self.data["types"] if entry["address"] == id(cls)]
        assert len(found) == 1, cls
        return found[0]

    def value(self, code: dict, name: str):
        return self.kind(code["global_values"][name]["object"])


def warm(function, *arguments, times: int = 60) -> None:
    """Lets the interpreter specialise a function."""
    for _ in range(times):
        function(*arguments)


def simple(a, b=CONSTANT, *rest, key=1, **more):
    total = a + b + 1.5
    return (total, "text", None, True, (1, ("nested",)), LARGE, HUGE, CONSTANT, TEXT, len, print, missing)  # noqa: F821


def test_code() -> None:
    snapshot = Snapshot(simple, 1, 2**80)
    code, plain = snapshot["codes"][0], simple.__code__
    assert code["address"] == id(plain) and code["qualname"] == "simple" and code["filename"] == __file__
    assert (code["flags"], code["argcount"], code["kwonly"]) == (plain.co_flags, 2, 1)
    assert (code["stacksize"], code["first_line"]) == (plain.co_stacksize, plain.co_firstlineno)
    assert code["varnames"] == list(plain.co_varnames) and code["names"] == list(plain.co_names)
    assert code["nlocalsplus"] == len(plain.co_varnames) and not any(code["is_cell"])
    assert bytes(code["exception_table"]) == plain.co_exceptiontable
    assert len(code["units"]) * 2 == len(plain.co_code)
    assert code["globals"] == id(globals()) and code["builtins"] == id(vars(__builtins__) if not isinstance(__builtins__, dict) else __builtins__)
    assert code["name_objects"] == [id(name) for name in plain.co_names]


def test_constants() -> None:
    snapshot = Snapshot(simple)
    objects = [snapshot.object(index) for index in snapshot["codes"][0]["constants"]]
    assert [entry["address"] for entry in objects] == [id(constant) for constant in simple.__code__.co_consts]
    for constant, entry in zip(simple.__code__.co_consts, objects, strict=True):
        match constant:
            case None:
                assert entry["kind"] == "None"
            case bool():
                assert entry["kind"] == {"Bool": constant}
            case int():
                assert entry["kind"] == {"Int": constant}
            case float():
                assert entry["kind"] == {"Float": 0x3FF8000000000000}
            case str():
                assert entry["kind"] == {"Str": constant}
            case tuple():
                assert [snapshot.kind(i) for i in entry["kind"]["Tuple"]][0] in ({"Int": 1}, {"Str": "nested"})
        assert snapshot["types"][entry["type_id"]]["address"] == id(type(constant))


def test_globals_and_builtins() -> None:
    snapshot = Snapshot(simple)
    code = snapshot["codes"][0]
    assert snapshot.value(code, "CONSTANT") == {"Int": 5}
    assert snapshot.value(code, "TEXT") == {"Str": TEXT}
    assert snapshot.value(code, "LARGE") == {"WideInt": [0, 64]}
    assert snapshot.value(code, "HUGE") == "Other"
    native = snapshot.value(code, "len")["Native"]
    assert native["name"] == "builtins.len" and native["flags"] == 8 and native["function"]
    assert code["global_values"]["len"]["builtin"] and not code["global_values"]["TEXT"]["builtin"]
    assert "missing" not in code["global_values"]


def test_observed_arguments() -> None:
    snapshot = Snapshot(simple, 1, 2**80)
    first, second = (entry["Object"] for entry in snapshot["entry"]["Function"]["arguments"])
    assert [snapshot["types"][e["type_id"]]["known"] for e in (first, second)] == ["Int", "Int"]
    assert (first["big"], second["big"]) == (False, True)


def test_known_types_are_described() -> None:
    snapshot = Snapshot(simple, array("d"))
    described = {entry["known"]: entry for entry in snapshot["types"] if entry["known"]}
    assert {"Int", "Float", "List", "Dict", "Str", "Range", "Array"} <= set(described)
    for name, cls in (("Int", int), ("List", list), ("Array", array)):
        entry = described[name]
        assert entry["address"] == id(cls) and entry["basicsize"] == cls.__basicsize__
        assert entry["version"] != 0 and not entry["inline_values"]
    assert not described["Int"]["mutable"]


class Vector:
    dimensions = 2
    shared = {}
    y = 7

    def __init__(self, x, y=0.0):
        self.x = x
        self.y = y

    def norm(self):
        return math.sqrt(self.x * self.x + self.y * self.y)

    @property
    def width(self):
        return self.x

    @width.setter
    def width(self, value):
        self.x = value

    @staticmethod
    def unit():
        return Vector(1.0)

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __getitem__(self, index):
        return self.x if index == 0 else self.y


class Slotted:
    __slots__ = ("first", "second")

    def __init__(self, first):
        self.first = first


class Guarded(Vector):
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


class Dynamic:
    def __getattr__(self, name):
        return name


def use(vector, slotted, items):
    result = vector.norm() + vector.width + slotted.first + vector[0] + vector.dimensions
    total = vector + Vector(1.0, y=2.0)
    total.x = result
    total.width = 3.0
    items.append(total.unit())
    return total.x, vector.nothing if items is None else items


@pytest.fixture
def snapshot() -> Snapshot:
    arguments = (Vector(1.0), Slotted(2.0), [])
    warm(use, *arguments)
    return Snapshot(use, *arguments)


def test_attributes_of_instances(snapshot: Snapshot) -> None:
    vector = snapshot.type(Vector)
    attributes = vector["attributes"]
    assert vector["inline_values"] and vector["managed_dict"] and vector["has_dict"] and vector["mutable"]
    assert vector["version"] and vector["shared_keys"] and vector["shared_keys_version"]
    assert attributes["x"] == {"InlineValue": {"index": 0, "default": None, "method": None}}
    assert attributes["y"]["InlineValue"]["index"] == 1 and snapshot.kind(attributes["y"]["InlineValue"]["default"]) == {"Int": 7}
    assert snapshot.kind(attributes["dimensions"]["ClassValue"]["object"]) == {"Int": 2}
    assert snapshot.object(attributes["norm"]["Method"]["object"])["address"] == id(Vector.norm)
    assert snapshot.object(attributes["width"]["Property"]["getter"])["address"] == id(Vector.width.fget)
    assert snapshot.object(attributes["width"]["Property"]["setter"])["address"] == id(Vector.width.fset)
    assert snapshot.object(attributes["__add__"]["Method"]["object"])["address"] == id(Vector.__add__)
    assert "nothing" not in attributes
    assert snapshot.object(vector["simple_init"])["address"] == id(Vector.__init__)


def test_static_and_class_methods(snapshot: Snapshot) -> None:
    vector = snapshot.type(Vector)
    kind, described = next(iter(vector["attributes"]["unit"].items()))
    wrapped = Vector.__dict__["unit"]
    assert kind == {staticmethod: "StaticMethod", classmethod: "ClassMethod"}[type(wrapped)]
    assert described["wrapper"]["address"] == id(wrapped)
    assert snapshot.object(described["wrapper"]["function"])["address"] == id(wrapped.__func__)


def test_attributes_of_classes() -> None:
    def made(cls):
        return cls.dimensions, Vector.dimensions, Vector.unit

    warm(made, Vector)
    found = Snapshot(made, Vector).type(Vector)["class_attributes"]
    assert {"dimensions", "unit"} <= set(found) and "x" not in found
    assert "ClassValue" in found["dimensions"] and "StaticMethod" in found["unit"]


def test_attributes_in_slots(snapshot: Snapshot) -> None:
    slotted = snapshot.type(Slotted)
    assert slotted["attributes"]["first"] == {"Slot": {"offset": object.__basicsize__}}
    assert not slotted["inline_values"] and not slotted["has_dict"]


def test_methods_of_known_types(snapshot: Snapshot) -> None:
    method = snapshot.kind(snapshot.type(list)["attributes"]["append"]["Method"]["object"])
    assert method["Native"]["name"] == "list.append"


def test_own_ways_to_find_attributes_are_not_described() -> None:
    assert Snapshot(use, Dynamic.__new__(Dynamic)).type(Dynamic)["attributes"] == {}


def test_own_ways_to_set_attributes_are_told() -> None:
    guarded, plain = Snapshot(use, Guarded.__new__(Guarded)).type(Guarded), Snapshot(use, Vector(1.0, 2.0)).type(Vector)
    assert (guarded["sets_as_object"], plain["sets_as_object"]) == (False, True)
    assert "Method" in guarded["attributes"]["norm"]


def test_codes_that_may_be_inlined(snapshot: Snapshot) -> None:
    assert snapshot.names()[0] == "use"
    assert {"Vector.norm", "Vector.width", "Vector.__init__", "Vector.__add__", "Vector.__getitem__"} <= set(snapshot.names())
    norm = snapshot.code("Vector.norm")
    kinds = [known["kind"] for known in snapshot["objects"]]
    functions = [kind["Function"] for kind in kinds if isinstance(kind, dict) and "Function" in kind]
    assert snapshot.names().index("Vector.norm") in [function["code"] for function in functions]
    module = snapshot.value(norm, "math")["Module"]
    assert module["name"] == "math" and module["dict"] == id(vars(math))
    assert snapshot.kind(module["attributes"]["sqrt"])["Native"]["name"] == "math.sqrt"


def test_inline_caches(snapshot: Snapshot) -> None:
    code = snapshot.code("use")
    types = {snapshot["types"][index]["address"]: int(version) for version, index in code["types_by_version"].items()}
    assert types[id(Vector)] == snapshot.type(Vector)["version"]
    addresses = {int(address): snapshot.object(index)["address"] for address, index in code["objects_by_address"].items()}
    assert id(Vector.norm) in addresses and all(address == found for address, found in addresses.items())


def test_version_of_a_changed_class_is_forgotten() -> None:
    class Changing:
        def method(self):
            return 1

    def call(value):
        return value.method()

    instance = Changing()
    warm(call, instance)
    Changing.method = lambda self: 2
    snapshot = Snapshot(call, instance)
    code = snapshot["codes"][0]
    assert code["types_by_version"] == {} and code["objects_by_address"] == {}
    assert snapshot.type(Changing)["attributes"]["method"]["Method"]


def adds(k):
    def inner(x, y=3):
        return x + k + y

    return inner


def calls_closure(function, n):
    return [function(i) for i in range(n)]


def test_functions_by_version() -> None:
    inner = adds(2)
    warm(calls_closure, inner, 10)
    snapshot = Snapshot(calls_closure, inner, 10)
    (index,) = snapshot["codes"][0]["functions_by_version"].values()
    function = snapshot.kind(index)["Function"]
    assert function["code_address"] == id(inner.__code__) and function["argcount"] == 2
    assert [snapshot.kind(i) for i in function["defaults"]] == [{"Int": 3}]
    assert snapshot.code("adds.<locals>.inner")["is_cell"] == [False, False, True]


def test_nested_code_is_captured() -> None:
    snapshot = Snapshot(adds)
    inner = snapshot.code("adds.<locals>.inner")
    assert inner["globals"] == id(globals())
    constants = [snapshot.kind(i) for i in snapshot.code("adds")["constants"]]
    assert {"Code": snapshot.names().index("adds.<locals>.inner")} in constants


def test_same_code_in_two_namespaces() -> None:
    source = "def callee(): return value\ndef caller(): return callee()"
    namespaces = [{"value": 1}, {"value": 2}]
    for namespace in namespaces:
        exec(compile(source, "twins.py", "exec"), namespace)
    namespaces[1]["caller"].__code__ = namespaces[0]["caller"].__code__
    for namespace in namespaces:
        found = Snapshot(namespace["caller"])
        assert found.value(found.code("callee"), "value") == {"Int": namespace["value"]}


class Counting:
    """A metaclass, hash and comparison that notice when they run."""

    ran: list = []

    class Meta(type):
        def __getattribute__(cls, name):
            Counting.ran.append(name)
            return super().__getattribute__(name)

        def __eq__(cls, other):
            Counting.ran.append("eq")
            return NotImplemented

        def __hash__(cls):
            Counting.ran.append("hash")
            return 1


class Watched(metaclass=Counting.Meta):
    def __getattribute__(self, name):
        Counting.ran.append(name)
        return object.__getattribute__(self, name)

    def __eq__(self, other):
        Counting.ran.append("eq")
        return True

    def __hash__(self):
        Counting.ran.append("hash")
        return hash("CONSTANT")


def touches(value):
    return value.attribute, Watched, value == CONSTANT


def test_capture_runs_no_python_code() -> None:
    value = Watched()
    globals()["watched_instance"] = value
    globals()[value] = 1
    try:
        Counting.ran.clear()
        text = _native.snapshot_json(touches, value)
        assert Counting.ran == []
        code = json.loads(text)["codes"][0]
        assert code["global_values"].keys() == {"CONSTANT", "Watched"}
    finally:
        namespace = dict(item for item in globals().items() if item[0] is not value)
        globals().clear()
        globals().update(namespace)


def test_capture_keeps_nothing_alive() -> None:
    class Passing:
        pass

    def function(value):
        return Passing, value.name

    instance = Passing()
    counts = [sys.getrefcount(thing) for thing in (function, function.__code__, Passing, instance)]
    Snapshot(function, instance)
    assert [sys.getrefcount(thing) for thing in (function, function.__code__, Passing, instance)] == counts
    gone = weakref.ref(Passing)
    del Passing, instance, function
    gc.collect()
    assert gone() is None


def test_limits() -> None:
    namespace: dict = {}
    chain = "\n".join(f"def f{i}(): return f{i + 1}()" for i in range(200))
    exec(f"{chain}\ndef f200(): return 1\ndef wide(): return " + ", ".join(f"f{i}" for i in range(200)), namespace)
    assert len(Snapshot(namespace["f0"]).names()) == 5
    assert len(Snapshot(namespace["wide"]).names()) == 64


def test_only_python_functions() -> None:
    with pytest.raises(ValueError, match="builtin_function_or_method is not a Python function"):
        _native.snapshot_json(len)


def test_types_whose_instances_lose_their_values(runner) -> None:
    text = """
    import json, whipsnake
    from whipsnake import _native

    class A:
        def __init__(self):
            self.x = 1

    def read(o):
        return o.x

    def said():
        return [entry["loses_values"] for entry in json.loads(_native.snapshot_json(read, A()))["types"] if entry["name"] == "A"]

    whipsnake.enable()
    for _ in range(200):
        read(A())
    first = said()
    for _ in range(200):
        o = A()
        o.__dict__ = {"x": 2}
        read(o)
    print(json.dumps([first, said()]))
    """
    assert json.loads(runner.snippet(text, env=WARM)) == [[False], [True]]
