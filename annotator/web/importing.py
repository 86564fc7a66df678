"""Taking an article in from the clipboard, and showing how it was cut into blocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from annotator.domain.errors import Conflict, Invalid
from annotator.services import pasting
from annotator.services.once import Answer
from annotator.web.forms import line, lines, refusal_status, see, submit
from annotator.web.lifecycle import actor, reading, wake_jobs

bp = Blueprint("importing", __name__)
PAGE = "/projects/<slug>/import"


@dataclass(frozen=True, slots=True)
class ImportPage:
    """What ``importing/page.html`` prints; ``filled`` is the form that was refused."""

    language: str
    refused: str | None = None
    filled: Mapping[str, str] = field(default_factory=dict)


@bp.get(PAGE)
def import_form(slug: str) -> str:
    """The form that takes a title, a text and its language."""
    page = ImportPage(g.project.language)
    return render_template("importing/page.html", page=page)


@bp.post(PAGE)
def paste_article(slug: str) -> ResponseReturnValue:
    """Store the pasted text and lead to it; its tokens are made by a job right behind."""

    def change(session: Session) -> Answer:
        pasted = pasting.paste_article(session, actor(), slug=slug, manuscript=manuscript)
        did = "article-stored-again" if pasted.twin else "article-stored"
        return {"did": did, "article": pasted.article_id}

    try:
        manuscript = pasting.check_manuscript(
            title=line("title"), text=lines("text"), language=line("language")
        )
        answer = submit("article.paste", change)
    except (Conflict, Invalid) as error:
        page = ImportPage(g.project.language, str(error), request.form)
        return render_template("importing/page.html", page=page), refusal_status(error)
    wake_jobs()
    return see("annotate.show_article", answer["did"], slug=slug, article_id=answer["article"])


@bp.get(f"{PAGE}/<int:article_id>")
def show_blocks(slug: str, article_id: int) -> str:
    """The blocks that were proposed for an article, with their kinds."""
    shown = pasting.show_blocks(reading(), actor(), slug=slug, article_id=article_id)
    return render_template("importing/blocks.html", page=shown)
