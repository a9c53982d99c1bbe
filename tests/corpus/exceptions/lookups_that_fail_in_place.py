# corpus: compiled=keys,named,arguments,texts,indices,inner,nested stderr
"""Keys and indices that are often not there, with a handler around: what handlers see of the exceptions, those that look closer, tables that are changed or end
meanwhile, and keys that compare themselves."""
import sys
import traceback

LOG = []


class Ends:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        LOG.append(f"end of {self.name}")


class Key:
    def __init__(self, text):
        self.text = text

    def __hash__(self):
        return hash(self.text)

    def __eq__(self, other):
        LOG.append("compared")
        if self.text == "bad":
            raise ValueError("cannot compare")
        return False


class Default(dict):
    def __missing__(self, key):
        return key


def keys(table, n):
    found = missed = 0
    for i in range(n):
        try:
            found += table[i]
        except KeyError:
            missed += 1
    return found, missed


def named(table, names):
    out = []
    for name in names:
        try:
            out.append(table[name])
        except (IndexError, KeyError) as error:
            out.append(name)
    return out


def arguments(table, names):
    out = []
    for name in names:
        try:
            out.append(table[name])
        except KeyError as error:
            out.append(error.args[0])
    return out


def texts(table, names):
    out = []
    for name in names:
        try:
            out.append(table[name])
        except LookupError as error:
            out.append(f"{error}|{error!r}")
    return out


def indices(items, n):
    total = 0
    for i in range(n):
        try:
            total += items[i]
        except IndexError:
            total -= 1
    return total


def negative(items, n):
    out = []
    for i in range(n):
        try:
            out.append(items[-i])
        except IndexError as error:
            out.append(str(error))
    return out


def look(table, key):
    return table[key]


def inner(table, n):
    missed = 0
    for i in range(n):
        try:
            look(table, i)
        except KeyError:
            missed += 1
    return missed


def nested(tables, n):
    out = []
    for i in range(n):
        try:
            try:
                out.append(tables[0][i])
            except KeyError:
                out.append(tables[1][i])
        except KeyError:
            out.append("neither")
    return out


def keeps(n):
    out = []
    for i in range(n):
        table = {"here": Ends(i)}
        try:
            table["there"]
        except KeyError as error:
            del table
            LOG.append(f"handled {i}")
            out.append(error.__traceback__.tb_lineno - keeps.__code__.co_firstlineno)
    return out


def ends_at_once(n):
    for i in range(n):
        try:
            {"here": Ends(i)}["there"]
        except KeyError:
            LOG.append(f"handled {i}")


def context(table, n):
    out = []
    for i in range(n):
        try:
            table[i]
        except KeyError:
            out.append(sys.exc_info()[0] is KeyError)
            try:
                raise ValueError(i)
            except ValueError as error:
                out.append(type(error.__context__).__name__)
    return out


def report(what, *arguments):
    try:
        print(what.__name__, what(*arguments))
    except Exception:
        traceback.print_exc()
    print(LOG)
    LOG.clear()


numbers = {i: i for i in range(0, 60, 3)}
letters = {letter: letter.upper() for letter in "abcdef"}
for _ in range(4):
    report(keys, numbers, 600)
    report(named, letters, list("axbycz") * 60)
    report(arguments, letters, list("axbycz") * 6)
    report(texts, letters, list("axbycz") * 2)
    report(indices, list(range(20)), 400)
    report(indices, tuple(range(20)), 40)
    report(negative, [1, 2, 3], 6)
    report(inner, numbers, 600)
    report(nested, [numbers, {1: "one", 4: "four"}], 20)
report(keys, Default(numbers), 30)
report(keys, {Key("x"): 1, Key(1): 2, 3: 4}, 5)
report(keys, {Key(2): 1, 3: 4}, 5)
bad = Key(2)
table = {bad: 1, 3: 4}
bad.text = "bad"
report(keys, table, 5)
report(named, {Key("a"): 1, "b": 2}, ["a", "b", "c"] * 4)
report(keeps, 4)
report(ends_at_once, 4)
report(context, numbers, 6)
report(keys, globals(), 3)
report(keys, [1, 2], 4)
report(named, letters, ["a", ["unhashable"], "q"])
