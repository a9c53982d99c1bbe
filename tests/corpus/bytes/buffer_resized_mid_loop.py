# corpus: compiled=fill
from array import array


def fill(a, act):
    n = 0
    try:
        for i in range(len(a)):
            a[i] = i
            act(a, i)
            n += 1
    except IndexError as error:
        return n, str(error), list(a)
    return n, list(a)


def nothing(a, i):
    pass


def pop_at_3(a, i):
    if i == 3:
        a.pop()
        a.pop()


for make in (lambda: array("i", range(6)), lambda: bytearray(6), lambda: [0] * 6):
    for _ in range(40):
        fill(make(), nothing)
    print(fill(make(), pop_at_3))


def iterate(a):
    out = []
    for x in a:
        out.append(x)
        if x == 2:
            a.extend([7, 8]) if len(a) < 8 else a.pop()
    return out


for _ in range(40):
    iterate(array("i", [1, 3]))
print(iterate(array("i", [0, 1, 2, 3])), iterate(bytearray([2, 2, 2])))
