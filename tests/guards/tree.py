"""The files a guard looks at: what git tracks or would track, or everything below a folder."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", "node_modules", "__pycache__", ".demo", "dist", "build"}


def listed(root: Path) -> list[Path]:
    """Return the paths below root, relative to it and sorted.

    In a checkout these are git's: tracked files and new ones that are not ignored.
    """
    if (root / ".git").exists():
        names = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
        paths = {Path(name) for name in names if name}
    else:
        paths = {path.relative_to(root) for path in root.rglob("*")}
    return sorted(
        path for path in paths if (root / path).is_file() and not NOT_OURS & set(path.parts)
    )


def having(root: Path, *suffixes: str, below: str = "") -> Iterator[Path]:
    """Yield the listed paths with one of the suffixes, below a folder if one is named."""
    for path in listed(root):
        if path.suffix in suffixes and (not below or path.is_relative_to(below)):
            yield path


def vendored(path: Path) -> bool:
    return path.is_relative_to("static/vendor")


def plant(root: Path, path: str, content: str) -> Path:
    """Write a file for a negative control and return the folder it was planted in."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content, encoding="utf-8")
    return root
