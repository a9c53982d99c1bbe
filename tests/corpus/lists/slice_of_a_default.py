# corpus: compiled=copy,turn,call
# A slice of a list that is the default of a parameter replaces a slice of the same list, inlined where the default is a constant.
def copy(b=[1, 2, 3]):
    b[:] = b[::1]
    return b


def turn(n, b=[1, 2, 3]):
    b[:] = b[::-1]
    b[1:] = b[:2]
    return len(b) + n


def call(n):
    copy()
    return turn(n) + turn(n, [4, 5, 6, 7])


for n in range(100):
    result = call(n)
print(result, copy.__defaults__, turn.__defaults__)
