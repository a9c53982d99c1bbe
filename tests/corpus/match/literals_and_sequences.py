# corpus: compiled=kind
def kind(x):
    match x:
        case 0 | 1:
            return "bit"
        case True:
            return "unreachable"
        case -3.5:
            return "float"
        case "a" | "b" as letter:
            return "letter " + letter
        case None:
            return "none"
        case []:
            return "empty"
        case [one]:
            return "one", one
        case [first, *middle, last] if first == last:
            return "palindromic", middle
        case (a, b, *_):
            return "pair or more", a, b
        case int() | float() as n if n > 100:
            return "large", n
        case str(s):
            return "str", s
        case _:
            return "other"


for i in range(200):
    kind(i), kind([i])
for x in (0, 1, True, False, -3.5, "a", "zz", None, [], (), [5], [1, 2, 1], [1, 2, 3], (9, 8), 101, 2.5, b"ab", {1}, 1.0):
    print(repr(x), kind(x))
