# corpus: compiled=widen
def widen(parts):
    s = ""
    kinds = []
    for p in parts:
        s = s + p
        kinds.append((len(s), max(s)))
        if p == "cut":
            s = s[:2]
    return s, kinds[-1]


for _ in range(40):
    widen(["a", "b", "c"])
print(widen(["a", "é", "日", "\U0001f600", "cut", "z"]), widen(["\x00", "\ud800"])[0].encode("utf-8", "surrogatepass"))
print(sum(ord(c) for c in "aé日\U0001f600" * 50), "".join(sorted("日é\U0001f600a")), "ß".upper(), "İ".lower() == "i̇")
