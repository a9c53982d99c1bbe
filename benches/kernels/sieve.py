"""The sieve of Eratosthenes: a list of flags, counted loops, stores."""

import pyperf


def count_primes(limit):
    is_prime = [True] * (limit + 1)
    count = 0
    for candidate in range(2, limit + 1):
        if is_prime[candidate]:
            count += 1
            for multiple in range(candidate * candidate, limit + 1, candidate):
                is_prime[multiple] = False
    return count


def bench():
    if count_primes(200_000) != 17984:
        raise AssertionError("the number of primes is wrong")


if __name__ == "__main__":
    pyperf.Runner().bench_func("sieve", bench)
