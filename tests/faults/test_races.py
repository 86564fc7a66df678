"""The same thing sent at the same moment: by sessions, by retries, through two processes."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select

from annotator.storage.engine import Database
from annotator.storage.tables import Annotation, Event
from tests.faults import oracle, record
from tests.faults.doors import ApiDoor, PageDoor
from tests.faults.page import Page, add
from tests.faults.scene import Reading, Scene, enter
from tests.faults.server import Server
from tests.faults.writers import Writer
from tests.world import World

pytestmark = pytest.mark.faults
SESSIONS = 8
TIMES = 3
PATIENCE = 120.0

Sent = tuple[int, dict[str, Any]]
"""An article and an operation."""


def at_once(pages: Sequence[Page], streams: Sequence[Sequence[Sent]]) -> list[list[Any]]:
    """Each page sends its stream, all of them the n-th at the same moment; answers by page.

    What came instead of an answer is the error's text.
    """
    gate = threading.Barrier(len(pages))
    answers: list[list[Any]] = [[] for _ in pages]

    def run(page: Page, stream: Sequence[Sent], got: list[Any]) -> None:
        for article, operation in stream:
            gate.wait(PATIENCE)
            try:
                page.send(article, operation)
                got.append(page.acknowledged(article)[0])
            except Exception as error:  # noqa: BLE001 - every failure is compared below
                got.append(f"{type(error).__name__}: {error}")
        page.connection.close()

    threads = [
        threading.Thread(target=run, args=each, daemon=True)
        for each in zip(pages, streams, answers, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE * 2)
    assert not any(thread.is_alive() for thread in threads), "a sender hangs"
    return answers


def opened(person: Any, server: Server, article: Reading) -> Page:
    page = Page(person, server.port)
    page.open(article.id)
    return page


def counted(database: Database) -> tuple[int, int]:
    """Annotations stored, and events that say one was added."""
    with database.read() as session:
        added = select(func.count()).select_from(Event).where(Event.kind == "annotation.added")
        stored = select(func.count()).select_from(Annotation)
        return session.scalar(stored) or 0, session.scalar(added) or 0


def test_one_span_from_eight_sessions_is_one_row(
    make_server: Callable[..., Server],
    database: Database,
    world: World,
    scene: Scene,
    *,
    full_rounds: bool,
) -> None:
    server, rounds = make_server(), 40 if full_rounds else 10
    # The first span of each article also begins the person's layer there.
    places = [(a, a.words[n]) for n in range(rounds // 4 + 1) for a in scene.articles][:rounds]
    person = scene.people[0].name
    pages = [opened(enter(world, person), server, scene.articles[0]) for _ in range(SESSIONS)]
    streams = [[(a.id, add(word, scene.labels[0])) for a, word in places] for _ in pages]
    answers = at_once(pages, streams)
    for together in zip(*answers, strict=True):
        assert [ack for ack in together if not isinstance(ack, dict) or ack["status"] != "ok"] == []
        assert len({ack["sid"] for ack in together}) == 1, together
    assert counted(database) == (rounds, rounds)
    record.keep(
        f"one span from {SESSIONS} sessions, {database.url.get_backend_name()}",
        {"spans": rounds, "requests": rounds * SESSIONS, "rows": counted(database)[0]},
    )


def test_every_save_sent_three_times_is_one_row(
    make_server: Callable[..., Server], database: Database, scene: Scene, *, full_rounds: bool
) -> None:
    server, saves = make_server(), 3_000 if full_rounds else 200
    streams, pages = [], []
    for person in scene.people[:4]:
        article, *others = scene.articles
        stream = [
            (a.id, add(word, label))
            for label in scene.labels
            for a in (article, *others)
            for word in a.words
        ][: saves // 4]
        for _ in range(TIMES):
            streams.append(stream)
            pages.append(opened(person, server, article))
    answers = at_once(pages, streams)
    unequal = [
        together
        for first in range(0, len(answers), TIMES)
        for together in zip(*answers[first : first + TIMES], strict=True)
        if any(ack != together[0] for ack in together) or together[0]["status"] != "ok"
    ]
    record.keep(
        f"saves sent {TIMES} times, {database.url.get_backend_name()}",
        {"saves": saves, "requests": saves * TIMES, "rows": counted(database)[0]},
    )
    assert unequal[:3] == []
    assert counted(database) == (saves, saves)


def test_two_processes_write_to_one_database(
    make_server: Callable[..., Server], database: Database, scene: Scene, *, full_rounds: bool
) -> None:
    servers = [make_server(), make_server()]
    stop, until = threading.Event(), time.monotonic() + PATIENCE
    least = 4_000 if full_rounds else 300
    writers = []
    for number, person in enumerate(scene.people):
        server = servers[number % 2]
        door = PageDoor(person, server, scene.articles) if number < 4 else ApiDoor(person, server)
        writers.append(Writer(server, scene, person, door, stop, until))
    for writer in writers:
        writer.start()
    while sum(writer.changes for writer in writers) < least and time.monotonic() < until:
        if any(writer.refusals for writer in writers):
            break
        time.sleep(0.01)
    stop.set()
    for writer in writers:
        writer.join(60)
    assert oracle.examine(database, writers) == []
    by_server = Counter(writer.server.port for writer in writers for _ in range(writer.changes))
    assert len(by_server) == 2
    record.keep(
        f"two processes, {database.url.get_backend_name()}",
        {"changes": sum(by_server.values()), "of each process": sorted(by_server.values())},
    )
    assert sum(by_server.values()) >= least
