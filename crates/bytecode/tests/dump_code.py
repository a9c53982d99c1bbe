"""Prints facts about code objects of the running CPython, one JSON object per line.

    python3.14 dump_code.py > fixtures/v314.jsonl
    PYTHON_JIT=1 python3.14 dump_code.py --only branches > fixtures/v314_executor.jsonl
    python3.14 dump_code.py --tree DIRECTORY > dump.jsonl   # every module below it, compiled only

Facts come from `dis` and, for what the adaptive interpreter should have learned, from the objects
themselves (addresses, offsets of slots, type versions). `null` in an expectation means any value.
"""

import argparse
import builtins
import dis
import inspect
import json
import math
import opcode
import pathlib
import sys
import types

WARM_UP = 200


class Values:
    """Attributes in inline values; one method."""

    limit = 7

    def __init__(self, a, b=0):
        self.a = a
        self.b = b

    def total(self):
        return self.a + self.b

    @property
    def twice(self):
        return self.a * 2

    def __getitem__(self, key):
        return key


class Slots:
    """Attributes in slots; no dictionary."""

    __slots__ = ("p", "q")
    kind = "slots"

    def __init__(self):
        self.p = 1
        self.q = 2

    def get(self):
        return self.q


class Dynamic:
    """A Python __getattribute__."""

    def __getattribute__(self, name):
        return name


class Sub(Values):
    def total(self):
        return super().total() + 1


class Plain:
    pass


class Number(int):
    """A dictionary, but no inline values."""


class Meta(type):
    pass


class WithMeta(metaclass=Meta):
    x = 1


GLOBAL = 3


def attributes(v, s, d):
    v.a
    s.q
    v.total
    math.pi
    Values.limit
    v.twice
    d.x
    v.total()
    s.get()
    v.limit
    s.kind
    v.b = 1
    s.p = 2


def hinted(o):
    o.x
    o.x = 2


def lazy(e):
    e.with_traceback(None)


def metaclass():
    WithMeta.x


def mixed(i, f, l, s):
    f * i
    l[s]
    print(*[i], end="", file=Quiet)
    bytes(l)


class Quiet:
    def write(text):
        pass


def globals_and_builtins():
    return GLOBAL, len


def arithmetic(i, f, t, v):
    a = i + 1
    b = f * f
    c = t + t
    a = i - 1
    t += "x"
    return i < 2, f >= f, t == t, a, b, c


def subscripts(l, t, s, d, v):
    l[1]
    t[0]
    s[2]
    d["k"]
    v["k"]
    l[0] = 1
    d["k"] = 2
    return "k" in d, 1 in {1, 2, 3}


def truth(b, i, l, n, s, o):
    return not b, not i, not l, not n, not s, not o


def iteration(l, t, g):
    for x in l:
        pass
    for x in t:
        pass
    for x in range(3):
        pass
    for x in g():
        pass
    a, b = t
    a, b, c = (1, x, 3)
    [a, b] = l


def generator():
    yield 1
    return (yield from inner())


def inner():
    yield 2


def callee(a, b=1):
    return a


def calls(v, l, s):
    callee(1, 2)
    callee(1)
    v.total()
    Values(1, 2)
    type(v)
    str(s)
    tuple(l)
    abs(1)
    getattr(v, "a")
    print(end="", sep="") if False else sorted(l)
    len(l)
    isinstance(v, Values)
    l.append(1)
    l.pop()
    l.count(1)
    s.split()
    s.startswith("x")
    math.gcd(1, 2)


def keywords(v):
    callee(1, b=2)
    int("1", base=10)


def branches(n):
    count = 0
    while n:
        if n % 4:
            count += 1
        n -= 1
    return count


def supers(o):
    return o.total()


def nested_loops(rows):
    total = 0
    for row in rows:
        for item in row:
            if item is None:
                continue
            try:
                total += item
            except TypeError:
                continue
        while total > 1000:
            total -= 1
            if total == 500:
                break
    return total


def exceptions(x):
    try:
        with x as y, open(y) as z:
            z.read()
    except* OSError as e:
        raise ValueError("no") from e
    except* KeyError:
        raise
    finally:
        del x
    assert y, "message"


