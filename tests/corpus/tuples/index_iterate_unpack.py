# corpus: compiled=get,total,swap
def get(t, i):
    return t[i]


def total(t):
    s = 0
    for x in t:
        s += x
    return s


def swap(t):
    a, b = t
    return b, a


for i in range(200):
    get((1, 2, 3), i % 3), total((1, 2)), swap((i, 1))
print([get((1, "b", 2.5), i) for i in (-3, -1, 0, 2)], total((1.5, 2, True)), swap([1, 2]), swap("xy"))
for bad in ((1,), (1, 2, 3), (), {1, 2, 3}, iter([1])):
    try:
        swap(bad)
    except ValueError as error:
        print(error)
try:
    swap(5)
except TypeError as error:
    print(error)
try:
    get((1, 2), 2)
except IndexError as error:
    print(error)
