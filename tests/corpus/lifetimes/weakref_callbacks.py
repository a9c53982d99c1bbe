# corpus: compiled=run
import weakref


class T:
    pass


def run(n):
    events = []
    alive = weakref.WeakValueDictionary()
    for i in range(n):
        t = T()
        alive[i] = t
        r = weakref.ref(t, lambda _, i=i: events.append((i, len(alive))))
        if i % 2:
            del t
            events.append(("deleted", i, r() is None))
    return events


print(run(6))
e = run(200)
print(len(e), e[-3:])
