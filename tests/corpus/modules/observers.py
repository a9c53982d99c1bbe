# corpus: compiled=<module>
# Whoever looks at the variables of a module while one of its loops runs finds what they are at that point.
import sys


def read():
    return total, step


def by_name(name):
    return globals()[name]


def change():
    global total
    total += 1000


class Adder:
    def __add__(self, other):
        return other + total % 10

    def __del__(self):
        seen.append(("del", total, step))


seen = []
total = 0
for step in range(150):
    total += step
    if step % 25 == 0:
        seen.append(read())
        seen.append(by_name("step"))
        change()
print(total, step, seen)

seen.clear()
for step in range(80):
    total += 1
    adder = Adder()
    if step % 20 == 3:
        total += adder + step
print(total, step, seen[:5], seen[-5:], len(seen))
del adder

space = globals()
found = 0
name = value = values = None
for step in range(120):
    total = step * 2
    found += space["total"]
    if "step" in space:
        found += space.get("step", 0)
print(found)

for step in range(120):
    total = step
    space["total"] = total + 5
    found += total
print(found, total)

for step in range(100):
    total = step
    for name, value in space.items():
        if name == "total":
            found += value
print(found)

for step in range(100):
    total = step
    values = [value for value in space.values() if type(value) is int]
    found += sum(values) % 1001
print(found)


class Holder:
    pass


holder = Holder()
holder.__dict__ = space
for step in range(100):
    total = step
    found += holder.total
    holder.total = step + 2
    found += total
del holder
print(found)

me = sys.modules[__name__]
for step in range(100):
    total = step
    found += me.total
    me.total = 7
    found += total
print(found, total)

for step in range(100):
    total = step
    from __main__ import total as imported
    found += imported
print(found)

for step in range(60):
    total = step
    exec("total = total * 3")
    found += eval("total + step")
    found += locals()["total"] + vars()["step"] + sys._getframe().f_globals["total"]
print(found)

readers = []
for step in range(60):
    readers.append(lambda: step)
    found += readers[-1]() + sum(step for _ in range(3))
print(found, {reader() for reader in readers})
