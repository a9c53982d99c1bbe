# corpus: compiled=walk
def walk(d, act):
    out = []
    for k in d:
        out.append(k)
        act(d, k)
    return out


for _ in range(60):
    walk({1: 1, 2: 2}, lambda d, k: None)


def add(d, k):
    d[k + 100] = 1


def remove(d, k):
    del d[k]


def replace(d, k):
    d[k] = k * 2


def swap(d, k):
    del d[k]
    d[k + 10] = 1


for act in (add, remove, swap):
    try:
        print(walk({1: 1, 2: 2, 3: 3}, act))
    except RuntimeError as error:
        print(act.__name__, error)
d = {1: 1, 2: 2}
print(walk(d, replace), d)
for view in (d.keys, d.values, d.items):
    try:
        for x in view():
            d[5] = 1
    except RuntimeError as error:
        print(error)
    d.pop(5)
