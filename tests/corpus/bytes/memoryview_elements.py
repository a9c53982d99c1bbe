# corpus: compiled=invert
def invert(m):
    for i in range(len(m)):
        m[i] = 255 - m[i]
    return m


for _ in range(50):
    invert(memoryview(bytearray(4)))
buf = bytearray(range(10))
m = memoryview(buf)
invert(m[2:6])
print(list(buf))
invert(m[::-2])
print(list(buf))
try:
    invert(memoryview(b"ro"))
except TypeError as error:
    print(error)
try:
    m[99]
except IndexError as error:
    print(error)
try:
    buf.append(1)
except BufferError as error:
    print(error)
m.release()
try:
    invert(m)
except ValueError as error:
    print(error)
wide = memoryview(bytearray(16)).cast("i")
wide[1] = -5
print(wide.tolist(), wide[1])
