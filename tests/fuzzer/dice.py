"""Random choices of one program, all from its seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A source of choices; the same seed makes the same ones."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def chance(self, probability: float) -> bool:
        """True so often."""
        return self.random.random() < probability

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, all alike."""
        return items[self.random.randrange(len(items))]

    def weighted(self, items: Sequence[tuple[float, T]]) -> T:
        """One of the items, by their weights."""
        return self.random.choices([item for _, item in items], [weight for weight, _ in items])[0]

    def number(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return self.random.randint(low, high)

    def some(self, items: Sequence[T], low: int, high: int) -> list[T]:
        """From `low` to `high` different items, in random order."""
        return self.random.sample(items, min(len(items), self.number(low, high)))
