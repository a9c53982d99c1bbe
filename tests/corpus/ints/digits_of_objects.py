# corpus: compiled=checksum,table_sum,edges
# Ints of one, two and more digits come out of containers: those that fit a word are computed with as words, of either sign.


def table():
    entries = []
    for i in range(256):
        c = i
        for _ in range(8):
            c = (c >> 1) ^ 0xEDB88320 if c & 1 else c >> 1
        entries.append(c)
    return entries


def checksum(entries, data):
    c = 0xFFFFFFFF
    for b in data:
        c = entries[(c ^ b) & 255] ^ (c >> 8)
    return c ^ 0xFFFFFFFF


def table_sum(numbers, start):
    total = start
    for number in numbers:
        total ^= number
        total &= 0xFFFFFFFFFFFFF
    return total


def edges(numbers):
    out = []
    for number in numbers:
        out.append((number + 1, number - 1, number >> 3, number & 0xFF, number == 1 << 30, number < 0))
    return out


entries = table()
data = bytes(range(256)) * 4
print([checksum(entries, data[:length]) for length in (0, 1, 2, 9, 100, 1024)])
digit = 1 << 30
small = [0, 1, -1, digit - 1, -(digit - 1)]
two = [digit, -digit, digit + 1, -digit - 1, digit * digit - 1, 1 - digit * digit, 0x123456789ABCDE, -0x123456789ABCDE]
word = [digit * digit, -digit * digit, 2**62, -(2**62), 2**63 - 1, -(2**63)]
wide = [2**63, -(2**63) - 1, 2**64, 2**90, -(2**120), 2**200]
for turn in range(40):
    results = [table_sum(small * 3, turn), table_sum(two * 3, turn), table_sum((small + two + word) * 2, -turn)]
    rows = edges(small + two)
print(results, rows)
for turn in range(40):
    rows = edges((word if turn % 3 else two) + small[:turn % 4])
    if turn % 10 == 9:
        rows += edges(wide)
print(rows, table_sum(wide + two, 5))
