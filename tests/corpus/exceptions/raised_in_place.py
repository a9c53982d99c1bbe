# corpus: compiled=counted,clauses,effects,returns,nested,own,texts,escapes,dies,changed,context,attributes,propagates,branches,pops,generators
# Exceptions that are raised, often in inlined code, and handled where nobody else sees them.
import heapq
import sys
import traceback

log = []


class Bad(Exception):
    def __init__(self, code):
        self.code = code


class Funds(Exception):
    def __init__(self, need, have):
        super().__init__(f"need {need}, have {have}")
        self.need = need
        self.have = have


class Plain(ValueError):
    pass


class Loud(Exception):
    def __str__(self):
        return "loud"


class Finished(Exception):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


class Dies:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


def risky(i):
    if i % 3 == 0:
        raise Bad(i)
    if i % 7 == 0:
        raise ValueError
    if i % 11 == 0:
        raise Plain("plain", i)
    return i


def deeper(i):
    doubled = i * 2
    return risky(i) + doubled


def counted(n):
    total = 0
    for i in range(n):
        try:
            total += risky(i)
        except Bad as e:
            total -= e.code
        except ValueError:
            total += 1000
    return total, "e" in locals()


def clauses(n):
    counts = [0, 0, 0, 0]
    for i in range(n):
        try:
            deeper(i)
            counts[0] += 1
        except (KeyError, IndexError):
            counts[1] += 100
        except (Plain, Bad):
            counts[2] += 1
        except:
            counts[3] += 1
    return counts


class Account:
    def __init__(self):
        self.balance = 100
        self.failures = 0
        self.messages = []
        self.seen = {}

    def take(self, n):
        if n > self.balance:
            raise Funds(n, self.balance)
        self.balance -= n
        return n


failures = 0


def effects(n):
    global failures
    account = Account()
    total = 0
    for i in range(n):
        try:
            total += account.take(i * 7 % 200)
        except Funds as e:
            account.balance += 50
        try:
            total += account.take(i * 3 % 90)
        except Funds as e:
            account.messages.append(str(e))
        try:
            total += account.take(i % 40)
        except Funds as e:
            account.failures += 1
        try:
            total += account.take(i % 50)
        except Funds as e:
            account.seen[e.need] = e.have
        try:
            total += account.take(i % 60)
        except Funds:
            failures += 1
        try:
            total += account.take(i % 70)
        except Funds as e:
            account.balance += 30
            account.messages.append(f"{e}!")
            account.failures += 2
    return total, account.balance, account.failures, account.messages[-3:], len(account.messages), sorted(account.seen.items())


def returned(i):
    try:
        return risky(i)
    except Bad as e:
        return e.code * 100
    except ValueError as e:
        return len(e.args)


def returns(n):
    total = 0
    for i in range(n):
        total += returned(i)
        for j in range(3):
            try:
                risky(i + j)
            except Bad:
                continue
            except ValueError:
                break
            total += 1
    return total


def nested(n):
    total = 0
    for i in range(n):
        try:
            try:
                total += deeper(i)
            except Bad as e:
                total += e.code
            finally:
                total += 1
        except ValueError as e:
            total += 7
    return total


def own(n):
    total = 0
    for i in range(n):
        try:
            if i % 2:
                raise Bad(i)
            if i % 5 == 0:
                raise KeyError(i)
            if i % 9 == 4:
                raise LookupError
            total += i
        except Bad as error:
            total += error.code
        except LookupError as error:
            total += 3
    return total


def says(i):
    if i % 4 == 0:
        raise ValueError(f"odd {i}")
    if i % 4 == 1:
        raise Loud("quiet")
    if i % 4 == 2:
        raise KeyError("key")
    raise Plain("two", i)


def texts(n):
    out = []
    for i in range(n):
        try:
            says(i)
        except ValueError as e:
            text = f"{e}"
        except Loud as e:
            text = str(e)
        except KeyError as e:
            text = str(e)
        out.append(text)
    return out[-4:]


