# corpus: compiled=reraise
import sys


def reraise(f):
    try:
        f()
    except KeyError:
        before = sys.exc_info()[0].__name__
        try:
            raise
        except LookupError as error:
            return before, repr(error), sys.exception() is error
    finally:
        state.append(sys.exception())


state = []
for _ in range(100):
    reraise(lambda: 1)
state.clear()
print(reraise(lambda: {}["k"]), state, sys.exc_info())
try:
    raise
except RuntimeError as error:
    print(error)


def nothing():
    raise


for i in range(50):
    try:
        nothing()
    except RuntimeError as error:
        message = str(error)
print(message)
