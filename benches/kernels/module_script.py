"""A script without functions: loops of a module, whose variables are all global."""

import pyperf

SCRIPT = """
longest = 0
for start in range(1, 1500):
    number = start
    steps = 0
    while number != 1:
        if number % 2:
            number = 3 * number + 1
        else:
            number //= 2
        steps += 1
    if steps > longest:
        longest = steps
        best = start

left = "the quick brown fox jumps over the lazy dog"
right = "pack my box with five dozen liquor jugs"
row = [0] * (len(right) + 1)
for a in left:
    above = row
    row = [0]
    for index, b in enumerate(right):
        if a == b:
            row.append(above[index] + 1)
        else:
            row.append(max(above[index + 1], row[index]))
common = row[-1]

letters = {}
for letter in (left + right) * 10:
    if letter in letters:
        letters[letter] += 1
    else:
        letters[letter] = 1
total = 0
for letter, count in letters.items():
    total += count
"""

CODE = compile(SCRIPT, "script", "exec")
NAMES = {}


def bench():
    exec(CODE, NAMES)
    found = [NAMES[name] for name in ("longest", "best", "common", "total")]
    if found != [181, 1161, 16, 820]:
        raise AssertionError(f"the script found {found}")


if __name__ == "__main__":
    pyperf.Runner().bench_func("module_script", bench)
