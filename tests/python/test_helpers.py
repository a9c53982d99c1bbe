"""The functions that native code calls, against what the interpreter does for the same operands."""

from __future__ import annotations

import copy
import ctypes
import itertools
import math
import operator
import random
import sys
import types
from collections.abc import Callable

import pytest
from whipsnake import _native

OBJ = ctypes.py_object
I64 = ctypes.c_int64
F64 = ctypes.c_double
WORDS = ctypes.c_void_p
NOTHING = None


def helper(name: str, result: type | None, *arguments: type) -> Callable:
    """A helper as a function that raises what the helper raises."""
    return ctypes.PYFUNCTYPE(result, *arguments)(_native.helper_address(name))


def outcome(function: Callable, *arguments: object) -> tuple:
    """What a call gave: a value that tells types, signed zeros and NaNs apart, or the exception."""
    try:
        value = function(*arguments)
    except BaseException as error:
        return type(error), str(error), getattr(error, "name", None)
    return "value", type(value), repr(value)


def words(*items: object) -> ctypes.Array:
    """The items as words behind one spare word; `...` stands for NULL. They must be kept alive by the caller."""
    array = (ctypes.c_uint64 * (len(items) + 1))()
    array[1:] = [0 if item is ... else id(item) for item in items]
    return array


def behind(array: ctypes.Array) -> object:
    """The place behind the spare word, as an argument that keeps the array alive."""
    return ctypes.byref(array, 8)


VALUES = [1, 2.5, "a", [1], (1,), {1: 2}, {1}, None, 0, -3, b"x", True, 2**70]
FLOATS = [0.0, 1.0, 2.0, 0.5, 3.0, 7.5, 1e308, 1e-308, 5e-324, 1023.0, 1075.0, 2.0**53, math.inf]
FLOATS += [-x for x in FLOATS] + [math.nan] + [random.Random(7).uniform(-100, 100) for _ in range(40)]
ARITHMETIC = "add and_ floordiv lshift matmul mul mod or_ pow rshift sub truediv xor".split()
COMPARISONS = "lt le eq ne gt ge".split()


def operands(name: str):
    for left, right in itertools.product(VALUES, VALUES):
        if "shift" not in name and "pow" not in name or 2**70 not in (left, right):
            yield left, right


@pytest.mark.parametrize(("number", "name"), list(enumerate(ARITHMETIC)))
def test_binary_operators(number: int, name: str) -> None:
    binary_op = helper("binary_op", OBJ, OBJ, OBJ, I64)
    plain, in_place = getattr(operator, name), getattr(operator, f"i{name.rstrip('_')}")
    for left, right in operands(name):
        assert outcome(binary_op, left, right, number) == outcome(plain, left, right)
        expected = outcome(in_place, copy.copy(left), right)
        assert outcome(binary_op, copy.copy(left), right, number + 13) == expected


def test_subscript_operator() -> None:
    binary_op = helper("binary_op", OBJ, OBJ, OBJ, I64)
    for left, right in itertools.product(VALUES, VALUES):
        assert outcome(binary_op, left, right, 26) == outcome(operator.getitem, left, right)


@pytest.mark.parametrize(("number", "name"), list(enumerate(COMPARISONS)))
def test_comparisons(number: int, name: str) -> None:
    compare_op, compare_bool = helper("compare_op", OBJ, OBJ, OBJ, I64), helper("compare_bool", I64, OBJ, OBJ, I64)
    function = getattr(operator, name)
    for left, right in itertools.product([*VALUES, math.nan], repeat=2):
        assert outcome(compare_op, left, right, number) == outcome(function, left, right)
        truth = outcome(lambda: compare_bool(left, right, number) == 1)
        assert truth == outcome(function, left, right)


def test_comparison_has_no_identity_shortcut() -> None:
    compare_bool = helper("compare_bool", I64, OBJ, OBJ, I64)
    assert compare_bool(math.nan, math.nan, COMPARISONS.index("eq")) == 0


