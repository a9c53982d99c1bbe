# corpus: compiled=power,loop_const
def power(a, b):
    return a**b


def loop_const(n):
    last = 0
    for _ in range(n):
        last = 2**65
    return last


for i in range(100):
    power(2, i % 10)
for a in (0, 1, -1, 2, -2, 7, 10):
    print(a, [power(a, b) for b in (0, 1, 2, 3, 20, 62, 63, 64)])
print(power(2, -1), power(-2, -3), power(2, 0.5), power(True, 5))
try:
    power(0, -1)
except ZeroDivisionError as error:
    print(type(error).__name__)
print(loop_const(500))
