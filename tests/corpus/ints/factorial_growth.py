# corpus: compiled=factorial
def factorial(n):
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result


for _ in range(100):
    factorial(12)
for n in (12, 13, 20, 21, 22, 25, 30):
    print(n, factorial(n))
