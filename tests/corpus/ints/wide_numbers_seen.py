# corpus: compiled=grows,kept,rises,Counter.next
# Numbers of two words become objects where somebody looks.
import sys
import traceback


def grows(n):
    # 64 bits, then 128, then more.
    product, values = 1, []
    for i in range(1, n):
        product = product * i
        values.append(product)
    return values[-1], len(set(map(id, values))) == len(values)


def kept(a, n):
    last, table = None, {}
    for i in range(n):
        x = (a << 20) + i
        table[x] = x
        last = table[x] if x % 3 else [x, x - a]
        a ^= x & 0xFFFF
    return last, len(table), sum(table)


def rises(a, n):
    total = 0
    for i in range(n):
        total += a * a - i
        if i == n - 2:
            a = [a]
    return total


class Counter:
    def __init__(self):
        self.value = 2**63 - 5

    def next(self):
        self.value = self.value + 2
        return self.value


for n in (5, 20, 21, 22, 30, 34, 35, 40):
    print([grows(n) for _ in range(12)][-1])
print([kept(a, 200) for a in (1, 2**42, 2**44, 2**63, 2**100, 2**120)])
counter = Counter()
print([counter.next() for _ in range(300)][-1])
for _ in range(40):
    rises(2**40, 1)
try:
    rises(2**40, 300)
except TypeError:
    text = traceback.format_exc()
    print(text.replace(__file__, "FILE"))
    frame = sys.exc_info()[2].tb_next.tb_frame
    print(frame.f_locals["total"], frame.f_locals["i"])


def delete(a, n):
    for i in range(n):
        x = a * a
        if i == n - 1:
            del x
        y = a * a * a
    try:
        return x, y
    except UnboundLocalError as error:
        return str(error), y


print([delete(a, 100) for a in (2**32, 2**40, 2**63)])