async def asynchronous(a, b):
    async with a as c:
        async for d in b:
            await d
            yield d
    return_value = [e async for e in b if await e]
    del return_value


def patterns(x):
    match x:
        case {"k": v, **rest}:
            return v, rest
        case [a, *b, c]:
            return a, b, c
        case Values(a=1) | Slots():
            return 1
        case None:
            return f"{x!r:>{10}} {x!s} {x:5}"


def closures(a, *args, k=1, **kwargs) -> int:
    b = a

    def inside(c, d=b, *, e=k):
        nonlocal b
        b = c + a
        del b
        return lambda: (b, d, e)

    first, *middle, last = args
    return inside(*args, **kwargs), inside(**kwargs, x=1), [*args, first], {**kwargs, "m": middle}, {*args, last}


def slices(l):
    l[1:2] = l[3:4]
    del l[0]
    del l.attribute
    return l[1:2:3], -l, ~l, +l, (x for x in l), {x: y for x, y in l}, l @ l


class Annotated[T: int]:
    x: int = 1
    type Alias[U] = dict[T, U]

    def method(self) -> T:
        global GLOBAL, GONE
        GLOBAL = 3
        del GONE
        from os import path, sep
        import sys as system
        return __class__, path, sep, system


def many_constants():
    return None


# An argument beyond one byte, and jumps over more than 255 units.
_wide = {"GLOBAL": GLOBAL}
exec(
    "def wide(n):\n"
    "  total = 0\n"
    "  while n:\n"
    + "".join(f"    v{i} = total + {i}.5\n" for i in range(300))
    + "    n = n - 1\n"
    "  return v299\n",
    _wide,
)
wide = _wide["wide"]


def type_version(cls):
    import _testcapi

    return _testcapi.type_get_version(cls)


POINTER = 8
# Bytes to the first slot: behind the object's header.
FIRST_SLOT = object.__basicsize__


