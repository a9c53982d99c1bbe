# corpus: compiled=used_after,pairs_of_one,pairs_from_the_end,asked_between,of_itself,asked_first,grown_behind
# Iterators that run over an iterator which somebody else has, too: each item is given once.


def used_after(xs):
    e = enumerate(xs)
    seen = []
    for (i, x), y in zip(e, xs):
        seen.append((i, x, y))
        if i == 2: break
    return seen, next(e)


def pairs_of_one(xs):
    seen = []
    for p, q in zip(e := enumerate(xs), e):
        seen.append((p, q))
    return seen


def pairs_from_the_end(xs):
    seen = []
    for p, q in zip(e := reversed(xs), e):
        seen.append((p, q))
    return seen, list(e)


def asked_between(xs):
    seen = []
    for i, x in enumerate(z := zip(xs, reversed(xs))):
        seen.append((i, x))
        if i == 1: seen.append(next(z))
    return seen


def of_itself(xs):
    z = reversed(xs)
    return [*zip(z, z)], [x for x in zip(z, xs)]


def asked_first(xs):
    z = zip(enumerate(xs), reversed(xs))
    first = next(z)
    return first, [p for p in z], next(z, None)


def grown_behind(xs, ys):
    z = zip(reversed(xs), enumerate(ys))
    seen = [p for p in z]
    ys.append(7)
    return seen, next(z, 'end')


for turn in range(50):
    out = [h([1, 2, 3, 4, 5]) for h in (used_after, pairs_of_one, pairs_from_the_end, asked_between, of_itself, asked_first)]
    out.append(grown_behind([1, 2, 3], [1]))
    x = [1, 2, 3, 4]
    for p, q in zip(w := reversed(x), w): out.append((p, q))
    for p in zip(v := enumerate(x), reversed(x)):
        out.append(p)
        if p[0][0] == 2: out.append(next(v))
print(*out, sep='\n')
