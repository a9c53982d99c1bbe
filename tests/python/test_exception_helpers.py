"""The functions by which native code raises and handles exceptions, against what the interpreter does."""

from __future__ import annotations

import ctypes
import itertools
import sys
from collections.abc import Callable

import pytest
from test_helpers import I64, NOTHING, OBJ, WORDS, helper, outcome

NULLABLE = ctypes.c_void_p
"""An object that may be NULL, as its address."""
IMMORTAL = 2**28
"""Reference counts from here on do not count."""


class Odd(Exception):
    """A class whose call gives no exception."""

    def __new__(cls) -> object:
        return 5


class Failing(Exception):
    def __init__(self) -> None:
        raise ZeroDivisionError("no instance")


class Meta(type):
    def __subclasscheck__(cls, other: type) -> bool:
        raise AssertionError("`except` does not ask")

    __instancecheck__ = __subclasscheck__


class Asking(Exception, metaclass=Meta):
    pass


def thread_state() -> int:
    get = ctypes.pythonapi.PyThreadState_Get
    get.restype = ctypes.c_void_p
    return get()


def story(error: BaseException | None) -> tuple | None:
    """What an exception says of itself and of those that it names."""
    if error is None:
        return None
    return type(error), str(error), story(error.__cause__), story(error.__context__), error.__suppress_context__


def give(value: object) -> object:
    """The value with one more reference, for those who take it over."""
    ctypes.pythonapi.Py_IncRef(OBJ(value))
    return value


def raised(function: Callable, *arguments: object) -> tuple | None:
    try:
        function(*arguments)
    except BaseException as error:
        return story(error)
    return None


CLASSES = [KeyError, LookupError, Exception, BaseException, OSError, Odd, Asking, ValueError]
TUPLES = [(), (ValueError,), (KeyError, 5), (5, KeyError), ((KeyError,),), (OSError, LookupError), (ValueError, Asking)]


@pytest.mark.parametrize("kind", [*CLASSES, *TUPLES, 5, "KeyError", int, None], ids=repr)
def test_matching(kind: object) -> None:
    def plain(error: BaseException) -> bool:
        try:
            raise error
        except kind:
            return True
        except BaseException as other:
            if other is not error:
                raise
            return False

    matches = helper("exception_matches", I64, OBJ, OBJ)
    for error in (KeyError(1), OSError(2, "x"), KeyboardInterrupt(), Exception()):
        assert outcome(lambda: matches(error, kind) == 1) == outcome(plain, error)


RAISED = [ValueError, Asking, ValueError("x"), Odd, Failing, 5, None, int, KeyboardInterrupt]
CAUSES = [..., None, KeyError, KeyError("k"), Odd, Failing, 5, ()]


@pytest.mark.parametrize(("exception", "cause"), list(itertools.product(RAISED, CAUSES)), ids=repr)
def test_raising(exception: object, cause: object) -> None:
    def plain() -> None:
        if cause is ...:
            raise exception
        raise exception from cause

    def within_handler(function: Callable) -> None:
        try:
            raise LookupError("being handled")
        except LookupError:
            function()

    function = helper("raise_exception", NOTHING, OBJ, NULLABLE)
    native = lambda: function(exception, None if cause is ... else id(cause))
    for again in range(2):
        # An instance remembers what happened to it.
        assert raised(native) == raised(plain) is not None
        assert raised(within_handler, native) == raised(within_handler, plain), again
    before = [sys.getrefcount(x) for x in (exception, cause)]
    for _ in range(20):
        raised(native)
    after = [sys.getrefcount(x) for x in (exception, cause)]
    leaks = [now - then for then, now in zip(before, after) if then < IMMORTAL]
    assert all(-1 <= leak <= 1 for leak in leaks), leaks


def test_handled_exceptions() -> None:
    push = helper("push_exc_info", OBJ, NULLABLE, OBJ)
    pop = helper("pop_except", NULLABLE, NULLABLE, OBJ)
    current = helper("handled_exception", NULLABLE)
    state = thread_state()
    first, second = KeyError(1), ValueError(2)

    def exercise() -> list:
        seen = [current(), push(state, first), sys.exception() is first]
        seen += [push(state, second) is first, sys.exception() is second, current() == id(second)]
        seen += [pop(state, give(first)) == id(second), sys.exception() is first]
        seen += [pop(state, give(None)) == id(first), sys.exception(), current()]
        # The addresses stand for references: two of the second exception, one of the first.
        for value in (second, second, first):
            ctypes.pythonapi.Py_DecRef(OBJ(value))
        return seen

    counts = [sys.getrefcount(x) for x in (first, second)]
    assert exercise() == [None, None, True, True, True, True, True, True, True, None, None]
    assert [sys.getrefcount(x) for x in (first, second)] == counts


