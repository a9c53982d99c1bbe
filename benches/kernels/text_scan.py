"""Text, character by character: a cipher, a tokenizer, counts of letters, palindromes."""

import pyperf

TEXT = "The quick brown fox, 17 years old, jumps over 3 lazy dogs; was it a car or a cat I saw? 4200 + 58 = 4258. " * 8


def rotate(text, by):
    out = []
    for c in text:
        if c.isalpha():
            base = ord("A") if c.isupper() else ord("a")
            out.append(chr((ord(c) - base + by) % 26 + base))
        else:
            out.append(c)
    return "".join(out)


def tokens(text):
    out = []
    i = 0
    while i < len(text):
        c = text[i]
        if c.isspace():
            i += 1
            continue
        start = i
        if c.isdigit():
            while i < len(text) and text[i].isdigit():
                i += 1
        elif c.isalpha() or c == "_":
            while i < len(text) and (text[i].isalnum() or text[i] == "_"):
                i += 1
        else:
            i += 1
        out.append(text[start:i])
    return out


def vowels(text):
    return sum(1 for c in text if c in "aeiouAEIOU")


def longest_palindrome(text):
    best = ""
    for centre in range(len(text)):
        left, right = centre - 1, centre + 1
        while left >= 0 and right < len(text) and text[left] == text[right]:
            left -= 1
            right += 1
        if right - left - 1 > len(best):
            best = text[left + 1 : right]
    return best


def bench():
    letters = "".join(c.lower() for c in TEXT if c.isalpha())
    found = rotate(rotate(TEXT, 7), 19) == TEXT, len(tokens(TEXT)), vowels(TEXT), longest_palindrome(letters)[:20]
    if found != (True, 248, 176, "wasitacaroracatisaw"):
        raise AssertionError(f"the results are wrong: {found}")


if __name__ == "__main__":
    pyperf.Runner().bench_func("text_scan", bench)
