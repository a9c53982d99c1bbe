# corpus: compiled=f,g,h stderr
def f(x):
    try:
        return 1 // x
    finally:
        if x == 3:
            return "finally wins"


def g(n):
    out = []
    for i in range(n):
        try:
            if i % 4 == 1:
                continue
            if i == n - 2:
                break
            out.append(i)
        finally:
            out.append("f")
    else:
        out.append("else")
    return out


def h():
    while True:
        try:
            raise KeyError("lost")
        finally:
            break
    return "survived"


for i in range(1, 100):
    f(i), g(3), h()
print(f(1), f(3), g(8), h())
try:
    f(0)
except ZeroDivisionError as error:
    print(error, error.__context__)
