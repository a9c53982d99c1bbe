# corpus: compiled=count
TEXT = """It is a period of small programs, striking from a hidden corpus;
a loop is a loop is a loop. It is what it is, and it was what it was.""" * 6


def count(text):
    words = {}
    word = ""
    for c in text:
        if c.isalpha():
            word += c.lower()
        elif word:
            if word in words:
                words[word] += 1
            else:
                words[word] = 1
            word = ""
    return words


def report(words):
    lines = []
    for w, n in sorted(words.items(), key=lambda p: (-p[1], p[0])):
        lines.append(f"{w:<10}{n:>4} {n / len(words):6.2%}")
    return "\n".join(lines)


for _ in range(8):
    count(TEXT)
    report({"a": 1})
print(report(count(TEXT)))
