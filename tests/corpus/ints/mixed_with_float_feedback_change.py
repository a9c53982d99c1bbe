# corpus: compiled=acc
def acc(values):
    t = 0
    for v in values:
        t = t + v * 2
    return t


for _ in range(100):
    acc([1, 2, 3])
print(acc([1, 2, 3]), acc([1, 2.5, 3]), acc([1.0]), acc([2**62, 2**62]), acc([]), acc([True, 1.5, 2**70]))
for _ in range(100):
    acc([1.5, 2.5])
print(acc([1.5, 2]), acc([1, 2]), repr(acc([2**53, 1.0, 1])))
