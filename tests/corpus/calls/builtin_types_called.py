# corpus: compiled=texts,numbers,containers,types,failing
# Builtin types that are called with arguments of builtin types: str, int, float, bool, list, tuple, set, dict, type.


class Text(str):
    def __str__(self):
        return "mine"


class Loud:
    def __iter__(self):
        print("iterated")
        return iter("xy")

    def __bool__(self):
        print("asked")
        return False


def texts(values, n):
    out = []
    for i in range(n):
        value = values[i % len(values)]
        out.append(str(value))
    return out, str()


def numbers(words, n):
    total = 0
    real = 0.0
    for i in range(n):
        word = words[i % len(words)]
        total += int(word) + int(word, 16)
        real += float(word)
    return total, real, bool(words), bool(""), bool()


def containers(n):
    out = []
    table = {"a": 1, "b": 2}
    for i in range(n):
        group = set("aab")
        copy = set(group)
        copy.add(i)
        one = list(table)
        two = tuple(table.items())
        three = list((i, i + 1))
        same = tuple(two)
        fresh = list()
        fresh.append(i)
        empty = dict()
        empty[i] = fresh
        out.append((sorted(group), len(copy), one, two, three, same is two, fresh, empty, list(range(3)), set(), tuple()))
    return out[-1]


def types(values, n):
    seen = {}
    for i in range(n):
        value = values[i % len(values)]
        name = type(value).__name__
        seen[name] = seen.get(name, 0) + 1
        if type(value) is int:
            seen["ints"] = seen.get("ints", 0) + 1
    return seen


class Point:
    def __init__(self, x):
        self.x = x

    def moved(self, by):
        return type(self)(self.x + by)


class Other(Point):
    pass


def made(point, n):
    for i in range(n):
        point = point.moved(i)
    return type(point).__name__, point.x


def failing(words, n):
    wrong = 0
    for i in range(n):
        try:
            int(words[i % len(words)])
        except ValueError as error:
            wrong += 1
            last = str(error)
    return wrong, last


def huge(n):
    for i in range(n):
        text = str(10 ** (i * 100))
    return text


print(texts([1, 2.5, None, True, "plain"], 20))
print(texts([7, Text("yours"), 8], 12))
print(numbers(["12", "7", " 9 "], 30))
print(containers(40))
print(types([1, "a", 2.0, 3, None], 45))
print(made(Point(1), 20), made(Other(1), 20))
print(failing(["1", "x", "22"], 30))
loud = Loud()
for _ in range(3):
    print(list(loud), tuple(loud), bool(loud))
try:
    print(len(huge(60)))
except ValueError as error:
    print(error)
try:
    [int(word) for word in ["1", "2", "z"]]
except ValueError as error:
    print(error, error.__traceback__.tb_lineno)
