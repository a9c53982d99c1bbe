# corpus: compiled=names,modules,attribute
# `import` in hot functions: found in the module's dictionary, by its `__getattr__`, in `sys.modules`, or not at all; replaced `__import__`.
import builtins
import sys
import types

made = types.ModuleType("made")
made.value = 1
made.__path__ = []
sys.modules["made"] = made


def names():
    from made import value

    return value


def modules():
    import math
    import os.path as path

    return math.floor(2.5), path.basename("a/b")


def attribute():
    import made

    return made.value


def look():
    for f in (names, modules, attribute):
        try:
            print(f.__name__, f())
        except (ImportError, AttributeError) as error:
            print(f.__name__, type(error).__name__, error, error.__traceback__.tb_next.tb_lineno)


for _ in range(300):
    names(), modules(), attribute()
look()
made.value = 2
look()
del made.value
look()
made.__getattr__ = lambda name: f"dynamic {name}"
look()
del made.__getattr__
sys.modules["made.value"] = types.ModuleType("made.value")
look()
del sys.modules["made.value"]


class Odd(types.ModuleType):
    @property
    def value(self):
        return "property"


sys.modules["made"] = Odd("made")
look()
sys.modules["made"] = None
look()
sys.modules["made"] = made
made.value = 3
original = builtins.__import__
calls = []


def replaced(name, globals=None, locals=None, fromlist=(), level=0):
    calls.append((name, globals is not None, locals, fromlist, level, sys._getframe(1).f_code.co_name))
    return original(name, globals, locals, fromlist, level)


builtins.__import__ = replaced
look()
print(calls)
del builtins.__import__
look()
builtins.__import__ = original
for f in (names, modules, attribute):
    print(f())
