# corpus: compiled=run
import enum
from dataclasses import dataclass, field, replace


@dataclass(order=True)
class Job:
    priority: int
    name: str = field(compare=False)
    tags: list = field(default_factory=list, compare=False)

    def __post_init__(self):
        self.tags.append(self.name[0])


@dataclass(frozen=True, slots=True)
class Pt:
    x: float
    y: float

    def moved(self, dx):
        return replace(self, x=self.x + dx)


class Color(enum.IntEnum):
    RED = 1
    BLUE = 2


class Flags(enum.Flag):
    A = enum.auto()
    B = enum.auto()


def run(n):
    jobs = [Job(i * 7 % 11, f"j{i}") for i in range(n)]
    jobs.sort()
    p = Pt(0.0, 1.0)
    for i in range(n):
        p = p.moved(i)
    reds = sum(1 for i in range(n) if Color(i % 2 + 1) is Color.RED)
    return [j.name for j in jobs[:3]], p, reds, Color.RED + n, (Flags.A | Flags.B) & Flags.B


print(run(5))
print(run(60))
try:
    Pt(1, 2).x = 5
except AttributeError as error:
    print(type(error).__name__, error)
try:
    Color(9)
except ValueError as error:
    print(error)
