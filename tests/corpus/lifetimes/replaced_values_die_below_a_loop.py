# corpus: compiled=Case.first,Case.second,use_shared skip-modes=background,default
"""What a class attribute or a global has lost dies soon, though native code goes on that was entered before."""
import gc
import weakref

class Thing:
    def __init__(self):
        self.items = [1, 2, 3]

    def total(self, n):
        return sum(self.items) + n

class Case:
    thing = None

    @classmethod
    def set_up(cls):
        cls.thing = Thing()
        return weakref.ref(cls.thing)

    @classmethod
    def tear_down(cls):
        cls.thing = None

    def first(self):
        return self.thing.total(1)

    def second(self):
        return self.thing.total(2)

shared = None

def use_shared():
    return shared.total(3)

def one(make):
    global shared
    ref = Case.set_up()
    shared = Thing()
    other = weakref.ref(shared)
    total = 0
    for _ in range(30):
        case = make()
        total += case.first() + case.second() + use_shared()
    Case.tear_down()
    shared = None
    gc.collect()
    return total, ref() is None, other() is None

def many(n):
    results = []
    for _ in range(n):
        results.append(one(Case))
    return results

print(many(6))
print(many(6))
