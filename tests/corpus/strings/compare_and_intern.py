# corpus: compiled=classify
def classify(w):
    if w == "alpha":
        return 1
    if w is None:
        return 2
    if w != "beta" and w < "c":
        return 3
    return len(w)


for _ in range(100):
    classify("alpha"), classify("beta")
print([classify(w) for w in ("alpha", "al" + "pha"[:], "".join(["be", "ta"]), "zeta", "", None, "ALPHA")])
try:
    classify(5)
except TypeError as error:
    print(error)


class S(str):
    def __eq__(self, other):
        return other == "alpha" or NotImplemented

    __hash__ = str.__hash__


print(classify(S("qqq")))
