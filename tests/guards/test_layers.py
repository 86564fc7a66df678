"""The layers of pyproject.toml hold, and import-linter would notice if one did not."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.guards.tree import ROOT, plant


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with the contracts of a folder's pyproject.toml on its package."""
    command = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": str(root), "COLUMNS": "200"}
    return subprocess.run(
        [str(command), "--no-cache"], cwd=root, env=environment, capture_output=True, text=True
    )


def contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def ours() -> set[str]:
    """Return every module of ours that a contract names."""
    entries = [
        entry
        for contract in contracts()
        for key in ("layers", "source_modules", "forbidden_modules")
        for entry in contract.get(key, [])
    ]
    names = {name.strip(" ()") for entry in entries for name in entry.replace(":", "|").split("|")}
    return {name for name in names if name.startswith("annotator.")}


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """A package with every module the contracts name and nothing in them."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    plant(tmp_path, "annotator/__init__.py", "")
    for name in ours():
        plant(tmp_path, name.replace(".", "/") + "/__init__.py", "")
    return tmp_path


def test_layers_hold() -> None:
    ended = lint(ROOT)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_an_empty_package_breaks_nothing(skeleton: Path) -> None:
    ended = lint(skeleton)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("domain", "import annotator.storage"),
        ("domain", "import annotator.config"),
        ("domain", "import sqlalchemy"),
        ("storage", "import annotator.services"),
        ("storage", "import annotator.exporters"),
        ("services", "import annotator.jobs"),
        ("services", "import annotator.web"),
        ("services", "import flask"),
        ("jobs", "import annotator.cli"),
        ("web", "import annotator.cli"),
        ("app", "import annotator.cli"),
        ("cli", "import annotator.web"),
        ("importers", "import annotator.exporters"),
        ("nlp", "import annotator.exporters"),
        ("exporters", "import annotator.storage"),
        ("importers", "import sqlalchemy"),
        ("nlp", "import flask"),
    ],
)
def test_a_wrong_import_breaks_a_contract(skeleton: Path, module: str, line: str) -> None:
    ended = lint(plant(skeleton, f"annotator/{module}/a.py", line + "\n"))
    assert ended.returncode == 1
    assert "BROKEN" in ended.stdout
