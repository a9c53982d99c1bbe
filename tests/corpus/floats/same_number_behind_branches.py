# corpus: compiled=kept,printed,mixed
# Two variables that hold the same number hold the same object behind a branch that has needed it as an object, too.

SEEN = []


def kept(a, n):
    results = []
    for i in range(n):
        x = a - a
        y = x
        if i % 7 == 3:
            SEEN.append(x)
        results.append(y is x)
    return all(results)


def printed(a, n):
    results = []
    for i in range(n):
        x = a * 70001
        y = x
        if i % 5 == 3:
            print(end="")
        results.append((y is x, [x] == [y], [float("nan") * x] == [float("nan") * y]))
    return set(results)


def mixed(a, n):
    same = 0
    for i in range(n):
        x = a + i
        y = x
        z = a + i
        if i % 3 == 1:
            SEEN.append((x, z))
        elif i % 3 == 2:
            SEEN.append(z)
        same += y is x
        same += (z is x) * 1000
    return same


for turn in range(6):
    for a in (2.5, 1e300, -0.0, 1e-5):
        print(kept(a, 60), printed(a, 60), mixed(a, 60))
    print(len(SEEN))
