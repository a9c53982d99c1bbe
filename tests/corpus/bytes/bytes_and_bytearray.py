# corpus: compiled=checksum,xor no-exit=checksum
def checksum(data):
    a, b = 1, 0
    for x in data:
        a = (a + x) % 65521
        b = (b + a) % 65521
    return b << 16 | a


def xor(buf, key):
    for i in range(len(buf)):
        buf[i] ^= key
    return buf


for _ in range(40):
    checksum(b"abc"), xor(bytearray(b"abc"), 5)
import zlib

data = bytes(i * 7 % 256 for i in range(500))
print(checksum(data), zlib.adler32(data), bytes(xor(bytearray(b"hello"), 32)), list(data[126:132]))
buf = bytearray(3)
for bad in (256, -1, "a", 1.5):
    try:
        buf[0] = bad
    except (ValueError, TypeError) as error:
        print(error)
try:
    xor(bytearray(b"ab"), 300)
except ValueError as error:
    print(error)
try:
    xor(b"ab", 3)
except TypeError as error:
    print(error)
try:
    buf[3] = 1
except IndexError as error:
    print(error)
