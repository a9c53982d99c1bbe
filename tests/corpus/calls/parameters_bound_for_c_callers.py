# corpus: compiled=plain,keyword_only,collected,everything
# Calls that come from C code or from interpreted code: defaults, keywords and collected arguments, and calls that are wrong.
import functools
import itertools


def plain(a, b=[1], c=None):
    return a, b, c


def keyword_only(a, *, k=2, m):
    return a, k, m


def collected(a, *rest, k=3, **names):
    return a, rest, k, names


def everything(a, b, /, c, d=4, *rest, e, flag=6, **names):
    return a, b, c, d, rest, e, flag, names


def changing(a, b=10):
    changing.__defaults__ = (11,)
    return a, b


def show(function, *args, **names):
    try:
        result = functools.partial(function, *args, **names)()
    except TypeError as error:
        result = str(error)
    return result


# Equal to the parameter's name, and another object.
flag = {"".join(["fl", "ag"]): 7}
calls = [
    lambda: show(plain, 1),
    lambda: show(plain, 1, 2),
    lambda: show(plain, 1, c=3),
    lambda: show(plain, a=1),
    lambda: show(plain),
    lambda: show(plain, 1, 2, 3, 4),
    lambda: show(plain, 1, a=2),
    lambda: show(plain, 1, d=2),
    lambda: show(keyword_only, 1),
    lambda: show(keyword_only, 1, m=5),
    lambda: show(keyword_only, 1, name=1, m=2),
    lambda: show(keyword_only, 1, 2, m=3),
    lambda: show(collected, 1),
    lambda: show(collected, 1, 2, 3, k=4, z=5),
    lambda: show(collected, 1, **flag),
    lambda: show(everything, 1, 2, 3, e=5, **flag),
    lambda: show(collected, a=1, b=2),
    lambda: show(collected, 1, a=2),
    lambda: show(everything, 1, 2, 3, e=5),
    lambda: show(everything, 1, 2, 3, 4, 5, 6, e=7, flag=8, g=9),
    lambda: show(everything, 1, 2, c=3, e=5, a=6, b=7),
    lambda: show(everything, 1, b=2, c=3, e=5),
    lambda: show(everything, 1, 2, 3),
    lambda: show(changing, 1),
]
for call in calls:
    results = [call() for _ in range(40)]
    assert all(result == results[-1] for result in results[1:])
    print(results[0], results[-1])

keyword_only.__kwdefaults__ = {"k": 8, "m": 9}
print(show(keyword_only, 1))
keyword_only.__kwdefaults__ = None
print(show(keyword_only, 1))
one, two = show(plain, 1)[1], show(plain, 1)[1]
print(one is two)
first, second = show(collected, 1)[3], show(collected, 1)[3]
print(first is second, list(map(collected, range(3), range(3))), list(itertools.starmap(plain, [(1,), (1, 2)])))
