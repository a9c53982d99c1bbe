# corpus: compiled=cut,assign,remove
def cut(a, i, j, k=None):
    return a[i:j:k]


def assign(a, i, j, v):
    a[i:j] = v
    return a


def remove(a, i, j):
    del a[i:j]
    return a


base = list(range(10))
for i in range(150):
    cut(base, 1, 5)
    assign([1, 2, 3], 0, 1, [9])
    remove([1, 2, 3], 0, 1)
bounds = (None, 0, 3, -3, 10, -11, 100, 2**70, -(2**70))
print([cut(base, i, j) for i in bounds for j in bounds])
print([cut(base, i, j, k) for i in (None, 2, -1) for j in (None, 7, 0) for k in (1, -1, 3, -4)])
print(assign(list(base), 2, 5, "abc"), assign(list(base), 5, 2, [1]), assign([], 0, 0, (1, 2)))
print(remove(list(base), 2, -2), remove(list(base), 5, 2))
print(cut("hello", 1, -1), cut((1, 2, 3), 0, 2), cut(b"abc", 1, None), cut(range(10), 2, 8, 3))
for bad in (lambda: cut(base, "a", 2), lambda: cut(base, 0, 5, 0), lambda: assign([1], 0, 1, 5)):
    try:
        bad()
    except (TypeError, ValueError) as error:
        print(error)
a = [0, 1, 2, 3]
a[::2] = [7, 8]
print(a)
