# corpus: compiled=texts,padded,named
# Ints as text: `str()`, f-strings, and what is no plain int.
def texts(n):
    return str(n), f'{n}', f'<{n}>', str(n + 1) + 'x'


def joined(numbers):
    return ','.join(str(number) for number in numbers)


def padded(n):
    return f'{n:>6}|{n:04d}|{n!r}|{n!s}'


def named(value):
    return f'{value}', str(value)


class Int(int):
    def __str__(self):
        return 'Int!'


for n in [0, 1, 9, 10, 99, -1, -10, 2**31, -2**31, 2**63 - 1, -2**63, 2**63, -2**63 - 1, 10**30, 12345678901234567] * 30:
    result = texts(n), padded(n)
    assert int(result[0][0]) == n and result[0][0] == result[0][1] and result[0][3] == repr(n + 1) + 'x', n
    assert result[0][0].isascii() and hash(result[0][0]) == hash(''.join(list(repr(n))))
print(texts(-2**63), padded(-7), texts(10**30))
print(joined(range(-20, 20)), joined([10**18, -10**19, True, False]))
for value in [5, True, None, 2.5, 'text', Int(3), 10**25, -0.0, b'b'] * 40:
    last = named(value)
    assert last[0] == format(value) and last[1] == value.__str__()
print(named(Int(3)), named(True))
