"""The annotate page, the operations it sends and the blocks it gets back."""

from dataclasses import dataclass, replace

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from annotator.domain.errors import Forbidden, Invalid
from annotator.domain.operations import Ack, FinishLayer, LayerOperation, ReopenLayer, SkipLayer
from annotator.domain.permissions import may
from annotator.domain.values import LONGEST_TEXT
from annotator.domain.workflow import DONE, SENT_BACK, SKIP_REASONS, SKIPPED, WORKING
from annotator.services import operations
from annotator.services.layers import workplace
from annotator.services.operations import Applied, changed_blocks
from annotator.services.reading import ReadArticle, open_article, read_article, read_blocks
from annotator.services.scheme import SchemeLabel, load_scheme
from annotator.services.summaries import LayerSummary, finished_count, summarise_layer
from annotator.services.texts import load_text
from annotator.storage.tables import Article, Project
from annotator.web.colours import label_stylesheet
from annotator.web.drawing import BlockView, cards_html, draw_blocks
from annotator.web.lifecycle import actor, reading, writing
from annotator.web.wire import read_envelope, read_since

bp = Blueprint("annotate", __name__)
bp.add_app_template_global(cards_html)
ARTICLE = "/projects/<slug>/articles/<int:article_id>"


@dataclass(frozen=True, slots=True)
class LayerView:
    """Where the person stands with the article; state ``new`` where nothing was begun."""

    state: str
    seq: int


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What ``annotate/_answer.html`` prints."""

    blocks: list[BlockView]


@dataclass(frozen=True, slots=True)
class FinishedView:
    """What is shown over the text of a finished article, and where to go from it."""

    summary: LayerSummary
    export_url: str | None
    next_url: str


@dataclass(frozen=True, slots=True)
class AnnotatePage:
    """What ``annotate/page.html`` prints."""

    project: Project
    article: Article
    layer: LayerView
    scheme_version: int
    user_id: int | None
    writable: bool
    hint: str | None
    sent_back_note: str | None
    labels: list[SchemeLabel]
    blocks: list[BlockView]
    skip_reasons: tuple[str, ...]
    finished: FinishedView | None
    longest_text: int = LONGEST_TEXT


@bp.get(ARTICLE)
def show_article(slug: str, article_id: int) -> str:
    """The article with the person's own marks."""
    read = read_article(reading(), actor(), slug=slug, article_id=article_id)
    layer = read.layer
    state = layer.state if layer else "new"
    page = AnnotatePage(
        read.project,
        read.article,
        LayerView(state, layer.seq if layer else 0),
        read.project.scheme_version,
        actor().user_id,
        (state == "new" or state in WORKING) and read.article.ready_at is not None,
        _hint(read),
        layer.note if layer and state == SENT_BACK else None,
        read.scheme.on,
        draw_blocks(read.blocks, read.scheme),
        SKIP_REASONS,
        _finished(read),
    )
    return render_template("annotate/page.html", page=page)


@bp.get("/projects/<slug>/labels.css")
def label_colours(slug: str) -> Response:
    """The colours of the project's labels; its address carries the scheme's version."""
    scheme = load_scheme(reading(), g.project.id, g.project.scheme_version)
    response = make_response(label_stylesheet(scheme))
    response.mimetype = "text/css"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@bp.post(f"{ARTICLE}/operations")
def apply_operations(slug: str, article_id: int) -> Response:
    """Apply what the page sent; the changed blocks and an answer to each operation."""
    envelope = read_envelope(request.get_data(cache=True))
    if envelope.user != actor().user_id:
        raise Forbidden(
            "These changes were made by somebody else who was signed in here. They stay in this "
            "browser until that person signs in again.",
            code="other-user",
        )
    sent = envelope.operations()
    with writing() as session:
        applied = operations.apply_operations(
            session,
            actor(),
            slug=slug,
            article_id=article_id,
            operations=[one for one in sent if not isinstance(one, Ack)],
            asked_version=envelope.scheme,
        )
    answers = iter(applied.acks)
    acks = [one if isinstance(one, Ack) else next(answers) for one in sent]
    return _answer(replace(applied, acks=acks), envelope.base)


