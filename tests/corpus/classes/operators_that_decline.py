# corpus: compiled=sums,orders
# Methods of operators that return NotImplemented, by their own code or through what they call: the other operand is asked, and then the interpreter.


class Metre:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        if isinstance(other, Metre):
            return Metre(self.n + other.n)
        return self.elsewhere(other)

    def elsewhere(self, other):
        return NotImplemented if other.asks else 7

    def __sub__(self, other):
        if other.asks:
            return NotImplemented
        return 2

    def __lt__(self, other):
        if other.asks:
            return NotImplemented
        return self.n < other.n

    def __eq__(self, other):
        answer = self.same(other)
        return answer

    def same(self, other):
        return NotImplemented if other.asks else self.n == other.n

    def __rmul__(self, other):
        return self.elsewhere(self)

    asks = False


class Asked:
    asks = False
    n = 1

    def __radd__(self, other):
        return 100

    def __rsub__(self, other):
        return 1000

    def __gt__(self, other):
        return []

    def __eq__(self, other):
        return "same"


class Silent:
    asks = False
    n = 1


def sums(n, a, b, turn):
    total = 0
    for i in range(n):
        b.asks = i == turn or i > n - 3
        total += a + b
        total += a - b
    return total


def orders(n, a, b, turn):
    found = []
    for i in range(n):
        b.asks = i == turn or i > n - 3
        if a < b:
            found.append(i)
        if a == b:
            found.append(-i)
        x = a == b
        if x is not False:
            found.append(x)
    return found[-8:]


print(sums(200, Metre(3), Asked(), 7), sums(200, Metre(3), Asked(), 150))
print(orders(200, Metre(3), Asked(), 7), orders(200, Metre(0), Asked(), 150))
for turn in (5, 170):
    for work in (sums, orders):
        for kind in (Metre, Silent):
            try:
                print(work(180, Metre(2), kind() if kind is Silent else kind(1), turn))
            except TypeError as error:
                print(turn, work.__name__, kind.__name__, error, error.__traceback__.tb_next.tb_lineno, error.__traceback__.tb_next.tb_next)


def reflected(n, a):
    total = 0
    for i in range(n):
        a.asks = i == n - 1
        total += i * a
    return total


try:
    print(reflected(200, Metre(1)))
except TypeError as error:
    print(error)


# The method that declines may be called again by the one that is asked next.
class Twice:
    def __init__(self):
        self.calls = 0

    def __add__(self, other):
        self.calls += 1
        if self.calls % 2:
            return NotImplemented
        return self.calls


class Returns:
    def __radd__(self, other):
        return other.__add__(self)


def again(n, a, b):
    total = 0
    for _ in range(n):
        total += a + b
    return total


print(again(150, Twice(), Returns()))


# Operands are given up after the method's own variables, in the interpreter's order.
class Dies:
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        Dies.log.append(self.name)

    def __add__(self, other):
        own = Dies("own")
        return other.answer()

    def __lt__(self, other):
        own = Dies("own")
        return other.answer()

    def answer(self):
        return 5

    def __contains__(self, other):
        own = Dies("own")
        return True

    def __bool__(self):
        own = Dies("own")
        return True

    def __len__(self):
        own = Dies("own")
        return 3


class Refuses(Dies):
    def answer(self):
        return NotImplemented

    def __radd__(self, other):
        return 6

    def __gt__(self, other):
        return 6


def deaths(n, kind):
    found = set()
    for _ in range(n):
        Dies("left") + kind("right")
        Dies.log.append("|")
        Dies("left") < kind("right")
        Dies.log.append("|")
        kind("item") in Dies("container")
        Dies.log.append("|")
        if kind("true"):
            Dies.log.append("|")
        len(kind("long"))
        found.add(" ".join(Dies.log))
        Dies.log.clear()
    return sorted(found)


print(deaths(150, Dies))
print(deaths(150, Refuses))
