# corpus: compiled=f
def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw


for i in range(100):
    f(i, c=3)
print(f(1, c=3), f(1, 5, 6, 7, c=8, d=9, e=10), f(b=1, a=2, c=3), f(*[1, 2, 3], c=4, **{"z": 1}))
print(f(*"ab", *(1, 2), **{"c": 1}, **{"d": 2}))
for bad in (
    lambda: f(),
    lambda: f(1),
    lambda: f(1, c=1, a=2),
    lambda: f(c=1),
    lambda: f(*5, c=1),
    lambda: f(1, c=1, **{1: 2}),
    lambda: f(1, c=1, **{"c": 2}),
    lambda: f(1, **5),
):
    try:
        bad()
    except TypeError as error:
        print(error)