def test_float_arithmetic() -> None:
    remainder, quotient = helper("float_mod", F64, F64, F64), helper("float_floordiv", F64, F64, F64)
    for left, right in itertools.product(FLOATS, FLOATS):
        if right:
            assert repr(remainder(left, right)) == repr(left % right), (left, right)
            assert repr(quotient(left, right)) == repr(left // right), (left, right)


def test_float_power() -> None:
    power = helper("float_pow", I64, F64, F64, WORDS)
    out = ctypes.c_double()
    for base, exponent in itertools.product(FLOATS, FLOATS):
        try:
            expected = base**exponent
        except ArithmeticError:
            expected = None
        if power(base, exponent, ctypes.addressof(out)):
            assert repr(out.value) == repr(expected), (base, exponent)
        else:
            assert expected is None or isinstance(expected, complex), (base, exponent)


def test_int_power() -> None:
    power = helper("int_pow", I64, I64, I64, WORDS)
    out = ctypes.c_int64()
    for base, exponent in itertools.product(range(-12, 13), range(-2, 70)):
        fits = exponent >= 0 and -(2**63) <= base**exponent < 2**63
        assert power(base, exponent, ctypes.addressof(out)) == fits, (base, exponent)
        assert not fits or out.value == base**exponent, (base, exponent)


def test_slices() -> None:
    forward, stepped = helper("list_slice", OBJ, OBJ, I64, I64), helper("list_stepped_slice", OBJ, OBJ, I64, I64, I64)
    store = helper("store_list_slice", I64, OBJ, I64, I64, OBJ)
    items = list(range(7))
    for start in range(-9, 10):
        assert stepped(items, start, -(2**63), -1) == items[start::-1]
        for stop in range(-9, 10):
            assert forward(items, start, stop) == items[start:stop]
            for step in (-3, -2, -1, 1, 2, 7):
                assert stepped(items, start, stop, step) == items[start:stop:step]
            for new in ([], [1, 2], items[start:stop][::-1], range(3), (5,)):
                left, right = items[:], items[:]
                assert store(left, start, stop, new) == 0
                right[start:stop] = new
                assert left == right, (start, stop, new)
    # A list that nobody else refers to gives its items away.
    objects = [[i] for i in range(5)]
    before = objects[1:3]
    assert store(objects, 1, 3, [["a"], ["b"]]) == 0
    assert objects == [[0], ["a"], ["b"], [3], [4]] and before == [[1], [2]]


class Numbers:
    """An iterable of unknown length."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self):
        return iter(range(self.count))


class Failing(Numbers):
    """An iterable that raises in the middle."""

    def __iter__(self):
        yield 1
        raise LookupError("middle")


SHAPES = [(1, -1), (2, -1), (3, -1), (1, 0), (1, 1), (2, 1), (0, 2), (0, 0), (2, 2)]


@pytest.mark.parametrize(("before", "after"), SHAPES)
def test_unpacking(before: int, after: int) -> None:
    unpack_iterable = helper("unpack_iterable", I64, OBJ, WORDS, I64, I64)

    def unpack(source: object) -> list:
        out = (ctypes.c_uint64 * 8)()
        unpack_iterable(source, ctypes.addressof(out), before, after)
        count = before + (after + 1 if after >= 0 else 0)
        items = [ctypes.cast(word, OBJ).value for word in out[:count]]
        for item in items:
            ctypes.pythonapi.Py_DecRef(OBJ(item))
        return items

    names = [f"x{i}" for i in range(before)] + ["*rest"] * (after >= 0) + [f"y{i}" for i in range(after)]
    namespace: dict = {}
    values = ", ".join(name.lstrip("*") for name in names)
    exec(f"def plain(source):\n    [{', '.join(names)}] = source\n    return [{values}]", namespace)
    sources = [(), (1,), (1, 2), [1, 2, 3], [5, 6], "ab", "abc", {1: 2, 3: 4}, {1: 2}, 5, None, range(3)]
    for source in [*sources, Numbers(1), Numbers(2), Numbers(5), Failing(0)]:
        assert outcome(unpack, source) == outcome(namespace["plain"], source)


class Twin(str):
    """A key with the hash of another one, that says when it is compared."""

    compared = 0
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        Twin.compared += 1
        return False

    def __hash__(self) -> int:
        return hash("abc")


def deleted() -> dict:
    table = {f"k{i}": i for i in range(100)}
    for i in range(99):
        del table[f"k{i}"]
    return table


class Point:
    def __init__(self) -> None:
        self.x = 1
        self.y = 2


DICTS = {
    "strs": {"a": 1, "b": 2},
    "mixed": {"a": 1, 3: 4, "abc": 7},
    "twins": {Twin("zz"): 1, "abc": 5},
    "twin only": {Twin("zz"): 1},
    "16-bit indices": {str(i): i for i in range(300)},
    "32-bit indices": {str(i): i for i in range(70000)},
    "mixed and large": {**{str(i): i for i in range(3000)}, 5: 6},
    "deleted entries": deleted(),
    "instance": Point().__dict__,
    "empty": {},
}


@pytest.mark.parametrize("table", DICTS.values(), ids=DICTS.keys())
def test_dict_lookup_runs_no_python_code(table: dict) -> None:
    dict_get_str = helper("dict_get_str", ctypes.c_void_p, OBJ, OBJ)
    entries = {key: value for key, value in table.items() if type(key) is str}
    Twin.compared = 0
    for key in ["a", "b", "abc", "299", "2999", "69999", "5", "nope", "zz", "k99", "k5", "x", "y"]:
        address = dict_get_str(table, key)
        value = ctypes.cast(address, OBJ).value if address else None
        assert value is entries.get(key), key
    assert Twin.compared == 0


PLAIN_KEYS = ["", "a", "b", "abc", "x", "\u00e9", 0, 1, -1, -2, 2**30, 2**61 - 1, 2**61, -(2**61), 10**30]
PLAIN_TABLES = [
    {},
    {"a": 1, "b": 2},
    {1: "one", "a": "text", -2: "minus two"},
    dict.fromkeys([*PLAIN_KEYS, *range(40), *map(str, range(300))], "many"),
    {2.5: 1, None: 2, "a": 3},
    deleted(),
    Point().__dict__,
]


FOUND_TO_SET = [...] * 4
"""What `dict_can_set_plain` fills: `FOUND_TO_SET` words of the contract."""


def plain_get(table: dict, key: object, missing: object = ...) -> object:
    """`dict_get_plain`; `...` stands for NULL, also as an argument."""
    get = helper("dict_get_plain", ctypes.c_void_p, OBJ, OBJ, ctypes.c_void_p)
    address = get(table, key, None if missing is ... else id(missing))
    return ctypes.cast(address, OBJ).value if address else ...


@pytest.mark.parametrize("table", PLAIN_TABLES, ids=len)
def test_dicts_under_strs_and_ints(table: dict) -> None:
    has = helper("dict_has_plain", I64, OBJ, OBJ)
    default = object()
    for key in PLAIN_KEYS:
        assert has(table, key) == (key in table), key
        assert plain_get(table, key, default) is table.get(key, default), key
        assert plain_get(table, key) is table.get(key, ...), key


TUPLE_ITEMS = [0, 1, -1, -2, 1.0, 0.5, math.nan, True, None, "", "a", "\u00e9", 2**40, 2**61 - 1, 2**61, -(10**30), (), (1,), ("a", (2, -1))]
TUPLES = [tuple(random.Random(seed).choices(TUPLE_ITEMS, k=seed % 5)) for seed in range(400)]
DEEP = ((1, (2, (3, (4,)))), tuple(range(9)), (b"x", 1))
"""Tuples that are not looked into."""


@pytest.mark.parametrize("known", [TUPLES, TUPLES[::3], TUPLES[1::2] + [1, "a", None, frozenset()], []], ids=len)
def test_tuples_as_keys(known: list) -> None:
    has, set_has = helper("dict_has_plain", I64, OBJ, OBJ), helper("set_has_plain", I64, OBJ, OBJ, WORDS)
    has_tuple, set_has_tuple = helper("dict_has_tuple", I64, OBJ, WORDS, I64), helper("set_has_tuple", I64, OBJ, WORDS, I64)
    get_tuple = helper("dict_get_tuple", ctypes.c_void_p, OBJ, WORDS, I64, ctypes.c_void_p)
    table = {key: [at] for at, key in enumerate(known)}
    place = words(..., ...)
    for key in TUPLES:
        twin, items = tuple(list(key)), words(*key)
        wanted = twin in table
        assert has(table, twin) == has_tuple(table, behind(items), len(key)) == wanted, key
        for keys in (set(known), frozenset(known)):
            assert set_has(keys, twin, behind(place)) == set_has_tuple(keys, behind(items), len(key)) == wanted, key
        assert get_tuple(table, behind(items), len(key), None) == (id(table[twin]) if wanted else None), key
    for key in DEEP:
        assert has(table, key) == has_tuple(table, behind(words(*key)), len(key)) == -1, key


def test_tables_that_compare_tuples_themselves() -> None:
    class Asked(tuple):
        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

        __hash__ = tuple.__hash__

    class Item:
        def __hash__(self) -> int:
            return hash(1)

        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

    has_tuple, set_has_tuple = helper("dict_has_tuple", I64, OBJ, WORDS, I64), helper("set_has_tuple", I64, OBJ, WORDS, I64)
    item = Item()
    for key in (Asked((1, 2)), (item, 2)):
        for asked in ((1, 2), (item, 2)):
            items = words(*asked)
            assert has_tuple({key: 1}, behind(items), 2) == set_has_tuple({key}, behind(items), 2) == -1
        assert has_tuple({key: 1}, behind(words(1, 3)), 2) == 0


@pytest.mark.parametrize("like", ["a", 1, 2**61])
def test_dicts_with_keys_that_compare_themselves(like: object) -> None:
    class Asked:
        def __hash__(self) -> int:
            return hash(like)

        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

    has, can_set = helper("dict_has_plain", I64, OBJ, OBJ), helper("dict_can_set_plain", I64, OBJ, OBJ, WORDS)
    table = {Asked(): "asked", 2.5: "float"}
    found = words(*FOUND_TO_SET)
    assert has(table, like) == -1
    assert plain_get(table, like, "missing") is ...
    assert can_set(table, like, behind(found)) == 0
    assert has(table, "other") == 0


@pytest.mark.parametrize("table", PLAIN_TABLES[:-1], ids=len)
def test_setting_entries(table: dict) -> None:
    can_set = helper("dict_can_set_plain", I64, OBJ, OBJ, WORDS)
    set_plain = helper("dict_set_plain", I64, OBJ, OBJ, OBJ, WORDS)
    for key in PLAIN_KEYS:
        wanted, table, found = dict(table), dict(table), words(*FOUND_TO_SET)
        values = [[f"value {turn}"] for turn in range(3)]
        old = values[0]
        usual = sys.getrefcount(old)
        for turn, value in enumerate(values):
            assert can_set(table, key, behind(found)) == 1
            assert found[1] == (id(wanted[key]) if key in wanted else 0)
            assert set_plain(table, key, value, behind(found)) == 0
            wanted[key] = value
            assert list(table.items()) == list(wanted.items())
            if turn:
                # The dictionary's reference to the old value is the caller's now.
                old = values[turn - 1]
                before = sys.getrefcount(old)
                ctypes.pythonapi.Py_DecRef(OBJ(old))
                assert (before, sys.getrefcount(old)) == (usual + 1, usual)


def test_entries_are_added_as_the_interpreter_does() -> None:
    """Also where entries were deleted, and until the table has to grow."""
    can_set = helper("dict_can_set_plain", I64, OBJ, OBJ, WORDS)
    set_plain = helper("dict_set_plain", I64, OBJ, OBJ, OBJ, WORDS)
    choice = random.Random(5)
    for kind in (int, str, lambda n: (n, -n), lambda n: n * 2**40):
        table, wanted = {}, {}
        for _ in range(3000):
            key, value = kind(choice.randrange(400)), [choice.random()]
            if choice.random() < 0.3 and key in table:
                del table[key], wanted[key]
                continue
            found, usual = words(*FOUND_TO_SET), sys.getrefcount(value)
            assert can_set(table, key, behind(found)) == 1
            old = table.get(key)
            assert set_plain(table, key, value, behind(found)) == 0
            assert sys.getrefcount(value) == usual + 1
            if old is not None:
                ctypes.pythonapi.Py_DecRef(OBJ(old))
            wanted[key] = value
        assert (list(table.items()), sys.getsizeof(table)) == (list(wanted.items()), sys.getsizeof(wanted))
        assert all(table[key] is wanted[key] for key in wanted) and len(table) == len(wanted)


@pytest.mark.parametrize("table", [*PLAIN_TABLES, {n: n for n in range(300)}, dict.fromkeys("abc")], ids=len)
def test_next_entries(table: dict) -> None:
    following = helper("dict_next", I64, OBJ, I64, I64, I64, WORDS)
    table = {**table}
    for gone in list(table)[::3]:
        del table[gone]
    found, place, entries = words(..., ..., ...), 0, []
    for left in range(len(table), 0, -1):
        assert following(table, len(table), place, left, behind(found)) == 1
        entries.append((found[1], found[2]))
        place = found[3]
    assert entries == [(id(key), id(value)) for key, value in table.items()]
    assert following(table, len(table), place, 0, behind(found)) == 0
    assert following(table, len(table) + 1, 0, len(table), behind(found)) == -1
    if table:
        # More keys than were there: "dictionary keys changed during iteration".
        assert following(table, len(table), 0, 0, behind(found)) == -1


def test_next_attributes() -> None:
    """A dictionary that shares an instance's values has them in the order in which they were set."""
    following = helper("dict_next", I64, OBJ, I64, I64, I64, WORDS)
    # Its keys are shared in the order in which the class sets them.
    Point()
    point = Point.__new__(Point)
    point.y, point.x = "y", "x"
    found = words(..., ..., ...)
    assert following(point.__dict__, 2, 0, 2, behind(found)) == 1
    assert (found[1], found[2], found[3]) == (id("y"), id("y"), 1)
    assert following(point.__dict__, 2, 1, 1, behind(found)) == 1
    assert (found[2], found[3]) == (id("x"), 2)
    assert following(point.__dict__, 2, 2, 0, behind(found)) == 0


def test_next_keys_of_sets() -> None:
    following = helper("set_next", I64, OBJ, I64, I64, WORDS)
    numbers = set(range(0, 900, 7))
    numbers -= set(range(0, 900, 21))
    for members in (numbers, frozenset(numbers), set(), {"a"}):
        found, place, keys = words(..., ...), 0, []
        while following(members, len(members), place, behind(found)):
            keys.append(found[1])
            place = found[2]
        assert keys == [id(key) for key in members]
        assert following(members, len(members) + 1, 0, behind(found)) == -1


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 0), (0, 1), (2, 3)])
def test_unpacking_with_a_rest(kind: type, before: int, after: int) -> None:
    unpack = helper("unpack_rest", I64, OBJ, WORDS, I64, I64)
    for size in range(before + after, 9):
        items = kind([n] for n in range(size))
        counts = [sys.getrefcount(item) for item in items]
        array = words(*[...] * (before + 1 + after))
        assert unpack(items, behind(array), before, after) == 0
        parts = [ctypes.cast(address, OBJ).value for address in array[1:]]
        rest = list(items[before : size - after])
        assert parts == [*items[:before], rest, *items[size - after :]]
        assert type(parts[before]) is list
        for part in parts:
            ctypes.pythonapi.Py_DecRef(OBJ(part))
        del part, parts, rest
        assert [sys.getrefcount(item) for item in items] == counts