def expectations():
    """Function -> feedback of its instructions in order, as whipsnake_bytecode::Feedback."""
    new = sys.version_info >= (3, 14)
    values, slots = type_version(Values), type_version(Slots)

    def attr(kind, **operands):
        return {"LoadAttr": {kind: operands}}

    def store(kind, **operands):
        return {"StoreAttr": {kind: operands}}

    def place(index):
        # Behind the object and the header of the inline values.
        offset = Values.__basicsize__ + POINTER * (1 + index)
        return {"Offset": offset} if new else {"Index": index}

    def global_(name):
        return {
            "LoadGlobal": {
                "Module": {"module_keys_version": None, "index": list(globals()).index(name)}
            }
        }

    def builtin(name):
        return {
            "LoadGlobal": {
                "Builtin": {
                    "module_keys_version": None,
                    "builtin_keys_version": None,
                    "index": list(vars(builtins)).index(name),
                }
            }
        }

    def call(kind, **operands):
        return {"Call": {kind: operands} if operands else kind}

    exact = call("PyExactArgs", func_version=None)
    total = attr("MethodWithValues", type_version=values, keys_version=None, descr=id(Values.total))

    def list_method(name):
        return attr("MethodNoDict", type_version=type_version(list), descr=id(vars(list)[name]))

    def str_method(name):
        return attr("MethodNoDict", type_version=type_version(str), descr=id(vars(str)[name]))

    expected = {
        attributes: [
            attr("InstanceValue", type_version=values, place=place(0)),
            attr("Slot", type_version=slots, offset=FIRST_SLOT + POINTER),
            global_("math"),
            attr("Module", keys_version=None, index=list(vars(math)).index("pi")),
            global_("Values"),
            attr("Class", type_version=values, metaclass_version=None, descr=id(Values.limit)),
            attr(
                "Property",
                type_version=values,
                func_version=None,
                fget=id(vars(Values)["twice"].fget),
            ),
            attr(
                "GetattributeOverridden",
                type_version=type_version(Dynamic),
                func_version=None,
                getattribute=id(Dynamic.__getattribute__),
            ),
            total,
            exact,
            attr("MethodNoDict", type_version=slots, descr=id(Slots.get)),
            exact,
            attr(
                "NondescriptorWithValues",
                type_version=values,
                keys_version=None,
                descr=id(Values.limit),
            ),
            attr("NondescriptorNoDict", type_version=slots, descr=id(Slots.kind)),
            store("InstanceValue", type_version=values, place=place(1)),
            store("Slot", type_version=slots, offset=FIRST_SLOT),
        ],
        hinted: [
            attr("WithHint", type_version=type_version(Number), hint=1),
            store("WithHint", type_version=type_version(Number), hint=1),
        ],
        lazy: [
            attr(
                "MethodLazyDict",
                type_version=type_version(ValueError),
                dict_offset=BaseException.__dictoffset__,
                descr=id(BaseException.with_traceback),
            ),
            call("MethodDescriptorO"),
        ],
        globals_and_builtins: [global_("GLOBAL"), builtin("len")],
        arithmetic: [
            {"Binary": "Int"},
            {"Binary": "Float"},
            {"Binary": "Str"},
            {"Binary": "Int"},
            {"Binary": "StrInplace"},
            {"Compare": "Int"},
            {"Compare": "Float"},
            {"Compare": "Str"},
        ],
        subscripts: [
            {"Subscr": "ListInt"},
            {"Subscr": "TupleInt"},
            {"Subscr": "StrInt"},
            {"Subscr": "Dict"},
            {"Subscr": "Getitem"},
            {"StoreSubscr": "ListInt"},
            {"StoreSubscr": "Dict"},
            {"Contains": "Dict"},
            {"Contains": "Set"},
        ],
        truth: [
            {"ToBool": "Bool"},
            {"ToBool": "Int"},
            {"ToBool": "List"},
            {"ToBool": "None"},
            {"ToBool": "Str"},
            {"ToBool": {"AlwaysTrue": {"type_version": type_version(Plain)}}},
        ],
        iteration: [
            {"ForIter": "List"},
            {"ForIter": "Tuple"},
            builtin("range"),
            call("BuiltinClass"),
            {"ForIter": "Range"},
            exact,
            {"ForIter": "Generator"},
            {"Unpack": "TwoTuple"},
            {"Unpack": "List"},
        ],
        generator: [global_("inner"), exact, "SendGen"],
        Sub.total: [builtin("super"), {"SuperAttr": {"method": True}}, exact, {"Binary": "Int"}],
        calls: [
            global_("callee"),
            exact,
            global_("callee"),
            call("PyGeneral", func_version=None),
            total,
            exact,
            global_("Values"),
            call("AllocAndEnterInit", type_version=values),
            builtin("type"),
            call("Type1"),
            builtin("str"),
            call("Str1"),
            builtin("tuple"),
            call("Tuple1"),
            builtin("abs"),
            call("BuiltinO"),
            builtin("getattr"),
            call("BuiltinFast"),
            builtin("sorted"),
            call("BuiltinFastWithKeywords"),
            builtin("len"),
            call("Len"),
            builtin("isinstance"),
            global_("Values"),
            call("Isinstance"),
            list_method("append"),
            call("ListAppend"),
            list_method("pop"),
            call("MethodDescriptorFast"),
            list_method("count"),
            call("MethodDescriptorO"),
            str_method("split"),
            call("MethodDescriptorFastWithKeywords"),
            str_method("startswith"),
            call("MethodDescriptorFast"),
            global_("math"),
            attr("Module", keys_version=None, index=list(vars(math)).index("gcd")),
            call("BuiltinFast"),
        ],
    }
    if new:
        expected[metaclass] = [
            global_("WithMeta"),
            attr(
                "Class",
                type_version=type_version(WithMeta),
                metaclass_version=type_version(Meta),
                descr=id(WithMeta.x),
            ),
        ]
        expected[mixed] = [
            {"Binary": {"Extend": {"descr": None}}},
            {"Subscr": "ListSlice"},
            builtin("print"),
            global_("Quiet"),
            builtin("bytes"),
            call("NonPyGeneral"),
        ]
        expected[keywords] = [
            global_("callee"),
            {"CallKw": {"Py": {"func_version": None}}},
            builtin("int"),
            {"CallKw": "NonPy"},
        ]
    return expected


