# corpus: compiled=run
import itertools as it
import operator


def run(n):
    a = list(it.islice(it.count(5, 3), n % 7 + 3))
    b = [(k, sum(1 for _ in g)) for k, g in it.groupby(sorted(x % 5 for x in range(n)))]
    c = list(it.accumulate(range(1, 8), operator.mul))
    d = list(it.chain.from_iterable([x] * x for x in range(4)))
    e = sum(x * y for x, y in it.product(range(6), repeat=2))
    f = list(it.takewhile(lambda x: x < 20, map(lambda x: x * x, it.count())))
    g = [sum(w) for w in it.pairwise(range(6))]
    return a, b, c, d, e, f, g


for _ in range(20):
    run(9)
print(run(33))
print(list(it.zip_longest("ab", [1], fillvalue=0)), list(it.starmap(pow, [(2, 5), (3, 2)])), list(it.compress("abc", [1, 0, 1])))
total = 0
for i, x in zip(range(300), it.cycle([1, 2.5, 3])):
    total += i * x
print(total, ["".join(p) for p in it.permutations("abc")][-1], len(list(it.combinations(range(8), 3))))
