# corpus: compiled=pump
def accumulate():
    total = 0
    while True:
        x = yield total
        if x is None:
            return total
        total += x


def pump(values):
    g = accumulate()
    g.send(None)
    last = 0
    for v in values:
        last = g.send(v)
    try:
        g.send(None)
    except StopIteration as stop:
        return last, stop.value


for _ in range(30):
    pump(range(10))
print(pump(range(100)), pump([0.5] * 40), pump([2**62] * 4), pump([]))
try:
    pump([1, "a"])
except TypeError as error:
    print(error)
