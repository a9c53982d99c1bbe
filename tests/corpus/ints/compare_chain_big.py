# corpus: compiled=clamp
def clamp(x, lo, hi):
    if lo <= x < hi:
        return x
    if x < lo:
        return lo
    return hi


for i in range(200):
    clamp(i, 10, 100)
big = 2**63
for x in (5, 50, 500, big, -big, big + 1, 2**100, -(2**100), 50.5, True):
    print(x, clamp(x, 10, 100), clamp(x, -big, big))
