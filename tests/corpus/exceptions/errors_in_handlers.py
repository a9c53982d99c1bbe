# corpus: compiled=match_fails,match_raises,handler_raises,recursion,interrupt
# What handlers raise themselves: expressions that fail, classes that cannot be caught, too deep recursion, interrupts.


def match_fails(n):
    seen = []
    for i in range(n):
        try:
            try:
                {}[i]
            except (5 if i % 3 == 0 else (KeyError, "x") if i % 3 == 1 else KeyError):
                seen.append("caught")
        except TypeError as error:
            seen.append((str(error), repr(error.__context__)))
    return seen[-3:]


def missing():
    raise AttributeError("no class")


def match_raises(n):
    seen = []
    for i in range(n):
        try:
            try:
                {}[i]
            except missing():
                seen.append("never")
        except AttributeError as error:
            seen.append((str(error), repr(error.__context__)))
    return seen[-1]


def handler_raises(n):
    seen = []
    for i in range(n):
        try:
            try:
                [][i]
            except IndexError as error:
                seen.append(error.missing)
        except AttributeError as error:
            seen.append((type(error.__context__).__name__, error.name))
            try:
                error
                del error
                error
            except UnboundLocalError as unbound:
                seen.append(str(unbound))
    return seen[-2:]


def recursion(n):
    try:
        return recursion(n + 1)
    except RecursionError:
        return "too deep"


def interrupt(n):
    count = 0
    for i in range(n):
        try:
            try:
                raise KeyboardInterrupt
            except Exception:
                count += 1000
        except BaseException as error:
            count += len(error.args) + 1
    return count


for _ in range(3):
    print(match_fails(60), match_raises(60), handler_raises(60), interrupt(60))
print({recursion(0) for _ in range(5)})
