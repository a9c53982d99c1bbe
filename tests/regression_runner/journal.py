"""Results on disk, so that a run that was interrupted goes on where it stopped."""

from __future__ import annotations

import json
import threading
from pathlib import Path


class Journal:
    """A file of JSON lines: first what the results hold for, then one line for each module.

    A file whose first line differs is started anew. May be used by several threads.
    """

    def __init__(self, path: Path, holds_for: dict[str, object], fresh: bool = False) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.entries: dict[str, dict[str, object]] = {}
        """By module; the last line counts."""
        lines = [] if fresh or not path.exists() else path.read_text(encoding="utf-8").splitlines()
        if lines and _parse(lines[0]) == holds_for:
            for line in lines[1:]:
                if (entry := _parse(line)) is not None:
                    self.entries[str(entry["module"])] = entry
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(holds_for) + "\n", encoding="utf-8")

    def add(self, module: str, fields: dict[str, object]) -> None:
        """Note a result at once."""
        entry = {"module": module, **fields}
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            self.entries[module] = entry


def _parse(line: str) -> dict[str, object] | None:
    """The object of a line; None for one that was cut off in the middle."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
