# corpus:
class C:
    pass


def read(c):
    return c.v


c = C()
total = 0
for i in range(1500):
    C.v = i
    total += read(c)
print(total)
C.v = 0.5
print(read(c))
del C.v
try:
    read(c)
except AttributeError as error:
    print(error)
