# corpus: compiled=drop
# Containers that die with a finalizer somewhere inside: it sees which of the references around it are gone already.
import sys


class Loud:
    def __init__(self, name, watched):
        self.name, self.watched = name, watched

    def __del__(self):
        frame = sys._getframe(1)
        log.append((self.name, [sys.getrefcount(w) for w in self.watched], frame.f_code.co_name, frame.f_lineno))


class Box:
    pass


class Slotted:
    __slots__ = ("a", "b")


def box(**fields):
    b = Box()
    b.__dict__.update(fields)
    return b


def inline(first, second, third):
    b = Box()
    b.first, b.second, b.third = first, second, third
    return b


def slotted(a, b):
    s = Slotted()
    s.a, s.b = a, b
    return s


def nested(depth, inner):
    for level in range(depth):
        inner = [inner]
    return inner


def drop(make):
    made = make()
    made = None
    return made


log = []
shared, other, third = Box(), [1, 2], {"k": (3,)}


def loud(name):
    return Loud(name, watched)


watched = [shared, other, third]
makers = [
    lambda: [loud("nothing else")],
    lambda: [shared, loud("list"), shared, other],
    lambda: (other, shared, loud("tuple"), other),
    lambda: {"a": shared, "b": loud("dict"), "c": shared, "d": [other, third]},
    lambda: {1: shared, (2, 3): loud("dict of any"), 4: shared, 5: other},
    lambda: [[shared, [other, loud("deep")]], (third, shared), "text", 2.5, 10**30],
    lambda: {1: shared, loud("key"): other, 2: shared, (3,): third},
    lambda: [{1: other, 2: shared}.items(), iter({1: loud("under an iterator"), 2: shared}.items()), {}, other],
    lambda: inline(shared, loud("inline"), [other, shared]),
    lambda: box(x=[shared], y=(loud("dictionary of an object"), other), z=third),
    lambda: slotted([shared, loud("slots")], other),
    lambda: [inline([shared], (other,), third), loud("behind"), inline(shared, shared, shared)],
    lambda: ([slotted(shared, [other])], loud("between"), {"k": slotted(other, (shared,))}),
    lambda: nested(12, [shared, loud("very deep"), other]),
    lambda: [shared] * 600 + [loud("many")] + [other] * 600,
    lambda: [lambda x=loud("in a function"): x, shared],
    lambda: {loud("in a set"), "a", 5},
    lambda: [iter([shared, loud("in an iterator")]), map(len, [other]), shared.__init__],
    lambda: [shared, [other, (third, "s", 1.5)], {"k": shared}, inline(other, 1, "s"), slotted(third, 2)],
]
for turn in range(40):
    for make in makers:
        drop(make)
    if turn in (0, 38, 39):
        base = log[0][1]
        print([(name, [count - usual for count, usual in zip(counts, base)]) for name, counts, _, _ in log])
        print([(where, line) for _, _, where, line in log])
    log.clear()


# The last reference to what two of the things that die refer to.
def twice():
    inner = [loud("last")]
    return [slotted(inner, 1), slotted(inner, 2)]


for turn in range(40):
    drop(twice)
drop(makers[0])
base = log.pop()[1]
print(len(log), log[-1][0], log[-1][2:], [count - usual for count, usual in zip(log[-1][1], base)])
