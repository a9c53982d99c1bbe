# corpus: compiled=first
def first(r, n):
    out = []
    for i in r:
        out.append(i)
        if len(out) >= n:
            break
    return out


for _ in range(100):
    first(range(10), 5)
top = 2**63
print(first(range(top - 3, top + 3), 6))
print(first(range(-top - 2, -top + 2), 4))
print(first(range(top - 1, top), 4), first(range(top - 2, top - 1), 4))
print(first(range(2**70, 2**70 + 3), 9))
print(first(range(0, top - 1, top // 2), 9), first(range(top - 1, -top, -(top // 2)), 9))
print(first(range(-top, top - 1, top - 1), 9))
