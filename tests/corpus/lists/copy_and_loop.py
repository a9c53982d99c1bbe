# corpus: compiled=run
import copy


def run(a):
    t = 0
    for _ in range(100):
        b = copy.copy(a)
        b.append(1)
        t += len(b) + b[0]
    return t, len(a)


for _ in range(5):
    run([1, 2])
print(run([1, 2, 3]), run([2.5]))


def deep(a):
    b = copy.deepcopy(a)
    b[0].append(5)
    return len(a[0]), len(b[0])


for _ in range(60):
    deep([[1], [2]])
print(deep([[1, 2], {}]))
