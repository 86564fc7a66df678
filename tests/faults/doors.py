"""The two ways in, the page's operations and the API, to carry the same changes."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from tests.faults.connection import Connection
from tests.faults.page import Page, Refused, add
from tests.faults.scene import SLUG, Person, Range, Reading
from tests.faults.server import Server


@dataclass
class Change:
    """One operation with the ids that every attempt of it carries."""

    kind: str
    """add, set (another label) or del."""
    article: int
    id: str
    annotation: str
    rev: int
    place: Range
    label: str


class Door(Protocol):
    """What a writer needs of a way in."""

    def connect(self, port: int) -> None:
        """Go on with a server on another port."""

    def request(self, change: Change) -> None:
        """Send a change without waiting."""

    def answer(self, change: Change) -> str:
        """Wait; the id of the annotation that holds the range. Raises ``Refused``, ``OSError``."""

    def lose(self) -> None:
        """Hang up, whatever was under way."""


class PageDoor:
    """Operations as the annotate page sends them."""

    def __init__(self, person: Person, server: Server, articles: tuple[Reading, ...]) -> None:
        self.page = Page(person, server.port)
        self.page.open(articles[0].id)

    def connect(self, port: int) -> None:
        self.page.connection.close()
        self.page.connect(port)

    def request(self, change: Change) -> None:
        self.page.send(change.article, _operation(change))

    def answer(self, change: Change) -> str:
        ack = self.page.acknowledged(change.article)[0]
        if ack["status"] != "ok":
            raise Refused(200, json.dumps(ack))
        return str(ack.get("sid", change.annotation))

    def lose(self) -> None:
        self.page.connection.close()


def _operation(change: Change) -> dict[str, Any]:
    if change.kind == "add":
        made = add(change.place, change.label)
        return made | {"id": change.id, "sid": change.annotation}
    made = {"id": change.id, "op": change.kind, "sid": change.annotation, "rev": change.rev}
    return made | {"l": change.label} if change.kind == "set" else made


class ApiDoor:
    """PUT, PATCH and DELETE of one annotation; a PUT may be repeated even without a key."""

    METHODS = {"add": "PUT", "set": "PATCH", "del": "DELETE"}  # noqa: RUF012

    def __init__(self, person: Person, server: Server) -> None:
        self.person = person
        self.connect(server.port)

    def connect(self, port: int) -> None:
        headers = {"Authorization": f"Bearer {self.person.token}"}
        self.connection = Connection(port, headers)

    def request(self, change: Change) -> None:
        path = f"/api/v1/projects/{SLUG}/articles/{change.article}/annotations/{change.annotation}"
        headers = {"Content-Type": "application/json"}
        body: dict[str, Any] = {"label": change.label}
        if change.kind == "add":
            place = change.place
            body |= {"start": place.start, "end": place.end, "quote": place.quote}
        else:
            headers["If-Match"] = f'"{change.rev}"'
        if change.kind != "add" or int(change.id[0], 16) % 2:
            headers["Idempotency-Key"] = change.id
        sent = b"" if change.kind == "del" else json.dumps(body, ensure_ascii=False).encode()
        self.connection.send(self.METHODS[change.kind], path, sent, **headers)

    def answer(self, change: Change) -> str:
        answer = self.connection.receive()
        if answer.status not in (200, 201, 204):
            raise Refused(answer.status, answer.body.decode(errors="replace"))
        return change.annotation

    def lose(self) -> None:
        self.connection.close()
