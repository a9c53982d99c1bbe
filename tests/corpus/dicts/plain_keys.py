# corpus: compiled=stores,counts,lookups,contains,gets,computed,adds,ask_str,ask_int no-exit=counts,adds
# Dictionaries under strs and ints: what is found, kept, replaced and destroyed, also beside keys that compare in their own way.
import sys


class Same:
    """Has the hash of another key, and says what it is compared with."""

    def __init__(self, like, equal):
        self.like, self.equal = like, equal

    def __hash__(self):
        return hash(self.like)

    def __eq__(self, other):
        log.append((repr(other), sys._getframe(1).f_code.co_name, sys._getframe(1).f_lineno))
        return self.equal


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        log.append((self.name, frame.f_code.co_name, frame.f_lineno, sorted(map(str, frame.f_locals.get("d", ())))))


class Text(str):
    def __eq__(self, other):
        log.append(("text", str(other)))
        return str.__eq__(self, other)

    __hash__ = str.__hash__


log = []


def stores(d, keys, values):
    for key, value in zip(keys, values):
        d[key] = value
    return d


def counts(words):
    d = {}
    for word in words:
        if word in d:
            d[word] += 1
        else:
            d[word] = 1
    return d


def lookups(d, keys):
    found = []
    for key in keys:
        try:
            found.append(d[key])
        except KeyError as error:
            found.append((error.args, error.__traceback__.tb_lineno))
    return found


def contains(d, keys):
    return [(key in d, key not in d) for key in keys]


def gets(d, keys, default):
    return [(d.get(key), d.get(key, default), d.get(key, 7)) for key in keys]


def computed(d, keys, n):
    found = []
    for key in keys:
        found.append(d.get(key, "no " + key))
        found.append(d.get(key, n * 1000))
        found.append(d.get(key, n + 0.5))
        found.append(d.get(key, [n]))
        found.append(d.get(key, (n, key)))
        found.append(d.get(key, d.get(key, key * 2)) * 2)
        found.append(len(d.get(key, key + "?") + "".join([key, "!"])))
    return found


def adds(numbers):
    d = {}
    for n in numbers:
        d[n % 16] = d.get(n % 16, 0) + n
    return d


def replaced(d):
    d["k"] = Loud("first")
    d["k"] = Loud("second")
    d[1] = Loud("int")
    d[1] = 5
    d["k"] = None
    return len(d)


ints = [0, 1, -1, -2, 2**30, 2**60, 2**61 - 1, 2**61, -(2**61), 2**63, 10**30, True]
strs = ["", "a", "b", "some longer text", "\u00e9", "\U0001f40d"]
for turn in range(60):
    keys = ints + strs + ["a", 1, 2**61 - 1]
    results = [
        stores({}, keys, range(len(keys))),
        stores({"a": 0}, strs, strs),
        counts("the cat and the dog and the bird".split()),
        lookups(dict.fromkeys(ints, 1), ints + ["x", 5, 2**62]),
        lookups(dict.fromkeys(strs, 2), strs + ["x", 5]),
        contains(dict.fromkeys(keys), keys + ["x", 77]),
        gets(dict.fromkeys(strs, 3), strs + ["x", 77], [turn]),
        gets({}, ["x", 77], "default"),
        computed(dict.fromkeys("ab", "x"), ["a", "cc", "b", "d" * 40], turn % 7 + 10**6),
        adds(range(100)),
        replaced({}),
        replaced({None: 1, "k": 2}),
    ]
    if turn in (0, 59):
        print(results, log)
    log.clear()


def ask_str(d, key):
    return key in d, d.get(key, "none"), d.get(key)


def ask_int(d, key):
    return key in d, d.get(key, "none"), d.get(key)


# Functions that have seen nothing but strs or ints, and then meet keys of other types beside them.
for turn in range(60):
    results = [ask_str({"a": turn}, "a"), ask_str({1: 2}, "a"), ask_int({1: turn, "a": 3}, 1), ask_int({}, 2**61)]
    if turn % 10 == 9:
        for ask, like in ((ask_str, "a"), (ask_int, 1), (ask_int, 2**61)):
            for equal in (False, True):
                results.append(ask({Same(like, equal): "other", (1,): 0}, like))
        print(results, log)
    log.clear()

# Keys of other types beside them.
for turn in range(60):
    for like in ("a", 1, 2**61):
        for equal in (False, True):
            other = Same(like, equal)
            d = {other: "other", 2.5: "float", (1,): "tuple"}
            results = [lookups(d, [like]), contains(d, [like]), gets(d, [like], "default"), len(stores(d, [like], ["new"]))]
            if turn in (0, 30, 59):
                print(like, equal, results, log)
            log.clear()
    d = {Text("t"): 1}
    results = [lookups(d, ["t", "u"]), contains(d, ["t", "u"]), gets(d, ["t"], 0), stores(d, ["t"], [2]), lookups({"t": 3}, [Text("t")])]
    if turn in (0, 30, 59):
        print(results, log)
    log.clear()


class Box:
    pass


# The dictionary of an instance, of a module.
for turn in range(60):
    box = Box()
    box.a, box.b = 1, 2
    stores(box.__dict__, ["a", "c", 5], [10, 30, 50])
    stores(globals(), ["made"], [turn])
    results = [box.a, box.b, box.c, lookups(vars(box), ["a", 5, "z"]), made]
print(results)


# Unhashable keys, and dictionaries that change while they are walked.
def walked(d):
    for key in d:
        d[key] = 1
        if key == 2:
            d["new"] = 2
    return d


for turn in range(40):
    try:
        walked({1: 0, 2: 0, 3: 0})
    except RuntimeError as error:
        message = str(error), error.__traceback__.tb_next.tb_lineno
    try:
        stores({}, [[]], [1])
    except TypeError as error:
        other = str(error), error.__traceback__.tb_next.tb_lineno
print(message, other)
