"""Articles as records: listing them, reading one whole, and taking one in."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from annotator.domain import corpus
from annotator.domain.permissions import Actor, may
from annotator.domain.records import check_record, merge_twins, moved_offsets
from annotator.domain.text import CleanText, clean_text
from annotator.services.annotations import revisions, visible_layers
from annotator.services.articles import article_blocks, check_article, store_article
from annotator.services.corpus_rows import read_articles
from annotator.services.import_layers import lock_places, store_layers
from annotator.services.jobs import TOKENS, queue_job, waiting_job
from annotator.services.layers import drawable
from annotator.services.projects import open_project
from annotator.services.reading import open_article
from annotator.services.scheme import load_scheme
from annotator.storage.tables import Article, Batch, Layer

NEW = "new"
"""State of an article on which the actor has not begun."""


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article without its text; ``state`` is the actor's own on it."""

    id: int
    external_id: str
    title: str | None
    language: str
    batch: str | None
    length: int
    ready: bool
    created_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """An article with the layers that the actor may see; ``revs`` by annotation id."""

    id: int
    article: corpus.Article
    length: int
    ready: bool
    created_at: datetime
    layer: Layer | None
    """The actor's own; None where they have not begun."""
    revs: dict[str, int]


@dataclass(frozen=True, slots=True)
class PreparedRecord:
    """A record whose offsets count in the text as it will be stored."""

    record: corpus.Article
    cleaned: CleanText


def list_articles(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    after: int = 0,
    limit: int = 50,
    external_id: str | None = None,
) -> tuple[list[ListedArticle], int | None]:
    """Articles behind id ``after`` in order of import, and what to pass as ``after`` next.

    Annotators see what they began and what still needs readers; reviewers and managers all.
    """
    project = open_project(session, actor, slug, "article:read")
    mine = aliased(Layer)
    query = (
        select(
            Article.id,
            Article.external_id,
            Article.title,
            Article.language,
            Batch.name,
            Article.length,
            Article.ready_at.is_not(None),
            Article.created_at,
            func.coalesce(mine.state, NEW),
        )
        .outerjoin(
            mine,
            (mine.article_id == Article.id)
            & (mine.kind == "annotator")
            & (mine.user_id == actor.user_id),
        )
        .outerjoin(Batch, Batch.id == Article.batch_id)
        .where(Article.project_id == project.id, Article.withdrawn_at.is_(None), Article.id > after)
    )
    if not may(actor, "layer:see-others", project.id):
        query = query.where(or_(mine.id.is_not(None), drawable(actor, project)))
    if external_id is not None:
        query = query.where(Article.external_id == external_id)
    rows = session.execute(query.order_by(Article.id).limit(limit + 1)).all()
    items = [ListedArticle(*row) for row in rows[:limit]]
    return items, items[-1].id if len(rows) > limit else None


def read_record(session: Session, actor: Actor, *, slug: str, article_id: int) -> ReadRecord:
    """One article with its text and blocks and the layers that the actor may see."""
    opened = open_article(session, actor, slug=slug, article_id=article_id)
    layers = list(visible_layers(session, actor, opened.project, article_id))
    scheme = load_scheme(session, opened.project.id, opened.project.scheme_version)
    [(_, article)] = read_articles(session, scheme, {}, {article_id: layers})
    stored = opened.article
    return ReadRecord(
        stored.id,
        article,
        stored.length,
        stored.ready_at is not None,
        stored.created_at,
        opened.layer,
        revisions(session, layers),
    )


def prepare_record(record: corpus.Article) -> PreparedRecord:
    """Clean a record's text and find its blocks, before any transaction is open.

    A quote that is empty stands for what the range holds. Raises ``Invalid`` for a text that cannot
    be kept, for blocks that do not fit it and for a record that contradicts itself.
    """
    cleaned = clean_text(record.text)
    moved = merge_twins(moved_offsets(_quoted(record), cleaned))
    check_record(moved)
    check_article(moved, cleaned)
    blocks = article_blocks(cleaned.text, moved)
    return PreparedRecord(replace(moved, blocks=tuple(blocks)), cleaned)


def store_record(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    prepared: PreparedRecord,
    create_labels: bool,
) -> int:
    """Take in one record, whole or not at all; the article's id. It waits for ``await_tokens``.

    Raises ``Conflict`` where the project has that id, ``Invalid`` for anything that cannot be kept;
    then the caller takes everything since the call back.
    """
    project = open_project(session, actor, slug, "article:import")
    record = prepared.record
    lock_places(session, project, None, record)
    article = store_article(session, actor, project, record, cleaned=prepared.cleaned)
    store_layers(session, actor, project, article, record, create=create_labels)
    return article.id


def await_tokens(session: Session, actor: Actor, *, slug: str) -> int:
    """Have a job make the tokens of every article taken in without; its id.

    One that waits already will see this article too, because it is not taken before the caller's
    transaction has ended.
    """
    project = open_project(session, actor, slug, "article:import")
    return waiting_job(session, project.id, TOKENS) or queue_job(
        session, actor, project.id, TOKENS, {}
    )


def _quoted(record: corpus.Article) -> corpus.Article:
    """The record with every quote that was left out filled in from its own text."""
    annotations = tuple(
        annotation
        if annotation.quote
        else replace(annotation, quote=record.text[max(annotation.start, 0) : annotation.end])
        for annotation in record.annotations
    )
    return replace(record, annotations=annotations)
