"""Pins are exact, carry hashes, name no address, and keep the floors that security set."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.guards.tree import ROOT, plant

FOLDER = ROOT / "constraints"
# Each of these releases closed a hole that concerns a server like ours.
FLOORS = {"flask": "3.1.3", "werkzeug": "3.1.9", "jinja2": "3.1.6"}


def entries(text: str) -> Iterator[tuple[Requirement, int]]:
    """Yield each requirement of a pip-style file and how many hashes it has."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            words = line.split("--hash=")
            yield Requirement(words[0].strip()), len(words) - 1


def loose(folder: Path) -> list[str]:
    """Return the lines that are no exact version with a hash, and every address."""
    faults = []
    for file in sorted(folder.glob("*.txt")):
        text = file.read_text()
        faults += [f"{file.name}: {found}" for found in re.findall(r"\S*://\S*|--\w+-url\S*", text)]
        for requirement, hashes in entries(text):
            exact = [specifier.operator for specifier in requirement.specifier] == ["=="]
            if requirement.url or not exact or not hashes:
                faults.append(f"{file.name}: {requirement.name} is not exact with a hash")
    return faults


def below_floor(folder: Path) -> list[str]:
    """Return the files whose pin of a floored package is missing or too low."""
    faults = []
    for file in (folder / "run.txt", folder / "dev.txt"):
        pins = {found.name.lower(): found for found, _ in entries(file.read_text())}
        for name, floor in FLOORS.items():
            pin = pins.get(name)
            if pin is None or Version(next(iter(pin.specifier)).version) < Version(floor):
                faults.append(f"{file.name}: {name} {pin and pin.specifier}, at least {floor}")
    return faults


def test_pins_are_exact_and_name_no_address() -> None:
    assert {file.name for file in FOLDER.glob("*.txt")} == {"run.txt", "dev.txt", "uv.txt"}
    assert loose(FOLDER) == []


def test_floors_hold_in_pins_and_in_ranges() -> None:
    assert below_floor(FOLDER) == []
    ranges = (ROOT / "pyproject.toml").read_text().lower()
    for name, floor in FLOORS.items():
        assert f'"{name}>={floor},' in ranges


def test_both_sets_pin_the_same_versions() -> None:
    sets = []
    for name in ("run.txt", "dev.txt"):
        found = entries((FOLDER / name).read_text())
        sets.append({(pin.name, str(pin.specifier), str(pin.marker)) for pin, _ in found})
    assert {(name, version) for name, version, _ in sets[0]} <= {
        (name, version) for name, version, _ in sets[1]
    }


@pytest.mark.parametrize(
    "line",
    [
        "flask==3.1.3",
        "flask>=3.1.3 --hash=sha256:00",
        "flask @ https://example.org/flask.whl --hash=sha256:00",
        "# from https://example.org/simple",
    ],
)
def test_a_loose_line_is_found(tmp_path: Path, line: str) -> None:
    assert loose(plant(tmp_path, "run.txt", "flask==3.1.3 \\\n    --hash=sha256:00\n")) == []
    assert loose(plant(tmp_path, "run.txt", line + "\n"))


def test_a_low_or_missing_pin_is_found(tmp_path: Path) -> None:
    low = "flask==3.1.2 --hash=sha256:00\njinja2==3.1.6 --hash=sha256:00\n"
    plant(tmp_path, "run.txt", low)
    plant(tmp_path, "dev.txt", (FOLDER / "dev.txt").read_text())
    assert [fault.split(",")[0] for fault in below_floor(tmp_path)] == [
        "run.txt: flask ==3.1.2",
        "run.txt: werkzeug None",
    ]
