"""Articles: a project's, one as a record, taking records in, and a reader's steps."""

from flask import Response, g, request, url_for
from sqlalchemy.orm import Session

from annotator.api.answers import (
    ArticleAnswer,
    LayerAnswer,
    ListedArticleAnswer,
    Page,
    TakenRecord,
)
from annotator.api.bodies import (
    JSON,
    LINES,
    check_media,
    fit,
    read_body,
    read_json,
    read_lines,
    read_optional_body,
    read_query,
)
from annotator.api.contract import Contract, under
from annotator.api.cursors import at_id, read_id
from annotator.api.record_lines import Line, take_lines
from annotator.api.records import as_article, draw_layer, draw_record
from annotator.api.replies import Reply, find_reply, plain, show, write
from annotator.api.requests import (
    ArticlesQuery,
    ImportQuery,
    NoBody,
    RecordBody,
    ReopenBody,
    SkipBody,
)
from annotator.domain.errors import DomainError
from annotator.domain.operations import FinishLayer, LayerOperation, ReopenLayer, SkipLayer
from annotator.services import records
from annotator.services.differences import new_id
from annotator.services.records import PreparedRecord
from annotator.services.revisions import step_article
from annotator.web.lifecycle import actor, reading, wake_jobs

MOST_LINES = 100
"""Records of one request."""


@under(Contract(answers={200: Page[ListedArticleAnswer]}, query=ArticlesQuery))
def list_articles(slug: str) -> Response:
    """The project's articles in order of import, as far as they are open to the caller."""
    query = read_query(ArticlesQuery)
    rows, after = records.list_articles(
        reading(),
        actor(),
        slug=slug,
        after=read_id(query.cursor),
        limit=query.limit,
        external_id=query.external_id,
    )
    return show(Page[ListedArticleAnswer](items=[_listed(row) for row in rows], next=at_id(after)))


@under(
    Contract(
        answers={201: (ListedArticleAnswer, Page[TakenRecord])},
        body=RecordBody,
        lines=LINES,
        query=ImportQuery,
        writes=True,
    )
)
def add_articles(slug: str) -> Response:
    """Take in one canonical record, or up to a hundred of them as JSON Lines.

    Several records are taken each by itself: the answer says line by line which were and why the
    others were not. Where none was, nothing is stored and the answer is a problem. Sent again with
    the same Idempotency-Key, a request that was cut off goes on where it ended.
    """
    create = read_query(ImportQuery).labels == "create"
    if check_media(JSON, *LINES) == JSON:
        record = _prepare(read_json(request.get_data()))
        response = write(lambda session: _add_one(session, slug, record, create))
    else:
        response = find_reply() or take_lines(
            slug,
            [_read_line(number, value) for number, value in read_lines(MOST_LINES)],
            create_labels=create,
        )
    wake_jobs()
    return response


@under(Contract(answers={200: ArticleAnswer}))
def show_article(slug: str, article_id: int) -> Response:
    """One article as a canonical record, with the layers that the caller may see."""
    read = records.read_record(reading(), actor(), slug=slug, article_id=article_id)
    return show(draw_record(read))


@under(Contract(answers={200: LayerAnswer}, body=NoBody, body_required=False, writes=True))
def finish_article(slug: str, article_id: int) -> Response:
    """Say that the caller is done with the article; nothing marked is an answer too."""
    read_optional_body(NoBody)
    return _step(slug, article_id, FinishLayer(new_id()))


@under(Contract(answers={200: LayerAnswer}, body=ReopenBody, body_required=False, writes=True))
def reopen_article(slug: str, article_id: int) -> Response:
    """Go on with an article that was done or skipped."""
    body = read_optional_body(ReopenBody)
    return _step(slug, article_id, ReopenLayer(new_id(), body.reason))


@under(Contract(answers={200: LayerAnswer}, body=SkipBody, writes=True))
def skip_article(slug: str, article_id: int) -> Response:
    """Leave the article out, for a listed reason."""
    body = read_body(SkipBody)
    return _step(slug, article_id, SkipLayer(new_id(), body.reason, body.note))


def _step(slug: str, article_id: int, step: LayerOperation) -> Response:
    def take(session: Session) -> Reply:
        layer = step_article(session, actor(), slug=slug, article_id=article_id, step=step)
        return Reply(200, plain(draw_layer(layer)))

    return write(take, always_kept=False)


def _read_line(number: int, value: object) -> Line:
    named = value.get("id") if isinstance(value, dict) else None
    known = named if isinstance(named, str) else None
    if isinstance(value, DomainError):
        return Line(number, known, value)
    try:
        return Line(number, known, _prepare(value))
    except DomainError as error:
        return Line(number, known, error)


def _prepare(value: object) -> PreparedRecord:
    body = fit(RecordBody, value)
    return records.prepare_record(
        as_article(body, caller=actor().name, language=g.project.language)
    )


def _add_one(session: Session, slug: str, record: PreparedRecord, create: bool) -> Reply:
    article_id = records.store_record(
        session, actor(), slug=slug, prepared=record, create_labels=create
    )
    records.await_tokens(session, actor(), slug=slug)
    [row], _ = records.list_articles(session, actor(), slug=slug, after=article_id - 1, limit=1)
    address = url_for("api.show_article", slug=slug, article_id=article_id)
    return Reply(201, plain(_listed(row)), {"Location": address})


def _listed(row: records.ListedArticle) -> ListedArticleAnswer:
    return ListedArticleAnswer(
        id=row.id,
        external_id=row.external_id,
        title=row.title,
        language=row.language,
        batch=row.batch,
        length=row.length,
        ready=row.ready,
        created_at=row.created_at,
        state=row.state,
    )
