"""What the proofs work on: long articles, people who are signed in, and ranges to mark."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from annotator.domain.permissions import LOCAL
from annotator.services import accounts, sessions
from annotator.storage.tables import Block
from tests.world import World

SLUG = "proofs"
# Letters outside ASCII and the basic plane, so that the three ways of counting differ.
WORDS = re.findall(
    r"\S+",
    "patients children lupus cells antibody kidney relapse β-cell IL-6 remission dose 100mg trial "
    "placebo naïve symptoms 🧬 months eased severe treated response organ damage T-cell fatigue "
    "cohort median n=23 anti-CD19 infusion steroid flare infection graded mild serum biopsy",
)
SENTENCE = 12
LABELS = ("PATIENT_COUNT", "CONDITION", "INTERVENTION", "OUTCOME")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an open session and an API token."""

    id: int
    name: str
    secret: str
    token: str


@dataclass(frozen=True, slots=True)
class Range:
    """A word of an article: block and UTF-16 offsets in it for the page, code points for files."""

    block: int
    start16: int
    end16: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An article and its words, in order."""

    id: int
    words: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """One project with everybody and everything in it."""

    project_id: int
    people: tuple[Person, ...]
    articles: tuple[Reading, ...]
    labels: tuple[str, ...]
    """Some labels that are on, one with values that are guessed at once."""


def build_scene(world: World, *, people: int, articles: int, words: int, block: int = 60) -> Scene:
    """A project in ``world`` with articles of ``words`` words, ``block`` of them a paragraph."""
    names = [f"reader{n}" for n in range(people)]
    project = world.project(SLUG, quota=min(people, 20), **dict.fromkeys(names, "annotator"))
    made = []
    for number in range(articles):
        text = make_text(number, words, block)
        article_id = world.article(SLUG, external_id=f"a{number}", text=text)
        made.append(Reading(article_id, tuple(_words(world, article_id, text))))
    return Scene(
        project.id,
        tuple(enter(world, name) for name in names),
        tuple(made),
        LABELS,
    )


def make_text(number: int, words: int, block: int) -> str:
    """A text of sentences and paragraphs, the same for the same numbers."""
    dice = random.Random(number)
    chosen = [dice.choice(WORDS) for _ in range(words)]
    for at in range(SENTENCE - 1, words, SENTENCE):
        chosen[at] += "."
    paragraphs = [" ".join(chosen[at : at + block]) for at in range(0, words, block)]
    return "\n\n".join([f"Article {number}", *paragraphs])


def _words(world: World, article_id: int, text: str) -> Iterator[Range]:
    with world.database.read() as session:
        blocks = session.execute(
            select(Block.position, Block.start, Block.end)
            .where(Block.article_id == article_id)
            .order_by(Block.position)
        ).all()
    for position, start, end in blocks:
        slice_ = text[start:end]
        for found in re.finditer(r"[^\s.]+", slice_):
            first = len(slice_[: found.start()].encode("utf-16-le")) // 2
            last = first + len(found.group().encode("utf-16-le")) // 2
            yield Range(
                position, first, last, start + found.start(), start + found.end(), found.group()
            )


def enter(world: World, name: str) -> Person:
    """Another session and token of somebody who is a member."""
    user_id = world.people[name]
    with world.database.write() as session:
        secret = sessions.sign_in(session, user_id=user_id)
        token = accounts.create_token(session, LOCAL, name=name)
    return Person(user_id, name, secret, token)
