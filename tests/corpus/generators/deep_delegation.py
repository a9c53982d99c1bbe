# corpus: compiled=consume,consume_some
# Chains of `yield from` that compiled code consumes: whoever looks from inside sees all generators of the chain run.
import sys
import traceback


class Node:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree(low, high):
    if low >= high:
        return None
    middle = (low + high) // 2
    return Node(tree(low, middle), middle, tree(middle + 1, high))


def consume(iterable):
    total = 0
    for item in iterable:
        total = total * 3 % 1000003 + item
    return total


def consume_some(iterable, count):
    items = []
    for item in iterable:
        items.append(item)
        if len(items) == count:
            break
    return items


def nest(depth, leaf, *arguments):
    """A chain of that many generators above a leaf; each adds what the one below returns."""
    if depth == 0:
        return (yield from leaf(*arguments))
    below = yield from nest(depth - 1, leaf, *arguments)
    return (depth, below)


class Outer(BaseException):
    pass


def returned(generator):
    try:
        while True:
            next(generator)
    except StopIteration as stop:
        return stop.value


for _ in range(60):
    consume(tree(0, 40))
    consume_some(tree(0, 40), 7)
print(consume(tree(0, 1000)), sum(tree(0, 1000)), list(tree(0, 12)), max(tree(0, 99)))

# What the leaf sees.


def looking(n):
    for i in range(n):
        chain = []
        frame = sys._getframe(1)
        while frame and frame.f_code.co_name in ("nest", "consume", "consume_some", "results"):
            chain.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_lasti, frame.f_locals.get("depth")))
            frame = frame.f_back
        yield chain
    return n


def results(depth, leaf, *arguments):
    items = []
    for item in nest(depth, leaf, *arguments):
        items.append(item)
    return items


for _ in range(60):
    answer = results(3, looking, 4)
print([len(chain) for chain in answer], answer[0] == answer[2])
for name, line, instruction, depth in answer[2]:
    print(name, line, instruction if name == "nest" else None, depth)

# Values and exceptions on their way up.


def counting(n):
    for i in range(n):
        yield i
    return "end"


print(returned(nest(3, counting, 2)), results(2, counting, 3))


def failing(n):
    yield n
    yield n + 1
    raise Outer(n)


def caught(depth):
    try:
        yield from nest(depth, failing, depth)
    except Outer as error:
        steps = [(step.name, step.lineno - caught.__code__.co_firstlineno, step.colno, step.end_colno) for step in traceback.extract_tb(error.__traceback__)]
        yield steps
        yield from counting(2)
    return "after"


for _ in range(60):
    answer = results(2, caught, 3)
print(answer)
try:
    results(4, failing, 1)
except Outer as error:
    for step in traceback.extract_tb(error.__traceback__):
        print(step.name, step.line, step.colno, step.end_colno)


def stops():
    yield 1
    raise StopIteration("odd")


try:
    results(3, stops)
except RuntimeError as error:
    print(error, repr(error.__cause__), [step.name for step in traceback.extract_tb(error.__traceback__)])

# Other iterators at the end of the chain.


class Own:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration(sys._getframe(1).f_code.co_name)
        return self.n

    def __del__(self):
        dropped.append(sys._getframe(1).f_code.co_name)


dropped = []
for _ in range(60):
    answer = results(3, Own, 3), results(2, list, "abc"), results(1, range, 3), results(1, map, str, (1, 2))
print(answer, returned(nest(2, Own, 2)), len(dropped), set(dropped))

# Exceptions that are being handled further up.


def handling(n):
    try:
        raise KeyError(n)
    except KeyError:
        yield from nest(2, seeing)
        yield repr(sys.exception())


def seeing():
    for _ in range(3):
        yield repr(sys.exception())
    try:
        raise ValueError("inner")
    except ValueError as error:
        yield repr(error.__context__)


for _ in range(60):
    answer = results(1, handling, 5)
print(answer)

# Reentered, closed, thrown into.


def reentering(n):
    for _ in range(n):
        try:
            next(running)
        except ValueError as error:
            yield str(error)
        yield running.gi_running, running.gi_yieldfrom, running.gi_frame.f_lineno - nest.__code__.co_firstlineno


for _ in range(60):
    running = nest(2, reentering, 3)
    answer = []
    for item in running:
        answer.append(item)
print(answer)


def closing():
    try:
        for i in range(10):
            yield i
    finally:
        closed.append([frame.f_code.co_name for frame in frames()])


def frames():
    frame = sys._getframe(2)
    while frame:
        yield frame
        frame = frame.f_back


closed = []
for _ in range(60):
    consume_some(nest(3, closing), 2)
print(closed[0], closed[-1], len(closed))
g = nest(3, closing)
print(consume_some(g, 3), g.gi_running, g.gi_suspended, g.gi_yieldfrom.__name__, g.send(None), next(g))
try:
    g.throw(Outer("thrown"))
except Outer as error:
    print(error, [step.name for step in traceback.extract_tb(error.__traceback__)], closed[-1])

# As deep as the recursion limit allows.


def depth_reached():
    depth = 0

    def go():
        nonlocal depth
        depth += 1
        yield depth
        yield from go()

    try:
        for _ in go():
            pass
    except RecursionError:
        return depth


limit = sys.getrecursionlimit()
sys.setrecursionlimit(300)
print(len({depth_reached() for _ in range(5)}))


def remaining():
    for _ in range(4):
        yield room(0)


def room(depth):
    try:
        return room(depth + 1)
    except RecursionError:
        return depth


for _ in range(40):
    answer = results(5, remaining)
print(len(set(answer)), results(5, remaining)[2] - results(25, remaining)[2])
sys.setrecursionlimit(limit)
