# corpus: compiled=run
# A number that a tuple gets twice, and that a local holds, too, is one object.
kept = []


def run(numbers):
    for number in numbers:
        whole = number + 1000
        part = number * 0.5
        kept.append((whole, whole, part, part))
        kept.append(whole)
        kept.append([part, (part, number)])


for _ in range(40):
    kept.clear()
    run([1, 2, 3])
for four, whole, (part, (again, number)) in zip(kept[::3], kept[1::3], kept[2::3]):
    print(four, whole, number, four[0] is four[1], four[0] is whole, four[2] is four[3], four[2] is part, part is again)
