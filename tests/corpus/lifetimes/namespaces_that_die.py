# corpus: compiled=work skip-modes=background
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
