# corpus: compiled=leave,overtake,nested stderr
# `finally` that runs because of `return`, `break`, `continue` and exceptions, and that overrides them.


def leave(n, log):
    total = 0
    for i in range(n):
        try:
            if i % 4 == 0:
                continue
            if i % 11 == 10:
                raise KeyError(i)
            if i == 90:
                break
            if i == 99:
                return "never"
            total += i
        except KeyError as error:
            total += error.args[0] * 2
        finally:
            total += 1
            log.append(i)
    return total


def overtake(kind):
    for i in range(3):
        try:
            if kind == 0:
                raise ValueError(i)
            if kind == 1:
                return "try"
            if kind == 2:
                [][i]
        finally:
            if kind != 3:
                break
    return i, kind


def nested(n):
    order = []
    try:
        try:
            try:
                if n % 2:
                    raise LookupError(n)
                order.append("body")
            finally:
                order.append("inner")
                if n % 3 == 0:
                    raise TypeError(n)
        except LookupError as error:
            order.append(("lookup", str(error)))
            raise
        finally:
            order.append("outer")
    except (LookupError, TypeError) as error:
        order.append((type(error).__name__, type(error.__context__).__name__))
    return order


log = []
for _ in range(4):
    print(leave(100, log))
print(len(log), log[-5:])
for i in range(120):
    last = overtake(i % 4), nested(i)
    if i % 17 == 0:
        print(last)
for i in range(6):
    print(nested(i))
