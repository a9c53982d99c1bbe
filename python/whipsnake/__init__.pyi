from collections.abc import Callable
from typing import Any, TypedDict, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])

__version__: str

class ExitStats(TypedDict):
    reason: str
    code: str
    line: int
    offset: int
    count: int

class UnitStats(TypedDict):
    key: str  # filename:line:name, as the file of WHIPSNAKE_ONLY takes it
    name: str
    filename: str
    line: int
    kind: str
    offset: int
    state: str  # interpreted, compiling, installed, detached or left-alone
    reason: str | None
    backend: str
    code_bytes: int
    inlined: list[str]
    inlined_keys: list[str]
    compile_ms: float
    compiles: int
    invalidations: int
    entries: int
    exits: dict[str, int]
    exit_points: list[ExitStats]

class ProgramStats(TypedDict, total=False):
    regime: str  # everything, no-resumptions or nothing
    factor: float
    trial: str  # waiting, soon, looking or timing

class TotalStats(TypedDict, total=False):
    installed: int
    left_alone: int
    compilations: int
    refused: int
    compile_ms: float
    code_memory: int
    entries: int
    exits: int
    invalidations: int

class Stats(TypedDict):
    enabled: bool
    units: list[UnitStats]
    program: ProgramStats
    totals: TotalStats

class Option(TypedDict):
    variable: str
    value: str
    default: str
    takes: str
    doc: str

def enable(
    *,
    threshold: int = ...,
    sync: bool = ...,
    compile_share: int = ...,
    strategy: str = ...,
    backend: str = ...,
    exit_every: int = ...,
    trial: str = ...,
    exit_limit: int = ...,
    only: str = ...,
    sample: str = ...,
    skip_pass: str = ...,
    dump: str = ...,
    code_cap: int = ...,
    crash_info: bool = ...,
    stats: bool = ...,
    stats_json: str = ...,
    frame_log: str = ...,
    frame_log_of: str = ...,
    compiled_list: str = ...,
    fault: str = ...,
    snapshot_dir: str = ...,
) -> None: ...
def disable() -> None: ...
def is_enabled() -> bool: ...
def compile(function: Callable[..., Any]) -> None: ...
def is_compiled(function: Callable[..., Any]) -> bool: ...
def never(function: _F) -> _F: ...
def stats() -> Stats: ...
def options() -> dict[str, Option]: ...
