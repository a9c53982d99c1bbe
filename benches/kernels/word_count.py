"""Counting words: characters of a text, strings as dictionary keys, sorting."""

import pyperf


def text(size):
    """Repeatable text with a few hundred different words and some punctuation."""
    state = 12345
    words = []
    for _ in range(size):
        state = (state * 1103515245 + 12345) % 2147483648
        number = state >> 16
        length = 2 + number % 5
        word = "".join(chr(ord("a") + (number >> shift) % 7) for shift in range(length))
        words.append(word + (". ", ", ", " ", " ", "\n")[number % 5])
    return "".join(words)


def count_words(text):
    counts = {}
    word = ""
    for character in text:
        if character.isalpha():
            word += character
        elif word:
            counts[word] = counts.get(word, 0) + 1
            word = ""
    if word:
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


TEXT = text(5000)


def bench():
    ranking = count_words(TEXT)
    if sum(count for _, count in ranking) != 5000:
        raise AssertionError("the number of words is wrong")


if __name__ == "__main__":
    pyperf.Runner().bench_func("word_count", bench)
