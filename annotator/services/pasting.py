"""Taking in an article that somebody pasted into the browser."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from annotator.domain import corpus
from annotator.domain.blocks import Block, split_blocks
from annotator.domain.errors import Conflict, Invalid
from annotator.domain.naming import checked_language, checked_text, slug_from
from annotator.domain.permissions import Actor
from annotator.domain.spans import MAX_ARTICLE_LENGTH
from annotator.domain.text import CleanText, clean_text
from annotator.services.articles import find_external, store_article, text_and_blocks
from annotator.services.jobs import TOKENS, queue_job
from annotator.services.layers import find_article
from annotator.services.projects import open_project
from annotator.storage.tables import Article, Project

log = logging.getLogger(__name__)

LONGEST_TITLE = 500
LONGEST_STEM = 60
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A text that may be stored, with the blocks that its form proposes."""

    title: str
    language: str
    clean: CleanText
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Pasted:
    """The article that was stored; ``twin`` where the project has the same text already."""

    article_id: int
    twin: bool


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block as it was proposed, with its first words."""

    kind: str
    length: int
    opening: str


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """A stored article and its blocks."""

    project: Project
    article: Article
    blocks: list[ShownBlock]


def check_manuscript(*, title: str, text: str, language: str) -> Manuscript:
    """Clean a pasted text and propose its blocks, before any transaction is open.

    Without ``title`` the text's own first line is taken where it looks like one. Raises ``Invalid``
    for a text, title or language that cannot be kept.
    """
    checked_language(language)
    heading = checked_text(title, what="A title", longest=LONGEST_TITLE)
    clean = clean_text(text)
    if len(clean.text) > MAX_ARTICLE_LENGTH:
        raise Invalid(
            f"The text has {len(clean.text):,} characters; an article has at most "
            f"{MAX_ARTICLE_LENGTH:,}. Nothing was stored; split it into several articles.",
            code="too-long",
        )
    blocks = tuple(split_blocks(clean.text, heading or None))
    return Manuscript(heading or _first_title(clean.text, blocks), language, clean, blocks)


def paste_article(session: Session, actor: Actor, *, slug: str, manuscript: Manuscript) -> Pasted:
    """Store a pasted article under an id made from its words, and ask for its tokens."""
    project = open_project(session, actor, slug, "article:import")
    article = _store(session, actor, project, manuscript)
    queue_job(session, actor, project.id, TOKENS, {})
    return Pasted(article.id, _has_twin(session, project, article))


def show_blocks(session: Session, actor: Actor, *, slug: str, article_id: int) -> ShownArticle:
    """The blocks that were proposed for an article."""
    project = open_project(session, actor, slug, "article:import")
    article = find_article(session, project, article_id)
    _language, text, blocks = text_and_blocks(session, article.id)
    shown = [
        ShownBlock(block.kind, block.end - block.start, text[block.start : block.end][:160])
        for block in blocks
    ]
    return ShownArticle(project, article, shown)


def _first_title(text: str, blocks: Sequence[Block]) -> str:
    if len(blocks) < 2 or blocks[0].kind != "title":
        return ""
    return text[blocks[0].start : blocks[0].end].strip()[:LONGEST_TITLE]


def _store(session: Session, actor: Actor, project: Project, manuscript: Manuscript) -> Article:
    text = manuscript.clean.text
    tries = 0
    while True:
        record = corpus.Article(
            id=_free_id(session, project, manuscript.title or text),
            text=text,
            title=manuscript.title or None,
            language=manuscript.language,
            blocks=manuscript.blocks,
        )
        try:
            with session.begin_nested():
                return store_article(session, actor, project, record, cleaned=manuscript.clean)
        except (Conflict, IntegrityError):
            tries += 1
            if tries == MOST_TRIES:
                raise
            log.info("the id “%s” was taken at the same moment; the next one is tried", record.id)


def _free_id(session: Session, project: Project, words: str) -> str:
    stem = slug_from(words[:300], LONGEST_STEM) or "article"
    number, external_id = 1, stem
    while find_external(session, project, external_id) is not None:
        number += 1
        external_id = f"{stem}-{number}"
    return external_id


def _has_twin(session: Session, project: Project, article: Article) -> bool:
    query = select(Article.id).where(
        Article.project_id == project.id,
        Article.sha256 == article.sha256,
        Article.id != article.id,
        Article.withdrawn_at.is_(None),
    )
    return session.scalar(query.limit(1)) is not None
