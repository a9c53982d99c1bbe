"""Pancake flipping over all permutations: list indexing, slices and small ints."""

import sys


def next_permutation(items):
    """Steps `items` to its successor in lexicographic order; False after the last one."""
    i = len(items) - 2
    while i >= 0 and items[i] > items[i + 1]:
        i -= 1
    if i < 0:
        return False
    j = len(items) - 1
    while items[j] < items[i]:
        j -= 1
    items[i], items[j] = items[j], items[i]
    left, right = i + 1, len(items) - 1
    while left < right:
        items[left], items[right] = items[right], items[left]
        left += 1
        right -= 1
    return True


def flips_of(stack):
    """How often the top `stack[0] + 1` pancakes are turned over until pancake 0 is on top."""
    count = 0
    top = stack[0]
    while top:
        if top == 1:
            stack[0], stack[1] = stack[1], stack[0]
        else:
            stack[: top + 1] = stack[top::-1]
        count += 1
        top = stack[0]
    return count


def fannkuch(n):
    permutation = list(range(n))
    most = 0
    most_for = list(permutation)
    checksum = 0
    sign = 1
    number = 0
    while True:
        if permutation[0]:
            flips = flips_of(permutation[:])
            if flips > most:
                most = flips
                most_for = list(permutation)
            checksum += sign * flips
        number += 1
        sign = -sign
        if not next_permutation(permutation):
            return most, most_for, checksum, number


def main(n):
    most, stack, checksum, number = fannkuch(n)
    print(f"{number} permutations of {n}, checksum {checksum}")
    print(f"at most {most} flips, for {stack}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
