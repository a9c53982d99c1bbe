# corpus: compiled=loop
# Functions that are called by the code that has just made them: inlined, unless they were changed or have defaults.
import sys


def other(x):
    return x, "other"


def maker(k, change=None):
    seen = []

    def add(x):
        return x + k

    def default(x, y=k):
        return x, y

    def keyword(x, *, z=3):
        return x, z

    def counts():
        nonlocal k
        k += 1
        return k

    def facts(n):
        return 1 if n < 2 else n * facts(n - 1)

    def fails(x):
        if x:
            raise ValueError(x, k)
        return "fine"

    def rest(*args):
        return args

    def looks(x):
        return sys._getframe().f_code.co_name, sys._getframe(1).f_code.co_name, sys._getframe().f_locals["x"]

    def gen(x):
        yield x

    if change == "code":
        default.__code__ = other.__code__
    if change == "defaults":
        default.__defaults__ = ("changed",)
        add.__defaults__ = (5,)
        keyword.__kwdefaults__ = {"z": "changed"}
    seen.append(add(1))
    seen.append(default(1))
    seen.append(default(1, 2) if change != "code" else None)
    seen.append(keyword(1))
    seen.append(counts())
    seen.append(counts())
    seen.append(facts(4))
    seen.append(rest(1, 2))
    seen.append(looks(4))
    seen.append(list(gen(k)))
    seen.append((lambda x, y: (y, x, k))(1, 2))
    seen.append((lambda: k)())
    try:
        seen.append(fails(k % 50 == 0))
    except ValueError as error:
        seen.append((error.args, error.__traceback__.tb_next.tb_lineno))
    try:
        add()
    except TypeError as error:
        seen.append(str(error))
    if change == "defaults":
        seen.append(add())
    return seen


class Dies:
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        self.log.append(self.name)


def dies(k):
    def uses(x):
        return held and x.name

    held = Dies("held")
    return uses(Dies("argument"))


def loop(n):
    result = None
    for k in range(n):
        result = maker(k)
        if k > n - 4:
            print(maker(k, "code")[1:5])
            print(maker(k, "defaults")[1:5], maker(k, "defaults")[-1])
        Dies.log.clear()
        result.append(dies(k))
        result.append(list(Dies.log))
    return result


print(loop(120))
print(loop(101))
