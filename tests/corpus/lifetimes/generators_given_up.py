# corpus: compiled=locals_end,stack_ends,in_a_list,never_started,closed
# Generators that are given up while they wait: what their frames hold goes without frames for it, as far as no destructor is heard, in the
# interpreter's order, which the destructor that is can see.
import sys
import weakref


class Quiet:
    pass


class Loud:
    def __init__(self, *watched):
        self.watched = watched

    def __del__(self):
        alive = [name for name, ref in self.watched if ref() is not None]
        print("del", alive, sys._getframe(1).f_code.co_name)


def waits(first, second, third):
    yield 1
    yield first, second, third


def in_loop(items):
    for item in items:
        yield item


def chained(values):
    return (value for value in values)


def locals_end(rounds, where):
    for turn in range(rounds):
        one, other = Quiet(), Quiet()
        refs = [("one", weakref.ref(one)), ("other", weakref.ref(other))]
        arguments = [one, other]
        arguments.insert(where, Loud(*refs) if turn == rounds - 1 else Quiet())
        generator = waits(*arguments)
        next(generator)
        del one, other, arguments, refs
        generator = None
    return turn


def stack_ends(rounds):
    total = 0
    for turn in range(rounds):
        kept = Quiet()
        items = [kept, Loud(("kept", weakref.ref(kept)))] if turn == rounds - 1 else [kept, Quiet()]
        generator = in_loop(items)
        total += next(generator) is kept
        del kept, items
        generator = None
    return total


def in_a_list(rounds):
    for turn in range(rounds):
        shared = Quiet()
        shared.loud = Loud(("shared", weakref.ref(shared))) if turn == rounds - 1 else None
        both = [in_loop([shared]), in_loop((shared, 1)), chained([shared])]
        for generator in both:
            next(generator)
        generator = None
        del shared
        both = None
    return turn


def never_started(rounds):
    for turn in range(rounds):
        generator = waits(Quiet(), Loud() if turn == rounds - 1 else Quiet(), Quiet())
        generator = None
    return turn


def closed(rounds):
    count = 0
    for turn in range(rounds):
        captured = [turn]
        found = (value for value in range(9) if value > captured[0])
        count += next(found, 0)
        found.close()
        found = (captured[0] for _ in captured)
        count += next(found)
        other = found
        del found
        count += next(other, 5)
        other = None
    return count


for where in range(3):
    print(locals_end(40, where))
print(stack_ends(40))
print(in_a_list(40))
print(never_started(40))
print(closed(40))


def references(rounds):
    value, container = Quiet(), [Quiet()]
    before = sys.getrefcount(value), sys.getrefcount(container), sys.getrefcount(None)
    for turn in range(rounds):
        generator = waits(value, container, None)
        next(generator)
        generator = in_loop(container)
        next(generator)
        generator = None
    after = sys.getrefcount(value), sys.getrefcount(container), sys.getrefcount(None)
    return [b - a for a, b in zip(before, after)]


print(references(60))
