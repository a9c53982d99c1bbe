# corpus: compiled=parse
def parse(text):
    n = 0
    sign = 1
    for c in text:
        if c == "-":
            sign = -sign
        elif c == "_":
            continue
        else:
            d = ord(c) - 48
            if d < 0 or d > 9:
                raise ValueError(c)
            n = n * 10 + d
    return sign * n


for i in range(200):
    parse(str(i))
for text in ("9223372036854775807", "9223372036854775808", "-9223372036854775808", "--1", "1_000", "9" * 40, ""):
    print(parse(text))
try:
    parse("12x")
except ValueError as error:
    print(error)
