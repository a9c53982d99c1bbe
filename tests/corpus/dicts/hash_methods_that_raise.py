# corpus: compiled=found,counted
# Keys whose `__hash__` always raises: what is built in place of it never returns.


class Telling:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        raise TypeError("no")


class Missing:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.missing


class Outside:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return [][self.n]


ERRORS = (TypeError, AttributeError, IndexError)


def found(table, key):
    try:
        return table[key]
    except ERRORS as error:
        return str(error)[:60], error.__traceback__.tb_lineno


def counted(table, key):
    total = 0
    for i in range(30):
        try:
            if key in table:
                total += 1
            table.get(key)
        except ERRORS:
            total += 2
    return total


for i in range(100):
    told = [found({1: 2}, kind(i)) for kind in (Telling, Missing, Outside)]
    told += [counted({1: 2}, kind(i)) for kind in (Telling, Missing, Outside)]
    if i % 20 == 0:
        print(told)
