# corpus: compiled=outer
import sys


def gen():
    try:
        yield 1
        raise KeyError("in gen")
    except KeyError:
        yield sys.exception()
        yield 2
    yield sys.exception()


def outer():
    out = []
    g = gen()
    try:
        raise ValueError("outer")
    except ValueError:
        out.append(next(g))
        out.append(repr(next(g)))
        out.append(repr(sys.exception()))
        out.append(next(g))
    out.append(repr(sys.exception()))
    out.append(repr(next(g)))
    return out


for _ in range(100):
    outer()
print(outer())


def in_handler():
    for i in range(3):
        try:
            raise IndexError(i)
        except IndexError as e:
            yield repr(sys.exception()), repr(e.__context__)


try:
    raise OSError("x")
except OSError:
    print(list(in_handler()))
print(list(in_handler()))
