# corpus: compiled=loop,leaf
import cProfile
import pstats


def leaf(x):
    return max(x, 3)


def branch(x):
    return leaf(x) + leaf(-x)


def loop(n, at, profile):
    t = 0
    for i in range(n):
        if i == at:
            profile.enable()
        t += branch(i)
    profile.disable()
    return t


loop(100, -1, cProfile.Profile())
p = cProfile.Profile()
print(loop(300, 100, p))
stats = pstats.Stats(p).stats
for (file, line, name), (primitive, calls, *_rest) in sorted(stats.items(), key=lambda e: e[0][2]):
    if name in ("leaf", "branch") or "max" in name:
        print(name, primitive, calls)
p = cProfile.Profile()
print(p.runcall(loop, 50, -1, cProfile.Profile()) if False else p.runcall(branch, 4))
print(sorted((k[2], v[0]) for k, v in pstats.Stats(p).stats.items() if k[2] in ("leaf", "branch")))
