# corpus: compiled=keys,items,values,members,letters,digits
# Loops over dicts, views, sets, strs and bytes, which run no Python code: changes of size, ends that destroy, iterators that others hold.


class Dies:
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        Dies.log.append(self.name)


def keys(n, change):
    total = 0
    for turn in range(n):
        table = {i: i for i in range(10)}
        for key in table:
            total += key
            if turn == n - 1 and key == 4:
                change(table)
    return total


def items(n, change):
    total = 0
    kept = None
    for turn in range(n):
        table = {i: str(i) for i in range(10)}
        for pair in table.items():
            total += pair[0]
            if kept is None:
                kept = pair
        for key, value in table.items():
            total += key + len(value)
            if turn == n - 1 and key == 4:
                change(table)
    return total, kept


def values(n, change):
    found = set()
    for turn in range(n):
        table = {i: i * 1.5 for i in range(10)}
        for value in table.values():
            found.add(value)
            if turn == n - 1 and value == 6:
                change(table)
    return sorted(found, key=str)


def members(n, change):
    total = 0
    for turn in range(n):
        group = set(range(10))
        for member in group:
            total += member
            if turn == n - 1 and member == 4:
                change(group)
        for member in frozenset(group):
            total -= member
    return total


def grow(table):
    if isinstance(table, set):
        table.add(1000)
    else:
        table["new"] = "new"


def swap(table):
    if isinstance(table, set):
        table.remove(9)
        table.add(8.5)
    else:
        del table[9]
        table[90] = "9"


def nothing(table):
    pass


for work in (keys, items, values, members):
    for change in (nothing, grow, swap):
        try:
            print(work.__name__, work(60, change))
        except RuntimeError as error:
            print(work.__name__, error, error.__traceback__.tb_next.tb_lineno)


def letters(n, texts):
    total = 0
    for turn in range(n):
        for text in texts if turn > n - 5 else texts[:1]:
            for letter in text:
                if letter == "c":
                    total += 1
                total += len(letter)
    return total, letter


print(letters(80, ["abcabc", "", "caf\xe9", "\u65e5\u672c", "\U0001f40d"]), letters(80, ["\u65e5c", "abc"]))


def digits(n):
    total = 0
    for _ in range(n):
        for byte in b"\x00\x05\xff":
            total += byte
    return total


print(digits(90))


def replaced(n, view):
    """A key goes and comes: the size is the same again, but the iterator has seen all keys that there were."""
    count = 0
    for turn in range(n):
        table = {0: 0}
        for item in getattr(table, view)():
            count += 1
            if turn == n - 1:
                del table[0]
                table[0] = 0
    return count


for view in ("keys", "values", "items", "__iter__"):
    for n in (1, 90):
        try:
            print(view, replaced(n, view))
        except RuntimeError as error:
            print(view, error, error.__traceback__.tb_next.tb_lineno)


def replaced_directly(n):
    for turn in range(n):
        table = {0: 0}
        for key in table:
            if turn == n - 1:
                del table[0]
                table[0] = 0


try:
    replaced_directly(90)
except RuntimeError as error:
    print(error, error.__traceback__.tb_next.tb_lineno)


class Text(str):
    def __del__(self):
        Dies.log.append("text")


class Table(dict):
    def __iter__(self):
        return iter((7, 8))

    def __del__(self):
        Dies.log.append("table")


def ends(n):
    """What the iterator held last dies at the end of the loop, before the next statement."""
    seen = set()
    for turn in range(n):
        Dies.log.clear()
        for key in {"a": Dies("value"), "b": Dies("other")}:
            last = key
        Dies.log.append("after dict")
        for value in {1: Dies("value"), 2: Dies("other")}.values():
            last = value.name
        value = None
        Dies.log.append("after values")
        for member in {Dies("member")}:
            last = member.name
        member = None
        Dies.log.append("after set")
        for letter in Text("ab"):
            last = letter
        Dies.log.append("after text")
        for key in Table(a=1):
            last = key
        for key in Table(a=1).keys():
            last = key
        Dies.log.append("after table")
        for key, value in {"k": Dies("pair")}.items():
            last = key
        value = None
        seen.add(" ".join(Dies.log))
    return sorted(seen)


print(ends(60))


def shared(n):
    """An iterator that is used twice, left early and gone on with."""
    total = 0
    for _ in range(n):
        iterator = iter({i: i for i in range(9)})
        for key in iterator:
            total += key
            if key == 3:
                break
            next(iterator, None)
        for key in iterator:
            total += 100 * key
        for key in iterator:
            total += 10**6
        view = {1: 2, 3: 4}.items()
        for (a, b), (c, d) in zip(view, view):
            total += a * b * c * d
    return total


print(shared(60))


def nested(n):
    out = []
    for turn in range(n):
        graph = {"a": {"b", "c"}, "b": set(), "c": {"a"}}
        count = 0
        for node, others in graph.items():
            for other in sorted(others):
                for letter in other + node:
                    count += letter != "a"
        if turn == n - 2:
            try:
                for node in graph:
                    graph[node + node] = set()
            except RuntimeError as error:
                out.append(str(error))
        try:
            for node in graph:
                if node == "b":
                    raise KeyError(node)
        except KeyError as error:
            count += len(error.args)
        out.append(count)
    return out[-3:]


print(nested(60))
