# corpus: compiled=scan,at
def scan(s):
    vowels = 0
    codes = 0
    for ch in s:
        if ch in "aeiou":
            vowels += 1
        codes = codes * 31 + ord(ch) & 0xFFFFFF
    return vowels, codes


def at(s, i):
    return s[i]


for _ in range(60):
    scan("hello world")
    at("abc", 1)
print(scan("the quick brown fox"), scan("naïve café"), scan("日本語\U0001f600"), scan(""))
print(at("abc", -1), at("日本語", 1), at("\U0001f600x", 0), at("é", 0) is at("é", 0))
for i in (3, -4, 2**70):
    try:
        at("abc", i)
    except IndexError as error:
        print(error)
try:
    at("abc", "0")
except TypeError as error:
    print(error)
