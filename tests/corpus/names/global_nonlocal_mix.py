# corpus: compiled=bump,outer.<locals>.inc
G = 0


def bump(n):
    global G, NEW
    for i in range(n):
        G += i
        NEW = G
    return G


def outer(n):
    x = 0
    G = "local G"

    def inc():
        nonlocal x
        x += 1
        global NEW
        NEW = x

    for _ in range(n):
        inc()
    return x, G


print(bump(10), outer(5), NEW)
print(bump(300), outer(200), NEW)
del NEW


def gone():
    global NEW
    del NEW


try:
    gone()
except NameError as error:
    print(error)
bump(1)
gone()
print("NEW" in globals())
