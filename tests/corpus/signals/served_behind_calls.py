# corpus: compiled=direct,method,keyword,starred
"""A signal that a C function leaves pending is served when the call is done: in the caller, within its `try` and `with`."""
import _thread
import signal


class Note(Exception):
    pass


def handler(number, frame):
    names.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
    raise Note(number)


class Guard:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        seen.append(kind.__name__ if kind else None)
        return True


def direct(n, interrupt, other):
    for i in range(n):
        try:
            interrupt() if i == n - 1 else other()
            seen.append(i)
        except Note:
            seen.append("note")
    return n


def inside(n, interrupt, other):
    with Guard():
        interrupt() if n else other()
    return n


class Box:
    interrupt = staticmethod(_thread.interrupt_main)


def method(box, on):
    try:
        if on:
            box.interrupt()
    except Note:
        return "caught"
    return "not raised"


def keyword(call, **options):
    try:
        call(**options)
    except Note:
        return "caught"
    return "not raised"


def starred(call, arguments):
    try:
        result = call(*arguments)
    except Note:
        return "caught"
    return result


def nothing(*arguments):
    return None


signal.signal(signal.SIGINT, handler)
names, seen = [], []
direct(40, nothing, nothing)
seen.clear()
for _ in range(3):
    direct(5, _thread.interrupt_main, nothing)
print(seen)
for _ in range(40):
    inside(0, nothing, nothing)
    method(Box(), False)
    keyword(print, end="")
    starred(nothing, (1,))
seen.clear()
inside(1, _thread.interrupt_main, nothing)
print(method(Box(), True), keyword(_thread.interrupt_main), starred(_thread.interrupt_main, ()))
print(starred(_thread.interrupt_main, (signal.SIGINT,)))
print(names)
print(seen)
