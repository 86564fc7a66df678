"""The steps of a layer: done, reopened, skipped."""

from sqlalchemy.orm import Session

from annotator.domain.errors import Invalid
from annotator.domain.naming import checked_text
from annotator.domain.operations import FinishLayer, LayerOperation, SkipLayer
from annotator.domain.permissions import Actor
from annotator.domain.workflow import DONE, check_skip_reason, next_state
from annotator.services.events import record_event
from annotator.services.layers import Workplace, beside_quota, count_change, free_slot
from annotator.storage.tables import Layer, now

LONGEST_REASON = 2_000


def step_layer(
    session: Session,
    actor: Actor,
    place: Workplace,
    layer: Layer,
    operation: LayerOperation,
    *,
    asked_version: int | None = None,
) -> None:
    """Finish, reopen or skip a layer and write the event.

    ``asked_version`` is the scheme that the person worked with (default the present one): what
    was asked is stored with a finished layer.
    """
    before = layer.state
    if isinstance(operation, FinishLayer):
        state, version = next_state(before, "finish"), _known_version(place, asked_version)
        layer.state, layer.asked_version = state, version
        layer.finished_at = now()
        kind, reason = "layer.finished", None
    elif isinstance(operation, SkipLayer):
        check_skip_reason(operation.reason, operation.note)
        note = _checked_reason(operation.note)
        layer.state = next_state(before, "skip")
        layer.skip_reason, layer.note = operation.reason, note
        layer.slot, layer.finished_at = None, now()
        kind, reason = "layer.skipped", operation.reason
    else:
        reason = _checked_reason(operation.reason)
        layer.state = next_state(before, "reopen")
        _take_slot_again(session, actor, place, layer)
        kind = "layer.reopened"
    count_change(session, layer)
    record_event(
        session,
        actor,
        kind,
        project_id=place.project_id,
        article_id=layer.article_id,
        layer_id=layer.id,
        subject=actor.name,
        before={"state": before},
        after={"state": layer.state, "asked_version": layer.asked_version}
        if layer.state == DONE
        else {"state": layer.state},
        reason=reason,
    )


def _checked_reason(reason: str) -> str | None:
    return checked_text(reason, what="A reason", longest=LONGEST_REASON) or None


def _take_slot_again(session: Session, actor: Actor, place: Workplace, layer: Layer) -> None:
    layer.skip_reason = layer.note = layer.finished_at = layer.asked_version = None
    if layer.slot is None and not beside_quota(actor, place.project_id):
        layer.slot = free_slot(session, place.article_id, place.quota)


def _known_version(place: Workplace, asked: int | None) -> int:
    if asked is None:
        return place.scheme_version
    if not 0 <= asked <= place.scheme_version:
        raise Invalid(f"The scheme has no version {asked}.", code="unknown-version")
    return asked
