# corpus: compiled=probe
def probe(r, xs):
    return len(r), [x in r for x in xs], [r.index(x) for x in xs if x in r], r[-1] if r else None, list(r[1:8:3])


for i in range(100):
    probe(range(10), (1, 11))
print(probe(range(0, 100, 7), (0, 7, 8, 98, 105, 14.0, "a")))
print(probe(range(10, -10, -3), (10, 1, -8, -11, True)), probe(range(2**63 - 5, 2**63 - 1), (2**63 - 2, 5)))
try:
    probe(range(2**70), (2**65,))
except OverflowError as error:
    print(error)
print(range(3) == range(0, 3, 1), hash(range(0)) == hash(range(5, 2)), range(2**70)[2**69])
