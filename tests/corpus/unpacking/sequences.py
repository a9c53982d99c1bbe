# corpus: compiled=two,three,star
def two(x):
    a, b = x
    return b, a


def three(x):
    (a, b), c = x
    return a, b, c


def star(x):
    a, *b, c = x
    return a, b, c


for i in range(150):
    two((i, 1)), two([i, 1]), three(((1, 2), i)), star([1, 2, i])
print(two("ab"), two({1: 2, 3: 4}), two(range(2)), three(["xy", 1]), star("hello"), star(range(2)), star(iter([1, 2, 3])))
for f in (two, three, star):
    for bad in ((), (1,), [1], (1, 2, 3), ((1, 2, 3), 1), (5, 1), 7, None, iter([])):
        try:
            print(f.__name__, f(bad))
        except (ValueError, TypeError) as error:
            print(f.__name__, type(error).__name__, error)
