# corpus: compiled=count,total,swap,maybe,outer,nested,drop,fail,late,recursive,shadow
# Functions that assign variables of their module, and others that look at them meanwhile.
import sys

counter = 0
ratio = 0.5
text = ""
thing = None
big = 2**60
log = []


class Noisy:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        log.append((self.n, counter, type(globals()["thing"]).__name__))


def look():
    return counter, ratio, text[-3:]


def count(n=1):
    global counter
    counter += n
    return counter


def total(n):
    global counter, ratio, text
    for i in range(n):
        counter += i
        ratio = ratio * 0.5 + i
        if i % 17 == 16:
            text += str(i)
            log.append(look())
    return counter


def swap():
    global counter, ratio
    counter, ratio = ratio, counter


def maybe(flag):
    global counter
    if flag:
        counter = counter * 3 % 1000003
        log.append(globals()["counter"])
    return counter + 1


def outer(n):
    global big
    for i in range(n):
        big = big * 2 + count()
    return big % 1000007


def nested():
    global counter
    counter += 1
    same = counter
    return same is counter, look()[0] == same


def drop(n):
    global thing
    thing = Noisy(n)
    if n % 3 == 0:
        thing = n
    return n


def fail(n):
    global counter
    counter = n
    try:
        counter += 10 // (n % 4)
    except ZeroDivisionError:
        counter = -counter
    if n % 7 == 6:
        raise ValueError(counter)
    return counter


def late():
    global never
    never = 1
    del never
    try:
        return never
    except NameError as error:
        return str(error)


def recursive(n):
    global counter
    counter += 1
    if n:
        recursive(n - 1)
    counter += 1
    return counter


def shadow(n):
    global len
    len = lambda x: n
    found = len("abc")
    del len
    return found + len("ab")


for i in range(200):
    count()
    count(2)
print(counter)
print([total(60) for _ in range(4)], log[:3], log[-1], text, ratio)
for i in range(60):
    swap()
    count()
counter, ratio = int(counter), float(ratio)
log.clear()
print(sum(maybe(i % 5 == 0) for i in range(100)), log[:3], counter)
print([outer(50) for _ in range(5)], counter)
print({nested() for _ in range(100)})
log.clear()
print(sum(drop(i) for i in range(60)), log)
thing = None
failures = 0
for i in range(140):
    try:
        fail(i)
    except ValueError as error:
        failures += error.args[0]
        last = error.__traceback__.tb_next.tb_lineno
print(failures, counter, last)
print({late() for _ in range(60)})
counter = 0
print([recursive(i % 9) for i in range(100)][-1], counter)
print(sum(shadow(i) for i in range(60)))
counter = "now a str"
try:
    count()
except TypeError as error:
    print(error)
counter = 2**63 - 3
print([count() for _ in range(8)])
del counter
try:
    count()
except NameError as error:
    print(error, sys.getrefcount(None) > 0)
