# corpus: compiled=clean
def clean(lines):
    out = []
    for line in lines:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        key, sep, value = line.partition("=")
        if not sep:
            out.append(key.upper())
        else:
            out.append((key.rstrip().lower(), value.lstrip().replace(" ", "_"), value.find("x"), key.isalpha()))
    return out


text = ["# c", "", "Name = A b x", "flag", "  Key1=v=w  ", "É=ß"]
for _ in range(60):
    clean(text)
print(clean(text), "a,b,,c".split(","), "x".center(5, "*"), "Ab".swapcase(), "abc".translate({97: "z"}))
try:
    clean([b"x"])
except TypeError as error:
    print(error)
