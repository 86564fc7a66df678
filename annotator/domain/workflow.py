"""States of a layer, the steps between them, and why an article may be skipped."""

from annotator.domain.errors import Conflict, Invalid

OPEN = "open"
DONE = "done"
SKIPPED = "skipped"
SENT_BACK = "sent_back"
STATES = (OPEN, DONE, SKIPPED, SENT_BACK)
WORKING = (OPEN, SENT_BACK)
"""States in which a layer's owner may change it."""

SKIP_REASONS = (
    "not an article",
    "truncated",
    "not readable",
    "wrong language",
    "duplicate",
    "out of scope",
    "other",
)

ANNOTATOR_LAYER = "annotator"
GOLD_LAYER = "gold"
SUGGESTION_LAYER = "suggestion"
LAYER_KINDS = (ANNOTATOR_LAYER, GOLD_LAYER, SUGGESTION_LAYER)

_STEPS = {
    "finish": (WORKING, DONE),
    "skip": (WORKING, SKIPPED),
    "reopen": ((DONE, SKIPPED), OPEN),
    "send back": ((DONE,), SENT_BACK),
}


def next_state(state: str, step: str) -> str:
    """The state after ``step``; raises ``Conflict`` where the step does not start here."""
    sources, target = _STEPS[step]
    if state not in sources:
        raise Conflict(
            f"This article is {state.replace('_', ' ')}, so it cannot be changed by “{step}”. "
            "Nothing was changed; reload the page to see where it stands.",
            code="wrong-state",
        )
    return target


def check_working(state: str) -> None:
    """Raises ``Conflict`` unless the owner may change annotations now."""
    if state not in WORKING:
        raise Conflict(
            f"This article is {state}, so its annotations are closed. Nothing was changed; "
            "reopen the article to go on.",
            code="layer-closed",
        )


def check_skip_reason(reason: str, note: str) -> None:
    """Raises ``Invalid`` for a reason not listed and for “other” without a note."""
    if reason not in SKIP_REASONS:
        raise Invalid(
            f"“{reason}” is not a reason for skipping. Choose one of: {', '.join(SKIP_REASONS)}.",
            code="unknown-reason",
        )
    if reason == "other" and not note.strip():
        raise Invalid("Please say in the note why you skip this article.", code="note-missing")
