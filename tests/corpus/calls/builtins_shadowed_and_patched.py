# corpus: compiled=size,run
import builtins


def size(x):
    return len(x)


def run(n):
    t = 0
    for i in range(n):
        t += size("abc")
        if i == 50:
            builtins.len = lambda x: 100
        if i == 60:
            globals()["len"] = lambda x: 10000
        if i == 70:
            del globals()["len"]
        if i == 80:
            builtins.len = saved
    return t


saved = len
print(run(40), run(100), size("x"))
del builtins.len
try:
    size("x")
except NameError as error:
    print(error)
builtins.len = saved
builtins.extra = 5


def use_extra():
    return extra


for _ in range(100):
    use_extra()
del builtins.extra
try:
    use_extra()
except NameError as error:
    print(error)
