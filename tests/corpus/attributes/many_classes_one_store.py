# corpus: compiled=put,put_and_look,look,closure_of
# Stores that meet more classes than are told apart, while the classes and the objects change: what was found out about a name must not
# outlive that, and whatever a store runs must see the frame as it is.
import sys


class Inline:
    def __init__(self):
        self.first = None
        self.second = None


class Slotted:
    __slots__ = ("first", "slot", "__weakref__")


class Hooked(Inline):
    def __setattr__(self, name, value):
        log.append((name, value))
        object.__setattr__(self, name, value)


class Guarded(Inline):
    @property
    def first(self):
        return log[-1] if log else None

    @first.setter
    def first(self, value):
        log.append(("setter", value, sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno))


class ReadOnly(Inline):
    @property
    def first(self):
        return 1


class Dying:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        log.append((self.name, frame.f_code.co_name, sorted(frame.f_locals)))


log = []


def put(o, value):
    o.first = value
    return value


def put_and_look(o, value):
    before = o.first
    o.first = value
    after = o.first
    return before, after


def put_all(objects, values):
    for value in values:
        for o in objects:
            try:
                put(o, value)
            except AttributeError as error:
                log.append(str(error))


kinds = [type(f"I{index}", (Inline,), {}) for index in range(8)]
slotted = [type(f"S{index}", (Slotted,), {"__slots__": ()}) for index in range(4)]
objects = [kind() for kind in kinds + slotted]
for o in objects[8:]:
    o.first = 0
for turn in range(60):
    list(map(put, objects, range(len(objects))))
    pairs = list(map(put_and_look, objects, range(turn, turn + len(objects))))
print(pairs)

# Others that are told from them, once each.
odd = [Hooked(), Guarded(), ReadOnly.__new__(ReadOnly)]
put_all(odd + objects[:2], [5, "text"])
print(log, [vars(o) for o in odd], vars(objects[0]))
log.clear()

# The order of attributes that are deleted and stored again, or were never there.
fresh = [kind.__new__(kind) for kind in kinds]
for o in fresh:
    o.second = 2
put_all(fresh, [1])
print([list(vars(o)) for o in fresh])
for kind in kinds:
    o = kind()
    del o.first
    put(o, 3)
    print(list(vars(o).items()), end=" ")
print()

# Dictionaries that share the values, or took their place.
views = [vars(o) for o in objects[:8]]
put_all(objects, [7])
print([view["first"] for view in views])
for o in objects[:4]:
    o.__dict__ = {"first": 1, "other": 2}
put_all(objects, [8])
print([vars(o) for o in objects[:5]])

# Classes that get a descriptor, a hook, or none any more.
kinds[5].first = Guarded.first
kinds[6].__setattr__ = Hooked.__setattr__
put_all([objects[5], objects[6], kinds[5](), kinds[6]()], [9])
print(log, vars(objects[5]), vars(objects[6]))
del kinds[5].first, kinds[6].__setattr__
log.clear()
put_all([objects[5], objects[6]], [10])
print(log, vars(objects[5]), vars(objects[6]))

# Values that die when they are replaced see the frame.
last = [kind() for kind in kinds + slotted]
for o in last:
    put(o, Dying(type(o).__name__))
put_all(last, [None])
print(log)
log.clear()
shared = Dying("shared")
put_all(last, [shared])
put_all(last[1:], [0])
print(list(map(sys.getrefcount, [shared])), log)
del shared
put_all(last[:1], [0])
print(log)


# What a store or a load runs may change the locals of who does it.
class Changing:
    def __del__(self):
        sys._getframe(1).f_locals["value"] = "changed"


class Told:
    @property
    def first(self):
        sys._getframe(1).f_locals["value"] = "told"
        return 1


def look(o, value):
    before = o.first
    return before, value


for o in last:
    o.first = Changing()
print(list(map(put, last, range(len(last)))))
told = [type(f"T{index}", (Told,), {})() for index in range(8)]
for turn in range(60):
    looked = list(map(look, objects, range(len(objects))))
print(looked, list(map(look, told + told, range(16))))

# Dictionaries that lost a key, or were taken away.
for o in last[:8]:
    view = vars(o)
    del o.first
    put(o, 1)
    print(len(view), list(view.items()), end=" ")
    del o.__dict__
    put(o, 2)
    print(vars(o))


# What is no descriptor when it is found becomes one.
class Part:
    pass


holders = [type(f"H{index}", (Inline,), {"first": Part()}) for index in range(8)]
held = [holder() for holder in holders]
put_all(held * 9, [1])
Part.__set__ = lambda self, o, value: log.append(value)
put_all(held, [2])
print(log, [vars(o)["first"] for o in held])


# Members that may only be read.
def closure_of(o, value):
    o.__closure__ = value


for o in objects[:8] * 40 + [put, print, put, put]:
    try:
        closure_of(o, ())
    except AttributeError as error:
        print(error)
