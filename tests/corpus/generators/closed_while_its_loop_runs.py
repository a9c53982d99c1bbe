# corpus: skip-modes=background,default
"""A generator is closed, thrown into or dropped while a compiled loop runs in it, also from within that loop."""
import gc


def numbers(n, log):
    try:
        total = 0
        for i in range(n):
            total += i
            if total % 7 == 0:
                yield total
    except GeneratorExit:
        log.append(("exit", i, total))
        raise
    except ValueError as error:
        log.append(("value", str(error), i))
        yield -1
    finally:
        log.append("finally")


def closes_itself(box, log):
    for i in range(300):
        if i == 250:
            try:
                box[0].close()
            except ValueError as error:
                log.append(str(error))
            try:
                next(box[0])
            except ValueError as error:
                log.append(str(error))
            yield i


def inner(n):
    for i in range(n):
        yield i


def outer(n, log):
    try:
        yield from inner(n)
    finally:
        log.append("outer")


def taken(n, stop, how):
    log = []
    generator = numbers(n, log)
    got = []
    for value in generator:
        got.append(value)
        if len(got) == stop:
            if how == "close":
                generator.close()
            elif how == "throw":
                got.append(generator.throw(ValueError("thrown")))
            elif how == "drop":
                del generator
            break
    return got[-2:], log


for how in ("none", "close", "throw", "drop"):
    for _ in range(12):
        result = taken(400, 9, how)
    print(how, result)
for _ in range(10):
    log, box = [], []
    box.append(closes_itself(box, log))
    got = list(box[0])
print(got, log)
for _ in range(10):
    log = []
    generator = outer(500, log)
    total = 0
    for value in generator:
        total += value
        if value == 300:
            generator.close()
    print(total, log) if _ == 9 else None
generator = outer(500, log)
box = [generator]
box.append(box)
for value in generator:
    if value == 200:
        break
del generator, box
gc.collect()
print(log)
