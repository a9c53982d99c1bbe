# corpus: compiled=lt,eq
log = []


class A:
    def __lt__(self, other):
        log.append("A.lt")
        return NotImplemented

    def __eq__(self, other):
        log.append("A.eq")
        return NotImplemented

    __hash__ = None


class B(A):
    def __gt__(self, other):
        log.append("B.gt")
        return "yes"

    def __eq__(self, other):
        log.append("B.eq")
        return [1]


def lt(a, b):
    return a < b


def eq(a, b):
    return a == b


for i in range(200):
    lt(i, 5), eq(i, 5)
print(lt(A(), B()), eq(A(), B()), eq(A(), A()), eq(1, A()), log)
log.clear()
try:
    lt(A(), A())
except TypeError as error:
    print(error, log)
try:
    lt(1, "a")
except TypeError as error:
    print(error)