def test_digits_of_ints() -> None:
    digits = helper("str_of_int", OBJ, I64)
    edges = [sign * (10**n + d) for n in range(19) for d in (-1, 0, 1) for sign in (1, -1)]
    for value in [*edges, 2**63 - 1, -(2**63)]:
        assert digits(value) == str(value)


def test_entries_of_an_instance_are_not_set() -> None:
    can_set = helper("dict_can_set_plain", I64, OBJ, OBJ, WORDS)
    found = words(*FOUND_TO_SET)
    point = Point()
    assert can_set(point.__dict__, "x", behind(found)) == 0


def test_dicts_of_plain_keys() -> None:
    build = helper("build_plain_map", OBJ, WORDS, I64)
    items = ["a", 1, 2, "b", None, 3.5, b"k", [], "a", "again"]
    expected = dict(zip(items[::2], items[1::2]))
    table = build(behind(words(*items)), len(items) // 2)
    assert list(table.items()) == list(expected.items())
    assert build(behind(words()), 0) == {}


@pytest.mark.parametrize("name", ["call_builtin", "call_changing_builtin"])
def test_builtins(name: str) -> None:
    call = helper(name, OBJ, OBJ, WORDS, I64)
    calls = [
        (str.lower, "AbC"), (str.find, "hello", "l"), (str.find, "hello", "l", 3), (str.split, "a b"), (str.index, "a", "z"), (str.join, ",", [1]),
        (list.pop, [1, 2]), (list.pop, []), (list.extend, [1], (2,)), (list.insert, [1], 0, "x"), (dict.items, {1: 2}), (len, [1]), (len, 5),
        (ord, "a"), (ord, "ab"), (chr, -1), (divmod, 7, 2), (divmod, 7, 0), (math.log, 8, 2), (math.log, -1), (math.floor, 2.5), (int.bit_length, 9),
        (round, 2.5), (round, 2.675, 2), (math.hypot, 3, 4), (callable, len),
    ]
    for function, *arguments in calls:
        expected = outcome(function, *copy.deepcopy(arguments))
        array = words(*arguments)
        assert outcome(call, function, behind(array), len(arguments)) == expected, (function, arguments)


def test_isinstance(runner) -> None:
    # Answers are kept in the session.
    text = """
    import ctypes
    import whipsnake
    from whipsnake import _native

    whipsnake.enable()

    class Meta(type):
        pass

    class Answering(type):
        def __instancecheck__(cls, instance):
            raise AssertionError("asked")

    class Base(metaclass=Meta):
        pass

    class Derived(Base):
        pass

    class Asked(metaclass=Answering):
        pass

    check = ctypes.PYFUNCTYPE(ctypes.c_int64, ctypes.py_object, ctypes.py_object)(_native.helper_address("is_instance_plain"))
    kinds = [int, str, object, type(None), Base, Derived, (int, Base), (), ((int,), (str, Derived))]
    for thing in [1, True, "a", None, 2.5, [], Base(), Derived(), len, object()]:
        for kind in kinds:
            assert check(thing, kind) == check(thing, kind) == isinstance(thing, kind), (thing, kind)
    print(check(1, Asked), check(1, (str, Asked)), check(1, (int, Asked)), check(1, int | str), check(1, 5))
    before = check(1, Base)
    Meta.__instancecheck__ = lambda cls, instance: True
    print(before, check(1, Base))
    """
    assert runner.snippet(text) == "-1 -1 1 -1 -1\n0 -1\n"


def test_global_names() -> None:
    load_global = helper("load_global", OBJ, OBJ, OBJ, OBJ)
    assert load_global({"a": 1}, {"a": 2, "b": 3}, "a") == 1
    assert load_global({"a": 1}, {"a": 2, "b": 3}, "b") == 3
    expected = outcome(eval, "missing", {"__builtins__": {}})
    assert outcome(load_global, {}, {}, "missing") == expected


def gather(*args: object, **kwargs: object) -> tuple:
    return args, kwargs


class Method:
    """An instance for bound methods."""

    def gather(self, *args: object, **kwargs: object) -> tuple:
        return self, args, kwargs


def test_calls() -> None:
    call = helper("call", OBJ, WORDS, OBJ, WORDS, I64, OBJ)
    call_plain = helper("call", OBJ, WORDS, OBJ, WORDS, I64, ctypes.c_void_p)
    current = ctypes.PYFUNCTYPE(ctypes.c_void_p)(("PyThreadState_Get", ctypes.pythonapi))
    thread = current()
    arguments = ["self", "one", "two"]
    with_self, without = words(*arguments), words(..., *arguments[1:])
    assert call_plain(thread, gather, behind(with_self), 2, None) == (("self", "one", "two"), {})
    assert call_plain(thread, gather, behind(without), 2, None) == (("one", "two"), {})
    assert call(thread, gather, behind(with_self), 2, ("key",)) == (("self", "one"), {"key": "two"})
    assert call(thread, gather, behind(without), 2, ("a", "b")) == ((), {"a": "one", "b": "two"})
    owner = Method()
    assert call_plain(thread, owner.gather, behind(without), 2, None) == (owner, ("one", "two"), {})
    without[1] = 0
    assert call(thread, owner.gather, behind(without), 2, ("key",)) == (owner, ("one",), {"key": "two"})
    assert call_plain(thread, owner.gather, behind(with_self), 2, None) == (owner, ("self", "one", "two"), {})
    without[1] = 0
    for callable in (len, int, Method, 5, owner.gather.__func__, "".join):
        assert outcome(call_plain, thread, callable, behind(without), 2, None) == outcome(lambda f: f("one", "two"), callable)


def test_calls_with_unpacking() -> None:
    call_ex, call_plain = helper("call_ex", OBJ, OBJ, OBJ, OBJ), helper("call_ex", OBJ, OBJ, OBJ, ctypes.c_void_p)
    assert call_ex(gather, [1, 2], {"key": 3}) == ((1, 2), {"key": 3})
    assert outcome(call_plain, gather, 5, None) == outcome(lambda: gather(*5))
    assert outcome(call_plain, gather, Failing(0), None) == outcome(lambda: gather(*Failing(0)))
    assert outcome(call_plain, len, (1,), None) == outcome(len, 1)


def test_load_method() -> None:
    load_method = helper("load_method", I64, OBJ, OBJ, WORDS)
    out = (ctypes.c_uint64 * 2)()

    def found(owner: object, name: str) -> tuple:
        load_method(owner, name, ctypes.addressof(out))
        parts = [ctypes.cast(word, OBJ).value if word else None for word in out]
        for part in parts:
            if part is not None:
                ctypes.pythonapi.Py_DecRef(OBJ(part))
        return tuple(parts)

    point = Point()
    point.own = gather
    assert found([], "append") == (list.append, [])
    assert found(point, "__init__") == (Point.__init__, point)
    assert found(point, "own") == (gather, None)
    assert outcome(found, point, "nothing") == outcome(getattr, point, "nothing")


def test_strings() -> None:
    concat, equal = helper("str_concat", OBJ, OBJ, OBJ), helper("str_equal", I64, OBJ, OBJ)
    compare, item = helper("str_compare", I64, OBJ, OBJ), helper("str_item", OBJ, OBJ, I64)
    join = helper("build_string", OBJ, WORDS, I64)
    for left, right in itertools.product(["", "a", "ab", "\xe9", "a\U0001f600", "b"], repeat=2):
        assert concat(left, right) == left + right
        assert equal(left, right) == (left == right)
        assert compare(left, right) == (left > right) - (left < right)
        assert join(behind(words(left, right, left)), 3) == left + right + left
        assert [item(left, i) for i in range(len(left))] == list(left)


def test_formatting() -> None:
    simple, with_spec = helper("format_simple", OBJ, OBJ), helper("format_with_spec", OBJ, OBJ, OBJ)
    convert = helper("convert_value", OBJ, OBJ, I64)
    for value in [*VALUES, Point]:
        assert simple(value) == format(value)
        assert [convert(value, i) for i in (1, 2, 3)] == [str(value), repr(value), ascii(value)]
        for spec in ("", ".2f", "5", "nonsense"):
            assert outcome(with_spec, value, spec) == outcome(format, value, spec)


def test_errors_of_displays() -> None:
    extend, update = helper("list_extend", I64, OBJ, OBJ), helper("dict_update", I64, OBJ, OBJ)
    build_set, build_map = helper("build_set", OBJ, WORDS, I64), helper("build_map", OBJ, WORDS, I64)
    assert outcome(extend, [], 5) == outcome(lambda: [*5])
    assert outcome(extend, [], Failing(0)) == outcome(lambda: [*Failing(0)])
    assert outcome(update, {}, 5) == outcome(lambda: {**5})
    unhashable = [[], 2]
    assert outcome(build_set, behind(words(*unhashable)), 2) == outcome(lambda: {*unhashable})
    pairs = ["a", 1, "b", 2]
    assert build_map(behind(words(*pairs)), 2) == {"a": 1, "b": 2}


def test_iteration() -> None:
    get_iter = helper("get_iter", OBJ, OBJ)
    current = ctypes.PYFUNCTYPE(ctypes.c_void_p)(("PyThreadState_Get", ctypes.pythonapi))
    next_in = helper("iter_next", ctypes.c_void_p, ctypes.c_void_p, OBJ)

    def iter_next(iterator: object) -> object:
        return next_in(current(), iterator)

    assert iter_next(iter([])) is None
    assert outcome(iter_next, Failing(0).__iter__().__class__) == outcome(next, type(Failing(0).__iter__()))
    assert outcome(get_iter, 5) == outcome(iter, 5)

    class Ends:
        def __next__(self):
            raise StopIteration(3)

    assert iter_next(Ends()) is None


def test_functions() -> None:
    make_function = helper("make_function", OBJ, OBJ, OBJ)
    set_attribute = helper("set_function_attribute", NOTHING, OBJ, OBJ, I64)

    def give(value: object) -> object:
        ctypes.pythonapi.Py_IncRef(OBJ(value))
        return value

    def template(a, b=1):
        return a, b

    function = make_function(template.__code__, globals())
    assert function.__qualname__ == template.__qualname__ and function.__globals__ is globals()
    set_attribute(function, give((7,)), 1)
    assert function(3) == (3, 7)
    if sys.version_info >= (3, 14):
        annotate = make_function(template.__code__, globals())
        set_attribute(function, give(annotate), 16)
        assert annotate.__qualname__ == f"{function.__qualname__}.__annotate__"


IMMORTAL = 2**28
"""Reference counts from here on do not count."""

DOUBLES = types.FunctionType((x * 2 for x in ()).gi_code, globals())
"""The function of a generator expression."""

VIRTUALS = [
    (1, [2, 9, 3], "list(value)", [2, 5, 8]),
    (2, ["int", 4, "int", 2, "int", 3], "list(value)", [4, 6, 8]),
    (3, [[1, 2, 3], "int", 1], "list(value)", [2, 3]),
    (4, [(1, 2, 3), "int", 3], "list(value)", []),
    (5, [iter("ab"), "int", 5], "list(value)", [(5, "a"), (6, "b")]),
    (6, [iter("ab"), iter([1, 2])], "list(value)", [("a", 1), ("b", 2)]),
    (7, [1, None, 2], "value", slice(1, None, 2)),
    (8, [gather, 5], "value(6)", ((5, 6), {})),
    (9, [[1, 2, 3, 4], "int", 1, "int", 3, "int", 1], "value", [2, 3]),
    (10, ["int", 70], "value", 70),
    (11, [], "value", {}),
    (12, [DOUBLES, "int", 0, iter([1, 2])], "list(value)", [2, 4]),
    (13, [sum, "int", 0, 0], "value([1, 2])", 3),
    (13, [sum, "int", 1, 5], "value(iter([1, 2.5]))", 8.5),
    (13, [sum, "int", 2, 1e16, 1.0], "value(iter([1.0, -1e16, 2**70, 0.5]))", sum([1e16, 1.0, 1.0, -1e16, 2**70, 0.5])),
    (13, [min, "int", 3, 4], "value(iter([7, 2, 9]))", 2),
    (13, [max, "int", 4, 4], "value(iter([3]))", 4),
    (14, ["abc", "int", 1], "list(value)", ["b", "c"]),
]


@pytest.mark.parametrize(("kind", "parts", "expression", "expected"), VIRTUALS)
def test_virtual_objects(kind: int, parts: list, expression: str, expected: object) -> None:
    build_virtual = helper("build_virtual", OBJ, I64, WORDS, I64)
    array, rest = [], iter(parts)
    for part in rest:
        if part == "int":
            array.append(next(rest))
        else:
            ctypes.pythonapi.Py_IncRef(OBJ(part))
            array.append(id(part))
    counts = [sys.getrefcount(part) for part in parts]
    value = build_virtual(kind, (ctypes.c_uint64 * len(array))(*array), len(array))
    assert eval(expression, {"value": value, "list": list}) == expected
    del value
    given_up = [id(parts[i]) in array and count < IMMORTAL for i, count in enumerate(counts)]
    assert [sys.getrefcount(part) for part in parts] == [count - gone for count, gone in zip(counts, given_up)]


def test_appending() -> None:
    append = helper("list_append", I64, OBJ, OBJ)
    items: list = []
    marker = object()
    before = sys.getrefcount(marker)
    for _ in range(1000):
        ctypes.pythonapi.Py_IncRef(OBJ(marker))
        append(items, marker)
    assert len(items) == 1000 and sys.getrefcount(marker) == before + 1000
    items.clear()
    assert sys.getrefcount(marker) == before
