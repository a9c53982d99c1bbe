# corpus: compiled=has
def has(x, c):
    return x in c, x not in c


for i in range(150):
    has(i, [1, 2, 3])
    has(i, {1, 2, 3})
print(has("b", "abc"), has("", "abc"), has(3, range(5)), has(5, range(5)), has(2.0, [1, 2]), has(97, b"abc"))
print(has("k", {"k": 1}), has(1, (True,)), has(None, [None]))


class C:
    def __contains__(self, x):
        return x * 2


print(has(1, C()), has(0, C()))
for bad in ((1, "abc"), ([], {1}), (1, 5)):
    try:
        has(*bad)
    except TypeError as error:
        print(error)
