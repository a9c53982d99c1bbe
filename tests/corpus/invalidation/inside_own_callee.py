# corpus: compiled=rec
depth_changed = []


def rec(n):
    global rec
    if n == 0:
        return 0
    if n == 50:
        original = rec
        rec = lambda k: original_rec(k) if k < 20 else 1000 + original_rec(k - 1)
        depth_changed.append(n)
    return 1 + rec(n - 1)


original_rec = rec
for _ in range(20):
    rec(30)
print(rec(45), rec(60), rec(10), depth_changed)
