# corpus: compiled=find_all,palindrome
def find_all(text, part):
    out = []
    i = 0
    while i + len(part) <= len(text):
        if text[i : i + len(part)] == part:
            out.append(i)
        i += 1
    return out


def palindrome(s):
    i, j = 0, len(s) - 1
    while i < j:
        if s[i] != s[j]:
            return False
        i += 1
        j -= 1
    return True


for _ in range(40):
    find_all("abcabc", "bc"), palindrome("abcba")
print(find_all("abracadabra", "abra"), find_all("aaa", ""), find_all("日本日本", "本"), find_all([1, 2, 1, 2], [1, 2]))
print([palindrome(s) for s in ("", "a", "ab", "été", "abccba", (1, 2, 1), [1, 2])])
