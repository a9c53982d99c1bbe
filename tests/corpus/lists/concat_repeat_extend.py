# corpus: compiled=build
def build(n):
    a = []
    for i in range(n):
        a += [i, -i]
        a = a + [i * 0.5]
        if i % 10 == 0:
            a = a * 2
            a = a[-8:]
        a.extend((i, str(i)))
        a.extend(x for x in (1, 2) if x != i)
    return a[-12:]


print(build(5), build(100))
a = b = [1]
a += (2, 3)
print(a is b, b)
try:
    a += 5
except TypeError as error:
    print(error)
try:
    a + (1,)
except TypeError as error:
    print(error)
