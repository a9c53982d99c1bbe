# corpus: compiled=managed,nested,early,Quiet.__enter__
log = []


class Quiet:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        return kind is ValueError


class Noisy:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        log.append("+" + self.name)
        return self.name

    def __exit__(self, *details):
        log.append("-" + self.name + ("!" if details[0] else ""))


class Descriptor:
    def __get__(self, instance, owner):
        return lambda *details: (log.append("described"), 5)[1]


class Described:
    __enter__ = __exit__ = Descriptor()


class Static:
    __enter__ = staticmethod(lambda: "static")
    __exit__ = staticmethod(lambda *details: log.append(len(details)))


class Instance:
    def __init__(self):
        self.__enter__ = None
        self.__exit__ = None

    def __enter__(self):
        return 1

    def __exit__(self, *details):
        return None


def managed(manager, n):
    total = 0
    for i in range(n):
        with manager as m:
            total += i
    return total, m is manager


def nested(a, b):
    with a as x, b as y:
        return x, y


def early(manager, n):
    for i in range(n):
        with manager:
            if i == 3:
                break
            if i % 2:
                continue
    return i


def raising(manager, error):
    with manager:
        raise error
    return "went on"


def simple(manager):
    with manager as x:
        return x


for _ in range(300):
    quiet = managed(Quiet(), 3)
    pair = nested(Noisy("a"), Noisy("b"))
    left = early(Quiet(), 9)
print(quiet, pair, left, len(log), log[:8])
log.clear()
for _ in range(300):
    outcome = raising(Quiet(), ValueError(1))
    try:
        raising(Noisy("r"), KeyError(2))
    except KeyError as error:
        caught = error.args
print(outcome, caught, log[:4], len(log))
log.clear()
print([simple(x()) for x in (Described, Static, Instance, Quiet) for _ in range(200)][::199][:3], log[:3], log[-3:])


class NoExit:
    def __enter__(self):
        return 1


class Async:
    async def __aenter__(self):
        return 1

    async def __aexit__(self, *details):
        return None


class Fails:
    def __enter__(self):
        raise OverflowError("enter")

    def __exit__(self, *details):
        print("never")


class FailsAtEnd:
    def __enter__(self):
        return "in"

    def __exit__(self, *details):
        raise OverflowError("exit")


for manager in (5, object(), NoExit(), Async(), Fails(), FailsAtEnd()):
    for _ in range(250):
        try:
            result = simple(manager)
        except Exception as error:
            result = type(error).__name__, str(error).split(" at 0x")[0], error.__traceback__.tb_next.tb_lineno
    print(type(manager).__name__, result)
