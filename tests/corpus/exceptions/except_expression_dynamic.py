# corpus: compiled=guard
def guard(f, kinds):
    try:
        return f()
    except kinds() as error:
        return type(error).__name__


def fail(error):
    raise error


for _ in range(100):
    guard(lambda: 1, lambda: ValueError)
print(guard(lambda: fail(ValueError()), lambda: (KeyError, ValueError)))
print(guard(lambda: fail(KeyError()), lambda: LookupError))
try:
    guard(lambda: fail(KeyError("k")), lambda: 5)
except TypeError as error:
    print(error, repr(error.__context__))
try:
    guard(lambda: fail(KeyError("k")), lambda: ())
except KeyError as error:
    print(repr(error))
for bad in (5, "s", ValueError, object):
    try:
        raise bad
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
