# corpus: compiled=cmp
def cmp(a, b):
    return (a > b) - (a < b), a == b


for i in range(150):
    cmp("abc", "abd")
    cmp((1, i), (1, 2))
print(cmp("a", "b"), cmp("", "a"), cmp("é", "z"), cmp("\U0001f600", "\uffff"), cmp("abc", "abc"))
print(cmp((1, 2), (1, 2, 3)), cmp((), ()), cmp((1, "a"), (1, "b")), cmp([1], [2]), cmp(b"a", b"b"))
try:
    cmp((1, "a"), (1, 2))
except TypeError as error:
    print(error)
print(cmp({1}, {1, 2}), cmp(True, 1), cmp(1.0, 1))
