# corpus: compiled=held,made,parts
# A number in parts is one object wherever it is held, and new ones are different objects.
held_numbers = []


def held(a, b):
    z = a * b
    w = z
    t = (z, w)
    held_numbers.append(z)
    return z is w, t[0] is t[1], held_numbers.pop() is z


def made(x, y):
    z = complex(x, y)
    w = complex(x, y)
    return z is w, z == w, -(-z) is z


def parts(z):
    a, b = z.real, z.real
    return a is b, a == b, z.conjugate() is z


for n in range(200):
    results = held(n + 1j, 2j), made(n + 0.5, 1.5), parts(complex(n, 1))
    if n % 66 == 0:
        print(results)
