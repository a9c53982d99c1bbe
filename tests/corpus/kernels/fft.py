# corpus: compiled=fft,dft
import cmath


def fft(x):
    n = len(x)
    if n == 1:
        return x
    even, odd = fft(x[0::2]), fft(x[1::2])
    out = [0] * n
    for k in range(n // 2):
        t = cmath.exp(-2j * cmath.pi * k / n) * odd[k]
        out[k] = even[k] + t
        out[k + n // 2] = even[k] - t
    return out


def dft(x):
    n = len(x)
    return [sum(x[j] * cmath.exp(-2j * cmath.pi * j * k / n) for j in range(n)) for k in range(n)]


signal = [((i * 7) % 5) - 2.0 for i in range(64)]
a, b = fft(signal), dft(signal)
print(max(abs(p - q) for p, q in zip(a, b)) < 1e-9)
print([f"{z.real:.6f},{z.imag:.6f}" for z in a[:8]])
