"""People who save through cuts: the same operation again and again until it is acknowledged."""

import random
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.faults.doors import Change, Door
from tests.faults.page import Refused
from tests.faults.scene import Person, Range, Reading, Scene
from tests.faults.server import Server

MOST_ATTEMPTS = 2_000
PAUSE = 0.02
TRY_AGAIN = (502, 503, 504)
LOST_EVERY = 10
"""One answer in so many is thrown away on the client's side and asked for again."""


@dataclass
class Mark:
    """What a writer was promised about one annotation."""

    article: int
    place: Range
    label: str
    rev: int = 1
    deleted: bool = False


@dataclass
class Writer(threading.Thread):
    """One person's work: marks words one after the other, now and then changes or deletes one.

    ``marks`` is what was acknowledged. It ends at ``stop``, at ``until``, or without words left.
    """

    server: Server
    scene: Scene
    person: Person
    door: Door
    stop: threading.Event
    until: float
    marks: dict[str, Mark] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    answered: list[tuple[int, float]] = field(default_factory=list)
    """Generation of the server and time of each acknowledgement."""
    retries: int = 0
    refusals: list[str] = field(default_factory=list)
    """What the server would not do; the writer stops at the first."""

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._dice = random.Random(self.person.id)
        self._generation = self.server.generation
        self._held: set[tuple[int, Range, str]] = set()

    # A dataclass with fields that can be compared has no hash, and threads are kept in sets.
    __hash__ = threading.Thread.__hash__

    @property
    def changes(self) -> int:
        """How many changes were acknowledged."""
        return sum(self.acknowledged.values())

    def run(self) -> None:
        try:
            self._work(_places(self.scene, self.person))
        finally:
            self.door.lose()

    def _work(self, fresh: Iterator[tuple[Reading, Range, str]]) -> None:
        while True:
            if self.stop.is_set() or time.monotonic() > self.until or self.refusals:
                return
            change = self._next(fresh)
            if change is None:
                return
            try:
                self._save(change)
            except Refused as error:
                self.refusals.append(f"{change.kind} {change.annotation}: {error}")

    def _next(self, fresh: Iterator[tuple[Reading, Range, str]]) -> Change | None:
        dice = self._dice.random()
        recent = [(id_, mark) for id_, mark in list(self.marks.items())[-20:] if not mark.deleted]
        if recent and dice < 0.3:
            id_, mark = self._dice.choice(recent)
            label = self._dice.choice([name for name in self.scene.labels if name != mark.label])
            kind = "set" if dice < 0.2 else "del"
            if kind == "del" or (mark.article, mark.place, label) not in self._held:
                return Change(kind, mark.article, _new(), id_, mark.rev, mark.place, label)
        for article, place, label in fresh:
            if (article.id, place, label) not in self._held:
                return Change("add", article.id, _new(), _new(), 0, place, label)
        return None

    def _save(self, change: Change) -> None:
        holder = self._until_acknowledged(change)
        if holder is None:
            return
        self.acknowledged[change.kind] = self.acknowledged.get(change.kind, 0) + 1
        if change.kind == "add":
            self.marks[holder] = Mark(change.article, change.place, change.label)
        else:
            mark = self.marks[change.annotation]
            mark.rev += 1
            self._held.discard((mark.article, mark.place, mark.label))
            mark.deleted = change.kind == "del"
            if not mark.deleted:
                mark.label = change.label
        if change.kind != "del":
            self._held.add((change.article, change.place, change.label))

    def _until_acknowledged(self, change: Change) -> str | None:
        for attempt in range(MOST_ATTEMPTS):
            self.retries += attempt > 0
            try:
                return self._attempt(change, lose=self._dice.randrange(LOST_EVERY) == 0)
            except Refused as error:
                if error.status not in TRY_AGAIN:
                    raise
            except OSError:
                self.door.lose()
            if time.monotonic() > self.until + 30:
                break
            time.sleep(PAUSE)
        self.refusals.append(f"{change.kind} {change.annotation}: never acknowledged")
        return None

    def _attempt(self, change: Change, *, lose: bool) -> str:
        if self._generation != self.server.generation:
            self._generation = self.server.generation
            self.door.connect(self.server.port)
        generation = self._generation
        self.door.request(change)
        if lose and self._dice.random() < 0.5:
            self.door.lose()
            raise ConnectionError("hung up before the answer")
        held = self.door.answer(change)
        if lose:
            raise ConnectionError("the answer was lost on the way")
        self.answered.append((generation, time.monotonic()))
        return held


def _places(scene: Scene, person: Person) -> Iterator[tuple[Reading, Range, str]]:
    """Every word of every article once with each label, several articles at a time."""
    order = scene.articles[person.id % len(scene.articles) :] + scene.articles
    order = order[: len(scene.articles)]
    for label in scene.labels:
        for number in range(max(len(article.words) for article in order)):
            for article in order:
                if number < len(article.words):
                    yield article, article.words[number], label


def _new() -> str:
    return str(uuid.uuid4())
