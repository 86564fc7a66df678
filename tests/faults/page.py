"""The annotate page as the server sees it: the same requests, without a browser."""

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.faults.connection import Answer, Connection
from tests.faults.scene import SLUG, Person, Range

COOKIE = "__Host-annotator"
ACKS = re.compile(rb'<template id="acks">(.*?)</template>', re.S)
BROWSER = {"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}


class Refused(Exception):
    """The server answered, and not with what a page expects."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text[:300]}")
        self.status = status


def _refused(answer: Answer) -> Refused:
    return Refused(answer.status, answer.body.decode(errors="replace"))


class Opened(NamedTuple):
    """What a page knows once it was opened."""

    csrf: str
    scheme: int
    seq: int


@dataclass
class Page:
    """One person's pages over one connection; ``seq`` by article is what was seen last."""

    person: Person
    port: int
    slug: str = SLUG
    encoding: str = ""
    """The Accept-Encoding of the answers; empty for what can be read without unpacking."""
    opened: Opened | None = None
    seq: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connect(self.port)

    def connect(self, port: int) -> None:
        """Go on with a server on another port."""
        headers = {"Cookie": f"{COOKIE}={self.person.secret}"}
        if self.encoding:
            headers["Accept-Encoding"] = self.encoding
        self.port, self.connection = port, Connection(port, headers)

    def open(self, article: int) -> Opened:
        """Read the page of an article."""
        answer = self.connection.request(
            "GET", self.address(article), Accept_Encoding="identity", Sec_Fetch_Site="none"
        )
        if answer.status != 200:
            raise _refused(answer)
        html = answer.body.decode()
        self.opened = Opened(
            _found(r'name="csrf-token" content="([^"]+)"', html),
            int(_found(r'data-scheme="(\d+)"', html)),
            int(_found(r'data-seq="(\d+)"', html)),
        )
        self.seq[article] = self.opened.seq
        return self.opened

    def address(self, article: int) -> str:
        """The path of an article's page."""
        return f"/projects/{self.slug}/articles/{article}"

    def send(self, article: int, *operations: dict[str, Any]) -> None:
        """Send operations without waiting for what becomes of them."""
        assert self.opened is not None
        envelope = {
            "csrf": self.opened.csrf,
            "user": self.person.id,
            "base": self.seq.get(article, 0),
            "tab": "proof",
            "scheme": self.opened.scheme,
            "ops": operations,
        }
        body = json.dumps(envelope, ensure_ascii=False).encode()
        path = f"{self.address(article)}/operations"
        self.connection.send("POST", path, body, Content_Type="application/json", **BROWSER)

    def acknowledged(self, article: int) -> list[dict[str, Any]]:
        """Wait for the answer; one entry for each operation. Raises ``Refused`` or ``OSError``."""
        answer = self.stored(article)
        found = ACKS.search(answer.body)
        if found is None:
            raise _refused(answer)
        acks: list[dict[str, Any]] = json.loads(found[1])["acks"]
        return acks

    def stored(self, article: int) -> Answer:
        """Wait for the answer and take note of the sequence number, whatever it says of each."""
        answer = self.connection.receive()
        if answer.status != 200:
            raise _refused(answer)
        self.seq[article] = int(answer.headers["x-seq"])
        return answer


def add(place: Range, label: str) -> dict[str, Any]:
    """The operation that marks a word; new ids at each call."""
    return {
        "id": str(uuid.uuid4()),
        "op": "add",
        "sid": str(uuid.uuid4()),
        "p": place.block,
        "s": place.start16,
        "e": place.end16,
        "q": place.quote,
        "l": label,
    }


def _found(pattern: str, html: str) -> str:
    found = re.search(pattern, html)
    if found is None:
        raise AssertionError(f"The page lacks {pattern}: {html[:400]}")
    return found[1]
