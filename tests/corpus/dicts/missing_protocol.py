# corpus: compiled=take
class D(dict):
    def __missing__(self, key):
        print("missing", key)
        return key * 2


class G(dict):
    def __getitem__(self, key):
        return "G" + str(key)


def take(d, k):
    return d[k]


for i in range(150):
    take({1: 2}, 1)
d = D({1: "one"})
print(take(d, 1), take(d, 4), take(d, "x"), take(G(), 1), d.get(9), len(d))
from collections import defaultdict, OrderedDict, Counter

dd = defaultdict(list)
for i in range(100):
    take(dd, i % 3).append(i)
print({k: len(v) for k, v in dd.items()}, take(Counter("aab"), "z"))
od = OrderedDict(a=1)
print(take(od, "a"))
