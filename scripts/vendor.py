"""Fetch the browser files the repository carries, at the versions static/vendor/vendor.json names.

Run `python scripts/vendor.py` after changing a version there: it packs each npm package, checks the
tarball against the integrity the registry declares, copies the listed files, draws the icon sprite
and writes all hashes anew. Nothing in a build runs this; the files are committed.
"""

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "static" / "vendor" / "vendor.json"
SPRITE_OPEN = '<svg xmlns="http://www.w3.org/2000/svg">'
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
)


def digest(data: bytes, algorithm: str) -> str:
    """Return the hash in the form of a subresource integrity attribute, `sha384-...`."""
    raw = hashlib.new(algorithm, data).digest()
    return f"{algorithm}-{base64.b64encode(raw).decode()}"


def pack(name: str, version: str, folder: Path) -> tuple[Path, str]:
    """Return the package's tarball and its integrity; raise if the registry declares another."""
    spec = f"{name}@{version}"
    packed = subprocess.run(
        ["npm", "pack", spec, "--json"], cwd=folder, check=True, capture_output=True, text=True
    )
    answer: Any = json.loads(packed.stdout)
    # npm 11 answers with a list, npm 12 with an object keyed by package.
    entry = answer[0] if isinstance(answer, list) else next(iter(answer.values()))
    tarball = folder / Path(entry["filename"]).name.replace("@", "").replace("/", "-")
    found = digest(tarball.read_bytes(), "sha512")
    viewed = subprocess.run(
        ["npm", "view", spec, "dist.integrity"], check=True, capture_output=True, text=True
    )
    declared = re.search(r"sha512-[A-Za-z0-9+/=]+", viewed.stdout)
    if declared is None or declared.group() != found:
        raise SystemExit(f"{spec}: the tarball's hash is {found}, the registry says otherwise")
    return tarball, found


def member(tarball: Path, path: str) -> bytes:
    """Return one file of an npm tarball."""
    with tarfile.open(tarball) as archive:
        stream = archive.extractfile(f"package/{path}")
        if stream is None:
            raise SystemExit(f"{tarball.name} has no file {path}")
        return stream.read()


def sprite(tarball: Path, icons: list[str]) -> bytes:
    """Return one SVG with a symbol per icon, drawn in the text's colour."""
    symbols = []
    for name in icons:
        source = member(tarball, f"icons/{name}.svg").decode()
        body = source[source.index(">", source.index("<svg")) + 1 : source.index("</svg>")]
        shapes = "".join(line.strip() for line in body.splitlines()).replace(" />", "/>")
        symbols.append(SYMBOL.format(name=name, shapes=shapes))
    return "\n".join([SPRITE_OPEN, *symbols, "</svg>", ""]).encode()


def refresh(package: dict[str, Any], folder: Path) -> None:
    """Fetch one package and write its files and hashes."""
    tarball, package["integrity"] = pack(package["name"], package["version"], folder)
    for file in package["files"]:
        made_of_icons = "icons" in package and file["source"] == "icons"
        if made_of_icons:
            content = sprite(tarball, package["icons"])
        else:
            content = member(tarball, file["source"])
        target = ROOT / "static" / file["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        file["sha384"] = digest(content, "sha384")


def main() -> None:
    record = json.loads(RECORD.read_text())
    with tempfile.TemporaryDirectory() as folder:
        for package in record["packages"]:
            refresh(package, Path(folder))
    RECORD.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
