# corpus: compiled=by_global,by_class,Case.first skip-modes=background,default
"""A global or class attribute that compiled code reads is destroyed where it is replaced, if no compiled code runs."""


import weakref


class Thing:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("~", self.name)


class Owner:
    thing = Thing("first of the class")


thing = Thing("first")


def by_global(n):
    return len(thing.name) + n


def by_class(n):
    return len(Owner.thing.name) + n


print(sum([by_global(i) for i in range(300)]), sum([by_class(i) for i in range(300)]))
thing = Thing("second")
print("global replaced")
Owner.thing = Thing("second of the class")
print("attribute replaced")
print(sum([by_global(i) for i in range(300)]), sum([by_class(i) for i in range(300)]))
del thing
print("global deleted")
del Owner.thing
print("attribute deleted")


class Plain:
    def size(self, n):
        return n


class Case:
    thing = None

    def first(self):
        return self.thing.size(1)


case = Case()
Case.thing = Plain()
ref = weakref.ref(Case.thing)
print(sum([case.first() for _ in range(300)]))
Case.thing = None
print(ref())
Case.thing = Plain()
ref = weakref.ref(Case.thing)
print(sum([case.first() for _ in range(300)]))
del Case.thing
print(ref())
