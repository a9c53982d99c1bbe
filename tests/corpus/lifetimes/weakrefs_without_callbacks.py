# corpus: compiled=drop,collect
# Weak references that call nothing are cleared; one with a callback among them sees the frame that lost the object.
import sys
import weakref


class T:
    pass


seen = []


def gone(reference):
    frame = sys._getframe(1)
    seen.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_locals.get("step"), reference() is None))


def drop(kind, watchers, step):
    x = kind()
    references = [weakref.ref(x) for _ in range(watchers)]
    if step % 10 == 3:
        references.insert(step % 2, weakref.ref(x, gone))
    proxy = weakref.proxy(x)
    x = None
    try:
        proxy.anything
    except ReferenceError as error:
        step = str(error)
    return [r() for r in references], step


def collect(n):
    result = []
    for step in range(n):
        for kind in (T, set, frozenset_of_one, function, generator):
            result.append(drop(kind, step % 3, step))
    return result


class Holder(frozenset):
    pass


def frozenset_of_one():
    return Holder([1])


def function():
    return lambda: 1


def generator():
    g = (x for x in ())
    list(g)
    return g


answers = collect(100)
print(len(answers), answers[-6:])
print(all(value is None for values, _ in answers for value in values))
print(len(seen), seen[:5])
