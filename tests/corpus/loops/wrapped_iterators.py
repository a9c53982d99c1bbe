# corpus: compiled=long_enumerate,long_zip,three,held,again,lengths,strict,grows,ends,other,offset
# Loops over `enumerate` and `zip` that native code enters while they run, and iterators that others hold, too.
class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


log = []


def long_enumerate(items):
    total = 0
    for i, item in enumerate(items):
        total += i * item
    return total


def offset(items, start):
    total = 0
    for i, item in enumerate(items, start):
        total ^= i + item
    return total, i


def long_zip(a, b):
    total = 0
    for x, y in zip(a, b):
        total += x * y
    return total


def three(a, b, c):
    total = 0
    for x, y, z in zip(a, b, c):
        total += x * y - z
    return total


def held(iterator, stop):
    """Leaves the loop, and goes on with the same iterator."""
    seen = []
    for i, item in iterator:
        if i == stop:
            break
    seen.append((i, item, next(iterator)))
    for i, item in iterator:
        pass
    seen.append((i, item, next(iterator, "end"), list(iterator)))
    return seen


def again(items):
    """One iterator twice."""
    inner = iter(items)
    pairs = []
    for x, y in zip(inner, inner):
        pairs.append(x * y)
    return pairs[-3:], list(inner)


def lengths(a, b):
    first, second = iter(a), iter(b)
    count = 0
    for x, y in zip(first, second):
        count += 1
    return count, list(first), list(second)


def strict(a, b):
    count = 0
    try:
        for x, y in zip(a, b, strict=True):
            count += 1
    except ValueError as error:
        return count, str(error)
    return count


def grows(n):
    items = [0]
    seen = 0
    for i, item in enumerate(items):
        if i < n:
            items.append(i)
        seen += item
    return seen, i, len(items)


def ends(n):
    """The items that are given up where a later iterator ends."""
    a = [Loud(f"a{i}") for i in range(n + 2)]
    b = list(range(n))
    a.reverse()

    def drain():
        while a:
            yield a.pop()

    for x, y in zip(drain(), b):
        pass
    log.append("behind")
    x = None
    log.append("dropped")
    return log[-5:]


def other(make):
    total = 0
    for i, (x, y) in enumerate(zip(make(), make())):
        total += i * (len(str(x)) - len(str(y)) + 1)
    return total


for _ in range(3):
    log.clear()
    print(long_enumerate(list(range(200))), long_enumerate(range(200)), long_enumerate(tuple(range(100))), long_enumerate({i: 1 for i in range(100)}))
    print(offset(range(100), -50), offset(range(100), 2**62), offset([1] * 100, 2**63 - 50), offset([1] * 100, 2**70))
    print(long_zip(list(range(200)), range(300)), long_zip(range(100), tuple(range(200))), long_zip([1.5] * 90, (i for i in range(100))))
    print(three(range(100), [2] * 100, tuple(range(100))), three([1] * 80, [2] * 80, [3] * 70))
    print(held(enumerate(range(100, 200)), 60), held(zip(range(100), [Loud(1)] * 100), 60)[0][0], held(enumerate("x" * 100), 60)[1][0])
    print(again(list(range(101))), again(range(100)), again(tuple(range(80))))
    print(lengths(range(100), range(70)), lengths(list(range(60)), range(65)), lengths([1] * 70, [2] * 70))
    print(strict([1] * 80, [2] * 80), strict([1] * 80, [2] * 79), strict(range(79), range(80)))
    print(grows(100), ends(50))
    print(other(lambda: range(90)), other(lambda: [1, "x", 2.5] * 30), other(lambda: {1: 2, 3: 4}), other(lambda: iter(["a"] * 90)))

total = 0
numbers = list(range(300))
for i, number in enumerate(numbers):
    total += i - number * 2
    if i == 150:
        numbers.append(5)
for left, right in zip(numbers, numbers[1:]):
    total += left * right
print(total, i, left, right)
