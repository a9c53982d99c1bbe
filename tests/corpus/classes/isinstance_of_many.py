# corpus: compiled=asks,asks_variable,branch
# isinstance where the types of objects vary: plain classes, tuples, bases that change, and classes that answer for themselves.
import abc
import sys


class A:
    pass


class B(A):
    pass


class C:
    pass


class Meta(type):
    def __instancecheck__(cls, instance):
        log.append((cls.__name__, type(instance).__name__, sys._getframe(1).f_lineno))
        return isinstance(instance, str)


class Asked(metaclass=Meta):
    pass


class Quiet(type):
    pass


class Silent(metaclass=Quiet):
    pass


class Heard(Silent):
    pass


class Liar:
    @property
    def __class__(self):
        log.append(("liar", sys._getframe(1).f_code.co_name))
        return A


class Attribute:
    def __getattribute__(self, name):
        log.append(name)
        return object.__getattribute__(self, name)


class Abstract(abc.ABC):
    pass


Abstract.register(C)
log = []
plain = [A(), B(), C(), 1, "text", 2.5, None, [], A, type, len, sys, lambda: 0, Exception(), True, Liar, Meta]


def asks(objects):
    return [
        (isinstance(o, A), isinstance(o, (B, C)), isinstance(o, (int, (str, list))), isinstance(o, int), isinstance(o, type), isinstance(o, object))
        for o in objects
    ]


def asks_variable(objects, classes):
    answers = []
    for o in objects:
        for c in classes:
            answers.append(isinstance(o, c))
    return answers


def branch(objects):
    count = 0
    for o in objects:
        if isinstance(o, A):
            count += 1
        elif not isinstance(o, C):
            count += 100
    return count


for turn in range(60):
    results = [asks(plain), asks_variable(plain, [A, int | str, Abstract, (A, C), ()]), branch(plain)]
    if turn in (0, 59):
        print(results)
for turn in range(40):
    results = [asks([Liar(), Attribute(), A()]), asks_variable(plain[:5] + [Liar(), Attribute()], [Asked, A, (Asked, A), (A, Asked)])]
    if turn in (0, 20, 39):
        print(results, log)
    log.clear()

# What a class derives from changes.

def silent(objects):
    return [(isinstance(o, Silent), isinstance(o, (Heard, A))) for o in objects]


# The class of a class begins to answer.
for turn in range(60):
    if turn == 40:
        Quiet.__instancecheck__ = lambda cls, instance: log.append((cls.__name__, type(instance).__name__)) or True
    answers = silent([Silent(), Heard(), A(), 5])
    if turn in (39, 40, 59):
        print(answers, log)
    log.clear()

moved = B()
for turn in range(60):
    if turn == 30:
        B.__bases__ = (C,)
    if turn == 45:
        B.__bases__ = (A, C)
    if turn in (29, 30, 44, 45, 59):
        print(asks([moved]), branch([moved, moved]))
    else:
        branch([moved, A(), C()])


def broken(objects, wrong):
    return [isinstance(o, wrong) for o in objects]


for turn in range(40):
    try:
        broken(plain, C if turn < 38 else 5 if turn == 38 else (C, 5))
    except TypeError as error:
        print(error, error.__traceback__.tb_next.tb_lineno)


class Other:
    pass


mutable = A()
for turn in range(40):
    mutable.__class__ = Other if turn % 3 else A
    answers = asks([mutable])
print(answers)
