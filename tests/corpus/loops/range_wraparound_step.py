# corpus: compiled=count
def count(start, stop, step):
    n = 0
    last = None
    for i in range(start, stop, step):
        n += 1
        last = i
    return n, last


for _ in range(80):
    count(0, 20, 3)
m = 2**63 - 1
print(count(m - 10, m, 7), count(m - 10, m, 2**62), count(-m - 1, -m + 20, 9))
print(count(-m, m, m), count(m, -m - 1, -m), count(m, m, 1), count(0, m, 2**61))
