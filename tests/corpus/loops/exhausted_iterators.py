# corpus: compiled=list_end,range_end
"""An iterator that ended stays at its end, even when its list grows; one that was left halfway goes on."""


def list_end(items):
    iterator = iter(items)
    total = 0
    for x in iterator:
        total += x
    items.append(100)
    for x in iterator:
        total += x
    return total, next(iterator, "end"), len(items)


def halfway(items):
    iterator = iter(items)
    first = []
    for x in iterator:
        first.append(x)
        if x == 2:
            items.append(50)
            break
    return first, [x for x in iterator], list(iterator)


def range_end(n):
    iterator = iter(range(n))
    total = 0
    for i in iterator:
        total += i
        if i == 3:
            break
    total += next(iterator, 0) * 10
    for i in iterator:
        total += i * 100
    return total, list(iterator)


def dict_ends(d):
    out = []
    iterator = iter(d)
    for key in iterator:
        out.append(key)
    d["new"] = 1
    try:
        out.append(next(iterator, "end"))
    except RuntimeError as error:
        out.append(str(error))
    return out


def raises_at(items):
    iterator = iter(items)
    try:
        for x in iterator:
            10 // x
    except ZeroDivisionError:
        pass
    return list(iterator)


def shrinks(items):
    seen = []
    for x in items:
        seen.append(x)
        if x % 2:
            items.pop()
    return seen, items


def cleared(items):
    seen = []
    for i, x in enumerate(items):
        seen.append((i, x))
        if i == 2:
            items.clear()
            items.extend([7, 8, 9, 10, 11])
    return seen


def zip_left_over(a, b):
    left, right = iter(a), iter(b)
    pairs = [(x, y) for x, y in zip(left, right)]
    return pairs, list(left), list(right)


for _ in range(60):
    results = [
        list_end([1, 2, 3]),
        halfway([1, 2, 3]),
        range_end(8),
        dict_ends({"a": 1, "b": 2}),
        raises_at([1, 2, 0, 3, 4]),
        shrinks([1, 2, 3, 4, 5, 6, 7]),
        cleared([1, 2, 3]),
        zip_left_over([1, 2, 3, 4], [1, 2]),
        zip_left_over([1, 2], [1, 2, 3, 4]),
    ]
for result in results:
    print(result)
