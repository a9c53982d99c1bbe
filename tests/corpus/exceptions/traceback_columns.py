# corpus: compiled=calc
import traceback


def calc(a, b, c, d):
    return (a[b] +
            c.value(d)
            * len(d) - (a[0] / b))


class C:
    def value(self, d):
        return d[1] + 1


for _ in range(120):
    calc([1, 2, 3], 1, C(), [5, 6])
cases = [([1], 1, C(), [5, 6]), ([1, 2], 0, C(), [5, 6]), ([1, 2], 1, C(), [5]), ([1, 2], 1, None, [5]),
         ([1, 2], 1, C(), 5), (["a", "b"], 1, C(), [1, 2]), ([None, 2], 1, C(), [1, 2]), (5, 1, C(), [1, 2])]
for case in cases:
    try:
        print(calc(*case))
    except Exception as error:
        print(type(error).__name__, error)
        for f in traceback.extract_tb(error.__traceback__)[1:]:
            print("   ", f.name, f.lineno, f.end_lineno, f.colno, f.end_colno)
