# corpus: compiled=lists,joined,sets,tuples
import sys


def lists(n):
    total = 0
    for i in range(n):
        squares = list(x * x for x in range(i % 7))
        total += len(squares) + sum(squares)
    return total, squares


print(lists(5))
print(lists(200))


def sizes(n):
    found = []
    for i in range(n):
        found.append(sys.getsizeof(list(x for x in range(i % 23))))
    return found[-23:]


print(sizes(100))


def joined(words, n):
    for i in range(n):
        text = "-".join(word.upper() for word in words if word)
        more = "".join(c for c in text if c != "-")
    return text, more


print(joined(["a", "bc", "", "def"], 100))


def bad_join(items, n):
    found = []
    for i in range(n):
        try:
            found.append(",".join(item for item in items))
        except TypeError as error:
            found.append(str(error))
    return found[-2:]


print(bad_join(["a", "b"], 60))
print(bad_join(["a", 1], 60))
print(bad_join([], 3))


class Word(str):
    pass


print(bad_join([Word("x"), "y"], 60))


def sets(n):
    total = 0
    for i in range(n):
        numbers = set(x % 5 for x in range(i))
        letters = set(c for c in "mississippi"[: i % 12])
        pairs = set((x % 2, x % 3) for x in range(i % 9))
        total += len(numbers) + len(letters) + len(pairs)
    return total, sorted(numbers), sorted(letters), sorted(pairs)


print(sets(80))


class Key:
    log = []

    def __init__(self, name):
        self.name = name

    def __hash__(self):
        Key.log.append("hash %s" % self.name)
        return 1

    def __eq__(self, other):
        Key.log.append("%s == %s" % (self.name, other.name))
        return self.name == other.name


def set_of_objects(n):
    for i in range(n):
        keys = [Key(j % 3) for j in range(4)]
        made = set(key for key in keys)
    return len(made), Key.log[-9:]


print(set_of_objects(40))


def tuples(n):
    for i in range(n):
        made = tuple((x, x + 0.5) for x in range(i % 4))
    return made


print(tuples(100))


def mixed(items, n):
    for i in range(n):
        made = list(item for item in items if item is not None)
    return made


print(mixed([1, "a", None, 2.5, (1, 2), [3]], 50))


def fails(n, at):
    found = []
    for i in range(n):
        try:
            found.append(list(10 // (x - at) for x in range(6)))
        except ZeroDivisionError as error:
            found.append((str(error), error.__traceback__.tb_next.tb_frame.f_code.co_name))
    return found[-2:]


print(fails(60, 9))
print(fails(60, 4))


class Ends:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("end", self.name)


def ends(n):
    for i in range(n):
        made = list(Ends((i, j)) for j in range(3))
        del made[1]
        print("made", len(made))


ends(3)


def changing(items, n):
    found = []
    for i in range(n):
        found.append(list(x + 1 for x in items))
        if i == n - 3:
            items[1] = 2.5
        if i == n - 2:
            items[1] = 1 << 70
    return found[-3:]


print(changing([1, 2, 3], 60))


def calls_out(n):
    seen = []

    def look(x):
        seen.append(x)
        return x

    for i in range(n):
        made = list(look(x) for x in range(3))
        word = "".join(str(look(x)) for x in range(3))
    return made, word, len(seen)


print(calls_out(50))


def outer(rows, n):
    for i in range(n):
        made = list(list(x * y for x in row) for y, row in enumerate(rows))
        flat = set(x for row in rows for x in row)
    return made, sorted(flat)


print(outer([[1, 2], [3, 4], []], 50))


def ordered(n):
    for i in range(n):
        numbers = sorted((x * 7) % 5 for x in range(i % 9))
        floats = sorted(-x / 2 for x in range(i % 5))
        words = sorted(c for c in "sorted")
        pairs = sorted((x % 2, -x) for x in range(4))
    return numbers, floats, words, pairs


print(ordered(80))


class Backwards(int):
    def __lt__(self, other):
        return int(self) > int(other)


def strange(n):
    found = []
    for i in range(n):
        try:
            found.append(sorted(x if i % 2 else Backwards(x) for x in (1, 3, 2)))
            found.append(sorted(x if x > 1 else str(x) for x in (1, 3, 2)))
        except TypeError as error:
            found.append(str(error))
    return found[-4:]


print(strange(60))


class Separator(str):
    def join(self, items):
        return "own " + str.join(self, items)


def separators(n):
    found = []
    for i in range(n):
        for separator in ("+", Separator("*"), b"-"):
            try:
                found.append(separator.join(str(x) for x in range(3)))
                found.append(str.join(separator, (str(x) for x in range(2))))
            except TypeError as error:
                found.append(str(error))
    return found[-5:]


print(separators(60))
