# corpus: compiled=first
log = []


def gen(name):
    try:
        yield 1
        yield 2
    finally:
        log.append(name)


def first(name):
    for x in gen(name):
        return x


for i in range(100):
    first(i)
print(len(log), log[:3])
log.clear()


def breaks(n):
    for i in range(n):
        for x in gen(i):
            if x == 1:
                break
        log.append("after")


breaks(3)
print(log)


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as error:
    print(error)


def running():
    try:
        next(me)
    except ValueError as error:
        yield str(error)


me = running()
print(next(me))
