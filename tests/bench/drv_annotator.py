"""This program as one more peer for the comparison with other tools.

Their runner loads it, with its own modules ``base`` and ``corpus`` on the path. It uses the command
line and the page's requests, and five plain labels, so that all tools store the same thing.
"""

import json
import re
import sqlite3
import subprocess
import time
import urllib.parse
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

from base import Http, Peer, wait_200
from corpus import LABELS

PEOPLE = 32
PASSWORD = "a password for measurements"
MANY = 200
"""Operations in one request where many spans are put on one article."""
COMMANDS = """
import json, sys
from annotator.cli import cli
for arguments in json.loads(sys.argv[1]):
    cli(arguments, standalone_mode=False)
"""
# What the page paints before the server has answered counts as much as what the server drew.
COUNT = """(document.querySelectorAll("#text mark").length + [...CSS.highlights.entries()]
    .filter(([name]) => name.startsWith("add-")).reduce((sum, [, one]) => sum + one.size, 0))"""
READY = """(document.querySelector("#text")?.textContent.length > 20
    && document.querySelector("#save-state")?.textContent.trim() === "Saved")"""

Handle = int
Item = dict[str, Any]


class Annotator(Peer):
    """``annotator serve`` on a SQLite database in the peer's home."""

    name = "annotator"
    settle = 0.0
    ui_ready_js = READY
    ui_count_js = COUNT
    ui_text_sel = "#text"

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.data = Path(self.home) / "data"
        self.blocks: dict[Handle, list[tuple[int, int, int]]] = {}
        self.scheme: dict[Handle, int] = {}

    def init(self) -> float:
        began = time.perf_counter()
        self._run([["user", "add", f"u{n}", "--password-stdin"] for n in range(PEOPLE)])
        return time.perf_counter() - began

    def start(self) -> float:
        began = time.perf_counter()
        command = [self.bin("annotator"), "--data-dir", str(self.data), "serve", "--port"]
        self.procs.start([*command, str(self.port)], self.home, self.env(), f"{self.home}/log")
        wait_200(self.port, "/health")
        return time.perf_counter() - began

    def new_project(self, name: str) -> str:
        path = Path(self.home) / "scheme.json"
        path.write_text(json.dumps(_scheme()))
        made = ["project", "create", name, "--scheme", str(path)]
        members = [["project", "member", name, f"u{n}", "annotator"] for n in range(PEOPLE)]
        self._run([made, *members])
        return name

    def import_docs(self, project: str, docs: Any) -> None:
        path = Path(self.home) / f"{project}-{uuid.uuid4().hex[:8]}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for doc in docs:
                record = {"id": doc["id"], "text": doc["text"]}
                if doc["spans"]:
                    spans = [{**span, "annotator": "u0"} for span in doc["spans"]]
                    record |= {"annotations": spans, "done": ["u0"]}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._run([["import", project, str(path)]])

    def doc_handles(self, project: str) -> list[tuple[Handle, str]]:
        rows = self._rows(
            "SELECT a.id, a.text, p.scheme_version FROM articles a JOIN projects p"
            " ON p.id = a.project_id WHERE p.slug = ? ORDER BY a.id",
            project,
        )
        self.scheme |= {row[0]: row[2] for row in rows}
        for article, *block in self._rows(
            "SELECT b.article_id, b.position, b.start_offset, b.end_offset FROM blocks b"
            " JOIN articles a ON a.id = b.article_id JOIN projects p ON p.id = a.project_id"
            " WHERE p.slug = ? AND a.id >= ? ORDER BY b.article_id, b.position",
            project,
            max([-1, *self.blocks]) + 1,
        ):
            self.blocks.setdefault(article, []).append(tuple(block))
        return [(row[0], row[1]) for row in rows]

    def session(self, i: int = 0) -> Http:
        """A signed-in person's connection, with what their pages know as attributes."""
        made = Http(self.port)
        form = made.request("GET", "/sign-in")[2].decode()
        csrf = _found(r'name="csrf" value="([^"]+)"', form)
        fields = {"username": f"u{i}", "password": PASSWORD, "csrf": csrf}
        kind = "application/x-www-form-urlencoded"
        made.request("POST", "/sign-in", urllib.parse.urlencode(fields).encode(), ctype=kind)
        page = made.request("GET", "/")[2].decode()
        made.csrf = _found(r'name="csrf-token" content="([^"]+)"', page)
        made.user = int(_found(r'data-user="(\d+)"', page))
        made.seq = {}
        return made

    def save_span(self, s: Http, project: str, item: Item) -> tuple[bool, Any]:
        return self._save(s, project, item["doc"], [self._operation(item)])

    def fill_spans(self, project: str, handle: Handle, text: str, spans: list[Item]) -> None:
        s = self.session(0)
        operations = [self._operation({"doc": handle, "text": text, **span}) for span in spans]
        for at in range(0, len(operations), MANY):
            stored, told = self._save(s, project, handle, operations[at : at + MANY])
            if not stored:
                raise RuntimeError(told)

    def stored(self, project: str) -> list[tuple[Handle, int, int]]:
        return self._rows(
            "SELECT n.article_id, n.start_offset, n.end_offset FROM annotations n JOIN projects p"
            " ON p.id = n.project_id WHERE p.slug = ? AND n.deleted_at IS NULL",
            project,
        )

    def open_requests(self, project: str, handle: Handle) -> list[str]:
        return [_address(project, handle)]

    def export(self, project: str) -> bytes:
        path = Path(self.home) / f"{project}-{uuid.uuid4().hex[:8]}-export.jsonl"
        self._run([["export", project, "--format", "jsonl", "--output", str(path)]])
        return path.read_bytes()

    def parse_export(self, data: bytes) -> list[tuple[str, list[tuple[Any, ...]]]]:
        records = [json.loads(line) for line in data.decode().split("\n") if line]
        kept = ("start", "end", "label", "quote")
        return [
            (record["text"], [tuple(a[k] for k in kept) for a in record.get("annotations", [])])
            for record in records
        ]

    def ui_login(self, ctx: Any) -> None:
        address = "https://127.0.0.1"
        cookies = self.session(0).cookies
        ctx.add_cookies([{"name": n, "value": v, "url": address} for n, v in cookies.items()])
        # The runner waits by evaluating strings inside the page, which our policy forbids.
        ctx.on("page", _lift_policy)

    def ui_url(self, project: str, handle: Handle) -> str:
        return f"http://127.0.0.1:{self.port}{_address(project, handle)}"

    def ui_prepare(self, page: Any) -> None:
        page.wait_for_timeout(500)

    ui_before = staticmethod(lambda _page: None)

    def ui_after(self, page: Any) -> None:
        page.keyboard.press("1")

    def _save(
        self, s: Http, project: str, handle: Handle, operations: list[Item]
    ) -> tuple[bool, Any]:
        envelope = {
            "csrf": s.csrf,
            "user": s.user,
            "base": s.seq.get(handle, 0),
            "tab": "bench",
            "scheme": self.scheme[handle],
            "ops": operations,
        }
        path = f"{_address(project, handle)}/operations"
        status, headers, answer = s.request("POST", path, envelope)
        if status != 200:
            return False, (status, answer[:160])
        s.seq[handle] = int(headers["x-seq"])
        stored = answer.count(b'"status": "ok"') == len(operations)
        return stored, (status, b"" if stored else answer[-400:])

    def _operation(self, item: Item) -> Item:
        text, start, end = item["text"], item["start"], item["end"]
        blocks = self.blocks[item["doc"]]
        first = next(block for block in blocks if block[1] <= start < block[2])
        last = next(block for block in blocks if block[1] < end <= block[2])
        return {
            "id": str(uuid.uuid4()),
            "op": "add",
            "sid": str(uuid.uuid4()),
            "p": first[0],
            "s": _units(text[first[1] : start]),
            "pe": last[0],
            "e": _units(text[last[1] : end]),
            "q": text[start:end],
            "l": item["label"],
        }

    def _run(self, commands: list[list[str]]) -> None:
        # One process for all of them: what is measured is the work and not Python's start.
        given = [["--data-dir", str(self.data), *command] for command in commands]
        words = [self.bin("python"), "-c", COMMANDS, json.dumps(given)]
        secrets = f"{PASSWORD}\n" * len(commands)
        place = {"cwd": self.home, "env": self.env()}
        ended = subprocess.run(words, input=secrets, capture_output=True, text=True, **place)
        if ended.returncode:
            raise RuntimeError(f"{commands[0]}: {ended.stderr[-800:]}")

    def _rows(self, query: str, *values: Any) -> list[Any]:
        """Read behind the server's back."""
        address = f"file:{self.data / 'annotator.sqlite'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            return database.execute(query, values).fetchall()


def _scheme() -> dict[str, Any]:
    looks = {"layer": "flat", "on": True, "style": "solid", "attributes": []}
    texts = dict.fromkeys(("definition", "rule", "yes", "no"), "")
    parts = dict.fromkeys(("relations", "questions", "document_labels", "profiles"), ())
    labels = [
        {"name": n, "code": n[:4], "colour": at, **looks, **texts} for at, n in enumerate(LABELS)
    ]
    hedges = dict.fromkeys(("weakens", "strengthens", "hype"), ())
    return {"name": "five", "version": 1, "labels": labels, **parts, "hedges": hedges}


def _address(project: str, handle: Handle) -> str:
    return f"/projects/{project}/articles/{handle}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _found(pattern: str, html: str) -> str:
    found = re.search(pattern, html)
    if found is None:
        raise RuntimeError(f"The page lacks {pattern}: {html[:300]}")
    return found[1]


def _lift_policy(page: Any) -> None:
    page.context.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
