# corpus: compiled=inside,nested,loop_in_handler,consume
# `sys.exception()` in handlers, behind them, in what they call, and in generators.
import sys


def current():
    return repr(sys.exception())


def inside(n):
    seen = []
    for i in range(n):
        before = current()
        try:
            raise KeyError(i)
        except KeyError:
            seen.append((before, current()))
        seen.append(current())
    return seen[-2:]


def nested(n):
    seen = []
    for i in range(n):
        try:
            raise KeyError(i)
        except KeyError:
            try:
                raise ValueError(i)
            except ValueError:
                seen.append(current())
            seen.append(current())
        seen.append(current())
    return seen[-3:]


def loop_in_handler(n):
    total = 0
    try:
        raise LookupError("around the loop")
    except LookupError as error:
        for i in range(n):
            total += i
            if i % 50 == 7:
                try:
                    [][i]
                except IndexError:
                    total += len(current())
        last = current(), str(error)
    return total, last, current()


def values(n):
    for i in range(n):
        try:
            yield i
        except ValueError as error:
            yield current(), repr(error.__context__)
        else:
            if i % 10 == 3:
                try:
                    raise TypeError(i)
                except TypeError:
                    yield current()


def consume(n):
    seen = []
    try:
        raise KeyError("outside")
    except KeyError:
        generator = values(n)
        for value in generator:
            if value == 15:
                value = generator.throw(ValueError(value))
            if not isinstance(value, int):
                seen.append((value, current()))
    return seen[-3:], current()


for _ in range(3):
    print(inside(60))
    print(nested(60))
    print(loop_in_handler(200))
    print(consume(50))
