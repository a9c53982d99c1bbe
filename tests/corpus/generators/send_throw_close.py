# corpus: compiled=drive
log = []


def averager():
    total = n = 0
    value = None
    try:
        while True:
            try:
                x = yield value
            except ValueError as error:
                log.append(str(error))
                x = 0
            total += x
            n += 1
            value = total / n
    finally:
        log.append(("closed", n))


def drive(values):
    g = averager()
    next(g)
    out = [g.send(v) for v in values]
    out.append(g.throw(ValueError("thrown")))
    g.close()
    return out


for _ in range(60):
    drive([1, 2])
log.clear()
print(drive([10, 20, 0.5]), log)
g = averager()
try:
    g.send(1)
except TypeError as error:
    print(error)
try:
    g.throw(KeyError("unstarted"))
except KeyError as error:
    print(error, list(g))
