# corpus: compiled=primes
def primes(n):
    composite = {j for i in range(2, n) for j in range(i * i, n, i)}
    return [i for i in range(2, n) if i not in composite]


print(primes(120))
for _ in range(30):
    primes(20)
f = frozenset([1, 2, 3])
d = {f: "f"}
print(d[frozenset([3, 2, 1])], f | {9}, hash(f) == hash(frozenset([2, 3, 1])))
print({1, *range(3), *"ab"} == {0, 1, 2, "a", "b"})
