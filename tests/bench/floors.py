"""What no tool built on these parts can beat: a commit, a bare answer, a page that is a file.

``python -m tests.bench.floors --data-dir FOLDER`` is the bare server: Flask on waitress.
"""

import html
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from annotator.storage.engine import bundled_sqlite
from tests.faults.connection import Connection
from tests.faults.scene import Range
from tests.faults.server import Server

BARE = ("-m", "tests.bench.floors")
STYLE = "#text{white-space:pre-wrap;font:16px/1.6 sans-serif;max-width:60em}mark{background:#fd8}"


class Commits:
    """One row a transaction in a WAL database that syncs at each commit."""

    def __init__(self, folder: Path) -> None:
        self._database = bundled_sqlite.connect(folder / "floor.sqlite", isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute("CREATE TABLE span (id INTEGER PRIMARY KEY, a, b, label, at)")
        self._database.execute("CREATE INDEX ix_span_label ON span (label)")
        self._number = count()

    def times(self, rounds: int) -> list[float]:
        """Seconds of each of some commits."""
        found = []
        for number in [next(self._number) for _ in range(rounds)]:
            began = time.perf_counter()
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute(
                "INSERT INTO span (a, b, label, at) VALUES (?, ?, ?, '2026-01-01 00:00:00.000')",
                (number, number + 5, number % 10),
            )
            self._database.execute("COMMIT")
            found.append(time.perf_counter() - began)
        return found

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def bare_server(folder: Path) -> Server:
    """A server that answers “ok” at / and with the files of ``folder`` below /pages."""
    folder.mkdir(parents=True, exist_ok=True)
    return Server(folder, "none", BARE)


def answer_times(connection: Connection, rounds: int) -> list[float]:
    """Seconds of each of some bare answers over one connection."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        answer = connection.request("GET", "/")
        found.append(time.perf_counter() - began)
        assert answer.body == b"ok", answer
    return found


def static_page(text: str, ranges: Sequence[Range]) -> str:
    """The article as a file: its text with its marks, a style, and nothing else.

    Of ranges that overlap only the first is drawn.
    """
    parts, at = [], 0
    for place in sorted(ranges, key=lambda place: place.start):
        if place.start < at:
            continue
        parts.append(html.escape(text[at : place.start]))
        parts.append(f"<mark>{html.escape(text[place.start : place.end])}</mark>")
        at = place.end
    parts.append(html.escape(text[at:]))
    head = f"<!doctype html><meta charset=utf-8><title>static</title><style>{STYLE}</style>"
    return f"{head}<main id=text>{''.join(parts)}</main>"


def serve(folder: Path) -> None:
    """Serve until a signal ends the process; the address is said as our own server says it."""
    from flask import Flask, send_from_directory
    from waitress.server import create_server

    from annotator.cli.serve import THREADS

    app = Flask("bare", static_folder=None)
    app.get("/", endpoint="bare")(lambda: "ok")
    app.get("/pages/<name>", endpoint="page")(lambda name: send_from_directory(folder, name))
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    print(f"Listening on http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    # Called as our own server is: --data-dir FOLDER and more that does not matter here.
    serve(Path(sys.argv[sys.argv.index("--data-dir") + 1]))
