# corpus: compiled=both,Facts.check,mixed
# Functions with the same code and different closures, inlined side by side: constants, properties, methods, operators.
def make(value):
    def inner(x):
        return x + value

    return inner


first = make(1)
second = make(100)


def both(x):
    return first(x), second(x), first(second(x))


def make_property(name):
    def getter(self):
        return self.facts[name]

    def setter(self, value):
        self.facts[name] = value

    return property(getter, setter)


def make_operator(name):
    def operator(self, other):
        return name, self.finite, other

    return operator


class Facts:
    finite = make_property("finite")
    negative = make_property("negative")
    __add__ = make_operator("add")
    __mul__ = make_operator("mul")
    one = make_operator("one")
    two = make_operator("two")

    def __init__(self):
        self.facts = {"finite": True, "negative": False}

    def check(self):
        if self.finite is False:
            return "infinite"
        if self.negative is False:
            return "positive"
        return "negative"


def mixed(f):
    return f + 1, f * 2, f.one(3), f.two(4)


facts = Facts()
for i in range(300):
    both(i), facts.check(), mixed(facts)
    facts.negative = i % 2 == 0
    facts.finite = True
print(both(1), mixed(facts))
facts.negative = False
print(facts.check(), facts.facts)
facts.negative = True
print(facts.check(), facts.facts)
facts.finite = False
print(facts.check(), facts.facts)
second = make(1000)
print(both(1))
