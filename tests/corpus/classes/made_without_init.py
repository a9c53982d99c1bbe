# corpus: compiled=bare,derived,given,changes stderr
"""Classes without `__init__` and `__new__`: instances that are made and go again, that are kept, arguments they do not take, and classes that get such methods,
or other things, meanwhile."""
import abc
import traceback


class Bare:
    kind = "bare"

    def double(self, n):
        return 2 * n


class Derived(Bare):
    __slots__ = ("x",)


class Abstract(abc.ABC):
    @abc.abstractmethod
    def run(self): ...


class Concrete(Abstract):
    def run(self):
        return 1


class Meta(type):
    def __call__(cls):
        return "by the metaclass"


class Made(metaclass=Meta):
    pass


class Ends:
    def __del__(self):
        LOG.append("end")


class Turns:
    def __init__(self, n):
        if n % 7 == 3:
            self.__class__ = Turned
        self.n = n

    def tell(self):
        return self.n


class Turned:
    def tell(self):
        return -self.n


LOG = []


def bare(n):
    total = 0
    for i in range(n):
        total += Bare().double(i)
        b = Bare()
        b.n = i
        total += b.n + len(b.kind)
    return total


def derived(n):
    total = 0
    for i in range(n):
        d = Derived()
        d.x = i
        total += d.x + d.double(1)
    return total


def held(n):
    kept = [Bare() for _ in range(n)]
    kept[0].one = 1
    return len({id(one) for one in kept}), [vars(one) for one in kept[:2]], type(kept[-1]).__name__


def given(cls, *arguments):
    n = 0
    for _ in range(20):
        n += cls(*arguments) is not None
    return n


def changes(n):
    out = []
    for i in range(n):
        b = Bare()
        out.append(getattr(b, "set", None))
        if i == n // 2:
            Bare.__init__ = lambda self: setattr(self, "set", 1)
    del Bare.__init__
    return out


def ends(n):
    for i in range(n):
        Ends()
        LOG.append(i)


def turns(n):
    return [Turns(i).tell() for i in range(n)]


def report(what, *arguments):
    try:
        print(what.__name__, what(*arguments))
    except Exception:
        traceback.print_exc()


report(bare, 40)
report(derived, 40)
report(held, 20)
report(given, Bare)
report(given, Bare, 1)
report(given, Concrete)
report(given, Abstract)
report(given, Made)
report(changes, 40)
report(bare, 40)
report(ends, 5)
print(LOG)
report(turns, 30)
Bare.__new__ = lambda cls: None
report(given, Bare)
del Bare.__new__
report(given, Bare)
