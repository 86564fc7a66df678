"""The command as a person types it, with what it prints and its exit code."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from annotator.cli import main
from annotator.storage.engine import Database


@dataclass(frozen=True)
class Ran:
    """What a call left behind."""

    code: int
    out: str
    err: str


Annotator = Callable[..., Ran]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Annotator:
    """``annotator`` with exactly these arguments; ``typed`` is its standard input."""
    monkeypatch.delenv("ANNOTATOR_DATABASE_URL", raising=False)
    monkeypatch.setenv("ANNOTATOR_DATA_DIR", str(tmp_path / "data"))

    def call(*arguments: object, typed: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["annotator", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return call


@pytest.fixture
def annotator(run: Annotator, database: Database) -> Annotator:
    """``annotator`` on the test's database."""
    url = database.url.render_as_string(hide_password=False)

    def call(*arguments: object, typed: str = "") -> Ran:
        return run("--database", url, *arguments, typed=typed)

    return call
