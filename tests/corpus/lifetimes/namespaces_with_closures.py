# corpus: compiled=work skip-modes=background
# Namespaces made at run time die, also where functions with cells were compiled into code of theirs.
import gc
import weakref


class Witness:
    pass


CASES = {
    "property with a closure": """
class Point:
    @property
    def x(self): return __class__.__name__
p = Point()
def work(n):
    for i in range(n): p.x
""",
    "super": """
class Base:
    def m(self): return 1
class Point(Base):
    def m(self): return super().m()
p = Point()
def work(n):
    for i in range(n): p.m()
""",
    "closure": """
def make(k):
    def inner(x): return x + k + len(own)
    own = [inner]
    return inner
inner = make(1)
def work(n):
    for i in range(n): inner(i)
""",
}


def use(text):
    space = {"witness": Witness()}
    exec(text, space)
    for _ in range(40):
        space["work"](4)
    return weakref.ref(space["witness"])


for name, text in CASES.items():
    witnesses = [use(text) for _ in range(4)]
    gc.collect()
    print(name, sum(witness() is not None for witness in witnesses))