def warm_up():
    values, slots, dynamic, hint = Values(1), Slots(), Dynamic(), Number()
    hint.__dict__ = {"y": 1, "x": 2}
    for _ in range(WARM_UP):
        attributes(values, slots, dynamic)
        hinted(hint)
        lazy(ValueError())
        metaclass()
        mixed(2, 1.5, [1, 2], slice(1))
        globals_and_builtins()
        arithmetic(3, 1.5, "ab", 0)
        subscripts([1, 2], (1, 2), "abc", {"k": 1}, values)
        truth(True, 1, [], None, "", Plain())
        iteration([1, 2], (1, 2), inner)
        list(generator())
        calls(values, [1], "x y")
        keywords(1)
        branches(9)
        supers(Sub(1))
        nested_loops([[1, 2, None]])
        wide(1)
    # Enough for the in-tree JIT, where it is on, to install an executor.
    branches(5000)


def units(data):
    return [int.from_bytes(data[i : i + 2], sys.byteorder) for i in range(0, len(data), 2)]


def record(code, name, **more):
    """What `dis` says about a code object."""
    instructions = []
    for i in dis.get_instructions(code):
        if i.opname in ("EXTENDED_ARG", "CACHE"):
            continue
        target = i.jump_target
        effect = dis.stack_effect(i.opcode, i.arg if i.opcode in dis.hasarg else None, jump=False)
        instructions.append(
            [
                i.start_offset // 2,
                i.offset // 2,
                i.opname,
                i.arg,
                None if target is None else target // 2,
                effect,
            ]
        )
    return {
        "name": name,
        "stacksize": code.co_stacksize,
        "adaptive": units(code._co_code_adaptive),
        "clean": units(code.co_code),
        "exceptions": list(code.co_exceptiontable),
        "instructions": instructions,
        "handlers": [
            [e.start // 2, e.end // 2, e.target // 2, e.depth, e.lasti]
            for e in dis._parse_exception_table(code)
        ],
        **more,
    }


def nested(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from nested(constant)


def specialized(code):
    """Offset and name of each specialised instruction."""
    return [
        [i.offset // 2, i.opname]
        for i in dis.get_instructions(code, adaptive=True)
        if i.opname in opcode._specialized_opmap
    ]


def samples(only):
    warm_up()
    expected = expectations() if only is None else {}
    functions = [f for f in globals().values() if isinstance(f, types.FunctionType)]
    functions = functions[: functions.index(wide) + 1] + [Values.total, Sub.total]
    for function in functions:
        if only is not None and function.__name__ != only:
            continue
        outer = function.__code__
        for code in nested(outer):
            more = {"specialized": specialized(code)}
            if code is outer and function in expected:
                more["feedback"] = expected[function]
            yield record(code, code.co_qualname, **more)
    if only is None:
        source = inspect.getsource(Annotated)
        for code in nested(compile(source, "annotated", "exec")):
            yield record(code, code.co_qualname)
        yield from instrumented(nested_loops.__code__)


def instrumented(code):
    """The same code under monitoring events, without and with line events."""
    monitoring = sys.monitoring
    events = monitoring.events
    jumps = events.PY_START | events.JUMP | events.PY_RETURN | events.CALL
    monitoring.use_tool_id(monitoring.PROFILER_ID, "dump_code")
    for hides, wanted in ((False, jumps), (True, jumps | events.LINE)):
        monitoring.set_local_events(monitoring.PROFILER_ID, code, wanted)
        nested_loops([])
        yield record(code, f"{code.co_name} with events {wanted}", instrumented=True, hides=hides)
    monitoring.set_local_events(monitoring.PROFILER_ID, code, 0)
    monitoring.free_tool_id(monitoring.PROFILER_ID)


def tree(directory):
    for path in sorted(directory.rglob("*.py")):
        try:
            module = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
        except (OSError, SyntaxError, ValueError) as error:
            print(f"left out {path}: {error}", file=sys.stderr)
            continue
        for code in nested(module):
            yield record(code, f"{path.relative_to(directory)}:{code.co_qualname}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=pathlib.Path, help="dump every module below a directory")
    parser.add_argument("--only", help="dump only this sample function")
    options = parser.parse_args()
    records = tree(options.tree) if options.tree else samples(options.only)
    for item in records:
        print(json.dumps(item, separators=(",", ":")))


if __name__ == "__main__":
    main()
