"""The browser files we carry are the ones vendor.json records, byte for byte."""

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.guards.tree import ROOT

STATIC = ROOT / "static"


def altered(static: Path) -> list[str]:
    """Return what differs between static/vendor and its record, in either direction."""
    packages = json.loads((static / "vendor" / "vendor.json").read_text())["packages"]
    recorded = {file["path"]: file["sha384"] for package in packages for file in package["files"]}
    faults = []
    for path, expected in recorded.items():
        file = static / path
        if not file.is_file():
            faults.append(f"{path}: recorded, not there")
            continue
        raw = hashlib.sha384(file.read_bytes()).digest()
        if f"sha384-{base64.b64encode(raw).decode()}" != expected:
            faults.append(f"{path}: not the file that was recorded")
    there = {
        file.relative_to(static).as_posix()
        for file in (static / "vendor").rglob("*")
        if file.is_file() and file.name != "vendor.json"
    }
    return faults + [f"{path}: there, not recorded" for path in sorted(there - set(recorded))]


def unidentified(static: Path) -> list[str]:
    """Return the packages without an exact version, a licence or the hash of their tarball."""
    packages = json.loads((static / "vendor" / "vendor.json").read_text())["packages"]
    return [
        package["name"]
        for package in packages
        if not re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        or not package["licence"]
        or not re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"])
    ]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(STATIC / "vendor", tmp_path / "vendor")
    shutil.copy(STATIC / "icons.svg", tmp_path / "icons.svg")
    return tmp_path


def test_vendored_files_are_as_recorded() -> None:
    assert altered(STATIC) == []


def test_every_package_is_identified() -> None:
    assert unidentified(STATIC) == []


def test_a_changed_byte_is_found(copy: Path) -> None:
    assert altered(copy) == []
    with (copy / "vendor" / "htmx.min.js").open("ab") as file:
        file.write(b"\n")
    assert altered(copy) == ["vendor/htmx.min.js: not the file that was recorded"]


def test_a_missing_and_an_unknown_file_are_found(copy: Path) -> None:
    (copy / "icons.svg").unlink()
    (copy / "vendor" / "more.js").write_text("1")
    assert altered(copy) == [
        "icons.svg: recorded, not there",
        "vendor/more.js: there, not recorded",
    ]


def test_a_package_without_version_is_found(copy: Path) -> None:
    record = copy / "vendor" / "vendor.json"
    record.write_text(record.read_text().replace('"4.0.1"', '"latest"'))
    assert unidentified(copy) == ["htmx.org"]


def test_symbols_of_the_sprite_have_one_name_each() -> None:
    names = re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / "icons.svg").read_text())
    assert len(names) == len(set(names)) >= 25
