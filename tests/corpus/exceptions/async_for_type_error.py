# corpus: compiled=main
import traceback


class NotAsync:
    pass


class BadNext:
    def __aiter__(self):
        return self

    def __anext__(self):
        return 5


async def main(n, source):
    t = 0
    try:
        for i in range(n):
            t += i
            if i == 90:
                async for x in source:
                    t += x
    except TypeError as error:
        (f,) = traceback.extract_tb(error.__traceback__)[-1:]
        return t, str(error), f.lineno, f.colno
    return t


def drive(coro):
    try:
        coro.send(None)
    except StopIteration as stop:
        return stop.value


print(drive(main(50, None)))
for source in (NotAsync(), BadNext(), [1]):
    print(drive(main(100, source)))
