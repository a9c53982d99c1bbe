"""Why native code left to the interpreter: what programs have reached, and what none has."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

_TABLE = Path(__file__).parents[2] / "crates" / "contract" / "src" / "exit.rs"

REASONS = tuple(re.findall(r'^    \w+, "([a-z-]+)", \w+;$', _TABLE.read_text(encoding="utf-8"), re.MULTILINE))
"""Names of all exit reasons, as declared for the compiler."""


def counted(statistics: str) -> Counter[str]:
    """Exits by reason, out of what ``whipsnake.stats()`` says as JSON."""
    total: Counter[str] = Counter()
    for unit in json.loads(statistics)["units"]:
        total.update(unit["exits"])
    return total


def report(total: Counter[str]) -> list[str]:
    """Lines that say how often which was reached."""
    missing = [name for name in REASONS if not total[name]]
    return [
        f"exits: {', '.join(f'{name} {count}' for name, count in total.most_common())}",
        f"exits that no program took: {', '.join(missing) or 'none'}",
    ]
