# corpus: compiled=evens,pairs,words,squares.<locals>.<genexpr>
def evens(n):
    for i in range(n):
        yield i * 2


def pairs(items):
    total = 0
    for item in items:
        total += item
        yield total, item


def words(text):
    word = ""
    for letter in text:
        if letter == " ":
            yield word
            word = ""
        else:
            word += letter
    yield word
    return len(text)


def squares(items):
    return sum(x * x for x in items)


def all_of_it():
    return [
        sum(evens(20)),
        list(evens(5)),
        max(evens(7)),
        tuple(pairs([1, 2, 3])),
        dict(pairs((4, 5))),
        ",".join(words("as one does")),
        sorted(set(words("b a b"))),
        any(x > 3 for x in evens(10)),
        squares([1, 2, 3]),
        squares(range(4)),
        [*evens(3)],
        (lambda *args: args)(*evens(4)),
    ]


for _ in range(300):
    result = all_of_it()
print(result)

it = words("x y")
seen = []
while True:
    try:
        seen.append(next(it))
    except StopIteration as end:
        seen.append(("ended with", end.value))
        break
print(seen, next(it, "nothing"))
print(list(it), squares([1.5, True, 2**70]), squares([]))
