"""Annotations of an article: reading them, and putting, changing and deleting one's own."""

from flask import Response, g, url_for
from sqlalchemy.orm import Session

from annotator.api.answers import AnnotationAnswer, Page
from annotator.api.bodies import MERGE_PATCH, read_body, read_match, read_query
from annotator.api.contract import JSON, Contract, under
from annotator.api.cursors import at_id, read_id
from annotator.api.records import draw_annotation
from annotator.api.replies import Reply, plain, show, write
from annotator.api.requests import AnnotationBody, AnnotationPatch, AnnotationsQuery
from annotator.domain.errors import Invalid
from annotator.services import annotations, revisions
from annotator.services.annotations import SeenAnnotation
from annotator.services.differences import Change, Wanted
from annotator.services.scheme import load_scheme
from annotator.web.lifecycle import actor, reading


@under(Contract(answers={200: Page[AnnotationAnswer]}, query=AnnotationsQuery))
def list_annotations(slug: str, article_id: int) -> Response:
    """The article's annotations in the order they were made, of every layer the caller may see."""
    query = read_query(AnnotationsQuery)
    page = annotations.list_annotations(
        reading(),
        actor(),
        slug=slug,
        article_id=article_id,
        after=read_id(query.cursor),
        limit=query.limit,
        layer=query.layer,
    )
    items = [draw_annotation(seen) for seen in page.items]
    return show(Page[AnnotationAnswer](items=items, next=at_id(page.next)))


@under(Contract(answers={200: AnnotationAnswer}, etag=True))
def show_annotation(slug: str, article_id: int, annotation_id: str) -> Response:
    """One annotation of a layer that the caller may see; its ETag is the revision."""
    seen = annotations.read_annotation(
        reading(), actor(), slug=slug, article_id=article_id, uuid=annotation_id
    )
    return show(draw_annotation(seen), _etag(seen))


@under(
    Contract(
        answers={200: AnnotationAnswer, 201: AnnotationAnswer},
        body=AnnotationBody,
        writes=True,
        matches=True,
        etag=True,
    )
)
def put_annotation(slug: str, article_id: int, annotation_id: str) -> Response:
    """Make the caller's annotation of this id exactly what the body says.

    The same body again changes nothing. Values that the body does not name are unset, but for the
    server's own unconfirmed guesses. A deleted annotation comes back.
    """
    body = read_body(AnnotationBody)
    _check_names(body, annotation_id)
    _recall_scheme()
    match = read_match(body.rev)
    wanted = Wanted(
        start=body.start,
        end=body.end,
        label=body.label,
        quote=body.quote,
        values={n: v for n, v in body.values.items() if n not in body.unconfirmed},
        guesses={name: body.values[name] for name in body.unconfirmed},
        note=body.note,
        unsure=body.unsure,
    )

    def put(session: Session) -> Reply:
        seen, created = revisions.put_annotation(
            session,
            actor(),
            slug=slug,
            article_id=article_id,
            uuid=annotation_id,
            wanted=wanted,
            match=match,
        )
        headers = _etag(seen)
        if created:
            headers["Location"] = url_for(
                "api.show_annotation",
                slug=slug,
                article_id=article_id,
                annotation_id=annotation_id,
            )
        return Reply(201 if created else 200, plain(draw_annotation(seen)), headers)

    return write(put, always_kept=False)


@under(
    Contract(
        answers={200: AnnotationAnswer},
        body=AnnotationPatch,
        media=(JSON, MERGE_PATCH),
        writes=True,
        matches=True,
        etag=True,
    )
)
def change_annotation(slug: str, article_id: int, annotation_id: str) -> Response:
    """Change parts of the caller's annotation; what the body does not name stays."""
    body = read_body(AnnotationPatch, also=(MERGE_PATCH,))
    match = read_match()
    _recall_scheme()
    cleared = "note" in body.model_fields_set and body.note is None
    change = Change(
        start=body.start,
        end=body.end,
        label=body.label,
        quote=body.quote,
        values=body.values,
        note="" if cleared else body.note,
        unsure=body.unsure,
    )

    def patch(session: Session) -> Reply:
        seen = revisions.change_annotation(
            session,
            actor(),
            slug=slug,
            article_id=article_id,
            uuid=annotation_id,
            change=change,
            match=match,
        )
        return Reply(200, plain(draw_annotation(seen)), _etag(seen))

    return write(patch, always_kept=False)


@under(Contract(answers={204: None}, writes=True, matches=True))
def delete_annotation(slug: str, article_id: int, annotation_id: str) -> Response:
    """Take the caller's annotation away; putting the same id again brings it back."""
    match = read_match()
    _recall_scheme()

    def delete(session: Session) -> Reply:
        revisions.delete_annotation(
            session,
            actor(),
            slug=slug,
            article_id=article_id,
            uuid=annotation_id,
            match=match,
        )
        return Reply(204)

    return write(delete, always_kept=False)


def _recall_scheme() -> None:
    """Have the scheme in memory before the write begins: there it would be read each time anew."""
    load_scheme(reading(), g.project.id, g.project.scheme_version)


def _check_names(body: AnnotationBody, annotation_id: str) -> None:
    for name, given, here in (
        ("id", body.id, annotation_id),
        ("annotator", body.annotator, actor().name),
        ("layer", body.layer, actor().name),
    ):
        if given not in (None, here):
            raise Invalid(
                f"The body's “{name}” is not {here}. Nothing was stored; everybody writes in their "
                "own layer, under the id in the address.",
                code="wrong-name",
            )
    stray = set(body.unconfirmed) - set(body.values)
    if stray:
        raise Invalid(
            f"“unconfirmed” names {min(stray)}, which is not among the values. Nothing was stored.",
            code="not-a-guess",
        )


def _etag(seen: SeenAnnotation) -> dict[str, str]:
    return {"ETag": f'"{seen.rev}"'}
