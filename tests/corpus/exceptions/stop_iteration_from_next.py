# corpus: compiled=drain
def drain(it):
    out = []
    try:
        while True:
            out.append(next(it))
    except StopIteration as stop:
        return out, stop.value


for _ in range(60):
    drain(iter([1, 2]))


def gen():
    yield 1
    return "value"


print(drain(gen()), drain(iter(())), drain(iter("ab")), drain(zip([1], [2])))
print(next(iter([]), "default"), next(iter([5]), None))
try:
    next(5)
except TypeError as error:
    print(error)
