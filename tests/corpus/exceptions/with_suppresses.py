# corpus: compiled=run,methods,raising_exit
# `with` statements whose bodies raise, suppressed or not, and what `__exit__` is told.
import contextlib
import sys


class Manager:
    def __init__(self, suppress):
        self.suppress = suppress
        self.told = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if error is not None:
            self.told.append((kind.__name__, str(error), traceback.tb_lineno - LINE, sys.exception() is error))
        return kind is self.suppress


def run(n, manager):
    caught = 0
    for i in range(n):
        try:
            with manager as inner:
                if i % 5 == 1:
                    raise KeyError(i)
                if i % 7 == 1:
                    raise ValueError(i)
                inner.last = i
        except ValueError as error:
            caught += error.args[0]
        else:
            caught += 1
    return caught


LINE = run.__code__.co_firstlineno


def methods(n):
    hits = 0
    for i in range(n):
        with contextlib.suppress(ZeroDivisionError, IndexError):
            hits += 10 // (i % 4)
            hits += [1, 2][i % 3]
    return hits


class Bad:
    def __enter__(self):
        return 1

    def __exit__(self, *details):
        raise RuntimeError("from exit")


def raising_exit(n):
    seen = []
    for i in range(n):
        try:
            with Bad():
                if i % 2:
                    raise KeyError(i)
        except RuntimeError as error:
            seen.append(repr(error.__context__))
    return seen[-2:]


for _ in range(3):
    manager = Manager(KeyError)
    print(run(70, manager), len(manager.told), manager.told[:3], manager.last)
print(methods(200), methods(33))
print(raising_exit(80))
print(sys.exc_info())
