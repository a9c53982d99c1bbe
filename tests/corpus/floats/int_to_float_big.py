# corpus: compiled=to_float,add
def to_float(x):
    return float(x)


def add(a, b):
    return a + b


for i in range(100):
    to_float(i)
    add(0.5, i)
for x in (2**53 + 1, -(2**53) - 1, 2**63, -(2**63), 2**64 - 1, 2**100 + 1, -(2**1000)):
    print(repr(to_float(x)), repr(add(0.5, x)), repr(add(x, 0.5)))
for x in (10**400, -(10**400)):
    for f in (lambda: to_float(x), lambda: add(0.5, x), lambda: add(x, 0.5)):
        try:
            f()
        except OverflowError as error:
            print(error)
