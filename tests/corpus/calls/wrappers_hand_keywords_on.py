# corpus: compiled=run,look
import functools
import sys


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


def method(function):
    def wrapper(self, *args, **kwargs):
        return function(self, 1, *args, **kwargs)

    return wrapper


def changing(function):
    def wrapper(*args, **kwargs):
        kwargs["extra"] = len(kwargs)
        return function(*args, **kwargs)

    return wrapper


@counted
def plain(a, b=2, *rest, c=3, **others):
    return a, b, rest, c, others


@counted
def narrow(a, b):
    return a - b


@changing
def shows(*args, **kwargs):
    return args, list(kwargs.items())


class Account:
    def __init__(self):
        self.total = 0

    @method
    def add(self, one, amount=10, *, scale=1):
        self.total += (one + amount) * scale
        return self.total

    @counted
    def named(self, **names):
        return sorted(names)


def run(n):
    account = Account()
    out = []
    for i in range(n):
        out.append(plain(i, c=i, z=i + 0.5, y="y"))
        out.append(plain(i, i + 1, i + 2, i + 3))
        out.append(narrow(b=i, a=2 * i))
        out.append(account.add(i, scale=2))
        out.append(account.add())
        out.append(account.named(one=i, two=account))
        out.append(shows(i, x=i, y=-i))
    return out[-7:], plain.calls, narrow.calls


def look(n):
    """The callee's dictionary is its own."""
    kept = []

    def keep(**names):
        kept.append(names)
        return names

    wrapped = counted(keep)
    same = 0
    for i in range(n):
        made = wrapped(first=i, second=[i])
        same += made is kept[-1]
        made["third"] = i
        made["first"] = None
    return same, kept[-1], wrapped.calls


print(run(3))
print(run(200))
print(look(100))


class Ends:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("end", self.name)


@counted
def drops(a, **names):
    print("in", sorted(names))


def ends(n):
    for i in range(n):
        drops(i, x=Ends("x%d" % i), y=i)


ends(3)


@counted
def fails(a, *, key):
    return a // key


def errors(n):
    found = []
    for i in range(n):
        try:
            fails(i, key=i % 3)
        except ZeroDivisionError as error:
            found.append((str(error), error.__traceback__.tb_next.tb_next.tb_lineno, error.__traceback__.tb_next.tb_frame.f_locals["kwargs"]))
        try:
            fails(i, kex=1)
        except TypeError as error:
            found.append(str(error))
        try:
            fails(i, **{"key": 1, "a": 2})
        except TypeError as error:
            found.append(str(error))
    return found[-7:]


print(errors(60))


@counted
def frame_seen(**kwargs):
    caller = sys._getframe(1)
    return caller.f_locals["args"], caller.f_locals["kwargs"], kwargs


def seen(n):
    for i in range(n):
        result = frame_seen(a=i, b=str(i))
    return result


print(seen(80))


def double(function):
    def wrapper(*args, **kwargs):
        for value in kwargs.values():
            pass
        return function(*args, **kwargs), function(*args, **kwargs), kwargs.get("x"), len(kwargs), "y" in kwargs

    return wrapper


@double
def twice(x=0, y=0):
    return x + y


def repeated(n):
    total = 0
    for i in range(n):
        total += twice(x=i, y=1)[0] + twice(y=i)[1]
    return total, twice(x=1), twice()


print(repeated(100))
