# corpus: compiled=row,money,boxed
# Formats of f-strings that are known when code is compiled, of numbers and strs of all sizes; `format()` says what is right.
INTS = [0, 1, -1, 7, 10, -10, 99, 100, 999, 1000, -1000, 12345, 1234567, 2**31, -2**31, 2**53 + 1, 2**63 - 1, -2**63, 2**63, 10**25, -10**25]
FLOATS = [0.0, -0.0, 0.5, -0.5, 1.5, 2.5, 0.125, 1.005, 123.456, -123.456, 1e10, 1234567.891, 1e22, 1e300, 5e-324, float('inf'), -float('inf'), float('nan')]
STRS = ['', 'a', 'abc', 'abcdefghijkl', 'é', 'дом', '😀😀', 'a' * 70]
OF_INTS = ['', 'd', '5', '5d', '<5', '^6d', '>6', '05', '05d', '*>8', '=6', '0<4', ',', '12,', '<12,d', 'x', '4x', '08x', '.2f', '8.2f', ',.1f', '.0f', '%', '.1%', 'f', '+d', '#x', '08,d', '_', 'b', 'e', 'c']
OF_FLOATS = ['.2f', '.0f', 'f', '8.3f', '<9.1f', '^9.1f', '08.2f', '*=9.2f', ',.2f', '14,.3f', '.1%', '7.0%', '.30f', '', '.3', 'g', 'e', '+.2f', '010,.2f', '.2e', 'n', 'd']
OF_STRS = ['', '5', '<5', '>5', '^5', '*^9', '1', 's', '6s', '.2', '05', '=5', 'd']


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except (TypeError, ValueError, OverflowError) as error:
        return f'{type(error).__name__}: {error}'


failed = []
for specs, values in (OF_INTS, INTS), (OF_FLOATS, FLOATS), (OF_STRS, STRS), (OF_INTS, [True, False]), (OF_FLOATS, [3, True]):
    for spec in specs:
        function = eval(f"lambda value: f'{{value:{spec}}}'")
        for turn in range(5):
            for value in values:
                expected = outcome(format, value, spec)
                for got in outcome(function, value), outcome(function, value):
                    if got != expected:
                        failed.append((spec, value, got, expected))
print(failed)


def row(name, count, price):
    return f'{name:<12}|{count:>6}|{count:04d}|{price:8.2f}|{price * count:,.2f}|{count:x}|{price:.1%}'


def money(value):
    return f'{value:.2f}'


def boxed(value):
    return f'<{value:5}>'


rows = [row(f'item{n}', n * 37 % 5001, n / 8) for n in range(1500)]
print(rows[3], rows[-1], len(''.join(rows)))
print([money(value) for value in [1.5, 2, True, 1e16, -0.001] * 60][-5:], [boxed(value) for value in ['ab', 7, 1.5, None is None, 'дом'] * 60][-5:])


class Price(float):
    def __format__(self, spec):
        return f'{spec}!'


print(money(Price(3)), boxed(Price(4)))
# A single character is shared, wherever it comes from.
digit, word = 5, 'abcdef'
print(all(f'{digit:d}' is f'{digit:d}' for _ in range(300)), any(f'{digit:}' is f'{digit:}' for _ in range(300)), all(f'{word:3}' is word for _ in range(300)))
