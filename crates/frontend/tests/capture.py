"""Takes the snapshots of `programs.py` for the golden tests.

    python capture.py [NAME…]

takes all, or those of these functions, and writes `snapshots/<minor version>/*.json` with a Python that has whipsnake. Addresses are renumbered, so that the same
programs give the same files.
"""

import json
import pathlib
import sys
import tempfile

import programs
import whipsnake

HERE = pathlib.Path(__file__).parent / "snapshots" / ("3.%d" % sys.version_info.minor)
ADDRESSES = {
    "address", "none", "true_", "false_", "small_zero", "first", "interpreter", "descriptor", "shared_keys", "dict", "function",
    "code_address", "globals", "builtins", "unit", "exit_counter", "Object", "InstanceOf",
}
LISTS = {"known_types", "name_objects", "mro"}
KEYED = {"objects_by_address"}


class Numbering:
    """Stable numbers for addresses: those of the platform first, then in order of appearance."""

    def __init__(self, start, known=()):
        self.next = start
        self.numbers = dict(known)

    def __call__(self, address):
        if address == 0:
            return 0
        if address not in self.numbers:
            self.numbers[address] = self.next
            self.next += 0x10000
        return self.numbers[address]


def renumber(data, number, key=None):
    if isinstance(data, dict):
        if key in KEYED:
            return {str(number(int(k))): v for k, v in data.items()}
        return {k: renumber(v, number, k) for k, v in data.items()}
    if isinstance(data, list):
        if key in LISTS:
            return [number(item) for item in data]
        return [renumber(item, number) for item in data]
    return number(data) if key in ADDRESSES and isinstance(data, int) else data


def renumber_caches(units, number):
    """Replaces the addresses in inline caches: four code units each, the lowest first."""
    at = 0
    while at + 4 <= len(units):
        address = sum(unit << 16 * i for i, unit in enumerate(units[at : at + 4]))
        if address in number.numbers and address > 0xFFFFFF:
            units[at : at + 4] = [number(address) >> 16 * i & 0xFFFF for i in range(4)]
            at += 4
        else:
            at += 1


def save(name, snapshot):
    platform = Numbering(0x100000)
    shared = renumber(snapshot.pop("platform"), platform)
    (HERE / "platform.json").write_text(json.dumps(shared, indent=1) + "\n")
    number = Numbering(0x10000000, platform.numbers)
    snapshot = renumber(snapshot, number)
    for code in snapshot["codes"]:
        renumber_caches(code["units"], number)
        code["filename"] = "programs.py"
    # One line for each code, object and type.
    parts = []
    for key, value in snapshot.items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row) for row in value)
            parts.append("%s: [\n%s\n]" % (json.dumps(key), rows))
        else:
            parts.append("%s: %s" % (json.dumps(key), json.dumps(value)))
    (HERE / (name + ".json")).write_text("{\n%s\n}\n" % ",\n".join(parts))


def places(path):
    """Where in the code a snapshot is entered, and its number."""
    entry = json.loads(path.read_text())["entry"]
    return -entry.get("Resume", {}).get("offset", 0), path


def main():
    HERE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        whipsnake.enable(snapshot_dir=directory, sync=True, threshold=200)
        tables = ("function", programs.FUNCTIONS, 400), ("loop", programs.LOOPS, 1), ("resume", programs.RESUMES, 400)
        for kind, table, calls in tables:
            for name, (function, arguments) in table.items():
                if sys.argv[1:] and name not in sys.argv[1:]:
                    continue
                for _ in range(calls):
                    result = function(*arguments)
                    if kind == "resume":
                        list(result)
                ending = "-%s-%s" % (kind, "_module_" if name == "module" else name)
                taken = [path for path in pathlib.Path(directory).iterdir() if path.suffix == ".json" and path.stem.endswith(ending)]
                if not taken:
                    raise SystemExit("no snapshot of the %s %s" % (kind, name))
                prefix = "" if kind == "function" else kind + "_"
                save(prefix + name, json.loads(min(taken, key=places).read_text()))
        whipsnake.disable()


if __name__ == "__main__":
    main()
