"""Environments of packages below `target/packages`: fetching, installing, and the copy of whipsnake under test."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from .declaration import Declared, Package, normalised

RECORDER = Path(__file__).resolve().parent / "outcome_recorder.py"

RUNNER = "pytest"
"""Installed into each environment, at the pinned version."""

LISTING = """\
import importlib.metadata as m, json
print(json.dumps({d.metadata["Name"]: d.version for d in m.distributions()}))
"""


class PreparationError(Exception):
    """A package could not be fetched or installed; the text names the package and the way out."""


@dataclass(frozen=True)
class Environment:
    """Where one package is installed and its tests are."""

    python: Path
    directory: Path
    """The working directory of its tests."""


@dataclass(frozen=True)
class Workshop:
    """Makes environments for one Python that has pip and whipsnake."""

    python: str
    identity: str
    """What the environments are made for: another Python makes them anew."""
    whipsnake: Path
    """The installed package under test."""
    build: str
    """A hash of it."""
    root: Path
    """Where the environments go."""
    downloads: Path

    def prepare(self, package: Package, declared: Declared) -> Environment:
        """The environment of a package, made if it is not there or was made from something else."""
        place = self.root / normalised(package.name)
        venv, mark = place / "venv", place / "made-from.json"
        python = venv / "bin" / "python"
        sdist = self._sdist(package) if package.source == "sdist" or package.build is not None else None
        origin = [self.identity, package.version, package.source, sorted(package.needs), package.build, declared.pins]
        if _read(mark) != origin or not python.exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            self._run(package, [self.python, "-m", "venv", "--without-pip", str(venv)])
            if sdist is not None:
                _unpack(sdist, place / "source")
            self._install(package, declared, place, python)
            mark.write_text(json.dumps(origin), encoding="utf-8")
        site = next((venv / "lib").glob("python3.*")) / "site-packages"
        self._bring(site)
        directory = place / "source" if package.source == "sdist" else place / "empty"
        directory.mkdir(exist_ok=True)
        # Where a package has no settings of its own, pytest would find this project's.
        (self.root / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        return Environment(python, directory)

    def _install(self, package: Package, declared: Declared, place: Path, python: Path) -> None:
        pins = {**declared.pins, normalised(package.name): package.version}
        constraints = place / "constraints.txt"
        constraints.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()), encoding="utf-8")
        pip = [self.python, "-m", "pip", "--python", str(python), "--quiet", "--disable-pip-version-check", "install",
               "--constraint", str(constraints)]  # fmt: skip
        if package.build is not None:
            self._run(package, [*pip, "--no-binary", package.name, f"{package.name}=={package.version}"], package.build)
        installed = [] if normalised(package.name) == RUNNER else [f"{package.name}=={package.version}"]
        self._run(package, [*pip, *installed, *package.needs, f"{RUNNER}=={pins[RUNNER]}"])
        listing = subprocess.run([python, "-c", LISTING], check=True, capture_output=True, text=True).stdout
        found = {normalised(name): version for name, version in json.loads(listing).items()}
        loose = [f'{name} = "{version}"' for name, version in sorted(found.items()) if name not in pins]
        if loose:
            lines = "\n".join(loose)
            raise PreparationError(f"{package.name}: what it requires has no version under [pins]; add\n{lines}")

    def _sdist(self, package: Package) -> Path:
        """The package's source distribution, as pip finds it; fetched once."""
        place = self.downloads / f"{normalised(package.name)}-{package.version}"
        if not (found := list(place.glob("*.tar.gz"))):
            scratch = place.with_suffix(".part")
            command = [self.python, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps",
                       "--no-binary", package.name, "--dest", str(scratch), f"{package.name}=={package.version}"]  # fmt: skip
            self._run(package, command, package.build or {})
            place.mkdir(parents=True, exist_ok=True)
            for file in scratch.iterdir():
                file.replace(place / file.name)
            scratch.rmdir()
            found = list(place.glob("*.tar.gz"))
        if len(found) != 1:
            raise PreparationError(f"{package.name} {package.version}: pip brought {len(found)} archives to {place}")
        return found[0]

    def _bring(self, site: Path) -> None:
        """Put the whipsnake under test and the recorder into an environment."""
        copy, mark = site / "whipsnake", site / "whipsnake-build.txt"
        if not copy.exists() or not mark.exists() or mark.read_text(encoding="utf-8") != self.build:
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.whipsnake, copy, ignore=shutil.ignore_patterns("__pycache__"))
            mark.write_text(self.build, encoding="utf-8")
        shutil.copyfile(RECORDER, site / RECORDER.name)

    def _run(self, package: Package, command: list[str], variables: dict[str, str] | None = None) -> None:
        from regression_runner.execution import clean_environment

        done = subprocess.run(
            command, env={**clean_environment(), **(variables or {})}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            output = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
            raise PreparationError(f"{package.name} {package.version}: `{' '.join(command)}` failed:\n{output}")


def hash_of(package: Path) -> str:
    """A name for the contents of an installed package."""
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _unpack(archive: Path, destination: Path) -> None:
    """Unpack an sdist and drop the one directory that it consists of."""
    scratch = destination.with_name("unpacked")
    with tarfile.open(archive) as file:
        file.extractall(scratch, filter="data")
    (top,) = scratch.iterdir()
    top.replace(destination)
    scratch.rmdir()


def _read(mark: Path) -> object:
    try:
        return json.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
