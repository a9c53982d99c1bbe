# corpus: compiled=check
def check(values, limit):
    n = 0
    for v in values:
        assert v < limit, (n, v)
        assert isinstance(v, int)
        n += 1
    return n


for _ in range(60):
    check([1, 2], 5)
print(check(range(100), 1000))
for bad in ([1, 9, 2], [1, 2.5]):
    try:
        check(bad, 5)
    except AssertionError as error:
        print(repr(error))
