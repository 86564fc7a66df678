"""Every step from every state, and why an article may be skipped."""

import pytest

from annotator.domain.errors import Conflict, Invalid
from annotator.domain.workflow import (
    SKIP_REASONS,
    STATES,
    WORKING,
    check_skip_reason,
    check_working,
    next_state,
)

STEPS = {
    ("open", "finish"): "done",
    ("open", "skip"): "skipped",
    ("sent_back", "finish"): "done",
    ("sent_back", "skip"): "skipped",
    ("done", "reopen"): "open",
    ("done", "send back"): "sent_back",
    ("skipped", "reopen"): "open",
}
"""All steps that there are; every other pair is refused."""


@pytest.mark.parametrize("state", ["open", "done", "skipped", "sent_back"])
@pytest.mark.parametrize("step", ["finish", "skip", "reopen", "send back"])
def test_a_step_leads_where_the_table_says(state: str, step: str) -> None:
    if (state, step) in STEPS:
        assert next_state(state, step) == STEPS[state, step]
        return
    with pytest.raises(Conflict, match="Nothing was changed") as refused:
        next_state(state, step)
    assert refused.value.code == "wrong-state"
    assert "_" not in str(refused.value)


def test_the_table_names_every_state() -> None:
    assert set(STATES) == {"open", "done", "skipped", "sent_back"}
    assert set(WORKING) == {"open", "sent_back"}


@pytest.mark.parametrize("state", ["open", "done", "skipped", "sent_back"])
def test_only_a_working_layer_takes_changes(state: str) -> None:
    if state in ("open", "sent_back"):
        check_working(state)
        return
    with pytest.raises(Conflict, match="reopen the article") as refused:
        check_working(state)
    assert refused.value.code == "layer-closed"


@pytest.mark.parametrize(
    ("reason", "note", "code"),
    [
        *[(reason, "", None) for reason in SKIP_REASONS if reason != "other"],
        ("other", "a menu", None),
        ("other", "", "note-missing"),
        ("other", "  ", "note-missing"),
        ("boring", "very", "unknown-reason"),
        ("", "", "unknown-reason"),
    ],
)
def test_a_reason_for_skipping_is_listed(reason: str, note: str, code: str | None) -> None:
    if code is None:
        check_skip_reason(reason, note)
        return
    with pytest.raises(Invalid) as refused:
        check_skip_reason(reason, note)
    assert refused.value.code == code
