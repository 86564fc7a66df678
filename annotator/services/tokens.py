"""Tokens of articles: made once, outside of any transaction; an article waits for them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from annotator.domain.blocks import Block as TextBlock
from annotator.domain.errors import Invalid
from annotator.storage.tables import Article, Block, now

log = logging.getLogger(__name__)

Tokenise = Callable[[str, Sequence[TextBlock], str], list[str]]
"""Token runs of each block of a text in a language; see ``nlp.tokenizer.token_runs``."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token runs by block, and the version of the rules that made them."""

    runs: Sequence[str]
    tokenizer: str


def make_tokens(
    tokenise: Tokenise, tokenizer: str, text: str, blocks: Sequence[TextBlock], language: str
) -> Tokens:
    """The tokens of a text; raises ``Invalid`` where its words cannot be told apart.

    Whatever a tokenizer stumbles over concerns one text, and must not keep others from theirs.
    """
    try:
        return Tokens(tokenise(text, blocks, language), tokenizer)
    except Exception as error:
        log.exception("a text of %d characters in %s has no tokens", len(text), language)
        raise Invalid(
            f"The text cannot be cut into words ({type(error).__name__}; the log has more), so "
            "nobody can annotate it.",
            code="no-tokens",
        ) from error


def store_tokens(session: Session, article_id: int, tokens: Tokens) -> None:
    """Give a waiting article its token runs, block by block; from then on it is handed out.

    One that has tokens keeps them: people may have marked by them.
    """
    became_ready = session.scalar(
        update(Article)
        .where(Article.id == article_id, Article.ready_at.is_(None))
        .values(ready_at=now())
        .returning(Article.id)
    )
    if became_ready is None:
        return
    rows = [
        {
            "article_id": article_id,
            "position": position,
            "tokens": run,
            "tokenizer": tokens.tokenizer,
        }
        for position, run in enumerate(tokens.runs)
    ]
    session.execute(update(Block), rows)


def waiting_articles(session: Session, project_id: int) -> list[int]:
    """Ids of the articles that have no tokens yet."""
    query = select(Article.id).where(Article.project_id == project_id, Article.ready_at.is_(None))
    return list(session.scalars(query.order_by(Article.id)))
