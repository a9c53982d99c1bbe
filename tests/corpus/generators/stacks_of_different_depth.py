# corpus: compiled=depths,summed
# Generator functions that wait with more or less on their stacks, within loops and outside.
K = 256


def two(n, items):
    if n >= 0:
        yield "ab"
        for x, x in enumerate(items):
            x = x * 3 % 4
            yield x
        if items[0]:
            yield 2, "ab"
        else:
            yield items[0]


def inner(n, items):
    for i in range(n):
        yield i
        for item in items:
            for k in range(item):
                yield k
    yield -1


def depths(n):
    out = []
    for k in range(n):
        for v in two(k, [k, 2]):
            if v == "ab":
                continue
            out.append(v)
        out += list(two(k, [0]))
    return len(out), out[-7:]


def summed(n):
    total = 0
    for i in range(n):
        total += sum(inner(i % 4, (1, 2))) + max(inner(2, [3]))
    return total


def many(n, items, more, text):
    if 2**62:
        yield "ab"
        for x, x in enumerate(items):
            x = n % -3
            yield [x] - 2
        if items[1]:
            yield (-1, "ab"), 2.5 - 8
        else:
            yield items[2]
    else:
        if None:
            yield "ab" + 8
            yield 2**62 & 7
        else:
            yield n
            yield text if None % 7 else "ab"
            yield text
        yield more


def early(*, a=K):
    # Leaves before it comes to its loops, of which nothing is known when it is compiled.
    p = dict(a=a * a % 997 - (10 ^ a), b=[])
    for v in missing(a):
        for v in many(1000 - a >> (a % a & 15), [a], list(zip([2**62, 2**62], ["x", "bc"]))[:9], ("y" + "a")[:9]):
            tick()
            if True:
                continue
            missing(2**63).p5
        if a > 50:
            p = p
            try:
                p.clear()
            except Exception as error:
                pass
        elif a == 7:
            globals()["K"] = (len([3, 1, 2, 0]) + (10 & a)) * 2**30 % (2**61 - 1) % 1000003
        q = {"n": missing("L13")}
        tick()
        if 0 in [5, 4, 3, 2, 1]:
            break
        try:
            y = q
        except (ValueError, TypeError) as error:
            missing.append("caught")


def attempt():
    try:
        return early()
    except NameError as error:
        return str(error)


for _ in range(60):
    result = [depths(20), summed(20), attempt()]
print(result)
