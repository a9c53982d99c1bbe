# corpus: compiled=run,f
def f(*args, **kw):
    return len(args), sorted(kw)


def g(n):
    for i in range(n):
        yield i


def run(n):
    out = []
    for i in range(n):
        out.append(f(*g(i % 4), *[1], **{f"k{j}": j for j in range(i % 3)}, x=1))
    return out


print(run(8))
print(run(100)[-3:])


def bad():
    yield 1
    raise ValueError("inside")


try:
    f(*bad())
except ValueError as error:
    print(error)
try:
    print(*1)
except TypeError as error:
    print(error)