def test_a_generator_handles_for_itself() -> None:
    current = helper("handled_exception", NULLABLE)

    def generator() -> object:
        try:
            raise KeyError(3)
        except KeyError as error:
            yield current() == id(error)
        yield current()

    steps = generator()
    assert next(steps) is True and current() is None
    assert next(steps) is None


class Manager:
    def __exit__(self, *details: object) -> object:
        return details


def test_leaving_a_with_block() -> None:
    start = helper("with_except_start", OBJ, OBJ, NULLABLE, OBJ)
    manager = Manager()
    try:
        raise KeyError(7)
    except KeyError as error:
        details = (KeyError, error, error.__traceback__)
        assert start(Manager.__exit__, id(manager), error) == details
        assert start(manager.__exit__, None, error) == details
        assert outcome(start, int, None, error) == outcome(int, *details)
    fresh = ValueError(1)
    assert start(manager.__exit__, None, fresh) == (ValueError, fresh, None)


def current_frame() -> int:
    """The address of the caller's interpreter frame, which a frame object names behind `f_back`."""
    frame = sys._getframe(1)
    return ctypes.c_uint64.from_address(id(frame) + 24).value


def test_comparing_locals() -> None:
    differ = helper("locals_differ", I64, NULLABLE, WORDS, I64, I64)

    def function(first: object, second: object) -> list:
        frame = current_frame()
        right, other = (id(first), id(second)), (id(second), id(first))
        array = lambda *items: (ctypes.c_uint64 * 2)(*items)
        # Too short, or with all slots unknown.
        seen = [differ(frame, array(*right), 0, 0), differ(frame, array(*other), 0, 0), differ(frame, array(*other), 2, 3)]
        # The lowest bits say who owns what.
        for tags in itertools.product((0, 1), repeat=2):
            seen.append(differ(frame, array(right[0] | tags[0], right[1] | tags[1]), 2, 0))
        # Other objects, or none, in both slots or in one of them.
        seen += [differ(frame, array(*other), 2, 0), differ(frame, array(*other), 2, 1), differ(frame, array(0, 0), 2, 0)]
        return seen

    seen = function([1], [2])
    assert seen[:3] == [0, 0, 0] and sorted(seen[3:7]) == [0, 1, 1, 1] and seen[7:] == [1, 1, 1]

    def emptied(gone: object) -> list:
        there = (ctypes.c_uint64 * 1)(id(gone))
        del gone
        frame = current_frame()
        return [differ(frame, there, 1, 0), differ(frame, (ctypes.c_uint64 * 1)(0), 1, 0)]

    kept = [3]
    assert emptied(kept) == [1, 0]

    def immortal(value: object) -> list:
        # Nobody owns it, whatever a word says: one without a tag stands for a slot that was given a reference.
        return [differ(current_frame(), (ctypes.c_uint64 * 1)(id(value)), 1, 0)]

    assert immortal(None) == [0]


def test_letting_frame_objects_go() -> None:
    go = helper("let_frame_object_go", I64, NULLABLE)

    def unheld() -> int:
        return go(current_frame())

    def held() -> tuple:
        frame = sys._getframe()
        return go(current_frame()), frame

    def noted() -> int:
        sys._getframe().f_trace_opcodes = True
        return go(current_frame())

    def with_additional_local() -> tuple:
        sys._getframe().f_locals["added"] = 1
        return go(current_frame()), sys._getframe().f_locals["added"]

    assert unheld() == 1
    gone, frame = held()
    assert gone == 0 and frame.f_locals["frame"] is frame
    assert noted() == 0
    assert with_additional_local() == (0, 1)


def test_adding_to_tracebacks() -> None:
    add = helper("add_traceback", NOTHING, NULLABLE, NULLABLE, NULLABLE)
    state, error = thread_state(), KeyError(4)

    def function() -> None:
        add(state, current_frame(), id(error))

    function()
    assert error.__traceback__.tb_frame.f_code is function.__code__ and error.__traceback__.tb_next is None
    function()
    names = []
    at = error.__traceback__
    while at:
        names.append(at.tb_frame.f_code.co_name)
        at = at.tb_next
    assert names == ["function", "function"], "another frame of the same function"

    def twice() -> None:
        try:
            raise ValueError(5)
        except ValueError as other:
            here = current_frame()
            depth = lambda: sum(1 for _ in iter_traceback(other))
            add(state, here, None)
            add(state, here, id(other))
            assert depth() == 1, "it has its entry"

    twice()


def iter_traceback(error: BaseException):
    at = error.__traceback__
    while at:
        yield at
        at = at.tb_next
