# corpus: compiled=cut,stepped,palindrome,parts
# Slices of strs, bytes and tuples: bounds of any size, and the object itself where all of it is wanted.
def cut(s, a, b):
    return s[a:b]


def stepped(s):
    return s[::-1], s[::2], s[1::3], s[-1:2:-2], s[:-1], s[2:], s[:]


def palindrome(s):
    return s == s[::-1]


def parts(s, n):
    return [s[i : i + n] for i in range(0, len(s), n)]


VALUES = ["", "a", "abcdefghij", "ä€😀xyz", b"", b"z", b"0123456789", (), (1,), tuple("uvwxyz"), [1, 2, 3, 4], "x" * 40]
BOUNDS = [None, 0, 1, 3, 7, -1, -3, -100, 100, 2**62, 2**63, -(2**63) - 1, 2**70, True]
for s in VALUES:
    for _ in range(40):
        cut(s, 0, 3)
        stepped(s)
    print([cut(s, a, b) for a in BOUNDS for b in BOUNDS])
    print(stepped(s), [cut(s, a, b) is s for a in (None, 0, -100) for b in (None, 100) if type(s) is not list])
for s in VALUES:
    print(palindrome(s), parts(s, 3))
print(sum(palindrome(str(i)) for i in range(3000)))


class Text(str):
    def __getitem__(self, key):
        return "custom", key


for bad in (Text("abc"), range(10), bytearray(b"abc"), 5, None):
    try:
        print(cut(bad, 1, 2), stepped(bad)[:2])
    except TypeError as error:
        print(error)
for bound in ("1", 1.0):
    try:
        cut("abc", bound, 2)
    except TypeError as error:
        print(error)
