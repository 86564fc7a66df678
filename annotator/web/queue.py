"""The queue of a project, and the next article to work on."""

from dataclasses import dataclass

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from annotator.domain.permissions import may
from annotator.services.layers import draw_next as draw
from annotator.services.queue import BEGUN, STATES, Queue, Skip, list_skips, read_queue
from annotator.web.forms import as_number
from annotator.web.lifecycle import actor, reading, writing

bp = Blueprint("queue", __name__)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """What ``queue/page.html`` prints; addresses are None where there is no such page."""

    queue: Queue
    state: str | None
    states: tuple[str, ...]
    begun: int
    may_read: bool
    may_import: bool
    sees_others: bool
    skips: list[Skip]
    previous_url: str | None
    next_url: str | None


@bp.get("/projects/<slug>/articles")
def show_queue(slug: str) -> str:
    """The articles of a project as the person sees them."""
    state = request.args.get("state") or None
    queue = read_queue(
        reading(), actor(), slug=slug, state=state, after=_cursor("after") or 0,
        before=_cursor("before"),
    )  # fmt: skip
    sees_others = may(actor(), "layer:see-others", g.project.id)
    page = QueuePage(
        queue,
        state,
        STATES,
        sum(queue.counts.get(begun, 0) for begun in BEGUN),
        may(actor(), "article:read", g.project.id),
        may(actor(), "article:import", g.project.id),
        sees_others,
        list_skips(reading(), actor(), slug=slug) if sees_others else [],
        _page_url(slug, state, "before", queue.previous_cursor),
        _page_url(slug, state, "after", queue.next_cursor),
    )
    return render_template("queue/page.html", page=page)


@bp.get("/projects/<slug>/next")
def draw_next(slug: str) -> Response:
    """Lead to the article to work on now; the same one until it is finished."""
    with writing() as session:
        article_id = draw(session, actor(), slug=slug)
    if article_id is None:
        return redirect(url_for("queue.show_queue", slug=slug), 303)
    return redirect(url_for("annotate.show_article", slug=slug, article_id=article_id), 303)


def _cursor(name: str) -> int | None:
    text = request.args.get(name)
    return None if text is None else as_number(text, what=f"“{name}” is an article's number")


def _page_url(slug: str, state: str | None, name: str, cursor: int | None) -> str | None:
    if cursor is None:
        return None
    return url_for("queue.show_queue", slug=slug, state=state, **{name: cursor})  # type: ignore[arg-type]
