# corpus: compiled=lists,dicts,sets
# Comprehensions entered as running loops whose variable hides a name that is bound at some entries and unbound at others.


def lists(b):
    n = 0
    while n < 5:
        n += 1
        s = b

        def inner(d):
            pass

        d = [inner(d) for d in range(4)]
    return d, s


def dicts(b):
    n = 0
    while n < 5:
        n += 1
        s = b

        def inner(d):
            pass

        d = {d: inner(d) for d in range(4)}
    return d, s


def sets(b):
    n = 0
    while n < 5:
        n += 1
        s = b

        def inner(d):
            pass

        d = {inner(d) for d in range(4)}
    return d, s


for function in lists, dicts, sets:
    for b in 100.0, 2, None:
        results = [function(b) for _ in range(80)]
        print(results[0], all(result == results[0] for result in results))
