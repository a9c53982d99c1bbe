# corpus: compiled=add,sub
class A:
    def __add__(self, o):
        return "A.add"

    def __radd__(self, o):
        return "A.radd"

    def __sub__(self, o):
        return NotImplemented


class B(A):
    def __radd__(self, o):
        return "B.radd"

    def __rsub__(self, o):
        return "B.rsub"


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


for i in range(150):
    add(i, 1), sub(i, 1)
print(add(A(), B()), add(B(), A()), add(A(), A()), add(1, B()), add("s", A()))
print(sub(A(), B()), sub(1, B()))
for args in ((A(), A()), (A(), 1), ("a", "b")):
    try:
        sub(*args)
    except TypeError as error:
        print(error)
A.__radd__ = lambda self, o: "patched"
print(add(1, A()), add(1, B()))
