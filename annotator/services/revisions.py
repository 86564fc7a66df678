"""Putting, changing and deleting one annotation by its id, in the actor's own layer.

Everything goes through the operations of the annotate page, so that an open page sees it too. Where
a function raises, the caller's transaction must not be committed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy.orm import Session

from annotator.domain.errors import (
    Conflict,
    DomainError,
    Duplicate,
    Invalid,
    NotFound,
    Stale,
)
from annotator.domain.naming import UUID
from annotator.domain.operations import (
    Ack,
    DeleteSpan,
    LayerOperation,
    RestoreSpan,
    SpanOperation,
)
from annotator.domain.permissions import Actor
from annotator.services.annotations import SeenAnnotation, see_annotations
from annotator.services.differences import (
    Change,
    Desk,
    Values,
    Wanted,
    end_state,
    new_id,
    operations_to_change,
    operations_to_put,
)
from annotator.services.layers import begin_layer, find_article, lock_desk, own_layer
from annotator.services.operations import apply_operations
from annotator.services.projects import open_project
from annotator.services.scheme import load_scheme
from annotator.storage.tables import Annotation, Article, Layer, Project

CONFLICTS = frozenset({"conflict", "id-taken", "layer-closed", "wrong-state"})
"""Codes of refused operations that contradict what is stored."""


@dataclass(frozen=True, slots=True)
class Match:
    """What the sender believes to be stored: ``any`` annotation, or one of these ``revisions``."""

    any: bool = False
    revisions: frozenset[int] = frozenset()

    def check(self, rev: int | None) -> None:
        """Raises ``Stale`` unless the annotation (None: absent) is at a revision believed in."""
        if rev is None or not (self.any or rev in self.revisions):
            raise Stale(
                "The annotation is not at the revision that you named. Nothing was changed; read "
                "it again and decide anew."
            )


def put_annotation(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    article_id: int,
    uuid: str,
    wanted: Wanted,
    match: Match | None = None,
) -> tuple[SeenAnnotation, bool]:
    """Make ``uuid`` what is wanted; the annotation, and whether it was not there before.

    The same again changes nothing and writes no event. Raises ``Duplicate`` where another
    annotation holds the extent and label, ``Stale`` where ``match`` does not hold, ``Invalid`` and
    ``Conflict`` for what cannot be.
    """
    if not UUID.fullmatch(uuid):
        raise Invalid("An annotation's id is a lower-case UUID. Nothing was stored.", code="bad-id")
    desk = _open_desk(session, actor, slug, article_id, uuid, begin=True)
    row = desk.row()
    present = row is not None and row.deleted_at is None
    if match is not None:
        match.check(row.rev if row is not None and present else None)
    operations = operations_to_put(desk, row, wanted)
    if operations:
        _carry_out(desk, operations)
    seen = _seen(desk)
    _check_guesses(seen, wanted.guesses)
    return seen, not present


def change_annotation(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    article_id: int,
    uuid: str,
    change: Change,
    match: Match | None = None,
) -> SeenAnnotation:
    """Change parts of an annotation; errors as of ``put_annotation``, ``NotFound`` besides."""
    desk = _open_desk(session, actor, slug, article_id, uuid)
    operations = operations_to_change(desk, _present(desk, match), change)
    if operations:
        _carry_out(desk, operations)
    return _seen(desk)


def delete_annotation(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    article_id: int,
    uuid: str,
    match: Match | None = None,
) -> None:
    """Take an annotation away; putting the same id again brings it back."""
    desk = _open_desk(session, actor, slug, article_id, uuid)
    _present(desk, match)
    _carry_out(desk, [DeleteSpan(new_id(), uuid, None)])


def step_article(
    session: Session, actor: Actor, *, slug: str, article_id: int, step: LayerOperation
) -> Layer:
    """Finish, reopen or skip the article for the actor; their layer after it."""
    applied = apply_operations(session, actor, slug=slug, article_id=article_id, operations=[step])
    if applied.acks[0].status != "ok":
        raise _refusal(applied.acks[0])
    layer = own_layer(session, actor, article_id)
    assert layer is not None
    return layer


def _open_desk(
    session: Session, actor: Actor, slug: str, article_id: int, uuid: str, *, begin: bool = False
) -> Desk:
    project = open_project(session, actor, slug, "article:annotate")
    article = find_article(session, project, article_id)
    layer = own_layer(session, actor, article.id, lock=True)
    if layer is None and begin:
        layer = _begin(session, actor, project, article)
    scheme = load_scheme(session, project.id, project.scheme_version)
    return Desk(session, actor, slug, article, layer, scheme, uuid)


def _begin(session: Session, actor: Actor, project: Project, article: Article) -> Layer:
    """A layer on an article whose tokens may not be there yet: offsets here need none."""
    lock_desk(session, actor, project.id, article.id)
    layer = own_layer(session, actor, article.id, lock=True)
    layer = layer or begin_layer(
        session, actor, project.id, article.id, quota=project.annotators_per_article
    )
    if layer is None:
        raise Conflict(
            "Enough people read this article already. Nothing was stored; take the next one.",
            code="quota-full",
        )
    return layer


def _present(desk: Desk, match: Match | None) -> Annotation:
    row = desk.row() if desk.uuid.isprintable() else None
    if row is None or row.deleted_at is not None:
        raise NotFound("There is no such annotation in your work on this article.")
    if match is not None:
        match.check(row.rev)
    return row


def _carry_out(desk: Desk, operations: Sequence[SpanOperation]) -> None:
    applied = apply_operations(
        desk.session,
        desk.actor,
        slug=desk.slug,
        article_id=desk.article.id,
        operations=operations,
    )
    for operation, ack in zip(operations, applied.acks, strict=True):
        if ack.status != "ok":
            led = [] if isinstance(operation, RestoreSpan) else operations
            _refuse(desk, ack, led)
        if ack.annotation != desk.uuid:
            raise _duplicate(ack.annotation)


def _refuse(desk: Desk, ack: Ack, operations: Sequence[SpanOperation]) -> NoReturn:
    row = desk.row()
    if ack.code == "duplicate" and row is not None:
        raise _duplicate(desk.holder(*end_state(desk, row, operations)))
    raise _refusal(ack)


def _refusal(ack: Ack) -> DomainError:
    sentence, code = ack.sentence or "", ack.code or ""
    if ack.status == "stale":
        return Stale(sentence, code=code)
    if code in CONFLICTS:
        return Conflict(sentence, code=code)
    return Invalid(sentence, code=code)


def _duplicate(existing: str | None) -> Duplicate:
    return Duplicate(
        f"You marked the same words with this label already, as {existing}. Nothing was changed; "
        "change that annotation instead.",
        existing=existing or "",
    )


def _seen(desk: Desk) -> SeenAnnotation:
    row = desk.row()
    assert row is not None
    assert desk.layer is not None
    return see_annotations(desk.session, desk.scheme, [row], {desk.layer.id: desk.actor.name})[0]


def _check_guesses(seen: SeenAnnotation, guesses: Values) -> None:
    kept = seen.annotation
    for name, value in guesses.items():
        if name not in kept.unconfirmed or kept.values.get(name) != value:
            raise Invalid(
                f"“{name}” cannot be left unconfirmed with this value, because the server did not "
                "propose it. Nothing was stored; take it out of “unconfirmed”, or leave it out.",
                code="not-a-guess",
            )
