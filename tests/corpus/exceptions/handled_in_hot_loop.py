# corpus: compiled=lookup,parse,steps,mixed no-exit=parse
# Exceptions in every n-th iteration: after a clean start, rarely, and always.


def lookup(table, keys):
    total = 0
    for key in keys:
        try:
            total += table[key]
        except KeyError:
            total += 1000
    return total


def parse(texts):
    total = bad = 0
    for text in texts:
        try:
            total += int(text)
        except ValueError:
            bad += 1
            continue
        total += 1
    return total, bad


def steps(items, size):
    iterator = iter(items)
    rounds = taken = 0
    for _ in range(size):
        try:
            taken += next(iterator)
        except StopIteration:
            iterator = iter(items)
            rounds += 1
    return rounds, taken


class Mine(Exception):
    pass


def mixed(numbers):
    seen = []
    for number in numbers:
        try:
            try:
                if number % 3 == 0:
                    raise Mine(number)
                if number % 5 == 0:
                    raise Mine
                seen.append(10 // (number % 7))
            except ZeroDivisionError:
                seen.append("zero")
            else:
                seen.append("fine")
        except Mine as mine:
            seen.append(mine.args)
        finally:
            seen.append(number)
    return len(seen), seen[-9:]


table = {"a": 1, "b": 2}
for every in (1000, 100, 10, 3, 1):
    keys = ["missing" if i % every == every - 1 else "ab"[i % 2] for i in range(300)]
    print(every, lookup(table, keys), parse(["x" if key == "missing" else "7" for key in keys]))
print(steps([1, 2, 3], 200), steps([], 150))
for _ in range(3):
    print(mixed(range(1, 150)))
