# corpus: compiled=matmul
def matmul(a, b):
    out = []
    for row in a:
        line = []
        for j in range(len(b[0])):
            s = 0
            for k in range(len(b)):
                s += row[k] * b[k][j]
            line.append(s)
        out.append(line)
    return out


ints = [[i * 3 + j for j in range(4)] for i in range(4)]
for _ in range(20):
    matmul(ints, ints)
print(matmul(ints, ints))
print(matmul([[1.5, 2], [3, 4]], [[5, 6.25], [7, 8]]), matmul([[2**62, 1]], [[4], [0.5]]))
print(matmul([["ab"]], [[3]]) if False else matmul([[2]], [[True]]))
try:
    matmul([["ab"]], [[3]])
except TypeError as error:
    print(error)
try:
    matmul([[1]], [[1], [2]])
except IndexError as error:
    print(error)
