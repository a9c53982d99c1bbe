"""Code objects, exception tables, and objects by version."""

import argparse
import dis
import inspect
import tarfile
import types

from support import checks, equal, passed


def closure():
    free = 1

    def inner(a, /, b, *args, c, **kwargs):
        cell = a
        local = [x for x in args if x]

        def innermost():
            return cell, free

        return local, innermost, b, c, kwargs

    return inner


codes = []


def collect(code):
    codes.append(code)
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            collect(const)


for module in (inspect, dis, types, argparse, tarfile):
    collect(compile(inspect.getsource(module), module.__file__, "exec"))
collect(closure.__code__)
assert len(codes) > 300
handlers = 0
for code in codes:
    cells, free = set(code.co_cellvars), set(code.co_freevars)
    expected = [
        code.co_flags,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_stacksize,
        code.co_firstlineno,
        len(code.co_code) // 2,
        len(code.co_consts),
        len(code.co_names),
    ]
    facts = checks.code_facts(code)
    equal(facts[:9], expected, code)
    equal(facts[10:], [len(cells), len(free), len(free)], code)
    table = [
        number
        for entry in dis._parse_exception_table(code)
        for number in (entry.start // 2, entry.end // 2, entry.target // 2, entry.depth, int(entry.lasti))
    ]
    handlers += len(table) // 5
    equal(checks.entries(code.co_exceptiontable), table, code)
    adaptive = code._co_code_adaptive
    units = [adaptive[i] | adaptive[i + 1] << 8 for i in range(0, len(adaptive), 2)]
    equal(checks.units(code), units, code)
assert handlers > 50
equal(checks.entries(b"\x80"), [])
equal(checks.entries(b""), [])


class Point:
    def __init__(self, x):
        self.x = x

    def get(self):
        return self.x


def use(points):
    total = 0
    for point in points:
        total += point.get()
    return total


use([Point(i) for i in range(1000)])
version = checks.type_version(Point)
assert version
equal(checks.types_by_version([version, checks.type_version(int), 0]), sorted([Point, int], key=checks.type_version))
equal(checks.types_by_version([0xFFFFFFF0]), [])


class Meta(type):
    def __subclasses__(cls):
        raise AssertionError("metaclasses are not asked")


class Odd(metaclass=Meta):
    pass


class Child(Odd):
    def method(self):
        pass


for _ in range(100):
    Child().method()
version = checks.type_version(Child)
assert version
equal(checks.types_by_version([version]), [Child])
Point.get = lambda self: 1
assert checks.type_version(Point) != version or checks.types_by_version([version]) != [Point]

version = checks.function_version(use)
assert version
equal(checks.function_by_version(version), (use, use.__code__))
equal(checks.function_by_version(0), None)
equal(checks.function_by_version(0xFFFFFFF0), None)
use.__defaults__ = (1,)
found = checks.function_by_version(version)
assert found is None or found[0] is None, "changed functions lose their version"
passed()
