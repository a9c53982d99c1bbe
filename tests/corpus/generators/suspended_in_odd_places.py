# corpus: compiled=nested,on_the_stack,guarded,turns,ended,branches
def nested(rows):
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell < 0:
                continue
            if cell > 90:
                break
            yield r, c, cell
        else:
            yield r, "whole"
        total = 0
        for cell in row:
            total += cell
        yield total


def on_the_stack(n):
    for i in range(n):
        x = [i, (yield i), i * 1.5, (yield "two")]
        yield max(i, 3, key=(yield x) or (lambda value: -value))
        yield f"{i}{(yield)}"


def guarded(items, log):
    for item in items:
        try:
            log.append(item)
            yield item
        finally:
            log.append("left")
    log.append("end")


def turns(n):
    i = 0
    while i < n:
        i += 1
        j = 0.0
        while j < i:
            j += 0.5
            if j == 2.5:
                yield i, j
        yield i


def ended(items):
    it = iter(items)
    for x in it:
        yield x
    if isinstance(items, list):
        items.append(9)
    yield list(it), next(it, "end"), it.__length_hint__()
    for x in it:
        yield "never"


def branches(items):
    kind = before = None
    for item in items:
        if item > 2:
            before, kind = kind, "big"
        elif item < 0:
            kind = ["negative", item]
        yield item, kind, before
        if item == 2:
            del before
            before = item


ROWS = [[1, 2, 3], [4, -1, 95, 5], [], (6, 7), range(3)]
for _ in range(200):
    a = list(nested(ROWS))
    b = list(on_the_stack(4))
    log = []
    c = list(guarded("ab", log))
    d = list(turns(6))
    f = list(branches([1, 3, -1, 2, 4, 0, -2, 1]))
    e = [list(ended(items)) for items in ([1, 2], (3, 4), range(2), [], (), range(0))]
print(a)
print(b)
print(c, log)
print(d)
print(e)
print(f)

log = []
it = guarded([1, 2, 3], log)
print(sum(x for x, _ in zip(it, "y")), log)
it.close()
print(log)
log = []
it = guarded([1, 2, 3], log)
list(zip(it, "y"))
del it
print(log)
log = []
it = guarded([1, 2, 3], log)
list(zip(it, "y"))
try:
    it.throw(KeyError("thrown"))
except KeyError as error:
    print(repr(error), log)
it = on_the_stack(2)
print(next(it), it.send("sent"), next(it), it.send(None), list(it))
