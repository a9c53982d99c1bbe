# corpus: compiled=escape,squared,newton,total no-exit=escape,squared
# Numbers in parts go round in loops; an int that becomes complex is another version of the loop.
def escape(c, n):
    z = 0
    for i in range(n):
        if abs(z) > 2:
            return i, z
        z = z * z + c
    return n, z


def squared(c, n):
    z = 0j
    i = 0
    while i < n and z.real * z.real + z.imag * z.imag <= 4.0:
        z = z**2 + c
        i += 1
    return i, z


def newton(z, n):
    for i in range(n):
        step = z - (z * z * z - 1) / (3 * z * z)
        if abs(step - z) < 1e-9:
            break
        z = step
    return i, step


def total(numbers):
    found = 0
    for number in numbers:
        if number:
            found += number
    return found


for y in range(-12, 13):
    row = [escape(complex(x / 8, y / 10), 40) for x in range(-16, 9)]
    print(*[n for n, z in row], row[5][1], row[20][1])
    print(*[squared(complex(x / 8, y / 10), 40)[0] for x in range(-16, 9)])
for x in range(-5, 6):
    for y in range(-5, 6):
        try:
            print(newton(complex(x, y), 30), end=" ")
        except ZeroDivisionError as error:
            print(type(error).__name__, end=" ")
print()
for n in range(60):
    print(total([complex(n, -n), 0j, -0j, 1j, 2, 2.5, True][: n % 8]))