@bp.get(f"{ARTICLE}/changes")
def show_changes(slug: str, article_id: int) -> Response:
    """The blocks that changed in the person's layer since ``?since=``."""
    since = read_since(request.args.get("since", "0"))
    found = open_article(reading(), actor(), slug=slug, article_id=article_id)
    place = workplace(found.project, found.article)
    return _answer(Applied(place, found.layer, []), since)


@bp.post(f"{ARTICLE}/<any(finish, reopen, skip):step>")
def step_layer(slug: str, article_id: int, step: str) -> AnyResponse:
    """The same steps for a page without script."""
    operation_id = request.form.get("operation", "")
    steps: dict[str, LayerOperation] = {
        "finish": FinishLayer(operation_id),
        "reopen": ReopenLayer(operation_id, request.form.get("reason", "")),
        "skip": SkipLayer(
            operation_id, request.form.get("reason", ""), request.form.get("note", "")
        ),
    }
    with writing() as session:
        applied = operations.apply_operations(
            session, actor(), slug=slug, article_id=article_id, operations=[steps[step]]
        )
    ack = applied.acks[0]
    if ack.status != "ok":
        raise Invalid(ack.sentence or _("The step was refused."), code=ack.code)
    if step == "reopen":
        return redirect(url_for("annotate.show_article", slug=slug, article_id=article_id), 303)
    return redirect(url_for("queue.draw_next", slug=slug), 303)


def _answer(applied: Applied, base: int) -> Response:
    session, place, layer = reading(), applied.place, applied.layer
    scheme = load_scheme(session, place.project_id, place.scheme_version)
    blocks: list[BlockView] = []
    positions = changed_blocks(session, layer.id, since=base) if layer else set()
    if layer and positions:
        text = load_text(session, place.article_id, sha256=place.sha256, ready=place.ready)
        found = read_blocks(session, text, layer.id, scheme, positions)
        blocks = draw_blocks(found, scheme)
    acks = [_ack(ack, applied) for ack in applied.acks]
    answer = {"seq": applied.seq, "scheme": place.scheme_version, "acks": acks}
    # Rendered without what pages show around their content: this is the path of every save.
    template = current_app.jinja_env.get_template("annotate/_answer.html")
    response = make_response(template.render(page=AnswerView(blocks), acks=answer))
    response.headers["X-Seq"] = str(applied.seq)
    return response


def _ack(ack: Ack, applied: Applied) -> dict[str, object]:
    plain: dict[str, object] = {"id": ack.id, "status": ack.status}
    named = {"sid": ack.annotation, "rev": ack.rev, "code": ack.code, "sentence": ack.sentence}
    plain |= {name: value for name, value in named.items() if value is not None}
    if ack.state is None:
        return plain
    slug, article_id = applied.place.slug, applied.place.article_id
    here = url_for("annotate.show_article", slug=slug, article_id=article_id)
    first = finished_count(reading(), actor(), applied.place.project_id) == 1
    stays = ack.state not in ("done", "skipped") or (ack.state == "done" and first)
    plain["next"] = here if stays else url_for("queue.draw_next", slug=slug)
    return plain


def _finished(read: ReadArticle) -> FinishedView | None:
    if read.layer is None or read.layer.state not in (DONE, SKIPPED):
        return None
    slug, session = read.project.slug, reading()
    exports = None
    if may(actor(), "export:make", read.project.id):
        exports = url_for("exports.list_exports", slug=slug)
    summary = summarise_layer(session, read.layer, read.scheme)
    return FinishedView(summary, exports, url_for("queue.draw_next", slug=slug))


def _hint(read: ReadArticle) -> str | None:
    if read.article.ready_at is None:
        return str(_("This article is being prepared; reload the page in a moment to mark it."))
    if finished_count(reading(), actor(), read.project.id):
        return None
    return str(
        _("Select words in the text, press the key of a label; Ctrl+Enter when you are done.")
    )
