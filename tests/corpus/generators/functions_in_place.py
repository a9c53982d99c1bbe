# corpus: compiled=summed,first_over,neighbours,pairs,two_depths,closes,reduced,with_defaults,methods,linked,either,lines,in_loops,outlives
# Generator functions that loops ask for items where they are called: what they hold, how they end, and what is seen of them when something goes wrong.
import sys


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


def letters(n):
    one, two, three, four = "abcd"
    for letter in one, two, three, four, *"efghijk":
        yield letter


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


def around(x, y, w, h):
    if x > 0:
        yield x - 1, y
    if x < w - 1:
        yield x + 1, y
    if y > 0:
        yield x, y - 1
    if y < h - 1:
        yield x, y + 1


def both(rows):
    for row in rows:
        for item in row:
            if item % 3:
                yield row, item


def depths(rows):
    yield "start"
    for row in rows:
        yield row
        for item in row:
            yield item


def stepped(start, stop=9, *, by=1):
    while start < stop:
        yield start
        start += by


def positional(start, stop=9, by=2):
    while start < stop:
        yield start
        start += by


def chained(node):
    while node:
        yield node[0]
        node = node[1]


def kinds(n):
    x = 0
    for i in range(n):
        yield x
        x = x + 1 if i < 5 else x + 0.5


def big(n):
    x = 1
    for _ in range(n):
        yield x
        x *= 7919


def fails(n):
    for i in range(n):
        if i == 7:
            raise ValueError(i)
        yield 10 // (5 - i)


def second(n):
    yield not n
    name = "a%d" % n
    yield name
    yield n // (n - n)


def squared(n):
    return (x * x for x in fails(n))


def unbound(n):
    for i in range(n):
        if i > 3:
            del x
        x = i
        yield x
        if i > 4:
            yield x + y
        if i == 100:
            y = 1


def stripped(text):
    # The local alone holds what is yielded, and is assigned before it is read again.
    for line in text.splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            yield line


def pieces(text):
    start = 0
    for at, letter in enumerate(text):
        if letter == " ":
            piece = text[start:at]
            yield piece
            start = at + 1


def returns(n):
    for i in range(n):
        yield i
    return "result"


class Gone:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        print("gone", self.name, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno)


def holds(n, first):
    other = Gone("other")
    for i in range(n):
        kept = Gone(i)
        yield kept.name + len(other.name)
        last = kept
    first = None
    yield -1


class Tree:
    def __init__(self, items):
        self.items = items

    def each(self):
        for item in self.items:
            yield item * 2

    def __iter__(self):
        for item in self.items:
            yield item + 1

    @staticmethod
    def upto(n):
        while n:
            n -= 1
            yield n


def summed(n):
    total = 0
    for i in count(n):
        total += i
    return total


def first_over(limit):
    for i in fibonacci():
        if i > limit:
            break
    return i


def neighbours(w, h):
    out = 0
    for x in range(w):
        for y in range(h):
            for a, b in around(x, y, w, h):
                out += a * 3 + b
    return out


def pairs(rows):
    out = []
    for row, item in both(rows):
        out.append(len(row) * item)
    return out


def two_depths(rows):
    out = []
    for item in depths(rows):
        out.append(item)
    return out


def closes(n):
    offset = 3

    def inner(m):
        for i in range(m):
            yield i + offset

    total = 0
    for i in inner(n):
        total += i
    return total


def reduced(n):
    return (
        sum(count(n)), max(count(n + 1)), min(stepped(1, n + 5)), list(count(n)), sorted(positional(0, n)), any(count(n)), all(count(n)), tuple(returns(n)),
        set(count(n)), ",".join(map(str, count(n))), [x for x in count(n) if x & 1], {x: x for x in count(n)}, sum(x * x for x in count(n)),
    )


def with_defaults(n):
    out = []
    for a in positional(n):
        out.append(a)
    for a in positional(by=3, start=n):
        out.append(a)
    for a in stepped(n, by=4):
        out.append(a)
    return out


def methods(tree, n):
    total = 0
    for item in tree.each():
        total += item
    for item in tree:
        total += item
    for item in Tree.upto(n):
        total -= item
    return total


def linked(n):
    node = None
    for i in range(n):
        node = (i, node)
    total = 0
    for i in chained(node):
        total = total * 3 + i & 0xFFFF
    return total


def either(n):
    return [repr(x) for x in kinds(n)], [x % 1000003 for x in big(n)]


def lines(n):
    text = "# no\n yes%d \n\nline \n" % n * (n % 4)
    out = []
    for line in stripped(text):
        out.append(line)
    total = 0
    for piece in pieces(text):
        total += len(piece)
    return out, total, list(stripped(text)), list(pieces(text)), [part for part in (half for line in text.split() for half in [line.upper()] if half != "#")]


def in_loops(n):
    out = []
    for outer in count(n):
        for inner in count(outer):
            for last in stepped(inner, outer):
                out.append(last)
            else:
                out.append(-1)
    return sum(out), len(out)


def outlives(n, stop):
    items = count(n)
    for item in items:
        if item == stop:
            break
    return item if n else None, list(items)


def broken(function, n):
    out = []
    try:
        for item in function(n):
            out.append(item)
    except Exception as error:
        traceback, lines = error.__traceback__, []
        while traceback:
            frame = traceback.tb_frame
            lines.append((frame.f_code.co_name, traceback.tb_lineno - frame.f_code.co_firstlineno))
            if frame.f_code.co_name != "broken":
                lines.append(sorted((name, repr(value)) for name, value in frame.f_locals.items()))
            traceback = traceback.tb_next
        out.append((repr(error), lines))
    return out


def breaks(n, stop):
    for item in holds(n, Gone("first")):
        print("item", item)
        if item == stop:
            break
    print("left")


def changes(rows):
    out = []
    for row, item in both(rows):
        out.append(item)
        if len(rows) < 6:
            rows.append([item + 1, item + 2])
    return out


def replaced(n):
    out = []
    for item in count(n):
        out.append(item)
        if item == 5:
            count.__code__, other = letters.__code__, count.__code__
    for item in count(n):
        out.append(item)
    count.__code__ = other
    return out


def main(n):
    print(summed(n), first_over(n), neighbours(n, 3), closes(n), linked(n), in_loops(n % 7))
    print(lines(n))
    print(pairs([[i, i + 1, i + 2] for i in range(n)]), two_depths([[1], [], [2, 3]] * (n % 3)))
    print(reduced(n), with_defaults(n))
    print(methods(Tree(range(n)), n), methods(Tree([0.5] * n), n))
    print(*either(n), outlives(n, 2), outlives(n, 50))


for n in (0, 1, 2, 5, 12, 30):
    main(n)
for turn in range(60):
    summed(5), first_over(9), neighbours(3, 2), closes(4), linked(4), in_loops(4), pairs([[1, 2]]), two_depths([[1], [2]]), reduced(3), with_defaults(3)
    methods(Tree([1, 2]), 3), either(9), outlives(4, 1), lines(3)
main(8)
for n in (3, 9):
    print(broken(fails, n), broken(unbound, n), broken(second, n), broken(squared, n), broken(count, "x"), broken(count, n + 0.5))
for n, stop in ((2, 6), (2, 99), (0, 0)):
    breaks(n, stop)
for turn in range(40):
    broken(fails, 4), broken(unbound, 3), broken(count, 2), broken(second, 4), broken(squared, 4)
print(broken(fails, 9), broken(unbound, 9), broken(second, 7), broken(squared, 8))
print(changes([[1, 2], [4]]), replaced(9), replaced(3) if len(sys.argv) > 5 else "")
