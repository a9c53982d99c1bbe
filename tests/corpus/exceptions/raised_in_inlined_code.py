# corpus: compiled=loop,pick,deeper
# Small functions that are inlined raise into handlers around their calls, more and more often.
import traceback


def check(value, limit):
    if value > limit:
        raise ValueError(value)
    return value


def middle(value, limit):
    return check(value, limit) + 1


def deeper(numbers, limit):
    total, last = 0, None
    for number in numbers:
        try:
            total += middle(number, limit)
        except ValueError as error:
            total -= 1
            last = error
    if last is not None:
        return total, [entry.lineno - deeper.__code__.co_firstlineno for entry in traceback.extract_tb(last.__traceback__)]
    return total


def loop(numbers, limit):
    total = 0
    for number in numbers:
        try:
            total += check(number, limit)
        except ValueError:
            total -= 1
    return total


def pick(table, key):
    try:
        return check(table[key], 5)
    except KeyError:
        return "missing"
    except ValueError as error:
        return error.args


for limit in (1000, 290, 200, 100, 10, 0):
    print(limit, loop(range(300), limit), deeper(range(300), limit))
table = {i: i for i in range(10)}
print([pick(table, i % 12) for i in range(400)][-14:])
