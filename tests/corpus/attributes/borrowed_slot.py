# corpus: compiled=store,load,drop
# A slot of another class, found as an attribute: it applies to no instance of this one.
class Class:
    __slots__ = ("slot",)


class Sneaky:
    borrowed = Class.slot


class Slotted:
    __slots__ = ("other",)
    borrowed = Class.slot


class Derived(Class):
    borrowed = Class.slot


def load(o):
    return o.borrowed


def store(o, value):
    o.borrowed = value


def drop(o):
    del o.borrowed


for cls in (Sneaky, Slotted, Derived):
    answers = []
    for i in range(300):
        o = cls()
        for action in (lambda: store(o, i), lambda: load(o), lambda: drop(o), lambda: load(o)):
            try:
                answers.append(action())
            except (TypeError, AttributeError) as error:
                answers.append(f"{type(error).__name__}: {error}")
    print(cls.__name__, len(answers), answers[-4:], len(set(map(str, answers))))
