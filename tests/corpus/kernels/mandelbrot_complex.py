# corpus: compiled=escape
def escape(c, limit):
    z = 0j
    for n in range(limit):
        if abs(z) > 2.0:
            return n
        z = z * z + c
    return limit


print([escape(complex(x / 10, y / 10), 50) for x in range(-20, 6, 3) for y in range(-10, 11, 4)])
z = complex(0.0, -0.0)
print(z * -1, -z, z + 0, 1j**2, (1 + 2j) / (3 - 4j), z == 0, (1 + 0j) == 1)
for bad in (lambda: 1j < 2j, lambda: 1j // 2, lambda: 1j / 0, lambda: int(1j)):
    try:
        bad()
    except (TypeError, ZeroDivisionError) as error:
        print(error)
