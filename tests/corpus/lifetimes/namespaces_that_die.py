# corpus: compiled=work skip-modes=background,default
# Namespaces made at run time die, whatever of their classes and functions was compiled into code of theirs.
import gc
import weakref


class Witness:
    pass


CASES = {
    "init": """
class Point:
    def __init__(self, x=None): self.x = x
def work(n):
    for i in range(n): Point()
""",
    "property": """
class Point:
    @property
    def x(self): return 1
    @x.setter
    def x(self, value): pass
p = Point()
def work(n):
    for i in range(n): p.x = p.x
""",
    "default": """
class Box: pass
box = Box()
def inner(x, box=box): return box
box.inner = inner
def work(n):
    for i in range(n): inner(i)
""",
    "operators": """
class Point:
    def __add__(self, o): return 1
    def __call__(self): return 1
    def __iter__(self): return iter((1, 2))
p = Point()
def work(n):
    for i in range(n):
        p + 1, p()
        for x in p: pass
""",
    "class and static methods": """
class Point:
    @staticmethod
    def s(): return 1
    @classmethod
    def c(cls): return 1
def work(n):
    for i in range(n): Point.s(), Point.c()
""",
    "generator": """
def items(n):
    for i in range(n): yield i
def work(n):
    for x in items(n): pass
""",
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
    "context manager": """
class Point:
    def __enter__(self): return self
    def __exit__(self, *error): return None
p = Point()
def work(n):
    for i in range(n):
        with p: pass
""",
    "generator method": """
class Point:
    def items(self):
        yield 1
        yield 2
p = Point()
def work(n):
    for i in range(n):
        for item in p.items(): pass
""",
    "default that is a function": """
def triple(x): return x * 3
def call(x, function=triple): return function(x)
def work(n):
    for i in range(n): call(i)
""",
    "methods that use globals": """
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
