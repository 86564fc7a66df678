"""``python -m tests.bench [save page start export]``: measure, print a table, keep JSON."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import figures
from tests.bench.figures import RESULTS, Figure, figure


def main() -> int:
    """Run what was named, else everything; 1 where a limit was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *MEASURES], help="default: all")
    parser.add_argument("--peers", metavar="FOLDER", type=Path, help="measure Potato beside us")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a limit is missed")
    given = parser.parse_args()
    if given.peers is not None:
        from tests.bench import peers

        return peers.run(given.peers)
    RESULTS.mkdir(parents=True, exist_ok=True)
    # Beside the results and not in the folder for temporary files, which may be memory.
    work = Path(tempfile.mkdtemp(prefix="work-", dir=RESULTS))
    groups: dict[str, list[Figure]] = {}
    try:
        for name in given.names or MEASURES:
            began = time.monotonic()
            groups[name] = MEASURES[name](work)
            figures.print_table(f"{name} ({time.monotonic() - began:.0f} s)", groups[name])
    finally:
        shutil.rmtree(work, ignore_errors=True)
    path = RESULTS / "bench.json"
    figures.keep(groups, path)
    missed = [one.title for found in groups.values() for one in found if one.met is False]
    print(f"\n{figures.machine()}\nWritten to {path}; {len(missed)} limits missed.")
    return 1 if missed and given.strict else 0


def _save(work: Path) -> list[Figure]:
    from tests.bench import save

    return save.run(work)


def _page(work: Path) -> list[Figure]:
    from tests.bench import page

    return page.run(work)


def _start(work: Path) -> list[Figure]:
    from tests.bench import start

    return start.run(work)


def _export(_work: Path) -> list[Figure]:
    from tests.bench import export

    limits = {"export_to_full": ("least", 0.75), "proved_to_full": ("least", 0.5)}
    limits["memory_ratio"] = ("most", 1.3)
    found = []
    for name, value in export.run().items():
        kind, limit = limits.get(name, ("most", None))
        title = name.replace("_", " ")
        found.append(figure(title, [value], "", **{kind: limit}))
    return found


MEASURES: dict[str, Callable[[Path], list[Figure]]] = {
    "save": _save,
    "page": _page,
    "start": _start,
    "export": _export,
}

if __name__ == "__main__":
    sys.exit(main())
