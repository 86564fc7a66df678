"""Files stay short enough to be read in one go, and are named after what they hold."""

from pathlib import Path

import pytest

from tests.guards.tree import ROOT, having, listed, plant, vendored

LIMITS = {".py": 300, ".js": 250, ".html": 100}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "managers"}


def too_long(root: Path) -> list[str]:
    """Return the files above the limit of their kind. Migrations are records and never split."""
    faults = []
    for path in having(root, *LIMITS):
        if vendored(path) or "migrations" in path.parts:
            continue
        lines = len((root / path).read_text(encoding="utf-8").splitlines())
        if lines > LIMITS[path.suffix]:
            faults.append(f"{path}: {lines} lines, at most {LIMITS[path.suffix]}")
    return faults


def named_for_nothing(root: Path) -> list[str]:
    """Return the modules, templates and folders of them whose name says nothing."""
    faults = []
    for path in listed(root):
        if path.suffix not in {".py", ".js", ".html", ".css"} or vendored(path):
            continue
        words = {part.strip("_").removeprefix("test_") for part in (*path.parts[:-1], path.stem)}
        if words & SAYS_NOTHING:
            faults.append(str(path))
    return faults


def test_files_are_short() -> None:
    assert too_long(ROOT) == []


def test_names_say_something() -> None:
    assert named_for_nothing(ROOT) == []


@pytest.mark.parametrize(
    ("path", "lines"), [("annotator/a.py", 301), ("static/js/a.js", 251), ("templates/a.html", 101)]
)
def test_a_long_file_is_found(tmp_path: Path, path: str, lines: int) -> None:
    assert too_long(plant(tmp_path, path, "x\n" * (lines - 1))) == []
    assert len(too_long(plant(tmp_path, path, "x\n" * lines))) == 1


def test_vendored_files_and_migrations_may_be_long(tmp_path: Path) -> None:
    plant(tmp_path, "static/vendor/a.js", "x\n" * 999)
    plant(tmp_path, "annotator/storage/migrations/versions/a.py", "x\n" * 999)
    assert too_long(tmp_path) == []


@pytest.mark.parametrize(
    "path",
    [
        "annotator/utils.py",
        "annotator/common/text.py",
        "static/js/helpers.js",
        "templates/misc/_a.html",
        "tests/web/test_manager.py",
    ],
)
def test_an_empty_name_is_found(tmp_path: Path, path: str) -> None:
    assert len(named_for_nothing(plant(tmp_path, path, ""))) == 1
