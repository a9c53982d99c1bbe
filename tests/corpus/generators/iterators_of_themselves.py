# corpus: compiled=first_and_rest,pairs,rebound,nested
# A generator is its own iterator: loops over one go on where the last one stopped, also where its variable gets another meanwhile.


def count(n):
    for i in range(n):
        yield i


def first_and_rest(items):
    total = 0
    for first in items:
        total += first
        break
    for other in items:
        total = total * 3 + other
    return total, iter(items) is items


def pairs(items):
    out = []
    for left in items:
        for right in items:
            out.append((left, right))
            break
    return out


def rebound(items, other):
    out = []
    for item in items:
        out.append(item)
        items = other
    return out, list(items)


def nested(items):
    """Goes round over generators that are asked from inside of others."""

    def halves(part):
        if len(part) <= 1:
            yield part
            return
        middle = len(part) // 2
        for left in halves(part[:middle]):
            for right in halves(part[middle:]):
                yield left + right[::-1]

    return list(halves(items))


for turn in range(40):
    results = [first_and_rest(count(9)), pairs(count(turn % 5 + 3)), rebound(count(4), count(3)), nested([1, 2, 3, 4, 5])]
print(results)
for items in (count(3), iter([5, 6, 7]), (x * x for x in range(4))):
    print(first_and_rest(items))