def escapes(n):
    kept = []
    for i in range(n):
        try:
            deeper(i)
        except Bad as e:
            kept.append(e)
        except ValueError as e:
            kept.append((type(e).__name__, e.args, e.__context__, sys.exc_info()[1] is e, len(traceback.extract_tb(e.__traceback__))))
    frames = [[f.f_code.co_name for f, line in traceback.walk_tb(e.__traceback__)] for e in kept if isinstance(e, Bad)]
    return frames[-1], [e for e in kept if isinstance(e, tuple)][-1], len(kept)


def holds(i):
    first, second = Dies("f"), [Dies("s")]
    if i % 2:
        raise Bad(first.name)
    if i % 5 == 0:
        raise Finished("x")
    return len(second)


def dies(n):
    for i in range(n):
        try:
            holds(i)
        except Bad as e:
            text = e.code
        except Finished:
            pass
        log.append("|")
    return len(log)


def changed(n):
    out = []
    for i in range(n):
        try:
            risky(3 * i)
        except Bad as e:
            out.append(e.code)
        if i == n // 2:
            Bad.code = property(lambda self: -1, lambda self, value: None)
        if i == n // 2 + 3:
            del Bad.code
    return out[n // 2 - 2:n // 2 + 6]


def context(n):
    out = []
    for i in range(n):
        try:
            try:
                raise KeyError(i)
            except KeyError:
                risky(3 * i)
        except Bad as e:
            out.append(type(e.__context__).__name__)
    return out[-1], len(out)


def attributes(n):
    total = 0
    for i in range(n):
        try:
            if i % 3 < 2:
                raise Bad(i)
            raise Funds(i, 2.5)
        except Bad as e:
            e.code += 1
            e.extra = e.code * 2
            total += e.extra
        except Funds as e:
            total += e.have + e.need
    return total


def propagates(n):
    def inner(k):
        try:
            return risky(k)
        except KeyError:
            return -1

    total = 0
    for i in range(n):
        try:
            total += inner(i)
        except (Bad, ValueError) as e:
            total += 5
    return total


def branches(n):
    total = 0
    for i in range(n):
        try:
            risky(i)
        except Bad as e:
            if e.code % 2:
                total += 1
            else:
                total += 2
            for k in range(3):
                total += k
        except ValueError as e:
            total += sum(len(a) for a in e.args if isinstance(a, str))
    return total


def pops(n):
    # What a handler takes out must not be taken out twice, whatever it turns out to be.
    stack = [1] * (2 * n)
    heap = list(range(2 * n))
    total = 0
    for i in range(n):
        if i == n - 5:
            stack = [2.5] * 40
        try:
            total += risky(i)
        except Bad as e:
            x = stack.pop()
            total += x
        except ValueError:
            total += 1
        try:
            total += risky(3 * i)
        except Bad as e:
            y = heapq.heappop(heap)
            total += y * 2
    return total, len(stack), len(heap)


def bad_at(i):
    if i % 3 == 0:
        raise Bad(i)
    return i


class Box:
    def __init__(self, x):
        self.x = x


def generated(n):
    # The frame of a generator owns what the handler looks at.
    other = Box(2.5) if n % 2 else Box(7)
    total = 0
    for i in range(n):
        try:
            total += bad_at(i)
        except Bad as e:
            total += other.x + e.code
        yield total


def generators(n):
    out = [sum(generated(20 + k % 2)) for k in range(20)]
    return out[-2:], [list(generated(6 + k)) for k in range(4)]


def run(n):
    return [
        counted(n), clauses(n), effects(n), returns(n), nested(n), own(n), texts(n), escapes(n), dies(min(n, 10)), changed(n), context(n), attributes(n),
        propagates(n), branches(n), pops(n), generators(n),
    ]


for n in [12, 60, 60, 60, 60, 60, 60, 60, 60, 60]:
    result = run(n)
print(result, failures)
print("".join(log[:60]), "".join(log[-60:]))

events = {}


def tracer(frame, event, arg):
    key = frame.f_code.co_name, event
    events[key] = events.get(key, 0) + 1
    return tracer


sys.settrace(tracer)
result = [counted(20), nested(20), own(20)]
sys.settrace(None)
print(result, sorted(item for item in events.items() if item[0][1] == "exception"))
