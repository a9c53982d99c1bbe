# corpus: compiled=total,pairs,search,nested,deep,mixed
# Iterators written in Python: how they end, what they raise instead, and what can be seen of them on the way.
import sys


class Down:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


class Called(Down):
    def __next__(self):
        if not self.n:
            raise StopIteration()
        self.n -= 1
        return self.n * 2


class WithValue(Down):
    def __next__(self):
        left = [self.n]
        if self.n == 0:
            raise StopIteration("done", left)
        self.n -= 1
        return left[0]


class Tries(Down):
    def __next__(self):
        try:
            if self.n == 0:
                raise StopIteration
            if self.n == 3:
                raise ValueError(self.n)
        except StopIteration:
            print("seen")
            raise
        except ValueError:
            self.n -= 1
            return -1
        finally:
            self.n -= 1
        return self.n


class Delegates:
    def __init__(self, items):
        self.items = iter(items)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.items)


class Fails(Down):
    def __next__(self):
        if self.n == 0:
            raise KeyError(self.n)
        self.n -= 1
        return self.n


class Gone:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name, sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno)


class Holds(Down):
    def __next__(self):
        held = Gone(self.n)
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return held.name


class Subclass(StopIteration):
    pass


class OwnEnd(Down):
    def __next__(self):
        if self.n == 0:
            raise Subclass
        self.n -= 1
        return self.n


class Again(Down):
    """Goes on after it has ended."""

    def __next__(self):
        self.n += 1
        if self.n % 4 == 0:
            raise StopIteration
        return self.n


def total(iterator):
    result = 0
    for item in iterator:
        result += item
    return result


def pairs(first, second):
    out = []
    for a, b in zip(first, second):
        out.append((a, b))
    return out


def search(iterator, wanted):
    for item in iterator:
        if item == wanted:
            break
    else:
        return "none", iterator.n
    return "found", iterator.n


def nested(n):
    result = 0
    for outer in Down(n):
        for inner in Down(outer):
            result += outer * inner
    return result


def deep(iterator, a, b):
    # Something lies on the stack below the iterator.
    return a + sum([b + item for item in iterator]) + max(item * 2 for item in Down(3))


def mixed(iterators):
    return [total(iterator) for iterator in iterators]


def main(turns):
    print(total(Down(turns)), total(Called(turns)), total(WithValue(turns)), total(OwnEnd(turns)))
    print(total(Delegates(range(turns))), total(Delegates([])))
    print(search(Down(turns), 2), search(Down(turns), -5), nested(turns), deep(Down(turns), 1, 2))
    print(pairs(Down(turns), Called(turns + 1)), pairs(Called(2), Down(turns)))
    again = Again(0)
    print(total(again), total(again), again.n)
    print(mixed([Down(3), Called(2), Delegates([1, 2]), [4, 5], OwnEnd(2)]))
    for cls in (Tries, Fails):
        try:
            print(total(cls(turns)))
        except KeyError as error:
            traceback, lines = error.__traceback__, []
            while traceback:
                lines.append(traceback.tb_lineno - traceback.tb_frame.f_code.co_firstlineno)
                traceback = traceback.tb_next
            print(repr(error), lines, error.__context__)
    print(total(Holds(3)))
    print(sys.exc_info())


for turns in (0, 1, 5, 40):
    main(turns)
for turn in range(60):
    total(Down(6)), total(Called(6)), search(Down(9), 1), nested(4), deep(Down(3), 1, 2), pairs(Down(3), Called(3)), mixed([Down(3), Called(2)])
main(7)


# The method is replaced, in the middle of a loop.
def until_five(self):
    if self.n <= 5:
        raise StopIteration
    self.n -= 1
    return 1000


class Changes(Down):
    def __next__(self):
        if self.n == 20:
            Changes.__next__ = until_five
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(total(Changes(40)), total(Changes(40)))
