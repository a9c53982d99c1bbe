# corpus: compiled=again,chain,bare,nothing,deep
# Bare `raise`, `raise … from …`, raising the same object twice, contexts, and a bare `raise` without anything to raise.
import traceback


def story(error):
    text = []
    while error is not None:
        lines = [entry.lineno - BASE for entry in traceback.extract_tb(error.__traceback__)]
        text.append((type(error).__name__, error.args, lines, error.__suppress_context__))
        error = error.__cause__ or error.__context__
    return text


def again(n):
    try:
        try:
            {}[n]
        except KeyError:
            if n % 2:
                raise
            raise IndexError(n)
    except LookupError as error:
        return story(error)


def chain(n):
    try:
        try:
            int("x%d" % (n % 3))
        except ValueError as error:
            if n % 4 == 0:
                raise TypeError("cause") from error
            if n % 4 == 1:
                raise TypeError("none") from None
            if n % 4 == 2:
                raise TypeError from OSError
            raise TypeError from 5
    except TypeError as error:
        return story(error)


def bare(n):
    for _ in range(2):
        try:
            raise
        except RuntimeError as error:
            last = str(error)
    return last


KEPT = [ValueError("kept")]


def nothing(n):
    try:
        raise KEPT[0]
    except ValueError as error:
        depth = 0
        at = error.__traceback__
        while at:
            depth += 1
            at = at.tb_next
        return depth


def deep(n):
    try:
        if n:
            return deep(n - 1)
        raise KeyError("bottom")
    except KeyError as error:
        if n == 3:
            return story(error)
        raise


BASE = again.__code__.co_firstlineno
for i in range(80):
    last = again(i), chain(i), bare(i), deep(3)
    if i > 75:
        print(*last, sep="\n")
print([nothing(i) for i in range(60)])
try:
    raise LookupError("outer")
except LookupError:
    print(bare(1) if False else "skipped", again(2))
