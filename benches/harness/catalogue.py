"""Lists the programs of an unpacked pyperformance as JSON: name, script, options and requirements of each."""

import json
import pathlib
import sys
import tomllib


def requirements_of(directory, project):
    """What pip has to install for a program; pinned where pyperformance pins it."""
    pinned = directory / "requirements.txt"
    if pinned.exists():
        lines = [line.split("#")[0].strip() for line in pinned.read_text(encoding="utf-8").splitlines()]
        found = [line for line in lines if line]
    else:
        found = project.get("project", {}).get("dependencies", [])
    found = [name for name in found if not name.replace("=", " ").replace(">", " ").split()[0] == "pyperf"]
    # pyperformance installs setuptools into each of its environments; some of these packages need its distutils.
    return [*found, "setuptools<81"] if found else []


def load(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


def programs(data):
    """One entry per line of pyperformance's manifest."""
    lines = (data / "MANIFEST").read_text(encoding="utf-8").splitlines()
    for line in lines[lines.index("[benchmarks]") + 1 :]:
        if line.startswith("["):
            break
        if not line.strip() or line.startswith(("#", "name\t")):
            continue
        name, place = line.split()
        base = place.removeprefix("<local").removesuffix(">").removeprefix(":") or name
        directory = data / f"bm_{base}"
        project = load(directory / "pyproject.toml")
        variant = directory / f"bm_{name}.toml"
        settings = dict(project.get("tool", {}).get("pyperformance", {}))
        if variant.exists():
            settings |= load(variant).get("tool", {}).get("pyperformance", {})
        yield {
            "name": name,
            "script": str(directory / settings.get("runscript", "run_benchmark.py")),
            "options": settings.get("extra_opts", []),
            "requirements": requirements_of(directory, project),
        }


if __name__ == "__main__":
    print(json.dumps(list(programs(pathlib.Path(sys.argv[1])))))
