# corpus: compiled=merged,united,keyed,plus
def take(**kwargs):
    return sorted(kwargs.items())


def merged(a, b):
    return take(x=1, **a, **b)


def united(a, b):
    return {1, *a, *b}


def keyed(a, b):
    return {"first": a, "second": b, "third": 3}


def plus(x):
    return +x


class Mapping:
    def __init__(self, *pairs):
        self.pairs = dict(pairs)

    def keys(self):
        return list(self.pairs)

    def __getitem__(self, key):
        return self.pairs[key]


class Bad:
    def keys(self):
        return 5


class Failing(Mapping):
    def __getitem__(self, key):
        raise ZeroDivisionError(key)


class Positive:
    def __pos__(self):
        return "positive"


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return type(error).__name__, str(error)


for _ in range(300):
    good = merged({"a": 1}, {"b": 2}), merged({}, Mapping(("m", 3)))
    sets = united((1, 2), [3]), united("ab", {5: 6})
    dicts = keyed(1, None), keyed("a", [])
    signs = plus(3), plus(True), plus(-2.5), plus(Positive())
print(good, [sorted(map(str, s)) for s in sets], dicts, signs)
for _ in range(250):
    bad = [
        outcome(merged, {"a": 1}, {"a": 2}),
        outcome(merged, {"x": 1}, {}),
        outcome(merged, {1: 1}, {}),
        outcome(merged, 5, {}),
        outcome(merged, Bad(), {}),
        outcome(merged, {}, Failing(("k", 1))),
        outcome(merged, {}, None),
        outcome(united, 5, ()),
        outcome(united, ([],), ()),
        outcome(plus, "a"),
    ]
for line in bad:
    print(line)
print(outcome(lambda f: f(**{"a": 1}, **{"a": 2}), Positive))
