# corpus: compiled=work skip-modes=background
# Namespaces made at run time die, also where functions of theirs were compiled in that no global leads to.
import gc
import weakref


class Witness:
    pass


CASES = {
    "context manager": """
class Point:
    def __enter__(self): return self
    def __exit__(self, *error): return None
p = Point()
def work(n):
    for i in range(n):
        with p: pass
""",
    "generator": """
class Point:
    def items(self):
        yield 1
        yield 2
p = Point()
def work(n):
    for i in range(n):
        for item in p.items(): pass
""",
    "default": """
def triple(x): return x * 3
def call(x, function=triple): return function(x)
def work(n):
    for i in range(n): call(i)
""",
    "static and class methods": """
class Point:
    @staticmethod
    def one(): return len(__name__)
    @classmethod
    def two(cls): return cls.one()
__name__ = "space"
def work(n):
    for i in range(n): Point.two() + Point().one()
""",
    "decorated": """
def decorate(function):
    def wrapper(*arguments): return function(*arguments)
    return wrapper
class Point:
    @decorate
    def m(self): return 1
p = Point()
def work(n):
    for i in range(n): p.m()
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
