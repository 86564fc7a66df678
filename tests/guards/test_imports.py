"""Who may import what, where import-linter's rules of whole packages do not reach."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, having, plant

SPACYS_PLACES = ("annotator/nlp", "annotator/exporters/spacy")
FLASKS_PLACES = ("annotator/web", "annotator/api", "annotator/app.py")
FLASK = {"flask", "werkzeug", "flask_babel", "flask_compress", "spectree"}
BUILDERS = {"select", "insert", "update", "delete", "text", "exists", "func", "join"}
# What a person waits for at the start, and pays for in memory while the server runs.
HEAVY = ("spacy", "thinc", "scipy", "datasketch")


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every import, those inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


def trees(root: Path, below: str) -> Iterator[tuple[str, ast.Module]]:
    for path in having(root, ".py", below=below):
        yield path.as_posix(), ast.parse((root / path).read_text(encoding="utf-8"))


def outside(root: Path, packages: set[str], places: tuple[str, ...]) -> list[str]:
    """Return the imports of some packages anywhere in annotator/ but in their places."""
    return [
        f"{path}:{line}: {name}"
        for path, tree in trees(root, "annotator")
        if not path.startswith(places)
        for line, name in imported(tree)
        if name.partition(".")[0] in packages
    ]


def spacy_elsewhere(root: Path) -> list[str]:
    return outside(root, {"spacy"}, SPACYS_PLACES)


def flask_elsewhere(root: Path) -> list[str]:
    return outside(root, FLASK, FLASKS_PLACES)


def impure(root: Path) -> list[str]:
    """Return what the domain imports beside the standard library and itself."""
    return [
        f"{path}:{line}: {name}"
        for path, tree in trees(root, "annotator/domain")
        for line, name in imported(tree)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith("annotator.domain")
    ]


def queries_in_views(root: Path) -> list[str]:
    """Return the places in web/ and api/ that build a SQL statement."""
    return [
        f"{path}:{line}: {name}"
        for folder in ("annotator/web", "annotator/api")
        for path, tree in trees(root, folder)
        for line, name in statements(tree)
    ]


def statements(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and name of what makes SQL: a builder imported from SQLAlchemy or reached by it.

    Sessions and their types may be named; a method such as `values.update(...)` is no statement.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in BUILDERS)
        elif isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id == "select":
                yield node.lineno, called.id
            elif isinstance(called, ast.Attribute) and called.attr in BUILDERS:
                owner = called.value
                if isinstance(owner, ast.Name) and owner.id in {"sa", "sqlalchemy", "sql"}:
                    yield node.lineno, f"{owner.id}.{called.attr}"
            elif isinstance(called, ast.Attribute) and called.attr == "query":
                yield node.lineno, called.attr


RULES: list[Callable[[Path], list[str]]] = [
    spacy_elsewhere,
    flask_elsewhere,
    impure,
    queries_in_views,
]


@pytest.mark.parametrize("rule", RULES)
def test_imports_keep_to_their_places(rule: Callable[[Path], list[str]]) -> None:
    assert any(trees(ROOT, "annotator"))
    assert rule(ROOT) == []


@pytest.mark.parametrize(
    ("rule", "path", "line", "faults"),
    [
        (spacy_elsewhere, "annotator/services/a.py", "import spacy", 1),
        (spacy_elsewhere, "annotator/web/a.py", "def f():\n    from spacy.tokens import Doc", 1),
        (spacy_elsewhere, "annotator/exporters/brat.py", "import spacy.util", 1),
        (spacy_elsewhere, "annotator/exporters/spacy_corpus.py", "import spacy", 0),
        (spacy_elsewhere, "annotator/nlp/a.py", "import spacy", 0),
        (flask_elsewhere, "annotator/services/a.py", "from flask import g", 1),
        (flask_elsewhere, "annotator/storage/a.py", "import werkzeug.exceptions", 1),
        (flask_elsewhere, "annotator/web/a.py", "from flask import g", 0),
        (impure, "annotator/domain/a.py", "import numpy", 1),
        (impure, "annotator/domain/a.py", "from annotator.config import Config", 1),
        (impure, "annotator/domain/a.py", "import re\nfrom annotator.domain.spans import S", 0),
        (queries_in_views, "annotator/web/a.py", "def f(s):\n    return s.scalars(select(1))", 1),
        (queries_in_views, "annotator/api/a.py", "import sqlalchemy as sa\nsa.text('')", 1),
        (queries_in_views, "annotator/web/a.py", "from sqlalchemy import func, update", 2),
        (queries_in_views, "annotator/web/a.py", "from sqlalchemy.orm import Session", 0),
        (queries_in_views, "annotator/web/a.py", "values = {}\nvalues.update(a=1)", 0),
        (queries_in_views, "annotator/services/a.py", "select(1)", 0),
    ],
)
def test_a_stray_import_is_found(
    tmp_path: Path, rule: Callable[[Path], list[str]], path: str, line: str, faults: int
) -> None:
    assert len(rule(plant(tmp_path, path, line + "\n"))) == faults


def loaded_by(module: str) -> set[str]:
    """Return the heavy packages in a fresh process after importing one module."""
    probe = f"import sys, {module}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(ended.stdout.split())


@pytest.mark.parametrize("module", ["annotator.app", "annotator.cli"])
def test_the_server_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(module) == set()


def test_a_heavy_import_would_be_seen() -> None:
    assert "spacy" in loaded_by("spacy")
