# corpus: compiled=words
TEXT = "the cat sat on the mat and the dog sat on the cat while a bird sang to the moon " * 8


def words(text):
    counts = {}
    for w in text.split():
        counts[w] = counts.get(w, 0) + 1
    best = None
    for w, n in counts.items():
        if best is None or n > counts[best] or (n == counts[best] and w < best):
            best = w
    return counts, best


for _ in range(5):
    words(TEXT)
counts, best = words(TEXT)
print(sorted(counts.items(), key=lambda p: (-p[1], p[0])), best)
