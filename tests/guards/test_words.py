"""What no committed file may hold: a machine's paths, registry addresses, unfinished notes."""

import re
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, having, listed, plant, vendored

# Joined from pieces, so that this file passes its own guard.
HOSTS = [
    r"pypi\." + "org",
    r"python" + r"hosted\.org",
    r"registry\." + r"npm" + "js",
    r"npm" + r"js\.com",
    r"registry\." + r"yarn" + "pkg",
    r"deb\." + r"debian\.org",
]
PATHS = [
    r"(?<![\w/.-])/work/" + "(?:main|shared|scratch)",
    r"(?<![\w/.-])/root/" + r"[\w.]",
    r"(?<![\w/.-])/home/" + r"\w+/",
    r"(?<![\w/.-])/" + r"Users/\w+/",
    r"\b[A-Z]:\\+" + r"Users\\",
]
OF_ONE_PLACE = re.compile("|".join([*HOSTS, *PATHS]))
TAGS = Path("exports/sample/tokenizer")
"""spaCy's own list of names, in which a part-of-speech tag looks like a note."""
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def readable(file: Path) -> str:
    """Return the text of a file, or nothing where it is not text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def lines_with(pattern: re.Pattern[str], root: Path, paths: list[Path]) -> list[str]:
    """Return `path:line: what was found` for each hit."""
    return [
        f"{path}:{number}: {found.group()}"
        for path in paths
        for number, line in enumerate(readable(root / path).splitlines(), 1)
        if (found := pattern.search(line))
    ]


def machine_words(root: Path) -> list[str]:
    return lines_with(OF_ONE_PLACE, root, [path for path in listed(root) if not vendored(path)])


def unfinished(root: Path) -> list[str]:
    kinds = (".py", ".js", ".html", ".css", ".toml", ".md", ".json", "")
    ours = [
        path
        for path in having(root, *kinds)
        if not vendored(path) and not path.is_relative_to(TAGS)
    ]
    return lines_with(UNFINISHED, root, ours)


def test_no_file_knows_where_it_was_written() -> None:
    assert machine_words(ROOT) == []


def test_nothing_is_left_unfinished() -> None:
    assert unfinished(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "see https://" + "pypi" + ".org/simple",
        '"resolved": "https://' + "registry." + "npm" + 'js.org/a.tgz"',
        "open('" + "/work/" + "main/a')",
        "#!" + "/root/" + ".venv/bin/python",
        "/home/" + "ada/annotator",
        "C:" + "\\Users\\ada",
    ],
)
def test_a_machine_word_is_found(tmp_path: Path, line: str) -> None:
    assert len(machine_words(plant(tmp_path, "docs/a.md", line))) == 1


@pytest.mark.parametrize("line", ["home/index.html", "the work/life balance", "/projects/work/"])
def test_an_innocent_word_is_not(tmp_path: Path, line: str) -> None:
    assert machine_words(plant(tmp_path, "docs/a.md", line)) == []


@pytest.mark.parametrize(
    "path", ["annotator/a.py", "static/js/a.js", "templates/a.html", "Makefile"]
)
def test_an_unfinished_note_is_found(tmp_path: Path, path: str) -> None:
    assert len(unfinished(plant(tmp_path, path, "x = 1  # TO" + "DO: more\n"))) == 1
