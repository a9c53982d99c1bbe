"""The ways a program is run under the JIT."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Mode:
    """One set of options. `env` holds ``WHIPSNAKE_…`` variables without their prefix."""

    name: str
    what: str
    env: dict[str, str] = field(default_factory=dict)
    random_exits: bool = False
    """True when the exit interval is drawn per program from the seed."""
    random_sample: bool = False
    """True when half of all functions are compiled; which, the seed says."""
    under_whipsnake: bool = True
    """False: the program runs with plain Python a second time, which tests the corpus itself."""
    asserts_compiled: bool = False
    asserts_no_exit: bool = False
    slowness: float = 1.0
    """Factor on a program's time limit."""

    def environment(self, name: str, seed: int) -> dict[str, str]:
        """Environment variables for the program of this name."""
        if not self.under_whipsnake:
            return {}
        variables = {f"WHIPSNAKE_{key}" if key else "WHIPSNAKE": value for key, value in self.env.items()}
        if self.random_exits:
            interval = random.Random(f"{seed}:{name}").choice((2, 3, 5, 11, 13, 17, 29, 41, 64, 101))
            variables["WHIPSNAKE_EXIT_EVERY"] = str(interval)
        if self.random_sample:
            variables["WHIPSNAKE_SAMPLE"] = f"50:{seed}"
        return variables


_ON = {"THRESHOLD": "1", "SYNC": "1"}

_SOON = {"THRESHOLD": "3", "SYNC": "1"}
"""Compiles all that a program repeats, but not what the interpreter runs once at start-up."""

_TABLE = Path(__file__).parents[2] / "crates" / "contract" / "src" / "passes.rs"

PASSES = tuple(re.findall(r"^ +(\w+): \w+;$", _TABLE.read_text(encoding="utf-8"), re.MULTILINE))
"""Names of the optimiser's passes, as declared for the compiler."""

MODES = {
    mode.name: mode
    for mode in (
        Mode("plain", "plain Python again: is the program deterministic?", under_whipsnake=False),
        Mode("off", "whipsnake run with the JIT off", {"": "0"}),
        Mode("default", "default options"),
        Mode("on", "threshold 1", _ON, asserts_compiled=True, slowness=3),
        Mode("warm", "threshold 30", {**_ON, "THRESHOLD": "30"}, asserts_compiled=True, asserts_no_exit=True),
        Mode("exit1", "threshold 3, each guard exits", {**_SOON, "EXIT_EVERY": "1"}, slowness=5),
        Mode("exit7", "threshold 3, each 7th guard exits", {**_SOON, "EXIT_EVERY": "7"}, slowness=5),
        Mode("exitrand", "threshold 3, each n-th guard exits, n from the seed", _SOON, random_exits=True, slowness=5),
        Mode("reference", "threshold 3 on the reference backend", {**_SOON, "BACKEND": "reference"}, slowness=8),
        Mode("detached", "threshold 3, the interpreter's own calls stay interpreted", {**_SOON, "TRIAL": "detach"}),
        Mode("switch", "threshold 3, native code is switched off and on every few events", {**_SOON, "TRIAL": "switch"}),
        Mode("sample", "threshold 1, a random half of the functions, from the seed", _ON, random_sample=True, slowness=3),
        Mode("cap", "threshold 1, at most 1 MiB of machine code", {**_ON, "CODE_CAP": str(1 << 20)}, slowness=3),
        *(Mode(f"without-{name}", f"threshold 3, without the pass {name}", {**_SOON, "SKIP_PASS": name}) for name in PASSES),
        Mode("background", "threshold 30, compiled on the background thread", {"THRESHOLD": "30"}),
    )
}

GROUPS = {
    "quick": ("on", "warm", "exit7"),
    "without": tuple(f"without-{name}" for name in PASSES),
    "all": tuple(name for name in MODES if name != "plain"),
}


def resolve(text: str) -> list[Mode]:
    """Modes named by a comma-separated list of modes and groups."""
    names: list[str] = []
    for word in text.split(","):
        if word in GROUPS:
            names.extend(GROUPS[word])
        elif word in MODES:
            names.append(word)
        else:
            raise ValueError(f"unknown mode {word!r}; known: {', '.join((*MODES, *GROUPS))}")
    return [MODES[name] for name in dict.fromkeys(names)]
